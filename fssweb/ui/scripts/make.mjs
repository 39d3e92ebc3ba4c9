/*
 * Builds the page if anything it is made of has changed: brings in the packages of
 * the lock file, builds, compresses.  A second run takes a moment.
 *
 * --packages brings in the packages alone.  Runs at the same time wait for
 * each other (cmake/ui.cmake calls it under flock).
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync,
	writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL("..", import.meta.url));
const out = process.env.FSS_UI_OUT ??
	fileURLToPath(new URL("../../../build/ui", import.meta.url));

function digest(names) {
	const sum = createHash("sha256");
	for (const name of names.sort())
		sum.update(name).update("\0").update(readFileSync(here + name));
	return sum.digest("hex");
}

function same(stamp, value) {
	return existsSync(stamp) && readFileSync(stamp, "utf8") === value;
}

const packages = digest(["package-lock.json"]);
const packagesStamp = `${here}node_modules/.fss-stamp`;
if (!same(packagesStamp, packages)) {
	// No scripts of packages run: none of ours needs one.
	execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
	    { cwd: here, stdio: "inherit" });
	writeFileSync(packagesStamp, packages);
}

const below = (folder) => readdirSync(here + folder, { recursive: true,
	withFileTypes: true }).filter((one) => one.isFile())
	.map((one) => `${one.parentPath ?? one.path}/${one.name}`
		.slice(here.length));
if (!process.argv.includes("--packages")) {
	const sources = digest([...below("src"), ...below("public"),
		"index.html", "package-lock.json", "vite.config.ts",
		"tsconfig.json", "scripts/compress.mjs"]);
	const stamp = `${out}.stamp`;
	if (!same(stamp, sources) || !existsSync(`${out}/index.html`)) {
		// Beside it, and then in its place: a server that runs serves
		// the one page or the other.
		const fresh = `${out}.new`, old = `${out}.old`;
		const run = (...args) => execFileSync(process.execPath, args,
		    { cwd: here, stdio: ["ignore", "inherit", "inherit"],
			env: { ...process.env, FSS_UI_OUT: fresh } });
		run("node_modules/vite/bin/vite.js", "build", "--logLevel",
		    "warn");
		run("scripts/compress.mjs");
		rmSync(old, { recursive: true, force: true });
		if (existsSync(out))
			renameSync(out, old);
		renameSync(fresh, out);
		rmSync(old, { recursive: true, force: true });
		writeFileSync(stamp, sources);
	}
}
