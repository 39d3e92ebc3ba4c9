/*
 * Requests: how many wait for one's answer (for the title and the menu), the
 * lists of the boxes, and what to do when news says that one changed.
 */
import { signal } from "@preact/signals";
import { ApiError } from "./api";
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

const leavers = new Set<(id: number) => void>();

/** Called for each request that one has no part in any more. */
export function onRequestGone(f: (id: number) => void): () => void {
	leavers.add(f);
	return () => void leavers.delete(f);
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

/**
 * Whether @request waits for a word of this person: not where they had theirs
 * and others, who were asked too, have not.
 */
export function waits(request: Request): boolean {
	return !request.mine &&
	    ["open", "seen"].includes(request.request_state) &&
	    request.may.includes(request.asked === undefined ? "fulfil" : "deny");
}

const counts = new Looks(async () => {
	const who = me.value;
	if (who === "")
		return;
	const rows = await calls.all((page) => calls.requests(
	    { box: "in", state: "waiting", ...page }), 999);
	if (me.value === who)
		inbox.value = rows.filter(waits).length;
});

/** News that comes in a row makes one count. */
const gather = 150;

/** The newest change seen of each request: an older one is not fetched. */
const seen = new Map<number, number>();
/** Those that were never seen before, until they are told of. */
const fresh = new Set<number>();

/** A wish that went to others too and is over is there for the two alone. */
function left(id: number): void {
	seen.delete(id);
	fresh.delete(id);
	arrived(id);
	for (const leaver of leavers)
		leaver(id);
}

const looks = new LooksAtEach<number>(async (id) => {
	const who = me.value;
	let row: Request;
	try {
		row = await calls.request(id);
	} catch (error) {
		if (me.value === who && error instanceof ApiError &&
		    error.status === 404)
			left(id);
		throw error;
	}
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
	// The same one again: one's no, where others are asked too.
	if (before > change)
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
