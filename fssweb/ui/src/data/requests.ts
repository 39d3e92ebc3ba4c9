/*
 * Requests: how many wait for one's answer (for the title and the menu), the
 * lists of the boxes, and what to do when news says that one changed.
 */
import { signal } from "@preact/signals";
import * as calls from "./calls";
import { Looks, LooksAtEach } from "./look";
import { live } from "./news";
import { Paged } from "./paged";
import type { Request } from "./schema";
import { me } from "./session";

export type Box = "in" | "out" | "history";

export const inbox = signal(0);
/** Bytes that have arrived of what is being sent, by request. */
export const arriving = signal<ReadonlyMap<number, number>>(new Map());

const listeners = new Set<(request: Request, fresh: boolean) => void>();

/** Called for each request that changed, as it is now. */
export function onRequest(f: (request: Request, fresh: boolean) => void):
    () => void {
	listeners.add(f);
	return () => void listeners.delete(f);
}

export function boxList(box: Box): Paged<Request> {
	const query = box === "history"
		? { state: "ended" } : { box, state: "live" };
	return new Paged((page) => calls.requests({ ...query, ...page }),
	    (r) => r.request, 100);
}

/** Whether @request belongs into @box. */
export function inBox(request: Request, box: Box): boolean {
	const live = isLive(request);
	return box === "history" ? !live
		: live && (box === "out") === request.mine;
}

export function isLive(request: Request): boolean {
	return ["open", "seen", "approved", "transferring"].includes(
	    request.request_state);
}

/** Whether @request waits for a word of this person. */
export function waits(request: Request): boolean {
	return !request.mine && ["open", "seen"].includes(request.request_state);
}

/** Counts begun, and the one that is shown: no older one comes after it. */
let begun = 0, counted = 0;

async function count(): Promise<void> {
	const who = me.value, turn = ++begun;
	if (who === "")
		return;
	const rows = await calls.all((page) => calls.requests(
	    { box: "in", state: "waiting", ...page }), 999);
	if (me.value !== who || turn < counted)
		return;
	counted = turn;
	inbox.value = rows.length;
}

const counts = new Looks(count);

/**
 * Whether what was counted still waits: what one answered oneself, here or on
 * another device, or somebody else for all, is news to who asked alone.
 */
export async function recount(): Promise<void> {
	if (inbox.value > 0)
		await count();
}

/** News that comes in a row makes one count. */
const gather = 150;

/** The newest change seen of each request: an older one is not fetched. */
const seen = new Map<number, number>();
/** Those that were never seen before, until they are told of. */
const fresh = new Set<number>();

const looks = new LooksAtEach<number>(async (id) => {
	const who = me.value, row = await calls.request(id);
	if (me.value !== who)
		return;
	if (row.request_state !== "transferring")
		arrived(id);
	const is = fresh.delete(id);
	// What is over is done with; the list of them has no end.
	if (!isLive(row))
		seen.delete(id);
	for (const listener of listeners)
		listener(row, is);
});

function changed(id: number, change: number): void {
	const before = seen.get(id) ?? -1;
	if (before >= change)
		return;
	seen.set(id, change);
	if (before < 0 && change <= 1)
		fresh.add(id);
	counts.soon(gather);
	looks.look(id);
}

function arrived(id: number): void {
	if (!arriving.value.has(id))
		return;
	const next = new Map(arriving.value);
	next.delete(id);
	arriving.value = next;
}

/** The log-in ended. */
export function forgetRequests(): void {
	looks.forget();
	seen.clear();
	fresh.clear();
	arriving.value = new Map();
	inbox.value = 0;
}

export function startRequests(): void {
	// After a greeting come the requests that stand, all at once: they are
	// known, not new.
	live.on("request", (news) => {
		if (typeof news["may"] !== "undefined") {
			seen.set(news["request"] as number,
			    news["change"] as number);
			return;
		}
		changed(news["request"] as number, news["change"] as number);
	});
	live.on("progress", (news) => {
		const next = new Map(arriving.value);
		next.set(news["request"] as number, news["bytes"] as number);
		arriving.value = next;
	});
	live.on("hello", () => {
		seen.clear();
		void counts.look();
	});
	live.on("afresh", () => void counts.look());
}
