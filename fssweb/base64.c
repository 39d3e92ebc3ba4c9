/*
 * Base64, as in headers of tus and values of cookies.
 */
#include "base64.h"

#include <stdbool.h>

static int
digit(char c, bool url)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == (url ? '-' : '+') ? 62 : c == (url ? '_' : '/') ? 63 : -1;
}

/* Digits only, without padding. */
static int64_t
decode(const char *s, size_t len, bool url, uint8_t *dst, size_t cap)
{
	size_t i, n = 0, rest = len % 4;
	uint32_t bits = 0;
	int d;

	if (rest == 1 || len / 4 * 3 + rest * 3 / 4 > cap)
		return -1;
	for (i = 0; i < len; i++) {
		d = digit(s[i], url);
		if (d < 0)
			return -1;
		bits = bits << 6 | (uint32_t)d;
		if (i % 4 == 0)
			continue;
		dst[n++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	/* What is left over of the last digit is nothing. */
	if ((rest == 3 && (bits & 3) != 0) || (rest == 2 && (bits & 15) != 0))
		return -1;
	return (int64_t)n;
}

int64_t
base64_decode(const char *s, size_t len, uint8_t *dst, size_t cap)
{
	size_t pad = 0;

	if (len % 4 != 0)
		return -1;
	while (pad < 2 && pad < len && s[len - 1 - pad] == '=')
		pad++;
	return decode(s, len - pad, false, dst, cap);
}

int64_t
base64url_decode(const char *s, size_t len, uint8_t *dst, size_t cap)
{
	return decode(s, len, true, dst, cap);
}

void
base64url_encode(const void *p, size_t len, char *dst)
{
	const uint8_t *b = p;
	uint32_t bits = 0;
	unsigned have = 0;

	while (len-- > 0) {
		bits = bits << 8 | *b++;
		for (have += 8; have >= 6; have -= 6)
			*dst++ = BASE64URL_DIGITS[bits >> (have - 6) & 63];
	}
	if (have > 0)
		*dst++ = BASE64URL_DIGITS[bits << (6 - have) & 63];
	*dst = '\0';
}
