/*
 * Quotas and files of sizes nobody has bytes for.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/num.h"
#include "model/entry_use.h"
#include "model_fixture.h"

/* A page of @n times @most, and then @last. */
static struct fss__id
put_page(struct mf *f, const struct fss__actor *who, unsigned level,
    unsigned n, const struct fss__id *most, uint64_t most_span,
    const struct fss__id *last, uint64_t last_span, uint64_t *ret_span)
{
	static uint8_t page[FSS__MAX_PAGE];
	uint8_t *p = page;
	struct fss__id id;
	unsigned i, count = n + (last != NULL);

	memcpy(p, "FSP1", 4);
	p[4] = (uint8_t)level;
	p[5] = 0;
	p[6] = (uint8_t)count;
	p[7] = (uint8_t)(count >> 8);
	p += 8;
	*ret_span = 0;
	for (i = 0; i < count; i++) {
		memcpy(p, (i < n ? most : last)->b, FSS__ID_BYTES);
		fss__put_le64(p + FSS__ID_BYTES,
		    i < n ? most_span : last_span);
		*ret_span += i < n ? most_span : last_span;
		p += FSS__ID_BYTES + 8;
	}
	assert_int_equal(fss__digest(FSS__KIND_PAGE | FSS__ALG_SHA256, page,
	    (size_t)(p - page), &id), 0);
	assert_int_equal(fss__store_put(f->store, who->account, &id, page,
	    (size_t)(p - page)), 0);
	return id;
}

static struct fss__id
put_bytes(struct mf *f, const struct fss__actor *who, const void *p, size_t n)
{
	struct fss__id id;

	assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256, p, n,
	    &id), 0);
	assert_int_equal(fss__store_put(f->store, who->account, &id, p, n), 0);
	return id;
}

/*
 * A page may name one child a thousand times: a few pages are a file of
 * 2^63 - 1 bytes, and sums of such files must not overflow into "no use".
 */
static void
test_quota_vast(void **state)
{
	static const uint8_t zeros[FSS__MAX_CHUNK];
	struct mf *f = mf_open();
	struct fss__actor alice = mf_user(f, "alice");
	uint64_t full_span = sizeof(zeros), short_span = full_span - 1;
	uint64_t half_span, span;
	struct fss__id full, less, half, next;
	struct fss__m_commit_item m;
	unsigned level;

	(void)state;
	full = put_bytes(f, &alice, zeros, sizeof(zeros));
	less = put_bytes(f, &alice, zeros, sizeof(zeros) - 1);
	for (level = 1; level < 5; level++) {
		less = put_page(f, &alice, level, FSS__MAX_FANOUT - 1, &full,
		    full_span, &less, short_span, &short_span);
		next = put_page(f, &alice, level, FSS__MAX_FANOUT, &full,
		    full_span, NULL, 0, &span);
		full = next;
		full_span = span;
	}
	half = put_page(f, &alice, level, 3, &full, full_span, NULL, 0,
	    &half_span);
	less = put_page(f, &alice, level, 7, &full, full_span, &less,
	    short_span, &short_span);
	assert_int_equal(short_span, INT64_MAX);

	m = mf_item("/vast", "", &next);
	m.has |= FSS__K_commit_item_root | FSS__K_commit_item_depth;
	m.root.p = less.b;
	m.root.n = sizeof(less.b);
	m.depth = level;
	m.size = short_span;
	f->rules.quota_bytes = 1000;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_EQUOTA);
	f->rules.quota_bytes = 0;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_EQUOTA);
	assert_int_equal(fss__entry_room(&f->ctx, alice.account, INT64_MAX),
	    0);
	mf_expect_usage(f, &alice, 0, 0, 0);

	m.root.p = half.b;
	m.size = half_span;
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), 0);
	assert_int_equal(mf_file(f, &alice, NULL, "/a", "123"), 0);
	m.path = mf_s("/again");
	assert_int_equal(mf_commit(f, &alice, NULL, &m, NULL), FSS_EQUOTA);
	mf_expect_usage(f, &alice, (int64_t)half_span + 3, 2, 0);
	assert_int_equal(mf_remove(f, &alice, NULL, "/vast", false), 0);
	mf_expect_usage(f, &alice, 3, 1, 0);
	mf_close(f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quota_vast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
