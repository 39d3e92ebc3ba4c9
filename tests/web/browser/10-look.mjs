// people: alice bob
/*
 * Looking without downloading: a PDF, sound and film that plays; and what is
 * told while nobody looks: the count in the title and a notice on the desktop.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { api, context, dialog, equal, logIn, ok, order, origin, person, row,
	setting, test } from "./lib.mjs";

function put(name, content) {
	const path = join(setting.work, name);
	writeFileSync(path, content);
	return path;
}

/** One page that says so. */
function pdf() {
	const text = "BT /F1 24 Tf 20 60 Td (Hello) Tj ET";
	const parts = ["<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 120]/Contents 4 0 R" +
		"/Resources<</Font<</F1 5 0 R>>>>>>",
		`<</Length ${text.length}>>stream\n${text}\nendstream`,
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"];
	const at = [];
	let out = "%PDF-1.4\n";
	for (const [i, part] of parts.entries()) {
		at.push(out.length);
		out += `${i + 1} 0 obj${part}endobj\n`;
	}
	const table = out.length;
	out += `xref\n0 ${parts.length + 1}\n0000000000 65535 f \n` +
	    at.map((n) => `${String(n).padStart(10, "0")} 00000 n \n`).join("") +
	    `trailer<</Size ${parts.length + 1}/Root 1 0 R>>\n` +
	    `startxref\n${table}\n%%EOF\n`;
	return Buffer.from(out, "latin1");
}

/** Three seconds of a tone, 8000 samples a second. */
function wav() {
	const samples = 24000, out = Buffer.alloc(44 + samples * 2);
	out.write("RIFF", 0);
	out.writeUInt32LE(out.length - 8, 4);
	out.write("WAVEfmt ", 8);
	out.writeUInt32LE(16, 16);
	out.writeUInt16LE(1, 20);
	out.writeUInt16LE(1, 22);
	out.writeUInt32LE(8000, 24);
	out.writeUInt32LE(16000, 28);
	out.writeUInt16LE(2, 32);
	out.writeUInt16LE(16, 34);
	out.write("data", 36);
	out.writeUInt32LE(samples * 2, 40);
	for (let i = 0; i < samples; i++)
		out.writeInt16LE(Math.round(6000 * Math.sin(i / 3)), 44 + i * 2);
	return out;
}

/** A second of film, as Chromium records it. */
async function webm() {
	const page = await (await context()).newPage();
	const text = await page.evaluate(() => new Promise((done, fail) => {
		const canvas = document.createElement("canvas");
		const pen = canvas.getContext("2d");
		const stream = canvas.captureStream(20);
		const recorder = new MediaRecorder(stream,
		    { mimeType: "video/webm;codecs=vp8" });
		const parts = [];
		let n = 0;
		recorder.ondataavailable = (e) => parts.push(e.data);
		recorder.onerror = () => fail(new Error("no film"));
		recorder.onstop = () => {
			const reader = new FileReader();
			reader.onload = () => done(reader.result);
			reader.readAsDataURL(new Blob(parts));
		};
		recorder.start();
		const draw = () => {
			pen.fillStyle = `hsl(${n * 12} 80% 50%)`;
			pen.fillRect(0, 0, canvas.width, canvas.height);
			if (++n < 25)
				setTimeout(draw, 40);
			else
				recorder.stop();
		};
		draw();
	}));
	await page.context().close();
	return Buffer.from(text.slice(text.indexOf(",") + 1), "base64");
}

/** Plays the element until its time has moved and its sound or picture is. */
async function plays(page, what) {
	await page.locator(`.preview ${what}`).waitFor();
	return page.evaluate((what) => new Promise((done) => {
		const media = document.querySelector(`.preview ${what}`);
		media.ontimeupdate = () => media.currentTime > 0.05 &&
		    done(media.error === null);
		media.onerror = () => done(media.error.message);
		media.muted = true;
		media.play().catch((error) => done(String(error)));
	}), what);
}

/** What is in a frame, asked in the frame: what cannot be read is an error. */
async function inside(page, selector) {
	const frame = await (await page.locator(selector).elementHandle())
		.contentFrame();
	return frame.evaluate(() => ({ type: document.contentType,
		scripts: document.querySelectorAll("script").length,
		ran: "ran" in window }));
}

const ran = (page) => page.evaluate(() => "ran" in window);

await test(async () => {
	const alice = await person("alice");
	const input = alice.locator("input[type=file]").first();
	await input.setInputFiles([put("page.pdf", pdf()),
		put("page.html.pdf", "<script>window.ran = 1</script>"),
		put("tone.wav", wav()), put("film.webm", await webm())]);
	await alice.getByText("Uploads done").waitFor();
	await alice.getByRole("button", { name: "Clear finished" }).click();

	await row(alice, "tone.wav").getByRole("link").click();
	equal(await plays(alice, "audio"), true, "sound plays");
	await row(alice, "film.webm").getByRole("link").click();
	equal(await plays(alice, "video"), true, "film plays");
	ok(await alice.evaluate(() => document.querySelector(
	    ".preview video").videoWidth) > 0, "with pictures");

	// Without a viewer Chromium downloads what a frame shows.
	const viewer = await alice.evaluate(() => navigator.pdfViewerEnabled);
	const saved = viewer ? null : alice.waitForEvent("download");
	// It asks for the document under a name of its own.
	const read = viewer ? alice.context().waitForEvent("request", (request) =>
		/^chrome-extension:.*\/[0-9a-f-]{36}$/.test(request.url())) : null;
	await row(alice, "page.pdf").getByRole("link").click();
	const frame = alice.locator("iframe.preview-pdf");
	await frame.waitFor();
	equal((await frame.getAttribute("src")).split("/").slice(0, 3).join("/"),
	    `blob:${origin}`, "a PDF is in a frame, from a Blob of the page");
	if (viewer) {
		await read;
		ok(true, "and the browser's viewer reads it");
	} else {
		console.log("# this Chromium has no viewer of PDFs");
		ok((await saved).url().startsWith(`blob:${origin}`),
		    "and is handed to the browser as one");
	}
	await row(alice, "page.html.pdf").getByRole("link").click();
	await alice.waitForFunction(() => document.querySelector(
	    "iframe.preview-pdf")?.title.includes("page.html.pdf"));
	const called = await inside(alice, "iframe.preview-pdf");
	equal([called.scripts, called.ran, await ran(alice)], [0, false, false],
	    "what is only called one runs nothing");
	ok(!viewer || called.type === "application/pdf",
	    "for the viewer has it, and no document of the uploader's", called);
	// What HTML would look like, so that all this can be seen to fail.
	await alice.evaluate(() => {
		const frame = document.createElement("iframe");
		frame.id = "bad";
		frame.src = URL.createObjectURL(new Blob(
		    ["<script type='text/plain'>no</script>"],
		    { type: "text/html" }));
		const loaded = new Promise((done) => frame.onload = done);
		document.body.append(frame);
		return loaded;
	});
	const bad = await inside(alice, "#bad");
	equal([bad.type, bad.scripts], ["text/html", 1],
	    "a frame with HTML in it would show");
	await alice.evaluate(() => document.getElementById("bad").remove());

	// Larger, in a dialog, and away again.
	await row(alice, "film.webm").getByRole("link").click();
	await alice.getByRole("button", { name: "Open large" }).click();
	await dialog(alice).locator("video").waitFor();
	await alice.keyboard.press("Escape");
	await dialog(alice).waitFor({ state: "detached" });
	ok(true, "larger, and back by the keyboard");

	// A notice, to who said yes and looks at something else.
	const quiet = await context({ permissions: ["notifications"] });
	await quiet.addInitScript(() => {
		const Real = window.Notification;
		window.notices = [];
		window.Notification = class extends Real {
			constructor(title, options) {
				super(title, options);
				window.notices.push([title, options.body]);
			}
		};
	});
	const desk = await logIn(await quiet.newPage(), "alice");
	equal(await desk.evaluate(() => Notification.permission), "granted",
	    "notices are allowed");
	const before = await desk.title();
	const bob = await person("bob");
	await api(bob, "POST", "/requests", { kind: "want",
		text: "seen by who looks", from: "alice" });
	await desk.waitForFunction(() => document.title.startsWith("(1)"));
	ok(!before.startsWith("("), "the title counts what waits", before);
	equal(await desk.evaluate(() => window.notices), [],
	    "who looks at the page gets no notice");
	// Without a screen no page of Chromium's is ever hidden: it is told so.
	await desk.evaluate(() => {
		Object.defineProperty(document, "visibilityState",
		    { get: () => "hidden" });
		document.dispatchEvent(new Event("visibilitychange"));
	});
	await order("fssctl", "bob", "ask", "--want", "the slides", "--from",
	    "alice");
	await desk.waitForFunction(() => window.notices.length > 0, null,
	    { polling: 50 });
	const notices = await desk.evaluate(() => window.notices);
	ok(notices.length === 1 && notices[0][0].includes("bob") &&
	    notices[0][1] === "the slides", "who does not gets one", notices);
	await desk.waitForFunction(() => document.title.startsWith("(2)"), null,
	    { polling: 50 });
	ok(true, "and the title goes on counting");
});
