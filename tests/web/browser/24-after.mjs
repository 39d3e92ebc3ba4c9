// people: alice bob
/*
 * What one has just done shows where one did it: a file that was asked for, a
 * version that is back; and the focus is not lost with a card or row that an
 * answer, a dialog or a menu takes away.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, dialog, equal, menu, ok, order, origin, person, row, setting,
	test } from "./lib.mjs";

const hasFocus = (page) => page.evaluate(() => {
	const e = document.activeElement;
	return e.closest("li")?.textContent ?? e.getAttribute("role") ??
	    e.tagName;
});

await test(async () => {
	const alice = await person("alice"), bob = await person("bob");
	const put = (page, path, text = "text") => api(page, "PUT",
	    `/content?path=${encodeURIComponent(path)}`, text);
	const song = join(setting.work, "song.flac");
	writeFileSync(song, "la la\n");
	await order("fssctl", "bob", "announce", song, ":/songs/song.flac");
	await order("fssctl", "bob", "access", ":/songs", "ask");

	// Asked for from the details.
	await alice.goto(`${origin}/files?at=bob:/songs&show=` +
	    "bob:/songs/song.flac");
	const details = alice.getByRole("complementary", { name: "Details" });
	const facts = details.locator(".facts");
	await facts.waitFor();
	equal([await facts.getByText("Announced").count(),
	    await facts.getByText("Came to the hub").count()], [1, 0],
	    "what is announced is not said to have come to the hub");
	await details.getByRole("button", { name: "Ask for it…" }).focus();
	await alice.keyboard.press("Enter");
	await dialog(alice).getByRole("button", { name: "Ask", exact: true })
		.click();
	await details.getByText("asked: waiting").waitFor();
	equal([await details.getByRole("button", { name: "Ask for it…" })
		.count(), await hasFocus(alice)], [0, "H2"],
	    "the details say that it was asked for, and keep the focus");

	// A no by keyboard: the next card has the focus.
	await put(bob, ":/songs/other.txt");
	await api(alice, "POST", "/requests", { kind: "get",
		path: "bob:/songs/other.txt" });
	await bob.goto(`${origin}/requests`);
	const card = (name) => bob.getByRole("listitem")
		.filter({ hasText: name });
	await card("other.txt").getByRole("button", { name: "Deny…" }).focus();
	await bob.keyboard.press("Enter");
	await dialog(bob).getByLabel("Reason").waitFor();
	await dialog(bob).getByRole("button", { name: "Deny" }).focus();
	await bob.keyboard.press("Enter");
	await card("other.txt").waitFor({ state: "detached" });
	await dialog(bob).waitFor({ state: "detached" });
	ok((await hasFocus(bob)).includes("song.flac"),
	    "the card after the one that was answered has the focus",
	    await hasFocus(bob));

	// The one in hand goes while a dialog is open for it, which Escape closes.
	await api(alice, "POST", "/requests", { kind: "want", text: "a map",
		from: "bob" });
	await card("a map").getByRole("button", { name: "Give a file…" })
		.focus();
	await bob.keyboard.press("Enter");
	await dialog(bob).waitFor();
	const { rows: asked } = await api(alice, "GET",
	    "/requests?box=out&state=live");
	await api(alice, "POST", "/requests/decide", { event: "cancel",
		ids: [asked.find((r) => r.text === "a map").request] });
	await card("a map").waitFor({ state: "detached" });
	await bob.keyboard.press("Escape");
	await dialog(bob).waitFor({ state: "detached" });
	ok((await hasFocus(bob)).includes("song.flac"),
	    "so it is where the card went before its dialog",
	    await hasFocus(bob));

	// Of two answers the first that was asked for comes last: what the hub told
	// of one's yes is older than that the asker has cancelled.
	await put(bob, ":/in/x.txt");
	await order("fssctl", "bob", "access", ":/in", "open");
	const { request } = await api(alice, "POST", "/requests", {
		kind: "upload", path: "bob:/in/late.bin", size: 5 });
	await card("late.bin").waitFor();
	let heard, held, free = () => undefined;
	const told = new Promise((done) => { heard = done; });
	const kept = new Promise((done) => { held = done; });
	const late = new Promise((done) => { free = done; });
	await bob.route((url) => url.pathname.startsWith("/api/v1/requests/"),
	    async (route) => {
		const answer = await route.fetch();
		if (route.request().method() === "POST") {
			// The news of it come first, and are looked at.
			await told;
			return route.fulfill({ response: answer });
		}
		if ((await answer.json()).request_state === "approved") {
			if (heard) {
				await route.fulfill({ response: answer });
				heard();
				heard = undefined;
				return;
			}
			held();
			await late;
		}
		await route.fulfill({ response: answer });
	});
	await card("late.bin").getByRole("button", { name: "Approve" }).click();
	await kept;
	await api(alice, "POST", "/requests/decide", { event: "cancel",
		ids: [request] });
	await card("late.bin").waitFor({ state: "detached" });
	const answered = bob.waitForResponse((r) =>
		r.url().endsWith(`/requests/${request}`));
	free();
	await (await answered).finished();
	await bob.evaluate(() => new Promise((done) =>
		requestAnimationFrame(() => requestAnimationFrame(done))));
	equal(await card("late.bin").count(), 0,
	    "a late answer brings back nothing that is over");
	await bob.unrouteAll();
	// A yes to what is not at the hub.
	const song1 = (await api(bob, "GET", "/requests?box=in&state=live")).rows
		.find((r) => r.name === "song.flac");
	await api(bob, "POST", "/requests/decide", { event: "approve",
		ids: [song1.request] });
	await card("song.flac").getByText("fssctl agent").waitFor();
	await alice.goto(`${origin}/requests?tab=out`);
	await alice.getByText("It comes once a computer that has it").waitFor();
	ok(true, "after a yes both are told what the file waits for");

	// The last card of a list, and a row by its own menu.
	await put(alice, ":/box/a.txt");
	await put(alice, ":/box/b.txt");
	await api(alice, "POST", "/links", { path: ":/box", kind: "download" });
	await alice.goto(`${origin}/links`);
	await alice.getByRole("button", { name: "Revoke" }).focus();
	await alice.keyboard.press("Enter");
	await dialog(alice).getByRole("button", { name: "Revoke" }).click();
	await alice.getByText("No share links").waitFor();
	await dialog(alice).waitFor({ state: "detached" });
	equal(await hasFocus(alice), "MAIN",
	    "after the last card reading goes on in the page");
	await alice.goto(`${origin}/files?at=alice:/box`);
	await menu(alice, "a.txt", "Delete…");
	await dialog(alice).getByRole("button", { name: "Delete" }).click();
	await row(alice, "a.txt").waitFor({ state: "detached" });
	await dialog(alice).waitFor({ state: "detached" });
	equal(await hasFocus(alice), "grid",
	    "after a row that was deleted it is in the list");

	// An older version is brought back.
	await put(alice, ":/box/b.txt", "second");
	await alice.setViewportSize({ width: 390, height: 800 });
	await alice.goto(`${origin}/files?at=alice:/box&show=alice:/box/b.txt` +
	    "&tab=versions");
	const back = alice.getByRole("button",
	    { name: "Make this the newest: Version 1" });
	await back.waitFor();
	const words = await back.locator("xpath=..").locator(".grow")
		.boundingBox();
	ok(words.width > 130, "on a phone a version has room for its words",
	    words);
	await back.click();
	await alice.getByText(
	    "Version 3 is the newest, with what version 1 has").waitFor();
	await details.getByText("Version 3", { exact: true }).waitFor();
	ok(true, "what is told of it is what the list says");
});
