/* People, requests and the log-in, as news and late answers find them. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/data/api";
import * as calls from "../src/data/calls";
import { live } from "../src/data/news";
import { forgetPeople, loadPeople, people, peopleError, peopleState,
	startPeople } from "../src/data/people";
import { arriving, forgetRequests, inbox, onRequest, onRequestGone,
	startRequests } from "../src/data/requests";
import type { Person, Request, Session, Stage, StagePage } from
    "../src/data/schema";
import { check, logIn, me, session } from "../src/data/session";
import { giveUp } from "../src/data/tus";
import { cancelUpload, queue, startUploads } from "../src/data/uploads";

vi.mock("../src/data/calls", async (real) => {
	const all = await real<typeof calls>();
	return { ...all, people: vi.fn(), request: vi.fn(), requests: vi.fn(),
		uploads: vi.fn(), getSession: vi.fn(), logIn: vi.fn() };
});

vi.mock("../src/data/tus", () => ({ giveUp: vi.fn(),
	carrier: () => () => ({ stop: () => undefined,
	    cancel: () => undefined }) }));

const tell = (news: object) => (live as unknown as {
	tell: (n: object) => void }).tell(news);
const turn = async () => {
	for (let i = 0; i < 20; i++)
		await Promise.resolve();
};
/** Answers of a call, given when the test wants it. */
function answers<T>(call: unknown) {
	const open: ((value: T) => void)[] = [];
	(call as ReturnType<typeof vi.fn>).mockImplementation(() =>
		new Promise<T>((r) => open.push(r)));
	return { open: () => open.length,
		give: async (value: T, which = 0) => {
			open.splice(which, 1)[0]!(value);
			await turn();
		} };
}
const as = (account: string) => {
	session.value = { is: "in", login: { account, csrf: "x",
		hub: {}, limits: {} } as unknown as Session & { account: string } };
};
const row = (id: number, more: Partial<Request> = {}) => ({ request: id,
	request_kind: "want", request_state: "open", change: 1, asker: "bob",
	created: 0, changed: 0, mine: false, may: ["fulfil"], ...more }) as Request;
const person = (name: string, presence: Person["presence"]) =>
	({ name, presence }) as Person;

startPeople();
startRequests();
vi.stubGlobal("navigator", { userAgent: "" });
vi.stubGlobal("addEventListener", () => undefined);
vi.stubGlobal("removeEventListener", () => undefined);
const seen: (() => void)[] = [];
const page = { visibilityState: "visible",
	addEventListener: (_: string, f: () => void) => void seen.push(f),
	removeEventListener: () => undefined };
vi.stubGlobal("document", page);
startUploads();

beforeEach(() => {
	vi.useFakeTimers();
	as("alice");
});
afterEach(() => {
	forgetPeople();
	forgetRequests();
	vi.clearAllMocks();
	vi.useRealTimers();
});

test("who comes while the list does is not gone again with it", async () => {
	const list = answers<{ rows: Person[] }>(calls.people);
	void loadPeople();
	tell({ type: "presence", name: "bob", presence: "online" });
	await turn();
	await list.give({ rows: [person("bob", "offline"),
		person("carol", "idle")] });
	expect([...people.value.values()].map((p) => p.presence)).toEqual(
	    ["online", "idle"]);
});

test("a list of people is not shown to who logs in after", async () => {
	const list = answers<{ rows: Person[] }>(calls.people);
	void loadPeople();
	forgetPeople();
	as("bob");
	void loadPeople();
	await list.give({ rows: [person("of alice", "online")] });
	expect(people.value.size).toBe(0);
	await list.give({ rows: [person("of bob", "online")] });
	expect([...people.value.keys()]).toEqual(["of bob"]);
	expect([peopleState.value, peopleError.value]).toEqual(["there", null]);
});

test("a burst of requests is counted as it goes, one count at a time",
    async () => {
	const list = answers<{ rows: Request[] }>(calls.requests);
	vi.mocked(calls.request).mockImplementation((id) =>
		Promise.resolve(row(id)));
	for (let i = 1; i <= 20; i++) {
		tell({ type: "request", request: i, change: 1 });
		await vi.advanceTimersByTimeAsync(100);
	}
	expect(list.open()).toBe(1);
	await list.give({ rows: [row(1)] });
	expect(inbox.value).toBe(1);
	await list.give({ rows: [row(1), row(2)] });
	expect([inbox.value, list.open()]).toEqual([2, 0]);
});

test("one's no beside others' is counted, though nothing changed",
    async () => {
	const list = answers<{ rows: Request[] }>(calls.requests);
	vi.mocked(calls.request).mockImplementation((id) =>
		Promise.resolve(row(id)));
	for (const rows of [[row(1)], []]) {
		tell({ type: "request", request: 1, change: 1 });
		await vi.advanceTimersByTimeAsync(200);
		await list.give({ rows });
		expect(inbox.value).toBe(rows.length);
	}
	expect(calls.request).toHaveBeenCalledTimes(2);
});

test("a wish that is over for others leaves their lists", async () => {
	const gone: number[] = [];
	const off = onRequestGone((id) => gone.push(id));
	vi.mocked(calls.request).mockRejectedValue(
	    new ApiError(404, "FSS_ENOENT", ""));
	tell({ type: "request", request: 5, change: 3 });
	await turn();
	expect(gone).toEqual([5]);
	vi.mocked(calls.request).mockRejectedValue(
	    new ApiError(503, "FSS_EUNREACH", ""));
	tell({ type: "request", request: 5, change: 4 });
	await turn();
	expect(gone).toEqual([5]);
	off();
});

test("an older answer does not overwrite a newer one", async () => {
	const one = answers<Request>(calls.request);
	const heard: [number, boolean][] = [];
	const off = onRequest((r, fresh) => heard.push([r.change, fresh]));
	tell({ type: "request", request: 7, change: 1 });
	tell({ type: "request", request: 7, change: 2 });
	tell({ type: "request", request: 7, change: 3 });
	tell({ type: "request", request: 7, change: 3 });
	expect(one.open()).toBe(1);
	await one.give(row(7, { change: 1 }));
	await one.give(row(7, { change: 3 }));
	expect(one.open()).toBe(0);
	expect(heard).toEqual([[1, true], [3, false]]);
	off();
});

test("many requests are asked for a few at a time", async () => {
	const one = answers<Request>(calls.request);
	for (let i = 1; i <= 50; i++)
		tell({ type: "request", request: i, change: 1 });
	expect(one.open()).toBe(6);
	for (let i = 1; i <= 50; i++)
		await one.give(row(i));
	expect(one.open()).toBe(0);
	expect(calls.request).toHaveBeenCalledTimes(50);
});

test("how far it has come is forgotten when it is there", async () => {
	const one = answers<Request>(calls.request);
	tell({ type: "progress", request: 9, bytes: 5 });
	expect(arriving.value.get(9)).toBe(5);
	tell({ type: "request", request: 9, change: 4 });
	await one.give(row(9, { request_state: "fulfilled" }));
	expect(arriving.value.size).toBe(0);
});

test("a late answer who one is does not undo a log-in", async () => {
	session.value = { is: "out", hub: {} as Session["hub"], ended: false };
	const who = answers<Session>(calls.getSession);
	const enter = answers<Session>(calls.logIn);
	void check();
	void logIn("bob", "secret");
	await turn();
	await enter.give({ account: "bob", csrf: "y", hub: {} } as Session);
	await who.give({ hub: {} } as Session);
	expect(me.value).toBe("bob");
});

test("who one is is asked again by itself while nobody answers", async () => {
	session.value = { is: "unknown" };
	const ask = vi.mocked(calls.getSession);
	ask.mockReset().mockRejectedValue(new ApiError(503, "FSS_EUNREACH", ""));
	await check();
	for (let i = 0; i < 4; i++)
		await vi.advanceTimersByTimeAsync(30_000);
	expect(session.value.is).toBe("away");
	ask.mockResolvedValue({ account: "alice", csrf: "y", hub: {} } as Session);
	await vi.advanceTimersByTimeAsync(30_000);
	expect(me.value).toBe("alice");
	const asked = ask.mock.calls.length;
	await vi.advanceTimersByTimeAsync(120_000);
	expect(ask).toHaveBeenCalledTimes(asked);
});

const stage = (id: string, offset: number) => ({ stage: id, owner: "alice",
	path: `/${id}`, size: 10, offset, held: true, created: 0, expires: 0 }) as
	unknown as Stage;

test("uploads are looked at when they are told of, and then alone",
    async () => {
	const list = answers<StagePage>(calls.uploads);
	const asked = () => vi.mocked(calls.uploads).mock.calls.length;
	for (let i = 0; i < 5; i++)
		tell({ type: "upload" });
	await vi.advanceTimersByTimeAsync(150);
	expect(vi.mocked(calls.uploads).mock.calls).toEqual([[{ limit: 256 }]]);
	await list.give({ rows: [stage("a", 4)] });
	const states = () => queue.items.value.map((i) =>
		[i.path, i.status.value, i.sent.value]);
	expect(states()).toEqual([["alice:/a", "elsewhere", 4]]);
	await vi.advanceTimersByTimeAsync(600_000);
	expect(asked()).toBe(1);
	// What comes during a look makes one more.
	tell({ type: "upload" });
	await vi.advanceTimersByTimeAsync(150);
	tell({ type: "upload" });
	await vi.advanceTimersByTimeAsync(150);
	expect([asked(), list.open()]).toEqual([2, 1]);
	await list.give({ rows: [stage("a", 8)] });
	expect([asked(), list.open()]).toEqual([3, 1]);
	await list.give({ rows: [] });
	expect(states()).toEqual([]);
	// After a gap too; and all pages where there are more than one.
	tell({ type: "afresh" });
	await vi.advanceTimersByTimeAsync(150);
	await list.give({ rows: [stage("a", 1)], cursor: "next" });
	await list.give({ rows: [stage("a", 1)], cursor: "next" });
	await list.give({ rows: [stage("b", 2)] });
	expect(states()).toEqual([["alice:/a", "elsewhere", 1],
		["alice:/b", "elsewhere", 2]]);
	queue.empty();
});

test("uploads are looked at in a hidden tab when it is shown", async () => {
	const list = answers<StagePage>(calls.uploads);
	page.visibilityState = "hidden";
	tell({ type: "upload" });
	await vi.advanceTimersByTimeAsync(600_000);
	expect(list.open()).toBe(0);
	page.visibilityState = "visible";
	seen.forEach((f) => f());
	await vi.advanceTimersByTimeAsync(150);
	expect(list.open()).toBe(1);
	await list.give({ rows: [] });
	// Nothing was told meanwhile.
	seen.forEach((f) => f());
	await vi.advanceTimersByTimeAsync(600_000);
	expect(vi.mocked(calls.uploads).mock.calls.length).toBe(1);
});

test("what was cut on its way is given up once it is let go of", async () => {
	const list = answers<StagePage>(calls.uploads);
	const add = (name: string) => queue.add([{ path: `alice:/${name}`,
		file: { name, size: 10, lastModified: 0 } as File }])[0]!;
	await cancelUpload(add("a"));
	await cancelUpload(add("b"));
	add("b");
	const look = async (...rows: Stage[]) => {
		tell({ type: "upload" });
		await vi.advanceTimersByTimeAsync(2000);
		await list.give({ rows });
		await vi.dynamicImportSettled();
	};
	const [a, b, c] = ["a", "b", "c"].map((id) => stage(id, 4)) as
	    [Stage, Stage, Stage];
	await look(a, b, c);
	expect(giveUp).not.toHaveBeenCalled();
	expect(queue.counts.value.elsewhere).toBe(1);
	// "b" is sent again, and "c" was never one of these.
	await look(...[a, b, c].map((one) => ({ ...one, held: false })));
	await look(...[a, b, c].map((one) => ({ ...one, held: false })));
	expect(vi.mocked(giveUp).mock.calls).toEqual([["/api/v1/uploads/a"]]);
	queue.empty();
});

test("nobody's uploads go on in the name of who logs in next", () => {
	queue.remember([{ path: "alice:/a", size: 10, mtime: 1, sent: 6,
		url: "/u/1", held: false }]);
	as("alice");
	expect(queue.items.value).toHaveLength(1);
	// A tab that slept sees the one and then the other, and nobody between.
	as("bob");
	expect(queue.items.value).toEqual([]);
	queue.remember([{ path: "bob:/b", size: 10, mtime: 1, sent: 6,
		url: "/u/2", held: false }]);
	session.value = { is: "out", hub: {} as Session["hub"], ended: true };
	expect(queue.items.value).toEqual([]);
});
