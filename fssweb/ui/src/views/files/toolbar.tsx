/*
 * What can be done where one is, and with what is selected.
 */
import { useRef } from "preact/hooks";
import * as calls from "../../data/calls";
import type { Entry } from "../../data/schema";
import { login, me } from "../../data/session";
import { pickedFiles, queue } from "../../data/uploads";
import { base, of, parent } from "../../lib/path";
import { useKey } from "../../lib/use";
import { t } from "../../strings";
import { Button, DownloadLink } from "../../ui/button";
import { openDialog } from "../../ui/dialog";
import { openMenu } from "../../ui/menu";
import { downloadHref, mayWrite, move, remove } from "./actions";
import { NewFolderDialog } from "./dialogs";
import { readable } from "./marks";
import { showDetails } from "./open";

/** Makes an input that picks whole folders; typed nowhere. */
function wholeFolders(input: HTMLInputElement | null): void {
	input?.setAttribute("webkitdirectory", "");
}

export function Toolbar({ at, may, folder }: { at: string | null;
    may: boolean; folder: Entry | null }) {
	const files = useRef<HTMLInputElement>(null);
	const folders = useRef<HTMLInputElement>(null);
	useKey("u", () => {
		if (at !== null && may)
			files.current?.click();
	});
	if (at === null)
		return null;
	const add = (input: HTMLInputElement) => {
		if (input.files)
			queue.add(pickedFiles(input.files, at));
		input.value = "";
	};
	return <div class="toolbar" role="toolbar" aria-label={t.more}>
		{may && <>
			<Button look="primary" icon="upload" aria-haspopup="menu"
				onClick={(event) => openMenu(t.files.upload, [
				    { label: t.files.uploadFiles, icon: "file",
					run: () => files.current?.click() },
				    { label: t.files.uploadFolder, icon: "folder",
					run: () => folders.current?.click() },
				], event.currentTarget as HTMLElement)}>
				{t.files.upload}</Button>
			<input ref={files} class="sr" type="file" multiple tabIndex={-1}
				aria-label={t.files.uploadFiles}
				onChange={(e) => add(e.currentTarget)} />
			<input ref={(input) => {
				folders.current = input;
				wholeFolders(input);
			}} class="sr" type="file" multiple tabIndex={-1}
				aria-label={t.files.uploadFolder}
				onChange={(e) => add(e.currentTarget)} />
			<Button icon="plus" onClick={() =>
				openDialog(<NewFolderDialog at={at} />)}>
				{t.files.newFolder}</Button>
		</>}
		{(folder ? readable(folder) : at.startsWith(`${me.value}:`)) &&
			<DownloadLink icon="download" look="quiet"
				class="hide-narrow zip-way" href={calls.zipUrl(at)}>{t.files.zip}</DownloadLink>}
		{folder && <Button bare icon="info" look="quiet"
			onClick={() => showDetails(at)}>{t.files.details}</Button>}
	</div>;
}

export function SelectionBar({ entries, clear }: { entries: Entry[];
    clear: () => void }) {
	const one = entries.length === 1 ? entries[0]! : null;
	const folder = parent(of(entries[0]!));
	const together = entries.every((e) => parent(of(e)) === folder);
	const zips = login.value?.limits["zip_names"] ?? 16;
	const href = one ? downloadHref(one)
		: together && entries.length <= zips && entries.every(readable)
		? calls.zipUrl(folder, entries.map((e) => base(of(e)))) : null;
	const writable = entries.filter(mayWrite);
	return <div class="toolbar selection" role="toolbar"
		aria-label={t.selected(entries.length)}>
		<strong role="status">{t.selected(entries.length)}</strong>
		{href && <DownloadLink icon="download" href={href}>
			{t.files.download}</DownloadLink>}
		{writable.length === entries.length && <>
			{together && <Button icon="move" onClick={() => move(entries)}>
				{t.files.move}</Button>}
			<Button icon="trash" look="danger"
				onClick={() => remove(entries)}>
				{t.files.remove}</Button>
		</>}
		<Button bare icon="close" look="quiet" onClick={clear}>
			{t.files.clear}</Button>
	</div>;
}
