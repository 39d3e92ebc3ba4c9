/*
 * Which page is shown: the address bar, as a signal.  What a page shows is in
 * the query (?at=alice:/x), for the server gives the page for addresses
 * without an ending only, and names of files have endings.
 */
import { computed, signal } from "@preact/signals";

export type Route = { page: string; query: URLSearchParams };

function read({ pathname, search }: { pathname: string; search: string } =
    location): Route {
	return { page: pathname.replace(/^\/|\/$/g, "") || "files",
		query: new URLSearchParams(search) };
}

export const route = signal<Route>(read());
export const page = computed(() => route.value.page);

/** While back() is on its way: the steps from there. */
let leaving: (() => void)[] | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

/** If the browser has not gone back after so long, in ms, it does not. */
const longest = 2000;

/** back() is there: goes on; false if it was not on its way. */
function left(): boolean {
	const onward = leaving;
	leaving = null;
	clearTimeout(timer);
	for (const step of onward ?? [])
		step();
	route.value = read();
	return onward !== null;
}

const goers = new Set<() => void>();

/** Called when somebody goes a step of the browser's, which back() is not. */
export function onStep(f: () => void): () => void {
	goers.add(f);
	return () => void goers.delete(f);
}

export function startRouter(): void {
	addEventListener("popstate", () => {
		if (!left())
			for (const f of goers)
				f();
	});
}

export function href(page: string,
    query: Record<string, string | undefined> = {}): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query))
		if (value !== undefined && value !== "")
			search.set(name, value);
	// ":" and "/" may stand in a query, and read better as they are.
	const text = search.toString().replaceAll("%3A", ":")
		.replaceAll("%2F", "/");
	return `/${page}${text === "" ? "" : `?${text}`}`;
}

/** Where a step went from that only laid something over it. */
type Step = { over?: string } | null;

/** @over: to the same, with something laid over it, see back(). */
export function go(to: string, replace = false, over = false): void {
	const now = hrefWith({});
	if (to === (leaving ? now : location.pathname + location.search))
		return;
	const step = () => replace
		// What lies over it may go to another, and still be left for
		// the same.
		? history.replaceState(history.state, "", to)
		: history.pushState(over ? { over: now } : null, "", to);
	// The browser would go back from there.
	if (leaving)
		leaving.push(step);
	else
		step();
	route.value = read(new URL(to, location.href));
}

/**
 * Leaves what was laid over the page @to: by the way one came, so that no step
 * is left that leads to it again; if one came another way, in its place.
 */
export function back(to: string): void {
	if (hrefWith({}) === to)
		return;
	if (leaving || (history.state as Step)?.over !== to) {
		go(to, true);
		return;
	}
	// The browser takes a moment, in which it is left already.
	leaving = [];
	timer = setTimeout(left, longest);
	route.value = read(new URL(to, location.href));
	history.back();
}

/** The address of the same page with some of its query changed. */
export function hrefWith(change: Record<string, string | undefined>): string {
	const { page, query } = route.value;
	return href(page, { ...Object.fromEntries(query), ...change });
}

/** Goes there. */
export function goWith(change: Record<string, string | undefined>,
    replace = false, over = false): void {
	go(hrefWith(change), replace, over);
}

/** Of a request of one's own, or of all that one waits for. */
export function requestHref(id?: number): string {
	return href("requests", { tab: "out",
		request: id === undefined ? undefined : String(id) });
}

export function filesHref(remote: string): string {
	return href("files", { at: remote });
}
