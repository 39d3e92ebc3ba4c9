/*
 * Header frames: every record there is goes there and back, and whatever is
 * wrong with one is refused with the right error.
 *
 * FSS_TEST_SEED in the environment repeats a run; the seed is printed.
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

#include "base/alloc.h"
#include "record.h"

#define SEED		20261123
#define ROUNDS		300

static const uint8_t session[FSS__SESSION_BYTES] = "0123456789abcdef";

static struct rng
seeded(void)
{
	const char *text = getenv("FSS_TEST_SEED");
	struct rng r;

	r.s = text == NULL ? SEED : strtoull(text, NULL, 10);
	print_message("seed %llu\n", (unsigned long long)r.s);
	return r;
}

static void
test_table(void **state)
{
	const struct fss__record *rec;
	const struct fss__message *m;
	unsigned type, known = 0;
	size_t i;
	uint16_t k;

	(void)state;
	for (type = 0; type < 300; type++) {
		m = fss__message_find(type);
		if (m == NULL) {
			if (type < FSS__ANSWER)
				assert_string_equal(fss__message_name(type),
				    "?");
			continue;
		}
		known++;
		assert_true(type > 0 && type < FSS__ANSWER - 1);
		assert_int_equal(m->type, type);
		assert_non_null(m->request);
		assert_non_null(m->answer);
		assert_string_equal(fss__message_name(type), m->name);
		assert_memory_equal(fss__message_name(type + FSS__ANSWER),
		    m->name, strlen(m->name));
		assert_string_equal(fss__message_name(type + FSS__ANSWER) +
		    strlen(m->name), "+");
	}
	assert_true(known > 30);
	assert_string_equal(fss__message_name(FSS__MSG_LIST), "LIST");
	assert_string_equal(fss__message_name(FSS__MSG_LIST + FSS__ANSWER),
	    "LIST+");
	assert_string_equal(fss__message_name(FSS__MSG_ERROR), "ERROR");
	assert_string_equal(fss__message_name(256), "?");
	assert_int_equal(fss__message_find(FSS__MSG_LOGIN)->needs,
	    FSS__NEEDS_NONE);
	assert_int_equal(fss__message_find(FSS__MSG_USER_SET)->needs,
	    FSS__NEEDS_ADMIN);
	/* What the code relies on in every descriptor. */
	for (i = 0; i < record_count; i++) {
		rec = record_all[i];
		assert_true(rec->size <= sizeof(union record_any));
		for (k = 0; k < rec->count; k++) {
			assert_in_range(rec->fields[k].key,
			    k == 0 ? 1 : rec->fields[k - 1].key + 1, 31);
			assert_true(rec->fields[k].offset >= sizeof(uint32_t));
			assert_true(rec->fields[k].offset < rec->size);
			assert_int_equal(rec->fields[k].sub != NULL,
			    rec->fields[k].kind == FSS__LIST);
		}
	}
}

static void
test_round_trip(void **state)
{
	struct rng rng = seeded();
	struct record_arena a;
	union record_any in, out;
	struct fss__buf b, again;
	struct fss__header h;
	const uint8_t *sid;
	uint64_t req;
	unsigned type, round;
	size_t i;

	(void)state;
	record_arena_init(&a, 200000);
	fss__buf_init(&b, FSS__MAX_HEADER);
	fss__buf_init(&again, FSS__MAX_HEADER);
	for (i = 0; i < record_count; i++)
		for (round = 0; round < ROUNDS; round++) {
			a.used = 0;
			record_random(&rng, &a, record_all[i], &in);
			type = (unsigned)rng_below(&rng, 256);
			req = rng_u64(&rng) >> rng_below(&rng, 64);
			sid = rng_below(&rng, 2) == 0 ? NULL : session;
			fss__buf_reset(&b);
			assert_int_equal(fss__message_encode(&b, type, req,
			    sid, record_all[i], &in), 0);
			assert_int_equal(fss__header_decode(b.data, b.len, &h),
			    0);
			assert_int_equal(h.version, 1);
			assert_int_equal(h.type, type);
			assert_true(h.req == req);
			assert_int_equal(h.session.n,
			    sid == NULL ? 0 : FSS__SESSION_BYTES);
			if (sid != NULL)
				assert_memory_equal(h.session.p, sid,
				    FSS__SESSION_BYTES);
			assert_int_equal(fss__fields_decode(h.fields,
			    record_all[i], &out, NULL), 0);
			assert_true(record_equal(record_all[i], &in, &out));
			/* One encoding: the decoded record makes it again. */
			fss__buf_reset(&again);
			assert_int_equal(fss__message_encode(&again, type, req,
			    sid, record_all[i], &out), 0);
			assert_int_equal(again.len, b.len);
			assert_memory_equal(again.data, b.data, b.len);
		}
	fss__buf_release(&b);
	fss__buf_release(&again);
	record_arena_release(&a);
}

/* Cut anywhere, a message is refused; one byte more, too. */
static void
test_truncated(void **state)
{
	struct rng rng = seeded();
	struct record_arena a;
	union record_any in, out;
	struct fss__buf b;
	struct fss__header h;
	size_t i, n;
	uint8_t *exact;
	int r;

	(void)state;
	record_arena_init(&a, 30000);
	fss__buf_init(&b, FSS__MAX_HEADER);
	for (i = 0; i < record_count; i++) {
		a.used = 0;
		record_random(&rng, &a, record_all[i], &in);
		fss__buf_reset(&b);
		assert_int_equal(fss__message_encode(&b, 1, 1, session,
		    record_all[i], &in), 0);
		for (n = 0; n < b.len; n++) {
			/* Memory of just this size, for the sanitizer. */
			exact = malloc(n == 0 ? 1 : n);
			assert_non_null(exact);
			memcpy(exact, b.data, n);
			r = fss__header_decode(exact, n, &h);
			if (r == 0)
				r = fss__fields_decode(h.fields,
				    record_all[i], &out, NULL);
			assert_int_equal(r, FSS_EPROTO);
			free(exact);
		}
		assert_int_equal(fss__buf_append(&b, "\xc0", 1), 0);
		assert_int_equal(fss__header_decode(b.data, b.len, &h), 0);
		assert_int_equal(fss__fields_decode(h.fields, record_all[i],
		    &out, NULL), FSS_EPROTO);
	}
	fss__buf_release(&b);
	record_arena_release(&a);
}

/* With any one allocation failing, encoding says so and leaves no part. */
static void
test_no_memory(void **state)
{
	struct rng rng = seeded();
	struct record_arena a;
	union record_any in;
	struct fss__buf b;
	uint64_t nth;
	size_t i;
	int r;

	(void)state;
	record_arena_init(&a, 20000);
	for (i = 0; i < record_count; i++) {
		a.used = 0;
		record_random(&rng, &a, record_all[i], &in);
		for (nth = 1, r = FSS_ENOMEM; r != 0; nth++) {
			assert_true(nth < 100);
			fss__buf_init(&b, FSS__MAX_HEADER);
			(void)fss__alloc_fail_at(nth);
			r = fss__message_encode(&b, 1, 1, NULL, record_all[i],
			    &in);
			(void)fss__alloc_fail_at(0);
			if (r != 0) {
				assert_int_equal(r, FSS_ENOMEM);
				assert_int_equal(b.len, 0);
			}
			fss__buf_release(&b);
		}
		assert_true(nth > 2);
	}
	record_arena_release(&a);
}

/* A full buffer keeps the whole records it has, and no part of the next. */
static void
test_no_room(void **state)
{
	struct fss__m_ref ref = { .path = { "/a/b", 4 } }, got;
	struct fss__list l;
	struct fss__buf b;
	uint32_t n = 0;

	(void)state;
	fss__buf_init(&b, 100);
	while (fss__record_encode(&b, &fss__r_ref, &ref) == 0)
		n++;
	assert_int_equal(b.err, FSS_ETOOBIG);
	assert_true(n > 5);
	l.p = b.data;
	l.n = b.len;
	l.count = n;
	while (fss__list_next(&l, &fss__r_ref, &got) > 0)
		n--;
	assert_int_equal(n, 0);
	assert_int_equal(l.n, 0);
	fss__buf_release(&b);
}

static void
test_encoder_refuses(void **state)
{
	struct fss__m_ref ref = { .path = { NULL, 3 } };
	struct fss__m_move move = { .from = { "/a", 2 }, .to = { "/b", 2 } };
	struct fss__m_stat stat = { .refs = { NULL, 0, 1 } };
	struct fss__buf b;

	(void)state;
	fss__buf_init(&b, 1000);
	assert_int_equal(fss__record_encode(&b, &fss__r_ref, &ref),
	    FSS_EINVAL);
	assert_int_equal(b.len, 0);
	fss__buf_release(&b);

	/* Sticky, as with any failed append. */
	fss__buf_init(&b, 1000);
	ref.path.p = "/\xff\x80";
	assert_int_equal(fss__record_encode(&b, &fss__r_ref, &ref),
	    FSS_EINVAL);
	ref.path.p = "/ok";
	assert_int_equal(fss__record_encode(&b, &fss__r_ref, &ref),
	    FSS_EINVAL);
	fss__buf_release(&b);

	fss__buf_init(&b, 1000);
	ref.has = FSS__HAS(9);			/* ref has no such field */
	assert_int_equal(fss__record_encode(&b, &fss__r_ref, &ref),
	    FSS_EINVAL);
	fss__buf_release(&b);

	fss__buf_init(&b, 1000);
	move.op.p = session;
	move.op.n = 15;				/* 16 and no other number */
	assert_int_equal(fss__record_encode(&b, &fss__r_move, &move),
	    FSS_EINVAL);
	fss__buf_release(&b);

	fss__buf_init(&b, 1000);
	assert_int_equal(fss__record_encode(&b, &fss__r_stat, &stat),
	    FSS_EINVAL);
	fss__buf_release(&b);
}

/* What does not fit a header frame is refused even in a larger buffer. */
static void
test_encoder_header_limit(void **state)
{
	struct fss__m_ref ref = { .path = { NULL, FSS_LIMIT_PATH } };
	struct fss__m_stat stat = { .refs = { NULL, 0, 0 } };
	struct fss__buf b, list;
	char *path;

	(void)state;
	path = malloc(FSS_LIMIT_PATH);
	assert_non_null(path);
	memset(path, 'p', FSS_LIMIT_PATH);
	ref.path.p = path;
	fss__buf_init(&list, 2 * FSS__MAX_HEADER);
	while (list.len <= FSS__MAX_HEADER) {
		assert_int_equal(fss__record_encode(&list, &fss__r_ref, &ref),
		    0);
		stat.refs.count++;
	}
	stat.refs.p = list.data;
	stat.refs.n = list.len;
	fss__buf_init(&b, 2 * FSS__MAX_HEADER);
	assert_int_equal(fss__message_encode(&b, FSS__MSG_STAT, 1, session,
	    &fss__r_stat, &stat), FSS_ETOOBIG);
	assert_int_equal(b.len, 0);
	fss__buf_release(&b);
	fss__buf_release(&list);
	free(path);
}

/* ---- the envelope, byte by byte ---------------------------------------- */

static int
decode_bytes(const char *p, size_t n, struct fss__header *ret_h)
{
	uint8_t *exact = malloc(n == 0 ? 1 : n);
	int r;

	assert_non_null(exact);
	memcpy(exact, p, n);
	r = fss__header_decode(exact, n, ret_h);
	free(exact);
	return r;
}

#define DECODE(bytes)	decode_bytes(bytes, sizeof(bytes) - 1, &h)

static void
test_envelope(void **state)
{
	struct fss__header h;
	uint8_t *big;

	(void)state;
	assert_int_equal(DECODE("\x95\x01\x05\x07\xc4\x00\x80"), 0);
	assert_int_equal(h.type, FSS__MSG_PING);
	assert_int_equal(h.req, 7);
	assert_int_equal(h.session.n, 0);
	assert_int_equal(h.fields.n, 1);
	/* Wider numbers than need be are as good. */
	assert_int_equal(DECODE("\xdc\x00\x05\xcd\x00\x01\xcc\x05"
	    "\xd3\x00\x00\x00\x00\x00\x00\x00\x07\xc5\x00\x00\x80"), 0);
	assert_int_equal(h.type, FSS__MSG_PING);

	assert_int_equal(DECODE(""), FSS_EPROTO);
	assert_int_equal(DECODE("\x80"), FSS_EPROTO);
	assert_int_equal(DECODE("\x94\x01\x05\x07\xc4\x00"), FSS_EPROTO);
	assert_int_equal(DECODE("\x96\x01\x05\x07\xc4\x00\x80\x80"),
	    FSS_EPROTO);
	/* version, type: one byte; request: not negative; session: bin. */
	assert_int_equal(DECODE("\x95\xcd\x01\x00\x05\x07\xc4\x00\x80"),
	    FSS_EPROTO);
	assert_int_equal(DECODE("\x95\x01\xcd\x01\x00\x07\xc4\x00\x80"),
	    FSS_EPROTO);
	assert_int_equal(DECODE("\x95\x01\x05\xff\xc4\x00\x80"), FSS_EPROTO);
	assert_int_equal(DECODE("\x95\x01\x05\x07\xa0\x80"), FSS_EPROTO);
	assert_int_equal(DECODE("\x95\x01\x05\x07\xc4\x03" "abc\x80"),
	    FSS_EPROTO);

	big = calloc(1, FSS__MAX_HEADER + 1);
	assert_non_null(big);
	assert_int_equal(fss__header_decode(big, FSS__MAX_HEADER + 1, &h),
	    FSS_ETOOBIG);
	free(big);
}

/* A later version may say more after what we know; its answer needs this. */
static void
test_later_version(void **state)
{
	struct fss__header h;

	(void)state;
	assert_int_equal(DECODE("\x95\x02\x05\x07\xc4\x00\x80"), 0);
	assert_int_equal(h.version, 2);
	assert_int_equal(h.req, 7);
	assert_int_equal(DECODE("\x97\x63\x05\x07\xc4\x00\x81\x01\x02\xa1x"
	    "\x92\xc0\xc3"), 0);
	assert_int_equal(h.version, 99);
	assert_int_equal(h.fields.n, 3);
	assert_int_equal(DECODE("\x97\x63\x05\x07\xc4\x00\x81\x01\x02\xa1x"),
	    FSS_EPROTO);
	assert_int_equal(DECODE("\x96\x63\x05\x07\xc4\x00\x80\x01\x02"),
	    FSS_EPROTO);
}

#define GLEAN(bytes)	glean_bytes(bytes, sizeof(bytes) - 1, &h)

static unsigned
glean_bytes(const char *p, size_t n, struct fss__header *ret_h)
{
	uint8_t *exact = malloc(n > 0 ? n : 1);
	unsigned got;

	assert_non_null(exact);
	memcpy(exact, p, n);
	memset(ret_h, 0x5a, sizeof(*ret_h));
	got = fss__header_glean(exact, n, ret_h);
	free(exact);
	assert_int_equal(ret_h->fields.n, 0);
	return got;
}

/* Whatever is wrong with a frame: what comes before that is read. */
static void
test_glean(void **state)
{
	static const char whole[] = "\x95\x01\x05\xcd\x12\x34\xc4\x00\x80";
	/* How many elements are there, by the bytes that are. */
	static const unsigned got[sizeof(whole)] = {
		0, 0, 1, 2, 2, 2, 3, 3, 4, 4
	};
	struct fss__header h;
	size_t n;

	(void)state;
	for (n = 0; n < sizeof(whole); n++) {
		assert_int_equal(glean_bytes(whole, n, &h), got[n]);
		assert_int_equal(h.version, got[n] > 0 ? 1 : 0);
		assert_int_equal(h.type, got[n] > 1 ? FSS__MSG_PING : 0);
		assert_int_equal(h.req, got[n] > 2 ? 0x1234 : 0);
	}
	/* Too few elements, too many, more than could ever be. */
	assert_int_equal(GLEAN("\x94\x01\x05\x07\xc4\x00"),
	    FSS__GLEANED_SESSION);
	assert_int_equal(h.req, 7);
	assert_int_equal(GLEAN("\xdd\xff\xff\xff\xff\x01\x05\x07"),
	    FSS__GLEANED_REQ);
	assert_int_equal(h.req, 7);
	/* A session of another size is none. */
	assert_int_equal(GLEAN("\x95\x01\x05\x07\xc4\x03" "abc\x80"),
	    FSS__GLEANED_REQ);
	assert_int_equal(h.session.n, 0);
	assert_int_equal(GLEAN("\x95\x01\x05\x07\xc4\x10"
	    "0123456789abcdef\xc1"), FSS__GLEANED_SESSION);
	assert_int_equal(h.session.n, FSS__SESSION_BYTES);
	/* No number from what is none, or stands behind what cannot be read. */
	assert_int_equal(GLEAN("\x95\x01\x05\xff\xc4\x00\x80"),
	    FSS__GLEANED_TYPE);
	assert_int_equal(GLEAN("\x95\x01\xa1x\x07\xc4\x00\x80"),
	    FSS__GLEANED_VERSION);
	assert_int_equal(GLEAN("\x85\x01\x05\x07\xc4\x00\x80"), 0);
	assert_int_equal(h.req, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_truncated),
		cmocka_unit_test(test_no_memory),
		cmocka_unit_test(test_no_room),
		cmocka_unit_test(test_encoder_refuses),
		cmocka_unit_test(test_encoder_header_limit),
		cmocka_unit_test(test_envelope),
		cmocka_unit_test(test_later_version),
		cmocka_unit_test(test_glean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
