/* The queue of uploads: a few at a time, paused, lost, found again. */
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/data/api";
import { kept, Queue, type Item } from "../src/data/queue";

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
const told = (name: string, id: string, sent = 6, held = false) => ({
	path: `alice:/${name}`, size: 10, mtime: 1, sent, url: `/u/${id}`, held });
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

test("an upload says that another tab is before it, while it is", () => {
	const [a] = add("a");
	running[0]!.on.behind(true);
	expect([a!.status.value, a!.behind.value]).toEqual(["sending", true]);
	running[0]!.on.behind(false);
	expect(a!.behind.value).toBe(false);
	running[0]!.on.behind(true);
	queue.pause(a!);
	queue.resume(a!);
	running[0]!.on.behind(true);
	expect(a!.behind.value).toBe(false);
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

test("what is refused for good is not gone on with", () => {
	const [a, b] = add("a", "b");
	running[0]!.on.failed(new ApiError(400, "FSS_EPATH", ""), false);
	running[1]!.on.failed(new ApiError(-1, "FILE", ""), false);
	b!.url = "/u/1";
	expect(states()).toEqual(["refused", "refused"]);
	queue.resume(a!);
	queue.resumeAll();
	queue.online();
	expect(states()).toEqual(["refused", "refused"]);
	expect([queue.counts.value.refused, queue.counts.value.failed])
		.toEqual([2, 0]);
	// Given anew it is asked anew; what the server keeps is given up first.
	add("a", "b");
	expect(queue.items.value.map((i) => [i.path, i.status.value])).toEqual(
	    [["alice:/b", "refused"], ["alice:/a", "sending"],
	    ["alice:/b", "sending"]]);
	expect(queue.total.value).toBe(30);
});

test("the same file twice is one upload", () => {
	add("a");
	add("a");
	expect(queue.items.value).toHaveLength(1);
	queue.add([{ path: "alice:/a", file: file("a", 11) }]);
	expect(queue.items.value).toHaveLength(2);
});

test("what a reload interrupted wants that very file", () => {
	queue.remember([told("a", "1")]);
	queue.remember([told("a", "1")]);
	const [item] = queue.items.value;
	expect(states()).toEqual(["needs-file"]);
	expect(queue.sent.value).toBe(6);
	expect(queue.give(item!, file("a", 11))).toBe(false);
	expect(queue.give(item!, file("a", 10, 2))).toBe(false);
	expect(running).toHaveLength(0);
	expect(queue.give(item!, file("other name"))).toBe(true);
	expect(running[0]!.item.url).toBe("/u/1");
});

test("what is sent from elsewhere is not interrupted until it is", () => {
	add("mine");
	queue.items.value[0]!.url = "https://hub/u/0";
	queue.remember([told("mine", "0", 3, true), told("a", "1", 6, true),
		told("b", "2")]);
	expect(states()).toEqual(["sending", "elsewhere", "needs-file"]);
	expect(queue.sent.value).toBe(12);
	expect(queue.active.value).toBe(1);
	const a = queue.items.value[1]!;
	queue.resume(a);
	queue.resumeAll();
	queue.pauseAll();
	queue.online();
	expect(a.status.value).toBe("elsewhere");
	// Dropping the file here as well makes no second upload of it.
	expect(add("a")).toEqual([]);
	expect(queue.items.value).toHaveLength(3);
	// It comes on; another device takes up what was interrupted.
	queue.remember([told("a", "1", 8, true), told("b", "2", 6, true)]);
	expect(states().slice(1)).toEqual(["elsewhere", "elsewhere"]);
	expect(queue.sent.value).toBe(14);
	// One is interrupted, the other is done or was given up.
	queue.remember([told("a", "1", 9)]);
	expect(states().slice(1)).toEqual(["needs-file"]);
	expect(queue.give(a, file("a"))).toBe(true);
	// One that goes on here is not what the server says of it.
	queue.remember([told("a", "1", 3, true)]);
	expect(a.status.value).toBe("sending");
	// Of what is interrupted and not told of any more nothing is known.
	queue.remember([]);
	expect(queue.items.value).toContain(a);
});

test("dropping the file again goes on with it", () => {
	queue.remember([told("a", "1")]);
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

test("what only sends the same again is not progress", () => {
	vi.useFakeTimers();
	add("a");
	const rests: number[] = [];
	for (const sent of [10, 10, 10, 10]) {
		const { on } = running.at(-1)!;
		// What is refused was sent, too.
		on.progress(0);
		on.progress(sent);
		on.failed(new ApiError(503, "FSS_EOVERLOAD", ""), true);
		let ms = 0;
		for (; states()[0] === "offline"; ms += 1000)
			vi.advanceTimersByTime(1000);
		rests.push(ms);
	}
	expect(rests).toEqual([3000, 6000, 12_000, 24_000]);
	queue.empty();
	vi.useRealTimers();
});

test("of very many that are done the last are kept, and all counted", () => {
	const many = 100_000;
	queue.add(Array.from({ length: many }, (_, i) => (
		{ path: `alice:/${i}`, file: file(String(i)) })));
	// The tray looks each time.
	let shown = 0;
	for (let one = running.shift(); one; one = running.shift()) {
		one.on.progress(4);
		one.on.done();
		shown += queue.first(3).length;
	}
	expect(shown).toBe(3 * many);
	expect(queue.items.value.length).toBeLessThanOrEqual(kept);
	expect(queue.items.value.at(-1)!.path).toBe(`alice:/${many - 1}`);
	expect(queue.counts.value.done).toBe(many);
	expect([queue.sent.value, queue.total.value, queue.active.value])
		.toEqual([10 * many, 10 * many, 0]);
	add("a");
	queue.clear();
	expect([queue.sent.value, queue.total.value]).toEqual([0, 10]);
	expect(queue.counts.value.done).toBe(0);
	expect(queue.items.value).toHaveLength(1);
});

test("all are paused and gone on with, and none is begun meanwhile", () => {
	add("a", "b", "c", "d");
	queue.pause(queue.items.value[3]!);
	queue.pauseAll();
	expect(states()).toEqual(["paused", "paused", "paused", "paused"]);
	expect(running).toHaveLength(2);
	add("e");
	queue.resumeAll();
	// What was there before goes before what came.
	expect(states()).toEqual(["sending", "waiting", "waiting", "waiting",
		"sending"]);
	running[2]!.on.done();
	expect(running[4]!.item.path).toBe("alice:/b");
});

test("what needs a look is shown first", () => {
	const [, b] = add("a", "b", "c", "d");
	running[1]!.on.failed(new ApiError(507, "FSS_EQUOTA", ""), false);
	running[0]!.on.done();
	expect(queue.first(3).map((i) => i.path)).toEqual(
	    ["alice:/b", "alice:/c", "alice:/d"]);
	queue.cancel(b!);
	expect([queue.total.value, queue.sent.value]).toEqual([30, 10]);
	expect(queue.first(9)).toHaveLength(3);
});

test("what another tab sends is not taken for interrupted", () => {
	const [a] = add("a", "b");
	a!.url = "https://hub/api/v1/uploads/s1";
	expect(queue.own()).toEqual(["https://hub/api/v1/uploads/s1"]);
	queue.remember([told("c", "s2"), told("d", "s3")]);
	// Nor is one's own given up for what another tab says.
	queue.others(["https://hub/api/v1/uploads/s2",
		"https://hub/api/v1/uploads/s1"]);
	expect(queue.items.value.map((i) => [i.path, i.status.value])).toEqual(
	    [["alice:/a", "sending"], ["alice:/b", "sending"],
	    ["alice:/c", "elsewhere"], ["alice:/d", "needs-file"]]);
	expect(running[0]!.ended).toBe("");
});

test("what begins elsewhere comes, moves and goes with the looks", () => {
	const [mine] = add("mine");
	const look = (...all: Parameters<Queue["remember"]>[0]) => {
		queue.remember(all, false);
		return queue.items.value.map((i) => [i.path, i.status.value,
			i.sent.value]);
	};
	const own = ["alice:/mine", "sending", 0];
	// Its own may be told of before its address has come.
	expect(look(told("mine", "0", 3, true))).toEqual([own]);
	mine!.url = "/u/0";
	// One that nobody is at is rather just begun.
	expect(look(told("a", "1", 0))).toEqual([own]);
	expect(look(told("a", "1", 4, true))).toEqual([own,
		["alice:/a", "elsewhere", 4]]);
	expect(look(told("a", "1", 8, true))).toEqual([own,
		["alice:/a", "elsewhere", 8]]);
	// Its line broke: it can be gone on with here; or is, over there.
	expect(look(told("a", "1", 8))).toEqual([own,
		["alice:/a", "needs-file", 8]]);
	const a = queue.items.value[1]!;
	expect(look()).toEqual([own]);
	expect(queue.give(a, file("a"))).toBe(true);
	expect(running).toHaveLength(1);
	expect([queue.total.value, queue.sent.value]).toEqual([10, 0]);
});
