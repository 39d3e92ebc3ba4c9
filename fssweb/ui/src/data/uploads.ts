/*
 * The page's queue of uploads, what of it survives a reload, and where the
 * files come from: pickers, and drops of files and whole folders.
 */
import { ApiError } from "./api";
import * as calls from "./calls";
import { Looks } from "./look";
import { gather, live } from "./news";
import { idOf, Queue, small, type Item, type Told, type Transfer }
	from "./queue";
import { format, join } from "../lib/path";
import { me, onLeave } from "./session";
import { takeSlot } from "./slots";

export type Picked = { path: string; file: File };

/** tus comes with the first upload; until then a transfer is a promise. */
export const queue = new Queue((item, on) => {
	let inner: Transfer | null = null, ended = false;
	const slot = takeSlot(on.behind);
	const failed: typeof on.failed = (error, line) => {
		slot.free();
		on.failed(error, line);
	};
	Promise.all([import("./tus"), slot.got]).then(([{ carrier }]) => {
		if (!ended)
			inner = carrier(() => me.value)(item, { ...on, failed,
				done: () => {
					slot.free();
					on.done();
				} });
	}, () => failed(networkError(), true));
	const end = (how: (transfer: Transfer) => void) => () => {
		ended = true;
		slot.free();
		if (inner)
			how(inner);
	};
	return { stop: end((transfer) => transfer.stop()),
		cancel: end((transfer) => transfer.cancel()) };
});

function networkError(): ApiError {
	return new ApiError(0, "NETWORK", "");
}

/**
 * Small ones that were given up on their way: the request that carried all of
 * it was cut, and the address of what came of it is not known here.
 */
const strays = new Set<string>();

const strayOf = ({ path, size, mtime }: Pick<Told, "path" | "size" | "mtime">) =>
	[path, size, mtime].join("|");

async function giveUp(url: string): Promise<void> {
	await (await import("./tus")).giveUp(url);
}

/** Gives up @item, also one whose file is not here any more. */
export async function cancelUpload(item: Item): Promise<void> {
	const url = item.transfer ? null : item.url;
	if (item.transfer && item.url === null && item.size <= small)
		strays.add(strayOf(item));
	queue.cancel(item);
	if (url)
		await giveUp(url);
}

/** @told without strays, which are given up once nobody is at work on them. */
function withoutStrays(told: Told[]): Told[] {
	if (strays.size === 0)
		return told;
	const own = new Set(queue.items.peek().filter((item) => item.file)
		.map((item) => item.path));
	return told.filter((one) => {
		const key = strayOf(one);
		if (own.has(one.path) || !strays.has(key))
			return true;
		if (!one.held) {
			strays.delete(key);
			void giveUp(one.url);
		}
		return false;
	});
}

/** Takes what was refused for good off the list. */
export function clearRefused(): void {
	for (const item of queue.items.peek())
		if (item.status.peek() === "refused")
			void cancelUpload(item);
}

/** The file's time, in ms, from Upload-Metadata as it was given; or 0. */
export function timeOf(meta: string | undefined): number {
	const match = /(?:^|,)mtime ([A-Za-z0-9+/=]+)/.exec(meta ?? "");
	try {
		return match ? Math.floor(Number(atob(match[1]!)) / 1000) || 0 : 0;
	} catch {
		return 0;
	}
}

/**
 * Other tabs are asked with each look which uploads are theirs, and tell, also
 * of those that they have paused; and say so when they close.
 */
let telling = new Set<string>();
const tabs = typeof BroadcastChannel === "undefined"
	? null : new BroadcastChannel("fss-uploads");

type Said = { ask?: boolean; own?: string[]; closes?: boolean };

function heard({ data }: { data: Said }): void {
	if (data.ask) {
		tabs?.postMessage({ own: queue.own() });
		return;
	}
	if (data.closes) {
		told();
		return;
	}
	for (const url of data.own ?? [])
		telling.add(idOf(url));
	queue.others(data.own ?? []);
}

/** Whose uploads have been looked at. */
let met = "";

async function lookUnfinished(): Promise<void> {
	const who = me.value;
	if (who === "")
		return;
	telling = new Set();
	// What another tab is sending wants no file from anybody.
	tabs?.postMessage({ ask: true });
	const page = await calls.uploads({ limit: 256 });
	// More than a page is rare; and what is left out would count as over.
	const stages = page.cursor
		? await calls.all(calls.uploads, 256) : page.rows;
	if (me.value !== who)
		return;
	const theirs = telling;
	const unfinished = stages
		// Done; only still told of.
		.filter((one) => one.offset !== one.size || !one.version)
		.map((one) => ({ path: format({ owner: one.owner ?? who,
				path: one.path }), size: one.size,
			mtime: timeOf(one.meta), sent: one.offset,
			url: `/api/v1/uploads/${one.stage}`,
			held: one.held || theirs.has(one.stage) }));
	queue.remember(withoutStrays(unfinished), met !== who);
	met = who;
}

const looks = new Looks(lookUnfinished);

/** News comes of one's own as well: then others' are looked for, in ms. */
const besides = 2000;

/** Something was told while nobody saw the page. */
let owed = false;

/** Looks at what the hub told of, which does not say what it was. */
function told(): void {
	owed = document.visibilityState !== "visible";
	if (me.value === "" || owed)
		return;
	looks.soon(queue.active.peek() > 0 &&
	    queue.counts.peek().elsewhere === 0 ? besides : gather);
}

/** What earlier pages left unfinished. */
export async function loadUnfinished(): Promise<void> {
	// Not worth a message: dropping the file again resumes it too.
	await looks.look();
}

export function startUploads(): void {
	if (tabs)
		tabs.onmessage = heard;
	const on = () => queue.online();
	addEventListener("online", on);
	live.on("hello", on);
	live.on("up", on);
	live.on("upload", told);
	live.on("afresh", told);
	document.addEventListener("visibilitychange", () => {
		if (owed)
			told();
	});
	addEventListener("pagehide", () => tabs?.postMessage({ closes: true }));
	onLeave(() => {
		queue.empty();
		strays.clear();
		met = "";
	});
	addEventListener("beforeunload", (event) => {
		if (queue.active.peek() > 0)
			event.preventDefault();
	});
}

/** Of <input type=file>, folders too. */
export function pickedFiles(files: FileList, folder: string): Picked[] {
	return [...files].map((file) => ({
		path: join(folder, file.webkitRelativePath || file.name),
		file,
	}));
}

/**
 * Of a drop: files with their paths below @folder, and the folders that are
 * empty.  Must be called at once in the event, for the list of what was
 * dropped is emptied after it.
 */
export function dropped(data: DataTransfer, folder: string):
    Promise<{ files: Picked[]; folders: string[] }> {
	const entries: FileSystemEntry[] = [], files: Picked[] = [];
	for (const item of data.items) {
		if (item.kind !== "file")
			continue;
		const entry = item.webkitGetAsEntry(), file = item.getAsFile();
		// What a page or program drags in may have no entry.
		if (entry)
			entries.push(entry);
		else if (file)
			files.push({ path: join(folder, file.name), file });
	}
	return walk(entries, folder, files);
}

async function walk(entries: FileSystemEntry[], folder: string,
    files: Picked[]): Promise<{ files: Picked[]; folders: string[] }> {
	const folders: string[] = [];
	const todo = entries.map((entry) => ({ entry, at: folder }));
	for (let next = todo.pop(); next; next = todo.pop()) {
		const path = join(next.at, next.entry.name);
		if (next.entry.isFile) {
			files.push({ path, file: await fileOf(
			    next.entry as FileSystemFileEntry) });
			continue;
		}
		const inside = await children(
		    next.entry as FileSystemDirectoryEntry);
		if (inside.length === 0)
			folders.push(path);
		todo.push(...inside.map((entry) => ({ entry, at: path })));
	}
	return { files, folders };
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
	return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** Browsers give a folder's entries in portions, the last one empty. */
async function children(folder: FileSystemDirectoryEntry):
    Promise<FileSystemEntry[]> {
	const reader = folder.createReader();
	const all: FileSystemEntry[] = [];
	for (;;) {
		const some = await new Promise<FileSystemEntry[]>(
		    (resolve, reject) => reader.readEntries(resolve, reject));
		if (some.length === 0)
			return all;
		all.push(...some);
	}
}
