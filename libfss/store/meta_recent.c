/*
 * Newest first, in SQL.
 */
#include "store/meta_recent.h"

#include "store/meta_cols.h"

struct fss__stmt *
fss__meta_recent(struct fss__db *db, int64_t owner, int64_t before)
{
	struct fss__stmt *st;

	if (owner == 0) {
		/* CROSS: in this order, from the end of the versions. */
		st = fss__db_query(db, "SELECT " FSS__NODE_COLS ", "
		    FSS__VERSION_COLS " FROM version v CROSS JOIN entry e"
		    " ON e.id = v.entry WHERE v.id < ?1 ORDER BY v.id DESC");
	} else {
		st = fss__db_query(db, "SELECT " FSS__NODE_COLS ", "
		    FSS__VERSION_COLS " FROM entry e INDEXED BY entry_recent"
		    " CROSS JOIN version v ON v.id = e.cur WHERE e.owner = ?2"
		    " AND e.cur > 0 AND e.cur < ?1 ORDER BY e.cur DESC");
		fss__bind_i64(st, 2, owner);
	}
	fss__bind_i64(st, 1, before);
	return st;
}
