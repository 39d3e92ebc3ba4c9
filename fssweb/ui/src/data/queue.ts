/*
 * The uploads of this page: an ordered queue of which a few are under way at
 * a time.  What carries the bytes is given to it (tus in the page, something
 * simple in the tests), so this file has no network and no browser.
 *
 * A hundred thousand files may be dropped at once, and a page stays open for
 * days: what happens to one upload costs the same however many there are, and
 * of those that are done the last ones are kept, of the others their number.
 */
import { batch, computed, signal, type Signal } from "@preact/signals";
import { forGood, restAfter, type ApiError } from "./api";

/** failed: may be tried again; refused: that would change nothing. */
export type Status = "waiting" | "sending" | "paused" | "offline" | "failed"
	| "refused" | "done" | "needs-file" | "elsewhere";

export type Item = {
	readonly id: number;
	/** Where it goes, with its name. */
	readonly path: string;
	readonly size: number;
	readonly mtime: number;
	file: File | null;
	/** The upload at the server, where one was begun. */
	url: string | null;
	/** The request that allows it, where there is one. */
	request: number | undefined;
	readonly status: Signal<Status>;
	readonly sent: Signal<number>;
	readonly error: Signal<ApiError | null>;
	/** Its turn has come here, and other tabs have all places. */
	readonly behind: Signal<boolean>;
	transfer: Transfer | null;
	/** Goes on by itself: how often it has failed, and when it does. */
	failures: number;
	/** The farthest it ever came: less is sent again, and no progress. */
	reached: number;
	timer: ReturnType<typeof setTimeout> | undefined;
};

/** An upload as the server tells of it. */
export type Told = { path: string; size: number; mtime: number; sent: number;
	url: string; held: boolean };

/** One running upload. */
export type Transfer = { stop: () => void; cancel: () => void };

export type Carrier = (item: Item, on: {
	progress: (sent: number) => void;
	/** @yes: it waits for a place that another tab has, or no longer. */
	behind: (yes: boolean) => void;
	done: () => void;
	/** @line: the network is away, not the upload refused. */
	failed: (error: ApiError, line: boolean) => void;
}) => Transfer;

/** Of those that are done so many are kept. */
export const kept = 60;

/**
 * Files up to this go with the request that begins them, which saves a round
 * trip for each of many. A larger one is begun first: if the line broke
 * before its address came, it could not be gone on with.
 */
export const small = 1024 * 1024;

/** Addresses are told with the server's or without it. */
export const idOf = (url: string) => url.slice(url.lastIndexOf("/") + 1);

/** What needs a look first. */
const ranks: readonly Status[] = ["refused", "failed", "needs-file", "offline",
	"sending", "paused", "waiting", "elsewhere", "done"];

export class Queue {
	/** Gathered when somebody asks. */
	readonly items = computed(() => {
		void this.counts.value;
		return [...this.all];
	});
	/** How many there are of each; done: also those that are not kept. */
	readonly counts: Signal<Readonly<Record<Status, number>>>;
	readonly active = computed(() => {
		const { waiting, sending, offline } = this.counts.value;
		return waiting + sending + offline;
	});
	/** Bytes of all in the queue, with those that are done. */
	readonly total = signal(0);
	readonly sent = signal(0);
	private readonly all = new Set<Item>();
	/** Those that wait, from @next on, and some that do no more. */
	private line: Item[] = [];
	private next = 0;
	private readonly by: Record<Status, Set<Item>> = {
		waiting: new Set(), sending: new Set(), paused: new Set(),
		offline: new Set(), failed: new Set(), refused: new Set(),
		done: new Set(), "needs-file": new Set(), elsewhere: new Set() };
	/** What is done and was let go of. */
	private past = { count: 0, bytes: 0 };
	private last = 0;
	private readonly finished = new Set<(item: Item) => void>();

	constructor(
		private readonly carry: Carrier,
		private readonly atOnce = 3,
	) {
		this.counts = signal(this.counted());
	}

	/** Called with each item that is done. */
	onDone(f: (item: Item) => void): () => void {
		this.finished.add(f);
		return () => void this.finished.delete(f);
	}

	/** The first @most of all, those that need a look before the others. */
	first(most: number): Item[] {
		void this.counts.value;
		const found: Item[] = [];
		for (const status of ranks) {
			const some: Item[] = [];
			for (const item of status === "waiting" ? this.waiting()
				: this.by[status]) {
				if (found.length + some.length >= most)
					break;
				some.push(item);
			}
			found.push(...some.sort((a, b) => a.id - b.id));
		}
		return found;
	}

	add(what: { path: string; file: File; request?: number | undefined }[]):
	    Item[] {
		const fresh: Item[] = [], again: Item[] = [];
		const open = new Map(this.items.value.filter((i) =>
			!["done", "refused"].includes(i.status.value))
			.map((i) => [i.path, i]));
		for (const { path, file, request } of what) {
			const there = open.get(path);
			if (there?.status.value === "needs-file" &&
			    this.takes(there, file)) {
				again.push(there);
				continue;
			}
			// The same file dropped twice is one upload, and one that
			// is being sent from elsewhere is no other.
			if ((there?.file || there?.status.value === "elsewhere") &&
			    there.size === file.size &&
			    [0, file.lastModified].includes(there.mtime))
				continue;
			fresh.push(this.make(path, file.size,
			    file.lastModified, file, null, request));
		}
		// What was refused under the name is told anew, if it is.
		const paths = new Set(fresh.map((i) => i.path));
		for (const item of [...this.by.refused])
			if (item.url === null && paths.has(item.path))
				this.cancel(item);
		this.enter(fresh, "waiting");
		this.wait(again);
		return fresh;
	}

	/**
	 * The uploads that the server tells of, and all of them.  One whose file
	 * is not here was begun by an earlier page, and its file is to be picked;
	 * or, @held, it is being sent from elsewhere.  What is not, and was not
	 * seen before, counts at the @first look alone: later it is rather one
	 * that another page begins just now, or keeps for itself.
	 */
	remember(told: Told[], first = true): void {
		const byUrl = new Map<string, Item>(), open = new Set<string>();
		for (const item of this.all) {
			if (item.url !== null)
				byUrl.set(idOf(item.url), item);
			if (item.status.value !== "done")
				open.add(item.path);
		}
		batch(() => {
			for (const one of told) {
				const there = byUrl.get(idOf(one.url));
				if (there)
					this.follow(there, one);
				else if ((one.held || first) && !open.has(one.path))
					this.recall(one);
			}
			// Done or given up, there or by whoever went on with it.
			const all = new Set(told.map((one) => idOf(one.url)));
			for (const item of [...this.by.elsewhere,
			    ...this.by["needs-file"]])
				if (!all.has(idOf(item.url!)))
					this.cancel(item);
		});
	}

	private recall({ path, size, mtime, sent, url, held }: Told): void {
		const item = this.make(path, size, mtime, null, url, undefined);
		item.sent.value = item.reached = sent;
		this.enter([item], held ? "elsewhere" : "needs-file");
	}

	private follow(item: Item, { sent, held }: Told): void {
		if (item.file || !["elsewhere", "needs-file"].includes(
		    item.status.peek()))
			return;
		this.sent.value += sent - item.sent.peek();
		item.sent.value = item.reached = sent;
		this.turn(item, held ? "elsewhere" : "needs-file");
	}

	/** What another tab has: those of @urls whose file is not here. */
	others(urls: string[]): void {
		const known = new Set(urls.map(idOf));
		for (const item of [...this.by["needs-file"]])
			if (item.url !== null && known.has(idOf(item.url)))
				this.turn(item, "elsewhere");
	}

	/** The uploads that have their file here, by their addresses. */
	own(): string[] {
		const urls: string[] = [];
		for (const item of this.all)
			if (item.file && item.url !== null)
				urls.push(item.url);
		return urls;
	}

	/** Gives an item its file back; false if it is another file. */
	give(item: Item, file: File): boolean {
		if (!this.takes(item, file))
			return false;
		// It may be done or given up elsewhere while one picks.
		if (this.all.has(item))
			this.wait([item]);
		return true;
	}

	pause(item: Item): void {
		if (!["waiting", "sending", "offline"].includes(
		    item.status.value))
			return;
		this.hold(item);
		this.run();
	}

	resume(item: Item): void {
		if (["paused", "failed", "offline"].includes(item.status.value))
			this.again([item]);
	}

	pauseAll(): void {
		batch(() => {
			for (const status of ["waiting", "sending", "offline"] as const)
				for (const item of [...this.by[status]])
					this.hold(item);
		});
	}

	resumeAll(): void {
		this.again([...this.by.paused, ...this.by.failed]
			.sort((a, b) => a.id - b.id));
	}

	/** The network is back: goes on with what it interrupted. */
	online(): void {
		this.wait([...this.by.offline]);
	}

	/** Gives an upload up, here and at the server. */
	cancel(item: Item): void {
		if (item.transfer)
			item.transfer.cancel();
		item.transfer = null;
		// What was paused as it began may still come to have an address.
		item.file = null;
		clearTimeout(item.timer);
		batch(() => {
			if (this.all.delete(item)) {
				this.by[item.status.peek()].delete(item);
				this.total.value -= item.size;
				this.sent.value -= item.sent.peek();
			}
			this.count();
		});
		this.run();
	}

	/** Takes what is done off the list. */
	clear(): void {
		batch(() => {
			this.letGo(0);
			this.total.value -= this.past.bytes;
			this.sent.value -= this.past.bytes;
			this.past = { count: 0, bytes: 0 };
			this.count();
		});
	}

	/** The log-in ended: stops everything and forgets it. */
	empty(): void {
		for (const item of this.items.value)
			this.end(item);
		batch(() => {
			for (const status of ranks)
				this.by[status].clear();
			this.past = { count: 0, bytes: 0 };
			this.all.clear();
			this.line = [];
			this.next = 0;
			this.total.value = this.sent.value = 0;
			this.count();
		});
	}

	private end(item: Item): void {
		clearTimeout(item.timer);
		item.transfer?.stop();
	}

	private make(path: string, size: number, mtime: number,
	    file: File | null, url: string | null,
	    request: number | undefined): Item {
		return { id: ++this.last, path, size, mtime, file, url, request,
			status: signal<Status>("waiting"), sent: signal(0),
			error: signal<ApiError | null>(null),
			behind: signal(false), transfer: null,
			failures: 0, reached: 0, timer: undefined };
	}

	/** Puts @items at the end of the queue. */
	private enter(items: Item[], status: Status): void {
		if (items.length === 0)
			return;
		batch(() => {
			let size = 0, sent = 0;
			for (const item of items) {
				item.status.value = status;
				this.all.add(item);
				this.by[status].add(item);
				if (status === "waiting")
					this.line.push(item);
				size += item.size;
				sent += item.sent.peek();
			}
			this.total.value += size;
			this.sent.value += sent;
			this.count();
		});
		this.run();
	}

	private takes(item: Item, file: File): boolean {
		if (file.size !== item.size ||
		    (item.mtime > 0 && file.lastModified !== item.mtime))
			return false;
		item.file = file;
		return true;
	}

	private again(items: Item[]): void {
		batch(() => {
			for (const item of items)
				item.error.value = null;
			for (const item of items)
				if (!item.file)
					this.turn(item, "needs-file");
			this.wait(items.filter((i) => i.file));
		});
	}

	/** What has had its turn before waits in front of all others. */
	private wait(items: Item[]): void {
		if (items.length === 0)
			return;
		batch(() => {
			for (const item of items)
				this.turn(item, "waiting");
			const front = new Set(items);
			this.line = items.concat([...this.waiting()].filter((i) =>
				!front.has(i)));
			this.next = 0;
			this.run();
		});
	}

	private hold(item: Item): void {
		item.transfer?.stop();
		item.transfer = null;
		this.turn(item, "paused");
	}

	private turn(item: Item, status: Status): void {
		this.by[item.status.peek()].delete(item);
		this.by[status].add(item);
		item.status.value = status;
		this.count();
	}

	private counted(): Record<Status, number> {
		const { by } = this;
		return { waiting: by.waiting.size, sending: by.sending.size,
			paused: by.paused.size, offline: by.offline.size,
			failed: by.failed.size, refused: by.refused.size,
			"needs-file": by["needs-file"].size,
			elsewhere: by.elsewhere.size,
			done: by.done.size + this.past.count };
	}

	private count(): void {
		this.counts.value = this.counted();
	}

	/** Of what is done only the last @most are kept. */
	private letGo(most: number): void {
		const { done } = this.by;
		for (const item of done) {
			if (done.size <= most)
				break;
			done.delete(item);
			this.all.delete(item);
			this.past.count++;
			this.past.bytes += item.size;
		}
		this.count();
	}

	/** Whose turn comes, in that order. */
	private *waiting(): Generator<Item> {
		for (let at = this.next; at < this.line.length; at++)
			if (this.line[at]!.status.peek() === "waiting" &&
			    this.all.has(this.line[at]!))
				yield this.line[at]!;
	}

	private run(): void {
		batch(() => {
			while (this.by.sending.size < this.atOnce) {
				const { value } = this.waiting().next();
				if (!value)
					break;
				this.next = this.line.indexOf(value, this.next) + 1;
				this.begin(value);
			}
			// Whose turn has been is not kept here.
			if (this.next * 2 > this.line.length) {
				this.line = this.line.slice(this.next);
				this.next = 0;
			}
		});
	}

	private begin(item: Item): void {
		clearTimeout(item.timer);
		item.behind.value = false;
		this.turn(item, "sending");
		let over = false;
		const move = (sent: number) => {
			this.sent.value += sent - item.sent.peek();
			item.sent.value = sent;
		};
		const transfer = this.carry(item, {
			behind: (yes) => {
				if (!over)
					item.behind.value = yes;
			},
			progress: (sent) => {
				if (over)
					return;
				if (sent > item.reached) {
					item.reached = sent;
					item.failures = 0;
				}
				batch(() => move(sent));
			},
			done: () => {
				if (over)
					return;
				over = true;
				item.transfer = null;
				item.file = null;
				batch(() => {
					move(item.size);
					this.turn(item, "done");
					this.letGo(kept);
				});
				for (const f of this.finished)
					f(item);
				this.run();
			},
			failed: (error, line) => {
				if (over)
					return;
				over = true;
				// Too often, or too much to do: that passes, and
				// nobody says when but the answer.
				const rest = restAfter(error, item.failures++);
				item.transfer = null;
				batch(() => {
					item.error.value = error;
					this.turn(item, line || rest !== null
						? "offline" : forGood(error)
						? "refused" : "failed");
				});
				if (rest !== null)
					item.timer = setTimeout(() => {
						if (item.status.peek() === "offline")
							this.wait([item]);
					}, rest);
				this.run();
			},
		});
		item.transfer = {
			stop: () => {
				over = true;
				transfer.stop();
			},
			cancel: () => {
				over = true;
				transfer.cancel();
			},
		};
	}
}
