/*
 * What is stored of a file that was announced anew: no announcement, and no
 * end of one, takes it away.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "model_request.h"

static int64_t
count(struct mf *f, int state)
{
	return mf_sql(f, state == FSS_STATE_STORED ?
	    "SELECT count(*) FROM version WHERE state = 0" :
	    "SELECT count(*) FROM version WHERE state = 1");
}

/* Put, changed and announced, and then the device has it no more. */
static void
test_back(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct mf_row row;

	(void)state;
	assert_int_equal(mf_file(f, &alice, NULL, "/x", "mine"), 0);
	assert_int_equal(mr_announce(f, &alice, "/x", "changed"), 0);
	assert_int_equal(mr_announce(f, &alice, "/x", "once more"), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/x", 0, &row), 0);
	assert_int_equal(row.number, 3);
	assert_int_equal(mr_unannounce(f, &alice, "/x"), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/x", 0, &row), 0);
	assert_int_equal(row.number, 1);
	assert_int_equal(row.size, 4);
	assert_int_equal(count(f, FSS_STATE_ANNOUNCED), 0);
	mf_expect_usage(f, &alice, 4, 1, 0);
	mf_expect_sound(f);
	/* The same when the device is revoked. */
	assert_int_equal(mr_announce(f, &alice, "/x", "and again"), 0);
	mf_begin(f);
	assert_int_equal(mf_end(f, fss__announce_drop_device(&f->ctx,
	    alice.device, 10)), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/x", 0, &row), 0);
	assert_int_equal(row.size, 4);
	/* What never was stored goes. */
	assert_int_equal(mr_announce(f, &alice, "/y", "only there"), 0);
	assert_int_equal(mr_unannounce(f, &alice, "/y"), 0);
	assert_int_equal(mf_stat(f, &alice, NULL, "/y", 0, &row), FSS_ENOENT);
	mf_expect_usage(f, &alice, 4, 1, 0);
	mf_expect_sound(f);
	mf_close(f);
}

/* A file that changes and changes, and is only announced. */
static void
test_kept(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	struct mf_row row;
	char text[16];
	unsigned i;

	(void)state;
	f->rules.keep_versions = 3;
	assert_int_equal(mf_file(f, &alice, NULL, "/x", "one"), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/x", "two"), 0);
	for (i = 0; i < 20; i++) {
		(void)snprintf(text, sizeof(text), "text %u", i);
		assert_int_equal(mr_announce(f, &alice, "/x", text), 0);
	}
	assert_int_equal(count(f, FSS_STATE_STORED), 2);
	assert_int_equal(count(f, FSS_STATE_ANNOUNCED), 3);
	assert_int_equal(mf_stat(f, &alice, NULL, "/x", 2, &row), 0);
	assert_int_equal(row.size, 3);
	mf_expect_usage(f, &alice, 6, 1, 0);
	/* Bytes that come do. */
	assert_int_equal(mf_file(f, &alice, NULL, "/x", "three"), 0);
	assert_int_equal(count(f, FSS_STATE_STORED), 1);
	mf_expect_usage(f, &alice, 5, 1, 0);
	mf_expect_sound(f);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_back),
		cmocka_unit_test(test_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
