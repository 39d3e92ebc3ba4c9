/*
 * Short messages at the edge, and what is only said to screen readers.  Both
 * live in regions that are always in the page, as readers need it.
 */
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { aborted } from "../data/api";
import { explain } from "../lib/errors";
import { t } from "../strings";
import { Button, Link } from "./button";
import { Icon } from "./icon";

/** A way to what is told of. */
export type Onward = { to: string; label: string };

/** @about: what it is told of; what is told of that before goes. */
type Toast = { id: number; text: string; bad: boolean;
	about?: string | undefined; onward?: Onward | undefined };

/** How long one stays, in ms; one that is to be read well, or followed. */
const short = 5000, long = 12_000;

/** So many are shown: the one that is the longest there goes for a new one. */
const most = 3;

const toasts = signal<Toast[]>([]);
/** Those that somebody is at, by pointer or by keys: others go for new ones. */
const held = new Set<number>();
const spoken = signal("");
let last = 0;

function drop(id: number): void {
	toasts.value = toasts.value.filter((one) => one.id !== id);
}

/** Who it was told to has left. */
export function forgetToasts(): void {
	toasts.value = [];
	spoken.value = "";
}

/** What failed before is tried again: it is not so any more. */
function forget(about: string | undefined): void {
	if (about !== undefined)
		toasts.value = toasts.value.filter((one) => one.about !== about);
}

function add(toast: Omit<Toast, "id">): void {
	forget(toast.about);
	const before = toasts.value;
	const gone = before.filter((one) => !held.has(one.id))
		.slice(0, Math.max(0, before.length + 1 - most));
	toasts.value = [...before.filter((one) => !gone.includes(one)),
		{ id: ++last, ...toast }];
}

export function tell(text: string, onward?: Onward): void {
	add({ text, bad: false, onward });
}

export function complain(error: unknown, about?: string): void {
	if (!aborted(error))
		add({ text: explain(error), bad: true, about });
}

/** Says @text to screen readers only. */
export function say(text: string): void {
	// The same text again is said again only if it differs.
	spoken.value = spoken.value === text ? `${text}\u00a0` : text;
}

/**
 * Runs @work and tells what became of it.  @about names what is tried: what its
 * last try was told to have failed by goes with the next.  A form tells of
 * itself, see useSubmit().
 */
export async function attempt(work: () => Promise<unknown>, done?: string,
    about?: string): Promise<boolean> {
	forget(about);
	try {
		await work();
	} catch (error) {
		complain(error, about);
		return false;
	}
	if (done !== undefined)
		tell(done);
	return true;
}

export function Toasts() {
	return <>
		<div class="sr" role="status" aria-live="polite">
			{spoken.value}</div>
		<div class="toasts" role="region" aria-live="polite"
			aria-label={t.app}>
			{toasts.value.map((one) =>
				<Told key={one.id} one={one} />)}
		</div>
	</>;
}

function Told({ one }: { one: Toast }) {
	// Who is at it, by pointer or by keys, has the time they need.
	const [pointed, point] = useState(false), [focused, focus] =
	    useState(false);
	const busy = pointed || focused;
	useEffect(() => {
		if (busy) {
			held.add(one.id);
			return () => void held.delete(one.id);
		}
		const timer = setTimeout(() => drop(one.id),
		    one.bad || one.onward ? long : short);
		return () => clearTimeout(timer);
	}, [busy]);
	return <div class={one.bad ? "toast bad" : "toast"}
		role={one.bad ? "alert" : undefined}
		onPointerEnter={() => point(true)}
		onPointerLeave={() => point(false)}
		onFocusIn={() => focus(true)} onFocusOut={() => focus(false)}>
		<Icon name={one.bad ? "warn" : "check"} />
		<span>{one.text}</span>
		{one.onward && <span onClick={() => drop(one.id)}>
			<Link to={one.onward.to}>{one.onward.label}</Link></span>}
		<Button bare look="quiet" icon="close"
			onClick={() => drop(one.id)}>{t.close}</Button>
	</div>;
}
