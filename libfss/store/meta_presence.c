/*
 * Presence in SQL: what is kept of it over a restart.
 */
#include "store/meta_presence.h"

int
fss__meta_presence_get(struct fss__db *db, int64_t account,
    struct fss__meta_presence *ret_p)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT seen, live, hidden FROM presence WHERE account = ?1");
	int r;

	fss__bind_i64(st, 1, account);
	r = fss__step(st);
	if (r == 1) {
		ret_p->account = account;
		ret_p->seen = fss__col_i64(st, 0);
		ret_p->live = fss__col_i64(st, 1) != 0;
		ret_p->hidden = fss__col_i64(st, 2) != 0;
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_presence_note(struct fss__db *db, int64_t account, bool live,
    int64_t seen)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO presence(account, seen, live) VALUES(?1, ?3, ?2)"
	    " ON CONFLICT(account) DO UPDATE SET live = ?2,"
	    " seen = CASE WHEN hidden = 1 THEN seen ELSE ?3 END");

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, live ? 1 : 0);
	fss__bind_i64(st, 3, seen);
	return fss__exec(st);
}

int
fss__meta_presence_hide(struct fss__db *db, int64_t account, bool hidden,
    int64_t seen)
{
	/* Hiding once more does not tell that one is still here. */
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO presence(account, seen, hidden) VALUES(?1, ?3, ?2)"
	    " ON CONFLICT(account) DO UPDATE SET hidden = ?2,"
	    " seen = CASE WHEN hidden = 0 AND ?2 = 1 THEN ?3 ELSE seen END");

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, hidden ? 1 : 0);
	fss__bind_i64(st, 3, seen);
	return fss__exec(st);
}

int
fss__meta_presence_recover(struct fss__db *db, int64_t seen)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE presence SET live = 0,"
	    " seen = CASE WHEN hidden = 1 THEN seen ELSE max(seen, ?1) END"
	    " WHERE live = 1");

	fss__bind_i64(st, 1, seen);
	return fss__exec(st);
}
