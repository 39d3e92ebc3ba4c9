// people: alice
/*
 * The whole way: sign up by invite, upload a folder, somebody else finds it,
 * asks, is answered in another browser, and has the same bytes.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, context, dialog, download, equal, menu, ok, order, origin,
	password, person, row, test, tree } from "./lib.mjs";

async function signUp(name) {
	const invite = await order("invite");
	const page = await (await context()).newPage();
	await page.goto(`${origin}/join#${encodeURIComponent(invite)}`);
	equal(await page.getByLabel("Invite").inputValue(), invite,
	    "an invite in the address is filled in");
	await page.getByLabel("Name").fill(name);
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByLabel("Password again").fill(password);
	await page.getByRole("button", { name: "Sign up" }).click();
	await page.getByRole("navigation", { name: "Main" }).waitFor();
	return page;
}

await test(async () => {
	const wrong = await (await context()).newPage();
	await wrong.goto(`${origin}/join#no-such-invite`);
	await wrong.getByLabel("Name").fill("mallory");
	await wrong.getByLabel("Password", { exact: true }).fill(password);
	await wrong.getByLabel("Password again").fill(password);
	await wrong.getByRole("button", { name: "Sign up" }).click();
	await wrong.getByText("The invite is not good").waitFor();
	ok(true, "a wrong invite is told as that");

	const bob = await signUp("bob"), carol = await signUp("carol");
	const photo = bytes(700_000, 3);
	const folder = tree("Holiday", {
		"beach.jpg": photo, "deep/down/notes.txt": "wind from the west\n",
		"empty.txt": "", "שלום.txt": "peace\n" });

	await bob.locator("input[type=file]").nth(1).setInputFiles(folder);
	await bob.getByText("Uploads done").waitFor();
	await row(bob, "Holiday").waitFor();
	ok(true, "a folder is uploaded, and shows by itself");
	await row(bob, "Holiday").getByRole("link").click();
	for (const name of ["beach.jpg", "deep", "empty.txt", "שלום.txt"])
		await row(bob, name).waitFor();
	ok(true, "with all that was in it, empty and odd names too");

	// Nothing is to be found until bob lets it be seen.
	const box = carol.getByRole("searchbox", { name: "Search" });
	await box.fill("beach");
	await carol.getByText("Nothing found").waitFor();
	ok(true, "what is private is not found");

	await bob.goBack();
	await menu(bob, "Holiday", "Access…");
	await bob.getByLabel("May see, must ask").check();
	await bob.getByText("Access changed").waitFor();
	await row(carol, "beach.jpg").waitFor();
	ok(true, "a hit comes by itself once it may be seen");
	await row(carol, "beach.jpg").getByText("ask first").waitFor();
	await box.fill("baech");
	await carol.getByText("Did you mean").getByRole("link",
	    { name: "beach", exact: true }).click();
	await row(carol, "beach.jpg").waitFor();
	equal(await box.inputValue(), "beach",
	    "what a misspelt word may mean is a link to a search for it");

	await menu(carol, "beach.jpg", "Ask for it…");
	await dialog(carol).getByLabel("Note").fill("for grandmother");
	await dialog(carol).getByRole("button", { name: "Ask" }).click();
	await row(carol, "beach.jpg").getByText("asked: waiting").waitFor();
	ok(true, "asked for, and shown as asked");

	await bob.waitForFunction(() => document.title.startsWith("(1)"));
	ok(true, "the owner's title counts it, without a reload");
	await bob.keyboard.press("Escape");
	await bob.getByRole("link", { name: /^Requests/ }).click();
	const card = bob.getByRole("listitem").filter({ hasText: "beach.jpg" });
	await card.getByText("for grandmother").waitFor();
	await card.getByRole("button", { name: "Approve" }).click();
	await bob.getByText("No request waits for you").waitFor();
	await bob.waitForFunction(() => !document.title.startsWith("("));
	ok(true, "approved, in another browser");

	await row(carol, "beach.jpg").getByText("allowed").waitFor();
	const got = await download(carol, () =>
		menu(carol, "beach.jpg", "Download"));
	ok(got.equals(photo), "the same bytes arrive");

	const zip = await download(bob, async () => {
		await bob.getByRole("link", { name: "My files" }).click();
		await menu(bob, "Holiday", "Download as zip");
	});
	ok(zip.subarray(0, 2).toString() === "PK" && zip.length > photo.length,
	    "the folder comes as a zip");

	// A want, answered by a file from the other side.
	await carol.getByRole("link", { name: /^Requests/ }).click();
	await carol.getByRole("button", { name: "Ask for something" }).click();
	await dialog(carol).getByLabel("What do you look for?")
		.fill("The list for the boat");
	await dialog(carol).getByLabel(/^Whom to ask/).fill("bob");
	await dialog(carol).getByRole("button", { name: "Ask" }).click();
	await bob.getByRole("link", { name: /^Requests/ }).click();
	const want = bob.getByRole("listitem")
		.filter({ hasText: "The list for the boat" });
	await want.getByRole("button", { name: "Give a file…" }).click();
	await dialog(bob).locator("input[type=file]")
		.setInputFiles(join(folder, "deep/down/notes.txt"));
	await carol.getByRole("link", { name: "From me" }).click();
	await carol.getByRole("link", { name: "History" }).click();
	const done = carol.getByRole("listitem")
		.filter({ hasText: "The list for the boat" });
	await done.getByText("fulfilled").waitFor();
	const list = await download(carol, () =>
		done.getByRole("link", { name: "Download" }).click());
	ok(list.equals(readFileSync(join(folder, "deep/down/notes.txt"))),
	    "a wish is fulfilled by a file, and fetched");

	// Deny with a reason.
	await carol.goto(`${origin}/files?at=bob:/Holiday`);
	await menu(carol, "empty.txt", "Ask for it…");
	await dialog(carol).getByRole("button", { name: "Ask" }).click();
	const again = bob.getByRole("listitem").filter({ hasText: "empty.txt" });
	await again.getByRole("button", { name: "Deny…" }).click();
	await dialog(bob).getByLabel("Reason").fill("there is nothing in it");
	await dialog(bob).getByRole("button", { name: "Deny" }).click();
	await carol.goto(`${origin}/requests?tab=history`);
	await carol.getByText("there is nothing in it").waitFor();
	ok(true, "a no comes with its reason");
	await bob.waitForFunction(() => !document.title.startsWith("("));
	ok(true, "what one has answered waits no more");

	const alice = await person("alice");
	await alice.goto(`${origin}/admin?tab=people`);
	await alice.getByText("carol", { exact: true }).waitFor();
	ok(true, "the admin sees who came");
});
