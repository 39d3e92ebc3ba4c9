/*
 * A look at a file.  Nothing in it runs: pictures, sound and film are media
 * elements; text is text; a PDF is shown by the browser's own viewer, from a
 * Blob whose type this page sets, so that what an uploader calls PDF can be
 * nothing else.
 */
import { useEffect, useState } from "preact/hooks";
import { readBlob, readText } from "../../data/api";
import * as calls from "../../data/calls";
import type { Entry } from "../../data/schema";
import { previewOf } from "../../lib/media";
import { of } from "../../lib/path";
import { useLoad } from "../../lib/use";
import { t } from "../../strings";
import { Button } from "../../ui/button";
import { Dialog, openDialog } from "../../ui/dialog";
import { Failed, Waiting } from "../../ui/notice";

/** Text is cut after so much; a PDF larger than that is not fetched. */
const textMost = 256 * 1024, pdfMost = 64 * 1024 * 1024;

export function Preview({ entry, large }: { entry: Entry;
    large?: boolean }) {
	const [broken, setBroken] = useState(false);
	const kind = previewOf(entry);
	const url = calls.contentUrl(of(entry), entry.number, true);
	const fail = () => setBroken(true);
	// Of any type: a viewer of nothing shows a bar, or says that it failed.
	if (entry.size === 0)
		return <p class="muted preview-none">{t.details.empty}</p>;
	if (broken)
		return <p class="muted preview-none">{t.details.failed}</p>;
	const zoom = !large && <Button class="preview-zoom" icon="eye"
		onClick={() => openDialog(<Dialog wide title={entry.name}>
			<Preview entry={entry} large /></Dialog>)}>
		{t.details.zoom}</Button>;
	switch (kind) {
	case "image":
		return <figure class={large ? "preview large" : "preview"}>
			<img src={url} alt={t.details.image(entry.name)}
				onError={fail} decoding="async" />
			{zoom}</figure>;
	case "audio":
		return <figure class="preview">
			<audio controls preload="metadata" src={url}
				aria-label={entry.name} onError={fail} /></figure>;
	case "video":
		return <figure class={large ? "preview large" : "preview"}>
			<video controls preload="metadata" src={url}
				aria-label={entry.name} onError={fail} />
			{zoom}</figure>;
	case "pdf":
		return <figure class={large ? "preview pdf large" : "preview pdf"}>
			<PdfPreview entry={entry} />{zoom}</figure>;
	case "text":
		return <figure class={large ? "preview large" : "preview"}>
			<TextPreview entry={entry} />{zoom}</figure>;
	default:
		return null;
	}
}

function TextPreview({ entry }: { entry: Entry }) {
	const { value, error, reload } = useLoad(of(entry), () =>
		readText(of(entry), textMost, entry.number));
	if (error)
		return <Failed error={error} again={reload} />;
	if (!value)
		return <Waiting rows={4} />;
	return <>
		<pre class="preview-text" tabIndex={0} dir="auto"
			aria-label={entry.name}>{value.text}</pre>
		{value.cut && <figcaption class="muted">{t.details.cut}
		</figcaption>}
	</>;
}

function PdfPreview({ entry }: { entry: Entry }) {
	const [url, setUrl] = useState("");
	const tooBig = (entry.size ?? 0) > pdfMost;
	const [failed, setFailed] = useState(false);
	useEffect(() => {
		if (tooBig)
			return;
		const abort = new AbortController();
		let made = "";
		readBlob(of(entry), "application/pdf", entry.number, abort.signal)
			.then((blob) => {
				if (!abort.signal.aborted)
					setUrl(made = URL.createObjectURL(blob));
			}, () => setFailed(!abort.signal.aborted));
		return () => {
			abort.abort();
			if (made !== "")
				URL.revokeObjectURL(made);
		};
	}, []);
	if (tooBig || failed)
		return <p class="muted preview-none">{tooBig
			? t.details.tooBig : t.details.failed}</p>;
	return url === "" ? <Waiting rows={3} />
		: <iframe class="preview-pdf" src={url}
			title={t.details.pdf(entry.name)} />;
}
