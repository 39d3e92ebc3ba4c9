/*
 * Idempotency: answers kept and forgotten.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/num.h"
#include "model_fixture.h"
#include "store/meta_op.h"

static struct fss__slice
op_id(uint8_t b[16], uint32_t n)
{
	struct fss__slice s = { b, 16 };

	memset(b, 0xaa, 16);
	fss__put_le32(b, n);
	return s;
}

static int
look(struct mf *f, const struct fss__actor *who, uint32_t n, char *ret)
{
	struct fss__buf buf;
	uint8_t b[16];
	int r;

	fss__buf_init(&buf, 4096);
	r = fss__op_lookup(&f->ctx, who, op_id(b, n), &buf);
	if (r == 1)
		memcpy(ret, buf.data, buf.len);
	ret[r == 1 ? buf.len : 0] = '\0';
	fss__buf_release(&buf);
	return r;
}

static int
keep(struct mf *f, const struct fss__actor *who, uint32_t n, const char *what)
{
	uint8_t b[16];

	mf_begin(f);
	return mf_end(f, fss__op_store(&f->ctx, who, op_id(b, n), what,
	    strlen(what)));
}

static void
test_once(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	char answer[64];

	(void)state;
	assert_int_equal(look(f, &alice, 1, answer), 0);
	assert_int_equal(keep(f, &alice, 1, "first"), 0);
	assert_int_equal(look(f, &alice, 1, answer), 1);
	assert_string_equal(answer, "first");
	/* Another device's request of the same id is another request. */
	assert_int_equal(look(f, &bob, 1, answer), 0);
	assert_int_equal(keep(f, &bob, 1, ""), 0);
	assert_int_equal(look(f, &bob, 1, answer), 1);
	assert_string_equal(answer, "");
	/* The same id twice is refused rather than answered at random. */
	assert_int_equal(keep(f, &alice, 1, "second"), FSS_EEXIST);
	assert_int_equal(look(f, &alice, 1, answer), 1);
	assert_string_equal(answer, "first");
	mf_close(f);
}

static void
test_ring(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	char answer[64];
	uint32_t i;

	(void)state;
	for (i = 0; i < FSS__OPS_KEPT + 10; i++)
		assert_int_equal(keep(f, &alice, i, "x"), 0);
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM op_result"),
	    FSS__OPS_KEPT);
	for (i = 0; i < 10; i++)
		assert_int_equal(look(f, &alice, i, answer), 0);
	for (; i < FSS__OPS_KEPT + 10; i++)
		assert_int_equal(look(f, &alice, i, answer), 1);
	mf_close(f);
}

/* Large answers take the place of more than one that is old. */
static void
test_bytes(void **state)
{
	static char large[200000];
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	uint32_t i, n = 0;
	char answer[64];
	uint8_t op[16] = { 1 };

	(void)state;
	for (i = 0; i < 900; i++)
		assert_int_equal(keep(f, &alice, i, "x"), 0);
	/* Around the end of the ring, until the oldest are large ones too. */
	for (i = 0; i < 300; i++) {
		op[1] = (uint8_t)i;
		op[2] = (uint8_t)(i >> 8);
		mf_begin(f);
		assert_int_equal(mf_end(f, fss__meta_op_insert(f->ctx.db,
		    alice.device, (struct fss__slice){ op, sizeof(op) },
		    f->ctx.now_us, INT64_MAX, large, sizeof(large))), 0);
		assert_int_equal(mf_sql(f, "SELECT count(*) FROM device"
		    " WHERE kept <> (SELECT sum(length(answer))"
		    "  FROM op_result)"), 0);
		assert_in_range(mf_sql(f, "SELECT kept FROM device"), 1,
		    FSS__OPS_BYTES);
	}
	/* The newest are there. */
	n = (uint32_t)mf_sql(f, "SELECT count(*) FROM op_result");
	assert_int_equal(n, FSS__OPS_BYTES / sizeof(large));
	assert_int_equal(keep(f, &alice, 5000, "small"), 0);
	assert_int_equal(look(f, &alice, 5000, answer), 1);
	assert_string_equal(answer, "small");
	assert_int_equal(mf_sql(f, "SELECT count(*) FROM op_result WHERE"
	    " id <= (SELECT max(id) FROM op_result) - 43"), 0);
	f->ctx.now_us += (int64_t)FSS__MAX_OP_KEEP * 2000000;
	(void)mf_purge(f);
	assert_int_equal(mf_sql(f, "SELECT kept FROM device"), 0);
	mf_close(f);
}

static void
test_purge(void **state)
{
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	char answer[64];
	uint32_t i;

	(void)state;
	for (i = 0; i < 300; i++)
		assert_int_equal(keep(f, &alice, i, "old"), 0);
	f->ctx.now_us += (int64_t)FSS__MAX_OP_KEEP * 1000000 / 2;
	assert_int_equal(keep(f, &alice, 1000, "new"), 0);
	assert_int_equal(mf_purge(f), 1);
	assert_int_equal(look(f, &alice, 0, answer), 1);
	f->ctx.now_us += (int64_t)FSS__MAX_OP_KEEP * 1000000 / 2;
	assert_true(mf_purge(f) > 1);
	assert_int_equal(look(f, &alice, 0, answer), 0);
	assert_int_equal(look(f, &alice, 299, answer), 0);
	assert_int_equal(look(f, &alice, 1000, answer), 1);
	mf_close(f);
}

/* An answer of @n bytes for @who. */
static void
keep_large(struct mf *f, const struct fss__actor *who, size_t n)
{
	static char large[FSS__MAX_HEADER];
	static uint32_t id = 100000;
	uint8_t b[16];

	mf_begin(f);
	assert_int_equal(mf_end(f, fss__op_store(&f->ctx, who, op_id(b, id++),
	    large, n)), 0);
}

/* Many devices have no more together; who has little keeps it. */
static void
test_account(void **state)
{
	enum { DEVICES = 8, ANSWERS = 60, LARGE = 200000 };
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice"), bob = mf_user(f, "bob");
	struct fss__actor who = alice;
	int64_t sum, before;
	char answer[64];
	int i, j;

	(void)state;
	assert_int_equal(keep(f, &alice, 1, "little"), 0);
	assert_int_equal(keep(f, &bob, 1, "other"), 0);
	assert_int_equal(fss__exec(fss__db_query(f->ctx.db,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
	    " LIMIT 8) INSERT INTO device(id, account, key, name, created,"
	    " seen) SELECT 1000 + i, (SELECT id FROM account"
	    " WHERE name = 'alice'), randomblob(32), 'x', 0, 0 FROM n")), 0);
	for (i = 0; i < ANSWERS; i++) {
		for (j = 1; j <= DEVICES; j++) {
			who.device = 1000 + j;
			keep_large(f, &who, LARGE);
		}
		assert_in_range(mf_sql(f, "SELECT sum(kept) FROM device"), 1,
		    FSS__OPS_ACCOUNT + 5);
	}
	assert_true(mf_sql(f, "SELECT sum(kept) FROM device") >
	    FSS__OPS_ACCOUNT - LARGE);
	assert_int_equal(look(f, &alice, 1, answer), 1);
	assert_string_equal(answer, "little");
	assert_int_equal(look(f, &bob, 1, answer), 1);

	/* Below the floor it gets less each time, and goes on. */
	f->rules.free_floor = UINT64_MAX;
	before = mf_sql(f, "SELECT sum(kept) FROM device");
	for (i = 0; i < 8; i++) {
		keep_large(f, &who, LARGE);
		sum = mf_sql(f, "SELECT sum(kept) FROM device");
		assert_true(sum < before || sum <= FSS__OPS_LOW + 5);
		before = sum;
	}
	assert_true(before <= FSS__OPS_LOW + 5);
	assert_int_equal(keep(f, &who, 7, "newest"), 0);
	assert_int_equal(look(f, &who, 7, answer), 1);
	assert_int_equal(look(f, &alice, 1, answer), 1);
	f->rules.free_floor = 0;
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_once),
		cmocka_unit_test(test_ring),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_purge),
		cmocka_unit_test(test_account),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
