/*
 * Files and folders dropped anywhere on the list are uploaded into it; where
 * one may not, leave to do so is asked for.
 */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { dropped, queue } from "../../data/uploads";
import { t } from "../../strings";
import { openDialog } from "../../ui/dialog";
import { Icon } from "../../ui/icon";
import { attempt } from "../../ui/toast";
import { AskUploadDialog } from "../requests/ask";
import { hasFiles } from "../../lib/drop";
import { base } from "../../lib/path";
import { changedHere } from "./folder";

export function DropZone({ at, may, children }: { at: string | null;
    may: boolean; children: ComponentChildren }) {
	const [over, setOver] = useState(false);
	// Enter and leave come for each child passed over.
	const depth = useRef(0);
	const enter = (event: DragEvent, by: number) => {
		if (at === null || !hasFiles(event))
			return;
		event.preventDefault();
		depth.current += by;
		setOver(depth.current > 0);
	};
	const drop = async (event: DragEvent) => {
		depth.current = 0;
		setOver(false);
		if (at === null || !hasFiles(event))
			return;
		event.preventDefault();
		const got = dropped(event.dataTransfer!, at);
		// A file may be gone, or not to be read, by the time it is dropped.
		if (!await attempt(() => got))
			return;
		const { files, folders } = await got;
		if (!may) {
			openDialog(<AskUploadDialog files={files}
				owner={at.slice(0, at.indexOf(":"))} />);
			return;
		}
		queue.add(files);
		for (const folder of folders)
			await attempt(() => calls.makeFolder(folder)
				.then(() => changedHere([folder])), undefined,
			    `folder ${folder}`);
	};
	return <div class={over ? "drop over" : "drop"}
		onDragEnter={(e) => enter(e, 1)}
		onDragLeave={(e) => enter(e, -1)}
		onDragOver={(e) => enter(e, 0)}
		onDrop={(e) => void drop(e)}>
		{children}
		{over && at !== null && <div class="drop-hint" aria-hidden="true">
			<Icon name={may ? "upload" : "hand"} />
			<p>{may ? t.files.dropHere(base(at) || t.nav.files)
				: t.files.noDrop(at.slice(0, at.indexOf(":")))}</p>
		</div>}
	</div>;
}
