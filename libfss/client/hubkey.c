/*
 * Keys as people and programs handle them.
 */
#include <string.h>

#include <fss/profile.h>

#include "base/str.h"
#include "client/address.h"
#include "net/introduce.h"

int
fss_key_generate(uint8_t ret_public[FSS_KEY_BYTES],
    uint8_t ret_secret[FSS_KEY_BYTES])
{
	int r = fss__crypto_init();

	if (r != 0)
		return r;
	if (ret_public == NULL || ret_secret == NULL)
		return FSS_EINVAL;
	fss__keypair(ret_public, ret_secret);
	return 0;
}

int
fss_key_format(const uint8_t key[FSS_KEY_BYTES], char *ret_text)
{
	if (key == NULL || ret_text == NULL)
		return FSS_EINVAL;
	fss__key_encode(ret_text, key);
	return 0;
}

int
fss_key_parse(const char *text, uint8_t ret_key[FSS_KEY_BYTES])
{
	uint8_t key[FSS_KEY_BYTES];

	if (text == NULL || ret_key == NULL ||
	    fss__key_decode(key, text) != 0)
		return FSS_EINVAL;
	memcpy(ret_key, key, sizeof(key));
	fss__memzero(key, sizeof(key));
	return 0;
}

int
fss_key_fingerprint(const uint8_t key[FSS_KEY_BYTES], char *ret_text)
{
	if (key == NULL || ret_text == NULL)
		return FSS_EINVAL;
	return fss__key_fingerprint(ret_text, key);
}

int
fss_hub_key(const char *address, int timeout_ms,
    uint8_t ret_key[FSS_KEY_BYTES])
{
	char endpoint[FSS__ADDRESS_TEXT];
	struct fss__address a;

	if (ret_key == NULL || timeout_ms < 0 ||
	    fss__address_parse(address, &a) != 0 ||
	    fss__address_endpoint(&a, 1, endpoint) != 0)
		return FSS_EINVAL;
	return fss__introduce(endpoint, timeout_ms, ret_key);
}
