/*
 * Uploads over tus, against a server that refuses for a while: the real
 * client with something in the place of the browser's requests.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Queue } from "../src/data/queue";
import { carrier, giveUp } from "../src/data/tus";

type Answer = { status: number; headers: Record<string, string> };

/** What is answered, in this order, null: nothing; then all is well. */
let answers: (Answer | null | Promise<Answer>)[];
let asked: { method: string; url: string; at: number }[];
/** What tus remembers of uploads in the browser's storage, by key. */
const stored = new Map<string, object>();

vi.mock("tus-js-client", async () => {
	const browser = "tus-js-client/lib.es5/browser/index.js";
	const { default: tus } = await import(/* @vite-ignore */ browser) as
	    { default: { defaultOptions: Record<string, unknown> } };
	tus.defaultOptions["httpStack"] = {
		getName: () => "test",
		createRequest: (method: string, url: string) => {
			let aborted = false;
			return {
				getMethod: () => method,
				getURL: () => url,
				setHeader: () => undefined,
				getHeader: () => undefined,
				setProgressHandler: () => undefined,
				abort: () => Promise.resolve(void (aborted = true)),
				getUnderlyingObject: () => null,
				send: async () => {
					asked.push({ method, url, at: Date.now() });
					const next = await answers.shift();
					if (next === null)
						throw new Error("no answer");
					// As a browser has it: nothing is heard any more.
					if (aborted)
						await new Promise(() => undefined);
					const { status, headers } = next ?? {
						status: method === "POST" ? 201 : 204,
						headers: { "Upload-Offset": "4",
							Location: "/api/v1/uploads/1" } };
					return {
						getStatus: () => status,
						getHeader: (name: string) => headers[name],
						getBody: () => "",
						getUnderlyingObject: () => null,
					};
				},
			};
		},
	};
	const all = () => Promise.resolve([...stored].map(([urlStorageKey, one]) =>
		({ ...one, urlStorageKey })));
	tus.defaultOptions["urlStorage"] = {
		findAllUploads: all,
		findUploadsByFingerprint: async (print: string) => (await all())
			.filter((one) => one.urlStorageKey.startsWith(print)),
		removeUpload: (key: string) => Promise.resolve(
			void stored.delete(key)),
		addUpload: (print: string, one: object) => {
			const key = `${print}::${stored.size}`;
			stored.set(key, one);
			return Promise.resolve(key);
		},
	};
	return tus;
});

const refused = (status: number, after?: string): Answer => ({ status,
	headers: after === undefined ? {} : { "Retry-After": after } });
let queue: Queue;
const upload = (size = 4) => {
	const file = Object.assign(new Blob(["x".repeat(size)]), { name: "a",
		lastModified: 1 }) as File;
	return queue.add([{ path: "alice:/a", file }])[0]!;
};
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
	vi.useFakeTimers();
	answers = [];
	asked = [];
	stored.clear();
	queue = new Queue(carrier(() => "alice"));
});
afterEach(() => {
	queue.empty();
	vi.useRealTimers();
});

for (const status of [429, 503])
	test(`${status} with Retry-After is sent again then, not before`,
	    async () => {
		answers = [refused(status, "20")];
		const item = upload();
		await pass(19_999);
		expect(asked).toHaveLength(1);
		expect(item.status.value).toBe("offline");
		expect(item.error.value?.status).toBe(status);
		await pass(1);
		expect(asked).toHaveLength(2);
		expect(item.status.value).toBe("done");
	});

test("nobody is believed who says next year", async () => {
	answers = [refused(429, "31536000")];
	const item = upload();
	await pass(3_599_999);
	expect(asked).toHaveLength(1);
	await pass(1);
	expect(item.status.value).toBe("done");
});

test("without a time it is later and later", async () => {
	answers = Array.from({ length: 12 }, () => refused(503));
	const item = upload();
	await pass(2999);
	expect(asked).toHaveLength(1);
	await pass(1 + 6000 + 12_000 + 24_000 + 30_000);
	expect(asked).toHaveLength(6);
	await pass(7 * 30_000);
	expect(item.status.value).toBe("done");
});

test("a proxy without a server behind it is tried again at once", async () => {
	answers = [refused(502), refused(502)];
	const item = upload();
	await pass(1300);
	expect(asked).toHaveLength(3);
	expect(item.status.value).toBe("done");
});

test("nothing is kept of a paused upload that is given up", async () => {
	answers = [{ status: 201, headers: { "Upload-Offset": "0",
		Location: "/api/v1/uploads/1" } }, refused(429, "20")];
	const item = upload(2 * 1024 * 1024);
	await pass(0);
	queue.pause(item);
	stored.set("other", { uploadUrl: "/api/v1/uploads/2" });
	expect(stored.size).toBe(2);
	await giveUp(item.url!);
	expect([...stored.keys()]).toEqual(["other"]);
	expect(asked.at(-1)!.method).toBe("DELETE");
});

/** Uploads a file that cannot be read for its first @bad looks. */
function unread(bad: number) {
	let looks = 0;
	const read = () => ++looks <= bad
		? Promise.reject(new DOMException("", "NotReadableError"))
		: Promise.resolve(new ArrayBuffer(1));
	const file = Object.assign(new Blob(["xxxx"]), { name: "a",
		lastModified: 1, slice: (from: number, to: number) =>
			Object.assign(new Blob(["xxxx".slice(from, to)]),
			    { arrayBuffer: read }) });
	answers = Array.from({ length: 3 }, () => null);
	return queue.add([{ path: "alice:/a", file: file as unknown as File }])[0]!;
}

test("a file that cannot be read for a moment is not refused", async () => {
	const item = unread(2);
	await pass(3999);
	expect(item.status.value).toBe("sending");
	await pass(6000);
	expect(item.status.value).toBe("done");
});

test("one that cannot be read again is", async () => {
	const item = unread(Infinity);
	await pass(4300);
	expect([item.status.value, item.error.value?.code]).toEqual(
	    ["refused", "FILE"]);
	const { length } = asked;
	await pass(60_000);
	expect(asked).toHaveLength(length);
});

test("what is given up as it begins does not begin", async () => {
	const item = upload();
	queue.cancel(item);
	await pass(60_000);
	expect(asked).toEqual([]);
});

/** Sends a large file, whose beginning is answered when told to. */
async function begins() {
	let answer: (got: Answer) => void = () => undefined;
	answers = [new Promise<Answer>((done) => { answer = done; })];
	const item = upload(2 * 1024 * 1024);
	await pass(0);
	return { item, late: async (got: Answer = { status: 201,
		headers: { Location: "/api/v1/uploads/7" } }) => {
		answer(got);
		await pass(60_000);
	} };
}

const sent = () => asked.map(({ method, url }) =>
	`${method} ${url.slice(url.lastIndexOf("/") + 1)}`);

test("what is given up while it is begun is not left at the server", async () => {
	const { item, late } = await begins();
	queue.cancel(item);
	await late();
	expect(sent()).toEqual(["POST uploads", "DELETE 7"]);
	expect(stored.size).toBe(0);
});

test("nor what was paused before", async () => {
	const { item, late } = await begins();
	queue.pause(item);
	queue.cancel(item);
	await late();
	expect(sent()).toEqual(["POST uploads", "DELETE 7"]);
});

test("nor is it begun again, or told of, if that fails", async () => {
	const { item, late } = await begins();
	queue.cancel(item);
	await late(refused(502));
	expect(sent()).toEqual(["POST uploads"]);
});

test("what is paused while it is begun goes on with that", async () => {
	const { item, late } = await begins();
	queue.pause(item);
	await late();
	expect([sent(), item.url]).toEqual(
	    [["POST uploads"], "/api/v1/uploads/7"]);
	answers = [{ status: 200, headers: { "Upload-Offset": "0",
		"Upload-Length": String(item.size) } },
	    { status: 204, headers: { "Upload-Offset": String(item.size) } }];
	queue.resume(item);
	await pass(0);
	expect(sent().slice(1)).toEqual(["HEAD 7", "PATCH 7"]);
	expect(item.status.value).toBe("done");
});

test("one that was begun twice is left once", async () => {
	const { item, late } = await begins();
	queue.pause(item);
	answers = [{ status: 201, headers: { Location: "/api/v1/uploads/8" } },
	    new Promise<Answer>(() => undefined)];
	queue.resume(item);
	await pass(0);
	await late();
	expect(sent()).toEqual(["POST uploads", "POST uploads", "PATCH 8",
	    "DELETE 7"]);
	expect(item.url).toBe("/api/v1/uploads/8");
});

test("nothing begins after it was given up, at whatever moment", async () => {
	for (let moments = 0; moments < 40; moments++) {
		asked = [];
		const item = upload(2 * 1024 * 1024);
		answers = [{ status: 201,
			headers: { Location: "/api/v1/uploads/1" } },
		    { status: 204, headers: {
			"Upload-Offset": String(item.size) } }];
		for (let i = 0; i < moments; i++)
			await Promise.resolve();
		const over = item.status.value === "done";
		queue.cancel(item);
		await pass(60_000);
		expect([undefined, over ? "PATCH 1" : "DELETE 1"],
		    `after ${moments}`).toContain(sent().at(-1));
	}
});
