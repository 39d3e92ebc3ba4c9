// people: alice bob
/*
 * Two tabs of one log-in, several log-ins of one account, and the ends of
 * both.
 */
import { context, dialog, equal, logIn, ok, origin, password, person, row,
	test } from "./lib.mjs";

const gate = (page) => page.getByRole("button", { name: "Log in" });

await test(async () => {
	const one = await context();
	const left = await logIn(await one.newPage(), "alice");
	const right = await one.newPage();
	await right.goto(`${origin}/files`);
	await right.getByRole("button", { name: "New folder" }).click();
	await dialog(right).getByLabel("Name of the folder").fill("shared");
	await dialog(right).getByRole("button", { name: "Create" }).click();
	await row(right, "shared").waitFor();
	await row(left, "shared").waitFor();
	ok(true, "what one tab does shows in the other");

	// Out in one, out in both.
	await right.goto(`${origin}/account`);
	await right.getByRole("button", { name: "Log out", exact: true }).click();
	await gate(right).waitFor();
	await gate(left).waitFor();
	ok(true, "out in one tab is out in the other");

	// In anew in one: the other follows, with the new CSRF value.
	await logIn(left, "alice");
	await right.getByRole("navigation", { name: "Main" }).waitFor();
	await right.goto(`${origin}/files`);
	await right.getByRole("button", { name: "New folder" }).click();
	await dialog(right).getByLabel("Name of the folder").fill("again");
	await dialog(right).getByRole("button", { name: "Create" }).click();
	await row(left, "again").waitFor();
	ok(true, "in anew in one tab is in in the other, and it may change things");

	// Another account in the same browser.
	await left.goto(`${origin}/account`);
	await right.getByRole("button", { name: "Upload", exact: true }).click();
	await right.getByRole("menuitem").first().waitFor();
	const third = await one.newPage();
	await third.goto(`${origin}/account`);
	let made = () => undefined, tell = () => undefined;
	const making = new Promise((done) => { made = done; });
	const told = new Promise((done) => { tell = done; });
	await third.route((url) => url.pathname === "/api/v1/tokens",
	    async (route) => {
		if (route.request().method() !== "POST")
			return route.continue();
		const response = await route.fetch();
		made();
		await told;
		await route.fulfill({ response });
	});
	await third.getByRole("button", { name: "New token" }).click();
	await dialog(third).getByLabel("What it is for").fill("alice's own");
	await dialog(third).getByRole("button", { name: "Create" }).click();
	await making;
	await left.getByRole("button", { name: "Log out", exact: true }).click();
	await gate(left).waitFor();
	await logIn(left, "bob");
	await third.getByText("bob", { exact: true }).first().waitFor();
	const answered = third.waitForResponse((r) =>
		r.request().method() === "POST" && r.url().endsWith("/tokens"));
	tell();
	await (await answered).finished();
	await third.evaluate(() => new Promise((done) =>
		requestAnimationFrame(() => requestAnimationFrame(done))));
	equal([await dialog(third).count(), await third.locator(".toast").count()],
	    [0, 0], "nor is the next one told what was answered to the last");
	await third.close();
	await right.getByText("bob", { exact: true }).first().waitFor();
	equal([await row(right, "again").count(),
	    await right.getByRole("menu").count()], [0, 0],
	    "nothing of the one before is left in the other tab");

	// Log-out everywhere.
	const pages = [await person("alice"), await person("alice"),
		await person("alice")];
	const [first] = pages;
	await first.goto(`${origin}/account`);
	const devices = first.getByRole("region", { name: "Devices and log-ins" });
	await devices.getByText("this one").waitFor();
	await first.getByRole("button", { name: "Log out everywhere" }).click();
	await dialog(first).getByRole("button",
	    { name: "Log out everywhere" }).click();
	for (const page of pages)
		await gate(page).waitFor();
	ok(true, "log-out everywhere ends every browser");
	await pages[1].getByText("Your log-in has ended").waitFor();
	await pages[2].reload();
	await gate(pages[2]).waitFor();
	ok(true, "and a reload does not bring it back");

	equal(await pages[1].title(), "Log in to hub",
	    "no title tells of whose files there were");

	// One log-in ended from another.
	const a = await person("alice", { userAgent:
	    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0" });
	const b = await person("alice");
	await b.goto(`${origin}/account`);
	const list = b.getByRole("region", { name: "Devices and log-ins" });
	await list.getByText("this one").waitFor();
	const other = list.getByRole("listitem")
		.filter({ hasText: "Firefox on Linux" });
	await other.getByRole("button", { name: /^End/ }).click();
	await gate(a).waitFor();
	ok(true, "a log-in ended in another browser is out at once");

	// The password changed: the others end, this one goes on.
	const c = await person("alice");
	await b.getByLabel("Present password").fill("wrong");
	await b.getByLabel("New password").fill("another long one");
	await b.getByLabel("Password again").fill("another long one");
	await b.getByRole("button", { name: "Change password" }).click();
	await b.getByText("That is not your present password").waitFor();
	ok(true, "a wrong present password is told, and ends nothing");
	await b.getByLabel("Present password").fill(password);
	await b.getByRole("button", { name: "Change password" }).click();
	await gate(c).waitFor();
	await b.goto(`${origin}/files`);
	await row(b, "shared").waitFor();
	ok(true, "a new password ends the others, this one goes on");

	// A token: shown once, works with curl's header, revoked.
	await b.goto(`${origin}/account`);
	await b.getByRole("button", { name: "New token" }).click();
	await dialog(b).getByLabel("What it is for").fill("backup");
	await dialog(b).getByRole("button", { name: "Create" }).click();
	const token = await dialog(b).getByLabel("Token").inputValue();
	await dialog(b).getByRole("button", { name: "Close" }).last().click();
	const ask = () => b.evaluate(async (t) => (await fetch(
	    "/api/v1/list?path=:/", { credentials: "omit",
		headers: { Authorization: `Bearer ${t}` } })).status, token);
	equal(await ask(), 200, "a token works");
	await b.getByRole("region", { name: "Tokens for scripts" })
		.getByRole("button", { name: "End backup" }).click();
	await b.getByText("No tokens.").waitFor();
	equal(await ask(), 401, "until it is revoked");

	// Uploads of two tabs leave connections for all else.
	const d = await b.context().newPage();
	const under = [];
	let held = true, came = () => undefined;
	await b.context().route((url) => url.pathname === "/api/v1/uploads",
	    async (route) => {
		if (held && route.request().method() === "POST")
			await new Promise((done) => {
				under.push(done);
				came();
			});
		await route.continue();
	});
	const add = async (page, name) => {
		await page.goto(`${origin}/files`);
		await page.locator("input[type=file]").first().setInputFiles(
		    [1, 2, 3].map((i) => ({ name: `${name}${i}.txt`,
			mimeType: "text/plain", buffer: Buffer.from(name) })));
		await page.getByText("Uploading 3 files").waitFor();
	};
	await add(b, "first");
	while (under.length < 3)
		await new Promise((done) => { came = done; });
	await add(d, "second");
	await d.getByRole("link", { name: "Recent" }).click();
	await row(d, "shared").or(d.getByText("No files yet")).first().waitFor();
	equal(under.length, 3, "three uploads at once are all of a browser's");
	await d.getByText("waits for the uploads of another tab").first()
		.waitFor();
	equal([await d.getByText("waits for the uploads of another tab").count(),
	    await b.getByText("waits for the uploads of another tab").count()],
	    [3, 0], "who waits for another tab says so");
	held = false;
	for (const go of under)
		go();
	for (const page of [b, d])
		await page.getByText("Uploads done").waitFor();
	ok(true, "and the others follow");
});
