/*
 * Key pairs, randomness, constant-time comparison, Argon2id and guarded
 * memory: everything but digests that libsodium is used for.
 */
#ifndef FSS__CRYPTO_KEYS_H
#define FSS__CRYPTO_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FSS__KEY_BYTES		32
#define FSS__KEY_TEXT		44	/* base64url without padding, NUL */
#define FSS__PWHASH_TEXT	128	/* crypto_pwhash_STRBYTES */

/* Must be called (it is cheap to repeat) before anything else here. */
int	fss__crypto_init(void);

void	fss__random(void *p, size_t n);
uint32_t fss__random_below(uint32_t n);
void	fss__memzero(void *p, size_t n);
bool	fss__memeq(const void *a, const void *b, size_t n);	/* constant time */

/* Curve25519 as CURVE uses it. */
void	fss__keypair(uint8_t pub[FSS__KEY_BYTES], uint8_t sec[FSS__KEY_BYTES]);
int	fss__key_public(uint8_t pub[FSS__KEY_BYTES],
	    const uint8_t sec[FSS__KEY_BYTES]);
void	fss__key_encode(char dst[FSS__KEY_TEXT], const uint8_t key[FSS__KEY_BYTES]);
int	fss__key_decode(uint8_t key[FSS__KEY_BYTES], const char *text);
/* "SHA256:base64" of a key as people compare it, like ssh. */
#define FSS__FINGERPRINT_TEXT	52
int	fss__key_fingerprint(char dst[FSS__FINGERPRINT_TEXT],
	    const uint8_t key[FSS__KEY_BYTES]);

/* A 64-bit hash that only whoever knows @key can steer (for hash tables). */
uint64_t fss__keyed_hash(const uint8_t key[FSS__KEY_BYTES], const void *p,
	    size_t n);

/* Guarded, locked where possible, zeroed when freed. */
void	*fss__secmem_new(size_t n);
void	 fss__secmem_free(void *p);

/*
 * Argon2id; slow on purpose. @ops/@mem 0 = the interactive defaults.
 * FSS_EINVAL (limits), FSS_ENOMEM.
 */
int	fss__pwhash(char dst[FSS__PWHASH_TEXT], const char *pw, size_t n,
	    uint64_t ops, size_t mem);
/* 0, FSS_EAUTH or FSS_ENOMEM. */
int	fss__pwhash_verify(const char *hash, const char *pw, size_t n);
/* Was @hash made with other settings than these (0: the defaults)? */
bool	fss__pwhash_stale(const char *hash, uint64_t ops, size_t mem);

#endif
