/*
 * What a file is, from its media type and, where that says nothing, from its
 * ending: which icon it gets and how it can be looked at.  Only kinds that a
 * browser shows without running anything can be looked at.
 */

export type Kind = "folder" | "link" | "image" | "audio" | "video" | "pdf"
	| "text" | "archive" | "file";

const endings: Record<string, Kind> = {};
for (const [kind, list] of Object.entries({
	image: "jpg jpeg png gif webp avif bmp ico svg heic tif tiff",
	audio: "mp3 flac ogg oga opus m4a wav aac",
	video: "mp4 m4v webm mov mkv avi ogv",
	pdf: "pdf",
	text: "txt md csv tsv log json xml yaml yml toml ini conf c h cc cpp " +
		"hpp rs go py js ts tsx jsx css html htm sh sql java rb lua tex " +
		"diff patch srt",
	archive: "zip tar gz tgz bz2 xz zst 7z rar iso deb",
}))
	for (const ending of list.split(" "))
		endings[ending] = kind as Kind;

const archives = /^application\/(zip|gzip|x-(tar|7z|xz|bzip)|vnd\.rar|zstd)/;
const texts = /^application\/(json|xml|javascript|x-sh|toml|yaml|sql)/;

/** What browsers can draw; others of these types are only named so. */
const drawable = /\.(jpe?g|png|gif|webp|avif|bmp|ico|svg)$/i;

export function kindOf(entry: { kind: string; media?: string;
    name: string }): Kind {
	if (entry.kind === "folder" || entry.kind === "link")
		return entry.kind;
	const media = entry.media ?? "";
	const first = media.split("/")[0];
	if (first === "image" || first === "audio" || first === "video" ||
	    first === "text")
		return first;
	if (media === "application/pdf")
		return "pdf";
	if (archives.test(media))
		return "archive";
	if (texts.test(media))
		return "text";
	const dot = entry.name.lastIndexOf(".");
	return dot < 0 ? "file"
		: endings[entry.name.slice(dot + 1).toLowerCase()] ?? "file";
}

/** Whether a preview of it makes sense, and how. */
export function previewOf(entry: { kind: string; media?: string;
    name: string }): "image" | "audio" | "video" | "pdf" | "text" | null {
	const kind = kindOf(entry);
	switch (kind) {
	case "image":
		return drawable.test(entry.name) ||
		    /^image\/(jpeg|png|gif|webp|avif|bmp|svg)/.test(
			entry.media ?? "") ? kind : null;
	case "audio":
	case "video":
	case "pdf":
	case "text":
		return kind;
	default:
		return null;
	}
}
