/* Rows of lists: what they keep, and that they share it. */
import { expect, test } from "vitest";
import { Briefly } from "../src/data/brief";
import type { Entry } from "../src/data/schema";
import { of } from "../src/lib/path";

const entry = (path: string, more: Partial<Entry> = {}): Entry => ({
	owner: "alice", path, name: path.slice(path.lastIndexOf("/") + 1),
	kind: "file", size: 3, mtime: 5, digest: "sha256t:x", access: "inherit",
	access_own: false, rights: ["see", "read"], ...more });

test("keeps what is shown, at its path, and shares what is common", () => {
	const briefly = new Briefly();
	const a = briefly.row(entry("/d/a")), b = briefly.row(entry("/d/b", {
		size: 4, rights: ["see", "read"] }));
	expect([of(a), of(b), a.size, b.size, a.mtime]).toEqual(
	    ["alice:/d/a", "alice:/d/b", 3, 4, 5]);
	expect(a.rights).toBe(b.rights);
	expect(a.digest).toBeUndefined();
	expect(of(briefly.row(entry("/top")))).toBe("alice:/top");
	expect(of(briefly.row(entry("/")))).toBe("alice:/");
});

test("rows that differ in anything shown are told apart", () => {
	const briefly = new Briefly();
	const text = (more: Partial<Entry>) => JSON.stringify(briefly.row(
	    entry("/d/a", more)));
	const plain = text({});
	for (const more of [{ size: 9 }, { mtime: 9 }, { owner: "bob" },
	    { pass: true }, { state: "announced" }, { online: 1 },
	    { rights: ["see"] }, { access: "open" }, { request_state: "open" },
	    { request: 4 },
	    { media: "text/plain" }] as Partial<Entry>[])
		expect(text(more)).not.toBe(plain);
	expect(JSON.stringify(briefly.row(entry("/e/a")))).not.toBe(plain);
});

test("what no row has any more is not kept", () => {
	const briefly = new Briefly();
	const known = () => (briefly as unknown as { known: Map<string, unknown> })
		.known.size;
	for (let i = 0; i < 20_000; i++)
		briefly.row(entry(`/d${i}/a`));
	expect(known()).toBeLessThanOrEqual(4096);
	expect(of(briefly.row(entry("/d7/a")))).toBe("alice:/d7/a");
	briefly.forget();
	expect(known()).toBe(0);
});
