/*
 * System calls that do less than asked: short reads and writes, signals in
 * the middle, full disks; and how their errors are named.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/resource.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"

#define TOTAL	200000		/* bytes: several times what a pipe holds */
#define PIECE	777

struct stream {
	uint8_t		 bytes[TOTAL];
	pthread_t	 peer;		/* interrupted while it waits */
	int		 fd;
	int		 r;
};

static void
on_signal(int sig)
{
	(void)sig;
}

/* A handler without SA_RESTART: waiting calls end with EINTR. */
static void
interruptible(void)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = on_signal;
	(void)sigemptyset(&sa.sa_mask);
	assert_int_equal(sigaction(SIGUSR1, &sa, NULL), 0);
}

static void
fill(uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 31 >> 3);
}

/* Writes piece by piece, a signal to the reader between any two. */
static void *
write_pieces(void *arg)
{
	struct stream *s = arg;
	size_t done, n;

	for (done = 0; done < TOTAL && s->r == 0; done += n) {
		n = TOTAL - done < PIECE ? TOTAL - done : PIECE;
		s->r = fss__io_write(s->fd, s->bytes + done, n);
		(void)pthread_kill(s->peer, SIGUSR1);
	}
	(void)close(s->fd);
	return NULL;
}

static void
test_short_reads(void **state)
{
	struct stream *s;
	pthread_t thread;
	uint8_t *got;
	size_t n;
	int fds[2];

	(void)state;
	interruptible();
	s = calloc(1, sizeof(*s));
	got = malloc(TOTAL + 100);
	assert_non_null(s);
	assert_non_null(got);
	fill(s->bytes, TOTAL);
	assert_int_equal(pipe(fds), 0);
	s->fd = fds[1];
	s->peer = pthread_self();
	assert_int_equal(pthread_create(&thread, NULL, write_pieces, s), 0);
	assert_int_equal(fss__io_read(fds[0], got, TOTAL + 100, &n), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(s->r, 0);
	assert_int_equal(n, TOTAL);
	assert_memory_equal(got, s->bytes, TOTAL);
	(void)close(fds[0]);
	free(got);
	free(s);
}

static void *
write_all(void *arg)
{
	struct stream *s = arg;

	s->r = fss__io_write(s->fd, s->bytes, TOTAL);
	(void)close(s->fd);
	return NULL;
}

/* The pipe is full most of the time, and the writer gets signals. */
static void
test_short_writes(void **state)
{
	struct stream *s;
	pthread_t thread;
	uint8_t piece[PIECE];
	size_t n, done = 0;
	int fds[2];

	(void)state;
	interruptible();
	s = calloc(1, sizeof(*s));
	assert_non_null(s);
	fill(s->bytes, TOTAL);
	assert_int_equal(pipe(fds), 0);
	s->fd = fds[1];
	assert_int_equal(pthread_create(&thread, NULL, write_all, s), 0);
	for (;;) {
		assert_int_equal(fss__io_read(fds[0], piece, sizeof(piece),
		    &n), 0);
		if (n == 0)
			break;
		assert_memory_equal(piece, s->bytes + done, n);
		done += n;
		(void)pthread_kill(thread, SIGUSR1);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(s->r, 0);
	assert_int_equal(done, TOTAL);
	(void)close(fds[0]);
	free(s);
}

/* ---- files that cannot be written --------------------------------------- */

struct folder {
	char	dir[32];
	char	file[48];
};

static void
folder_open(struct folder *f)
{
	memcpy(f->dir, "/tmp/fss-io-XXXXXX", 19);
	assert_non_null(mkdtemp(f->dir));
	assert_int_equal(fss__fmt(f->file, sizeof(f->file), "%s/file",
	    f->dir), 0);
}

static void
folder_close(const struct folder *f)
{
	assert_int_equal(unlink(f->file), 0);
	assert_int_equal(rmdir(f->dir), 0);
}

static void
test_full_disk(void **state)
{
	int fd;

	(void)state;
	fd = open("/dev/full", O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(fss__io_write(fd, "x", 1), FSS_ENOSPC);
	(void)close(fd);
}

/*
 * A limit in the middle of a write: the kernel takes a part, then refuses.
 * The old file stays as it was, and nothing is left beside it.
 */
static void
test_write_cut_short(void **state)
{
	struct rlimit before, limit;
	struct folder f;
	uint8_t bytes[8192], *data;
	size_t n;
	int r;

	(void)state;
	folder_open(&f);
	fill(bytes, sizeof(bytes));
	assert_int_equal(fss__io_write_file(f.file, "old", 3, 0600), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	limit = before;
	limit.rlim_cur = 5000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	r = fss__io_write_file(f.file, bytes, sizeof(bytes), 0600);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(r, FSS_ETOOBIG);
	assert_int_equal(fss__io_read_file(f.file, 100, &data, &n), 0);
	assert_int_equal(n, 3);
	assert_memory_equal(data, "old", 3);
	fss__free(data);
	folder_close(&f);
}

/* A pipe in the place of a file must not hang the reader. */
static void
test_not_a_file(void **state)
{
	struct folder f;
	uint8_t *data;
	size_t n;

	(void)state;
	folder_open(&f);
	assert_int_equal(mkfifo(f.file, 0600), 0);
	assert_int_equal(fss__io_read_file(f.file, 9, &data, &n),
	    FSS_ENOTSUP);
	assert_null(data);
	folder_close(&f);
}

/* A file whose size says 0 is read to its end, within the ceiling. */
static void
test_size_unknown(void **state)
{
	uint8_t *data;
	size_t n;

	(void)state;
	assert_int_equal(fss__io_read_file("/proc/self/status", 65536, &data,
	    &n), 0);
	assert_true(n > 100);
	assert_int_equal(strlen((char *)data), n);
	fss__free(data);
	assert_int_equal(fss__io_read_file("/proc/self/status", 100, &data,
	    &n), FSS_ETOOBIG);
	assert_null(data);
}

static void
test_sync(void **state)
{
	int fds[2];

	(void)state;
	assert_int_equal(fss__io_fsync_dir("."), 0);
	assert_int_equal(fss__io_fsync_dir("/dev/null"), FSS_ENOTDIR);
	assert_int_equal(fss__io_fsync_dir("/nowhere/at/all"), FSS_ENOENT);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fss__io_fdatasync(fds[0]), FSS_EIO);
	(void)close(fds[0]);
	(void)close(fds[1]);
}

static void
test_errno(void **state)
{
	static const struct {
		int	from, to;
	} map[] = {
		{ ENOMEM, FSS_ENOMEM }, { ENOENT, FSS_ENOENT },
		{ EEXIST, FSS_EEXIST }, { ENOTDIR, FSS_ENOTDIR },
		{ EISDIR, FSS_EISDIR }, { ENOTEMPTY, FSS_ENOTEMPTY },
		{ EACCES, FSS_EDENIED }, { EPERM, FSS_EDENIED },
		{ EROFS, FSS_EROFS }, { ENOSPC, FSS_ENOSPC },
		{ EDQUOT, FSS_ENOSPC }, { EFBIG, FSS_ETOOBIG },
		{ ENAMETOOLONG, FSS_EPATH }, { EBUSY, FSS_EBUSY },
		{ EADDRINUSE, FSS_EBUSY }, { EAGAIN, FSS_EAGAIN },
		{ ETIMEDOUT, FSS_ETIMEDOUT }, { ENOSYS, FSS_ENOTSUP },
		{ EIO, FSS_EIO }, { EBADF, FSS_EIO }, { 0, FSS_EIO },
		{ 99999, FSS_EIO }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		assert_int_equal(fss__errno(map[i].from), map[i].to);
}

/* Going over RLIMIT_FSIZE and a closed pipe are errors, not deaths. */
static int
setup(void **state)
{
	struct sigaction sa;

	(void)state;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = SIG_IGN;
	(void)sigemptyset(&sa.sa_mask);
	return sigaction(SIGXFSZ, &sa, NULL) < 0 ||
	    sigaction(SIGPIPE, &sa, NULL) < 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_short_reads),
		cmocka_unit_test(test_short_writes),
		cmocka_unit_test(test_full_disk),
		cmocka_unit_test(test_write_cut_short),
		cmocka_unit_test(test_not_a_file),
		cmocka_unit_test(test_size_unknown),
		cmocka_unit_test(test_sync),
		cmocka_unit_test(test_errno)
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
