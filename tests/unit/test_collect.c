/*
 * Unit tests of the collector, and of damage found and healed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/time.h"
#include "chunk/manifest.h"
#include "store/meta_chunk.h"
#include "store/seg_format.h"
#include "store_kit.h"

#define BOB	2

/* ---- references and collection ---------------------------------------- */

static void
test_collect_unreferenced(void **state)
{
	struct kit *f = *state;

	kit_add_version(f->s, 100, 5, 1);
	kit_add_version(f->s, 103, 5, 2);		/* shares two chunks */
	assert_int_equal(kit_put(f->s, KIT_ALICE, 200), 0);
	kit_commit(f->s);
	assert_int_equal(kit_stats(f->s).chunks, 5 + 5 - 2 + 2 + 1);
	kit_collect(f->s, 0);			/* all within their grace */
	assert_int_equal(kit_stats(f->s).chunks, 11);
	kit_collect(f->s, 2);			/* the lone upload goes */
	assert_int_equal(kit_stats(f->s).chunks, 10);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 200), 1);
	kit_remove_version(f->s, 1);
	kit_collect(f->s, 0);
	assert_int_equal(kit_stats(f->s).chunks, 10);
	assert_int_equal(kit_check(f->s), 0);
	kit_collect(f->s, 2);
	assert_int_equal(kit_stats(f->s).chunks, 6);
	assert_int_equal(kit_read_file(f->r, 103, 5), 0);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 100), 1);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 103), 0);
	assert_int_equal(kit_check(f->s), 0);
	kit_remove_version(f->s, 2);
	kit_collect(f->s, 2);
	assert_int_equal(kit_stats(f->s).chunks, 0);
	assert_int_equal(kit_stats(f->s).live_bytes, 0);
	assert_int_equal(kit_check(f->s), 0);
}

/* A page still pending keeps its children from being collected. */
static void
test_collect_minds_pending_pages(void **state)
{
	struct kit *f = *state;
	struct fss__id root;

	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 2), 0);
	kit_commit(f->s);
	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 1, 2, &root), 0);
	kit_collect(f->s, 0);
	assert_int_equal(fss__store_collect(f->s, fss__wall_us() +
	    2 * KIT_DAY_US), 1);
	/* The page went, being idle itself, and released them; not before. */
	assert_int_equal(kit_check(f->s), 0);
	kit_collect(f->s, 2);
	assert_int_equal(kit_stats(f->s).chunks, 0);
}

static void
test_collect_rewrites_segments(void **state)
{
	struct kit *f = *state;
	struct fss__store_stats before, after;
	struct fss__reader_store *old;
	struct fss_store_loc loc, now;
	uint8_t buf[KIT_CHUNK], got[KIT_CHUNK];
	struct fss__id id;
	unsigned i;

	kit_small_segments(f);
	for (i = 0; i < 60; i++)
		kit_add_version(f->s, 1000 + i, 1, i);
	for (i = 0; i < 60; i++) {
		if (i % 4 != 0)
			kit_remove_version(f->s, i);
	}
	(void)kit_content(1000, buf, &id);
	/* This one looks before and reads after. */
	assert_int_equal(fss__reader_store_open(f->s, &old), 0);
	assert_int_equal(fss__db_begin(fss__reader_store_db(old)), 0);
	assert_int_equal(fss__reader_locate(old, &id, &loc), 0);
	before = kit_stats(f->s);
	kit_collect(f->s, 2);
	after = kit_stats(f->s);
	assert_int_equal(after.chunks, 15);
	assert_true(after.disk_bytes < before.disk_bytes / 2);
	for (i = 0; i < 60; i += 4)
		assert_int_equal(kit_read_file(f->r, 1000 + i, 1), 0);
	assert_int_equal(fss__reader_locate(f->r, &id, &now), 0);
	assert_true(now.segment > loc.segment);
	assert_int_equal(fss__reader_locate(old, &id, &loc), 0);
	assert_true(now.segment > loc.segment);	/* its snapshot is old */
	assert_int_equal(fss__reader_read(old, &id, &loc, got), 0);
	assert_memory_equal(got, buf, loc.len);
	fss__reader_store_close(old);
	assert_int_equal(kit_check(f->s), 0);
	kit_small_segments(f);
	for (i = 0; i < 60; i += 4)
		assert_int_equal(kit_read_file(f->r, 1000 + i, 1), 0);
	assert_int_equal(kit_check(f->s), 0);
}

/* ---- damage ----------------------------------------------------------- */

static void
test_quarantine_and_heal(void **state)
{
	struct kit *f = *state;
	uint8_t buf[KIT_CHUNK];
	struct fss_store_loc loc;
	struct fss__id id;

	kit_add_version(f->s, 1, 3, 1);
	(void)kit_content(2, buf, &id);
	assert_int_equal(fss__reader_locate(f->r, &id, &loc), 0);
	folder_flip(f->seg, "00000001.seg", loc.offset + FSS__REC_HEAD, 4);
	assert_int_equal(fss__reader_read(f->r, &id, &loc, buf),
	    FSS_ECORRUPT);
	/* From now on nobody has it, before and after the next commit. */
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 2), 1);
	assert_int_equal(fss__reader_locate(f->r, &id, &loc), FSS_ECORRUPT);
	kit_commit(f->s);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 2), 1);
	kit_reopen(f, NULL);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 2), 1);
	assert_int_equal(kit_check(f->s), FSS_ECORRUPT);
	/* The next upload heals, whoever it comes from. */
	assert_int_equal(kit_put(f->s, BOB, 2), 0);
	kit_commit(f->s);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 2), 0);
	assert_int_equal(kit_missing(f->r, BOB, 2), 0);
	assert_int_equal(kit_read_file(f->r, 1, 3), 0);
	assert_int_equal(kit_check(f->s), 0);
	assert_int_equal(kit_stats(f->s).chunks, 4);
}

static void
test_damaged_page_heals(void **state)
{
	struct kit *f = *state;
	uint8_t buf[KIT_CHUNK];
	struct fss_store_loc loc;
	struct fss__page page;
	struct fss__id id;

	kit_add_version(f->s, 1, 3, 1);
	(void)kit_page(1, 3, buf, &id);
	assert_int_equal(fss__reader_locate(f->r, &id, &loc), 0);
	folder_flip(f->seg, "00000001.seg", loc.offset + 2, 1);
	assert_int_equal(fss__reader_page(f->r, &id, &page), FSS_ECORRUPT);
	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 1, 3, &id), 0);
	kit_commit(f->s);
	assert_int_equal(kit_read_file(f->r, 1, 3), 0);
	assert_int_equal(kit_check(f->s), 0);
}

static void
test_collector_keeps_damage(void **state)
{
	struct kit *f = *state;
	uint8_t buf[KIT_CHUNK];
	struct fss_store_loc loc;
	struct fss__id id;
	unsigned i;

	kit_small_segments(f);
	for (i = 0; i < 20; i++)
		kit_add_version(f->s, 1000 + i, 1, i);
	(void)kit_content(1000, buf, &id);
	assert_int_equal(fss__reader_locate(f->r, &id, &loc), 0);
	assert_int_equal(loc.segment, 1);
	folder_flip(f->seg, "00000001.seg", loc.offset + FSS__REC_HEAD, 4);
	for (i = 1; i < 20; i++)
		kit_remove_version(f->s, i);
	kit_collect(f->s, 2);
	assert_true(folder_file_size(f->seg, "00000001.seg") > 0);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 1000), 1);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 1000), 0);
	kit_commit(f->s);
	kit_collect(f->s, 2);
	assert_int_equal(kit_read_file(f->r, 1000, 1), 0);
	assert_int_equal(kit_check(f->s), 0);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, kit_setup,	\
			    kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_collect_unreferenced),
		T(test_collect_minds_pending_pages),
		T(test_collect_rewrites_segments),
		T(test_quarantine_and_heal),
		T(test_damaged_page_heals),
		T(test_collector_keeps_damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
