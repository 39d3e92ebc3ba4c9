/*
 * Sorting hits, and going on between them.
 *
 * The index yields the hits of a rank newest first.  A window is some hundred
 * of them in a row; within it shorter paths come first, of which the name
 * counts twice, a word that is not in the name as WORD bytes more, and one
 * that is in a folder's name as so many fewer (nginx/nginx.conf is what is
 * meant, not backup/nginx.conf); then the newest.  tests/unit/ranking chose
 * the weights: half and twice of each do no worse there.
 *
 * A cursor names the window by the entries at its two ends and the hit that
 * was looked at last, so that the next page gathers the same window again and
 * goes on behind that hit: what is new since is newer than all of it, what is
 * gone does not matter.  All of it is sealed, for it may be of entries that
 * are hidden.
 */
#include "model/find_window.h"

#include <stdlib.h>
#include <string.h>

#include "model/seal.h"
#include "store/search.h"

#define WORD		12	/* what a word of the query weighs, in bytes */
#define CURSOR_VERSION	3
#define CURSOR		(2 + 2 * FSS__SEALED_PAIR)
#define SCOPE_ENDS	(-32)	/* less the rank: of sealed places, */
#define SCOPE_LAST	(-64)	/* and of what was looked at last */

void
fss__find_window_begin(struct fss__find_window *w)
{
	w->n = 0;
	w->again = false;
	w->before = w->end = INT64_MAX;
	memset(&w->last, 0, sizeof(w->last));
}

uint64_t
fss__find_key(unsigned not, unsigned above, size_t name, size_t folders)
{
	return (uint64_t)2 * name + folders + (uint64_t)WORD * not +
	    (uint64_t)WORD * (FSS__SEARCH_WORDS - above);
}

static int
by_key(const void *a, const void *b)
{
	const struct fss__find_hit *x = a, *y = b;

	if (x->key != y->key)
		return x->key < y->key ? -1 : 1;
	return x->entry > y->entry ? -1 : x->entry < y->entry;
}

void
fss__find_sort(struct fss__find_window *w)
{
	qsort(w->hit, w->n, sizeof(w->hit[0]), by_key);
}

bool
fss__find_shown(const struct fss__find_window *w,
    const struct fss__find_hit *h)
{
	return w->last.entry != 0 && by_key(h, &w->last) <= 0;
}

void
fss__find_cursor(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__find_window *w, struct fss__cursor *ret_c)
{
	ret_c->b[0] = CURSOR_VERSION;
	ret_c->b[1] = (uint8_t)w->rank;
	fss__seal_pair(ctx, who, SCOPE_ENDS - (int64_t)w->rank, w->before,
	    w->end, ret_c->b + 2);
	fss__seal_pair(ctx, who, SCOPE_LAST - (int64_t)w->rank,
	    w->last.entry, (int64_t)w->last.key,
	    ret_c->b + 2 + FSS__SEALED_PAIR);
	ret_c->len = CURSOR;
}

int
fss__find_cursor_read(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice c, struct fss__find_window *w)
{
	struct fss__slice ends, last;
	const uint8_t *b = c.p;
	int64_t key = 0;
	int r;

	if (c.n != CURSOR || b[0] != CURSOR_VERSION ||
	    b[1] >= FSS__SEARCH_NONE)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not a cursor of this search");
	w->rank = b[1];
	ends.p = b + 2;
	last.p = b + 2 + FSS__SEALED_PAIR;
	ends.n = last.n = FSS__SEALED_PAIR;
	r = fss__seal_open_pair(ctx, who, SCOPE_ENDS - (int64_t)w->rank, ends,
	    &w->before, &w->end);
	if (r == 0)
		r = fss__seal_open_pair(ctx, who,
		    SCOPE_LAST - (int64_t)w->rank, last, &w->last.entry,
		    &key);
	w->last.key = (uint64_t)key;
	w->again = w->end != INT64_MAX;
	return r;
}
