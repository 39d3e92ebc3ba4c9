// people: alice bob carol
/*
 * Wishes: what was offered and is not what was meant, what came to nothing
 * and why, and the one that is right.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, context, dialog, download, equal, ok, order, origin,
	password, person, setting, test } from "./lib.mjs";

await test(async () => {
	const alice = await person("alice"), bob = await person("bob"),
		carol = await person("carol");
	for (const page of [alice, bob, carol])
		await page.goto(`${origin}/requests`);
	const line = (page) => page.getByRole("listitem")
		.filter({ hasText: "the talk slides" });

	await alice.getByRole("button", { name: "Ask for something" }).first()
		.click();
	await dialog(alice).getByLabel("What do you look for?")
		.fill("the talk slides");
	await dialog(alice).getByRole("button", { name: "Ask" }).click();
	await line(bob).waitFor();
	await line(carol).waitFor();
	ok(true, "a wish to everybody is with everybody");

	// And one to carol alone, for later.
	await api(alice, "POST", "/requests", { kind: "want",
		text: "the key of the shed", from: "carol" });
	const shed = (page) => page.getByRole("listitem")
		.filter({ hasText: "the key of the shed" });
	await shed(carol).waitFor();
	ok(true, "a wish to one");
	const { rows: asked } = await api(carol, "GET",
	    "/requests?box=in&state=live");
	const key = asked.find((r) => r.text === "the key of the shed").request;

	// carol gives what she then has no more: the wish is open again.
	const lost = join(setting.work, "lost.pdf");
	writeFileSync(lost, "%PDF-1.4 lost\n");
	await order("fssctl", "carol", "announce", lost, ":/lost.pdf");
	await alice.goto(`${origin}/requests?tab=out`);
	const { rows } = await api(carol, "GET",
	    "/requests?box=in&state=live");
	const id = rows.find((r) => r.text === "the talk slides").request;
	await api(carol, "POST", `/requests/${id}/fulfil`,
	    { path: ":/lost.pdf" });
	await line(alice).getByText("carol gives").waitFor();
	await line(alice).getByText("lost.pdf").waitFor();
	ok(true, "the asker sees what is offered, and by whom");
	await order("fssctl", "carol", "unannounce", ":/lost.pdf");
	await line(alice).getByText("The offer of carol came to nothing: it " +
	    "is not there any more.").waitFor();
	await line(carol).getByText("Your offer came to nothing: it is not " +
	    "there any more.").waitFor();
	ok(true, "and so does who offered it");
	await line(alice).getByText("waiting").waitFor();
	ok(true, "an offer that fails leaves the wish open, and says why");

	// bob gives the wrong file, by dropping it on the request.
	const data = await bob.evaluateHandle(() => {
		const data = new DataTransfer();
		data.items.add(new File(["wrong\n"], "holiday.txt"));
		return data;
	});
	await line(bob).dispatchEvent("drop", { dataTransfer: data });
	await alice.goto(`${origin}/requests?tab=history`);
	await line(alice).getByText("holiday.txt").waitFor();
	const got = await download(alice, () => line(alice).getByRole("link",
	    { name: "Download" }).click());
	equal(got.toString(), "wrong\n", "a file that is dropped arrives");

	await line(alice).getByRole("button", { name: "Not what I meant" })
		.click();
	const again = dialog(alice).getByRole("button",
	    { name: "Ask the others again" });
	// A wish is opened once a minute at most: the dialog says so, rests, and
	// can be sent again.
	const early = dialog(alice).getByRole("alert");
	const done = alice.getByText("The request is open again",
	    { exact: true });
	for (;;) {
		await again.click();
		await early.or(done).first().waitFor();
		if (await done.count() > 0)
			break;
		await early.waitFor({ state: "detached" });
	}
	await line(alice).waitFor({ state: "detached" });
	ok(true, "what was not meant is turned down");
	await line(carol).getByText("waiting").waitFor();
	ok(true, "and the others are asked again");
	await line(bob).getByText("Your offer came to nothing: it was not " +
	    "what was meant.").waitFor();
	ok(true, "who gave it reads so");
	equal(await line(carol).getByText("came to nothing").count(), 0,
	    "nobody else does");
	await alice.goto(`${origin}/requests?tab=out`);
	await line(alice).getByText("waiting").waitFor();
	equal(await line(alice).getByRole("link", { name: "Download" }).count(),
	    0, "the wrong file is not offered any more");

	// Who was asked alone reads what was meant.
	await api(carol, "PUT", "/content?path=:/car.txt", "the car key");
	await api(carol, "POST", `/requests/${key}/fulfil`,
	    { path: ":/car.txt" });
	await alice.goto(`${origin}/requests?tab=history`);
	await shed(alice).getByRole("button", { name: "Not what I meant" })
		.click();
	await dialog(alice).getByLabel("What did you mean?")
		.fill("it is the small one");
	await dialog(alice).getByRole("button", { name: "Ask again" }).click();
	await shed(carol).getByText("it is the small one").waitFor();
	ok(true, "who was asked alone reads what was meant");
	await alice.goto(`${origin}/requests?tab=out`);

	// A second offer of one who had a turn is refused, and told.
	await bob.goto(`${origin}/requests`);
	const refused = await api(bob, "POST", `/requests/${id}/fulfil`,
	    { path: `:/Requests/${id}/holiday.txt` }).then(() => "", String);
	ok(refused.includes("FSS_EDENIED"), "bob had his turn", refused);

	// dave was not there before: he has the right one.
	const invite = await order("invite");
	const dave = await (await context()).newPage();
	await dave.goto(`${origin}/join#${encodeURIComponent(invite)}`);
	await dave.getByLabel("Name").fill("dave");
	await dave.getByLabel("Password", { exact: true }).fill(password);
	await dave.getByLabel("Password again").fill(password);
	await dave.getByRole("button", { name: "Sign up" }).click();
	await dave.getByRole("link", { name: /^Requests/ }).click();
	await line(dave).waitFor();
	const right = join(setting.work, "slides.pdf");
	writeFileSync(right, "%PDF-1.4 slides\n");
	await line(dave).getByRole("button", { name: "Give a file" }).click();
	await dialog(dave).locator("input[type=file]").setInputFiles(right);
	await alice.goto(`${origin}/requests?tab=history`);
	await line(alice).getByText("dave gives").waitFor();
	ok((await download(alice, () => line(alice).getByRole("link",
	    { name: "Download" }).click())).equals(readFileSync(right)),
	    "the right one arrives");
});
