// people: alice bob
/*
 * Drops: of several files a request takes none, and what nothing on the page
 * takes the browser does not open in its place.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, bytes, dialog, equal, ok, origin, person, row, setting, test,
	wire } from "./lib.mjs";

/** Drops a file of the disk on @target as the system does. */
async function dropFrom(page, path, target) {
	const { x, y, width, height } = await target.boundingBox();
	const cdp = await page.context().newCDPSession(page);
	for (const type of ["dragEnter", "dragOver", "drop"])
		await cdp.send("Input.dispatchDragEvent", { type,
			x: x + width / 2, y: y + height / 2,
			data: { items: [], files: [path],
				dragOperationsMask: 1 } });
	await cdp.detach();
}

await test(async () => {
	const alice = await person("alice"), bob = await person("bob");
	await api(alice, "POST", "/requests", { kind: "want",
		text: "the talk slides" });
	await bob.goto(`${origin}/requests`);
	const card = bob.getByRole("listitem")
		.filter({ hasText: "the talk slides" });
	const drop = async (...names) => card.dispatchEvent("drop", {
		dataTransfer: await bob.evaluateHandle((names) => {
			const data = new DataTransfer();
			for (const name of names)
				data.items.add(new File([name], name));
			return data;
		}, names) });
	await drop("one.txt", "two.txt", "three.txt");
	const refused = bob.getByRole("alert")
		.getByText("One file answers a request");
	await refused.or(bob.getByText("Uploads done")).first().waitFor();
	ok(await refused.isVisible(), "several files are refused, in words");
	equal((await api(bob, "GET", "/list?path=:/")).rows, [],
	    "and none is uploaded");
	await drop("slides.txt");
	await alice.goto(`${origin}/requests?tab=history`);
	await alice.getByRole("listitem").filter({ hasText: "the talk slides" })
		.getByText("slides.txt").waitFor();
	ok(true, "one file is taken");

	// The request ends while the file is on its way.
	const line = await wire();
	const slow = await person("bob", { at: line.origin });
	const { request } = await api(alice, "POST", "/requests",
	    { kind: "want", text: "the recording", from: "bob" });
	await slow.goto(`${line.origin}/requests`);
	const late = slow.getByRole("listitem")
		.filter({ hasText: "the recording" });
	await late.waitFor();
	const recording = join(setting.work, "recording.ogg");
	writeFileSync(recording, bytes(3_000_000));
	const held = line.holdAfter(200_000);
	await dropFrom(slow, recording, late);
	await held;
	await api(alice, "POST", "/requests/decide", { event: "cancel",
		ids: [request] });
	line.go();
	await slow.getByRole("alert").getByText("over by then").waitFor();
	equal((await api(bob, "GET", `/list?path=:/Requests/${request}`)).rows
		.map((entry) => entry.name), ["recording.ogg"],
	    "who gave a file too late is told, and where it is");
	await slow.context().close();
	await line.close();

	const path = join(setting.work, "stray.txt");
	writeFileSync(path, "stray");
	const here = bob.context().pages().length;
	for (const [where, name] of [["people", "People"],
	    ["recent", "Recent"], ["files", "My files"]]) {
		await bob.goto(`${origin}/${where}`);
		await bob.getByRole("heading", { level: 1, name }).waitFor();
		await dropFrom(bob, path, bob.getByRole("banner"));
	}
	await bob.getByRole("button", { name: "New folder" }).click();
	await dropFrom(bob, path, dialog(bob).getByLabel("Name of the folder"));
	await dialog(bob).getByRole("button", { name: "Cancel" }).click();
	equal([bob.context().pages().length, bob.url()],
	    [here, `${origin}/files`], "what nothing takes opens nowhere");
	await dropFrom(bob, path, bob.locator(".drop"));
	await row(bob, "stray.txt").waitFor();
	ok(true, "a list of files takes it still");
});
