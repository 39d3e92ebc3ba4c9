/*
 * All about one entry, beside the list: preview and facts, versions, access.
 */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import * as calls from "../../data/calls";
import { useFileNews } from "../../data/news";
import { onRequest } from "../../data/requests";
import type { Entry } from "../../data/schema";
import { me } from "../../data/session";
import { kindOf, previewOf } from "../../lib/media";
import { of, within } from "../../lib/path";
import { visible } from "../../lib/plain";
import { route } from "../../lib/router";
import { useLoad, useMedia } from "../../lib/use";
import { t } from "../../strings";
import { Button, DownloadLink } from "../../ui/button";
import { openDialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { openMenu } from "../../ui/menu";
import { Empty, Failed, Waiting } from "../../ui/notice";
import { Tabs } from "../../ui/tabs";
import { AskDialog } from "../requests/ask";
import { downloadHref, menuOf } from "../files/actions";
import { askable, Marks, readable, stored } from "../files/marks";
import { onChangedHere } from "../files/folder";
import { closeDetails } from "../files/open";
import { AccessTab } from "./access";
import { Facts } from "./facts";
import { Preview } from "./preview";
import { VersionsTab } from "./versions";

export function DetailsPanel({ remote }: { remote: string }) {
	const ref = useRef<HTMLElement>(null);
	const { value, error, reload } = useLoad(remote,
	    () => calls.entry(remote));
	// Of what is announced it says how many who have it are here.
	useFileNews((path) => within(remote, path), reload,
	    value?.state === "announced");
	useEffect(() => onRequest((request) => {
		if (of(request) === remote)
			reload();
	}), [remote]);
	// Sooner than the news of what one asked for here.
	useEffect(() => onChangedHere((paths) => {
		if (paths.includes(remote))
			reload();
	}), [remote]);
	// Reading goes on at the name, which comes with the entry: in the same
	// breath, or the focus is lost with the one before it.
	useLayoutEffect(() => {
		const now = document.activeElement;
		if (value === null || now === document.body ||
		    ref.current?.contains(now))
			ref.current?.querySelector<HTMLElement>("h2")?.focus();
	}, [remote, value === null]);
	useAlone();
	return <aside class="details" ref={ref} aria-label={t.details.title}
		onKeyDown={(event) => {
			if (event.key === "Escape") {
				event.stopPropagation();
				closeDetails();
				document.querySelector<HTMLElement>(
				    ".grid")?.focus();
			}
		}}>
		{value ? <Shown entry={value} changed={reload} />
		: <>
			<header class="details-head"><h2 tabIndex={-1}
				class="details-name">{t.details.title}</h2>
				<Close /></header>
			{error?.status === 404
				? <Empty icon="file" title={t.details.gone}>
					{t.files.goneHint}</Empty>
				: error ? <Failed error={error} again={reload} />
				: <Waiting />}
		</>}
	</aside>;
}

/**
 * On a phone details cover the page, by the width that the style sheet has:
 * then no key gets to what is under them.
 */
function useAlone(): void {
	const alone = useMedia("(max-width: 44rem)");
	useLayoutEffect(() => {
		const under = document.querySelectorAll<HTMLElement>(
		    ".skip, .top, .side, .files-main");
		for (const one of under)
			one.inert = alone;
		return () => {
			for (const one of under)
				one.inert = false;
		};
	}, [alone]);
}

function Close() {
	return <Button bare icon="close" look="quiet" onClick={closeDetails}>
		{t.close}</Button>;
}

function Shown({ entry, changed }: { entry: Entry; changed: () => void }) {
	const own = entry.rights.includes("own");
	const file = entry.kind === "file";
	const may = readable(entry);
	const tabs = [{ key: "about", label: t.details.about }];
	if (file && may)
		tabs.push({ key: "versions", label: t.details.versions });
	if (own)
		tabs.push({ key: "access", label: t.details.access });
	const wanted = route.value.query.get("tab") ?? "about";
	const tab = tabs.some((one) => one.key === wanted) ? wanted : "about";
	const href = downloadHref(entry);
	const kind = kindOf(entry);
	const looks = file && may && stored(entry) && previewOf(entry);
	return <>
		<header class="details-head">
			<Icon name={kind} class={`kind-${kind}`} />
			<h2 class="details-name" tabIndex={-1}>
				<bdi>{visible(entry.name) || of(entry)}</bdi></h2>
			<Close />
		</header>
		<div class="details-do">
			{href && <DownloadLink icon="download" href={href}
				look="primary">{entry.kind === "folder"
				? t.files.zip : t.files.download}</DownloadLink>}
			{askable(entry, me.value) && <Button icon="hand" look="primary"
				onClick={() => openDialog(<AskDialog entry={entry} />)}>
				{t.files.ask}</Button>}
			<Button bare icon="dots" aria-haspopup="menu"
				onClick={(event) => openMenu(t.actions(entry.name),
				    menuOf(entry, true),
				    event.currentTarget as HTMLElement)}>
				{t.more}</Button>
			<Marks entry={entry} links />
		</div>
		{tabs.length > 1 && <Tabs label={t.details.title} tabs={tabs}
			current={tab} part />}
		{tab === "about" && <>
			{looks && <Preview key={entry.version} entry={entry} />}
			<Facts entry={entry} />
		</>}
		{tab === "versions" && <VersionsTab entry={entry}
			changed={changed} />}
		{tab === "access" && <AccessTab entry={entry} changed={changed} />}
	</>;
}
