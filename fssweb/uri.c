/*
 * Paths and queries: percent-decoding, cutting, checking.
 *
 * All is decoded once, and what comes out is UTF-8 without NUL or it is
 * refused, so that nothing behind has to think of bytes.
 */
#include <stdio.h>
#include <string.h>

#include "http_text.h"

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* Length of the character at @s, 0 where it is none (RFC 3629). */
static size_t
utf8_length(const uint8_t *s, size_t len)
{
	size_t i, n;
	uint32_t c;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		n = 2;
	else if (s[0] >= 0xe0 && s[0] <= 0xef)
		n = 3;
	else if (s[0] >= 0xf0 && s[0] <= 0xf4)
		n = 4;
	else
		return 0;
	if (n > len)
		return 0;
	c = s[0] & (0xffu >> (n + 1));
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3fu);
	}
	if ((n == 3 && c < 0x800) || (n == 4 && c < 0x10000) || c > 0x10ffff ||
	    (c >= 0xd800 && c <= 0xdfff))
		return 0;
	return n;
}

bool
utf8_valid(const char *s, size_t len)
{
	const uint8_t *p = (const uint8_t *)s;
	size_t n;

	while (len > 0) {
		n = utf8_length(p, len);
		if (n == 0)
			return false;
		p += n;
		len -= n;
	}
	return true;
}

bool
uri_decode(char *s, bool plus)
{
	char *to = s;
	const char *from = s;

	for (; *from != '\0'; from++, to++) {
		*to = *from;
		if (*from == '+' && plus) {
			*to = ' ';
		} else if (*from == '%') {
			int high = hex(from[1]);
			int low = high < 0 ? -1 : hex(from[2]);

			if (low < 0 || (high == 0 && low == 0))
				return false;
			*to = (char)(high << 4 | low);
			from += 2;
		}
	}
	*to = '\0';
	return utf8_valid(s, (size_t)(to - s));
}

int
uri_encode(const char *s, bool slash, char *dst, size_t cap)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t k = 0;

	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;
		bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || strchr("-._~", c) != NULL ||
		    (c == '/' && !slash);

		if (k + (plain ? 1 : 3) >= cap)
			return -1;
		if (plain) {
			dst[k++] = (char)c;
			continue;
		}
		dst[k++] = '%';
		dst[k++] = digits[c >> 4];
		dst[k++] = digits[c & 15];
	}
	if (k >= cap)
		return -1;
	dst[k] = '\0';
	return (int)k;
}

int
uri_query(char *query, struct uri_param *params, unsigned max)
{
	unsigned n = 0;

	while (query != NULL && *query != '\0') {
		char *next = strchr(query, '&'), *value;

		if (next != NULL)
			*next++ = '\0';
		if (*query != '\0') {
			value = strchr(query, '=');
			if (value != NULL)
				*value++ = '\0';
			if (n == max || !uri_decode(query, true) ||
			    (value != NULL && !uri_decode(value, true)))
				return -1;
			params[n].name = query;
			params[n++].value = value != NULL ? value : "";
		}
		query = next;
	}
	return (int)n;
}

bool
parse_u64(const char *s, uint64_t max, uint64_t *ret_n)
{
	uint64_t n = 0;

	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		unsigned digit = (unsigned)(*s - '0');

		if (*s < '0' || *s > '9' || n > (UINT64_MAX - digit) / 10)
			return false;
		n = n * 10 + digit;
	}
	if (n > max)
		return false;
	*ret_n = n;
	return true;
}

bool
path_safe(const char *path)
{
	const char *s;

	if (*path != '/')
		return false;
	for (s = path; *s != '\0'; s++) {
		/* A segment may not be empty or begin with a dot. */
		if (*s == '/' && (s[1] == '/' || s[1] == '.' || s[1] == '\0'))
			return false;
		if ((unsigned char)*s < 0x20 || *s == 0x7f || *s == '\\')
			return false;
	}
	return true;
}
