/*
 * The list that is shown, kept right by news: an entry that was added or
 * changed is looked at and put in its place; where much changed the list is
 * fetched again quietly.
 */
import { signal } from "@preact/signals";
import { Briefly } from "../../data/brief";
import * as calls from "../../data/calls";
import { Paged } from "../../data/paged";
import { live } from "../../data/news";
import { onRequest } from "../../data/requests";
import type { Entry, EntryPage } from "../../data/schema";
import { byName, of, parent, within } from "../../lib/path";
import { t } from "../../strings";
import { say } from "../../ui/toast";
import type { Filters, Paging } from "../../data/calls";

export type Source =
	| { is: "folder"; at: string }
	| { is: "shared" }
	| { is: "recent" }
	| { is: "search"; filters: Filters };

export function sourceKey(source: Source): string {
	return JSON.stringify(source);
}

/**
 * Changes gathered for so long, in ms; above so many the list is fetched
 * anew.  Who is online changes often and concerns little: gathered longer.
 */
const gather = 120, few = 8, gatherOnline = 500, repeated = 3000;

/** Told of one's own changes, so that they show without waiting for news. */
const local = new Set<(paths: string[]) => void>();

export function changedHere(paths: string[]): void {
	for (const f of local)
		f(paths);
}

export class FileList {
	readonly list: Paged<Entry>;
	/** What a search that finds nothing may have meant. */
	readonly near = signal<string[]>([]);
	private readonly changed = new Set<string>();
	private all = false;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private settling = false;
	private readonly off: (() => void)[] = [];
	private abort = new AbortController();
	private readonly briefly = new Briefly();

	constructor(readonly source: Source) {
		this.list = new Paged<Entry>(async (page) =>
			this.briefly.page(await this.ask(page)), of,
		source.is === "folder" ? 256 : 64,
		source.is === "folder" ? (a, b) => byName(a.name, b.name)
			: undefined);
	}

	private ask(page: Paging): Promise<EntryPage> {
		const { source } = this;
		switch (source.is) {
		case "folder": return calls.list(source.at, page);
		case "shared": return calls.shares(page);
		case "recent": return calls.recent(page);
		case "search": return this.search(source.filters, page);
		}
	}

	private async search(filters: Filters, page: Paging): Promise<EntryPage> {
		const found = await calls.find({ ...filters, ...page },
		    this.abort.signal);
		// Only the first page tells; others begin at a cursor.
		if (page.cursor === undefined)
			this.near.value = found.near ?? [];
		return found;
	}

	open(): void {
		void this.list.start(this.source.is === "folder" ? 4 : 1);
		const mine = (paths: string[]) => {
			for (const path of paths)
				this.note(path, false);
		};
		local.add(mine);
		this.off.push(() => void local.delete(mine));
		this.off.push(live.on("file", (news) => {
			const path = of(news as { owner?: string; path?: string });
			this.note(path,
			    news["what"] === "many" || news["what"] === "moved");
		}));
		this.off.push(live.on("afresh", () => this.again()));
		this.off.push(live.on("presence", () => {
			if (this.list.rows.value.some((r) =>
			    r.state === "announced")) {
				this.all = true;
				this.later(gatherOnline);
			}
		}));
		// An answer changes what one may do.
		this.off.push(onRequest((request) => {
			if (request.mine && request.path !== undefined)
				this.touched(of(request));
		}));
	}

	close(): void {
		clearTimeout(this.timer);
		this.list.stop();
		this.abort.abort();
		for (const off of this.off)
			off();
	}

	private again(): void {
		this.all = true;
		this.later();
	}

	/** Something happened to @path; @many: or below it. */
	private note(path: string, many: boolean): void {
		if (this.source.is !== "folder") {
			this.again();
			return;
		}
		const at = this.source.at;
		if (within(at, path)) {
			// Its own folder, or one above: rights may be others.
			this.again();
		} else if (parent(path) === at) {
			if (many)
				this.all = true;
			this.changed.add(path);
			this.later();
		} else if (within(path, at)) {
			// Deeper: a folder on the way may be new.
			const rest = path.slice(at.length).replace(/^\//, "");
			const child = (at.endsWith("/") ? at : `${at}/`) +
			    rest.split("/")[0];
			if (!this.list.rows.value.some((r) => of(r) === child)) {
				this.changed.add(child);
				this.later();
			}
		}
	}

	private touched(path: string): void {
		if (this.list.rows.value.some((r) => of(r) === path)) {
			this.changed.add(path);
			this.later();
		}
	}

	/** News that goes on and on must not put it off for ever. */
	private later(ms = gather): void {
		this.timer ??= setTimeout(() => {
			this.timer = undefined;
			void this.settle();
		}, ms);
	}

	private async settle(): Promise<void> {
		if (this.settling) {
			this.later();
			return;
		}
		this.settling = true;
		await this.work().catch(() => undefined);
		this.settling = false;
	}

	private async work(): Promise<void> {
		const paths = [...this.changed];
		this.changed.clear();
		if (this.all || paths.length > few) {
			this.all = false;
			await this.list.refresh();
			this.repeat(this.list.error.peek());
			return;
		}
		for (const path of paths)
			await this.look(path);
	}

	/** News is told once: what could not be looked at is, a while later. */
	private repeat(error: unknown): void {
		const { status } = (error ?? {}) as { status?: number };
		if (!error || this.abort.signal.aborted ||
		    status === 403 || status === 404)
			return;
		this.all = true;
		this.later(repeated);
	}

	private async look(path: string): Promise<void> {
		const there = this.list.rows.value.some((r) => of(r) === path);
		try {
			const row = await calls.entry(path);
			this.list.put(this.briefly.row(row));
			if (!there)
				say(t.files.added(row.name));
		} catch (error) {
			if ((error as { status?: number }).status !== 404) {
				this.repeat(error);
				return;
			}
			this.list.drop(path);
			if (there)
				say(t.files.gone1(path.slice(
				    path.lastIndexOf("/") + 1)));
		}
	}
}
