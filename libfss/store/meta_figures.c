/*
 * Sums over the tables, each of a table with few rows or through an index.
 */
#include "store/meta_figures.h"

#include "store/store_internal.h"

static int
number(struct fss__stmt *st, uint64_t *ret)
{
	int64_t n = 0;
	int r;

	r = fss__step_i64(st, &n);
	*ret = (uint64_t)n;
	return r < 0 ? r : r == 1 ? 0 : FSS_ECORRUPT;
}

int
fss__meta_figures_versions(struct fss__db *db, uint64_t *ret_n)
{
	return number(fss__db_query(db, "SELECT count(*) FROM version"),
	    ret_n);
}

int
fss__meta_figures(struct fss__db *db, struct fss__meta_figures *ret_f)
{
	struct fss__meta_figures f = { 0, 0, 0, 0, 0, 0, 0 };
	uint64_t page = 0;
	int r;

	r = fss__segment_totals(db, &f.chunks, &f.stored);
	if (r == 0)
		r = number(fss__db_query(db,
		    "SELECT coalesce(sum(bytes), 0) FROM account"), &f.bytes);
	if (r == 0)
		r = number(fss__db_query(db,
		    "SELECT coalesce(sum(files), 0) FROM account"), &f.files);
	if (r == 0)
		r = number(fss__db_query(db,
		    "SELECT count(*) FROM account"), &f.accounts);
	if (r == 0)
		r = number(fss__db_query(db, "SELECT count(*) FROM request"
		    " WHERE state < 4"), &f.requests);
	if (r == 0)
		r = number(fss__db_query(db, "PRAGMA page_count"),
		    &f.database);
	if (r == 0)
		r = number(fss__db_query(db, "PRAGMA page_size"), &page);
	f.database *= page;
	*ret_f = f;
	return r;
}
