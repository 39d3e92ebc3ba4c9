/*
 * Dialogs that ask: for a file, for something described in words, for leave to
 * upload.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { loadPeople, peopleState, sortedPeople } from "../../data/people";
import type { Entry, Request } from "../../data/schema";
import { me } from "../../data/session";
import type { Picked } from "../../data/uploads";
import { size } from "../../lib/format";
import { base, of } from "../../lib/path";
import { plain } from "../../lib/plain";
import { requestHref } from "../../lib/router";
import { t } from "../../strings";
import { FormDialog } from "../../ui/dialog";
import { Area, Text } from "../../ui/field";
import { tell } from "../../ui/toast";
import { changedHere } from "../files/folder";

/** Says where the request went: it is not where it was asked for. */
function toldAsked(who: string, { request }: Request): void {
	tell(t.requests.asked(who), { to: requestHref(request),
		label: t.requests.show });
}

export function AskDialog({ entry }: { entry: Entry }) {
	const [note, setNote] = useState("");
	return <FormDialog title={t.requests.askTitle(entry.name)}
		action={t.requests.askDo} submit={async () => {
			const body: calls.Ask = { kind: "get", path: of(entry) };
			if (note.trim() !== "")
				body.note = note.trim();
			const got = await calls.ask(body);
			changedHere([of(entry)]);
			if (got.request_state === "fulfilled")
				tell(t.requests.already);
			else
				toldAsked(entry.owner, got);
		}}>
		<Area label={t.requests.note} hint={t.requests.noteHint} optional
			autofocus value={note} onInput={setNote} />
	</FormDialog>;
}

export function WantDialog({ from = "" }: { from?: string }) {
	const [text, setText] = useState("");
	const [who, setWho] = useState(from);
	useEffect(() => {
		if (peopleState.value === "none")
			void loadPeople();
	}, []);
	return <FormDialog title={t.requests.wantTitle}
		action={t.requests.askDo} disabled={text.trim() === ""}
		submit={async () => {
			const body: calls.Ask = { kind: "want", text: text.trim() };
			if (who.trim() !== "")
				body.from = who.trim();
			toldAsked(who.trim() || t.requests.everybody,
			    await calls.ask(body));
		}}>
		<Area label={t.requests.wantText} value={text} onInput={setText}
			required autofocus />
		<Text label={t.requests.wantFrom} hint={t.requests.wantFromHint}
			optional value={who} onInput={setWho}
			list={sortedPeople.value.map((p) => p.name)
				.filter((name) => name !== me.value)} />
	</FormDialog>;
}

/** More names than this are not shown. */
const named = 8;

export function AskUploadDialog({ files, owner }: { files: Picked[];
    owner: string }) {
	const [note, setNote] = useState("");
	// What was asked for the first time is not asked for again.
	const asked = useRef(new Set<string>());
	return <FormDialog title={t.requests.uploadTitle(owner)}
		action={t.requests.askDo} disabled={files.length === 0}
		submit={async () => {
			for (const { path, file } of files) {
				if (asked.current.has(path))
					continue;
				const body: calls.Ask = { kind: "upload", path,
					size: file.size };
				if (note.trim() !== "")
					body.note = note.trim();
				await calls.ask(body);
				asked.current.add(path);
			}
			tell(t.requests.asked(owner), { to: requestHref(),
				label: t.requests.showAll });
		}}>
		<p>{t.requests.uploadHint}</p>
		<ul class="name-list">
			{files.slice(0, named).map(({ path, file }) =>
				<li key={path}><bdi>{plain(base(path))}</bdi>{" "}
					<span class="muted">{size(file.size)}</span></li>)}
			{files.length > named && <li class="muted">
				{t.uploads.andMore(files.length - named)}</li>}
		</ul>
		<Area label={t.requests.note} hint={t.requests.noteHint} optional
			value={note} onInput={setNote} />
	</FormDialog>;
}
