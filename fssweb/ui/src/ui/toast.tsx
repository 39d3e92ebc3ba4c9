/*
 * Short messages at the edge, and what is only said to screen readers.  Both
 * live in regions that are always in the page, as readers need it.
 */
import { signal } from "@preact/signals";
import { explain } from "../lib/errors";
import { t } from "../strings";
import { Button } from "./button";
import { Icon } from "./icon";

type Toast = { id: number; text: string; bad: boolean };

const toasts = signal<Toast[]>([]);
const spoken = signal("");
let last = 0;

function drop(id: number): void {
	toasts.value = toasts.value.filter((one) => one.id !== id);
}

function add(text: string, bad: boolean): void {
	const id = ++last;
	toasts.value = [...toasts.value.slice(-2), { id, text, bad }];
	setTimeout(() => drop(id), bad ? 12000 : 5000);
}

export function tell(text: string): void {
	add(text, false);
}

export function complain(error: unknown): void {
	add(explain(error), true);
}

/** Says @text to screen readers only. */
export function say(text: string): void {
	// The same text again is said again only if it differs.
	spoken.value = spoken.value === text ? `${text}\u00a0` : text;
}

/** Runs @work and tells what became of it. */
export async function attempt(work: () => Promise<unknown>, done?: string):
    Promise<boolean> {
	try {
		await work();
	} catch (error) {
		complain(error);
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
				<div key={one.id} class={one.bad
					? "toast bad" : "toast"}
					role={one.bad ? "alert" : undefined}>
					<Icon name={one.bad ? "warn" : "check"} />
					<span>{one.text}</span>
					<Button bare look="quiet" icon="close"
						onClick={() => drop(one.id)}>
						{t.close}</Button>
				</div>)}
		</div>
	</>;
}
