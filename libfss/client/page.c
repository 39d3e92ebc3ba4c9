/*
 * Listings page by page, for whoever keeps no operation open between pages.
 *
 * A cursor handed out is base64url of the message's number and the hub's
 * cursor, so that one of another listing is told from the start.  The hub
 * checks what is in it as if anybody had made it up, for anybody may.
 */
#include <string.h>

#include "base/alloc.h"
#include "client/list.h"

#define EMPTY_PAGES	16	/* passed over before an empty one is handed out */

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static char *
encode(uint8_t type, const uint8_t *p, size_t n)
{
	uint8_t in[1 + FSS__MAX_CURSOR];
	char *text = fss__alloc((n + 1) * 4 / 3 + 3);
	uint32_t bits = 0;
	unsigned have = 0;
	size_t i, at = 0;

	if (text == NULL)
		return NULL;
	in[0] = type;
	memcpy(in + 1, p, n);
	for (i = 0; i < n + 1; i++) {
		bits = bits << 8 | in[i];
		for (have += 8; have >= 6; have -= 6)
			text[at++] = letters[bits >> (have - 6) & 63];
	}
	if (have > 0)
		text[at++] = letters[bits << (6 - have) & 63];
	text[at] = '\0';
	return text;
}

static int
decode(const char *text, struct fss__page_wish *w)
{
	uint8_t out[1 + FSS__MAX_CURSOR];
	uint32_t bits = 0;
	unsigned have = 0;
	const char *c;
	size_t n = 0;

	for (; *text != '\0'; text++) {
		c = memchr(letters, *text, 64);
		if (c == NULL)
			return FSS_EINVAL;
		bits = bits << 6 | (uint32_t)(c - letters);
		have += 6;
		if (have < 8)
			continue;
		if (n == sizeof(out))
			return FSS_EINVAL;
		have -= 8;
		out[n++] = (uint8_t)(bits >> have);
	}
	if (n < 2 || out[0] == 0)
		return FSS_EINVAL;
	w->type = out[0];
	w->len = n - 1;
	memcpy(w->cursor, out + 1, n - 1);
	return 0;
}

int
fss_client_page(fss_client *c, const char *cursor, unsigned limit)
{
	struct fss__page_wish w;
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	memset(&w, 0, sizeof(w));
	if (limit < 1 || limit > FSS_PAGE_MAX)
		return fss__client_fail(c, FSS_EINVAL,
		    "a page has 1 to %d rows", FSS_PAGE_MAX);
	w.limit = limit;
	if (cursor != NULL && cursor[0] != '\0' && decode(cursor, &w) != 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "that is no cursor of a listing");
	c->page = w;
	return 0;
}

int
fss__list_page_end(struct lister *l, struct level *v, struct fss__rowset *rows)
{
	size_t count = fss__rowset_count(rows);
	struct fss_event *done = l->op.done_event;

	if (count == 0 && v->more && v->empty < EMPTY_PAGES) {
		fss__rowset_free(rows);
		return 0;
	}
	if (v->more) {
		done->cursor = encode((uint8_t)l->type, v->cursor,
		    v->cursor_len);
		if (done->cursor == NULL) {
			fss__rowset_free(rows);
			return FSS_ENOMEM;
		}
	}
	fss__op_end(&l->op, FSS_OK, NULL, rows);
	return 0;
}
