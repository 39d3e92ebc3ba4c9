/*
 * What everybody may be allowed, in words.
 */
import type { Entry } from "../../data/schema";
import { isRoot, of } from "../../lib/path";
import { t } from "../../strings";

export type Access = Entry["access"];

/** What everybody may be allowed with @entry, for which @now is set. */
export function accessOptions(entry: Entry, now: Access):
    { value: Access; label: string; hint?: string }[] {
	const options: { value: Access; label: string; hint?: string }[] = [
		{ value: "private", label: t.access.private,
			hint: t.access.privateHint },
		{ value: "ask", label: t.access.ask, hint: t.access.askHint },
		{ value: "open", label: t.access.open, hint: t.access.openHint },
	];
	if (isRoot(of(entry)))
		return options;
	// What the folder above says is known only where it holds.
	return [{ value: "inherit", label: t.access.inherit, ...now === "inherit"
		? { hint: t.access.now(t.access.word[entry.access]) } : {} },
		...options];
}
