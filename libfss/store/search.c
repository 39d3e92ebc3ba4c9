/*
 * Candidates of a search, out of SQLite's full-text index of trigrams.
 *
 * The ranks are listed one after the other, each by a query for just what
 * makes that rank (see search_text.c), newest entry first; rows of a better
 * rank, which were listed before, fall out.  All queries stream in the order
 * of ids, so a page costs what it looks at and a cursor is (rank, id).
 * Filters are applied here, before anybody asks for rights.
 *
 * Without text the entries themselves are listed, newest first.
 */
#include "store/search.h"

#include <string.h>

#include <fss/types.h>

#include "base/buf.h"
#include "base/num.h"
#include "store/meta_cols.h"
#include "store/search_text.h"

#define CURSOR_VERSION	1
#define PHRASE		24	/* characters asked of the index */
#define EXPR_MAX	8192

/* ---- the index's query language ---------------------------------------- */

/* Appends one quoted phrase: @w as rank @tier has it, cut to PHRASE. */
static void
put_phrase(struct fss__buf *b, const struct fss__search_query *q,
    const struct fss__search_word *w, unsigned tier)
{
	const char *p = q->text + w->off;
	size_t i, count = 0;
	char c;

	(void)fss__buf_puts(b, b->len > 0 ? " OR \"" : "\"");
	c = FSS__SEARCH_SIGN_START;
	if (tier <= FSS__SEARCH_PREFIX)
		(void)fss__buf_append(b, &c, 1);
	c = FSS__SEARCH_SIGN_WORD;
	if (tier <= FSS__SEARCH_WORD && w->alnum)
		(void)fss__buf_append(b, &c, 1);
	for (i = 0; i < w->len; i++) {
		if (((unsigned char)p[i] & 0xc0) != 0x80 && ++count > PHRASE)
			break;
		if (p[i] == '"')
			(void)fss__buf_append(b, p + i, 1);
		(void)fss__buf_append(b, p + i, 1);
	}
	c = FSS__SEARCH_SIGN_END;
	if (tier == FSS__SEARCH_EXACT && i == w->len)
		(void)fss__buf_append(b, &c, 1);
	(void)fss__buf_puts(b, "\"");	/* errors stick to the buffer */
}

/* What finds all names of rank @tier; empty if there can be none. */
static void
put_expression(struct fss__buf *b, const struct fss__search_query *q,
    unsigned tier)
{
	unsigned i;

	if (tier == FSS__SEARCH_EXACT && q->count > 1)
		put_phrase(b, q, &q->whole, tier);
	for (i = 0; i < q->count; i++) {
		if (q->word[i].worst < tier ||
		    (tier == FSS__SEARCH_WORD && !q->word[i].alnum))
			continue;
		put_phrase(b, q, &q->word[i], tier);
	}
}

/* ---- walking ----------------------------------------------------------- */

int
fss__search_open(struct fss__db *db, const struct fss__search_query *q,
    const struct fss__search_filter *filter, struct fss__slice cursor,
    unsigned budget, struct fss__search *ret_s)
{
	const uint8_t *c = cursor.p;

	ret_s->db = db;
	ret_s->q = q;
	ret_s->filter = *filter;
	ret_s->st = NULL;
	ret_s->tier = q->count > 0 ? FSS__SEARCH_EXACT : FSS__SEARCH_PART;
	ret_s->before = INT64_MAX;
	ret_s->last = INT64_MAX;
	ret_s->left = budget;
	if (cursor.n == 0)
		return 0;
	if (cursor.n != FSS__SEARCH_CURSOR || c[0] != CURSOR_VERSION ||
	    c[1] < ret_s->tier || c[1] >= FSS__SEARCH_NONE)
		return FSS_EINVAL;
	ret_s->tier = c[1];
	ret_s->before = (int64_t)fss__get_le64(c + 2);
	ret_s->last = ret_s->before;
	return 0;
}

static struct fss__stmt *
begin_text(struct fss__search *s, struct fss__slice expr)
{
	struct fss__stmt *st = fss__db_query(s->db,
	    "SELECT " FSS__NODE_COLS ", " FSS__VERSION_COLS
	    " FROM search x CROSS JOIN entry e ON e.id = x.rowid"
	    " LEFT JOIN version v ON v.id = e.cur"
	    " WHERE x.search MATCH ?1 AND x.rowid < ?2"
	    " ORDER BY x.rowid DESC");

	fss__bind_text(st, 1, expr);
	fss__bind_i64(st, 2, s->before);
	return st;
}

static struct fss__stmt *
begin_all(struct fss__search *s)
{
	struct fss__stmt *st;

	if (s->filter.owner != 0) {
		st = fss__db_query(s->db,
		    "SELECT " FSS__NODE_COLS ", " FSS__VERSION_COLS
		    " FROM entry e INDEXED BY entry_owner"
		    " LEFT JOIN version v ON v.id = e.cur"
		    " WHERE e.owner = ?2 AND e.id < ?1"
		    " ORDER BY e.id DESC");
		fss__bind_i64(st, 2, s->filter.owner);
	} else {
		st = fss__db_query(s->db,
		    "SELECT " FSS__NODE_COLS ", " FSS__VERSION_COLS
		    " FROM entry e LEFT JOIN version v ON v.id = e.cur"
		    " WHERE e.id < ?1 ORDER BY e.id DESC");
	}
	fss__bind_i64(st, 1, s->before);
	return st;
}

/* Sets s->st to the rows of s->tier; NULL where there can be none. */
static int
begin(struct fss__search *s)
{
	struct fss__slice expr;
	struct fss__buf b;
	int r = 0;

	if (s->q->count == 0) {
		s->st = begin_all(s);
		return 0;
	}
	fss__buf_init(&b, EXPR_MAX);
	put_expression(&b, s->q, s->tier);
	expr.p = b.data;
	expr.n = b.len;
	if (b.err != 0)
		r = b.err;
	else if (b.len > 0)
		s->st = begin_text(s, expr);
	fss__buf_release(&b);
	return r;
}

static bool
is_type(const char *media, struct fss__slice type)
{
	const char *t = type.p;
	size_t i;
	char c;

	for (i = 0; i < type.n; i++) {
		c = t[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (media[i] == '\0' || media[i] != c)
			return false;
	}
	return media[i] == '\0' || (media[i] == '/' &&
	    memchr(t, '/', type.n) == NULL);
}

bool
fss__search_passes(const struct fss__search_filter *f, const struct fss__meta_row *row)
{
	int64_t mtime;

	if (row->e.parent <= 0)
		return false;	/* a root, or removed */
	if (f->owner != 0 && row->e.owner != f->owner)
		return false;
	if (f->kind != 0 && row->e.kind != f->kind)
		return false;
	if (f->type.n > 0 && (row->e.kind != FSS_KIND_FILE ||
	    !is_type(row->v.media, f->type)))
		return false;
	if (f->sized && (row->e.kind != FSS_KIND_FILE ||
	    (uint64_t)row->v.size < f->size_min ||
	    (uint64_t)row->v.size > f->size_max))
		return false;
	mtime = row->e.kind == FSS_KIND_DIR ? row->e.mtime : row->v.mtime;
	return mtime >= f->newer_us && mtime <= f->older_us;
}

/* 1 if the row is a candidate of this rank, 0 if not, or an error. */
static int
look(struct fss__search *s, const struct fss__meta_row *row)
{
	struct fss__slice name = { row->e.name, row->e.name_len };
	int r;

	if (!fss__search_passes(&s->filter, row))
		return 0;
	if (s->q->count == 0)
		return 1;
	r = fss__search_encode(name, &s->name);
	if (r != 0)
		return r;
	return fss__search_rank_of(s->q, &s->name) == s->tier;
}

int
fss__search_next(struct fss__search *s, struct fss__meta_row *ret_row)
{
	int r;

	for (;;) {
		if (s->tier >= FSS__SEARCH_NONE)
			return 0;
		if (s->left == 0)
			return FSS_EAGAIN;
		r = 0;
		if (s->st == NULL) {
			r = begin(s);
			if (r != 0)
				return r;
		}
		if (s->st != NULL)
			r = fss__meta_row_next(s->st, ret_row);
		if (r < 0)
			return r;
		s->left--;	/* a rank without rows costs a look as well */
		if (r == 0) {
			s->st = NULL;
			s->tier++;
			s->before = INT64_MAX;
			s->last = INT64_MAX;
			continue;
		}
		s->last = ret_row->e.id;
		r = look(s, ret_row);
		if (r != 0)
			return r;
	}
}

void
fss__search_save(const struct fss__search *s, bool again,
    uint8_t cursor[FSS__SEARCH_CURSOR])
{
	int64_t before = s->last;

	if (again && before < INT64_MAX)
		before++;
	cursor[0] = CURSOR_VERSION;
	cursor[1] = (uint8_t)s->tier;
	fss__put_le64(cursor + 2, (uint64_t)before);
}

void
fss__search_close(struct fss__search *s)
{
	if (s->st != NULL)
		fss__stmt_reset(s->st);
	s->st = NULL;
}
