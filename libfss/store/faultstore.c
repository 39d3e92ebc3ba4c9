/*
 * The fault driver: another driver, with failures by plan.
 *
 * It counts puts, gets and syncs and fails, or bends, the n-th.  It also
 * remembers which records were written since the last successful sync, with
 * where the last sync left each file; fss__faultstore_crash() then turns a
 * copy of the folder into what a power cut could have left of it.  A disk may
 * keep, lose or tear each unsynced write on its own, in any order, may keep
 * the length of a file and lose its blocks, and may forget a new file's name.
 *
 * The same seed makes the same damage.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"
#include "store/chunkstore.h"
#include "store/seg_fd.h"
#include "store/seg_format.h"

#define UNSYNCED	65536u		/* records remembered at the most */
#define PATH_BYTES	4096u
#define ZERO_BYTES	4096u

struct unsynced {
	uint32_t	segment;
	uint64_t	offset;
	uint64_t	size;
	bool		inherited;	/* sync() does not know of it */
};

struct faultstore {
	struct fss__chunkstore	inner;
	struct fss__fault_plan	plan;
	_Atomic uint64_t	puts, syncs, gets;
	struct unsynced		*list;
	size_t			count;
	size_t			cap;
};

static int
remember(struct faultstore *f, const struct fss_store_loc *loc,
    bool inherited)
{
	struct unsynced *p;
	size_t cap;

	if (f->count == f->cap) {
		cap = f->cap == 0 ? 64 : f->cap * 2;
		if (cap > UNSYNCED)
			return FSS_ENOMEM;
		p = fss__realloc(f->list, cap * sizeof(*p));
		if (p == NULL)
			return FSS_ENOMEM;
		f->list = p;
		f->cap = cap;
	}
	f->list[f->count].segment = loc->segment;
	f->list[f->count].offset = loc->offset;
	f->list[f->count].size = fss__rec_size(loc->len);
	f->list[f->count].inherited = inherited;
	f->count++;
	return 0;
}

static int
fault_put(void *self, const uint8_t id[FSS_STORE_ID_BYTES], uint64_t tag,
    const void *data, size_t len, struct fss_store_loc *ret_loc)
{
	struct faultstore *f = self;
	int r;

	if (++f->puts == f->plan.fail_put_at)
		return f->plan.fail_with;
	r = f->inner.ops->put(f->inner.self, id, tag, data, len, ret_loc);
	return r != 0 ? r : remember(f, ret_loc, false);
}

static int
fault_get(void *self, const uint8_t id[FSS_STORE_ID_BYTES],
    const struct fss_store_loc *loc, void *buf)
{
	struct faultstore *f = self;
	uint64_t n = ++f->gets;
	uint8_t *p = buf;
	int r;

	if (n == f->plan.fail_get_at)
		return f->plan.fail_with;
	r = f->inner.ops->get(f->inner.self, id, loc, buf);
	if (r == 0 && n == f->plan.flip_get_at && loc->len > 0)
		p[f->plan.seed % loc->len] ^=
		    (uint8_t)(1u << (f->plan.seed >> 32) % 8);
	return r;
}

static int
fault_sync(void *self)
{
	struct faultstore *f = self;
	size_t i, kept = 0;
	int r;

	if (f->plan.at_sync != NULL)
		f->plan.at_sync(f->plan.at_sync_ctx, false);
	if (++f->syncs == f->plan.fail_sync_at)
		return f->plan.fail_with;
	r = f->inner.ops->sync(f->inner.self);
	for (i = 0; i < f->count && r == 0; i++) {
		if (f->list[i].inherited)
			f->list[kept++] = f->list[i];
	}
	if (r == 0)
		f->count = kept;
	if (r == 0 && f->plan.at_sync != NULL)
		f->plan.at_sync(f->plan.at_sync_ctx, true);
	return r;
}

static int
fault_scan(void *self, uint32_t segment, uint64_t offset,
    fss_store_scan_fn fn, void *ctx, uint64_t *ret_end)
{
	struct faultstore *f = self;

	return f->inner.ops->scan(f->inner.self, segment, offset, fn, ctx,
	    ret_end);
}

/* What is cut, or cut off, is synced. */
static int
fault_truncate(void *self, uint32_t segment, uint64_t end)
{
	struct faultstore *f = self;
	size_t i, kept = 0;
	int r;

	r = f->inner.ops->truncate(f->inner.self, segment, end);
	for (i = 0; i < f->count && r == 0; i++) {
		if (f->list[i].segment != segment)
			f->list[kept++] = f->list[i];
	}
	if (r == 0)
		f->count = kept;
	return r;
}

static int
fault_segment(void *self, uint32_t from, uint32_t *ret_segment,
    uint64_t *ret_size)
{
	struct faultstore *f = self;

	return f->inner.ops->segment(f->inner.self, from, ret_segment,
	    ret_size);
}

static void
fault_tail(void *self, uint32_t *ret_segment, uint64_t *ret_offset)
{
	struct faultstore *f = self;

	f->inner.ops->tail(f->inner.self, ret_segment, ret_offset);
}

static int
fault_roll(void *self)
{
	struct faultstore *f = self;

	return f->inner.ops->roll(f->inner.self);
}

static int
fault_drop(void *self, uint32_t segment)
{
	struct faultstore *f = self;

	return f->inner.ops->drop(f->inner.self, segment);
}

static int
fault_space(void *self, uint64_t *ret_bytes)
{
	struct faultstore *f = self;

	return f->inner.ops->space(f->inner.self, ret_bytes);
}

static void
fault_reserve(void *self, uint32_t segment)
{
	struct faultstore *f = self;

	f->inner.ops->reserve(f->inner.self, segment);
}

static void
fault_close(void *self)
{
	struct faultstore *f = self;

	fss__chunkstore_close(&f->inner);
	fss__free(f->list);
	fss__free(f);
}

static const struct fss_store_ops FAULT_OPS = {
	.version = FSS_STORE_VERSION,
	.put = fault_put,
	.get = fault_get,
	.sync = fault_sync,
	.scan = fault_scan,
	.truncate = fault_truncate,
	.segment = fault_segment,
	.tail = fault_tail,
	.roll = fault_roll,
	.drop = fault_drop,
	.space = fault_space,
	.reserve = fault_reserve,
	.close = fault_close,
};

int
fss__faultstore_open(struct fss__chunkstore inner,
    const struct fss__fault_plan *plan, struct fss__chunkstore *ret_cs)
{
	struct faultstore *f;

	ret_cs->ops = NULL;
	ret_cs->self = NULL;
	f = fss__zalloc(sizeof(*f));
	if (f == NULL) {
		fss__chunkstore_close(&inner);
		return FSS_ENOMEM;
	}
	f->inner = inner;
	if (plan != NULL)
		f->plan = *plan;
	ret_cs->ops = &FAULT_OPS;
	ret_cs->self = f;
	return 0;
}

void
fss__faultstore_plan(struct fss__chunkstore *cs,
    const struct fss__fault_plan *plan)
{
	struct faultstore *f = cs->self;

	f->plan = *plan;
	f->puts = 0;
	f->syncs = 0;
	f->gets = 0;
}

int
fss__faultstore_inherit(struct fss__chunkstore *cs,
    const struct fss__chunkstore *from)
{
	const struct faultstore *old = from->self;
	struct faultstore *f = cs->self;
	struct fss_store_loc loc;
	size_t i;
	int r = 0;

	for (i = 0; i < old->count && r == 0; i++) {
		loc.segment = old->list[i].segment;
		loc.offset = old->list[i].offset;
		loc.len = (uint32_t)(old->list[i].size - FSS__REC_HEAD);
		r = remember(f, &loc, true);
	}
	return r;
}

/* ---- crash ------------------------------------------------------------ */

/* splitmix64: repeatable damage, nothing more. */
static uint64_t
next(uint64_t *state)
{
	uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static int
zero(int fd, uint64_t from, uint64_t len)
{
	static const uint8_t zeros[ZERO_BYTES];
	uint64_t n;
	int r = 0;

	while (len > 0 && r == 0) {
		n = len < ZERO_BYTES ? len : ZERO_BYTES;
		r = fss__io_pwrite(fd, zeros, (size_t)n, from);
		from += n;
		len -= n;
	}
	return r;
}

/* One unsynced write: kept, lost whole, or torn at either side. */
static int
damage(int fd, const struct unsynced *u, uint64_t *rng)
{
	uint64_t at = next(rng) % u->size;

	switch (next(rng) % 5) {
	case 0:
		return zero(fd, u->offset, u->size);
	case 1:
		return zero(fd, u->offset + at, u->size - at);
	case 2:
		return zero(fd, u->offset, at);
	default:
		return 0;
	}
}

static int
crash_segment(const struct faultstore *f, const char *dir, size_t from,
    size_t to, uint64_t *rng)
{
	char path[PATH_BYTES], name[FSS__SEG_NAME];
	uint64_t first = f->list[from].offset, end;
	size_t i;
	int fd, r = 0;

	fss__seg_name(name, f->list[from].segment);
	r = fss__fmt(path, sizeof(path), "%s/%s", dir, name);
	if (r != 0)
		return r;
	/* A file that no sync has seen yet may be gone with its name. */
	if (first == FSS__SEG_HEAD && next(rng) % 4 == 0)
		return unlink(path) == 0 ? 0 : fss__errno(errno);
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd == -1)
		return fss__errno(errno);
	for (i = from; i < to && r == 0; i++)
		r = damage(fd, &f->list[i], rng);
	end = f->list[to - 1].offset + f->list[to - 1].size;
	if (r == 0 && next(rng) % 3 == 0 &&
	    ftruncate(fd, (off_t)(first + next(rng) % (end - first))) != 0)
		r = fss__errno(errno);
	(void)close(fd);	/* an image for a test, read again at once */
	return r;
}

int
fss__faultstore_crash(const struct fss__chunkstore *cs, uint64_t seed,
    const char *dir)
{
	const struct faultstore *f = cs->self;
	uint64_t rng = seed;
	size_t from, to;
	int r = 0;

	for (from = 0; from < f->count && r == 0; from = to) {
		for (to = from + 1; to < f->count &&
		    f->list[to].segment == f->list[from].segment; to++)
			;
		r = crash_segment(f, dir, from, to, &rng);
	}
	return r;
}
