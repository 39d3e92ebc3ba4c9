/*
 * Transfers in SQL: what is being fetched, who sends for it, and the pages
 * that are known so far.
 */
#include <string.h>

#include "store/meta_holder.h"

#define TRANSFER_COLS							\
	"id, root, depth, size, planned, touched, created, owner"

/* Live requests with a yes that a transfer is for: root, owner, depth, size. */
#define WAITS								\
	" root = ?1 AND depth = ?3 AND size = ?4 AND state < 4"		\
	" AND state >= 2"

static int
one_transfer(struct fss__stmt *st, struct fss__meta_transfer *ret_t)
{
	struct fss__slice root;
	int r;

	r = fss__step(st);
	if (r == 1) {
		ret_t->id = fss__col_i64(st, 0);
		root = fss__col_blob(st, 1);
		if (root.n != FSS__ID_BYTES)
			r = FSS_ECORRUPT;
		else
			memcpy(ret_t->root.b, root.p, FSS__ID_BYTES);
		ret_t->depth = (unsigned)fss__col_i64(st, 2);
		ret_t->size = (uint64_t)fss__col_i64(st, 3);
		ret_t->planned = (uint64_t)fss__col_i64(st, 4);
		ret_t->touched = fss__col_i64(st, 5);
		ret_t->created = fss__col_i64(st, 6);
		ret_t->owner = fss__col_i64(st, 7);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_transfer_get(struct fss__db *db, int64_t id,
    struct fss__meta_transfer *ret_t)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " TRANSFER_COLS " FROM transfer WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return one_transfer(st, ret_t);
}

int
fss__meta_transfer_find(struct fss__db *db, const struct fss__id *root,
    int64_t owner, unsigned depth, uint64_t size,
    struct fss__meta_transfer *ret_t)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " TRANSFER_COLS " FROM transfer WHERE root = ?1"
	    " AND owner = ?2 AND depth = ?3 AND size = ?4");

	fss__bind_blob(st, 1, root->b, FSS__ID_BYTES);
	fss__bind_i64(st, 2, owner);
	fss__bind_i64(st, 3, depth);
	fss__bind_i64(st, 4, (int64_t)size);
	return one_transfer(st, ret_t);
}

int
fss__meta_transfer_after(struct fss__db *db, int64_t after,
    struct fss__meta_transfer *ret_t)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " TRANSFER_COLS " FROM transfer WHERE id > ?1"
	    " ORDER BY id LIMIT 1");

	fss__bind_i64(st, 1, after);
	return one_transfer(st, ret_t);
}

int
fss__meta_transfer_insert(struct fss__db *db,
    const struct fss__meta_transfer *t, int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO transfer(root, depth, size, planned, touched,"
	    " created, owner) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
	int r;

	fss__bind_blob(st, 1, t->root.b, FSS__ID_BYTES);
	fss__bind_i64(st, 2, t->depth);
	fss__bind_i64(st, 3, (int64_t)t->size);
	fss__bind_i64(st, 4, (int64_t)t->planned);
	fss__bind_i64(st, 5, t->touched);
	fss__bind_i64(st, 6, t->created);
	fss__bind_i64(st, 7, t->owner);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__meta_transfer_update(struct fss__db *db,
    const struct fss__meta_transfer *t)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE transfer SET planned = ?2, touched = ?3 WHERE id = ?1");

	fss__bind_i64(st, 1, t->id);
	fss__bind_i64(st, 2, (int64_t)t->planned);
	fss__bind_i64(st, 3, t->touched);
	return fss__exec(st);
}

int
fss__meta_transfer_delete(struct fss__db *db, int64_t id, int limit)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM transfer_page WHERE transfer = ?1"
	    " AND (level, start) IN (SELECT level, start FROM transfer_page"
	    " WHERE transfer = ?1 LIMIT ?2)");
	int r;

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, limit);
	r = fss__exec(st);
	if (r != 0 || fss__db_changes(db) >= limit)
		return r != 0 ? r : 1;
	st = fss__db_query(db,
	    "DELETE FROM transfer_source WHERE transfer = ?1");
	fss__bind_i64(st, 1, id);
	r = fss__exec(st);
	if (r != 0)
		return r;
	st = fss__db_query(db, "DELETE FROM transfer WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__meta_transfer_idle(struct fss__db *db, int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id FROM transfer WHERE idle = 1 ORDER BY id LIMIT 1");

	return fss__step_i64(st, ret_id);
}

int
fss__meta_transfer_busy(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE transfer SET idle = 0 WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

/* ---- who waits --------------------------------------------------------- */

static void
bind_content(struct fss__stmt *st, const struct fss__meta_transfer *t)
{
	fss__bind_blob(st, 1, t->root.b, FSS__ID_BYTES);
	fss__bind_i64(st, 2, t->owner);
	fss__bind_i64(st, 3, t->depth);
	fss__bind_i64(st, 4, (int64_t)t->size);
}

int
fss__meta_transfer_waiters(struct fss__db *db,
    const struct fss__meta_transfer *t, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM request WHERE owner = ?2 AND" WAITS);

	bind_content(st, t);
	return fss__step_count(st, ret_n);
}

int
fss__meta_transfer_waiter(struct fss__db *db,
    const struct fss__meta_transfer *t, int state, int64_t after,
    int64_t *ret_id, int64_t *ret_asker)
{
	/* By id, so through request_live_root: the plus says so. */
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, asker FROM request WHERE +owner = ?2 AND" WAITS
	    " AND id > ?5 AND (?6 = 0 OR state = ?6) ORDER BY id LIMIT 1");
	int r;

	bind_content(st, t);
	fss__bind_i64(st, 5, after);
	fss__bind_i64(st, 6, state);
	r = fss__step(st);
	if (r == 1) {
		*ret_id = fss__col_i64(st, 0);
		*ret_asker = fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_transfer_version(struct fss__db *db,
    const struct fss__meta_transfer *t, int64_t after, int64_t *ret_version)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT version FROM request WHERE owner = ?2 AND" WAITS
	    " AND version > ?5 ORDER BY version LIMIT 1");

	bind_content(st, t);
	fss__bind_i64(st, 5, after);
	return fss__step_i64(st, ret_version);
}

/* ---- sources ----------------------------------------------------------- */

int
fss__meta_source_add(struct fss__db *db, int64_t transfer, int64_t account)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT OR IGNORE INTO transfer_source(transfer, account)"
	    " VALUES(?1, ?2)");

	fss__bind_i64(st, 1, transfer);
	fss__bind_i64(st, 2, account);
	return fss__exec(st);
}

int
fss__meta_source_drop(struct fss__db *db, int64_t transfer, int64_t account)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM transfer_source"
	    " WHERE transfer = ?1 AND account = ?2");

	fss__bind_i64(st, 1, transfer);
	fss__bind_i64(st, 2, account);
	return fss__exec(st);
}

int
fss__meta_source_list(struct fss__db *db, int64_t transfer, int64_t *accounts,
    size_t cap)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT account FROM transfer_source WHERE transfer = ?1"
	    " ORDER BY account");
	size_t n = 0;
	int r = 0;

	fss__bind_i64(st, 1, transfer);
	while (n < cap && (r = fss__step(st)) == 1)
		accounts[n++] = fss__col_i64(st, 0);
	fss__stmt_reset(st);
	return r < 0 ? r : (int)n;
}

/* ---- pages ------------------------------------------------------------- */

int
fss__meta_tpage_insert(struct fss__db *db, int64_t transfer, unsigned level,
    uint64_t start, const struct fss__id *id, const void *data, size_t len)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO transfer_page(transfer, level, start, digest, data)"
	    " VALUES(?1, ?2, ?3, ?4, ?5)");

	fss__bind_i64(st, 1, transfer);
	fss__bind_i64(st, 2, level);
	fss__bind_i64(st, 3, (int64_t)start);
	fss__bind_blob(st, 4, id->b, FSS__ID_BYTES);
	fss__bind_blob(st, 5, data, len);
	return fss__exec(st);
}

int
fss__meta_tpage_has(struct fss__db *db, int64_t transfer,
    const struct fss__id *id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT 1 FROM transfer_page WHERE transfer = ?1 AND digest = ?2"
	    " LIMIT 1");
	int64_t one;

	fss__bind_i64(st, 1, transfer);
	fss__bind_blob(st, 2, id->b, FSS__ID_BYTES);
	return fss__step_i64(st, &one);
}

int
fss__meta_tpage_get(struct fss__db *db, int64_t transfer, unsigned level,
    uint64_t offset, uint64_t *ret_start, struct fss__id *ret_id, void *buf,
    size_t *ret_len)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT start, digest, data FROM transfer_page"
	    " WHERE transfer = ?1 AND level = ?2 AND start <= ?3"
	    " ORDER BY start DESC LIMIT 1");
	struct fss__slice digest, data;
	int r;

	fss__bind_i64(st, 1, transfer);
	fss__bind_i64(st, 2, level);
	fss__bind_i64(st, 3, offset > INT64_MAX ? INT64_MAX : (int64_t)offset);
	r = fss__step(st);
	if (r == 1) {
		digest = fss__col_blob(st, 1);
		data = fss__col_blob(st, 2);
		if (digest.n != FSS__ID_BYTES || data.n > FSS__MAX_PAGE ||
		    data.n == 0) {
			r = FSS_ECORRUPT;
		} else {
			*ret_start = (uint64_t)fss__col_i64(st, 0);
			memcpy(ret_id->b, digest.p, FSS__ID_BYTES);
			memcpy(buf, data.p, data.n);
			*ret_len = data.n;
		}
	}
	fss__stmt_reset(st);
	return r;
}
