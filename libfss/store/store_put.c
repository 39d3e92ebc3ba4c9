/*
 * Taking chunks and pages, and what versions refer to.
 *
 * A put looks for the chunk in the pending table and in the index and appends
 * a record only if its bytes are not there, or there but damaged.  Where
 * another account brought them before, a record without content notes that
 * this one did too, so that a kill of the hub forgets no right either.
 *
 * A page enters only when its sender holds each child: nobody can gain rights
 * to content by naming its digest in a page.  For the same reason this is
 * checked even when the page itself is there already.
 */
#include <string.h>

#include "base/time.h"
#include "chunk/manifest.h"
#include "store/seg_format.h"
#include "store/store_internal.h"
#include "wire/limits.h"

/* ---- what an account holds -------------------------------------------- */

/* @account 0: whether it is there at all. */
static int
held(struct fss__store *s, int64_t account, const struct fss__id *id,
    unsigned *ret_level, uint64_t *ret_span)
{
	const struct fss__pend *e;
	struct fss__chunk c;
	int r;

	e = account == 0 ? fss__pending_chunk(&s->pending, id) :
	    fss__pending_held(&s->pending, account, id);
	if (e != NULL) {
		*ret_level = e->level;
		*ret_span = e->span;
		return 0;
	}
	r = fss__chunk_find(s->db, id, account, &c);
	if (r < 0)
		return r;
	if (r == 0 || (account != 0 && !c.held) || !fss__store_sound(s, &c))
		return FSS_EMISSING;
	*ret_level = c.level;
	*ret_span = c.span;
	return 0;
}

int
fss__store_held(struct fss__store *s, int64_t account,
    const struct fss__id *id)
{
	uint64_t span;
	unsigned level;
	int r;

	if (account < 1)
		return 0;
	r = held(s, account, id, &level, &span);
	return r == 0 ? 1 : r == FSS_EMISSING ? 0 : r;
}

int
fss__store_page_check(struct fss__store *s, int64_t account, const void *data,
    size_t len, unsigned *ret_level, uint64_t *ret_span)
{
	struct fss__page page;
	struct fss__id child;
	uint64_t span, real;
	unsigned i, level;
	int r;

	if (fss__page_decode(data, len, &page) != 0)
		return fss__err_set(&s->err, FSS_EINTEGRITY,
		    "page is not well-formed");
	for (i = 0; i < page.count; i++) {
		fss__page_child(&page, i, &child, &span);
		r = held(s, account, &child, &level, &real);
		if (r == FSS_EMISSING)
			return fss__err_set(&s->err, r,
			    "child %u of the page was not sent", i);
		if (r != 0)
			return r;
		if (level != page.level - 1 || real != span)
			return fss__err_set(&s->err, FSS_EINTEGRITY,
			    "child %u of the page is not what the page says",
			    i);
	}
	*ret_level = page.level;
	*ret_span = page.span;
	return 0;
}

/* ---- put -------------------------------------------------------------- */

/* Makes room in the table, by a commit of its own where none is open. */
static int
reserve(struct fss__store *s)
{
	if (s->pending.count < FSS__PENDING_CHUNKS &&
	    s->pending.bytes < FSS__PENDING_BYTES)
		return 0;
	if (!s->in_tx)
		return fss__store_flush(s);
	if (s->pending.count < FSS__PENDING_MAX)
		return 0;
	return fss__err_set(&s->err, FSS_EOVERLOAD,
	    "too many chunks in one batch");
}

static int
append(struct fss__store *s, struct fss__pend *e, const void *data, size_t len)
{
	int r;

	r = s->cs.ops->put(s->cs.self, e->id.b, (uint64_t)e->account, data,
	    len, &e->loc);
	if (r != 0)
		return fss__store_fail(s, r, "cannot write to the segments");
	if (s->pending.count == 0)
		s->first_put_us = fss__mono_us();
	fss__pending_add(&s->pending, e);
	return 0;
}

/* Level and span of what is to be put; checks a page's children. */
static int
inspect(struct fss__store *s, int64_t account, const struct fss__id *id,
    const void *data, size_t len, struct fss__pend *e)
{
	unsigned level = 0;
	int r;

	if (account < 1 || len == 0 || !fss__id_known(id))
		return FSS_EINVAL;
	e->id = *id;
	e->account = account;
	e->span = len;
	if (FSS__ID_KIND(id->b[0]) == FSS__KIND_DATA) {
		e->level = 0;
		return len > FSS__MAX_CHUNK ? FSS_ETOOBIG : 0;
	}
	if (len > FSS__MAX_PAGE)
		return FSS_ETOOBIG;
	r = fss__store_page_check(s, account, data, len, &level, &e->span);
	e->level = (uint8_t)level;
	return r;
}

int
fss__store_put(struct fss__store *s, int64_t account,
    const struct fss__id *id, const void *data, size_t len)
{
	struct fss__pend e;
	struct fss__chunk c;
	int r;

	if (s->failed != 0 || s->read_only)
		return fss__store_fail(s, FSS_EROFS, "cannot put");
	memset(&e, 0, sizeof(e));
	r = reserve(s);
	if (r == 0)
		r = inspect(s, account, id, data, len, &e);
	if (r != 0)
		return r;
	if (fss__pending_held(&s->pending, account, id) != NULL)
		return 0;
	e.kind = FSS__PEND_CLAIM;
	if (fss__pending_chunk(&s->pending, id) != NULL)
		return append(s, &e, NULL, 0);
	r = fss__chunk_find(s->db, id, account, &c);
	if (r < 0)
		return fss__err_set(&s->err, r, "%s", fss__db_errmsg(s->db));
	if (r == 0)
		e.kind = FSS__PEND_NEW;
	else if (!fss__store_sound(s, &c))
		e.kind = FSS__PEND_HEAL;
	else if (c.held && (c.refs > 0 || c.idle + FSS__UPLOAD_GRACE_S / 2 >
	    fss__wall_us() / 1000000))
		return 0;	/* nothing to note, and it stays for a while */
	if (e.kind == FSS__PEND_CLAIM)
		return append(s, &e, NULL, 0);
	return append(s, &e, data, len);
}

int
fss__store_put_page(struct fss__store *s, const struct fss__id *id,
    const void *data, size_t len)
{
	struct fss__pend e;
	struct fss__chunk c;
	unsigned level;
	int r;

	if (s->failed != 0 || s->read_only)
		return fss__store_fail(s, FSS_EROFS, "cannot put");
	memset(&e, 0, sizeof(e));
	r = reserve(s);
	if (r != 0)
		return r;
	if (len == 0 || !fss__id_known(id) ||
	    FSS__ID_KIND(id->b[0]) != FSS__KIND_PAGE)
		return FSS_EINVAL;
	if (len > FSS__MAX_PAGE)
		return FSS_ETOOBIG;
	r = fss__store_page_check(s, 0, data, len, &level, &e.span);
	if (r != 0 || fss__pending_chunk(&s->pending, id) != NULL)
		return r;
	e.id = *id;
	e.level = (uint8_t)level;
	e.kind = FSS__PEND_NEW;
	r = fss__chunk_find(s->db, id, 0, &c);
	if (r < 0)
		return fss__err_set(&s->err, r, "%s", fss__db_errmsg(s->db));
	if (r == 1 && fss__store_sound(s, &c))
		return fss__chunk_touch(s->db, c.id, s->now_s);
	if (r == 1)
		e.kind = FSS__PEND_HEAL;
	return append(s, &e, data, len);
}

/* ---- index ------------------------------------------------------------ */

/* One more reference for each child of a page that enters the index. */
static int
ref_children(struct fss__store *s, const struct fss__pend *e)
{
	struct fss__page page;
	struct fss__id child;
	uint64_t span;
	unsigned i;
	int r;

	r = fss__store_read(s, &e->id, &e->loc, s->page);
	if (r == 0 && fss__page_decode(s->page, e->loc.len, &page) != 0)
		r = FSS_ECORRUPT;
	if (r != 0)
		return fss__store_fail(s, r, "cannot read a page back");
	for (i = 0; i < page.count && r == 0; i++) {
		fss__page_child(&page, i, &child, &span);
		r = fss__chunk_ref_digest(s->db, &child);
	}
	return r;
}

/* What the entries in a row brought to one segment. */
struct gain {
	uint32_t	segment;
	int64_t		bytes;
	int64_t		chunks;
};

static int
gain_flush(struct fss__store *s, struct gain *g)
{
	int r = 0;

	if (g->chunks != 0)
		r = fss__segment_live(s->db, g->segment, g->bytes, g->chunks);
	g->bytes = 0;
	g->chunks = 0;
	return r;
}

static int
gain_add(struct fss__store *s, struct gain *g, const struct fss_store_loc *loc)
{
	int r = 0;

	if (loc->segment != g->segment)
		r = gain_flush(s, g);
	g->segment = loc->segment;
	g->bytes += (int64_t)fss__rec_size(loc->len);
	g->chunks++;
	return r;
}

static int
index_new(struct fss__store *s, const struct fss__pend *e, struct gain *g)
{
	struct fss__chunk c;
	int64_t row = 0;
	int r;

	memset(&c, 0, sizeof(c));
	c.digest = e->id;
	c.loc = e->loc;
	c.span = e->span;
	c.level = e->level;
	r = fss__chunk_insert(s->db, &c, s->now_s, &row);
	if (r == 0 && e->account != 0)
		r = fss__chunk_hold(s->db, row, e->account);
	if (r == 0 && e->level > 0)
		r = ref_children(s, e);
	return r != 0 ? r : gain_add(s, g, &e->loc);
}

/* HEAL and CLAIM: the row is there, for nothing is collected in between. */
static int
index_known(struct fss__store *s, const struct fss__pend *e, struct gain *g)
{
	struct fss__chunk c;
	int r;

	r = fss__chunk_find(s->db, &e->id, e->account, &c);
	if (r <= 0)
		return r == 0 ? FSS_ECORRUPT : r;
	if (e->account != 0 && !c.held)
		r = fss__chunk_hold(s->db, c.id, e->account);
	else
		r = 0;
	if (r == 0)
		r = fss__chunk_touch(s->db, c.id, s->now_s);
	if (r != 0 || e->kind == FSS__PEND_CLAIM)
		return r;
	r = fss__segment_live(s->db, c.loc.segment,
	    -(int64_t)fss__rec_size(c.loc.len), -1);
	if (r == 0)
		r = fss__chunk_move(s->db, c.id, &e->loc);
	return r != 0 ? r : gain_add(s, g, &e->loc);
}

int
fss__store_index(struct fss__store *s)
{
	const struct fss__pend *e;
	struct gain g = { 0, 0, 0 };
	size_t done;
	int r = 0;

	if (fss__db_lost(s->db)) {
		s->indexed = s->savepoint_indexed;
		s->index_failed = 0;
	}
	if (s->index_failed != 0)
		return s->index_failed;
	if (s->indexed == s->pending.count)
		return 0;
	if (fss__db_touch(s->db))
		s->savepoint_indexed = s->indexed;
	for (done = s->indexed; done < s->pending.count && r == 0; done++) {
		e = &s->pending.list[done];
		if (e->kind == FSS__PEND_NEW)
			r = index_new(s, e, &g);
		else
			r = index_known(s, e, &g);
	}
	if (r == 0)
		r = gain_flush(s, &g);
	if (r == 0) {
		s->indexed = done;
		return 0;
	}
	/* Half indexed: nothing may commit before that is rolled back. */
	s->index_failed = r;
	if (s->err.code != r)
		(void)fss__err_set(&s->err, r, "cannot index: %s",
		    fss__db_errmsg(s->db));
	return r;
}

/* ---- roots ------------------------------------------------------------ */

/* @account 0: whoever holds it. */
static int
find_root(struct fss__store *s, int64_t account, const struct fss__id *root,
    unsigned *ret_depth, uint64_t *ret_span, int64_t *ret_chunk)
{
	struct fss__chunk c;
	int r;

	fss__err_clear(&s->err);
	r = fss__store_index(s);
	if (r != 0)
		return r;
	r = fss__chunk_find(s->db, root, account, &c);
	if (r < 0)
		return fss__err_set(&s->err, r, "%s", fss__db_errmsg(s->db));
	if (r == 0 || (account != 0 && !c.held) || !fss__store_sound(s, &c))
		return FSS_EMISSING;
	*ret_depth = c.level;
	*ret_span = c.span;
	*ret_chunk = c.id;
	return 0;
}

int
fss__store_root(struct fss__store *s, int64_t account,
    const struct fss__id *root, unsigned *ret_depth, uint64_t *ret_span,
    int64_t *ret_chunk)
{
	if (account < 1)
		return FSS_EMISSING;
	return find_root(s, account, root, ret_depth, ret_span, ret_chunk);
}

int
fss__store_root_trusted(struct fss__store *s, const struct fss__id *root,
    unsigned *ret_depth, uint64_t *ret_span, int64_t *ret_chunk)
{
	return find_root(s, 0, root, ret_depth, ret_span, ret_chunk);
}

int
fss__store_ref(struct fss__store *s, int64_t chunk)
{
	return fss__chunk_ref(s->db, chunk);
}

int
fss__store_unref(struct fss__store *s, int64_t chunk)
{
	return fss__chunk_unref(s->db, chunk, s->now_s);
}
