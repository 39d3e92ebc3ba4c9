/*
 * Digests of the leaves of a chunk: several at once where the processor can.
 */
#ifndef FSS__CRYPTO_LEAVES_H
#define FSS__CRYPTO_LEAVES_H

#include <stddef.h>
#include <stdint.h>

#define FSS__LEAF	8192	/* bytes; never changed: ids depend on it */
#define FSS__LEAF_BYTES	32	/* of a leaf's digest */
#define FSS__LEAVES	64	/* leaves at a time, at most */

/*
 * SHA-256 of each of the first leaves of @p, as many as several lanes do
 * faster than one, into @dst.  How many that is, 0 none: at most FSS__LEAVES,
 * the others are the caller's to hash.  Any thread.
 */
size_t	fss__leaves(const uint8_t *p, size_t n, uint8_t *dst);

#endif
