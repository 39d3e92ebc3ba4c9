/*
 * The tree of entries: list, move, remove, purge.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model_fixture.h"

static void
test_list(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(7);
	char path[64], last[64] = "";
	int i, seen = 0;

	(void)state;
	for (i = 0; i < 40; i++) {
		(void)snprintf(path, sizeof(path), "/d/n%d", i * 7919 % 1000);
		assert_int_equal(mf_file(f, &alice, NULL, path, "x"), 0);
		if (i % 3 == 0)
			assert_int_equal(mf_access(f, &alice, NULL, path,
			    FSS_ACCESS_PRIVATE), 0);
	}
	rows->next.len = 0;
	do {
		assert_int_equal(mf_list(f, &alice, NULL, "/d", rows), 0);
		for (i = 0; i < (int)rows->n; i++, seen++) {
			assert_true(strcmp(last, rows->row[i].path) < 0);
			assert_int_equal(fss__slice_copy(
			    mf_s(rows->row[i].path), last, sizeof(last)), 0);
		}
	} while (rows->next.len > 0);
	assert_int_equal(seen, 40);

	assert_int_equal(mf_list(f, &bob, "alice", "/d", rows), FSS_ENOENT);
	assert_int_equal(mf_list(f, &bob, "alice", "/no", rows), FSS_ENOENT);
	/* A root is no secret; what is in it is. */
	assert_int_equal(mf_list(f, &bob, "alice", "/", rows), 0);
	assert_int_equal(rows->n, 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_OPEN),
	    0);
	assert_int_equal(mf_list(f, &bob, "alice", "/", rows), 0);
	assert_int_equal(rows->n, 1);
	assert_string_equal(rows->row[0].path, "d");
	seen = 0;
	do {
		assert_int_equal(mf_list(f, &bob, "alice", "/d", rows), 0);
		seen += (int)rows->n;
	} while (rows->next.len > 0);
	assert_int_equal(seen, 26);
	assert_int_equal(mf_list(f, &alice, NULL, "/d/n0", rows),
	    FSS_ENOTDIR);
	rows->next.len = 3;
	memcpy(rows->next.b, "Zab", 3);
	assert_int_equal(mf_list(f, &alice, NULL, "/d", rows), FSS_EINVAL);
	mf_rows_free(rows);
	mf_close(f);
}

/* Hidden children past the bound: the page ends, and does not name them. */
/* @count entries in /d that nobody but @who sees. */
static void
make_hidden(struct mf *f, const struct fss__actor *who, int count)
{
	struct fss__m_commit_item m;
	char path[64];
	int i;

	mf_begin(f);
	for (i = 0; i < count; i++) {
		(void)snprintf(path, sizeof(path), "/d/hidden%d", i);
		m = mf_item(path, NULL, NULL);
		assert_int_equal(fss__entry_commit(&f->ctx, who, mf_s(NULL),
		    &m, mf_emit_one, NULL), 0);
	}
	(void)mf_sql(f, "UPDATE entry SET access = 1 WHERE name LIKE 'hidden%'"
	    " RETURNING 1");
	(void)mf_end(f, 0);
}

static void
test_list_hidden(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__cursor other, mine;
	int i, pages = 0, seen = 0;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/d/aaa", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/d/zzz", NULL), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/e"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/", FSS_ACCESS_OPEN),
	    0);
	make_hidden(f, &alice, 9000);
	mine.len = 0;
	do {
		assert_int_equal(mf_list(f, &bob, "alice", "/d", rows), 0);
		seen += (int)rows->n;
		pages++;
		for (i = 0; i + 6 <= (int)rows->next.len; i++)
			assert_memory_not_equal(rows->next.b + i, "hidden",
			    6);
		if (rows->next.len > 0)
			mine = rows->next;
	} while (rows->next.len > 0);
	assert_int_equal(seen, 2);
	assert_int_equal(pages, 3);
	/* It opens for nobody else, nowhere else, and cannot be made up. */
	assert_int_equal(mine.b[0], 'I');
	rows->next = mine;
	assert_int_equal(mf_list(f, &bob, "alice", "/e", rows), FSS_EINVAL);
	rows->next = mine;
	assert_int_equal(mf_list(f, &alice, "alice", "/d", rows), FSS_EINVAL);
	for (i = 1; i <= 24; i++) {
		other = mine;
		other.b[i] ^= 1;
		rows->next = other;
		assert_int_equal(mf_list(f, &bob, "alice", "/d", rows),
		    FSS_EINVAL);
	}
	rows->next = mine;
	assert_int_equal(mf_list(f, &bob, "alice", "/d", rows), 0);
	mf_rows_free(rows);
	mf_close(f);
}

/* A full page goes on after the last name shown, whatever follows that. */
static void
test_list_full(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(1);

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/d/aaa", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/d/zzz", NULL), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_OPEN),
	    0);
	make_hidden(f, &alice, 20);
	assert_int_equal(mf_list(f, &bob, "alice", "/d", rows), 0);
	assert_int_equal(rows->n, 1);
	assert_int_equal(rows->next.len, 4);
	assert_memory_equal(rows->next.b, "Naaa", 4);
	assert_int_equal(mf_list(f, &bob, "alice", "/d", rows), 0);
	assert_int_equal(rows->n, 1);
	assert_string_equal(rows->row[0].path, "zzz");
	assert_int_equal(rows->next.len, 0);
	mf_rows_free(rows);
	mf_close(f);
}

/* All of alice's /d from @rows->next on, as @who sees it: one line of text. */
static void
names_on(struct mf *f, const struct fss__actor *who, struct mf_rows *rows,
    char *names, size_t size)
{
	size_t i, at = 0;

	names[0] = '\0';
	do {
		assert_int_equal(mf_list(f, who, "alice", "/d", rows), 0);
		for (i = 0; i < rows->n; i++)
			at += (size_t)snprintf(names + at, size - at, " %s",
			    rows->row[i].path);
		assert_true(at < size);
	} while (rows->next.len > 0);
}

/* The words of @text, the last first. */
static void
turned(const char *text, char *ret)
{
	const char *end = text + strlen(text), *p;

	for (p = end; p > text; ) {
		while (*--p != ' ')
			continue;
		memcpy(ret, p, (size_t)(end - p));
		ret += end - p;
		end = p;
	}
	*ret = '\0';
}

/*
 * From each place where a page ends, both ways: what came until there is all
 * that lies one way, what is to come all that lies the other.
 */
static void
both_ways(struct mf *f, const struct fss__actor *who, bool back)
{
	struct mf_rows *rows = mf_rows(7);
	char all[600], came[600], rest[600], away[600], want[1200];
	struct fss__cursor place;
	size_t i, at = 0;

	rows->back = back;
	rows->next.len = 0;
	names_on(f, who, rows, all, sizeof(all));
	came[0] = '\0';
	do {
		assert_int_equal(mf_list(f, who, "alice", "/d", rows), 0);
		for (i = 0; i < rows->n; i++)
			at += (size_t)snprintf(came + at, sizeof(came) - at,
			    " %s", rows->row[i].path);
		place = rows->next;
		if (place.len == 0)
			break;
		names_on(f, who, rows, rest, sizeof(rest));
		(void)snprintf(want, sizeof(want), "%s%s", came, rest);
		assert_string_equal(want, all);
		rows->next = place;
		rows->back = !back;
		names_on(f, who, rows, away, sizeof(away));
		turned(away, want);
		assert_string_equal(want, came);
		rows->next = place;
		rows->back = back;
	} while (true);
	assert_string_equal(came, all);
	mf_rows_free(rows);
}

static void
test_list_back(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	char path[64], on[600], back[600], want[600];
	int i;

	(void)state;
	for (i = 0; i < 40; i++) {
		(void)snprintf(path, sizeof(path), "/d/n%d", i * 7919 % 1000);
		assert_int_equal(mf_file(f, &alice, NULL, path, "x"), 0);
		if (i % 3 == 0)
			assert_int_equal(mf_access(f, &alice, NULL, path,
			    FSS_ACCESS_PRIVATE), 0);
	}
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_OPEN),
	    0);
	rows->next.len = 0;
	names_on(f, &bob, rows, on, sizeof(on));
	rows->back = true;
	names_on(f, &bob, rows, back, sizeof(back));
	turned(back, want);
	assert_string_equal(want, on);
	both_ways(f, &alice, false);
	both_ways(f, &alice, true);
	both_ways(f, &bob, false);
	both_ways(f, &bob, true);
	mf_rows_free(rows);
	mf_close(f);
}

/*
 * Back over more hidden entries than one call looks at, and from where it
 * ends to the other side again: from the last name shown, wherever the entry
 * it stands at has come to since.
 */
static void
test_list_back_hidden(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__cursor place;
	char names[64];
	int i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/d/aaa", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/d/mmm", NULL), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/", FSS_ACCESS_OPEN),
	    0);
	make_hidden(f, &alice, 5000);
	rows->back = true;
	rows->next.len = 0;
	assert_int_equal(mf_list(f, &bob, "alice", "/d", rows), 0);
	assert_int_equal(rows->n, 1);
	assert_string_equal(rows->row[0].path, "mmm");
	place = rows->next;
	assert_int_equal(place.b[0], 'J');
	for (i = 0; i + 6 <= (int)place.len; i++)
		assert_memory_not_equal(place.b + i, "hidden", 6);
	names_on(f, &bob, rows, names, sizeof(names));
	assert_string_equal(names, " aaa");
	rows->next = place;
	rows->back = false;
	names_on(f, &bob, rows, names, sizeof(names));
	assert_string_equal(names, " mmm");
	/* All of them go behind what is shown. */
	mf_begin(f);
	(void)mf_sql(f, "UPDATE entry SET name = 'z' || name WHERE name LIKE"
	    " 'hidden%' RETURNING 1");
	(void)mf_end(f, 0);
	rows->next = place;
	names_on(f, &bob, rows, names, sizeof(names));
	assert_string_equal(names, " mmm");
	mf_rows_free(rows);
	mf_close(f);
}

static void
test_move(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct mf_row row;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/a/b/f", "one"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/g", "two"), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/into"), 0);

	assert_int_equal(mf_move(f, &alice, NULL, "/a/b", "/a/b/c", false),
	    FSS_EINVAL);
	assert_int_equal(mf_move(f, &alice, NULL, "/a", "/a/b", false),
	    FSS_EINVAL);
	assert_int_equal(mf_move(f, &alice, NULL, "/a", "/a", false),
	    FSS_EINVAL);
	assert_int_equal(mf_move(f, &alice, NULL, "/", "/a", false),
	    FSS_EDENIED);
	assert_int_equal(mf_move(f, &alice, NULL, "/no", "/x", false),
	    FSS_ENOENT);
	assert_int_equal(mf_move(f, &alice, NULL, "/g", "/no/x", false),
	    FSS_ENOENT);
	assert_int_equal(mf_move(f, &alice, NULL, "/g", "/a/b/f/x", false),
	    FSS_ENOTDIR);
	assert_int_equal(mf_move(f, &alice, NULL, "/g", "/g", false), 0);
	assert_int_equal(mf_move(f, &alice, NULL, "/g", "/a/b/f", false),
	    FSS_EEXIST);

	/* A folder moves with all that is in it; a folder takes it in. */
	assert_int_equal(mf_move(f, &alice, NULL, "/a/b", "/into", false), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/into/b/f", 0, &row), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/a/b/f", 0, NULL),
	    FSS_ENOENT);
	assert_int_equal(mf_move(f, &alice, NULL, "/into/b", "/into/c",
	    false), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/into/c/f", 0, &row), 0);
	assert_int_equal(mf_move(f, &alice, NULL, "/into/c", "/into", false),
	    0);
	assert_int_equal(mf_move(f, &alice, NULL, "/into/c", "/", false), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/c/f", 0, &row), 0);

	/* A file in the way, only if asked for; a folder never. */
	assert_int_equal(mf_move(f, &alice, NULL, "/g", "/c/f", true), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/c/f", 0, &row), 0);
	assert_int_equal(row.size, 3);
	assert_int_equal(row.number, 1);
	assert_int_equal(mf_stat(f, &alice, NULL, "/g", 0, NULL), FSS_ENOENT);
	assert_int_equal(mf_folder(f, &alice, NULL, "/into/f"), 0);
	assert_int_equal(mf_move(f, &alice, NULL, "/c/f", "/into", true),
	    FSS_EEXIST);
	mf_purge(f);
	mf_expect_usage(f, &alice, 3, 1, 4);
	mf_expect_sound(f);
	mf_close(f);
}

/* No sequence of moves makes a path with more components than allowed. */
static void
test_move_depth(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	char deep[2 * 70 + 1], half[2 * 58 + 1];
	struct mf_row row;
	int i;

	(void)state;
	for (i = 0; i < 70; i++)
		memcpy(deep + 2 * i, "/d", 2);
	deep[2 * 70] = '\0';
	for (i = 0; i < 58; i++)
		memcpy(half + 2 * i, "/h", 2);
	half[2 * 58] = '\0';
	assert_int_equal(mf_folder(f, &alice, NULL, deep), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, half), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/x"), 0);
	/* 58 + 70 = 128 is just allowed. */
	assert_int_equal(mf_move(f, &alice, NULL, "/d", half, false), 0);
	assert_int_equal(mf_move(f, &alice, NULL, "/h", "/x", false),
	    FSS_EPATH);
	assert_int_equal(mf_stat(f, &alice, NULL, half, 0, &row), 0);
	mf_close(f);
}

static void
test_remove(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__content c;
	struct mf_row row;
	char path[64];
	int i, steps;

	(void)state;
	assert_int_equal(mf_access(f, &alice, NULL, "/", FSS_ACCESS_OPEN), 0);
	for (i = 0; i < 600; i++) {
		(void)snprintf(path, sizeof(path), "/d/s%d/f%d", i % 20, i);
		assert_int_equal(mf_file(f, &alice, NULL, path, "content"), 0);
	}
	assert_int_equal(mf_grant(f, &alice, NULL, "/d/s1/f1", "bob",
	    FSS_RIGHT_WRITE), 0);
	assert_int_equal(mf_stat(f, &bob, "alice", "/d/s1/f1", 0, &row), 0);
	mf_expect_usage(f, &alice, 600 * 7, 600, 21);

	assert_int_equal(mf_remove(f, &alice, NULL, "/", true), FSS_EDENIED);
	assert_int_equal(mf_remove(f, &alice, NULL, "/d", false),
	    FSS_ENOTEMPTY);
	assert_int_equal(mf_remove(f, &alice, NULL, "/no", false),
	    FSS_ENOENT);
	assert_int_equal(mf_remove(f, &bob, "alice", "/d", true),
	    FSS_EDENIED);
	assert_int_equal(mf_remove(f, &alice, NULL, "/d", true), 0);

	/* Gone for all at once, by name and by handle; the name is free. */
	assert_int_equal(mf_stat(f, &alice, NULL, "/d", 0, NULL), FSS_ENOENT);
	assert_int_equal(fss__entry_content(&f->ctx, &bob,
	    (int64_t)row.version, &c), FSS_ENOENT);
	assert_int_equal(fss__entry_content(&f->ctx, &alice,
	    (int64_t)row.version, &c), FSS_ENOENT);
	assert_int_equal(mf_file(f, &alice, NULL, "/d", "a file now"), 0);

	steps = mf_purge(f);
	assert_true(steps > 4);
	mf_expect_usage(f, &alice, 10, 1, 0);
	mf_expect_sound(f);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM entry"), 3);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM acl"), 0);
	assert_int_equal(mf_purge(f), 1);

	/* A single file goes at once. */
	assert_int_equal(mf_remove(f, &alice, NULL, "/d", false), 0);
	mf_expect_usage(f, &alice, 0, 0, 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* Rights in a folder do not reach what its owner closed inside. */
static void
test_remove_closed(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/team/a/f", "x"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/team/b/diary", "x"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/team/b/diary",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/team", "bob",
	    FSS_RIGHT_WRITE), 0);
	assert_int_equal(mf_remove(f, &bob, "alice", "/team/b/diary", false),
	    FSS_ENOENT);
	assert_int_equal(mf_remove(f, &bob, "alice", "/team/b", true),
	    FSS_EDENIED);
	assert_int_equal(mf_remove(f, &bob, "alice", "/team", true),
	    FSS_EDENIED);
	assert_int_equal(mf_remove(f, &bob, "alice", "/team/a", true), 0);
	assert_int_equal(mf_file(f, &bob, "alice", "/team/b/diary", "y"),
	    FSS_EDENIED);
	assert_int_equal(mf_stat(f, &alice, NULL, "/team/b/diary", 0, NULL),
	    0);
	mf_expect_sound(f);
	mf_close(f);
}

static int
remove_again(struct mf *f, const struct fss__actor *who, const char *path)
{
	struct fss__m_ref m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_ref_owner;
	m.owner = mf_s("alice");
	m.path = mf_s(path);
	assert_int_equal(fss__store_begin(f->store), 0);
	assert_int_equal(fss__db_savepoint(f->ctx.db), 0);
	r = fss__entry_remove(&f->ctx, who, &m, true);
	fss__db_rollback_to(f->ctx.db);
	fss__store_abort(f->store);
	return r;
}

/* What is looked at is what is marked below, counted over the request. */
static void
test_remove_looks(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	char path[64];
	unsigned looks;
	int i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/team/a/b/f", "x"), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/team", "bob",
	    FSS_RIGHT_WRITE), 0);
	for (i = 0; i < 100; i++) {
		(void)snprintf(path, sizeof(path), "/private/p%d", i);
		assert_int_equal(mf_file(f, &alice, NULL, path, "x"), 0);
		assert_int_equal(mf_access(f, &alice, NULL, path,
		    FSS_ACCESS_ASK), 0);
	}
	memset(&f->ctx.looks, 0, sizeof(f->ctx.looks));
	assert_int_equal(remove_again(f, &bob, "/team/a"), 0);
	assert_int_equal(f->ctx.looks.below, 1);
	/* Something closed that is moved there is found as well. */
	assert_int_equal(mf_move(f, &alice, NULL, "/private", "/team/a/b/p",
	    false), 0);
	memset(&f->ctx.looks, 0, sizeof(f->ctx.looks));
	assert_int_equal(remove_again(f, &bob, "/team/a"), FSS_EDENIED);
	looks = f->ctx.looks.below;
	assert_in_range(looks, 1, 4);
	assert_int_equal(remove_again(f, &bob, "/team/a"), FSS_EDENIED);
	assert_int_equal(f->ctx.looks.below, 2 * looks);
	/* All opened to bob again: every one is looked at, up to a bound. */
	for (i = 0; i < 100; i++) {
		(void)snprintf(path, sizeof(path), "/team/a/b/p/p%d", i);
		assert_int_equal(mf_grant(f, &alice, NULL, path, "bob",
		    FSS_RIGHT_WRITE), 0);
	}
	memset(&f->ctx.looks, 0, sizeof(f->ctx.looks));
	for (i = 0; remove_again(f, &bob, "/team/a") == 0; i++)
		assert_true(i < 1000);
	assert_in_range(i, 10, 60);
	assert_int_equal(mf_remove(f, &bob, "alice", "/team/a", true), 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* ---- paths that get too long ------------------------------------------- */

#define NAMES	16

/* @prefix and NAMES folders of 250 bytes below it. */
static void
deep_path(const char *prefix, char *dst, size_t cap)
{
	size_t n = strlen(prefix);
	int i;

	assert_true(n + NAMES * 251 < cap);
	memcpy(dst, prefix, n);
	for (i = 0; i < NAMES; i++) {
		dst[n++] = '/';
		memset(dst + n, 'a' + i, 250);
		n += 250;
	}
	dst[n] = '\0';
}

/* "/nnn" of @n bytes. */
static const char *
long_name(char *dst, size_t n)
{
	memset(dst, 'n', n);
	dst[0] = '/';
	dst[n] = '\0';
	return dst;
}

static void
test_long_paths(void **state)
{
	char path[2 * FSS_LIMIT_PATH], to[300];
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	size_t most = FSS_LIMIT_PATH - NAMES * 251;

	(void)state;
	deep_path("/d", path, sizeof(path));
	assert_int_equal(mf_folder(f, &alice, NULL, path), 0);
	assert_int_equal(mf_move(f, &alice, NULL, "/d", long_name(to,
	    most + 1), false), FSS_EPATH);
	assert_int_equal(mf_move(f, &alice, NULL, "/d", long_name(to, most),
	    false), 0);
	deep_path(to, path, sizeof(path));
	assert_int_equal(strlen(path), FSS_LIMIT_PATH);
	assert_int_equal(mf_stat(f, &alice, NULL, path, 0, NULL), 0);
	/* Into a folder, under its own name. */
	assert_int_equal(mf_folder(f, &alice, NULL, "/e"), 0);
	assert_int_equal(mf_move(f, &alice, NULL, to, "/e", false),
	    FSS_EPATH);
	assert_int_equal(mf_move(f, &alice, NULL, to, "/d", false), 0);
	/* Wide where it is not deep costs nothing to know. */
	assert_int_equal(fss__exec(fss__db_query(f->ctx.db,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " LIMIT 5000) INSERT INTO entry(parent, name, owner, kind,"
	    " created) SELECT (SELECT id FROM entry WHERE name LIKE 'p%'),"
	    " i, (SELECT owner FROM entry WHERE name = 'd'), 1, 0 FROM n")),
	    0);
	assert_int_equal(mf_move(f, &alice, NULL, "/d", "/dd", false), 0);
	/* Wide and deep cannot be known, until it is short enough again. */
	assert_int_equal(fss__exec(fss__db_query(f->ctx.db,
	    "UPDATE entry SET parent = (SELECT id FROM entry"
	    " WHERE name = 'dd') WHERE name BETWEEN '1' AND '9999'")), 0);
	assert_int_equal(mf_move(f, &alice, NULL, "/dd", "/ddd", false),
	    FSS_EPATH);
	assert_int_equal(mf_move(f, &alice, NULL, "/dd", "/d", false), 0);
	mf_close(f);

	/* Who may not see all of it is answered by the height alone. */
	f = mf_open();
	alice = mf_user(f, "alice");
	bob = mf_user(f, "bob");
	assert_int_equal(mf_folder(f, &alice, NULL,
	    "/t/d/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r"), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/t", "bob",
	    FSS_RIGHT_WRITE), 0);
	assert_int_equal(mf_move(f, &bob, "alice", "/t/d", "/t/dd", false),
	    0);
	assert_int_equal(mf_access(f, &alice, NULL, "/t/dd/a/b",
	    FSS_ACCESS_PRIVATE), 0);
	assert_int_equal(mf_move(f, &bob, "alice", "/t/dd", "/t/ddd", false),
	    FSS_EPATH);
	assert_int_equal(mf_move(f, &alice, NULL, "/t/dd", "/t/ddd", false),
	    0);
	mf_expect_sound(f);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_hidden),
		cmocka_unit_test(test_list_full),
		cmocka_unit_test(test_list_back),
		cmocka_unit_test(test_list_back_hidden),
		cmocka_unit_test(test_move),
		cmocka_unit_test(test_move_depth),
		cmocka_unit_test(test_remove),
		cmocka_unit_test(test_remove_closed),
		cmocka_unit_test(test_remove_looks),
		cmocka_unit_test(test_long_paths)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
