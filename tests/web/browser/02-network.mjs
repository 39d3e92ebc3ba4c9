// people: alice
/*
 * A network that dies in the middle of an upload, a page that is loaded again,
 * a hub that goes away, a front end that is started anew: each is told, and
 * goes on by itself with the same bytes in the end.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytes, context, download, equal, logIn, menu, ok, order, person, row,
	setting, test, wire } from "./lib.mjs";

const MiB = 1 << 20;

await test(async () => {
	const net = await wire();
	const page = await logIn(await (await context()).newPage(), "alice",
	    net.origin);

	const film = bytes(48 * MiB, 11), path = join(setting.work, "film.bin");
	writeFileSync(path, film);
	const input = page.locator("input[type=file]").first();

	// The wire is cut after a third and mended when the page has noticed.
	const cut = net.cutAfter(18 * MiB);
	await input.setInputFiles(path);
	await cut;
	await page.getByText("No connection to the server").waitFor();
	ok(true, "a lost network is told");
	const before = net.sent();
	net.mend();
	await page.getByText("Connected again").waitFor();
	await page.getByText("Uploads done").waitFor();
	ok(net.sent() - before < 44 * MiB,
	    "the upload goes on by itself, not from the beginning",
	    { first: before, then: net.sent() - before });
	const got = await download(page, () =>
		menu(page, "film.bin", "Download"));
	ok(got.equals(film), "byte for byte");

	// A reload in the middle: the file is picked again.
	const again = bytes(48 * MiB, 12), other = join(setting.work, "again.bin");
	writeFileSync(other, again);
	const half = net.cutAfter(24 * MiB);
	await input.setInputFiles(other);
	await half;
	await page.getByText("No connection to the server").waitFor();
	net.mend();
	page.on("dialog", (d) => void d.accept());
	// Paused first, or it would be done before the page is gone.
	await page.getByRole("button", { name: "Pause again.bin" }).click();
	await page.getByText("paused").waitFor();
	await page.reload();
	await page.getByText("interrupted").waitFor();
	ok(true, "after a reload the upload is there to go on with");
	const sent = net.sent();
	const wrong = join(setting.work, "wrong.bin");
	writeFileSync(wrong, bytes(1000, 1));
	const picker = page.getByLabel("Pick the file again: again.bin");
	await picker.setInputFiles(wrong);
	await page.getByText("That is not the again.bin").waitFor();
	ok(true, "another file is not taken for it");
	await picker.setInputFiles(other);
	await page.getByText("Uploads done").waitFor();
	ok(net.sent() - sent < 40 * MiB, "it goes on where it was",
	    net.sent() - sent);
	const second = await download(page, () =>
		menu(page, "again.bin", "Download"));
	ok(second.equals(again), "byte for byte, too");

	// The hub goes away; the server is there.
	await order("hub", "kill");
	await page.getByText("its hub does not answer").waitFor();
	ok(true, "a hub that is away is told as that");
	await order("hub", "start");
	await page.getByText("its hub does not answer")
		.waitFor({ state: "detached" });
	await order("fssctl", "alice", "mkdir", ":/after");
	await row(page, "after").waitFor();
	ok(true, "and once it is back news come again, without a reload");

	// The front end is started anew.
	await order("web", "stop");
	await page.getByText("No connection to the server").waitFor();
	await order("web", "start");
	await page.getByText("Connected again").first().waitFor();
	await order("fssctl", "alice", "mkdir", ":/later");
	await row(page, "later").waitFor();
	ok(true, "a front end that starts anew is found by itself");

	// A page that was never looked at is asked for without a line.
	net.cut();
	await page.getByText("No connection to the server").waitFor();
	await page.getByRole("link", { name: "Share links" }).click();
	await page.getByText("The server cannot be reached.").waitFor();
	equal(await page.getByRole("button", { name: "Load again" }).count(), 0,
	    "a part that cannot come is not taken for an old page's");
	net.mend();
	await page.getByRole("heading", { name: "Share links" }).waitFor();
	ok(true, "and comes by itself with the line");
	await page.getByRole("link", { name: "My files" }).click();
	await row(page, "later").waitFor();

	// Another tab of theirs takes no upload for interrupted that goes on.
	const film2 = join(setting.work, "other.bin"), at = net.cutAfter(8 * MiB);
	writeFileSync(film2, bytes(32 * MiB, 14));
	await input.setInputFiles(film2);
	await at;
	await page.getByRole("button", { name: "Pause other.bin" }).click();
	net.mend();
	await page.getByText("Connected again").last().waitFor();
	const tab = await page.context().newPage();
	const told = tab.waitForResponse((r) => r.url().includes("/uploads?"));
	await tab.goto(`${net.origin}/files`);
	await told;
	await row(tab, "later").waitFor();
	await tab.getByText("under way in another tab").waitFor();
	equal(await tab.getByRole("button", { name: "Pick the file again" })
		.count(), 0, "another tab does not take it for interrupted");
	await tab.close();
	await page.getByRole("button", { name: "Give up other.bin" }).click();

	// Nor another device of theirs, as long as it does go on.
	const slow = join(setting.work, "slow.bin");
	writeFileSync(slow, bytes(24 * MiB, 15));
	let held = net.holdAfter(8 * MiB);
	await input.setInputFiles(slow);
	await held;
	const device = await person("alice");
	const tray = device.getByRole("region", { name: "Uploads" });
	await tray.getByText("under way in another tab or on another device").waitFor();
	equal(await tray.getByRole("button", { name: "Pick the file again" })
		.count(), 0, "what another device sends wants no file");
	net.go();
	await tray.waitFor({ state: "detached" });
	await row(device, "slow.bin").waitFor();
	ok(true, "and is no more spoken of when it is done");
	writeFileSync(slow, bytes(24 * MiB, 16));
	held = net.holdAfter(8 * MiB);
	await input.setInputFiles(slow);
	await held;
	await device.reload();
	await tray.getByText("under way in another tab or on another device").waitFor();
	net.cut();
	net.go();
	await tray.getByText("interrupted").waitFor();
	await tray.getByLabel("Pick the file again: slow.bin").waitFor();
	ok(true, "once it is interrupted it can be gone on with anywhere");
	await device.close();
	net.mend();
	await page.getByText("Uploads done").waitFor();

	// Giving one up takes it from the server as well.
	const stop = net.cutAfter(8 * MiB);
	const gone = join(setting.work, "gone.bin");
	writeFileSync(gone, bytes(32 * MiB, 13));
	await input.setInputFiles(gone);
	await stop;
	await page.getByRole("button", { name: "Pause gone.bin" }).click();
	net.mend();
	await page.getByText("Connected again").last().waitFor();
	await page.getByRole("button", { name: "Give up gone.bin" }).click();
	await page.waitForFunction(async () => (await (await fetch(
	    "/api/v1/uploads")).json()).rows.every((r) =>
		r.offset === r.size));
	equal(await row(page, "gone.bin").count(), 0, "what is given up is gone");
	await net.close();
});
