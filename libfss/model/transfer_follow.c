/*
 * What of a transfer is here: for the device that sends, which chunks are
 * missing; for those who read on, the node that covers an offset.
 *
 * A chunk is here if one of the transfer's sources has put it; nothing is
 * written per chunk.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/access.h"
#include "model/announce.h"

#define LOOK_MAX	4096	/* chunks looked at in one call */

struct follow {
	struct fss__ctx			*ctx;
	struct fss__meta_transfer	 t;
	int64_t				 sources[FSS__SOURCES];
	int				 n;
	uint8_t				*buf;	/* FSS__MAX_PAGE */
	fss__emit_fn			 emit;
	void				*arg;
	uint64_t			 from, len;	/* the run being built */
	unsigned			 runs, looked;
};

/* The transfer and its sources; 0, FSS_ENOENT. */
static int
open_follow(struct fss__ctx *ctx, int64_t id, struct follow *f)
{
	int r;

	memset(f, 0, sizeof(*f));
	f->ctx = ctx;
	r = fss__meta_transfer_get(ctx->db, id, &f->t);
	if (r <= 0)
		return r < 0 ? r : FSS_ENOENT;
	f->n = fss__meta_source_list(ctx->db, id, f->sources, FSS__SOURCES);
	if (f->n < 0)
		return f->n;
	f->buf = fss__alloc(FSS__MAX_PAGE);
	return f->buf == NULL ? FSS_ENOMEM : 0;
}

/* The page of @level that covers @offset: 1, 0 not here. */
static int
page_at(struct follow *f, unsigned level, uint64_t offset,
    uint64_t *ret_start, struct fss__id *ret_id, struct fss__page *ret_page)
{
	size_t len;
	int r;

	r = fss__meta_tpage_get(f->ctx->db, f->t.id, level, offset, ret_start,
	    ret_id, f->buf, &len);
	if (r <= 0)
		return r;
	if (fss__page_decode(f->buf, len, ret_page) != 0)
		return FSS_ECORRUPT;
	return offset - *ret_start < ret_page->span;
}

/* ---- what is missing --------------------------------------------------- */

/* Bits of @ids that no source has put. */
static int
missing_of(struct follow *f, const uint8_t *ids, size_t n, uint8_t *bitmap)
{
	uint8_t one[FSS__MAX_FANOUT / 8];
	size_t i, bytes = (n + 7) / 8;
	uint32_t count;
	int k, r;

	memset(bitmap, 0xff, bytes);
	for (k = 0; k < f->n; k++) {
		memset(one, 0, sizeof(one));
		r = fss__reader_missing(f->ctx->reader, f->sources[k], ids, n,
		    one, &count);
		if (r != 0)
			return r;
		for (i = 0; i < bytes; i++)
			bitmap[i] &= one[i];
	}
	return 0;
}

static int
flush_run(struct follow *f)
{
	struct fss__m_wanted_run m;
	int r;

	if (f->len == 0)
		return 0;
	if (f->runs == FSS__MAX_LIST_ROWS)
		return FSS_EAGAIN;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_wanted_run_offset | FSS__K_wanted_run_len;
	m.offset = f->from;
	m.len = f->len;
	r = f->emit(f->arg, &m);
	if (r == 0) {
		f->runs++;
		f->len = 0;
	}
	return r;
}

/* A chunk that is missing joins the run, or begins the next one. */
static int
add_missing(struct follow *f, uint64_t at, uint64_t span)
{
	int r;

	if (f->len > 0 && f->from + f->len == at) {
		f->len += span;
		return 0;
	}
	r = flush_run(f);
	if (r == 0) {
		f->from = at;
		f->len = span;
	}
	return r;
}

/* Chunks of one page from @offset on; *ret_at is behind the last looked at. */
static int
look_page(struct follow *f, const struct fss__page *page, uint64_t start,
    uint64_t offset, uint64_t *ret_at)
{
	uint8_t ids[FSS__MAX_FANOUT * FSS__ID_BYTES];
	uint8_t bitmap[FSS__MAX_FANOUT / 8];
	struct fss__id id;
	uint64_t at = start, span;
	unsigned i;
	int r;

	for (i = 0; i < page->count; i++) {
		fss__page_child(page, i, &id, &span);
		memcpy(ids + i * FSS__ID_BYTES, id.b, FSS__ID_BYTES);
	}
	r = missing_of(f, ids, page->count, bitmap);
	for (i = 0; i < page->count && r == 0; i++) {
		fss__page_child(page, i, &id, &span);
		if (at + span > offset) {
			if (f->looked == LOOK_MAX)
				r = FSS_EAGAIN;
			else if (bitmap[i / 8] & 1u << i % 8)
				r = add_missing(f, at, span);
			if (r != 0)
				break;
			f->looked++;
		}
		at += span;
	}
	*ret_at = at;
	return r;
}

static int
look_all(struct follow *f, uint64_t offset, uint64_t *ret_next)
{
	struct fss__page page;
	struct fss__id id;
	uint64_t at = offset, start;
	uint8_t bit;
	int r = 0;

	if (f->t.depth == 0) {
		r = missing_of(f, f->t.root.b, 1, &bit);
		if (r == 0 && (bit & 1) && offset < f->t.size)
			r = add_missing(f, 0, f->t.size);
		at = f->t.size;
	} else if (f->t.planned < f->t.size) {
		return FSS_ESTATE;
	}
	while (r == 0 && at < f->t.size) {
		r = page_at(f, 1, at, &start, &id, &page);
		if (r != 1)
			return r < 0 ? r : FSS_ECORRUPT;
		r = look_page(f, &page, start, at, &at);
	}
	if (r != FSS_EAGAIN && r != 0)
		return r;
	*ret_next = r == FSS_EAGAIN ? at : 0;
	r = flush_run(f);
	/* Full: the run that was not told is where to go on. */
	if (r == FSS_EAGAIN) {
		*ret_next = f->from;
		r = 0;
	}
	return r;
}

int
fss__transfer_missing(struct fss__ctx *ctx, int64_t id, uint64_t offset,
    fss__emit_fn emit, void *arg, uint64_t *ret_next)
{
	struct follow f;
	int r;

	*ret_next = 0;
	r = open_follow(ctx, id, &f);
	f.emit = emit;
	f.arg = arg;
	if (r == 0)
		r = look_all(&f, offset, ret_next);
	fss__free(f.buf);
	return fss__ctx_end(ctx, r);
}

/* ---- reading on -------------------------------------------------------- */

static int
node_of(struct follow *f, unsigned level, uint64_t offset,
    struct fss__id *ret_id, uint64_t *ret_start, uint64_t *ret_span,
    struct fss_store_loc *ret_loc)
{
	struct fss__page page;
	uint64_t child;
	unsigned i;
	int k, r;

	if (level > f->t.depth || offset >= f->t.size)
		return FSS_EINVAL;
	if (level > 0) {
		r = page_at(f, level, offset, ret_start, ret_id, &page);
		if (r == 1)
			*ret_span = page.span;
		return r == 1 ? 0 : r == 0 ? FSS_EAGAIN : r;
	}
	*ret_id = f->t.root;
	*ret_start = 0;
	*ret_span = f->t.size;
	if (f->t.depth > 0) {
		r = page_at(f, 1, offset, ret_start, ret_id, &page);
		if (r != 1)
			return r == 0 ? FSS_EAGAIN : r;
		i = fss__page_seek(&page, offset - *ret_start, &child);
		*ret_start += child;
		fss__page_child(&page, i, ret_id, ret_span);
	}
	for (k = 0; k < f->n; k++) {
		r = fss__reader_held(f->ctx->reader, f->sources[k], ret_id,
		    ret_loc);
		if (r != 0)
			return r < 0 ? r : 0;
	}
	return FSS_EAGAIN;
}

int
fss__transfer_node(struct fss__ctx *ctx, int64_t id, unsigned level,
    uint64_t offset, struct fss__id *ret_id, uint64_t *ret_start,
    uint64_t *ret_span, struct fss_store_loc *ret_loc)
{
	struct follow f;
	int r;

	r = open_follow(ctx, id, &f);
	if (r == 0)
		r = node_of(&f, level, offset, ret_id, ret_start, ret_span,
		    ret_loc);
	fss__free(f.buf);
	return fss__ctx_end(ctx, r);
}
