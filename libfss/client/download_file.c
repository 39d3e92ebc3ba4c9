/*
 * Part files: content on its way to its place.
 *
 * A part file lies beside its target, under a name that follows from the
 * target's name and the content (download_part.c), so a later run finds it
 * and goes on.  What is in it is believed only chunk by chunk, by digest.  It
 * is made with O_EXCL, or taken over only if it is a plain file of our own
 * with one name and the mode it was made with, and locked against all others
 * that do the same.  Anything else of that name is left alone: the content
 * then goes to a part file of another name.
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
#include "base/sync.h"
#include "client/download.h"
#include "crypto/keys.h"

#define TOGETHER	128		/* files finished at a time */
#define EARLY		((uint64_t)8 << 20)	/* bytes, see above */

static void
let_go(struct dlfile *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);	/* was only looked at */
	f->fd = -1;
	fss__free(f->part);
	f->part = NULL;
}

/* Makes it; FSS_EEXIST, or FSS_EBUSY where somebody was quicker. */
static int
make_new(struct dlfile *f)
{
	f->fd = openat(f->in->fd, f->part, O_RDWR | O_CREAT | O_EXCL |
	    O_NOFOLLOW | O_CLOEXEC, FSS__PART_MODE);
	if (f->fd < 0)
		return fss__errno(errno);
	return fss__dl_part_lock(f->fd) &&
	    fss__dl_part_is(f->in, f->part, f->fd) ? 0 : FSS_EBUSY;
}

/*
 * Takes over what an earlier run left; FSS_EBUSY where it is another's, or
 * nothing an earlier run can have left.
 */
static int
take_over(struct dlfile *f)
{
	struct stat st;

	f->fd = openat(f->in->fd, f->part,
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (f->fd < 0 || !fss__dl_part_lock(f->fd) ||
	    fstat(f->fd, &st) != 0 || !fss__dl_part_ours(&st) ||
	    !fss__dl_part_is(f->in, f->part, f->fd))
		return FSS_EBUSY;
	f->part_size = (uint64_t)st.st_size;
	return 0;
}

static int
open_as(struct dlfile *f, uint64_t tag)
{
	char name[FSS__PART_BYTES];
	int r;

	fss__dl_part_name(name, f->name, tag);
	f->part = fss__strdup(name);
	if (f->part == NULL)
		return FSS_ENOMEM;
	r = make_new(f);
	if (r == FSS_EEXIST)
		r = take_over(f);
	if (r != 0)
		let_go(f);
	return r;
}

/* What tells this content from others of the same name. */
static uint64_t
content_tag(const struct dlfile *f)
{
	uint8_t text[sizeof(f->root.b) + 8];

	memset(text, 0, sizeof(text));
	if (f->has_root)
		memcpy(text, f->root.b, sizeof(f->root.b));
	fss__put_le64(text + sizeof(f->root.b), f->version);
	return fss__checksum(text, sizeof(text));
}

int
fss__dl_part_open(struct dlfile *f)
{
	uint64_t tag;
	int r;

	f->part_size = 0;
	r = open_as(f, content_tag(f));
	if (r != FSS_EBUSY)
		return r;
	fss__random(&tag, sizeof(tag));
	return open_as(f, tag);
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
	if (discard && f->fd >= 0 && fss__dl_part_is(f->in, f->part, f->fd))
		/* Best effort: it would only be of use to a later run. */
		(void)unlinkat(f->in->fd, f->part, 0);
	if (f->fd >= 0)
		(void)close(f->fd);	/* was synced, or is not relied on */
	f->fd = -1;
	fss__free(f->part);
	f->part = NULL;
}

/* Size and time; begins to write what is not on disk yet. */
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
	r = fss__local_set_mtime(f->fd, -1, NULL, f->mtime_us);
	if (r == 0)
		/* A help only: fdatasync() does it all where this fails. */
		(void)sync_file_range(f->fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	return r;
}

/* Only what was written may get the name, whatever lies there by now. */
static int
move_into_place(struct dlfile *f)
{
	if (!fss__dl_part_is(f->in, f->part, f->fd))
		return FSS_ECHANGED;
	if (fchmod(f->fd, f->mode & FSS__MODE_BITS) != 0)
		return fss__errno(errno);
	if (renameat(f->in->fd, f->part, f->in->fd, f->name) != 0)
		return fss__errno(errno);
	return 0;
}

/*
 * In three rounds, so that a journalling file system commits once for all,
 * and the disk empties its cache once for several.
 */
int
fss__dl_finish(struct download *d, bool now)
{
	struct dlfile *batch[TOGETHER], *f;
	int fd[TOGETHER], r[TOGETHER];
	unsigned i, n = 0;

	if (d->finishing.count < TOGETHER && !now)
		return 0;
	while (n < TOGETHER && (f = fss__dl_pop(&d->finishing)) != NULL) {
		r[n] = prepare(f);
		fd[n] = f->fd;
		batch[n++] = f;
	}
	fss__sync_all(fd, r, n);
	for (i = 0; i < n; i++) {
		if (r[i] == 0)
			r[i] = move_into_place(batch[i]);
		if (r[i] != 0) {
			fss__dl_fail_here(d, batch[i], r[i]);
			continue;
		}
		fss__dl_part_close(batch[i], false);
		fss__dl_done(d, batch[i], false);
	}
	return n > 0;
}
