/*
 * Small pieces that many views use: times, avatars, presence, progress.
 */
import type { Presence } from "../data/schema";
import { exact, iso, percent, when } from "../lib/format";
import { visible } from "../lib/plain";
import { t } from "../strings";

export function Time({ us, text }: { us: number | undefined;
    text?: string }) {
	return us ? <time dateTime={iso(us)} title={exact(us)}>
		{text ?? when(us)}</time> : null;
}

/** A hue for a name, always the same one. */
function hue(name: string): number {
	let sum = 7;
	for (const sign of name)
		sum = (sum * 31 + sign.codePointAt(0)!) % 360;
	return Math.floor(sum / 30);
}

export function Avatar({ name, presence }: { name: string;
    presence?: Presence | undefined }) {
	return <span class={`avatar hue-${hue(name)}`} aria-hidden="true">
		{name.replace(/^@/, "").slice(0, 2)}
		{presence && <span class={`dot ${presence}`} />}
	</span>;
}

export function PresenceWord({ presence }: { presence: Presence }) {
	return <span class={`presence ${presence}`}>
		<span class={`dot ${presence}`} aria-hidden="true" />
		{t.presence[presence]}</span>;
}

export function Progress({ part, whole, label }: { part: number;
    whole: number; label: string }) {
	return <progress class="progress" value={part} max={Math.max(1, whole)}
		aria-label={label}>{percent(part, whole)}</progress>;
}

/** A name of a file: its own direction, its middle cut before its ending. */
export function Name({ children }: { children: string }) {
	const name = visible(children), dot = name.lastIndexOf(".");
	const cut = dot > 0 && name.length - dot <= 8 && name.length > 24
		? dot : name.length;
	return <bdi class="name" title={children}>
		<span class="name-head">{name.slice(0, cut)}</span>
		{cut < name.length &&
			<span class="name-tail">{name.slice(cut)}</span>}
	</bdi>;
}
