// people: alice bob
/*
 * A large folder: opened at once, its end reached by one key without what
 * lies between, few rows in the page and a bounded heap, and a change of
 * somebody else shown wherever one is.  Empty files: it is names that a list
 * is made of.  FSS_TEST_BIG=1: of 100,000 entries.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, equal, ok, order, origin, person, row, setting, test }
	from "./lib.mjs";

const most = process.env.FSS_TEST_BIG === "1" ? 100000 : 24000;
/** Rows that the page keeps at once; see data/paged.ts. */
const here = 20480;
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
	let asked = 0;
	page.on("request", (request) => {
		asked += request.url().includes("/api/v1/list") ? 1 : 0;
	});
	await timed("to the end", async () => {
		await page.keyboard.press("End");
		await row(page, name(most - 1)).waitFor();
	});
	ok(asked <= 3, "its end is asked for, not what lies between", asked);
	ok(await rows() < 80, "few rows are in the page at its end", await rows());
	// Back from there: what is in sight stays where it is.
	for (let at = most - 1; at > most - 600; at -= 10)
		await page.keyboard.press("PageUp");
	await page.getByText(" here, more before them").waitFor();
	const active = () => page.locator(".row.active .name").getAttribute("title");
	const now = Number((await active()).slice(6));
	await page.keyboard.press("ArrowUp");
	await row(page, name(now - 1)).waitFor();
	equal(await active(), name(now - 1),
	    "what is before it follows on");
	const box = await page.locator(".row.active").boundingBox();
	const around = await grid.boundingBox();
	ok(box.y >= around.y && box.y + box.height <= around.y + around.height,
	    "and is in sight", box);
	await page.keyboard.press("Home");
	await row(page, name(0)).waitFor();
	ok(true, "Home is the beginning again");
	// By the wheel through all of it.
	await timed("through all", async () => {
		while (await row(page, name(most - 1)).count() === 0)
			await grid.evaluate((box) => new Promise((done) => {
				box.scrollTop = box.scrollHeight;
				requestAnimationFrame(() =>
					requestAnimationFrame(done));
			}));
	});
	const large = await heap();
	console.log(`# heap: ${small.toFixed(1)} and ${large.toFixed(1)} MiB`);
	await page.getByText(/^2\d,\d{3} entries here, more before them$/)
		.waitFor();
	/*
	 * 87 bytes each were measured, 350 for entries as the server sends them;
	 * what else the page comes to hold meanwhile is below a MiB.
	 */
	ok((large - small) * (1 << 20) < 160 * here + (1 << 20),
	    "an entry takes less than 160 bytes, and far ones nothing",
	    large - small);

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
	// A range to the other end is all of it, also what was not here.
	await page.keyboard.press("Shift+Home");
	await page.getByText(`${most.toLocaleString("en")} selected`).waitFor();
	ok(true, "Shift and Home choose all there is");
	await page.getByText(`${most.toLocaleString("en")} entries`).waitFor();
});
