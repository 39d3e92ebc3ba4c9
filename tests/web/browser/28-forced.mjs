// people: alice
/*
 * Colours that the system sets: what is current, and how far something is, can
 * be told without those of the page.
 */
import { api, context, ok, order, origin, person, test } from "./lib.mjs";

await test(async () => {
	const alice = await person("alice", { forcedColors: "active" });
	await order("fssctl", "alice", "user", "alice", "--quota", "1M");
	await api(alice, "PUT", "/content?path=:/half", "x".repeat(500_000));
	const blank = await (await context()).newPage();
	/** The colours of @what as it is seen, half down, so far across. */
	const colours = async (what, ...parts) => blank.evaluate(
	    async ([picture, parts]) => {
		const image = new Image();
		image.src = `data:image/png;base64,${picture}`;
		await image.decode();
		const draw = new OffscreenCanvas(image.width, image.height)
			.getContext("2d");
		draw.drawImage(image, 0, 0);
		return parts.map((part) => [...draw.getImageData(
		    Math.floor(part * image.width),
		    Math.floor(image.height / 2), 1, 1).data].join());
	    }, [(await what.screenshot()).toString("base64"), parts]);

	await alice.goto(`${origin}/admin?tab=invites`);
	await alice.getByText("No invite is open").waitFor();
	const [current, other] = await alice.evaluate(() =>
		["[aria-current]", ":not([aria-current])"].map((which) =>
			getComputedStyle(document.querySelector(`.tab${which}`))
				.borderBottomColor));
	ok(current !== other, "the current tab", current);
	const main = alice.getByRole("navigation", { name: "Main" });
	const way = async (name) => (await colours(main.getByRole("link",
	    { name, exact: true }), .03))[0];
	ok(await way("Hub") !== await way("People"), "the current page");

	await alice.goto(`${origin}/account`);
	const bar = alice.locator(".space .progress");
	await bar.waitFor();
	const [done, left] = await colours(bar, .2, .8);
	ok(done !== left, "how far something is", done);
});
