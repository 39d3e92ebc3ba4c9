/*
 * The frame of the page once somebody is logged in: the ways to go, the
 * search box, the state of the line, uploads, and the view in the middle.
 */
import { useEffect, useRef } from "preact/hooks";
import { inbox } from "../../data/requests";
import { lively, somebody } from "../../data/poll";
import { login, me, refresh, runsHub } from "../../data/session";
import { go, href, page, route } from "../../lib/router";
import { useKey, useMedia, usePoll } from "../../lib/use";
import { t } from "../../strings";
import { Avatar } from "../../ui/bits";
import { Button, Link } from "../../ui/button";
import { dialog, openDialog } from "../../ui/dialog";
import { Icon, type IconName } from "../../ui/icon";
import { MenuHost, openMenu } from "../../ui/menu";
import { Empty } from "../../ui/notice";
import { Toasts } from "../../ui/toast";
import { FilesPage } from "../files/page";
import { AccountPage, AdminPage, LinksPage, PeoplePage, RequestsPage }
	from "../lazy";
import { Banner } from "./banner";
import { Logo } from "./gate";
import { KeysDialog } from "./keys";
import { SearchBox } from "./search";
import { Tray } from "./tray";

type Way = { page: string; label: string; icon: IconName; key?: string;
	/** In the bar of a phone, and what it is called there. */
	narrow?: boolean; short?: string };

function ways(): Way[] {
	const all: Way[] = [
		{ page: "files", label: t.nav.files, icon: "folder", key: "f",
			narrow: true },
		{ page: "shared", label: t.nav.shared, short: t.nav.sharedShort,
			icon: "shared", key: "s", narrow: true },
		{ page: "recent", label: t.nav.recent, icon: "clock", key: "r" },
		{ page: "people", label: t.nav.people, icon: "people", key: "p",
			narrow: true },
		{ page: "requests", label: t.nav.requests, icon: "inbox",
			key: "q", narrow: true },
		{ page: "links", label: t.nav.links, icon: "link", key: "l" },
	];
	if (runsHub.value)
		all.push({ page: "admin", label: t.nav.admin, icon: "hub",
			key: "h" });
	return all;
}

function titleOf(): string {
	const { page, query } = route.value;
	if (page === "account")
		return t.account.title;
	if (page === "search")
		return query.get("q") ?? t.search.title;
	const at = query.get("at");
	if (page === "files" && at)
		return at.slice(at.lastIndexOf("/") + 1) || at;
	return ways().find((way) => way.page === page)?.label ??
	    (page === "join" ? t.nav.files : t.nowhere);
}

function View() {
	switch (page.value) {
	case "people": return <PeoplePage />;
	case "requests": return <RequestsPage />;
	case "links": return <LinksPage />;
	case "account": return <AccountPage />;
	case "admin": return <AdminPage />;
	case "files": case "shared": case "recent": case "search":
	case "join": // who has just signed up
		return <FilesPage />;
	default: return <div class="page">
		<Empty icon="search" title={t.nowhere}>
			<Link to="/files">{t.nav.files}</Link></Empty></div>;
	}
}

export function Shell() {
	const main = useRef<HTMLElement>(null);
	const now = page.value, waiting = inbox.value;
	const title = titleOf();
	const narrow = useMedia("(max-width: 44rem)");
	// Somebody else's files are found by way of people.
	const at = route.value.query.get("at");
	const current = now === "files" && at && !at.startsWith(":") &&
	    !at.startsWith(`${me.value}:`) ? "people" : now;
	const underMore = others().some((way) => way.page === current);
	useEffect(() => {
		document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${title}` +
		    ` – ${login.value?.hub.name || t.app}`;
	}, [title, waiting]);

	usePoll(refresh, lively, somebody);

	// Who goes to another page by keyboard goes on reading at its heading.
	const before = useRef(now);
	useEffect(() => {
		if (before.current === now)
			return;
		before.current = now;
		if (!(document.activeElement instanceof HTMLInputElement))
			main.current?.focus();
	}, [now]);

	return <div class="shell">
		<a class="skip" href="#main" onClick={(event) => {
			event.preventDefault();
			main.current?.focus();
		}}>{t.skip}</a>
		<header class="top">
			<Link to="/files" class="brand">
				<Logo /><span class="brand-name">
					{login.value?.hub.name || t.app}</span></Link>
			<SearchBox />
			<Link to={href("account")} class="me"
				current={now === "account"}>
				<span class="sr">{t.nav.account}</span>
				<Avatar name={me.value} />
				<span class="me-name">{me.value}</span></Link>
		</header>
		<nav class="side" aria-label={t.nav.label}>
			<ul>{ways().map((way) => <li key={way.page}
				class={way.narrow ? "" : "wide-only"}>
				<Link to={href(way.page)} class="way"
					current={current === way.page}>
					<Icon name={way.icon} />
					<span>{narrow ? way.short ?? way.label
						: way.label}</span>
					{way.page === "requests" && waiting > 0 &&
						<span class="badge"><span aria-hidden="true">
							{waiting}</span><span class="sr">
							{t.nav.waiting(waiting)}</span></span>}
				</Link></li>)}
				<li class="narrow-only">
					<button type="button" class="way"
						aria-current={underMore ? "true" : undefined}
						onClick={(event) =>
						    openMore(event.currentTarget)}>
						<Icon name="dots" /><span>{t.more}</span>
					</button></li>
			</ul>
			<Button icon="keyboard" look="quiet" class="wide-only"
				onClick={() => openDialog(<KeysDialog />)}>
				{t.keys.show}</Button>
		</nav>
		<main id="main" class="main" ref={main} tabIndex={-1}>
			<Banner />
			<View key={now} />
		</main>
		<Tray />
		<Ways />
		<MenuHost />
		{dialog.value}
		<Toasts />
	</div>;
}

/** The ways that have no room in the bar of a phone. */
function others(): Way[] {
	return [...ways().filter((way) => !way.narrow),
		{ page: "account", label: t.nav.account, icon: "person" }];
}

function openMore(from: HTMLElement): void {
	openMenu(t.more, others().map((way) => ({ label: way.label,
		icon: way.icon, run: () => go(href(way.page)) })), from);
}

/** The shortcuts that go somewhere. */
function Ways() {
	useKey("?", () => openDialog(<KeysDialog />));
	useKey("g a", () => go(href("account")));
	return <>{ways().map((way) => <WayKey key={way.page} way={way} />)}</>;
}

function WayKey({ way }: { way: Way }) {
	useKey(`g ${way.key}`, () => go(href(way.page)));
	return null;
}
