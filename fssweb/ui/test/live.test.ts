/* The line of news: made again after every loss, never after a log-out. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Live, pauses, quiet, type Socket } from "../src/data/live";

let sockets: (Socket & { closed: boolean })[];
let ended: number;
let live: Live;
let heard: string[];

beforeEach(() => {
	vi.useFakeTimers();
	sockets = [];
	ended = 0;
	heard = [];
	live = new Live(() => {
		const socket = { onopen: null, onclose: null, onmessage: null,
			closed: false, close() { this.closed = true; } };
		sockets.push(socket as unknown as (typeof sockets)[0]);
		return socket;
	}, () => ended++, () => .5);
	for (const type of ["hello", "file", "afresh", "doubt"])
		live.on(type, (news) => heard.push(news.type));
});
afterEach(() => vi.useRealTimers());

const last = () => sockets.at(-1)!;
const tell = (news: object) =>
	last().onmessage!({ data: JSON.stringify(news) });
const lose = (code = 1006) => last().onclose!({ code });

test("begins with a greeting and hands on what comes", () => {
	live.start();
	expect(live.line.value).toBe("connecting");
	tell({ type: "hello" });
	expect(live.line.value).toBe("live");
	tell({ type: "file", path: "/x" });
	last().onmessage!({ data: "no json" });
	last().onmessage!({ data: "null" });
	last().onmessage!({ data: '{"type":7}' });
	// What came before the line stood was not told.
	expect(heard).toEqual(["hello", "afresh", "file"]);
});

test("comes back after a loss, with pauses that grow, and says afresh", () => {
	live.start();
	tell({ type: "hello" });
	lose();
	expect(live.line.value).toBe("away");
	vi.advanceTimersByTime(pauses[0]!);
	expect(sockets).toHaveLength(2);
	lose();
	vi.advanceTimersByTime(pauses[1]! - 1);
	expect(sockets).toHaveLength(2);
	vi.advanceTimersByTime(1);
	expect(sockets).toHaveLength(3);
	tell({ type: "hello" });
	expect(live.line.value).toBe("live");
	expect(heard).toEqual(["hello", "afresh", "hello", "afresh"]);
});

test("asks who one is when it is refused again and again", () => {
	live.start();
	for (let i = 0; i < 12; i++) {
		lose();
		vi.advanceTimersByTime(20000);
	}
	expect(heard).toEqual(["doubt"]);
	expect(sockets).toHaveLength(13);
});

test("an end of the log-in is the end", () => {
	live.start();
	tell({ type: "hello" });
	tell({ type: "bye" });
	expect([ended, live.line.value]).toEqual([1, "off"]);
	lose();
	vi.advanceTimersByTime(60000);
	expect(sockets).toHaveLength(1);

	live.start();
	lose(4401);
	expect([ended, live.line.value]).toEqual([2, "off"]);
});

test("the hub away is another word than the server away", () => {
	live.start();
	tell({ type: "hello" });
	tell({ type: "down" });
	expect(live.line.value).toBe("hub");
	tell({ type: "up" });
	expect(live.line.value).toBe("live");
	expect(heard).toEqual(["hello", "afresh", "afresh"]);
});

test("a line that says nothing any more is left for another", () => {
	live.start();
	tell({ type: "hello" });
	for (let i = 0; i < 4; i++) {
		vi.advanceTimersByTime(quiet / 2);
		tell({ type: "tick" });
	}
	expect([sockets.length, live.line.value]).toEqual([1, "live"]);
	vi.advanceTimersByTime(quiet);
	expect([last().closed, live.line.value]).toEqual([true, "away"]);
	vi.advanceTimersByTime(pauses[0]!);
	expect(sockets).toHaveLength(2);
	tell({ type: "hello" });
	expect(heard).toEqual(["hello", "afresh", "hello", "afresh"]);
	// Nor is one waited for that never comes to stand.
	lose();
	vi.advanceTimersByTime(pauses[0]!);
	vi.advanceTimersByTime(quiet + pauses[1]!);
	expect(sockets).toHaveLength(4);
	// Of one that was left nothing is watched.
	live.stop();
	vi.advanceTimersByTime(quiet * 2);
	expect(sockets).toHaveLength(4);
});

test("hurries when the network is back, and not twice", () => {
	live.start();
	tell({ type: "hello" });
	live.lost();
	expect(last().closed).toBe(true);
	expect(live.line.value).toBe("away");
	live.hurry();
	live.hurry();
	expect(sockets).toHaveLength(2);
	// The old socket's late words count for nothing.
	sockets[0]!.onmessage!({ data: '{"type":"file"}' });
	sockets[0]!.onclose!({ code: 1006 });
	expect(heard).toEqual(["hello", "afresh"]);
	live.stop();
	live.hurry();
	expect(sockets).toHaveLength(2);
});

test("who looks again after a sleep waits for no watch", () => {
	live.start();
	tell({ type: "hello" });
	live.hurry();
	expect(sockets).toHaveLength(1);
	// Time went on, and no timer did.
	vi.setSystemTime(Date.now() + quiet);
	live.hurry();
	expect([sockets[0]!.closed, sockets.length]).toEqual([true, 2]);
	tell({ type: "hello" });
	expect(live.line.value).toBe("live");
	vi.advanceTimersByTime(quiet - 1);
	expect(sockets).toHaveLength(2);
});
