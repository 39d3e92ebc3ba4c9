/* Rules of the views that have no picture: kinds, marks, order, filters. */
import { expect, test, vi } from "vitest";
import type { Entry, Request } from "../src/data/schema";
import { ApiError } from "../src/data/api";
import { agentName } from "../src/lib/agent";
import { explain } from "../src/lib/errors";
import { kindOf, previewOf } from "../src/lib/media";
import { plain, visible } from "../src/lib/plain";
import { inBox, isLive, waits } from "../src/data/requests";
import { accessOptions } from "../src/views/details/options";
import { whatDone, whoDid } from "../src/views/admin/who";
import { askable, readable, stored } from "../src/views/files/marks";
import { countFilters, filtersOf } from "../src/views/files/query";
import { sorted } from "../src/views/files/sort";

// The router looks at it as it comes.
vi.hoisted(() => vi.stubGlobal("location", { pathname: "/", search: "" }));

const entry = (more: Partial<Entry>): Entry => ({ owner: "bob", path: "/x",
	name: "x", kind: "file", access: "ask", access_own: false,
	rights: ["see"], ...more });

test("kinds go by type, then by ending", () => {
	expect(kindOf(entry({ media: "image/png" }))).toBe("image");
	expect(kindOf(entry({ name: "a.JPG" }))).toBe("image");
	expect(kindOf(entry({ name: "a.tar.gz" }))).toBe("archive");
	expect(kindOf(entry({ kind: "folder", name: "a.jpg" }))).toBe("folder");
	expect(kindOf(entry({ name: "README" }))).toBe("file");
});

test("only what a browser shows without running it is shown", () => {
	expect(previewOf(entry({ name: "a.png" }))).toBe("image");
	expect(previewOf(entry({ name: "a.tiff" }))).toBeNull();
	expect(previewOf(entry({ name: "a.html", media: "text/html" })))
		.toBe("text");
	expect(previewOf(entry({ name: "a.exe" }))).toBeNull();
	expect(previewOf(entry({ kind: "folder", name: "a.png" }))).toBeNull();
});

test("what can be read, and what must be asked for", () => {
	const locked = entry({}), open = entry({ rights: ["see", "read"] });
	const passed = entry({ pass: true });
	const announced = entry({ rights: ["see", "read"], state: "announced" });
	expect([locked, open, passed].map(readable)).toEqual(
	    [false, true, true]);
	expect(stored(announced)).toBe(false);
	expect([locked, open, passed, announced].map((e) =>
		askable(e, "alice"))).toEqual([true, false, false, true]);
	expect(askable(locked, "bob")).toBe(false);
	expect(askable(entry({ request: 1, request_state: "open" }), "alice")).toBe(false);
	expect(askable(entry({ request: 1, request_state: "denied" }), "alice")).toBe(true);
	expect(askable(entry({ kind: "folder" }), "alice")).toBe(false);
});

test("folders first, numbers as numbers, ties by name", () => {
	const rows = [entry({ name: "file 10", size: 1 }),
		entry({ name: "file 9", size: 5 }), entry({ name: "File 1", size: 1 }),
		entry({ name: "z", kind: "folder" })];
	const names = (by: "name" | "size", down: boolean) =>
		sorted(rows, { by, down }).map((r) => r.name);
	expect(names("name", false)).toEqual(
	    ["z", "File 1", "file 9", "file 10"]);
	expect(names("size", true)).toEqual(
	    ["z", "file 9", "File 1", "file 10"]);
	expect(rows[0]!.name).toBe("file 10");
});

test("filters come from the address, and nothing else does", () => {
	const query = new URLSearchParams(
	    "q= sea &type=image&larger=1000&age=7&evil=1&kind=&show=x");
	const now = Date.UTC(2026, 0, 8, 0, 0, 30);
	expect(filtersOf(query, now)).toEqual({ q: "sea", type: "image",
		larger: 1000, newer: Date.UTC(2026, 0, 1) * 1000 });
	expect(countFilters(query)).toBe(3);
	expect(filtersOf(new URLSearchParams("larger=x&age=-1"))).toEqual({});
});

test("which box a request is in, and whether it waits", () => {
	const request = (more: Partial<Request>): Request => ({ request: 1,
		request_kind: "get", request_state: "open", change: 1,
		asker: "bob", created: 0, changed: 0, mine: false,
		asked: "me", may: ["deny"], ...more });
	const open = request({}), mine = request({ mine: true });
	const over = request({ request_state: "denied" });
	expect([open, mine, over].map((r) => inBox(r, "in"))).toEqual(
	    [true, false, false]);
	expect([open, mine, over].map((r) => inBox(r, "out"))).toEqual(
	    [false, true, false]);
	expect([open, mine, over].map((r) => inBox(r, "history"))).toEqual(
	    [false, false, true]);
	expect([open, mine, over].map(waits)).toEqual([true, false, false]);
	// One's own word is said, of a group's wish and of one to everybody.
	expect(waits(request({ may: ["fulfil"] }))).toBe(false);
	const { asked, ...wish } = request({ may: ["fulfil"] });
	expect([asked, waits(wish)]).toEqual(["me", true]);
	expect(waits({ ...wish, may: [] })).toBe(false);
	expect(isLive(request({ request_state: "transferring" }))).toBe(true);
});

test("a browser has a name that people know", () => {
	expect(agentName("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 " +
	    "(KHTML, like Gecko) Chrome/140.0 Safari/537.36")).toBe(
	    "Chrome on Linux");
	expect(agentName("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac " +
	    "OS X) AppleWebKit/605.1 Version/18.0 Mobile Safari/604.1")).toBe(
	    "Safari on iOS");
	expect(agentName("curl/8")).toBe("Browser");
});

test("a failure is told once, in the words that say most", () => {
	const say = (code: string, detail: string) => explain(
	    new ApiError(400, code, "invalid argument", detail));
	expect(say("FSS_EINVAL", "a password is of 8 to 256 bytes"))
	    .toBe("A password is of 8 to 256 bytes.");
	expect(say("FSS_ENOACCOUNT", "no account or group 'zed'"))
	    .toBe("No account or group 'zed'.");
	expect(say("FSS_ENOACCOUNT", "")).toBe("There is no such account.");
	// What the hub's database says is for its log.
	expect(say("FSS_ENOSPC", "database: cannot COMMIT: disk is full (13)"))
	    .toBe("The hub's disk is full.");
	expect(say("FSS_EQUOTA", "5 MB are left"))
	    .toBe("There is no room left in that space. 5 MB are left.");
	expect(say("FSS_EPATH", "':/a/..' has a '.' or '..'"))
	    .toBe("':/a/..' has a '.' or '..'.");
	// A name that turns what follows it does not turn the sentence.
	expect(say("FSS_EINVAL", "'evil\u202egpj.exe' is not allowed"))
	    .toBe("'evil\ufffdgpj.exe' is not allowed.");
});

test("a name that hides or feigns something is shown as what it is", () => {
	expect(plain("photo\u202egpj.exe")).toBe("photo\ufffdgpj.exe");
	expect(plain("a\tb\u0085c\u2028d\u2066e")).toBe(
	    "a\ufffdb\ufffdc\ufffdd\ufffde");
	// What the hub takes stays as it is, in whatever script.
	for (const name of ["Grüße.txt", "تقرير.pdf", "a\u200db", "🗺.png"])
		expect(plain(name)).toBe(name);
});

test("a name of which nothing shows is shown by a sign for each", () => {
	expect(visible("   ")).toBe("\u2423\u2423\u2423");
	expect(visible("\u200b")).toBe("\u2423");
	for (const name of ["", "a", " a ", "\u200ea", "\u05d0\u200f"])
		expect(visible(name)).toBe(name);
});

test("what the folder above says is told only where it holds", () => {
	const hint = (one: Entry, now: Entry["access"]) =>
		accessOptions(one, now).find((o) => o.value === "inherit");
	expect(hint(entry({}), "inherit")?.hint).toMatch(/ask first/);
	expect(hint(entry({ access_own: true }), "ask")?.hint).toBeUndefined();
	expect(hint(entry({ path: "/" }), "ask")).toBeUndefined();
});

test("the hub is not said to have done what a visitor did", () => {
	expect(whoDid({ what: "link-fetched" })).toBe("a visitor");
	expect(whoDid({ what: "link-ended" })).toBe("the hub");
	expect(whoDid({ what: "link-made", by: "alice" })).toBe("alice");
});

test("the audit says of a wish what was wished", () => {
	const wish = { request: 3, detail: "photos of the harbour" };
	const said = (what: string, more = {}) => {
		const { did, more: rest } = whatDone({ what, ...wish, ...more });
		return rest === "" ? did : `${did} · ${rest}`;
	};
	expect(said("asked")).toBe("wished for “photos of the harbour”");
	expect(said("cancelled")).toBe(
	    "cancelled the wish “photos of the harbour”");
	expect(said("denied", { detail: "none here" }))
		.toBe("denied a wish · none here");
	expect(said("denied", { detail: undefined })).toBe("denied a wish");
	expect(said("fulfilled", { path: "/x" }))
		.toBe("fulfilled · photos of the harbour");
	expect(said("rule", { request: undefined, detail: "allow" }))
		.toBe("changed a rule · allow");
});
