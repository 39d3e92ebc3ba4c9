/* Desktop notices: not offered, and nothing thrown, where none can be made. */
import { afterEach, expect, test, vi } from "vitest";
import type { Request } from "../src/data/schema";

/** What hears of each request that changed. */
let tell: (request: Request, fresh: boolean) => void;

vi.mock("../src/data/requests", () => ({
	onRequest: (f: typeof tell) => { tell = f; },
	waits: () => true,
}));

/** Notices as a browser with @permission has them; those that were made. */
async function browser(permission: NotificationPermission, can: boolean) {
	const made: string[] = [];
	vi.resetModules();
	vi.stubGlobal("document", { visibilityState: "hidden" });
	vi.stubGlobal("location", new URL("https://hub/files"));
	vi.stubGlobal("Notification", class {
		static permission = permission;
		constructor(title: string) {
			if (!can)
				throw new TypeError("Illegal constructor");
			made.push(title);
		}
	});
	const { NotifyButton, startNotices } =
	    await import("../src/views/requests/notify");
	startNotices();
	return { made, offered: NotifyButton() !== null };
}

const ask = () => tell({ request: 1, asker: "bob", name: "x" } as Request,
    true);

afterEach(() => vi.unstubAllGlobals());

test("they are offered where they can be made", async () => {
	expect((await browser("default", true)).offered).toBe(true);
	expect((await browser("granted", true)).offered).toBe(false);
	expect((await browser("denied", true)).offered).toBe(false);
});

test("they are not offered where making one throws", async () => {
	expect((await browser("default", false)).offered).toBe(false);
});

test("a request is told of, or nothing is thrown", async () => {
	const can = await browser("granted", true);
	ask();
	expect(can.made).toEqual(["bob asks you"]);
	await browser("granted", false);
	expect(ask).not.toThrow();
});
