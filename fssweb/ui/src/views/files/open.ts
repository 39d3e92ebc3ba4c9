/*
 * What opening an entry means, and how one gets to it.
 */
import type { Entry } from "../../data/schema";
import { of, parent } from "../../lib/path";
import { filesHref, go, goWith, href, route } from "../../lib/router";

/** A folder is gone into, anything else is shown beside the list. */
export function openEntry(entry: Entry): void {
	if (entry.kind === "folder")
		go(filesHref(of(entry)));
	else
		goWith({ show: of(entry), tab: undefined });
}

export function entryHref(entry: Entry): string {
	if (entry.kind === "folder")
		return filesHref(of(entry));
	return href("files", { at: parent(of(entry)), show: of(entry) });
}

export function showDetails(remote: string, tab?: string): void {
	goWith({ show: remote, tab });
}

export function closeDetails(): void {
	goWith({ show: undefined, tab: undefined });
}

export function shownDetails(): string {
	return route.value.query.get("show") ?? "";
}
