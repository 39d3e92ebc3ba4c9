// people: alice
/*
 * Everything by keyboard: no pointer is used from the log-in on.
 */
import { context, dialog, equal, ok, order, origin, password, row, test }
	from "./lib.mjs";

await test(async () => {
	for (const path of [":/letters/old", ":/music", ":/photos"])
		await order("fssctl", "alice", "mkdir", path);
	const page = await (await context()).newPage();
	const press = async (...keys) => {
		for (const key of keys)
			await page.keyboard.press(key);
	};
	const focused = () => page.evaluate(() =>
		document.activeElement?.getAttribute("role") ??
		document.activeElement?.tagName);
	const active = () => page.evaluate(() => document.getElementById(
	    document.querySelector(".grid")?.getAttribute(
		"aria-activedescendant") ?? "")?.querySelector(".name")?.title);
	/** Tabs until @selector has the focus; says whether it ever had. */
	const tabTo = async (selector) => {
		for (let i = 0; i < 40; i++) {
			await press("Tab");
			if (await page.evaluate((s) =>
			    document.activeElement?.matches(s), selector))
				return true;
		}
		return false;
	};

	await page.goto(origin);
	await page.getByLabel("Name").waitFor();
	equal(await focused(), "INPUT", "the log-in begins at the name");
	await page.keyboard.type("alice");
	await press("Tab");
	await page.keyboard.type(password);
	await press("Enter");
	await row(page, "letters").waitFor();

	await press("Tab");
	ok(await page.evaluate(() => document.activeElement?.className) ===
	    "skip", "the first stop skips to the content");
	ok(await tabTo(".grid"), "the list is reached by Tab");
	equal(await active(), "letters", "and has an active entry");
	await press("ArrowDown", "ArrowDown");
	equal(await active(), "photos", "arrows move it");
	await press("Home", "Enter");
	await row(page, "old").waitFor();
	ok(page.url().includes("letters"), "Enter opens a folder");
	await press("Backspace");
	await row(page, "music").waitFor();
	ok(true, "Backspace goes up");

	// A folder made, renamed, deleted.
	await press("n");
	await dialog(page).waitFor();
	await page.keyboard.type("new one");
	await press("Enter");
	await row(page, "new one").waitFor();
	await dialog(page).waitFor({ state: "detached" });
	await tabTo(".grid");
	await press("Home", "ArrowDown", "ArrowDown");
	equal(await active(), "new one", "made by keys");
	await press("F2");
	await dialog(page).waitFor();
	await press("Control+a");
	await page.keyboard.type("renamed");
	await press("Enter");
	await row(page, "renamed").waitFor();
	await dialog(page).waitFor({ state: "detached" });
	equal(await focused(), "grid", "the focus is back in the list");
	await press("End", "m");
	await page.getByRole("menu").waitFor();
	equal(await focused(), "menuitem", "the menu takes the focus");
	await press("End");
	ok(await page.evaluate(() => document.activeElement?.textContent
		?.includes("Delete")), "its last entry is the dangerous one");
	await press("Escape");
	equal(await focused(), "grid", "Escape closes it and gives it back");
	await press("Delete");
	await dialog(page).waitFor();
	// The safe button comes first.
	await tabTo(".dialog-foot .danger");
	await press("Enter");
	await row(page, "renamed").waitFor({ state: "detached" });
	ok(true, "deleted by keys");

	// Selection.
	await tabTo(".grid");
	await press("Home", "Space", "Shift+ArrowDown");
	await page.getByText("2 selected").first().waitFor();
	await press("Control+a");
	await page.getByText("3 selected").first().waitFor();
	await press("Escape");
	await page.getByText("3 selected").first()
		.waitFor({ state: "detached" });
	ok(true, "entries are selected by keys");

	// Search, and back.
	await press("/");
	equal(await focused(), "INPUT", "a slash goes to the search");
	await page.keyboard.type("old");
	await row(page, "old").waitFor();
	await press("ArrowDown");
	equal(await focused(), "grid", "from where one goes down to the hits");
	await press("/", "Escape");
	await row(page, "music").waitFor();
	ok(true, "Escape in the search goes back to the folder");

	// Ways.
	await press("g", "p");
	await page.getByRole("heading", { name: "People" }).waitFor();
	await press("g", "q");
	await page.getByRole("heading", { name: "Requests" }).waitFor();
	await press("g", "h");
	await page.getByRole("heading", { name: "Hub" }).waitFor();
	ok(true, "g and a letter go to a page");
	await press("?");
	await dialog(page).getByText("Go to people").waitFor();
	await press("Escape");
	await dialog(page).waitFor({ state: "detached" });
	ok(true, "? lists the keys");

	// Details.
	await press("g", "f");
	await row(page, "music").waitFor();
	await tabTo(".grid");
	await press("Home", "i");
	await page.getByRole("complementary", { name: "Details" }).waitFor();
	await page.getByRole("heading", { name: "letters" }).waitFor();
	await page.waitForFunction(() => document.activeElement?.tagName === "H2");
	await press("Escape");
	await page.getByRole("complementary").waitFor({ state: "detached" });
	ok(true, "details open with the focus in them, and Escape closes them");
});
