/* One look at a time, and one more for all the news that came during it. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, restAfter } from "../src/data/api";
import { Looks, LooksAtEach } from "../src/data/look";

/** Work that the test lets go on; each call waits for one answer. */
function held() {
	const answers: { ok: () => void; fail: (e: Error) => void }[] = [];
	let begun = 0;
	const work = () => new Promise<void>((ok, fail) => {
		begun++;
		answers.push({ ok, fail });
	});
	return { work, begun: () => begun,
		ok: () => answers.shift()!.ok(),
		fail: (e: Error) => answers.shift()!.fail(e) };
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("news during a look makes exactly one look after it", async () => {
	const h = held();
	const looks = new Looks(h.work, () => Date.now());
	for (let i = 0; i < 20; i++) {
		looks.soon(100);
		await pass(100);
	}
	expect(h.begun()).toBe(1);
	h.ok();
	await pass(0);
	expect(h.begun()).toBe(2);
	h.ok();
	await pass(60_000);
	expect(h.begun()).toBe(2);
	looks.soon(100);
	await pass(100);
	expect(h.begun()).toBe(3);
});

test("what waits long gives way to what waits less", async () => {
	let looks = 0;
	const one = new Looks(() => Promise.resolve(looks++), () => Date.now());
	one.soon(3000);
	one.soon(100);
	one.soon(500);
	await pass(100);
	expect(looks).toBe(1);
	await pass(10_000);
	expect(looks).toBe(1);
});

test("whoever asks is answered when all is looked at", async () => {
	const h = held();
	const looks = new Looks(h.work);
	const done: number[] = [];
	void looks.look().then(() => done.push(1));
	void looks.look().then(() => done.push(2));
	h.ok();
	await pass(0);
	expect(done).toEqual([]);
	h.ok();
	await pass(0);
	expect(done).toEqual([1, 2]);
	expect(h.begun()).toBe(2);
});

test("what fails for a while is looked at again, when it may be", async () => {
	const h = held();
	const looks = new Looks(h.work, () => Date.now());
	void looks.look();
	h.fail(new ApiError(503, "FSS_EUNREACH", ""));
	await pass(2999);
	expect(h.begun()).toBe(1);
	await pass(1);
	expect(h.begun()).toBe(2);
	h.fail(new ApiError(429, "FSS_ERATE", "", "", 60_000));
	await pass(59_999);
	expect(h.begun()).toBe(2);
	await pass(1);
	expect(h.begun()).toBe(3);
	h.fail(new ApiError(403, "FSS_EDENIED", ""));
	await pass(600_000);
	expect(h.begun()).toBe(3);
});

test("rests grow, and only after what passes", () => {
	const rest = (status: number, failed: number) => restAfter(
	    new ApiError(status, "", ""), failed);
	expect([0, 1, 2, 9].map((n) => rest(0, n))).toEqual(
	    [3000, 6000, 12_000, 30_000]);
	expect([400, 401, 403, 404, 409, 507].map((s) => rest(s, 0)))
		.toEqual([null, null, null, null, null, null]);
	expect(restAfter(new TypeError())).toBeNull();
	expect(restAfter(new DOMException("", "AbortError"))).toBeNull();
});

test("after its end nothing is looked at", async () => {
	const h = held();
	const looks = new Looks(h.work);
	void looks.look();
	void looks.look();
	looks.soon(100);
	looks.stop();
	h.ok();
	looks.soon(100);
	void looks.look();
	await pass(10_000);
	expect(h.begun()).toBe(1);
	expect(vi.getTimerCount()).toBe(0);
});

test("news of what fails for a while adds no looks of their own", async () => {
	let asked = 0;
	const each = new LooksAtEach<number>(() => {
		asked++;
		return Promise.reject(new ApiError(503, "FSS_EOVERLOAD", ""));
	});
	for (let i = 0; i < 20; i++) {
		each.look(7);
		await pass(500);
	}
	await pass(60_000);
	// One after the other, each half a minute after the one before.
	asked = 0;
	await pass(300_000);
	expect(asked).toBe(10);
	each.forget();
	await pass(300_000);
	expect(vi.getTimerCount()).toBe(0);
});

test("what is forgotten is not looked at by a timer of before", async () => {
	let asked = 0;
	const each = new LooksAtEach<number>(() => {
		asked++;
		return Promise.reject(new ApiError(429, "FSS_ERATE", "", "",
		    asked === 1 ? 10_000 : 60_000));
	});
	each.look(7);
	await pass(0);
	each.forget();
	expect(vi.getTimerCount()).toBe(0);
	// Who logs in next is refused as well, and for longer.
	each.look(7);
	await pass(59_999);
	expect(asked).toBe(2);
	await pass(1);
	expect(asked).toBe(3);
	each.forget();
	expect(vi.getTimerCount()).toBe(0);
});

test("nothing that is asked for as a look ends is lost", async () => {
	for (let after = 0; after < 10; after++) {
		let looks = 0;
		const one = new Looks(() => Promise.resolve(looks++));
		void one.look();
		for (let i = 0; i < after; i++)
			await Promise.resolve();
		void one.look();
		await pass(1000);
		expect([after, looks]).toEqual([after, 2]);
	}
});
