/*
 * Where one is: the way from the root of a space, or the name of a list.
 */
import { me } from "../../data/session";
import { crumbs } from "../../lib/path";
import { visible } from "../../lib/plain";
import { filesHref } from "../../lib/router";
import { t } from "../../strings";
import { Link } from "../../ui/button";
import { Icon } from "../../ui/icon";
import type { Source } from "./folder";

export function Crumbs({ source }: { source: Source }) {
	if (source.is !== "folder")
		return <h1 class="title" tabIndex={-1}>
			{source.is === "shared" ? t.files.shared
			: source.is === "recent" ? t.files.recent
			: t.search.title}</h1>;
	const way = crumbs(source.at);
	const last = way.length - 1;
	const word = (i: number, name: string) => i > 0 ? visible(name)
		: name === me.value ? t.nav.files : t.files.spaceOf(name);
	return <nav class="crumbs" aria-label={t.files.where}>
		<ol>{way.map((one, i) => <li key={one.remote}>
			{i > 0 && <Icon name="right" />}
			{i === last
				? <h1 class="title" tabIndex={-1} aria-current="page">
					<bdi>{word(i, one.name)}</bdi></h1>
				: <Link to={filesHref(one.remote)}>
					<bdi>{word(i, one.name)}</bdi></Link>}
		</li>)}</ol>
	</nav>;
}
