/*
 * The announcer's index: where the announced folders are on disk, and which
 * local files were offered.  The tables are made in localidx.c.
 */
#include <string.h>

#include "store/localidx_internal.h"

/* ---- folders ---------------------------------------------------------- */

int
fss__localidx_root_set(struct fss__localidx *x, struct fss__slice remote,
    struct fss__slice local)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "INSERT INTO folder (remote, local)"
	    " VALUES (?, ?) ON CONFLICT (remote) DO UPDATE"
	    " SET local = excluded.local");
	fss__bind_text(st, 1, remote);
	fss__bind_blob(st, 2, local.p, local.n);
	return fss__exec(st);
}

int
fss__localidx_root_remove(struct fss__localidx *x, struct fss__slice remote)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "DELETE FROM folder WHERE " UNDER);
	fss__bind_text(st, 1, remote);
	return fss__exec(st);
}

int
fss__localidx_root_after(struct fss__localidx *x, struct fss__slice after,
    struct fss__slice *ret_remote, struct fss__slice *ret_local)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(x->db, "SELECT remote, local FROM folder"
	    " WHERE remote > ? ORDER BY remote LIMIT 1");
	fss__bind_text(st, 1, after);
	r = fss__step(st);
	if (r != 1)
		return r;
	*ret_remote = fss__col_text(st, 0);
	*ret_local = fss__col_blob(st, 1);
	if (fss__localidx_keep(x, ret_remote, ret_local) != 0)
		r = FSS_ENOMEM;
	fss__stmt_reset(st);
	return r;
}

int
fss__localidx_root_of(struct fss__localidx *x, const struct fss__local_file *f,
    size_t *ret_len)
{
	struct fss__stmt *st;
	int64_t len = 0;
	int r;

	st = fss__db_query(x->db, "SELECT length(local) FROM folder WHERE"
	    " (remote = ?1 OR remote = '/' OR"
	    " substr(?1, 1, length(remote) + 1) = remote || '/') AND"
	    " (local = ?2 OR local = X'2f' OR substr(?2, 1, length(local) + 1)"
	    " = CAST(local || '/' AS BLOB)) ORDER BY 1 DESC LIMIT 1");
	fss__bind_text(st, 1, f->remote);
	fss__bind_blob(st, 2, f->local.p, f->local.n);
	r = fss__step_i64(st, &len);
	*ret_len = r == 1 ? (size_t)len : 0;
	return r;
}

/* ---- offers ----------------------------------------------------------- */

int
fss__localidx_offer_set(struct fss__localidx *x, uint64_t request,
    struct fss__slice local)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "INSERT OR REPLACE INTO offer (request,"
	    " local) VALUES (?, ?)");
	fss__bind_i64(st, 1, (int64_t)request);
	fss__bind_blob(st, 2, local.p, local.n);
	return fss__exec(st);
}

int
fss__localidx_offer_get(struct fss__localidx *x, uint64_t request,
    struct fss__slice *ret_local)
{
	struct fss__slice none = { NULL, 0 };
	struct fss__stmt *st;
	int r;

	st = fss__db_query(x->db,
	    "SELECT local FROM offer WHERE request = ?");
	fss__bind_i64(st, 1, (int64_t)request);
	r = fss__step(st);
	if (r != 1)
		return r;
	*ret_local = fss__col_blob(st, 0);
	if (fss__localidx_keep(x, ret_local, &none) != 0)
		r = FSS_ENOMEM;
	fss__stmt_reset(st);
	return r;
}

int
fss__localidx_offer_remove(struct fss__localidx *x, uint64_t request)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "DELETE FROM offer WHERE request = ?");
	fss__bind_i64(st, 1, (int64_t)request);
	return fss__exec(st);
}

int
fss__localidx_offer_after(struct fss__localidx *x, uint64_t after,
    uint64_t *ret_request)
{
	struct fss__stmt *st;
	int64_t id = 0;
	int r;

	st = fss__db_query(x->db, "SELECT request FROM offer"
	    " WHERE request > ? ORDER BY request LIMIT 1");
	fss__bind_i64(st, 1, (int64_t)after);
	r = fss__step_i64(st, &id);
	*ret_request = (uint64_t)id;
	return r;
}
