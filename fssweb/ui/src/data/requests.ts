/*
 * Requests: how many wait for one's answer (for the title and the menu), the
 * lists of the boxes, and what to do when news says that one changed.
 */
import { signal } from "@preact/signals";
import * as calls from "./calls";
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

export async function countInbox(): Promise<void> {
	try {
		const rows = await calls.all((page) => calls.requests(
		    { box: "in", state: "waiting", ...page }), 999);
		inbox.value = rows.length;
	} catch {
		// The number of before is better than none.
	}
}

let counting: ReturnType<typeof setTimeout> | undefined;

function countSoon(): void {
	clearTimeout(counting);
	counting = setTimeout(() => void countInbox(), 150);
}

/** The newest change seen of each request: an older one is not fetched. */
const seen = new Map<number, number>();

async function changed(id: number, change: number): Promise<void> {
	if ((seen.get(id) ?? -1) >= change)
		return;
	const fresh = !seen.has(id);
	seen.set(id, change);
	countSoon();
	try {
		const row = await calls.request(id);
		for (const listener of listeners)
			listener(row, fresh && change <= 1);
	} catch {
		// Gone meanwhile, or the line is; afresh will tell.
	}
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
		void changed(news["request"] as number,
		    news["change"] as number);
	});
	live.on("progress", (news) => {
		const next = new Map(arriving.value);
		next.set(news["request"] as number, news["bytes"] as number);
		arriving.value = next;
	});
	live.on("hello", () => {
		seen.clear();
		if (me.value !== "")
			void countInbox();
	});
	live.on("afresh", () => void countInbox());
}
