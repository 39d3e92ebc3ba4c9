/*
 * The page against docs/openapi.yaml: the types are made from it, and every
 * call of data/calls.ts is of an operation in it, with parameters and members
 * of the body that it lists.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test, vi } from "vitest";
import { parse } from "yaml";
// @ts-expect-error: a script, without types.
import { generate } from "../scripts/types.mjs";
import * as calls from "../src/data/calls";

type Schema = { properties?: Record<string, unknown>; required?: string[] };
type Operation = {
	parameters?: ({ name: string; in: string; required?: boolean }
		| { $ref: string })[];
	requestBody?: { content: Record<string, { schema: Schema }> };
};

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const text = readFileSync(process.env["FSS_OPENAPI"] ??
    at("../../../docs/openapi.yaml"), "utf8");
const spec = parse(text, { merge: true }) as {
	paths: Record<string, Record<string, Operation>>;
	components: { parameters: Record<string,
	    { name: string; in: string; required?: boolean }> } };

test("types are those of the page that describes the interface", () => {
	expect(readFileSync(at("../src/data/schema.ts"), "utf8"))
		.toBe(generate(text));
});

/** What each call is made with here: every argument it can have. */
const arguments_: Record<string, unknown[][]> = {
	logIn: [["alice", "pw", "l"]],
	register: [["a", "pw", "i", "l"], ["a", "pw", "", "l"]],
	logOut: [[true], [false]], changePassword: [["a", "b"]],
	revokeDevice: [[1]], endSession: [["s"]], revokeToken: [[1]],
	sessions: [[{ all: "1", cursor: "c", limit: 3 }]],
	createToken: [[{ label: "l", scopes: ["read"], ttl: 60 }]],
	entry: [["a:/x", 1]], list: [["a:/", { cursor: "c", limit: 1 }]],
	find: [[{ q: "q", owner: "o", under: "a:/", type: "t", kind: "file",
		larger: 1, smaller: 1, newer: 1, older: 1, access: "open",
		state: "stored", cursor: "c", limit: 1 }]],
	shares: [[{ owner: "o", cursor: "c", limit: 1 }]],
	recent: [[{ owner: "o", cursor: "c", limit: 1 }]],
	makeFolder: [["a:/x"]], move: [["a:/x", "a:/y", true]],
	remove: [[["a:/x"]]], versions: [["a:/x", { cursor: "c" }]],
	restore: [["a:/x", 1]], contentUrl: [["a:/x", 1, true]],
	zipUrl: [["a:/x", ["n"]]], setAccess: [["a:/x", "open"]],
	grants: [["a:/x", {}]], setGrant: [["a:/x", "bob", ["read"]]],
	setGroup: [["g", "bob", true]], setPresence: [[true]],
	people: [[{ cursor: "c", limit: 1 }]],
	holders: [["a:/x", {}]], requests: [[{ box: "in", state: "live" }]],
	request: [[1]], ask: [[{ kind: "want", path: "a:/x", text: "t",
		from: "bob", note: "n", size: 1 }]],
	decide: [[[1], "deny", "no"], [[1], "see"]], fulfil: [[1, "a:/x"]],
	addRule: [[{ verdict: "allow", kinds: ["get"], who: "bob",
		under: ":/x", size_max: 1 }]],
	removeRule: [[1]],
	makeLink: [[{ path: "a:/x", kind: "download", password: "p",
		expires: 1, limit: 1, label: "l", follow: true }]],
	revokeLink: [["1"]], users: [[{ name: "bob" }]],
	changeUser: [["bob", { role: "user", locked: true, quota_bytes: 1,
		quota_files: 1 }]],
	makeInvite: [[{ role: "user", uses: 1, ttl: 60 }]],
	withdrawInvite: [["1"]],
	audit: [[{ path: "a:/x", name: "bob", mine: "1" }]],
};

type Made = { name: string; method: string; url: URL; body: unknown };
const made: Made[] = [];

beforeAll(async () => {
	let name = "";
	vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
		made.push({ name, method: init.method!, url: new URL(url, "http://x"),
			body: typeof init.body === "string"
			    ? JSON.parse(init.body) as unknown : undefined });
		return Promise.resolve(new Response("{}"));
	});
	for (const [key, f] of Object.entries(calls)) {
		if (key === "all" || typeof f !== "function")
			continue;
		name = key;
		for (const args of arguments_[key] ?? [[{}]]) {
			const got = (f as (...args: unknown[]) => unknown)(...args);
			if (typeof got === "string")
				made.push({ name, method: "GET", body: undefined,
					url: new URL(got, "http://x") });
			else
				await got;
		}
	}
	vi.unstubAllGlobals();
});

function find(path: string): Record<string, Operation> | undefined {
	return spec.paths[path] ?? Object.entries(spec.paths).find(([p]) =>
		new RegExp(`^${p.replace(/\{[^}]+\}/g, "[^/]+")}$`)
			.test(path))?.[1];
}

test("each call is of an operation there is", () => {
	expect(made.length).toBeGreaterThan(45);
	for (const one of made)
		expect(find(one.url.pathname)?.[one.method.toLowerCase()],
		    `${one.name}: ${one.method} ${one.url.pathname}`)
			.toBeDefined();
});

test("with parameters that it lists, and all that it needs", () => {
	for (const one of made) {
		const operation = find(one.url.pathname)![
		    one.method.toLowerCase()]!;
		const known = (operation.parameters ?? []).map((p) => "$ref" in p
			? spec.components.parameters[p.$ref.split("/").pop()!]! : p)
			.filter((p) => p.in === "query");
		for (const name of one.url.searchParams.keys())
			expect(known.map((p) => p.name),
			    `${one.name}: ${name}`).toContain(name);
		for (const p of known.filter((p) => p.required))
			expect(one.url.searchParams.has(p.name),
			    `${one.name}: ${p.name}`).toBe(true);
	}
});

test("and bodies of the members that it lists", () => {
	for (const one of made.filter((m) => m.body !== undefined)) {
		const schema = find(one.url.pathname)![one.method.toLowerCase()]!
			.requestBody!.content["application/json"]!.schema;
		const body = one.body as Record<string, unknown>;
		for (const name of Object.keys(body))
			expect(Object.keys(schema.properties!),
			    `${one.name}: ${name}`).toContain(name);
		for (const name of schema.required ?? [])
			expect(Object.keys(body), `${one.name}: ${name}`)
				.toContain(name);
	}
});
