// people: alice bob
/*
 * Names as wide as names can be, without a place to break, on a phone of 340:
 * nothing sticks out of any page, panel, dialog or menu.
 */
import { api, dialog, menu, ok, origin, person, row, sticksOut, test }
	from "./lib.mjs";

const wide = "W".repeat(200);

await test(async () => {
	const phone = { viewport: { width: 340, height: 640 }, hasTouch: true,
		isMobile: true };
	const page = await person("alice", phone), bob = await person("bob");
	const fits = async (what) => {
		const out = await sticksOut(page);
		ok(out === null, what, out);
	};
	const name = `${wide}.txt`, folder = `folder${wide}`;
	await api(page, "POST", "/folders", { path: `:/${folder}` });
	await api(page, "PUT", `/content?path=:/${folder}/${name}`, wide);
	await api(page, "PUT", "/access", { path: `:/${folder}`, access: "open" });
	await api(page, "POST", "/links", { path: `:/${folder}/${name}`,
		kind: "download", label: "L".repeat(60) });
	await api(bob, "POST", "/requests", { kind: "want", text: wide,
		from: "alice" });
	await api(page, "POST", "/rules", { verdict: "deny", kinds: ["get"],
		under: `:/${folder}` });
	await api(page, "PUT", "/groups", { group: "g".repeat(32),
		member: "bob" });
	await api(page, "PUT", "/grants", { path: `:/${folder}`,
		who: `@${"g".repeat(32)}`, rights: ["read", "create", "write"] });
	await api(page, "POST", "/tokens", { label: "T".repeat(60),
		scopes: ["read"], ttl: 86400 });
	const open = async (at) => {
		await page.goto(`${origin}/${at}`);
		await page.locator(".title").first().waitFor();
		await page.locator(".waiting").first()
			.waitFor({ state: "detached" });
	};
	for (const at of ["files", `files?at=alice:/${folder}`, "recent",
	    "people", "requests", "requests?tab=rules", "links", "account",
	    "admin?tab=audit", `search?q=${wide}`, "search?q=folder"]) {
		await open(at);
		await fits(`/${at.slice(0, 24)} fits`);
	}
	for (const tab of ["", "&tab=versions"]) {
		await open(`files?at=alice:/${folder}&show=` +
		    `alice:/${folder}/${name}${tab}`);
		await page.getByRole("heading", { name }).waitFor();
		await fits(`details fit: ${tab || "about"}`);
	}
	await open(`files?at=alice:/&show=alice:/${folder}&tab=access`);
	await page.getByText("@ggg").first().waitFor();
	await fits("access fits");
	await open(`files?at=alice:/${folder}`);
	for (const item of ["Rename…", "Move…", "Delete…", "Share link…"]) {
		await menu(page, name, item);
		await dialog(page).waitFor();
		await fits(`the dialog fits: ${item}`);
		await page.keyboard.press("Escape");
		await dialog(page).waitFor({ state: "detached" });
	}
	await row(page, name).getByRole("checkbox").check();
	await page.getByText("1 selected").first().waitFor();
	await fits("what is selected fits");
	await open("requests");
	await page.getByRole("button", { name: "Give a file…" }).click();
	await dialog(page).waitFor();
	await fits("the dialog that gives a file fits");
});
