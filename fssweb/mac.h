/*
 * HMAC-SHA256 as text: what the front end hands out and believes again
 * without having kept it.
 */
#ifndef FSSWEB_MAC_H
#define FSSWEB_MAC_H

#include <stdbool.h>
#include <stddef.h>

#define MAC_TEXT	44	/* 43 letters of base64url, and the NUL */

/*
 * @what says what the value is for, so that one made for one use is none for
 * another; @data may be NULL where @len is 0.  False where OpenSSL fails.
 */
bool	mac_make(const char *key, const char *what, const void *data,
	    size_t len, char dst[MAC_TEXT]);
/* Whether @given (need not end with NUL) is that, in constant time. */
bool	mac_right(const char *key, const char *what, const void *data,
	    size_t len, const char *given, size_t given_len);

#endif
