/*
 * Values for log lines, however hostile.
 *
 * A line is read by people in terminals and by programs line by line, so
 * everything that is no printable ASCII goes out as \xNN.
 */
#include <string.h>

#include "http_text.h"

const char *
log_quote(const char *text, char *dst, size_t cap)
{
	static const char digits[] = "0123456789abcdef";
	const char *s;
	size_t k = 0;

	for (s = text; *s > 0x20 && *s < 0x7f && strchr("=\"\\", *s) == NULL;)
		s++;
	if (*s == '\0' && s != text)
		return text;
	if (cap < 8)
		return "-";
	dst[k++] = '"';
	for (s = text; *s != '\0' && k + 6 < cap; s++) {
		unsigned char c = (unsigned char)*s;

		if (c == '"' || c == '\\') {
			dst[k++] = '\\';
			dst[k++] = (char)c;
		} else if (c >= 0x20 && c < 0x7f) {
			dst[k++] = (char)c;
		} else {
			dst[k++] = '\\';
			dst[k++] = 'x';
			dst[k++] = digits[c >> 4];
			dst[k++] = digits[c & 15];
		}
	}
	dst[k++] = '"';
	dst[k] = '\0';
	return dst;
}
