/*
 * Upload-Metadata and Upload-Checksum of tus.
 */
#ifndef FSSWEB_TUS_META_H
#define FSSWEB_TUS_META_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TUS_META_BYTES	4096	/* of the header */

/*
 * Decodes the value of @key into @dst, which ends with NUL.  1, 0 where it is
 * not there, -1 where the header is malformed, has the key twice, or the value
 * is longer than @cap - 1, holds a NUL or is not UTF-8.
 */
int	tus_meta_get(const char *header, const char *key, char *dst,
	    size_t cap);
/* Whether the whole header is "KEY BASE64,KEY,..." */
bool	tus_meta_valid(const char *header);

#define TUS_DIGEST_BYTES	32

/* "sha256 BASE64" or "sha1 BASE64": its length, 0 unknown, -1 malformed. */
int	tus_checksum(const char *header, uint8_t digest[TUS_DIGEST_BYTES]);

#endif
