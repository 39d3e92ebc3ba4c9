/*
 * Passes (who may read a version because of a yes) and denials (whose next
 * question must wait) in SQL.
 */
#include "store/meta_request.h"

/* ---- passes ------------------------------------------------------------ */

int
fss__meta_pass_get(struct fss__db *db, int64_t version, int64_t account,
    struct fss__meta_pass *ret_p)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT request, shown, expires, used FROM pass"
	    " WHERE version = ?1 AND account = ?2");
	int r;

	fss__bind_i64(st, 1, version);
	fss__bind_i64(st, 2, account);
	r = fss__step(st);
	if (r == 1) {
		ret_p->version = version;
		ret_p->account = account;
		ret_p->request = fss__col_i64(st, 0);
		ret_p->shown = fss__col_i64(st, 1) != 0;
		ret_p->expires = fss__col_i64(st, 2);
		ret_p->used = fss__col_i64(st, 3);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_pass_set(struct fss__db *db, const struct fss__meta_pass *p)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT OR REPLACE INTO pass(version, account, request, shown,"
	    " expires, used) VALUES(?1, ?2, ?3, ?4, ?5, ?6)");

	fss__bind_i64(st, 1, p->version);
	fss__bind_i64(st, 2, p->account);
	fss__bind_i64(st, 3, p->request);
	fss__bind_i64(st, 4, p->shown ? 1 : 0);
	fss__bind_i64(st, 5, p->expires);
	fss__bind_i64(st, 6, p->used);
	return fss__exec(st);
}

int
fss__meta_pass_drop(struct fss__db *db, int64_t request)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM pass WHERE request = ?1");

	fss__bind_i64(st, 1, request);
	return fss__exec(st);
}

int
fss__meta_pass_drop_version(struct fss__db *db, int64_t version)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM pass WHERE version = ?1");

	fss__bind_i64(st, 1, version);
	return fss__exec(st);
}

int
fss__meta_pass_purge(struct fss__db *db, int64_t now, int limit)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM pass WHERE (version, account) IN"
	    " (SELECT version, account FROM pass WHERE expires <= ?1"
	    " LIMIT ?2)");
	int r;

	fss__bind_i64(st, 1, now);
	fss__bind_i64(st, 2, limit);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}

/* ---- denials ----------------------------------------------------------- */

int
fss__meta_denial_get(struct fss__db *db, int64_t asker, int64_t target,
    int64_t entry, int64_t *ret_times, int64_t *ret_until)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT times, until FROM denial"
	    " WHERE asker = ?1 AND target = ?2 AND entry = ?3");
	int r;

	fss__bind_i64(st, 1, asker);
	fss__bind_i64(st, 2, target);
	fss__bind_i64(st, 3, entry);
	r = fss__step(st);
	if (r == 1) {
		*ret_times = fss__col_i64(st, 0);
		*ret_until = fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_denial_set(struct fss__db *db, int64_t asker, int64_t target,
    int64_t entry, int64_t times, int64_t until)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT OR REPLACE INTO denial(asker, target, entry, times,"
	    " until) VALUES(?1, ?2, ?3, ?4, ?5)");

	fss__bind_i64(st, 1, asker);
	fss__bind_i64(st, 2, target);
	fss__bind_i64(st, 3, entry);
	fss__bind_i64(st, 4, times);
	fss__bind_i64(st, 5, until);
	return fss__exec(st);
}

int
fss__meta_denial_drop(struct fss__db *db, int64_t asker, int64_t target,
    int64_t entry)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM denial"
	    " WHERE asker = ?1 AND target = ?2 AND entry = ?3");

	fss__bind_i64(st, 1, asker);
	fss__bind_i64(st, 2, target);
	fss__bind_i64(st, 3, entry);
	return fss__exec(st);
}

int
fss__meta_denial_purge(struct fss__db *db, int64_t before, int limit)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM denial WHERE (asker, target, entry) IN"
	    " (SELECT asker, target, entry FROM denial WHERE until < ?1"
	    " LIMIT ?2)");
	int r;

	fss__bind_i64(st, 1, before);
	fss__bind_i64(st, 2, limit);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}
