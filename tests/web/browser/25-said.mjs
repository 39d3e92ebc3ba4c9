// people: alice bob
/*
 * Words and places that say how it is: a link that has ended, the tab one is
 * at on a phone, and a quota that would be none.
 */
import { api, dialog, equal, ok, order, origin, person, test } from "./lib.mjs";

await test(async () => {
	const phone = await person("alice", { viewport: { width: 390,
		height: 800 }, isMobile: true, hasTouch: true });
	for (const [at, name] of [["admin?tab=audit", "Audit"],
	    ["requests?tab=rules", "Rules"], ["admin", "Overview"]]) {
		await phone.goto(`${origin}/${at}`);
		const tab = phone.locator(".tabs [aria-current]")
			.filter({ hasText: name });
		await tab.waitFor();
		const box = await tab.boundingBox();
		ok(box.x >= 0 && box.x + box.width <= 390,
		    `${name} is in sight where it is shown`, box);
	}

	await api(phone, "PUT", "/content?path=:/a.txt", "text");
	const { url } = await api(phone, "POST", "/links", { path: ":/a.txt",
		kind: "download", limit: 1, label: "once" });
	await phone.evaluate(async (url) => {
		await fetch(url);
		await (await fetch(`${url}/get`)).blob();
	}, url);
	await phone.goto(`${origin}/links`);
	const card = phone.getByRole("listitem").filter({ hasText: "once" });
	await card.getByText("1 of 1 download").waitFor();
	equal(await card.getByText(/ends /).count(), 0,
	    "a link that has ended does not end any more");

	await phone.goto(`${origin}/admin?tab=people`);
	await phone.getByRole("button", { name: "Edit bob" }).click();
	const quota = dialog(phone).getByLabel(/^Quota/);
	await quota.fill("0");
	await dialog(phone).getByRole("button", { name: "Save" }).click();
	equal([await quota.evaluate((e) => e.validity.rangeUnderflow),
	    await dialog(phone).count()], [true, 1],
	    "a quota of nothing is not taken for none");
	await quota.fill("0.5");
	await dialog(phone).getByRole("button", { name: "Save" }).click();
	await phone.getByText("bob changed").waitFor();
	await phone.getByText("0 bytes / 500 MB").waitFor();
	ok(true, "and half a gigabyte is");
	// As fssctl sets them: less than a thousand bytes.
	await api(phone, "PATCH", "/users/bob", { quota_bytes: 500 });
	await phone.getByText("0 bytes / 500 bytes").waitFor();
	await phone.getByRole("button", { name: "Edit bob" }).click();
	await dialog(phone).getByLabel(/^Files at most/).fill("7");
	await dialog(phone).getByRole("button", { name: "Save" }).click();
	await dialog(phone).waitFor({ state: "detached" });
	const { rows: [after] } = await api(phone, "GET", "/users?name=bob");
	equal([after.quota_bytes, after.quota_files], [500, 7],
	    "a small one keeps nobody from changing something else");

	// How many wait stands beside the icon.
	for (let i = 0; i < 12; i++)
		await order("fssctl", "bob", "ask", "--want", `wish ${i}`,
		    "--from", "alice");
	const way = phone.getByRole("link", { name: /^Requests/ });
	await way.getByText("12", { exact: true }).waitFor();
	const [place, icon, badge] = await Promise.all([way,
	    way.locator(".icon"), way.locator(".badge")]
		.map((one) => one.boundingBox()));
	ok(icon.x + icon.width <= badge.x + 1 &&
	    badge.x + badge.width <= place.x + place.width,
	    "how many wait covers no icon", icon, badge, place);

	// Whose audit is shown is in the address.
	const alice = await person("alice");
	await alice.goto(`${origin}/admin?tab=audit`);
	const who = alice.getByLabel(/^Person/);
	const lines = alice.getByRole("list", { name: "Audit" })
		.getByRole("listitem");
	const filter = async (name) => {
		await who.fill(name);
		await alice.getByRole("button", { name: "Show" }).click();
	};
	await lines.filter({ hasText: "alice" }).first().waitFor();
	await filter("bob");
	await alice.waitForURL(/name=bob/);
	await lines.filter({ hasText: "bob" }).first().waitFor();
	await alice.reload();
	await lines.filter({ hasText: "bob" }).first().waitFor();
	equal([await who.inputValue(), await lines.filter({ hasText: "made a link" })
		.count()], ["bob", 0], "and stays when it is loaded again");
	for (const name of ["nobody", "No Body"]) {
		await filter(name);
		await alice.getByText(`There is no account ${name}`).waitFor();
	}
	equal(await alice.getByRole("button", { name: "Try again" }).count(), 0,
	    "of whom there is not one need not try again");
	await alice.goBack();
	await alice.goBack();
	await lines.first().waitFor();
	equal(await who.inputValue(), "bob", "the way back leads there");
	await alice.getByRole("link", { name: "Invites" }).click();
	await alice.waitForURL(/tab=invites$/);
	ok(true, "and other tabs know nothing of it");
});
