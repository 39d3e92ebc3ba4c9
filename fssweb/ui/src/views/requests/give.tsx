/*
 * Giving a file to who looks for one: uploaded for it, or one that is there.
 *
 * What is uploaded goes to Requests/ID/NAME in one's own space, which fssctl
 * does as well.  The place says what it is for, so an upload that a reload
 * interrupted still answers its request once it is done.
 */
import { useRef, useState } from "preact/hooks";
import { ApiError } from "../../data/api";
import * as calls from "../../data/calls";
import type { Request } from "../../data/schema";
import { me } from "../../data/session";
import { dropped, queue } from "../../data/uploads";
import { of } from "../../lib/path";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { closeDialog, FormDialog } from "../../ui/dialog";
import { attempt } from "../../ui/toast";
import { FolderPicker } from "../files/picker";

export function fulfilByUpload(request: Request, file: File): void {
	queue.add([{ file, path:
	    `${me.value}:/Requests/${request.request}/${file.name}` }]);
}

/** Takes what is dropped if it is one file: of several, which is meant? */
export function fulfilByDrop(request: Request, data: DataTransfer): void {
	const got = dropped(data, "");
	void attempt(async () => {
		const { files, folders } = await got;
		if (files.length !== 1 || folders.length > 0)
			throw new ApiError(-1, "ONE_FILE", "");
		fulfilByUpload(request, files[0]!.file);
	}, undefined, `request ${request.request}`);
}

/** Answers the request that a finished upload was for. */
export function startGiving(): void {
	queue.onDone((item) => {
		const match = /^([^:]*):\/Requests\/(\d+)\/[^/]+$/.exec(item.path);
		if (!match || match[1] !== me.value)
			return;
		const id = Number(match[2]);
		void attempt(async () => {
			// It may have ended while the file was on its way; of one
			// that went to others, too, nothing is left here then.
			const request = await calls.request(id).catch((error) => {
				if ((error as ApiError).status !== 404)
					throw error;
				return null;
			});
			if (!request?.may.includes("fulfil"))
				throw new ApiError(-1, "TOO_LATE", "");
			await calls.fulfil(id, item.path);
		});
	});
}

export function GiveDialog({ request, changed }: { request: Request;
    changed: (request: Request) => void }) {
	const input = useRef<HTMLInputElement>(null);
	const [at, setAt] = useState(`${me.value}:/`);
	const [file, setFile] = useState("");
	return <FormDialog title={t.requests.fulfilTitle}
		action={t.requests.fulfilTitle} disabled={file === ""}
		submit={async () => changed(
		    await calls.fulfil(request.request, file))}>
		<p><bdi>{request.text}</bdi></p>
		<div>
			<Button icon="upload" onClick={() => input.current?.click()}>
				{t.requests.fulfilPick}</Button>
			<input ref={input} type="file" class="sr" tabIndex={-1}
				aria-label={t.requests.fulfilPick}
				onChange={(event) => {
					const picked = event.currentTarget.files?.[0];
					if (picked) {
						fulfilByUpload(request, picked);
						closeDialog();
					}
				}} />
		</div>
		<h3>{t.requests.fulfilOwn}</h3>
		<FolderPicker at={at} choose={setAt} file={file}
			pickFile={(entry) => setFile(of(entry))} />
	</FormDialog>;
}
