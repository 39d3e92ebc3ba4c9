/*
 * Tabs as links in the page's address, so that each can be linked to and the
 * way back works: a list of links of which one is current.
 */
import { href, route } from "../lib/router";
import { Link } from "./button";

export type Tab = { key: string; label: string; count?: number };

export function Tabs({ label, tabs, current, param = "tab" }: {
    label: string; tabs: Tab[]; current: string; param?: string }) {
	const { page, query } = route.value;
	const rest = Object.fromEntries(query);
	return <nav class="tabs" aria-label={label}>
		{tabs.map((tab, i) => <Link key={tab.key} class="tab"
			current={tab.key === current}
			to={href(page, { ...rest,
				[param]: i === 0 ? undefined : tab.key })}>
			{tab.label}
			{tab.count ? <span class="badge">{tab.count}</span> : null}
		</Link>)}
	</nav>;
}
