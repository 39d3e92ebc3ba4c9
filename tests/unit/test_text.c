/*
 * Text fields: what is text, and how other bytes are cut to be.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "rng.h"
#include "wire/text.h"

static void
expect_clip(const char *p, size_t n, size_t max, size_t want)
{
	struct fss__slice s = { p, n }, got = fss__text_clip(s, max);

	assert_ptr_equal(got.p, p);
	assert_int_equal(got.n, want);
	assert_true(fss__text_ok(got));
}

static void
test_ok(void **state)
{
	struct fss__slice none = { NULL, 0 }, nul = { "a\0b", 3 };

	(void)state;
	assert_true(fss__text_ok(none));
	assert_false(fss__text_ok(nul));
	assert_true(fss__text_ok(fss__slice_str("d\xc3\xa9j\xc3\xa0")));
	assert_false(fss__text_ok(fss__slice_str("\xc0\xaf")));
	assert_false(fss__text_ok(fss__slice_str("\xed\xa0\x80")));
}

static void
test_clip(void **state)
{
	(void)state;
	expect_clip("hello", 5, 256, 5);
	expect_clip("hello", 5, 3, 3);
	expect_clip("hello", 5, 0, 0);
	expect_clip(NULL, 0, 9, 0);
	expect_clip("a\0b", 3, 9, 1);
	expect_clip("d\xc3\xa9j", 4, 2, 1);	/* not half a character */
	expect_clip("d\xc3\xa9j", 4, 3, 3);
	expect_clip("\xf0\x9f\x8e\xb5", 4, 3, 0);
	expect_clip("ab\xff" "cd", 5, 9, 2);
	expect_clip("ab\x80", 3, 9, 2);
	expect_clip("ab\xe2\x82", 4, 9, 2);	/* cut off by the end */
}

/* Whatever it is given, what comes out is text and could not be longer. */
static void
test_clip_random(void **state)
{
	static const uint8_t some[] = {
		'a', 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x8e, 0xb5, 0
	};
	struct rng rng = { 3 };
	struct fss__slice s, got, longer;
	uint8_t p[24];
	size_t i, n, max, round;

	(void)state;
	for (round = 0; round < 100000; round++) {
		n = rng_below(&rng, sizeof(p) + 1);
		max = rng_below(&rng, sizeof(p) + 1);
		for (i = 0; i < n; i++)
			p[i] = some[rng_below(&rng, sizeof(some))];
		s.p = p;
		s.n = n;
		got = fss__text_clip(s, max);
		assert_true(got.n <= n && got.n <= max);
		assert_true(fss__text_ok(got));
		longer.p = p;
		for (longer.n = got.n + 1; longer.n <= n && longer.n <= max;
		    longer.n++)
			assert_false(fss__text_ok(longer));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ok),
		cmocka_unit_test(test_clip),
		cmocka_unit_test(test_clip_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
