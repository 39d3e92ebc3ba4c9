/*
 * Holders of announced versions, and the state of versions, in SQL.
 */
#include "store/meta_holder.h"

#include <string.h>

#define HELD_COLS	"version, device, account, entry, root, announced"

static int
one_held(struct fss__stmt *st, struct fss__meta_held *ret_h)
{
	struct fss__slice root;
	int r;

	r = fss__step(st);
	if (r == 1) {
		ret_h->version = fss__col_i64(st, 0);
		ret_h->device = fss__col_i64(st, 1);
		ret_h->account = fss__col_i64(st, 2);
		ret_h->entry = fss__col_i64(st, 3);
		root = fss__col_blob(st, 4);
		if (root.n != FSS__ID_BYTES)
			r = FSS_ECORRUPT;
		else
			memcpy(ret_h->root.b, root.p, FSS__ID_BYTES);
		ret_h->announced = fss__col_i64(st, 5);
	}
	fss__stmt_reset(st);
	return r;
}

static int
changed(struct fss__db *db, struct fss__stmt *st)
{
	int r = fss__exec(st);

	return r != 0 ? r : (int)fss__db_changes(db);
}

int
fss__meta_held_set(struct fss__db *db, const struct fss__meta_held *h)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT OR REPLACE INTO holder(" HELD_COLS ")"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6)");

	fss__bind_i64(st, 1, h->version);
	fss__bind_i64(st, 2, h->device);
	fss__bind_i64(st, 3, h->account);
	fss__bind_i64(st, 4, h->entry);
	fss__bind_blob(st, 5, h->root.b, FSS__ID_BYTES);
	fss__bind_i64(st, 6, h->announced);
	return fss__exec(st);
}

int
fss__meta_held_by(struct fss__db *db, const struct fss__id *root,
    int64_t device, int64_t after, struct fss__meta_held *ret_h)
{
	/* Through holder_root: an account has few devices and entries of it. */
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " HELD_COLS " FROM holder WHERE root = ?1 AND device = ?2"
	    " AND account = (SELECT account FROM device WHERE id = ?2"
	    " AND revoked = 0) AND entry > ?3 ORDER BY entry LIMIT 1");

	fss__bind_blob(st, 1, root->b, FSS__ID_BYTES);
	fss__bind_i64(st, 2, device);
	fss__bind_i64(st, 3, after);
	return one_held(st, ret_h);
}

int
fss__meta_held_after(struct fss__db *db, const struct fss__id *root,
    int64_t account, int64_t entry, struct fss__meta_held *ret_h)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " HELD_COLS " FROM holder WHERE root = ?1"
	    " AND (account, entry) > (?2, ?3)"
	    " ORDER BY account, entry LIMIT 1");

	fss__bind_blob(st, 1, root->b, FSS__ID_BYTES);
	fss__bind_i64(st, 2, account);
	fss__bind_i64(st, 3, entry);
	return one_held(st, ret_h);
}

int
fss__meta_held_device(struct fss__db *db, int64_t device, int64_t after,
    struct fss__meta_held *ret_h)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " HELD_COLS " FROM holder"
	    " WHERE device = ?1 AND version > ?2 ORDER BY version LIMIT 1");

	fss__bind_i64(st, 1, device);
	fss__bind_i64(st, 2, after);
	return one_held(st, ret_h);
}

int
fss__meta_held_version(struct fss__db *db, int64_t version, int64_t after,
    struct fss__meta_held *ret_h)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " HELD_COLS " FROM holder"
	    " WHERE version = ?1 AND device > ?2 ORDER BY device LIMIT 1");

	fss__bind_i64(st, 1, version);
	fss__bind_i64(st, 2, after);
	return one_held(st, ret_h);
}

int
fss__meta_held_counts(struct fss__db *db, int64_t version)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT 1 FROM holder h JOIN device d ON d.id = h.device"
	    " JOIN account a ON a.id = h.account WHERE h.version = ?1"
	    " AND d.revoked = 0 AND a.locked = 0 LIMIT 1");
	int64_t one;

	fss__bind_i64(st, 1, version);
	return fss__step_i64(st, &one);
}

int
fss__meta_held_revoked(struct fss__db *db, int64_t *ret_device)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT d.id FROM device d WHERE d.revoked > 0 AND EXISTS"
	    " (SELECT 1 FROM holder h WHERE h.device = d.id) LIMIT 1");

	return fss__step_i64(st, ret_device);
}

int
fss__meta_held_count(struct fss__db *db, int64_t version, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM holder WHERE version = ?1");

	fss__bind_i64(st, 1, version);
	return fss__step_count(st, ret_n);
}

int
fss__meta_held_drop(struct fss__db *db, int64_t version, int64_t device)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM holder WHERE version = ?1 AND device = ?2");

	fss__bind_i64(st, 1, version);
	fss__bind_i64(st, 2, device);
	return changed(db, st);
}

int
fss__meta_held_drop_version(struct fss__db *db, int64_t version)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM holder WHERE version = ?1");

	fss__bind_i64(st, 1, version);
	return changed(db, st);
}

int
fss__meta_held_drop_content(struct fss__db *db, const struct fss__id *root,
    unsigned depth, uint64_t size, int64_t device)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM holder WHERE device = ?2 AND version IN"
	    " (SELECT h.version FROM holder h JOIN version v"
	    " ON v.id = h.version WHERE h.root = ?1 AND h.device = ?2"
	    " AND v.depth = ?3 AND v.size = ?4)");

	fss__bind_blob(st, 1, root->b, FSS__ID_BYTES);
	fss__bind_i64(st, 2, device);
	fss__bind_i64(st, 3, depth);
	fss__bind_i64(st, 4, (int64_t)size);
	return changed(db, st);
}

/* ---- versions ---------------------------------------------------------- */

int
fss__meta_version_set_state(struct fss__db *db, int64_t version, int state,
    int64_t chunk, int64_t keep)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE version SET state = ?2, chunk = nullif(?3, 0),"
	    " keep = ?4 WHERE id = ?1");
	int r;

	fss__bind_i64(st, 1, version);
	fss__bind_i64(st, 2, state);
	fss__bind_i64(st, 3, chunk);
	fss__bind_i64(st, 4, keep);
	r = fss__exec(st);
	return r == 0 && fss__db_changes(db) != 1 ? FSS_ECORRUPT : r;
}

int
fss__meta_version_set_times(struct fss__db *db, int64_t version,
    int64_t mtime, unsigned mode)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE version SET mtime = ?2, mode = ?3 WHERE id = ?1");

	fss__bind_i64(st, 1, version);
	fss__bind_i64(st, 2, mtime);
	fss__bind_i64(st, 3, mode);
	return fss__exec(st);
}

int
fss__meta_version_kept(struct fss__db *db, int64_t now, int64_t *ret_version)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id FROM version WHERE keep > 0 AND keep <= ?1"
	    " ORDER BY keep LIMIT 1");

	fss__bind_i64(st, 1, now);
	return fss__step_i64(st, ret_version);
}
