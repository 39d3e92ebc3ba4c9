/*
 * A menu that drops down: roles, arrow keys, letters, Escape and focus as the
 * ARIA practices ask for.  Also opened at a point, for right clicks.
 */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { onStep } from "../lib/router";
import { Icon, type IconName } from "./icon";

export type MenuItem = { label: string; icon?: IconName; danger?: boolean;
	href?: string; run?: () => void } | null;

type Open = { label: string; items: MenuItem[]; x: number; y: number;
	right: boolean; from: HTMLElement | null };

const open = signal<Open | null>(null);

/** Opens a menu below @from, or at the pointer. */
export function openMenu(label: string, items: MenuItem[],
    from: HTMLElement, at?: { x: number; y: number }): void {
	const box = from.getBoundingClientRect();
	const rtl = getComputedStyle(from).direction === "rtl";
	open.value = { label, items, from,
		x: at ? at.x : rtl ? box.left : box.right,
		y: at ? at.y : box.bottom + 4, right: !at && !rtl };
}

function close(back: boolean): void {
	const from = open.value?.from;
	open.value = null;
	if (back && from?.isConnected)
		from.focus();
}

export function MenuHost() {
	const now = open.value;
	// It goes with the page it is of, which may be of somebody else when it
	// is there again.
	useEffect(() => () => {
		open.value = null;
	}, []);
	return now ? <Menu key={`${now.x},${now.y}`} {...now} /> : null;
}

function Menu({ label, items, x, y, right }: Open) {
	const ref = useRef<HTMLDivElement>(null);
	useEffect(() => {
		const menu = ref.current!;
		// Kept inside the window, whatever it was opened at.
		const box = menu.getBoundingClientRect();
		const left = right ? x - box.width : x;
		menu.style.left = `${Math.max(8, Math.min(left,
		    innerWidth - box.width - 8))}px`;
		menu.style.top = `${Math.max(8, Math.min(y,
		    innerHeight - box.height - 8))}px`;
		entries(menu)[0]?.focus();
		const outside = (event: Event) => {
			if (!menu.contains(event.target as Node))
				close(false);
		};
		const away = () => close(false);
		addEventListener("pointerdown", outside, true);
		addEventListener("resize", away);
		const off = onStep(away);
		return () => {
			removeEventListener("pointerdown", outside, true);
			removeEventListener("resize", away);
			off();
		};
	}, []);
	const pick = (item: NonNullable<MenuItem>) => {
		close(true);
		item.run?.();
	};
	return <div ref={ref} class="menu" role="menu" aria-label={label}
		onKeyDown={(event) => keys(event, ref.current!)}>
		{items.map((item, i) => item === null
			? <div key={i} class="menu-line" role="separator" />
			: item.href !== undefined
			? <a key={i} role="menuitem" tabIndex={-1}
				class="menu-item" href={item.href} download=""
				onClick={() => setTimeout(() => pick(item))}>
				{item.icon && <Icon name={item.icon} />}
				<span>{item.label}</span></a>
			: <button key={i} type="button" role="menuitem" tabIndex={-1}
				class={item.danger ? "menu-item danger"
					: "menu-item"}
				onClick={() => pick(item)}>
				{item.icon && <Icon name={item.icon} />}
				<span>{item.label}</span></button>)}
	</div>;
}

function entries(menu: HTMLElement): HTMLElement[] {
	return [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];
}

function keys(event: KeyboardEvent, menu: HTMLElement): void {
	// No key is a shortcut of the page while a menu is open.
	event.stopPropagation();
	const list = entries(menu);
	const at = list.indexOf(document.activeElement as HTMLElement);
	let to = -1;
	switch (event.key) {
	case "Escape":
	case "Tab":
		close(true);
		break;
	case "ArrowDown":
		to = (at + 1) % list.length;
		break;
	case "ArrowUp":
		to = (at + list.length - 1) % list.length;
		break;
	case "Home":
		to = 0;
		break;
	case "End":
		to = list.length - 1;
		break;
	default: {
		if (event.key.length !== 1)
			return;
		const letter = event.key.toLowerCase();
		to = list.findIndex((item, i) => i > at &&
		    (item.textContent ?? "").toLowerCase().startsWith(letter));
		if (to < 0)
			to = list.findIndex((item) => (item.textContent ?? "")
				.toLowerCase().startsWith(letter));
		if (event.ctrlKey || event.metaKey || event.altKey)
			return;
		if (event.key === " " || to < 0)
			return;
	}
	}
	event.preventDefault();
	list[to]?.focus();
}
