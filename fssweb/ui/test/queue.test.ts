/* The queue of uploads: a few at a time, paused, lost, found again. */
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/data/api";
import { Queue, type Item } from "../src/data/queue";

type Running = { item: Item; ended: string;
	on: Parameters<ConstructorParameters<typeof Queue>[0]>[1] };

let running: Running[];
let queue: Queue;

beforeEach(() => {
	running = [];
	queue = new Queue((item, on) => {
		const one: Running = { item, on, ended: "" };
		running.push(one);
		return { stop: () => { one.ended = "stop"; },
			cancel: () => { one.ended = "cancel"; } };
	}, 2);
});

const file = (name: string, size = 10, lastModified = 1) =>
	({ name, size, lastModified } as File);
const add = (...names: string[]) => queue.add(names.map((name) =>
	({ path: `alice:/${name}`, file: file(name) })));
const states = () => queue.items.value.map((i) => i.status.value);

test("few are under way, the next begins when one is done", () => {
	const done: string[] = [];
	queue.onDone((item) => done.push(item.path));
	add("a", "b", "c");
	expect(states()).toEqual(["sending", "sending", "waiting"]);
	running[0]!.on.progress(4);
	expect([queue.sent.value, queue.total.value]).toEqual([4, 30]);
	running[0]!.on.done();
	running[0]!.on.done();
	expect(states()).toEqual(["done", "sending", "sending"]);
	expect(done).toEqual(["alice:/a"]);
	expect(queue.active.value).toBe(2);
	queue.clear();
	expect(queue.items.value).toHaveLength(2);
});

test("a pause makes room, and what it sends late counts for nothing", () => {
	const [a] = add("a", "b", "c");
	queue.pause(a!);
	expect(running[0]!.ended).toBe("stop");
	expect(states()).toEqual(["paused", "sending", "sending"]);
	running[0]!.on.done();
	running[0]!.on.failed(new ApiError(0, "NETWORK", ""), true);
	expect(a!.status.value).toBe("paused");
	queue.resume(a!);
	expect(a!.status.value).toBe("waiting");
	running[1]!.on.done();
	expect(a!.status.value).toBe("sending");
});

test("a lost network waits for its end, a refusal does not", () => {
	const [a, b] = add("a", "b");
	running[0]!.on.failed(new ApiError(0, "NETWORK", ""), true);
	running[1]!.on.failed(new ApiError(507, "FSS_EQUOTA", ""), false);
	expect(states()).toEqual(["offline", "failed"]);
	queue.online();
	expect(states()).toEqual(["sending", "failed"]);
	expect(b!.error.value?.code).toBe("FSS_EQUOTA");
	queue.resume(b!);
	expect(b!.error.value).toBeNull();
	expect(a!.status.value).toBe("sending");
	expect(b!.status.value).toBe("sending");
});

test("the same file twice is one upload", () => {
	add("a");
	add("a");
	expect(queue.items.value).toHaveLength(1);
	queue.add([{ path: "alice:/a", file: file("a", 11) }]);
	expect(queue.items.value).toHaveLength(2);
});

test("what a reload interrupted wants that very file", () => {
	queue.remember("alice:/a", 10, 1, 6, "/u/1");
	queue.remember("alice:/a", 10, 1, 6, "/u/1");
	const [item] = queue.items.value;
	expect(states()).toEqual(["needs-file"]);
	expect(queue.sent.value).toBe(6);
	expect(queue.give(item!, file("a", 11))).toBe(false);
	expect(queue.give(item!, file("a", 10, 2))).toBe(false);
	expect(running).toHaveLength(0);
	expect(queue.give(item!, file("other name"))).toBe(true);
	expect(running[0]!.item.url).toBe("/u/1");
});

test("dropping the file again goes on with it", () => {
	queue.remember("alice:/a", 10, 1, 6, "/u/1");
	expect(add("a")).toEqual([]);
	expect(states()).toEqual(["sending"]);
	expect(queue.items.value).toHaveLength(1);
});

test("giving up ends it here and there; a log-out stops all", () => {
	const [a] = add("a", "b");
	queue.cancel(a!);
	expect(running[0]!.ended).toBe("cancel");
	queue.empty();
	expect(running[1]!.ended).toBe("stop");
	expect(queue.items.value).toEqual([]);
});

test("what is refused for a while goes on by itself, when it may", () => {
	vi.useFakeTimers();
	const [a, b] = add("a", "b");
	running[0]!.on.failed(new ApiError(429, "FSS_ERATE", "", "", 20_000),
	    false);
	running[1]!.on.failed(new ApiError(503, "FSS_EOVERLOAD", ""), true);
	expect(states()).toEqual(["offline", "offline"]);
	vi.advanceTimersByTime(3000);
	expect(states()).toEqual(["offline", "sending"]);
	vi.advanceTimersByTime(17_000);
	expect(states()).toEqual(["sending", "sending"]);
	// Again: later, unless something went through meanwhile.
	running[3]!.on.failed(new ApiError(503, "FSS_EOVERLOAD", ""), true);
	running[2]!.on.progress(4);
	running[2]!.on.failed(new ApiError(503, "FSS_EOVERLOAD", ""), true);
	vi.advanceTimersByTime(3000);
	expect([a!, b!].filter((i) => i.status.value === "sending"))
		.toHaveLength(1);
	queue.pause(a!);
	queue.pause(b!);
	vi.advanceTimersByTime(60_000);
	expect(states()).toEqual(["paused", "paused"]);
	queue.empty();
	vi.useRealTimers();
});
