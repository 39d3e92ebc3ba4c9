// people: alice
/*
 * Uploads that one's other pages have under way, in another tab and on another
 * device: they come, move and go while one looks, and are not taken for
 * interrupted.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, context, equal, logIn, ok, origin, person, row, setting, test,
	wire } from "./lib.mjs";

const part = 16 * 1024 * 1024;		// saved, and told of, one by one

await test(async () => {
	const browser = await context();
	const here = await logIn(await browser.newPage(), "alice");
	const tray = here.getByRole("region", { name: "Uploads" });
	await here.goto(`${origin}/files`);
	await here.getByText("Nothing here yet").waitFor();
	equal(await tray.count(), 0, "nothing is under way");
	await here.evaluate(() => { window.stays = true; });

	// On another device, over a line that is held where the test wants.
	const line = await wire();
	const there = await person("alice", { at: line.origin });
	const file = (name, length) => {
		const path = join(setting.work, name);
		writeFileSync(path, bytes(length));
		return path;
	};
	let held = line.holdAfter(part + part / 2);
	await there.locator("input[type=file]").first()
		.setInputFiles(file("big.iso", 3 * part));
	await held;
	await tray.getByText("1 upload under way elsewhere").waitFor();
	const item = tray.getByRole("listitem").filter({ hasText: "big.iso" });
	await item.getByText("under way in another tab or on another device")
		.waitFor();
	ok(true, "an upload of another device appears");
	const far = (least) => here.waitForFunction((least) =>
		document.querySelector(".upload progress")?.value >= least, least);
	await far(part);
	line.go();
	held = line.holdAfter(part);
	await held;
	await far(2 * part);
	ok(true, "and comes on");
	line.go();
	await row(here, "big.iso").waitFor();
	await tray.waitFor({ state: "detached" });
	equal(await here.evaluate(() => window.stays), true,
	    "and goes when it is done, all without a reload");

	// In another tab of this browser, where it is paused.
	const tab = await browser.newPage();
	let stuck = true;
	await tab.route((url) => url.pathname.startsWith("/api/v1/uploads/"),
	    (route) => {
		// Left without an answer until the page gives it up.
		if (!stuck || route.request().method() !== "PATCH")
			return route.continue();
	});
	await tab.goto(`${origin}/files`);
	await row(tab, "big.iso").waitFor();
	await tab.locator("input[type=file]").first()
		.setInputFiles(file("tab.iso", 2 * 1024 * 1024));
	await tab.getByText("Uploading 1 file").waitFor();
	await tab.getByRole("button", { name: "Pause tab.iso" }).click();
	await tab.getByText("1 upload to go on with").waitFor();
	await here.reload();
	await tray.getByText("1 upload under way elsewhere").waitFor();
	equal(await tray.getByRole("button", { name: "Pick the file again" })
		.count(), 0, "what another tab has paused is not interrupted");
	stuck = false;
	await tab.getByRole("button", { name: "Go on with tab.iso" }).click();
	await row(here, "tab.iso").waitFor();
	await tray.waitFor({ state: "detached" });
	ok(true, "and that goes as well");
});
