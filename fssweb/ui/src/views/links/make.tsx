/*
 * The dialog that makes a share link, and shows it the one time it is told.
 */
import { useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { me } from "../../data/session";
import { base, of, whole } from "../../lib/path";
import { t } from "../../strings";
import { FormDialog } from "../../ui/dialog";
import { Check, Choice, PasswordField, Select, Text } from "../../ui/field";
import { Secret } from "../../ui/secret";
import { FolderPicker } from "../files/picker";
import { linkMade } from "./made";

const day = 86400;

export function LinkDialog({ path, kind: entryKind }: { path?: string;
    kind?: "file" | "folder" | "link" }) {
	const [at, setAt] = useState(path ?? `${me.value}:/`);
	const [isFile, setIsFile] = useState(entryKind === "file");
	const [folder, setFolder] = useState(`${me.value}:/`);
	const [kind, setKind] = useState<"download" | "upload">("download");
	const [password, setPassword] = useState("");
	const [days, setDays] = useState("30");
	const [limit, setLimit] = useState("");
	const [label, setLabel] = useState("");
	const [follow, setFollow] = useState(false);
	const send = kind === "upload" && !isFile;
	const submit = async () => {
		const body: Parameters<typeof calls.makeLink>[0] = { path: at,
			kind: send ? "upload" : "download" };
		if (password !== "")
			body.password = password;
		if (Number(days) > 0)
			body.expires = (Math.floor(Date.now() / 1000) +
			    Number(days) * day) * 1e6;
		if (!send && Number(limit) > 0)
			body.limit = Math.floor(Number(limit));
		if (label.trim() !== "")
			body.label = label.trim();
		if (isFile && follow)
			body.follow = true;
		const made = await calls.makeLink(body);
		linkMade();
		return <Secret label={t.links.url} hint={t.links.madeHint}
			title={t.links.made}
			value={whole(made.url, location.origin)} />;
	};
	return <FormDialog title={path ? t.links.makeTitle(base(path) || path)
		: t.links.make} action={t.links.makeDo} submit={submit}>
		{!path && <>
			<FolderPicker at={folder} file={isFile ? at : ""}
				choose={(to) => {
					setFolder(to);
					setAt(to);
					setIsFile(false);
				}}
				pickFile={(entry) => {
					setAt(of(entry));
					setIsFile(true);
				}} />
			<p aria-live="polite">{t.links.path}: <strong><bdi>{at}</bdi>
			</strong></p>
		</>}
		{!isFile && <Choice label={t.links.kind} value={kind}
			onInput={setKind} options={[
			{ value: "download", label: t.links.download,
				hint: t.links.downloadHint },
			{ value: "upload", label: t.links.upload,
				hint: t.links.uploadHint }]} />}
		<div class="columns">
			<Select label={t.links.expires} value={days}
				onInput={setDays}
				options={["1", "7", "30", "365", "0"].map((d) =>
				    [d, t.links.expiry[d as keyof
					typeof t.links.expiry]])} />
			{!send && <Text label={t.links.limit}
				hint={t.links.limitHint} type="number" min={1}
				value={limit} onInput={setLimit} />}
			<PasswordField label={t.links.password} optional
				autocomplete="new-password"
				value={password} onInput={setPassword} />
			<Text label={t.links.label} hint={t.links.labelHint}
				optional bytes={64} value={label}
				onInput={setLabel} />
		</div>
		{isFile && <Check label={t.links.follow} checked={follow}
			onInput={setFollow} />}
	</FormDialog>;
}
