/*
 * A list that comes in pages by cursor: rows grow as they are asked for, a
 * change of one row is put in place, and a refresh replaces what is there
 * without emptying the view meanwhile.
 */
import { signal, type Signal } from "@preact/signals";
import type { ApiError } from "./api";
import type { Paging } from "./calls";

export type Page<Row> = { rows: Row[]; cursor?: string };
export type Fetch<Row> = (page: Paging) => Promise<Page<Row>>;

/** Rows that a refresh fetches at most; the rest comes by scrolling. */
const refreshed = 1024;

export class Paged<Row> {
	readonly rows: Signal<Row[]> = signal([]);
	readonly loading = signal(false);
	/** No page has come yet. */
	readonly fresh = signal(true);
	readonly done = signal(false);
	readonly error: Signal<ApiError | null> = signal(null);
	private cursor: string | undefined;
	/** Counts restarts, so that a late answer is known for one. */
	private turn = 0;

	constructor(
		private readonly fetch: Fetch<Row>,
		private readonly key: (row: Row) => string | number,
		private readonly limit = 256,
	) {}

	/**
	 * Asks for the next page, if there is one and none is on its way.  Pages
	 * may be empty without being the last: goes on to the next one with rows.
	 */
	async more(): Promise<void> {
		if (this.loading.value || this.done.value)
			return;
		const turn = this.turn;
		this.loading.value = true;
		this.error.value = null;
		try {
			for (;;) {
				const page = await this.fetch(
				    { cursor: this.cursor, limit: this.limit });
				if (turn !== this.turn)
					return;
				this.cursor = page.cursor || undefined;
				this.add(page.rows);
				this.done.value = this.cursor === undefined;
				if (page.rows.length > 0 || this.done.value)
					break;
			}
			this.fresh.value = false;
		} catch (error) {
			if (turn === this.turn && !aborted(error))
				this.error.value = error as ApiError;
		} finally {
			if (turn === this.turn)
				this.loading.value = false;
		}
	}

	/** The first @pages pages one after the other, as far as there are. */
	async start(pages = 1): Promise<void> {
		for (let i = 0; i < pages && !this.done.value &&
		    !this.error.value; i++)
			await this.more();
	}

	/** All again, quietly. */
	async refresh(): Promise<void> {
		const turn = ++this.turn;
		const want = Math.min(this.rows.value.length, refreshed);
		const rows: Row[] = [];
		let cursor: string | undefined;
		this.loading.value = true;
		try {
			do {
				const page = await this.fetch(
				    { cursor, limit: this.limit });
				if (turn !== this.turn)
					return;
				rows.push(...page.rows);
				cursor = page.cursor || undefined;
			} while (cursor !== undefined &&
			    (rows.length < want || rows.length === 0));
			this.cursor = cursor;
			this.rows.value = rows;
			this.done.value = cursor === undefined;
			this.fresh.value = false;
			this.error.value = null;
		} catch (error) {
			if (turn === this.turn && !aborted(error))
				this.error.value = error as ApiError;
		} finally {
			if (turn === this.turn)
				this.loading.value = false;
		}
	}

	/** Stops what is on its way; its answer is thrown away. */
	stop(): void {
		this.turn++;
		this.loading.value = false;
	}

	/**
	 * Puts @row in the place of the one with its key; a new one where
	 * @order says, or in front.  A new one behind the last row that came is
	 * left out while more rows are to come: it comes with them.
	 */
	put(row: Row, order?: (a: Row, b: Row) => number): void {
		const rows = this.rows.value.slice();
		const at = rows.findIndex((r) => this.key(r) === this.key(row));
		if (at >= 0) {
			rows[at] = row;
		} else if (order) {
			let i = rows.findIndex((r) => order(row, r) < 0);
			if (i < 0) {
				if (!this.done.value)
					return;
				i = rows.length;
			}
			rows.splice(i, 0, row);
		} else {
			rows.unshift(row);
		}
		this.rows.value = rows;
	}

	drop(key: string | number): void {
		const rows = this.rows.value.filter((r) => this.key(r) !== key);
		if (rows.length !== this.rows.value.length)
			this.rows.value = rows;
	}

	private add(rows: Row[]): void {
		if (rows.length === 0)
			return;
		// What was put in place meanwhile may come again with its page.
		const seen = new Set(this.rows.value.map(this.key));
		this.rows.value = this.rows.value.concat(
		    rows.filter((r) => !seen.has(this.key(r))));
	}
}

function aborted(error: unknown): boolean {
	return error instanceof DOMException && error.name === "AbortError";
}
