/*
 * Values made of a secret that a request brings along: any worker makes the
 * same one, and none keeps it.
 *
 * The key of the use is derived first (HMAC of its name under the secret), so
 * that no data of one use can be taken for that of another.
 */
#include "mac.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#include "base64.h"

#define MAC_BYTES	32

_Static_assert(MAC_TEXT == BASE64URL_CHARS(MAC_BYTES) + 1, "as text");

static bool
hmac(const void *key, size_t key_len, const void *data, size_t len,
    unsigned char dst[EVP_MAX_MD_SIZE])
{
	unsigned n = 0;

	return HMAC(EVP_sha256(), key, (int)key_len, data, len, dst, &n) !=
	    NULL && n == MAC_BYTES;
}

bool
mac_make(const char *key, const char *what, const void *data, size_t len,
    char dst[MAC_TEXT])
{
	unsigned char derived[EVP_MAX_MD_SIZE], mac[EVP_MAX_MD_SIZE];
	bool fine;

	fine = hmac(key, strlen(key), what, strlen(what), derived) &&
	    hmac(derived, MAC_BYTES, len > 0 ? data : "", len, mac);
	OPENSSL_cleanse(derived, sizeof(derived));
	if (!fine)
		return false;
	base64url_encode(mac, MAC_BYTES, dst);
	return true;
}

bool
mac_right(const char *key, const char *what, const void *data, size_t len,
    const char *given, size_t given_len)
{
	char right[MAC_TEXT];

	return given_len == MAC_TEXT - 1 &&
	    mac_make(key, what, data, len, right) &&
	    CRYPTO_memcmp(right, given, MAC_TEXT - 1) == 0;
}
