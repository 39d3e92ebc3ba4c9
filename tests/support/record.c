/*
 * Random protocol records and their comparison, driven by the descriptors, so
 * that a new record is tested without a line here.
 */
#include "record.h"

#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#define RESERVE		4096	/* of an arena, for what cannot be short */

const struct fss__record *const record_all[] = {
#define R(rec)	&fss__r_##rec,
#define F(rec, key, kind, member, flags, max)
#define L(rec, key, member, sub, flags, max)
#define E(rec)
#include "wire/schema.def"
#undef R
#undef F
#undef L
#undef E
};
const size_t record_count = sizeof(record_all) / sizeof(record_all[0]);

void
record_arena_init(struct record_arena *a, size_t size)
{
	a->p = malloc(size);
	if (a->p == NULL)
		abort();
	a->size = size;
	a->used = 0;
}

void
record_arena_release(struct record_arena *a)
{
	free(a->p);
	a->p = NULL;
}

static void *
arena_take(struct record_arena *a, size_t n)
{
	void *p = a->p + a->used;

	if (n > a->size - a->used)
		abort();
	a->used += n;
	return p;
}

/* Often an edge, else anything; never above @max nor what @a still has. */
static size_t
random_size(struct rng *r, const struct record_arena *a, uint64_t max)
{
	size_t left = a->size - a->used;
	uint64_t room = left > RESERVE ? (left - RESERVE) / 4 : 0;

	if (max > room)
		max = room;
	switch (rng_below(r, 8)) {
	case 0:
		return 0;
	case 1:
		return (size_t)max;
	case 2:
		return (size_t)rng_below(r, max + 1);
	default:
		return (size_t)rng_below(r, max < 48 ? max + 1 : 48);
	}
}

/* Numbers of all widths are equally likely. */
static uint64_t
random_number(struct rng *r)
{
	return rng_u64(r) >> rng_below(r, 64);
}

/* Valid UTF-8 of exactly @n bytes, one to four bytes a character. */
static void
random_text(struct rng *r, uint8_t *p, size_t n)
{
	static const char *const some[] = {
		"x", "/", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x8e\xb5"
	};
	const char *s;
	size_t len;

	while (n > 0) {
		s = some[rng_below(r, 5)];
		len = strlen(s);
		if (len > n)
			continue;
		memcpy(p, s, len);
		p += len;
		n -= len;
	}
}

static struct fss__slice
random_bytes(struct rng *r, struct record_arena *a, const struct fss__field *f)
{
	struct fss__slice s;
	uint8_t *p;

	s.n = f->kind == FSS__FIX ? (size_t)f->max :
	    random_size(r, a, f->max);
	s.p = p = arena_take(a, s.n);
	if (f->kind == FSS__STR)
		random_text(r, p, s.n);
	else
		rng_fill(r, p, s.n);
	return s;
}

static struct fss__list
random_list(struct rng *r, struct record_arena *a, const struct fss__field *f)
{
	struct record_arena part;
	struct fss__list l;
	struct fss__buf b;
	union record_any item;
	uint64_t want = rng_below(r, f->max < 8 ? f->max + 1 : 9);
	uint8_t *p;

	/* The encoded records must fit what is left when they are made. */
	if (a->size - a->used < 6 * RESERVE)
		want = 0;
	record_arena_init(&part, (a->size - a->used) / 3);
	l.count = 0;
	fss__buf_init(&b, 1 << 20);
	while (l.count < want) {
		record_random(r, &part, f->sub, &item);
		if (fss__record_encode(&b, f->sub, &item) != 0)
			abort();
		l.count++;
	}
	l.n = b.len;
	l.p = p = arena_take(a, b.len);
	if (b.len != 0)
		memcpy(p, b.data, b.len);
	fss__buf_release(&b);
	record_arena_release(&part);
	return l;
}

void
record_random(struct rng *r, struct record_arena *a,
    const struct fss__record *rec, union record_any *ret_msg)
{
	const struct fss__field *f;
	struct fss__slice s;
	struct fss__list l;
	uint32_t has = 0;
	uint64_t u;
	int64_t v;
	bool b;
	uint16_t i;

	if (rec->size > sizeof(*ret_msg))
		abort();
	memset(ret_msg, 0, sizeof(*ret_msg));
	for (i = 0; i < rec->count; i++) {
		f = &rec->fields[i];
		if (!f->required && rng_below(r, 2) == 0)
			continue;
		has |= FSS__HAS(f->key);
		switch (f->kind) {
		case FSS__U64:
			u = random_number(r);
			if (f->max != 0)
				u = rng_below(r, 4) == 0 ? f->max :
				    u % (f->max + 1);
			memcpy(ret_msg->room + f->offset, &u, sizeof(u));
			break;
		case FSS__I64:
			v = (int64_t)(random_number(r) >> 1);
			if (rng_below(r, 2) != 0)
				v = -1 - v;
			memcpy(ret_msg->room + f->offset, &v, sizeof(v));
			break;
		case FSS__BOOL:
			b = rng_below(r, 2) != 0;
			memcpy(ret_msg->room + f->offset, &b, sizeof(b));
			break;
		case FSS__LIST:
			l = random_list(r, a, f);
			memcpy(ret_msg->room + f->offset, &l, sizeof(l));
			break;
		default:
			s = random_bytes(r, a, f);
			memcpy(ret_msg->room + f->offset, &s, sizeof(s));
			break;
		}
	}
	memcpy(ret_msg->room, &has, sizeof(has));
}

static bool
list_equal(const struct fss__record *rec, struct fss__list a,
    struct fss__list b)
{
	union record_any x, y;
	int r;

	if (a.count != b.count)
		return false;
	for (;;) {
		r = fss__list_next(&a, rec, &x);
		if (r != fss__list_next(&b, rec, &y) || r < 0)
			return false;
		if (r == 0)
			return true;
		if (!record_equal(rec, &x, &y))
			return false;
	}
}

bool
record_equal(const struct fss__record *rec, const void *a, const void *b)
{
	const uint8_t *x = a, *y = b;
	const struct fss__field *f;
	struct fss__slice s, t;
	struct fss__list l, k;
	uint32_t has;
	uint16_t i;

	if (memcmp(x, y, sizeof(has)) != 0)
		return false;
	memcpy(&has, x, sizeof(has));
	for (i = 0; i < rec->count; i++) {
		f = &rec->fields[i];
		if ((has & FSS__HAS(f->key)) == 0)
			continue;
		if (f->kind == FSS__LIST) {
			memcpy(&l, x + f->offset, sizeof(l));
			memcpy(&k, y + f->offset, sizeof(k));
			if (!list_equal(f->sub, l, k))
				return false;
		} else if (f->kind == FSS__U64 || f->kind == FSS__I64 ||
		    f->kind == FSS__BOOL) {
			if (memcmp(x + f->offset, y + f->offset,
			    f->kind == FSS__BOOL ? sizeof(bool) : 8) != 0)
				return false;
		} else {
			memcpy(&s, x + f->offset, sizeof(s));
			memcpy(&t, y + f->offset, sizeof(t));
			if (!fss__slice_eq(s, t))
				return false;
		}
	}
	return true;
}

static void
must(bool ok)
{
	if (!ok)
		abort();
}

/* Every list of @msg has as many records as it says and nothing else. */
static void
check_lists(const struct fss__record *rec, const union record_any *msg)
{
	const struct fss__field *f;
	union record_any item;
	struct fss__list l;
	uint32_t count;
	uint16_t i;

	for (i = 0; i < rec->count; i++) {
		f = &rec->fields[i];
		if (f->kind != FSS__LIST)
			continue;
		memcpy(&l, msg->room + f->offset, sizeof(l));
		for (count = l.count; count > 0; count--) {
			must(fss__list_next(&l, f->sub, &item) == 1);
			check_lists(f->sub, &item);
		}
		must(fss__list_next(&l, f->sub, &item) == 0 && l.n == 0);
	}
}

int
record_check(struct fss__slice fields, const struct fss__record *rec)
{
	union record_any first, second, zero;
	struct fss__buf b, again;
	struct fss__slice s;
	const char *why;
	int r;

	memset(&zero, 0, sizeof(zero));
	r = fss__fields_decode(fields, rec, &first, &why);
	if (r != 0) {
		must(r == FSS_EPROTO || r == FSS_ETOOBIG);
		must(why != NULL && memcmp(&first, &zero, rec->size) == 0);
		return r;
	}
	must(why == NULL);
	check_lists(rec, &first);
	fss__buf_init(&b, FSS__MAX_HEADER);
	fss__buf_init(&again, FSS__MAX_HEADER);
	must(fss__record_encode(&b, rec, &first) == 0);
	/* Lists keep their bytes; all else only gets shorter. */
	must(b.len <= fields.n);
	s.p = b.data;
	s.n = b.len;
	must(fss__fields_decode(s, rec, &second, NULL) == 0);
	must(record_equal(rec, &first, &second));
	must(fss__record_encode(&again, rec, &second) == 0);
	must(again.len == b.len && memcmp(again.data, b.data, b.len) == 0);
	fss__buf_release(&again);
	fss__buf_release(&b);
	return 0;
}
