/*
 * Entries: commit, stat, versions, restore, quota.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/entry_use.h"
#include "model_fixture.h"

static void
test_commit(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct fss__m_commit_item m;
	struct mf_row row;
	struct fss__id id;

	(void)state;
	(void)mf_put(f, &alice, "hello");
	m = mf_item("/a/b/c.txt", "hello", &id);
	assert_int_equal(mf_commit(f, &alice, NULL, &m, &row), 0);
	assert_string_equal(row.path, "/a/b/c.txt");
	assert_string_equal(row.owner, "alice");
	assert_string_equal(row.author, "alice");
	assert_string_equal(row.media, "text/plain");
	assert_int_equal(row.kind, FSS_KIND_FILE);
	assert_int_equal(row.size, 5);
	assert_int_equal(row.number, 1);
	assert_int_equal(row.mode, 0644);
	assert_int_equal(row.mtime, 1000);
	assert_int_equal(row.rights, 31);
	assert_int_equal(row.access, FSS_ACCESS_PRIVATE);
	assert_false(row.access_own);
	assert_true(fss__id_eq(&row.root, &id));
	assert_int_equal(mf_stat(f, &alice, NULL, "/a", 0, &row), 0);
	assert_int_equal(row.kind, FSS_KIND_DIR);
	assert_int_equal(row.mode, 0755);
	assert_int_equal(mf_stat(f, &alice, "alice", "/", 0, &row), 0);
	assert_true(row.access_own);
	mf_expect_usage(f, &alice, 5, 1, 2);

	/* The same again is no new version; other content or times are. */
	assert_int_equal(mf_commit(f, &alice, NULL, &m, &row), 0);
	assert_int_equal(row.number, 1);
	m.has &= ~(uint32_t)(FSS__K_commit_item_mtime_us |
	    FSS__K_commit_item_mode);
	assert_int_equal(mf_commit(f, &alice, NULL, &m, &row), 0);
	assert_int_equal(row.number, 1);
	assert_int_equal(row.mtime, 1000);
	m.has |= FSS__K_commit_item_mtime_us;
	m.mtime_us = 2000;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, &row), 0);
	assert_int_equal(row.number, 2);
	assert_int_equal(row.mode, 0644);
	mf_expect_usage(f, &alice, 10, 1, 2);

	/* Kinds in each other's way. */
	assert_int_equal(mf_file(f, &alice, NULL, "/a", "x"), FSS_EISDIR);
	assert_int_equal(mf_file(f, &alice, NULL, "/", "x"), FSS_EISDIR);
	assert_int_equal(mf_folder(f, &alice, NULL, "/a/b/c.txt"),
	    FSS_ENOTDIR);
	assert_int_equal(mf_file(f, &alice, NULL, "/a/b/c.txt/d", "x"),
	    FSS_ENOTDIR);
	assert_int_equal(mf_folder(f, &alice, NULL, "/a/b"), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/../x", "x"), FSS_EPATH);
	assert_int_equal(mf_file(f, &alice, NULL, "x", "x"), FSS_EPATH);
	assert_int_equal(mf_file(f, &alice, NULL, "/x/", "x"), FSS_EPATH);
	assert_int_equal(mf_file(f, &alice, "nobody", "/x", "x"),
	    FSS_ENOACCOUNT);
	assert_int_equal(mf_file(f, &alice, NULL, "/empty", NULL), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/empty", 0, &row), 0);
	assert_int_equal(row.size, 0);
	assert_false(row.has & FSS__K_entry_root);
	mf_expect_sound(f);
	mf_close(f);
}

static void
test_lies(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__m_commit_item m, good;
	struct fss__id id;
	struct mf_row row;

	(void)state;
	m = mf_item("/x", "secret", &id);
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_EMISSING);
	(void)mf_put(f, &alice, "secret");
	good = m;
	m.size = 7;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL),
	    FSS_EINTEGRITY);
	m = good;
	m.depth = 1;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL),
	    FSS_EINTEGRITY);
	m = good;
	m.size = 0;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL),
	    FSS_EINTEGRITY);
	m = good;
	m.has &= ~(uint32_t)FSS__K_commit_item_root;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL),
	    FSS_EINTEGRITY);
	m = good;
	m.root.n = 5;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL),
	    FSS_EINTEGRITY);
	m = good;
	m.size = UINT64_MAX;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_ETOOBIG);
	m = good;
	m.kind = 0;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_EINVAL);
	mf_expect_usage(f, &alice, 0, 0, 0);

	/* A digest that was heard of opens nothing... */
	assert_int_equal(mf_commit(f, &alice, NULL, &good, &row), 0);
	assert_int_equal(mf_commit(f, &bob, NULL, &good, NULL),
	    FSS_EMISSING);
	/* ... unless the file can be read; then it is copied by it. */
	assert_int_equal(mf_access(f, &alice, NULL, "/x", FSS_ACCESS_ASK), 0);
	assert_int_equal(mf_commit(f, &bob, NULL, &good, NULL),
	    FSS_EMISSING);
	assert_int_equal(mf_access(f, &alice, NULL, "/x", FSS_ACCESS_OPEN),
	    0);
	m = good;
	m.size = 5;
	assert_int_equal(mf_commit(f, &bob, NULL, &m, NULL), FSS_EINTEGRITY);
	assert_int_equal(mf_commit(f, &bob, NULL, &good, NULL), 0);
	/* It is his now, whatever becomes of hers. */
	assert_int_equal(mf_remove(f, &alice, NULL, "/x", false), 0);
	mf_purge(f);
	assert_int_equal(mf_stat(f, &bob, NULL, "/x", 0, &row), 0);
	assert_int_equal(row.size, 6);
	assert_int_equal(mf_sql(f, "SELECT refs FROM chunk"), 1);
	mf_expect_sound(f);
	mf_close(f);
}

static void
test_base(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct fss__m_commit_item m;
	struct fss__id id;

	(void)state;
	(void)mf_put(f, &alice, "one");
	(void)mf_put(f, &alice, "two");
	m = mf_item("/f", "one", &id);
	m.has |= FSS__K_commit_item_base;
	m.base = 1;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_ECONFLICT);
	m.base = 0;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), 0);
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_ECONFLICT);
	m = mf_item("/f", "two", &id);
	m.has |= FSS__K_commit_item_base;
	m.base = 2;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_ECONFLICT);
	m.base = 1;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), 0);
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_ECONFLICT);
	mf_close(f);
}

static void
test_links(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct fss__m_commit_item m;
	struct mf_row row;

	(void)state;
	memset(&m, 0, sizeof(m));
	m.path = mf_s("/l");
	m.kind = FSS_KIND_LINK;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_EINVAL);
	m.has = FSS__K_commit_item_target;
	m.target = mf_s("../over/there");
	assert_int_equal(mf_commit(f, &alice, NULL, &m, &row), 0);
	assert_int_equal(row.kind, FSS_KIND_LINK);
	assert_string_equal(row.target, "../over/there");
	assert_int_equal(mf_commit(f, &alice, NULL, &m, &row), 0);
	assert_int_equal(row.number, 1);
	m.target = mf_s("elsewhere");
	assert_int_equal(mf_commit(f, &alice, NULL, &m, &row), 0);
	assert_int_equal(row.number, 2);
	/* A file takes a link's place, as a version of what has the name. */
	assert_int_equal(mf_file(f, &alice, NULL, "/l", "text"), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/l", 0, &row), 0);
	assert_int_equal(row.kind, FSS_KIND_FILE);
	assert_int_equal(row.number, 3);
	assert_int_equal(mf_stat(f, &alice, NULL, "/l", 1, &row), 0);
	assert_int_equal(row.kind, FSS_KIND_LINK);
	assert_string_equal(row.target, "../over/there");
	m.target.p = "a\0b";
	m.target.n = 3;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_EINVAL);
	mf_expect_sound(f);
	mf_close(f);
}

static int
restore(struct mf *f, const struct fss__actor *who, const char *path,
    uint64_t number)
{
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_restore m;
	int r;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	m.number = number;
	mf_begin(f);
	r = mf_end(f, fss__entry_restore(&f->ctx, who, &m, mf_emit, rows));
	mf_rows_free(rows);
	return r;
}

static int
versions(struct mf *f, const struct fss__actor *who, const char *owner,
    const char *path, struct mf_rows *rows)
{
	struct fss__cursor from = rows->next;
	struct fss__m_versions m;

	memset(&m, 0, sizeof(m));
	m.path = mf_s(path);
	if (owner != NULL) {
		m.has |= FSS__K_versions_owner;
		m.owner = mf_s(owner);
	}
	if (from.len > 0) {
		m.has |= FSS__K_versions_cursor;
		m.cursor.p = from.b;
		m.cursor.n = from.len;
	}
	rows->n = 0;
	return fss__entry_versions(&f->ctx, who, &m, mf_emit, rows,
	    &rows->next);
}

static void
test_versions(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(2);
	struct fss__content c;
	struct mf_row row;
	uint64_t old;
	char text[32];
	int i;

	(void)state;
	for (i = 1; i <= 6; i++) {
		(void)snprintf(text, sizeof(text), "text %d", i);
		assert_int_equal(mf_file(f, &alice, NULL, "/f", text), 0);
	}
	/* keep_versions is 4 */
	assert_int_equal(versions(f, &alice, NULL, "/f", rows), 0);
	assert_int_equal(rows->n, 2);
	assert_int_equal(rows->row[0].number, 6);
	assert_int_equal(rows->row[1].number, 5);
	assert_true(rows->next.len > 0);
	assert_int_equal(versions(f, &alice, NULL, "/f", rows), 0);
	assert_int_equal(rows->n, 2);
	assert_int_equal(rows->row[1].number, 3);
	old = rows->row[1].version;
	assert_int_equal(mf_stat(f, &alice, NULL, "/f", 2, NULL),
	    FSS_ENOENT);
	mf_expect_usage(f, &alice, 4 * 6, 1, 0);

	assert_int_equal(fss__entry_content(&f->ctx, &alice, (int64_t)old,
	    &c), 0);
	assert_int_equal(c.size, 6);
	assert_int_equal(fss__entry_content(&f->ctx, &bob, (int64_t)old, &c),
	    FSS_ENOENT);
	assert_int_equal(mf_access(f, &alice, NULL, "/f", FSS_ACCESS_ASK), 0);
	assert_int_equal(fss__entry_content(&f->ctx, &bob, (int64_t)old, &c),
	    FSS_EDENIED);
	assert_int_equal(versions(f, &bob, "alice", "/f", rows), FSS_EDENIED);
	assert_int_equal(mf_stat(f, &bob, "alice", "/f", 0, &row), 0);
	assert_false(row.has & (FSS__K_entry_root | FSS__K_entry_version));
	assert_int_equal(mf_stat(f, &bob, "alice", "/f", 3, &row),
	    FSS_EDENIED);

	/* Restoring makes a new version, and the oldest goes. */
	assert_int_equal(restore(f, &alice, "/f", 4), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/f", 0, &row), 0);
	assert_int_equal(row.number, 7);
	assert_int_equal(restore(f, &alice, "/f", 7), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/f", 0, &row), 0);
	assert_int_equal(row.number, 7);
	assert_int_equal(restore(f, &alice, "/f", 3), FSS_ENOENT);
	assert_int_equal(fss__entry_content(&f->ctx, &alice, (int64_t)old,
	    &c), FSS_ENOENT);
	assert_int_equal(restore(f, &bob, "/f", 4), FSS_ENOENT);
	assert_int_equal(restore(f, &alice, "/", 4), FSS_EISDIR);
	mf_expect_sound(f);
	mf_rows_free(rows);
	mf_close(f);
}

static void
test_quota(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");

	(void)state;
	f->rules.quota_bytes = 10 + 2 * FSS__ENTRY_COST;
	f->rules.quota_files = 2;
	assert_int_equal(mf_file(f, &alice, NULL, "/a", "12345678"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/b", "123"), FSS_EQUOTA);
	assert_int_equal(mf_file(f, &alice, NULL, "/b", "12"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/c", NULL), FSS_EQUOTA);
	mf_expect_usage(f, &alice, 10, 2, 0);
	f->rules.quota_files = 0;
	assert_int_equal(mf_file(f, &alice, NULL, "/c", NULL), FSS_EQUOTA);
	assert_int_equal(mf_folder(f, &alice, NULL, "/d"), FSS_EQUOTA);
	f->rules.quota_files = 2;
	f->rules.quota_bytes += 2 * FSS__ENTRY_COST;
	assert_int_equal(mf_folder(f, &alice, NULL, "/d/e"), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/d/e/f"), FSS_EQUOTA);
	/* A full account may still make room, and another's is another's. */
	assert_int_equal(mf_remove(f, &alice, NULL, "/a", false), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/c", "1"), 0);
	assert_int_equal(mf_file(f, &bob, NULL, "/c", "1234567890"), 0);
	/* What a guest brings counts for the owner of the space. */
	assert_int_equal(mf_grant(f, &alice, NULL, "/d", "bob",
	    FSS_RIGHT_CREATE), 0);
	assert_int_equal(mf_file(f, &bob, "alice", "/d/x", "1"), FSS_EQUOTA);
	f->rules.quota_files = 0;
	f->rules.quota_bytes += FSS__ENTRY_COST;
	assert_int_equal(mf_file(f, &bob, "alice", "/d/x", "12345678"),
	    FSS_EQUOTA);
	assert_int_equal(mf_file(f, &bob, "alice", "/d/x", "1"), 0);
	mf_expect_usage(f, &alice, 4, 3, 2);
	mf_expect_usage(f, &bob, 10, 1, 0);
	f->rules.quota_bytes = 0;
	f->rules.free_floor = UINT64_MAX;
	assert_int_equal(mf_file(f, &alice, NULL, "/big", "1"), FSS_ENOSPC);
	assert_int_equal(mf_file(f, &alice, NULL, "/empty", NULL), FSS_ENOSPC);
	assert_int_equal(mf_folder(f, &alice, NULL, "/folder"), FSS_ENOSPC);
	assert_int_equal(mf_grant(f, &alice, NULL, "/b", "bob",
	    FSS_RIGHT_READ), FSS_ENOSPC);
	/* What is there can be put in order, and must be. */
	assert_int_equal(mf_grant(f, &alice, NULL, "/d", "bob", 0), 0);
	assert_int_equal(mf_move(f, &alice, NULL, "/b", "/bb", false), 0);
	assert_int_equal(mf_remove(f, &alice, NULL, "/bb", false), 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* A link's target is content like any other. */
static void
test_quota_links(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct fss__m_commit_item m;
	char target[1000];

	(void)state;
	memset(target, 'x', sizeof(target));
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_commit_item_target;
	m.kind = FSS_KIND_LINK;
	m.target.p = target;
	m.target.n = sizeof(target);
	m.path = mf_s("/a");
	f->rules.quota_bytes = 1500 + 2 * FSS__ENTRY_COST;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), 0);
	mf_expect_usage(f, &alice, 1000, 1, 0);
	m.path = mf_s("/b");
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_EQUOTA);
	m.target.n = 400;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), 0);
	assert_int_equal(mf_remove(f, &alice, NULL, "/a", false), 0);
	mf_expect_usage(f, &alice, 400, 1, 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* An item of a batch: the looks of those before it count. */
static int
item_of_batch(struct mf *f, const struct fss__actor *who,
    const struct fss__m_commit_item *m)
{
	int r;

	assert_int_equal(fss__store_begin(f->store), 0);
	r = fss__entry_commit(&f->ctx, who, mf_s(NULL), m, mf_emit_one, NULL);
	return mf_end(f, r);
}

static void
test_same_looks(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__m_commit_item m;
	struct fss__id id;
	char path[16];
	int i;

	(void)state;
	for (i = 0; i < 5; i++) {
		(void)snprintf(path, sizeof(path), "/a%d", i);
		assert_int_equal(mf_file(f, &alice, NULL, path, "secret"), 0);
	}
	memset(&f->ctx.looks, 0, sizeof(f->ctx.looks));
	m = mf_item("/b", "secret", &id);
	assert_int_equal(item_of_batch(f, &bob, &m), FSS_EMISSING);
	assert_int_equal(item_of_batch(f, &bob, &m), FSS_EMISSING);
	assert_int_equal(f->ctx.looks.same, 5);
	assert_int_equal(mf_access(f, &alice, NULL, "/a3", FSS_ACCESS_OPEN),
	    0);
	memset(&f->ctx.looks, 0, sizeof(f->ctx.looks));
	assert_int_equal(item_of_batch(f, &bob, &m), 0);
	assert_int_equal(f->ctx.looks.same, 4);
	m.path = mf_s("/c");
	assert_int_equal(item_of_batch(f, &bob, &m), 0);
	assert_int_equal(f->ctx.looks.same, 5);
	/* None left: as if nobody had it. */
	f->ctx.looks.same = 1 << 20;
	m.path = mf_s("/d");
	assert_int_equal(item_of_batch(f, &bob, &m), FSS_EMISSING);
	mf_expect_sound(f);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commit),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_same_looks),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_links),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_quota),
		cmocka_unit_test(test_quota_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
