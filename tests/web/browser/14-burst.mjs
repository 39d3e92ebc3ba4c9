// people: alice bob
/*
 * News faster than the line: one look at a time, what comes back is shown
 * while more news comes, and what a person has before them stays.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, context, equal, logIn, ok, order, origin, person, row,
	setting, test } from "./lib.mjs";

/** Calls to @path wait until they are let go, one by one. */
async function slow(page, path) {
	const waiting = [];
	let came = () => undefined, all = 0;
	await page.route((url) => url.pathname === `/api/v1/${path}`,
	    async (route) => {
		all++;
		const go = new Promise((done) => waiting.push(done));
		came();
		await go;
		await route.continue();
	});
	return { waiting, all: () => all,
		go: () => waiting.shift()(),
		/** Until @n wait. */
		has: async (n) => {
			while (waiting.length < n)
				await new Promise((done) => { came = done; });
		} };
}

const details = (page) => page.getByRole("complementary", { name: "Details" });

await test(async () => {
	const alice = await person("alice"), elsewhere = await person("alice");
	await api(alice, "POST", "/folders", { path: ":/box" });
	const grant = (who, ...rights) => api(elsewhere, "PUT", "/grants",
	    { path: ":/box", who, rights });
	const crew = (n) => api(elsewhere, "PUT", "/groups",
	    { group: `crew${n}`, member: "bob" });
	for (let n = 1; n <= 5; n++)
		await crew(n);
	await alice.goto(`${origin}/files?at=alice:/&show=alice:/box&tab=access`);
	await details(alice).getByText("Nobody has rights").waitFor();
	const grants = await slow(alice, "grants");
	// Each time the list beside it has looked, its details would have, too.
	const news = async (n) => {
		await grant(`@crew${n}`, "read");
		await api(elsewhere, "POST", "/folders", { path: `:/mark${n}` });
		await row(alice, `mark${n}`).waitFor();
	};
	await news(1);
	await grants.has(1);
	await news(2);
	await news(3);
	await news(4);
	equal(grants.waiting.length, 1, "one look, however much news there is");
	grants.go();
	await details(alice).getByText("@crew4").waitFor();
	ok(true, "what it brings is shown before the next is back");
	await grants.has(1);
	await news(5);
	equal(grants.all(), 2, "and one more for all that came during it");
	grants.go();
	await grants.has(1);
	grants.go();
	await details(alice).getByText("@crew5").waitFor();
	equal(grants.waiting.length, 0, "and none without news");

	// What is typed and chosen stays through all of it.
	await alice.unrouteAll({ behavior: "wait" });
	const who = details(alice).getByLabel("Person or @group");
	await who.fill("bo");
	await grant("bob", "read");
	await details(alice).getByText("bob", { exact: true }).waitFor();
	equal([await who.inputValue(), await who.evaluate((e) =>
		e === document.activeElement)], ["bo", true],
	    "what is being typed stays");

	// Somebody comes: the versions of an announced file stay as they are.
	const song = join(setting.work, "song.flac");
	writeFileSync(song, "la la la");
	await order("fssctl", "alice", "announce", song, ":/song.flac");
	await alice.goto(`${origin}/files?at=alice:/&show=alice:/song.flac` +
	    "&tab=versions");
	const version = details(alice).getByText("Version 1");
	await version.waitFor();
	await version.evaluate((e) => { window.kept = e; });
	// The entry is looked at again for who came; then all is drawn.
	const looked = alice.waitForResponse((answer) =>
		new URL(answer.url()).pathname === "/api/v1/entry");
	await logIn(await (await context()).newPage(), "bob");
	await (await looked).finished();
	await alice.evaluate(() => new Promise(requestAnimationFrame));
	ok(await alice.evaluate(() => window.kept.isConnected),
	    "who comes changes nothing of what is looked at");
	await api(elsewhere, "PUT", "/content?path=:/song.flac", "la la");
	await details(alice).getByText("Version 2").waitFor();
	ok(await alice.evaluate(() => document.querySelector(".versions")
		.contains(window.kept)), "nor does a version more");
});
