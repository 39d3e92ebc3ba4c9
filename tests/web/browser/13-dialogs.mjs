// people: alice bob
/*
 * axe on every dialog, light and dark, wide and narrow: nothing serious.  A
 * dialog that is new in the page is missed here, so the sources are counted.
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dialog, equal, findings, menu, ok, order, origin, person, row,
	setting, test } from "./lib.mjs";

/** Components of the page that draw a dialog. */
function drawn() {
	const src = fileURLToPath(new URL("../../../fssweb/ui/src",
	    import.meta.url));
	return readdirSync(src, { recursive: true })
	    .filter((name) => name.endsWith(".tsx"))
	    .flatMap((name) => [...readFileSync(join(src, name), "utf8")
		.matchAll(/<(?:Form)?Dialog[ \n]/g)].map(() => name))
	    .filter((name) => name !== "ui/dialog.tsx");
}

const looks = {
	"light": { colorScheme: "light" },
	"dark": { colorScheme: "dark" },
	"narrow": { viewport: { width: 360, height: 640 }, isMobile: true,
		hasTouch: true },
};

await test(async () => {
	const file = join(setting.work, "notes.txt");
	writeFileSync(file, "bread, milk\n");
	await order("fssctl", "alice", "put", file, ":/letters/notes.txt");
	await order("fssctl", "bob", "put", file, ":/songs/a.txt");
	await order("fssctl", "bob", "put", file, ":/songs/b.txt");
	await order("fssctl", "bob", "access", ":/songs", "ask");
	await order("fssctl", "bob", "ask", "--want", "a map", "--from", "alice");
	const wish = (await order("fssctl", "alice", "ask", "--want", "a song"))
		.at(-1);
	await order("fssctl", "bob", "fulfil", String(wish.request),
	    ":/songs/a.txt");

	for (const [look, options] of Object.entries(looks)) {
		const page = await person("alice", options);
		let count = 0;
		/** Opens a dialog by @open on the page @at, and looks at it. */
		const see = async (at, what, open) => {
			await page.goto(`${origin}/${at}`);
			await open();
			await dialog(page).waitFor();
			await page.waitForFunction(() =>
				!document.querySelector("dialog .waiting"));
			equal(await findings(page), [], `${look}: ${what}`);
			const first = await page.evaluate(() =>
				document.activeElement.ariaLabel ??
				document.activeElement.textContent);
			ok(first !== "Close" && (await dialog(page).locator(":focus")
				.count()) === 1 &&
			    (!["delete", "revoke", "end all"].includes(what) ||
				first === "Cancel"),
			    `${look}: ${what} begins where nothing is lost`, first);
			count++;
			await page.keyboard.press("Escape");
			await dialog(page).waitFor({ state: "detached" });
		};
		const click = (name) => page.getByRole("button", { name }).first()
			.click();
		/** What a dialog shows once @name was pressed in it. */
		const secret = async (name, label) => {
			await dialog(page).getByRole("button", { name }).click();
			await dialog(page).getByLabel(label, { exact: true })
				.first().waitFor();
			equal(await findings(page), [],
			    `${look}: ${label}, told once`);
		};
		const request = (text, name) => page.getByRole("listitem")
			.filter({ hasText: text })
			.getByRole("button", { name }).click();

		await see("requests", "deny", () => request("a map", "Deny…"));
		await see("requests", "give a file",
		    () => request("a map", "Give a file…"));
		await see("requests", "ask for something",
		    () => click("Ask for something"));
		await see("requests?tab=history", "not what was meant",
		    () => request("a song", "Not what I meant"));
		await see("files?at=bob:/songs", "ask for a file",
		    () => menu(page, "b.txt", "Ask for it…"));
		await see("files?at=bob:/songs", "ask to upload", async () => {
			await row(page, "a.txt").waitFor();
			const data = await page.evaluateHandle(() => {
				const data = new DataTransfer();
				data.items.add(new File(["x"], "x.txt"));
				return data;
			});
			await page.locator(".drop").dispatchEvent("drop",
			    { dataTransfer: data });
		});
		for (const [what, item] of [["rename", "Rename…"],
		    ["move", "Move…"], ["delete", "Delete…"]])
			await see("files", what,
			    () => menu(page, "letters", item));
		await see("files", "new folder", () => click("New folder"));
		await see("files?at=alice:/letters&show=alice:/letters/notes.txt",
		    "preview", () => click("Open large"));
		await see("files", "link", async () => {
			await menu(page, "letters", "Share link…");
			await dialog(page).waitFor();
			equal(await findings(page), [], `${look}: new link`);
			await secret("Make link", "Link");
		});
		await see("links", "link to what is chosen",
		    () => click("New link"));
		await see("links", "revoke", () => click("Revoke"));
		await see("account", "end all", () => click("Log out everywhere"));
		await see("account", "token", async () => {
			await click("New token");
			await dialog(page).getByLabel("What it is for").fill("x");
			await secret("Create", "Token");
		});
		await see("admin?tab=people", "person", () => click("Edit bob"));
		await see("admin?tab=invites", "invite", async () => {
			await click("New invite");
			await secret("Create", "Link to join");
		});
		await see("files", "keys", async () => {
			await row(page, "letters").waitFor();
			await page.keyboard.press("?");
		});
		// That of links has two ways in.
		ok(count === drawn().length + 1,
		    `${look}: every dialog was open`, count, drawn());
		await page.context().close();
	}
});
