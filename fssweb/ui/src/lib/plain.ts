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

/** @text, with the sign of what cannot be shown for each that hides or turns. */
export function plain(text: string): string {
	return text.replace(hidden, "\ufffd");
}
