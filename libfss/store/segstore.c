/*
 * The segment driver: records in append-only files of a folder.
 *
 * One thread writes (seg_write.c); any number read through a descriptor cache
 * (seg_fd.c).  What a record looks like is in seg_format.c.  The sizes of the
 * files are held in memory, sixteen bytes for each 256 MiB.
 *
 * What this does not do: know which records are live, or verify content.
 */
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/num.h"
#include "store/chunkstore.h"
#include "store/seg_internal.h"

#define SMALL_READ	16384u	/* read with the head, then copied */

struct fss__seg *
fss__seg_find(struct fss__segstore *s, uint32_t segment)
{
	size_t lo = 0, hi = s->count, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (s->list[mid].id < segment)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->count && s->list[lo].id == segment ? &s->list[lo] :
	    NULL;
}

int
fss__seg_list_add(struct fss__segstore *s, uint32_t id, uint64_t size)
{
	struct fss__seg *p;
	size_t cap;

	if (s->count == s->cap) {
		cap = s->cap == 0 ? 16 : s->cap * 2;
		p = fss__realloc(s->list, cap * sizeof(*p));
		if (p == NULL)
			return FSS_ENOMEM;
		s->list = p;
		s->cap = cap;
	}
	s->list[s->count].id = id;
	s->list[s->count].size = size;
	s->count++;
	return 0;
}

void
fss__seg_tail(void *self, uint32_t *ret_segment, uint64_t *ret_offset)
{
	struct fss__segstore *s = self;
	struct fss__seg *last;

	*ret_segment = 1;
	*ret_offset = FSS__SEG_HEAD;
	if (s->count == 0)
		return;
	last = &s->list[s->count - 1];
	*ret_segment = last->id;
	*ret_offset = last->size;
	if (s->sealed || last->size >= s->roll_at) {
		*ret_segment = last->id + 1;
		*ret_offset = FSS__SEG_HEAD;
	}
}

/* ---- reading ---------------------------------------------------------- */

static int
check_head(const uint8_t *p, const uint8_t *id,
    const struct fss_store_loc *loc)
{
	struct fss__rec_head h;

	if (!fss__rec_head_decode(p, loc->segment, loc->offset, &h) ||
	    h.len != loc->len || memcmp(h.id, id, sizeof(h.id)) != 0)
		return FSS_ECORRUPT;
	return 0;
}

static int
read_record(int fd, const uint8_t *id, const struct fss_store_loc *loc,
    void *buf)
{
	uint8_t small[FSS__REC_HEAD + SMALL_READ];
	size_t n, want = FSS__REC_HEAD;
	int r;

	if (loc->len <= SMALL_READ)
		want += loc->len;
	r = fss__io_pread(fd, small, want, loc->offset, &n);
	if (r == FSS_EINVAL || (r == 0 && n < want))
		return FSS_ECORRUPT;	/* the index points past the end */
	if (r == 0)
		r = check_head(small, id, loc);
	if (r != 0)
		return r;
	if (loc->len <= SMALL_READ) {
		if (loc->len > 0)
			memcpy(buf, small + FSS__REC_HEAD, loc->len);
		return 0;
	}
	r = fss__io_pread(fd, buf, loc->len, loc->offset + FSS__REC_HEAD, &n);
	return r != 0 ? r : n < loc->len ? FSS_ECORRUPT : 0;
}

static int
seg_get(void *self, const uint8_t id[FSS_STORE_ID_BYTES],
    const struct fss_store_loc *loc, void *buf)
{
	struct fss__segstore *s = self;
	struct fss__segfd_ref ref;
	int r;

	r = fss__segfds_get(s->fds, loc->segment, &ref);
	if (r != 0)
		return r;
	r = read_record(ref.fd, id, loc, buf);
	fss__segfds_put(s->fds, ref);
	return r;
}

static int
scan_read(void *src, void *buf, size_t n, uint64_t off, size_t *ret_n)
{
	return fss__io_pread(*(const int *)src, buf, n, off, ret_n);
}

static int
seg_scan(void *self, uint32_t segment, uint64_t offset, fss_store_scan_fn fn,
    void *ctx, uint64_t *ret_end)
{
	struct fss__segstore *s = self;
	struct fss__segfd_ref ref;
	int r;

	*ret_end = offset;
	r = fss__segfds_get(s->fds, segment, &ref);
	if (r != 0)
		return r;
	r = fss__seg_scan(scan_read, &ref.fd, segment, offset, fn, ctx,
	    ret_end);
	fss__segfds_put(s->fds, ref);
	return r;
}

static int
seg_segment(void *self, uint32_t from, uint32_t *ret_segment,
    uint64_t *ret_size)
{
	struct fss__segstore *s = self;
	size_t lo = 0, hi = s->count, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (s->list[mid].id < from)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == s->count)
		return 0;
	*ret_segment = s->list[lo].id;
	*ret_size = s->list[lo].size;
	return 1;
}

static int
seg_space(void *self, uint64_t *ret_bytes)
{
	struct fss__segstore *s = self;
	struct statvfs v;

	if (fstatvfs(s->dir_fd, &v) != 0)
		return fss__errno(errno);
	if (!fss__mul_u64(v.f_bavail, v.f_frsize, ret_bytes))
		*ret_bytes = UINT64_MAX;
	return 0;
}

/* ---- open and close --------------------------------------------------- */

static void
seg_close(void *self)
{
	struct fss__segstore *s = self;

	fss__seg_write_close(s);
	fss__segfds_free(s->fds);
	if (s->dir_fd != -1)
		(void)close(s->dir_fd);	/* a folder holds no data of ours */
	fss__free(s->list);
	fss__free(s);
}

static const struct fss_store_ops SEG_OPS = {
	.version = FSS_STORE_VERSION,
	.put = fss__seg_put,
	.get = seg_get,
	.sync = fss__seg_sync,
	.scan = seg_scan,
	.truncate = fss__seg_truncate,
	.segment = seg_segment,
	.tail = fss__seg_tail,
	.roll = fss__seg_roll,
	.drop = fss__seg_drop,
	.space = seg_space,
	.reserve = fss__seg_reserve,
	.close = seg_close,
};

/* "00000001.seg" and nothing but; other files in the folder are let be. */
static bool
parse_name(const char *name, uint32_t *ret_segment)
{
	char again[FSS__SEG_NAME];
	uint64_t v = 0;
	size_t i;

	for (i = 0; name[i] >= '0' && name[i] <= '9' && i < 10; i++)
		v = v * 10 + (uint64_t)(name[i] - '0');
	if (i < 8 || v == 0 || v > UINT32_MAX)
		return false;
	fss__seg_name(again, (uint32_t)v);
	*ret_segment = (uint32_t)v;
	return strcmp(again, name) == 0;
}

static int
by_id(const void *a, const void *b)
{
	const struct fss__seg *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int
list_segments(struct fss__segstore *s)
{
	struct dirent *e;
	struct stat st;
	uint32_t id;
	DIR *d;
	int fd, r = 0;

	fd = openat(s->dir_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return fss__errno(errno);
	d = fdopendir(fd);
	if (d == NULL) {
		r = fss__errno(errno);
		(void)close(fd);
		return r;
	}
	for (;;) {
		errno = 0;
		e = readdir(d);
		if (e == NULL) {
			r = errno == 0 ? 0 : fss__errno(errno);
			break;
		}
		if (!parse_name(e->d_name, &id))
			continue;
		if (fstatat(s->dir_fd, e->d_name, &st, 0) != 0) {
			r = fss__errno(errno);
			break;
		}
		r = fss__seg_list_add(s, id, (uint64_t)st.st_size);
		if (r != 0)
			break;
	}
	(void)closedir(d);	/* was only read */
	if (r == 0 && s->count > 1)
		qsort(s->list, s->count, sizeof(*s->list), by_id);
	return r;
}

int
fss__segstore_open(const char *dir, uint64_t segment_bytes, bool read_only,
    struct fss__err *err, struct fss__chunkstore *ret_cs)
{
	struct fss__segstore *s;
	int r;

	ret_cs->ops = NULL;
	ret_cs->self = NULL;
	s = fss__zalloc(sizeof(*s));
	if (s == NULL)
		return fss__err_set(err, FSS_ENOMEM, "out of memory");
	s->tail_fd = -1;
	s->read_only = read_only;
	/* Names that a process made which died before it synced them. */
	s->dir_dirty = !read_only;
	s->roll_at = segment_bytes;
	s->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->dir_fd == -1) {
		r = fss__err_set(err, fss__errno(errno),
		    "cannot open folder '%s': %s", dir, strerror(errno));
		goto out;
	}
	if (!read_only && faccessat(s->dir_fd, ".", W_OK, 0) != 0) {
		r = fss__err_set(err, FSS_EROFS,
		    "folder '%s' is not writable", dir);
		goto out;
	}
	r = fss__segfds_new(s->dir_fd, &s->fds);
	if (r == 0)
		r = list_segments(s);
	if (r != 0) {
		(void)fss__err_set(err, r, "cannot read folder '%s'", dir);
		goto out;
	}
	ret_cs->ops = &SEG_OPS;
	ret_cs->self = s;
	s = NULL;
out:
	if (s != NULL)
		seg_close(s);
	return r;
}

void
fss__chunkstore_close(struct fss__chunkstore *cs)
{
	if (cs->ops != NULL)
		cs->ops->close(cs->self);
	cs->ops = NULL;
	cs->self = NULL;
}
