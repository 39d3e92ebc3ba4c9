/*
 * Order of a list that is here as a whole.  A list that is still coming keeps
 * the hub's order, which is by name.
 */
import type { Entry } from "../../data/schema";

export type Column = "name" | "size" | "mtime";
export type Order = { by: Column; down: boolean };

const collator = new Intl.Collator(undefined,
	{ numeric: true, sensitivity: "base" });

/** Folders first, as people look for them first. */
export function sorted(rows: Entry[], { by, down }: Order): Entry[] {
	const sign = down ? -1 : 1;
	return rows.slice().sort((a, b) => {
		const folder = Number(b.kind === "folder") -
		    Number(a.kind === "folder");
		if (folder !== 0)
			return folder;
		const order = by === "name" ? collator.compare(a.name, b.name)
			: (a[by] ?? 0) - (b[by] ?? 0);
		return order * sign || collator.compare(a.name, b.name);
	});
}
