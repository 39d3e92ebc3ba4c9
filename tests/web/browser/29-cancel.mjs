// people: alice
/*
 * An upload that is given up while it is begun leaves nothing at the hub: one
 * that is cut in the middle of its only request, and one whose address is still
 * on its way.
 */
import { api, bytes, context, equal, logIn, person, test, wire } from
	"./lib.mjs";

await test(async () => {
	const alice = await person("alice");
	const line = await wire(), one = await context();
	const slow = await logIn(await one.newPage(), "alice", line.origin);
	const cancel = slow.getByRole("button", { name: /^Give up/ });
	const add = (name, length) => slow.locator("input[type=file]").first()
		.setInputFiles({ name, mimeType: "text/plain",
			buffer: bytes(length) });
	const left = async () => (await api(alice, "GET", "/uploads")).rows
		.map((r) => r.path);
	const given = () => slow.waitForResponse((r) =>
		r.request().method() === "DELETE");

	const held = line.holdAfter(200_000);
	await add("small.bin", 900_000);
	await held;
	while ((await left()).length === 0)
		;
	await cancel.click();
	let gone = given();
	line.cut();
	line.go();
	line.mend();
	await gone;
	equal(await left(), [], "what was cut is given up");

	let came = () => undefined, go = () => undefined;
	const begun = new Promise((done) => { came = done; });
	const late = new Promise((done) => { go = done; });
	await slow.route((url) => url.pathname === "/api/v1/uploads",
	    async (route) => {
		if (route.request().method() !== "POST")
			return route.continue();
		const response = await route.fetch();
		came();
		await late;
		await route.fulfill({ response });
	});
	await add("large.bin", 3_000_000);
	await begun;
	equal(await left(), ["/large.bin"], "one is begun");
	await cancel.click();
	gone = given();
	go();
	await gone;
	equal(await left(), [], "so is what was just begun");
	await slow.unrouteAll();
	await line.close();
});
