/*
 * Filters of a search, between the address and the call.
 */
import type { Filters } from "../../data/calls";

export const filterNames = ["owner", "under", "type", "kind", "larger", "age",
	"access", "state"] as const;

export type FilterName = (typeof filterNames)[number];

const day = 86400;

export function filtersOf(query: URLSearchParams, now = Date.now()): Filters {
	const filters: Filters = {};
	const text = (name: "owner" | "under" | "type" | "kind" | "access"
	    | "state") => {
		const value = query.get(name);
		if (value)
			filters[name] = value;
	};
	const q = query.get("q")?.trim();
	if (q)
		filters.q = q;
	text("owner");
	text("under");
	text("type");
	text("kind");
	text("access");
	text("state");
	const larger = Number(query.get("larger"));
	if (larger > 0)
		filters.larger = larger;
	const age = Number(query.get("age"));
	if (age > 0) {
		// By the minute, so that the same search is the same address.
		const minute = Math.floor(now / 60000) * 60;
		filters.newer = (minute - age * day) * 1e6;
	}
	return filters;
}

export function countFilters(query: URLSearchParams): number {
	return filterNames.filter((name) => query.get(name)).length;
}
