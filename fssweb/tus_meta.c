/*
 * Upload-Metadata and Upload-Checksum of tus.
 *
 * Metadata is "KEY BASE64,KEY BASE64,KEY"; values are decoded when they are
 * asked for, and nothing is kept.
 */
#include "tus_meta.h"

#include <string.h>

#include "base64.h"
#include "http_text.h"

/* One "KEY BASE64" or "KEY" at *@p. */
struct pair {
	const char	*key, *value;
	size_t		 key_len, value_len;
};

/* False at the end and where it is malformed, which *@ret_bad tells. */
static bool
next_pair(const char **p, struct pair *pair, bool *ret_bad)
{
	const char *s = *p;

	*ret_bad = false;
	if (*s == '\0')
		return false;
	pair->key = s;
	pair->key_len = strcspn(s, " ,");
	s += pair->key_len;
	pair->value = "";
	pair->value_len = 0;
	if (*s == ' ') {
		s++;
		pair->value = s;
		pair->value_len = strcspn(s, " ,");
		s += pair->value_len;
	}
	*ret_bad = pair->key_len == 0 || (*s != ',' && *s != '\0') ||
	    (*s == ',' && s[1] == '\0');
	if (*s == ',') {
		s++;
		/* Not in the standard, but in what clients send. */
		s += strspn(s, " ");
	}
	*p = s;
	return !*ret_bad;
}

bool
tus_meta_valid(const char *header)
{
	uint8_t scratch[TUS_META_BYTES];
	struct pair pair;
	bool bad;

	if (strlen(header) > TUS_META_BYTES)
		return false;
	while (next_pair(&header, &pair, &bad))
		if (base64_decode(pair.value, pair.value_len, scratch,
		    sizeof(scratch)) < 0)
			return false;
	return !bad;
}

int
tus_meta_get(const char *header, const char *key, char *dst, size_t cap)
{
	size_t len = strlen(key);
	struct pair pair;
	int64_t n;
	int found = 0;
	bool bad;

	while (next_pair(&header, &pair, &bad)) {
		if (pair.key_len != len || memcmp(pair.key, key, len) != 0)
			continue;
		if (found)
			return -1;
		n = base64_decode(pair.value, pair.value_len, (uint8_t *)dst,
		    cap - 1);
		if (n < 0 || memchr(dst, '\0', (size_t)n) != NULL ||
		    !utf8_valid(dst, (size_t)n))
			return -1;
		dst[n] = '\0';
		found = 1;
	}
	return bad ? -1 : found;
}

int
tus_checksum(const char *header, uint8_t digest[TUS_DIGEST_BYTES])
{
	size_t name = strcspn(header, " ");
	int64_t want;

	if (name == 6 && memcmp(header, "sha256", 6) == 0)
		want = 32;
	else if (name == 4 && memcmp(header, "sha1", 4) == 0)
		want = 20;
	else
		return 0;
	if (header[name] != ' ')
		return -1;
	header += name + 1;
	return base64_decode(header, strlen(header), digest,
	    TUS_DIGEST_BYTES) == want ? (int)want : -1;
}
