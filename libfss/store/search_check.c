/*
 * Comparing the index of names with the entries.
 *
 * Block by block: each name is that of an entry, in the folder and the form it
 * is in now, blocks ascend, and the posting lists have every gram.  Then the
 * names are counted against the entries.  Of folders that moved lately the
 * grams may be missing below, so they are asked for only when none waits.
 */
#include "store/search_check.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/search_block.h"
#include "store/search_poster.h"

struct check {
	struct fss__db		*db;
	struct fss__poster	*poster;
	bool			 moved;	/* folders wait to be done */
	int64_t			 last;	/* entry met last */
	int64_t			 names;
	fss__check_fn		 fn;
	void			*ctx;
};

static void
tell(struct check *k, int64_t block, const char *what)
{
	char line[128];

	(void)snprintf(
	    line, sizeof(line), "search: block %" PRId64 " %s", block, what);
	k->fn(k->ctx, line);
}

/* 1 if the name is as its entry has it, 0 if not. */
static int
check_name(struct check *k, const struct fss__block_name *n)
{
	struct fss__search_name name;
	struct fss__meta_node e;
	struct fss__slice s;
	int r;

	k->names++;
	if (n->entry <= k->last)
		return 0;
	k->last = n->entry;
	r = fss__meta_node_get(k->db, n->entry, &e);
	if (r != 1 || e.parent != n->parent)
		return r < 0 ? r : 0;
	s.p = e.name;
	s.n = e.name_len;
	r = fss__search_encode(s, &name);
	if (r != 0)
		return r;
	s.p = name.text;
	s.n = name.len;
	if (!fss__slice_eq(s, n->text))
		return 0;
	r = fss__poster_name(k->poster, &name);
	if (r == 0 && !k->moved)
		r = fss__poster_folders(k->poster, n->parent);
	return r == 0 ? 1 : r;
}

static int
check_block(struct check *k, struct fss__stmt *st)
{
	int64_t block = fss__col_i64(st, 0);
	uint64_t missing = 0;
	struct fss__block b;
	unsigned i;
	int r;

	r = fss__block_read(fss__col_blob(st, 2), fss__col_i64(st, 1), &b);
	if (r != 0) {
		tell(k, block, "cannot be read");
		return 0;
	}
	for (i = 0; i < b.count; i++) {
		r = check_name(k, &b.name[i]);
		if (r < 0)
			return r;
		if (r == 0)
			tell(k, block, "has a name that is no entry's");
	}
	r = fss__poster_missing(k->poster, (uint32_t)block, &missing);
	if (r == 0 && missing > 0)
		tell(k, block, "is missing from posting lists");
	return r;
}

static int
check_count(struct check *k)
{
	int64_t want = 0;
	int r;

	r = fss__step_i64(
	    fss__db_query(k->db,
		"SELECT count(*) FROM entry"
		" WHERE parent > 0 AND id <="
		" (SELECT posted FROM search_state WHERE id = 1)"),
	    &want);
	if (r == 1 && want != k->names)
		k->fn(k->ctx,
		    "search: the index has not as many names as"
		    " there are entries");
	return r < 0 ? r : 0;
}

int
fss__search_check(struct fss__db *db, fss__check_fn fn, void *ctx)
{
	struct check k = { db, NULL, false, 0, 0, fn, ctx };
	struct fss__stmt *st;
	int64_t waiting = 0;
	int r;

	r = fss__step_i64(
	    fss__db_query(db, "SELECT count(*) FROM search_moved"), &waiting);
	if (r < 0)
		return r;
	k.moved = waiting > 0;
	r = fss__poster_new(db, &k.poster);
	if (r == 0) {
		st = fss__db_query(db,
		    "SELECT id, first, names FROM search_block ORDER BY id");
		while ((r = fss__step(st)) == 1) {
			r = check_block(&k, st);
			if (r != 0)
				break;
		}
		fss__stmt_reset(st);
	}
	if (r == 0)
		r = check_count(&k);
	fss__poster_free(k.poster);
	return r;
}
