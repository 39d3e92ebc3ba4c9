/*
 * Search, as far as rights are concerned.
 *
 * The index (store/search.h) yields candidates in the order of rank.  Here
 * each is placed in its tree (find_place.c): who may see it, which words of
 * the query are in the names above it, whether it is below the folder asked
 * for.  Those of a rank are sorted, some hundred at a time (find_window.c),
 * and shown.
 *
 * Nothing the asker may not see is emitted or counted.  A page ends after a
 * bounded number of candidates, seen or not.  Were the number known, somebody
 * with as many entries of their own could count how many others there are that
 * match; so it differs from question to question, and only the hub knows it.
 * So does the number that is sorted at a time, in which what is hidden by an
 * access of its own counts.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_recent.h"
#include "model/entry_row.h"
#include "model/find_place.h"
#include "model/find_window.h"
#include "model/seal.h"
#include "store/meta_account.h"
#include "store/search.h"

#define LOOK_MIN	2048	/* candidates in one call at least */
#define LOOK_MORE	2048	/* and so many more at most */
#define LOOK_AGAIN	4	/* times as many for a window begun before */
#define NOWHERE		(-1)	/* nothing is below it */

struct finder {
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	struct fss__search_query query;
	unsigned		 all;		/* words to be found: bits */
	int			 access;	/* -1 any */
	int			 state;		/* -1 any */
	int64_t			 space;		/* owner asked for, 0 any */
	int64_t			 owner;		/* whose name `name` is */
	char			 name[FSS_LIMIT_ACCOUNT + 1];
	struct fss__search	*search;
	unsigned		 budget;
	struct fss__find_window	 window;
	struct fss__find_hit	 held;		/* begins the next window */
	unsigned		 held_rank;	/* NONE: there is none */
	struct fss__find_places	 places;
};

static int
emit_hit(struct finder *f, const struct fss__meta_row *row,
    const struct fss__view *view, fss__emit_fn emit, void *arg)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__row_place place;
	size_t n = 0;
	int r;

	r = fss__path_of(f->ctx, row->e.id, path, &n);
	if (r == FSS_EPATH)
		return 0;	/* too long to be asked for */
	if (r == 0 && f->owner != row->e.owner) {
		r = fss__meta_account_name(f->ctx->db, row->e.owner, f->name);
		f->owner = row->e.owner;
		r = r == 1 ? 0 : r == 0 ? FSS_ECORRUPT : r;
	}
	if (r != 0)
		return r;
	place.owner = fss__slice_str(f->name);
	place.path.p = path;
	place.path.n = n;
	place.batch = false;
	return fss__entry_emit(f->ctx, f->who, &row->e, &row->v, view, &place,
	    emit, arg);
}

/*
 * Places the candidate: 1 and how it is sorted, 0 where it is no hit.  What
 * its folder tells mostly is in memory; its row is read when it is shown.
 */
static int
consider(struct finder *f, const struct fss__search_hit *hit,
    struct fss__find_hit *ret_h)
{
	unsigned here = 0, words;
	struct fss__find_folder at;
	int r;

	r = fss__find_place(&f->places, hit->parent, &at);
	if (r != 0 || at.view.gone)
		return r;
	if ((f->places.under != 0 && !at.under) ||
	    (f->space != 0 && f->space != at.owner))
		return 0;
	if (hit->name != NULL)
		here = fss__search_match(&f->query, hit->name);
	words = at.words | here;
	if ((words & f->all) != f->all)
		return 0;
	ret_h->entry = hit->entry;
	ret_h->parent = hit->parent;
	ret_h->key = hit->name == NULL ? 0 : fss__find_key(
	    f->query.count - (unsigned)__builtin_popcount(here),
	    (unsigned)__builtin_popcount(at.words), hit->name->len,
	    at.length);
	return 1;
}

/* Emits a hit if it may be seen and passes the filters: 0 or an error. */
static int
show(struct finder *f, const struct fss__find_hit *hit, fss__emit_fn emit,
    void *arg)
{
	struct fss__find_folder at;
	struct fss__meta_link link;
	struct fss__meta_row row;
	int r;

	r = fss__search_row(f->search, hit->entry, &row);
	if (r != 1)
		return r;
	/* Folders are nobody's announcement. */
	if (f->state >= 0 && f->state != (row.e.kind == FSS_KIND_DIR ?
	    FSS_STATE_STORED : row.v.state))
		return 0;
	r = fss__find_place(&f->places, hit->parent, &at);
	if (r != 0)
		return r;
	link = fss__link_of(&row.e);
	r = fss__view_step(f->ctx, f->who, &link, &at.view);
	if (r != 0 || !(at.view.rights & FSS_RIGHT_SEE))
		return r;
	if (f->access >= 0 && at.view.access != f->access)
		return 0;
	return emit_hit(f, &row, &at.view, emit, arg);
}

/* The same for the same question, so that asking again tells no more. */
static uint64_t
look_number(const struct finder *f, const struct fss__search_filter *filter)
{
	const struct fss__search_query *q = &f->query;
	const struct fss__search_word *last;
	uint8_t b[16 + FSS__SEARCH_TEXT];
	size_t n = 0;

	if (q->count > 0) {
		last = &q->word[q->count - 1];
		n = (size_t)last->off + last->len;
	}
	if (n > FSS__SEARCH_TEXT)
		n = FSS__SEARCH_TEXT;
	fss__put_le64(b, (uint64_t)f->who->account);
	fss__put_le64(b + 8, (uint64_t)filter->owner);
	memcpy(b + 16, q->text, n);
	return fss__seal_number(f->ctx, b, 16 + n);
}

/*
 * Fills the window with hits of one rank, from the one held on.  1 if there
 * may be more, 0 at the end, or an error; FSS_EAGAIN, looked at enough.
 */
static int
gather(struct finder *f)
{
	struct fss__find_window *w = &f->window;
	struct fss__search_hit hit;
	struct fss__find_hit h;
	bool again = w->again;	/* from w->before to w->end, as before */
	int r;

	w->n = 0;
	if (f->held_rank != FSS__SEARCH_NONE) {
		w->rank = f->held_rank;
		w->hit[w->n++] = f->held;
		f->held_rank = FSS__SEARCH_NONE;
	}
	while (again || w->n < w->most) {
		r = fss__search_next(f->search, &hit);
		if (r != 1) {
			w->end = r == 0 ? 0 : fss__search_at(f->search).before;
			/* The same names take no longer, or other ones do. */
			return r == FSS_EAGAIN && again ? 1 : r;
		}
		r = consider(f, &hit, &h);
		if (r < 0)
			return r;
		if (f->places.cheap)
			fss__search_cheap(f->search);
		if ((w->n > 0 || again) && (hit.rank != w->rank ||
		    (again && hit.entry < w->end) ||
		    (r == 1 && w->n == FSS__FIND_WINDOW))) {
			if (!again)
				w->end = 0;
			f->held = h;
			f->held_rank = r == 1 ? hit.rank : FSS__SEARCH_NONE;
			return 1;
		}
		if (r == 0)
			continue;
		w->rank = hit.rank;
		w->hit[w->n++] = h;
	}
	w->end = w->hit[w->n - 1].entry;
	return 1;
}

/* The window's hits, best first; FSS_EAGAIN and a cursor on a full page. */
static int
show_window(struct finder *f, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__find_window *w = &f->window;
	size_t i;
	int r;

	fss__find_sort(w);
	for (i = 0; i < w->n; i++) {
		if (fss__find_shown(w, &w->hit[i]))
			continue;
		r = show(f, &w->hit[i], emit, arg);
		if (r == FSS_EAGAIN)
			fss__find_cursor(f->ctx, f->who, w, ret_next);
		if (r != 0)
			return r;
		w->last = w->hit[i];
	}
	return 0;
}

/* Window by window, until the page is full or enough was looked at. */
static int
show_all(struct finder *f, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__find_window *w = &f->window;
	int r, shown;

	do {
		r = gather(f);
		if (r < 0 && r != FSS_EAGAIN)
			return r;
		if (!w->again && w->n > 0)
			w->before = w->hit[0].entry + 1;
		shown = show_window(f, emit, arg, ret_next);
		if (shown != 0)
			return shown == FSS_EAGAIN ? 0 : shown;
		if (w->again)
			fss__search_allow(f->search, f->budget);
		fss__find_window_begin(w);
	} while (r == 1);
	if (r == FSS_EAGAIN) {
		w->rank = fss__search_at(f->search).rank;
		w->before = fss__search_at(f->search).before;
		fss__find_cursor(f->ctx, f->who, w, ret_next);
	}
	return 0;
}

static int
run(struct finder *f, const struct fss__search_filter *filter,
    struct fss__slice cursor, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	uint64_t number = look_number(f, filter);
	struct fss__find_window *w = &f->window;
	struct fss__search_place from;
	int r;

	fss__find_window_begin(w);
	/* Without words the order is that of the entries. */
	w->most = f->query.count == 0 ? 1 : FSS__FIND_WINDOW / 2 +
	    (size_t)(number / LOOK_MORE % (FSS__FIND_WINDOW / 2));
	f->budget = LOOK_MIN + (unsigned)(number % LOOK_MORE);
	f->held_rank = FSS__SEARCH_NONE;
	if (cursor.n > 0) {
		r = fss__find_cursor_read(f->ctx, f->who, cursor, w);
		if (r != 0)
			return r;
		from.rank = w->rank;
		from.before = w->before;
	}
	r = fss__search_open(f->ctx->db, &f->query, filter,
	    cursor.n > 0 ? &from : NULL,
	    w->again ? f->budget * LOOK_AGAIN : f->budget, &f->search);
	if (r != 0)
		return r != FSS_EINVAL ? r : fss__err_set(&f->ctx->err, r,
		    "not a cursor of this search");
	r = show_all(f, emit, arg, ret_next);
	fss__search_close(f->search);
	return r;
}

/* ---- the question ------------------------------------------------------ */

static void
set_filter(const struct fss__m_find *m, struct fss__search_filter *f)
{
	memset(f, 0, sizeof(*f));
	f->size_max = UINT64_MAX;
	f->newer_us = INT64_MIN;
	f->older_us = INT64_MAX;
	if (m->has & FSS__K_find_type)
		f->type = m->type;
	if (m->has & FSS__K_find_kind)
		f->kind = (int)m->kind;
	if (m->has & FSS__K_find_size_min)
		f->size_min = m->size_min;
	if (m->has & FSS__K_find_size_max)
		f->size_max = m->size_max;
	f->sized = (m->has &
	    (FSS__K_find_size_min | FSS__K_find_size_max)) != 0;
	if (m->has & FSS__K_find_newer_us)
		f->newer_us = m->newer_us;
	if (m->has & FSS__K_find_older_us)
		f->older_us = m->older_us;
}

/*
 * Owner and folder: 0 or an error.  Of somebody else's folder, missing and
 * hidden give the same answer: no rows, and after the same looks, or where a
 * page ends would tell them apart.
 */
static int
set_place(struct finder *f, const struct fss__m_find *m,
    struct fss__search_filter *filter)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__space space;
	struct fss__walk w;
	int r;

	if (!(m->has & (FSS__K_find_owner | FSS__K_find_under)))
		return 0;
	if (m->has & FSS__K_find_owner)
		owner = m->owner;
	r = fss__space_find(f->ctx, f->who, owner, &space);
	if (r != 0)
		return r;
	filter->owner = f->space = space.owner;
	if (!(m->has & FSS__K_find_under) || m->under.n <= 1)
		return 0;
	r = fss__walk(f->ctx, f->who, &space, m->under, &w);
	if (r != 0)
		return r;
	if (w.left > 0 && space.owner == f->who->account)
		return FSS_ENOENT;
	f->places.under = w.left > 0 ? NOWHERE : w.node.id;
	return 0;
}

/* In another order, by another way. */
static int
newest(struct finder *f, const struct fss__m_find *m,
    const struct fss__search_filter *filter, struct fss__slice cursor,
    fss__emit_fn emit, void *arg, struct fss__cursor *ret_next)
{
	struct fss__recent q;

	if ((m->has & FSS__K_find_text) && m->text.n > 0)
		return fss__err_set(&f->ctx->err, FSS_EINVAL,
		    "words are not looked for in the newest");
	q.filter = *filter;
	q.under = f->places.under;
	q.access = f->access;
	q.state = f->state;
	return fss__entry_recent(f->ctx, f->who, &q, cursor, emit, arg,
	    ret_next);
}

static int
ask(struct finder *f, const struct fss__m_find *m, fss__emit_fn emit,
    void *arg, struct fss__cursor *ret_next)
{
	struct fss__slice cursor = { NULL, 0 };
	struct fss__search_filter filter;
	const char *why;
	int r;

	set_filter(m, &filter);
	r = set_place(f, m, &filter);
	if (r != 0)
		return r;
	f->access = m->has & FSS__K_find_access ? (int)m->access : -1;
	f->state = m->has & FSS__K_find_state ? (int)m->state : -1;
	if (m->has & FSS__K_find_cursor)
		cursor = m->cursor;
	if ((m->has & FSS__K_find_sort) && m->sort == FSS_SORT_NEWEST)
		return newest(f, m, &filter, cursor, emit, arg, ret_next);
	if ((m->has & FSS__K_find_text) && m->text.n > 0) {
		r = fss__search_parse(m->text, &why, &f->query);
		if (r != 0)
			return fss__err_set(&f->ctx->err, r, "%s", why);
		f->all = (1u << f->query.count) - 1;
	}
	return run(f, &filter, cursor, emit, arg, ret_next);
}

int
fss__entry_find(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_find *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct finder *f;
	int r;

	ret_next->len = 0;
	f = fss__zalloc(sizeof(*f));
	if (f == NULL)
		return fss__ctx_end(ctx, FSS_ENOMEM);
	f->ctx = ctx;
	f->who = who;
	f->places.ctx = ctx;
	f->places.who = who;
	f->places.query = &f->query;
	r = ask(f, m, emit, arg, ret_next);
	fss__free(f);
	return fss__ctx_end(ctx, r);
}
