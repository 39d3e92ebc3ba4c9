/*
 * Unit tests of copying a store, beside a writer and without one.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "store/backup.h"
#include "store/store_internal.h"
#include "store_kit.h"

#define ALICE	1
#define DAY_US	(INT64_C(86400) * 1000000)

struct fixture {
	char			 dir[FOLDER_PATH];
	char			 data[FOLDER_PATH];	/* dir/store */
	char			 copy[FOLDER_PATH];	/* dir/copy */
	char			 target[FOLDER_PATH];	/* dir/copy/store */
	struct fss__store	*s;
	_Atomic bool		 stop;
	_Atomic uint64_t	 rounds;
};

static int
setup(void **state)
{
	static struct fixture f;
	struct fss__store_config cfg;

	memset(&f, 0, sizeof(f));
	memset(&cfg, 0, sizeof(cfg));
	cfg.segment_bytes = 32768;
	folder_new(f.dir);
	folder_path(f.data, f.dir, "store");
	folder_new(f.copy);
	folder_path(f.target, f.copy, "store");
	f.s = kit_new(f.dir, &cfg);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	fss__store_close(f->s);
	folder_remove(f->dir);
	folder_remove(f->copy);
	return 0;
}

static void
add(struct fss__store *s, int64_t number)
{
	struct fss__id root;

	assert_int_equal(fss__store_begin(s), 0);
	assert_int_equal(kit_put_file(s, ALICE, (uint64_t)number * 10, 3,
	    &root), 0);
	assert_int_equal(kit_version(s, ALICE, &root, number), 0);
	assert_int_equal(fss__store_commit(s, true), 0);
}

static void
assert_copy(struct fixture *f, int64_t from, int64_t to)
{
	struct fss__reader_store *r;
	struct fss__store *s = kit_open(f->copy, NULL);
	int64_t i;

	assert_int_equal(kit_check(s), 0);
	assert_int_equal(fss__reader_store_open(s, &r), 0);
	for (i = from; i < to; i++) {
		assert_int_equal(kit_has_version(s, i), 1);
		assert_int_equal(kit_read_file(r, (uint64_t)i * 10, 3), 0);
	}
	fss__reader_store_close(r);
	fss__store_close(s);
}

static void
test_copy_of_an_idle_store(void **state)
{
	struct fixture *f = *state;
	struct fss__err err;
	char path[FOLDER_PATH];
	int64_t i;

	for (i = 0; i < 30; i++)
		add(f->s, i);
	assert_int_equal(kit_put(f->s, ALICE, 5000), 0);	/* pending */
	assert_int_equal(fss__store_backup(f->data, f->target, &err), 0);
	assert_copy(f, 0, 30);
	assert_int_equal(fss__store_backup(f->data, f->target, &err),
	    FSS_EEXIST);
	folder_path(path, f->copy, "other");
	assert_int_equal(fss__store_backup("/nonexistent", path, &err),
	    FSS_ENOENT);
	assert_int_not_equal(access(path, F_OK), 0);
}

/*
 * Writes, removes and collects until told to stop.  Versions below 10 stay.
 * No asserts: this is not the test's own thread.
 */
static void *
keep_writing(void *ctx)
{
	struct fixture *f = ctx;
	struct fss__id root;
	int64_t n;
	int r = 0;

	for (n = 10; r == 0 && !f->stop; n++) {
		r = fss__store_begin(f->s);
		if (r == 0)
			r = kit_put_file(f->s, ALICE, (uint64_t)n * 10, 3,
			    &root);
		if (r == 0)
			r = kit_version(f->s, ALICE, &root, n);
		if (r == 0 && n >= 20)
			r = kit_unversion(f->s, n - 10);
		if (r == 0)
			r = fss__store_commit(f->s, true);
		if (r == 0 && fss__store_collect(f->s, fss__wall_us() +
		    2 * DAY_US) < 0)
			r = FSS_EIO;
		f->rounds++;
	}
	return r == 0 ? NULL : ctx;
}

static void
test_copy_beside_a_writer(void **state)
{
	struct fixture *f = *state;
	struct fss__err err;
	pthread_t thread;
	void *failed;
	uint64_t seen;
	int64_t i;
	int round;

	for (i = 0; i < 10; i++)
		add(f->s, i);
	assert_int_equal(pthread_create(&thread, NULL, keep_writing, f), 0);
	for (round = 0; round < 10; round++) {
		seen = f->rounds;
		assert_int_equal(fss__store_backup(f->data, f->target, &err),
		    0);
		assert_copy(f, 0, 10);
		folder_remove(f->target);
		while (f->rounds == seen)
			(void)sched_yield();
	}
	f->stop = true;
	assert_int_equal(pthread_join(thread, &failed), 0);
	assert_null(failed);
	assert_int_equal(kit_check(f->s), 0);
}

static int64_t
condemned(struct fss__store *s)
{
	struct fss__stmt *st = fss__db_query(fss__store_db(s),
	    "SELECT count(*) FROM segment WHERE state = 1");
	int64_t n;

	assert_int_equal(fss__step_i64(st, &n), 1);
	return n;
}

/*
 * While a backup holds its lock, no file goes, and so nothing is copied out of
 * files either, but what was begun; after it they do.
 */
static void
test_collector_waits(void **state)
{
	struct fixture *f = *state;
	char path[FOLDER_PATH];
	int64_t i;
	int lock, r;

	for (i = 0; i < 30; i++)
		add(f->s, i);
	assert_int_equal(fss__store_begin(f->s), 0);
	for (i = 0; i < 29; i++)
		assert_int_equal(kit_unversion(f->s, i), 0);
	assert_int_equal(fss__store_commit(f->s, true), 0);
	folder_path(path, f->data, "seg.lock");
	/* Nor with free space short, backup or not. */
	fss__store_set_floor(f->s, UINT64_MAX);
	while ((r = fss__store_collect(f->s, fss__wall_us() + 2 * DAY_US)) > 0)
		;
	assert_int_equal(r, 0);
	assert_int_equal(condemned(f->s), 0);
	assert_true(folder_file_size(f->data, "seg/00000001.seg") > 0);
	fss__store_set_floor(f->s, 1);
	assert_int_equal(fss__lock_take(path, true, true, &lock), 0);
	while ((r = fss__store_collect(f->s, fss__wall_us() + 2 * DAY_US)) > 0)
		;
	assert_int_equal(r, 0);
	assert_int_equal(condemned(f->s), 1);
	fss__lock_drop(lock);
	while ((r = fss__store_collect(f->s, fss__wall_us() + 2 * DAY_US)) > 0)
		;
	assert_int_equal(r, 0);
	folder_path(path, f->data, "seg/00000001.seg");
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(kit_check(f->s), 0);
}

static void
test_copy_of_a_damaged_store(void **state)
{
	struct fixture *f = *state;
	struct fss__store *s;
	struct fss__err err;
	int64_t i;

	for (i = 0; i < 10; i++)
		add(f->s, i);
	folder_cut(f->data, "seg/00000001.seg", 1000);
	assert_int_equal(fss__store_backup(f->data, f->target, &err),
	    FSS_ECORRUPT);
	/* What there is was copied, and the copy is a store. */
	s = kit_open(f->copy, NULL);
	assert_int_equal(fss__store_check(s, NULL, NULL), FSS_ECORRUPT);
	for (i = 0; i < 10; i++)
		assert_int_equal(kit_has_version(s, i), 1);
	fss__store_close(s);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_copy_of_an_idle_store),
		T(test_copy_beside_a_writer),
		T(test_collector_waits),
		T(test_copy_of_a_damaged_store),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
