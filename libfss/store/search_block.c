/*
 * Names to and from the bytes of a block.
 *
 * Each name is its entry less the block's first, the folder, the length of
 * the text, all in groups of seven bits, lowest first, and the text.  Blocks
 * are found by the first entry of each.
 */
#include "store/search_block.h"

#include <string.h>

#include "base/error.h"

static void
put_number(struct fss__buf *b, uint64_t v)
{
	uint8_t tmp[10];
	size_t n = 0;

	for (; v >= 0x80; v >>= 7)
		tmp[n++] = (uint8_t)(v | 0x80);
	tmp[n++] = (uint8_t)v;
	(void)fss__buf_append(b, tmp, n);
}

void
fss__block_put(struct fss__buf *b, int64_t first,
    const struct fss__block_name *n)
{
	put_number(b, (uint64_t)(n->entry - first));
	put_number(b, (uint64_t)n->parent);
	put_number(b, n->text.n);
	(void)fss__buf_append(b, n->text.p, n->text.n);
}

/* Takes a number below 2^63 off the front of @s. */
static bool
take_number(struct fss__slice *s, int64_t *ret)
{
	const uint8_t *p = s->p;
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < s->n && i < 9; i++) {
		v |= (uint64_t)(p[i] & 0x7f) << (7 * i);
		if (p[i] < 0x80) {
			s->p = p + i + 1;
			s->n -= i + 1;
			*ret = (int64_t)v;
			return true;
		}
	}
	return false;
}

int
fss__block_read(struct fss__slice bytes, int64_t first,
    struct fss__block *ret_b)
{
	struct fss__block_name *n;
	int64_t delta, len;

	ret_b->count = 0;
	while (bytes.n > 0) {
		if (ret_b->count == FSS__BLOCK_NAMES)
			return FSS_ECORRUPT;
		n = &ret_b->name[ret_b->count];
		if (!take_number(&bytes, &delta) ||
		    !take_number(&bytes, &n->parent) ||
		    !take_number(&bytes, &len) || delta > INT64_MAX - first ||
		    (uint64_t)len > bytes.n || len < 2 ||
		    len > FSS__SEARCH_TEXT)
			return FSS_ECORRUPT;
		n->entry = first + delta;
		n->text.p = bytes.p;
		n->text.n = (size_t)len;
		bytes.p = (const uint8_t *)bytes.p + len;
		bytes.n -= (size_t)len;
		ret_b->count++;
	}
	return 0;
}

int
fss__block_of(struct fss__db *db, int64_t entry, int64_t *ret_block)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id FROM search_block WHERE first <= ?1"
	    " ORDER BY first DESC LIMIT 1");

	fss__bind_i64(st, 1, entry);
	return fss__step_i64(st, ret_block);
}
