/*
 * The cookie of the visits of share links.
 *
 * "TOKEN.NAME.MAC~TOKEN.NAME.MAC": the newest first, names in base64url.  The
 * MAC is one of TOKEN.NAME under a key made of the token of the link, so that
 * a visit is good for the link it was given for and no other: whoever manages
 * to plant a cookie cannot make what one link shows appear as another's, nor
 * change its name, without having that very link; and who has it may open it
 * anyway.  The cookie does not tell which links it is of.
 *
 * What this file does not do: ask whether the visit still stands, which the
 * hub does.
 */
#include "link_cookie.h"

#include <stdio.h>
#include <string.h>

#include "http_text.h"
#include "mac.h"
#include "tus_meta.h"

#define WHAT		"fssweb visit 1"
#define CODED_MAX	((LINK_COOKIE_NAME + 2) / 3 * 4)
#define ENTRY_MAX	(FSS_TOKEN_CHARS + 1 + CODED_MAX + 1 + MAC_TEXT - 1)
#define DIGITS		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz" \
			"0123456789-_"

_Static_assert((ENTRY_MAX + 1) * WEB_MAX_VISITS <= WEB_MAX_COOKIE,
    "what is written can be read again");

/* ---- names ------------------------------------------------------------ */

/* What is too long is left out: the name is a courtesy. */
static void
encode(const char *name, char dst[CODED_MAX + 1])
{
	size_t len = strlen(name), i, k = 0;
	uint32_t bits = 0;
	unsigned have = 0;

	if (len >= LINK_COOKIE_NAME)
		len = 0;
	for (i = 0; i < len; i++) {
		bits = bits << 8 | (uint8_t)name[i];
		for (have += 8; have >= 6; have -= 6)
			dst[k++] = DIGITS[bits >> (have - 6) & 63];
	}
	if (have > 0)
		dst[k++] = DIGITS[bits << (6 - have) & 63];
	dst[k] = '\0';
}

static bool
decode(const char *s, size_t len, char name[LINK_COOKIE_NAME])
{
	char text[CODED_MAX + 1];
	int64_t n;
	size_t i;

	if (len > CODED_MAX)
		return false;
	for (i = 0; i < len; i++)
		text[i] = s[i] == '-' ? '+' : s[i] == '_' ? '/' : s[i];
	while (i % 4 != 0 && i < CODED_MAX)
		text[i++] = '=';
	n = base64_decode(text, i, (uint8_t *)name, LINK_COOKIE_NAME - 1);
	if (n < 0 || !utf8_valid(name, (size_t)n))
		return false;
	name[n] = '\0';
	return strlen(name) == (size_t)n;
}

/* ---- visits ----------------------------------------------------------- */

struct entry {
	const char	*token;		/* FSS_TOKEN_CHARS of them */
	const char	*name, *mac;
	size_t		 signed_len, name_len, mac_len, len;
};

/* The next one at *@p that looks like a visit; false at the end. */
static bool
next(const char **p, struct entry *e)
{
	const char *s;
	size_t n;

	while (**p != '\0') {
		s = *p;
		e->token = s;
		e->len = strcspn(s, "~");
		*p += e->len + (s[e->len] == '~');
		if (strspn(s, DIGITS) != FSS_TOKEN_CHARS ||
		    s[FSS_TOKEN_CHARS] != '.')
			continue;
		e->name = s + FSS_TOKEN_CHARS + 1;
		e->name_len = strspn(e->name, DIGITS);
		e->mac = e->name + e->name_len + 1;
		if (e->name_len > CODED_MAX || e->mac[-1] != '.')
			continue;
		n = strspn(e->mac, DIGITS);
		e->mac_len = n;
		e->signed_len = FSS_TOKEN_CHARS + 1 + e->name_len;
		if (n == MAC_TEXT - 1 && e->signed_len + 1 + n == e->len)
			return true;
	}
	return false;
}

static bool
made_for(const struct entry *e, const char *link)
{
	return mac_right(link, WHAT, e->token, e->signed_len, e->mac,
	    e->mac_len);
}

bool
link_cookie_find(const char *value, const char *link,
    char token[FSS_TOKEN_CHARS + 1], char name[LINK_COOKIE_NAME])
{
	const char *p = value;
	struct entry e;
	unsigned i;

	for (i = 0; i < WEB_MAX_VISITS && next(&p, &e); i++) {
		if (!made_for(&e, link) || !decode(e.name, e.name_len, name))
			continue;
		memcpy(token, e.token, FSS_TOKEN_CHARS);
		token[FSS_TOKEN_CHARS] = '\0';
		return true;
	}
	return false;
}

bool
link_cookie_add(const char *value, const char *link, const char *token,
    const char *name, char dst[WEB_MAX_COOKIE + 1])
{
	char coded[CODED_MAX + 1], mac[MAC_TEXT];
	const char *p = value != NULL ? value : "";
	struct entry e;
	unsigned i = 1;
	size_t k;
	int n;

	if (strlen(token) != FSS_TOKEN_CHARS ||
	    strspn(token, DIGITS) != FSS_TOKEN_CHARS)
		return false;
	encode(name, coded);
	n = snprintf(dst, WEB_MAX_COOKIE + 1, "%s.%s", token, coded);
	if (n < 0 || !mac_make(link, WHAT, dst, (size_t)n, mac))
		return false;
	k = (size_t)n;
	k += (size_t)snprintf(dst + k, WEB_MAX_COOKIE + 1 - k, ".%s", mac);
	/* Those of other links cannot be checked without them, nor be used. */
	while (i < WEB_MAX_VISITS && next(&p, &e)) {
		if (made_for(&e, link))
			continue;
		dst[k++] = '~';
		memcpy(dst + k, e.token, e.len);
		k += e.len;
		i++;
	}
	dst[k] = '\0';
	return true;
}
