/*
 * Looks again and again at what the hub has no news of, while somebody can
 * see it: stops in a tab that is hidden and looks at once when it is shown.
 *
 * A poll is light: it rests three times as long as a look took, so a slow line
 * or a busy hub is asked less often, and after failures longer and longer, or
 * as long as the answer says.
 */
import { ApiError, mostTold } from "./api";

/** Whether the page can be seen, and who tells when that changes. */
export type Sight = { visible: () => boolean;
	on: (change: () => void) => () => void };

/** Between looks at what others may change, in ms: shown within a second. */
export const lively = 700;

/** Rests after a look as many times as long as it took; and at most, in ms. */
const share = 3, longest = 30_000;

/** Nobody is taken to be there after so long without a hand on it, in ms. */
const away = 300_000;
const signs = ["pointerdown", "pointermove", "keydown", "wheel"];

/** Whether the page can be seen, whoever is there. */
export const seen: Sight = {
	visible: () => document.visibilityState === "visible",
	on: (change) => {
		document.addEventListener("visibilitychange", change);
		return () => document.removeEventListener("visibilitychange",
		    change);
	},
};

/**
 * Seen, and by somebody who uses the page: else a person never goes idle. Hands
 * are looked for while somebody is told of them, and count for all who are.
 */
export function attended(sight: Sight = seen,
    hands: Pick<EventTarget, "addEventListener" | "removeEventListener"> =
	globalThis, now = () => performance.now()): Sight {
	let last = now();
	const told = new Set<() => void>();
	const here = () => now() - last < away;
	const used = () => {
		const was = here();
		last = now();
		if (was)
			return;
		for (const change of told)
			change();
	};
	return {
		visible: () => sight.visible() && here(),
		on: (change) => {
			if (told.size === 0)
				for (const sign of signs)
					hands.addEventListener(sign, used);
			told.add(change);
			const off = sight.on(change);
			return () => {
				told.delete(change);
				if (told.size === 0)
					for (const sign of signs)
						hands.removeEventListener(sign, used);
				off();
			};
		},
	};
}

/** Somebody is at the page; one for all of it, so that all know each hand. */
export const somebody = attended();

export class Poll {
	private timer: ReturnType<typeof setTimeout> | undefined;
	private off: (() => void) | undefined;
	private looking = false;
	private failed = 0;
	/** A look was due while the page was hidden. */
	private owed = false;
	/** One was asked for while another was under way. */
	private asked = false;

	/**
	 * @work looks once and rejects on failure; it is never run twice at once.
	 * Without a @sight of its own it rests while nobody is at the page.
	 */
	constructor(
		private readonly work: () => Promise<unknown>,
		private readonly every = lively,
		private readonly sight: Sight = somebody,
		private readonly clock: () => number = () => performance.now(),
	) {}

	/** The first look is @every from now, or at once if @first. */
	start(first = false): void {
		if (this.off)
			return;
		this.off = this.sight.on(() => {
			if (this.owed && this.sight.visible())
				void this.look();
		});
		if (first)
			void this.look();
		else
			this.later(this.every);
	}

	/** A look at once, or after the one under way, besides all others. */
	now(): void {
		this.asked = this.looking;
		if (this.off && !this.looking)
			void this.look();
	}

	stop(): void {
		clearTimeout(this.timer);
		this.off?.();
		this.off = undefined;
	}

	private later(ms: number): void {
		clearTimeout(this.timer);
		this.timer = setTimeout(() => void this.look(), ms);
	}

	private async look(): Promise<void> {
		if (this.looking)
			return;
		this.owed = !this.sight.visible();
		if (this.owed)
			return;
		clearTimeout(this.timer);
		this.looking = true;
		const since = this.clock();
		let told = 0;
		try {
			await this.work();
			this.failed = 0;
		} catch (error) {
			this.failed++;
			told = error instanceof ApiError ? error.retryMs : 0;
		}
		this.looking = false;
		if (!this.off)
			return;
		if (this.asked) {
			this.asked = false;
			return this.look();
		}
		const pause = Math.max(this.every * 2 ** Math.min(this.failed, 10),
		    share * (this.clock() - since));
		this.later(Math.max(Math.min(pause, Math.max(longest, this.every)),
		    Math.min(told, mostTold)));
	}
}
