/*
 * Which page is shown: the address bar, as a signal.  What a page shows is in
 * the query (?at=alice:/x), for the server gives the page for addresses
 * without an ending only, and names of files have endings.
 */
import { computed, signal } from "@preact/signals";

export type Route = { page: string; query: URLSearchParams };

function read(): Route {
	return { page: location.pathname.replace(/^\/|\/$/g, "") || "files",
		query: new URLSearchParams(location.search) };
}

export const route = signal<Route>(read());
export const page = computed(() => route.value.page);

export function startRouter(): void {
	addEventListener("popstate", () => {
		route.value = read();
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

export function go(to: string, replace = false): void {
	if (to === location.pathname + location.search)
		return;
	if (replace)
		history.replaceState(null, "", to);
	else
		history.pushState(null, "", to);
	route.value = read();
}

/** The same page with some of its query changed. */
export function goWith(change: Record<string, string | undefined>,
    replace = false): void {
	const { page, query } = route.value;
	go(href(page, { ...Object.fromEntries(query), ...change }), replace);
}

/** Of a request of one's own, or of all that one waits for. */
export function requestHref(id?: number): string {
	return href("requests", { tab: "out",
		request: id === undefined ? undefined : String(id) });
}

export function filesHref(remote: string): string {
	return href("files", { at: remote });
}
