// people: alice bob
/*
 * What failed in the middle is gone on with and not begun anew, what was
 * picked last is what holds, what cannot be read is told; and the menus,
 * cards and hints that say no more than they should.
 */
import { api, dialog, equal, menu, ok, origin, person, row, test }
	from "./lib.mjs";

/** Answers the @nth call of @method to @path with "busy"; notes the bodies. */
async function refuse(page, path, method, nth) {
	const bodies = [];
	await page.route((url) => url.pathname === `/api/v1${path}`,
	    async (route) => {
		if (route.request().method() !== method)
			return route.continue();
		bodies.push(route.request().postDataJSON());
		return bodies.length === nth ? route.fulfill({ status: 503,
			json: { error: { name: "FSS_EOVERLOAD",
				message: "busy" } } }) : route.continue();
	});
	return bodies;
}

await test(async () => {
	const alice = await person("alice"), bob = await person("bob");
	const put = (page, path) => api(page, "PUT",
	    `/content?path=${encodeURIComponent(path)}`, "text");
	for (const name of ["a.bin", "b.bin", "c.bin"])
		await put(alice, `:/box/${name}`);
	await api(alice, "POST", "/folders", { path: ":/box/into" });
	await put(bob, ":/songs/song.bin");
	await api(bob, "PUT", "/access", { path: ":/songs", access: "open" });

	// Three are moved, and the second is refused the first time.
	await alice.goto(`${origin}/files?at=alice:/box`);
	for (const name of ["a.bin", "b.bin", "c.bin"])
		await row(alice, name).getByRole("checkbox").click();
	const moves = await refuse(alice, "/move", "POST", 2);
	await alice.getByRole("toolbar").getByRole("button", { name: "Move…" })
		.click();
	await dialog(alice).getByRole("button", { name: "into" }).click();
	await dialog(alice).getByRole("button", { name: "Move here" }).click();
	await dialog(alice).getByText("too much to do").waitFor();
	await dialog(alice).getByRole("button", { name: "Move here" }).click();
	await dialog(alice).waitFor({ state: "detached" });
	equal(moves.map((m) => m.from.at(-5)), ["a", "b", "b", "c"],
	    "what was moved is not moved again");
	const { rows } = await api(alice, "GET", "/list?path=:/box/into");
	equal(rows.map((r) => r.name), ["a.bin", "b.bin", "c.bin"],
	    "and all are there");

	// Leave for two uploads, of which the second is refused the first time.
	await alice.goto(`${origin}/files?at=bob:/songs`);
	await row(alice, "song.bin").waitFor();
	const asks = await refuse(alice, "/requests", "POST", 2);
	const dropped = (reads) => alice.evaluateHandle((reads) => {
		const data = new DataTransfer();
		for (const name of ["one.txt", "two.txt"])
			data.items.add(new File(["x"], name));
		// As a file is that went between the drop and the look at it.
		DataTransferItem.prototype.webkitGetAsEntry = () => reads ? null
			: { isFile: true, name: "gone.txt", file: (_, failed) =>
				failed(new DOMException("", "NotFoundError")) };
		return data;
	}, reads);
	const drop = async (reads) => alice.dispatchEvent(".drop", "drop",
	    { dataTransfer: await dropped(reads) });
	await drop(true);
	const ask = () => dialog(alice).getByRole("button",
	    { name: "Ask", exact: true }).click();
	await ask();
	await dialog(alice).getByText("too much to do").waitFor();
	await ask();
	await dialog(alice).waitFor({ state: "detached" });
	equal(asks.map((a) => a.path.slice(-7)), ["one.txt", "two.txt",
		"two.txt"], "what was asked for is not asked for again");

	// Files that cannot be read any more when they are dropped.
	await drop(false);
	await alice.getByText("That did not work").waitFor();
	equal(await dialog(alice).count(), 0,
	    "a drop that cannot be read is told, and asks for nothing");

	// Two changes of access, the first of them slow.
	await alice.goto(`${origin}/files?at=alice:/&show=alice:/box&tab=access`);
	let slow = () => undefined;
	const first = new Promise((done) => { slow = done; });
	const set = [];
	await alice.route((url) => url.pathname === "/api/v1/access",
	    async (route) => {
		set.push(route.request().postDataJSON().access);
		if (set.length === 1)
			await first;
		await route.continue();
	});
	await alice.getByRole("radio", { name: /^May see and read/ }).check();
	await alice.getByRole("radio", { name: /^Private/ }).check();
	slow();
	await alice.getByText("Access changed").nth(1).waitFor();
	equal([set, (await api(alice, "GET", "/entry?path=:/box")).access],
	    [["open", "private"], "private"], "what was picked last holds");

	// A menu offers nothing twice, a card does not say its path twice.
	await alice.goto(`${origin}/files?at=alice:/box/into`);
	await row(alice, "a.bin").getByRole("button", { name: /^Actions/ })
		.click();
	const items = await alice.getByRole("menuitem").allTextContents();
	ok(items.includes("Details") && !items.includes("Open") &&
	    !items.includes("Preview"),
	    "what has no preview has nothing beside Details to open it", items);
	await alice.keyboard.press("Escape");
	await menu(alice, "a.bin", "Share link…");
	await dialog(alice).getByRole("button", { name: "Make link" }).click();
	await dialog(alice).getByLabel("Link").waitFor();
	await alice.goto(`${origin}/links`);
	const card = alice.getByRole("listitem").filter({ hasText: "a.bin" });
	equal(await card.locator("strong").first().textContent(), "a.bin",
	    "a link without a label has the name of what is linked");

	// A phone is not told to drop files.
	const phone = await person("alice", { viewport: { width: 360,
		height: 640 }, isMobile: true, hasTouch: true });
	await api(phone, "POST", "/folders", { path: ":/empty" });
	await phone.goto(`${origin}/files?at=alice:/empty`);
	await phone.getByText("Nothing here yet").waitFor();
	equal(await phone.getByText("Drop files").count(), 0,
	    "a phone is not told to drop files");
});
