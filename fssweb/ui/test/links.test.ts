/* The pages of share links are the server's; they look as the page does. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const read = (path: string) => readFileSync(fileURLToPath(
	new URL(`../${path}`, import.meta.url)), "utf8");
/** Texts of C that follow each other are one. */
const joined = (path: string) => read(path).replaceAll("SHEET",
	'"M6 3h8l4 4v14H6zM14 3v4h4"').replace(/"\s*"/g, "");

/** Names to [light, dark], of light-dark() pairs. */
function pairs(css: string, pattern: RegExp): Record<string, string[]> {
	return Object.fromEntries([...css.matchAll(pattern)].map(
	    ([, name, light, dark]) => [name, [light, dark]]));
}

test("colours are those of the page, light and dark", () => {
	const page = {
		...pairs(read("src/style/tokens.css"),
		    /--([\w-]+): light-dark\((#\w+), (#\w+)\)/g),
		...pairs(read("src/style/files.css"),
		    /\.kind-(\w+) \{ color: light-dark\((#\w+), (#\w+)\)/g) };
	const style = joined("../link_style.c");
	const [light, dark] = [...style.matchAll(/:root\{([^}]*)\}/g)].map(
	    ([, one]) => new Map([...one!.matchAll(/--([\w-]+):(#\w+)/g)].map(
		(m) => [m[1]!, m[2]!])));
	expect(light!.size).toBeGreaterThan(15);
	expect([...dark!.keys()]).toEqual([...light!.keys()]);
	for (const [name, colour] of light!)
		expect([name, [colour, dark!.get(name)]]).toEqual(
		    [name, page[name]]);
	for (const [, name] of style.matchAll(/var\(--([\w-]+)\)/g))
		expect(light!.has(name!), name).toBe(true);
});

test("icons are those of the page", () => {
	const page = new Map([...read("src/ui/icon.tsx").matchAll(
	    /^\t(\w+): "([^"]+)",$/gm)].map((m) => [m[1]!, m[2]!]));
	const icons = [...joined("../link_look.c").matchAll(
	    /\{ "(\w+)", "([^"]+)" \}/g)];
	expect(icons.length).toBe(13);
	for (const [, name, path] of icons)
		expect([name, path]).toEqual([name, page.get(name!)]);
	// The logo is written as the file is, quotes aside.
	const logo = read("public/icon.svg").replace(/^<svg[^>]*>/, "").trim();
	expect(read("../link_look.c").replace(/"\s*\n\s*"/g, "")
		.replaceAll('\\"', '"')).toContain(logo);
});
