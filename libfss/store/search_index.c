/*
 * Keeping the index of names in step.
 *
 * The entries themselves are the truth.  Those with an id up to search_state's
 * `posted` are in blocks, 32 names each in the order of ids, and each block is
 * entered in the posting lists of all grams of its names and of the folders
 * above them.  Newer ones, at most a few thousand, are in no block: search.c
 * reads them from the table of entries.  So a new file costs nothing here and
 * is found at once, and posting, which touches a row for each gram, is done
 * for thousands together.
 *
 * Ids are never used twice (meta_entry.c), so a block never gets more names
 * than it was made with.  A name that goes or changes is changed in its block
 * at once.  Its old grams
 * stay: they only make the block be looked through in vain.  New ones are
 * entered at once, but for what lies below a folder that moved: that may be
 * any number of blocks, so the folder is noted and its tree walked step by
 * step (search_moved.c).  Until then what is below it is not found by the folders'
 * new names, nor wrongly by the old.
 *
 * With posted = 0 and the other tables empty this is also how an index is
 * made for a store that had none.
 */
#include <string.h>

#include "store/search_block.h"
#include "store/search_moved.h"
#include "store/search_poster.h"

#define TAIL		4096	/* names not in blocks, before posting */
#define BLOCK_BYTES	(FSS__BLOCK_NAMES * (FSS__SEARCH_TEXT + 30u))

/* ---- state ------------------------------------------------------------- */

struct state {
	int64_t	posted;
	int64_t	blocks;
};

static int
get_state(struct fss__db *db, struct state *ret_s)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT posted, blocks FROM search_state WHERE id = 1");
	int r;

	r = fss__step(st);
	if (r == 1) {
		ret_s->posted = fss__col_i64(st, 0);
		ret_s->blocks = fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	return r == 1 ? 0 : r == 0 ? FSS_ECORRUPT : r;
}

static int
set_state(struct fss__db *db, const struct state *s)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE search_state SET posted = ?1, blocks = ?2 WHERE id = 1");

	fss__bind_i64(st, 1, s->posted);
	fss__bind_i64(st, 2, s->blocks);
	return fss__exec(st);
}

int
fss__search_posted(struct fss__db *db, int64_t *ret_posted)
{
	struct state s;
	int r;

	r = get_state(db, &s);
	if (r == 0)
		*ret_posted = s.posted;
	return r;
}

/* ---- blocks ------------------------------------------------------------ */

static int
insert_block(struct fss__db *db, int64_t block, int64_t first,
    const struct fss__buf *b)
{
	struct fss__stmt *st = fss__db_query(db, "INSERT INTO"
	    " search_block(id, first, names) VALUES(?1, ?2, ?3)");

	if (b->err != 0)
		return b->err;
	fss__bind_i64(st, 1, block);
	fss__bind_i64(st, 2, first);
	fss__bind_blob(st, 3, b->data, b->len);
	return fss__exec(st);
}

static struct fss__stmt *
newer(struct fss__db *db, int64_t posted, int limit)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, parent, name FROM entry WHERE id > ?1"
	    " ORDER BY id LIMIT ?2");

	fss__bind_i64(st, 1, posted);
	fss__bind_i64(st, 2, limit);
	return st;
}

/* Ends the block begun, if it has a name. */
static int
end_block(struct fss__poster *p, struct fss__db *db, struct state *s, int64_t first,
    struct fss__buf *b)
{
	int r;

	if (b->len == 0 && b->err == 0)
		return 0;
	if (s->blocks > UINT32_MAX)
		return FSS_ETOOBIG;
	r = insert_block(db, s->blocks, first, b);
	if (r == 0)
		r = fss__poster_block(p, (uint32_t)s->blocks);
	s->blocks++;
	fss__buf_reset(b);
	return r;
}

/* The entry in @st's row into the block begun. */
static int
put_entry(struct fss__poster *p, struct fss__stmt *st, int64_t *first,
    unsigned *count, struct fss__buf *b)
{
	struct fss__search_name name;
	struct fss__block_name n;
	int r;

	n.entry = fss__col_i64(st, 0);
	n.parent = fss__col_i64(st, 1);
	if (n.parent <= 0)
		return 0;	/* a root, or removed */
	r = fss__search_encode(fss__col_text(st, 2), &name);
	if (r != 0)
		return r;
	if (*count == 0)
		*first = n.entry;
	n.text.p = name.text;
	n.text.n = name.len;
	fss__block_put(b, *first, &n);
	*count += 1;
	r = fss__poster_name(p, &name);
	return r != 0 ? r : fss__poster_folders(p, n.parent);
}

/* Posts up to @limit entries: how many there were. */
static int
post(struct fss__poster *p, struct fss__db *db, struct state *s, int limit)
{
	struct fss__stmt *st;
	struct fss__buf b;
	int64_t first = 0;
	unsigned count = 0;
	int r, n = 0;

	fss__buf_init(&b, BLOCK_BYTES);
	st = newer(db, s->posted, limit);
	while ((r = fss__step(st)) == 1) {
		r = put_entry(p, st, &first, &count, &b);
		if (r != 0)
			break;
		s->posted = fss__col_i64(st, 0);
		n++;
		if (count < FSS__BLOCK_NAMES)
			continue;
		r = end_block(p, db, s, first, &b);
		if (r != 0)
			break;
		count = 0;
	}
	fss__stmt_reset(st);
	if (r == 0)
		r = end_block(p, db, s, first, &b);
	fss__buf_release(&b);
	if (r == 0)
		r = fss__poster_flush(p);
	return r != 0 ? r : n;
}

int
fss__search_post(struct fss__db *db, int least, int limit)
{
	struct fss__poster *p = NULL;
	struct state s;
	int64_t newest;
	int r, n = 0;

	r = get_state(db, &s);
	if (r == 0)
		r = fss__step_i64(fss__db_query(db,
		    "SELECT ifnull(max(id), 0) FROM entry"), &newest);
	if (r < 0 || newest - s.posted < least)
		return r < 0 ? r : 0;
	r = fss__poster_new(db, &p);
	if (r == 0)
		r = n = post(p, db, &s, limit);
	if (r > 0)
		r = set_state(db, &s);
	fss__poster_free(p);
	return r != 0 ? r : n;
}

/* ---- changes of what is posted ----------------------------------------- */

/* The block that entry @id belongs to: 1 and its names in @ret_b, or 0. */
static int
find_block(struct fss__db *db, int64_t id, int64_t *ret_block,
    int64_t *ret_first, struct fss__buf *ret_b)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, first, names FROM search_block WHERE first <= ?1"
	    " ORDER BY first DESC LIMIT 1");
	struct fss__slice bytes;
	int r;

	fss__bind_i64(st, 1, id);
	r = fss__step(st);
	if (r == 1) {
		*ret_block = fss__col_i64(st, 0);
		*ret_first = fss__col_i64(st, 1);
		bytes = fss__col_blob(st, 2);
		(void)fss__buf_append(ret_b, bytes.p, bytes.n);
	}
	fss__stmt_reset(st);
	return r == 1 && ret_b->err != 0 ? ret_b->err : r;
}

static int
update_block(struct fss__db *db, int64_t block, const struct fss__buf *b)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE search_block SET names = ?2 WHERE id = ?1");

	if (b->err != 0)
		return b->err;
	fss__bind_i64(st, 1, block);
	fss__bind_blob(st, 2, b->data != NULL ? b->data :
	    (const uint8_t *)"", b->len);
	return fss__exec(st);
}

/* The block's names with @id taken out and, where @n is one, put in anew. */
static int
rewrite(const struct fss__block *old, int64_t first,
    const struct fss__block_name *n, int64_t id, struct fss__buf *b)
{
	bool put = n == NULL;
	unsigned i, count = 0;

	for (i = 0; i < old->count; i++) {
		if (!put && old->name[i].entry >= id) {
			fss__block_put(b, first, n);
			count++;
			put = true;
		}
		if (old->name[i].entry == id)
			continue;
		fss__block_put(b, first, &old->name[i]);
		count++;
	}
	if (!put) {
		fss__block_put(b, first, n);
		count++;
	}
	return count > FSS__BLOCK_NAMES ? FSS_ECORRUPT : b->err;
}

/* @n: what the entry is to be in its block, NULL: nothing. */
static int
change_block(struct fss__db *db, int64_t id, const struct fss__block_name *n,
    int64_t *ret_block)
{
	struct fss__block block;
	struct fss__buf old, b;
	struct fss__slice s;
	int64_t first = 0;
	int r;

	fss__buf_init(&old, BLOCK_BYTES);
	fss__buf_init(&b, BLOCK_BYTES + FSS__SEARCH_TEXT);
	*ret_block = 0;
	r = find_block(db, id, ret_block, &first, &old);
	if (r == 1) {
		s.p = old.data;
		s.n = old.len;
		r = fss__block_read(s, first, &block);
		if (r == 0)
			r = rewrite(&block, first, n, id, &b);
		if (r == 0)
			r = update_block(db, *ret_block, &b);
		r = r == 0 ? 1 : r;
	}
	fss__buf_release(&old);
	fss__buf_release(&b);
	return r;
}

static int
post_name(struct fss__db *db, const struct fss__search_name *name,
    int64_t parent, uint32_t block)
{
	struct fss__poster *p = NULL;
	int r;

	r = fss__poster_new(db, &p);
	if (r == 0)
		r = fss__poster_name(p, name);
	if (r == 0)
		r = fss__poster_folders(p, parent);
	if (r == 0)
		r = fss__poster_block(p, block);
	if (r == 0)
		r = fss__poster_flush(p);
	fss__poster_free(p);
	return r;
}

int
fss__search_set(struct fss__db *db, int64_t entry, int64_t parent,
    struct fss__slice text)
{
	struct fss__search_name name;
	struct fss__block_name n;
	int64_t posted = 0, block;
	int r;

	r = fss__search_posted(db, &posted);
	if (r != 0 || entry > posted)
		return r;
	r = fss__search_encode(text, &name);
	if (r != 0)
		return r;
	n.entry = entry;
	n.parent = parent;
	n.text.p = name.text;
	n.text.n = name.len;
	r = change_block(db, entry, &n, &block);
	return r <= 0 ? r : post_name(db, &name, parent, (uint32_t)block);
}

int
fss__search_remove(struct fss__db *db, int64_t entry)
{
	int64_t posted = 0, block;
	int r;

	r = fss__search_posted(db, &posted);
	if (r != 0 || entry > posted)
		return r;
	r = change_block(db, entry, NULL, &block);
	return r < 0 ? r : 0;
}

int
fss__search_settle(struct fss__db *db, int limit)
{
	int r, n;

	n = fss__search_post(db, TAIL, limit);
	if (n < 0 || n >= limit)
		return n;
	r = fss__search_moved_step(db);
	return r < 0 ? r : n + r;
}
