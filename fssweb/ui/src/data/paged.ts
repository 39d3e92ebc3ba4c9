/*
 * A list that comes in pages by cursor: rows grow as they are asked for, a
 * change of one row is put in place, and a refresh replaces what is there
 * without emptying the view meanwhile.
 *
 * Of a long list in an order that is known only the pages in sight are asked
 * for again; the others are marked old, and are when they come into sight.
 * Its end may be gone to at once: what is here are then its last rows, and
 * those before them come as they are looked at.  Of a very long one what is
 * far from sight is let go of, and comes again.
 */
import { batch, signal, type Signal } from "@preact/signals";
import { aborted, type ApiError } from "./api";
import type { Paging } from "./calls";
import { alike, Freshening } from "./freshen";
import { Looks } from "./look";
import { Parts, type Part } from "./parts";

export type Page<Row> = { rows: Row[]; cursor?: string };
export type Fetch<Row> = (page: Paging) => Promise<Page<Row>>;
export type Ordered<Row> = (a: Row, b: Row) => number;

/** Rows that a refresh fetches at most; the rest comes by scrolling. */
const refreshed = 1024;

/** Rows gathered before they are shown, while many are asked for. */
const gathered = 2048;

/** Rows that are here at once; a list no longer than that is never cut. */
export const mostHere = 20480;

export class Paged<Row> {
	readonly rows: Signal<Row[]> = signal([]);
	readonly loading = signal(false);
	/** No page has come yet. */
	readonly fresh = signal(true);
	/** The last row is here. */
	readonly done = signal(false);
	/** The first row is here. */
	readonly top = signal(true);
	/** By how many rows all moved down for those that came before them. */
	readonly moved = signal(0);
	readonly error: Signal<ApiError | null> = signal(null);
	private cursor: string | undefined;
	/** Counts restarts, so that a late answer is known for one. */
	private turn = 0;
	private readonly parts = new Parts({ from: 0, to: refreshed });
	/** What was put in place and may come again with its page. */
	private readonly placed = new Set<string | number>();
	/** What is newer than a page on its way says; null: gone. */
	private readonly newer = new Map<string | number, Row | null>();
	/** Go on until so many rows are here, or the first is. */
	private goal = 0;
	private upward = false;
	/** The end that is gone to. */
	private jumping: "top" | "end" | null = null;
	/** The next page is on its way. */
	private growing = false;
	/** Nothing is let go of: rows are chosen, or all are wanted. */
	hold = false;
	private readonly freshening: Freshening<Row>;
	private readonly looks = new Looks(() => this.anew());
	private refreshing = false;
	/** What was asked for while all that is here was asked for again. */
	private wanted: "more" | "top" | "end" | null = null;
	/** Counts news of rows that are not here, which a look may still bring. */
	private unseen = 0;

	constructor(
		private readonly fetch: Fetch<Row>,
		private readonly key: (row: Row) => string | number,
		private readonly limit = 256,
		/** The order of the list, if it has one that can be told. */
		private readonly order?: Ordered<Row>,
		private readonly most = mostHere,
	) {
		this.freshening = new Freshening({ rows: this.rows,
			parts: this.parts, fetch, limit, order,
			turn: () => this.turn,
			unseen: () => this.unseen,
			growing: () => this.growing,
			ends: (cursor) => {
				this.cursor = cursor;
				this.done.value = cursor === undefined;
			} });
	}

	/**
	 * Loads something: runs @work, which stops by itself once late() says that
	 * the list was begun anew meanwhile.  Of what is late nothing is heard any
	 * more; else a failure is @failed's, and @then follows either way.
	 */
	private async load(work: (late: () => boolean) => Promise<void>,
	    failed: (error: unknown) => void, then: () => void): Promise<void> {
		const { turn } = this, late = () => turn !== this.turn;
		this.loading.value = true;
		try {
			await work(late);
		} catch (error) {
			if (!late())
				failed(error);
		} finally {
			if (!late()) {
				this.loading.value = false;
				then();
			}
		}
	}

	/** Nothing that is on its way is wanted, nor what was noted for it. */
	private restart(): void {
		this.turn++;
		this.goal = 0;
		this.upward = this.growing = false;
		this.jumping = null;
		this.loading.value = false;
		this.newer.clear();
	}

	/** What failed is told, and what is here stays. */
	private told(error: unknown): void {
		if (!aborted(error))
			this.error.value = error as ApiError;
	}

	/**
	 * Asks for the next page, if there is one and none is on its way.  Pages
	 * may be empty without being the last: goes on to the next one with rows.
	 */
	async more(): Promise<void> {
		if (this.loading.value) {
			if (this.refreshing)
				this.wanted ??= "more";
			return;
		}
		if (this.done.value) {
			// All is here, and could not be looked at again.
			if (this.error.value)
				await this.refresh();
			return;
		}
		this.error.value = null;
		let rows: Row[] = [];
		this.growing = true;
		await this.load(async (late) => {
			do {
				const { cursor } = this;
				const page = await this.fetch(
				    { cursor, limit: this.limit });
				if (late())
					return;
				this.cursor = page.cursor || undefined;
				rows = rows.concat(this.add(cursor, page.rows));
				if (rows.length >= gathered ||
				    this.rows.value.length < this.limit)
					rows = this.show(rows);
			} while (this.cursor !== undefined &&
			    (rows.length + this.rows.value.length < this.goal ||
			    this.rows.value.length + rows.length === 0));
			batch(() => {
				this.show(rows);
				this.done.value = this.cursor === undefined;
				this.fresh.value = false;
				this.letGo();
			});
			this.goal = 0;
		}, (error) => {
			this.show(rows);
			this.told(error);
		}, () => {
			this.growing = false;
			this.newer.clear();
		});
	}

	/** The first @pages pages one after the other, as far as there are. */
	async start(pages = 1): Promise<void> {
		for (let i = 0; i < pages && !this.done.value &&
		    !this.error.value; i++)
			await this.more();
	}

	/** Page after page until @count rows are here, or enough() is said. */
	async reach(count: number): Promise<void> {
		this.goal = count;
		await this.more();
	}

	/** The same to the first row. */
	async reachTop(): Promise<void> {
		this.upward = true;
		await this.before();
	}

	/** What goes on by itself to an end of the list stops. */
	enough(): void {
		this.goal = 0;
		this.upward = false;
		if (this.wanted !== "more")
			this.wanted = null;
		if (this.jumping)
			this.restart();
	}

	/** Asks for the page before the first row that is here. */
	async before(): Promise<void> {
		if (this.loading.value || this.top.value)
			return;
		this.error.value = null;
		await this.load(async (late) => {
			do {
				const { rows, cursor } = await this.back(
				    this.parts.first?.cursor, late);
				if (late())
					return;
				this.putBefore(rows, cursor);
			} while (this.upward && !this.top.value);
			this.upward = false;
		}, (error) => this.told(error), () => this.caughtUp());
	}

	/** The last rows, or the first, in the place of those that are here. */
	async jump(to: "top" | "end"): Promise<void> {
		if (to === "top" ? this.top.value : this.done.value)
			return;
		const end = to === "end";
		this.restart();
		this.jumping = to;
		await this.load(async (late) => {
			const { rows, cursor } = await (end
				? this.back(undefined, late)
				: this.on(undefined, late));
			if (late())
				return;
			batch(() => {
				this.placed.clear();
				this.parts.set([{ cursor: end ? cursor : undefined,
					count: rows.length,
					old: this.newer.size > 0 }]);
				this.cursor = end ? undefined : cursor;
				this.rows.value = rows;
				this.done.value = this.cursor === undefined;
				this.top.value = !end || cursor === undefined;
				this.error.value = null;
			});
		}, (error) => this.fail(error), () => {
			this.jumping = null;
			this.caughtUp();
		});
	}

	/** The next rows before @cursor, in their order, and where they begin. */
	private async back(cursor: string | undefined, late: () => boolean):
	    Promise<Page<Row>> {
		const page = await this.on(cursor, late, true);
		page.rows.reverse();
		return page;
	}

	/** The next rows from @cursor on: pages may be empty. */
	private async on(cursor: string | undefined, late: () => boolean,
	    back = false): Promise<Page<Row>> {
		for (;;) {
			const page = await this.fetch(back
				? { cursor, limit: this.limit, back }
				: { cursor, limit: this.limit });
			if (page.rows.length > 0 || !page.cursor || late())
				return { rows: page.rows.slice(),
					...(page.cursor && { cursor: page.cursor }) };
			cursor = page.cursor;
		}
	}

	private putBefore(rows: Row[], cursor: string | undefined): void {
		batch(() => {
			this.top.value = cursor === undefined;
			if (rows.length === 0) {
				this.parts.first!.cursor = cursor;
				return;
			}
			this.parts.addBefore({ cursor, count: rows.length,
				old: this.newer.size > 0 });
			this.moved.value += rows.length;
			this.rows.value = rows.concat(this.rows.value);
			this.letGo();
		});
	}

	/** What is far from sight goes, of more than may be here. */
	private letGo(): void {
		if (!this.order || this.hold || this.upward || this.goal > 0)
			return;
		const all = this.rows.peek();
		const { from, to, behind } = this.parts.letGo(all.length,
		    this.most);
		if (from > 0)
			this.top.value = false;
		if (behind) {
			this.cursor = behind.cursor;
			this.done.value = false;
		}
		if (to - from === all.length)
			return;
		this.moved.value -= from;
		this.rows.value = all.slice(from, to);
		// What was put in place comes again with its page.
		this.placed.clear();
	}

	/** All again, quietly; asked for while that runs, once more after it. */
	async refresh(): Promise<void> {
		if (this.long()) {
			this.parts.age();
			await this.freshening.run(false).then(() => {
				this.error.value = null;
			}, (e) => this.fail(e));
			return;
		}
		await this.looks.look();
		const { wanted } = this;
		this.wanted = null;
		if (wanted === "more")
			await this.more();
		else if (wanted)
			await this.jump(wanted);
	}

	private async anew(): Promise<void> {
		const before = this.rows.peek();
		this.turn++;
		// What was on its way is asked for again after this; the first page
		// comes with this.
		if (this.jumping)
			this.wanted = this.jumping;
		else if (this.loading.peek() && (!this.fresh.peek() || this.goal > 0))
			this.wanted ??= "more";
		this.refreshing = true;
		this.growing = false;
		this.jumping = null;
		this.newer.clear();
		await this.load(async (late) => {
			const got = await this.again(late).finally(() => {
				this.refreshing = false;
			});
			if (!got)
				return;
			if (before === this.rows.peek() && this.newer.size === 0)
				this.replace(got);
			else
				// What was put in place may be newer.
				void this.looks.look();
		}, (error) => this.fail(error), () => this.newer.clear());
	}

	/**
	 * Looks whether what is in sight is as it was, and changes nothing if so.
	 * Gives way to all else that happens to the list meanwhile.
	 */
	async look(): Promise<void> {
		if (this.loading.peek() || this.fresh.peek())
			return;
		const { turn, unseen } = this, before = this.rows.peek();
		const late = () => turn !== this.turn;
		try {
			if (this.long()) {
				await this.freshening.run(!this.parts.allSeen());
			} else if (before.length <= refreshed) {
				const got = await this.again(late);
				if (got && !this.loading.peek() &&
				    before === this.rows.peek() &&
				    unseen === this.unseen)
					this.replace(got);
			}
		} catch (error) {
			// What is shown stays when the line is away for a while.
			if (!gone(error))
				throw error;
			if (!late())
				this.fail(error);
		}
	}

	/**
	 * Looks for rows that are new at the front of a list whose rows never
	 * change; what came before them stays.
	 */
	async head(): Promise<void> {
		if (this.loading.peek() || this.fresh.peek())
			return;
		const { turn } = this, old = this.rows.peek()[0];
		const { rows } = await this.fetch({ limit: this.limit });
		const at = old === undefined ? -1 : rows.findIndex((r) =>
			this.key(r) === this.key(old));
		if (turn !== this.turn || old !== this.rows.peek()[0])
			return;
		if (at < 0 && rows.length > 0)
			await this.refresh();	// More than a page is new.
		else if (at > 0)
			this.rows.value = rows.slice(0, at).concat(
			    this.rows.peek());
	}

	/** The rows from @from to @to are looked at. */
	seen(from: number, to: number): void {
		this.parts.seen(from, to);
		if (this.parts.anyOld())
			this.freshen();
	}

	/** Stops what is on its way; its answer is thrown away. */
	stop(): void {
		this.restart();
		this.wanted = null;
	}

	/**
	 * Puts @row in the place of the one with its key; a new one where the
	 * order says, or in front.  A new one behind the last row that came is
	 * left out while more rows are to come: it comes with them; one before
	 * the first comes with its page, which may be that of the first.
	 */
	put(row: Row): void {
		const rows = this.rows.value.slice(), key = this.key(row);
		if (this.jumping)
			this.note(key, row);
		let at = this.order ? this.place(row)
			: rows.findIndex((r) => this.key(r) === key);
		if (at >= 0 && at < rows.length && this.key(rows[at]!) === key) {
			rows[at] = row;
		} else {
			if (at === rows.length && this.order && !this.done.value) {
				this.note(key, row);
				return;
			}
			if (at === 0 && !this.top.value && this.parts.first) {
				this.note(key, row);
				this.parts.first.old = true;
				this.freshen();
				return;
			}
			at = Math.max(0, at);
			rows.splice(at, 0, row);
			this.placed.add(key);
			this.parts.count(at - 1, 1);
		}
		this.rows.value = rows;
	}

	drop(key: string | number): void {
		const at = this.rows.value.findIndex((r) => this.key(r) === key);
		if (at < 0 || this.jumping)
			this.note(key, null);
		if (at < 0) {
			this.unseen++;
			return;
		}
		this.parts.count(at, -1);
		const rows = this.rows.value.slice();
		rows.splice(at, 1);
		this.rows.value = rows;
		// What comes between the last row now and the next page is of neither.
		if (this.order && at === rows.length && !this.done.value &&
		    this.parts.last) {
			this.parts.last.old = true;
			this.freshen();
		}
	}

	/** Asks again for what is old in sight; what fails stays so. */
	private freshen(): void {
		void this.freshening.run(false).catch(() => undefined);
	}

	/** Pages on their way were made before this; later ones know it. */
	private note(key: string | number, row: Row | null): void {
		if (this.loading.peek())
			this.newer.set(key, row);
	}

	/** What came while pages were on their way is asked for again. */
	private caughtUp(): void {
		if (this.newer.size > 0)
			this.freshen();
		this.newer.clear();
	}

	/** Where @row is, or would be, in a list that is in order. */
	private place(row: Row): number {
		const rows = this.rows.value;
		let low = 0, high = rows.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (this.order!(rows[middle]!, row) < 0)
				low = middle + 1;
			else
				high = middle;
		}
		return low;
	}

	private fail(error: unknown): void {
		if (aborted(error))
			return;
		batch(() => {
			if (gone(error)) {
				this.restart();
				this.wanted = null;
				this.placed.clear();
				this.parts.set([]);
				this.cursor = undefined;
				this.top.value = true;
				this.rows.value = [];
			}
			this.error.value = error as ApiError;
		});
	}

	private long(): boolean {
		return this.order !== undefined && (!this.top.peek() ||
		    this.rows.peek().length > refreshed);
	}

	/** The first pages anew; null if that is late by now. */
	private async again(late: () => boolean): Promise<{ rows: Row[];
	    parts: Part[]; cursor: string | undefined } | null> {
		const want = Math.min(this.rows.peek().length, refreshed);
		const rows: Row[] = [], parts: Part[] = [];
		let cursor: string | undefined;
		do {
			const page = await this.fetch(
			    { cursor, limit: this.limit });
			if (late())
				return null;
			parts.push({ cursor, count: page.rows.length,
				old: false });
			rows.push(...page.rows);
			cursor = page.cursor || undefined;
		} while (cursor !== undefined &&
		    (rows.length < want || rows.length === 0));
		return { rows, parts, cursor };
	}

	private replace({ rows, parts, cursor }: { rows: Row[]; parts: Part[];
	    cursor: string | undefined }): void {
		batch(() => {
			this.cursor = cursor;
			this.parts.set(parts);
			this.placed.clear();
			if (!alike(rows, this.rows.peek()))
				this.rows.value = rows;
			this.done.value = cursor === undefined;
			this.top.value = true;
			this.fresh.value = false;
			this.error.value = null;
		});
	}

	/** Notes a page from @cursor; gives those rows that are not here. */
	private add(cursor: string | undefined, rows: Row[]): Row[] {
		const fresh = this.placed.size === 0 && this.newer.size === 0 ? rows
			: rows.flatMap((r) => {
				const key = this.key(r), newer = this.newer.get(key);
				return this.placed.delete(key) || newer === null
					? [] : [newer ?? r];
			});
		const { first } = this.parts;
		if (cursor === undefined && first)
			first.count += fresh.length;
		else
			this.parts.add({ cursor, count: fresh.length,
				old: false });
		return fresh;
	}

	private show(rows: Row[]): Row[] {
		if (rows.length > 0)
			this.rows.value = this.rows.value.concat(rows);
		return [];
	}
}

/** Whether all of it is not there any more, or not to be seen. */
function gone(error: unknown): boolean {
	return (error as { status?: number }).status === 404;
}
