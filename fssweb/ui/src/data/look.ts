/*
 * Looks at what news speaks of, one look at a time: news that comes while a
 * look is under way makes one more after it, however much there is of it.  So
 * what comes back is shown on the slowest line, and nothing piles up.
 *
 * News is told once: a look that failed for a reason that passes is made
 * again by itself, when the answer says so or later and later.
 */
import { restAfter } from "./api";

export class Looks {
	private under = Promise.resolve();
	private runs = false;
	/** One more look is to be made after the one under way. */
	private owed = false;
	private over = false;
	private failed = 0;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private due = 0;

	/** @work looks once and rejects if it could not. */
	constructor(
		private readonly work: () => Promise<unknown>,
		private readonly now = () => performance.now(),
	) {}

	/**
	 * Looks at once, or after the look under way.  Settles when all that was
	 * asked for has been looked at, well or not.
	 */
	look(): Promise<void> {
		this.forget();
		if (this.over)
			return Promise.resolve();
		this.owed = true;
		// Not when it has settled: what is asked for after its last look is
		// not in it.
		if (!this.runs)
			this.under = this.run();
		return this.under;
	}

	/** Looks in @ms at the latest: what is told until then is one look. */
	soon(ms: number): void {
		const due = this.now() + ms;
		if (this.over || (this.timer !== undefined && this.due <= due))
			return;
		this.forget();
		this.due = due;
		this.timer = setTimeout(() => void this.look(), ms);
	}

	/** No look begins any more; what the one under way brings is nobody's. */
	stop(): void {
		this.over = true;
		this.owed = false;
		this.forget();
	}

	private forget(): void {
		clearTimeout(this.timer);
		this.timer = undefined;
	}

	private async run(): Promise<void> {
		this.runs = true;
		while (this.owed) {
			this.owed = false;
			try {
				await this.work();
				this.failed = 0;
			} catch (error) {
				const rest = restAfter(error, this.failed++);
				if (rest !== null)
					this.soon(rest);
			}
		}
		this.runs = false;
	}
}

/**
 * Looks at things by their keys: at each one look at a time, as above, and at
 * so many of them at once.
 */
export class LooksAtEach<Key> {
	private readonly owed = new Set<Key>();
	private readonly under = new Set<Key>();
	/** How often in a row, and when it is looked at again: one timer each. */
	private readonly failed = new Map<Key, { times: number;
		timer: ReturnType<typeof setTimeout> | undefined }>();

	constructor(
		private readonly work: (key: Key) => Promise<unknown>,
		private readonly atOnce = 6,
	) {}

	look(key: Key): void {
		clearTimeout(this.failed.get(key)?.timer);
		this.owed.add(key);
		this.next();
	}

	/** What is not looked at yet is not; nor again what fails now. */
	forget(): void {
		for (const { timer } of this.failed.values())
			clearTimeout(timer);
		this.owed.clear();
		this.failed.clear();
	}

	private next(): void {
		for (const key of this.owed) {
			if (this.under.size >= this.atOnce)
				return;
			if (this.under.has(key))
				continue;
			this.owed.delete(key);
			this.under.add(key);
			void this.one(key);
		}
	}

	private async one(key: Key): Promise<void> {
		const before = this.failed.get(key) ??
		    { times: 0, timer: undefined };
		this.failed.set(key, before);
		try {
			await this.work(key);
			this.failed.delete(key);
		} catch (error) {
			const rest = restAfter(error, before.times++);
			if (rest === null)
				this.failed.delete(key);
			// It was not forgotten meanwhile, nor asked for anew.
			else if (this.failed.get(key) === before &&
			    !this.owed.has(key))
				before.timer = setTimeout(() => this.look(key),
				    rest);
		}
		this.under.delete(key);
		this.next();
	}
}
