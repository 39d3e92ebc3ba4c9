// people: alice
/*
 * One's place is kept: the active row and the focus while others change what
 * is around them, and the dialog one has open while another is still at work.
 */
import { api, dialog, equal, menu, ok, origin, person, row, test }
	from "./lib.mjs";

await test(async () => {
	const alice = await person("alice"), elsewhere = await person("alice");
	const put = (path) => api(elsewhere, "PUT",
	    `/content?path=${encodeURIComponent(path)}`, "text");
	await put(":/box/b.txt");
	await put(":/box/c.txt");
	await alice.goto(`${origin}/files?at=alice:/box`);
	await row(alice, "c.txt").waitFor();
	await alice.getByRole("grid").focus();
	await alice.keyboard.press("ArrowDown");
	const active = () => alice.evaluate(() => document.querySelector(
	    ".row.active .name").title);
	equal(await active(), "c.txt", "a row is active");
	await put(":/box/a.txt");
	await row(alice, "a.txt").waitFor();
	equal(await active(), "c.txt", "and stays so when one comes above it");
	await alice.keyboard.press("Shift+ArrowUp");
	await alice.getByText("2 selected").first().waitFor();
	equal(await row(alice, "a.txt").getAttribute("aria-selected"), "false",
	    "a range begins where it was");
	await alice.keyboard.press("Escape");
	await alice.keyboard.press("ArrowDown");
	await api(elsewhere, "POST", "/remove", { paths: [":/box/c.txt"] });
	await row(alice, "c.txt").waitFor({ state: "detached" });
	await alice.keyboard.press("i");
	await alice.waitForURL(/show=alice:\/box\/b\.txt/);
	ok(true, "of one that is gone the next in its place is active");
	await alice.getByRole("complementary").getByRole("button",
	    { name: "Close" }).click();
	const has = () => alice.evaluate(() => {
		const e = document.activeElement;
		return e.getAttribute("role") ?? e.closest("li")?.textContent ??
		    e.tagName;
	});
	await alice.waitForURL((url) => !url.searchParams.has("show"));
	equal(await has(), "grid", "who closes the details is in the list again");

	// Details are one step, however many were looked at, and left by the way
	// one came.
	await put(":/box/d.txt");
	const beside = alice.getByRole("complementary", { name: "Details" });
	const shown = () => new URL(alice.url()).searchParams.get("show");
	await row(alice, "d.txt").waitFor();
	await row(alice, "b.txt").getByRole("link").click();
	await beside.getByRole("heading", { name: "b.txt" }).waitFor();
	await row(alice, "d.txt").getByRole("link").click();
	await beside.getByRole("heading", { name: "d.txt" }).waitFor();
	await beside.getByRole("link", { name: "Versions" }).click();
	await beside.getByText("Version 1").waitFor();
	await alice.goBack();
	await beside.waitFor({ state: "detached" });
	equal([shown(), new URL(alice.url()).searchParams.get("at")],
	    [null, "alice:/box"], "the way back leads out of all details");
	await row(alice, "b.txt").getByRole("link").click();
	await beside.getByRole("button", { name: "Close" }).click();
	await beside.waitFor({ state: "detached" });
	await alice.waitForURL((url) => !url.searchParams.has("show"));
	await alice.goForward();
	await beside.getByRole("heading", { name: "b.txt" }).waitFor();
	ok(true, "and so does who closes them, who may come again");
	// Who goes on before the browser is back goes on all the same.
	await alice.evaluate(() => {
		document.querySelector(".details-head button").click();
		document.querySelector('.side a[href="/people"]').click();
	});
	await alice.waitForURL(`${origin}/people`);
	await alice.goBack();
	await row(alice, "b.txt").waitFor();
	equal([shown(), await beside.count()], [null, 0],
	    "who goes elsewhere at once from details is there, without them");
	// Renamed, the step before them would lead to what is no more.
	await api(elsewhere, "POST", "/folders", { path: ":/old" });
	await alice.goto(`${origin}/files`);
	await row(alice, "old").getByRole("link").click();
	await alice.getByText("Nothing here yet").waitFor();
	await alice.getByRole("button", { name: "Details", exact: true }).click();
	await beside.getByRole("heading", { name: "old" }).waitFor();
	await beside.getByRole("button", { name: "More" }).click();
	await alice.getByRole("menuitem", { name: "Rename…" }).click();
	await dialog(alice).getByLabel("New name").fill("new");
	await dialog(alice).getByRole("button", { name: "Rename" }).click();
	await beside.getByRole("heading", { name: "new" }).waitFor();
	await beside.getByRole("button", { name: "Close" }).click();
	await beside.waitFor({ state: "detached" });
	await alice.getByText("Nothing here yet").waitFor();
	equal(new URL(alice.url()).searchParams.get("at"), "alice:/new",
	    "closing them goes to no name of before");
	await alice.goto(`${origin}/files?at=alice:/box`);

	// A key that means nothing in a menu means nothing at all.
	await row(alice, "b.txt").getByRole("button", { name: /^Actions/ })
		.click();
	await alice.getByRole("menu").waitFor();
	await alice.keyboard.press("n");
	await alice.keyboard.press("Backspace");
	await alice.keyboard.press("Escape");
	await alice.getByRole("menu").waitFor({ state: "detached" });
	equal([await dialog(alice).count(),
	    new URL(alice.url()).searchParams.get("at")], [0, "alice:/box"],
	    "no shortcut works in a menu");

	// A dialog that is given up does not close the next one.
	let go = () => undefined;
	const held = new Promise((done) => { go = done; });
	await alice.route((url) => url.pathname === "/api/v1/folders",
	    async (route) => {
		await held;
		await route.continue();
	});
	await alice.getByRole("button", { name: "New folder" }).click();
	await dialog(alice).getByLabel("Name of the folder").fill("new");
	const create = dialog(alice).getByRole("button", { name: "Create" });
	await create.click();
	await dialog(alice).locator("[aria-busy=true]").waitFor();
	equal(await create.evaluate((e) => e === document.activeElement), true,
	    "what was pressed keeps the focus while it works");
	await alice.keyboard.press("Escape");
	await dialog(alice).waitFor({ state: "detached" });
	await menu(alice, "b.txt", "Rename…");
	await dialog(alice).getByLabel("New name").fill("other.txt");
	go();
	await row(alice, "new").waitFor();
	equal(await dialog(alice).getByLabel("New name").inputValue(),
	    "other.txt", "the dialog of before leaves this one open");
	await alice.keyboard.press("Escape");

	// A card that goes leaves the focus to the one in its place.
	const links = [];
	for (const label of ["one", "two", "three"])
		links.push(await api(elsewhere, "POST", "/links", { label,
			path: ":/box/b.txt", kind: "download" }));
	await alice.goto(`${origin}/links`);
	const card = (label) => alice.getByRole("listitem")
		.filter({ hasText: label });
	await card("three").waitFor();
	const order = await alice.getByRole("listitem").locator("strong")
		.allTextContents();
	const cards = order.filter((label) =>
		["one", "two", "three"].includes(label));
	await card(cards[1]).getByRole("button", { name: "Revoke" }).focus();
	await api(elsewhere, "DELETE", `/links/${links[["one", "two", "three"]
		.indexOf(cards[1])].link}`);
	await card(cards[1]).waitFor({ state: "detached" });
	await alice.waitForFunction(() =>
		document.activeElement !== document.body);
	ok((await has()).includes(cards[2]), "the next card has the focus",
	    await has());

	// Who double-clicks a name goes where it leads, and not on from there.
	for (const path of [":/outer", ":/outer/middle", ":/outer/middle/inner"])
		await api(elsewhere, "POST", "/folders", { path });
	await alice.goto(`${origin}/files?at=alice:/outer`);
	const name = row(alice, "middle").getByRole("link");
	await name.waitFor();
	const spot = await name.boundingBox();
	await alice.mouse.move(spot.x + 8, spot.y + 8);
	await alice.mouse.down({ clickCount: 1 });
	await alice.mouse.up({ clickCount: 1 });
	await row(alice, "inner").waitFor();
	await alice.mouse.down({ clickCount: 2 });
	await alice.mouse.up({ clickCount: 2 });
	await alice.evaluate(() => new Promise((done) =>
		requestAnimationFrame(() => requestAnimationFrame(done))));
	equal(new URL(alice.url()).searchParams.get("at"), "alice:/outer/middle",
	    "a double click on a name opens one folder");

	// Two quick clicks are one rule.
	await alice.goto(`${origin}/requests?tab=rules`);
	await alice.getByText("No rules").waitFor();
	let rules = 0, add = () => undefined;
	const adding = new Promise((done) => { add = done; });
	await alice.route((url) => url.pathname === "/api/v1/rules",
	    async (route) => {
		if (route.request().method() === "POST") {
			rules++;
			await adding;
		}
		await route.continue();
	});
	const button = alice.getByRole("button", { name: "Add rule" });
	const whose = alice.getByRole("combobox", { name: "Who" });
	const folder = alice.getByLabel("In folder");
	await folder.fill("/box");
	await button.click();
	await button.click({ force: true });
	await whose.fill("next");
	add();
	await alice.getByRole("listitem").filter({ hasText: "everybody" })
		.waitFor();
	equal(rules, 1, "a rule is added once");
	await alice.waitForFunction(() => !document.querySelector(
	    "form [aria-busy]"));
	equal([await whose.inputValue(), await folder.inputValue()],
	    ["next", ""], "what was typed meanwhile is for the next one");
	let give = () => undefined;
	const giving = new Promise((done) => { give = done; });
	await alice.route((url) => url.pathname === "/api/v1/grants",
	    async (route) => {
		if (route.request().method() !== "PUT")
			return route.continue();
		await giving;
		await route.fulfill({ json: { status: "FSS_OK" } });
	});
	await alice.goto(`${origin}/files?show=alice:/box&tab=access`);
	const given = alice.getByRole("combobox", { name: /^Person or/ });
	await given.fill("first");
	await alice.getByRole("button", { name: "Give rights" }).click();
	await given.fill("second");
	give();
	await alice.getByText("first has new rights").waitFor();
	equal(await given.inputValue(), "second", "nor is a name wiped");

	// What is refused does not look as if it were done.
	await alice.goto(`${origin}/people`);
	await alice.route((url) => url.pathname === "/api/v1/presence",
	    (route) => route.fulfill({ status: 503, json: { error: {
		name: "FSS_EOVERLOAD", message: "busy" } } }));
	const hide = alice.getByLabel("Hide that I am online");
	await hide.click();
	await alice.getByText("too much to do").waitFor();
	await alice.waitForFunction(() =>
		!document.querySelector("input[type=checkbox]").checked);
	ok(true, "hiding that is refused is not ticked");
});
