/*
 * Uploads over tus, against a server that refuses for a while: the real
 * client with something in the place of the browser's requests.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Queue } from "../src/data/queue";
import { carrier } from "../src/data/tus";

type Answer = { status: number; headers: Record<string, string> };

/** What is answered, in this order; then all is well. */
let answers: Answer[];
let asked: { method: string; at: number }[];

vi.mock("tus-js-client", async () => {
	const browser = "tus-js-client/lib.es5/browser/index.js";
	const { default: tus } = await import(/* @vite-ignore */ browser) as
	    { default: { defaultOptions: Record<string, unknown> } };
	tus.defaultOptions["httpStack"] = {
		getName: () => "test",
		createRequest: (method: string, url: string) => ({
			getMethod: () => method,
			getURL: () => url,
			setHeader: () => undefined,
			getHeader: () => undefined,
			setProgressHandler: () => undefined,
			abort: () => Promise.resolve(),
			getUnderlyingObject: () => null,
			send: () => {
				asked.push({ method, at: Date.now() });
				const { status, headers } = answers.shift() ?? {
					status: method === "POST" ? 201 : 204,
					headers: { "Upload-Offset": "4",
						Location: "/api/v1/uploads/1" } };
				return Promise.resolve({
					getStatus: () => status,
					getHeader: (name: string) => headers[name],
					getBody: () => "",
					getUnderlyingObject: () => null,
				});
			},
		}),
	};
	return tus;
});

const refused = (status: number, after?: string): Answer => ({ status,
	headers: after === undefined ? {} : { "Retry-After": after } });
let queue: Queue;
const upload = () => {
	const file = Object.assign(new Blob(["text"]), { name: "a",
		lastModified: 1 }) as File;
	return queue.add([{ path: "alice:/a", file }])[0]!;
};
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
	vi.useFakeTimers();
	answers = [];
	asked = [];
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
