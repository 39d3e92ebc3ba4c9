// people: alice
/*
 * Ways in that are easily lost: an invite on its way to the form, and what a
 * search that found nothing may have meant.
 */
import { api, context, equal, ok, order, origin, password, person, row, test }
	from "./lib.mjs";

await test(async () => {
	const one = await order("invite"), two = await order("invite");
	const page = await (await context()).newPage();
	const field = page.getByLabel("Invite");
	await page.goto(`${origin}/join#${one}`);
	await field.waitFor();
	equal(await field.inputValue(), one, "a link fills in its invite");
	await page.getByLabel("Name").fill("dave");
	// In the same tab: the address differs by its fragment alone.
	await page.goto(`${origin}/join#${two}`);
	await page.waitForFunction((two) => [...document.querySelectorAll(
	    "input")].some((input) => input.value === two), two);
	equal(await page.getByLabel("Name").inputValue(), "dave",
	    "another link changes the invite and nothing else");
	await page.getByRole("link", { name: "I have an account" }).click();
	await page.getByRole("button", { name: "Log in" }).waitFor();
	await page.getByRole("link", { name: "I have an invite" }).click();
	await field.waitFor();
	equal(await field.inputValue(), two, "it is kept for who looks around");
	await page.getByLabel("Name").fill("dave");
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByLabel("Password again").fill(password);
	await page.getByRole("button", { name: "Sign up" }).click();
	await page.getByRole("navigation", { name: "Main" }).waitFor();
	ok(true, "and it is good");

	const alice = await person("alice");
	// Neither is there anything below a page, which shows nothing of its own.
	for (const path of ["files/alice/letters", "nowhere"]) {
		await alice.goto(`${origin}/${path}`);
		await alice.getByText("There is nothing at this address")
			.waitFor();
	}
	await alice.getByRole("main").getByRole("link", { name: "My files" })
		.click();
	await alice.waitForURL(`${origin}/files`);
	ok(true, "an address of nothing says so and leads back");

	await api(alice, "PUT", "/content?path=:/harbour.txt", "h");
	await alice.goto(`${origin}/search?q=harbuor&show=alice:/harbour.txt` +
	    "&tab=versions");
	const near = alice.locator(".search-near").getByRole("link",
	    { name: "harbour" });
	await near.waitFor();
	await alice.getByRole("status").filter({ hasText:
	    /Did you mean harbour\?.*0 hits/ }).waitFor();
	ok(true, "what may have been meant is announced");
	await near.click();
	await row(alice, "harbour.txt").waitFor();
	const { searchParams } = new URL(alice.url());
	equal([...searchParams.keys()], ["q"],
	    "and searched for without the details of before");
	equal(await alice.evaluate(() => document.activeElement.className),
	    "title", "the focus is where reading goes on");

	// Back from a search, with the box still in hand.
	await alice.goto(`${origin}/people`);
	const box = alice.getByRole("searchbox");
	await box.pressSequentially("harbour");
	await row(alice, "harbour.txt").waitFor();
	await alice.goBack();
	await alice.getByRole("heading", { name: "People" }).waitFor();
	equal(await box.inputValue(), "", "who goes back has left the search");
});
