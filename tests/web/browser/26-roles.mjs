// people: alice bob carol
/*
 * Roles, live: what an operator is shown is what an operator may do.
 */
import { api, equal, ok, person, test } from "./lib.mjs";

await test(async () => {
	const alice = await person("alice"), bob = await person("bob");
	await person("carol");
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
});
