/*
 * Newest first: in order, only what may be seen, page by page.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model_fixture.h"

static struct fss__m_find
newest(const char *owner)
{
	struct fss__m_find m = mf_question(NULL);

	m.has |= FSS__K_find_sort;
	m.sort = FSS_SORT_NEWEST;
	if (owner != NULL) {
		m.has |= FSS__K_find_owner;
		m.owner = mf_s(owner);
	}
	return m;
}

/* The names found, joined. */
static const char *
found(struct mf *f, const struct fss__actor *who, struct fss__m_find m,
    size_t page)
{
	static char text[4096];
	struct mf_rows *rows = mf_rows(0);
	size_t i, n = 0;

	text[0] = '\0';
	assert_int_equal(mf_find(f, who, m, page, rows), 0);
	for (i = 0; i < rows->n; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s ",
		    rows->row[i].path);
	mf_rows_free(rows);
	return text;
}

static void
test_order(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__m_find m;
	struct mf_rows *rows;
	unsigned page;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/a", "1"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/b", "2"), 0);
	assert_int_equal(mf_file(f, &bob, NULL, "/c", "3"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/d", "4"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/pub/e", "5"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/a", "6"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/pub", FSS_ACCESS_OPEN),
	    0);
	for (page = 1; page < 4; page++) {
		assert_string_equal(found(f, &alice, newest(NULL), page),
		    "/a /pub/e /d /pub/b ");
		assert_string_equal(found(f, &alice, newest("alice"), page),
		    "/a /pub/e /d /pub/b ");
		assert_string_equal(found(f, &bob, newest(NULL), page),
		    "/pub/e /c /pub/b ");
		assert_string_equal(found(f, &bob, newest("alice"), page),
		    "/pub/e /pub/b ");
		assert_string_equal(found(f, &bob, newest("bob"), page),
		    "/c ");
	}

	/* Filters hold; below a folder; removed and older ones do not show. */
	m = newest("alice");
	m.has |= FSS__K_find_under;
	m.under = mf_s("/pub");
	assert_string_equal(found(f, &alice, m, 1), "/pub/e /pub/b ");
	m.has |= FSS__K_find_access;
	m.access = FSS_ACCESS_PRIVATE;
	assert_string_equal(found(f, &alice, m, 1), "");
	assert_int_equal(mf_remove(f, &alice, NULL, "/pub", true), 0);
	assert_string_equal(found(f, &bob, newest(NULL), 1), "/c ");
	assert_string_equal(found(f, &alice, newest(NULL), 1), "/a /d ");

	/* Words are for the other order, and cursors for who has them. */
	m = mf_question("a");
	m.has |= FSS__K_find_sort;
	m.sort = FSS_SORT_NEWEST;
	rows = mf_rows(1);
	assert_int_equal(mf_find(f, &alice, m, 1, rows), FSS_EINVAL);
	m = newest(NULL);
	m.has |= FSS__K_find_cursor;
	m.cursor = mf_s("a cursor of one's own!!!");
	assert_int_equal(fss__entry_find(&f->ctx, &alice, &m, mf_emit, rows,
	    &rows->next), FSS_EINVAL);
	mf_rows_free(rows);
	mf_close(f);
}

/* Much that is hidden ends a page, and tells nobody how much it is. */
static void
test_hidden(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct mf_rows *rows = mf_rows(0);
	struct fss__m_find m = newest(NULL);
	char path[32];
	unsigned i, pages = 0;

	(void)state;
	assert_int_equal(mf_file(f, &bob, NULL, "/old", "x"), 0);
	mf_begin(f);
	for (i = 0; i < 9000; i++) {
		struct fss__m_commit_item item;

		(void)snprintf(path, sizeof(path), "/h/%u", i);
		memset(&item, 0, sizeof(item));
		item.path = mf_s(path);
		item.kind = FSS_KIND_FILE;
		assert_int_equal(fss__entry_commit(&f->ctx, &alice, mf_s(""),
		    &item, mf_emit_one, NULL), 0);
	}
	assert_int_equal(mf_end(f, 0), 0);
	do {
		rows->n = 0;
		m.has &= ~(uint32_t)FSS__K_find_cursor;
		if (pages > 0) {
			m.has |= FSS__K_find_cursor;
			m.cursor.p = rows->next.b;
			m.cursor.n = rows->next.len;
		}
		assert_int_equal(fss__entry_find(&f->ctx, &bob, &m, mf_emit,
		    rows, &rows->next), 0);
		pages++;
	} while (rows->next.len > 0);
	assert_int_equal(rows->n, 1);
	assert_string_equal(rows->row[0].path, "/old");
	assert_in_range(pages, 2, 3);
	mf_rows_free(rows);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_hidden),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
