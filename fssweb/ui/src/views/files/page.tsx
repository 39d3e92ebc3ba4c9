/*
 * The page of files: one's own, somebody's, what is shared, what is recent,
 * and hits of a search.  Which one is in the address.
 */
import { Fragment } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import * as calls from "../../data/calls";
import { useFileNews } from "../../data/news";
import type { Entry } from "../../data/schema";
import { me } from "../../data/session";
import { format, isRoot, of, parent, parse, within } from "../../lib/path";
import { filesHref, go, href, route } from "../../lib/router";
import { useKey, useLoad, useMedia } from "../../lib/use";
import { t } from "../../strings";
import { Link } from "../../ui/button";
import { openDialog } from "../../ui/dialog";
import { openMenu } from "../../ui/menu";
import { Empty, Failed, Waiting } from "../../ui/notice";
import { menuOf, remove, rename } from "./actions";
import { Crumbs } from "./crumbs";
import { NewFolderDialog } from "./dialogs";
import { DropZone } from "./drop";
import { FileList, sourceKey, type Source } from "./folder";
import { Grid } from "./grid";
import { Head } from "./head";
import { closeDetails, openEntry, showDetails, shownDetails }
	from "./open";
import { Filters } from "./filters";
import { filtersOf } from "./query";
import { sorted, type Order } from "./sort";
import { SelectionBar, Toolbar } from "./toolbar";
import { DetailsPanel } from "../lazy";

/** Lists longer than this keep the hub's order; all of them may be here. */
const sortable = 20000;

function sourceOf(): Source {
	const { page, query } = route.value;
	if (page === "shared" || page === "recent")
		return { is: page };
	if (page === "search")
		return { is: "search", filters: filtersOf(query) };
	const at = parse(query.get("at") ?? ":/", me.value) ??
	    { owner: me.value, path: "/" };
	return { is: "folder", at: format(at) };
}

/** Where one comes from, so that the way up lands on that folder. */
let lastFolder = "";

export function FilesPage() {
	const source = sourceOf(), key = sourceKey(source);
	const files = useMemo(() => new FileList(source), [key]);
	const [selected, select] = useState<ReadonlySet<string>>(new Set());
	const [order, setOrder] = useState<Order | null>(null);
	const at = source.is === "folder" ? source.at : null;
	const came = useMemo(() => {
		const from = lastFolder;
		lastFolder = at ?? "";
		return at !== null && from !== "" && parent(from) === at
			? from : undefined;
	}, [key]);

	useEffect(() => {
		files.open();
		select(new Set());
		setOrder(null);
		return () => files.close();
	}, [files]);

	const { list } = files;
	const rows = list.rows.value;
	const done = list.done.value, top = list.top.value;
	list.hold = selected.size > 0;
	const maySort = top && done && rows.length <= sortable &&
	    source.is === "folder";
	const shown = useMemo(() => !maySort ? rows
		: order ? sorted(rows, order)
		: rows.length <= 1024
		? sorted(rows, { by: "name", down: false }) : rows,
	    [rows, maySort, order]);

	const here = useLoad(at ?? "", () => at === null
		? Promise.resolve(null) : calls.entry(at).catch((error) => {
			// What one may do is not forgotten for a lost line.
			const { status } = error as { status?: number };
			if (status !== 404 && status !== 403)
				throw error;
			return null;
		}));
	// What one may do in somebody else's folder may change at any time.
	useFileNews((path) => at !== null && within(at, path), here.reload);
	const mayCreate = at !== null && (at.startsWith(`${me.value}:`) ||
	    (here.value?.rights.includes("create") ?? false));

	useKey("Backspace", () => {
		if (at !== null && !isRoot(at))
			go(filesHref(parent(at)));
	});
	useKey("n", () => {
		if (at !== null && mayCreate)
			openDialog(<NewFolderDialog at={at} />);
	});

	const places = source.is !== "folder";
	const keys = useMemo(() => ({
		open: openEntry,
		menu: (entry: Entry, from: HTMLElement,
		    point?: { x: number; y: number }) =>
			openMenu(t.actions(entry.name),
			    menuOf(entry, places), from, point),
		details: (entry: Entry) => showDetails(of(entry)),
		rename, remove,
	}), [places]);

	const chosen = rows.filter((r) => selected.has(of(r)));
	const error = list.error.value;
	const showing = shownDetails();
	// Inside them it is theirs; while something is chosen, the list's.
	useKey("Escape", () => {
		if (showing)
			closeDetails();
	});
	const offers = source.is === "search" && done && rows.length === 0
		? files.near.value : [];

	return <div class={showing ? "files with-details" : "files"}>
		<section class="files-main" aria-label={t.files.title}>
			<DropZone at={at} may={mayCreate}>
				<div class="files-top">
					<Crumbs source={source} />
					{chosen.length > 0
						? <SelectionBar entries={chosen}
							clear={() => select(new Set())} />
						: <Toolbar at={at} may={mayCreate}
							folder={here.value} />}
				</div>
				{source.is === "search" && <Filters />}
				{error && rows.length === 0
					? error.status === 404
					? <Empty icon="folder" title={t.files.gone}>
						{t.files.goneHint}</Empty>
					: <Failed error={error}
						again={() => void list.more()} />
				: list.fresh.value ? <Waiting rows={8} />
				: rows.length === 0 && done
				? <Nothing source={source} near={offers} />
				: <Grid which={key} label={t.files.list(
					at ?? t.files.title)}
					rows={shown} top={top} done={done}
					moved={list.moved.value} places={places}
					before={() => void list.before()}
					more={() => void list.more()}
					reach={(to, all) => void (!all ? list.jump(to)
						: to === "top" ? list.reachTop()
						: list.reach(Infinity))}
					jumps={source.is === "folder"}
					stop={() => list.enough()}
					seen={(from, to) => shown === rows
						? list.seen(from, to)
						: list.seen(0, Infinity)}
					selected={selected} select={select}
					keys={keys} first={came ?? showing}
					head={<Head order={order} sort={setOrder}
						sortable={maySort}
						all={rows.length > 0 &&
						    chosen.length === rows.length}
						some={chosen.length > 0}
						selectAll={(on) => select(on
						    ? new Set(rows.map(of))
						    : new Set())} />} />}
				<p class="files-foot muted" role="status">
					{offers.length > 0 && <span class="sr">
						{t.search.nearSaid(offers)}{" "}</span>}
					{error && rows.length > 0
						? <button type="button" class="as-link"
							onClick={() => void list.more()}>
							{t.again}</button>
						: !list.fresh.value && !error && (source.is === "search"
						? t.search.results(rows.length, done)
						: !top ? t.files.later(rows.length)
						: t.files.count(rows.length, done))}
				</p>
			</DropZone>
		</section>
		{showing && <DetailsPanel key={showing} remote={showing} />}
	</div>;
}

function Nothing({ source, near }: { source: Source; near: string[] }) {
	const touch = useMedia("(hover: none)");
	switch (source.is) {
	case "folder": {
		const own = source.at.startsWith(`${me.value}:`);
		return <Empty icon="folder" title={own
			? t.files.emptyOwn : t.files.emptyOther}>
			{!own ? t.files.emptyOtherHint : touch
				? t.files.emptyOwnTouch : t.files.emptyOwnHint}
		</Empty>;
	}
	case "shared":
		return <Empty icon="shared" title={t.files.emptyShared}>
			{t.files.emptySharedHint}</Empty>;
	case "recent":
		return <Empty icon="clock" title={t.files.emptyRecent}>
			{t.files.emptyRecentHint}</Empty>;
	case "search":
		return <Empty icon="search" title={t.search.none}>
			{near.length > 0 ? <Near texts={near} /> : t.search.noneHint}
		</Empty>;
	}
}

/** Links to searches for what may have been meant, with the same filters. */
function Near({ texts }: { texts: string[] }) {
	const { page, query } = route.value;
	const { show: _, tab: __, ...rest } = Object.fromEntries(query);
	// The link goes with what it leads to, the heading stays.
	return <p class="search-near" onClick={() =>
		document.querySelector<HTMLElement>(".title")?.focus()}>
		{t.search.near}
		{texts.map((text) => <Fragment key={text}>{" "}
			<Link to={href(page, { ...rest, q: text })}>{text}
			</Link></Fragment>)}
	</p>;
}
