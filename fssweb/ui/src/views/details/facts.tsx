/*
 * What is known of an entry, and who holds its content.
 */
import type { ComponentChildren } from "preact";
import * as calls from "../../data/calls";
import { gatherOnline, useLooks, useNews } from "../../data/news";
import { lively } from "../../data/poll";
import { people, presenceOf } from "../../data/people";
import type { Entry } from "../../data/schema";
import { count, size, stamp, when } from "../../lib/format";
import { of, parent } from "../../lib/path";
import { filesHref } from "../../lib/router";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Avatar, PresenceWord, Time } from "../../ui/bits";
import { Link } from "../../ui/button";
import { stored } from "../files/marks";

export function Facts({ entry }: { entry: Entry }) {
	const row = (label: string, value: ComponentChildren) => value
		? <div class="fact"><dt>{label}</dt><dd>{value}</dd></div> : null;
	return <>
		<dl class="facts">
			{row(t.details.path, <Link to={filesHref(parent(of(entry)))}>
				<bdi>{of(entry)}</bdi></Link>)}
			{row(t.files.size, entry.size !== undefined &&
				<span title={count(entry.size)}>{size(entry.size)}</span>)}
			{row(t.details.media, entry.kind === "folder"
				? t.files.folder : entry.kind === "link"
				? t.files.linkTo(entry.target ?? "?") : entry.media)}
			{row(t.files.changed, entry.mtime && <Time us={entry.mtime}
				text={stamp(entry.mtime)} />)}
			{row(stored(entry) ? t.details.added : t.details.announced,
				entry.created && <Time us={entry.created}
				text={stamp(entry.created)} />)}
			{row(t.details.author, entry.author)}
			{row(t.access.title, t.access.word[entry.access])}
			{row(t.details.digest, entry.digest &&
				<code class="digest">{entry.digest}</code>)}
		</dl>
		{entry.kind === "file" && (!stored(entry) ||
		    (entry.holders ?? 0) > 0) && <Holders entry={entry} />}
	</>;
}

function Holders({ entry }: { entry: Entry }) {
	const { value, reload } = useLoad(of(entry), () => calls.all(
	    (page) => calls.holders(of(entry), page), 256), lively);
	const looks = useLooks(reload);
	useNews("presence", (news) => {
		if (value?.some((h) => h.owner === news["name"]))
			looks.soon(gatherOnline);
	});
	return <section class="holders">
		<h3>{t.details.holders}</h3>
		{value && value.length === 0 &&
			<p class="muted">{t.details.noHolders}</p>}
		<ul class="plain-list">{value?.map((one) => {
			const presence = people.value.has(one.owner)
				? presenceOf(one.owner) : one.presence ?? "offline";
			return <li key={of(one)} class="person-line">
				<Avatar name={one.owner} presence={presence} />
				<span class="grow"><strong>{one.owner}</strong>
					<span class="muted block"><bdi>{one.path}</bdi></span>
				</span>
				{presence === "offline" && one.seen
					? <span class="muted">
						{t.details.lastSeen(when(one.seen))}</span>
					: <PresenceWord presence={presence} />}
			</li>;
		})}</ul>
	</section>;
}
