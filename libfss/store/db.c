/*
 * Statements and transactions of one SQLite connection.
 *
 * A statement is prepared the first time its text is used and found again by
 * the address of that text, which is why only static SQL may be passed: one
 * pointer comparison replaces parsing.  Failures of prepare and bind are kept
 * in the statement and come out of step(), so that callers check one place.
 *
 * What this file does not do: retry, log, or know any table.
 */
#include "store/db.h"

#include <limits.h>
#include <string.h>

#include "base/alloc.h"
#include "store/db_internal.h"

#define FIRST_SLOTS	128

int
fss__db_map(int rc)
{
	if (rc == SQLITE_IOERR_NOMEM)
		return FSS_ENOMEM;
	if (rc == SQLITE_READONLY_CANTLOCK || rc == SQLITE_READONLY_RECOVERY)
		return FSS_EROFS;
	switch (rc & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return 0;
	case SQLITE_NOMEM:
		return FSS_ENOMEM;
	case SQLITE_FULL:
		return FSS_ENOSPC;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
		return FSS_EROFS;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_FORMAT:
	case SQLITE_SCHEMA:
		return FSS_ECORRUPT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return FSS_EBUSY;
	case SQLITE_CONSTRAINT:
		return FSS_EEXIST;
	case SQLITE_TOOBIG:
		return FSS_ETOOBIG;
	case SQLITE_INTERRUPT:
		return FSS_ECANCELED;
	default:
		return FSS_EIO;
	}
}

int
fss__db_fail(struct fss__db *db, int rc, const char *doing)
{
	int code = fss__db_map(rc);

	if (code == 0)
		return 0;
	return fss__err_set(&db->err, code, "database: cannot %s: %s (%d)",
	    doing, db->h == NULL ? sqlite3_errstr(rc) : sqlite3_errmsg(db->h),
	    rc);
}

const char *
fss__db_errmsg(const struct fss__db *db)
{
	return db->err.detail;
}

int
fss__db_run(struct fss__db *db, const char *static_sql)
{
	int rc = sqlite3_exec(db->h, static_sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : fss__db_fail(db, rc, static_sql);
}

int
fss__db_run_i64(struct fss__db *db, const char *static_sql, int64_t *ret_v)
{
	sqlite3_stmt *st = NULL;
	int rc, r = 0;

	rc = sqlite3_prepare_v2(db->h, static_sql, -1, &st, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(st);
	if (rc == SQLITE_ROW)
		*ret_v = sqlite3_column_int64(st, 0);
	else if (rc == SQLITE_DONE)
		r = FSS_ENOENT;
	else
		r = fss__db_fail(db, rc, static_sql);
	(void)sqlite3_finalize(st);	/* repeats the error already mapped */
	return r;
}

/* ---- statement cache -------------------------------------------------- */

static size_t
slot_of(const struct fss__db *db, const char *sql)
{
	uint64_t x = (uint64_t)(uintptr_t)sql;
	size_t i;

	x *= UINT64_C(0x9e3779b97f4a7c15);
	i = (size_t)(x >> 32) & (db->slot_count - 1);
	while (db->slots[i] != NULL && db->slots[i]->sql != sql)
		i = (i + 1) & (db->slot_count - 1);
	return i;
}

/* Keeps the table at most half full, so that probes stay short and end. */
static int
slots_grow(struct fss__db *db)
{
	struct fss__stmt **old = db->slots;
	size_t i, n = db->slot_count;

	if (n != 0 && db->used < n / 2)
		return 0;
	db->slots = fss__calloc(n == 0 ? FIRST_SLOTS : n * 2, sizeof(*old));
	if (db->slots == NULL) {
		db->slots = old;
		return FSS_ENOMEM;
	}
	db->slot_count = n == 0 ? FIRST_SLOTS : n * 2;
	for (i = 0; i < n; i++) {
		if (old[i] != NULL)
			db->slots[slot_of(db, old[i]->sql)] = old[i];
	}
	fss__free(old);
	return 0;
}

static struct fss__stmt *
broken(struct fss__db *db, int code)
{
	db->broken.db = db;
	db->broken.st = NULL;
	db->broken.err = code;
	(void)fss__err_set(&db->err, code, "database: out of memory");
	return &db->broken;
}

static void
prepare(struct fss__stmt *st)
{
	int rc;

	rc = sqlite3_prepare_v3(st->db->h, st->sql, -1,
	    SQLITE_PREPARE_PERSISTENT, &st->st, NULL);
	if (rc != SQLITE_OK)
		st->err = fss__db_fail(st->db, rc, st->sql);
	else
		st->err = 0;
}

struct fss__stmt *
fss__db_query(struct fss__db *db, const char *static_sql)
{
	struct fss__stmt *st;
	size_t i;

	if (slots_grow(db) != 0)
		return broken(db, FSS_ENOMEM);
	i = slot_of(db, static_sql);
	st = db->slots[i];
	if (st == NULL) {
		st = fss__zalloc(sizeof(*st));
		if (st == NULL)
			return broken(db, FSS_ENOMEM);
		st->db = db;
		st->sql = static_sql;
		db->slots[i] = st;
		db->used++;
	}
	if (st->st == NULL) {
		prepare(st);	/* the first time, or again after a failure */
		return st;
	}
	(void)sqlite3_reset(st->st);	/* repeats an error already told */
	(void)sqlite3_clear_bindings(st->st);	/* always SQLITE_OK */
	st->err = 0;
	return st;
}

static void
bound(struct fss__stmt *st, int rc)
{
	if (rc != SQLITE_OK && st->err == 0)
		st->err = fss__db_fail(st->db, rc, "bind");
}

void
fss__bind_i64(struct fss__stmt *st, int i, int64_t v)
{
	if (st->st != NULL)
		bound(st, sqlite3_bind_int64(st->st, i, v));
}

/* Copies: the caller's bytes need not outlive this call. */
void
fss__bind_text(struct fss__stmt *st, int i, struct fss__slice s)
{
	if (st->st != NULL)
		bound(st, sqlite3_bind_text64(st->st, i,
		    s.p == NULL ? "" : s.p, s.n, SQLITE_TRANSIENT,
		    SQLITE_UTF8));
}

void
fss__bind_blob(struct fss__stmt *st, int i, const void *p, size_t n)
{
	if (st->st != NULL)
		bound(st, sqlite3_bind_blob64(st->st, i, p == NULL ? "" : p, n,
		    SQLITE_TRANSIENT));
}

void
fss__bind_null(struct fss__stmt *st, int i)
{
	if (st->st != NULL)
		bound(st, sqlite3_bind_null(st->st, i));
}

/*
 * Some failures (disk full, out of memory) make SQLite roll the transaction
 * back by itself.  What follows would then commit statement by statement, so
 * it is refused until the caller has aborted.
 */
int
fss__step(struct fss__stmt *st)
{
	int rc, r;

	if (st->err != 0)
		return st->err;
	if (st->db->in_tx && !fss__db_in_tx(st->db))
		return fss__err_set(&st->db->err, FSS_EIO,
		    "database: an earlier failure ended the transaction");
	rc = sqlite3_step(st->st);
	if (rc == SQLITE_ROW)
		return 1;
	r = rc == SQLITE_DONE ? 0 : fss__db_fail(st->db, rc, st->sql);
	(void)sqlite3_reset(st->st);	/* holds no lock from here on */
	return r;
}

int
fss__exec(struct fss__stmt *st)
{
	int r;

	do {
		r = fss__step(st);
	} while (r == 1);
	return r;
}

void
fss__stmt_reset(struct fss__stmt *st)
{
	if (st->st != NULL)
		(void)sqlite3_reset(st->st);	/* repeats a told error */
}

int
fss__step_i64(struct fss__stmt *st, int64_t *ret)
{
	int r;

	r = fss__step(st);
	if (r == 1)
		*ret = fss__col_i64(st, 0);
	fss__stmt_reset(st);
	return r;
}

int
fss__step_count(struct fss__stmt *st, int64_t *ret)
{
	int r = fss__step_i64(st, ret);

	return r < 0 ? r : 0;
}

int64_t
fss__col_i64(struct fss__stmt *st, int i)
{
	return st->st == NULL ? 0 : sqlite3_column_int64(st->st, i);
}

struct fss__slice
fss__col_text(struct fss__stmt *st, int i)
{
	struct fss__slice s = { NULL, 0 };

	if (st->st == NULL)
		return s;
	s.p = sqlite3_column_text(st->st, i);
	if (s.p != NULL)
		s.n = (size_t)sqlite3_column_bytes(st->st, i);
	return s;
}

struct fss__slice
fss__col_blob(struct fss__stmt *st, int i)
{
	struct fss__slice s = { NULL, 0 };

	if (st->st == NULL)
		return s;
	s.p = sqlite3_column_blob(st->st, i);
	if (s.p != NULL)
		s.n = (size_t)sqlite3_column_bytes(st->st, i);
	return s;
}

bool
fss__col_null(struct fss__stmt *st, int i)
{
	return st->st == NULL ||
	    sqlite3_column_type(st->st, i) == SQLITE_NULL;
}

int64_t
fss__db_last_id(struct fss__db *db)
{
	return sqlite3_last_insert_rowid(db->h);
}

int64_t
fss__db_changes(struct fss__db *db)
{
	return sqlite3_changes64(db->h);
}

int64_t
fss__db_written(struct fss__db *db)
{
	return sqlite3_total_changes64(db->h);
}

/* ---- transactions ----------------------------------------------------- */

bool
fss__db_in_tx(const struct fss__db *db)
{
	return sqlite3_get_autocommit(db->h) == 0;
}

int
fss__db_begin(struct fss__db *db)
{
	int r;

	if (db->mode == FSS__DB_WRITE)
		r = fss__exec(fss__db_query(db, "BEGIN IMMEDIATE"));
	else
		r = fss__exec(fss__db_query(db, "BEGIN"));
	if (r != 0)
		return r;
	db->in_tx = true;
	db->kept_known = false;
	if (db->mode == FSS__DB_WRITE)
		return 0;
	/* A deferred transaction takes its snapshot at the first read. */
	r = fss__exec(fss__db_query(db, "SELECT 1 FROM sqlite_schema LIMIT 1"));
	if (r != 0)
		fss__db_abort(db);
	return r;
}

int
fss__db_commit(struct fss__db *db)
{
	int r;

	r = fss__exec(fss__db_query(db, "COMMIT"));
	if (r == 0) {
		db->in_tx = false;
		db->in_savepoint = false;	/* released by COMMIT */
		db->touched = false;
	}
	return r;
}

/* SQLite rolls back by itself on some errors; then there is nothing to do. */
void
fss__db_abort(struct fss__db *db)
{
	struct fss__err kept = db->err;

	if (fss__db_in_tx(db))
		(void)fss__exec(fss__db_query(db, "ROLLBACK"));
	if (fss__db_in_tx(db)) /* no memory for that */
		(void)sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
	db->in_tx = false;
	db->in_savepoint = false;
	db->touched = false;
	db->lost = false;
	db->err = kept;	/* what led here is what the caller asks for */
}

/* Where a part cannot be undone all of it is, and the commit will fail. */
static void
undo_part(struct fss__db *db, const char *static_sql)
{
	if (!fss__db_in_tx(db))
		return;
	if (sqlite3_exec(db->h, static_sql, NULL, NULL, NULL) != SQLITE_OK)
		(void)sqlite3_exec(db->h, "ROLLBACK", NULL, NULL, NULL);
}

int
fss__db_batch(struct fss__db *db)
{
	return fss__exec(fss__db_query(db, "SAVEPOINT batch"));
}

int
fss__db_batch_restart(struct fss__db *db)
{
	return fss__exec(fss__db_query(db, "ROLLBACK TO batch"));
}

int
fss__db_batch_release(struct fss__db *db)
{
	return fss__exec(fss__db_query(db, "RELEASE batch"));
}

void
fss__db_batch_rollback(struct fss__db *db)
{
	struct fss__err kept = db->err;

	fss__db_rollback_to(db);	/* one that could not be released */
	undo_part(db, "ROLLBACK TO batch; RELEASE batch");
	db->err = kept;
}

int
fss__db_savepoint(struct fss__db *db)
{
	int r;

	if (db->in_savepoint)
		return fss__err_set(&db->err, FSS_EINVAL,
		    "database: a savepoint inside a savepoint");
	r = fss__exec(fss__db_query(db, "SAVEPOINT item"));
	if (r == 0) {
		db->in_savepoint = true;
		db->touched = false;
	}
	return r;
}

int
fss__db_release(struct fss__db *db)
{
	int r = fss__exec(fss__db_query(db, "RELEASE item"));

	if (r == 0) {
		db->in_savepoint = false;
		db->touched = false;
	}
	return r;
}

void
fss__db_rollback_to(struct fss__db *db)
{
	struct fss__err kept = db->err;

	if (!db->in_savepoint)
		return;
	undo_part(db, "ROLLBACK TO item; RELEASE item");
	db->in_savepoint = false;
	db->lost = db->lost || db->touched;
	db->touched = false;
	db->err = kept;
}

bool
fss__db_touch(struct fss__db *db)
{
	bool first = db->in_savepoint && !db->touched;

	db->touched = db->in_savepoint;
	return first;
}

bool
fss__db_lost(struct fss__db *db)
{
	bool lost = db->lost;

	db->lost = false;
	return lost;
}
