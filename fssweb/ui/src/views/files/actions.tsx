/*
 * What can be done with entries, by rights and state: the menu of one, and
 * the bar for several.
 */
import * as calls from "../../data/calls";
import type { Entry } from "../../data/schema";
import { me } from "../../data/session";
import { previewOf } from "../../lib/media";
import { isRoot, of, parent } from "../../lib/path";
import { filesHref, go, requestHref } from "../../lib/router";
import { t } from "../../strings";
import { openDialog } from "../../ui/dialog";
import type { MenuItem } from "../../ui/menu";
import { LinkDialog } from "../links/make";
import { AskDialog } from "../requests/ask";
import { MoveDialog, RemoveDialog, RenameDialog } from "./dialogs";
import { askable, asked, readable, stored } from "./marks";
import { openEntry, showDetails } from "./open";

export function mayWrite(entry: Entry): boolean {
	return entry.rights.includes("write") && !isRoot(of(entry));
}

export function rename(entry: Entry): void {
	if (mayWrite(entry))
		openDialog(<RenameDialog entry={entry} />);
}

export function move(entries: Entry[]): void {
	if (entries.length > 0)
		openDialog(<MoveDialog entries={entries} />);
}

export function remove(entries: Entry[]): void {
	const some = entries.filter(mayWrite);
	if (some.length > 0)
		openDialog(<RemoveDialog entries={some} />);
}

/** Address of the bytes of @entry, or null if they cannot be had. */
export function downloadHref(entry: Entry): string | null {
	if (!readable(entry) || entry.kind === "link")
		return null;
	if (entry.kind === "folder")
		return calls.zipUrl(of(entry));
	return stored(entry) ? calls.contentUrl(of(entry)) : null;
}

export function menuOf(entry: Entry, place: boolean): MenuItem[] {
	const remote = of(entry), href = downloadHref(entry);
	const own = entry.rights.includes("own");
	const items: MenuItem[] = [];
	// What has no preview opens as its details, which have their own.
	if (entry.kind === "folder")
		items.push({ label: t.files.open, icon: "folder",
			run: () => openEntry(entry) });
	else if (previewOf(entry) && href)
		items.push({ label: t.files.preview, icon: "eye",
			run: () => openEntry(entry) });
	if (href)
		items.push({ icon: "download", href, label:
		    entry.kind === "folder" ? t.files.zip : t.files.download });
	const request = asked(entry);
	if (request !== undefined)
		items.push({ icon: "inbox", label: t.requests.show,
			run: () => go(requestHref(request)) });
	if (askable(entry, me.value))
		items.push({ icon: "hand", label: t.files.ask,
			run: () => openDialog(<AskDialog entry={entry} />) });
	if (place)
		items.push({ icon: "folder", label: t.files.goTo,
			run: () => go(filesHref(parent(remote))) });
	items.push({ icon: "info", label: t.files.details,
		run: () => showDetails(remote) });
	if (entry.kind === "file" && readable(entry))
		items.push({ icon: "history", label: t.files.versions,
			run: () => showDetails(remote, "versions") });
	if (own) {
		items.push(null);
		items.push({ icon: "lock", label: t.files.access,
			run: () => showDetails(remote, "access") });
		if (entry.kind !== "link" && stored(entry))
			items.push({ icon: "link", label: t.files.link,
				run: () => openDialog(
				    <LinkDialog path={remote} kind={entry.kind} />) });
	}
	if (mayWrite(entry)) {
		items.push(null);
		items.push({ icon: "edit", label: t.files.rename,
			run: () => rename(entry) });
		items.push({ icon: "move", label: t.files.move,
			run: () => move([entry]) });
		items.push({ icon: "trash", label: t.files.remove, danger: true,
			run: () => remove([entry]) });
	}
	return items;
}
