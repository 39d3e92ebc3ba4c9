/*
 * The store when calls fail: memory, disk full, failing disk.
 *
 * After each the store must say what happened by name, lose nothing that was
 * committed, show nothing that was not, and go on once the cause is gone.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "store/db_internal.h"
#include "store_kit.h"

#define FILES	6
#define CHUNKS	4

struct fixture {
	char			 dir[FOLDER_PATH];
	struct fss__store	*s;
	struct fss__chunkstore	 cs;		/* the fault driver in it */
};

static int
wrap(void *ctx, struct fss__chunkstore inner, struct fss__chunkstore *ret_cs)
{
	struct fixture *f = ctx;
	int r = fss__faultstore_open(inner, NULL, ret_cs);

	f->cs = *ret_cs;
	return r;
}

static struct fss__store_config
config(struct fixture *f)
{
	struct fss__store_config cfg;

	memset(&cfg, 0, sizeof(cfg));
	cfg.wrap = wrap;
	cfg.wrap_ctx = f;
	return cfg;
}

static void
reopen(struct fixture *f)
{
	struct fss__store_config cfg = config(f);

	fss__store_close(f->s);
	f->s = kit_open(f->dir, &cfg);
}

static int
add(struct fss__store *s, int64_t number)
{
	struct fss__id root;
	int r;

	r = fss__store_begin(s);
	if (r != 0)
		return r;
	r = kit_put_file(s, KIT_ALICE, (uint64_t)number * 100, CHUNKS, &root);
	if (r == 0)
		r = kit_version(s, KIT_ALICE, &root, number);
	if (r == 0)
		return fss__store_commit(s, true);
	fss__store_abort(s);
	return r;
}

static int
setup(void **state)
{
	static struct fixture f;
	struct fss__store_config cfg;
	int64_t i;

	memset(&f, 0, sizeof(f));
	folder_new(f.dir);
	cfg = config(&f);
	f.s = kit_new(f.dir, &cfg);
	for (i = 0; i < FILES; i++)
		assert_int_equal(add(f.s, i), 0);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	fss__store_close(f->s);
	folder_remove(f->dir);
	return 0;
}

/* All committed files are there and whole. */
static void
assert_whole(struct fss__store *s)
{
	struct fss__reader_store *r;
	int64_t i;

	assert_int_equal(fss__reader_store_open(s, &r), 0);
	for (i = 0; i < FILES; i++) {
		assert_int_equal(kit_has_version(s, i), 1);
		assert_int_equal(kit_read_file(r, (uint64_t)i * 100, CHUNKS),
		    0);
	}
	fss__reader_store_close(r);
	assert_int_equal(kit_check(s), 0);
}

/* ---- failing calls ---------------------------------------------------- */

static void
test_put_fails(void **state)
{
	static const int errors[] = { FSS_ENOSPC, FSS_EIO };
	struct fixture *f = *state;
	struct fss__fault_plan plan;
	uint64_t n, e;
	int r;

	for (e = 0; e < 2; e++) {
		for (n = 1; n <= CHUNKS + 1; n++) {
			memset(&plan, 0, sizeof(plan));
			plan.fail_put_at = n;
			plan.fail_with = errors[e];
			fss__faultstore_plan(&f->cs, &plan);
			r = add(f->s, (int64_t)(100 + e * 10 + n));
			assert_int_equal(r, errors[e]);
			assert_true(fss__store_errmsg(f->s)[0] != '\0');
			/* The cause is gone: the same again works. */
			r = add(f->s, (int64_t)(100 + e * 10 + n));
			assert_int_equal(r, 0);
		}
	}
	assert_whole(f->s);
	reopen(f);
	assert_whole(f->s);
}

static void
test_sync_fails(void **state)
{
	struct fixture *f = *state;
	struct fss__fault_plan plan;

	memset(&plan, 0, sizeof(plan));
	plan.fail_sync_at = 1;
	plan.fail_with = FSS_EIO;
	fss__faultstore_plan(&f->cs, &plan);
	assert_int_equal(add(f->s, 50), FSS_EIO);
	/* What the disk has is unknown: no more writes, reads go on. */
	assert_int_equal(add(f->s, 51), FSS_EROFS);
	assert_true(strstr(fss__store_errmsg(f->s), "sync") != NULL);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), FSS_EROFS);
	assert_true(fss__store_collect(f->s, fss__wall_us() +
	    2 * KIT_DAY_US) <= 0);
	assert_int_equal(kit_has_version(f->s, 50), 0);
	reopen(f);
	assert_whole(f->s);
	assert_int_equal(kit_has_version(f->s, 50), 0);
	assert_int_equal(add(f->s, 50), 0);
	assert_whole(f->s);
}

static void
test_get_fails(void **state)
{
	struct fixture *f = *state;
	struct fss__fault_plan plan;
	struct fss__reader_store *r;
	uint64_t n;

	assert_int_equal(fss__reader_store_open(f->s, &r), 0);
	for (n = 1; n <= CHUNKS + 1; n++) {
		memset(&plan, 0, sizeof(plan));
		plan.fail_get_at = n;
		plan.fail_with = FSS_EIO;
		fss__faultstore_plan(&f->cs, &plan);
		/* The page is cached after the first round. */
		assert_int_equal(kit_read_file(r, 0, CHUNKS),
		    n <= CHUNKS ? FSS_EIO : 0);
		memset(&plan, 0, sizeof(plan));
		fss__faultstore_plan(&f->cs, &plan);
		assert_int_equal(kit_read_file(r, 0, CHUNKS), 0);
	}
	/* A page that cannot be read back fails the commit, no more. */
	plan.fail_get_at = 1;
	plan.fail_with = FSS_EIO;
	fss__faultstore_plan(&f->cs, &plan);
	assert_int_equal(add(f->s, 60), FSS_EIO);
	assert_int_equal(add(f->s, 60), 0);
	fss__reader_store_close(r);
	assert_whole(f->s);
}

/* One bit lost on the way from the disk is not damage. */
static void
test_passing_flip(void **state)
{
	struct fixture *f = *state;
	struct fss__fault_plan plan;
	struct fss__reader_store *r;
	uint64_t n;

	assert_int_equal(fss__reader_store_open(f->s, &r), 0);
	for (n = 1; n <= CHUNKS; n++) {
		memset(&plan, 0, sizeof(plan));
		plan.seed = n * 123456789;
		plan.flip_get_at = n;
		fss__faultstore_plan(&f->cs, &plan);
		assert_int_equal(kit_read_file(r, 100, CHUNKS), 0);
	}
	fss__reader_store_close(r);
	assert_whole(f->s);
}

static void
test_database_full(void **state)
{
	struct fixture *f = *state;
	struct fss__db *db = fss__store_db(f->s);
	int64_t i, full = 0, v;
	int r = 0;

	assert_int_equal(fss__db_run_i64(db, "PRAGMA max_page_count = 1", &v),
	    0);
	for (i = 1000; i < 3000 && r == 0; i++) {
		r = add(f->s, i);
		full = i;
	}
	assert_int_equal(r, FSS_ENOSPC);
	assert_int_equal(kit_has_version(f->s, full), 0);
	assert_int_equal(kit_has_version(f->s, full - 1), 1);
	/* Its puts are still pending and go in once there is room. */
	assert_int_equal(fss__db_run_i64(db,
	    "PRAGMA max_page_count = 1000000", &v), 0);
	assert_int_equal(add(f->s, full), 0);
	assert_whole(f->s);
}

/* ---- memory ----------------------------------------------------------- */

struct prepared {
	uint8_t		chunk[CHUNKS][KIT_CHUNK];
	size_t		len[CHUNKS];
	struct fss__id	id[CHUNKS];
	uint8_t		page[KIT_CHUNK];
	size_t		page_len;
	struct fss__id	root;
};

static int
run_all(struct fixture *f, const struct prepared *p)
{
	struct fss__reader_store *r = NULL;
	struct fss__store *s = NULL;
	struct fss_store_loc loc;
	struct fss__err err;
	uint8_t buf[KIT_CHUNK];
	unsigned i;
	int e;

	e = kit_try_open(f->dir, NULL, &err, &s);
	if (e == 0)
		e = fss__store_begin(s);
	for (i = 0; i < CHUNKS && e == 0; i++)
		e = fss__store_put(s, KIT_ALICE, &p->id[i], p->chunk[i],
		    p->len[i]);
	if (e == 0)
		e = fss__store_put(s, KIT_ALICE, &p->root, p->page,
		    p->page_len);
	if (e == 0)
		e = kit_version(s, KIT_ALICE, &p->root, 77);
	if (e == 0)
		e = kit_unversion(s, 77);
	if (e == 0)
		e = fss__store_commit(s, true);
	if (e == 0)
		e = fss__reader_store_open(s, &r);
	if (e == 0)
		e = fss__reader_locate(r, &p->id[0], &loc);
	if (e == 0)
		e = fss__reader_read(r, &p->id[0], &loc, buf);
	if (e == 0)
		e = fss__store_check(s, NULL, NULL);
	if (e == 0)
		e = fss__store_collect(s, fss__wall_us() + 2 * KIT_DAY_US);
	fss__reader_store_close(r);
	fss__store_close(s);
	return e;
}

static void
test_each_allocation_fails(void **state)
{
	static struct prepared p;
	struct fixture *f = *state;
	uint64_t n;
	unsigned i;
	int r;

	for (i = 0; i < CHUNKS; i++)
		p.len[i] = kit_content(7000 + i, p.chunk[i], &p.id[i]);
	p.page_len = kit_page(7000, CHUNKS, p.page, &p.root);
	fss__store_close(f->s);
	f->s = NULL;
	for (n = 1;; n++) {
		(void)fss__alloc_fail_at(n);
		r = run_all(f, &p);
		(void)fss__alloc_fail_at(0);
		if (r >= 0)
			break;
		assert_int_equal(r, FSS_ENOMEM);
		assert_true(n < 2000);
	}
	assert_true(n > 20);
	reopen(f);
	assert_whole(f->s);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_put_fails),
		T(test_sync_fails),
		T(test_get_fails),
		T(test_passing_flip),
		T(test_database_full),
		T(test_each_allocation_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
