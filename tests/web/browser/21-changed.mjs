// people: alice
/*
 * A file that is changed on its way: the network is not to blame.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, equal, ok, person, row, setting, test } from "./lib.mjs";

await test(async () => {
	const alice = await person("alice");
	const file = join(setting.work, "log.bin");
	writeFileSync(file, bytes(3_000_000));
	await alice.route((url) => url.pathname === "/api/v1/uploads",
	    async (route) => {
		if (route.request().method() === "POST")
			appendFileSync(file, "one more line");
		await route.continue();
	});
	await alice.locator("input[type=file]").first().setInputFiles(file);
	const tray = alice.getByRole("region", { name: "Uploads" });
	await tray.getByText("was changed or moved").waitFor();
	ok(true, "a file that was changed meanwhile is said to be");
	equal(await tray.getByText("waits for the network").count(), 0,
	    "and the network is not waited for");
	await alice.unrouteAll();
	await tray.getByRole("button", { name: "Take log.bin off the list" }).click();
	await alice.locator("input[type=file]").first().setInputFiles(file);
	await row(alice, "log.bin").locator(".cell-size").getByText("3 MB")
		.waitFor();
	ok(true, "as it is now it can be sent");
});
