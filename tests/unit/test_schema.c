/*
 * The way from schema version 1 to the newest, with rows in the tables, and
 * what the audit's triggers refuse.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "store/db.h"
#include "store/schema_chunk.h"
#include "store/schema_link.h"
#include "store/schema_model.h"
#include "store/schema_request.h"
#include "store/schema_search.h"
#include "store/schema_stage.h"
#include "store/schema_ticket.h"
#include "store/schema_token.h"
#include "store/schema_transfer.h"
#include "store/schema_visitor.h"

static void
sql(sqlite3 *h, const char *text, int want)
{
	assert_int_equal(sqlite3_exec(h, text, NULL, NULL, NULL), want);
}

static int64_t
number(struct fss__db *db, const char *text)
{
	struct fss__stmt *st = fss__db_query(db, text);
	int64_t n;

	assert_int_equal(fss__step(st), 1);
	n = fss__col_i64(st, 0);
	fss__stmt_reset(st);
	return n;
}

static void
clear(const char *dir, const char *path)
{
	char side[80];
	int i;

	(void)unlink(path);
	for (i = 0; i < 2; i++) {
		(void)snprintf(side, sizeof(side), "%s-%s", path,
		    i == 0 ? "wal" : "shm");
		(void)unlink(side);
	}
	assert_int_equal(rmdir(dir), 0);
}

static void
upgrade(int from)
{
	char dir[] = "/tmp/fss-schema-XXXXXX", path[64];
	struct fss__db *db = NULL;
	struct fss__err err;
	sqlite3 *h = NULL;
	size_t i;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/meta.db", dir);
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	for (i = 0; fss__schema_chunk[i] != NULL; i++)
		sql(h, fss__schema_chunk[i], SQLITE_OK);
	for (i = 0; fss__schema_model[i] != NULL; i++)
		sql(h, fss__schema_model[i], SQLITE_OK);
	sql(h, "PRAGMA user_version = 1", SQLITE_OK);
	sql(h, "PRAGMA application_id = 0x46535331", SQLITE_OK);
	sql(h, "INSERT INTO version(entry, number, kind, size, depth, mtime,"
	    " mode, created, author) VALUES(7, 1, 2, 0, 0, 1, 420, 1, 1)",
	    SQLITE_OK);
	/* 1 root, 2 below it, 3 below that with an access, 4 beside it. */
	sql(h, "INSERT INTO entry(id, parent, name, owner, kind, access,"
	    " created) VALUES(1, 0, 'a', 1, 1, 1, 1), (2, 1, 'b', 1, 1, 0, 1),"
	    " (3, 2, 'c', 1, 1, 2, 1), (4, 1, 'd', 1, 1, 0, 1),"
	    " (5, 4, 'e', 1, 1, 0, 1)", SQLITE_OK);
	for (i = 0; from >= 2 && fss__schema_request[i] != NULL; i++)
		sql(h, fss__schema_request[i], SQLITE_OK);
	if (from >= 2) {
		/* One of each root: it cannot be told whose it was for. */
		sql(h, "INSERT INTO transfer(root, depth, size, touched,"
		    " created) VALUES(x'01', 0, 1, 1, 1)", SQLITE_OK);
		sql(h, "INSERT INTO transfer_source VALUES(1, 1)", SQLITE_OK);
		sql(h, "INSERT INTO transfer_page VALUES(1, 1, 0, x'01',"
		    " x'01')", SQLITE_OK);
		sql(h, "PRAGMA user_version = 2", SQLITE_OK);
	}
	for (i = 0; from >= 3 && fss__schema_transfer[i] != NULL; i++)
		sql(h, fss__schema_transfer[i], SQLITE_OK);
	if (from >= 3) {
		sql(h, "INSERT INTO device(account, key, name, created, seen)"
		    " VALUES(1, x'02', 'laptop', 1, 2)", SQLITE_OK);
		sql(h, "PRAGMA user_version = 3", SQLITE_OK);
	}
	assert_int_equal(sqlite3_close(h), SQLITE_OK);

	assert_int_equal(fss__db_open(path, FSS__DB_WRITE, &err, &db), 0);
	assert_int_equal(number(db, "PRAGMA user_version"),
	    FSS__SCHEMA_VERSION);
	assert_int_equal(number(db, "SELECT count(*) FROM version"
	    " WHERE entry = 7 AND state = 0 AND keep = 0"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM entry"
	    " WHERE below = (id IN (1, 2))"), 5);
	assert_int_equal(number(db, "SELECT value FROM counter"
	    " WHERE name = 'request'"), 0);
	assert_int_equal(number(db, "SELECT (SELECT count(*) FROM transfer)"
	    " + (SELECT count(*) FROM transfer_source)"
	    " + (SELECT count(*) FROM transfer_page WHERE start >= 0)"), 0);
	assert_int_equal(number(db, "SELECT count(*) FROM transfer"
	    " WHERE owner = 0"), 0);
	/* A device of before is a key that does not expire. */
	assert_int_equal(number(db, "SELECT count(*) FROM device"
	    " WHERE kind = 0 AND scopes = 0 AND expires = 0 AND address = ''"),
	    from >= 3);
	assert_int_equal(number(db, "SELECT count(*) FROM stage"), 0);
	fss__db_close(db);

	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	sql(h, "INSERT INTO audit(at, what, actor, asker, owner, request,"
	    " entry, size, reason, rule) VALUES(1, 1, 1, 1, 1, 1, 1, 1, 0, 0)",
	    SQLITE_OK);
	sql(h, "UPDATE audit SET at = 2", SQLITE_CONSTRAINT);
	sql(h, "DELETE FROM audit", SQLITE_CONSTRAINT);
	assert_int_equal(sqlite3_close(h), SQLITE_OK);
	clear(dir, path);
}

static void
test_upgrade(void **state)
{
	(void)state;
	upgrade(1);
	upgrade(2);
	upgrade(3);
}

/* What version 10 adds. */
static void
forget_folders(struct fss__db *db)
{
	static const char *const drop[] = {
		"DROP TRIGGER search_folder_set",
		"DROP TRIGGER search_folder_gone",
		"DROP TRIGGER search_folder_kind",
		"DROP TABLE search_folder"
	};
	size_t i;

	for (i = 0; i < sizeof(drop) / sizeof(drop[0]); i++)
		assert_int_equal(fss__exec(fss__db_query(db, drop[i])), 0);
}

/*
 * Blocks of names from before version 8 have no tags, which is known of them;
 * test_find_filter.c searches such ones.
 */
static void
test_upgrade_tags(void **state)
{
	static const char *const *const before[] = { fss__schema_chunk,
		fss__schema_model, fss__schema_request, fss__schema_transfer,
		fss__schema_token, fss__schema_stage, fss__schema_link,
		fss__schema_search, fss__schema_visitor, fss__schema_ticket,
		fss__schema_stage_device };
	char dir[] = "/tmp/fss-schema-XXXXXX", path[64];
	struct fss__db *db = NULL;
	struct fss__err err;
	sqlite3 *h = NULL;
	size_t i, k;

	(void)state;
	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof(path), "%s/meta.db", dir);
	assert_int_equal(sqlite3_open(path, &h), SQLITE_OK);
	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		for (k = 0; before[i][k] != NULL; k++)
			sql(h, before[i][k], SQLITE_OK);
	}
	sql(h, "INSERT INTO search_block VALUES(0, 2, x'000100')",
	    SQLITE_OK);
	sql(h, "INSERT INTO search_block VALUES(1, 40, x'000100')",
	    SQLITE_OK);
	sql(h, "UPDATE search_state SET posted = 50, blocks = 2", SQLITE_OK);
	sql(h, "PRAGMA user_version = 7", SQLITE_OK);
	sql(h, "PRAGMA application_id = 0x46535331", SQLITE_OK);
	assert_int_equal(sqlite3_close(h), SQLITE_OK);

	assert_int_equal(fss__db_open(path, FSS__DB_WRITE, &err, &db), 0);
	assert_int_equal(number(db, "PRAGMA user_version"),
	    FSS__SCHEMA_VERSION);
	assert_int_equal(number(db, "SELECT count(*) FROM search_state"
	    " WHERE posted = 50 AND blocks = 2 AND plain = 2"), 1);
	assert_int_equal(number(db, "SELECT count(*) FROM search_block"
	    " WHERE tags IS NULL AND names = x'000100'"), 2);
	/* Those of version 8 lack grams: they get their tags once more. */
	assert_int_equal(fss__exec(fss__db_query(db,
	    "UPDATE search_state SET plain = 1")), 0);
	forget_folders(db);
	assert_int_equal(fss__exec(fss__db_query(db,
	    "PRAGMA user_version = 8")), 0);
	fss__db_close(db);
	assert_int_equal(fss__db_open(path, FSS__DB_WRITE, &err, &db), 0);
	assert_int_equal(number(db, "SELECT plain FROM search_state"), 2);
	/* So do those of version 10. */
	assert_int_equal(fss__exec(fss__db_query(db,
	    "UPDATE search_state SET plain = 0")), 0);
	assert_int_equal(fss__exec(fss__db_query(db,
	    "PRAGMA user_version = 10")), 0);
	fss__db_close(db);
	assert_int_equal(fss__db_open(path, FSS__DB_WRITE, &err, &db), 0);
	assert_int_equal(number(db, "SELECT plain FROM search_state"), 2);
	fss__db_close(db);
	clear(dir, path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_upgrade),
		cmocka_unit_test(test_upgrade_tags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
