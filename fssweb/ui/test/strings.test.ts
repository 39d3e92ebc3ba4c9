/*
 * Texts stay in one file: no view has words of its own in quotes or between
 * tags.  What they count is what is there.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { t } from "../src/strings";

const src = fileURLToPath(new URL("../src", import.meta.url));
const files = (readdirSync(src, { recursive: true }) as string[])
	.filter((name) => name.endsWith(".tsx"));

/** Words between tags, or in attributes that people read. */
const words = [/>\s*[A-Z][a-z]+ [a-z]+[^<>{}=;()]*</,
	/(title|label|placeholder|aria-label|alt)="[A-Za-z][^"]*"/];

test("the check finds a sample", () => {
	expect(words[0]!.test("<p>Some words here</p>")).toBe(true);
	expect(words[1]!.test('<input placeholder="Name" />')).toBe(true);
});

test.each(files)("%s has no text of its own", (name) => {
	const text = readFileSync(`${src}/${name}`, "utf8")
		.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\/\/.*$/gm, "");
	for (const pattern of words)
		expect(pattern.exec(text)?.[0]).toBeUndefined();
});

test("nothing is drawn by strings of HTML, and nothing is evaluated", () => {
	const banned = /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function/;
	for (const name of readdirSync(src, { recursive: true }) as string[])
		if (/\.tsx?$/.test(name))
			expect(banned.exec(readFileSync(`${src}/${name}`, "utf8"))
				?.[0], name).toBeUndefined();
});

test("people are counted without who looks, and one is somebody", () => {
	expect(t.people.count(0, 1)).toBe("0 of 1 other person online");
	expect(t.people.count(2, 3)).toBe("2 of 3 other people online");
});
