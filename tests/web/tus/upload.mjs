/*
 * Uploads a file by tus-js-client; tells on stdout what happens, a JSON object a line.
 *
 *   node upload.mjs ENDPOINT TOKEN FILE PATH CHUNK [STOP-AFTER]
 *
 * Stops by itself once STOP-AFTER bytes were taken, as a page that is closed does, and tells the upload's address; with UPLOAD_URL set
 * it goes on with that one.
 */
import fs from "node:fs";
import * as tus from "tus-js-client";

const [endpoint, token, file, path, chunk, stop] = process.argv.slice(2);
const say = (o) => console.log(JSON.stringify(o));
let stopped = false;

const upload = new tus.Upload(fs.createReadStream(file), {
	endpoint,
	uploadUrl: process.env.UPLOAD_URL || null,
	uploadSize: fs.statSync(file).size,
	chunkSize: Number(chunk),
	retryDelays: [0, 100, 200, 400, 800, 1600, 3200],
	headers: { Authorization: `Bearer ${token}` },
	metadata: { path, filetype: "application/x-test" },
	onUploadUrlAvailable: () => say({ url: upload.url }),
	onChunkComplete: (size, taken) => {
		say({ taken });
		if (stop && taken >= Number(stop) && !stopped) {
			stopped = true;
			upload.abort().then(() => say({ stopped: taken }));
		}
	},
	onError: (e) => {
		say({ error: String(e) });
		process.exitCode = 1;
	},
	onSuccess: () => say({ done: upload.url }),
});
if (process.env.TERMINATE)
	tus.Upload.terminate(process.env.TERMINATE, { headers: { Authorization: `Bearer ${token}` } })
		.then(() => say({ terminated: true }));
else
	upload.start();
