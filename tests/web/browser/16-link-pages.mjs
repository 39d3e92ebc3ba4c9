// people: alice
/*
 * The pages of share links: as the page looks, in light and dark, on a phone,
 * with the widest names; nothing serious for axe in any of them.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, context, equal, findings, ok, order, origin, person, setting,
	test } from "./lib.mjs";

const password = "open sesame";

/** What makes a page look as it does. */
const look = (page, card) => page.evaluate((card) => {
	const of = (what, ...names) => {
		const style = getComputedStyle(document.querySelector(what));
		return names.map((name) => style[name]);
	};
	return [of("html", "fontFamily", "fontSize", "lineHeight", "color",
	    "backgroundColor"),
	    of(card, "backgroundColor", "borderTopColor", "borderTopLeftRadius",
		"width"),
	    of("button[type=submit]", "backgroundColor", "color",
		"borderTopLeftRadius", "fontSize", "fontWeight", "height")];
}, card);

await test(async () => {
	const alice = await person("alice");
	const put = (path) => api(alice, "PUT",
	    `/content?path=${encodeURIComponent(path)}`, "text");
	await put(`:/Photos/${"wide".repeat(50)}.bin`);
	await put(`:/Photos/${"many words ".repeat(15)}.txt`);
	await put(":/Photos/a picture.png");
	await put(":/Photos/Summer/sea.mp4");
	const later = join(setting.work, "later.flac");
	writeFileSync(later, "la");
	await order("fssctl", "alice", "announce", later, ":/Photos/later.flac");
	await api(alice, "POST", "/folders", { path: ":/Inbox" });
	const link = async (body) => (await api(alice, "POST", "/links", body))
		.url;
	const download = (path, more) => link({ path, kind: "download", ...more });
	const locked = await download(":/Photos", { password });
	const pages = { folder: await download(":/Photos"),
		file: await download(`:/Photos/${"wide".repeat(50)}.bin`),
		password: locked,
		upload: await link({ path: ":/Inbox", kind: "upload" }),
		expired: `/s/${"A".repeat(43)}` };
	for (const [name, options] of [["light", {}],
	    ["dark", { colorScheme: "dark" }],
	    ["on a phone", { viewport: { width: 340, height: 640 } }]]) {
		const page = await (await context(options)).newPage();
		for (const [which, url] of Object.entries(pages)) {
			await page.goto(origin + url);
			await page.locator("header").getByText("hub").waitFor();
			equal(await findings(page), [], `${which}, ${name}`);
			ok(await page.evaluate(() => document.documentElement
				.scrollWidth <= innerWidth),
			    "is no wider than the window");
		}
		await page.goto(origin + locked);
		const theirs = await look(page, "main");
		await page.goto(`${origin}/`);
		await page.getByLabel("Name").waitFor();
		equal(theirs, await look(page, ".gate-card"),
		    `looks as the page does, ${name}`);
		await page.goto(origin + locked);
		await page.getByLabel(/has set a password/).fill("wrong");
		await page.getByRole("button", { name: "Open" }).click();
		await page.getByRole("alert").waitFor();
		equal(await findings(page), [], `a wrong password, ${name}`);
		await page.getByLabel(/has set a password/).fill(password);
		await page.getByRole("button", { name: "Open" }).click();
		await page.getByRole("link", { name: "Summer" }).click();
		await page.getByRole("link", { name: "sea.mp4" }).waitFor();
		equal(await page.getByRole("navigation", { name: "Folders" })
			.getByRole("link").count(), 2, "the way down is shown");
		await page.goto(origin + pages.upload);
		await page.getByLabel(/^Choose the files/).setInputFiles(later);
		await page.getByRole("button", { name: "Send",
			exact: true }).click();
		await page.getByRole("heading", { name: "Sent" }).waitFor();
		equal(await findings(page), [], `what was sent, ${name}`);
	}

	// Names in Hebrew: each in its own direction, the way in the page's.
	const way = "/\u05d0\u05dc\u05e3/\u05d1\u05d9\u05ea";
	await put(`:/Photos${way}/a.txt`);
	const page = await (await context()).newPage();
	await page.goto(`${origin}${pages.folder}?path=` +
	    encodeURIComponent(way));
	const at = await Promise.all((await page.getByRole("navigation",
	    { name: "Folders" }).getByRole("link").all())
		.map(async (one) => (await one.boundingBox()).x));
	equal([at.length, at], [3, [...at].sort((a, b) => a - b)],
	    "the way down goes one way, whatever the letters");
});
