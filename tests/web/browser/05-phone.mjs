// people: alice bob
/*
 * A phone of 360 by 640: every page fits its width, and what is done most can
 * be done by touch.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { dialog, equal, ok, order, origin, person, row, setting, sticksOut, test }
	from "./lib.mjs";

await test(async () => {
	const phone = { viewport: { width: 360, height: 640 }, hasTouch: true,
		isMobile: true, deviceScaleFactor: 2 };
	await order("fssctl", "alice", "mkdir",
	    ":/A folder with a name that is quite a bit longer than the screen");
	await order("fssctl", "bob", "ask", "--want",
	    "The recording of the evening in the harbour", "--from", "alice");
	const page = await person("alice", phone);
	const name = "a very long name of a file that must be cut somewhere.txt";
	writeFileSync(join(setting.work, name), "text\n");
	await page.locator("input[type=file]").first()
		.setInputFiles(join(setting.work, name));
	await row(page, name).waitFor();
	const clear = page.getByRole("button", { name: "Clear finished" });
	await clear.waitFor();
	const edge = async (what) => page.locator(what).boundingBox();
	const [tray, foot] = [await edge(".tray"), await edge(".files-foot")];
	ok(tray.y + tray.height <= foot.y, "uploads leave the line that counts",
	    { tray }, { foot });
	await clear.tap();

	for (const at of ["files", "shared", "recent", "people", "requests",
	    "requests?tab=out", "requests?tab=history", "requests?tab=rules",
	    "links", "account", "admin", "admin?tab=people",
	    "admin?tab=invites", "admin?tab=sessions", "admin?tab=audit",
	    "search?q=long"]) {
		await page.goto(`${origin}/${at}`);
		await page.locator(".title").first().waitFor();
		await page.locator(".waiting").waitFor({ state: "detached" })
			.catch(() => undefined);
		const out = await sticksOut(page);
		ok(out === null, `/${at} fits`, out);
	}

	await page.goto(`${origin}/files`);
	await row(page, name).getByRole("link").tap();
	await page.getByRole("complementary", { name: "Details" }).waitFor();
	await page.getByText("text", { exact: true }).first().waitFor();
	ok(await sticksOut(page) === null, "details fill the screen",
	    await sticksOut(page));
	await page.goBack();
	await page.getByRole("complementary", { name: "Details" })
		.waitFor({ state: "detached" });
	await row(page, name).getByRole("link").tap();
	ok(true, "the way back closes what covers the page");
	await page.getByRole("button", { name: "Close" }).tap();
	await row(page, name).getByRole("button", { name: /^Actions/ }).tap();
	await page.getByRole("menuitem", { name: "Rename…" }).tap();
	await dialog(page).getByLabel("New name").fill("short.txt");
	ok(await sticksOut(page) === null, "a dialog fits");
	await dialog(page).getByRole("button", { name: "Rename" }).tap();
	await row(page, "short.txt").waitFor();
	ok(true, "renamed by touch");

	await page.getByRole("button", { name: "More", exact: true }).last()
		.tap();
	await page.getByRole("menuitem", { name: "Share links" }).tap();
	await page.getByRole("heading", { name: "Share links" }).waitFor();
	ok(true, "the pages without room in the bar are under More");
	const marked = () => page.locator(".side [aria-current]:visible")
		.allTextContents();
	equal(await marked(), ["More"], "which is marked as where one is");
	await page.locator(".side").getByRole("link", { name: "My files" }).tap();
	await row(page, "short.txt").waitFor();
	equal(await marked(), ["My files"], "as is what has room there");
});
