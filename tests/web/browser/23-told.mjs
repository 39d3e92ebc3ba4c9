// people: alice bob
/*
 * What the page tells stands where it helps, says what is so, and goes when it
 * is over.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, dialog, equal, findings, ok, order, origin, person, row,
	setting, test } from "./lib.mjs";

function fileOf(name, text) {
	const path = join(setting.work, name);
	writeFileSync(path, text);
	return path;
}

await test(async () => {
	const alice = await person("alice");

	// A name that can be none, beside an upload that is merely paused.
	const tray = alice.getByRole("region", { name: "Uploads" });
	const upload = (...files) => alice.locator("input[type=file]").first()
		.setInputFiles(files.map(([name, text]) => ({ name,
			mimeType: "text/plain", buffer: Buffer.from(text) })));
	await alice.goto(`${origin}/files`);
	await upload(["photo\u202egpj.exe", "boo"], ["fine.txt", "fine"]);
	await tray.getByText("1 upload refused").waitFor();
	const line = tray.getByRole("listitem").filter({ hasText: "photo" });
	await line.getByText("refused", { exact: false }).first().waitFor();
	await line.locator(".fault").waitFor();
	const shown = await tray.innerHTML();
	ok(shown.includes("photo\ufffd") && !/[\u202a-\u202e]/.test(shown),
	    "a refused name is not shown as the one it feigns", shown);
	equal(await tray.getByRole("button", { name: /^Go on/ }).count(), 0,
	    "what is refused for good is not offered to go on");
	equal(await findings(alice), [], "and reads well");
	await tray.getByRole("button", { name: "Clear refused" }).click();
	await line.waitFor({ state: "detached" });
	await tray.getByText("Uploads done").waitFor();
	ok(true, "it goes off the list, and the others stay");

	// Files with nothing in them, of every kind that can be looked at.
	const details = alice.getByRole("complementary", { name: "Details" });
	for (const ending of ["txt", "png", "mp3", "mp4", "pdf"]) {
		const name = `nothing.${ending}`;
		await api(alice, "PUT", `/content?path=:/${name}`, "");
		await alice.goto(`${origin}/files?show=alice:/${name}`);
		await details.getByRole("heading", { name }).waitFor();
		await details.getByText("The file is empty.").waitFor();
		equal(await details.getByRole("button", { name: "Open large" })
			.count(), 0, `${name} is said to be empty`);
	}

	// On a phone: what is to be mended stands in its form, until it is.
	const phone = await person("alice", { isMobile: true, hasTouch: true,
		viewport: { width: 390, height: 844 } });
	const toast = phone.locator(".toast");
	const mends = async (form, fault, button, mend, done) => {
		await form.getByRole("button", { name: button }).tap();
		await form.getByRole("alert").getByText(fault).waitFor();
		equal(await toast.count(), 0, `${button}: nothing lies over it`);
		await mend();
		await form.getByRole("button", { name: button }).tap();
		await done();
		equal(await form.getByRole("alert").count(), 0,
		    `${button}: what was mended is not told any more`);
	};
	const form = phone.locator("form");
	await phone.goto(`${origin}/people`);
	const groups = phone.getByRole("region", { name: "My groups" });
	const field = (name) => form.getByRole("combobox", { name });
	await field("Group").fill("friends");
	await field("Person").fill("nobody");
	await mends(form.filter({ hasText: "Group" }), /nobody/, "Add",
	    () => field("Person").fill("bob"),
	    () => groups.getByText("@friends").waitFor());
	await phone.goto(`${origin}/files?show=alice:/fine.txt&tab=access`);
	await field(/^Person or/).fill("nobody");
	await mends(form.filter({ hasText: "Rights" }), /nobody/, "Give rights",
	    () => field(/^Person or/).fill("bob"),
	    () => toast.getByText("bob has new rights").waitFor());
	const told = await toast.boundingBox();
	const main = await phone.getByRole("main").boundingBox();
	ok(main.y + main.height <= told.y + 1,
	    "nor does what went well lie over anything", main, told);
	await phone.goto(`${origin}/requests?tab=rules`);
	await field(/^Who/).fill("nobody");
	await mends(form, /nobody/, "Add rule", () => field(/^Who/).fill("bob"),
	    () => phone.getByRole("button", { name: "Remove rule" }).waitFor());

	// Where there is no form the next try takes the word of the last away.
	let away = true;
	await phone.route((url) => url.pathname === "/api/v1/presence",
	    (route) => away ? route.abort() : route.continue());
	await phone.goto(`${origin}/people`);
	const hide = phone.getByRole("checkbox", { name: /^Hide/ });
	await hide.click();
	await toast.getByText("The server cannot be reached").waitFor();
	away = false;
	await hide.click();
	await phone.waitForFunction(() => document.querySelector(
	    ".page-head input").checked);
	equal(await toast.count(), 0, "an error goes with the next success");

	// Who is at one keeps it when others come.
	await alice.goto(`${origin}/files?show=alice:/fine.txt&tab=access`);
	const radio = details.getByRole("radio");
	await radio.first().waitFor();
	const said = alice.locator(".toast");
	/** Without taking the focus along. */
	const set = (i) => radio.nth(i).evaluate((e) => e.click());
	await radio.first().focus();
	await set(1);
	const at = said.getByRole("button", { name: "Close" });
	await at.focus();
	const first = await said.elementHandle();
	for (const i of [2, 1, 2, 1]) {
		const before = await said.last().elementHandle();
		await set(i);
		await alice.waitForFunction((before) => {
			const all = [...document.querySelectorAll(".toast")];
			return all.length <= 3 && all.at(-1) !== before;
		}, before);
	}
	ok(await first.evaluate((e) => e.isConnected &&
	    e.contains(document.activeElement)),
	    "one that has the focus is not pushed out by others");
	await alice.keyboard.press("Enter");
	await alice.waitForFunction(() => document.activeElement
		.closest(".toast") === null);
	ok(await radio.first().evaluate((e) => e === document.activeElement),
	    "who closes it is where they were before");

	// What was asked for says so where it is, and leads to the request.
	const list = await order("fssctl", "bob", "announce",
	    fileOf("talk.txt", "the talk\n"), ":/talk.txt");
	ok(list.length > 0, "there is something to ask for");
	await order("fssctl", "bob", "access", ":/talk.txt", "ask");
	await alice.goto(`${origin}/files?at=bob:/&show=bob:/talk.txt`);
	await details.getByRole("button", { name: "Ask for it…" }).click();
	await dialog(alice).getByRole("button", { name: "Ask" }).click();
	const onward = alice.locator(".toast").getByRole("link",
	    { name: "Show the request" });
	await onward.waitFor();
	const mark = details.getByRole("link", { name: "asked: waiting" });
	await mark.waitFor();
	equal(await details.getByRole("button", { name: "Ask for it…" }).count(),
	    0, "it is not offered to be asked for twice");
	await row(alice, "talk.txt").getByText("asked: waiting").waitFor();
	ok(true, "details and list say that it was asked for");
	equal(await findings(alice), [], "and read well");
	const card = alice.getByRole("listitem").filter({ hasText: "talk.txt" });
	const focused = () => card.evaluate((e) =>
		e === document.activeElement);
	const arrives = async (what, go) => {
		await go();
		await card.waitFor();
		await alice.waitForFunction(() => document.activeElement
			.matches(".request.pointed"));
		ok(await focused(), `${what} leads to the request`);
	};
	await arrives("the word at the edge", async () => {
		await onward.focus();
		await alice.keyboard.press("Enter");
	});
	equal(await alice.locator(".toast").count(), 0, "and goes with that");
	await alice.goBack();
	await arrives("the mark", async () => {
		await mark.focus();
		await alice.keyboard.press("Enter");
	});
	await alice.goBack();
	await row(alice, "talk.txt").waitFor();
	await arrives("the menu", async () => {
		await alice.getByRole("grid").focus();
		await alice.keyboard.press("Home");
		await alice.keyboard.press("ContextMenu");
		await alice.getByRole("menuitem", { name: "Show the request" })
			.press("Enter");
	});
	// It was shown: its tab opened anew takes the focus to no card.
	const tabs = alice.getByRole("navigation", { name: "Requests" });
	for (const name of ["For me", "From me"]) {
		await tabs.getByRole("link", { name }).focus();
		await alice.keyboard.press("Enter");
	}
	await card.waitFor();
	await alice.evaluate(() => new Promise((done) =>
		requestAnimationFrame(() => requestAnimationFrame(done))));
	equal([await focused(), new URL(alice.url()).search],
	    [false, "?tab=out"], "it is pointed at once");
	// Where it was asked for, it is not any more; and one that never was.
	const { rows: [{ request }] } = await api(alice, "GET",
	    "/requests?box=out&state=live");
	await alice.getByRole("button", { name: "Cancel request" }).click();
	await card.waitFor({ state: "detached" });
	await arrives("the address of before", () => alice.goto(
	    `${origin}/requests?tab=out&request=${request}`));
	equal(new URL(alice.url()).searchParams.get("tab"), "history",
	    "where it is by now");
	await alice.goto(`${origin}/requests?tab=out&request=999999`);
	await alice.getByText("That request is not there").waitFor();
	equal(await findings(alice), [], "and of none it is said");
	await alice.goto(`${origin}/requests`);
	await alice.getByRole("button", { name: "Ask for something" }).first()
		.click();
	await dialog(alice).getByLabel("What do you look for?").fill("a song");
	await dialog(alice).getByRole("button", { name: "Ask" }).click();
	await onward.click();
	await alice.getByRole("listitem").filter({ hasText: "a song" })
		.waitFor();
	ok(true, "what was asked for in words is found, too");
});
