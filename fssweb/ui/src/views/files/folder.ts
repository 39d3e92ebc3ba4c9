/*
 * The list that is shown, kept right by news: an entry that was added or
 * changed is looked at and put in its place; where much changed the list is
 * fetched again quietly.
 */
import { signal } from "@preact/signals";
import { restAfter } from "../../data/api";
import { Briefly } from "../../data/brief";
import * as calls from "../../data/calls";
import { Paged } from "../../data/paged";
import { Looks } from "../../data/look";
import { gather, gatherOnline, live } from "../../data/news";
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

/** Above so many changes the list is fetched anew. */
const few = 8;

/** Told of one's own changes, so that they show without waiting for news. */
const local = new Set<(paths: string[]) => void>();

export function changedHere(paths: string[]): void {
	for (const f of local)
		f(paths);
}

export function onChangedHere(f: (paths: string[]) => void): () => void {
	local.add(f);
	return () => void local.delete(f);
}

export class FileList {
	readonly list: Paged<Entry>;
	/** What a search that finds nothing may have meant. */
	readonly near = signal<string[]>([]);
	private readonly changed = new Set<string>();
	private all = false;
	private readonly looks = new Looks(() => this.work());
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
		void this.list.start(this.source.is === "folder" ? 4 : 1)
			.then(() => this.tryAgain());
		this.off.push(onChangedHere((paths) => {
			for (const path of paths)
				this.note(path, false);
		}));
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
				this.looks.soon(gatherOnline);
			}
		}));
		// An answer changes what one may do.
		this.off.push(onRequest((request) => {
			if (request.mine && request.path !== undefined)
				this.touched(of(request));
		}));
	}

	close(): void {
		this.looks.stop();
		this.list.stop();
		this.abort.abort();
		for (const off of this.off)
			off();
	}

	private again(): void {
		this.all = true;
		this.looks.soon(gather);
	}

	/** A first look that failed for a while is made again by itself. */
	private tryAgain(): void {
		const rest = restAfter(this.list.error.peek());
		if (rest === null)
			return;
		this.all = true;
		this.looks.soon(rest);
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
			this.looks.soon(gather);
		} else if (within(path, at)) {
			// Deeper: a folder on the way may be new.
			const rest = path.slice(at.length).replace(/^\//, "");
			const child = (at.endsWith("/") ? at : `${at}/`) +
			    rest.split("/")[0];
			if (!this.list.rows.value.some((r) => of(r) === child)) {
				this.changed.add(child);
				this.looks.soon(gather);
			}
		}
	}

	private touched(path: string): void {
		if (this.list.rows.value.some((r) => of(r) === path)) {
			this.changed.add(path);
			this.looks.soon(gather);
		}
	}

	private async work(): Promise<void> {
		const paths = [...this.changed];
		this.changed.clear();
		if (this.all || paths.length > few) {
			this.all = false;
			this.briefly.forget();
			await this.list.refresh();
			this.failed(this.list.error.peek());
			return;
		}
		for (const path of paths)
			await this.look(path);
	}

	/** What could not be looked at is, with all else, when it may be. */
	private failed(error: unknown): void {
		if (!error)
			return;
		this.all = true;
		throw error as Error;
	}

	private async look(path: string): Promise<void> {
		const there = this.list.rows.value.some((r) => of(r) === path);
		try {
			const row = await calls.entry(path);
			this.list.put(this.briefly.row(row));
			if (!there)
				say(t.files.added(row.name));
		} catch (error) {
			if ((error as { status?: number }).status !== 404)
				this.failed(error);
			this.list.drop(path);
			if (there)
				say(t.files.gone1(path.slice(
				    path.lastIndexOf("/") + 1)));
		}
	}
}
