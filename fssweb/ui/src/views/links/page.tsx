/*
 * One's share links: what each is for, how often it was used, and its end.
 */
import { useEffect, useMemo } from "preact/hooks";
import * as calls from "../../data/calls";
import { useNews } from "../../data/news";
import { Paged } from "../../data/paged";
import type { Link as ShareLink } from "../../data/schema";
import { me } from "../../data/session";
import { clock } from "../../lib/clock";
import { until, when } from "../../lib/format";
import { base, format, parent } from "../../lib/path";
import { filesHref } from "../../lib/router";
import { useKey, usePoll } from "../../lib/use";
import { t } from "../../strings";
import { Time } from "../../ui/bits";
import { Button, Link } from "../../ui/button";
import { FormDialog, openDialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { Empty, Failed, Waiting } from "../../ui/notice";
import { tell } from "../../ui/toast";
import { onLinkMade } from "./made";
import { LinkDialog } from "./make";

export function LinksPage() {
	const list = useMemo(() => new Paged<ShareLink>(calls.links,
	    (l) => l.link, 100), []);
	useEffect(() => {
		void list.start();
		const off = onLinkMade(() => void list.refresh());
		return () => {
			off();
			list.stop();
		};
	}, []);
	// A visitor's download is no news of the hub.
	usePoll(() => list.look());
	useNews("afresh", () => void list.refresh());
	useKey("n", () => openDialog(<LinkDialog />));
	const rows = list.rows.value, error = list.error.value;
	return <div class="page">
		<header class="page-head">
			<h1 class="title" tabIndex={-1}>{t.links.title}</h1>
			<Button icon="plus" look="primary" onClick={() =>
				openDialog(<LinkDialog />)}>{t.links.make}</Button>
		</header>
		<p class="muted">{t.links.hint}</p>
		{error && rows.length === 0
			? <Failed error={error} again={() => void list.more()} />
		: list.fresh.value ? <Waiting />
		: rows.length === 0
		? <Empty icon="link" title={t.links.empty}>
			{t.links.emptyHint}</Empty>
		: <ul class="cards" aria-label={t.links.title}>
			{rows.map((link) => <LinkCard key={link.link} link={link}
				gone={() => list.drop(link.link)} />)}</ul>}
		{!list.done.value && rows.length > 0 &&
			<Button busy={list.loading.value}
				onClick={() => void list.more()}>{t.more}</Button>}
	</div>;
}

function LinkCard({ link, gone }: { link: ShareLink; gone: () => void }) {
	const remote = format({ owner: link.owner ?? me.value,
		path: link.path });
	const send = link.link_kind === "upload";
	const limit = link.limit ?? 0, used = link.used ?? 0;
	const past = link.expires !== undefined &&
	    link.expires > 0 && link.expires / 1000 < clock.value;
	const over = past || (limit > 0 && used >= limit);
	return <li class="card line">
		<span class="link-icon"><Icon name={send ? "upload" : "download"} />
		</span>
		<div class="grow">
			<p><strong><bdi>{link.text || base(remote) ||
				link.path}</bdi></strong>
				{over && <span class="mark bad">{t.links.over}</span>}
				{link.protected && <span class="mark">
					<Icon name="key" />{t.links.hasPassword}</span>}
			</p>
			<p class="muted line-facts">
				<span>{send ? t.links.upload : t.links.download}</span>
				<Link to={filesHref(link.kind === "file"
					? parent(remote) : remote)}>
					<bdi>{link.path}</bdi></Link>
				<span>{send ? t.links.usedUp(used)
					: t.links.used(used, limit)}</span>
				{(past || !over) && <span>{link.expires ? <Time us={link.expires}
					text={past ? t.links.endedAt(when(link.expires))
					    : t.links.ends(until(link.expires))} />
					: t.links.endsNever}</span>}
			</p>
		</div>
		<Button icon="trash" onClick={() => openDialog(
			<RevokeDialog link={link} gone={gone} />)}>
			{t.links.revoke}</Button>
	</li>;
}

function RevokeDialog({ link, gone }: { link: ShareLink;
    gone: () => void }) {
	return <FormDialog title={t.links.revokeTitle} danger
		action={t.links.revoke} submit={async () => {
			await calls.revokeLink(link.link);
			gone();
			tell(t.links.revoked);
		}}>
		<p><bdi>{link.text || link.path}</bdi></p>
		<p class="muted">{t.links.revokeHint}</p>
	</FormDialog>;
}
