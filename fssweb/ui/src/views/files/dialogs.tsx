/*
 * Dialogs that change entries: a new folder, another name, another place, and
 * no more at all.
 */
import { useRef, useState } from "preact/hooks";
import { ApiError } from "../../data/api";
import * as calls from "../../data/calls";
import type { Entry } from "../../data/schema";
import { base, join, nameProblem, of, parent, within } from "../../lib/path";
import { visible } from "../../lib/plain";
import { t } from "../../strings";
import { FormDialog } from "../../ui/dialog";
import { Check, Text } from "../../ui/field";
import { complain, tell } from "../../ui/toast";
import { FolderPicker } from "./picker";
import { changedHere } from "./folder";
import { follow } from "./open";

export function nameFault(name: string): string | undefined {
	switch (nameProblem(name)) {
	case "dots": return t.dialog.nameDots;
	case "sign": return t.dialog.nameSign;
	case "long": return t.dialog.nameLong;
	case "empty": case null: return undefined;
	}
}

export function NewFolderDialog({ at }: { at: string }) {
	const [name, setName] = useState("");
	return <FormDialog title={t.dialog.newFolder} action={t.dialog.create}
		disabled={nameProblem(name.trim()) !== null}
		submit={async () => {
			const path = join(at, name.trim());
			await calls.makeFolder(path);
			changedHere([path]);
		}}>
		<Text label={t.dialog.folderName} value={name} onInput={setName}
			autofocus required fault={nameFault(name.trim())} />
	</FormDialog>;
}

export function RenameDialog({ entry }: { entry: Entry }) {
	const [name, setName] = useState(entry.name);
	const [replace, setReplace] = useState(false);
	const [taken, setTaken] = useState(false);
	const from = of(entry), to = join(parent(from), name.trim());
	return <FormDialog title={t.dialog.rename(visible(entry.name))}
		action={t.dialog.renameDo}
		disabled={nameProblem(name.trim()) !== null || to === from}
		submit={async () => {
			try {
				await calls.move(from, to, replace);
			} catch (error) {
				setTaken((error as ApiError).code === "FSS_EEXIST");
				throw error;
			}
			changedHere([from, to]);
			follow(from, to);
			tell(t.dialog.renamed);
		}}>
		<Text label={t.dialog.newName} value={name} onInput={setName}
			autofocus required fault={nameFault(name.trim())} />
		{taken && <Check label={t.dialog.replace} checked={replace}
			onInput={setReplace} />}
	</FormDialog>;
}

function what(entries: Entry[]): string {
	return entries.length === 1 ? visible(entries[0]!.name)
		: t.dialog.things(entries.length);
}

export function MoveDialog({ entries }: { entries: Entry[] }) {
	const first = of(entries[0]!);
	const [to, setTo] = useState(parent(first));
	const [replace, setReplace] = useState(false);
	const [taken, setTaken] = useState(false);
	// What went the first time is there already when it is tried again.
	const gone = useRef(new Set<string>());
	// A folder cannot go into itself, nor anything to where it is.
	const bad = entries.some((e) => parent(of(e)) === to ||
	    (e.kind === "folder" && within(to, of(e))));
	return <FormDialog title={t.dialog.move(what(entries))}
		action={t.dialog.moveDo} disabled={bad}
		submit={async () => {
			for (const entry of entries) {
				if (gone.current.has(of(entry)))
					continue;
				const target = join(to, base(of(entry)));
				try {
					await calls.move(of(entry), target, replace);
				} catch (error) {
					setTaken((error as ApiError).code ===
					    "FSS_EEXIST");
					throw error;
				}
				gone.current.add(of(entry));
				changedHere([of(entry), target]);
				follow(of(entry), target);
			}
			tell(t.dialog.moved);
		}}>
		<FolderPicker at={to} choose={setTo} />
		{taken && <Check label={t.dialog.replace} checked={replace}
			onInput={setReplace} />}
	</FormDialog>;
}

export function RemoveDialog({ entries }: { entries: Entry[] }) {
	return <FormDialog title={t.dialog.remove(what(entries))} danger
		action={t.dialog.removeDo} submit={async () => {
			const paths = entries.map(of);
			let removed = 0;
			for (let i = 0; i < paths.length; i += calls.batch) {
				const { rows } = await calls.remove(
				    paths.slice(i, i + calls.batch));
				const bad = rows.filter((r) =>
					r.status !== "FSS_OK");
				const stay = new Set(bad.map((r) => r.path));
				for (const path of paths.slice(i, i + calls.batch))
					if (!stay.has(path))
						follow(path, null);
				removed += rows.length - bad.length;
				if (bad.length > 0)
					complain(new ApiError(0, bad[0]!.status, "",
					    bad[0]!.path));
			}
			changedHere(paths);
			if (removed > 0)
				tell(t.dialog.removed(removed));
		}}>
		{entries.length > 1 && <ul class="name-list">
			{entries.slice(0, 6).map((e) =>
				<li key={of(e)}><bdi>{visible(e.name)}</bdi></li>)}
			{entries.length > 6 && <li>…</li>}
		</ul>}
		<p>{entries.some((e) => e.kind === "folder")
			? t.dialog.removeHint : t.dialog.removeFileHint}</p>
	</FormDialog>;
}
