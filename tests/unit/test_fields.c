/*
 * Decoding fields: each rule of each field of each record at its edge and
 * past it, with bytes written by msgpack-c and not by our encoder.
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

#include "record.h"

#define NO_FIELD	255

/* What pack_record() does to the field with this key. */
struct twist {
	uint8_t		key;
	enum { SIZE, KIND, LEAVE_OUT, TWICE, BAD_TEXT } how;
	uint64_t	size;
};

static const struct twist straight = { NO_FIELD, SIZE, 0 };
static msgpack_sbuffer sb;
static msgpack_packer pk;

static void	pack_record(const struct fss__record *, const struct twist *);

/* A value of @size: that number, so many bytes, so many records. */
static void
pack_value(const struct fss__field *f, uint64_t size)
{
	char *p = calloc(1, size < FSS__MAX_HEADER ? (size_t)size + 1 : 1);
	uint64_t i;

	assert_non_null(p);
	switch (f->kind) {
	case FSS__U64:
		msgpack_pack_uint64(&pk, size);
		break;
	case FSS__I64:
		msgpack_pack_int64(&pk, -1 - (int64_t)size);
		break;
	case FSS__BOOL:
		msgpack_pack_true(&pk);
		break;
	case FSS__STR:
		memset(p, 'a', (size_t)size);
		msgpack_pack_str_with_body(&pk, p, (size_t)size);
		break;
	case FSS__LIST:
		msgpack_pack_array(&pk, (size_t)size);
		for (i = 0; i < size; i++)
			pack_record(f->sub, &straight);
		break;
	default:
		msgpack_pack_bin_with_body(&pk, p, (size_t)size);
		break;
	}
	free(p);
}

/* The least record there is, but for what @t does to one field. */
static void
pack_record(const struct fss__record *rec, const struct twist *t)
{
	const struct fss__field *f;
	size_t n = 0;
	uint16_t i;
	bool hit;

	for (i = 0; i < rec->count; i++) {
		f = &rec->fields[i];
		hit = f->key == t->key;
		n += f->required || hit;
		if (hit && t->how == LEAVE_OUT)
			n--;
		if (hit && t->how == TWICE)
			n++;
	}
	msgpack_pack_map(&pk, n);
	for (i = 0; i < rec->count; i++) {
		f = &rec->fields[i];
		hit = f->key == t->key;
		if ((!f->required && !hit) || (hit && t->how == LEAVE_OUT))
			continue;
		msgpack_pack_uint8(&pk, f->key);
		if (hit && t->how == KIND)
			msgpack_pack_nil(&pk);
		else if (hit && t->how == BAD_TEXT)
			msgpack_pack_str_with_body(&pk, t->size == 0 ?
			    "a\0b" : "a\xc3" "b", 3);
		else if (hit && t->how == SIZE)
			pack_value(f, t->size);
		else
			pack_value(f, f->kind == FSS__FIX ? f->max : 0);
		if (hit && t->how == TWICE) {
			msgpack_pack_uint16(&pk, f->key);
			pack_value(f, f->kind == FSS__FIX ? f->max : 0);
		}
	}
}

static int
decode(const struct fss__record *rec, const char **why)
{
	struct fss__slice s;
	union record_any out, zero;
	uint8_t *exact = malloc(sb.size);
	int r;

	/* Memory of just this size, for the sanitizer. */
	assert_non_null(exact);
	memcpy(exact, sb.data, sb.size);
	s.p = exact;
	s.n = sb.size;
	memset(&zero, 0, sizeof(zero));
	memset(&out, 0x55, sizeof(out));
	r = fss__fields_decode(s, rec, &out, why);
	if (r != 0)			/* nothing half decoded is left */
		assert_memory_equal(&out, &zero, rec->size);
	else
		assert_null(*why);
	free(exact);
	return r;
}

static void
expect(const struct fss__record *rec, const struct twist *t, int want)
{
	const struct fss__field *f;
	const char *why = "untouched";
	uint16_t i;

	msgpack_sbuffer_clear(&sb);
	pack_record(rec, t);
	assert_int_equal(decode(rec, &why), want);
	if (want == 0)
		return;
	assert_non_null(why);
	for (i = 0; i < rec->count; i++) {
		f = &rec->fields[i];
		if (f->key == t->key && t->how != TWICE)
			assert_string_equal(why, f->name);
	}
}

static void
each_field(void (*check)(const struct fss__record *,
    const struct fss__field *, struct twist))
{
	struct twist t = { 0, SIZE, 0 };
	size_t i;
	uint16_t k;

	for (i = 0; i < record_count; i++)
		for (k = 0; k < record_all[i]->count; k++) {
			t.key = record_all[i]->fields[k].key;
			check(record_all[i], &record_all[i]->fields[k], t);
		}
}

static void
check_limit(const struct fss__record *rec, const struct fss__field *f,
    struct twist t)
{
	if (f->kind == FSS__BOOL)
		return;
	t.size = f->max;
	if (f->kind == FSS__I64 || (f->kind == FSS__U64 && f->max == 0)) {
		t.size = f->kind == FSS__I64 ? INT64_MAX : UINT64_MAX;
		expect(rec, &t, 0);
		return;
	}
	expect(rec, &t, 0);
	t.size = f->max + 1;
	expect(rec, &t, FSS_ETOOBIG);
	if (f->kind == FSS__FIX) {
		t.size = f->max - 1;
		expect(rec, &t, FSS_EPROTO);
		t.size = 0;
		expect(rec, &t, FSS_EPROTO);
	}
}

static void
test_limits(void **state)
{
	(void)state;
	each_field(check_limit);
}

static void
check_missing(const struct fss__record *rec, const struct fss__field *f,
    struct twist t)
{
	if (!f->required)
		return;
	t.how = LEAVE_OUT;
	expect(rec, &t, FSS_EPROTO);
}

static void
test_missing(void **state)
{
	size_t i;

	(void)state;
	each_field(check_missing);
	for (i = 0; i < record_count; i++)
		expect(record_all[i], &straight, 0);
}

static void
check_wrong(const struct fss__record *rec, const struct fss__field *f,
    struct twist t)
{
	t.how = KIND;
	expect(rec, &t, FSS_EPROTO);
	t.how = TWICE;
	expect(rec, &t, FSS_EPROTO);
	if (f->kind != FSS__STR)
		return;
	t.how = BAD_TEXT;
	expect(rec, &t, FSS_EPROTO);
	t.size = 1;
	expect(rec, &t, FSS_EPROTO);
}

static void
test_wrong(void **state)
{
	(void)state;
	each_field(check_wrong);
}

/* Every rule holds for the records of a list too, at any place in it. */
static void
check_nested(const struct fss__record *rec, const struct fss__field *f,
    struct twist t)
{
	struct twist inner = { 0, KIND, 0 };
	const struct fss__field *g;
	const char *why;
	uint16_t k, place;

	if (f->kind != FSS__LIST)
		return;
	for (k = 0; k < f->sub->count; k++)
		for (place = 0; place < 3; place++) {
			inner.key = f->sub->fields[k].key;
			msgpack_sbuffer_clear(&sb);
			/* A record of the list alone and what it needs else. */
			msgpack_pack_map(&pk, 1);
			msgpack_pack_uint8(&pk, t.key);
			msgpack_pack_array(&pk, 3);
			pack_record(f->sub, place == 0 ? &inner : &straight);
			pack_record(f->sub, place == 1 ? &inner : &straight);
			pack_record(f->sub, place == 2 ? &inner : &straight);
			assert_int_equal(decode(rec, &why), FSS_EPROTO);
			g = &f->sub->fields[k];
			assert_string_equal(why, g->name);
		}
}

static void
test_nested(void **state)
{
	(void)state;
	each_field(check_nested);
}

/* Keys we do not know are passed over, whatever they hold. */
static void
test_unknown_keys(void **state)
{
	const char *why;
	struct fss__slice s;
	struct fss__m_credit m;

	(void)state;
	msgpack_sbuffer_clear(&sb);
	msgpack_pack_map(&pk, 6);
	msgpack_pack_uint8(&pk, 2);
	msgpack_pack_nil(&pk);
	msgpack_pack_uint8(&pk, 31);
	msgpack_pack_double(&pk, 1.5);
	msgpack_pack_uint8(&pk, 1);
	msgpack_pack_uint32(&pk, 70000);
	msgpack_pack_uint8(&pk, 32);
	msgpack_pack_map(&pk, 1);
	msgpack_pack_str_with_body(&pk, "x", 1);
	msgpack_pack_array(&pk, 2);
	msgpack_pack_nil(&pk);
	msgpack_pack_false(&pk);
	msgpack_pack_uint8(&pk, 254);
	msgpack_pack_ext_with_body(&pk, "ext", 3, 9);
	msgpack_pack_uint8(&pk, 255);
	msgpack_pack_bin_with_body(&pk, "bin", 3);
	s.p = sb.data;
	s.n = sb.size;
	assert_int_equal(fss__fields_decode(s, &fss__r_credit, &m, &why), 0);
	assert_int_equal(m.received, 70000);
	assert_int_equal(m.has, FSS__K_credit_received);
}

static void
refused(const char *bytes, size_t n)
{
	struct fss__m_page m;
	struct fss__slice s;
	const char *why;

	s.p = bytes;
	s.n = n;
	assert_int_equal(fss__fields_decode(s, &fss__r_page, &m, &why),
	    FSS_EPROTO);
	assert_non_null(why);
	assert_int_equal(m.has, 0);
}

#define REFUSED(bytes)	refused(bytes, sizeof(bytes) - 1)

static void
test_bad_keys(void **state)
{
	(void)state;
	REFUSED("");				/* nothing at all */
	REFUSED("\xc0");			/* no map */
	REFUSED("\x90");
	REFUSED("\x81\x00\x01");		/* key 0 */
	REFUSED("\x81\xff\x01");		/* key -1 */
	REFUSED("\x81\xcd\x01\x00\x01");	/* key 256 */
	REFUSED("\x81\xa1\x32\x01");		/* key "2" */
	REFUSED("\x82\x02\x01\x02\x01");	/* 2 twice */
	REFUSED("\x82\x02\x01\xcc\x02\x01");	/* in another width */
	REFUSED("\x82\x1e\x01\x1e\x01");	/* unknown, twice */
	REFUSED("\x82\xcc\xfe\x01\xcc\xfe\x01");
	REFUSED("\x82\x02\x01");		/* one pair short */
	REFUSED("\x81\x02\x01\x02");		/* something after the end */
	REFUSED("\x81\x02\xff");		/* negative */
	REFUSED("\x81\x02\xcb\x3f\xf0\0\0\0\0\0\0");	/* 1.0 */
	REFUSED("\x81\x03\xc4\x01" "a");	/* bin for text */
	REFUSED("\x81\x01\xa1" "a");		/* text for bin */
	REFUSED("\x81\x1e\xc1");		/* no such token */
	/* Unknown, but nested too deeply to be passed over. */
	REFUSED("\x81\x1e\x91\x91\x91\x91\x91\x91\x91\x91\x91\x01");
}

/* Any order of keys, any width of number: the same record. */
static void
test_order_and_width(void **state)
{
	static const char a[] = "\x82\x02\x07\x03\xa1" "a";
	static const char b[] = "\xde\x00\x02\xd1\x00\x03\xd9\x01" "a"
	    "\xce\x00\x00\x00\x02\xcd\x00\x07";
	struct fss__slice s = { a, sizeof(a) - 1 }, t = { b, sizeof(b) - 1 };
	struct fss__m_page m, n;

	(void)state;
	assert_int_equal(fss__fields_decode(s, &fss__r_page, &m, NULL), 0);
	assert_int_equal(fss__fields_decode(t, &fss__r_page, &n, NULL), 0);
	assert_true(record_equal(&fss__r_page, &m, &n));
	assert_int_equal(m.limit, 7);
}

/* A list nobody checked ends with an error, once. */
static void
test_list_unchecked(void **state)
{
	static const uint8_t bytes[] = { 0x81, 0x02, 0xa1, '/', 0xc0 };
	struct fss__list l = { bytes, sizeof(bytes), 2 };
	struct fss__m_ref ref;

	(void)state;
	assert_int_equal(fss__list_next(&l, &fss__r_ref, &ref), 1);
	assert_int_equal(ref.path.n, 1);
	assert_int_equal(fss__list_next(&l, &fss__r_ref, &ref), FSS_EPROTO);
	assert_int_equal(ref.path.n, 0);
	assert_int_equal(fss__list_next(&l, &fss__r_ref, &ref), 0);
}

static int
setup(void **state)
{
	(void)state;
	msgpack_sbuffer_init(&sb);
	msgpack_packer_init(&pk, &sb, msgpack_sbuffer_write);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	msgpack_sbuffer_destroy(&sb);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_nested),
		cmocka_unit_test(test_unknown_keys),
		cmocka_unit_test(test_bad_keys),
		cmocka_unit_test(test_order_and_width),
		cmocka_unit_test(test_list_unchecked),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
