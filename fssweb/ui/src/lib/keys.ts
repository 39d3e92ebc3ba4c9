/*
 * Shortcuts of the keyboard: single keys, and pairs that begin with "g".
 * They are off while somebody types or a dialog is open, and with Ctrl, Alt
 * or Meta, which belong to the browser.
 */

type Action = () => void;

const actions = new Map<string, Action>();
let first = "";
let timer: ReturnType<typeof setTimeout> | undefined;

/** Adds a shortcut; the answer takes it away. */
export function onKey(keys: string, action: Action): () => void {
	actions.set(keys, action);
	return () => {
		if (actions.get(keys) === action)
			actions.delete(keys);
	};
}

export function isTyping(target: EventTarget | null): boolean {
	return target instanceof HTMLElement && (target.isContentEditable ||
	    target instanceof HTMLTextAreaElement ||
	    target instanceof HTMLSelectElement ||
	    (target instanceof HTMLInputElement &&
		!["checkbox", "radio", "button"].includes(target.type)));
}

export function startKeys(): void {
	addEventListener("keydown", (event) => {
		if (event.defaultPrevented || event.ctrlKey || event.altKey ||
		    event.metaKey || isTyping(event.target) ||
		    document.querySelector("dialog[open]"))
			return;
		clearTimeout(timer);
		const keys = first === "" ? event.key : `${first} ${event.key}`;
		first = "";
		if (event.key === "g" && keys === "g") {
			first = "g";
			timer = setTimeout(() => { first = ""; }, 1500);
			return;
		}
		const action = actions.get(keys);
		if (action) {
			event.preventDefault();
			action();
		}
	});
}
