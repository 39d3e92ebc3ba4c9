/*
 * The store on a bad day: files damaged, cut, lost or of another store, a
 * second opener, folders that cannot be written.
 *
 * Each is told by name; what is read is right or an error, never something
 * else; and what is damaged comes back with the next upload.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <sys/wait.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "rng.h"
#include "store/seg_format.h"
#include "store_kit.h"

#define FILES	6
#define CHUNKS	4
#define NOBODY	65534

static void
reopen(struct kit *f)
{
	fss__store_close(f->s);
	f->s = kit_open(f->dir, NULL);
}

static int
setup(void **state)
{
	struct kit *f;
	int64_t i;

	(void)kit_setup(state);
	f = *state;
	fss__reader_store_close(f->r);	/* each test opens its own */
	f->r = NULL;
	for (i = 0; i < FILES; i++)
		kit_add_version(f->s, (uint64_t)i * 100, CHUNKS, i);
	return 0;
}

static int
teardown(void **state)
{
	return kit_teardown(state);
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

/* ---- who may open ----------------------------------------------------- */

static void
test_second_process_is_refused(void **state)
{
	struct kit *f = *state;
	struct fss__store *s;
	struct fss__err err;
	int status;
	pid_t pid;

	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(kit_try_open(f->dir, NULL, &err, &s) == FSS_EBUSY ?
		    0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_whole(f->s);
}

static void
open_mode(const char *dir, mode_t mode)
{
	static const char *const names[] = {
		"", "store", "store/seg", "store/meta.db", "store/store",
		"store/lock", "store/seg/00000001.seg"
	};
	char path[FOLDER_PATH];
	struct stat st;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		folder_path(path, dir, names[i]);
		if (stat(path, &st) != 0)
			continue;
		assert_int_equal(chmod(path, S_ISDIR(st.st_mode) ?
		    mode | 0555 : mode & 0666), 0);
	}
}

/* Run as somebody who may read everything and write nothing. */
static int
as_reader(const char *dir)
{
	struct fss__store_config cfg;
	struct fss__reader_store *r;
	struct fss__store *s;
	struct fss__err err;

	if (getuid() == 0 && setuid(NOBODY) != 0)
		return 10;
	if (kit_try_open(dir, NULL, &err, &s) != FSS_EROFS)
		return 11;
	memset(&cfg, 0, sizeof(cfg));
	cfg.read_only = true;
	if (kit_try_open(dir, &cfg, &err, &s) != 0)
		return 12;
	if (fss__store_begin(s) != FSS_EROFS ||
	    kit_put(s, KIT_ALICE, 1) != FSS_EROFS)
		return 13;
	if (fss__reader_store_open(s, &r) != 0 ||
	    kit_read_file(r, 100, CHUNKS) != 0)
		return 14;
	fss__reader_store_close(r);
	fss__store_close(s);
	return 0;
}

static void
test_read_only_folder(void **state)
{
	struct kit *f = *state;
	int status;
	pid_t pid;

	fss__store_close(f->s);		/* leaves no log behind */
	f->s = NULL;
	open_mode(f->dir, 0444);
	pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(as_reader(f->dir));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	open_mode(f->dir, 0755);
	assert_int_equal(status, 0);
	reopen(f);
	assert_whole(f->s);
}

static void
test_read_only_check(void **state)
{
	struct kit *f = *state;
	struct fss__store_config cfg;
	struct fss__store *s;

	fss__store_close(f->s);
	f->s = NULL;
	memset(&cfg, 0, sizeof(cfg));
	cfg.read_only = true;
	s = kit_open(f->dir, &cfg);
	assert_whole(s);
	fss__store_close(s);
}

/* ---- damaged files ---------------------------------------------------- */

static int
try_open(struct kit *f)
{
	struct fss__store *s;
	struct fss__err err;
	int r = kit_try_open(f->dir, NULL, &err, &s);

	if (r != 0)
		assert_true(err.detail[0] != '\0');
	fss__store_close(s);
	return r;
}

static void
test_damaged_database(void **state)
{
	struct kit *f = *state;
	char path[FOLDER_PATH], kept[FOLDER_PATH];

	fss__store_close(f->s);
	f->s = NULL;
	folder_flip(f->dir, "store/meta.db", 2, 0x20);
	assert_int_equal(try_open(f), FSS_ECORRUPT);
	folder_flip(f->dir, "store/meta.db", 2, 0x20);
	/* Lost: no empty one is made in its place. */
	folder_path(path, f->dir, "store/meta.db");
	folder_path(kept, f->dir, "kept");
	assert_int_equal(rename(path, kept), 0);
	assert_int_equal(try_open(f), FSS_ECORRUPT);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(rename(kept, path), 0);
	assert_int_equal(try_open(f), 0);
	/* Its tables damaged: the check says so. */
	folder_flip(f->dir, "store/meta.db", 4096 * 3 + 5, 0xff);
	f->s = NULL;
	if (try_open(f) == 0) {
		reopen(f);
		assert_int_equal(fss__store_check(f->s, NULL, NULL),
		    FSS_ECORRUPT);
	}
}

static void
test_foreign_database(void **state)
{
	struct kit *f = *state;
	char other[FOLDER_PATH], from[FOLDER_PATH], to[FOLDER_PATH];
	struct fss__err err;

	fss__store_close(f->s);
	f->s = NULL;
	folder_path(other, f->dir, "other");
	assert_int_equal(fss__store_create(other, &err), 0);
	folder_path(from, other, "meta.db");
	folder_path(to, f->dir, "store/meta.db");
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(try_open(f), FSS_ECORRUPT);
}

static void
test_store_file(void **state)
{
	struct kit *f = *state;

	fss__store_close(f->s);
	f->s = NULL;
	folder_flip(f->dir, "store/store", 10, '1' ^ '2');
	assert_int_equal(try_open(f), FSS_ESCHEMA);
	folder_flip(f->dir, "store/store", 10, '1' ^ '2');
	folder_flip(f->dir, "store/store", 0, 1);
	assert_int_equal(try_open(f), FSS_ECORRUPT);
	folder_flip(f->dir, "store/store", 0, 1);
	folder_cut(f->dir, "store/store", 20);
	assert_int_equal(try_open(f), FSS_ECORRUPT);
}

/* What is read is right or an error; a put of everything heals it. */
static void
read_and_heal(struct kit *f)
{
	struct fss__reader_store *r;
	struct fss__id root;
	int64_t i;
	int e;

	assert_int_equal(fss__reader_store_open(f->s, &r), 0);
	for (i = 0; i < FILES; i++) {
		e = kit_read_file(r, (uint64_t)i * 100, CHUNKS);
		assert_true(e == 0 || e == FSS_ECORRUPT);
	}
	fss__reader_store_close(r);
	(void)fss__store_check(f->s, NULL, NULL);	/* finds all of it */
	for (i = 0; i < FILES; i++)
		assert_int_equal(kit_put_file(f->s, KIT_ALICE,
		    (uint64_t)i * 100, CHUNKS, &root), 0);
	assert_int_equal(fss__store_begin(f->s), 0);
	assert_int_equal(fss__store_commit(f->s, true), 0);
	assert_whole(f->s);
}

static void
test_flipped_bytes(void **state)
{
	struct kit *f = *state;
	struct rng rng = { 42 };
	uint64_t size;
	unsigned round, i;

	for (round = 0; round < 60; round++) {
		fss__store_close(f->s);
		f->s = NULL;
		size = folder_file_size(f->seg, "00000001.seg");
		for (i = 0; i <= round % 4; i++)
			folder_flip(f->seg, "00000001.seg",
			    rng_below(&rng, size),
			    (uint8_t)(1 + rng_below(&rng, 255)));
		reopen(f);
		read_and_heal(f);
	}
}

static void
test_cut_segment(void **state)
{
	struct kit *f = *state;
	struct rng rng = { 43 };
	uint64_t size;
	unsigned round;

	for (round = 0; round < 30; round++) {
		fss__store_close(f->s);
		f->s = NULL;
		size = folder_file_size(f->seg, "00000001.seg");
		folder_cut(f->seg, "00000001.seg", rng_below(&rng, size));
		reopen(f);
		/* It does not grow again over what the index still names. */
		read_and_heal(f);
	}
}

static void
test_lost_segment(void **state)
{
	struct kit *f = *state;
	char path[FOLDER_PATH];

	fss__store_close(f->s);
	f->s = NULL;
	folder_path(path, f->seg, "00000001.seg");
	folder_remove(path);
	reopen(f);
	assert_int_equal(fss__store_check(f->s, NULL, NULL), FSS_ECORRUPT);
	read_and_heal(f);
	/* Its number is not used again: the index still points into it. */
	folder_path(path, f->seg, "00000001.seg");
	assert_int_not_equal(access(path, F_OK), 0);
	assert_true(folder_file_size(f->seg, "00000002.seg") > 0);
	reopen(f);
	assert_whole(f->s);
}

/* Damage in what was not indexed yet loses that record only. */
static void
test_damage_in_the_tail(void **state)
{
	struct kit *f = *state;
	struct fss__reader_store *r;
	char live[FOLDER_PATH], copy[FOLDER_PATH];
	uint64_t size;
	unsigned i;

	size = folder_file_size(f->seg, "00000001.seg");
	for (i = 0; i < 3; i++)
		assert_int_equal(kit_put(f->s, KIT_ALICE, 9000 + i), 0);
	folder_path(live, f->dir, "store");
	folder_path(copy, f->dir, "copy");
	folder_copy(live, copy);
	fss__store_close(f->s);
	f->s = NULL;
	folder_remove(live);
	assert_int_equal(rename(copy, live), 0);
	folder_flip(f->seg, "00000001.seg", size + FSS__REC_HEAD, 1);
	reopen(f);
	assert_int_equal(fss__reader_store_open(f->s, &r), 0);
	assert_int_equal(kit_missing(r, KIT_ALICE, 9000), 1);
	assert_int_equal(kit_missing(r, KIT_ALICE, 9001), 0);
	assert_int_equal(kit_missing(r, KIT_ALICE, 9002), 0);
	fss__reader_store_close(r);
	assert_whole(f->s);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_second_process_is_refused),
		T(test_read_only_folder),
		T(test_read_only_check),
		T(test_damaged_database),
		T(test_foreign_database),
		T(test_store_file),
		T(test_flipped_bytes),
		T(test_cut_segment),
		T(test_lost_segment),
		T(test_damage_in_the_tail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
