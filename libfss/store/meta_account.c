/*
 * Accounts and invites in SQL.
 *
 * One function, one static statement.  Knows nothing of who may do what:
 * see model/account*.c.
 */
#include "store/meta_account.h"

#include <string.h>

#define ACCOUNT_COLS							\
	"id, name, role, locked, created, root, bytes, files, folders,"	\
	" quota_bytes, quota_files"

static int64_t
read_quota(struct fss__stmt *st, int col)
{
	return fss__col_null(st, col) ? FSS__QUOTA_DEFAULT :
	    fss__col_i64(st, col);
}

/* Ends @st; copies before that, as the columns go with it. */
static int
one_account(struct fss__stmt *st, struct fss__meta_account *ret_a)
{
	struct fss__meta_account a;
	int r;

	r = fss__step(st);
	if (r == 1) {
		a.id = fss__col_i64(st, 0);
		r = fss__slice_copy(fss__col_text(st, 1), a.name,
		    sizeof(a.name));
		a.role = (int)fss__col_i64(st, 2);
		a.locked = fss__col_i64(st, 3) != 0;
		a.created = fss__col_i64(st, 4);
		a.root = fss__col_i64(st, 5);
		a.bytes = fss__col_i64(st, 6);
		a.files = fss__col_i64(st, 7);
		a.folders = fss__col_i64(st, 8);
		a.quota_bytes = read_quota(st, 9);
		a.quota_files = read_quota(st, 10);
		if (r == 0) {
			*ret_a = a;
			r = 1;
		} else
			r = FSS_ECORRUPT;
	}
	fss__stmt_reset(st);
	return r;
}

/* A text column as a C string: 1, 0 or an error. */
static int
one_text(struct fss__stmt *st, char *dst, size_t cap)
{
	int r;

	r = fss__step(st);
	if (r == 1 && fss__slice_copy(fss__col_text(st, 0), dst, cap) != 0)
		r = FSS_ECORRUPT;
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_account_by_name(struct fss__db *db, struct fss__slice name,
    struct fss__meta_account *ret_a)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " ACCOUNT_COLS " FROM account WHERE name = ?1");

	fss__bind_text(st, 1, name);
	return one_account(st, ret_a);
}

int
fss__meta_account_by_id(struct fss__db *db, int64_t id,
    struct fss__meta_account *ret_a)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " ACCOUNT_COLS " FROM account WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return one_account(st, ret_a);
}

int
fss__meta_account_above(struct fss__db *db, int64_t after,
    struct fss__meta_account *ret_a)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " ACCOUNT_COLS " FROM account WHERE id > ?1"
	    " ORDER BY id LIMIT 1");

	fss__bind_i64(st, 1, after);
	return one_account(st, ret_a);
}

int
fss__meta_account_after(struct fss__db *db, const char *after,
    struct fss__meta_account *ret_a)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " ACCOUNT_COLS " FROM account WHERE name > ?1"
	    " ORDER BY name LIMIT 1");

	fss__bind_text(st, 1, fss__slice_str(after));
	return one_account(st, ret_a);
}

int
fss__meta_account_name(struct fss__db *db, int64_t id, char *name)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT name FROM account WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return one_text(st, name, FSS_LIMIT_ACCOUNT + 1);
}

int
fss__meta_account_hash(struct fss__db *db, struct fss__slice name,
    char hash[FSS__PWHASH_TEXT])
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT pwhash FROM account WHERE name = ?1 AND locked = 0");

	fss__bind_text(st, 1, name);
	return one_text(st, hash, FSS__PWHASH_TEXT);
}

int
fss__meta_account_insert(struct fss__db *db, struct fss__slice name,
    const char *pwhash, int role, int64_t now, int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO account(name, pwhash, role, created)"
	    " VALUES(?1, ?2, ?3, ?4) ON CONFLICT(name) DO NOTHING");
	int r;

	fss__bind_text(st, 1, name);
	fss__bind_text(st, 2, fss__slice_str(pwhash));
	fss__bind_i64(st, 3, role);
	fss__bind_i64(st, 4, now);
	r = fss__exec(st);
	if (r != 0)
		return r;
	if (fss__db_changes(db) == 0)
		return FSS_EEXIST;
	*ret_id = fss__db_last_id(db);
	return 0;
}

int
fss__meta_account_set_root(struct fss__db *db, int64_t id, int64_t root)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE account SET root = ?2 WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, root);
	return fss__exec(st);
}

int
fss__meta_account_some_hash(struct fss__db *db, uint64_t pick,
    char hash[FSS__PWHASH_TEXT])
{
	struct fss__stmt *st;
	int64_t max;
	int r;

	/* A look at either end of the ids, and one to begin with. */
	st = fss__db_query(db,
	    "SELECT id FROM account ORDER BY id DESC LIMIT 1");
	r = fss__step_i64(st, &max);
	if (r != 1)
		return r;
	st = fss__db_query(db,
	    "SELECT pwhash FROM account WHERE id > ?1 ORDER BY id LIMIT 1");
	fss__bind_i64(st, 1, (int64_t)(pick % (uint64_t)max));
	return one_text(st, hash, FSS__PWHASH_TEXT);
}

int
fss__meta_account_set_hash(struct fss__db *db, int64_t id, const char *pwhash)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE account SET pwhash = ?2 WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	fss__bind_text(st, 2, fss__slice_str(pwhash));
	return fss__exec(st);
}

static void
bind_quota(struct fss__stmt *st, int i, int64_t quota)
{
	if (quota == FSS__QUOTA_DEFAULT)
		fss__bind_null(st, i);
	else
		fss__bind_i64(st, i, quota);
}

int
fss__meta_account_update(struct fss__db *db, const struct fss__meta_account *a)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE account SET role = ?2, locked = ?3, quota_bytes = ?4,"
	    " quota_files = ?5 WHERE id = ?1");

	fss__bind_i64(st, 1, a->id);
	fss__bind_i64(st, 2, a->role);
	fss__bind_i64(st, 3, a->locked ? 1 : 0);
	bind_quota(st, 4, a->quota_bytes);
	bind_quota(st, 5, a->quota_files);
	return fss__exec(st);
}

int
fss__meta_account_use(struct fss__db *db, int64_t id, int64_t bytes,
    int64_t files, int64_t folders, struct fss__meta_account *ret_a)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db,
	    "UPDATE account SET bytes = bytes + ?2, files = files + ?3,"
	    " folders = folders + ?4"
	    " WHERE id = ?1 AND (?2 <= 0 OR bytes <= ?5 - ?2)"
	    " RETURNING bytes, files, folders, quota_bytes, quota_files");
	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, bytes);
	fss__bind_i64(st, 3, files);
	fss__bind_i64(st, 4, folders);
	fss__bind_i64(st, 5, FSS__USE_MAX);
	r = fss__step(st);
	if (r == 1 && ret_a != NULL) {
		ret_a->bytes = fss__col_i64(st, 0);
		ret_a->files = fss__col_i64(st, 1);
		ret_a->folders = fss__col_i64(st, 2);
		ret_a->quota_bytes = read_quota(st, 3);
		ret_a->quota_files = read_quota(st, 4);
	}
	fss__stmt_reset(st);
	if (r == 0)
		return bytes > 0 ? FSS_ETOOBIG : FSS_ECORRUPT;
	return r < 0 ? r : 0;
}

int
fss__meta_account_other_admin(struct fss__db *db, int64_t id)
{
	/* 2: FSS_ROLE_ADMIN, a value that is never renumbered. */
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id FROM account WHERE role = 2 AND locked = 0"
	    " AND id <> ?1 LIMIT 1");
	int64_t other;

	fss__bind_i64(st, 1, id);
	return fss__step_i64(st, &other);
}

#define INVITE_COLS	"role, uses, creator, expires, created, hash"

static int
one_invite(struct fss__stmt *st, struct fss__id *ret_hash,
    struct fss__meta_invite *ret_i)
{
	struct fss__slice hash;
	int r;

	r = fss__step(st);
	if (r == 1) {
		ret_i->role = (int)fss__col_i64(st, 0);
		ret_i->uses = fss__col_i64(st, 1);
		ret_i->creator = fss__col_i64(st, 2);
		ret_i->expires = fss__col_i64(st, 3);
		ret_i->created = fss__col_i64(st, 4);
		hash = fss__col_blob(st, 5);
		if (hash.n != sizeof(ret_hash->b))
			r = FSS_ECORRUPT;
		else
			memcpy(ret_hash->b, hash.p, hash.n);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_invite_get(struct fss__db *db, const struct fss__id *hash,
    struct fss__meta_invite *ret_i)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " INVITE_COLS " FROM invite WHERE hash = ?1");
	struct fss__id same;

	fss__bind_blob(st, 1, hash->b, sizeof(hash->b));
	return one_invite(st, &same, ret_i);
}

int
fss__meta_invite_after(struct fss__db *db, const struct fss__id *after,
    int64_t creator, struct fss__id *ret_hash, struct fss__meta_invite *ret_i)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " INVITE_COLS " FROM invite WHERE hash > ?1"
	    " AND (?2 < 0 OR creator = ?2) ORDER BY hash LIMIT 1");

	fss__bind_blob(st, 1, after != NULL ? after->b : (const uint8_t *)"",
	    after != NULL ? sizeof(after->b) : 0);
	fss__bind_i64(st, 2, creator);
	return one_invite(st, ret_hash, ret_i);
}

int
fss__meta_invite_delete(struct fss__db *db, const struct fss__id *hash)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM invite WHERE hash = ?1");

	fss__bind_blob(st, 1, hash->b, sizeof(hash->b));
	return fss__exec(st);
}

int
fss__meta_invite_insert(struct fss__db *db, const struct fss__id *hash,
    const struct fss__meta_invite *in, int64_t now)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO invite(hash, role, uses, creator, created, expires)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6)");

	fss__bind_blob(st, 1, hash->b, sizeof(hash->b));
	fss__bind_i64(st, 2, in->role);
	fss__bind_i64(st, 3, in->uses);
	fss__bind_i64(st, 4, in->creator);
	fss__bind_i64(st, 5, now);
	fss__bind_i64(st, 6, in->expires);
	return fss__exec(st);
}

int
fss__meta_invite_use(struct fss__db *db, const struct fss__id *hash)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db,
	    "UPDATE invite SET uses = uses - 1 WHERE hash = ?1");
	fss__bind_blob(st, 1, hash->b, sizeof(hash->b));
	r = fss__exec(st);
	if (r != 0)
		return r;
	st = fss__db_query(db,
	    "DELETE FROM invite WHERE hash = ?1 AND uses < 1");
	fss__bind_blob(st, 1, hash->b, sizeof(hash->b));
	return fss__exec(st);
}

int
fss__meta_invite_count(struct fss__db *db, int64_t creator, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM invite WHERE creator = ?1");

	fss__bind_i64(st, 1, creator);
	return fss__step_i64(st, ret_n);
}

int
fss__meta_invite_drop(struct fss__db *db, int64_t creator)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM invite WHERE creator = ?1");

	fss__bind_i64(st, 1, creator);
	return fss__exec(st);
}

int
fss__meta_invite_purge(struct fss__db *db, int64_t now, int limit)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM invite WHERE hash IN (SELECT hash FROM invite"
	    " WHERE expires > 0 AND expires <= ?1 LIMIT ?2)");
	int r;

	fss__bind_i64(st, 1, now);
	fss__bind_i64(st, 2, limit);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}
