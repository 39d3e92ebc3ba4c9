/*
 * Folders with random content.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rng.h"
#include "tree.h"

#define PATH	1024

static void
join(char dst[PATH], const char *dir, const char *name)
{
	int n = snprintf(dst, PATH, "%s/%s", dir, name);

	assert_true(n > 0 && n < PATH);
}

void
tree_temp(char path[256])
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(path, 256, "%s/fss-test-XXXXXX",
	    tmp != NULL && strlen(tmp) < 200 ? tmp : "/tmp");
	assert_non_null(mkdtemp(path));
}

char *
tree_in(const char *dir, const char *name)
{
	static char path[8][PATH];
	static unsigned turn;

	turn = (turn + 1) % 8;
	join(path[turn], dir, name);
	return path[turn];
}

void
tree_remove(const char *path)
{
	char below[PATH];
	struct dirent *de;
	struct stat st;
	DIR *d;

	if (lstat(path, &st) != 0)
		return;
	if (!S_ISDIR(st.st_mode)) {
		assert_int_equal(unlink(path), 0);
		return;
	}
	assert_int_equal(chmod(path, 0700), 0);
	d = opendir(path);
	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		join(below, path, de->d_name);
		tree_remove(below);
	}
	(void)closedir(d);
	assert_int_equal(rmdir(path), 0);
}

static void
set_time(const char *path, uint64_t seed)
{
	struct timespec ts[2];
	struct rng rng = { seed + 77 };

	ts[0].tv_sec = ts[1].tv_sec =
	    (time_t)(1500000000 + rng_below(&rng, 100000000));
	ts[0].tv_nsec = ts[1].tv_nsec = (long)rng_below(&rng, 1000000) * 1000;
	assert_int_equal(utimensat(AT_FDCWD, path, ts, AT_SYMLINK_NOFOLLOW),
	    0);
}

void
tree_file(const char *dir, const char *name, size_t n, uint64_t seed)
{
	static const mode_t modes[] = { 0644, 0600, 0755, 0640, 0444 };
	struct rng rng = { seed };
	char path[PATH], buf[65536];
	size_t at, part;
	int fd;

	join(path, dir, name);
	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	for (at = 0; at < n; at += part) {
		part = n - at < sizeof(buf) ? n - at : sizeof(buf);
		rng_fill(&rng, buf, part);
		assert_int_equal(write(fd, buf, part), part);
	}
	assert_int_equal(fchmod(fd, modes[seed % 5]), 0);
	assert_int_equal(close(fd), 0);
	set_time(path, seed);
}

void
tree_make(const char *dir, uint64_t seed)
{
	static const size_t sizes[] = { 0, 1, 100, 4096, 65535, 65536, 65537,
	    300000, 1048576, 1048577, 3500000, 9000000 };
	static const char *const names[] = { "a b", "-x", "\xc3\xa4\xc3\xb6",
	    "new\xe2\x82\xac", ".hidden", "a'b\"c", "percent%s", "back\\slash",
	    "x.tar.gz" };
	char sub[PATH], path[PATH], name[64];
	unsigned i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		(void)snprintf(name, sizeof(name), "size-%zu", sizes[i]);
		tree_file(dir, name, sizes[i], seed * 100 + i);
	}
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		tree_file(dir, names[i], 50 + i, seed * 1000 + i);
	join(path, dir, "link");
	assert_int_equal(symlink("size-1", path), 0);
	set_time(path, seed);
	join(path, dir, "dangling");
	assert_int_equal(symlink("../../nowhere/\xc3\xa9", path), 0);
	set_time(path, seed + 1);
	join(sub, dir, "empty");
	assert_int_equal(mkdir(sub, 0755), 0);
	set_time(sub, seed + 2);
	join(sub, dir, "many");
	assert_int_equal(mkdir(sub, 0755), 0);
	for (i = 0; i < 600; i++) {
		(void)snprintf(name, sizeof(name), "f%04u", i);
		tree_file(sub, name, i % 7 == 0 ? 0 : 10 + i, seed * 77 + i);
	}
	assert_int_equal(chmod(sub, 0555), 0);
	set_time(sub, seed + 3);
	join(sub, dir, "deep");
	for (i = 0; i < 20; i++) {
		assert_int_equal(mkdir(sub, 0750), 0);
		tree_file(sub, "leaf", 1000 + i, seed * 5 + i);
		join(path, sub, "d");
		(void)snprintf(sub, sizeof(sub), "%s", path);
	}
	/* Times of folders last: making what is in them changed them. */
	for (i = 20; i > 0; i--) {
		*strrchr(sub, '/') = '\0';
		set_time(sub, seed + 10 + i);
	}
	set_time(dir, seed + 4);
}

static void
equal_content(const char *a, const char *b)
{
	static char x[65536], y[65536];
	int fa = open(a, O_RDONLY), fb = open(b, O_RDONLY);
	ssize_t n, m;

	assert_true(fa >= 0 && fb >= 0);
	do {
		n = read(fa, x, sizeof(x));
		m = read(fb, y, sizeof(y));
		assert_int_equal(n, m);
		if (n > 0)
			assert_memory_equal(x, y, (size_t)n);
	} while (n > 0);
	(void)close(fa);
	(void)close(fb);
}

static void
equal_one(const char *a, const char *b)
{
	char ta[PATH], tb[PATH];
	struct stat sa, sb;
	ssize_t n;

	assert_int_equal(lstat(a, &sa), 0);
	if (lstat(b, &sb) != 0)
		fail_msg("%s is missing: %s", b, strerror(errno));
	assert_int_equal(sa.st_mode, sb.st_mode);
	if (sa.st_mtim.tv_sec != sb.st_mtim.tv_sec ||
	    sa.st_mtim.tv_nsec / 1000 != sb.st_mtim.tv_nsec / 1000)
		fail_msg("%s and %s differ in time", a, b);
	if (S_ISLNK(sa.st_mode)) {
		n = readlink(a, ta, sizeof(ta));
		assert_true(n > 0);
		assert_int_equal(readlink(b, tb, sizeof(tb)), n);
		assert_memory_equal(ta, tb, (size_t)n);
	} else if (S_ISREG(sa.st_mode)) {
		assert_int_equal(sa.st_size, sb.st_size);
		equal_content(a, b);
	}
}

static unsigned
names_in(const char *dir, const char *other)
{
	char pa[PATH], pb[PATH];
	struct dirent *de;
	unsigned n = 0;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		n++;
		if (other == NULL)
			continue;
		join(pa, dir, de->d_name);
		join(pb, other, de->d_name);
		tree_equal(pa, pb);
	}
	(void)closedir(d);
	return n;
}

void
tree_equal(const char *a, const char *b)
{
	struct stat st;

	equal_one(a, b);
	assert_int_equal(lstat(a, &st), 0);
	if (S_ISDIR(st.st_mode))
		assert_int_equal(names_in(a, b), names_in(b, NULL));
}

unsigned
tree_count(const char *dir)
{
	char path[PATH];
	struct dirent *de;
	struct stat st;
	unsigned n = 0;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((de = readdir(d)) != NULL) {
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		n++;
		join(path, dir, de->d_name);
		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			n += tree_count(path);
	}
	(void)closedir(d);
	return n;
}
