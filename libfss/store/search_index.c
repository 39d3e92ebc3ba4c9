/*
 * Keeping the search index in step.
 *
 * The index is contentless: names stand in the entry rows alone, and whoever
 * changes a name must say which one to take out.
 *
 * Changes are noted in a table first and put into the index many at a time.
 * SQLite's full-text module writes out what it has gathered at every
 * savepoint, and each item of a batch has one; indexed on the spot, each name
 * would become a segment of the index to be merged later.  The notes are part
 * of the transaction, so whatever becomes of it, notes, names and index agree.
 *
 * A name noted but not yet indexed is not found; one that is still indexed
 * but changed or gone is looked at again by search.c and passed over.
 */
#include <string.h>

#include "base/path.h"
#include "store/search.h"

static int
note(struct fss__db *db, int64_t entry, int column, struct fss__slice name)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO search_todo(entry, old, new) VALUES(?1, ?2, ?3)");

	/* What stays unbound is NULL. */
	fss__bind_i64(st, 1, entry);
	fss__bind_text(st, column, name);
	return fss__exec(st);
}

int
fss__search_add(struct fss__db *db, int64_t entry, struct fss__slice name)
{
	return note(db, entry, 3, name);
}

int
fss__search_remove(struct fss__db *db, int64_t entry, struct fss__slice name)
{
	return note(db, entry, 2, name);
}

static int
put_in(struct fss__db *db, int64_t entry, struct fss__slice text)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO search(rowid, name) VALUES(?1, ?2)");

	fss__bind_i64(st, 1, entry);
	fss__bind_text(st, 2, text);
	return fss__exec(st);
}

static int
take_out(struct fss__db *db, int64_t entry, struct fss__slice text)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO search(search, rowid, name)"
	    " VALUES('delete', ?1, ?2)");

	fss__bind_i64(st, 1, entry);
	fss__bind_text(st, 2, text);
	return fss__exec(st);
}

/* One noted change: its row is still in @st. */
static int
apply(struct fss__db *db, struct fss__stmt *st)
{
	struct fss__search_name name;
	bool out = !fss__col_null(st, 2);
	struct fss__slice text;
	int r;

	r = fss__search_encode(fss__col_text(st, out ? 2 : 3), &name);
	if (r != 0)
		return r;
	text.p = name.text;
	text.n = name.len;
	return out ? take_out(db, fss__col_i64(st, 1), text) :
	    put_in(db, fss__col_i64(st, 1), text);
}

int
fss__search_settle(struct fss__db *db, int limit)
{
	struct fss__stmt *st;
	int64_t last = 0;
	int r, n = 0;

	st = fss__db_query(db, "SELECT id, entry, old, new FROM search_todo"
	    " ORDER BY id LIMIT ?1");
	fss__bind_i64(st, 1, limit);
	while ((r = fss__step(st)) == 1) {
		last = fss__col_i64(st, 0);
		r = apply(db, st);
		if (r != 0)
			break;
		n++;
	}
	fss__stmt_reset(st);
	if (r < 0 || n == 0)
		return r;
	st = fss__db_query(db, "DELETE FROM search_todo WHERE id <= ?1");
	fss__bind_i64(st, 1, last);
	r = fss__exec(st);
	return r != 0 ? r : n;
}
