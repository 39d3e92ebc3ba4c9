/*
 * Devices in SQL.
 *
 * A revoked device keeps its row for a while (what it did refers to it) but
 * gives its key free: the unique index covers devices in use only.
 *
 * Keys and digests of tokens are in one column, but never looked up as one
 * another: whoever shows a key is held against keys alone.
 */
#include "store/meta_device.h"

#include <string.h>

#define DEVICE_COLS	"id, account, key, name, created, seen, kind, scopes," \
	" expires, address"
#define HOLDER		"SELECT d.id, a.id, a.role, a.name, d.seen, d.kind,"   \
	" d.scopes, d.expires FROM device d JOIN account a ON"                 \
	" a.id = d.account WHERE d.revoked = 0 AND a.locked = 0"

static int
one_device(struct fss__stmt *st, struct fss__meta_device *ret_d)
{
	struct fss__slice key;
	int r;

	r = fss__step(st);
	if (r == 1) {
		ret_d->id = fss__col_i64(st, 0);
		ret_d->account = fss__col_i64(st, 1);
		key = fss__col_blob(st, 2);
		if (key.n != FSS__KEY_BYTES || fss__slice_copy(
		    fss__col_text(st, 3), ret_d->name,
		    sizeof(ret_d->name)) != 0 || fss__slice_copy(
		    fss__col_text(st, 9), ret_d->address,
		    sizeof(ret_d->address)) != 0)
			r = FSS_ECORRUPT;
		else
			memcpy(ret_d->key, key.p, FSS__KEY_BYTES);
		ret_d->created = fss__col_i64(st, 4);
		ret_d->seen = fss__col_i64(st, 5);
		ret_d->kind = (int)fss__col_i64(st, 6);
		ret_d->scopes = (uint32_t)fss__col_i64(st, 7);
		ret_d->expires = fss__col_i64(st, 8);
	}
	fss__stmt_reset(st);
	return r;
}

static int
one_holder(struct fss__stmt *st, struct fss__meta_holder *ret_h)
{
	int r;

	r = fss__step(st);
	if (r == 1) {
		ret_h->device = fss__col_i64(st, 0);
		ret_h->account = fss__col_i64(st, 1);
		ret_h->role = (int)fss__col_i64(st, 2);
		ret_h->seen = fss__col_i64(st, 4);
		ret_h->kind = (int)fss__col_i64(st, 5);
		ret_h->scopes = (uint32_t)fss__col_i64(st, 6);
		ret_h->expires = fss__col_i64(st, 7);
		if (fss__slice_copy(fss__col_text(st, 3), ret_h->name,
		    sizeof(ret_h->name)) != 0)
			r = FSS_ECORRUPT;
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_device_holder(struct fss__db *db, const uint8_t key[FSS__KEY_BYTES],
    struct fss__meta_holder *ret_h)
{
	struct fss__stmt *st = fss__db_query(db,
	    HOLDER " AND d.key = ?1 AND d.kind = 0");

	fss__bind_blob(st, 1, key, FSS__KEY_BYTES);
	return one_holder(st, ret_h);
}

int
fss__meta_device_holder_by_token(struct fss__db *db,
    const uint8_t digest[FSS__KEY_BYTES], int64_t now,
    struct fss__meta_holder *ret_h)
{
	struct fss__stmt *st = fss__db_query(db,
	    HOLDER " AND d.key = ?1 AND d.kind > 0"
	    " AND (d.expires = 0 OR d.expires > ?2)");

	fss__bind_blob(st, 1, digest, FSS__KEY_BYTES);
	fss__bind_i64(st, 2, now);
	return one_holder(st, ret_h);
}

int
fss__meta_device_holder_by_id(struct fss__db *db, int64_t id, int64_t now,
    struct fss__meta_holder *ret_h)
{
	struct fss__stmt *st = fss__db_query(db,
	    HOLDER " AND d.id = ?1 AND (d.expires = 0 OR d.expires > ?2)");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, now);
	return one_holder(st, ret_h);
}

int
fss__meta_device_by_key(struct fss__db *db, const uint8_t key[FSS__KEY_BYTES],
    struct fss__meta_device *ret_d)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " DEVICE_COLS " FROM device"
	    " WHERE key = ?1 AND revoked = 0 AND kind = 0");

	fss__bind_blob(st, 1, key, FSS__KEY_BYTES);
	return one_device(st, ret_d);
}

int
fss__meta_device_get(struct fss__db *db, int64_t id,
    struct fss__meta_device *ret_d)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " DEVICE_COLS " FROM device"
	    " WHERE id = ?1 AND revoked = 0");

	fss__bind_i64(st, 1, id);
	return one_device(st, ret_d);
}

int
fss__meta_device_after(struct fss__db *db, int64_t account, int64_t after,
    struct fss__meta_device *ret_d)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " DEVICE_COLS " FROM device"
	    " WHERE account = ?1 AND id > ?2 AND revoked = 0"
	    " ORDER BY id LIMIT 1");

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, after);
	return one_device(st, ret_d);
}

int
fss__meta_device_count(struct fss__db *db, int64_t account, int kind,
    int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM device"
	    " WHERE account = ?1 AND kind = ?2 AND revoked = 0");
	int r;

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, kind);
	r = fss__step(st);
	if (r == 1)
		*ret_n = fss__col_i64(st, 0);
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_device_stalest(struct fss__db *db, int64_t account, int kind,
    int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id FROM device"
	    " WHERE account = ?1 AND kind = ?2 AND revoked = 0"
	    " ORDER BY seen, id LIMIT 1");
	int r;

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, kind);
	r = fss__step(st);
	if (r == 1)
		*ret_id = fss__col_i64(st, 0);
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_device_insert_token(struct fss__db *db, struct fss__meta_device *d)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO device(account, key, name, created, seen, kind,"
	    " scopes, expires, address)"
	    " VALUES(?1, ?2, ?3, ?4, ?4, ?5, ?6, ?7, ?8)");
	int r;

	fss__bind_i64(st, 1, d->account);
	fss__bind_blob(st, 2, d->key, FSS__KEY_BYTES);
	fss__bind_text(st, 3, fss__slice_str(d->name));
	fss__bind_i64(st, 4, d->created);
	fss__bind_i64(st, 5, d->kind);
	fss__bind_i64(st, 6, d->scopes);
	fss__bind_i64(st, 7, d->expires);
	fss__bind_text(st, 8, fss__slice_str(d->address));
	r = fss__exec(st);
	if (r == 0)
		d->id = fss__db_last_id(db);
	return r;
}

int
fss__meta_device_insert(struct fss__db *db, int64_t account,
    const uint8_t key[FSS__KEY_BYTES], struct fss__slice name, int64_t now,
    int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO device(account, key, name, created, seen)"
	    " VALUES(?1, ?2, ?3, ?4, ?4)");
	int r;

	fss__bind_i64(st, 1, account);
	fss__bind_blob(st, 2, key, FSS__KEY_BYTES);
	fss__bind_text(st, 3, name);
	fss__bind_i64(st, 4, now);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__meta_device_seen(struct fss__db *db, int64_t id, int64_t now)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE device SET seen = ?2 WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, now);
	return fss__exec(st);
}

int
fss__meta_device_revoke(struct fss__db *db, int64_t id, int64_t now)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE device SET revoked = max(?2, 1)"
	    " WHERE id = ?1 AND revoked = 0");
	int r;

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, now);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}

int
fss__meta_device_revoke_others(struct fss__db *db, int64_t account,
    int64_t but, int64_t now)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE device SET revoked = max(?3, 1)"
	    " WHERE account = ?1 AND id <> ?2 AND revoked = 0");
	int r;

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, but);
	fss__bind_i64(st, 3, now);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}

int
fss__meta_device_revoke_tokens(struct fss__db *db, int64_t account,
    int64_t now)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE device SET revoked = max(?2, 1)"
	    " WHERE account = ?1 AND kind > 0 AND revoked = 0");
	int r;

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, now);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}

int
fss__meta_device_expire(struct fss__db *db, int64_t now, int limit)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE device SET revoked = max(?1, 1) WHERE id IN"
	    " (SELECT id FROM device WHERE expires > 0 AND expires <= ?1"
	    " AND revoked = 0 ORDER BY expires LIMIT ?2)");
	int r;

	fss__bind_i64(st, 1, now);
	fss__bind_i64(st, 2, limit);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}

int
fss__meta_device_purge(struct fss__db *db, int64_t before)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM device WHERE id = (SELECT id FROM device"
	    " WHERE revoked > 0 AND revoked < ?1 ORDER BY revoked LIMIT 1)");
	int r;

	fss__bind_i64(st, 1, before);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}
