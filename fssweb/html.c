/*
 * HTML put together piece by piece, all text escaped.
 *
 * Whatever comes from people goes through html_text() or html_query(); what
 * is not ASCII stays as it is, the pages are UTF-8.  Control characters,
 * marks that turn the direction of text and those nobody sees are shown as a
 * box: a file name must not make a page, or another name, of it.  The two
 * joiners (U+200C, U+200D) stay: languages and emoji are written with them.
 */
#include "html.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http_text.h"

#define HTML_MAX	((size_t)4 << 20)

void
html_init(struct html *h)
{
	memset(h, 0, sizeof(*h));
}

void
html_release(struct html *h)
{
	free(h->p);
	html_init(h);
}

static void
put(struct html *h, const char *s, size_t len)
{
	size_t cap = h->cap > 0 ? h->cap : 4096;
	char *p;

	if (h->failed)
		return;
	if (len > HTML_MAX - h->len) {
		h->failed = true;
		return;
	}
	while (cap < h->len + len)
		cap *= 2;
	if (cap > h->cap) {
		p = realloc(h->p, cap);
		if (p == NULL) {
			h->failed = true;
			return;
		}
		h->p = p;
		h->cap = cap;
	}
	memcpy(h->p + h->len, s, len);
	h->len += len;
}

void
html_put(struct html *h, const char *s)
{
	put(h, s, strlen(s));
}

void
html_add(struct html *h, const struct html *more)
{
	if (more->len > 0 && !more->failed)
		put(h, more->p, more->len);
}

/* Bytes of a mark that is not to be there at @s, or 0. */
static size_t
mark(const char *s)
{
	const unsigned char *p = (const unsigned char *)s;

	if (p[0] < 0x20 || p[0] == 0x7f)
		return 1;
	/* U+0080 to U+009F */
	if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
		return 2;
	/* U+00AD, U+061C */
	if ((p[0] == 0xc2 && p[1] == 0xad) || (p[0] == 0xd8 && p[1] == 0x9c))
		return 2;
	/* U+200B, U+200E, U+200F, U+2028 to U+202E */
	if (p[0] == 0xe2 && p[1] == 0x80 && (p[2] == 0x8b || p[2] == 0x8e ||
	    p[2] == 0x8f || (p[2] >= 0xa8 && p[2] <= 0xae)))
		return 3;
	/* U+2060 to U+206F; U+FEFF, U+FFF9 to U+FFFB */
	if (p[0] == 0xe2 && p[1] == 0x81 && p[2] >= 0xa0 && p[2] <= 0xaf)
		return 3;
	if (p[0] == 0xef && ((p[1] == 0xbb && p[2] == 0xbf) ||
	    (p[1] == 0xbf && p[2] >= 0xb9 && p[2] <= 0xbb)))
		return 3;
	/* U+E0000 to U+E007F */
	if (p[0] == 0xf3 && p[1] == 0xa0 && (p[2] == 0x80 || p[2] == 0x81) &&
	    p[3] != 0)
		return 4;
	return 0;
}

void
html_text(struct html *h, const char *s)
{
	const char *from = s, *as;
	size_t n;

	for (; *s != '\0'; s += n) {
		n = mark(s);
		as = n > 0 ? "\xe2\x96\xa1" : *s == '&' ? "&amp;" :
		    *s == '<' ? "&lt;" : *s == '>' ? "&gt;" :
		    *s == '"' ? "&quot;" : *s == '\'' ? "&#39;" : NULL;
		if (n == 0)
			n = 1;
		if (as == NULL)
			continue;
		put(h, from, (size_t)(s - from));
		html_put(h, as);
		from = s + n;
	}
	put(h, from, (size_t)(s - from));
}

void
html_query(struct html *h, const char *s)
{
	char one[2] = "", code[4];
	int n;

	for (; *s != '\0'; s++) {
		one[0] = *s;
		n = uri_encode(one, false, code, sizeof(code));
		put(h, code, (size_t)n);	/* it has room for any */
	}
}

void
html_number(struct html *h, uint64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRIu64, n);
	html_put(h, text);
}

void
html_size(struct html *h, uint64_t bytes)
{
	static const char *const units[] = {
		" kB", " MB", " GB", " TB", " PB", " EB"
	};
	uint64_t unit = 1000, tenths, whole;
	size_t i = 0;

	if (bytes < 1000) {
		html_number(h, bytes);
		html_put(h, bytes == 1 ? " byte" : " bytes");
		return;
	}
	/* As the page does: one digit behind the point below 9.95. */
	while (i < 5 && bytes / unit >= 1000 - (bytes % unit >= unit / 2)) {
		unit *= 1000;
		i++;
	}
	tenths = bytes / unit * 10 + (bytes % unit + unit / 20) / (unit / 10);
	whole = bytes / unit + (bytes % unit >= unit / 2);
	html_number(h, tenths < 100 ? tenths / 10 : whole);
	if (tenths < 100 && tenths % 10 != 0) {
		html_put(h, ".");
		html_number(h, tenths % 10);
	}
	html_put(h, units[i]);
}

void
html_time(struct html *h, int64_t us)
{
	time_t t = (time_t)(us / 1000000);
	char text[64];
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL &&
	    strftime(text, sizeof(text), "%Y-%m-%d %H:%M UTC", &tm) > 0)
		html_put(h, text);
}
