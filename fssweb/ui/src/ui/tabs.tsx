/*
 * Tabs as links in the page's address, so that each can be linked to and the
 * way back works: a list of links of which one is current.
 */
import { useLayoutEffect, useRef } from "preact/hooks";
import { href, route } from "../lib/router";
import { Link } from "./button";

export type Tab = { key: string; label: string; count?: number };

export function Tabs({ label, tabs, current, param = "tab" }: {
    label: string; tabs: Tab[]; current: string; param?: string }) {
	const { page, query } = route.value;
	const rest = Object.fromEntries(query);
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
	}, [current]);
	return <nav class="tabs" aria-label={label} ref={ref}>
		{tabs.map((tab, i) => <Link key={tab.key} class="tab"
			current={tab.key === current}
			to={href(page, { ...rest,
				[param]: i === 0 ? undefined : tab.key })}>
			{tab.label}
			{tab.count ? <span class="badge">{tab.count}</span> : null}
		</Link>)}
	</nav>;
}
