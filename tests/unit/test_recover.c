/*
 * Unit tests of what a kill leaves, and of readers beside the writer.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "store/seg_format.h"
#include "store_kit.h"

#define BOB	2

/* ---- kill ------------------------------------------------------------- */

/* What is on disk when the process dies now. */
static void
kill_now(struct kit *f)
{
	char live[FOLDER_PATH], copy[FOLDER_PATH];

	folder_path(live, f->dir, "store");
	folder_path(copy, f->dir, "copy");
	folder_copy(live, copy);
	fss__reader_store_close(f->r);
	f->r = NULL;
	fss__store_close(f->s);
	f->s = NULL;
	folder_remove(live);
	folder_copy(copy, live);
	folder_remove(copy);
	kit_reopen(f, NULL);
}

static void
test_kill_forgets_no_put(void **state)
{
	struct kit *f = *state;
	struct fss__id root;

	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	kit_commit(f->s);
	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 1, 4, &root), 0);
	assert_int_equal(kit_put(f->s, BOB, 1), 0);
	assert_int_equal(kit_put(f->s, BOB, 2), 0);
	kill_now(f);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 4), 0);
	assert_int_equal(kit_missing(f->r, BOB, 1), 0);
	assert_int_equal(kit_missing(f->r, BOB, 2), 0);
	assert_int_equal(kit_missing(f->r, BOB, 3), 1);
	assert_int_equal(fss__store_begin(f->s), 0);
	assert_int_equal(kit_version(f->s, KIT_ALICE, &root, 1), 0);
	assert_int_equal(fss__store_commit(f->s, true), 0);
	assert_int_equal(kit_read_file(f->r, 1, 4), 0);
	assert_int_equal(kit_check(f->s), 0);
}

/* The healed bytes survive a kill between the put and its commit. */
static void
test_kill_after_heal(void **state)
{
	struct kit *f = *state;
	uint8_t buf[KIT_CHUNK];
	struct fss_store_loc loc;
	struct fss__id id;

	kit_add_version(f->s, 1, 1, 1);
	(void)kit_content(1, buf, &id);
	assert_int_equal(fss__reader_locate(f->r, &id, &loc), 0);
	folder_flip(f->seg, "00000001.seg", loc.offset + FSS__REC_HEAD, 4);
	assert_int_equal(fss__reader_read(f->r, &id, &loc, buf),
	    FSS_ECORRUPT);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	kill_now(f);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 1), 0);
	assert_int_equal(kit_read_file(f->r, 1, 1), 0);
	assert_int_equal(kit_check(f->s), 0);
}

/* More than one batch of records to take back. */
static void
test_recovery_in_batches(void **state)
{
	struct kit *f = *state;
	uint32_t i;

	for (i = 0; i < 100; i++)
		assert_int_equal(kit_put_tiny(f->s, i), 0);
	kit_commit(f->s);
	assert_int_equal(fss__store_begin(f->s), 0);
	for (i = 0; i < FSS__PENDING_CHUNKS * 2 + 100; i++)
		assert_int_equal(kit_put_tiny(f->s, 1000 + i), 0);
	kill_now(f);
	assert_int_equal(kit_stats(f->s).chunks, FSS__PENDING_CHUNKS * 2 + 200);
	assert_int_equal(kit_check(f->s), 0);
}

/* ---- threads ---------------------------------------------------------- */

struct watching {
	struct fss__store	*s;
	_Atomic uint64_t	*acked;		/* contents below were put */
	_Atomic bool		*stop;
	_Atomic uint64_t	 looks;
	int			 wrong;
};

/* Whatever was put is had, pending or indexed; never neither. */
static void *
watch(void *ctx)
{
	struct watching *w = ctx;
	struct fss__reader_store *r;
	uint8_t buf[KIT_CHUNK], bitmap;
	struct fss_store_loc loc;
	struct fss__id id;
	uint32_t count;
	uint64_t n;

	if (fss__reader_store_open(w->s, &r) != 0) {
		w->wrong = 1;
		return NULL;
	}
	while (!*w->stop) {
		n = *w->acked;
		if (n == 0)
			continue;
		(void)kit_content(n - 1, buf, &id);
		bitmap = 0;
		if (fss__reader_missing(r, KIT_ALICE, id.b, 1, &bitmap,
		    &count) != 0 || count != 0)
			w->wrong++;
		(void)kit_content(n / 2, buf, &id);
		if (fss__reader_locate(r, &id, &loc) == 0 &&
		    fss__reader_read(r, &id, &loc, buf) != 0)
			w->wrong++;
		w->looks++;
	}
	fss__reader_store_close(r);
	return NULL;
}

static void
test_readers_miss_nothing(void **state)
{
	struct kit *f = *state;
	struct watching w[2];
	pthread_t thread[2];
	_Atomic uint64_t acked = 0;
	_Atomic bool stop = false;
	uint64_t n, i;

	for (i = 0; i < 2; i++) {
		memset(&w[i], 0, sizeof(w[i]));
		w[i].s = f->s;
		w[i].acked = &acked;
		w[i].stop = &stop;
		assert_int_equal(pthread_create(&thread[i], NULL, watch,
		    &w[i]), 0);
	}
	for (n = 0; n < 3000 || w[0].looks < 200 || w[1].looks < 200; n++) {
		assert_int_equal(kit_put(f->s, KIT_ALICE, n), 0);
		acked = n + 1;
		if (n % 16 == 15)
			kit_commit(f->s);
	}
	stop = true;
	for (i = 0; i < 2; i++) {
		assert_int_equal(pthread_join(thread[i], NULL), 0);
		assert_int_equal(w[i].wrong, 0);
	}
}

#define T(name)	cmocka_unit_test_setup_teardown(name, kit_setup,	\
			    kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_kill_forgets_no_put),
		T(test_kill_after_heal),
		T(test_recovery_in_batches),
		T(test_readers_miss_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
