/*
 * The lists of grants and of where sharing begins; and that the cursors of
 * lists that pass over hidden things tell nothing.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model/seal.h"
#include "model_request.h"

struct texts {
	char	text[64][80];
	size_t	n, limit;
};

static int
emit_grant(void *arg, const void *record)
{
	const struct fss__m_grant_row *m = record;
	struct texts *t = arg;

	if (t->n == t->limit)
		return FSS_EAGAIN;
	assert_true(t->n < 64);
	(void)snprintf(t->text[t->n++], 80, "%.*s %.*s %u", (int)m->path.n,
	    (const char *)m->path.p, (int)m->who.n, (const char *)m->who.p,
	    (unsigned)m->rights);
	return 0;
}

static void
test_grant_list(void **state)
{
	static const char *const expect[] = {
		"/a/b carol 3", "/a/b @g 1", "/a bob 15", "/a carol 5",
	};
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__m_grants m;
	struct fss__cursor next;
	struct texts t;
	size_t limit, seen;

	(void)state;
	(void)mf_user(f, "carol");
	assert_int_equal(mf_folder(f, &alice, NULL, "/a/b"), 0);
	assert_int_equal(mf_group(f, &alice, "g", "carol", false), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/", "bob", 1), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/a", "bob", 8), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/a", "carol", 4), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/a/b", "@g", 1), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/a/b", "carol", 2), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/a",
	    FSS_ACCESS_PRIVATE), 0);
	memset(&m, 0, sizeof(m));
	m.path = mf_s("/a/b");
	for (limit = 1; limit < 6; limit++) {
		seen = 0;
		m.has = 0;
		do {
			t.n = 0;
			t.limit = limit;
			assert_int_equal(fss__entry_grants(&f->ctx, &alice,
			    &m, emit_grant, &t, &next), 0);
			/* What the private folder cuts off is not in force. */
			for (size_t i = 0; i < t.n; i++, seen++) {
				assert_true(seen < 4);
				assert_string_equal(t.text[i], expect[seen]);
			}
			m.has = FSS__K_grants_cursor;
			m.cursor.p = next.b;
			m.cursor.n = next.len;
		} while (next.len > 0);
		assert_int_equal(seen, 4);
	}
	m.has = FSS__K_grants_owner;
	m.owner = mf_s("alice");
	assert_int_equal(fss__entry_grants(&f->ctx, &bob, &m, emit_grant, &t,
	    &next), FSS_EDENIED);
	mf_close(f);
}

static size_t
shares(struct mf *f, const struct fss__actor *who, const char *name,
    size_t limit, struct texts *t)
{
	struct mf_rows *rows = mf_rows(limit);
	struct fss__m_page m;
	struct fss__cursor from;
	size_t i;

	t->n = 0;
	do {
		memset(&m, 0, sizeof(m));
		if (name != NULL) {
			m.has |= FSS__K_page_name;
			m.name = mf_s(name);
		}
		from = rows->next;
		if (from.len > 0) {
			m.has |= FSS__K_page_cursor;
			m.cursor.p = from.b;
			m.cursor.n = from.len;
		}
		rows->n = 0;
		assert_int_equal(fss__entry_shares(&f->ctx, who, &m, mf_emit,
		    rows, &rows->next), 0);
		for (i = 0; i < rows->n; i++)
			(void)snprintf(t->text[t->n++], 80, "%.20s:%.50s",
			    rows->row[i].owner, rows->row[i].path);
	} while (rows->next.len > 0);
	mf_rows_free(rows);
	return t->n;
}

static void
test_shares(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carol = mf_user(f, "carol");
	struct texts t;
	size_t limit;

	(void)state;
	assert_int_equal(mf_folder(f, &alice, NULL, "/hidden/open"), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/ask"), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/for bob"), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/for us"), 0);
	assert_int_equal(mf_folder(f, &alice, NULL, "/gone"), 0);
	assert_int_equal(mf_folder(f, &carol, NULL, "/c"), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/hidden/open",
	    FSS_ACCESS_OPEN), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/ask", FSS_ACCESS_ASK),
	    0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/ask", "bob", 2), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/for bob", "bob", 2), 0);
	assert_int_equal(mf_group(f, &alice, "us", "bob", false), 0);
	assert_int_equal(mf_group(f, &alice, "us", "carol", false), 0);
	assert_int_equal(mf_grant(f, &alice, NULL, "/for us", "@us", 2), 0);
	assert_int_equal(mf_access(f, &alice, NULL, "/gone", FSS_ACCESS_OPEN),
	    0);
	assert_int_equal(mf_remove(f, &alice, NULL, "/gone", true), 0);
	assert_int_equal(mf_access(f, &carol, NULL, "/c", FSS_ACCESS_OPEN),
	    0);
	for (limit = 1; limit < 7; limit++) {
		assert_int_equal(shares(f, &bob, NULL, limit, &t), 5);
		assert_string_equal(t.text[0], "alice:/hidden/open");
		assert_string_equal(t.text[1], "alice:/ask");
		assert_string_equal(t.text[2], "alice:/for bob");
		assert_string_equal(t.text[3], "alice:/for us");
		assert_string_equal(t.text[4], "carol:/c");
		assert_int_equal(shares(f, &bob, "alice", limit, &t), 4);
		assert_int_equal(shares(f, &bob, "carol", limit, &t), 1);
		assert_int_equal(shares(f, &bob, "bob", limit, &t), 0);
		assert_int_equal(shares(f, &carol, NULL, limit, &t), 3);
		assert_int_equal(shares(f, &alice, NULL, limit, &t), 1);
		assert_int_equal(shares(f, &alice, "alice", limit, &t), 4);
	}
	mf_close(f);
}

/* ---- cursors ----------------------------------------------------------- */

enum list { SHARES, HOLDERS, WORK, LISTS };

/* One row a page. */
static int
emit_one(void *arg, const void *record)
{
	int *n = arg;

	(void)record;
	return ++*n > 1 ? FSS_EAGAIN : 0;
}

/* Goes on from @from; the number of rows, or an error. */
static int
page(struct mf *f, const struct fss__actor *who, enum list list,
    struct fss__slice from, struct fss__cursor *ret_next)
{
	struct fss__m_holders h;
	struct fss__m_page m;
	int n = 0, r;

	memset(&m, 0, sizeof(m));
	memset(&h, 0, sizeof(h));
	h.has = FSS__K_holders_owner | FSS__K_holders_cursor;
	h.owner = mf_s("alice");
	h.path = mf_s("/d/x");
	m.has = FSS__K_page_cursor;
	m.cursor = h.cursor = from;
	if (list == SHARES)
		r = fss__entry_shares(&f->ctx, who, &m, emit_one, &n,
		    ret_next);
	else if (list == HOLDERS)
		r = fss__announce_holders(&f->ctx, who, &h, emit_one, &n,
		    ret_next);
	else
		r = fss__transfer_work(&f->ctx, who, &m, emit_one, &n,
		    ret_next);
	return r != 0 ? r : n > 1 ? 1 : n;
}

/* Shares, holders and work of two rows each, seen by Bob and Alice. */
static void
fill(struct mf *f, const struct fss__actor *alice, const struct fss__actor *bob,
    const struct fss__actor *carol)
{
	const struct fss__actor *who[] = { alice, carol };
	const char *const path[] = { "/d/y", "/d/z" };
	struct mf_req q;
	int i;

	for (i = 0; i < 2; i++) {
		assert_int_equal(mf_folder(f, who[i], NULL, "/d"), 0);
		assert_int_equal(mf_access(f, who[i], NULL, "/d",
		    FSS_ACCESS_ASK), 0);
		assert_int_equal(mr_announce(f, who[i], "/d/x", "same"), 0);
		assert_int_equal(mr_announce(f, alice, path[i], path[i]), 0);
		assert_int_equal(mr_get(f, bob, "alice", path[i], &q), 0);
		assert_int_equal(mr_decide(f, alice, q.id, FSS_REQUEST_APPROVE,
		    NULL, NULL), 0);
	}
}

/*
 * What a page ends at may be hidden, so a cursor is no number, is for who got
 * it and for the list it is of, and cannot be made up.
 */
static void
test_cursors(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor carol = mf_user(f, "carol"), who;
	const struct fss__slice none = { NULL, 0 };
	struct fss__cursor c, again, next;
	struct fss__slice from = { c.b, 0 };
	enum list list;
	uint8_t plain[16] = { 0 };
	size_t i;

	(void)state;
	fill(f, &alice, &bob, &carol);
	for (list = SHARES; list < LISTS; list++) {
		who = list == WORK ? alice : bob;
		assert_int_equal(page(f, &who, list, none, &c), 1);
		from.p = c.b;
		from.n = c.len;
		assert_int_equal(c.len, list == WORK ? FSS__SEALED :
		    FSS__SEALED_PAIR);
		/* The same place looks different each time. */
		assert_int_equal(page(f, &who, list, none, &again), 1);
		assert_memory_not_equal(c.b, again.b, 8);
		assert_memory_not_equal(c.b + 8, again.b + 8, 8);
		assert_int_equal(page(f, &who, list, from, &next), 1);
		assert_int_equal(next.len, 0);
		assert_int_equal(page(f, &carol, list, from, &next),
		    FSS_EINVAL);
		assert_int_equal(page(f, &who, (list + 1) % LISTS, from,
		    &next), FSS_EINVAL);
		for (i = 0; i < c.len; i++) {
			c.b[i] ^= 1;
			assert_int_equal(page(f, &who, list, from, &next),
			    FSS_EINVAL);
			c.b[i] ^= 1;
		}
		from.n--;
		assert_int_equal(page(f, &who, list, from, &next),
		    FSS_EINVAL);
		from.p = plain;
		for (from.n = 8; from.n <= 16; from.n += 8)
			assert_int_equal(page(f, &who, list, from, &next),
			    FSS_EINVAL);
	}
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_grant_list),
		cmocka_unit_test(test_shares),
		cmocka_unit_test(test_cursors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
