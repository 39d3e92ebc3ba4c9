// people: alice
/*
 * News that could be missed: what is changed before the line of news stands,
 * and that time goes on.
 */
import { api, ok, origin, person, row, test } from "./lib.mjs";

await test(async () => {
	const elsewhere = await person("alice"), alice = await person("alice");
	const put = (path) => api(elsewhere, "PUT",
	    `/content?path=${encodeURIComponent(path)}`, "text");

	// A slow line: the list is there long before the news are.
	let stand = () => undefined;
	const held = new Promise((done) => { stand = done; });
	await alice.routeWebSocket(/\/api\/v1\/live$/, async (socket) => {
		await held;
		socket.connectToServer();
	});
	await alice.goto(`${origin}/files`);
	await alice.getByText("Nothing here yet").waitFor();
	await put(":/early.txt");
	stand();
	await row(alice, "early.txt").waitFor();
	ok(true, "what was changed before the first news is shown with them");

	// A page that is open for long: what is "now" does not stay so.
	const later = await alice.context().newPage();
	// Wide enough for times beside the details.
	await later.setViewportSize({ width: 1600, height: 800 });
	await later.clock.install();
	await later.goto(`${origin}/files?at=alice:/&show=alice:/early.txt` +
	    "&tab=versions");
	const told = row(later, "early.txt").locator(".cell-time");
	await told.getByText("now").waitFor();
	const version = later.locator(".version").first();
	await version.getByText("now").waitFor();
	await later.clock.runFor(10 * 60_000);
	await told.getByText("10 min ago").waitFor();
	await version.getByText("10 min ago").waitFor();
	ok(true, "how long ago something was goes on in a page that stays open");
});
