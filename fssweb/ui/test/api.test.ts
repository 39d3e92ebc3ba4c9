/* The one place that speaks HTTP: addresses, CSRF, and every kind of failure. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { aborted, address, ApiError, call, errorOf, hooks, leave, lookMost,
	readText, setCsrf } from "../src/data/api";

type Sent = { url: string; init: RequestInit };
let sent: Sent[];
let answers: (() => Response | Promise<Response>)[];

const json = (status: number, body: unknown, headers = {}) =>
	() => new Response(JSON.stringify(body), { status, headers });
const refusal = (status: number, name: string, retry_ms = 0) =>
	json(status, { error: { name, message: "m", detail: "d", retry_ms } });

beforeEach(() => {
	sent = [];
	answers = [];
	setCsrf("");
	vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
		sent.push({ url, init });
		return Promise.resolve(answers.shift()!());
	});
});
afterEach(() => vi.unstubAllGlobals());

const header = (i: number, name: string) =>
	(sent[i]!.init.headers as Record<string, string>)[name];

test("addresses leave out what is not said, and escape the rest", () => {
	expect(address("/list", { path: "alice:/a&b#c", cursor: undefined,
		limit: 5, all: false, on: true, q: "" })).toBe(
	    "/api/v1/list?path=alice%3A%2Fa%26b%23c&limit=5&on=1");
	expect(address("/zip", { name: ["a", "b"] })).toBe(
	    "/api/v1/zip?name=a&name=b");
	expect(address("/hub")).toBe("/api/v1/hub");
});

test("changes carry the CSRF value, looks do not", async () => {
	setCsrf("secret");
	answers = [json(200, { ok: true }), json(201, { ok: true })];
	await call("GET", "/hub");
	await call("POST", "/folders", { body: { path: ":/x" } });
	expect(header(0, "X-FSS-CSRF")).toBeUndefined();
	expect(header(1, "X-FSS-CSRF")).toBe("secret");
	expect(sent[1]!.init.body).toBe('{"path":":/x"}');
	expect(sent[1]!.init.redirect).toBe("error");
});

test("errors keep name, detail and time", async () => {
	answers = [refusal(429, "FSS_ERATE", 1500)];
	const e = await call("GET", "/hub").catch((e: unknown) => e) as ApiError;
	expect(e).toBeInstanceOf(ApiError);
	expect([e.status, e.code, e.detail, e.retryMs]).toEqual(
	    [429, "FSS_ERATE", "d", 1500]);
});

test("a proxy's page is an error, too", () => {
	const e = errorOf(502, "<html>bad gateway", "3");
	expect([e.code, e.retryMs]).toEqual(["HTTP_502", 3000]);
});

test("no answer is NETWORK; an abort stays one", async () => {
	answers = [() => { throw new TypeError("failed"); },
		() => { throw new DOMException("", "AbortError"); }];
	await expect(call("GET", "/hub")).rejects.toMatchObject(
	    { code: "NETWORK", status: 0 });
	await expect(call("GET", "/hub")).rejects.toMatchObject(
	    { name: "AbortError" });
});

test("a log-in that ended is told once, a wrong password is not", async () => {
	const ended = vi.fn();
	hooks(ended, () => Promise.resolve(false));
	setCsrf("c");
	answers = [refusal(401, "FSS_EAUTH"), refusal(401, "FSS_EAUTH"),
		refusal(401, "FSS_EAUTH")];
	await call("POST", "/session", { body: {} }).catch(() => 0);
	await call("PUT", "/password", { body: {} }).catch(() => 0);
	expect(ended).not.toHaveBeenCalled();
	await call("GET", "/list").catch(() => 0);
	expect(ended).toHaveBeenCalledTimes(1);
});

test("a refused change goes again, once, with a newer CSRF value", async () => {
	setCsrf("old");
	hooks(() => undefined, () => {
		setCsrf("new");
		return Promise.resolve(true);
	});
	answers = [refusal(403, "FSS_EDENIED"), json(200, { ok: true })];
	await call("POST", "/move", { body: {} });
	expect([header(0, "X-FSS-CSRF"), header(1, "X-FSS-CSRF")]).toEqual(
	    ["old", "new"]);
	answers = [refusal(403, "FSS_EDENIED"), refusal(403, "FSS_EDENIED")];
	await expect(call("POST", "/move", { body: {} })).rejects.toMatchObject(
	    { code: "FSS_EDENIED" });
	expect(sent).toHaveLength(4);
	// A look that is refused is refused.
	answers = [refusal(403, "FSS_EDENIED")];
	await call("GET", "/grants").catch(() => 0);
	expect(sent).toHaveLength(5);
});

test("text is read to a limit, and an empty file is empty", async () => {
	answers = [() => new Response("abcd", { status: 206,
		headers: { "Content-Range": "bytes 0-3/9" } }),
	    () => new Response("abc", { status: 200 }),
	    refusal(416, "FSS_EINVAL")];
	expect(await readText("a:/x", 4)).toEqual({ text: "abcd", cut: true });
	expect(header(0, "Range")).toBe("bytes=0-3");
	expect(await readText("a:/x", 4)).toEqual({ text: "abc", cut: false });
	expect(await readText("a:/x", 4)).toEqual({ text: "", cut: false });
});

test("a look over a line that is dead ends, a change does not", async () => {
	vi.useFakeTimers();
	vi.stubGlobal("fetch", (_: string, init: RequestInit) =>
		new Promise((_ok, fail) => init.signal?.addEventListener("abort",
		    () => fail(new DOMException("", "AbortError")))));
	const ends: unknown[] = [];
	const end = (e: unknown) => void ends.push(e);
	void call("GET", "/list").catch(end);
	void call("POST", "/folders", { body: {} }).catch(end);
	const own = new AbortController();
	void call("GET", "/find", { signal: own.signal }).catch(end);
	own.abort();
	await vi.advanceTimersByTimeAsync(0);
	// Who gave up itself is told that and not of the network.
	expect(ends.map((e) => (e as Error).name)).toEqual(["AbortError"]);
	await vi.advanceTimersByTimeAsync(lookMost);
	expect(ends.slice(1)).toEqual([new ApiError(0, "NETWORK", "")]);
	expect(vi.getTimerCount()).toBe(0);
	vi.useRealTimers();
});

test("what was asked is not answered to who comes next", async () => {
	const late: ((response: Response) => void)[] = [];
	answers = Array.from({ length: 3 }, () => () =>
		new Promise<Response>((done) => { late.push(done); }));
	const asked = [call("POST", "/tokens"), call("POST", "/remove"),
		call("GET", "/session")].map((one) => one.catch((e: unknown) =>
		aborted(e) ? "aborted" : "failed"));
	leave();
	late[0]!(json(201, { secret: "s" })());
	late[1]!(refusal(403, "FSS_EDENIED")());
	late[2]!(json(200, { account: "bob" })());
	expect(await Promise.all(asked)).toEqual(
	    ["aborted", "aborted", { account: "bob" }]);
	answers = [json(200, { ok: true })];
	expect(await call("GET", "/hub")).toEqual({ ok: true });
});
