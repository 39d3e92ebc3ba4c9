/*
 * The writing half of the segment driver: append, sync, roll, cut, drop.
 *
 * Small records go out in one pwrite() from a buffer; large ones straight from
 * the caller's memory.  A put that fails cuts the file back to where it was
 * or, where that fails too, seals the segment, so that no half record is
 * followed by a whole one.
 *
 * After a failed fdatasync() the kernel may have dropped what it could not
 * write and report success next time: the driver then takes no more writes.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <fss/error.h>

#include "base/io.h"
#include "store/seg_internal.h"

#define SMALL		16384u			/* content sent with its head */
#define WRITEBACK	(UINT64_C(8) << 20)	/* bytes between two nudges */

static int
writable(const struct fss__segstore *s)
{
	if (s->read_only)
		return FSS_EROFS;
	return s->broken ? FSS_EIO : 0;
}

/* Keeps the descriptor of a rolled segment until it is synced. */
static int
retire_tail(struct fss__segstore *s)
{
	int r;

	if (s->tail_fd == -1)
		return 0;
	if (s->tail_dirty && s->dirty_count == FSS__SEG_DIRTY) {
		r = fss__seg_sync(s);
		if (r != 0)
			return r;
	}
	if (s->tail_dirty)
		s->dirty[s->dirty_count++] = s->tail_fd;
	else
		(void)close(s->tail_fd);	/* nothing unsynced in it */
	s->tail_fd = -1;
	s->tail_dirty = false;
	return 0;
}

static int
new_segment(struct fss__segstore *s)
{
	uint8_t head[FSS__SEG_HEAD];
	char name[FSS__SEG_NAME];
	uint32_t id;
	int fd, r;

	id = s->count == 0 ? 0 : s->list[s->count - 1].id;
	if (id < s->reserved)
		id = s->reserved;
	if (++id == 0)
		return FSS_ENOSPC;	/* 2^32 segments were used */
	r = retire_tail(s);
	if (r != 0)
		return r;
	r = fss__seg_list_add(s, id, 0);
	if (r != 0)
		return r;
	fss__seg_name(name, id);
	fd = openat(s->dir_fd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
	    0600);
	if (fd == -1) {
		s->count--;
		r = fss__errno(errno);
		return r == FSS_EDENIED ? FSS_EROFS : r;
	}
	fss__seg_head_encode(head, id);
	r = fss__io_pwrite(fd, head, sizeof(head), 0);
	if (r != 0) {
		s->count--;
		(void)close(fd);
		(void)unlinkat(s->dir_fd, name, 0);	/* or EEXIST later */
		return r;
	}
	s->list[s->count - 1].size = FSS__SEG_HEAD;
	s->tail_fd = fd;
	s->tail_dirty = true;
	s->dir_dirty = true;
	s->sealed = false;
	s->started = 0;
	return 0;
}

static int
open_tail(struct fss__segstore *s)
{
	struct fss__seg *last;
	char name[FSS__SEG_NAME];

	if (s->count == 0)
		return new_segment(s);
	last = &s->list[s->count - 1];
	if (s->sealed || last->size >= s->roll_at ||
	    last->size < FSS__SEG_HEAD || last->size % FSS__REC_ALIGN != 0)
		return new_segment(s);
	if (s->tail_fd != -1)
		return 0;
	fss__seg_name(name, last->id);
	s->tail_fd = openat(s->dir_fd, name, O_RDWR | O_CLOEXEC);
	if (s->tail_fd == -1)
		return errno == EACCES ? FSS_EROFS : fss__errno(errno);
	s->started = last->size;
	return 0;
}

static int
write_record(int fd, const struct fss__rec_head *h, uint32_t segment,
    uint64_t off, const void *data)
{
	static const uint8_t zeros[FSS__REC_ALIGN];
	uint8_t buf[FSS__REC_HEAD + SMALL];
	uint64_t size = fss__rec_size(h->len);
	size_t pad = (size_t)(size - FSS__REC_HEAD - h->len);
	int r;

	fss__rec_head_encode(buf, h, segment, off);
	if (h->len <= SMALL) {
		if (h->len > 0)
			memcpy(buf + FSS__REC_HEAD, data, h->len);
		memset(buf + FSS__REC_HEAD + h->len, 0, pad);
		return fss__io_pwrite(fd, buf, (size_t)size, off);
	}
	r = fss__io_pwrite(fd, buf, FSS__REC_HEAD, off);
	if (r == 0)
		r = fss__io_pwrite(fd, data, h->len, off + FSS__REC_HEAD);
	if (r == 0 && pad > 0)
		r = fss__io_pwrite(fd, zeros, pad, off + FSS__REC_HEAD +
		    h->len);
	return r;
}

int
fss__seg_put(void *self, const uint8_t id[FSS_STORE_ID_BYTES], uint64_t tag,
    const void *data, size_t len, struct fss_store_loc *ret_loc)
{
	struct fss__segstore *s = self;
	struct fss__rec_head h;
	struct fss__seg *last;
	uint64_t off;
	int r;

	r = writable(s);
	if (r != 0)
		return r;
	if (len > FSS__REC_MAX)
		return FSS_ETOOBIG;
	r = open_tail(s);
	if (r != 0)
		return r;
	last = &s->list[s->count - 1];
	off = last->size;
	memcpy(h.id, id, sizeof(h.id));
	h.tag = tag;
	h.len = (uint32_t)len;
	s->tail_dirty = true;
	r = write_record(s->tail_fd, &h, last->id, off, data);
	if (r != 0) {
		if (ftruncate(s->tail_fd, (off_t)off) != 0)
			s->sealed = true;
		return r;
	}
	last->size = off + fss__rec_size(len);
	if (last->size - s->started >= WRITEBACK) {
		fss__seg_writeback(s->tail_fd, s->started,
		    last->size - s->started);
		s->started = last->size;
	}
	ret_loc->segment = last->id;
	ret_loc->offset = off;
	ret_loc->len = (uint32_t)len;
	return 0;
}

int
fss__seg_sync(void *self)
{
	struct fss__segstore *s = self;
	size_t i;
	int r = 0;

	if (s->read_only)
		return 0;
	if (s->broken)
		return FSS_EIO;
	for (i = 0; i < s->dirty_count && r == 0; i++)
		r = fss__io_fdatasync(s->dirty[i]);
	if (r == 0 && s->tail_dirty && s->tail_fd != -1)
		r = fss__io_fdatasync(s->tail_fd);
	if (r == 0 && s->dir_dirty && fsync(s->dir_fd) != 0)
		r = FSS_EIO;
	if (r != 0) {
		s->broken = true;
		return r;
	}
	for (i = 0; i < s->dirty_count; i++)
		(void)close(s->dirty[i]);	/* synced just now */
	s->dirty_count = 0;
	s->tail_dirty = false;
	s->dir_dirty = false;
	return 0;
}

/* Cuts, then makes the cut durable; a file with no whole head gets one. */
static int
cut(int fd, uint32_t segment, uint64_t end)
{
	uint8_t head[FSS__SEG_HEAD];
	int r;

	if (ftruncate(fd, (off_t)(end < FSS__SEG_HEAD ? 0 : end)) != 0)
		return fss__errno(errno);
	if (end < FSS__SEG_HEAD) {
		fss__seg_head_encode(head, segment);
		r = fss__io_pwrite(fd, head, sizeof(head), 0);
		if (r != 0)
			return r;
	}
	return fss__io_fdatasync(fd);
}

int
fss__seg_truncate(void *self, uint32_t segment, uint64_t end)
{
	struct fss__segstore *s = self;
	struct fss__seg *seg = fss__seg_find(s, segment);
	char name[FSS__SEG_NAME];
	int fd, r;

	r = writable(s);
	if (r != 0)
		return r;
	if (seg == NULL)
		return FSS_ENOENT;
	if (end > seg->size)
		return FSS_EINVAL;
	fss__seg_name(name, segment);
	fd = openat(s->dir_fd, name, O_RDWR | O_CLOEXEC);
	if (fd == -1)
		return errno == EACCES ? FSS_EROFS : fss__errno(errno);
	r = cut(fd, segment, end);
	(void)close(fd);	/* synced, or failed already */
	if (r != 0)
		return r;
	seg->size = end < FSS__SEG_HEAD ? FSS__SEG_HEAD : end;
	if (seg == &s->list[s->count - 1])
		s->started = seg->size;
	return 0;
}

int
fss__seg_roll(void *self)
{
	struct fss__segstore *s = self;
	int r = writable(s);

	return r != 0 ? r : new_segment(s);
}

void
fss__seg_reserve(void *self, uint32_t segment)
{
	struct fss__segstore *s = self;

	if (s->reserved < segment)
		s->reserved = segment;
}

int
fss__seg_drop(void *self, uint32_t segment)
{
	struct fss__segstore *s = self;
	struct fss__seg *seg = fss__seg_find(s, segment);
	char name[FSS__SEG_NAME];
	size_t i;
	int r;

	r = writable(s);
	if (r != 0)
		return r;
	if (seg == NULL)
		return FSS_ENOENT;
	i = (size_t)(seg - s->list);
	if (i == s->count - 1) {
		/* Its number must not be used again: keep a later one. */
		r = new_segment(s);
		if (r != 0)
			return r;
	}
	fss__seg_name(name, segment);
	if (unlinkat(s->dir_fd, name, 0) != 0 && errno != ENOENT)
		return fss__errno(errno);
	s->dir_dirty = true;
	fss__segfds_forget(s->fds, segment);
	memmove(&s->list[i], &s->list[i + 1],
	    (s->count - i - 1) * sizeof(*s->list));
	s->count--;
	return 0;
}

void
fss__seg_write_close(struct fss__segstore *s)
{
	size_t i;

	/* Nothing acknowledged as durable hangs on these closes. */
	for (i = 0; i < s->dirty_count; i++)
		(void)close(s->dirty[i]);
	s->dirty_count = 0;
	if (s->tail_fd != -1)
		(void)close(s->tail_fd);
	s->tail_fd = -1;
}
