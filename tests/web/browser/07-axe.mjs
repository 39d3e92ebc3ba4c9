// people: alice bob carol
/*
 * axe on every page, on details and dialogs, light and dark, wide and narrow:
 * nothing serious.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { context, equal, findings, logIn, order, origin, row, setting, test }
	from "./lib.mjs";

await test(async () => {
	const file = join(setting.work, "notes.txt");
	writeFileSync(file, "bread, milk\n");
	await order("fssctl", "alice", "put", file, ":/letters/notes.txt");
	await order("fssctl", "alice", "access", ":/letters", "open");
	await order("fssctl", "bob", "put", file, ":/songs/a.txt");
	await order("fssctl", "bob", "access", ":/songs", "ask");
	await order("fssctl", "bob", "announce", file, ":/songs/later.txt");
	await order("fssctl", "bob", "ask", "--want", "a map", "--from", "alice");
	await order("fssctl", "alice", "ask", "bob:/songs/a.txt");
	await order("fssctl", "carol", "rules", "add", "allow", "alice");

	const pages = ["files", "files?at=alice:/letters&show=" +
	    "alice:/letters/notes.txt", "files?at=alice:/&show=" +
	    "alice:/letters&tab=access", "files?at=alice:/letters&show=" +
	    "alice:/letters/notes.txt&tab=versions", "files?at=bob:/songs",
	    "files?at=bob:/songs&show=bob:/songs/later.txt",
	    "files?at=alice:/nowhere", "shared", "recent", "search?q=notes",
	    "search?q=nothing+like+it", "people", "requests",
	    "requests?tab=out", "requests?tab=history", "requests?tab=rules",
	    "links", "account", "admin", "admin?tab=people",
	    "admin?tab=invites", "admin?tab=sessions", "admin?tab=audit"];

	for (const [look, options] of Object.entries({
		"light": { colorScheme: "light" },
		"dark": { colorScheme: "dark" },
		"narrow": { viewport: { width: 360, height: 640 },
			isMobile: true, hasTouch: true },
	})) {
		const page = await (await context(options)).newPage();
		await page.goto(`${origin}/`);
		await page.getByLabel("Name").waitFor();
		equal(await findings(page), [], `${look}: log-in`);
		await page.goto(`${origin}/join`);
		await page.getByLabel("Invite").waitFor();
		equal(await findings(page), [], `${look}: sign-up`);
		await logIn(page, "alice");
		for (const at of pages) {
			await page.goto(`${origin}/${at}`);
			await page.getByRole("navigation", { name: "Main" })
				.waitFor();
			await page.waitForFunction(() =>
				!document.querySelector(".waiting"));
			equal(await findings(page), [], `${look}: /${at}`);
		}
		await page.goto(`${origin}/files`);
		await row(page, "letters").waitFor();
		const open = async (name, say, what) => {
			await row(page, "letters")
				.getByRole("button", { name: /^Actions/ }).click();
			await page.getByRole("menu").waitFor();
			if (what)
				await page.getByRole("menuitem", { name: what })
					.click();
			equal(await findings(page), [], `${look}: ${say}`);
			await page.keyboard.press("Escape");
			await page.getByRole(name).waitFor({ state: "detached" });
		};
		await open("menu", "menu");
		await open("dialog", "dialog of links", "Share link…");
		await open("dialog", "dialog of moving", "Move…");
		await open("dialog", "dialog of deleting", "Delete…");
		await page.keyboard.press("?");
		await page.getByRole("dialog").waitFor();
		equal(await findings(page), [], `${look}: keys`);
	}
});
