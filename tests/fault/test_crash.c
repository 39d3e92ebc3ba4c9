/*
 * Crash simulator: short histories from seeds, a power cut at every sync.
 *
 * A history puts files, adds and removes versions, rolls back, collects.  A
 * hook runs before and after each sync of the segments, and once after each
 * step; it copies the store as it is on disk, damages what no sync has covered
 * (fss__faultstore_crash()), opens the copy and looks whether
 *
 *  - it opens, and the check finds no problem (I1, I2: all that the index
 *    names is there and matches; all trees are whole; counts are right),
 *  - every version committed before is there and reads back byte for byte
 *    (I3), removed ones are gone,
 *  - nothing of the batch under way is there (I4),
 *  - it can be written to again.
 *
 * The recovery of a copy syncs too, and is cut off in the same way.  In half
 * of the images nothing is damaged: a kill of the process alone, after which
 * no put that was acknowledged may be forgotten.
 *
 * FSS_CRASH_FIRST and FSS_CRASH_COUNT choose the seeds; a failure prints its
 * own.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/time.h"
#include "rng.h"
#include "store_kit.h"

#define HISTORIES	150
#define VERSIONS	24
#define CONTENTS	40
#define STEPS		10
#define ACCOUNT		1
#define DAY_US		(INT64_C(86400) * 1000000)

struct version {
	uint64_t	n;
	unsigned	chunks;
	bool		there;		/* committed */
	bool		next;		/* after the batch under way */
};

struct sim {
	char			 dir[FOLDER_PATH];	/* has "store" */
	struct fss__store	*s;
	struct fss__chunkstore	 cs;		/* the fault driver */
	const struct fss__chunkstore *before;	/* that of who was killed */
	struct rng		 rng;		/* of the history */
	struct rng		 cut;		/* of the damage */
	uint64_t		 seed;
	unsigned		 depth;		/* 0: history, 1: recovery */
	struct version		 v[VERSIONS];
	bool			 held[CONTENTS];
	unsigned long		 images;
};

static void look(struct sim *sim, bool damage);

static void
at_sync(void *ctx, bool done)
{
	struct sim *sim = ctx;

	(void)done;
	look(sim, rng_below(&sim->cut, 2) == 0);
}

static int
wrap(void *ctx, struct fss__chunkstore inner, struct fss__chunkstore *ret_cs)
{
	struct fss__fault_plan plan;
	struct sim *sim = ctx;
	int r;

	memset(&plan, 0, sizeof(plan));
	plan.at_sync = at_sync;
	plan.at_sync_ctx = sim;
	r = fss__faultstore_open(inner, &plan, ret_cs);
	sim->cs = *ret_cs;
	if (r == 0 && sim->before != NULL)
		r = fss__faultstore_inherit(ret_cs, sim->before);
	return r;
}

static struct fss__store *
open_wrapped(struct sim *sim)
{
	struct fss__store_config cfg;

	memset(&cfg, 0, sizeof(cfg));
	cfg.segment_bytes = 8192 + sim->seed % 3 * 16384;
	cfg.wrap = wrap;
	cfg.wrap_ctx = sim;
	return kit_open(sim->dir, &cfg);
}

/* ---- what must hold after any crash ----------------------------------- */

static void
verify(const struct sim *sim, struct fss__store *s, bool damaged)
{
	struct fss__reader_store *r;
	uint64_t i;

	assert_int_equal(kit_check(s), 0);
	assert_int_equal(fss__reader_store_open(s, &r), 0);
	for (i = 0; i < VERSIONS; i++) {
		assert_int_equal(kit_has_version(s, (int64_t)i),
		    sim->v[i].there);
		if (sim->v[i].there)
			assert_int_equal(kit_read_file(r, sim->v[i].n,
			    sim->v[i].chunks), 0);
	}
	for (i = 0; i < CONTENTS && !damaged; i++) {
		if (sim->held[i])
			assert_int_equal(kit_missing(r, ACCOUNT, i), 0);
	}
	fss__reader_store_close(r);
}

static void
verify_writable(struct fss__store *s)
{
	struct fss__id root;

	assert_int_equal(fss__store_begin(s), 0);
	assert_int_equal(kit_put_file(s, ACCOUNT, 500, 3, &root), 0);
	assert_int_equal(kit_version(s, ACCOUNT, &root, 500), 0);
	assert_int_equal(fss__store_commit(s, true), 0);
	assert_int_equal(kit_check(s), 0);
}

static void
append_junk(struct sim *sim, const char *dir, const char *name)
{
	uint8_t junk[5000];
	char path[FOLDER_PATH];
	size_t n = 1 + (size_t)rng_below(&sim->cut, sizeof(junk));
	FILE *fp;

	folder_path(path, dir, name);
	if (access(path, F_OK) != 0)
		return;
	rng_fill(&sim->cut, junk, n);
	fp = fopen(path, "ab");
	assert_non_null(fp);
	assert_int_equal(fwrite(junk, 1, n, fp), n);
	assert_int_equal(fclose(fp), 0);
}

/* Makes the image of a crash at this moment. */
static void
make_image(struct sim *sim, const char *image, bool damage)
{
	char from[FOLDER_PATH], to[FOLDER_PATH], path[FOLDER_PATH];

	folder_path(from, sim->dir, "store");
	folder_path(to, image, "store");
	folder_copy(from, to);
	/* Shared memory does not outlive the process. */
	folder_path(path, image, "store/meta.db-shm");
	folder_remove(path);
	if (!damage)
		return;
	folder_path(path, image, "store/seg");
	assert_int_equal(fss__faultstore_crash(&sim->cs, rng_u64(&sim->cut),
	    path), 0);
	/* The log may have been in the middle of its next transaction. */
	if (rng_below(&sim->cut, 2) == 0)
		append_junk(sim, image, "store/meta.db-wal");
}

static void
look(struct sim *sim, bool damage)
{
	struct sim *inner;
	struct fss__store *s;
	char image[FOLDER_PATH];

	if (sim->depth > 1)
		return;
	folder_new(image);
	make_image(sim, image, damage);
	sim->images++;
	/* Its recovery is a history of its own, with the same end. */
	inner = calloc(1, sizeof(*inner));
	assert_non_null(inner);
	*inner = *sim;
	memcpy(inner->dir, image, sizeof(image));
	inner->depth = sim->depth + 1;
	inner->images = 0;
	/* Only a power cut decides what becomes of the unsynced. */
	inner->before = damage ? NULL : &sim->cs;
	inner->cut.s = rng_u64(&sim->cut);
	if (damage)
		memset(inner->held, 0, sizeof(inner->held));
	s = open_wrapped(inner);
	inner->depth = 2;		/* what follows needs no images */
	verify(sim, s, damage);
	verify_writable(s);
	fss__store_close(s);
	sim->images += inner->images;
	free(inner);
	folder_remove(image);
}

/* ---- histories -------------------------------------------------------- */

static void
begin(struct sim *sim)
{
	size_t i;

	for (i = 0; i < VERSIONS; i++)
		sim->v[i].next = sim->v[i].there;
	assert_int_equal(fss__store_begin(sim->s), 0);
}

static void
end(struct sim *sim, bool durable)
{
	size_t i;

	if (rng_below(&sim->rng, 8) == 0) {
		fss__store_abort(sim->s);
		return;
	}
	assert_int_equal(fss__store_commit(sim->s, durable), 0);
	for (i = 0; i < VERSIONS; i++)
		sim->v[i].there = sim->v[i].next;
}

static void
put_file(struct sim *sim, uint64_t n, unsigned chunks, struct fss__id *root)
{
	unsigned i;

	assert_int_equal(kit_put_file(sim->s, ACCOUNT, n, chunks, root), 0);
	for (i = 0; i < chunks; i++)
		sim->held[n + i] = true;
}

static void
change_version(struct sim *sim)
{
	uint64_t i = rng_below(&sim->rng, VERSIONS);
	struct version *v = &sim->v[i];
	struct fss__db *db = fss__store_db(sim->s);
	bool undo = rng_below(&sim->rng, 4) == 0;
	struct fss__id root;
	uint64_t n = v->n;
	unsigned chunks = v->chunks;

	if (v->there && !v->next)
		return;		/* back in the same batch: as another file */
	if (!v->next) {
		chunks = 1 + (unsigned)rng_below(&sim->rng, 5);
		n = rng_below(&sim->rng, CONTENTS - chunks);
		put_file(sim, n, chunks, &root);
	}
	assert_int_equal(fss__db_savepoint(db), 0);
	if (v->next)
		assert_int_equal(kit_unversion(sim->s, (int64_t)i), 0);
	else
		assert_int_equal(kit_version(sim->s, ACCOUNT, &root,
		    (int64_t)i), 0);
	if (undo) {
		fss__db_rollback_to(db);
		return;
	}
	assert_int_equal(fss__db_release(db), 0);
	v->next = !v->next;
	if (v->next) {
		v->n = n;
		v->chunks = chunks;
	}
}

static void
step(struct sim *sim)
{
	uint64_t what = rng_below(&sim->rng, 10), i;
	unsigned chunks = 1 + (unsigned)rng_below(&sim->rng, 5);
	struct fss__id root;

	if (what < 2) {
		put_file(sim, rng_below(&sim->rng, CONTENTS - chunks), chunks,
		    &root);
	} else if (what < 8) {
		begin(sim);
		for (i = 1 + rng_below(&sim->rng, 4); i > 0; i--)
			change_version(sim);
		end(sim, rng_below(&sim->rng, 4) != 0);
	} else {
		/* What nobody refers to is no longer promised. */
		memset(sim->held, 0, sizeof(sim->held));
		for (i = 0; i < 6; i++)
			assert_true(fss__store_collect(sim->s, fss__wall_us() +
			    2 * DAY_US) >= 0);
	}
}

static void
run_history(uint64_t seed, const char *empty, unsigned long *images)
{
	char to[FOLDER_PATH];
	struct sim *sim;
	unsigned i;

	sim = calloc(1, sizeof(*sim));
	assert_non_null(sim);
	sim->seed = seed;
	sim->rng.s = seed;
	sim->cut.s = ~seed;
	folder_new(sim->dir);
	folder_path(to, sim->dir, "store");
	folder_copy(empty, to);
	sim->s = open_wrapped(sim);
	for (i = 0; i < STEPS; i++) {
		step(sim);
		if (i % 3 == 2)
			look(sim, rng_below(&sim->cut, 2) == 0);
	}
	sim->depth = 2;
	fss__store_close(sim->s);
	*images += sim->images;
	folder_remove(sim->dir);
	free(sim);
}

static uint64_t
setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static uint64_t running;

static void
test_histories(void **state)
{
	uint64_t first = setting("FSS_CRASH_FIRST", 1);
	uint64_t count = setting("FSS_CRASH_COUNT", HISTORIES);
	unsigned long images = 0;
	struct fss__err err;
	char dir[FOLDER_PATH], empty[FOLDER_PATH];

	(void)state;
	folder_new(dir);
	folder_path(empty, dir, "store");
	assert_int_equal(fss__store_create(empty, &err), 0);
	for (running = first; running < first + count; running++)
		run_history(running, empty, &images);
	folder_remove(dir);
	print_message("%llu histories from seed %llu, %lu crashes\n",
	    (unsigned long long)count, (unsigned long long)first, images);
	assert_true(images > count);
}

static int
name_seed(void **state)
{
	(void)state;
	if (running != 0)
		print_message("last seed: %llu\n",
		    (unsigned long long)running);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_histories, name_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
