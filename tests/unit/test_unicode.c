/*
 * Unicode forms: NFC for names, the folded form for searching.
 *
 * Known cases come from the Unicode standard (annex 15, chapter 3.13); random
 * ones check what must hold for any text.  The seed is printed, and taken
 * back from FSS_TEST_SEED.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/time.h"
#include "rng.h"

#define ROUNDS		20000
#define TEXT_MAX	65536	/* bytes that utf8.c takes */

static void
expect_nfc(const char *text, const char *want)
{
	char got[64];

	assert_int_equal(fss__utf8_nfc(fss__slice_str(text), got,
	    sizeof(got)), 0);
	assert_string_equal(got, want);
}

static void
expect_fold(const char *text, const char *want)
{
	char got[128];

	assert_int_equal(fss__utf8_fold(fss__slice_str(text), got,
	    sizeof(got)), 0);
	assert_string_equal(got, want);
}

static void
test_nfc(void **state)
{
	(void)state;
	expect_nfc("", "");
	expect_nfc("plain / text", "plain / text");
	expect_nfc("e\xcc\x81", "\xc3\xa9");
	expect_nfc("\xc3\xa9", "\xc3\xa9");
	/* Angstrom sign and Kelvin sign are letters in the end. */
	expect_nfc("\xe2\x84\xab", "\xc3\x85");
	expect_nfc("\xe2\x84\xaa", "K");
	/* Marks in canonical order: dot below, then dot above. */
	expect_nfc("s\xcc\x87\xcc\xa3", "\xe1\xb9\xa9");
	/* Hangul from its parts. */
	expect_nfc("\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c");
	/* U+11A7 is a vowel: it composes with no syllable before it. */
	expect_nfc("\xea\xb0\x80\xe1\x86\xa7", "\xea\xb0\x80\xe1\x86\xa7");
	expect_nfc("\xe1\x84\x80\xe1\x85\xa1\xe1\x86\xa7" "e\xcc\x81",
	    "\xea\xb0\x80\xe1\x86\xa7\xc3\xa9");
	expect_nfc("\xea\xb0\x80\xe1\x86\xa8", "\xea\xb0\x81");
	/* Compatibility characters stay in NFC. */
	expect_nfc("\xef\xac\x81", "\xef\xac\x81");
}

static void
test_fold(void **state)
{
	(void)state;
	expect_fold("", "");
	expect_fold("MiXed-9", "mixed-9");
	expect_fold("CAF\xc3\x89", "cafe\xcc\x81");
	expect_fold("Stra\xc3\x9f" "e", "strasse");
	expect_fold("\xef\xac\x81n", "fin");		/* the ligature */
	expect_fold("\xef\xbc\xa1", "a");		/* full width A */
	expect_fold("\xe2\x84\xa1", "tel");		/* the sign TEL */
	/* Greek final sigma is a sigma. */
	expect_fold("\xce\xa3\xcf\x82", "\xcf\x83\xcf\x83");
	/* A soft hyphen is not seen, hence not searched for. */
	expect_fold("a\xc2\xad" "b", "ab");
	/* Iota subscript before an accent or after it: the same text. */
	expect_fold("\xce\xb1\xcd\x85\xcc\x80", "\xce\xb1\xcc\x80\xce\xb9");
	expect_fold("\xce\xb1\xcc\x80\xcd\x85", "\xce\xb1\xcc\x80\xce\xb9");
}

static void
test_refused(void **state)
{
	static const char *const bad[] = {
		"\x80", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80",
		"a\xe2\x82", "\xff"
	};
	char got[8];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_false(fss__utf8_valid(fss__slice_str(bad[i])));
		assert_int_equal(fss__utf8_nfc(fss__slice_str(bad[i]), got,
		    sizeof(got)), FSS_EPATH);
		assert_int_equal(fss__utf8_fold(fss__slice_str(bad[i]), got,
		    sizeof(got)), FSS_EPATH);
	}
	/* The NUL must fit too, by either road. */
	assert_int_equal(fss__utf8_nfc(fss__slice_str("12345678"), got,
	    sizeof(got)), FSS_ETOOBIG);
	assert_int_equal(fss__utf8_fold(fss__slice_str("12345678"), got,
	    sizeof(got)), FSS_ETOOBIG);
	assert_int_equal(fss__utf8_nfc(
	    fss__slice_str("\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9"), got,
	    sizeof(got)), FSS_ETOOBIG);
	assert_int_equal(fss__utf8_nfc(
	    fss__slice_str("\xc3\xa9\xc3\xa9\xc3\xa9x"), got, sizeof(got)), 0);
}

/* Long text leaves the stack; one byte over the ceiling is refused. */
static void
test_long(void **state)
{
	struct fss__slice s;
	char *text, *got;
	size_t i;

	(void)state;
	text = malloc(TEXT_MAX + 2);
	got = malloc(TEXT_MAX + 2);
	assert_non_null(text);
	assert_non_null(got);
	for (i = 0; i < TEXT_MAX + 2; i += 2)
		memcpy(text + i, "\xc3\xa9", 2);
	s.p = text;
	s.n = TEXT_MAX;
	assert_int_equal(fss__utf8_nfc(s, got, TEXT_MAX + 1), 0);
	assert_memory_equal(got, text, TEXT_MAX);
	(void)fss__alloc_fail_at(1);
	assert_int_equal(fss__utf8_nfc(s, got, TEXT_MAX + 1), FSS_ENOMEM);
	(void)fss__alloc_fail_at(1);
	assert_int_equal(fss__utf8_fold(fss__slice_str("\xc3\x89"), got, 8),
	    FSS_ENOMEM);
	(void)fss__alloc_fail_at(0);
	s.n = TEXT_MAX + 2;
	assert_int_equal(fss__utf8_nfc(s, got, TEXT_MAX + 1), FSS_ETOOBIG);
	assert_int_equal(fss__utf8_fold(s, got, TEXT_MAX + 1), FSS_ETOOBIG);
	free(text);
	free(got);
}

/* UTF-8 of @cp, which is no surrogate; returns its length. */
static size_t
put_utf8(char *dst, uint32_t cp)
{
	if (cp < 0x80) {
		dst[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		dst[0] = (char)(0xc0 | cp >> 6);
		dst[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		dst[0] = (char)(0xe0 | cp >> 12);
		dst[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		dst[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	dst[0] = (char)(0xf0 | cp >> 18);
	dst[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	dst[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	dst[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

/* Letters, marks and oddities in about equal parts, never NUL. */
static uint32_t
some_char(struct rng *rng)
{
	static const struct {
		uint32_t first, count;
	} ranges[] = {
		{ 0x21, 0x5e }, { 0xa0, 0x200 }, { 0x300, 0x70 },
		{ 0x370, 0x190 }, { 0x1100, 0x100 }, { 0x1e00, 0x200 },
		{ 0x2100, 0x50 }, { 0xac00, 0x200 }, { 0xf900, 0x200 },
		{ 0xfb00, 0x50 }, { 0x1d400, 0x100 }, { 0x1f300, 0x100 }
	};
	size_t i = rng_below(rng, sizeof(ranges) / sizeof(ranges[0]));

	return ranges[i].first + (uint32_t)rng_below(rng, ranges[i].count);
}

/*
 * For any text: both forms are valid, doing either twice changes nothing, and
 * the fold does not depend on the form that was typed.
 */
static void
test_random(void **state)
{
	const char *env = getenv("FSS_TEST_SEED");
	char text[64], nfc[256], fold[1024], again[1024];
	struct rng rng;
	size_t len, n, i;
	int round;

	(void)state;
	rng.s = env != NULL ? strtoull(env, NULL, 0) :
	    (uint64_t)fss__mono_us();
	print_message("FSS_TEST_SEED=%llu\n", (unsigned long long)rng.s);
	for (round = 0; round < ROUNDS; round++) {
		n = 1 + rng_below(&rng, 8);
		for (i = 0, len = 0; i < n; i++)
			len += put_utf8(text + len, some_char(&rng));
		text[len] = '\0';
		assert_true(fss__utf8_valid(fss__slice_str(text)));

		assert_int_equal(fss__utf8_nfc(fss__slice_str(text), nfc,
		    sizeof(nfc)), 0);
		assert_true(fss__utf8_valid(fss__slice_str(nfc)));
		assert_int_equal(fss__utf8_nfc(fss__slice_str(nfc), again,
		    sizeof(again)), 0);
		assert_string_equal(again, nfc);

		assert_int_equal(fss__utf8_fold(fss__slice_str(text), fold,
		    sizeof(fold)), 0);
		assert_true(fss__utf8_valid(fss__slice_str(fold)));
		assert_int_equal(fss__utf8_fold(fss__slice_str(nfc), again,
		    sizeof(again)), 0);
		assert_string_equal(again, fold);
		assert_int_equal(fss__utf8_fold(fss__slice_str(fold), again,
		    sizeof(again)), 0);
		assert_string_equal(again, fold);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nfc),
		cmocka_unit_test(test_fold),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_random)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
