/*
 * Search, as far as rights are concerned.
 *
 * The index (store/search.h) yields candidates in the order of rank.  Here
 * each is placed in its tree (find_scope.c): who may see it, which words of
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
#include "base/alloc.h"
#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_recent.h"
#include "model/entry_row.h"
#include "model/find_scope.h"
#include "model/find_window.h"
#include "store/meta_account.h"
#include "store/search.h"

#define LOOK_MIN	2048	/* candidates in one call at least */
#define LOOK_MORE	2048	/* and so many more at most */
#define LOOK_AGAIN	4	/* times as many for a window begun before */

struct finder {
	struct fss__find_scope	 s;
	int64_t			 owner;		/* whose name `name` is */
	char			 name[FSS_LIMIT_ACCOUNT + 1];
	struct fss__search	*search;
	unsigned		 budget;
	struct fss__find_window	 window;
	struct fss__find_hit	 held;		/* begins the next window */
	unsigned		 held_rank;	/* NONE: there is none */
};

static int
emit_hit(struct finder *f, const struct fss__meta_row *row,
    const struct fss__view *view, fss__emit_fn emit, void *arg)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__row_place place;
	size_t n = 0;
	int r;

	r = fss__find_path(&f->s.places, &row->e, path, &n);
	if (r == FSS_EPATH)
		return 0;	/* too long to be asked for */
	if (r == 0 && f->owner != row->e.owner) {
		r = fss__meta_account_name(f->s.ctx->db, row->e.owner,
		    f->name);
		f->owner = row->e.owner;
		r = r == 1 ? 0 : r == 0 ? FSS_ECORRUPT : r;
	}
	if (r != 0)
		return r;
	place.owner = fss__slice_str(f->name);
	place.path.p = path;
	place.path.n = n;
	place.batch = false;
	return fss__entry_emit(f->s.ctx, f->s.who, &row->e, &row->v, view,
	    &place, emit, arg);
}

/* Emits a hit if it may be seen and passes the filters: 0 or an error. */
static int
show(struct finder *f, const struct fss__find_hit *hit, fss__emit_fn emit,
    void *arg)
{
	struct fss__meta_row row;
	struct fss__view view;
	int r;

	r = fss__search_row(f->search, hit->entry, &row);
	if (r == 1)
		r = fss__find_sees(&f->s, &row, hit->parent, &view);
	return r == 1 ? emit_hit(f, &row, &view, emit, arg) : r;
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
		r = fss__find_consider(&f->s, &hit, &h);
		if (r < 0)
			return r;
		if (f->s.places.cheap)
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
			fss__find_cursor(f->s.ctx, f->s.who, w, ret_next);
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
		fss__find_cursor(f->s.ctx, f->s.who, w, ret_next);
	}
	return 0;
}

static int
run(struct finder *f, struct fss__slice cursor, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	uint64_t number = fss__find_number(f->s.ctx, f->s.who, &f->s.filter,
	    &f->s.query);
	struct fss__find_window *w = &f->window;
	struct fss__search_place from;
	size_t half;
	int r;

	fss__find_window_begin(w);
	/*
	 * Without words the order is that of the entries.  Several words, or
	 * a filter, say more of what is meant, and each hit costs more.
	 */
	half = f->s.query.count > 1 || f->s.narrow ? FSS__FIND_WINDOW / 4 :
	    FSS__FIND_WINDOW / 2;
	w->most = f->s.query.count == 0 ? 1 : half +
	    (size_t)(number / LOOK_MORE % half);
	f->budget = LOOK_MIN + (unsigned)(number % LOOK_MORE);
	f->held_rank = FSS__SEARCH_NONE;
	if (cursor.n > 0) {
		r = fss__find_cursor_read(f->s.ctx, f->s.who, cursor, w);
		if (r != 0)
			return r;
		from.rank = w->rank;
		from.before = w->before;
	}
	r = fss__search_open(f->s.ctx->db, &f->s.query, &f->s.filter,
	    cursor.n > 0 ? &from : NULL,
	    w->again ? f->budget * LOOK_AGAIN : f->budget, &f->search);
	if (r != 0)
		return r != FSS_EINVAL ? r : fss__err_set(&f->s.ctx->err, r,
		    "not a cursor of this search");
	fss__find_spaces(&f->s, f->search);
	r = show_all(f, emit, arg, ret_next);
	fss__search_close(f->search);
	return r;
}

/* ---- the question ------------------------------------------------------ */

/* In another order, by another way. */
static int
newest(const struct fss__find_scope *s, const struct fss__m_find *m,
    struct fss__slice cursor, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__recent q;

	if ((m->has & FSS__K_find_text) && m->text.n > 0)
		return fss__err_set(&s->ctx->err, FSS_EINVAL,
		    "words are not looked for in the newest");
	q.filter = s->filter;
	q.under = s->places.under;
	q.access = s->access;
	q.state = s->state;
	return fss__entry_recent(s->ctx, s->who, &q, cursor, emit, arg,
	    ret_next);
}

static int
ask(struct finder *f, const struct fss__m_find *m, fss__emit_fn emit,
    void *arg, struct fss__cursor *ret_next)
{
	struct fss__slice cursor = { NULL, 0 };
	const char *why;
	int r;

	r = fss__find_scope_set(&f->s, m);
	if (r != 0)
		return r;
	if (m->has & FSS__K_find_cursor)
		cursor = m->cursor;
	if ((m->has & FSS__K_find_sort) && m->sort == FSS_SORT_NEWEST)
		return newest(&f->s, m, cursor, emit, arg, ret_next);
	if ((m->has & FSS__K_find_text) && m->text.n > 0) {
		r = fss__find_words(&f->s, m->text, &why);
		if (r != 0)
			return fss__err_set(&f->s.ctx->err, r, "%s", why);
	}
	if (f->s.nothing)
		return 0;
	return run(f, cursor, emit, arg, ret_next);
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
	fss__find_scope_init(&f->s, ctx, who);
	r = ask(f, m, emit, arg, ret_next);
	fss__free(f);
	return fss__ctx_end(ctx, r);
}
