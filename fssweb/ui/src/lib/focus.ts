/*
 * The focus is not lost with what had it: a card that is answered, a row that
 * somebody removes, a panel that closes.  It goes to what came into its
 * place, or else to the nearest thing around it that can have it.  Of what lies
 * over the page (a dialog, a menu, a word at the edge) nothing is left around it:
 * then it goes to where it was before, which may have gone by what was done there.
 */

const able = "button:not(:disabled), a[href], input:not(:disabled)";
const over = "dialog, .menu", words = ".toast";

type Place = { element: Element; around: Element[];
	/** What lies over the page and has it. */
	layer: Element | null;
	list: Element | null; at: number };

function placeOf(element: Element): Place {
	const around: Element[] = [];
	// What takes the place of the whole page begins at its beginning.
	for (let e = element.parentElement; e && e.id !== "app";
	    e = e.parentElement)
		around.push(e);
	const item = element.closest("li"), list = item?.parentElement ?? null;
	return { element, around, list,
		layer: element.closest(`${over}, ${words}`),
		at: item && list ? [...list.children].indexOf(item) : 0 };
}

/** What takes the focus that was at @place. */
function heir({ list, at, around }: Place): HTMLElement | null {
	if (list?.isConnected && list.children.length > 0) {
		const item = list.children[Math.min(at, list.children.length - 1)];
		const next = item!.querySelector<HTMLElement>(able);
		if (next)
			return next;
	}
	for (const one of around) {
		if (!one.isConnected || !(one instanceof HTMLElement))
			continue;
		if (one.hasAttribute("tabindex"))
			return one;
		const inside = one.querySelector<HTMLElement>(
		    one.matches(".picker") ? able
		    : one.matches("dialog, .details") ? "h2" : ".grid");
		if (inside)
			return inside;
	}
	return null;
}

export function keepFocus(): void {
	let last: Place | null = null, below: Place | null = null;
	const nowhere = () => document.activeElement === null ||
	    document.activeElement === document.body;
	addEventListener("focusin", (event) => {
		last = placeOf(event.target as Element);
		if (!last.layer)
			below = last;
	});
	// Who clicks beside everything lets go of it.  (A dialog that Escape closed
	// is still there for a moment.)
	addEventListener("focusout", () => queueMicrotask(() => {
		if (nowhere() && last?.element.isConnected &&
		    !last.element.closest(over))
			last = null;
	}));
	new MutationObserver(() => {
		if (!last || last.element.isConnected || !nowhere())
			return;
		const place = last;
		last = null;
		const gone = place.layer && !place.layer.isConnected;
		if (gone && below?.element.isConnected)
			(below.element as HTMLElement).focus(
			    { preventScroll: true });
		if (!nowhere())
			return;
		const [one, other] = gone && below ? [below, place]
			: [place, below];
		(heir(one) ?? (other && heir(other)))
			?.focus({ preventScroll: true });
	}).observe(document.body, { childList: true, subtree: true });
}
