// people: alice bob
/*
 * Drops: of several files a request takes none.
 */
import { api, equal, ok, origin, person, test } from "./lib.mjs";

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
});
