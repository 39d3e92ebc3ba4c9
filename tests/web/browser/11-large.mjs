// people: alice bob
/*
 * A large folder: opened at once, its end reached by one key, few rows in the
 * page and a bounded heap, and a change of somebody else shown wherever one
 * is.  Empty files: it is names that a list is made of.  FSS_TEST_BIG=1: of
 * 100,000 entries.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, equal, ok, order, origin, person, row, setting, test }
	from "./lib.mjs";

const most = process.env.FSS_TEST_BIG === "1" ? 100000 : 20000;
const name = (i) => `entry ${String(i).padStart(6, "0")}`;

async function timed(what, wait) {
	const from = performance.now();
	await wait();
	console.log(`# ${what}: ${(performance.now() - from).toFixed(0)} ms`);
}

await test(async () => {
	const root = join(setting.work, "many");
	mkdirSync(root);
	for (let i = 0; i < most; i++)
		writeFileSync(join(root, name(i)), "");
	await timed("put", () => order("fssctl", "alice", "put", "-r", root,
	    ":/many"));
	await order("fssctl", "alice", "grant", ":/many", "bob", "write");

	const page = await person("alice");
	const cdp = await page.context().newCDPSession(page);
	const heap = async () => {
		await cdp.send("HeapProfiler.collectGarbage");
		const { usedSize } = await cdp.send("Runtime.getHeapUsage");
		return usedSize / (1 << 20);
	};
	const rows = () => page.locator(".row").count();
	await timed("open", async () => {
		await page.goto(`${origin}/files?at=alice:/many`);
		await row(page, name(0)).waitFor();
	});
	ok(await rows() < 80, "few rows are in the page", await rows());
	const small = await heap();
	const grid = page.getByRole("grid");
	await grid.focus();
	await timed("to the end", async () => {
		await page.keyboard.press("End");
		await row(page, name(most - 1)).waitFor();
	});
	ok(await rows() < 80, "at its end as well", await rows());
	await page.getByText(`${most.toLocaleString("en")} entries`).waitFor();
	ok(true, "and all are counted");
	const large = await heap();
	console.log(`# heap: ${small.toFixed(1)} and ${large.toFixed(1)} MiB`);
	/*
	 * 87 bytes each were measured, 350 for entries as the server sends them;
	 * what else the page comes to hold meanwhile is below a MiB.
	 */
	ok((large - small) * (1 << 20) < 160 * most + (1 << 20),
	    "an entry takes less than 160 bytes", large - small);

	// Somebody else changes what is at the end, and at the front.
	const bob = await person("bob");
	const rename = (from, to) => api(bob, "POST", "/move", {
		from: `alice:/many/${from}`, to: `alice:/many/${to}` });
	await rename(name(most - 1), "entry last");
	await row(page, "entry last").waitFor();
	equal(await row(page, name(most - 1)).count(), 0,
	    "a change at the end shows by itself");
	await page.keyboard.press("Home");
	await row(page, name(0)).waitFor();
	await rename(name(0), "entry 000000 a");
	await row(page, "entry 000000 a").waitFor();
	ok(true, "and one at the front");
	await timed("to the end again", async () => {
		await page.keyboard.press("End");
		await row(page, "entry last").waitFor();
	});
	ok(await rows() < 80, "with as few rows", await rows());
});
