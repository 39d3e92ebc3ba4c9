/*
 * Unit tests of the store: rights, pages, references, bounds, opening.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/time.h"
#include "chunk/manifest.h"
#include "store/seg_format.h"
#include "store_kit.h"

#define BOB	2

/* ---- put and have ----------------------------------------------------- */

static void
test_put_is_seen_before_and_after_commit(void **state)
{
	struct kit *f = *state;

	assert_int_equal(kit_missing(f->r, KIT_ALICE, 1), 1);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 1), 0);
	assert_int_equal(kit_missing(f->r, BOB, 1), 1);
	kit_commit(f->s);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 1), 0);
	assert_int_equal(kit_missing(f->r, BOB, 1), 1);
	assert_int_equal(kit_read_file(f->r, 1, 1), 0);
	kit_reopen(f, NULL);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 1), 0);
	assert_int_equal(kit_missing(f->r, BOB, 1), 1);
	assert_int_equal(kit_check(f->s), 0);
}

static void
test_content_is_stored_once(void **state)
{
	struct kit *f = *state;
	uint64_t size, once;

	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	size = kit_stats(f->s).disk_bytes;
	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	assert_int_equal(kit_stats(f->s).disk_bytes, size);
	kit_commit(f->s);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	assert_int_equal(kit_stats(f->s).disk_bytes, size);
	/* Another account leaves a note without content. */
	assert_int_equal(kit_put(f->s, BOB, 1), 0);
	assert_int_equal(kit_missing(f->r, BOB, 1), 0);
	once = kit_stats(f->s).disk_bytes;
	assert_int_equal(once, size + FSS__REC_HEAD);
	assert_int_equal(kit_put(f->s, BOB, 1), 0);
	assert_int_equal(kit_stats(f->s).disk_bytes, once);
	kit_commit(f->s);
	assert_int_equal(kit_missing(f->r, BOB, 1), 0);
	assert_int_equal(kit_stats(f->s).chunks, 1);
	/* The same while the first is still pending. */
	assert_int_equal(kit_put(f->s, KIT_ALICE, 2), 0);
	assert_int_equal(kit_put(f->s, BOB, 2), 0);
	kit_commit(f->s);
	assert_int_equal(kit_missing(f->r, BOB, 2), 0);
	assert_int_equal(kit_stats(f->s).chunks, 2);
	assert_int_equal(kit_check(f->s), 0);
}

static int
held_by(struct kit *f, int64_t account, uint64_t n)
{
	uint8_t want[KIT_CHUNK], got[KIT_CHUNK];
	struct fss_store_loc loc;
	struct fss__id id;
	size_t len = kit_content(n, want, &id);
	int r = fss__reader_held(f->r, account, &id, &loc);

	if (r != 1)
		return r;
	assert_int_equal(loc.len, len);
	assert_int_equal(fss__reader_read(f->r, &id, &loc, got), 0);
	assert_memory_equal(got, want, len);
	return 1;
}

/* What was put can be read before it is indexed, and at no time not. */
static void
test_held(void **state)
{
	struct kit *f = *state;
	struct fss__db *db = fss__reader_store_db(f->r);
	int64_t n;

	assert_int_equal(held_by(f, KIT_ALICE, 1), 0);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	assert_int_equal(held_by(f, KIT_ALICE, 1), 1);
	assert_int_equal(held_by(f, BOB, 1), 0);
	assert_int_equal(kit_put(f->s, BOB, 1), 0);
	assert_int_equal(held_by(f, BOB, 1), 1);
	/* A snapshot of before, of which both tables forget. */
	assert_int_equal(fss__db_begin(db), 0);
	assert_int_equal(fss__step_i64(fss__db_query(db,
	    "SELECT count(*) FROM chunk"), &n), 1);
	assert_int_equal(n, 0);
	kit_commit(f->s);
	assert_int_equal(held_by(f, KIT_ALICE, 1), 1);
	assert_int_equal(held_by(f, BOB, 1), 1);
	assert_int_equal(held_by(f, BOB + 1, 1), 0);
	fss__db_abort(db);
	assert_int_equal(held_by(f, KIT_ALICE, 1), 1);
	/* The bytes in the index, the claim not yet. */
	assert_int_equal(kit_put(f->s, BOB + 1, 1), 0);
	assert_int_equal(held_by(f, BOB + 1, 1), 1);
	kit_commit(f->s);
	assert_int_equal(held_by(f, BOB + 1, 1), 1);
}

static void
test_many_ids_at_once(void **state)
{
	struct kit *f = *state;
	uint8_t ids[64 * FSS__ID_BYTES], bitmap[8], buf[KIT_CHUNK];
	struct fss__id id;
	uint32_t count;
	unsigned i;

	for (i = 0; i < 64; i++) {
		(void)kit_content(i, buf, &id);
		memcpy(ids + i * FSS__ID_BYTES, id.b, FSS__ID_BYTES);
		if (i % 3 == 0)
			assert_int_equal(kit_put(f->s, KIT_ALICE, i), 0);
		if (i == 30)
			kit_commit(f->s);
	}
	memset(bitmap, 0, sizeof(bitmap));
	assert_int_equal(fss__reader_missing(f->r, KIT_ALICE, ids, 64, bitmap,
	    &count), 0);
	assert_int_equal(count, 64 - 22);
	for (i = 0; i < 64; i++)
		assert_int_equal(bitmap[i / 8] >> i % 8 & 1, i % 3 != 0);
}

static void
test_bad_puts_are_refused(void **state)
{
	struct kit *f = *state;
	static uint8_t big[FSS__REC_MAX];
	struct fss__id id;

	assert_int_equal(fss__digest(FSS__ALG_SHA256, "x", 1, &id), 0);
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, "x", 0),
	    FSS_EINVAL);
	assert_int_equal(fss__store_put(f->s, 0, &id, "x", 1), FSS_EINVAL);
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, big,
	    sizeof(big)), FSS_ETOOBIG);
	id.b[0] = 0x7f;
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, "x", 1),
	    FSS_EINVAL);
	assert_int_equal(kit_stats(f->s).disk_bytes, 0);
}

/* ---- pages and roots -------------------------------------------------- */

static void
test_page_needs_its_children(void **state)
{
	struct kit *f = *state;
	uint8_t page[KIT_CHUNK];
	struct fss__id id;
	size_t len = kit_page(10, 3, page, &id);

	assert_int_equal(kit_put(f->s, KIT_ALICE, 10), 0);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 11), 0);
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, page, len),
	    FSS_EMISSING);
	/* That somebody else has it does not help. */
	assert_int_equal(kit_put(f->s, BOB, 12), 0);
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, page, len),
	    FSS_EMISSING);
	kit_commit(f->s);
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, page, len),
	    FSS_EMISSING);
	assert_int_equal(kit_put(f->s, KIT_ALICE, 12), 0);
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, page, len), 0);
	/* Nor does it when the page itself is there. */
	assert_int_equal(fss__store_put(f->s, BOB, &id, page, len),
	    FSS_EMISSING);
	kit_commit(f->s);
	assert_int_equal(kit_read_file(f->r, 10, 3), 0);
	assert_int_equal(kit_check(f->s), 0);
}

static void
test_page_must_not_lie(void **state)
{
	struct kit *f = *state;
	uint8_t page[KIT_CHUNK], outer[KIT_CHUNK];
	struct fss__id id, root;
	size_t len = kit_page(10, 2, page, &id);

	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 10, 2, &root), 0);
	page[FSS__PAGE_HEAD + FSS__ID_BYTES] ^= 1;	/* a span */
	assert_int_equal(fss__digest(id.b[0], page, len, &id), 0);
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, page, len),
	    FSS_EINTEGRITY);
	page[0] = 'X';
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, page, len),
	    FSS_EINTEGRITY);
	/* A page of level 3 whose child is one of level 1. */
	memset(outer, 0, sizeof(outer));
	memcpy(outer, "FSP1\3\0\1\0", 8);
	memcpy(outer + 8, root.b, sizeof(root.b));
	outer[8 + FSS__ID_BYTES] = 1;
	assert_int_equal(fss__digest(id.b[0], outer, 49, &id), 0);
	assert_int_equal(fss__store_put(f->s, KIT_ALICE, &id, outer, 49),
	    FSS_EINTEGRITY);
}

static void
test_root_and_rights(void **state)
{
	struct kit *f = *state;
	struct fss__id root;
	uint64_t span = 0;
	int64_t chunk;
	unsigned depth = 9;

	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 20, 4, &root), 0);
	assert_int_equal(fss__store_begin(f->s), 0);
	assert_int_equal(fss__store_root(f->s, BOB, &root, &depth, &span,
	    &chunk), FSS_EMISSING);
	assert_int_equal(depth, 9);
	assert_int_equal(fss__store_root(f->s, KIT_ALICE, &root, &depth, &span,
	    &chunk), 0);
	assert_int_equal(depth, 1);
	assert_true(span > 0);
	fss__store_abort(f->s);
	/* What was indexed for it and rolled back is still pending. */
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 20), 0);
	kit_add_version(f->s, 20, 4, 1);
	assert_int_equal(kit_has_version(f->s, 1), 1);
	assert_int_equal(kit_check(f->s), 0);
}

/* A rolled back savepoint takes index rows with it; they must come back. */
static void
test_savepoints_in_a_batch(void **state)
{
	struct kit *f = *state;
	struct fss__db *db = fss__store_db(f->s);
	struct fss__id a, b, c;

	assert_int_equal(fss__store_begin(f->s), 0);
	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 30, 2, &a), 0);
	assert_int_equal(fss__db_savepoint(db), 0);
	assert_int_equal(kit_version(f->s, KIT_ALICE, &a, 1), 0);
	assert_int_equal(fss__db_release(db), 0);
	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 40, 2, &b), 0);
	assert_int_equal(fss__db_savepoint(db), 0);
	assert_int_equal(kit_version(f->s, KIT_ALICE, &b, 2), 0);
	fss__db_rollback_to(db);
	assert_int_equal(fss__db_savepoint(db), 0);
	fss__db_rollback_to(db);
	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 50, 2, &c), 0);
	assert_int_equal(fss__db_savepoint(db), 0);
	assert_int_equal(kit_version(f->s, KIT_ALICE, &c, 3), 0);
	assert_int_equal(fss__db_release(db), 0);
	assert_int_equal(fss__store_commit(f->s, true), 0);
	assert_int_equal(kit_has_version(f->s, 1), 1);
	assert_int_equal(kit_has_version(f->s, 2), 0);
	assert_int_equal(kit_has_version(f->s, 3), 1);
	assert_int_equal(kit_stats(f->s).chunks, 9);
	assert_int_equal(kit_missing(f->r, KIT_ALICE, 40), 0);
	assert_int_equal(kit_check(f->s), 0);
}

/* The outer one takes what was released inside, not what was pending. */
static void
test_savepoint_of_a_batch(void **state)
{
	struct kit *f = *state;
	struct fss__db *db = fss__store_db(f->s);
	struct fss__id a, b;

	assert_int_equal(fss__store_begin(f->s), 0);
	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 30, 2, &a), 0);
	assert_int_equal(kit_put_file(f->s, KIT_ALICE, 40, 2, &b), 0);
	assert_int_equal(fss__store_savepoint(f->s), 0);
	assert_int_equal(fss__db_savepoint(db), 0);
	assert_int_equal(kit_version(f->s, KIT_ALICE, &a, 1), 0);
	assert_int_equal(fss__db_release(db), 0);
	assert_int_equal(fss__db_savepoint(db), 0);
	assert_int_equal(kit_version(f->s, KIT_ALICE, &b, 2), 0);
	fss__store_rollback_to(f->s);	/* with one inside still open */
	assert_int_equal(fss__store_savepoint(f->s), 0);
	assert_int_equal(fss__db_savepoint(db), 0);
	assert_int_equal(kit_version(f->s, KIT_ALICE, &b, 3), 0);
	assert_int_equal(fss__db_release(db), 0);
	assert_int_equal(fss__store_release(f->s), 0);
	assert_int_equal(fss__store_commit(f->s, true), 0);
	assert_int_equal(kit_has_version(f->s, 1), 0);
	assert_int_equal(kit_has_version(f->s, 2), 0);
	assert_int_equal(kit_has_version(f->s, 3), 1);
	assert_int_equal(kit_stats(f->s).chunks, 6);
	assert_int_equal(kit_check(f->s), 0);
}

static void
test_not_durable_leaves_puts_pending(void **state)
{
	struct kit *f = *state;

	assert_int_equal(kit_put(f->s, KIT_ALICE, 1), 0);
	assert_int_equal(fss__store_begin(f->s), 0);
	assert_int_equal(fss__store_commit(f->s, false), 0);
	assert_int_equal(kit_stats(f->s).chunks, 0);
	assert_true(fss__store_wants_flush(f->s, fss__mono_us() + 60000000));
	assert_false(fss__store_wants_flush(f->s, fss__mono_us()));
	kit_commit(f->s);
	assert_int_equal(kit_stats(f->s).chunks, 1);
	assert_false(fss__store_wants_flush(f->s, fss__mono_us() + 60000000));
}

/* ---- bounds ----------------------------------------------------------- */

static void
test_pending_is_bounded(void **state)
{
	struct kit *f = *state;
	uint32_t i;
	int r = 0;

	/* Outside a batch it commits by itself. */
	for (i = 0; i < FSS__PENDING_CHUNKS + 10; i++)
		assert_int_equal(kit_put_tiny(f->s, i), 0);
	assert_int_equal(kit_stats(f->s).chunks, FSS__PENDING_CHUNKS);
	assert_int_equal(fss__store_begin(f->s), 0);
	for (; r == 0 && i < FSS__PENDING_CHUNKS * 10; i++)
		r = kit_put_tiny(f->s, i);
	assert_int_equal(r, FSS_EOVERLOAD);
	assert_true(fss__store_wants_flush(f->s, 0));
	/* Even what was not asked to be durable is flushed then. */
	assert_int_equal(fss__store_commit(f->s, false), 0);
	assert_true(kit_stats(f->s).chunks > FSS__PENDING_CHUNKS * 4);
	assert_int_equal(kit_put_tiny(f->s, i), 0);
	assert_int_equal(kit_check(f->s), 0);
}

/* ---- opening ---------------------------------------------------------- */

static void
test_create_and_open_rules(void **state)
{
	struct kit *f = *state;
	struct fss__store *other;
	struct fss__err err;
	char path[FOLDER_PATH];

	folder_path(path, f->dir, "store");
	assert_int_equal(fss__store_create(path, &err), FSS_EEXIST);
	assert_int_equal(kit_try_open(f->dir, NULL, &err, &other),
	    FSS_EBUSY);
	assert_null(other);
	folder_path(path, f->dir, "none");
	assert_int_equal(kit_try_open(path, NULL, &err, &other),
	    FSS_ENOENT);
}

static void
test_in_memory(void **state)
{
	struct fss__store_config cfg;
	struct fss__reader_store *r;
	struct fss__store *s;
	struct fss__err err;

	(void)state;
	memset(&cfg, 0, sizeof(cfg));
	assert_int_equal(fss__store_open(&cfg, &err, &s), 0);
	assert_int_equal(fss__reader_store_open(s, &r), 0);
	kit_add_version(s, 1, 4, 1);
	assert_int_equal(kit_read_file(r, 1, 4), 0);
	assert_int_equal(kit_missing(r, KIT_ALICE, 1), 0);
	assert_int_equal(kit_check(s), 0);
	kit_remove_version(s, 1);
	kit_collect(s, 2);
	assert_int_equal(kit_stats(s).chunks, 0);
	fss__reader_store_close(r);
	fss__store_close(s);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, kit_setup,	\
			    kit_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_put_is_seen_before_and_after_commit),
		T(test_content_is_stored_once),
		T(test_held),
		T(test_many_ids_at_once),
		T(test_bad_puts_are_refused),
		T(test_page_needs_its_children),
		T(test_page_must_not_lie),
		T(test_root_and_rights),
		T(test_savepoints_in_a_batch),
		T(test_savepoint_of_a_batch),
		T(test_not_durable_leaves_puts_pending),
		T(test_pending_is_bounded),
		T(test_create_and_open_rules),
		cmocka_unit_test(test_in_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
