/*
 * Names that the hub has not seen, or has refused, as they can be shown.
 */

/**
 * What no name at the hub has (fss__name_check() in libfss/base/path.c):
 * control characters, which show as nothing, and signs that turn the direction
 * of what follows them, which make a name look like another one.
 */
const hidden =
	/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g;

/** Signs of which none shows as anything. */
const blank = /^[\s\u00ad\u115f\u1160\u200b-\u200f\u2060\u3164\ufeff]+$/u;

/** @name as it is shown: where nothing in it shows, with a sign for each. */
export function visible(name: string): string {
	return blank.test(name) ? "\u2423".repeat([...name].length) : name;
}

/** @text, with the sign of what cannot be shown for each that hides or turns. */
export function plain(text: string): string {
	return text.replace(hidden, "\ufffd");
}
