// people: alice bob
/*
 * Keys and ways back: in the heading of a list a key is for what has the focus,
 * Escape closes details from the list, what is shown beside a list is in sight
 * in it, the way back closes what lies over the page, and the current tab is in
 * sight whatever comes later.  On a phone no key gets under the details.
 */
import { api, dialog, equal, menu, ok, origin, person, row, test } from
	"./lib.mjs";

await test(async () => {
	const alice = await person("alice"), bob = await person("bob");
	const put = (path, text = "text") => api(alice, "PUT",
	    `/content?path=${encodeURIComponent(path)}`, text);
	for (let i = 10; i < 60; i++)
		await put(`:/box/${i}.txt`, "x".repeat(i));
	await put(":/crate/1.txt");
	await alice.goto(`${origin}/files`);
	await row(alice, "crate").waitFor();

	const chosen = alice.getByText("2 selected");
	const all = alice.getByLabel("Select all");
	await all.focus();
	await alice.keyboard.press("Space");
	equal([await all.isChecked(), await chosen.count() > 0], [true, true],
	    "Space checks the box of the heading");
	await alice.keyboard.press("Space");
	await chosen.first().waitFor({ state: "detached" });
	const size = alice.getByRole("columnheader", { name: "Size" });
	await size.getByRole("button").focus();
	await alice.keyboard.press("Enter");
	await alice.locator('[aria-sort="descending"]').waitFor();
	await alice.keyboard.press("Space");
	await alice.locator('[aria-sort="ascending"]').waitFor();
	equal([new URL(alice.url()).search, await chosen.count()], ["", 0],
	    "Enter and Space sort by a heading, and open and choose nothing");

	// Details, from a link or after a reload.
	await alice.goto(`${origin}/files?at=alice:/box&show=alice:/box/55.txt`);
	const details = alice.getByRole("complementary", { name: "Details" });
	await details.getByText("55 bytes").waitFor();
	await alice.locator(".row.active").getByText("55.txt").waitFor();
	ok(await alice.evaluate(() => {
		const list = document.querySelector(".grid")
			.getBoundingClientRect();
		const one = document.querySelector(".row.active")
			.getBoundingClientRect();
		return one.top >= list.top && one.bottom <= list.bottom;
	}), "what is shown is the active row, and in sight");
	await alice.locator(".grid").focus();
	await alice.keyboard.press("Escape");
	await details.waitFor({ state: "detached" });
	ok(true, "Escape in the list closes the details");

	// The way back, with something over the page.
	await row(alice, "54.txt").getByRole("link").click();
	await details.getByRole("button", { name: "Open large" }).click();
	await dialog(alice).waitFor();
	await alice.goBack();
	await dialog(alice).waitFor({ state: "detached" });
	ok(true, "the way back closes what lies over the page");
	await alice.goForward();
	await details.getByText("54 bytes").waitFor();
	await menu(alice, "54.txt", "Rename…");
	await dialog(alice).getByLabel("New name").fill("half a na");
	await alice.goBack();
	await details.waitFor({ state: "detached" });
	equal(await dialog(alice).getByLabel("New name").inputValue(),
	    "half a na", "and not what was typed");
	await alice.keyboard.press("Escape");

	// A count that comes after the tabs.
	await alice.setViewportSize({ width: 320, height: 640 });
	await alice.goto(`${origin}/requests?tab=rules`);
	const tabs = alice.getByRole("navigation", { name: "Requests" });
	await tabs.getByRole("link", { name: "Rules" }).waitFor();
	await api(bob, "POST", "/requests", { kind: "want", text: "a map",
		from: "alice" });
	await tabs.getByText("1", { exact: true }).waitFor();
	ok(await tabs.evaluate((bar) => bar.querySelector("[aria-current]")
		.getBoundingClientRect().right <=
	    bar.getBoundingClientRect().right + 1),
	    "the current tab stays in sight when a count comes");

	// On a phone.
	await alice.goto(`${origin}/files?at=alice:/box&show=alice:/box/12.txt`);
	await details.getByText("12 bytes").waitFor();
	const stops = new Set();
	for (let i = 0; i < 16; i++) {
		await alice.keyboard.press("Tab");
		stops.add(await alice.evaluate(() => {
			const e = document.activeElement;
			return e === document.body || e.closest(".details")
				? "" : e.outerHTML;
		}));
	}
	equal([...stops], [""], "no key gets to what details cover");
	await details.getByRole("button", { name: "Close" }).focus();
	await alice.keyboard.press("Escape");
	await alice.waitForFunction(() =>
		document.activeElement.matches(".grid"));
	ok(true, "and it is the list's again after them");
});
