/*
 * Words on an entry: asked for, announced and by how many, open to all; what
 * matters most comes first, as the rest may find no room.
 */
import type { Entry } from "../../data/schema";
import { requestHref } from "../../lib/router";
import { t } from "../../strings";
import { Link } from "../../ui/button";
import { Icon } from "../../ui/icon";

const livingStates = ["open", "seen", "approved", "transferring"];

/** Whether one can fetch it now. */
export function readable(entry: Entry): boolean {
	return entry.rights.includes("read") || entry.pass === true;
}

export function stored(entry: { state?: Entry["state"] }): boolean {
	return entry.state !== "announced";
}

/** One's own request for it that is not answered to its end, if any. */
export function asked(entry: Entry): number | undefined {
	return entry.request_state && livingStates.includes(
	    entry.request_state) ? entry.request : undefined;
}

/** Whether asking for it makes sense: there is no other way to it. */
export function askable(entry: Entry, me: string): boolean {
	return entry.kind === "file" && entry.owner !== me &&
	    (!stored(entry) || !readable(entry)) && asked(entry) === undefined;
}

/** @links: what has been asked for leads to the request. */
export function Marks({ entry, links }: { entry: Entry; links?: boolean }) {
	const marks = [], request = asked(entry);
	if (request !== undefined) {
		const text = t.files.asked(t.requests.state[entry.request_state!]);
		marks.push(links
			? <Link key="r" class="mark" to={requestHref(request)}>
				{text}</Link>
			: <span key="r" class="mark">{text}</span>);
	} else if (entry.kind === "file" && entry.pass &&
	    !entry.rights.includes("read")) {
		marks.push(<span key="p" class="mark good">{t.files.granted}</span>);
	} else if (entry.kind === "file" && !readable(entry) && stored(entry)) {
		marks.push(<span key="l" class="mark" title={t.files.lockedHint}>
			<Icon name="lock" />{t.files.locked}</span>);
	}
	if (entry.kind === "file" && !stored(entry))
		marks.push(<span key="a" class="mark announced"
			title={t.files.announcedHint(entry.holders ?? 0,
			    entry.online ?? 0)}>
			<span class={`dot ${entry.online ? "online" : "offline"}`}
				aria-hidden="true" />
			{t.files.announced}
			<span class="sr">. {t.files.announcedHint(
			    entry.holders ?? 0, entry.online ?? 0)}</span></span>);
	if (entry.access_own && entry.access !== "inherit" &&
	    entry.rights.includes("own"))
		marks.push(<span key="o" class={`mark access-${entry.access}`}>
			{t.access.word[entry.access]}</span>);
	return marks.length > 0 ? <span class="marks">{marks}</span> : null;
}
