/*
 * The pages that the rows of a list came in, one after the other: where each
 * begins, how many rows of it are here, and which of them are in sight.
 */

/** A page that came; old: what it says may be different by now. */
export type Part = { cursor: string | undefined; count: number; old: boolean };

export class Parts {
	private list: Part[] = [];

	/** @view: until rows are looked at, the first ones are. */
	constructor(private view: { from: number; to: number }) {}

	get first(): Part | undefined {
		return this.list[0];
	}

	get last(): Part | undefined {
		return this.list.at(-1);
	}

	/** In the place of all there are. */
	set(list: Part[]): void {
		this.list = list;
	}

	add(part: Part): void {
		this.list.push(part);
	}

	/** Before the first: what is in sight moves down. */
	addBefore(part: Part): void {
		this.list.unshift(part);
		this.move(part.count);
	}

	has(part: Part): boolean {
		return this.list.includes(part);
	}

	next(part: Part): Part | undefined {
		return this.list[this.list.indexOf(part) + 1];
	}

	/** All of them may have changed. */
	age(): void {
		for (const part of this.list)
			part.old = true;
	}

	anyOld(): boolean {
		return this.list.some((part) => part.old);
	}

	/** The rows from @from to @to are looked at. */
	seen(from: number, to: number): void {
		this.view = { from, to };
	}

	allSeen(): boolean {
		return this.view.to === Infinity;
	}

	sight(): Part[] {
		let end = 0;
		return this.list.filter((part) => {
			const begin = end;
			end += part.count;
			return begin < this.view.to && end > this.view.from;
		});
	}

	bounds(part: Part): { begin: number; end: number } {
		let begin = 0;
		for (const one of this.list) {
			if (one === part)
				break;
			begin += one.count;
		}
		return { begin, end: begin + part.count };
	}

	/** The part that has row @at counts @by more. */
	count(at: number, by: number): void {
		if (this.list.length === 0)
			this.add({ cursor: undefined, count: 0, old: false });
		let end = 0;
		for (const part of this.list) {
			end += part.count;
			if (at < end || part === this.last) {
				part.count += by;
				return;
			}
		}
	}

	/**
	 * Lets go of what is farthest from sight until no more than @most of
	 * the @rows rows are left: which ones stay, and where what was let go
	 * of behind them begins, if any was.
	 */
	letGo(rows: number, most: number): { from: number; to: number;
	    behind?: Part } {
		let from = 0, to = rows, behind: Part | undefined;
		const middle = (this.view.from + Math.min(this.view.to, to)) / 2;
		while (to - from > most && this.list.length > 1) {
			if (middle - from > to - middle) {
				from += this.list.shift()!.count;
			} else {
				behind = this.list.pop()!;
				to -= behind.count;
			}
		}
		this.move(-from);
		return { from, to, ...(behind && { behind }) };
	}

	private move(by: number): void {
		this.view = { from: this.view.from + by, to: this.view.to + by };
	}
}
