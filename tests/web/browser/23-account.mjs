// people: alice
/*
 * One's account: a browser is one line however many workers serve it, the
 * focus stays where one works, a secret is not lost by a key too many, and who
 * logs out is not told that something ended.
 */
import { api, dialog, equal, ok, order, origin, password, person, test }
	from "./lib.mjs";

const hasFocus = (page) => page.evaluate(() => {
	const e = document.activeElement;
	return e === document.body ? "nothing" : e.labels?.[0]?.textContent ??
	    e.getAttribute("aria-label") ?? e.textContent;
});

await test(async () => {
	const alice = await person("alice"), other = await person("alice");
	await alice.goto(`${origin}/account`);

	// Several at once go to both workers, each with a session of its own.
	const mine = async () => {
		const rows = await Promise.all(Array.from({ length: 6 }, () =>
			api(alice, "GET", "/sessions")));
		const { device } = rows[0].rows.find((row) => row.current);
		return rows.at(-1).rows.filter((row) => row.device === device);
	};
	for (let i = 0; i < 50 && (await mine()).length < 2; i++)
		await alice.reload();
	ok((await mine()).length > 1, "a browser has a session at each worker");
	const open = alice.getByRole("region", { name: "Open now" });
	const line = open.getByRole("listitem")
		.filter({ hasText: "Chrome on Linux" });
	await line.nth(1).waitFor();
	equal([await line.count(), await line.filter({ hasText: "this one" })
		.count()], [2, 1], "and is one line of those that are open");

	// A program's device logs in again by itself.
	await order("agent", "alice");
	await open.locator("li:has(.icon-key) button").click();
	await alice.getByText("The program may come back by itself").waitFor();
	ok(true, "of a program it is said that it may come back");

	// A password changed by keyboard.
	const fill = async (now, next) => {
		await alice.getByLabel("Present password", { exact: true })
			.fill(now);
		for (const label of ["New password", "Password again"])
			await alice.getByLabel(label, { exact: true }).fill(next);
		await alice.getByRole("button", { name: "Change password" })
			.focus();
		await alice.keyboard.press("Enter");
	};
	await fill(password, "short");
	const refused = alice.getByRole("alert").filter({ hasText: "256" });
	await refused.waitFor();
	equal(await refused.textContent(), "A password needs 8 characters at " +
	    "least, and has 256 at most.",
	    "what is wrong with a password is told once");
	await fill(password, "another long one");
	await alice.getByText("Password changed").waitFor();
	equal(await hasFocus(alice), "Change password",
	    "the focus stays with the button");
	await api(alice, "PUT", "/password", { old: "another long one",
		new: password });

	// A token made by keyboard, with a key too many.
	const tokens = alice.getByRole("region", { name: "Tokens for scripts" });
	await tokens.getByRole("button", { name: "New token" }).click();
	await dialog(alice).getByLabel("What it is for").fill("backup");
	await alice.keyboard.press("Enter");
	const token = dialog(alice).getByLabel("Token", { exact: true });
	await token.waitFor();
	await alice.keyboard.press("Enter");
	equal([await token.inputValue() !== "", await hasFocus(alice)],
	    [true, "Token"], "a second Enter does not lose what is shown once");
	await alice.keyboard.press("Escape");
	const backup = tokens.getByRole("listitem").filter({ hasText: "backup" });
	await backup.waitFor();
	equal(await backup.getByText("used").count(), 0,
	    "a token that was never used is not said to have been");

	// Log out everywhere.
	await other.context().close();
	const third = await person("alice");
	await alice.getByRole("button", { name: "Log out everywhere" }).click();
	await dialog(alice).getByRole("button", { name: "Log out everywhere" })
		.click();
	for (const page of [alice, third])
		await page.getByRole("button", { name: "Log in" }).waitFor();
	const said = (page) => page.getByText("Your log-in has ended");
	await said(third).waitFor();
	equal(await said(alice).count(), 0,
	    "who logs out everywhere is not told that the log-in ended");
	equal([await hasFocus(alice), await hasFocus(third)], ["Name", "Name"],
	    "and the focus is where one logs in again");
});
