/*
 * Asks again for those parts of a long list that are in sight and may have
 * changed, and puts what came in the place of their rows; all else of the list
 * stays as it is.  What happens to a part meanwhile is not undone: it is asked
 * for once more.
 */
import { batch, type Signal } from "@preact/signals";
import type { Parts, Part } from "./parts";
import type { Fetch, Ordered } from "./paged";

/** What it is given of the list. */
export type Host<Row> = {
	readonly rows: Signal<Row[]>;
	readonly parts: Parts;
	readonly fetch: Fetch<Row>;
	readonly limit: number;
	readonly order: Ordered<Row> | undefined;
	/** Another number: the list was begun anew. */
	turn: () => number;
	/** Another number: a row went that is not here. */
	unseen: () => number;
	/** A page is on its way that goes on from where the list ends. */
	growing: () => boolean;
	/** The last part ends here: where the list goes on, if it does. */
	ends: (cursor: string | undefined) => void;
};

export class Freshening<Row> {
	private under = Promise.resolve();
	private runs = false;
	/** All in sight are wanted, of which these are done. */
	private all = false;
	private readonly did = new Set<Part>();
	/** Counts the times that all were asked for. */
	private asked = 0;

	constructor(private readonly host: Host<Row>) {}

	/**
	 * Asks again for the parts in sight: those that are old, or @all.  What
	 * becomes old while this runs is done in the same run, and so are all once
	 * more if they are asked for.
	 */
	run(all: boolean): Promise<void> {
		if (all) {
			this.all = true;
			this.did.clear();
			this.asked++;
		}
		// Not when it has settled: what is asked for after its last look is
		// not in it.
		if (!this.runs)
			this.under = this.parts();
		return this.under;
	}

	private async parts(): Promise<void> {
		this.runs = true;
		try {
			for (;;) {
				const { asked } = this;
				const part = this.next();
				if (!part)
					return;
				if (await this.part(part) && asked === this.asked)
					this.did.add(part);
			}
		} finally {
			this.runs = this.all = false;
			this.did.clear();
		}
	}

	private next(): Part | undefined {
		return this.host.parts.sight().find((part) => part.old ||
			(this.all && !this.did.has(part)));
	}

	/** False if the part changed meanwhile: it is to be asked for again. */
	private async part(part: Part): Promise<boolean> {
		const { rows: shown, parts } = this.host, turn = this.host.turn();
		const unseen = this.host.unseen();
		const { begin, end } = parts.bounds(part);
		const before = shown.peek().slice(begin, end);
		const next = shown.peek()[end];
		const after = parts.next(part);
		part.old = false;
		const { rows, cursor } = await this.ask(part, after,
		    after ? next : before.at(-1));
		if (turn !== this.host.turn() || !parts.has(part))
			return true;
		const all = shown.peek(), now = parts.bounds(part);
		const meanwhile = all.slice(now.begin, now.end);
		if (unseen !== this.host.unseen() ||
		    meanwhile.length !== before.length ||
		    meanwhile.some((row, i) => row !== before[i])) {
			part.old = true;
			return false;
		}
		const got = this.upTo(rows, next ?? all[now.end], before.at(-1));
		part.count = got.length;
		batch(() => {
			if (got === rows && part === parts.last)
				this.host.ends(cursor);
			if (!alike(got, before))
				shown.value = all.slice(0, now.begin).concat(
				    got, all.slice(now.end));
		});
		return true;
	}

	/**
	 * Those of @rows that are the part's: what is before @next, and of the
	 * last part all; but a page that is on its way begins behind the @last row.
	 */
	private upTo(rows: Row[], next: Row | undefined, last: Row | undefined):
	    Row[] {
		const { order } = this.host;
		if (next !== undefined)
			return rows.filter((r) => order!(r, next) < 0);
		if (!this.host.growing())
			return rows;
		return rows.filter((r) => last !== undefined &&
			order!(r, last) <= 0);
	}

	/** The rows from @part on, as far as @least or the part @after it. */
	private async ask(part: Part, after: Part | undefined,
	    least: Row | undefined): Promise<{ rows: Row[];
	    cursor: string | undefined }> {
		const { fetch, limit, order } = this.host, rows: Row[] = [];
		let { cursor } = part;
		try {
			do {
				const page = await fetch({ cursor, limit });
				rows.push(...page.rows);
				cursor = page.cursor || undefined;
			} while (cursor !== undefined && (after !== undefined
				? cursor !== after.cursor : least !== undefined) &&
			    !(rows.length > 0 && least !== undefined &&
			    order!(rows.at(-1)!, least) >= 0));
		} catch (error) {
			part.old = true;
			throw error;
		}
		return { rows, cursor };
	}
}

/** Whether two lists say the same, so that nothing is drawn anew for it. */
export function alike<Row>(a: Row[], b: Row[]): boolean {
	return a.length === b.length &&
	    a.every((row, i) => JSON.stringify(row) === JSON.stringify(b[i]));
}
