/*
 * Key pairs, randomness, password hashes and guarded memory, by libsodium.
 *
 * Keys are Curve25519 as ZeroMQ's CURVE uses them, so a device key made here
 * serves the socket as it is.  Their text is base64url without padding: 43
 * characters that go unquoted into addresses and file names.
 */
#include "crypto/keys.h"

#include <errno.h>
#include <string.h>

#include <sodium.h>

#include <fss/error.h>

#include "base/alloc.h"

#define FINGERPRINT_PREFIX	"SHA256:"

_Static_assert(FSS__KEY_BYTES == crypto_box_PUBLICKEYBYTES &&
    FSS__KEY_BYTES == crypto_box_SECRETKEYBYTES, "CURVE keys");
_Static_assert(FSS__KEY_TEXT == sodium_base64_ENCODED_LEN(FSS__KEY_BYTES,
    sodium_base64_VARIANT_URLSAFE_NO_PADDING), "key text");
_Static_assert(FSS__PWHASH_TEXT == crypto_pwhash_STRBYTES, "hash text");

int
fss__crypto_init(void)
{
	return sodium_init() < 0 ? FSS_EIO : 0;
}

void
fss__random(void *p, size_t n)
{
	randombytes_buf(p, n);
}

uint32_t
fss__random_below(uint32_t n)
{
	return randombytes_uniform(n);
}

void
fss__memzero(void *p, size_t n)
{
	sodium_memzero(p, n);
}

bool
fss__memeq(const void *a, const void *b, size_t n)
{
	return sodium_memcmp(a, b, n) == 0;
}

void
fss__keypair(uint8_t pub[FSS__KEY_BYTES], uint8_t sec[FSS__KEY_BYTES])
{
	(void)crypto_box_keypair(pub, sec);	/* always 0 */
}

int
fss__key_public(uint8_t pub[FSS__KEY_BYTES],
    const uint8_t sec[FSS__KEY_BYTES])
{
	return crypto_scalarmult_base(pub, sec) == 0 ? 0 : FSS_EINVAL;
}

void
fss__key_encode(char dst[FSS__KEY_TEXT], const uint8_t key[FSS__KEY_BYTES])
{
	(void)sodium_bin2base64(dst, FSS__KEY_TEXT, key, FSS__KEY_BYTES,
	    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/* One text per key: the decoder refuses padding and stray low bits. */
int
fss__key_decode(uint8_t key[FSS__KEY_BYTES], const char *text)
{
	uint8_t bin[FSS__KEY_BYTES];
	size_t n;
	int r;

	if (strnlen(text, FSS__KEY_TEXT) != FSS__KEY_TEXT - 1)
		return FSS_EINVAL;
	/* libsodium takes some bytes above 0x7f for letters. */
	if (strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-_") != FSS__KEY_TEXT - 1)
		return FSS_EINVAL;
	r = sodium_base642bin(bin, sizeof(bin), text, FSS__KEY_TEXT - 1, NULL,
	    &n, NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
	if (r == 0 && n == sizeof(bin))
		memcpy(key, bin, sizeof(bin));
	else
		r = FSS_EINVAL;
	sodium_memzero(bin, sizeof(bin));
	return r;
}

int
fss__key_fingerprint(char dst[FSS__FINGERPRINT_TEXT],
    const uint8_t key[FSS__KEY_BYTES])
{
	uint8_t hash[crypto_hash_sha256_BYTES];
	size_t n = strlen(FINGERPRINT_PREFIX);

	(void)crypto_hash_sha256(hash, key, FSS__KEY_BYTES);	/* always 0 */
	memcpy(dst, FINGERPRINT_PREFIX, n);
	(void)sodium_bin2base64(dst + n, FSS__FINGERPRINT_TEXT - n, hash,
	    sizeof(hash), sodium_base64_VARIANT_ORIGINAL_NO_PADDING);
	return 0;
}

void *
fss__secmem_new(size_t n)
{
	return fss__alloc_admit() ? sodium_malloc(n) : NULL;
}

void
fss__secmem_free(void *p)
{
	sodium_free(p);
}

int
fss__pwhash(char dst[FSS__PWHASH_TEXT], const char *pw, size_t n,
    uint64_t ops, size_t mem)
{
	if (ops == 0)
		ops = crypto_pwhash_OPSLIMIT_INTERACTIVE;
	if (mem == 0)
		mem = crypto_pwhash_MEMLIMIT_INTERACTIVE;
	if (ops < crypto_pwhash_OPSLIMIT_MIN ||
	    ops > crypto_pwhash_OPSLIMIT_MAX ||
	    mem < crypto_pwhash_MEMLIMIT_MIN ||
	    mem > crypto_pwhash_MEMLIMIT_MAX || n > crypto_pwhash_PASSWD_MAX)
		return FSS_EINVAL;
	if (!fss__alloc_admit())
		return FSS_ENOMEM;
	return crypto_pwhash_str(dst, pw, n, ops, mem) == 0 ? 0 : FSS_ENOMEM;
}

bool
fss__pwhash_stale(const char *hash, uint64_t ops, size_t mem)
{
	if (ops == 0)
		ops = crypto_pwhash_OPSLIMIT_INTERACTIVE;
	if (mem == 0)
		mem = crypto_pwhash_MEMLIMIT_INTERACTIVE;
	return crypto_pwhash_str_needs_rehash(hash, ops, mem) != 0;
}

int
fss__pwhash_verify(const char *hash, const char *pw, size_t n)
{
	if (!fss__alloc_admit())
		return FSS_ENOMEM;
	/* A want of memory must not read as a wrong password. */
	errno = 0;
	if (crypto_pwhash_str_verify(hash, pw, n) == 0)
		return 0;
	return errno == ENOMEM ? FSS_ENOMEM : FSS_EAUTH;
}
