// people: alice bob carol
/*
 * What others change shows by itself, on every page: nothing in here reloads
 * the page that is watched.  Says how long each took; that is no verdict.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, context, download, equal, ok, order, origin, password,
	person, row, setting, test } from "./lib.mjs";

const times = [];

/** Makes a change, waits until it is seen, and tells how long that took. */
async function seen(what, change, wait) {
	const since = performance.now();
	const got = await change();
	const made = performance.now();
	await wait(got);
	const took = performance.now() - made;
	times.push(took);
	ok(true, what);
	console.log(`# ${took.toFixed(0)} ms after an answer that took ` +
	    `${(made - since).toFixed(0)} ms`);
	return got;
}

const gone = (locator) => locator.waitFor({ state: "detached" });
const put = (page, path, text) => api(page, "PUT",
	`/content?path=${encodeURIComponent(path)}`, text);

await test(async () => {
	const alice = await person("alice"), bob = await person("bob");
	const open = (page, at) => page.goto(`${origin}/${at}`);
	await api(alice, "POST", "/folders", { path: ":/box" });
	const grant = (who, ...rights) => api(alice, "PUT", "/grants",
	    { path: ":/box", who, rights });
	await grant("bob", "write");

	// One's own folder, changed by somebody else.
	await open(alice, "files?at=alice:/box");
	await alice.getByText("Nothing here yet").waitFor();
	await seen("a file of another person", () =>
		put(bob, "alice:/box/one.txt", "one"),
	    () => row(alice, "one.txt").waitFor());
	await seen("another content", () =>
		put(bob, "alice:/box/one.txt", "one, longer than before"),
	    () => row(alice, "one.txt").locator(".cell-size")
		.getByText("23 bytes").waitFor());
	await seen("a folder", () => api(bob, "POST", "/folders",
	    { path: "alice:/box/deep" }), () => row(alice, "deep").waitFor());
	await seen("another name", () => api(bob, "POST", "/move",
	    { from: "alice:/box/one.txt", to: "alice:/box/two.txt" }),
	    () => row(alice, "two.txt").waitFor());
	equal(await row(alice, "one.txt").count(), 0, "and the old one is gone");
	await seen("a removal", () => api(bob, "POST", "/remove",
	    { paths: ["alice:/box/deep"], recursive: true }),
	    () => gone(row(alice, "deep")));

	// Somebody else's folder: what one may do there, and see.
	await open(bob, "files?at=alice:/box");
	await row(bob, "two.txt").waitFor();
	const upload = bob.getByRole("button", { name: "Upload" });
	await upload.waitFor();
	await seen("a right that is taken back", () => grant("bob", "read"),
	    () => gone(upload));
	await seen("a right that is given", () => grant("bob", "create", "read"),
	    () => upload.waitFor());
	await put(alice, ":/box/secret.txt", "secret");
	await row(bob, "secret.txt").waitFor();
	await seen("one file made private", () => api(alice, "PUT", "/access",
	    { path: ":/box/secret.txt", access: "private" }),
	    () => gone(row(bob, "secret.txt")));
	await seen("all of it taken back", () => grant("bob"),
	    () => gone(row(bob, "two.txt")));
	await bob.getByText("This folder is not there").waitFor();
	await seen("and given again", () => grant("bob", "read"),
	    () => row(bob, "two.txt").waitFor());
	await seen("the folder above renamed", () => api(alice, "POST", "/move",
	    { from: ":/box", to: ":/crate" }),
	    () => gone(row(bob, "two.txt")));
	await api(alice, "POST", "/move", { from: ":/crate", to: ":/box" });
	await row(bob, "two.txt").waitFor();

	// Lists that gather.
	await open(bob, "shared");
	await row(bob, "box").waitFor();
	await seen("shared: taken back", () => grant("bob"),
	    () => gone(row(bob, "box")));
	const crew = (remove, member = "bob") => api(alice, "PUT", "/groups",
	    { group: "crew", member, remove });
	await crew(false, "carol");
	await grant("@crew", "read");
	await seen("shared: by a group", () => crew(false),
	    () => row(bob, "box").waitFor());
	await seen("shared: out of the group", () => crew(true),
	    () => gone(row(bob, "box")));
	await grant("bob", "read");
	await open(bob, "recent");
	await row(bob, "two.txt").waitFor();
	await seen("recent: new", () => put(alice, ":/box/new.txt", "new"),
	    () => row(bob, "new.txt").waitFor());
	await open(bob, "search?q=harbour");
	await bob.getByText("Nothing found").waitFor();
	await seen("search: a hit more", () =>
		put(alice, ":/box/harbour.txt", "h"),
	    () => row(bob, "harbour.txt").waitFor());
	await seen("search: a hit less", () => api(alice, "PUT", "/access",
	    { path: ":/box/harbour.txt", access: "private" }),
	    () => gone(row(bob, "harbour.txt")));

	// Details.
	const details = (page) => page.getByRole("complementary",
	    { name: "Details" });
	await open(bob, "files?at=alice:/box&show=alice:/box/two.txt" +
	    "&tab=versions");
	await details(bob).getByText("Version 1").waitFor();
	await seen("details: a version", () => put(alice, ":/box/two.txt", "3"),
	    () => details(bob).getByText("Version 3").waitFor());
	await open(alice, "files?at=alice:/&show=alice:/box&tab=access");
	await details(alice).getByText("bob").first().waitFor();
	const elsewhere = await person("alice");
	await seen("details: a grant given elsewhere", () => api(elsewhere,
	    "PUT", "/grants", { path: ":/box", who: "carol",
	    rights: ["read"] }),
	    () => details(alice).getByText("carol").first().waitFor());
	await seen("details: access", () => api(elsewhere, "PUT", "/access",
	    { path: ":/box", access: "open" }),
	    () => details(alice).getByRole("radio", { name: /^May see and read/,
		checked: true }).waitFor());

	await api(elsewhere, "PUT", "/groups", { group: "watch",
		member: "carol" });
	await seen("details: a grant to a group", () => api(elsewhere, "PUT",
	    "/grants", { path: ":/box", who: "@watch", rights: ["read"] }),
	    () => details(alice).getByText("@watch").first().waitFor());
	await seen("details: that goes with its group", () => api(elsewhere,
	    "PUT", "/groups", { group: "watch", member: "carol",
	    remove: true }), () => gone(details(alice).getByText("@watch")));

	// Announced files, who holds them, who is here.
	const song = join(setting.work, "song.flac");
	writeFileSync(song, "la la la");
	await open(bob, "files?at=carol:/&show=carol:/song.flac");
	await api(alice, "POST", "/folders", { path: ":/tmp" });
	await seen("announced", async () => {
		await order("fssctl", "carol", "announce", song, ":/song.flac");
		await order("fssctl", "carol", "access", ":/song.flac", "ask");
	}, () => row(bob, "song.flac").getByText("announced").waitFor());
	await open(alice, "people");
	const line = (page, text) => page.getByRole("listitem")
		.filter({ hasText: text });
	await line(alice, "carol").getByText("offline").waitFor();
	const carol = await (await context()).newPage();
	await carol.goto(`${origin}/`);
	await carol.getByLabel("Name").fill("carol");
	await carol.getByLabel("Password", { exact: true }).fill(password);
	await seen("somebody comes", () =>
		carol.getByRole("button", { name: "Log in" }).click(),
	    () => line(alice, "carol").getByText("online", { exact: true })
		.waitFor());
	await row(bob, "song.flac").getByText("1 online now").first()
		.waitFor({ state: "attached" });
	ok(true, "its list tells that a holder is online");
	await details(bob).locator(".holders").getByText("online",
	    { exact: true }).waitFor();
	ok(true, "and so do its details");
	await alice.getByRole("button", { name: "What they share: bob" }).click();
	await alice.getByText("Nothing shared with you.").waitFor();
	await seen("people: what somebody shares", async () => {
		await api(bob, "POST", "/folders", { path: ":/open" });
		await api(bob, "PUT", "/access",
		    { path: ":/open", access: "open" });
	}, () => alice.getByRole("link", { name: "/open" }).waitFor());
	await seen("people: a group made elsewhere", () => api(elsewhere, "PUT",
	    "/groups", { group: "sailors", member: "carol" }),
	    () => alice.getByRole("heading", { name: "@sailors" }).waitFor());
	await seen("people: somebody hides", () => api(bob, "PUT", "/presence",
	    { hidden: true }), () => line(alice, "bob").getByText("offline")
		.first().waitFor());
	await api(bob, "PUT", "/presence", { hidden: false });
	await seen("people: somebody new", async () => {
		const invite = await order("invite");
		const dave = await (await context()).newPage();
		await dave.goto(`${origin}/join#${encodeURIComponent(invite)}`);
		await dave.getByLabel("Name").fill("dave");
		await dave.getByLabel("Password", { exact: true })
			.fill(password);
		await dave.getByLabel("Password again").fill(password);
		await dave.getByRole("button", { name: "Sign up" }).click();
		await dave.getByRole("navigation", { name: "Main" }).waitFor();
	}, () => line(alice, "dave").first().waitFor());

	// Requests, on both sides.
	await open(alice, "requests");
	await open(bob, "requests?tab=out");
	await bob.getByText("You wait for nothing").waitFor();
	const ask = (text) => api(bob, "POST", "/requests",
	    { kind: "want", text, from: "alice" });
	const map = await seen("requests: asked", () => ask("the map"),
	    () => line(alice, "the map").waitFor());
	await alice.waitForFunction(() => document.title.startsWith("(1)"));
	ok(true, "and counted in the title");
	await line(bob, "the map").waitFor();
	await seen("requests: answered no, with its reason", () => api(alice,
	    "POST", "/requests/decide", { ids: [map.request], event: "deny",
	    reason: "It is lost" }), () => gone(line(bob, "the map")));
	await open(bob, "requests?tab=history");
	await line(bob, "the map").getByText("It is lost").waitFor();
	const key = await ask("the key");
	await line(alice, "the key").waitFor();
	await seen("requests: taken back", () => api(bob, "POST",
	    "/requests/decide", { ids: [key.request], event: "cancel" }),
	    () => gone(line(alice, "the key")));
	await alice.waitForFunction(() => !document.title.startsWith("("));
	const list = await ask("the list");
	await line(alice, "the list").waitFor();
	await seen("requests: given", () => api(alice, "POST",
	    `/requests/${list.request}/fulfil`, { path: ":/box/two.txt" }),
	    () => line(bob, "the list").getByRole("link",
		{ name: "Download" }).waitFor());
	await open(alice, "requests?tab=rules");
	await alice.getByText("No rules").waitFor();
	await seen("requests: a rule made elsewhere", () => api(elsewhere,
	    "POST", "/rules", { verdict: "deny", kinds: ["get"],
	    who: "carol" }), () => line(alice, "carol").waitFor());

	// Share links.
	const link = await api(alice, "POST", "/links", { path: ":/box/two.txt",
		kind: "download", label: "for a friend" });
	await open(alice, "links");
	await line(alice, "for a friend").waitFor();
	const visitor = await (await context()).newPage();
	await visitor.goto(origin + link.url);
	await seen("links: a visitor's download", () => download(visitor, () =>
		visitor.locator('a[href*="/get"]').first().click()),
	    () => line(alice, "for a friend").getByText(/^1 download/)
		.waitFor());
	await seen("links: revoked elsewhere", () => api(elsewhere, "DELETE",
	    `/links/${link.link}`), () => gone(line(alice, "for a friend")));

	// One's account.
	await open(alice, "account");
	const part = (page, name) => page.getByRole("region", { name });
	await part(alice, "Open now").getByRole("listitem").first()
		.waitFor();
	await seen("account: a token made elsewhere", () => api(elsewhere,
	    "POST", "/tokens", { label: "night copy", scopes: ["read"],
	    ttl: 86400 }), () => part(alice, "Tokens for scripts").getByText("night copy")
		.waitFor());
	await seen("account: room that is used", () => put(elsewhere,
	    ":/tmp/large.bin", "x".repeat(3_000_000)),
	    () => alice.locator(".space").getByText(/3(\.\d)? MB/).waitFor());

	// The hub.
	await open(alice, "admin?tab=people");
	await line(alice, "carol").first().waitFor();
	await seen("hub: room that is used", () => put(bob, ":/large.bin",
	    "x".repeat(5_000_000)), () => line(alice, "bob").getByText(/5 MB/)
		.first().waitFor());
	await seen("hub: a lock by another admin", () => api(elsewhere, "PATCH",
	    "/users/dave", { locked: true }), () => line(alice, "dave")
		.getByText("locked").waitFor());
	await open(alice, "admin?tab=invites");
	await alice.getByRole("button", { name: "New invite" }).waitFor();
	await seen("hub: a role, by who has it now", () => api(alice, "PATCH",
	    "/users/bob", { role: "operator" }), () => bob.getByRole("link",
		{ name: "Hub", exact: true }).waitFor());
	await seen("hub: an invite of another operator", () => api(bob, "POST",
	    "/invites", { role: "user", uses: 1, ttl: 3600 }),
	    () => line(alice, "by bob").waitFor());
	await open(alice, "admin?tab=audit");
	await alice.getByRole("list", { name: "Audit" }).waitFor();
	const pass = await api(bob, "GET", `/requests/${list.request}`);
	await seen("hub: the audit", () => api(bob, "POST", "/requests",
	    { kind: "want", text: "one more", from: "alice" }).then((r) =>
		api(alice, "POST", "/requests/decide", { ids: [r.request],
		    event: "deny", reason: "no more of them" })),
	    () => line(alice, "no more of them").or(line(alice,
		"one more")).first().waitFor());
	ok(pass.request === list.request, "a request is to be had alone");
	await open(alice, "admin?tab=sessions");
	await line(alice, "carol").first().waitFor();
	await seen("hub: who logs out", () => carol.evaluate(async () => {
		const { csrf } = await (await fetch("/api/v1/session")).json();
		await fetch("/api/v1/session", { method: "DELETE",
			headers: { "X-FSS-CSRF": csrf } });
	}), () => gone(line(alice, "carol").first()));
	// Each worker of the front end may have a session of his.
	const { rows } = await api(alice, "GET", "/sessions?all=1");
	await seen("a log-in that is ended", async () => {
		for (const one of rows.filter((r) => r.name === "bob"))
			await api(alice, "DELETE", `/sessions/${one.session}`)
			    .catch((e) => {
				// The others end with the first.
				if (!/FSS_ENOENT/.test(e.message))
					throw e;
			    });
	}, () => bob.getByRole("button", { name: "Log in" }).waitFor());
	times.sort((a, b) => a - b);
	console.log(`# ${times.length} changes: half within ` +
	    `${times[times.length >> 1].toFixed(0)} ms, all within ` +
	    `${times.at(-1).toFixed(0)} ms`);
});
