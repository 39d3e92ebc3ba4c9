/*
 * read() and write() with interruptions and short transfers dealt with, and
 * the durable replacement of small files.
 *
 * Callers get whole transfers or an FSS_E... number; errno is not looked at
 * anywhere above.  After a failed fsync the kernel may have dropped the dirty
 * pages, so a sync is never repeated to make an error go away: only EINTR is.
 *
 * Not here: buffering, sockets, anything that waits for readiness.
 */
#include "base/io.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/num.h"
#include "base/str.h"

#define IO_SLICE	((size_t)1 << 30)	/* bytes asked for at once */
#define READ_STEP	65536			/* bytes, reading a file */
#define TMP_TRIES	100
#define TMP_SUFFIX	48			/* bytes of ".tmp<pid>.<n>" */

int
fss__errno(int e)
{
	switch (e) {
	case ENOMEM:
		return FSS_ENOMEM;
	case ENOENT:
		return FSS_ENOENT;
	case EEXIST:
		return FSS_EEXIST;
	case ENOTDIR:
		return FSS_ENOTDIR;
	case EISDIR:
		return FSS_EISDIR;
	case ENOTEMPTY:
		return FSS_ENOTEMPTY;
	case EACCES:
	case EPERM:
		return FSS_EDENIED;
	case EROFS:
		return FSS_EROFS;
	case ENOSPC:
	case EDQUOT:
		return FSS_ENOSPC;
	case EFBIG:
		return FSS_ETOOBIG;
	case ENAMETOOLONG:
		return FSS_EPATH;
	case EBUSY:
	case ETXTBSY:
	case EADDRINUSE:
		return FSS_EBUSY;
	case EAGAIN:
		return FSS_EAGAIN;
	case ETIMEDOUT:
		return FSS_ETIMEDOUT;
	case ENOTSUP:
	case ENOSYS:
		return FSS_ENOTSUP;
	default:
		return FSS_EIO;
	}
}

static size_t
slice(size_t left)
{
	return left < IO_SLICE ? left : IO_SLICE;
}

/* Offsets come from indexes on disk: one that off_t cannot hold is refused. */
static bool
range_ok(uint64_t off, size_t n)
{
	uint64_t end;

	return fss__add_u64(off, n, &end) && end <= INT64_MAX;
}

int
fss__io_read(int fd, void *p, size_t n, size_t *ret_n)
{
	size_t done = 0;
	ssize_t got;

	while (done < n) {
		got = read(fd, (char *)p + done, slice(n - done));
		if (got == 0)
			break;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fss__errno(errno);
		done += (size_t)got;
	}
	*ret_n = done;
	return 0;
}

int
fss__io_pread(int fd, void *p, size_t n, uint64_t off, size_t *ret_n)
{
	size_t done = 0;
	ssize_t got;

	if (!range_ok(off, n))
		return FSS_EINVAL;
	while (done < n) {
		got = pread(fd, (char *)p + done, slice(n - done),
		    (off_t)(off + done));
		if (got == 0)
			break;
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fss__errno(errno);
		done += (size_t)got;
	}
	*ret_n = done;
	return 0;
}

int
fss__io_write(int fd, const void *p, size_t n)
{
	size_t done = 0;
	ssize_t put;

	while (done < n) {
		put = write(fd, (const char *)p + done, slice(n - done));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return fss__errno(errno);
		if (put == 0)
			return FSS_EIO;
		done += (size_t)put;
	}
	return 0;
}

int
fss__io_pwrite(int fd, const void *p, size_t n, uint64_t off)
{
	size_t done = 0;
	ssize_t put;

	if (!range_ok(off, n))
		return FSS_EINVAL;
	while (done < n) {
		put = pwrite(fd, (const char *)p + done, slice(n - done),
		    (off_t)(off + done));
		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return fss__errno(errno);
		if (put == 0)
			return FSS_EIO;
		done += (size_t)put;
	}
	return 0;
}

int
fss__io_fdatasync(int fd)
{
	while (fdatasync(fd) < 0) {
		if (errno != EINTR)
			return fss__errno(errno);
	}
	return 0;
}

static int
sync_fd(int fd)
{
	while (fsync(fd) < 0) {
		if (errno != EINTR)
			return fss__errno(errno);
	}
	return 0;
}

int
fss__io_fsync_dir(const char *path)
{
	int fd, r;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return fss__errno(errno);
	r = sync_fd(fd);
	(void)close(fd);	/* nothing was written through it */
	return r;
}

int
fss__io_read_file(const char *path, size_t max, uint8_t **ret_data,
    size_t *ret_len)
{
	struct fss__buf b;
	struct stat st;
	uint8_t extra;
	size_t n, got;
	int fd, r;

	*ret_data = NULL;
	fss__buf_init(&b, max);
	/* O_NONBLOCK: opening a pipe somebody put here must not hang. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fss__errno(errno);
	if (fstat(fd, &st) < 0) {
		r = fss__errno(errno);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		r = S_ISDIR(st.st_mode) ? FSS_EISDIR : FSS_ENOTSUP;
		goto out;
	}
	r = FSS_ETOOBIG;
	if (st.st_size < 0 || (uintmax_t)st.st_size > max)
		goto out;
	/*
	 * The size is a hint, for it may change and is 0 below /proc.  Ask
	 * for it first, so that a file of secrets is read without the
	 * buffer ever moving; a byte beyond it says that there is more.
	 */
	n = (size_t)st.st_size;
	r = fss__buf_reserve(&b, n);
	while (r == 0) {
		r = fss__io_read(fd, b.data + b.len, n, &got);
		if (r < 0)
			break;
		b.len += got;
		r = fss__io_read(fd, &extra, 1, &got);
		if (r < 0 || got == 0)
			break;
		r = fss__buf_append(&b, &extra, 1);
		n = (size_t)fss__min_u64(max - b.len, READ_STEP);
		if (r == 0)
			r = fss__buf_reserve(&b, n);
	}
	if (r == 0 && fss__buf_str(&b) == NULL)
		r = b.err;
	if (r == 0)
		*ret_data = fss__buf_take(&b, ret_len);
out:
	fss__buf_release(&b);
	(void)close(fd);	/* read only */
	return r;
}

/*
 * A new file beside @path, 0600 until its contents are whole.  O_EXCL makes
 * the name ours alone; the number only has to avoid other writers and what a
 * crash left behind.
 */
static int
open_tmp(const char *path, char *tmp, size_t cap, int *ret_fd)
{
	static atomic_uint serial;
	int i, fd, r;

	for (i = 0; i < TMP_TRIES; i++) {
		r = fss__fmt(tmp, cap, "%s.tmp%ld.%u", path, (long)getpid(),
		    atomic_fetch_add(&serial, 1));
		if (r < 0)
			return r;
		fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
		if (fd >= 0) {
			*ret_fd = fd;
			return 0;
		}
		if (errno != EEXIST)
			return fss__errno(errno);
	}
	return FSS_EEXIST;
}

/* fsyncs the folder @path is in; @scratch has room for @path. */
static int
sync_parent(const char *path, char *scratch)
{
	const char *slash = strrchr(path, '/');
	size_t n;

	if (slash == NULL)
		return fss__io_fsync_dir(".");
	n = slash == path ? 1 : (size_t)(slash - path);
	memcpy(scratch, path, n);
	scratch[n] = '\0';
	return fss__io_fsync_dir(scratch);
}

int
fss__io_write_file(const char *path, const void *p, size_t n, mode_t mode)
{
	char *tmp = NULL;
	size_t cap;
	int fd = -1, r;
	bool made = false;

	cap = strlen(path) + TMP_SUFFIX;
	tmp = fss__alloc(cap);
	if (tmp == NULL)
		return FSS_ENOMEM;
	r = open_tmp(path, tmp, cap, &fd);
	if (r < 0)
		goto out;
	made = true;
	r = fss__io_write(fd, p, n);
	if (r == 0 && fchmod(fd, mode) < 0)
		r = fss__errno(errno);
	if (r == 0)
		r = sync_fd(fd);
	/* NFS and quotas may report a failed write only here. */
	if (close(fd) < 0 && r == 0 && errno != EINTR)
		r = fss__errno(errno);
	if (r == 0 && rename(tmp, path) < 0)
		r = fss__errno(errno);
	if (r < 0)
		goto out;
	made = false;
	r = sync_parent(path, tmp);
out:
	if (made)
		(void)unlink(tmp);	/* at worst it stays behind */
	fss__free(tmp);
	return r;
}
