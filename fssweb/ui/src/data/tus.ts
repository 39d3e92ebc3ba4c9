/*
 * Carries one upload of the queue by tus.  Loaded with the first upload, as
 * the first view does not need it.
 *
 * What tus-js-client remembers in the browser's storage is keyed by account,
 * place, size and time of the file, so that the same file picked again goes
 * on, and another one under its name begins anew.
 */
import * as tus from "tus-js-client";
import { ApiError, errorOf, getCsrf } from "./api";
import { idOf, small, type Carrier, type Item } from "./queue";

const endpoint = "/api/v1/uploads";

/**
 * Between attempts over a line that broke; after the last the queue waits for
 * the network.  What the server refuses for a while is the queue's at once,
 * which goes by what the answer says of when; tus knows only these.
 */
const pauses = [300, 1000, 3000, 5000];

function fingerprint(account: string, item: Item): string {
	return ["fss", account, item.path, item.size, item.mtime].join("|");
}

/**
 * After so long, in ms, a file that could not be read is looked at again: one
 * that a disk which wakes up, a share or another program holds back can be read
 * then, one that is not what it was can never.
 */
const readings = [1000, 3000];

/**
 * A browser that may not read on, for the file is not what it was, says no more
 * than that no answer came: whether that is why.
 */
async function unreadable(file: File): Promise<boolean> {
	for (const rest of [...readings, 0]) {
		try {
			await file.slice(0, 1).arrayBuffer();
			return false;
		} catch {
			await new Promise((done) => setTimeout(done, rest));
		}
	}
	return true;
}

function toError(error: Error): { error: ApiError; line: boolean } {
	const answer = error instanceof tus.DetailedError
		? error.originalResponse : null;
	if (!answer || answer.getStatus() === 0)
		return { error: new ApiError(0, "NETWORK", ""), line: true };
	const told = errorOf(answer.getStatus(), answer.getBody() ?? "",
	    answer.getHeader("Retry-After") ?? null);
	// The server is there and its hub is not: that passes, too.
	const line = told.code === "FSS_EUNREACH" ||
	    [502, 503, 504].includes(answer.getStatus());
	return { error: told, line };
}

export function carrier(account: () => string): Carrier {
	return (item, on) => {
		let ended = false, looking = false;
		/** It is begun just now, without any of its bytes. */
		let creating = false;
		/** Given up, and not only stopped. */
		let unwanted = false;
		/** Looks why no answer came, once at a time. */
		const look = async (file: File) => {
			if (looking)
				return;
			looking = true;
			const gone = await unreadable(file);
			looking = false;
			if (!gone || ended)
				return;
			void upload.abort(false);
			on.failed(new ApiError(-1, "FILE", ""), false);
		};
		const metadata: Record<string, string> = { path: item.path };
		if (item.mtime > 0)
			metadata["mtime"] = String(item.mtime * 1000);
		if (item.file?.type)
			metadata["media"] = item.file.type;
		if (item.request !== undefined)
			metadata["request"] = String(item.request);
		const options: tus.UploadOptions = {
			endpoint,
			metadata,
			retryDelays: pauses,
			uploadDataDuringCreation: item.size <= small,
			removeFingerprintOnSuccess: true,
			fingerprint: () =>
				Promise.resolve(fingerprint(account(), item)),
			onBeforeRequest: (request) => {
				const method = request.getMethod();
				// It ended before tus had anything to abort.
				if (ended && method !== "DELETE")
					throw new Error("ended");
				creating = method === "POST" && item.size > small;
				request.setHeader("X-FSS-CSRF", getCsrf());
			},
			onProgress: (sent) => on.progress(sent),
			onSuccess: () => on.done(),
			onError: (error) => {
				if (ended)
					return;
				const { error: told, line } = toError(error);
				on.failed(told, line);
			},
			onShouldRetry: (error) => {
				if (ended && (creating || !unwanted))
					return false;
				const { error: told, line } = toError(error);
				if (told.status === 0 && item.file)
					void look(item.file);
				return told.status === 409 || (line &&
				    told.status !== 503 && told.retryMs === 0);
			},
			onUploadUrlAvailable: () => {
				creating = false;
				if (!ended || (!unwanted && item.file !== null &&
				    item.url === null && item.transfer === null))
					item.url = upload.url;
				else if (item.url !== upload.url)
					unwanted = true;
				if (ended)
					abort();
			},
		};
		if (item.url)
			options.uploadUrl = item.url;
		const upload = new tus.Upload(item.file!, options);
		void begin(upload, item, () => ended);
		const abort = () =>
			void upload.abort(unwanted).catch(() => undefined);
		const end = (forGood: boolean) => {
			ended = true;
			unwanted = forGood;
			// Whose address is on its way would be left at the server,
			// with nobody who knows it: that is waited for.
			if (!creating)
				abort();
		};
		return { stop: () => end(false), cancel: () => end(true) };
	};
}

/** Goes on with what an earlier page of this browser began. */
async function begin(upload: tus.Upload, item: Item, ended: () => boolean):
    Promise<void> {
	if (!item.url) {
		const [before] = await upload.findPreviousUploads()
			.catch(() => []);
		if (before)
			upload.resumeFromPreviousUpload(before);
	}
	if (!ended())
		upload.start();
}

/** Removes what tus remembers of @url: nobody goes on with it. */
async function forget(url: string): Promise<void> {
	const { urlStorage } = tus.defaultOptions;
	for (const one of await urlStorage.findAllUploads())
		if (one.uploadUrl !== null && idOf(one.uploadUrl) === idOf(url))
			await urlStorage.removeUpload(one.urlStorageKey);
}

/** Gives up an upload that does not run: at the server, and here. */
export async function giveUp(url: string): Promise<void> {
	await forget(url).catch(() => undefined);
	await tus.Upload.terminate(url, {
		onBeforeRequest: (request) =>
			request.setHeader("X-FSS-CSRF", getCsrf()),
	}).catch(() => undefined);
}
