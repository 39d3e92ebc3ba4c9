/*
 * Search: matching, ranking, filters, and the bound on one page.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/find_place.h"
#include "model_fixture.h"
#include "store/search.h"

static void
expect(struct mf *f, const struct fss__actor *who, struct fss__m_find m,
    const char *paths)
{
	struct mf_rows *all = mf_rows(0);
	char got[2048] = "";
	size_t i, n = 0;

	assert_int_equal(mf_find(f, who, m, 3, all), 0);
	for (i = 0; i < all->n; i++)
		n += (size_t)snprintf(got + n, sizeof(got) - n, "%s%.64s",
		    i > 0 ? " " : "", all->row[i].path);
	assert_string_equal(got, paths);
	mf_rows_free(all);
}

static void
test_ranking(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct mf_rows *rows = mf_rows(0);

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/myreport", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/a-Report.txt", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/report", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/Reports", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/d/REPORT", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/r\303\251port", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/unreported", NULL), 0);
	/* exact, prefix, word, part; the shortest path first, then the newest */
	expect(f, &alice, mf_question("report"), "/r\303\251port /report "
	    "/d/REPORT /Reports /a-Report.txt /myreport /unreported");
	expect(f, &alice, mf_question("R\303\211PORTS"), "/Reports");
	expect(f, &alice, mf_question("rep txt"), "/a-Report.txt");
	expect(f, &alice, mf_question("t.t"), "/a-Report.txt");
	/* two letters: words; one: names; signs as such */
	expect(f, &alice, mf_question("tx"), "/a-Report.txt");
	expect(f, &alice, mf_question("po"), "");
	expect(f, &alice, mf_question("d"), "/d");
	expect(f, &alice, mf_question("-r"), "/a-Report.txt");
	/* words in the folders above count, but one must be in the name */
	expect(f, &alice, mf_question("d report"), "/d/REPORT");
	expect(f, &alice, mf_question("alice report d"), "/d/REPORT");
	assert_int_equal(mf_file(f, &alice, NULL, "/d/report card", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/card-report", NULL), 0);
	expect(f, &alice, mf_question("Report card"),
	    "/d/report card /card-report");
	assert_int_equal(mf_remove(f, &alice, NULL, "/card-report", false),
	    0);
	assert_int_equal(mf_remove(f, &alice, NULL, "/d/report card", false),
	    0);
	expect(f, &alice, mf_question("alice"), "");
	expect(f, &alice, mf_question("nothing like it"), "");
	expect(f, &alice, mf_question("\"report\" OR x* NEAR("), "");
	assert_int_equal(mf_find(f, &alice, mf_question("   "), 3, rows),
	    FSS_EINVAL);
	assert_int_equal(mf_find(f, &alice, mf_question("-"), 3, rows),
	    FSS_EINVAL);
	assert_int_equal(mf_find(f, &alice,
	    mf_question("a b c d e f g h i"), 3, rows), FSS_EINVAL);
	expect(f, &alice, mf_question("\001\002report\003"),
	    "/r\303\251port /report /d/REPORT /Reports /a-Report.txt "
	    "/myreport /unreported");
	/* A stem comes before what only begins so, however short. */
	assert_int_equal(mf_file(f, &alice, NULL, "/d/card.1.long", NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/cards", NULL), 0);
	expect(f, &alice, mf_question("card"), "/d/card.1.long /cards");
	expect(f, &alice, mf_question("card.1"), "/d/card.1.long");
	/* One character beside a word begins any word, alone the name only. */
	expect(f, &alice, mf_question("card l"), "/d/card.1.long");
	expect(f, &alice, mf_question("l"), "");
	expect(f, &alice, mf_question("l t"), "");
	mf_rows_free(rows);
	mf_close(f);
}

static void
test_changes(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/d/first", "x"), 0);
	expect(f, &alice, mf_question("first"), "/d/first");
	assert_int_equal(mf_move(f, &alice, NULL, "/d/first", "/d/second",
	    false), 0);
	expect(f, &alice, mf_question("first"), "");
	expect(f, &alice, mf_question("second"), "/d/second");
	assert_int_equal(mf_move(f, &alice, NULL, "/d", "/elsewhere", false),
	    0);
	expect(f, &alice, mf_question("second"), "/elsewhere/second");
	assert_int_equal(mf_remove(f, &alice, NULL, "/elsewhere", true), 0);
	expect(f, &alice, mf_question("second"), "");
	expect(f, &alice, mf_question(NULL), "");
	(void)mf_purge(f);
	expect(f, &alice, mf_question("second"), "");
	/* The same name again, perhaps in the same row. */
	assert_int_equal(mf_file(f, &alice, NULL, "/third", "x"), 0);
	expect(f, &alice, mf_question("second"), "");
	expect(f, &alice, mf_question("third"), "/third");
	mf_close(f);
}

/* A name is found in the transaction that made or changed it. */
static void
test_at_once(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct fss__m_commit_item m = mf_item("/later", NULL, NULL);
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_move mv;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/now", NULL), 0);
	memset(&mv, 0, sizeof(mv));
	mv.from = mf_s("/now");
	mv.to = mf_s("/then");
	assert_int_equal(fss__store_begin(f->store), 0);
	assert_int_equal(fss__entry_commit(&f->ctx, &alice, mf_s(NULL), &m,
	    mf_emit, rows), 0);
	assert_int_equal(fss__entry_move(&f->ctx, &alice, &mv), 0);
	expect(f, &alice, mf_question("then"), "/then");
	assert_int_equal(fss__store_commit(f->store, false), 0);
	expect(f, &alice, mf_question("now"), "");
	expect(f, &alice, mf_question("then"), "/then");
	expect(f, &alice, mf_question("later"), "/later");
	mf_rows_free(rows);
	mf_close(f);
}

static void
test_filters(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_commit_item item;
	struct fss__m_find m;
	struct fss__id id;

	struct fss__cursor next;
	int i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/a.txt", "1"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/d/b.html", "22"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/d/c.png", "333"), 0);
	assert_int_equal(mf_file(f, &bob, NULL, "/e.txt", "4444"), 0);
	(void)mf_put(f, &alice, "55555");
	item = mf_item("/late", "55555", &id);
	item.mtime_us = 9000;
	assert_int_equal(mf_commit(f, &alice, NULL, &item, NULL), 0);
	assert_int_equal(mf_access(f, &bob, NULL, "/", FSS_ACCESS_OPEN), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/d", FSS_ACCESS_ASK), 0);

	expect(f, &alice, mf_question(NULL),
	    "/late /e.txt /d/c.png /d/b.html /d /a.txt");
	m = mf_question(NULL);
	m.has |= FSS__K_find_owner;
	m.owner = mf_s("bob");
	expect(f, &alice, m, "/e.txt");
	m.owner = mf_s("");
	expect(f, &alice, m, "/late /d/c.png /d/b.html /d /a.txt");
	m.owner = mf_s("nobody");
	assert_int_equal(mf_find(f, &alice, m, 3, rows), FSS_ENOACCOUNT);

	m = mf_question(NULL);
	m.has |= FSS__K_find_type;
	m.type = mf_s("text");
	expect(f, &alice, m, "/e.txt /d/b.html /a.txt");
	m.type = mf_s("TEXT/html");
	expect(f, &alice, m, "/d/b.html");
	m.type = mf_s("tex");
	expect(f, &alice, m, "");
	m = mf_question(NULL);
	m.has |= FSS__K_find_kind;
	m.kind = FSS_KIND_DIR;
	expect(f, &alice, m, "/d");
	m = mf_question(NULL);
	m.has |= FSS__K_find_size_min | FSS__K_find_size_max;
	m.size_min = 2;
	m.size_max = 3;
	expect(f, &alice, m, "/d/c.png /d/b.html");
	m = mf_question(NULL);
	m.has |= FSS__K_find_newer_us | FSS__K_find_kind;
	m.kind = FSS_KIND_FILE;
	m.newer_us = 9000;
	expect(f, &alice, m, "/late");
	m.has = FSS__K_find_older_us | FSS__K_find_kind;
	m.older_us = 8999;
	expect(f, &alice, m, "/e.txt /d/c.png /d/b.html /a.txt");
	m = mf_question("html");
	m.has |= FSS__K_find_access;
	m.access = FSS_ACCESS_ASK;
	expect(f, &alice, m, "/d/b.html");
	m.access = FSS_ACCESS_OPEN;
	expect(f, &alice, m, "");
	m = mf_question(NULL);
	m.has |= FSS__K_find_state;
	m.state = FSS_STATE_ANNOUNCED;
	expect(f, &alice, m, "");

	m = mf_question(NULL);
	m.has |= FSS__K_find_under;
	m.under = mf_s("/d");
	expect(f, &alice, m, "/d/c.png /d/b.html");
	m.under = mf_s("/no");
	assert_int_equal(mf_find(f, &alice, m, 3, rows), FSS_ENOENT);
	/* Elsewhere, missing and hidden are the same. */
	m.has |= FSS__K_find_owner;
	m.owner = mf_s("alice");
	expect(f, &bob, m, "");
	m.under = mf_s("/d");
	expect(f, &bob, m, "/d/c.png /d/b.html");
	m.has |= FSS__K_find_cursor;
	m.cursor = mf_s("not a cursor");
	assert_int_equal(fss__entry_find(&f->ctx, &bob, &m, mf_emit, rows,
	    &rows->next), FSS_EINVAL);
	/* A cursor is for who got it, and cannot be made up. */
	m = mf_question(NULL);
	rows->n = 0;
	rows->limit = 1;
	assert_int_equal(fss__entry_find(&f->ctx, &alice, &m, mf_emit, rows,
	    &rows->next), 0);
	assert_int_equal(rows->next.len, 66);
	m.has |= FSS__K_find_cursor;
	m.cursor.p = rows->next.b;
	m.cursor.n = rows->next.len;
	rows->n = 0;
	assert_int_equal(fss__entry_find(&f->ctx, &bob, &m, mf_emit, rows,
	    &next), FSS_EINVAL);
	for (i = 1; i < 66; i++) {
		rows->next.b[i] ^= 1;
		assert_int_equal(fss__entry_find(&f->ctx, &alice, &m, mf_emit,
		    rows, &next), FSS_EINVAL);
		rows->next.b[i] ^= 1;
	}
	assert_int_equal(fss__entry_find(&f->ctx, &alice, &m, mf_emit, rows,
	    &next), 0);
	assert_int_equal(rows->n, 1);
	mf_rows_free(rows);
	mf_close(f);
}

/* The page after @rows, whose hits it replaces; the first at first. */
static void
next_page(struct mf *f, const struct fss__actor *who, struct fss__m_find q,
    struct mf_rows *rows)
{
	struct fss__cursor from = rows->next;

	if (from.len > 0) {
		q.has |= FSS__K_find_cursor;
		q.cursor.p = from.b;
		q.cursor.n = from.len;
	}
	rows->n = 0;
	assert_int_equal(fss__entry_find(&f->ctx, who, &q, mf_emit, rows,
	    &rows->next), 0);
}

/* A page ends after a bounded number of candidates, and nothing is lost. */
static void
test_bounded(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_commit_item m;
	struct fss__m_find q = mf_question("match");
	char path[64];
	int i, pages = 0, seen = 0;

	(void)state;
	mf_begin(f);
	for (i = 0; i < 5000; i++) {
		(void)snprintf(path, sizeof(path), "/%s/match %d",
		    i % 1000 == 0 ? "open" : "closed", i);
		m = mf_item(path, NULL, NULL);
		assert_int_equal(fss__entry_commit(&f->ctx, &alice,
		    mf_s(NULL), &m, mf_emit, rows), 0);
		rows->n = 0;
	}
	(void)mf_end(f, 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/open", FSS_ACCESS_OPEN),
	    0);
	/* Or all of it would be passed over without a look. */
	assert_int_equal(mf_access(f, &alice, NULL, "/closed/match 1",
	    FSS_ACCESS_PRIVATE), 0);
	do {
		next_page(f, &bob, q, rows);
		seen += (int)rows->n;
		pages++;
	} while (rows->next.len > 0);
	assert_int_equal(seen, 5);
	assert_in_range(pages, 2, 12);
	/* Below a folder that is hidden or is not: where pages end is the same. */
	q = mf_question("match");
	q.has |= FSS__K_find_owner | FSS__K_find_under;
	q.owner = mf_s("alice");
	for (i = 0; i < 2; i++) {
		q.under = mf_s(i == 0 ? "/closed" : "/none");
		rows->n = 0;
		assert_int_equal(fss__entry_find(&f->ctx, &bob, &q, mf_emit,
		    rows, &rows->next), 0);
		assert_int_equal(rows->n, 0);
		assert_true(rows->next.len > 0);
	}
	mf_rows_free(rows);
	mf_close(f);
}

/*
 * More hits of one rank than are sorted at a time: each is found once, page by
 * page, while files come and go and others get into blocks.
 */
static void
test_windows(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct mf_rows *rows = mf_rows(7);
	struct fss__m_find q = mf_question("match");
	struct fss__m_commit_item m;
	bool seen[1000] = { false };
	int i, n, pages = 0, last = 0, falls = 0;
	char path[256];

	(void)state;
	mf_begin(f);
	for (i = 0; i < 1000; i++) {
		n = i * 7919 % 1000;	/* long and short ones mixed */
		(void)snprintf(path, sizeof(path), "/match %0*d", n / 9 + 3, n);
		m = mf_item(path, NULL, NULL);
		assert_int_equal(fss__entry_commit(&f->ctx, &alice,
		    mf_s(NULL), &m, mf_emit_one, NULL), 0);
	}
	(void)mf_end(f, 0);
	do {
		next_page(f, &alice, q, rows);
		for (i = 0; i < (int)rows->n; i++) {
			if (strstr(rows->row[i].path, "new") != NULL)
				continue;
			n = atoi(rows->row[i].path + 7);
			assert_in_range(n, 0, 999);
			assert_false(seen[n]);
			seen[n] = true;
			falls += (int)strlen(rows->row[i].path) < last;
			last = (int)strlen(rows->row[i].path);
		}
		(void)snprintf(path, sizeof(path), "/match new %d", pages);
		assert_int_equal(mf_file(f, &alice, NULL, path, NULL), 0);
		if (pages == 20) {
			mf_begin(f);
			assert_true(fss__search_post(f->ctx.db, 1, 700) > 0);
			(void)mf_end(f, 0);
		}
		assert_true(++pages < 1000);
	} while (rows->next.len > 0);
	for (i = 0; i < 1000; i++)
		assert_true(seen[i]);
	/* Sorted within windows, of which there are four to eight. */
	assert_in_range(falls, 3, 8);
	mf_rows_free(rows);
	mf_close(f);
}

/* Nobody can tell how many candidates a page has looked at. */
static void
test_bound_unknown(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_commit_item m;
	struct fss__m_find q = mf_question("match");
	bool same[2] = { false, false };
	char path[64];
	size_t first;
	int i;

	(void)state;
	mf_begin(f);
	for (i = 0; i < 2600; i++) {
		(void)snprintf(path, sizeof(path), "/a match %d", i);
		m = mf_item(path, NULL, NULL);
		assert_int_equal(fss__entry_commit(&f->ctx, &alice,
		    mf_s(NULL), &m, mf_emit_one, NULL), 0);
	}
	(void)mf_end(f, 0);
	q.has |= FSS__K_find_access;	/* has none: all are passed over */
	q.access = FSS_ACCESS_OPEN;
	for (i = 0; i < 64; i++) {
		f->rules.seal[0] = (uint8_t)i;
		assert_int_equal(fss__entry_find(&f->ctx, &alice, &q, mf_emit,
		    rows, &rows->next), 0);
		assert_int_equal(rows->n, 0);
		first = rows->next.len;
		assert_int_equal(fss__entry_find(&f->ctx, &alice, &q, mf_emit,
		    rows, &rows->next), 0);
		assert_int_equal(rows->next.len, first);
		same[first > 0] = true;
	}
	assert_true(same[0] && same[1]);
	mf_rows_free(rows);
	mf_close(f);
}

/* How many rows and pages "match" has for @who. */
static void
count_match(struct mf *f, const struct fss__actor *who, struct mf_rows *rows,
    size_t *ret_rows, int *ret_pages)
{
	*ret_rows = 0;
	*ret_pages = 0;
	rows->next.len = 0;
	do {
		next_page(f, who, mf_question("match"), rows);
		*ret_rows += rows->n;
		*ret_pages += 1;
	} while (rows->next.len > 0);
}

/* What is in other spaces than the one asked for costs little. */
static void
test_other_spaces(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_find q = mf_question("match");
	struct fss__m_commit_item m;
	char path[64];
	int i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/a match", NULL), 0);
	mf_begin(f);
	for (i = 0; i < 5000; i++) {
		(void)snprintf(path, sizeof(path), "/open/match %d", i);
		m = mf_item(path, NULL, NULL);
		assert_int_equal(fss__entry_commit(&f->ctx, &bob, mf_s(NULL),
		    &m, mf_emit_one, NULL), 0);
	}
	(void)mf_end(f, 0);
	assert_int_equal(mf_access(f, &bob, NULL, "/open", FSS_ACCESS_OPEN),
	    0);
	q.has |= FSS__K_find_owner;
	q.owner = mf_s("alice");
	next_page(f, &alice, q, rows);
	assert_int_equal(rows->n, 1);
	assert_int_equal(rows->next.len, 0);
	mf_rows_free(rows);
	mf_close(f);
}

/*
 * What a size rules out costs next to nothing where all of a space is seen,
 * be each in a folder of its own.
 */
static void
test_ruled_out(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_find q = mf_question("match");
	struct fss__m_commit_item m;
	char path[64];
	int i;

	(void)state;
	assert_int_equal(mf_access(f, &alice, NULL, "/", FSS_ACCESS_OPEN), 0);
	mf_begin(f);
	for (i = 0; i < 4200; i++) {
		(void)snprintf(path, sizeof(path), "/%d/match", i);
		m = mf_item(path, NULL, NULL);
		assert_int_equal(fss__entry_commit(&f->ctx, &alice,
		    mf_s(NULL), &m, mf_emit_one, NULL), 0);
	}
	assert_true(fss__search_post(f->ctx.db, 1, 20000) > 0);
	(void)mf_end(f, 0);
	q.has |= FSS__K_find_size_min;
	q.size_min = 1000;
	next_page(f, &bob, q, rows);
	assert_int_equal(rows->n, 0);
	assert_int_equal(rows->next.len, 0);
	/* Nor are they told of where something is hidden: all are looked at. */
	assert_int_equal(mf_access(f, &alice, NULL, "/7",
	    FSS_ACCESS_PRIVATE), 0);
	next_page(f, &bob, q, rows);
	assert_int_equal(rows->n, 0);
	assert_true(rows->next.len > 0);
	mf_rows_free(rows);
	mf_close(f);
}

/*
 * A folder in which nothing may be seen costs little, however much is in it;
 * what is in a hidden one and has an access or a grant of its own is found,
 * be there few such entries in a space or many.
 */
static void
test_closed(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_commit_item m;
	char path[64];
	int i, pages;
	size_t n;

	(void)state;
	mf_begin(f);
	for (i = 0; i < 4200; i++) {
		(void)snprintf(path, sizeof(path), "/closed/match %d", i);
		m = mf_item(path, NULL, NULL);
		assert_int_equal(fss__entry_commit(&f->ctx, &alice,
		    mf_s(NULL), &m, mf_emit_one, NULL), 0);
	}
	(void)mf_end(f, 0);
	count_match(f, &bob, rows, &n, &pages);
	assert_int_equal(n, 0);
	assert_int_equal(pages, 1);
	assert_int_equal(mf_access(f, &alice, NULL, "/closed/match 7",
	    FSS_ACCESS_OPEN), 0);
	count_match(f, &bob, rows, &n, &pages);
	assert_int_equal(n, 1);
	assert_in_range(pages, 2, 4);	/* each is looked at */
	assert_int_equal(mf_grant(f, &alice, NULL, "/closed/match 8", "bob",
	    FSS_RIGHT_SEE), 0);
	count_match(f, &bob, rows, &n, &pages);
	assert_int_equal(n, 2);
	for (i = 0; i < FSS__FIND_SPECIAL + 4; i++) {
		(void)snprintf(path, sizeof(path), "/first/%d", i);
		assert_int_equal(mf_file(f, &alice, NULL, path, NULL), 0);
		assert_int_equal(mf_access(f, &alice, NULL, path,
		    FSS_ACCESS_PRIVATE), 0);
	}
	assert_int_equal(mf_file(f, &alice, NULL, "/last/match", NULL), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/last/match",
	    FSS_ACCESS_OPEN), 0);
	count_match(f, &bob, rows, &n, &pages);
	assert_int_equal(n, 3);
	mf_rows_free(rows);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ranking),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_at_once),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_closed),
		cmocka_unit_test(test_ruled_out),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_bound_unknown),
		cmocka_unit_test(test_other_spaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
