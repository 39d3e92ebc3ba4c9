/*
 * Upload-Metadata and Upload-Checksum of tus.
 *
 * Metadata is "KEY BASE64,KEY BASE64,KEY"; values are decoded when they are
 * asked for, and nothing is kept.  Base64 is read strictly: two texts never
 * mean the same bytes.
 */
#include "tus_meta.h"

#include <string.h>

#include "http_text.h"

static int
digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

int64_t
base64_decode(const char *s, size_t len, uint8_t *dst, size_t cap)
{
	size_t i, pad = 0, n;
	uint32_t bits = 0;
	int d;

	if (len % 4 != 0)
		return -1;
	while (pad < 2 && pad < len && s[len - 1 - pad] == '=')
		pad++;
	n = len / 4 * 3 - pad;
	if (n > cap)
		return -1;
	n = 0;
	for (i = 0; i < len - pad; i++) {
		d = digit(s[i]);
		if (d < 0)
			return -1;
		bits = bits << 6 | (uint32_t)d;
		if (i % 4 == 0)
			continue;
		dst[n++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
	}
	/* What is left over of the last digit is nothing. */
	if ((pad == 1 && (bits & 3) != 0) || (pad == 2 && (bits & 15) != 0))
		return -1;
	return (int64_t)n;
}

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
