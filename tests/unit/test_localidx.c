/*
 * The announcer's index: rows, scans, pages, folders, offers; kept on disk.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "folder.h"
#include "store/localidx.h"
#include "wire/limits.h"

#define S(text)	fss__slice_str(text)

static char dir[FOLDER_PATH], path[FOLDER_PATH];

static int
setup(void **state)
{
	(void)state;
	folder_new(dir);
	folder_path(path, dir, "idx");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	folder_remove(dir);
	return 0;
}

static struct fss__localidx *
opened(void)
{
	struct fss__localidx *x;
	struct fss__err err;

	assert_int_equal(fss__localidx_open(path, &err, &x), 0);
	return x;
}

static int64_t
add(struct fss__localidx *x, const char *remote, const char *local,
    uint8_t root, int64_t scan)
{
	struct fss__local_file f;

	memset(&f, 0, sizeof(f));
	f.remote = S(remote);
	f.local = S(local);
	f.dev = UINT64_MAX;
	f.ino = 7;
	f.size = 300000;
	f.mtime_ns = -5;
	f.ctime_ns = INT64_MAX;
	f.has_root = root != 0;
	f.root.b[0] = FSS__ALG_SHA256;
	f.root.b[1] = root;
	f.depth = 1;
	f.scan = scan;
	assert_int_equal(fss__localidx_set(x, &f), 0);
	return f.id;
}

static void
test_rows(void **state)
{
	struct fss__localidx *x = opened();
	struct fss__local_file f;
	struct stat st;
	int64_t id;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(fss__localidx_get(x, S("/a"), &f), 0);
	id = add(x, "/a", "/home/\xff/a", 9, 1);
	fss__localidx_close(x);
	x = opened();
	assert_int_equal(fss__localidx_get(x, S("/a"), &f), 1);
	assert_int_equal(f.id, id);
	assert_true(fss__slice_eq(f.remote, S("/a")));
	assert_true(fss__slice_eq(f.local, S("/home/\xff/a")));
	assert_true(f.dev == UINT64_MAX);
	assert_int_equal(f.size, 300000);
	assert_int_equal(f.mtime_ns, -5);
	assert_true(f.ctime_ns == INT64_MAX);
	assert_true(f.has_root);
	assert_int_equal(f.root.b[1], 9);
	assert_int_equal(f.depth, 1);
	assert_false(f.told);
	assert_int_equal(fss__localidx_told(x, id), 0);
	assert_int_equal(fss__localidx_get(x, S("/a"), &f), 1);
	assert_true(f.told);
	/* Replacing forgets what was known of it. */
	id = add(x, "/a", "/b", 0, 2);
	assert_int_equal(fss__localidx_get(x, S("/a"), &f), 1);
	assert_false(f.told);
	assert_false(f.has_root);
	assert_int_equal(fss__localidx_remove(x, id), 0);
	assert_int_equal(fss__localidx_get(x, S("/a"), &f), 0);
	fss__localidx_close(x);
}

static void
test_by_root(void **state)
{
	struct fss__localidx *x = opened();
	struct fss__local_file f;
	struct fss__id root;
	int64_t first, second;

	(void)state;
	first = add(x, "/r/1", "/x", 3, 1);
	second = add(x, "/r/2", "/y", 3, 1);
	(void)add(x, "/r/3", "/z", 4, 1);
	assert_int_equal(fss__localidx_get(x, S("/r/1"), &f), 1);
	root = f.root;
	assert_int_equal(fss__localidx_by_root(x, &root, 0, &f), 1);
	assert_int_equal(f.id, first);
	assert_int_equal(fss__localidx_by_root(x, &root, first, &f), 1);
	assert_int_equal(f.id, second);
	assert_int_equal(fss__localidx_by_root(x, &root, second, &f), 0);
	fss__localidx_close(x);
}

/* Who still goes by what was replaced or removed finds nothing. */
static void
test_ids(void **state)
{
	struct fss__localidx *x = opened();
	struct fss__local_file f;
	struct fss__id id = { { FSS__ALG_SHA256 } };
	struct fss__slice data;
	uint64_t start;
	int64_t old, next;

	(void)state;
	old = add(x, "/a", "/a", 1, 1);
	next = add(x, "/a", "/a", 2, 2);
	assert_true(next > old);
	assert_int_equal(fss__localidx_page_add(x, next, 1, 0, &id, "p", 1),
	    0);
	assert_int_equal(fss__localidx_page_at(x, old, 1, 0, &start, &data),
	    0);
	assert_int_equal(fss__localidx_told(x, old), 0);
	assert_int_equal(fss__localidx_get(x, S("/a"), &f), 1);
	assert_false(f.told);
	assert_int_equal(fss__localidx_remove(x, next), 0);
	fss__localidx_close(x);
	/* Nor when it was closed meanwhile. */
	x = opened();
	assert_true(add(x, "/b", "/b", 3, 3) > next);
	fss__localidx_close(x);
}

/* What the hub dropped, and what was found to be something else. */
static void
test_untold(void **state)
{
	struct fss__localidx *x = opened();
	struct fss__local_file f;
	int64_t other = add(x, "/other", "/o", 2, 1);
	int64_t id = add(x, "/b", "/b", 1, 1);

	(void)state;
	assert_int_equal(fss__localidx_told(x, id), 0);
	assert_int_equal(fss__localidx_told(x, other), 0);
	assert_int_equal(fss__localidx_get(x, S("/b"), &f), 1);
	assert_int_equal(fss__localidx_untold(x, &f.root), 0);
	assert_int_equal(fss__localidx_get(x, S("/b"), &f), 1);
	assert_false(f.told);
	assert_int_equal(f.ino, 7);
	assert_int_equal(fss__localidx_get(x, S("/other"), &f), 1);
	assert_true(f.told);
	assert_int_equal(fss__localidx_doubt(x, other), 0);
	assert_int_equal(fss__localidx_get(x, S("/other"), &f), 1);
	assert_false(f.told);
	assert_int_equal(f.ino, 0);
	fss__localidx_close(x);
}

/* Only what is below the folder, by name and not by what it begins with. */
static void
test_scan(void **state)
{
	struct fss__localidx *x = opened();
	struct fss__local_file f;
	int64_t scan, kept;

	(void)state;
	kept = add(x, "/s/d/kept", "/1", 1, 1);
	(void)add(x, "/s/d/lost", "/2", 1, 1);
	(void)add(x, "/s/d-beside", "/3", 1, 1);
	(void)add(x, "/s/d", "/4", 1, 1);
	assert_int_equal(fss__localidx_scan(x, &scan), 0);
	assert_true(scan > 1);
	assert_int_equal(fss__localidx_found(x, kept, scan), 0);
	/* An older scan that runs beside does not take it back. */
	assert_int_equal(fss__localidx_found(x, kept, scan - 1), 0);
	assert_int_equal(fss__localidx_after(x, S("/s/d"), S(""), &f), 1);
	assert_true(fss__slice_eq(f.remote, S("/s/d")));
	assert_int_equal(fss__localidx_after(x, S("/s/d"), f.remote, &f), 1);
	assert_true(fss__slice_eq(f.remote, S("/s/d/kept")));
	assert_int_equal(fss__localidx_after(x, S("/s/d"), f.remote, &f), 1);
	assert_true(fss__slice_eq(f.remote, S("/s/d/lost")));
	assert_int_equal(fss__localidx_after(x, S("/s/d"), f.remote, &f), 0);
	assert_int_equal(fss__localidx_lost(x, S("/s/d"), scan,
	    S(""), &f), 1);
	assert_true(fss__slice_eq(f.remote, S("/s/d")));
	assert_int_equal(fss__localidx_remove(x, f.id), 0);
	assert_int_equal(fss__localidx_lost(x, S("/s/d"), scan,
	    S(""), &f), 1);
	assert_true(fss__slice_eq(f.remote, S("/s/d/lost")));
	assert_int_equal(fss__localidx_remove(x, f.id), 0);
	assert_int_equal(fss__localidx_lost(x, S("/s/d"), scan,
	    S(""), &f), 0);
	/* The whole space. */
	assert_int_equal(fss__localidx_lost(x, S("/"), scan,
	    S(""), &f), 1);
	fss__localidx_close(x);
}

static void
test_pages(void **state)
{
	static const struct {
		unsigned level;
		uint64_t start;
	} in_order[] = { { 2, 0 }, { 1, 0 }, { 1, 1000 }, { 1, 5000 } };
	struct fss__localidx *x = opened();
	int64_t id = add(x, "/p", "/p", 5, 1);
	uint64_t start = 0;
	unsigned level = FSS__MAX_LEVELS + 1;
	struct fss__slice data;
	struct fss__id page;
	int i;

	(void)state;
	memset(&page, 0, sizeof(page));
	/* As a manifest hands them out: children before parents. */
	for (i = 3; i >= 0; i--) {
		page.b[0] = (uint8_t)i;
		assert_int_equal(fss__localidx_page_add(x, id,
		    in_order[i].level, in_order[i].start, &page, "data",
		    (size_t)i), 0);
	}
	for (i = 0; i < 4; i++) {
		assert_int_equal(fss__localidx_page_after(x, id, level,
		    start, &page, &level, &start, &data), 1);
		assert_int_equal(level, in_order[i].level);
		assert_int_equal(start, in_order[i].start);
		assert_int_equal(page.b[0], i);
		assert_int_equal(data.n, i);
	}
	assert_int_equal(fss__localidx_page_after(x, id, level, start, &page,
	    &level, &start, &data), 0);
	assert_int_equal(fss__localidx_page_at(x, id, 1, 4999, &start,
	    &data), 1);
	assert_int_equal(start, 1000);
	assert_int_equal(fss__localidx_page_at(x, id, 3, 0, &start, &data),
	    0);
	/* They go with their file. */
	assert_int_equal(fss__localidx_remove(x, id), 0);
	assert_int_equal(fss__localidx_page_at(x, id, 1, 0, &start, &data),
	    0);
	fss__localidx_close(x);
}

static void
test_folders(void **state)
{
	struct fss__slice remote, local;
	struct fss__localidx *x = opened();
	uint64_t request;

	(void)state;
	assert_int_equal(fss__localidx_root_set(x, S("/m"), S("/old")), 0);
	assert_int_equal(fss__localidx_root_set(x, S("/m"), S("/new")), 0);
	assert_int_equal(fss__localidx_root_set(x, S("/m/sub"), S("/s")), 0);
	assert_int_equal(fss__localidx_root_set(x, S("/n"), S("/n")), 0);
	assert_int_equal(fss__localidx_root_after(x, S(""), &remote, &local),
	    1);
	assert_true(fss__slice_eq(remote, S("/m")));
	assert_true(fss__slice_eq(local, S("/new")));
	assert_int_equal(fss__localidx_root_remove(x, S("/m")), 0);
	assert_int_equal(fss__localidx_root_after(x, S(""), &remote, &local),
	    1);
	assert_true(fss__slice_eq(remote, S("/n")));
	assert_int_equal(fss__localidx_root_after(x, remote, &remote, &local),
	    0);
	assert_int_equal(fss__localidx_offer_set(x, 9, S("/f")), 0);
	assert_int_equal(fss__localidx_offer_set(x, 9, S("/g")), 0);
	assert_int_equal(fss__localidx_offer_get(x, 8, &local), 0);
	assert_int_equal(fss__localidx_offer_get(x, 9, &local), 1);
	assert_true(fss__slice_eq(local, S("/g")));
	assert_int_equal(fss__localidx_offer_after(x, 0, &request), 1);
	assert_int_equal(request, 9);
	assert_int_equal(fss__localidx_offer_after(x, 9, &request), 0);
	assert_int_equal(fss__localidx_offer_remove(x, 9), 0);
	assert_int_equal(fss__localidx_offer_get(x, 9, &local), 0);
	fss__localidx_close(x);
}

/* A file is of the announced folder that is nearest to it, by both names. */
static void
test_root_of(void **state)
{
	struct fss__localidx *x = opened();
	struct fss__local_file f;
	size_t len;

	(void)state;
	memset(&f, 0, sizeof(f));
	f.remote = S("/m/sub/f");
	f.local = S("/h\xff/sub/f");
	assert_int_equal(fss__localidx_root_of(x, &f, &len), 0);
	assert_int_equal(len, 0);
	assert_int_equal(fss__localidx_root_set(x, S("/m"), S("/h\xff")), 0);
	assert_int_equal(fss__localidx_root_set(x, S("/m/s"), S("/h\xff/s")),
	    0);
	assert_int_equal(fss__localidx_root_set(x, S("/n"), S("/h\xff/sub")),
	    0);
	assert_int_equal(fss__localidx_root_of(x, &f, &len), 1);
	assert_int_equal(len, 3);
	assert_int_equal(fss__localidx_root_set(x, S("/m/sub"),
	    S("/h\xff/sub")), 0);
	assert_int_equal(fss__localidx_root_of(x, &f, &len), 1);
	assert_int_equal(len, 7);
	f.local = S("/h\xff");
	f.remote = S("/m");
	assert_int_equal(fss__localidx_root_of(x, &f, &len), 1);
	assert_int_equal(len, 3);
	assert_int_equal(fss__localidx_root_remove(x, S("/m")), 0);
	assert_int_equal(fss__localidx_root_of(x, &f, &len), 0);
	assert_int_equal(fss__localidx_root_set(x, S("/"), S("/")), 0);
	assert_int_equal(fss__localidx_root_of(x, &f, &len), 1);
	assert_int_equal(len, 1);
	fss__localidx_close(x);
}

/* Two processes: what one commits the other sees; an abort leaves nothing. */
static void
test_shared(void **state)
{
	struct fss__localidx *x = opened(), *y = opened();
	struct fss__local_file f;

	(void)state;
	assert_int_equal(fss__localidx_begin(x), 0);
	(void)add(x, "/shared", "/1", 1, 1);
	assert_int_equal(fss__localidx_get(y, S("/shared"), &f), 0);
	fss__localidx_abort(x);
	assert_int_equal(fss__localidx_get(x, S("/shared"), &f), 0);
	assert_int_equal(fss__localidx_begin(x), 0);
	(void)add(x, "/shared", "/1", 1, 1);
	assert_int_equal(fss__localidx_commit(x), 0);
	assert_int_equal(fss__localidx_get(y, S("/shared"), &f), 1);
	fss__localidx_close(x);
	fss__localidx_close(y);
}

/* Does another process find a lock on the file?  Locks are a process's. */
static bool
is_locked(void)
{
	struct flock lock;
	int fd, status;
	pid_t pid;

	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		memset(&lock, 0, sizeof(lock));
		lock.l_type = F_WRLCK;
		lock.l_whence = SEEK_SET;
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd < 0 || fcntl(fd, F_GETLK, &lock) != 0)
			_exit(2);
		_exit(lock.l_type != F_UNLCK);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_in_range(WEXITSTATUS(status), 0, 1);
	return WEXITSTATUS(status) == 1;
}

/* Opening it again gives up nothing of who has it open already. */
static void
test_locks(void **state)
{
	struct fss__localidx *x = opened(), *y;

	(void)state;
	(void)add(x, "/a", "/a", 1, 1);
	assert_true(is_locked());
	y = opened();
	assert_true(is_locked());
	fss__localidx_close(y);
	assert_true(is_locked());
	fss__localidx_close(x);
	assert_false(is_locked());
}

/* A file of something else is left alone. */
static void
test_foreign(void **state)
{
	struct fss__localidx *x;
	struct fss__err err;
	struct fss__db *db;

	(void)state;
	fss__localidx_close(opened());
	fss__err_clear(&err);
	assert_int_equal(fss__db_open(path, FSS__DB_WRITE, &err, &db),
	    FSS_ECORRUPT);
	assert_int_equal(fss__localidx_open("/nowhere/at/all", &err, &x),
	    FSS_ENOENT);
	assert_true(err.detail[0] != '\0');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_rows, setup, teardown),
		cmocka_unit_test_setup_teardown(test_by_root, setup, teardown),
		cmocka_unit_test_setup_teardown(test_ids, setup, teardown),
		cmocka_unit_test_setup_teardown(test_untold, setup, teardown),
		cmocka_unit_test_setup_teardown(test_scan, setup, teardown),
		cmocka_unit_test_setup_teardown(test_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(test_folders, setup, teardown),
		cmocka_unit_test_setup_teardown(test_root_of, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_locks, setup, teardown),
		cmocka_unit_test_setup_teardown(test_foreign, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
