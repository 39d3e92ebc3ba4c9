/*
 * The chunker: the same cuts everywhere, within bounds, and few new chunks
 * after an insertion.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "chunk/chunker.h"
#include "chunk/gear.h"
#include "crypto/digest.h"
#include "rng.h"

#define KIB		((size_t)1024)
#define MIB		(1024 * KIB)
#define CUTS_MAX	4096

struct cuts {
	size_t	n;
	size_t	end[CUTS_MAX];
};

static uint8_t *
random_bytes(uint64_t seed, size_t n)
{
	struct rng rng = { seed };
	uint8_t *p = malloc(n);

	assert_non_null(p);
	rng_fill(&rng, p, n);
	return p;
}

/* Cuts all of @p, looking at most at @window bytes at a time. */
static void
cut_all(const struct fss__chunker *c, const uint8_t *p, size_t n,
    size_t window, struct cuts *ret)
{
	size_t pos = 0, len;

	ret->n = 0;
	while (pos < n) {
		len = fss__chunker_cut(c, p + pos,
		    n - pos < window ? n - pos : window);
		assert_in_range(len, 1, c->max);
		if (pos + len < n)
			assert_true(len >= c->min);
		pos += len;
		assert_true(ret->n < CUTS_MAX);
		ret->end[ret->n++] = pos;
	}
	assert_int_equal(pos, n);
}

/* FastCDC as it is written down, one byte after the other. */
static size_t
cut_simply(const struct fss__chunker *c, const uint8_t *p, size_t n)
{
	uint64_t h;
	size_t len, i;

	if (n > c->max)
		n = c->max;
	for (len = c->min + 1; len <= n; len++) {
		h = 0;
		for (i = len < c->min + 64 ? c->min - 64 : len - 64; i < len;
		    i++)
			h = (h << 1) + fss__gear[p[i]];
		if (h < (len <= c->avg ? c->limit_small : c->limit_large))
			return len;
	}
	return n;
}

static void
test_gear_table(void **state)
{
	struct fss__id id;
	char text[32];
	uint64_t v;
	int i, k;

	(void)state;
	for (i = 0; i < 256; i++) {
		(void)snprintf(text, sizeof(text), "fss gear %d", i);
		assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256,
		    text, strlen(text), &id), 0);
		for (k = 1, v = 0; k <= 8; k++)
			v = v << 8 | id.b[k];
		assert_true(fss__gear[i] == v);
	}
}

static void
test_parameters(void **state)
{
	struct fss__chunker c;

	(void)state;
	assert_int_equal(fss__chunker_init(&c, 64, 128, 129), 0);
	assert_int_equal(fss__chunker_init(&c, 64 * KIB, 256 * KIB, MIB), 0);
	assert_int_equal(fss__chunker_init(&c, 63, 128, 256), FSS_EINVAL);
	assert_int_equal(fss__chunker_init(&c, 64, 64, 256), FSS_EINVAL);
	assert_int_equal(fss__chunker_init(&c, 64, 192, 256), FSS_EINVAL);
	assert_int_equal(fss__chunker_init(&c, 64, 256, 256), FSS_EINVAL);
	assert_int_equal(fss__chunker_init(&c, 512, 256, 1024), FSS_EINVAL);
	assert_int_equal(fss__chunker_init(&c, 64, (size_t)1 << 31,
	    SIZE_MAX), FSS_EINVAL);
}

/* Cut points known by heart: a change here breaks everything stored. */
static void
test_known_cuts(void **state)
{
	static const size_t want[] = {
		294036, 966361, 1305457, 1596882, 2003427, 2266150, 2333741,
		2410139, 2666879, 3019195, 3248131, 3648080, 3921467, 4194304
	};
	struct fss__chunker c;
	struct cuts *cuts = malloc(sizeof(*cuts));
	uint8_t *p = random_bytes(1, 4 * MIB);
	size_t i;

	(void)state;
	assert_non_null(cuts);
	assert_int_equal(fss__chunker_init(&c, 64 * KIB, 256 * KIB, MIB), 0);
	cut_all(&c, p, 4 * MIB, MIB, cuts);
	assert_int_equal(cuts->n, sizeof(want) / sizeof(want[0]));
	for (i = 0; i < cuts->n; i++)
		assert_int_equal(cuts->end[i], want[i]);
	free(cuts);
	free(p);
}

/* The fast way cuts where the plain one does, stripes or no stripes. */
static void
test_against_plain(void **state)
{
	static const size_t sizes[][3] = {
		{ 64, 128, 129 }, { 64, 128, 4096 }, { 100, 1024, 9000 },
		{ 2048, 8192, 65536 }, { 4096, 32768, 40000 },
	};
	struct fss__chunker c;
	uint8_t *p = random_bytes(2, MIB);
	size_t i, pos, n;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(fss__chunker_init(&c, sizes[i][0],
		    sizes[i][1], sizes[i][2]), 0);
		for (pos = 0; pos < MIB / 2; pos += n) {
			n = fss__chunker_cut(&c, p + pos, MIB - pos);
			assert_int_equal(n, cut_simply(&c, p + pos,
			    MIB - pos));
		}
	}
	free(p);
}

static void
test_bounds(void **state)
{
	struct fss__chunker c;
	struct cuts *cuts = malloc(sizeof(*cuts));
	uint8_t *zeros = calloc(1, 4 * MIB);
	uint8_t *p = random_bytes(3, 2 * MIB);
	size_t n;

	(void)state;
	assert_non_null(cuts);
	assert_non_null(zeros);
	assert_int_equal(fss__chunker_init(&c, 64 * KIB, 256 * KIB, MIB), 0);
	/* Up to the minimum it is one chunk, and nothing is none. */
	assert_int_equal(fss__chunker_cut(&c, p, 0), 0);
	for (n = 1; n <= 64 * KIB; n = n * 2 + 1)
		assert_int_equal(fss__chunker_cut(&c, p, n), n);
	assert_int_equal(fss__chunker_cut(&c, p, 64 * KIB), 64 * KIB);
	/* Bytes without any cut point end at the maximum. */
	cut_all(&c, zeros, 4 * MIB, MIB, cuts);
	assert_int_equal(cuts->n, 4);
	assert_int_equal(cuts->end[0], MIB);
	free(zeros);
	free(cuts);
	free(p);
}

/* How far a caller could look ahead changes nothing, from max on. */
static void
test_windows(void **state)
{
	struct fss__chunker c;
	struct cuts *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	uint8_t *p = random_bytes(4, 8 * MIB);
	size_t windows[] = { 256 * KIB, 256 * KIB + 1, 300000, 5 * MIB };
	size_t i;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(fss__chunker_init(&c, 16 * KIB, 64 * KIB,
	    256 * KIB), 0);
	cut_all(&c, p, 8 * MIB, 8 * MIB, a);
	for (i = 0; i < sizeof(windows) / sizeof(windows[0]); i++) {
		cut_all(&c, p, 8 * MIB, windows[i], b);
		assert_int_equal(a->n, b->n);
		assert_memory_equal(a->end, b->end, a->n * sizeof(a->end[0]));
	}
	free(a);
	free(b);
	free(p);
}

/*
 * Bytes put in at the front or in the middle make few new chunks: beyond them
 * the cuts are where they were, so many bytes later.
 */
static void
test_insertion(void **state)
{
	const size_t size = 32 * MIB;
	size_t at[] = { 0, 12345678 }, extra[] = { 1, 100, 1000000 };
	struct fss__chunker c;
	struct cuts *a = malloc(sizeof(*a)), *b = malloc(sizeof(*b));
	uint8_t *p = random_bytes(5, size), *q, *noise;
	size_t i, k, x, y, same;

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(fss__chunker_init(&c, 64 * KIB, 256 * KIB, MIB), 0);
	cut_all(&c, p, size, size, a);
	for (i = 0; i < 2; i++)
		for (k = 0; k < 3; k++) {
			q = malloc(size + extra[k]);
			assert_non_null(q);
			noise = random_bytes(6 + k, extra[k]);
			memcpy(q, p, at[i]);
			memcpy(q + at[i], noise, extra[k]);
			memcpy(q + at[i] + extra[k], p + at[i], size - at[i]);
			cut_all(&c, q, size + extra[k], MIB, b);
			same = 0;
			for (x = 0, y = 0; x < a->n && y < b->n;) {
				if (b->end[y] < a->end[x] + extra[k]) {
					y++;
				} else if (b->end[y] > a->end[x] + extra[k]) {
					x++;
				} else {
					same++;
					x++;
					y++;
				}
			}
			for (x = 0; x < a->n && a->end[x] <= at[i]; x++)
				same++;
			/* At most a handful of the old cuts are lost. */
			assert_true(same + 8 >= a->n);
			free(q);
			free(noise);
		}
	free(a);
	free(b);
	free(p);
}

/* Random bytes make chunks near the size that was asked for. */
static void
test_average(void **state)
{
	struct fss__chunker c;
	struct cuts *cuts = malloc(sizeof(*cuts));
	uint8_t *p = random_bytes(7, 64 * MIB);
	size_t avg;

	(void)state;
	assert_non_null(cuts);
	assert_int_equal(fss__chunker_init(&c, 64 * KIB, 256 * KIB, MIB), 0);
	cut_all(&c, p, 64 * MIB, MIB, cuts);
	avg = 64 * MIB / cuts->n;
	assert_in_range(avg, 256 * KIB, 352 * KIB);
	free(cuts);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gear_table),
		cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_known_cuts),
		cmocka_unit_test(test_against_plain),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_insertion),
		cmocka_unit_test(test_average),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
