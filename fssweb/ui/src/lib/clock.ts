/*
 * The time, for what says how long ago something was: who reads it while he
 * draws is drawn anew as it goes on, also in a page that is open for days.
 */
import { signal } from "@preact/signals";

/** Between two steps, in ms; what is shown is of minutes at the finest. */
const step = 20_000;

/** In ms, a step behind at most while the page is seen. */
export const clock = signal(Date.now());

export function startClock(): void {
	const on = () => {
		clock.value = Date.now();
	};
	setInterval(on, step);
	// Timers of pages that are not seen are slowed down.
	document.addEventListener("visibilitychange", on);
}
