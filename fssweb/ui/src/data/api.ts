/*
 * Talks to /api/v1: builds addresses, sends the CSRF value with changes, and
 * turns every kind of failure into an ApiError.  Knows no view and keeps no
 * state but the CSRF value of the log-in in use, and how many came before it.
 */

export class ApiError extends Error {
	constructor(
		readonly status: number,
		/** FSS_E..., or NETWORK when no answer came. */
		readonly code: string,
		message: string,
		readonly detail = "",
		readonly retryMs = 0,
	) {
		super(message);
		this.name = "ApiError";
	}
}

export type Query = Record<string,
	string | number | boolean | undefined | null | string[]>;

export type Call = {
	query?: Query;
	body?: unknown;
	signal?: AbortSignal;
	headers?: Record<string, string>;
};

/** Between attempts at what may pass, in ms: at first, and at most. */
const firstRest = 3000, longestRest = 30_000;

/** Of answers that may be others in a while; 0: none came. */
const passing = new Set([0, 408, 429, 500, 502, 503, 504]);

/**
 * Answers to what can never be, whatever anybody does meanwhile: a name that is
 * none, too much at once.  Below 0: what this computer says of its own file.
 */
const final = new Set([400, 413, 501, 505]);

/** Whether the very same would be refused again, today and tomorrow. */
export function forGood(error: ApiError): boolean {
	return error.status < 0 || final.has(error.status);
}

/** An answer is believed that asks for a rest of so long, in ms. */
export const mostTold = 3_600_000;

/**
 * How long, in ms, to let alone what failed with @error, the @failed-th time
 * in a row; null if asking again would change nothing.
 */
export function restAfter(error: unknown, failed = 0): number | null {
	if (!(error instanceof ApiError) || !passing.has(error.status))
		return null;
	return Math.max(Math.min(error.retryMs, mostTold),
	    Math.min(longestRest, firstRest * 2 ** Math.min(failed, 10)));
}

/**
 * A look has so long, in ms, from the question to the last byte: over a line
 * that is dead and does not say so a browser would wait for many minutes, and
 * who looks again waits for the look under way.
 */
export const lookMost = 60_000;

let csrf = "", left = 0;
let onEnded: () => void = () => undefined;
let onStale: () => Promise<boolean> = () => Promise.resolve(false);

export function setCsrf(value: string): void {
	csrf = value;
}

export function getCsrf(): string {
	return csrf;
}

/**
 * What to do when the log-in turns out to have @ended, and when a change was
 * refused because another tab has logged in anew: @stale fetches the new CSRF
 * value and says whether to try again.
 */
export function hooks(ended: () => void, stale: () => Promise<boolean>): void {
	onEnded = ended;
	onStale = stale;
}

/** Who asked has left: what is answered from now on is not for who comes. */
export function leave(): void {
	left++;
}

/** Whether what was asked is not wanted any more: that is nobody's failure. */
export function aborted(error: unknown): boolean {
	return error instanceof DOMException && error.name === "AbortError";
}

/** Leaves out what is undefined, null, false or empty. */
export function address(path: string, query: Query = {}): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) {
		if (value === undefined || value === null || value === false ||
		    value === "")
			continue;
		if (Array.isArray(value))
			for (const one of value)
				search.append(name, one);
		else
			search.set(name, value === true ? "1" : String(value));
	}
	const text = search.toString();
	return `/api/v1${path}${text === "" ? "" : `?${text}`}`;
}

/** The error that an answer tells; also of answers that are not ours. */
export function errorOf(status: number, text: string,
    retryAfter: string | null): ApiError {
	let told: { name?: unknown; message?: unknown; detail?: unknown;
		retry_ms?: unknown } = {};
	try {
		told = (JSON.parse(text) as { error?: typeof told }).error ?? {};
	} catch {
		// A proxy's page, or nothing.
	}
	const retry = typeof told.retry_ms === "number" && told.retry_ms > 0
		? told.retry_ms : Number(retryAfter ?? 0) * 1000 || 0;
	return new ApiError(status,
	    typeof told.name === "string" ? told.name : `HTTP_${status}`,
	    typeof told.message === "string" ? told.message : "",
	    typeof told.detail === "string" ? told.detail : "", retry);
}

async function send(method: string, path: string, call: Call):
    Promise<Response> {
	const headers: Record<string, string> = { ...call.headers };
	const init: RequestInit = { method, headers,
		credentials: "same-origin", redirect: "error" };
	if (method !== "GET" && method !== "HEAD" && csrf !== "")
		headers["X-FSS-CSRF"] = csrf;
	if (call.body !== undefined) {
		headers["Content-Type"] = "application/json";
		init.body = JSON.stringify(call.body);
	}
	if (call.signal)
		init.signal = call.signal;
	try {
		return await fetch(address(path, call.query), init);
	} catch (error) {
		throw aborted(error) ? error : new ApiError(0, "NETWORK", "");
	}
}

/** Runs @ask, which ends with its signal; after a while it has if @bounded. */
async function inTime<T>(bounded: boolean, given: AbortSignal | undefined,
    ask: (signal: AbortSignal | undefined) => Promise<T>): Promise<T> {
	if (!bounded)
		return ask(given);
	const own = new AbortController();
	const end = () => own.abort();
	if (given?.aborted)
		end();
	given?.addEventListener("abort", end);
	let late = false;
	const timer = setTimeout(() => {
		late = true;
		end();
	}, lookMost);
	try {
		return await ask(own.signal);
	} catch (error) {
		throw late ? new ApiError(0, "NETWORK", "") : error;
	} finally {
		clearTimeout(timer);
		given?.removeEventListener("abort", end);
	}
}

/**
 * One call; resolves to what the answer's body says, or throws ApiError.  Of one
 * whose asker leaves meanwhile nothing is told; but who one is, is for anybody.
 */
export async function call<T>(method: string, path: string,
    what: Call = {}): Promise<T> {
	const before = left;
	const said = await ask<T>(method, path, what).then(
	    (answer) => () => answer, (error: unknown) => () => {
		throw error;
	});
	if (before !== left && path !== "/session")
		throw new DOMException("", "AbortError");
	return said();
}

async function ask<T>(method: string, path: string, what: Call,
    again = true): Promise<T> {
	const before = csrf;
	const { answer, text } = await inTime(method === "GET", what.signal,
	    async (signal) => {
		const answer = await send(method, path,
		    signal ? { ...what, signal } : what);
		return { answer, text: await answer.text().catch(() => {
			throw new ApiError(0, "NETWORK", "");
		}) };
	});
	if (answer.ok)
		return (text === "" ? undefined : JSON.parse(text)) as T;
	const error = errorOf(answer.status, text,
	    answer.headers.get("Retry-After"));
	// Late answers to a log-in of before say nothing of this one.
	if (answer.status === 401 && csrf !== "" && csrf === before && path !== "/password" &&
	    !(path === "/session" && method === "POST"))
		onEnded();
	if (answer.status === 403 && error.code === "FSS_EDENIED" && again &&
	    method !== "GET" && csrf !== "" && await onStale())
		return ask<T>(method, path, what, false);
	throw error;
}

/** The first bytes of a file as text. */
export async function readText(path: string, most: number,
    number?: number, signal?: AbortSignal):
    Promise<{ text: string; cut: boolean }> {
	const what: Call = { query: { path, number },
		headers: { Range: `bytes=0-${most - 1}` } };
	if (signal)
		what.signal = signal;
	const answer = await send("GET", "/content", what);
	if (answer.status === 416)	// An empty file has no first byte.
		return { text: "", cut: false };
	if (!answer.ok)
		throw errorOf(answer.status, await answer.text(), null);
	const bytes = new Uint8Array(await answer.arrayBuffer());
	const range = /\/(\d+)$/.exec(answer.headers.get("Content-Range") ?? "");
	return { text: new TextDecoder().decode(bytes),
		cut: range ? Number(range[1]) > bytes.length : false };
}

/** A whole file as a Blob of a type that we choose, not the uploader. */
export async function readBlob(path: string, type: string,
    number?: number, signal?: AbortSignal): Promise<Blob> {
	const what: Call = { query: { path, number } };
	if (signal)
		what.signal = signal;
	const answer = await send("GET", "/content", what);
	if (!answer.ok)
		throw errorOf(answer.status, await answer.text(), null);
	return new Blob([await answer.arrayBuffer()], { type });
}
