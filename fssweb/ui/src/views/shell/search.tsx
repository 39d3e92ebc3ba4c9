/*
 * The search box at the top: hits come as one types.  Leaving it empty goes
 * back to where one was.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import { clip } from "../../lib/clip";
import { format, parse } from "../../lib/path";
import { me } from "../../data/session";
import { go, goWith, href, route } from "../../lib/router";
import { useKey } from "../../lib/use";
import { t } from "../../strings";
import { Icon } from "../../ui/icon";

/** So many bytes the hub looks for. */
const most = 256;

/** So long nothing is asked while keys still come. */
const pause = 70;

export function SearchBox() {
	const ref = useRef<HTMLInputElement>(null);
	const { page, query } = route.value;
	const shown = page === "search" ? query.get("q") ?? "" : "";
	const [text, setText] = useState(shown);
	const before = useRef("/files");
	const timer = useRef<ReturnType<typeof setTimeout>>();

	// The way back and links change the address under the box.
	useEffect(() => {
		// Who types is ahead of the address, who left the search is not.
		if (document.activeElement !== ref.current || page !== "search")
			setText(shown);
		if (page !== "search")
			before.current = location.pathname + location.search;
	}, [shown, page, query]);

	useEffect(() => () => clearTimeout(timer.current), []);

	useKey("/", () => ref.current?.select());

	const search = (value: string) => {
		if (route.value.page === "search") {
			if (value.trim() === "" && !hasFilters())
				go(before.current, true);
			else
				goWith({ q: value, show: undefined }, true);
		} else if (value.trim() !== "") {
			go(href("search", { q: value, from: here() }));
		}
	};
	const type = (value: string) => {
		setText(value);
		clearTimeout(timer.current);
		timer.current = setTimeout(() => search(value), pause);
	};
	return <form class="search" role="search" onSubmit={(event) => {
		event.preventDefault();
		clearTimeout(timer.current);
		search(text);
		document.querySelector<HTMLElement>(".grid")?.focus();
	}}>
		<Icon name="search" />
		<input ref={ref} class="search-input" type="search" dir="auto"
			value={text} placeholder={t.search.placeholder}
			aria-label={t.search.label} autocomplete="off"
			spellcheck={false} enterKeyHint="search"
			onInput={(e) => type(clip(e.currentTarget.value, most))}
			onKeyDown={(event) => {
				if (event.key === "Escape") {
					event.preventDefault();
					type("");
					ref.current?.blur();
				} else if (event.key === "ArrowDown") {
					event.preventDefault();
					document.querySelector<HTMLElement>(
					    ".grid")?.focus();
				}
			}} />
		<kbd class="search-key" aria-hidden="true">/</kbd>
	</form>;
}

function hasFilters(): boolean {
	return [...route.value.query.keys()].some((name) =>
		!["q", "from", "show", "tab"].includes(name));
}

/** The folder one is in, to search below it alone. */
function here(): string | undefined {
	const { page, query } = route.value;
	if (page !== "files" || !query.get("at"))
		return undefined;
	const at = parse(query.get("at")!, me.value);
	return at && at.path !== "/" ? format(at) : undefined;
}
