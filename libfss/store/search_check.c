/*
 * Comparing the index of names with the entries.
 *
 * Block by block: each name is that of an entry, in the folder and the form it
 * is in now, with its tag, blocks ascend, and the posting lists have every gram.  Then the
 * names are counted against the entries.  Of folders that moved lately the
 * grams may be missing below, so they are asked for only when none waits.
 */
#include "store/search_check.h"

#include <inttypes.h>
#include <stdio.h>

#include "store/search_block.h"
#include "store/search_poster.h"
#include "store/search_state.h"

struct check {
	struct fss__db		*db;
	struct fss__poster	*poster;
	bool			 moved;	/* folders wait to be done */
	int64_t			 plain;	/* blocks below have no tags */
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

/* What is wrong with name @i of @b, if anything is: 0 or FSS_E... . */
static int
check_name(struct check *k, const struct fss__block *b, unsigned i,
    const char **ret_what)
{
	const struct fss__block_name *n = &b->name[i];
	struct fss__search_tag t, want;
	struct fss__search_name name;
	struct fss__meta_row row;
	struct fss__slice s;
	int r;

	*ret_what = "has a name that is no entry's";
	k->names++;
	if (n->entry <= k->last)
		return 0;
	k->last = n->entry;
	r = fss__meta_row_get(k->db, n->entry, &row);
	if (r != 1 || row.e.parent != n->parent)
		return r < 0 ? r : 0;
	s.p = row.e.name;
	s.n = row.e.name_len;
	r = fss__search_encode(s, &name);
	if (r != 0)
		return r;
	s.p = name.text;
	s.n = name.len;
	if (!fss__slice_eq(s, n->text))
		return 0;
	*ret_what = NULL;
	r = fss__poster_name(k->poster, &name);
	if (r == 0 && b->tags != NULL) {
		fss__block_tag(b, i, &t);
		fss__tag_of(&row, &want);
		if (!fss__tag_eq(&t, &want) || n->owner != row.e.owner)
			*ret_what = "has a tag that is not its entry's";
		r = fss__poster_tag(k->poster, &name, &row);
	}
	if (r == 0 && !k->moved)
		r = fss__poster_folders(k->poster, n->parent);
	return r;
}

static int
check_block(struct check *k, struct fss__stmt *st)
{
	int64_t block = fss__col_i64(st, 0);
	uint64_t missing = 0;
	struct fss__block b;
	const char *what;
	unsigned i;
	int r;

	r = fss__block_read(fss__col_blob(st, 2), fss__col_blob(st, 3),
	    fss__col_i64(st, 1), &b);
	if (r != 0) {
		tell(k, block, "cannot be read");
		return 0;
	}
	if (block < k->plain)
		b.tags = NULL;	/* there may be some of an older kind */
	else if (b.count > 0 && b.tags == NULL)
		tell(k, block, "has no tags");
	for (i = 0; i < b.count; i++) {
		r = check_name(k, &b, i, &what);
		if (r < 0)
			return r;
		if (what != NULL)
			tell(k, block, what);
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

static int
check_folders(struct check *k)
{
	int64_t wrong = 0;
	int r;

	r = fss__step_count(fss__db_query(k->db,
	    "SELECT count(*) FROM search_folder f LEFT JOIN entry e"
	    " ON e.id = f.id WHERE e.id IS NULL OR e.kind <> 1 OR"
	    " e.parent <> f.parent OR e.owner <> f.owner OR"
	    " e.access <> f.access OR e.granted <> f.granted OR"
	    " e.name <> f.name"), &wrong);
	if (r == 0 && wrong != 0)
		k->fn(k->ctx, "search: a folder is not as its entry is");
	return r;
}

int
fss__search_check(struct fss__db *db, fss__check_fn fn, void *ctx)
{
	struct check k = { db, NULL, false, 0, 0, 0, fn, ctx };
	struct fss__search_state state;
	struct fss__stmt *st;
	int64_t waiting = 0;
	int r;

	r = fss__step_i64(
	    fss__db_query(db, "SELECT count(*) FROM search_moved"), &waiting);
	if (r < 0)
		return r;
	k.moved = waiting > 0;
	r = fss__search_state_get(db, &state);
	if (r != 0)
		return r;
	k.plain = state.plain;
	r = fss__poster_new(db, &k.poster);
	if (r == 0) {
		st = fss__db_query(db,
		    "SELECT id, first, names, tags FROM search_block"
		    " ORDER BY id");
		while ((r = fss__step(st)) == 1) {
			r = check_block(&k, st);
			if (r != 0)
				break;
		}
		fss__stmt_reset(st);
	}
	if (r == 0)
		r = check_count(&k);
	if (r == 0)
		r = check_folders(&k);
	fss__poster_free(k.poster);
	return r;
}
