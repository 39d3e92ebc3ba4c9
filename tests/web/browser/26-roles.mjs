// people: alice bob carol
/*
 * Roles and locks, live: what an operator is shown is what an operator may do,
 * and who is locked out is not told that the password was wrong.
 */
import { api, context, dialog, equal, ok, origin, password, person, test }
	from "./lib.mjs";

await test(async () => {
	const alice = await person("alice"), bob = await person("bob");
	const carol = await person("carol");
	await api(alice, "PATCH", "/users/bob", { role: "operator" });
	await bob.getByRole("link", { name: "Hub", exact: true }).click();
	ok(true, "a role that is given shows by itself");
	const tabs = bob.getByRole("navigation", { name: "Hub" });
	await tabs.getByRole("link", { name: "Sessions" }).click();
	const ends = (name) => bob.getByRole("listitem")
		.filter({ has: bob.getByText(name, { exact: true }) })
		.getByRole("button").count();
	await bob.getByRole("button", { name: /^End / }).first().waitFor();
	equal([await ends("alice") > 0, await ends("carol") > 0], [false, true],
	    "sessions that an operator may end are those of users");
	await tabs.getByRole("link", { name: "People" }).click();
	const edit = (name) => bob.getByRole("button", { name: `Edit ${name}` });
	await edit("carol").waitFor();
	equal([await edit("alice").count(), await edit("bob").count()], [0, 0],
	    "an operator is not offered to change admins and operators");
	await edit("carol").click();
	await dialog(bob).getByLabel("Lock").check();
	await dialog(bob).getByRole("button", { name: "Save" }).click();
	await carol.getByText("Your log-in has ended").waitFor();
	ok(true, "who is locked is out at once");
	await carol.getByLabel("Name").fill("carol");
	await carol.getByLabel("Password", { exact: true }).fill(password);
	await carol.getByRole("button", { name: "Log in" }).click();
	await carol.getByRole("alert").getByText("account is locked").waitFor();
	ok(true, "and is told what may be the reason");

	// Who signs up begins where there is something to be typed.
	const begins = async (at) => {
		const page = await (await context()).newPage();
		await page.goto(`${origin}/${at}`);
		await page.waitForFunction(() =>
			document.activeElement.tagName === "INPUT");
		return page.evaluate(() =>
			document.activeElement.labels[0].textContent);
	};
	equal([await begins("join"), await begins("join#abcde-fghij")],
	    ["Invite", "Name"], "the first empty field has the focus");
});
