/*
 * Search, as far as rights are concerned.
 *
 * The index (store/search.h) yields candidates in the order of rank.  Here
 * each is placed in its tree: who may see it, which words of the query are in
 * the names above it, whether it is below the folder asked for.  What folders
 * have in common is remembered in a table of fixed size for the length of the
 * call, so a candidate mostly costs one look at its parent.
 *
 * Nothing the asker may not see is emitted or counted.  A page ends after a
 * bounded number of candidates, seen or not.  Were the number known, somebody
 * with as many entries of their own could count how many others there are that
 * match; so it differs from question to question, and only the hub knows it.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_recent.h"
#include "model/entry_row.h"
#include "model/seal.h"
#include "store/meta_account.h"
#include "store/search.h"

#define LOOK_MIN	2048	/* candidates in one call at least */
#define LOOK_MORE	2048	/* and so many more at most */
#define CURSOR		(2 + FSS__SEALED)
#define MEMO		4096	/* folders remembered, a power of two */
#define NOWHERE		(-1)	/* nothing is below it */

struct folder {			/* of a candidate, and all above that */
	int64_t		id;	/* 0: free */
	int64_t		owner;
	struct fss__view view;
	unsigned	words;	/* found in its name or one above */
	bool		under;	/* is the folder asked for or below it */
};

struct finder {
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	struct fss__search_query query;
	unsigned		 all;		/* words to be found: bits */
	int64_t			 under;		/* 0 anywhere */
	int			 access;	/* -1 any */
	int			 state;		/* -1 any */
	int64_t			 space;		/* owner asked for, 0 any */
	int64_t			 owner;		/* whose name `name` is */
	char			 name[FSS_LIMIT_ACCOUNT + 1];
	struct folder		 memo[MEMO];
};

static struct folder *
slot(struct finder *f, int64_t id)
{
	uint64_t x = (uint64_t)id * UINT64_C(0x9e3779b97f4a7c15);

	return &f->memo[(x >> 32) & (MEMO - 1)];
}

/* What the way down to one folder adds; kept until the top is known. */
struct step {
	struct fss__meta_link	link;
	unsigned		words;
};

static int
look_up(struct finder *f, int64_t id, struct step *ret_s)
{
	struct fss__search_name name;
	struct fss__meta_node e;
	struct fss__slice s;
	int r;

	r = fss__meta_node_get(f->ctx->db, id, &e);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	ret_s->link = fss__link_of(&e);
	ret_s->words = 0;
	if (f->query.count == 0)
		return 0;
	s.p = e.name;
	s.n = e.name_len;
	r = fss__search_encode(s, &name);
	if (r == 0)
		ret_s->words = fss__search_match(&f->query, &name);
	return r;
}

/* Everything about folder @id, from memory or from the way up to its root. */
static int
place_folder(struct finder *f, int64_t id, struct folder *ret_at)
{
	struct step way[FSS_LIMIT_DEPTH + 2];
	struct folder *hit, at;
	int n = 0, r = 0;

	memset(&at, 0, sizeof(at));
	fss__view_top(&at.view);
	while (id > 0) {
		hit = slot(f, id);
		if (hit->id == id) {
			at = *hit;
			break;
		}
		if (n == FSS_LIMIT_DEPTH + 2)
			return FSS_ECORRUPT;
		r = look_up(f, id, &way[n]);
		if (r != 0)
			return r;
		id = way[n++].link.parent;
	}
	while (n-- > 0) {
		r = fss__view_step(f->ctx, f->who, &way[n].link, &at.view);
		if (r != 0)
			return r;
		at.id = way[n].link.id;
		at.owner = way[n].link.owner;
		at.words |= way[n].words;
		at.under = at.under || at.id == f->under;
		*slot(f, at.id) = at;
	}
	*ret_at = at;
	return 0;
}

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
 * Emits the candidate if it is a hit: 0 or an error.  What its folder tells
 * comes first: that mostly is in memory, the entry's row is not.
 */
static int
consider(struct finder *f, struct fss__search *s,
    const struct fss__search_hit *hit, fss__emit_fn emit, void *arg)
{
	struct fss__meta_link link;
	struct fss__meta_row row;
	struct folder at;
	unsigned words;
	int r;

	r = place_folder(f, hit->parent, &at);
	if (r != 0 || at.view.gone)
		return r;
	if ((f->under != 0 && !at.under) ||
	    (f->space != 0 && f->space != at.owner))
		return 0;
	words = at.words;
	if (hit->name != NULL)
		words |= fss__search_match(&f->query, hit->name);
	if ((words & f->all) != f->all)
		return 0;
	r = fss__search_row(s, &row);
	if (r != 1)
		return r;
	/* Folders are nobody's announcement. */
	if (f->state >= 0 && f->state != (row.e.kind == FSS_KIND_DIR ?
	    FSS_STATE_STORED : row.v.state))
		return 0;
	link = fss__link_of(&row.e);
	r = fss__view_step(f->ctx, f->who, &link, &at.view);
	if (r != 0 || !(at.view.rights & FSS_RIGHT_SEE))
		return r;
	if (f->access >= 0 && at.view.access != f->access)
		return 0;
	return emit_hit(f, &row, &at.view, emit, arg);
}

/* The same for the same question, so that asking again tells no more. */
static unsigned
look_max(const struct finder *f, const struct fss__search_filter *filter)
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
	return LOOK_MIN + (unsigned)(fss__seal_number(f->ctx, b, 16 + n) %
	    LOOK_MORE);
}

/* The index's cursor with the place sealed: it may be a hidden entry's. */
static void
write_cursor(struct finder *f, const struct fss__search *s, bool again,
    struct fss__cursor *ret_next)
{
	uint8_t plain[FSS__SEARCH_CURSOR];

	fss__search_save(s, again, plain);
	memcpy(ret_next->b, plain, 2);
	fss__seal(f->ctx, f->who, plain[1], (int64_t)fss__get_le64(plain + 2),
	    ret_next->b + 2);
	ret_next->len = CURSOR;
}

static int
read_cursor(struct finder *f, struct fss__slice c,
    uint8_t plain[FSS__SEARCH_CURSOR])
{
	const uint8_t *b = c.p;
	int64_t id = 0;
	int r;

	if (c.n != CURSOR)
		return fss__err_set(&f->ctx->err, FSS_EINVAL,
		    "not a cursor of this search");
	r = fss__seal_open(f->ctx, f->who, b[1], b + 2, &id);
	memcpy(plain, b, 2);
	fss__put_le64(plain + 2, (uint64_t)id);
	return r;
}

static int
run(struct finder *f, const struct fss__search_filter *filter,
    struct fss__slice cursor, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	uint8_t plain[FSS__SEARCH_CURSOR];
	struct fss__slice from = { plain, 0 };
	struct fss__search_hit hit;
	struct fss__search *s;
	bool again = false;
	int r;

	if (cursor.n > 0) {
		r = read_cursor(f, cursor, plain);
		if (r != 0)
			return r;
		from.n = sizeof(plain);
	}
	r = fss__search_open(f->ctx->db, &f->query, filter, from,
	    look_max(f, filter), &s);
	if (r != 0)
		return r != FSS_EINVAL ? r : fss__err_set(&f->ctx->err, r,
		    "not a cursor of this search");
	while ((r = fss__search_next(s, &hit)) == 1) {
		r = consider(f, s, &hit, emit, arg);
		if (r != 0) {
			again = true;
			break;
		}
	}
	if (r == FSS_EAGAIN) {
		write_cursor(f, s, again, ret_next);
		r = 0;
	}
	fss__search_close(s);
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
	f->under = w.left > 0 ? NOWHERE : w.node.id;
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
	q.under = f->under;
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
	r = ask(f, m, emit, arg, ret_next);
	fss__free(f);
	return fss__ctx_end(ctx, r);
}
