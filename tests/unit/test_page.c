/*
 * Manifest pages: no page is accepted that is not as the format says.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/num.h"
#include "chunk/manifest.h"
#include "wire/limits.h"

#define DATA	(FSS__KIND_DATA | FSS__ALG_SHA256)

/* A good page of level @level with @n children of the least spans. */
static size_t
make_page(uint8_t *p, unsigned level, unsigned n)
{
	unsigned i;

	memset(p, 0, FSS__PAGE_HEAD);
	memcpy(p, "FSP1", 4);
	p[4] = (uint8_t)level;
	p[6] = (uint8_t)n;
	p[7] = (uint8_t)(n >> 8);
	for (i = 0; i < n; i++) {
		memset(p + FSS__PAGE_HEAD + i * FSS__PAGE_CHILD, 0,
		    FSS__PAGE_CHILD);
		p[FSS__PAGE_HEAD + i * FSS__PAGE_CHILD] = (uint8_t)
		    (level == 1 ? DATA : FSS__KIND_PAGE | FSS__ALG_SHA256);
		fss__put_le64(p + FSS__PAGE_HEAD + i * FSS__PAGE_CHILD +
		    FSS__ID_BYTES, 1);
	}
	return FSS__PAGE_HEAD + n * FSS__PAGE_CHILD;
}

static uint8_t *
span_of(uint8_t *p, unsigned i)
{
	return p + FSS__PAGE_HEAD + i * FSS__PAGE_CHILD + FSS__ID_BYTES;
}

static int
decode(const uint8_t *p, size_t n)
{
	struct fss__page pg;
	uint8_t *exact = malloc(n == 0 ? 1 : n);
	int r;

	assert_non_null(exact);
	memcpy(exact, p, n);
	r = fss__page_decode(exact, n, &pg);
	free(exact);
	return r;
}

static void
test_corrupt(void **state)
{
	static uint8_t p[FSS__PAGE_HEAD + 1025 * FSS__PAGE_CHILD + 1];
	size_t n, i;
	unsigned v;

	(void)state;
	for (i = 1; i <= 1024; i += i < 4 ? 1 : 255) {
		n = make_page(p, 1, (unsigned)i);
		assert_int_equal(decode(p, n), 0);
		assert_int_equal(decode(p, n + 1), FSS_EPROTO);
		assert_int_equal(decode(p, n - 1), FSS_EPROTO);
	}
	n = make_page(p, 1, 1025);
	assert_int_equal(decode(p, n), FSS_EPROTO);
	n = make_page(p, 1, 0);
	assert_int_equal(decode(p, n), FSS_EPROTO);
	n = make_page(p, 2, 3);
	for (i = 0; i < n; i++)
		assert_int_equal(decode(p, i), FSS_EPROTO);
	/*
	 * Every other value of each byte of the head.  Another level, if it
	 * is one, makes another good page: that it is the wrong one here only
	 * the page above can tell.
	 */
	for (i = 0; i < FSS__PAGE_HEAD; i++)
		for (v = 1; v < 256; v++) {
			n = make_page(p, 2, 3);
			p[i] = (uint8_t)(p[i] + v);
			assert_int_equal(decode(p, n),
			    i == 4 && p[i] >= 2 && p[i] <= 6 ? 0 : FSS_EPROTO);
		}
	/* Type bytes: known ones of the right kind, and no others. */
	for (v = 0; v < 256; v++) {
		n = make_page(p, 1, 3);
		p[FSS__PAGE_HEAD + FSS__PAGE_CHILD] = (uint8_t)v;
		assert_int_equal(decode(p, n),
		    v >= 0x01 && v <= 0x03 ? 0 : FSS_EPROTO);
		n = make_page(p, 2, 3);
		p[FSS__PAGE_HEAD + FSS__PAGE_CHILD] = (uint8_t)v;
		assert_int_equal(decode(p, n),
		    v >= 0x11 && v <= 0x13 ? 0 : FSS_EPROTO);
	}
}

static void
test_corrupt_spans(void **state)
{
	static uint8_t p[FSS__PAGE_HEAD + 1024 * FSS__PAGE_CHILD];
	uint64_t max = FSS__MAX_CHUNK;
	unsigned level, i;
	size_t n;

	(void)state;
	for (level = 1; level <= 5; level++, max *= FSS__MAX_FANOUT) {
		n = make_page(p, level, 2);
		fss__put_le64(span_of(p, 1), max);
		assert_int_equal(decode(p, n), 0);
		fss__put_le64(span_of(p, 1), max + 1);
		assert_int_equal(decode(p, n), FSS_EPROTO);
		fss__put_le64(span_of(p, 1), 0);
		assert_int_equal(decode(p, n), FSS_EPROTO);
	}
	n = make_page(p, 7, 2);
	assert_int_equal(decode(p, n), FSS_EPROTO);
	/* At the highest level spans could add up past 64 bits. */
	n = make_page(p, 6, 2);
	fss__put_le64(span_of(p, 0), UINT64_MAX - 1);
	assert_int_equal(decode(p, n), 0);
	fss__put_le64(span_of(p, 0), UINT64_MAX);
	assert_int_equal(decode(p, n), FSS_EPROTO);
	n = make_page(p, 6, 1024);
	for (i = 0; i < 1024; i++)
		fss__put_le64(span_of(p, i), UINT64_C(1) << 54);
	assert_int_equal(decode(p, n), FSS_EPROTO);
	fss__put_le64(span_of(p, 0), (UINT64_C(1) << 54) - 1);
	assert_int_equal(decode(p, n), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_corrupt),
		cmocka_unit_test(test_corrupt_spans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
