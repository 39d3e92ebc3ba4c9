/*
 * A keyed 64-bit hash for tables whose keys a peer chooses: SipHash-2-4.
 */
#include <sodium.h>

#include "base/num.h"
#include "crypto/keys.h"

uint64_t
fss__keyed_hash(const uint8_t key[FSS__KEY_BYTES], const void *p, size_t n)
{
	uint8_t out[crypto_shorthash_BYTES];

	/* SipHash takes the first half of the key. */
	(void)crypto_shorthash(out, p, n, key);	/* always 0 */
	return fss__get_le64(out);
}
