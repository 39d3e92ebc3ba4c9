/*
 * Unit tests of the database connection and the schema.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "folder.h"
#include "store/db_internal.h"
#include "store/meta_chunk.h"
#include "store/meta_device.h"

struct fixture {
	char		 dir[FOLDER_PATH];
	char		 path[FOLDER_PATH];
	struct fss__db	*db;
};

static int
setup(void **state)
{
	static struct fixture f;
	struct fss__err err;

	memset(&f, 0, sizeof(f));
	folder_new(f.dir);
	folder_path(f.path, f.dir, "meta.db");
	assert_int_equal(fss__db_open(f.path, FSS__DB_WRITE, &err, &f.db), 0);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	fss__db_close(f->db);
	folder_remove(f->dir);
	return 0;
}

static int64_t
number(struct fss__db *db, const char *static_sql)
{
	int64_t v = -1;

	assert_int_equal(fss__db_run_i64(db, static_sql, &v), 0);
	return v;
}

static void
test_settings(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(number(f->db, "PRAGMA synchronous"), 2);
	assert_int_equal(number(f->db, "PRAGMA trusted_schema"), 0);
	assert_int_equal(number(f->db, "PRAGMA user_version"),
	    FSS__SCHEMA_VERSION);
	assert_int_equal(number(f->db, "PRAGMA application_id"),
	    FSS__DB_APP_ID);
	assert_int_equal(number(f->db, "SELECT count(*) FROM "
	    "pragma_journal_mode WHERE journal_mode = 'wal'"), 1);
}

static void
test_statement_is_prepared_once(void **state)
{
	static const char sql[] = "SELECT ?1 + 1";
	struct fixture *f = *state;
	struct fss__stmt *a, *b;

	a = fss__db_query(f->db, sql);
	fss__bind_i64(a, 1, 41);
	assert_int_equal(fss__step(a), 1);
	assert_int_equal(fss__col_i64(a, 0), 42);
	assert_int_equal(fss__step(a), 0);
	b = fss__db_query(f->db, sql);
	assert_ptr_equal(a, b);
	/* The binding is gone: NULL + 1 is NULL. */
	assert_int_equal(fss__step(b), 1);
	assert_true(fss__col_null(b, 0));
	fss__stmt_reset(b);
}

static int
prepared_anew(struct fss__db *db)
{
	sqlite3_stmt *st = NULL;
	int n = 0;

	while ((st = sqlite3_next_stmt(db->h, st)) != NULL)
		n += sqlite3_stmt_status(st, SQLITE_STMTSTATUS_REPREPARE, 0);
	return n;
}

/* Else each request is as dear as reading its query's text. */
static void
test_values_prepare_nothing(void **state)
{
	struct fixture *f = *state;
	struct fss__meta_holder h;
	int before = prepared_anew(f->db);
	int64_t id;

	for (id = 1; id < 20; id++)
		assert_int_equal(fss__meta_device_holder_by_id(f->db, id,
				     id * 1000, &h),
		    0);
	assert_int_equal(prepared_anew(f->db), before);
}

static void
test_bound_bytes_are_copied(void **state)
{
	struct fixture *f = *state;
	struct fss__stmt *st;
	char text[] = "before";
	struct fss__slice s, none = { NULL, 0 };

	st = fss__db_query(f->db, "SELECT ?1, ?2, ?3");
	fss__bind_text(st, 1, fss__slice_str(text));
	fss__bind_text(st, 2, none);
	fss__bind_blob(st, 3, "a\0b", 3);
	memcpy(text, "after!", 6);
	assert_int_equal(fss__step(st), 1);
	assert_true(fss__slice_eq(fss__col_text(st, 0),
	    fss__slice_str("before")));
	assert_false(fss__col_null(st, 1));	/* empty, not NULL */
	s = fss__col_blob(st, 2);
	assert_int_equal(s.n, 3);
	assert_memory_equal(s.p, "a\0b", 3);
	fss__stmt_reset(st);
}

static void
test_errors_are_mapped(void **state)
{
	struct fixture *f = *state;
	struct fss__stmt *st;
	unsigned i;

	assert_int_equal(fss__db_map(SQLITE_FULL), FSS_ENOSPC);
	assert_int_equal(fss__db_map(SQLITE_READONLY_DBMOVED), FSS_EROFS);
	assert_int_equal(fss__db_map(SQLITE_CORRUPT_INDEX), FSS_ECORRUPT);
	assert_int_equal(fss__db_map(SQLITE_NOTADB), FSS_ECORRUPT);
	assert_int_equal(fss__db_map(SQLITE_BUSY_SNAPSHOT), FSS_EBUSY);
	assert_int_equal(fss__db_map(SQLITE_IOERR_FSYNC), FSS_EIO);
	assert_int_equal(fss__db_map(SQLITE_IOERR_NOMEM), FSS_ENOMEM);
	assert_int_equal(fss__db_map(SQLITE_CONSTRAINT_UNIQUE), FSS_EEXIST);
	assert_int_equal(fss__db_map(SQLITE_DONE), 0);

	for (i = 0; i < 2; i++) {
		st = fss__db_query(f->db, "INSERT INTO store_fact "
		    "(name, value) VALUES ('twice', 'x')");
		assert_int_equal(fss__exec(st), i == 0 ? 0 : FSS_EEXIST);
	}
	assert_true(strstr(fss__db_errmsg(f->db), "UNIQUE") != NULL);
	st = fss__db_query(f->db, "SELECT nothing FROM nowhere");
	fss__bind_i64(st, 1, 1);
	assert_int_equal(fss__step(st), FSS_EIO);
	assert_int_equal(fss__col_i64(st, 0), 0);
	assert_true(fss__col_null(st, 0));
	st = fss__db_query(f->db, "SELECT ?1 AS one_parameter");
	fss__bind_i64(st, 2, 1);		/* there is no second */
	assert_true(fss__step(st) < 0);
}

static void
test_readers_have_a_snapshot(void **state)
{
	struct fixture *f = *state;
	struct fss__db *rd;
	char v[8];

	assert_int_equal(fss__db_open(f->path, FSS__DB_READ, NULL, &rd), 0);
	assert_int_equal(fss__db_begin(rd), 0);
	assert_true(fss__db_in_tx(rd));
	assert_int_equal(fss__fact_set(f->db, "k", "1"), 0);
	assert_int_equal(fss__fact_get(rd, "k", v, sizeof(v)), 0);
	assert_int_equal(fss__db_commit(rd), 0);
	assert_int_equal(fss__fact_get(rd, "k", v, sizeof(v)), 1);
	assert_string_equal(v, "1");
	assert_int_equal(fss__fact_set(rd, "k", "2"), FSS_EROFS);
	fss__db_close(rd);
}

/* Two readers, of which one is at it at any time: the later lets go first. */
struct relay {
	const char	*path;
	pthread_mutex_t	 lock;
	pthread_cond_t	 begun;
	uint64_t	 n, at[2];	/* when each has begun */
	bool		 stop;
};

struct runner {
	struct relay	*relay;
	unsigned	 i;
};

static void *
run_relay(void *arg)
{
	struct runner *me = arg;
	struct relay *rl = me->relay;
	struct fss__db *rd;
	bool stop = false;

	assert_int_equal(fss__db_open(rl->path, FSS__DB_READ, NULL, &rd), 0);
	while (!stop) {
		assert_int_equal(fss__db_begin(rd), 0);
		(void)pthread_mutex_lock(&rl->lock);
		rl->at[me->i] = ++rl->n;
		(void)pthread_cond_broadcast(&rl->begun);
		while (!rl->stop && rl->at[!me->i] < rl->at[me->i])
			(void)pthread_cond_wait(&rl->begun, &rl->lock);
		stop = rl->stop;
		(void)pthread_mutex_unlock(&rl->lock);
		fss__db_abort(rd);
	}
	fss__db_close(rd);
	return NULL;
}

/* Readers that never pause would keep the log from ever beginning anew. */
static void
test_log_is_shortened(void **state)
{
	struct fixture *f = *state;
	static char value[64 << 10], got[64 << 10];
	struct relay rl = { .path = f->path };
	struct runner runner[2] = { { &rl, 0 }, { &rl, 1 } };
	const uint64_t most = 1 << 20;
	pthread_t thread[2];
	struct fss__db *rd;
	unsigned i;

	assert_int_equal(fss__db_shorten(f->db, most, 1), 0);
	assert_int_equal(fss__db_open(f->path, FSS__DB_READ, NULL, &rd), 0);
	assert_int_equal(fss__db_begin(rd), 0);
	for (i = 0; i < 20; i++) {
		memset(value, 'a' + (int)i, sizeof(value) - 1);
		assert_int_equal(fss__fact_set(f->db, "k", value), 0);
	}
	assert_int_equal(fss__db_shorten(f->db, most, 1), FSS_EBUSY);
	assert_int_equal(fss__fact_get(rd, "k", got, sizeof(got)), 0);
	fss__db_abort(rd);
	(void)pthread_mutex_init(&rl.lock, NULL);
	(void)pthread_cond_init(&rl.begun, NULL);
	for (i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&thread[i], NULL, run_relay,
		    &runner[i]), 0);
	(void)pthread_mutex_lock(&rl.lock);
	while (rl.n < 4)
		(void)pthread_cond_wait(&rl.begun, &rl.lock);
	(void)pthread_mutex_unlock(&rl.lock);
	assert_int_equal(fss__db_shorten(f->db, most, 600000), 1);
	assert_int_equal(fss__db_shorten(f->db, most, 1), 0);
	assert_int_equal(fss__fact_get(rd, "k", got, sizeof(got)), 1);
	assert_string_equal(got, value);
	(void)pthread_mutex_lock(&rl.lock);
	rl.stop = true;
	(void)pthread_cond_broadcast(&rl.begun);
	(void)pthread_mutex_unlock(&rl.lock);
	for (i = 0; i < 2; i++)
		(void)pthread_join(thread[i], NULL);
	fss__db_close(rd);
}

static void
test_transactions_and_savepoints(void **state)
{
	struct fixture *f = *state;
	char v[8];

	assert_int_equal(fss__db_begin(f->db), 0);
	assert_int_equal(fss__fact_set(f->db, "kept", "1"), 0);
	assert_int_equal(fss__db_savepoint(f->db), 0);
	assert_int_equal(fss__db_savepoint(f->db), FSS_EINVAL);
	assert_true(fss__db_touch(f->db));
	assert_false(fss__db_touch(f->db));
	assert_int_equal(fss__fact_set(f->db, "undone", "1"), 0);
	fss__db_rollback_to(f->db);
	assert_true(fss__db_lost(f->db));
	assert_false(fss__db_lost(f->db));
	assert_int_equal(fss__db_savepoint(f->db), 0);
	assert_int_equal(fss__fact_set(f->db, "also", "1"), 0);
	assert_int_equal(fss__db_release(f->db), 0);
	assert_int_equal(fss__db_savepoint(f->db), 0);
	fss__db_rollback_to(f->db);
	assert_false(fss__db_lost(f->db));	/* nothing was touched in it */
	assert_int_equal(fss__db_commit(f->db), 0);
	assert_int_equal(fss__fact_get(f->db, "kept", v, sizeof(v)), 1);
	assert_int_equal(fss__fact_get(f->db, "also", v, sizeof(v)), 1);
	assert_int_equal(fss__fact_get(f->db, "undone", v, sizeof(v)), 0);

	assert_int_equal(fss__db_begin(f->db), 0);
	assert_int_equal(fss__fact_set(f->db, "kept", "2"), 0);
	fss__db_abort(f->db);
	assert_false(fss__db_in_tx(f->db));
	assert_int_equal(fss__fact_get(f->db, "kept", v, sizeof(v)), 1);
	assert_string_equal(v, "1");
}

/* After SQLite rolled back by itself nothing may commit piece by piece. */
static void
test_lost_transaction_refuses(void **state)
{
	struct fixture *f = *state;
	char v[8];

	assert_int_equal(fss__db_begin(f->db), 0);
	assert_int_equal(sqlite3_exec(f->db->h, "ROLLBACK", NULL, NULL, NULL),
	    SQLITE_OK);
	assert_int_equal(fss__fact_set(f->db, "k", "1"), FSS_EIO);
	assert_int_equal(fss__db_commit(f->db), FSS_EIO);
	fss__db_abort(f->db);
	assert_int_equal(fss__fact_get(f->db, "k", v, sizeof(v)), 0);
	assert_int_equal(fss__fact_set(f->db, "k", "1"), 0);
}

static void
test_full_disk_is_told(void **state)
{
	struct fixture *f = *state;
	struct fss__stmt *st;
	int r = 0, i;

	assert_int_equal(number(f->db, "PRAGMA max_page_count = 1") > 0, 1);
	for (i = 0; i < 200 && r == 0; i++) {
		st = fss__db_query(f->db, "INSERT INTO store_fact "
		    "(name, value) VALUES (?1, hex(zeroblob(20000)))");
		fss__bind_i64(st, 1, i);
		r = fss__exec(st);
	}
	assert_int_equal(r, FSS_ENOSPC);
	assert_int_equal(fss__db_check(f->db, NULL), 0);
}

static void
test_foreign_and_newer_files_are_refused(void **state)
{
	struct fixture *f = *state;
	struct fss__err err;
	struct fss__db *db;

	assert_int_equal(fss__db_run(f->db, "PRAGMA user_version = 99"), 0);
	assert_int_equal(fss__db_open(f->path, FSS__DB_WRITE, &err, &db),
	    FSS_ESCHEMA);
	assert_null(db);
	assert_true(strstr(err.detail, "99") != NULL);
	assert_int_equal(fss__db_open(f->path, FSS__DB_READ, &err, &db),
	    FSS_ESCHEMA);
	assert_int_equal(fss__db_run(f->db, "PRAGMA user_version = 0"), 0);
	assert_int_equal(fss__db_open(f->path, FSS__DB_READ, &err, &db),
	    FSS_ESCHEMA);
	assert_int_equal(fss__db_run(f->db, "PRAGMA user_version = 1"), 0);
	assert_int_equal(fss__db_run(f->db, "PRAGMA application_id = 7"), 0);
	assert_int_equal(fss__db_open(f->path, FSS__DB_WRITE, &err, &db),
	    FSS_ECORRUPT);
	assert_int_equal(fss__db_open("/nonexistent/meta.db", FSS__DB_READ,
	    &err, &db), FSS_ENOENT);
	assert_int_equal(fss__db_open("/nonexistent/meta.db", FSS__DB_WRITE,
	    &err, &db), FSS_EIO);
}

/* An upgrade cut short starts again; nothing of it is there in between. */
static void
test_upgrade_is_resumable(void **state)
{
	struct fixture *f = *state;
	struct fss__err err;
	struct fss__db *db;
	char path[FOLDER_PATH];
	sqlite3 *h;

	folder_path(path, f->dir, "half.db");
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	assert_int_equal(sqlite3_exec(h, "CREATE TABLE segment (x)", NULL,
	    NULL, NULL), SQLITE_OK);
	/* A table in the way makes a statement in the middle fail. */
	assert_true(fss__db_open(path, FSS__DB_WRITE, &err, &db) < 0);
	assert_int_equal(sqlite3_exec(h, "SELECT digest FROM chunk", NULL,
	    NULL, NULL), SQLITE_ERROR);
	assert_int_equal(sqlite3_exec(h, "DROP TABLE segment", NULL, NULL,
	    NULL), SQLITE_OK);
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
	assert_int_equal(fss__db_open(path, FSS__DB_WRITE, &err, &db), 0);
	assert_int_equal(number(db, "PRAGMA user_version"),
	    FSS__SCHEMA_VERSION);
	fss__db_close(db);
}

static void
test_corrupt_header(void **state)
{
	struct fixture *f = *state;
	struct fss__err err;
	struct fss__db *db;

	fss__db_close(f->db);
	f->db = NULL;
	folder_flip(f->dir, "meta.db", 3, 0xff);
	assert_int_equal(fss__db_open(f->path, FSS__DB_WRITE, &err, &db),
	    FSS_ECORRUPT);
	assert_int_equal(fss__db_open(f->path, FSS__DB_READ, &err, &db),
	    FSS_ECORRUPT);
}

static void
test_check_and_backup(void **state)
{
	struct fixture *f = *state;
	struct fss__err err;
	struct fss__db *copy;
	char path[FOLDER_PATH], v[8];

	fss__err_clear(&err);
	assert_int_equal(fss__fact_set(f->db, "k", "1"), 0);
	assert_int_equal(fss__db_check(f->db, &err), 0);
	assert_int_equal(fss__db_checkpoint(f->db), 0);
	folder_path(path, f->dir, "copy.db");
	assert_int_equal(fss__db_backup(f->db, path, &err), 0);
	assert_int_equal(fss__db_backup(f->db, path, &err), FSS_EEXIST);
	assert_int_equal(fss__db_open(path, FSS__DB_READ, &err, &copy), 0);
	assert_int_equal(fss__fact_get(copy, "k", v, sizeof(v)), 1);
	assert_int_equal(fss__db_check(copy, &err), 0);
	fss__db_close(copy);
	assert_int_equal(fss__db_backup(f->db, "/nonexistent/x", &err),
	    FSS_ENOENT);
}

static void
test_second_writer_is_busy(void **state)
{
	struct fixture *f = *state;
	struct fss__db *other;

	assert_int_equal(fss__db_open(f->path, FSS__DB_WRITE, NULL, &other),
	    0);
	assert_int_equal(sqlite3_busy_timeout(other->h, 0), SQLITE_OK);
	assert_int_equal(fss__db_begin(f->db), 0);
	assert_int_equal(fss__db_begin(other), FSS_EBUSY);
	fss__db_abort(f->db);
	assert_int_equal(fss__db_begin(other), 0);
	fss__db_abort(other);
	fss__db_close(other);
}

/* Fails each of our allocations in turn. */
static void
test_allocation_failures(void **state)
{
	struct fixture *f = *state;
	struct fss__err err;
	struct fss__db *db = NULL;
	char v[8];
	uint64_t n;
	int r;

	for (n = 1;; n++) {
		(void)fss__alloc_fail_at(n);
		r = fss__db_open(f->path, FSS__DB_READ, &err, &db);
		if (r == 0)
			r = fss__fact_get(db, "id", v, sizeof(v));
		fss__db_close(db);
		db = NULL;
		if (r >= 0)
			break;
		assert_int_equal(r, FSS_ENOMEM);
		assert_true(n < 100);
	}
	(void)fss__alloc_fail_at(0);
	assert_true(n > 2);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_settings),
		T(test_statement_is_prepared_once),
		T(test_values_prepare_nothing),
		T(test_bound_bytes_are_copied),
		T(test_errors_are_mapped),
		T(test_readers_have_a_snapshot),
		T(test_log_is_shortened),
		T(test_transactions_and_savepoints),
		T(test_lost_transaction_refuses),
		T(test_full_disk_is_told),
		T(test_foreign_and_newer_files_are_refused),
		T(test_upgrade_is_resumable),
		T(test_corrupt_header),
		T(test_check_and_backup),
		T(test_second_writer_is_busy),
		T(test_allocation_failures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
