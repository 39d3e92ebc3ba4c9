/*
 * The uploads of this page: an ordered queue of which a few are under way at
 * a time.  What carries the bytes is given to it (tus in the page, something
 * simple in the tests), so this file has no network and no browser.
 */
import { batch, computed, signal, type Signal } from "@preact/signals";
import { restAfter, type ApiError } from "./api";

export type Status = "waiting" | "sending" | "paused" | "offline" | "failed"
	| "done" | "needs-file";

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
	transfer: Transfer | null;
	/** Goes on by itself: how often it has failed, and when it does. */
	failures: number;
	timer: ReturnType<typeof setTimeout> | undefined;
};

/** One running upload. */
export type Transfer = { stop: () => void; cancel: () => void };

export type Carrier = (item: Item, on: {
	progress: (sent: number) => void;
	done: () => void;
	/** @line: the network is away, not the upload refused. */
	failed: (error: ApiError, line: boolean) => void;
}) => Transfer;

export class Queue {
	readonly items = signal<Item[]>([]);
	readonly active = computed(() => this.items.value.filter((i) =>
		["waiting", "sending", "offline"].includes(i.status.value)).length);
	readonly total = computed(() => this.sum((i) => i.size));
	readonly sent = computed(() => this.sum((i) =>
		i.status.value === "done" ? i.size : i.sent.value));
	private last = 0;
	private readonly finished = new Set<(item: Item) => void>();

	constructor(
		private readonly carry: Carrier,
		private readonly atOnce = 3,
	) {}

	/** Called with each item that is done. */
	onDone(f: (item: Item) => void): () => void {
		this.finished.add(f);
		return () => void this.finished.delete(f);
	}

	add(what: { path: string; file: File; request?: number | undefined }[]):
	    Item[] {
		const fresh: Item[] = [];
		const open = new Map(this.items.value
			.filter((i) => i.status.value !== "done")
			.map((i) => [i.path, i]));
		for (const { path, file, request } of what) {
			const there = open.get(path);
			if (there?.status.value === "needs-file" &&
			    this.give(there, file))
				continue;
			// The same file dropped twice is one upload.
			if (there?.file && there.size === file.size &&
			    there.mtime === file.lastModified)
				continue;
			fresh.push(this.make(path, file.size,
			    file.lastModified, file, null, request));
		}
		this.items.value = this.items.value.concat(fresh);
		this.run();
		return fresh;
	}

	/** An upload that an earlier page began: its file is to be picked. */
	remember(path: string, size: number, mtime: number, sent: number,
	    url: string): void {
		if (this.items.value.some((i) => i.url === url ||
		    (i.path === path && i.status.value !== "done")))
			return;
		const item = this.make(path, size, mtime, null, url, undefined);
		item.status.value = "needs-file";
		item.sent.value = sent;
		this.items.value = this.items.value.concat(item);
	}

	/** Gives an item its file back; false if it is another file. */
	give(item: Item, file: File): boolean {
		if (file.size !== item.size ||
		    (item.mtime > 0 && file.lastModified !== item.mtime))
			return false;
		item.file = file;
		item.status.value = "waiting";
		this.run();
		return true;
	}

	pause(item: Item): void {
		if (!["waiting", "sending", "offline"].includes(
		    item.status.value))
			return;
		item.transfer?.stop();
		item.transfer = null;
		item.status.value = "paused";
		this.run();
	}

	resume(item: Item): void {
		if (!["paused", "failed", "offline"].includes(item.status.value))
			return;
		item.error.value = null;
		item.status.value = item.file ? "waiting" : "needs-file";
		this.run();
	}

	/** The network is back: goes on with what it interrupted. */
	online(): void {
		batch(() => {
			for (const item of this.items.value)
				if (item.status.value === "offline")
					item.status.value = "waiting";
		});
		this.run();
	}

	/** Gives an upload up, here and at the server. */
	cancel(item: Item): void {
		if (item.transfer)
			item.transfer.cancel();
		item.transfer = null;
		clearTimeout(item.timer);
		this.items.value = this.items.value.filter((i) => i !== item);
		this.run();
	}

	/** Takes what is done off the list. */
	clear(): void {
		this.items.value = this.items.value.filter((i) =>
			i.status.value !== "done");
	}

	/** The log-in ended: stops everything and forgets it. */
	empty(): void {
		for (const item of this.items.value)
			this.end(item);
		this.items.value = [];
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
			error: signal<ApiError | null>(null), transfer: null,
			failures: 0, timer: undefined };
	}

	private sum(of: (item: Item) => number): number {
		return this.items.value.reduce((n, i) => n + of(i), 0);
	}

	private run(): void {
		let free = this.atOnce - this.items.value.filter((i) =>
			i.status.value === "sending").length;
		for (const item of this.items.value) {
			if (free <= 0)
				break;
			if (item.status.value !== "waiting" || !item.file)
				continue;
			free--;
			this.begin(item);
		}
	}

	private begin(item: Item): void {
		clearTimeout(item.timer);
		item.status.value = "sending";
		let over = false;
		const transfer = this.carry(item, {
			progress: (sent) => {
				if (over)
					return;
				item.failures = 0;
				item.sent.value = sent;
			},
			done: () => {
				if (over)
					return;
				over = true;
				batch(() => {
					item.sent.value = item.size;
					item.status.value = "done";
				});
				item.transfer = null;
				item.file = null;
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
				batch(() => {
					item.error.value = error;
					item.status.value = line || rest !== null
						? "offline" : "failed";
				});
				item.transfer = null;
				if (rest !== null)
					item.timer = setTimeout(() => {
						if (item.status.value !== "offline")
							return;
						item.status.value = "waiting";
						this.run();
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
