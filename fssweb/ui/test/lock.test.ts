/* The lock file names no host, so that any registry serves it. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("packages are locked by digest, without addresses", () => {
	const lock = JSON.parse(readFileSync(fileURLToPath(new URL(
	    "../package-lock.json", import.meta.url)), "utf8")) as {
		packages: Record<string, { resolved?: string; integrity?: string }> };
	const packages = Object.entries(lock.packages)
		.filter(([name]) => name !== "");
	expect(packages.length).toBeGreaterThan(50);
	for (const [name, one] of packages) {
		expect(one.resolved, name).toBeUndefined();
		expect(one.integrity, name).toMatch(/^sha512-/);
	}
});
