/*
 * Light, dark, or as the system: an attribute of <html> that the style sheet
 * looks at, kept in the browser.
 */
import { signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";

const key = "fss-theme";

function kept(): Theme {
	try {
		const value = localStorage.getItem(key);
		return value === "light" || value === "dark" ? value : "system";
	} catch {
		return "system";	// Storage may be forbidden.
	}
}

export const theme = signal<Theme>(kept());

export function setTheme(value: Theme): void {
	theme.value = value;
	apply();
	try {
		localStorage.setItem(key, value);
	} catch {
		// Then it holds until the page is left.
	}
}

export function apply(): void {
	document.documentElement.dataset["theme"] = theme.value;
}
