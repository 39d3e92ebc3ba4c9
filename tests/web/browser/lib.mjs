/*
 * What the browser tests share: TAP, Chromium with contexts of their own,
 * people who log in, a network that can be cut, axe, and orders to run.py.
 *
 * Nothing here sleeps: pages are waited for by what they show.
 */
import { createRequire } from "node:module";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import net from "node:net";
import { dirname, join } from "node:path";
import readline from "node:readline";
import { fileURLToPath } from "node:url";

const modules = createRequire(fileURLToPath(new URL(
	"../../../fssweb/ui/package.json", import.meta.url)));
const { chromium } = modules("playwright-core");

export const setting = JSON.parse(process.env.FSS_SETTING);
export const { origin, password } = setting;

/* ---- TAP ---- */

let count = 0, failed = 0;

export function ok(good, name, ...why) {
	count++;
	if (!good)
		failed++;
	console.log(`${good ? "ok" : "not ok"} ${count} - ${name}`);
	if (!good)
		for (const one of why)
			console.log(`# ${typeof one === "string" ? one
				: JSON.stringify(one)}`.replaceAll("\n", "\n# "));
	return good;
}

export function equal(got, want, name) {
	return ok(JSON.stringify(got) === JSON.stringify(want), name,
	    { got }, { want });
}

/* ---- orders to run.py ---- */

const answers = readline.createInterface({ input: process.stdin })[
	Symbol.asyncIterator]();

export async function order(...what) {
	console.log(`!${JSON.stringify(what)}`);
	const { value, error } = JSON.parse((await answers.next()).value);
	if (error)
		throw new Error(`${what.join(" ")}: ${error}`);
	return value;
}

/* ---- browser ---- */

/** How long a page may take before a test says it hangs; load is no fault. */
const patience = Number(process.env.FSS_PATIENCE ?? 60000);

let browser = null;
const pages = [];

export async function context(options = {}) {
	browser ??= await chromium.launch({
		executablePath: process.env.FSS_CHROMIUM ?? "/usr/bin/chromium",
		args: ["--headless", "--no-sandbox", "--disable-gpu",
			"--disable-quic", "--no-first-run",
			"--disable-background-networking",
			"--disable-component-update", "--disable-sync"],
	});
	const one = await browser.newContext({ ignoreHTTPSErrors: true,
		viewport: { width: 1200, height: 780 }, locale: "en-GB",
		timezoneId: "UTC", reducedMotion: "reduce", acceptDownloads: true,
		...options });
	one.setDefaultTimeout(patience);
	// No page of ours may ask anything of anybody else, nor break its policy.
	// (What the browser's own viewer of PDFs is made of is in the browser.)
	one.faults = [];
	one.on("request", (request) => {
		const url = new URL(request.url());
		if (!["blob:", "data:", "chrome:", "chrome-extension:"]
			.includes(url.protocol) && url.hostname !== "localhost")
			one.faults.push(`asked ${request.url()}`);
	});
	one.on("console", (message) => {
		if (/content security policy|trusted ?type|csp/i.test(
		    message.text()))
			one.faults.push(message.text());
	});
	// FSS_TRACE=1 tells the news that pages get.
	if (process.env.FSS_TRACE)
		one.on("page", (page) => page.on("websocket", (socket) =>
			socket.on("framereceived", ({ payload }) =>
				console.log(`# ${pages.indexOf(one)} ${payload}`))));
	one.on("weberror", (error) => one.faults.push(String(error.error())));
	pages.push(one);
	return one;
}

export async function logIn(page, name, at = origin) {
	await page.goto(`${at}/`);
	await page.getByLabel("Name").fill(name);
	await page.getByLabel("Password", { exact: true }).fill(password);
	await page.getByRole("button", { name: "Log in" }).click();
	await page.getByRole("navigation", { name: "Main" }).waitFor();
	return page;
}

/** A context of its own, logged in. */
export async function person(name, options = {}) {
	const one = await context(options);
	return logIn(await one.newPage(), name, options.at ?? origin);
}

/**
 * One call of the interface by who is logged in at @page, as the page itself
 * would make it: a change without a click.  @body: an object, or text to send
 * as it is.
 */
export async function api(page, method, path, body) {
	return page.evaluate(async ([method, path, body]) => {
		const session = await (await fetch("/api/v1/session")).json();
		const headers = { "X-FSS-CSRF": session.csrf };
		if (typeof body === "object" && body !== null) {
			headers["Content-Type"] = "application/json";
			body = JSON.stringify(body);
		}
		const answer = await fetch(`/api/v1${path}`, { method, headers,
			body: body ?? undefined });
		const text = await answer.text();
		if (!answer.ok)
			throw new Error(`${method} ${path}: ${answer.status} ` +
			    text);
		return text === "" ? null : JSON.parse(text);
	}, [method, path, body]);
}

/** An entry in the list that is shown. */
export function row(page, name) {
	return page.getByRole("row").filter({ has: page.locator(
	    `.name[title="${name}"]`) });
}

export async function menu(page, name, item) {
	await row(page, name).getByRole("button", { name: /^Actions/ }).click();
	await page.getByRole("menuitem", { name: item }).click();
}

export function dialog(page) {
	return page.getByRole("dialog");
}

/* ---- room ---- */

/** What sticks out of the window at the side, if anything. */
export function sticksOut(page) {
	return page.evaluate(() => {
		const wide = document.documentElement.scrollWidth > innerWidth + 1;
		const out = [...document.querySelectorAll(
		    ".button, .input, .card, h1, .way, .row")].filter((e) => {
			const box = e.getBoundingClientRect();
			return box.width > 0 && (box.right > innerWidth + 1 ||
			    box.left < -1) && !e.closest(
			    ".filters, .tabs, .sr, .grid-head") &&
			    !e.classList.contains("sr");
		});
		// What scrolls sideways though it should not.
		out.push(...[...document.querySelectorAll(
		    ".main, .page, .details, .dialog, .menu, .toast, .tray-list")]
			.filter((e) => e.scrollWidth > e.clientWidth + 1));
		return wide || out.length > 0 ? [wide, ...out.slice(0, 3)
			.map((e) => e.className + ": " + e.textContent)] : null;
	});
}

/* ---- accessibility ---- */

const axe = readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds serious or critical on @page, as text. */
export async function findings(page) {
	const cdp = await page.context().newCDPSession(page);
	const { frameTree } = await cdp.send("Page.getFrameTree");
	// A world of its own: the page's policy holds and is not lifted.
	const { executionContextId } = await cdp.send(
	    "Page.createIsolatedWorld", { frameId: frameTree.frame.id });
	const run = async (expression) => {
		const { result, exceptionDetails } = await cdp.send(
		    "Runtime.evaluate", { expression, awaitPromise: true,
			returnByValue: true, contextId: executionContextId });
		if (exceptionDetails)
			throw new Error(exceptionDetails.exception?.description ??
			    exceptionDetails.text);
		return result.value;
	};
	await run(`${axe};0`);
	const found = await run(`axe.run({ resultTypes: ["violations"],
	    preload: false })
		.then((r) => r.violations.map((v) => ({ impact: v.impact,
		    id: v.id, nodes: v.nodes.slice(0, 4).map((n) =>
			n.target.join(" ")) })))`);
	await cdp.detach();
	return found.filter((v) => ["serious", "critical"].includes(v.impact))
		.map((v) => `${v.id}: ${v.nodes.join(", ")}`);
}

/* ---- a network that can be cut ---- */

/**
 * A wire to the front end: bytes go through as they are until it is cut. With
 * a limit it stops after so many bytes up, as a network that dies does, or
 * holds them back, as one that is slow does.
 */
export async function wire() {
	const sockets = new Set();
	let up = 0, cutAt = Infinity, holdAt = Infinity, whole = true;
	let onCut = () => undefined, onHold = () => undefined;
	const slow = new Set();
	const server = net.createServer((from) => {
		if (!whole) {
			from.destroy();
			return;
		}
		const to = net.connect(setting.port, "127.0.0.1");
		sockets.add(from).add(to);
		const end = () => {
			from.destroy();
			to.destroy();
			sockets.delete(from);
			sockets.delete(to);
		};
		for (const socket of [from, to])
			socket.on("error", end).on("close", end);
		from.on("data", (bytes) => {
			up += bytes.length;
			if (up > cutAt) {
				self.cut();
				onCut();
				return;
			}
			if (!to.write(bytes))
				from.pause();
			if (up > holdAt) {
				slow.add(from.pause());
				onHold();
			}
		});
		to.on("drain", () => slow.has(from) || from.resume());
		to.pipe(from);
	});
	await new Promise((done) => server.listen(0, "127.0.0.1", done));
	const self = {
		origin: `https://localhost:${server.address().port}`,
		cut() {
			whole = false;
			cutAt = Infinity;
			for (const socket of sockets)
				socket.destroy();
		},
		/** Cut once @bytes more went up; resolves then. */
		cutAfter: (bytes) => new Promise((done) => {
			cutAt = up + bytes;
			onCut = done;
		}),
		/** Hold back what comes after @bytes more; resolves then. */
		holdAfter: (bytes) => new Promise((done) => {
			holdAt = up + bytes;
			onHold = done;
		}),
		go() {
			holdAt = Infinity;
			for (const socket of slow)
				socket.resume();
			slow.clear();
		},
		mend() { whole = true; },
		sent: () => up,
		close: () => new Promise((done) => {
			self.cut();
			server.close(done);
		}),
	};
	return self;
}

/* ---- files ---- */

/** Bytes that compress badly and are the same for the same seed. */
export function bytes(length, seed = 1) {
	const out = Buffer.alloc(length);
	let x = seed >>> 0 || 1;
	for (let i = 0; i + 4 <= length; i += 4) {
		x ^= x << 13; x >>>= 0;
		x ^= x >>> 17;
		x ^= x << 5; x >>>= 0;
		out.writeUInt32LE(x, i);
	}
	return out;
}

/** Writes a folder: names (with folders in them) to contents. */
export function tree(name, files) {
	const root = mkdtempSync(join(setting.work, "tree-"));
	const top = join(root, name);
	mkdirSync(top);
	for (const [path, content] of Object.entries(files)) {
		mkdirSync(dirname(join(top, path)), { recursive: true });
		writeFileSync(join(top, path), content);
	}
	return top;
}

/** The bytes of a download that @click begins. */
export async function download(page, click) {
	const [got] = await Promise.all([page.waitForEvent("download"), click()]);
	return readFileSync(await got.path());
}

/* ---- */

/** Runs @main and ends: the last call of each script. */
export async function test(main) {
	try {
		await main();
	} catch (error) {
		ok(false, "goes through to its end", error.stack ?? String(error));
		for (const [i, one] of pages.entries())
			for (const [j, page] of one.pages().entries()) {
				const at = join(process.env.FSS_SHOTS ??
				    setting.tmp, `failed-${i}-${j}.png`);
				await page.screenshot({ path: at })
					.catch(() => undefined);
				console.log(`# ${page.url()} looks like ${at}`);
			}
	}
	equal(pages.flatMap((one) => one.faults), [],
	    "no page asked strangers, broke its policy or threw");
	await browser?.close();
	console.log(`1..${count}`);
	process.exit(failed > 0 ? 1 : 0);
}
