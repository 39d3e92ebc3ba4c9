// people: alice bob
/*
 * Forms take what people may write, and keep it until it is sent or given up.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, dialog, equal, menu, ok, order, origin, person, row, setting,
	test } from "./lib.mjs";

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

	// Beside a dialog: what was typed, or is told once, is not lost there.
	const beside = () => alice.mouse.click(8, 400);
	await alice.goto(`${origin}/files`);
	const fresh = async (name) => {
		await alice.getByRole("button", { name: "New folder" }).click();
		const field = dialog(alice).getByLabel("Name of the folder");
		await field.fill(name);
		return field;
	};
	let field = await fresh("a name");
	const box = await field.boundingBox();
	await alice.mouse.move(box.x + 60, box.y + box.height / 2);
	await alice.mouse.down();
	await alice.mouse.move(8, box.y + box.height / 2, { steps: 4 });
	await alice.mouse.up();
	equal(await field.inputValue(), "a name",
	    "marking text out over the edge closes no dialog");
	await beside();
	equal(await field.inputValue(), "a name", "nor does a click beside it");
	await alice.keyboard.press("Escape");
	await dialog(alice).waitFor({ state: "detached" });
	field = await fresh("");
	await alice.keyboard.press("Escape");
	await dialog(alice).waitFor({ state: "detached" });
	await alice.getByRole("button", { name: "New folder" }).click();
	await dialog(alice).waitFor();
	await beside();
	await dialog(alice).waitFor({ state: "detached" });
	ok(true, "where nothing was typed it does");
	await alice.goto(`${origin}/admin?tab=invites`);
	await alice.getByRole("button", { name: "New invite" }).click();
	await dialog(alice).getByRole("button", { name: "Create" }).click();
	const secret = dialog(alice).getByLabel("Link to join");
	await secret.waitFor();
	await beside();
	ok((await secret.inputValue()).startsWith(origin),
	    "what is told once stays until it is closed");

	// What is shown goes along with its name, and away with what is gone.
	const details = alice.getByRole("complementary", { name: "Details" });
	const act = async (item) => {
		await details.getByRole("button", { name: "More" }).click();
		await alice.getByRole("menuitem", { name: item }).click();
		await dialog(alice).waitFor();
	};
	await api(alice, "POST", "/folders", { path: ":/trip" });
	await api(alice, "PUT", "/content?path=:/trip/plan.txt", "north");
	await alice.goto(`${origin}/files?at=alice:/trip` +
	    "&show=alice:/trip/plan.txt");
	await details.getByRole("heading", { name: "plan.txt" }).waitFor();
	await act("Rename…");
	await dialog(alice).getByLabel("New name").fill("map.txt");
	await dialog(alice).getByRole("button", { name: "Rename" }).click();
	await details.getByRole("heading", { name: "map.txt" }).waitFor();
	await alice.goto(`${origin}/files?at=alice:/trip&show=alice:/trip`);
	await act("Rename…");
	await dialog(alice).getByLabel("New name").fill("voyage");
	await dialog(alice).getByRole("button", { name: "Rename" }).click();
	await details.getByRole("heading", { name: "voyage" }).waitFor();
	await row(alice, "map.txt").waitFor();
	ok(true, "details and folder go along with a new name");
	await row(alice, "map.txt").getByRole("link").click();
	await details.getByRole("heading", { name: "map.txt" }).waitFor();
	await act("Delete…");
	const warned = await dialog(alice).innerText();
	ok(!/folder/i.test(warned) && /version/i.test(warned),
	    "a file is not said to be a folder with all in it", warned);
	await dialog(alice).getByRole("button", { name: "Delete" }).click();
	await details.waitFor({ state: "detached" });
	await alice.getByText("Nothing here yet").waitFor();
	equal(await alice.getByText("That did not work").count(), 0,
	    "details of what was deleted close");
	await alice.goto(`${origin}/files?at=alice:/voyage&show=alice:/voyage`);
	await act("Delete…");
	await dialog(alice).getByText("with all in them").waitFor();
	await dialog(alice).getByRole("button", { name: "Delete" }).click();
	await alice.waitForURL(/at=alice:\/$/);
	ok(true, "and one is in the folder above what one was in");
	// Somebody else's doing is said as it is.
	await api(alice, "PUT", "/content?path=:/brief.txt", "brief");
	await alice.goto(`${origin}/files?at=alice:/&show=alice:/brief.txt`);
	await details.getByRole("heading", { name: "brief.txt" }).waitFor();
	await api(alice, "POST", "/remove", { paths: [":/brief.txt"] });
	await details.getByText("It is not there").waitFor();
	equal(await details.getByText("That did not work").count(), 0,
	    "what somebody else deleted did not fail");

	// A folder behind more entries than are looked at in one go.
	const root = join(setting.work, "many");
	mkdirSync(join(root, "zenith"), { recursive: true });
	for (let i = 0; i < 1100; i++)
		writeFileSync(join(root, `entry ${i}`), "");
	await order("fssctl", "alice", "put", "-r", root, ":/many");
	await order("fssctl", "alice", "mkdir", ":/goal");
	await alice.goto(`${origin}/files`);
	await menu(alice, "goal", "Move…");
	await dialog(alice).getByRole("button", { name: "many" }).click();
	await dialog(alice).getByText("The first 1,024 entries").waitFor();
	equal(await dialog(alice).getByText("No folders in here").count(), 0,
	    "no folder is said to be missing that was not looked for");
	await dialog(alice).getByRole("button", { name: "More" }).click();
	await dialog(alice).getByRole("button", { name: "zenith" }).click();
	await dialog(alice).getByText("No folders in here").waitFor();
	await dialog(alice).getByRole("button", { name: "Move here" }).click();
	await dialog(alice).waitFor({ state: "detached" });
	await alice.goto(`${origin}/files?at=alice:/many/zenith`);
	await row(alice, "goal").waitFor();
	ok(true, "and what is behind is reached");

	// Letters of two bytes: as many as the hub takes, and no more.
	await alice.goto(`${origin}/requests`);
	await alice.getByRole("button", { name: "Ask for something" }).first()
		.click();
	const wish = dialog(alice).getByLabel("What do you look for?");
	await wish.fill("ж".repeat(400));
	equal((await wish.inputValue()).length, 250, "a wish has 500 bytes");
	await dialog(alice).getByLabel(/^Whom to ask/).fill("bob");
	await dialog(alice).getByRole("button", { name: "Ask" }).click();
	await alice.getByText("bob was asked").waitFor();
	ok(true, "and is sent as it is");

	// More requests than one call takes; so many askers there are not here.
	const asks = Array.from({ length: 300 }, (_, i) => ({ request: i + 1,
		request_kind: "want", request_state: "open", change: 1,
		asker: "bob", created: 1, changed: 1, mine: false,
		may: ["approve", "deny"], text: `wish ${i}` }));
	const sent = [], requests = "/api/v1/requests";
	await alice.route((url) => url.pathname.startsWith(requests),
	    async (route) => {
		const url = new URL(route.request().url());
		const from = Number(url.searchParams.get("cursor") ?? 0);
		const to = from + Number(url.searchParams.get("limit") ?? 100);
		if (url.pathname === requests)
			return route.fulfill({ json: { rows: asks.slice(from, to),
				...to < asks.length ? { cursor: String(to) } : {} } });
		if (!url.pathname.endsWith("/decide"))
			return route.fulfill({ json: asks[Number(url.pathname
				.slice(requests.length + 1)) - 1] });
		const { ids } = route.request().postDataJSON();
		sent.push(ids.length);
		for (const id of ids)
			asks[id - 1] = { ...asks[id - 1], may: [],
				request_state: "denied" };
		await route.fulfill({ json: { rows: ids.map((request) =>
			({ request, status: "FSS_OK" })) } });
	});
	// One that the address names, and that is far behind.
	await alice.goto(`${origin}/requests?request=250`);
	const far = alice.locator(".request.pointed");
	await far.getByText("wish 249", { exact: true }).waitFor();
	await alice.waitForFunction(() =>
		document.activeElement.matches(".request.pointed"));
	equal(await alice.locator(".request").count(), 101,
	    "a request that is named is shown with the first ones");
	await alice.goto(`${origin}/requests`);
	for (const count of [200, 300]) {
		await alice.getByRole("button", { name: "More", exact: true })
			.last().click();
		await alice.getByText(`wish ${count - 1}`, { exact: true }).waitFor();
	}
	await alice.getByLabel("Select all").check();
	await alice.getByRole("button", { name: "Deny 300" }).click();
	await dialog(alice).getByRole("button", { name: "Deny" }).click();
	await dialog(alice).waitFor({ state: "detached" });
	equal(sent, [256, 44], "all that are selected are answered");
});
