/*
 * What opening an entry means, and how one gets to it.
 */
import type { Entry } from "../../data/schema";
import { of, parent, within } from "../../lib/path";
import { back, filesHref, go, goWith, href, hrefWith, route } from "../../lib/router";

/** A folder is gone into, anything else is shown beside the list. */
export function openEntry(entry: Entry): void {
	if (entry.kind === "folder")
		go(filesHref(of(entry)));
	else
		showDetails(of(entry));
}

export function entryHref(entry: Entry): string {
	if (entry.kind === "folder")
		return filesHref(of(entry));
	return href("files", { at: parent(of(entry)), show: of(entry) });
}

/**
 * One step, over the list, however much is looked at there: the way back leads
 * to the list without them, and from it to where one was before that.
 */
export function showDetails(remote: string, tab?: string): void {
	goWith({ show: remote, tab }, shownDetails() !== "", true);
}

export function closeDetails(): void {
	back(hrefWith({ show: undefined, tab: undefined }));
}

/**
 * What is shown goes along with what was at @from: to its new place, or, if it
 * has none (null), to the folder it was in, and its details close.
 */
export function follow(from: string, to: string | null): void {
	const { query } = route.value;
	const at = query.get("at") ?? "", show = query.get("show") ?? "";
	const place = (path: string, gone: string | undefined) =>
		path === "" || !within(path, from) ? path
		: to === null ? gone : to + path.slice(from.length);
	const now = place(at, parent(from)), shown = place(show, undefined);
	if (now !== at)
		goWith({ at: now }, true);
	if (shown === undefined)
		closeDetails();
	else if (shown !== show)
		goWith({ show: shown }, true);
}

export function shownDetails(): string {
	return route.value.query.get("show") ?? "";
}
