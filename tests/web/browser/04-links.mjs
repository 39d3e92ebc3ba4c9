// people: alice
/*
 * Share links: made, opened without an account and without a script, counted
 * to their limit, revoked; and one to send files in.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, context, dialog, download, equal, menu, ok, order, origin,
	person, row, setting, test } from "./lib.mjs";

/** Somebody who has nothing but the link, and a browser without scripts. */
async function visitor() {
	return (await context({ javaScriptEnabled: false })).newPage();
}

await test(async () => {
	const alice = await person("alice");
	const song = bytes(300_000, 5), path = join(setting.work, "song.flac");
	writeFileSync(path, song);
	await alice.locator("input[type=file]").first().setInputFiles(path);
	await row(alice, "song.flac").waitFor();

	const make = async (name, fill) => {
		await menu(alice, name, "Share link…");
		await fill(dialog(alice));
		await dialog(alice).getByRole("button", { name: "Make link" })
			.click();
		const url = await dialog(alice).getByLabel("Link").inputValue();
		await dialog(alice).getByRole("button", { name: "Close" }).last()
			.click();
		return url;
	};

	const url = await make("song.flac", async (d) => {
		await d.getByLabel("Downloads at most").fill("2");
		await d.getByLabel(/^Label/).fill("For the band");
	});
	ok(url.startsWith(`${origin}/s/`), "a link is shown once", url);

	const v = await visitor();
	await v.goto(url);
	await v.getByText("song.flac").first().waitFor();
	ok(true, "opened without account and script");
	const fetchIt = (page) => download(page, () =>
		page.locator('a[href*="/get"]').first().click());
	ok((await fetchIt(v)).equals(song), "the same bytes");
	const w = await visitor();
	await w.goto(url);
	ok((await fetchIt(w)).equals(song), "for a second one as well");
	const x = await visitor();
	const answer = await x.goto(url);
	equal(answer.status(), 404, "the third is too late");

	await alice.getByRole("link", { name: "Share links" }).click();
	const card = alice.getByRole("listitem")
		.filter({ hasText: "For the band" });
	await card.getByText("2 of 2 downloads").waitFor();
	await card.getByText("ended", { exact: true }).waitFor();
	ok(true, "its maker sees that it is used up");

	// With a password.
	await alice.getByRole("link", { name: "My files" }).click();
	const secret = await make("song.flac", async (d) => {
		await d.getByLabel(/^Password/).fill("open sesame");
	});
	const p = await visitor();
	await p.goto(secret);
	await p.locator("input[type=password]").fill("wrong");
	await p.locator("button, input[type=submit]").first().click();
	await p.locator("input[type=password]").fill("open sesame");
	await p.locator("button, input[type=submit]").first().click();
	ok((await fetchIt(p)).equals(song), "with the password it opens");

	// Revoked.
	await alice.getByRole("link", { name: "Share links" }).click();
	const other = alice.getByRole("listitem")
		.filter({ hasText: "with password" });
	await other.getByRole("button", { name: "Revoke" }).click();
	await dialog(alice).getByRole("button", { name: "Revoke" }).click();
	await alice.getByText("The link is revoked").waitFor();
	const r = await visitor();
	equal((await r.goto(secret)).status(), 404, "a revoked link is dead");

	// Send me files.
	await alice.getByRole("link", { name: "My files" }).click();
	await alice.getByRole("button", { name: "New folder" }).click();
	await dialog(alice).getByLabel("Name of the folder").fill("inbox");
	await dialog(alice).getByRole("button", { name: "Create" }).click();
	await row(alice, "inbox").waitFor();
	const send = await make("inbox", (d) =>
		d.getByLabel("Send me files").check());
	await row(alice, "inbox").getByRole("link").click();
	const s = await visitor();
	await s.goto(send);
	const note = join(setting.work, "from a friend.txt");
	writeFileSync(note, "hello\n");
	await s.locator("input[type=file]").setInputFiles(note);
	await s.locator("button, input[type=submit]").first().click();
	await row(alice, "from a friend.txt").waitFor();
	ok(true, "what a visitor sends shows at once");
	const got = await order("fssctl", "alice", "cat",
	    ":/inbox/from a friend.txt");
	equal(Buffer.from(got[0].data, "base64").toString(), "hello\n",
	    "whole");
	await alice.getByRole("link", { name: "Share links" }).click();
	await alice.getByRole("listitem").filter({ hasText: "Send me files" })
		.getByText("1 file sent").waitFor();
	ok(true, "and is counted");
});
