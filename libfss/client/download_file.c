/*
 * Part files: content on its way to its place.
 *
 * A part file lies beside its target, under a name that follows from the
 * target's name and the content's id, so a later run finds it and goes on.
 * What is in it is believed only chunk by chunk, by digest.  It is made with
 * O_EXCL, or taken over only if it is a plain file of our own with one name,
 * and locked against another process that does the same.
 *
 * When all is written it is synced and renamed; several files are finished
 * together, so that the file system can join what it has to write for them.
 */
#define _GNU_SOURCE		/* sync_file_range: begins to write early */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "client/download.h"
#include "crypto/keys.h"

#define PART_TAIL	(sizeof(".fss-part-") - 1 + 16)
#define PART_MODE	0600
#define TOGETHER	128		/* files finished at a time */
#define EARLY		((uint64_t)8 << 20)	/* bytes, see above */

static char *
part_name(const struct dlfile *f, uint64_t tag)
{
	char name[FSS_LIMIT_NAME + 1];
	size_t n = strlen(f->name);

	if (n > FSS_LIMIT_NAME - PART_TAIL - 1)
		n = FSS_LIMIT_NAME - PART_TAIL - 1;
	/* Fits: it was cut to the room there is. */
	(void)fss__fmt(name, sizeof(name), ".%.*s.fss-part-%016llx", (int)n,
	    f->name, (unsigned long long)tag);
	return fss__strdup(name);
}

static int
make_new(struct dlfile *f)
{
	f->fd = openat(f->in->fd, f->part, O_RDWR | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, PART_MODE);
	return f->fd >= 0 ? 0 : fss__errno(errno);
}

/* False where another process has it. */
static bool
lock(int fd)
{
	struct flock fl;

	memset(&fl, 0, sizeof(fl));
	fl.l_type = F_WRLCK;
	fl.l_whence = SEEK_SET;
	return fcntl(fd, F_SETLK, &fl) == 0 ||
	    (errno != EAGAIN && errno != EACCES);
}

/* Takes over what an earlier run left; 0, FSS_EBUSY, or it is no good. */
static int
take_over(struct dlfile *f)
{
	struct stat st;

	f->fd = openat(f->in->fd, f->part,
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (f->fd < 0)
		return fss__errno(errno);
	if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_nlink != 1 || st.st_uid != geteuid()) {
		(void)close(f->fd);	/* was only looked at */
		f->fd = -1;
		return FSS_EEXIST;
	}
	if (!lock(f->fd)) {
		(void)close(f->fd);	/* was only looked at */
		f->fd = -1;
		return FSS_EBUSY;
	}
	f->part_size = (uint64_t)st.st_size;
	return 0;
}

int
fss__dl_part_open(struct dlfile *f)
{
	uint64_t tag = f->has_root ? fss__get_le64(f->root.b + 1) : 0;
	int r;

	f->part_size = 0;
	f->part = part_name(f, tag);
	if (f->part == NULL)
		return FSS_ENOMEM;
	r = make_new(f);
	if (r != FSS_EEXIST) {
		if (r == 0)
			(void)lock(f->fd);	/* nobody else knows it yet */
		return r;
	}
	r = take_over(f);
	if (r == 0)
		return 0;
	if (r != FSS_EBUSY) {
		if (unlinkat(f->in->fd, f->part, 0) != 0)
			return fss__errno(errno);
		return make_new(f);
	}
	fss__free(f->part);
	fss__random(&tag, sizeof(tag));
	f->part = part_name(f, tag);
	return f->part != NULL ? make_new(f) : FSS_ENOMEM;
}

bool
fss__dl_part_has(struct dlfile *f, const struct fss__node *node, uint8_t *buf)
{
	size_t got;

	if (node->offset >= f->part_size ||
	    node->span > f->part_size - node->offset)
		return false;
	return fss__io_pread(f->fd, buf, (size_t)node->span, node->offset,
	    &got) == 0 && got == node->span &&
	    fss__digest_verify(&node->id, buf, got) == 0;
}

int
fss__dl_part_write(struct dlfile *f, uint64_t offset, const void *p, size_t n)
{
	int r = fss__io_pwrite(f->fd, p, n, offset);

	/* Where it crosses a mark, what lies before it is set going. */
	if (r == 0 && offset / EARLY != (offset + n) / EARLY)
		(void)sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return r;
}

void
fss__dl_part_close(struct dlfile *f, bool discard)
{
	if (f->fd >= 0)
		(void)close(f->fd);	/* was synced, or is not relied on */
	f->fd = -1;
	if (discard && f->part != NULL)
		/* Best effort: it would only be of use to a later run. */
		(void)unlinkat(f->in->fd, f->part, 0);
	fss__free(f->part);
	f->part = NULL;
}

/* Size, mode and time; begins to write what is not on disk yet. */
static int
prepare(struct dlfile *f)
{
	struct stat st;
	int r;

	/* A part taken over may have been longer. */
	if (fstat(f->fd, &st) != 0)
		return fss__errno(errno);
	if ((uint64_t)st.st_size != f->size &&
	    ftruncate(f->fd, (off_t)f->size) != 0)
		return fss__errno(errno);
	if (fchmod(f->fd, f->mode & FSS__MODE_BITS) != 0)
		return fss__errno(errno);
	r = fss__local_set_mtime(f->fd, -1, NULL, f->mtime_us);
	if (r == 0)
		/* A help only: fdatasync() does it all where this fails. */
		(void)sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return r;
}

static int
move_into_place(struct dlfile *f)
{
	if (renameat(f->in->fd, f->part, f->in->fd, f->name) != 0)
		return fss__errno(errno);
	return 0;
}

/*
 * In three rounds, so that a journalling file system commits once for all:
 * the first fdatasync() takes along what the others would wait for.
 */
int
fss__dl_finish(struct download *d, bool now)
{
	struct dlfile *batch[TOGETHER], *f;
	int r[TOGETHER];
	unsigned i, n = 0;

	if (d->finishing.count < TOGETHER && !now)
		return 0;
	while (n < TOGETHER && (f = fss__dl_pop(&d->finishing)) != NULL) {
		r[n] = prepare(f);
		batch[n++] = f;
	}
	for (i = 0; i < n; i++)
		if (r[i] == 0)
			r[i] = fss__io_fdatasync(batch[i]->fd);
	for (i = 0; i < n; i++) {
		if (r[i] == 0)
			r[i] = move_into_place(batch[i]);
		if (r[i] != 0) {
			fss__dl_fail(d, batch[i], r[i]);
			continue;
		}
		fss__dl_part_close(batch[i], false);
		fss__dl_done(d, batch[i], false);
	}
	return n > 0;
}
