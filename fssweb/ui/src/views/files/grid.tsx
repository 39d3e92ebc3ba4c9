/*
 * The list of files: a grid of which only the rows in sight are in the page,
 * so that 100,000 entries scroll as ten do.  More pages are asked for as the
 * end of what is here comes near, or its beginning.
 *
 * The grid has the focus and one active row (aria-activedescendant); what is
 * in a row is reached by keys, not by Tab.  Selection is kept by the caller.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Entry } from "../../data/schema";
import { of } from "../../lib/path";
import { useMedia } from "../../lib/use";
import { t } from "../../strings";
import { Row } from "./row";

/** Heights of a row; the style sheet has the same. */
const tall = 60, low = 44;
const spare = 8;

export type GridKeys = {
	open: (entry: Entry) => void;
	menu: (entry: Entry, from: HTMLElement,
	    at?: { x: number; y: number }) => void;
	details: (entry: Entry) => void;
	rename: (entry: Entry) => void;
	remove: (entries: Entry[]) => void;
};

export type GridProps = {
	label: string;
	rows: Entry[];
	/** The first row is here; the last is. */
	top: boolean;
	done: boolean;
	/** By how many rows all moved down for those that came before them. */
	moved: number;
	before: () => void;
	more: () => void;
	/**
	 * Goes to an end of the list, or, @all, there through all that is on the
	 * way, as it always does without @jumps; stop() it when it is not wanted.
	 */
	reach: (to: "top" | "end", all: boolean) => void;
	jumps: boolean;
	stop: () => void;
	/** Told which rows are in sight. */
	seen: (from: number, to: number) => void;
	/** Owner and folder are shown, as hits come from anywhere. */
	places: boolean;
	head: ComponentChildren;
	selected: ReadonlySet<string>;
	select: (keys: ReadonlySet<string>) => void;
	keys: GridKeys;
	/** Changes when another list is shown: begin at its top. */
	which: string;
	/** Where to begin: what one comes back from, or is shown beside. */
	first?: string | undefined;
};

/** The place of the row of @key, or the one of before if it is gone. */
function placeOf(rows: Entry[], key: string | null, was: number): number {
	const at = Math.max(0, Math.min(was, rows.length - 1)), row = rows[at];
	if (key === null || (row && of(row) === key))
		return at;
	const found = rows.findIndex((r) => of(r) === key);
	return found < 0 ? at : found;
}

export function Grid(props: GridProps) {
	const { rows, done, more, selected, select, keys, which } = props;
	const ref = useRef<HTMLDivElement>(null);
	const narrow = useMedia("(max-width: 44rem)");
	const height = narrow ? tall : low;
	const [top, setTop] = useState(0);
	const [room, setRoom] = useState(800);
	/** The active row and where it was: others come and go above it. */
	const [{ key, at: was }, setActive] = useState<{ key: string | null;
		at: number }>({ key: null, at: 0 });
	const active = placeOf(rows, key, was);
	// A row that is gone leaves its place to the one that came there.
	useLayoutEffect(() => {
		if (key !== null && (active !== was || !rows[active] ||
		    of(rows[active]!) !== key))
			activate(active);
	});
	/** Where a range begins. */
	const anchor = useRef<string | null>(null);
	const begin = () => placeOf(rows, anchor.current, active);
	const activate = (at: number) => setActive({ at,
		key: rows[at] ? of(rows[at]) : null });
	/** An end was asked for and is still on its way; @range: to be chosen. */
	const ending = useRef<{ to: "top" | "end"; range: boolean } | null>(
	    null);

	useLayoutEffect(() => {
		const box = ref.current!;
		const observer = new ResizeObserver(() =>
			setRoom(box.clientHeight));
		observer.observe(box);
		setRoom(box.clientHeight);
		return () => observer.disconnect();
	}, []);

	useLayoutEffect(() => {
		ref.current!.scrollTop = 0;
		setTop(0);
		setActive({ key: null, at: 0 });
		anchor.current = null;
	}, [which]);

	// Back from a folder, or with details: that is the active row.
	useEffect(() => {
		if (!props.first)
			return;
		const at = rows.findIndex((r) => of(r) === props.first);
		if (at <= 0)
			return;
		activate(at);
		// In the middle: what comes above the list takes room from it.
		const box = ref.current!, y = at * height;
		if (y > box.clientHeight - 3 * height)
			box.scrollTop = y - box.clientHeight / 2;
	}, [which, rows.length > 0]);

	const last = Math.ceil((top + room) / height);
	useEffect(() => {
		if (!done && last + 40 > rows.length)
			more();
	}, [last, rows.length, done]);

	const first = Math.floor(top / height);
	useEffect(() => props.seen(first, last), [first, last, which]);

	// What is in sight stays in its place when rows come before it.
	const moved = useRef({ which, rows: props.moved });
	useLayoutEffect(() => {
		const was = moved.current;
		moved.current = { which, rows: props.moved };
		if (was.which !== which || was.rows === props.moved)
			return;
		ref.current!.scrollTop += (props.moved - was.rows) * height;
		setTop(ref.current!.scrollTop);
	}, [which, props.moved]);

	useEffect(() => {
		if (!props.top && first < 40)
			props.before();
	}, [first, rows.length, props.top]);

	useEffect(() => {
		const to = ending.current?.to;
		if (!to || !(to === "top" ? props.top : done))
			return;
		const at = to === "top" ? 0 : rows.length - 1;
		if (ending.current!.range)
			choose(at);
		ending.current = null;
		show(at);
	}, [rows, done, props.top]);

	const show = (at: number) => {
		activate(at);
		const box = ref.current!;
		const y = at * height, inner = box.clientHeight - height;
		if (y < box.scrollTop)
			box.scrollTop = y;
		else if (y > box.scrollTop + inner - height)
			box.scrollTop = y - inner + height;
	};

	/** All between where the range begins and @at, too. */
	const choose = (at: number) => {
		const next = new Set(selected), from = begin();
		for (let i = Math.min(from, at); i <= Math.max(from, at); i++)
			next.add(of(rows[i]!));
		select(next);
	};

	const toggle = (at: number, range: boolean) => {
		const next = new Set(selected);
		if (range) {
			const [from, to] = [Math.min(begin(), at),
				Math.max(begin(), at)];
			for (const row of rows.slice(from, to + 1))
				next.add(of(row));
		} else {
			const key = of(rows[at]!);
			if (!next.delete(key))
				next.add(key);
			anchor.current = key;
		}
		select(next);
	};

	const onKeyDown = (event: KeyboardEvent) => {
		if (ending.current) {
			ending.current = null;
			props.stop();
		}
		const now = Math.min(active, rows.length - 1);
		const row = rows[now];
		if (!row)
			return;
		const page = Math.max(1, Math.floor(room / height) - 2);
		const chosen = () => {
			const some = rows.filter((r) => selected.has(of(r)));
			return some.length > 0 ? some : [row];
		};
		const step = (to: number) => {
			const at = Math.max(0, Math.min(rows.length - 1, to));
			if (event.shiftKey) {
				if (!selected.has(of(row)))
					anchor.current = of(row);
				choose(at);
			}
			show(at);
		};
		// What is chosen stays here, and all of a range must come.
		const reach = (to: "top" | "end") => {
			const all = event.shiftKey || selected.size > 0 ||
			    !props.jumps;
			if (all)
				step(to === "top" ? 0 : rows.length - 1);
			ending.current = { to, range: event.shiftKey };
			props.reach(to, all);
		};
		if (event.ctrlKey || event.metaKey) {
			if (event.key !== "a")
				return;
			select(new Set(rows.map(of)));
			event.preventDefault();
			return;
		}
		if (event.altKey)
			return;
		// What has the focus in the list, its heading too, has its own use
		// of these.
		if (event.target !== ref.current &&
		    (event.key === "Enter" || event.key === " "))
			return;
		switch (event.key) {
		case "ArrowDown": step(now + 1); break;
		case "ArrowUp": step(now - 1); break;
		case "PageDown": step(now + page); break;
		case "PageUp": step(now - page); break;
		case "Home":
			if (props.top)
				step(0);
			else
				reach("top");
			break;
		case "End":
			if (done)
				step(rows.length - 1);
			else
				reach("end");
			break;
		case "Enter": keys.open(row); break;
		case " ": toggle(now, false); break;
		case "i": keys.details(row); break;
		case "F2": keys.rename(row); break;
		case "Delete": keys.remove(chosen()); break;
		case "ContextMenu":
			keys.menu(row, ref.current!, pointAt(now));
			break;
		case "m":
			keys.menu(row, ref.current!, pointAt(now));
			break;
		case "F10":
			if (!event.shiftKey)
				return;
			keys.menu(row, ref.current!, pointAt(now));
			break;
		case "Escape":
			if (selected.size === 0)
				return;
			select(new Set());
			break;
		default:
			return;
		}
		event.preventDefault();
		event.stopPropagation();
	};

	const pointAt = (at: number) => {
		const box = ref.current!.getBoundingClientRect();
		return { x: box.left + 60,
			y: box.top + (at + 2) * height - ref.current!.scrollTop };
	};

	const from = Math.max(0, Math.floor(top / height) - spare);
	const to = Math.min(rows.length, last + spare);
	const now = Math.min(active, rows.length - 1);
	const activeShown = now >= from && now < to;

	return <div class="grid" role="grid" ref={ref} tabIndex={0}
		aria-label={props.label} aria-multiselectable="true"
		aria-rowcount={props.top && done ? rows.length + 1 : -1}
		aria-activedescendant={activeShown ? `row-${now}` : undefined}
		onScroll={(e) => setTop(e.currentTarget.scrollTop)}
		onFocus={() => {
			if (key === null)
				activate(active);
		}}
		onKeyDown={onKeyDown}>
		<div class="grid-head" role="row" aria-rowindex={1}>{props.head}</div>
		<div class="grid-body" role="rowgroup"
			style={{ height: `${rows.length * height}px` }}>
			{rows.slice(from, to).map((entry, i) => {
				const at = from + i;
				return <Row key={of(entry)} id={`row-${at}`}
					index={props.top ? at + 2 : undefined}
					entry={entry} y={at * height}
					active={at === now} places={props.places}
					selected={selected.has(of(entry))}
					pick={(range) => {
						activate(at);
						toggle(at, range);
					}}
					touch={() => activate(at)}
					keys={keys} />;
			})}
		</div>
		{!done && rows.length > 0 &&
			<p class="grid-foot muted">{t.loading}</p>}
	</div>;
}
