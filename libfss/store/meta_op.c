/*
 * Kept answers in SQL.
 *
 * A device has a ring of slots, so that what it can make the hub remember is
 * bounded: a new answer replaces that of FSS__OPS_KEPT requests ago, and as
 * many of the oldest as are over FSS__OPS_BYTES, which the client, having far
 * fewer unanswered, has no reason to repeat.  The sum of bytes is kept in the
 * device's row by triggers of the schema.
 *
 * An account may have many devices, so what all of them have is bounded too.
 * There it is the device with the most that forgets, so that one that floods
 * takes nothing from another that does not.
 */
#include "store/meta_op.h"

#define DROP_MAX	64	/* forgotten at once, unless it must be more */

int
fss__meta_op_get(struct fss__db *db, int64_t device, struct fss__slice op,
    struct fss__buf *ret_answer)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT answer FROM op_result WHERE device = ?1 AND op = ?2");
	struct fss__slice answer;
	int r, e;

	fss__bind_i64(st, 1, device);
	fss__bind_blob(st, 2, op.p, op.n);
	r = fss__step(st);
	if (r == 1) {
		answer = fss__col_blob(st, 0);
		e = fss__buf_append(ret_answer, answer.p, answer.n);
		if (e != 0)
			r = e;
	}
	fss__stmt_reset(st);
	return r;
}

/* Forgets the oldest answer of a device: 1, 0 none, or an error. */
static int
drop_oldest(struct fss__db *db, int64_t device)
{
	/* The slots after the newest one's are the oldest, then those before. */
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM op_result WHERE id = coalesce("
	    "(SELECT o.id FROM op_result o, device d WHERE d.id = ?1"
	    " AND o.device = ?1 AND o.slot > d.ops % ?2"
	    " ORDER BY o.slot LIMIT 1),"
	    "(SELECT id FROM op_result WHERE device = ?1"
	    " ORDER BY slot LIMIT 1))");
	int r;

	fss__bind_i64(st, 1, device);
	fss__bind_i64(st, 2, FSS__OPS_KEPT);
	r = fss__exec(st);
	return r != 0 ? r : fss__db_changes(db) > 0;
}

static int
trim(struct fss__db *db, int64_t device, int64_t room)
{
	struct fss__stmt *st;
	int64_t kept = 0;
	int r;

	for (;;) {
		st = fss__db_query(db,
		    "SELECT kept FROM device WHERE id = ?1");
		fss__bind_i64(st, 1, device);
		r = fss__step_i64(st, &kept);
		if (r <= 0 || kept <= FSS__OPS_BYTES - room)
			return r < 0 ? r : 0;
		r = drop_oldest(db, device);
		if (r <= 0)
			return r;
	}
}

/* What all devices of @device's account have, and which has the most. */
static int
account_kept(struct fss__db *db, int64_t device, int64_t *ret_sum,
    int64_t *ret_device)
{
	/* The id is that of the row with the max(). */
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT sum(kept), id, max(kept) FROM device WHERE account ="
	    " (SELECT account FROM device WHERE id = ?1)");
	int r;

	fss__bind_i64(st, 1, device);
	r = fss__step(st);
	if (r == 1) {
		*ret_sum = fss__col_i64(st, 0);
		*ret_device = fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	return r;
}

/*
 * Where the bound was lowered there may be much to forget; some of it each
 * time is enough, as long as it does not get more.
 */
static int
trim_account(struct fss__db *db, int64_t device, int64_t most, int64_t room)
{
	int64_t sum = 0, before = -1, largest = 0;
	int n, r;

	for (n = 0;; n++) {
		r = account_kept(db, device, &sum, &largest);
		if (r <= 0 || sum + room <= most)
			return r < 0 ? r : 0;
		if (before < 0)
			before = sum;
		if (n >= DROP_MAX && sum + room <= before)
			return 0;
		r = drop_oldest(db, largest);
		if (r <= 0)
			return r;
	}
}

int
fss__meta_op_insert(struct fss__db *db, int64_t device, struct fss__slice op,
    int64_t now, int64_t most, const void *answer, size_t n)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db,
	    "UPDATE device SET ops = ops + 1 WHERE id = ?1");
	fss__bind_i64(st, 1, device);
	r = fss__exec(st);
	if (r != 0)
		return r;
	st = fss__db_query(db,
	    "DELETE FROM op_result WHERE device = ?1 AND slot ="
	    " (SELECT ops % ?2 FROM device WHERE id = ?1)");
	fss__bind_i64(st, 1, device);
	fss__bind_i64(st, 2, FSS__OPS_KEPT);
	r = fss__exec(st);
	if (r == 0)
		r = trim(db, device, (int64_t)n);
	if (r == 0)
		r = trim_account(db, device, most, (int64_t)n);
	if (r != 0)
		return r;
	st = fss__db_query(db,
	    "INSERT INTO op_result(device, slot, op, created, answer)"
	    " SELECT ?1, ops % ?2, ?3, ?4, ?5 FROM device WHERE id = ?1");
	fss__bind_i64(st, 1, device);
	fss__bind_i64(st, 2, FSS__OPS_KEPT);
	fss__bind_blob(st, 3, op.p, op.n);
	fss__bind_i64(st, 4, now);
	fss__bind_blob(st, 5, answer, n);
	return fss__exec(st);
}

int
fss__meta_op_purge(struct fss__db *db, int64_t before, int limit)
{
	/* Ids rise with time; a clock set back only delays the oldest. */
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM op_result WHERE id IN"
	    " (SELECT id FROM op_result ORDER BY id LIMIT ?2)"
	    " AND created < ?1");
	int r;

	fss__bind_i64(st, 1, before);
	fss__bind_i64(st, 2, limit);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}
