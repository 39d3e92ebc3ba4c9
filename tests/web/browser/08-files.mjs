// people: alice bob
/*
 * Daily work with files: previews that run nothing, versions, moving,
 * selections, large folders, and changes of others that come by themselves.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dialog, equal, menu, ok, order, origin, person, row, setting, test }
	from "./lib.mjs";

/** A PNG of one pixel, and a page that would tell if it ran. */
const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAA" +
	"DUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const evil = "<script>parent.ran = 1; window.ran = 1</script><h1>boo</h1>";
const svg = '<svg xmlns="http://www.w3.org/2000/svg" onload="window.ran=1">' +
	'<script>window.ran=1</script><rect width="9" height="9"/></svg>';

function put(name, content) {
	const path = join(setting.work, name);
	writeFileSync(path, content);
	return path;
}

await test(async () => {
	const page = await person("alice");
	const input = page.locator("input[type=file]").first();
	await input.setInputFiles([put("dot.png", png), put("evil.html", evil),
		put("evil.svg", svg), put("plain.txt", "one\n")]);
	await page.getByText("Uploads done").waitFor();
	await page.getByRole("button", { name: "Clear finished" }).click();

	const details = page.getByRole("complementary", { name: "Details" });
	await row(page, "dot.png").getByRole("link").click();
	await details.getByRole("img", { name: "Picture dot.png" }).waitFor();
	await page.waitForFunction(() =>
		document.querySelector(".preview img")?.naturalWidth === 1);
	ok(true, "a picture is shown");
	await row(page, "evil.html").getByRole("link").click();
	await details.getByText("<h1>boo</h1>").waitFor();
	ok(true, "HTML is shown as text");
	await row(page, "evil.svg").getByRole("link").click();
	await page.waitForFunction(() =>
		document.querySelector(".preview img")?.complete);
	equal(await page.evaluate(() => window.ran ?? null), null,
	    "nothing of it runs");
	const direct = await page.context().newPage();
	await direct.goto(`${origin}/api/v1/content?inline=1&path=` +
	    encodeURIComponent("alice:/evil.html")).catch(() => undefined);
	equal(await direct.evaluate(() => window.ran ?? null), null,
	    "nor when its address is opened");
	await direct.close();

	// Versions: another content under the name, and the first one back.
	await input.setInputFiles(put("plain.txt", "two, longer\n"));
	await page.getByText("Uploads done").waitFor();
	await menu(page, "plain.txt", "Versions");
	await details.getByText("Version 2").waitFor();
	await details.getByRole("button", { name: "Make this the newest" })
		.click();
	await details.getByText("Version 3").waitFor();
	const now = await order("fssctl", "alice", "cat", ":/plain.txt");
	equal(Buffer.from(now[0].data, "base64").toString(), "one\n",
	    "an older version is the newest again");
	await details.getByRole("button", { name: "Close" }).click();

	// Moving, by the picker.
	await order("fssctl", "alice", "mkdir", ":/box/inner");
	await row(page, "box").waitFor();
	await menu(page, "plain.txt", "Move…");
	await dialog(page).getByRole("button", { name: "box" }).click();
	await dialog(page).getByRole("button", { name: "inner" }).click();
	await dialog(page).getByText("No folders in here").waitFor();
	await dialog(page).getByRole("button", { name: "Move here" }).click();
	await row(page, "plain.txt").waitFor({ state: "detached" });
	await page.goto(`${origin}/files?at=alice:/box/inner`);
	await row(page, "plain.txt").waitFor();
	ok(true, "moved by the picker");
	await page.goto(`${origin}/files`);

	// Several at once.
	for (const name of ["evil.html", "evil.svg"])
		await row(page, name).getByRole("checkbox").check();
	await page.getByRole("toolbar").getByRole("button", { name: "Delete…" })
		.click();
	await dialog(page).getByRole("button", { name: "Delete" }).click();
	// The news of them may come in two answers.
	for (const name of ["evil.html", "evil.svg"])
		await row(page, name).waitFor({ state: "detached" });
	ok(true, "several deleted at once");

	// Dropped files and a folder.
	const data = await page.evaluateHandle(() => {
		const data = new DataTransfer();
		data.items.add(new File(["dropped\n"], "dropped.txt"));
		return data;
	});
	await page.dispatchEvent(".drop", "drop", { dataTransfer: data });
	await row(page, "dropped.txt").waitFor();
	ok(true, "a dropped file is uploaded");

	// Somebody else's grant and change, without a reload.
	const bob = await person("bob");
	await bob.goto(`${origin}/shared`);
	await bob.getByText("Nobody shares anything with you yet").waitFor();
	await menu(page, "box", "Access…");
	await details.getByLabel("Person or @group").fill("bob");
	await details.getByLabel("change", { exact: true }).check();
	await details.getByRole("button", { name: "Give rights" }).click();
	await row(bob, "box").waitFor();
	ok(true, "what one is given appears by itself");
	await row(bob, "box").getByRole("link").click();
	await row(bob, "inner").waitFor();
	await bob.locator("input[type=file]").first()
		.setInputFiles(put("from bob.txt", "hi\n"));
	await bob.getByText("Uploads done").waitFor();
	await page.goto(`${origin}/files?at=alice:/box`);
	await row(page, "from bob.txt").waitFor();
	await menu(bob, "from bob.txt", "Rename…");
	await dialog(bob).getByLabel("New name").fill("renamed by bob.txt");
	await dialog(bob).getByRole("button", { name: "Rename" }).click();
	await row(page, "renamed by bob.txt").waitFor();
	equal(await row(page, "from bob.txt").count(), 0,
	    "a rename of another person shows by itself");

	// Presence.
	await page.getByRole("link", { name: "People" }).click();
	const line = page.getByRole("listitem").filter({ hasText: "bob" });
	await line.getByText("online", { exact: true }).waitFor();
	await bob.goto(`${origin}/account`);
	await bob.getByRole("button", { name: "Log out", exact: true }).click();
	await line.getByText("online", { exact: true })
		.waitFor({ state: "detached" });
	ok(true, "who leaves is seen to leave");

	// A large folder: rows in the page stay few, the end is reached.
	const many = Array.from({ length: 3000 }, (_, i) =>
		`n${String(i).padStart(5, "0")}`);
	const root = join(setting.work, "many");
	const { mkdirSync } = await import("node:fs");
	mkdirSync(root);
	for (const name of many)
		writeFileSync(join(root, name), name);
	await order("fssctl", "alice", "put", "-r", root, ":/many");
	await page.goto(`${origin}/files?at=alice:/many`);
	await row(page, "n00000").waitFor();
	const rows = () => page.locator(".row").count();
	ok(await rows() < 80, "few rows are in the page", await rows());
	const grid = page.getByRole("grid");
	await grid.focus();
	await page.keyboard.press("End");
	await row(page, "n02999").waitFor();
	ok(await rows() < 80, "at its end as well", await rows());
	await page.getByText("here, more before them").waitFor();
	ok(true, "what lies between is not fetched for that");
	while (await row(page, "n00000").count() === 0)
		await grid.evaluate((box) => new Promise((done) => {
			box.scrollTop = 0;
			requestAnimationFrame(() => requestAnimationFrame(done));
		}));
	await page.getByText("3,000 entries").waitFor();
	ok(true, "and all are counted when all were looked at");
});
