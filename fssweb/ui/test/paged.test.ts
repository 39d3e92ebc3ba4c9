/* Lists by cursor: growing, refreshing, changing in place. */
import { effect } from "@preact/signals";
import { expect, test, vi } from "vitest";
import { Paged, type Page } from "../src/data/paged";
import { ApiError } from "../src/data/api";
import type { Paging } from "../src/data/calls";

type Row = { id: number; v?: string };

/** A list of @n rows at the server, in pages of the limit asked for. */
function server(n: number) {
	const rows: Row[] = Array.from({ length: n }, (_, id) => ({ id }));
	const asked: (string | undefined)[] = [];
	const fetch = ({ cursor, limit = 100, back }: Paging):
	    Promise<Page<Row>> => {
		asked.push(back ? `<${cursor ?? ""}` : cursor);
		if (back) {
			const to = Number(cursor ?? rows.length);
			const from = Math.max(0, to - limit);
			return Promise.resolve({
				rows: rows.slice(from, to).reverse(),
				...(from > 0 && { cursor: String(from) }) });
		}
		const from = Number(cursor ?? 0), to = from + limit;
		const page: Page<Row> = { rows: rows.slice(from, to) };
		if (to < rows.length)
			page.cursor = String(to);
		return Promise.resolve(page);
	};
	return { rows, asked, fetch };
}

const ids = (list: Paged<Row>) => list.rows.value.map((r) => r.id);
const byId = (a: Row, b: Row) => a.id - b.id;

test("grows page by page to its end", async () => {
	const s = server(25);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10);
	expect(list.fresh.value).toBe(true);
	await list.more();
	expect(list.rows.value).toHaveLength(10);
	await list.start(9);
	expect(ids(list)).toEqual(s.rows.map((r) => r.id));
	expect(list.done.value).toBe(true);
	await list.more();
	expect(s.asked).toEqual([undefined, "10", "20"]);
});

test("asks once for what is asked for twice", async () => {
	const s = server(5);
	const list = new Paged<Row>(s.fetch, (r) => r.id);
	await Promise.all([list.more(), list.more()]);
	expect(s.asked).toHaveLength(1);
});

test("empty pages are passed over, they are not the end", async () => {
	const pages: Page<Row>[] = [{ rows: [], cursor: "a" },
		{ rows: [], cursor: "b" }, { rows: [{ id: 1 }] }];
	const list = new Paged<Row>(() => Promise.resolve(pages.shift()!),
	    (r) => r.id);
	await list.more();
	expect(ids(list)).toEqual([1]);
	expect(list.done.value).toBe(true);
});

test("a failure is kept and can be tried again", async () => {
	let fail = true;
	const s = server(3);
	const list = new Paged<Row>((page) => fail
		? Promise.reject(new ApiError(503, "FSS_EUNREACH", ""))
		: s.fetch(page), (r) => r.id);
	await list.more();
	expect(list.error.value?.code).toBe("FSS_EUNREACH");
	expect(list.loading.value).toBe(false);
	fail = false;
	await list.more();
	expect(list.error.value).toBeNull();
	expect(ids(list)).toEqual([0, 1, 2]);
});

test("a change goes in its place; behind the last page it waits", async () => {
	const s = server(30);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10, byId);
	await list.more();
	list.put({ id: 4, v: "new" });
	expect(list.rows.value[4]).toEqual({ id: 4, v: "new" });
	list.put({ id: 4.5 });
	expect(ids(list).slice(4, 7)).toEqual([4, 4.5, 5]);
	list.put({ id: 99 });
	expect(ids(list)).not.toContain(99);
	list.drop(0);
	list.drop(12345);
	expect(ids(list)[0]).toBe(1);
	await list.start(5);
	list.put({ id: 99 });
	expect(ids(list).at(-1)).toBe(99);
	list.put({ id: -1 });
	expect(ids(list)[0]).toBe(-1);
	const plain = new Paged<Row>(s.fetch, (r) => r.id, 10);
	await plain.more();
	plain.put({ id: 50 });
	plain.put({ id: 3, v: "new" });
	expect(ids(plain).slice(0, 3)).toEqual([50, 0, 1]);
	expect(plain.rows.value[4]).toEqual({ id: 3, v: "new" });
});

test("what was put is not there twice when its page comes", async () => {
	const s = server(20);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10);
	await list.more();
	list.put({ id: 10 });
	await list.more();
	expect(ids(list).filter((id) => id === 10)).toHaveLength(1);
	expect(list.rows.value).toHaveLength(20);
});

test("a refresh replaces quietly and forgets late answers", async () => {
	const s = server(30);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10);
	await list.start(2);
	s.rows.splice(0, 5);
	await list.refresh();
	expect(ids(list)).toEqual(s.rows.slice(0, 20).map((r) => r.id));
	expect(list.done.value).toBe(false);

	let answer: (page: Page<Row>) => void = () => undefined;
	const slow = new Paged<Row>(() => new Promise((r) => { answer = r; }),
	    (r) => r.id);
	const late = slow.more();
	slow.stop();
	answer({ rows: [{ id: 7 }] });
	await late;
	expect(slow.rows.value).toEqual([]);
});

test("reaches the end when asked to, and stops when told", async () => {
	const s = server(1000);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10, byId);
	await list.reach(55);
	expect(list.rows.value).toHaveLength(60);
	const end = list.reach(Infinity);
	list.enough();
	await end;
	expect(list.rows.value).toHaveLength(70);
	await list.reach(Infinity);
	expect(ids(list)).toEqual(s.rows.map((r) => r.id));
	expect(list.done.value).toBe(true);
	expect(s.asked).toHaveLength(100);
});

test("the end is gone to without what lies between, and back", async () => {
	const s = server(1000);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10, byId);
	await list.start(2);
	await list.jump("end");
	expect(s.asked).toEqual([undefined, "10", "<"]);
	expect(ids(list)).toEqual(s.rows.slice(990).map((r) => r.id));
	expect([list.done.value, list.top.value]).toEqual([true, false]);
	const moved = list.moved.value;
	await list.before();
	expect(ids(list)).toEqual(s.rows.slice(980).map((r) => r.id));
	expect(list.moved.value - moved).toBe(10);
	// A change in sight, one new at the end, one in front of what is here.
	s.rows.splice(995, 1, { id: 995, v: "new" });
	s.rows.push({ id: 1000 });
	list.seen(0, 30);
	await list.refresh();
	expect(list.rows.value[15]!.v).toBe("new");
	list.put({ id: 1000 });
	list.put({ id: 5.5 });
	expect(ids(list)).toEqual(s.rows.slice(980, 1000).map((r) => r.id));
	await list.more();
	await list.reachTop();
	expect(ids(list)).toEqual(s.rows.map((r) => r.id));
	expect([list.done.value, list.top.value]).toEqual([true, true]);

	const other = new Paged<Row>(s.fetch, (r) => r.id, 10, byId);
	await other.more();
	await other.jump("end");
	await other.jump("top");
	expect(ids(other)).toEqual(s.rows.slice(0, 10).map((r) => r.id));
	expect([other.done.value, other.top.value]).toEqual([false, true]);
	await other.more();
	expect(ids(other)).toEqual(s.rows.slice(0, 20).map((r) => r.id));
});

test("what comes first in the first page here comes with it", async () => {
	const s = server(40);
	// Places between names, as the hub's cursors are.
	const list = new Paged<Row>(({ cursor, limit = 10, back }) => {
		const at = Number(cursor ?? (back ? 1e9 : -1));
		const found = back
			? s.rows.filter((r) => r.id <= at).reverse()
			: s.rows.filter((r) => r.id > at);
		const rows = found.slice(0, limit), last = rows.at(-1);
		return Promise.resolve({ rows, ...(found.length > limit && {
			cursor: String(last!.id - (back ? .5 : 0)) }) });
	}, (r) => r.id, 10, byId);
	await list.more();
	await list.jump("end");
	expect(ids(list)[0]).toBe(30);
	list.seen(0, 10);
	s.rows.splice(30, 0, { id: 29.8 });
	list.put({ id: 29.8 });
	await vi.waitFor(() => expect(ids(list)[0]).toBe(29.8));
	s.rows.splice(5, 0, { id: 4.5 });
	list.put({ id: 4.5 });
	await list.reachTop();
	await list.more();
	expect(ids(list)).toEqual(s.rows.map((r) => r.id));
});

test("a jump that is not wanted any more changes nothing", async () => {
	const s = server(100), waiting: (() => void)[] = [];
	const list = new Paged<Row>(async (page) => {
		const got = await s.fetch(page);
		if (page.back)
			await new Promise<void>((r) => waiting.push(r));
		return got;
	}, (r) => r.id, 10, byId);
	await list.more();
	const jump = list.jump("end");
	await vi.waitFor(() => expect(waiting).toHaveLength(1));
	list.enough();
	waiting[0]!();
	await jump;
	expect(ids(list)[0]).toBe(0);
	expect(list.loading.value).toBe(false);
	await list.more();
	expect(list.rows.value).toHaveLength(20);
});

test("what changes while one jumps is as it is then", async () => {
	const s = server(100), waiting: (() => void)[] = [];
	let slow = true;
	const list = new Paged<Row>(async (page) => {
		const got = await s.fetch(page);
		if (slow)
			await new Promise<void>((r) => waiting.push(r));
		return got;
	}, (r) => r.id, 10, byId);
	const first = list.more();
	await vi.waitFor(() => expect(waiting).toHaveLength(1));
	waiting.pop()!();
	await first;
	const jump = list.jump("end");
	await vi.waitFor(() => expect(waiting).toHaveLength(1));
	s.rows.splice(95, 4, { id: 95, v: "new" }, { id: 96 }, { id: 98.5 });
	list.put({ id: 95, v: "new" });
	list.drop(97);
	list.drop(98);
	list.put({ id: 98.5 });
	slow = false;
	list.seen(0, 10);
	waiting[0]!();
	await jump;
	await vi.waitFor(() =>
		expect(list.rows.value).toEqual(s.rows.slice(90)));
});

test("what is far from sight is let go of, and comes again", async () => {
	const s = server(200);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10, byId, 50);
	const walk = async (step: () => Promise<void>, over: () => boolean,
	    sight: () => [number, number]) => {
		while (!over()) {
			list.seen(...sight());
			await step();
			expect(list.rows.value.length).toBeLessThanOrEqual(50);
			const first = ids(list)[0]!;
			expect(ids(list)).toEqual(s.rows.slice(first,
			    first + list.rows.value.length).map((r) => r.id));
		}
	};
	const end = (): [number, number] =>
		[list.rows.value.length - 5, list.rows.value.length];
	await walk(() => list.more(), () => list.done.value, end);
	expect(ids(list).at(-1)).toBe(199);
	expect(list.top.value).toBe(false);
	expect(list.moved.value).toBe(-150);
	await walk(() => list.before(), () => list.top.value, () => [0, 5]);
	expect(ids(list)[0]).toBe(0);
	expect(list.done.value).toBe(false);
	expect(list.moved.value).toBe(0);
	// What was put in place is there again when its page comes again.
	s.rows[7] = { id: 7, v: "new" };
	list.put({ id: 7, v: "new" });
	await walk(() => list.more(), () => list.done.value, end);
	await walk(() => list.before(), () => list.top.value, () => [0, 5]);
	expect(list.rows.value[7]!.v).toBe("new");
	// Not while rows are chosen, nor when all are wanted.
	list.hold = true;
	await list.reach(Infinity);
	expect(list.rows.value).toHaveLength(200);
});

test("of a long list only what is in sight is asked for again", async () => {
	const s = server(5000);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 100, byId);
	await list.reach(3000);
	list.seen(2010, 2050);
	s.asked.length = 0;
	// A row that went, one that came, one that changed; and one far away.
	s.rows.splice(2020, 1, { id: 2019.5 });
	s.rows[2030] = { id: 2030, v: "new" };
	s.rows.splice(5, 1);
	s.rows.splice(5, 0, { id: 4.5 });
	await list.refresh();
	expect(s.asked).toEqual(["2000"]);
	expect(list.rows.value).toHaveLength(3000);
	expect(ids(list).slice(2019, 2022)).toEqual([2019, 2019.5, 2021]);
	expect(list.rows.value[2030]!.v).toBe("new");
	expect(ids(list)).toContain(5);
	list.seen(0, 40);
	await vi.waitFor(() => expect(ids(list)).not.toContain(5));
	expect(ids(list)).toContain(4.5);
	expect(s.asked).toEqual(["2000", undefined]);
});

test("a part that shrank or grew keeps the rows around it", async () => {
	const s = server(2000);
	// The cursors of this server count rows; the hub's do not.
	const list = new Paged<Row>(({ cursor, limit = 100 }) => {
		const rows = s.rows.filter((r) => r.id >= Number(cursor ?? 0));
		const page: Page<Row> = { rows: rows.slice(0, limit) };
		if (rows.length > limit)
			page.cursor = String(rows[limit]!.id);
		return Promise.resolve(page);
	}, (r) => r.id, 100, byId);
	await list.reach(Infinity);
	list.seen(100, 300);
	const gone = s.rows.splice(150, 30);
	await list.refresh();
	expect(ids(list)).toEqual(s.rows.map((r) => r.id));
	s.rows.splice(150, 0, ...gone, ...gone.map((r) => ({ id: r.id + .5 })));
	s.rows.sort(byId);
	await list.refresh();
	expect(ids(list)).toEqual(s.rows.map((r) => r.id));
	// And the end.
	list.seen(2000, 2030);
	s.rows.push({ id: 9000 });
	await list.refresh();
	expect(list.done.value).toBe(false);
	await list.more();
	expect(ids(list).at(-1)).toBe(9000);
	expect(list.done.value).toBe(true);
});

test("a change while a part is asked for is not undone by it", async () => {
	const s = server(2000);
	let hold: Promise<void> | null = null;
	const list = new Paged<Row>(async (page) => {
		const got = await s.fetch(page);
		if (hold)
			await hold;
		return got;
	}, (r) => r.id, 100, byId);
	await list.reach(Infinity);
	list.seen(0, 10);
	let go: () => void = () => undefined;
	hold = new Promise((done) => { go = done; });
	const again = list.refresh();
	await Promise.resolve();
	s.rows[3] = { id: 3, v: "new" };
	list.put({ id: 3, v: "new" });
	hold = null;
	go();
	await again;
	expect(list.rows.value[3]!.v).toBe("new");
});

test("a look draws nothing anew if nothing changed", async () => {
	const s = server(30);
	const list = new Paged<Row>(({ cursor, limit }) => s.fetch({ cursor,
		limit: limit! }).then((p) => structuredClone(p)), (r) => r.id, 10);
	await list.look();
	expect(s.asked).toHaveLength(0);
	await list.start(2);
	const before = list.rows.value;
	let drawn = -2;		// Each effect runs once to begin with.
	const stop = [effect(() => void (list.rows.value, drawn++)),
		effect(() => void (list.loading.value, drawn++))];
	await list.look();
	expect(list.rows.value).toBe(before);
	expect(drawn).toBe(0);
	s.rows[4] = { id: 4, v: "new" };
	await list.look();
	expect(list.rows.value[4]!.v).toBe("new");
	expect(drawn).toBe(1);
	for (const f of stop)
		f();
});

test("what is gone as a whole is shown as gone, and comes back", async () => {
	let status = 0;
	const s = server(30);
	const list = new Paged<Row>((page) => status
		? Promise.reject(new ApiError(status, "FSS_ENOENT", ""))
		: s.fetch(page), (r) => r.id, 10);
	await list.more();
	status = 503;
	await expect(list.look()).rejects.toThrow();
	expect(list.error.value).toBeNull();
	expect(list.rows.value).toHaveLength(10);
	status = 404;
	await list.look();
	expect(list.error.value?.status).toBe(404);
	expect(list.rows.value).toHaveLength(0);
	status = 0;
	await list.look();
	expect(list.error.value).toBeNull();
	expect(list.rows.value).toHaveLength(10);
});

test("new rows at the front of what never changes", async () => {
	const s = server(30);
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10);
	await list.start(2);
	s.rows.unshift({ id: 101 }, { id: 100 });
	await list.head();
	expect(ids(list).slice(0, 4)).toEqual([101, 100, 0, 1]);
	expect(list.rows.value).toHaveLength(22);
	s.rows.unshift(...Array.from({ length: 40 }, (_, i) => ({ id: 300 - i })));
	await list.head();
	expect(ids(list)[0]).toBe(300);
	expect(new Set(ids(list)).size).toBe(list.rows.value.length);
});

for (const n of [5, 2000])
	test(`what is here and could not be looked at is, when asked: ${n}`,
	    async () => {
		let status = 0;
		const s = server(n);
		const list = new Paged<Row>((page) => status
			? Promise.reject(new ApiError(status, "FSS_EUNREACH", ""))
			: s.fetch(page), (r) => r.id, 100);
		await list.reach(n);
		expect(list.done.value).toBe(true);
		status = 503;
		await list.refresh();
		expect(list.error.value?.status).toBe(503);
		expect(list.rows.value).toHaveLength(n);
		status = 0;
		s.rows[0]!.v = "new";
		await list.more();
		expect(list.error.value).toBeNull();
		expect(list.rows.value[0]!.v).toBe("new");
	});

/** A list whose answers wait until the test lets them go. */
function held(n: number, order?: (a: Row, b: Row) => number) {
	const s = server(n), waiting: (() => void)[] = [];
	let hold = false, most = 0;
	const list = new Paged<Row>(async (page) => {
		const got = await s.fetch(page);
		if (hold) {
			const let_go = new Promise<void>((r) => waiting.push(r));
			most = Math.max(most, waiting.length);
			await let_go;
		}
		return got;
	}, (r) => r.id, 10, order);
	return { s, list, hold: () => { hold = true; }, most: () => most,
		go: async () => {
			waiting.shift()?.();
			for (let i = 0; i < 20; i++)
				await Promise.resolve();
		} };
}

test("refreshes do not overtake each other", async () => {
	const h = held(5);
	await h.list.more();
	h.hold();
	h.s.rows[0] = { id: 0, v: "one" };
	const all = [h.list.refresh(), h.list.refresh(), h.list.refresh()];
	await Promise.resolve();
	h.s.rows[0] = { id: 0, v: "two" };
	await h.go();
	expect(h.list.rows.value[0]!.v).toBe("one");
	await h.go();
	expect(h.list.rows.value[0]!.v).toBe("two");
	await Promise.all(all);
	expect([h.s.asked.length, h.most()]).toEqual([3, 1]);
});

test("what is put in place during a refresh is not undone by it", async () => {
	const h = held(5);
	await h.list.more();
	h.hold();
	const again = h.list.refresh();
	await Promise.resolve();
	h.s.rows[3] = { id: 3, v: "new" };
	h.list.put({ id: 3, v: "new" });
	await h.go();
	expect(h.list.rows.value[3]!.v).toBe("new");
	await h.go();
	await again;
	expect(h.list.rows.value[3]!.v).toBe("new");
	expect(h.list.loading.value).toBe(false);
});

test("more that is asked for during a refresh comes after it", async () => {
	const h = held(20);
	await h.list.more();
	h.hold();
	const again = h.list.refresh();
	await h.list.more();
	await h.go();
	await h.go();
	await again;
	expect(h.list.rows.value).toHaveLength(20);
});

test("more that was on its way when all was asked for again still comes",
    async () => {
	const h = held(40);
	await h.list.more();
	h.hold();
	const end = h.list.reach(Infinity);
	await Promise.resolve();
	const again = h.list.refresh();
	for (let i = 0; i < 8; i++)
		await h.go();
	await Promise.all([end, again]);
	expect(ids(h.list)).toEqual(h.s.rows.map((r) => r.id));
	expect([h.list.done.value, h.list.loading.value]).toEqual([true, false]);
});

test("the first page that was on its way comes once, and no second one",
    async () => {
	const h = held(40);
	h.hold();
	const first = h.list.start();
	await Promise.resolve();
	const again = h.list.refresh();
	for (let i = 0; i < 8; i++)
		await h.go();
	await Promise.all([first, again]);
	expect(h.list.rows.value).toHaveLength(10);
	expect([h.list.done.value, h.list.loading.value]).toEqual([false, false]);
});

test("a page on its way does not bring back what is older than news",
    async () => {
	const h = held(40, byId);
	await h.list.more();
	h.hold();
	const more = h.list.more();
	await Promise.resolve();
	h.s.rows[12] = { id: 12, v: "new" };
	h.list.put({ id: 12, v: "new" });
	h.s.rows.splice(15, 1);
	h.list.drop(15);
	await h.go();
	await more;
	expect(h.list.rows.value[12]).toEqual({ id: 12, v: "new" });
	expect(ids(h.list)).not.toContain(15);
	// Nor does all of it anew.
	h.s.rows.splice(1, 0, { id: .5 });
	const again = h.list.refresh();
	await Promise.resolve();
	h.s.rows.splice(1, 1);
	h.list.drop(.5);
	for (let i = 0; i < 8; i++)
		await h.go();
	await again;
	expect(ids(h.list)).not.toContain(.5);
	// What came later is as the server says.
	h.s.rows[25] = { id: 26, v: "later" };
	const next = h.list.more();
	await Promise.resolve();
	await h.go();
	await next;
	expect(h.list.rows.value[25]).toEqual({ id: 26, v: "later" });
});

/** A server whose cursors are places between rows, as the hub's are. */
function placed(n: number) {
	const s = { rows: Array.from({ length: n }, (_, id): Row => ({ id })),
		asked: 0, waiting: [] as (() => void)[],
		hold: (_: Paging): boolean => false };
	const answer = async (page: Paging): Promise<Page<Row>> => {
		const { cursor, limit = 10, back } = page;
		s.asked++;
		const at = Number(cursor ?? (back ? 1e9 : -1));
		const found = back
			? s.rows.filter((r) => r.id <= at).reverse()
			: s.rows.filter((r) => r.id > at);
		const rows = found.slice(0, limit), last = rows.at(-1);
		if (s.hold(page))
			await new Promise<void>((r) => s.waiting.push(r));
		return { rows, ...(found.length > limit && {
			cursor: String(last!.id - (back ? .5 : 0)) }) };
	};
	const list = new Paged<Row>(answer, (r) => r.id, 10, byId);
	const go = async () => {
		s.waiting.shift()!();
		for (let i = 0; i < 30; i++)
			await Promise.resolve();
	};
	return { s, list, go };
}

test("an end that grew is kept whole while what is before it comes",
    async () => {
	const { s, list, go } = placed(60);
	await list.more();
	await list.jump("end");
	for (let i = 0; i < 5; i++) {
		s.rows.push({ id: 60 + i });
		list.put({ id: 60 + i });
	}
	expect(ids(list)).toEqual(s.rows.slice(50).map((r) => r.id));
	list.seen(0, 20);
	s.hold = (page) => page.back === true;
	const before = list.before();
	await vi.waitFor(() => expect(s.waiting).toHaveLength(1));
	s.rows[55] = { id: 55, v: "new" };
	await list.refresh();
	expect(list.rows.value).toEqual(s.rows.slice(50));
	expect(list.done.value).toBe(true);
	await go();
	await before;
	expect(list.rows.value).toEqual(s.rows.slice(40));
});

for (const late of [false, true])
	test(`the last part and the page after it do not overlap: ${late}`,
	    async () => {
		const { s, list, go } = placed(2000);
		await list.reach(1500);
		list.seen(1480, 1500);
		// Five go and two come where one looks: the end is another.
		s.rows.splice(1492, 5);
		s.rows.splice(1491, 0, { id: 1490.2 }, { id: 1490.4 });
		let first = true;
		s.hold = ({ cursor }) => {
			const more = cursor === "1499";
			if (more !== late)
				return false;
			const held = first;
			first = false;
			return held;
		};
		// One of the two answers comes last: of what is new, or of the part.
		const more = list.more(), again = list.refresh();
		await vi.waitFor(() => expect(s.waiting).toHaveLength(1));
		await (late ? again : Promise.race([more, Promise.resolve()]));
		await go();
		await Promise.all([more, again]);
		expect(ids(list)).toEqual(s.rows.slice(0, list.rows.value.length)
			.map((r) => r.id));
		await list.reach(Infinity);
		expect(ids(list)).toEqual(s.rows.map((r) => r.id));
	});

test("all in sight are asked for though one of them is already", async () => {
	const { s, list, go } = placed(2000);
	await list.reach(Infinity);
	list.seen(0, 30);
	s.hold = ({ cursor }) => cursor === undefined;
	s.rows[7] = { id: 7, v: "first" };
	const one = list.refresh();
	await vi.waitFor(() => expect(s.waiting).toHaveLength(1));
	// After the question for the first part, and nobody says that it is old.
	s.rows[7] = { id: 7, v: "second" };
	const all = list.look();
	s.hold = () => false;
	await go();
	await Promise.all([one, all]);
	expect(list.rows.value[7]!.v).toBe("second");
	const { asked } = s;
	await list.look();
	expect(s.asked - asked).toBe(3);
});

test("nothing that grows old as a part has come is left so", async () => {
	for (let after = 0; after < 20; after++) {
		const { s, list } = placed(1100);
		await list.reach(Infinity);
		list.seen(0, 5);
		void list.refresh();
		for (let i = 0; i < after; i++)
			await Promise.resolve();
		s.rows[3] = { id: 3, v: "new" };
		void list.refresh();
		for (let i = 0; i < 60; i++)
			await Promise.resolve();
		expect([after, list.rows.value[3]!.v]).toEqual([after, "new"]);
	}
});

test("what comes between the last row and the next page is not passed over",
    async () => {
	const { s, list } = placed(30);
	await list.more();
	s.rows.splice(9, 1);
	list.drop(9);
	await vi.waitFor(() => expect(ids(list).at(-1)).toBe(10));
	s.rows.splice(9, 0, { id: 8.5 });
	list.put({ id: 8.5 });
	await list.reach(Infinity);
	expect(ids(list)).toEqual(s.rows.map((r) => r.id));
});

test("what came and went while a part was asked for is not shown", async () => {
	const { s, list, go } = placed(2000);
	await list.reach(Infinity);
	list.seen(0, 5);
	s.rows.splice(4, 0, { id: 3.5 });
	s.hold = () => true;
	const again = list.refresh();
	await vi.waitFor(() => expect(s.waiting).toHaveLength(1));
	s.rows.splice(4, 1);
	list.drop(3.5);
	s.hold = () => false;
	await go();
	await again;
	expect(ids(list)).not.toContain(3.5);
	// Nor by a look at a short list.
	const short = placed(10);
	await short.list.more();
	short.s.rows.splice(4, 0, { id: 3.5 });
	short.s.hold = () => true;
	const look = short.list.look();
	await vi.waitFor(() => expect(short.s.waiting).toHaveLength(1));
	short.s.rows.splice(4, 1);
	short.list.drop(3.5);
	await short.go();
	await look;
	expect(ids(short.list)).not.toContain(3.5);
});

test("a jump into what is gone is over, and what comes back is as it is",
    async () => {
	let status = 0;
	const s = server(30);
	const list = new Paged<Row>((page) => status
		? Promise.reject(new ApiError(status, "FSS_ENOENT", ""))
		: s.fetch(page), (r) => r.id, 10, byId);
	await list.more();
	status = 404;
	const jump = list.jump("end");
	list.drop(3);
	await jump;
	expect(list.error.value?.status).toBe(404);
	status = 0;
	await list.more();
	expect(ids(list)).toEqual(s.rows.slice(0, 10).map((r) => r.id));
	// Nothing is on its way that enough() would have to stop.
	const page = list.more();
	list.enough();
	await page;
	expect(list.rows.value).toHaveLength(20);
});

test("what changed during a jump that was given up is not undone later",
    async () => {
	const { s, list, go } = placed(40);
	await list.more();
	s.hold = (page) => page.back === true;
	const jump = list.jump("end");
	await vi.waitFor(() => expect(s.waiting).toHaveLength(1));
	s.rows[12] = { id: 12, v: "one" };
	s.rows.splice(15, 1);
	list.put({ id: 12, v: "one" });
	list.drop(15);
	list.enough();
	await go();
	await jump;
	s.rows[12] = { id: 12, v: "two" };
	s.rows.splice(15, 0, { id: 15 });
	await list.more();
	expect(list.rows.value).toEqual(s.rows.slice(0, 20));
});

for (const given of [false, true])
	test(`a jump goes on after all was asked for anew: not if ${given}`,
	    async () => {
		const { s, list, go } = placed(40);
		await list.more();
		s.hold = (page) => page.back === true;
		const jump = list.jump("end");
		await vi.waitFor(() => expect(s.waiting).toHaveLength(1));
		const again = list.refresh();
		if (given)
			list.enough();
		s.hold = () => false;
		await go();
		await Promise.all([jump, again]);
		expect(ids(list)[0]).toBe(given ? 0 : 30);
		expect([list.done.value, list.loading.value]).toEqual(
		    [!given, false]);
		list.put({ id: 1, v: "new" });
		await list.jump("top");
		expect(ids(list)[0]).toBe(0);
	});
