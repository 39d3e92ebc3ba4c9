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
	/** The last part ends here: where the list goes on, if it does. */
	ends: (cursor: string | undefined) => void;
};

export class Freshening<Row> {
	private under: Promise<void> | null = null;

	constructor(private readonly host: Host<Row>) {}

	/**
	 * Asks again for the parts in sight: those that are old, or @all.  What
	 * becomes old while this runs is done in the same run.
	 */
	run(all: boolean): Promise<void> {
		this.under ??= this.parts(all).finally(() => {
			this.under = null;
		});
		return this.under;
	}

	private async parts(all: boolean): Promise<void> {
		const did = new Set<Part>();
		for (;;) {
			const part = this.host.parts.sight().find((p) => p.old ||
				(all && !did.has(p)));
			if (!part)
				return;
			if (await this.part(part))
				did.add(part);
		}
	}

	/** False if the part changed meanwhile: it is to be asked for again. */
	private async part(part: Part): Promise<boolean> {
		const { rows: shown, parts } = this.host, turn = this.host.turn();
		const { begin, end } = parts.bounds(part);
		const before = shown.peek().slice(begin, end);
		const next = shown.peek()[end];
		const after = parts.next(part);
		part.old = false;
		const { rows, cursor } = await this.ask(part, after, next);
		if (turn !== this.host.turn())
			return true;
		const all = shown.peek(), now = parts.bounds(part);
		const meanwhile = all.slice(now.begin, now.end);
		if (meanwhile.length !== before.length ||
		    meanwhile.some((row, i) => row !== before[i])) {
			part.old = true;
			return false;
		}
		const got = next === undefined ? rows
			: rows.filter((r) => this.host.order!(r, next) < 0);
		part.count = got.length;
		batch(() => {
			if (after === undefined && part === parts.last)
				this.host.ends(cursor);
			if (!alike(got, before))
				shown.value = all.slice(0, now.begin).concat(
				    got, all.slice(now.end));
		});
		return true;
	}

	/** The rows from @part on, up to @next or the part @after it. */
	private async ask(part: Part, after: Part | undefined,
	    next: Row | undefined): Promise<{ rows: Row[];
	    cursor: string | undefined }> {
		const { fetch, limit, order } = this.host, rows: Row[] = [];
		let { cursor } = part;
		try {
			do {
				const page = await fetch({ cursor, limit });
				rows.push(...page.rows);
				cursor = page.cursor || undefined;
			} while (after !== undefined && cursor !== undefined &&
			    cursor !== after.cursor && !(rows.length > 0 &&
			    next !== undefined &&
			    order!(rows.at(-1)!, next) >= 0));
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
