/*
 * What lies below folders that moved or got another name: its blocks are
 * entered for the folders' grams, folder by folder, in bounded steps.
 *
 * A folder waits in search_moved with the child that was done last; those of
 * its children that are folders are put there too.  A crash between two steps
 * loses nothing, and doing something twice does no harm.
 */
#include "store/search_moved.h"

#include <fss/types.h>

#include "store/search_block.h"
#include "store/search_poster.h"

#define MOVED_ROWS 256 /* children looked at in one step */

int
fss__search_moved(struct fss__db *db, int64_t folder)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO search_moved(folder) VALUES(?1)"
	    " ON CONFLICT(folder) DO UPDATE SET after = ''");

	fss__bind_i64(st, 1, folder);
	return fss__exec(st);
}

static int
next_moved(struct fss__db *db, int64_t *ret_folder, char *after)
{
	struct fss__stmt *st = fss__db_query(
	    db, "SELECT folder, after FROM search_moved LIMIT 1");
	int r;

	r = fss__step(st);
	if (r == 1) {
		*ret_folder = fss__col_i64(st, 0);
		r = fss__slice_copy(
		    fss__col_text(st, 1), after, FSS_LIMIT_NAME + 1);
		r = r == 0 ? 1 : FSS_ECORRUPT;
	}
	fss__stmt_reset(st);
	return r;
}

static int
end_moved(struct fss__db *db, int64_t folder, const char *after)
{
	struct fss__stmt *st;

	if (after == NULL) {
		st = fss__db_query(
		    db, "DELETE FROM search_moved WHERE folder = ?1");
		fss__bind_i64(st, 1, folder);
		return fss__exec(st);
	}
	st = fss__db_query(
	    db, "UPDATE search_moved SET after = ?2 WHERE folder = ?1");
	fss__bind_i64(st, 1, folder);
	fss__bind_text(st, 2, fss__slice_str(after));
	return fss__exec(st);
}

/* Enters the block of @id for all folders above, unless it was the last. */
static int
repost(struct fss__poster *p, struct fss__db *db, int64_t id, int64_t folder,
    int64_t *last)
{
	int64_t block = 0;
	int r;

	r = fss__block_of(db, id, &block);
	if (r <= 0 || block == *last)
		return r < 0 ? r : 0;
	*last = block;
	r = fss__poster_folders(p, folder);
	return r != 0 ? r : fss__poster_block(p, (uint32_t)block);
}

/* Children of @folder after @after: how many were looked at. */
static int
walk_moved(struct fss__poster *p, struct fss__db *db, int64_t posted,
    int64_t folder, char *after)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, kind, name FROM entry WHERE parent = ?1 AND name > ?2"
	    " ORDER BY name LIMIT ?3");
	int64_t last = -1, id;
	int r, n = 0;

	fss__bind_i64(st, 1, folder);
	fss__bind_text(st, 2, fss__slice_str(after));
	fss__bind_i64(st, 3, MOVED_ROWS);
	while ((r = fss__step(st)) == 1) {
		n++;
		id = fss__col_i64(st, 0);
		r = fss__slice_copy(
		    fss__col_text(st, 2), after, FSS_LIMIT_NAME + 1);
		if (r == 0 && fss__col_i64(st, 1) == FSS_KIND_DIR)
			r = fss__search_moved(db, id);
		if (r == 0 && id <= posted)
			r = repost(p, db, id, folder, &last);
		if (r != 0)
			break;
	}
	fss__stmt_reset(st);
	return r != 0 ? r : n;
}

int
fss__search_moved_step(struct fss__db *db)
{
	char after[FSS_LIMIT_NAME + 1];
	struct fss__poster *p = NULL;
	int64_t folder = 0, posted = 0;
	int r, n = 0;

	r = next_moved(db, &folder, after);
	if (r <= 0)
		return r;
	r = fss__search_posted(db, &posted);
	if (r == 0)
		r = fss__poster_new(db, &p);
	if (r == 0)
		r = n = walk_moved(p, db, posted, folder, after);
	if (r >= 0)
		r = fss__poster_flush(p);
	fss__poster_free(p);
	if (r == 0)
		r = end_moved(db, folder, n < MOVED_ROWS ? NULL : after);
	return r != 0 ? r : n + 1;
}
