/*
 * Steps of the browser and the page's own, with a history that takes its time
 * to go back, as browsers do.
 */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

type Router = typeof import("../src/lib/router");
let router: Router;
let steps: { url: string; state: unknown }[], at: number;
let popstate: () => void;
/** Goes back, when the browser comes to it. */
let arrive: () => void;

const put = (state: unknown, url: string) => {
	steps[at] = { state, url };
	steps.length = at + 1;
	const { pathname, search } = new URL(url, "http://x");
	Object.assign(globalThis.location, { pathname, search });
};
const step = (by: number) => {
	at += by;
	const { pathname, search } = new URL(steps[at]!.url, "http://x");
	Object.assign(globalThis.location, { pathname, search });
	popstate();
};

beforeEach(async () => {
	vi.resetModules();
	vi.useFakeTimers();
	steps = [];
	at = 0;
	arrive = () => undefined;
	vi.stubGlobal("location", { href: "http://x/" });
	put(null, "/files");
	vi.stubGlobal("history", {
		get state() { return steps[at]!.state; },
		replaceState: (state: unknown, _: string, url: string) =>
			put(state, url),
		pushState: (state: unknown, _: string, url: string) => {
			at++;
			put(state, url);
		},
		back: () => { arrive = () => step(-1); },
	});
	vi.stubGlobal("addEventListener", (_: string, f: () => void) => {
		popstate = f;
	});
	router = await import("../src/lib/router");
	router.startRouter();
});
afterEach(() => {
	vi.unstubAllGlobals();
	vi.useRealTimers();
});

const show = () => router.goWith({ show: "alice:/a" }, false, true);

test("who leaves what lies over a page goes no step of the browser's", () => {
	const told = vi.fn();
	router.onStep(told);
	show();
	router.back("/files");
	expect(router.route.value.query.get("show")).toBeNull();
	arrive();
	expect([at, told.mock.calls.length]).toEqual([0, 0]);
	step(1);
	expect([router.route.value.query.get("show"), told.mock.calls.length])
		.toEqual(["alice:/a", 1]);
});

test("who goes on before the browser is back goes on from there", () => {
	show();
	router.back("/files");
	router.go("/people");
	show();
	arrive();
	expect([at, steps.map((one) => one.url), router.route.value.page])
		.toEqual([2, ["/files", "/people", "/people?show=alice:/a"],
		    "people"]);
});

test("nor does one wait for ever for a browser that stays", () => {
	show();
	router.back("/files");
	router.go("/people");
	vi.advanceTimersByTime(60_000);
	expect(router.page.value).toBe("people");
});
