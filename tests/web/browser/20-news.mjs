// people: alice
/*
 * News that could be missed: what is changed before the line of news stands.
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
});
