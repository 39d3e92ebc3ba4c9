/*
 * Tabs as links in the page's address, so that each can be linked to and the
 * way back works: a list of links of which one is current.  What else is in the
 * address is of the tab that is shown and goes with it.
 *
 * Those of a @part of a page leave the rest of the address as it is, and are no
 * steps of the way back.
 */
import { useLayoutEffect, useRef } from "preact/hooks";
import { href, route } from "../lib/router";
import { Link } from "./button";

export type Tab = { key: string; label: string; count?: number };

export function Tabs({ label, tabs, current, part = false }: {
    label: string; tabs: Tab[]; current: string; part?: boolean }) {
	const { page, query } = route.value;
	const rest = part ? Object.fromEntries(query) : {};
	const ref = useRef<HTMLElement>(null);
	// On a phone they are wider than the page: the current one is in sight.
	useLayoutEffect(() => {
		const box = ref.current!;
		const tab = box.querySelector<HTMLElement>("[aria-current]");
		if (!tab)
			return;
		const a = box.getBoundingClientRect();
		const b = tab.getBoundingClientRect();
		if (b.left < a.left || b.right > a.right)
			box.scrollLeft += b.left - a.left - (a.width - b.width) / 2;
		// A count that comes later makes them wider.
	}, [current, tabs.map((tab) => tab.count ?? "").join()]);
	return <nav class="tabs" aria-label={label} ref={ref}>
		{tabs.map((tab, i) => <Link key={tab.key} class="tab"
			current={tab.key === current} replace={part}
			to={href(page, { ...rest,
				tab: i === 0 ? undefined : tab.key })}>
			{tab.label}
			{tab.count ? <span class="badge">{tab.count}</span> : null}
		</Link>)}
	</nav>;
}
