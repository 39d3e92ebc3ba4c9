/*
 * Upload-Metadata and Upload-Checksum: what is taken is well formed.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "http_text.h"
#include "tus_meta.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const keys[] = { "path", "media", "mtime", "a", "" };
	uint8_t digest[TUS_DIGEST_BYTES];
	char *text = malloc(size + 1), value[64];
	size_t i;
	int r;

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	(void)tus_meta_valid(text);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		r = tus_meta_get(text, keys[i], value, sizeof(value));
		if (r > 0 && !utf8_valid(value, strlen(value)))
			abort();
	}
	r = tus_checksum(text, digest);
	if (r != -1 && r != 0 && r != 20 && r != 32)
		abort();
	free(text);
	return 0;
}
