// people: alice bob carol dora
/*
 * The pictures of docs/img: a real hub with content as people have it, one
 * picture of each page.  Not a test; fssweb/ui/scripts/shots.sh runs it.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bytes, context, dialog, logIn, menu, order, origin, person, row,
	setting, test } from "./lib.mjs";
import { landscape } from "./picture.mjs";

const out = process.env.FSS_IMG;

function put(path, content) {
	const at = join(setting.work, path);
	mkdirSync(dirname(at), { recursive: true });
	writeFileSync(at, content);
	return at;
}

const texts = {
	"minutes.md": "# Minutes, 12 November\n\nPresent: alice, bob, carol\n\n" +
	    "1. The boat goes to the yard on the 20th.\n" +
	    "2. bob asks three sailmakers for a price.\n" +
	    "3. carol brings the recordings of the summer.\n",
	"shopping.csv": "what,how many\nrope 12 mm,40 m\nshackles,8\n",
};

await test(async () => {
	const alice = join(setting.work, "alice"), bob = join(setting.work,
	    "bob"), carol = join(setting.work, "carol");
	for (const [i, name] of ["beach at six.png", "lighthouse.png",
	    "the crossing.png", "evening.png"].entries())
		put(`alice/Photos/Summer/${name}`, landscape(i));
	put("alice/Club/minutes.md", texts["minutes.md"]);
	put("alice/Club/shopping.csv", texts["shopping.csv"]);
	put("alice/Club/budget 2026.xlsx", bytes(48_000, 2));
	put("alice/Club/chart of the bay.pdf", bytes(2_300_000, 3));
	put("alice/Letters/harbour office.txt", "Dear Sir or Madam\n");
	put("alice/Letters/מכתב לסבתא.txt", "שלום\n");
	put("alice/sails.zip", bytes(5_200_000, 4));
	put("bob/Recipes/bread.md", "# Bread\n\nFlour, water, salt, time.\n");
	put("bob/Recipes/soup.md", "# Soup\n");
	put("bob/Films/crossing.mp4", bytes(9_400_000, 5));
	put("carol/Recordings/evening in the harbour.flac", bytes(4_100_000, 6));
	put("carol/Recordings/morning, with gulls.flac", bytes(3_700_000, 7));
	// Twice the same: what the hub saves by that.
	put("carol/sails.zip", bytes(5_200_000, 4));
	await order("fssctl", "carol", "put", join(carol, "sails.zip"),
	    ":/sails.zip");
	for (const folder of ["Photos", "Club", "Letters"])
		await order("fssctl", "alice", "put", "-r",
		    join(alice, folder), `:/${folder}`);
	await order("fssctl", "alice", "put", join(alice, "sails.zip"),
	    ":/sails.zip");
	for (const folder of ["Recipes", "Films"])
		await order("fssctl", "bob", "put", "-r", join(bob, folder),
		    `:/${folder}`);
	await order("fssctl", "carol", "announce", "-r",
	    join(carol, "Recordings"), ":/Recordings");
	await order("fssctl", "alice", "access", ":/Photos", "open");
	await order("fssctl", "alice", "grant", ":/Club", "bob", "write");
	await order("fssctl", "alice", "grant", ":/Club", "carol", "read");
	await order("fssctl", "bob", "access", ":/Recipes", "open");
	await order("fssctl", "bob", "access", ":/Films", "ask");
	await order("fssctl", "carol", "access", ":/Recordings", "ask");
	await order("fssctl", "bob", "ask", "--want",
	    "The list of who comes on the crossing", "--from", "alice");
	await order("fssctl", "alice", "ask",
	    "carol:/Recordings/evening in the harbour.flac");
	await order("fssctl", "alice", "ask", "bob:/Films/crossing.mp4");
	await order("fssctl", "alice", "access", ":/Letters", "ask");
	await order("fssctl", "carol", "ask", "alice:/Letters/harbour office.txt",
	    "--note", "For the insurance, if you do not mind");

	const others = [await person("bob"), await person("carol")];
	const shoot = async (page, name) => {
		await page.waitForFunction(() =>
			!document.querySelector(".waiting") &&
			[...document.images].every((i) => i.complete));
		await page.screenshot({ path: join(out, `${name}.png`) });
	};
	const looks = { viewport: { width: 1120, height: 700 } };
	const gate = await (await context(looks)).newPage();
	await gate.goto(`${origin}/`);
	await gate.getByLabel("Name").waitFor();
	await shoot(gate, "log-in");
	const page = await logIn(await (await context(looks)).newPage(),
	    "alice");
	const open = async (at, name) => {
		await page.goto(`${origin}/${at}`);
		await page.getByRole("navigation", { name: "Main" }).waitFor();
		await shoot(page, name);
	};
	await open("files", "files");
	await open("files?at=alice:/Photos/Summer&show=" +
	    "alice:/Photos/Summer/lighthouse.png", "preview");
	await open("files?at=alice:/Club&show=alice:/Club&tab=access", "access");
	await open("files?at=carol:/Recordings&show=" +
	    "carol:/Recordings/evening in the harbour.flac", "announced");
	await open("shared", "shared");
	await open("recent", "recent");
	await open("search?q=cr", "search");
	await open("people", "people");
	await open("requests", "requests");
	await page.goto(`${origin}/files`);
	const made = {};
	for (const [name, fill] of [
	    ["Photos", async (d) => {
		await d.getByLabel(/^Label/).fill("For the family");
		await d.getByLabel(/^Password/).fill("lighthouse");
		await d.getByLabel("Downloads at most").fill("20"); }],
	    ["Letters", async (d) => {
		await d.getByLabel("Send me files").check();
		await d.getByLabel(/^Label/).fill("Scans from the office"); }]]) {
		await menu(page, name, "Share link…");
		await fill(dialog(page));
		if (name === "Photos")
			await shoot(page, "share");
		await dialog(page).getByRole("button", { name: "Make link" })
			.click();
		made[name] = await dialog(page).getByLabel("Link").inputValue();
		await page.keyboard.press("Escape");
		await dialog(page).waitFor({ state: "detached" });
	}
	await open("links", "links");
	// What somebody without an account sees of them.
	const visitor = await (await context(looks)).newPage();
	await visitor.goto(made.Photos);
	await visitor.getByLabel(/has set a password/).fill("lighthouse");
	await shoot(visitor, "link-password");
	await visitor.getByRole("button", { name: "Open" }).click();
	await visitor.getByRole("link", { name: "Summer" }).click();
	await visitor.getByRole("link", { name: "lighthouse.png" }).waitFor();
	await shoot(visitor, "link-folder");
	await visitor.goto(made.Letters);
	await visitor.getByLabel(/^Choose the files/).waitFor();
	await shoot(visitor, "link-upload");
	await open("account", "account");
	await page.goto(`${origin}/admin`);
	await page.locator(".spark-line").first()
		.waitFor({ state: "attached" });
	await shoot(page, "hub");
	await open("admin?tab=people", "hub-people");
	await open("admin?tab=audit", "hub-audit");

	const dark = await person("alice", { ...looks, colorScheme: "dark" });
	await dark.goto(`${origin}/requests`);
	await dark.getByRole("listitem").first().waitFor();
	await shoot(dark, "requests-dark");
	const phone = await person("alice", { viewport: { width: 360,
		height: 700 }, isMobile: true, hasTouch: true });
	await row(phone, "Photos").waitFor();
	await shoot(phone, "phone");
	for (const one of others)
		await one.context().close();
});
