/*
 * The memory driver: segments as growing buffers, in the format of the files.
 *
 * Used by simulations and fuzzers.  One mutex covers everything; a reader
 * copies out under it.  sync() has nothing to do.
 */
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "store/chunkstore.h"
#include "store/seg_format.h"

#define ROLL_AT		(UINT64_C(8) << 20)
#define FIRST_CAP	65536u

struct mem_seg {
	struct mem_seg	*next;		/* ascending by id */
	uint32_t	 id;
	uint8_t		*data;
	size_t		 len;
	size_t		 cap;
};

struct memstore {
	pthread_mutex_t	 mutex;
	struct mem_seg	*first;
	struct mem_seg	*last;
	uint32_t	 reserved;	/* numbers not for new ones */
	uint64_t	 max_bytes;
	uint64_t	 bytes;		/* in all buffers */
};

static struct mem_seg *
find(struct memstore *m, uint32_t segment)
{
	struct mem_seg *s;

	for (s = m->first; s != NULL && s->id < segment; s = s->next)
		;
	return s != NULL && s->id == segment ? s : NULL;
}

static int
reserve(struct mem_seg *s, size_t more)
{
	uint8_t *p;
	size_t cap = s->cap == 0 ? FIRST_CAP : s->cap;

	while (cap - s->len < more)
		cap *= 2;
	if (cap == s->cap)
		return 0;
	p = fss__realloc(s->data, cap);
	if (p == NULL)
		return FSS_ENOMEM;
	s->data = p;
	s->cap = cap;
	return 0;
}

static void
seg_free(struct mem_seg *s)
{
	fss__free(s->data);
	fss__free(s);
}

static int
roll_locked(struct memstore *m)
{
	struct mem_seg *s;

	s = fss__zalloc(sizeof(*s));
	if (s == NULL)
		return FSS_ENOMEM;
	if (reserve(s, FSS__SEG_HEAD) != 0) {
		seg_free(s);
		return FSS_ENOMEM;
	}
	s->id = m->last == NULL ? 0 : m->last->id;
	if (s->id < m->reserved)
		s->id = m->reserved;
	s->id++;
	fss__seg_head_encode(s->data, s->id);
	s->len = FSS__SEG_HEAD;
	m->bytes += FSS__SEG_HEAD;
	if (m->last == NULL)
		m->first = s;
	else
		m->last->next = s;
	m->last = s;
	return 0;
}

static int
append_locked(struct memstore *m, const struct fss__rec_head *h,
    const void *data, struct fss_store_loc *ret_loc)
{
	uint64_t size = fss__rec_size(h->len);
	struct mem_seg *s;
	int r = 0;

	if (m->bytes > m->max_bytes || size > m->max_bytes - m->bytes)
		return FSS_ENOSPC;
	if (m->last == NULL || m->last->len >= ROLL_AT ||
	    m->last->len % FSS__REC_ALIGN != 0)
		r = roll_locked(m);
	if (r == 0)
		r = reserve(m->last, (size_t)size);
	if (r != 0)
		return r;
	s = m->last;
	memset(s->data + s->len, 0, (size_t)size);
	fss__rec_head_encode(s->data + s->len, h, s->id, s->len);
	if (h->len > 0)
		memcpy(s->data + s->len + FSS__REC_HEAD, data, h->len);
	ret_loc->segment = s->id;
	ret_loc->offset = s->len;
	ret_loc->len = h->len;
	s->len += (size_t)size;
	m->bytes += size;
	return 0;
}

static int
mem_put(void *self, const uint8_t id[FSS_STORE_ID_BYTES], uint64_t tag,
    const void *data, size_t len, struct fss_store_loc *ret_loc)
{
	struct memstore *m = self;
	struct fss__rec_head h;
	int r;

	if (len > FSS__REC_MAX)
		return FSS_ETOOBIG;
	memcpy(h.id, id, sizeof(h.id));
	h.tag = tag;
	h.len = (uint32_t)len;
	(void)pthread_mutex_lock(&m->mutex);	/* fails only if misused */
	r = append_locked(m, &h, data, ret_loc);
	(void)pthread_mutex_unlock(&m->mutex);
	return r;
}

static int
get_locked(struct memstore *m, const uint8_t *id,
    const struct fss_store_loc *loc, void *buf)
{
	struct fss__rec_head h;
	struct mem_seg *s = find(m, loc->segment);
	uint64_t end;

	if (s == NULL)
		return FSS_ENOENT;
	if (!fss__add_u64(loc->offset, fss__rec_size(loc->len), &end) ||
	    end > s->len ||
	    !fss__rec_head_decode(s->data + loc->offset, s->id, loc->offset,
	    &h) || h.len != loc->len || memcmp(h.id, id, sizeof(h.id)) != 0)
		return FSS_ECORRUPT;
	if (loc->len > 0)
		memcpy(buf, s->data + loc->offset + FSS__REC_HEAD, loc->len);
	return 0;
}

static int
mem_get(void *self, const uint8_t id[FSS_STORE_ID_BYTES],
    const struct fss_store_loc *loc, void *buf)
{
	struct memstore *m = self;
	int r;

	(void)pthread_mutex_lock(&m->mutex);
	r = get_locked(m, id, loc, buf);
	(void)pthread_mutex_unlock(&m->mutex);
	return r;
}

static int
mem_sync(void *self)
{
	(void)self;	/* memory is as durable as it gets */
	return 0;
}

static int
scan_read(void *src, void *buf, size_t n, uint64_t off, size_t *ret_n)
{
	const struct mem_seg *s = src;

	*ret_n = 0;
	if (off < s->len) {
		*ret_n = s->len - off < n ? s->len - (size_t)off : n;
		memcpy(buf, s->data + off, *ret_n);
	}
	return 0;
}

/* Only the writing thread changes buffers, and it is the one that scans. */
static int
mem_scan(void *self, uint32_t segment, uint64_t offset, fss_store_scan_fn fn,
    void *ctx, uint64_t *ret_end)
{
	struct memstore *m = self;
	struct mem_seg *s = find(m, segment);

	*ret_end = offset;
	if (s == NULL)
		return FSS_ENOENT;
	return fss__seg_scan(scan_read, s, segment, offset, fn, ctx, ret_end);
}

static int
mem_truncate(void *self, uint32_t segment, uint64_t end)
{
	struct memstore *m = self;
	struct mem_seg *s = find(m, segment);

	if (s == NULL)
		return FSS_ENOENT;
	if (end > s->len)
		return FSS_EINVAL;
	(void)pthread_mutex_lock(&m->mutex);
	if (end < FSS__SEG_HEAD) {
		fss__seg_head_encode(s->data, segment);
		end = FSS__SEG_HEAD;
	}
	m->bytes -= s->len - end;
	s->len = (size_t)end;
	(void)pthread_mutex_unlock(&m->mutex);
	return 0;
}

static int
mem_segment(void *self, uint32_t from, uint32_t *ret_segment,
    uint64_t *ret_size)
{
	struct memstore *m = self;
	struct mem_seg *s;

	for (s = m->first; s != NULL && s->id < from; s = s->next)
		;
	if (s == NULL)
		return 0;
	*ret_segment = s->id;
	*ret_size = s->len;
	return 1;
}

static void
mem_tail(void *self, uint32_t *ret_segment, uint64_t *ret_offset)
{
	struct memstore *m = self;

	*ret_segment = 1;
	*ret_offset = FSS__SEG_HEAD;
	if (m->last == NULL)
		return;
	*ret_segment = m->last->id;
	*ret_offset = m->last->len;
	if (m->last->len >= ROLL_AT) {
		*ret_segment = m->last->id + 1;
		*ret_offset = FSS__SEG_HEAD;
	}
}

static int
mem_roll(void *self)
{
	struct memstore *m = self;
	int r;

	(void)pthread_mutex_lock(&m->mutex);
	r = roll_locked(m);
	(void)pthread_mutex_unlock(&m->mutex);
	return r;
}

static void
mem_reserve(void *self, uint32_t segment)
{
	struct memstore *m = self;

	(void)pthread_mutex_lock(&m->mutex);
	if (m->reserved < segment)
		m->reserved = segment;
	(void)pthread_mutex_unlock(&m->mutex);
}

static int
mem_drop(void *self, uint32_t segment)
{
	struct memstore *m = self;
	struct mem_seg *s, **p;
	int r = 0;

	(void)pthread_mutex_lock(&m->mutex);
	s = find(m, segment);
	if (s == NULL)
		r = FSS_ENOENT;
	else if (s == m->last)
		r = roll_locked(m);	/* numbers are not used again */
	if (r == 0) {
		for (p = &m->first; *p != s; p = &(*p)->next)
			;
		*p = s->next;
		m->bytes -= s->len;
		seg_free(s);
	}
	(void)pthread_mutex_unlock(&m->mutex);
	return r;
}

static int
mem_space(void *self, uint64_t *ret_bytes)
{
	struct memstore *m = self;

	*ret_bytes = m->bytes < m->max_bytes ? m->max_bytes - m->bytes : 0;
	return 0;
}

static void
mem_close(void *self)
{
	struct memstore *m = self;
	struct mem_seg *s;

	while ((s = m->first) != NULL) {
		m->first = s->next;
		seg_free(s);
	}
	(void)pthread_mutex_destroy(&m->mutex);	/* nobody uses it any more */
	fss__free(m);
}

static const struct fss_store_ops MEM_OPS = {
	.version = FSS_STORE_VERSION,
	.put = mem_put,
	.get = mem_get,
	.sync = mem_sync,
	.scan = mem_scan,
	.truncate = mem_truncate,
	.segment = mem_segment,
	.tail = mem_tail,
	.roll = mem_roll,
	.drop = mem_drop,
	.space = mem_space,
	.reserve = mem_reserve,
	.close = mem_close,
};

int
fss__memstore_open(uint64_t max_bytes, struct fss__chunkstore *ret_cs)
{
	struct memstore *m;

	ret_cs->ops = NULL;
	ret_cs->self = NULL;
	m = fss__zalloc(sizeof(*m));
	if (m == NULL)
		return FSS_ENOMEM;
	if (pthread_mutex_init(&m->mutex, NULL) != 0) {
		fss__free(m);
		return FSS_ENOMEM;
	}
	m->max_bytes = max_bytes;
	ret_cs->ops = &MEM_OPS;
	ret_cs->self = m;
	return 0;
}
