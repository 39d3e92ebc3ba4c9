/*
 * The msgpack reader: every form of every token, edges and lies, and that it
 * agrees with msgpack-c on whatever random bytes make.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <msgpack.h>

#include <fss/error.h>

#include "rng.h"
#include "wire/reader.h"

#define R(...)	reader((const uint8_t[]){ __VA_ARGS__ }, \
		    sizeof((const uint8_t[]){ __VA_ARGS__ }))

static struct fss__reader
reader(const uint8_t *p, size_t n)
{
	static uint8_t mem[256];
	struct fss__reader r;

	/* At the very end, so that nothing follows but the end. */
	memcpy(mem + sizeof(mem) - n, p, n);
	r.p = mem + sizeof(mem) - n;
	r.end = mem + sizeof(mem);
	return r;
}

static void
expect_uint(struct fss__reader r, uint64_t want)
{
	uint64_t v = 0;
	int64_t i = 0;

	struct fss__reader t = r;

	assert_int_equal(fss__read_uint(&t, &v), 0);
	assert_true(v == want);
	assert_ptr_equal(t.p, t.end);
	if (want <= INT64_MAX) {
		assert_int_equal(fss__read_int(&r, &i), 0);
		assert_true(i == (int64_t)want);
	} else {
		assert_int_equal(fss__read_int(&r, &i), FSS_EPROTO);
		assert_int_equal(i, 0);
	}
}

static void
expect_negative(struct fss__reader r, int64_t want)
{
	struct fss__reader t = r;
	uint64_t v = 7;
	int64_t i = 0;

	assert_int_equal(fss__read_uint(&t, &v), FSS_EPROTO);
	assert_ptr_equal(t.p, r.p);
	assert_int_equal(v, 7);
	assert_int_equal(fss__read_int(&t, &i), 0);
	assert_true(i == want);
	assert_ptr_equal(t.p, t.end);
}

static void
test_numbers(void **state)
{
	(void)state;
	expect_uint(R(0x00), 0);
	expect_uint(R(0x7f), 127);
	expect_uint(R(0xcc, 0x00), 0);
	expect_uint(R(0xcc, 0xff), 255);
	expect_uint(R(0xcd, 0x01, 0x02), 0x0102);
	expect_uint(R(0xce, 1, 2, 3, 4), 0x01020304);
	expect_uint(R(0xcf, 1, 2, 3, 4, 5, 6, 7, 8),
	    UINT64_C(0x0102030405060708));
	expect_uint(R(0xcf, 0x7f, 255, 255, 255, 255, 255, 255, 255),
	    INT64_MAX);
	expect_uint(R(0xcf, 0x80, 0, 0, 0, 0, 0, 0, 0),
	    UINT64_C(1) << 63);
	expect_uint(R(0xcf, 255, 255, 255, 255, 255, 255, 255, 255),
	    UINT64_MAX);
	expect_uint(R(0xd0, 0x7f), 127);
	expect_uint(R(0xd1, 0x7f, 0xff), 32767);
	expect_uint(R(0xd2, 0x7f, 255, 255, 255), INT32_MAX);
	expect_uint(R(0xd3, 0x7f, 255, 255, 255, 255, 255, 255, 255),
	    INT64_MAX);
	expect_negative(R(0xff), -1);
	expect_negative(R(0xe0), -32);
	expect_negative(R(0xd0, 0x80), -128);
	expect_negative(R(0xd1, 0x80, 0), -32768);
	expect_negative(R(0xd2, 0x80, 0, 0, 0), INT32_MIN);
	expect_negative(R(0xd3, 0x80, 0, 0, 0, 0, 0, 0, 0), INT64_MIN);
	expect_negative(R(0xd3, 255, 255, 255, 255, 255, 255, 255, 255), -1);
}

static void
test_bool(void **state)
{
	struct fss__reader r = R(0xc3, 0xc2, 0xc0);
	bool b = false;

	(void)state;
	assert_int_equal(fss__read_bool(&r, &b), 0);
	assert_true(b);
	assert_int_equal(fss__read_bool(&r, &b), 0);
	assert_false(b);
	assert_int_equal(fss__read_bool(&r, &b), FSS_EPROTO);
	assert_int_equal(r.end - r.p, 1);
}

static void
expect_bytes(int (*read)(struct fss__reader *, struct fss__slice *),
    struct fss__reader r, const char *want)
{
	struct fss__slice s = { NULL, 99 };

	assert_int_equal(read(&r, &s), 0);
	assert_int_equal(s.n, strlen(want));
	assert_memory_equal(s.p, want, s.n);
	assert_ptr_equal(r.p, r.end);
}

static void
test_bytes(void **state)
{
	(void)state;
	expect_bytes(fss__read_str, R(0xa0), "");
	expect_bytes(fss__read_str, R(0xa2, 'h', 'i'), "hi");
	expect_bytes(fss__read_str, R(0xd9, 2, 'h', 'i'), "hi");
	expect_bytes(fss__read_str, R(0xda, 0, 2, 'h', 'i'), "hi");
	expect_bytes(fss__read_str, R(0xdb, 0, 0, 0, 2, 'h', 'i'), "hi");
	expect_bytes(fss__read_bin, R(0xc4, 0), "");
	expect_bytes(fss__read_bin, R(0xc4, 2, 'h', 'i'), "hi");
	expect_bytes(fss__read_bin, R(0xc5, 0, 2, 'h', 'i'), "hi");
	expect_bytes(fss__read_bin, R(0xc6, 0, 0, 0, 2, 'h', 'i'), "hi");
}

static void
test_heads(void **state)
{
	struct fss__reader r;
	uint32_t n;

	(void)state;
	r = R(0x92, 1, 2);
	assert_int_equal(fss__read_array(&r, &n), 0);
	assert_int_equal(n, 2);
	r = R(0xdc, 0, 1, 9);
	assert_int_equal(fss__read_array(&r, &n), 0);
	assert_int_equal(n, 1);
	r = R(0xdd, 0, 0, 0, 1, 9);
	assert_int_equal(fss__read_array(&r, &n), 0);
	assert_int_equal(n, 1);
	r = R(0x81, 1, 2);
	assert_int_equal(fss__read_map(&r, &n), 0);
	assert_int_equal(n, 1);
	r = R(0xde, 0, 0);
	assert_int_equal(fss__read_map(&r, &n), 0);
	assert_int_equal(n, 0);
	r = R(0xdf, 0, 0, 0, 1, 1, 2);
	assert_int_equal(fss__read_map(&r, &n), 0);
	assert_int_equal(n, 1);
}

/* A count that the bytes cannot hold is refused at the head. */
static void
test_lying_counts(void **state)
{
	struct fss__reader r;
	uint64_t claim = 0;
	uint32_t n = 5;

	(void)state;
	r = R(0x92, 1);
	assert_int_equal(fss__read_array(&r, &n), FSS_EPROTO);
	r = R(0xdd, 0xff, 0xff, 0xff, 0xff, 0);
	assert_int_equal(fss__read_array(&r, &n), FSS_EPROTO);
	assert_int_equal(r.end - r.p, 6);
	r = R(0x82, 1, 2, 3);
	assert_int_equal(fss__read_map(&r, &n), FSS_EPROTO);
	r = R(0xdf, 0x80, 0, 0, 0, 0, 0);
	assert_int_equal(fss__read_map(&r, &n), FSS_EPROTO);
	assert_int_equal(n, 5);
	/* Who does not go by the count may have it. */
	r = R(0xdd, 0xff, 0xff, 0xff, 0xff, 0);
	assert_int_equal(fss__read_array_any(&r, &claim), 0);
	assert_int_equal(claim, UINT32_MAX);
	assert_int_equal(r.end - r.p, 1);
	assert_int_equal(fss__read_array_any(&r, &claim), FSS_EPROTO);
	assert_int_equal(r.end - r.p, 1);
}

/* No read takes a token of another kind, nor moves when it fails. */
static void
test_kinds(void **state)
{
	struct fss__reader r, was;
	struct fss__slice s;
	uint8_t b[17] = { 0 };
	uint64_t u;
	int64_t i;
	uint32_t n;
	bool yes, number, str, bin, array, map;
	unsigned tag;

	(void)state;
	for (tag = 0; tag < 256; tag++) {
		b[0] = (uint8_t)tag;
		was = reader(b, sizeof(b));
		number = tag < 0x80 || (tag >= 0xcc && tag <= 0xd3);
		str = (tag >= 0xa0 && tag <= 0xb0) ||
		    (tag >= 0xd9 && tag <= 0xdb);
		bin = tag >= 0xc4 && tag <= 0xc6;
		array = (tag >= 0x90 && tag <= 0x9f) || tag == 0xdc ||
		    tag == 0xdd;
		map = (tag >= 0x80 && tag <= 0x88) || tag == 0xde ||
		    tag == 0xdf;
		r = was;
		assert_true((fss__read_uint(&r, &u) == 0) == number);
		assert_true((r.p != was.p) == number);
		r = was;
		number = number || tag >= 0xe0;
		assert_true((fss__read_int(&r, &i) == 0) == number);
		assert_true((r.p != was.p) == number);
		r = was;
		assert_true((fss__read_bool(&r, &yes) == 0) ==
		    (tag == 0xc2 || tag == 0xc3));
		r = was;
		assert_true((fss__read_str(&r, &s) == 0) == str);
		assert_true((r.p != was.p) == str);
		r = was;
		assert_true((fss__read_bin(&r, &s) == 0) == bin);
		assert_true((r.p != was.p) == bin);
		r = was;
		assert_true((fss__read_array(&r, &n) == 0) == array);
		assert_true((r.p != was.p) == array);
		r = was;
		assert_true((fss__read_map(&r, &n) == 0) == map);
		assert_true((r.p != was.p) == map);
	}
}

static void
test_skip_depth(void **state)
{
	struct fss__reader r;
	uint8_t b[40];
	unsigned depth;

	(void)state;
	memset(b, 0x91, sizeof(b));
	for (depth = 1; depth < 30; depth++) {
		b[depth] = 0x00;	/* @depth arrays, then a number */
		r = reader(b, depth + 1);
		assert_int_equal(fss__read_skip(&r, depth - 1), FSS_EPROTO);
		assert_int_equal(r.end - r.p, depth + 1);
		assert_int_equal(fss__read_skip(&r, depth), 0);
		assert_ptr_equal(r.p, r.end);
		b[depth] = 0x91;
	}
	r = R(0xc1);
	assert_int_equal(fss__read_skip(&r, 9), FSS_EPROTO);
	r.p = r.end;
	assert_int_equal(fss__read_skip(&r, 9), FSS_EPROTO);
}

/* Each form of each token: skipped whole, and not at all when cut short. */
static void
test_skip_forms(void **state)
{
	static const struct {
		size_t	n;
		uint8_t	b[20];
	} forms[] = {
		{ 1, { 0xc0 } }, { 1, { 0xc2 } }, { 1, { 0xe1 } },
		{ 5, { 0xca } }, { 9, { 0xcb } }, { 2, { 0xcc } },
		{ 3, { 0xcd } }, { 5, { 0xce } }, { 9, { 0xcf } },
		{ 2, { 0xd0 } }, { 3, { 0xd1 } }, { 5, { 0xd2 } },
		{ 9, { 0xd3 } }, { 3, { 0xd4 } }, { 4, { 0xd5 } },
		{ 6, { 0xd6 } }, { 10, { 0xd7 } }, { 18, { 0xd8 } },
		{ 5, { 0xc7, 2 } }, { 6, { 0xc8, 0, 2 } },
		{ 8, { 0xc9, 0, 0, 0, 2 } }, { 3, { 0xa2 } },
		{ 4, { 0xd9, 2 } }, { 5, { 0xda, 0, 2 } },
		{ 7, { 0xdb, 0, 0, 0, 2 } }, { 4, { 0xc4, 2 } },
		{ 5, { 0xc5, 0, 2 } }, { 7, { 0xc6, 0, 0, 0, 2 } },
		{ 5, { 0x82, 1, 2, 3, 4 } }, { 3, { 0x92, 1, 2 } },
		{ 7, { 0xdf, 0, 0, 0, 1, 1, 2 } }, { 4, { 0xdc, 0, 1, 9 } },
	};
	struct fss__reader r;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		for (n = 0; n < forms[i].n; n++) {
			r = reader(forms[i].b, n);
			assert_int_equal(fss__read_skip(&r, 1), FSS_EPROTO);
			assert_int_equal(r.end - r.p, n);
		}
		r = reader(forms[i].b, n);
		assert_int_equal(fss__read_skip(&r, 1), 0);
		assert_ptr_equal(r.p, r.end);
	}
}

/* What msgpack-c takes, skip takes, and ends at the same byte. */
static void
test_against_msgpack(void **state)
{
	static const uint8_t heads[] = {
		0x81, 0x92, 0xa1, 0xc0, 0xc3, 0xc4, 0xc7, 0xca, 0xcb, 0xcc,
		0xcd, 0xce, 0xcf, 0xd0, 0xd3, 0xd4, 0xd8, 0xd9, 0xda, 0xff
	};
	struct rng rng = { 20261123 };
	struct fss__reader r;
	msgpack_unpacked u;
	uint8_t b[48];
	size_t i, n, off, taken = 0;
	int want;

	(void)state;
	for (i = 0; i < 200000; i++) {
		n = 1 + rng_below(&rng, sizeof(b));
		for (off = 0; off < n; off++)
			b[off] = rng_below(&rng, 2) == 0 ?
			    heads[rng_below(&rng, sizeof(heads))] :
			    (uint8_t)rng_below(&rng, 4);
		r.p = b;
		r.end = b + n;
		off = 0;
		msgpack_unpacked_init(&u);
		want = msgpack_unpack_next(&u, (const char *)b, n, &off);
		if (want == MSGPACK_UNPACK_SUCCESS) {
			taken++;
			assert_int_equal(fss__read_skip(&r, 64), 0);
			assert_int_equal(r.p - b, off);
		} else {
			assert_int_equal(fss__read_skip(&r, 64), FSS_EPROTO);
			assert_ptr_equal(r.p, b);
		}
		msgpack_unpacked_destroy(&u);
	}
	assert_true(taken > 10000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_bool),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_lying_counts),
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_skip_depth),
		cmocka_unit_test(test_skip_forms),
		cmocka_unit_test(test_against_msgpack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
