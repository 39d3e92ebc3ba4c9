/*
 * The head of a request: request line and headers.
 *
 * Strict where requests could be smuggled: lines end with CR LF and nothing
 * else, no folded lines, no space before a colon, nothing twice that must be
 * once, no Transfer-Encoding (a body comes with its length).  Values may be
 * empty and may hold bytes above 0x7f.  All in place: the texts live in the
 * buffer.
 */
#include <string.h>
#include <strings.h>

#include "http_text.h"
#include "web.h"

static const struct {
	const char	*name;
	unsigned	 method;
} methods[] = {
	{ "GET", WEB_GET }, { "HEAD", WEB_HEAD }, { "POST", WEB_POST },
	{ "PUT", WEB_PUT }, { "PATCH", WEB_PATCH }, { "DELETE", WEB_DELETE },
	{ "OPTIONS", WEB_OPTIONS }
};

size_t
head_end(const char *data, size_t len)
{
	const char *s = data, *end = data + len;

	while ((s = memchr(s, '\n', (size_t)(end - s))) != NULL) {
		s++;
		if (s - data >= 4 && memcmp(s - 4, "\r\n\r\n", 4) == 0)
			return (size_t)(s - data);
	}
	return 0;
}

/* RFC 9110 token characters. */
static bool
is_token(const char *s)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++) {
		unsigned char c = (unsigned char)*s;

		if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') ||
		    strchr("!#$%&'*+-.^_`|~", c) != NULL))
			return false;
	}
	return true;
}

/* Cuts a line off: its text ends with NUL, *@data is behind it. */
static char *
line(char **data, char *end)
{
	char *s = *data, *lf;

	lf = memchr(s, '\n', (size_t)(end - s));
	if (lf == NULL || lf == s || lf[-1] != '\r')
		return NULL;
	lf[-1] = '\0';
	*data = lf + 1;
	/* A NUL or a CR of its own would hide what is behind it. */
	if (strlen(s) != (size_t)(lf - 1 - s) || strchr(s, '\r') != NULL)
		return NULL;
	return s;
}

static int
request_line(char *s, struct head *h, const char **why)
{
	char *target, *version, *p;
	size_t i;

	target = strchr(s, ' ');
	version = target != NULL ? strchr(target + 1, ' ') : NULL;
	if (version == NULL || strchr(version + 1, ' ') != NULL) {
		*why = "the request line is malformed";
		return 400;
	}
	*target++ = '\0';
	*version++ = '\0';
	if (strcmp(version, "HTTP/1.0") == 0) {
		h->old = true;
	} else if (strcmp(version, "HTTP/1.1") != 0) {
		*why = "only HTTP/1.1 and HTTP/1.0 are spoken here";
		return strncmp(version, "HTTP/", 5) == 0 ? 505 : 400;
	}
	if (!is_token(s)) {
		*why = "the method is malformed";
		return 400;
	}
	h->method_name = s;
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (strcmp(s, methods[i].name) == 0)
			h->method = methods[i].method;
	if (h->method == 0) {
		*why = "there is no such method here";
		return 501;
	}
	if (strlen(target) > WEB_MAX_TARGET) {
		*why = "the address is too long";
		return 414;
	}
	if (*target != '/') {
		*why = "the address has to begin with a slash";
		return 400;
	}
	for (p = target; *p != '\0'; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f ||
		    *p == '#') {
			*why = "the address has characters that have to be "
			    "encoded";
			return 400;
		}
	h->path = target;
	h->query = strchr(target, '?');
	if (h->query != NULL)
		*h->query++ = '\0';
	return 0;
}

static int
field(char *s, struct head *h, const char **why)
{
	char *colon = strchr(s, ':'), *end;

	if (colon == NULL) {
		*why = "a header has no colon";
		return 400;
	}
	*colon++ = '\0';
	if (!is_token(s)) {
		*why = "the name of a header is malformed";
		return 400;
	}
	while (*colon == ' ' || *colon == '\t')
		colon++;
	end = colon + strlen(colon);
	while (end > colon && (end[-1] == ' ' || end[-1] == '\t'))
		*--end = '\0';
	if (!field_safe(colon)) {
		*why = "a header holds a control character";
		return 400;
	}
	if (h->count == WEB_MAX_HEADERS) {
		*why = "too many headers";
		return 431;
	}
	h->fields[h->count].name = s;
	h->fields[h->count++].value = colon;
	return 0;
}

const char *
head_find(const struct head *h, const char *name)
{
	unsigned i;

	for (i = 0; i < h->count; i++)
		if (strcasecmp(h->fields[i].name, name) == 0)
			return h->fields[i].value;
	return NULL;
}

/* Headers that decide who is asked, who asks, or where a body ends. */
static bool
once(const struct head *h)
{
	static const char *const names[] = {
		"host", "content-length", "transfer-encoding", "expect",
		"origin", "sec-fetch-site", "authorization", "x-fss-csrf",
		"content-type", "range", "if-range", "upgrade",
		"sec-websocket-key", "sec-websocket-version"
	};
	unsigned i, k, n;

	for (k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		for (i = 0, n = 0; i < h->count; i++)
			if (strcasecmp(h->fields[i].name, names[k]) == 0)
				n++;
		if (n > 1)
			return false;
	}
	return true;
}

/* A name, IPv4 or [IPv6], with or without a port; nothing of a path. */
static bool
host_valid(const char *s)
{
	size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVW"
	    "XYZ0123456789-._:[]");

	return n > 0 && n < 256 && s[n] == '\0';
}

static int
meaning(struct head *h, const char **why)
{
	const char *v;

	if (!once(h)) {
		*why = "a header that must be there once is there twice";
		return 400;
	}
	h->host = head_find(h, "host");
	if (h->host == NULL || !host_valid(h->host)) {
		*why = "the Host header is missing or malformed";
		return 400;
	}
	v = head_find(h, "connection");
	h->keep = h->old ? v != NULL && list_has(v, "keep-alive") :
	    v == NULL || !list_has(v, "close");
	h->upgrade = v != NULL && list_has(v, "upgrade") && !h->old;
	if (head_find(h, "transfer-encoding") != NULL) {
		*why = "a body in chunks is not taken: send its length in "
		    "Content-Length";
		return 411;
	}
	v = head_find(h, "content-length");
	if (v != NULL && !parse_u64(v, INT64_MAX, &h->length)) {
		*why = "Content-Length is no number";
		return 400;
	}
	if (v == NULL && (h->method & (WEB_POST | WEB_PUT | WEB_PATCH)) != 0) {
		*why = "a body needs its length in Content-Length";
		return 411;
	}
	v = head_find(h, "expect");
	if (v != NULL && strcasecmp(v, "100-continue") != 0) {
		*why = "that expectation cannot be met";
		return 417;
	}
	h->expect = v != NULL && !h->old && h->length > 0;
	return 0;
}

int
head_parse(char *data, size_t len, struct head *h, const char **why)
{
	char *end = data + len, *s;
	int r;

	memset(h, 0, sizeof(*h));
	*why = "the head is malformed";
	s = line(&data, end);
	if (s == NULL)
		return 400;
	r = request_line(s, h, why);
	while (r == 0) {
		s = line(&data, end);
		if (s == NULL) {
			*why = "a header line is malformed";
			return 400;
		}
		if (*s == '\0')
			return meaning(h, why);
		if (*s == ' ' || *s == '\t') {
			*why = "folded header lines are not taken";
			return 400;
		}
		r = field(s, h, why);
	}
	return r;
}
