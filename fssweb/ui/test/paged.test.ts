/* Lists by cursor: growing, refreshing, changing in place. */
import { expect, test } from "vitest";
import { Paged, type Page } from "../src/data/paged";
import { ApiError } from "../src/data/api";

type Row = { id: number; v?: string };

/** A list of @n rows at the server, in pages of the limit asked for. */
function server(n: number) {
	const rows: Row[] = Array.from({ length: n }, (_, id) => ({ id }));
	const asked: (string | undefined)[] = [];
	const fetch = ({ cursor, limit = 100 }: { cursor?: string | undefined;
	    limit?: number }): Promise<Page<Row>> => {
		asked.push(cursor);
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
	const list = new Paged<Row>(s.fetch, (r) => r.id, 10);
	await list.more();
	list.put({ id: 4, v: "new" }, byId);
	expect(list.rows.value[4]).toEqual({ id: 4, v: "new" });
	list.put({ id: 4.5 }, byId);
	expect(ids(list).slice(4, 7)).toEqual([4, 4.5, 5]);
	list.put({ id: 99 }, byId);
	expect(ids(list)).not.toContain(99);
	list.drop(0);
	list.drop(12345);
	expect(ids(list)[0]).toBe(1);
	await list.start(5);
	list.put({ id: 99 }, byId);
	expect(ids(list).at(-1)).toBe(99);
	list.put({ id: -1 });
	expect(ids(list)[0]).toBe(-1);
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
