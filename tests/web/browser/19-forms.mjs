// people: alice bob
/*
 * Forms take what people may write, and keep it until it is sent or given up.
 */
import { api, dialog, equal, ok, origin, person, test } from "./lib.mjs";

await test(async () => {
	const alice = await person("alice");

	// An account whose quota is no whole number, as fssctl sets them.
	await api(alice, "PATCH", "/users/bob", { quota_bytes: 5e8 });
	const edit = async () => {
		await alice.goto(`${origin}/admin?tab=people`);
		await alice.getByRole("button", { name: "Edit bob" }).click();
		return dialog(alice).getByLabel("Quota (GB, empty: none)");
	};
	let quota = await edit();
	equal(await quota.inputValue(), "0.5", "half a gigabyte is shown");
	await dialog(alice).getByLabel("Files at most (empty: none)").fill("7");
	await dialog(alice).getByRole("button", { name: "Save" }).click();
	await dialog(alice).waitFor({ state: "detached" });
	ok(true, "and keeps nobody from changing something else");
	quota = await edit();
	await quota.fill("1.25");
	await dialog(alice).getByRole("button", { name: "Save" }).click();
	await dialog(alice).waitFor({ state: "detached" });
	const { rows } = await api(alice, "GET", "/users?name=bob");
	equal([rows[0].quota_bytes, rows[0].quota_files], [1.25e9, 7],
	    "both are as they were written");
});
