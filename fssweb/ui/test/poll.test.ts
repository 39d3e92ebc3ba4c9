/* Looking again: lightly, only while seen, never twice at once. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/data/api";
import { attended, Poll, seen as inSight, type Sight } from "../src/data/poll";

let seen: boolean;
let listeners: Set<() => void>;
const sight: Sight = { visible: () => seen, on: (change) => {
	listeners.add(change);
	return () => void listeners.delete(change);
} };
const show = (on: boolean) => {
	seen = on;
	for (const f of listeners)
		f();
};
const now = () => Date.now();
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A poll whose looks do @work, which is told the how many-th it is. */
function polled(work: (nth: number) => Promise<unknown> = () =>
    Promise.resolve(), every = 100, by: Sight = sight) {
	let looks = 0;
	const poll = new Poll(() => work(++looks), every, by, now);
	return { poll, looks: () => looks };
}

const slow = () => new Promise((done) => setTimeout(done, 1000));

beforeEach(() => {
	vi.useFakeTimers();
	seen = true;
	listeners = new Set();
});
afterEach(() => vi.useRealTimers());

test("looks again after each pause, until it is stopped", async () => {
	const { poll, looks } = polled();
	poll.start();
	poll.start();
	await pass(99);
	expect(looks()).toBe(0);
	await pass(1);
	expect(looks()).toBe(1);
	await pass(200);
	expect(looks()).toBe(3);
	poll.stop();
	await pass(10_000);
	expect(looks()).toBe(3);
	expect(vi.getTimerCount()).toBe(0);
	expect(listeners.size).toBe(0);
});

test("a first look is at once where that is asked for", async () => {
	const { poll, looks } = polled();
	poll.start(true);
	expect(looks()).toBe(1);
	await pass(100);
	expect(looks()).toBe(2);
	poll.stop();
});

test("nothing is asked while hidden, and at once when shown", async () => {
	const { poll, looks } = polled();
	poll.start();
	show(false);
	await pass(60_000);
	expect(looks()).toBe(0);
	expect(vi.getTimerCount()).toBe(0);
	show(true);
	expect(looks()).toBe(1);
	await pass(100);
	expect(looks()).toBe(2);
	// A short look away owes nothing.
	show(false);
	show(true);
	expect(looks()).toBe(2);
	poll.stop();
});

test("a slow answer is not asked for twice, and rested after", async () => {
	const { poll, looks } = polled(slow);
	poll.start();
	await pass(100 + 999);
	show(true);
	expect(looks()).toBe(1);
	await pass(1 + 2999);
	expect(looks()).toBe(1);
	await pass(1);
	expect(looks()).toBe(2);
	poll.stop();
	await pass(60_000);
	expect(looks()).toBe(2);
});

test("failures are followed by longer and longer pauses", async () => {
	let fail = true;
	const { poll, looks } = polled(() => fail
		? Promise.reject(new Error("away")) : Promise.resolve());
	poll.start();
	await pass(100);
	expect(looks()).toBe(1);
	await pass(199);
	expect(looks()).toBe(1);
	await pass(1);
	expect(looks()).toBe(2);
	await pass(399);
	expect(looks()).toBe(2);
	await pass(1);
	expect(looks()).toBe(3);
	await pass(600_000);
	expect(looks()).toBeLessThan(35);
	fail = false;
	await pass(30_000);
	const before = looks();
	await pass(100);
	expect(looks()).toBe(before + 1);
	poll.stop();
});

test("nobody at the page for minutes: nothing is asked until a hand moves",
    async () => {
	const hands = new EventTarget();
	const { poll, looks } = polled(undefined, 1000,
	    attended(sight, hands, now));
	poll.start();
	await pass(299_999);
	expect(looks()).toBe(299);
	await pass(600_000);
	expect(looks()).toBe(299);
	expect(vi.getTimerCount()).toBe(0);
	hands.dispatchEvent(new Event("keydown"));
	expect(looks()).toBe(300);
	await pass(1000);
	expect(looks()).toBe(301);
	poll.stop();
	expect(listeners.size).toBe(0);
	hands.dispatchEvent(new Event("keydown"));
	await pass(1000);
	expect(looks()).toBe(301);
});

test("all who follow a page know of each hand on it", async () => {
	const hands = new EventTarget(), by = attended(sight, hands, now);
	const one = polled(undefined, 1000, by), two = polled(undefined, 1000, by);
	one.poll.start();
	await pass(400_000);
	const looks = one.looks();
	two.poll.start();
	await pass(1000);
	hands.dispatchEvent(new Event("wheel"));
	expect([one.looks(), two.looks()]).toEqual([looks + 1, 1]);
	one.poll.stop();
	await pass(299_000);
	hands.dispatchEvent(new Event("wheel"));
	await pass(299_000);
	expect([one.looks(), two.looks()]).toEqual([looks + 1, 599]);
	two.poll.stop();
	expect(listeners.size).toBe(0);
});

test("who says nothing of it rests where nobody is, what is shown does not",
    async () => {
	const hands = new EventTarget();
	for (const on of ["addEventListener", "removeEventListener"] as const)
		vi.stubGlobal(on, hands[on].bind(hands));
	vi.stubGlobal("document", Object.assign(new EventTarget(),
	    { visibilityState: "visible" }));
	let follows = 0, shown = 0;
	const polls = [new Poll(async () => void follows++, 1000),
		new Poll(async () => void shown++, 1000, inSight)];
	for (const poll of polls)
		poll.start();
	hands.dispatchEvent(new Event("keydown"));
	await pass(900_000);
	expect(follows).toBeLessThanOrEqual(300);
	expect(shown).toBe(900);
	hands.dispatchEvent(new Event("keydown"));
	await pass(0);
	expect(follows).toBeGreaterThanOrEqual(300);
	for (const poll of polls)
		poll.stop();
	vi.unstubAllGlobals();
});

test("a look asked for during another is made after it, once", async () => {
	const { poll, looks } = polled(slow);
	poll.now();
	expect(looks()).toBe(0);
	poll.start(true);
	for (let i = 0; i < 5; i++)
		poll.now();
	expect(looks()).toBe(1);
	await pass(1000);
	expect(looks()).toBe(2);
	await pass(1000 + 2999);
	expect(looks()).toBe(2);
	await pass(1);
	expect(looks()).toBe(3);
	poll.stop();
	poll.now();
	await pass(60_000);
	expect(looks()).toBe(3);
});

test("an answer that says when is not asked again before", async () => {
	const { poll, looks } = polled((nth) => Promise.reject(
	    new ApiError(429, "FSS_ERATE", "", "", nth === 1 ? 60_000 : 1e12)));
	poll.start(true);
	await pass(59_999);
	expect(looks()).toBe(1);
	await pass(1);
	expect(looks()).toBe(2);
	// Nobody is believed who says "in thirty years".
	await pass(3_600_000);
	expect(looks()).toBe(3);
	poll.stop();
});
