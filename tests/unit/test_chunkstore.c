/*
 * One conformance suite for every chunk store driver, and what only the
 * segment files and the fault driver have.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "folder.h"
#include "rng.h"
#include "store/chunkstore.h"
#include "store/seg_format.h"
#include "store/seg_internal.h"

#define SEGMENT	65536u
#define MAXLEN	40000u		/* on both sides of "small" */

struct driver {
	int	(*open)(const char *dir, struct fss__chunkstore *cs);
};

struct fixture {
	const struct driver	*driver;
	char			 dir[FOLDER_PATH];
	struct fss__chunkstore	 cs;
};

static int
open_segments(const char *dir, struct fss__chunkstore *cs)
{
	return fss__segstore_open(dir, SEGMENT, false, NULL, cs);
}

static int
open_memory(const char *dir, struct fss__chunkstore *cs)
{
	(void)dir;
	return fss__memstore_open(UINT64_C(1) << 30, cs);
}

static int
open_fault(const char *dir, struct fss__chunkstore *cs)
{
	struct fss__chunkstore inner;
	int r = open_segments(dir, &inner);

	memset(cs, 0, sizeof(*cs));
	return r != 0 ? r : fss__faultstore_open(inner, NULL, cs);
}

static const struct driver SEGMENTS = { open_segments };
static const struct driver MEMORY = { open_memory };
static const struct driver FAULT = { open_fault };

static int
setup(void **state)
{
	static struct fixture f;
	const struct driver *driver = *state;

	f.driver = driver;
	folder_new(f.dir);
	assert_int_equal(driver->open(f.dir, &f.cs), 0);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	fss__chunkstore_close(&f->cs);
	folder_remove(f->dir);
	return 0;
}

/* Record @n: its length, id and bytes follow from the number. */
static size_t
record(uint64_t n, uint8_t id[FSS_STORE_ID_BYTES], uint8_t *buf)
{
	struct rng rng = { n + 1 };
	size_t len = (size_t)rng_below(&rng, MAXLEN + 1);

	if (n % 5 == 4)
		len = (size_t)rng_below(&rng, 9);
	rng_fill(&rng, id, FSS_STORE_ID_BYTES);
	rng_fill(&rng, buf, len);
	return len;
}

static void
put(struct fss__chunkstore *cs, uint64_t n, struct fss_store_loc *loc)
{
	uint8_t id[FSS_STORE_ID_BYTES], buf[MAXLEN];
	size_t len = record(n, id, buf);

	assert_int_equal(cs->ops->put(cs->self, id, n * 7, buf, len, loc), 0);
	assert_int_equal(loc->len, len);
}

static int
get(struct fss__chunkstore *cs, uint64_t n, const struct fss_store_loc *loc)
{
	uint8_t id[FSS_STORE_ID_BYTES], buf[MAXLEN], got[MAXLEN];
	size_t len = record(n, id, buf);
	int r = cs->ops->get(cs->self, id, loc, got);

	if (r == 0)
		assert_memory_equal(got, buf, len);
	return r;
}

/* ---- every driver ----------------------------------------------------- */

static void
test_put_get(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc loc[100];
	uint32_t segment;
	uint64_t offset, i;

	assert_int_equal(f->cs.ops->version, FSS_STORE_VERSION);
	f->cs.ops->tail(f->cs.self, &segment, &offset);
	assert_int_equal(segment, 1);
	for (i = 0; i < 100; i++) {
		put(&f->cs, i, &loc[i]);
		assert_int_equal(get(&f->cs, i, &loc[i]), 0);
		assert_int_equal(loc[i].offset % FSS__REC_ALIGN, 0);
	}
	assert_int_equal(f->cs.ops->sync(f->cs.self), 0);
	for (i = 0; i < 100; i++)
		assert_int_equal(get(&f->cs, i, &loc[i]), 0);
	f->cs.ops->tail(f->cs.self, &segment, &offset);
	assert_true(segment > loc[99].segment ||
	    offset == loc[99].offset + fss__rec_size(loc[99].len));
}

static void
test_get_checks_what_it_finds(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc a, b, bad;

	put(&f->cs, 1, &a);
	put(&f->cs, 2, &b);
	assert_int_equal(get(&f->cs, 2, &a), FSS_ECORRUPT);
	bad = a;
	bad.len--;
	assert_int_equal(get(&f->cs, 1, &bad), FSS_ECORRUPT);
	bad = a;
	bad.offset += 8;
	assert_int_equal(get(&f->cs, 1, &bad), FSS_ECORRUPT);
	bad = a;
	bad.offset = UINT64_C(1) << 40;
	assert_int_equal(get(&f->cs, 1, &bad), FSS_ECORRUPT);
	bad = a;
	bad.offset = UINT64_MAX - 3;
	assert_int_equal(get(&f->cs, 1, &bad), FSS_ECORRUPT);
	bad = a;
	bad.segment = 77;
	assert_int_equal(get(&f->cs, 1, &bad), FSS_ENOENT);
	assert_int_equal(get(&f->cs, 1, &a), 0);
}

static void
test_limits(void **state)
{
	static uint8_t big[FSS__REC_MAX + 1], back[FSS__REC_MAX];
	struct fixture *f = *state;
	uint8_t id[FSS_STORE_ID_BYTES] = { 1 };
	struct fss_store_loc loc;

	assert_int_equal(f->cs.ops->put(f->cs.self, id, 0, big, sizeof(big),
	    &loc), FSS_ETOOBIG);
	big[FSS__REC_MAX - 1] = 9;
	assert_int_equal(f->cs.ops->put(f->cs.self, id, 0, big, FSS__REC_MAX,
	    &loc), 0);
	assert_int_equal(f->cs.ops->get(f->cs.self, id, &loc, back), 0);
	assert_memory_equal(big, back, FSS__REC_MAX);
	assert_int_equal(f->cs.ops->put(f->cs.self, id, 0, NULL, 0, &loc), 0);
	assert_int_equal(f->cs.ops->get(f->cs.self, id, &loc, NULL), 0);
}

struct seen {
	uint64_t	next;		/* record expected */
	uint64_t	stop;		/* say so at this one; 0 never */
};

static int
see(void *ctx, const struct fss_store_record *rec)
{
	struct seen *seen = ctx;
	uint8_t id[FSS_STORE_ID_BYTES], buf[MAXLEN];
	size_t len = record(seen->next, id, buf);

	assert_memory_equal(rec->id, id, sizeof(id));
	assert_int_equal(rec->tag, seen->next * 7);
	assert_int_equal(rec->loc.len, len);
	assert_memory_equal(rec->data, buf, len);
	if (seen->stop != 0 && seen->next == seen->stop)
		return FSS_ECANCELED;
	seen->next++;
	return 0;
}

/* Scans all segments in order. */
static int
scan_all(struct fss__chunkstore *cs, struct seen *seen)
{
	uint32_t segment = 0;
	uint64_t size, end;
	int r;

	while ((r = cs->ops->segment(cs->self, segment, &segment,
	    &size)) == 1) {
		r = cs->ops->scan(cs->self, segment, 0, see, seen, &end);
		if (r != 0)
			return r;
		assert_int_equal(end, size);
		segment++;
	}
	return r;
}

static void
test_scan(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc loc[60];
	struct seen seen = { 0, 0 };
	uint64_t i, end;

	for (i = 0; i < 60; i++) {
		put(&f->cs, i, &loc[i]);
		if (i == 20)
			assert_int_equal(f->cs.ops->roll(f->cs.self), 0);
	}
	assert_true(loc[21].segment > loc[20].segment);
	assert_int_equal(scan_all(&f->cs, &seen), 0);
	assert_int_equal(seen.next, 60);
	seen.next = 0;
	seen.stop = 33;
	assert_int_equal(scan_all(&f->cs, &seen), FSS_ECANCELED);
	seen.next = 22;
	seen.stop = 22;
	assert_int_equal(f->cs.ops->scan(f->cs.self, loc[22].segment,
	    loc[22].offset, see, &seen, &end), FSS_ECANCELED);
	assert_int_equal(f->cs.ops->scan(f->cs.self, 999, 0, see, &seen,
	    &end), FSS_ENOENT);
}

/* Numbers that are reserved are not given to new segments. */
static void
test_reserve(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc loc;

	f->cs.ops->reserve(f->cs.self, 7);
	put(&f->cs, 0, &loc);
	assert_int_equal(loc.segment, 8);
	f->cs.ops->reserve(f->cs.self, 1000);
	f->cs.ops->reserve(f->cs.self, 500);
	put(&f->cs, 1, &loc);
	assert_int_equal(loc.segment, 8);
	assert_int_equal(f->cs.ops->roll(f->cs.self), 0);
	put(&f->cs, 2, &loc);
	assert_int_equal(loc.segment, 1001);
}

/* Who made a file may have died before its name was synced. */
static void
test_names_are_synced(void **state)
{
	struct fixture *f = *state;
	const struct fss__segstore *s;
	struct fss__chunkstore ro;
	struct fss_store_loc loc;

	put(&f->cs, 0, &loc);
	fss__chunkstore_close(&f->cs);
	assert_int_equal(open_segments(f->dir, &f->cs), 0);
	s = f->cs.self;
	assert_true(s->dir_dirty);
	assert_int_equal(f->cs.ops->sync(f->cs.self), 0);
	assert_false(s->dir_dirty);
	assert_int_equal(fss__segstore_open(f->dir, SEGMENT, true, NULL, &ro),
	    0);
	s = ro.self;
	assert_false(s->dir_dirty);
	fss__chunkstore_close(&ro);
}

static void
test_truncate_and_go_on(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc loc[8], again;
	struct seen seen = { 0, 0 };
	uint64_t i, size;
	uint32_t segment;

	for (i = 0; i < 4; i++)
		put(&f->cs, i * 5 + 4, &loc[i]);	/* short ones */
	assert_int_equal(f->cs.ops->truncate(f->cs.self, loc[2].segment,
	    loc[2].offset), 0);
	assert_int_equal(get(&f->cs, 9, &loc[1]), 0);
	assert_int_equal(get(&f->cs, 14, &loc[2]), FSS_ECORRUPT);
	put(&f->cs, 100, &again);
	assert_int_equal(again.offset, loc[2].offset);
	assert_int_equal(get(&f->cs, 100, &again), 0);
	assert_int_equal(f->cs.ops->truncate(f->cs.self, 999, 0),
	    FSS_ENOENT);
	assert_int_equal(f->cs.ops->truncate(f->cs.self, 1, 1u << 30),
	    FSS_EINVAL);
	/* All of it: the segment is as new. */
	assert_int_equal(f->cs.ops->truncate(f->cs.self, 1, 0), 0);
	assert_int_equal(f->cs.ops->segment(f->cs.self, 0, &segment, &size),
	    1);
	assert_int_equal(size, FSS__SEG_HEAD);
	put(&f->cs, 0, &again);
	assert_int_equal(scan_all(&f->cs, &seen), 0);
	assert_int_equal(seen.next, 1);
}

static void
test_drop(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc a, b, c;
	uint32_t segment;
	uint64_t size;

	put(&f->cs, 1, &a);
	assert_int_equal(f->cs.ops->roll(f->cs.self), 0);
	put(&f->cs, 2, &b);
	assert_int_equal(get(&f->cs, 1, &a), 0);
	assert_int_equal(f->cs.ops->drop(f->cs.self, a.segment), 0);
	assert_int_equal(get(&f->cs, 1, &a), FSS_ENOENT);
	assert_int_equal(f->cs.ops->drop(f->cs.self, a.segment), FSS_ENOENT);
	assert_int_equal(get(&f->cs, 2, &b), 0);
	assert_int_equal(f->cs.ops->segment(f->cs.self, 0, &segment, &size),
	    1);
	assert_int_equal(segment, b.segment);
	/* A number is never used twice, even that of the last one. */
	assert_int_equal(f->cs.ops->drop(f->cs.self, b.segment), 0);
	put(&f->cs, 3, &c);
	assert_true(c.segment > b.segment);
	assert_int_equal(get(&f->cs, 2, &b), FSS_ENOENT);
	assert_int_equal(f->cs.ops->sync(f->cs.self), 0);
}

static void
test_space(void **state)
{
	struct fixture *f = *state;
	uint64_t bytes = 0;

	assert_int_equal(f->cs.ops->space(f->cs.self, &bytes), 0);
	assert_true(bytes > 0);
}

struct reading {
	struct fss__chunkstore	*cs;
	struct fss_store_loc	*loc;
	uint64_t		 count;
	int			 result;
};

static void *
read_all(void *ctx)
{
	struct reading *rd = ctx;
	uint8_t id[FSS_STORE_ID_BYTES], buf[MAXLEN], got[MAXLEN];
	uint64_t round, i;
	size_t len;
	int r;

	for (round = 0; round < 20; round++) {
		for (i = 0; i < rd->count; i++) {
			len = record(i, id, buf);
			r = rd->cs->ops->get(rd->cs->self, id, &rd->loc[i],
			    got);
			if (r == FSS_ENOENT && rd->loc[i].segment == 1)
				continue;	/* dropped meanwhile */
			if (r != 0 || memcmp(got, buf, len) != 0)
				rd->result = r == 0 ? FSS_EINTEGRITY : r;
		}
	}
	return NULL;
}

static void
test_readers_beside_the_writer(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc loc[40], more;
	struct reading rd[3];
	pthread_t thread[3];
	uint64_t i;

	for (i = 0; i < 40; i++) {
		put(&f->cs, i, &loc[i]);
		if (i == 10)
			assert_int_equal(f->cs.ops->roll(f->cs.self), 0);
	}
	for (i = 0; i < 3; i++) {
		rd[i].cs = &f->cs;
		rd[i].loc = loc;
		rd[i].count = 40;
		rd[i].result = 0;
		assert_int_equal(pthread_create(&thread[i], NULL, read_all,
		    &rd[i]), 0);
	}
	for (i = 40; i < 200; i++) {
		put(&f->cs, i, &more);
		if (i == 100)
			assert_int_equal(f->cs.ops->drop(f->cs.self, 1), 0);
	}
	assert_int_equal(f->cs.ops->sync(f->cs.self), 0);
	for (i = 0; i < 3; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(rd[i].result, 0);
	}
}

static void
test_reopen(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc loc[30];
	struct seen seen = { 0, 0 };
	uint64_t i;

	for (i = 0; i < 30; i++) {
		put(&f->cs, i, &loc[i]);
		if (i % 7 == 0) {
			fss__chunkstore_close(&f->cs);
			assert_int_equal(f->driver->open(f->dir, &f->cs), 0);
		}
	}
	for (i = 0; i < 30; i++)
		assert_int_equal(get(&f->cs, i, &loc[i]), 0);
	assert_int_equal(scan_all(&f->cs, &seen), 0);
	assert_int_equal(seen.next, 30);
}

static void
test_allocation_failures(void **state)
{
	struct fixture *f = *state;
	struct fss__chunkstore cs;
	struct fss_store_loc loc;
	uint8_t id[FSS_STORE_ID_BYTES] = { 0 };
	uint64_t n;
	int r;

	fss__chunkstore_close(&f->cs);
	for (n = 1;; n++) {
		(void)fss__alloc_fail_at(n);
		r = f->driver->open(f->dir, &cs);
		if (r == 0)
			r = cs.ops->put(cs.self, id, 0, "x", 1, &loc);
		fss__chunkstore_close(&cs);
		if (r == 0)
			break;
		assert_int_equal(r, FSS_ENOMEM);
		assert_true(n < 50);
	}
	(void)fss__alloc_fail_at(0);
	assert_true(n > 1);
	assert_int_equal(f->driver->open(f->dir, &f->cs), 0);
}

/* ---- segment files only ----------------------------------------------- */

static void
test_torn_tail(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc loc[3];
	struct seen seen;
	uint64_t cut, end, whole;
	size_t i;

	for (i = 0; i < 3; i++)
		put(&f->cs, i, &loc[i]);
	whole = loc[2].offset + fss__rec_size(loc[2].len);
	/* At whatever byte it is cut, the two before are all there is. */
	for (cut = whole - 1; cut >= loc[2].offset; cut -= cut > 200 &&
	    cut - loc[2].offset > 200 ? 97 : 1) {
		folder_cut(f->dir, "00000001.seg", cut);
		seen.next = 0;
		seen.stop = 0;
		assert_int_equal(f->cs.ops->scan(f->cs.self, 1, 0, see, &seen,
		    &end), 0);
		assert_int_equal(seen.next, 2);
		assert_int_equal(end, loc[2].offset);
		if (cut < loc[2].offset + FSS__REC_HEAD + loc[2].len)
			assert_int_equal(get(&f->cs, 2, &loc[2]),
			    FSS_ECORRUPT);
	}
	/* A tail that is no multiple of 8 is not appended to. */
	fss__chunkstore_close(&f->cs);
	folder_cut(f->dir, "00000001.seg", loc[2].offset + 3);
	assert_int_equal(open_segments(f->dir, &f->cs), 0);
	put(&f->cs, 5, &loc[2]);
	assert_int_equal(loc[2].segment, 2);
}

static void
test_any_flipped_head_byte_is_noticed(void **state)
{
	struct fixture *f = *state;
	struct fss_store_loc loc;
	unsigned i;

	put(&f->cs, 4, &loc);
	for (i = 0; i < FSS__REC_HEAD; i++) {
		folder_flip(f->dir, "00000001.seg", loc.offset + i, 0x10);
		assert_int_equal(get(&f->cs, 4, &loc), FSS_ECORRUPT);
		folder_flip(f->dir, "00000001.seg", loc.offset + i, 0x10);
	}
	assert_int_equal(get(&f->cs, 4, &loc), 0);
}

/* A whole record somewhere else than where it was written is none. */
static void
test_record_is_bound_to_its_place(void **state)
{
	struct fss__rec_head h, back;
	uint8_t head[FSS__REC_HEAD], seg[FSS__SEG_HEAD];

	(void)state;
	memset(&h, 3, sizeof(h));
	h.len = 5;
	fss__rec_head_encode(head, &h, 7, 640);
	assert_true(fss__rec_head_decode(head, 7, 640, &back));
	assert_int_equal(back.len, 5);
	assert_int_equal(back.tag, h.tag);
	assert_memory_equal(back.id, h.id, sizeof(h.id));
	assert_false(fss__rec_head_decode(head, 7, 648, &back));
	assert_false(fss__rec_head_decode(head, 8, 640, &back));
	h.len = FSS__REC_MAX + 1;
	fss__rec_head_encode(head, &h, 7, 640);
	assert_false(fss__rec_head_decode(head, 7, 640, &back));
	fss__seg_head_encode(seg, 7);
	assert_true(fss__seg_head_ok(seg, 7));
	assert_false(fss__seg_head_ok(seg, 8));
	assert_int_equal(fss__rec_size(0), 64);
	assert_int_equal(fss__rec_size(1), 72);
	assert_int_equal(fss__rec_size(8), 72);
}

static void
test_read_only(void **state)
{
	struct fixture *f = *state;
	struct fss__chunkstore ro;
	struct fss_store_loc loc, none;
	uint8_t id[FSS_STORE_ID_BYTES] = { 0 };

	put(&f->cs, 1, &loc);
	assert_int_equal(fss__segstore_open(f->dir, SEGMENT, true, NULL, &ro),
	    0);
	assert_int_equal(get(&ro, 1, &loc), 0);
	assert_int_equal(ro.ops->put(ro.self, id, 0, "x", 1, &none),
	    FSS_EROFS);
	assert_int_equal(ro.ops->roll(ro.self), FSS_EROFS);
	assert_int_equal(ro.ops->drop(ro.self, 1), FSS_EROFS);
	assert_int_equal(ro.ops->truncate(ro.self, 1, 64), FSS_EROFS);
	assert_int_equal(ro.ops->sync(ro.self), 0);
	fss__chunkstore_close(&ro);
}

static void
test_other_files_are_let_be(void **state)
{
	static const char *const names[] = {
		"1.seg", "00000000.seg", "0000000x.seg", "000000001.seg",
		"99999999999.seg", "00000002.seg~", "notes"
	};
	struct fixture *f = *state;
	char path[FOLDER_PATH];
	uint32_t segment;
	uint64_t size;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		folder_path(path, f->dir, names[i]);
		assert_int_equal(symlink("/dev/null", path), 0);
	}
	fss__chunkstore_close(&f->cs);
	assert_int_equal(open_segments(f->dir, &f->cs), 0);
	assert_int_equal(f->cs.ops->segment(f->cs.self, 0, &segment, &size),
	    0);
	fss__chunkstore_close(&f->cs);
	assert_int_equal(fss__segstore_open("/nonexistent", 1, false, NULL,
	    &f->cs), FSS_ENOENT);
	assert_null(f->cs.ops);
}

static void
test_memory_is_bounded(void **state)
{
	struct fss__chunkstore cs;
	struct fss_store_loc loc;
	uint8_t id[FSS_STORE_ID_BYTES] = { 0 };
	static uint8_t data[1000];
	unsigned n = 0;
	int r;

	(void)state;
	assert_int_equal(fss__memstore_open(20000, &cs), 0);
	while ((r = cs.ops->put(cs.self, id, 0, data, sizeof(data),
	    &loc)) == 0)
		n++;
	assert_int_equal(r, FSS_ENOSPC);
	assert_int_equal(n, 18);
	fss__chunkstore_close(&cs);
}

static void
test_fault_plan(void **state)
{
	struct fixture *f = *state;
	struct fss__fault_plan plan;
	struct fss_store_loc loc, none;
	uint8_t id[FSS_STORE_ID_BYTES], buf[MAXLEN], got[MAXLEN];
	size_t len = record(0, id, buf), i, bits = 0;

	memset(&plan, 0, sizeof(plan));
	plan.seed = 12345;
	plan.fail_put_at = 2;
	plan.fail_sync_at = 1;
	plan.fail_get_at = 1;
	plan.flip_get_at = 2;
	plan.fail_with = FSS_ENOSPC;
	fss__faultstore_plan(&f->cs, &plan);
	put(&f->cs, 0, &loc);
	assert_int_equal(f->cs.ops->put(f->cs.self, id, 0, "x", 1, &none),
	    FSS_ENOSPC);
	assert_int_equal(f->cs.ops->sync(f->cs.self), FSS_ENOSPC);
	assert_int_equal(f->cs.ops->sync(f->cs.self), 0);
	assert_int_equal(get(&f->cs, 0, &loc), FSS_ENOSPC);
	assert_int_equal(f->cs.ops->get(f->cs.self, id, &loc, got), 0);
	for (i = 0; i < len; i++)
		bits += (size_t)__builtin_popcount(got[i] ^ buf[i]);
	assert_int_equal(bits, 1);
	assert_int_equal(get(&f->cs, 0, &loc), 0);
}

#define E(name, driver)							\
	{ #driver ": " #name, name, setup, teardown,			\
	    (void *)(uintptr_t)&driver }
#define ALL(driver)							\
	E(test_put_get, driver),					\
	E(test_get_checks_what_it_finds, driver),			\
	E(test_limits, driver),						\
	E(test_scan, driver),						\
	E(test_reserve, driver),					\
	E(test_truncate_and_go_on, driver),				\
	E(test_drop, driver),						\
	E(test_space, driver),						\
	E(test_readers_beside_the_writer, driver),			\
	E(test_allocation_failures, driver)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ALL(SEGMENTS),
		ALL(MEMORY),
		ALL(FAULT),
		E(test_reopen, SEGMENTS),
		E(test_names_are_synced, SEGMENTS),
		E(test_reopen, FAULT),
		E(test_torn_tail, SEGMENTS),
		E(test_any_flipped_head_byte_is_noticed, SEGMENTS),
		cmocka_unit_test(test_record_is_bound_to_its_place),
		E(test_read_only, SEGMENTS),
		E(test_other_files_are_let_be, SEGMENTS),
		cmocka_unit_test(test_memory_is_bounded),
		E(test_fault_plan, FAULT),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
