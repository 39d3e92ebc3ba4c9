/*
 * Who is here: all people, kept up to date by news.
 */
import { computed, signal } from "@preact/signals";
import { ApiError } from "./api";
import * as calls from "./calls";
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

export async function loadPeople(): Promise<void> {
	if (peopleState.value === "loading")
		return;
	const first = peopleState.value === "none";
	peopleState.value = "loading";
	try {
		const rows = await calls.all(calls.people, 20000);
		people.value = new Map(rows.map((p) => [p.name, p]));
		peopleError.value = null;
		peopleState.value = "there";
	} catch (error) {
		peopleError.value = error as ApiError;
		peopleState.value = first ? "none" : "there";
	}
}

export function presenceOf(name: string): Presence {
	return people.value.get(name)?.presence ?? "offline";
}

/** Rows come one by one; a burst makes one change of the view. */
let waiting: Person[] = [];

function settle(): void {
	const next = new Map(people.value);
	for (const row of waiting)
		next.set(row.name, { ...next.get(row.name), ...row });
	waiting = [];
	people.value = next;
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
		if (peopleState.value === "there")
			void loadPeople();
	});
}

export function forgetPeople(): void {
	people.value = new Map();
	peopleState.value = "none";
}
