/*
 * Entries as lists keep them: what is shown of a row and decides what may be
 * done with it, and no more.  Rows of a folder have most of that in common, so
 * it is kept once: 100,000 rows take as many names, sizes and times.
 */
import type { Entry } from "./schema";

type Common = Pick<Entry, "owner" | "kind" | "media" | "target" | "access"
	| "access_own" | "rights" | "state" | "holders" | "online"
	| "request" | "request_state" | "pass"> & { folder: string };

class Row {
	constructor(readonly name: string, readonly size: number | undefined,
	    readonly mtime: number | undefined, readonly common: Common) {}
	get path() {
		const { folder } = this.common;
		return this.name === "" ? folder
			: folder.endsWith("/") ? folder + this.name
			: `${folder}/${this.name}`;
	}
	get owner() { return this.common.owner; }
	get kind() { return this.common.kind; }
	get media() { return this.common.media; }
	get target() { return this.common.target; }
	get access() { return this.common.access; }
	get access_own() { return this.common.access_own; }
	get rights() { return this.common.rights; }
	get state() { return this.common.state; }
	get holders() { return this.common.holders; }
	get online() { return this.common.online; }
	get request() { return this.common.request; }
	get request_state() { return this.common.request_state; }
	get pass() { return this.common.pass; }
}

/** What is had in common is known of so many kinds of rows. */
const most = 4096;

export class Briefly {
	private readonly known = new Map<string, Common>();

	/**
	 * Begins anew, as a list that is fetched anew does: what rows had in
	 * common until then is not kept for rows that are gone.
	 */
	forget(): void {
		this.known.clear();
	}

	/** @entry with what a list needs of it; the rest is undefined. */
	row(entry: Entry): Entry {
		const slash = entry.path.lastIndexOf("/");
		const common = { folder: entry.name === "" ? entry.path
			: entry.path.slice(0, slash) || "/",
		    owner: entry.owner, kind: entry.kind, media: entry.media,
		    target: entry.target, access: entry.access,
		    access_own: entry.access_own, rights: entry.rights,
		    state: entry.state, holders: entry.holders,
		    online: entry.online, request: entry.request,
		    request_state: entry.request_state,
		    pass: entry.pass } as Common;
		const text = JSON.stringify(common);
		let same = this.known.get(text);
		if (!same) {
			if (this.known.size >= most)
				this.forget();
			this.known.set(text, same = common);
		}
		return new Row(entry.name, entry.size, entry.mtime, same) as Entry;
	}

	page<P extends { rows: Entry[] }>(page: P): P {
		return { ...page, rows: page.rows.map((one) => this.row(one)) };
	}
}
