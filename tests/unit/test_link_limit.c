/*
 * Share links good for so many downloads: what counts as one, and when.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <fss/link.h>

#include "model/account.h"
#include "model_link.h"

#define US	INT64_C(1000000)

static int
begin(struct mf *f, const struct fss__actor *v, uint64_t *ret_ticket)
{
	struct fss__m_link_take m;
	struct ml_told t;
	int r;

	memset(&m, 0, sizeof(m));
	memset(&t, 0, sizeof(t));
	m.path = mf_s("/");
	mf_begin(f);
	r = mf_end(f, fss__link_take(&f->ctx, v, &m, ml_take, &t));
	*ret_ticket = t.m.ticket;
	return r;
}

static int
end_as(struct mf *f, const struct fss__actor *v, uint64_t ticket,
    bool complete, bool front)
{
	struct fss__m_link_done m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_link_done_complete;
	m.ticket = ticket;
	m.complete = complete;
	mf_begin(f);
	return mf_end(f, fss__link_done(&f->ctx, v, &m, front));
}

/* By a client of the visitor's own. */
static int
end(struct mf *f, const struct fss__actor *v, uint64_t ticket, bool complete)
{
	return end_as(f, v, ticket, complete, false);
}

static void
serve(struct mf *f, uint64_t ticket, uint64_t bytes)
{
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_served(&f->ctx, (int64_t)ticket,
	    bytes)), 0);
}

static void
test_limit(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), one, two, three;
	uint64_t a, b, c, version;
	struct mf_row row;
	struct ml_told t;
	unsigned i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/file", "ten bytes."), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/file", 0, &row), 0);
	version = row.version;
	assert_int_equal(ml_make(f, &alice, "/file", FSS_LINK_DOWNLOAD, 2, "",
	    &t), 0);
	one = ml_visitor(f, &t);
	two = ml_visitor(f, &t);
	three = ml_visitor(f, &t);

	/* Two places, for three at once; reading needs one. */
	assert_int_equal(ml_content(f, &one, version), FSS_EDENIED);
	assert_int_equal(begin(f, &one, &a), 0);
	assert_int_equal(begin(f, &two, &b), 0);
	assert_int_equal(begin(f, &three, &c), FSS_EBUSY);
	assert_int_equal(ml_content(f, &one, version), 0);
	assert_int_equal(ml_content(f, &three, version), FSS_EDENIED);
	/* Nobody ends another's. */
	assert_int_equal(end(f, &three, a, true), FSS_ENOENT);
	/* A broken one leaves its place, a complete one does not. */
	assert_int_equal(end(f, &one, a, false), 0);
	assert_int_equal(end(f, &one, a, true), FSS_ENOENT);
	assert_int_equal(ml_content(f, &one, version), FSS_EDENIED);
	assert_int_equal(begin(f, &three, &c), 0);
	serve(f, b, 10);
	assert_int_equal(end(f, &two, b, true), 0);
	assert_int_equal(begin(f, &two, &b), FSS_EBUSY);
	/* What was given out whole counts, whatever is said of it. */
	serve(f, c, 10);
	assert_int_equal(end(f, &three, c, false), 0);
	assert_int_equal(begin(f, &two, &b), FSS_ENOENT);
	assert_int_equal(ml_visit(f, t.token, "", &three), FSS_ENOENT);
	assert_int_equal(mf_sql(f, "SELECT used FROM link"), 2);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM audit"
	    " WHERE what = 18"), 2);

	/* Nobody breaks off for ever. */
	assert_int_equal(ml_make(f, &alice, "/file", FSS_LINK_DOWNLOAD, 1, "",
	    &t), 0);
	one = ml_visitor(f, &t);
	for (i = 0; begin(f, &one, &a) == 0; i++) {
		assert_true(i < 100);
		serve(f, a, 9);
		assert_int_equal(end(f, &one, a, false), 0);
	}
	/* Ten are broken, the next counts, and of that the rest may follow. */
	assert_int_equal(i, 12);

	/* One that is left lying lapses, also over a restart. */
	assert_int_equal(ml_make(f, &alice, "/file", FSS_LINK_DOWNLOAD, 1, "",
	    &t), 0);
	one = ml_visitor(f, &t);
	two = ml_visitor(f, &t);
	assert_int_equal(begin(f, &one, &a), 0);
	f->ctx.now_us += 3601 * US;
	assert_int_equal(ml_content(f, &one, version), FSS_EDENIED);
	assert_int_equal(begin(f, &two, &b), 0);
	f->ctx.now_us += 3601 * US;
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__link_settle(&f->ctx, 9)), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM ticket"), 0);
	assert_int_equal(end(f, &two, b, true), FSS_ENOENT);
	mf_close(f);
}

/* A link to "/file", good for @limit downloads. */
static void
limited(struct mf *f, const struct fss__actor *alice, uint64_t limit,
    struct ml_told *t)
{
	assert_int_equal(ml_make(f, alice, "/file", FSS_LINK_DOWNLOAD, limit, "",
	    t), 0);
}

static void
expect_count(struct mf *f, int64_t used, int64_t broken, int64_t tickets)
{
	assert_int_equal(mf_sql(f, "SELECT used FROM link"
	    " ORDER BY id DESC LIMIT 1"), used);
	assert_int_equal(mf_sql(f, "SELECT broken FROM link"
	    " ORDER BY id DESC LIMIT 1"), broken);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM ticket WHERE link ="
	    " (SELECT max(id) FROM link)"), tickets);
}

/* Parts that one visitor fetches are one download. */
static void
test_parts(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = ml_world(f), one, two;
	uint64_t a, b, c, version;
	struct mf_row row;
	struct ml_told t;
	unsigned i;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/file", "ten bytes."), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/file", 0, &row), 0);
	version = row.version;

	/* Three at a time have one place; the other visitor has none. */
	limited(f, &alice, 1, &t);
	one = ml_visitor(f, &t);
	two = ml_visitor(f, &t);
	assert_int_equal(begin(f, &one, &a), 0);
	assert_int_equal(begin(f, &one, &b), 0);
	assert_int_equal(begin(f, &one, &c), 0);
	assert_true(a == b && b == c);
	assert_int_equal(begin(f, &two, &b), FSS_EBUSY);
	/* The part with the end is first: the others go on. */
	serve(f, a, 4);
	assert_int_equal(end_as(f, &one, a, true, true), 0);
	expect_count(f, 1, 0, 1);
	assert_int_equal(fss__account_refresh(&f->ctx, &one), 0);
	assert_int_equal(ml_content(f, &one, version), 0);
	serve(f, a, 3);
	assert_int_equal(end_as(f, &one, a, false, true), 0);
	/* One that breaks is gone on with, though the link is used up. */
	assert_int_equal(end_as(f, &one, a, false, true), 0);
	expect_count(f, 1, 0, 1);
	assert_int_equal(ml_content(f, &one, version), FSS_EDENIED);
	assert_int_equal(end(f, &one, a, true), FSS_ENOENT);
	assert_int_equal(begin(f, &two, &b), FSS_ENOENT);
	assert_int_equal(begin(f, &one, &b), 0);
	assert_int_equal(ml_content(f, &one, version), 0);
	serve(f, b, 3);
	assert_int_equal(end_as(f, &one, b, false, true), 0);
	/* All of it was given out: that was the download. */
	expect_count(f, 1, 0, 0);
	assert_int_equal(begin(f, &one, &b), FSS_ENOENT);

	/* One after the other, the end last: one download, one that broke. */
	limited(f, &alice, 1, &t);
	one = ml_visitor(f, &t);
	assert_int_equal(begin(f, &one, &a), 0);
	serve(f, a, 6);
	assert_int_equal(end_as(f, &one, a, false, true), 0);
	expect_count(f, 0, 1, 0);
	assert_int_equal(begin(f, &one, &a), 0);
	serve(f, a, 10);
	assert_int_equal(end_as(f, &one, a, true, true), 0);
	expect_count(f, 1, 1, 0);

	/* What was taken and never used is nothing, if a front end says so. */
	limited(f, &alice, 1, &t);
	one = ml_visitor(f, &t);
	two = ml_visitor(f, &t);
	for (i = 0; i < 100; i++) {
		assert_int_equal(begin(f, &one, &a), 0);
		assert_int_equal(end_as(f, &one, a, false, true), 0);
	}
	expect_count(f, 0, 0, 0);
	/* It says too that what the hub gave out did not arrive. */
	assert_int_equal(begin(f, &one, &a), 0);
	serve(f, a, 10);
	assert_int_equal(end_as(f, &one, a, false, true), 0);
	expect_count(f, 0, 1, 0);
	/* Who says so for themselves is not believed either time. */
	assert_int_equal(begin(f, &two, &a), 0);
	assert_int_equal(end(f, &two, a, false), 0);
	expect_count(f, 0, 2, 0);
	assert_int_equal(begin(f, &two, &a), 0);
	serve(f, a, 10);
	assert_int_equal(end(f, &two, a, false), 0);
	expect_count(f, 1, 2, 0);

	/* Takes of one visit have an end, and each is to be ended. */
	limited(f, &alice, 1, &t);
	one = ml_visitor(f, &t);
	for (i = 0; begin(f, &one, &b) == 0; i++) {
		assert_true(i < 100);
		a = b;
	}
	assert_int_equal(i, 64);
	for (; i > 0; i--)
		assert_int_equal(end_as(f, &one, a, false, true), 0);
	assert_int_equal(end_as(f, &one, a, false, true), FSS_ENOENT);
	expect_count(f, 0, 0, 0);
	/* Left lying they lapse together. */
	two = ml_visitor(f, &t);
	assert_int_equal(begin(f, &one, &a), 0);
	assert_int_equal(begin(f, &one, &a), 0);
	f->ctx.now_us += 3601 * US;
	assert_int_equal(begin(f, &two, &b), 0);
	expect_count(f, 0, 1, 1);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limit),
		cmocka_unit_test(test_parts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
