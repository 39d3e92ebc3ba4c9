/*
 * Measures what the first view costs over the wire: index.html and all it
 * names, and what those import at once, compressed by gzip, the larger of the
 * two forms served.  Prints each file; fails above the limit, and if the page
 * has inline code or names another origin.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const limit = 100 * 1024;
const out = process.env.FSS_UI_OUT ??
	fileURLToPath(new URL("../../../build/ui", import.meta.url));
const html = readFileSync(`${out}/index.html`, "utf8");
const problems = [];
const seen = new Map();

function add(name) {
	if (seen.has(name))
		return;
	const text = readFileSync(`${out}/${name}`);
	seen.set(name, gzipSync(text, { level: 9 }).length);
	if (!name.endsWith(".js"))
		return;
	// Static imports only: what import() names comes later.
	for (const [, from] of text.toString().matchAll(
	    /(?:^|[;}\s])import(?:[^"'()]*?from)?\s*["']\.\/([^"']+)["']/g))
		add(`assets/${from}`);
}

add("index.html");
for (const [, url] of html.matchAll(/(?:src|href)="([^"]+)"/g)) {
	if (!url.startsWith("/") || url.startsWith("//"))
		problems.push(`index.html names ${url}, not of this origin`);
	else
		add(url.slice(1));
}
if (/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=/i.test(html))
	problems.push("index.html has inline style or code");

let sum = 0;
for (const [name, size] of seen) {
	console.log(`${String(size).padStart(8)}  ${name}`);
	sum += size;
}
console.log(`${String(sum).padStart(8)}  of ${limit} bytes, ` +
	"the first view compressed");
if (sum > limit)
	problems.push(`the first view has ${sum} bytes, ${limit} are allowed`);
if (seen.size < 3)
	problems.push("index.html names no script or no style");
for (const problem of problems)
	console.error(problem);
process.exit(problems.length > 0 ? 1 : 0);
