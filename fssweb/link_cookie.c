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

#include "base64.h"
#include "http_text.h"
#include "mac.h"

#define WHAT		"fssweb visit 1"
#define CODED_MAX	BASE64URL_CHARS(LINK_COOKIE_NAME - 1)
#define ENTRY_MAX	(FSS_TOKEN_CHARS + 1 + CODED_MAX + 1 + MAC_TEXT - 1)

_Static_assert((ENTRY_MAX + 1) * WEB_MAX_VISITS <= WEB_MAX_COOKIE,
    "what is written can be read again");

/* What was made of a name. */
static bool
decode(const char *s, size_t len, char name[LINK_COOKIE_NAME])
{
	int64_t n = base64url_decode(s, len, (uint8_t *)name,
	    LINK_COOKIE_NAME - 1);

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
		if (strspn(s, BASE64URL_DIGITS) != FSS_TOKEN_CHARS ||
		    s[FSS_TOKEN_CHARS] != '.')
			continue;
		e->name = s + FSS_TOKEN_CHARS + 1;
		e->name_len = strspn(e->name, BASE64URL_DIGITS);
		e->mac = e->name + e->name_len + 1;
		if (e->name_len > CODED_MAX || e->mac[-1] != '.')
			continue;
		n = strspn(e->mac, BASE64URL_DIGITS);
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
	    strspn(token, BASE64URL_DIGITS) != FSS_TOKEN_CHARS)
		return false;
	/* What is too long is left out: the name is a courtesy. */
	base64url_encode(name, strlen(name) < LINK_COOKIE_NAME ? strlen(name) :
	    0, coded);
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
