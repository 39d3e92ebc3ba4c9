/*
 * Posting lists in rows of the database.
 *
 * A row's number is run, kind and text of the gram, so that what one batch of
 * new blocks touches lies together.  Its value is the gaps between blocks, in
 * groups of seven bits, or, where that would be no shorter, a bit for each
 * block; the length tells which.
 */
#include "store/search_post.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/num.h"
#include "store/kept.h"

#define BITMAP (FSS__POST_BLOCKS / 8)

int
fss__blocks_take(struct fss__blocks *b, unsigned *ret_at)
{
	unsigned i = FSS__POST_WORDS, bit;

	while (i-- > 0) {
		if (b->word[i] == 0)
			continue;
		bit = 63 - (unsigned)__builtin_clzll(b->word[i]);
		b->word[i] &= ~(UINT64_C(1) << bit);
		*ret_at = i * 64 + bit;
		return 1;
	}
	return 0;
}

static int
decode(struct fss__slice s, struct fss__blocks *b)
{
	const uint8_t *p = s.p, *end = p + s.n;
	uint32_t at = 0, gap;
	size_t i;

	if (s.n == BITMAP) {
		for (i = 0; i < FSS__POST_WORDS; i++)
			b->word[i] = fss__get_le64(p + i * 8);
		return 0;
	}
	memset(b, 0, sizeof(*b));
	while (p < end) {
		gap = *p & 0x7f;
		if (*p++ & 0x80) {
			if (p == end)
				return FSS_ECORRUPT;
			gap |= (uint32_t)*p++ << 7;
		}
		at += gap;
		if (at >= FSS__POST_BLOCKS)
			return FSS_ECORRUPT;
		b->word[at / 64] |= UINT64_C(1) << (at % 64);
	}
	return 0;
}

static size_t
encode(const struct fss__blocks *b, uint8_t out[BITMAP])
{
	uint32_t at = 0, gap, last = 0;
	uint64_t w;
	size_t i, n = 0;

	for (i = 0; i < FSS__POST_WORDS; i++) {
		for (w = b->word[i]; w != 0; w &= w - 1) {
			at = (uint32_t)(i * 64) + (uint32_t)__builtin_ctzll(w);
			gap = at - last;
			last = at;
			if (n + 2 >= BITMAP)
				goto full;
			if (gap >= 0x80)
				out[n++] = (uint8_t)(gap | 0x80);
			out[n++] = (uint8_t)(gap >= 0x80 ? gap >> 7 : gap);
		}
	}
	return n;
full:
	for (i = 0; i < FSS__POST_WORDS; i++)
		fss__put_le64(out + i * 8, b->word[i]);
	return BITMAP;
}

static int64_t
row_of(uint32_t run, uint32_t gram)
{
	return (int64_t)((uint64_t)run << FSS__GRAM_BITS | gram);
}

/* 1, 0 there is none, FSS_E..., and whether it was one that is damaged. */
static int
get(struct fss__db *db, uint32_t run, uint32_t gram, struct fss__blocks *ret_b,
    bool *ret_damaged)
{
	struct fss__stmt *st = fss__db_query(
	    db, "SELECT blocks FROM search_gram WHERE id = ?1");
	struct fss__slice s = { "", 0 };
	int r;

	*ret_damaged = false;
	fss__bind_i64(st, 1, row_of(run, gram));
	r = fss__step(st);
	if (r == 1) {
		s = fss__col_blob(st, 0);
		r = decode(s, ret_b);
		*ret_damaged = r != 0;
		r = r == 0 ? 1 : r;
	}
	/* Also that there is none; an empty list is never written. */
	if (r >= 0)
		fss__kept_put(db, FSS__KEPT_GRAM, row_of(run, gram), s.p,
		    s.n);
	fss__stmt_reset(st);
	return r;
}

int
fss__post_get(struct fss__db *db, uint32_t run, uint32_t gram,
    struct fss__blocks *ret_b)
{
	uint8_t bytes[BITMAP];
	struct fss__slice s = { bytes, 0 };
	bool damaged;
	int r;

	r = fss__kept_get(db, FSS__KEPT_GRAM, row_of(run, gram), bytes,
	    sizeof(bytes), &s.n);
	if (r < 0)
		return r;
	if (r == 0)
		return get(db, run, gram, ret_b, &damaged);
	if (s.n == 0)
		return 0;
	r = decode(s, ret_b);
	return r == 0 ? 1 : r;
}

int
fss__post_each(struct fss__db *db, uint32_t run, uint32_t first,
    uint32_t last,
    int (*fn)(void *arg, uint32_t gram, const struct fss__blocks *b),
    void *arg)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, blocks FROM search_gram WHERE id BETWEEN ?1 AND ?2");
	struct fss__blocks b;
	int r;

	fss__bind_i64(st, 1, row_of(run, first));
	fss__bind_i64(st, 2, row_of(run, last));
	while ((r = fss__step(st)) == 1) {
		r = decode(fss__col_blob(st, 1), &b);
		if (r == 0)
			r = fn(arg, (uint32_t)(fss__col_i64(st, 0) -
			    row_of(run, 0)), &b);
		if (r != 0)
			break;
	}
	fss__stmt_reset(st);
	return r;
}

static int
set_row(struct fss__db *db, int64_t row, const struct fss__blocks *b)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO search_gram(id, blocks) VALUES(?1, ?2)"
	    " ON CONFLICT(id) DO UPDATE SET blocks = excluded.blocks");
	uint8_t bytes[BITMAP];

	fss__bind_i64(st, 1, row);
	fss__bind_blob(st, 2, bytes, encode(b, bytes));
	return fss__exec(st);
}

/* By run, then gram, as the rows lie. */
static int
by_row(const void *a, const void *b)
{
	const struct fss__posting *x = a, *y = b;
	uint32_t rx = x->block / FSS__POST_BLOCKS;
	uint32_t ry = y->block / FSS__POST_BLOCKS;

	if (rx != ry)
		return rx < ry ? -1 : 1;
	if (x->gram != y->gram)
		return x->gram < y->gram ? -1 : 1;
	return x->block < y->block ? -1 : x->block > y->block;
}

int
fss__post_put(struct fss__db *db, struct fss__posting *p, size_t n)
{
	struct fss__blocks b;
	uint32_t run, gram, at;
	bool damaged;
	size_t i, j;
	int r;

	qsort(p, n, sizeof(*p), by_row);
	for (i = 0; i < n; i = j) {
		run = p[i].block / FSS__POST_BLOCKS;
		if (i == 0 || run != p[i - 1].block / FSS__POST_BLOCKS) {
			r = fss__kept_changed(db, FSS__KEPT_GRAM,
			    row_of(run, 0));
			if (r != 0)
				return r;
		}
		gram = p[i].gram;
		r = get(db, run, gram, &b, &damaged);
		if (r < 0 && !damaged)
			return r;
		/* All blocks may be what is lost: they are looked through. */
		if (r != 1)
			memset(&b, damaged ? 0xff : 0, sizeof(b));
		for (j = i; j < n && p[j].gram == gram &&
		     p[j].block / FSS__POST_BLOCKS == run;
		     j++) {
			at = p[j].block % FSS__POST_BLOCKS;
			b.word[at / 64] |= UINT64_C(1) << (at % 64);
		}
		r = set_row(db, row_of(run, gram), &b);
		if (r != 0)
			return r;
	}
	return 0;
}
