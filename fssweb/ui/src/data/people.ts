/*
 * Who is here: all people, kept up to date by news.
 */
import { computed, signal } from "@preact/signals";
import { ApiError } from "./api";
import * as calls from "./calls";
import { Looks } from "./look";
import { live } from "./news";
import type { Person, Presence } from "./schema";

export const people = signal<Map<string, Person>>(new Map());
export const peopleState = signal<"none" | "loading" | "there">("none");
export const peopleError = signal<ApiError | null>(null);

export const sortedPeople = computed(() =>
	[...people.value.values()].sort((a, b) =>
	    rank(a.presence) - rank(b.presence) ||
	    (a.name < b.name ? -1 : 1)));

function rank(presence: Presence): number {
	return presence === "online" ? 0 : presence === "idle" ? 1 : 2;
}

/** Counts log-ins, so that an answer to an earlier one is known for that. */
let turn = 0;
/** News that came while the list did: rows of the list may be older. */
let meanwhile: Person[] | null = null;

const looks = new Looks(async () => {
	const mine = turn, first = peopleState.value === "none";
	peopleState.value = "loading";
	meanwhile = [];
	try {
		const rows = await calls.all(calls.people, 20000);
		if (mine !== turn)
			return;
		people.value = withRows(new Map(rows.map((p) => [p.name, p])),
		    meanwhile);
		peopleError.value = null;
		peopleState.value = "there";
	} catch (error) {
		if (mine !== turn)
			return;
		peopleError.value = error as ApiError;
		peopleState.value = first ? "none" : "there";
		throw error;
	} finally {
		meanwhile = null;
	}
});

export function loadPeople(): Promise<void> {
	return looks.look();
}

export function presenceOf(name: string): Presence {
	return people.value.get(name)?.presence ?? "offline";
}

/** Rows come one by one; a burst makes one change of the view. */
let waiting: Person[] = [];

function settle(): void {
	people.value = withRows(new Map(people.value), waiting);
	meanwhile?.push(...waiting);
	waiting = [];
}

function withRows(next: Map<string, Person>, rows: Person[]):
    Map<string, Person> {
	for (const row of rows)
		next.set(row.name, { ...next.get(row.name), ...row });
	return next;
}

export function startPeople(): void {
	live.on("presence", (news) => {
		const row = news as unknown as Person;
		if (row.presence === "offline" && !row.seen)
			row.seen = Date.now() * 1000;
		if (waiting.push(row) === 1)
			queueMicrotask(settle);
	});
	live.on("afresh", () => {
		if (peopleState.value !== "none")
			void loadPeople();
	});
}

export function forgetPeople(): void {
	turn++;
	people.value = new Map();
	peopleState.value = "none";
	peopleError.value = null;
}
