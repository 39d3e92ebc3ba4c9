/*
 * Texts of so many bytes at most, which is how the hub counts: a letter has one
 * to four.
 */
const bytes = new TextEncoder();

/** The beginning of @text that has @most bytes of UTF-8, in whole letters. */
export function clip(text: string, most: number): string {
	if (text.length * 3 <= most)
		return text;
	let length = 0, size = 0;
	for (const letter of text) {
		size += bytes.encode(letter).length;
		if (size > most)
			return text.slice(0, length);
		length += letter.length;
	}
	return text;
}
