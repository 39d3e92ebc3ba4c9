/*
 * Folders for tests.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "folder.h"

#define COPY	65536

void
folder_path(char dst[FOLDER_PATH], const char *dir, const char *name)
{
	int n = snprintf(dst, FOLDER_PATH, "%s/%s", dir, name);

	assert_in_range(n, 1, FOLDER_PATH - 1);
}

void
folder_new(char path[FOLDER_PATH])
{
	const char *base = getenv("FSS_TEST_FOLDER");

	/* Memory, where there is some: thousands of syncs take no time. */
	if (base == NULL)
		base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
	folder_path(path, base, "fss-test-XXXXXX");
	assert_non_null(mkdtemp(path));
}

static void
each(const char *dir, void (*fn)(const char *path, const char *name,
    void *ctx), void *ctx)
{
	char path[FOLDER_PATH];
	struct dirent *e;
	DIR *d = opendir(dir);

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 ||
		    strcmp(e->d_name, "..") == 0)
			continue;
		folder_path(path, dir, e->d_name);
		fn(path, e->d_name, ctx);
	}
	(void)closedir(d);
}

static void
remove_one(const char *path, const char *name, void *ctx)
{
	(void)name;
	(void)ctx;
	folder_remove(path);
}

void
folder_remove(const char *path)
{
	struct stat st;

	if (lstat(path, &st) != 0) {
		assert_int_equal(errno, ENOENT);
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		(void)chmod(path, 0700);
		each(path, remove_one, NULL);
		assert_int_equal(rmdir(path), 0);
	} else {
		assert_int_equal(unlink(path), 0);
	}
}

static void
copy_file(const char *from, const char *to, mode_t mode)
{
	static uint8_t buf[COPY];
	ssize_t n;
	int in, out;

	in = open(from, O_RDONLY | O_CLOEXEC);
	assert_int_not_equal(in, -1);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	assert_int_not_equal(out, -1);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		assert_int_equal(write(out, buf, (size_t)n), n);
	assert_int_equal(n, 0);
	(void)close(in);
	(void)close(out);
}

static void
copy_one(const char *path, const char *name, void *ctx)
{
	char to[FOLDER_PATH];

	folder_path(to, ctx, name);
	folder_copy(path, to);
}

void
folder_copy(const char *from, const char *to)
{
	char target[FOLDER_PATH];
	struct stat st;

	assert_int_equal(lstat(from, &st), 0);
	if (S_ISDIR(st.st_mode)) {
		assert_int_equal(mkdir(to, 0700), 0);
		(void)snprintf(target, sizeof(target), "%s", to);
		each(from, copy_one, target);
	} else {
		copy_file(from, to, st.st_mode & 0777);
	}
}

uint64_t
folder_file_size(const char *dir, const char *name)
{
	char path[FOLDER_PATH];
	struct stat st;

	folder_path(path, dir, name);
	assert_int_equal(stat(path, &st), 0);
	return (uint64_t)st.st_size;
}

void
folder_flip(const char *dir, const char *name, uint64_t offset, uint8_t mask)
{
	char path[FOLDER_PATH];
	uint8_t byte;
	int fd;

	folder_path(path, dir, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(pread(fd, &byte, 1, (off_t)offset), 1);
	byte ^= mask;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)offset), 1);
	(void)close(fd);
}

void
folder_cut(const char *dir, const char *name, uint64_t size)
{
	char path[FOLDER_PATH];

	folder_path(path, dir, name);
	assert_int_equal(truncate(path, (off_t)size), 0);
}
