/* Remote paths, and names that cannot be. */
import { expect, test } from "vitest";
import { base, byName, crumbs, format, isRoot, join, nameProblem, of, parent,
	parse, whole, within } from "../src/lib/path";

test("parsing names the owner and drops what is double", () => {
	expect(parse(":/a//b/", "alice")).toEqual(
	    { owner: "alice", path: "/a/b" });
	expect(parse("bob:/", "alice")).toEqual({ owner: "bob", path: "/" });
	expect(parse("bob:/a:b", "alice")).toEqual(
	    { owner: "bob", path: "/a:b" });
	for (const bad of ["", "bob", "bob:x", "Bob:/", "//x", ":x", "b b:/"])
		expect(parse(bad, "alice"), bad).toBeNull();
});

test("going up and down", () => {
	expect(join("alice:/", "x")).toBe("alice:/x");
	expect(join("alice:/a", "x")).toBe("alice:/a/x");
	expect(parent("alice:/a/x")).toBe("alice:/a");
	expect(parent("alice:/a")).toBe("alice:/");
	expect(parent("alice:/")).toBe("alice:/");
	expect(parent("alice:/we:ird")).toBe("alice:/");
	expect(base("alice:/a/x")).toBe("x");
	expect(base("alice:/")).toBe("");
	expect(isRoot("alice:/")).toBe(true);
	expect(of({ owner: "bob", path: "/p" })).toBe("bob:/p");
	expect(format({ owner: "bob", path: "/p" })).toBe("bob:/p");
});

test("within is no question of letters alone", () => {
	expect(within("alice:/a/b", "alice:/a")).toBe(true);
	expect(within("alice:/a", "alice:/a")).toBe(true);
	expect(within("alice:/ab", "alice:/a")).toBe(false);
	expect(within("alice:/ab", "alice:/")).toBe(true);
	expect(within("bob:/a", "alice:/")).toBe(false);
});

test("breadcrumbs", () => {
	expect(crumbs("alice:/a b/c")).toEqual([
		{ name: "alice", remote: "alice:/" },
		{ name: "a b", remote: "alice:/a b" },
		{ name: "c", remote: "alice:/a b/c" }]);
	expect(crumbs("alice:/")).toHaveLength(1);
});

test("names that cannot be", () => {
	expect(nameProblem("ok")).toBeNull();
	expect(nameProblem("")).toBe("empty");
	expect(nameProblem("..")).toBe("dots");
	expect(nameProblem("a/b")).toBe("sign");
	expect(nameProblem("a\nb")).toBe("sign");
	expect(nameProblem("é".repeat(127))).toBeNull();
	expect(nameProblem("é".repeat(128))).toBe("long");
});

test("names order as their UTF-8 does", () => {
	// U+10000 and above are surrogates in UTF-16, which would order first.
	const names = ["\u{1f600}", "\uffee", "a", "B", "é", ""];
	const utf8 = (s: string) => Buffer.from(s, "utf8");
	expect(names.slice().sort(byName)).toEqual(names.slice().sort(
	    (a, b) => Buffer.compare(utf8(a), utf8(b))));
});

test("a link is at this page, or where the hub says its pages are", () => {
	expect(whole("/s/abc", "https://a:8443")).toBe("https://a:8443/s/abc");
	expect(whole("https://b/s/abc", "https://a:8443"))
	    .toBe("https://b/s/abc");
});
