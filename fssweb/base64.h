/*
 * Base64, read strictly: two texts never mean the same bytes.
 */
#ifndef FSSWEB_BASE64_H
#define FSSWEB_BASE64_H

#include <stddef.h>
#include <stdint.h>

#define BASE64URL_DIGITS						\
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define BASE64URL_CHARS(n)	(((n) * 4 + 2) / 3)	/* of n bytes */

/* Padded; the number of bytes, or -1. */
int64_t	base64_decode(const char *s, size_t len, uint8_t *dst, size_t cap);
/* Of the alphabet of addresses, not padded. */
int64_t	base64url_decode(const char *s, size_t len, uint8_t *dst,
	    size_t cap);
/* The same way back; @dst holds BASE64URL_CHARS(@len) and the NUL. */
void	base64url_encode(const void *p, size_t len, char *dst);

#endif
