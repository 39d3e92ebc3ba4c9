/*
 * Names to and from the bytes of a block.
 *
 * Each name is its entry less the block's first, the folder, the length of
 * the text, all in groups of seven bits, lowest first, and the text.  Behind
 * the tags the owner of all names is one such number, or else there is one for
 * each.  Blocks are found by the first entry of each.
 */
#include "store/search_block.h"

#include <string.h>

#include "base/error.h"
#include "base/num.h"
#include "store/kept.h"

#define KEPT_HEAD	12	/* first entry, bytes of names */
#define STEPS		2	/* rows passed over rather than one looked up */

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

void
fss__block_put_owners(struct fss__buf *tags, const int64_t *owner, unsigned n)
{
	unsigned i;

	for (i = 1; i < n && owner[i] == owner[0]; i++)
		;
	if (i >= n)	/* as mostly */
		n = n > 0;
	for (i = 0; i < n; i++)
		put_number(tags, (uint64_t)owner[i]);
}

/* Takes a number below 2^63 from *@at on. */
static bool
take_number(const uint8_t **at, const uint8_t *end, int64_t *ret)
{
	const uint8_t *p = *at;
	unsigned shift;
	uint64_t v = 0;

	for (shift = 0; shift < 63 && p < end; shift += 7) {
		v |= (uint64_t)(*p & 0x7f) << shift;
		if (*p++ < 0x80) {
			*at = p;
			*ret = (int64_t)v;
			return true;
		}
	}
	return false;
}

/* Owners from @p on, of all names or of each; none: they are not known. */
static bool
read_owners(const uint8_t *p, const uint8_t *end, struct fss__block *b)
{
	int64_t owner = 0;
	unsigned i;
	bool one;

	if (p < end && !take_number(&p, end, &owner))
		return false;
	one = p == end;
	b->owner = one ? owner : 0;
	for (i = 0; i < b->count; i++) {
		if (i > 0 && !one && !take_number(&p, end, &owner))
			return false;
		b->name[i].owner = owner;
	}
	return p == end;
}

static int
read_tags(struct fss__slice tags, struct fss__block *b)
{
	static const uint8_t none[1];
	const uint8_t *p = tags.p;
	size_t own = b->count * (size_t)FSS__TAG_BYTES;

	if (tags.n == 0)
		return read_owners(none, none, b) ? 0 : FSS_ECORRUPT;
	if (tags.n < own)
		return FSS_ECORRUPT;
	return read_owners(p + own, p + tags.n, b) ? 0 : FSS_ECORRUPT;
}

int
fss__block_read(struct fss__slice names, struct fss__slice tags,
    int64_t first, struct fss__block *ret_b)
{
	const uint8_t *p = names.p, *end;
	struct fss__block_name *n;
	int64_t delta, len;

	ret_b->count = 0;
	ret_b->owner = 0;
	ret_b->tags = NULL;
	if (names.n == 0)
		return tags.n == 0 ? 0 : FSS_ECORRUPT;
	end = p + names.n;
	while (p < end) {
		if (ret_b->count == FSS__BLOCK_NAMES)
			return FSS_ECORRUPT;
		n = &ret_b->name[ret_b->count];
		if (!take_number(&p, end, &delta) ||
		    !take_number(&p, end, &n->parent) ||
		    !take_number(&p, end, &len) ||
		    delta > INT64_MAX - first || len > end - p || len < 2 ||
		    len > FSS__SEARCH_TEXT)
			return FSS_ECORRUPT;
		n->entry = first + delta;
		n->text.p = p;
		n->text.n = (size_t)len;
		p += len;
		ret_b->count++;
	}
	if (tags.n != 0)
		ret_b->tags = tags.p;
	return read_tags(tags, ret_b);
}

void
fss__block_tag(const struct fss__block *b, unsigned i,
    struct fss__search_tag *ret_t)
{
	fss__tag_get(b->tags + (size_t)i * FSS__TAG_BYTES, ret_t);
}

void
fss__block_end(struct fss__block_from *from)
{
	if (from->st != NULL)
		fss__stmt_reset(from->st);
	from->st = NULL;
}

int
fss__block_changed(struct fss__db *db, int64_t block)
{
	return fss__kept_changed(db, FSS__KEPT_BLOCK, block);
}

static void
keep(struct fss__db *db, int64_t block, int64_t first, struct fss__slice names,
    struct fss__slice tags)
{
	uint8_t b[FSS__BLOCK_KEPT];
	size_t n = KEPT_HEAD + names.n + tags.n;

	if (n > sizeof(b))
		return;
	fss__put_le64(b, (uint64_t)first);
	fss__put_le32(b + 8, (uint32_t)names.n);
	if (names.n > 0)
		memcpy(b + KEPT_HEAD, names.p, names.n);
	if (tags.n > 0)
		memcpy(b + KEPT_HEAD + names.n, tags.p, tags.n);
	fss__kept_put(db, FSS__KEPT_BLOCK, block, b, n);
}

/* 1; 0 it is not kept. */
static int
load_kept(struct fss__db *db, int64_t block, uint8_t *b, int64_t *ret_first,
    struct fss__block *ret_b)
{
	struct fss__slice names, tags;
	size_t n;
	int r;

	r = fss__kept_get(db, FSS__KEPT_BLOCK, block, b, FSS__BLOCK_KEPT, &n);
	if (r != 1)
		return r;
	*ret_first = (int64_t)fss__get_le64(b);
	names.p = b + KEPT_HEAD;
	names.n = fss__get_le32(b + 8);
	tags.p = b + KEPT_HEAD + names.n;
	tags.n = n - KEPT_HEAD - names.n;
	r = fss__block_read(names, tags, *ret_first, ret_b);
	return r == 0 ? 1 : r;
}

/* One row further down: 1, 0 at the end. */
static int
next_row(struct fss__block_from *from)
{
	int r = fss__step(from->st);

	if (r == 1)
		from->at = fss__col_i64(from->st, 0);
	else
		from->st = NULL;	/* reset by that */
	return r;
}

/*
 * To the row of @block: 0, or FSS_E... .  Blocks with the same words often lie
 * side by side, several in a page of the database, and a step costs a fraction
 * of a look-up.
 */
static int
go_to(struct fss__db *db, int64_t block, struct fss__block_from *from)
{
	int r = 1;

	if (from->st != NULL &&
	    (block > from->at || from->at - block > STEPS))
		fss__block_end(from);
	if (from->st == NULL) {
		from->st = fss__db_query(db,
		    "SELECT id, first, names, tags FROM search_block"
		    " WHERE id <= ?1 ORDER BY id DESC");
		fss__bind_i64(from->st, 1, block);
		r = next_row(from);
	}
	while (r == 1 && from->at > block)
		r = next_row(from);
	if (r < 0)
		return r;
	return r == 1 && from->at == block ? 0 : FSS_ECORRUPT;
}

int
fss__block_load(struct fss__db *db, int64_t block,
    struct fss__block_from *from, int64_t *ret_first, struct fss__block *ret_b)
{
	struct fss__slice names, tags;
	int r;

	r = load_kept(db, block, from->kept, ret_first, ret_b);
	if (r != 0)
		return r < 0 ? r : 0;
	r = go_to(db, block, from);
	if (r == 0) {
		*ret_first = fss__col_i64(from->st, 1);
		names = fss__col_blob(from->st, 2);
		tags = fss__col_blob(from->st, 3);
		r = fss__block_read(names, tags, *ret_first, ret_b);
	}
	if (r != 0)
		fss__block_end(from);
	else if (!from->once)
		keep(db, block, *ret_first, names, tags);
	return r;
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
