/*
 * Slices, bounded formatting, hex.
 *
 * Nothing here allocates and nothing depends on the locale.
 */
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <fss/error.h>

struct fss__slice
fss__slice_str(const char *s)
{
	struct fss__slice r = { s, s != NULL ? strlen(s) : 0 };

	return r;
}

bool
fss__slice_eq(struct fss__slice a, struct fss__slice b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

int
fss__slice_copy(struct fss__slice s, char *dst, size_t cap)
{
	if (s.n >= cap)
		return FSS_ETOOBIG;
	if (s.n > 0)
		memmove(dst, s.p, s.n);
	dst[s.n] = '\0';
	return 0;
}

int
fss__fmt(char *dst, size_t cap, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(dst, cap, fmt, ap);
	va_end(ap);
	return n < 0 || (size_t)n >= cap ? FSS_ETOOBIG : 0;
}

void
fss__hex_encode(char *dst, const uint8_t *src, size_t n)
{
	static const char digits[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < n; i++) {
		*dst++ = digits[src[i] >> 4];
		*dst++ = digits[src[i] & 15];
	}
	*dst = '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int
fss__hex_decode(uint8_t *dst, size_t n, const char *src)
{
	size_t i;
	int hi, lo;

	if (strnlen(src, n <= SIZE_MAX / 2 - 1 ? 2 * n + 1 : 0) != 2 * n)
		return FSS_EINVAL;
	for (i = 0; i < 2 * n; i++) {
		if (hex_value(src[i]) < 0)
			return FSS_EINVAL;
	}
	for (i = 0; i < n; i++) {
		hi = hex_value(src[2 * i]);
		lo = hex_value(src[2 * i + 1]);
		dst[i] = (uint8_t)(hi << 4 | lo);
	}
	return 0;
}
