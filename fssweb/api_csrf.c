/*
 * The value a page must send with what it changes.
 *
 * It is made of the log-in's token alone, so any worker makes the same one
 * and none keeps it; who has the value cannot tell the token by it.
 */
#include "api.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

bool
api_csrf_make(const char *token, char dst[API_CSRF_BYTES])
{
	static const char what[] = "fssweb csrf 1";
	unsigned char mac[EVP_MAX_MD_SIZE];
	char text[48], *p;
	unsigned len = 0;

	if (HMAC(EVP_sha256(), token, (int)strlen(token),
	    (const unsigned char *)what, sizeof(what) - 1, mac, &len) == NULL ||
	    len != 32)
		return false;
	(void)EVP_EncodeBlock((unsigned char *)text, mac, 32);
	for (p = text; *p != '\0' && *p != '='; p++)
		*p = *p == '+' ? '-' : *p == '/' ? '_' : *p;
	memcpy(dst, text, API_CSRF_BYTES - 1);
	dst[API_CSRF_BYTES - 1] = '\0';
	return true;
}

bool
api_csrf_right(const char *token, const char *given)
{
	char right[API_CSRF_BYTES];

	return strlen(given) == API_CSRF_BYTES - 1 &&
	    api_csrf_make(token, right) &&
	    CRYPTO_memcmp(right, given, API_CSRF_BYTES - 1) == 0;
}
