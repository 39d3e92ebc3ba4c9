/*
 * Remote paths: "alice:/photos/x.jpg".  In this page a path always names its
 * owner; the short form ":/x" is only for people.
 */

export type Remote = { owner: string; path: string };

const pattern = /^([a-z0-9][a-z0-9._-]{0,31})?:(\/.*)$/su;

/** The parts of a remote path, or null if it is none. */
export function parse(remote: string, me: string): Remote | null {
	const match = pattern.exec(remote);
	if (!match)
		return null;
	const path = "/" + (match[2] ?? "").split("/")
		.filter((part) => part !== "").join("/");
	return { owner: match[1] ?? me, path };
}

export function format(at: Remote): string {
	return `${at.owner}:${at.path}`;
}

/** The remote path of a row of the API. */
export function of(row: { owner?: string; path?: string }): string {
	return `${row.owner ?? ""}:${row.path ?? "/"}`;
}

export function join(folder: string, name: string): string {
	return folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

/** The folder an entry is in; of a root the root itself. */
export function parent(remote: string): string {
	const colon = remote.indexOf(":");
	const slash = remote.lastIndexOf("/");
	return slash <= colon + 1
		? remote.slice(0, colon + 2) : remote.slice(0, slash);
}

export function base(remote: string): string {
	return remote.slice(remote.lastIndexOf("/") + 1);
}

export function isRoot(remote: string): boolean {
	return remote.endsWith(":/");
}

/** Whether @remote is @folder or below it. */
export function within(remote: string, folder: string): boolean {
	return remote === folder ||
	    remote.startsWith(isRoot(folder) ? folder : `${folder}/`);
}

/** The way from the root to @remote, for breadcrumbs. */
export function crumbs(remote: string): { name: string; remote: string }[] {
	const colon = remote.indexOf(":");
	const root = remote.slice(0, colon + 2);
	const ways = [{ name: remote.slice(0, colon), remote: root }];
	let at = root;
	for (const part of remote.slice(colon + 2).split("/")) {
		if (part === "")
			continue;
		at = join(at, part);
		ways.push({ name: part, remote: at });
	}
	return ways;
}

/**
 * Why a name cannot be one at the hub, or null.  The hub has the last word;
 * this only saves a round trip for what people type by mistake.
 */
export function nameProblem(name: string): "empty" | "dots" | "sign"
    | "long" | null {
	if (name === "")
		return "empty";
	if (name === "." || name === "..")
		return "dots";
	if (/[/\u0000-\u001f\u007f]/u.test(name))
		return "sign";
	if (new TextEncoder().encode(name).length > 255)
		return "long";
	return null;
}

/** A whole address: of a path at @origin, or of one that is whole already. */
export function whole(url: string, origin: string): string {
	return new URL(url, origin).href;
}

/** Order of names as the hub lists them: by the bytes of their UTF-8. */
export function byName(a: string, b: string): number {
	// Code points order as their UTF-8 does, UTF-16 units do not.
	const left = Array.from(a), right = Array.from(b);
	for (let i = 0; i < left.length && i < right.length; i++) {
		const l = left[i]!.codePointAt(0)!;
		const r = right[i]!.codePointAt(0)!;
		if (l !== r)
			return l - r;
	}
	return left.length - right.length;
}
