/*
 * Encoding, decoding and scanning of segments.
 *
 * Every head carries a checksum of itself and of the place it stands at.  So
 * content that looks like a record, left over from a write that failed or
 * put there on purpose, is not taken for one unless it also guessed its own
 * place; and a block that the disk wrote to the wrong place is noticed.
 *
 * What this does not do: verify content.  Whoever reads has the digest.
 */
#include "store/seg_format.h"

#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/num.h"
#include "crypto/digest.h"

#define SEG_VERSION	1u
#define REC_MAGIC	0x52535346u	/* "FSSR" */
#define REC_VERSION	1u
#define SUM_AT		56u		/* of both heads */
#define SCAN_WINDOW	((size_t)FSS__REC_MAX + FSS__REC_HEAD)

static const uint8_t SEG_MAGIC[8] = "FSSSEG\r\n";

static uint64_t
place_sum(const uint8_t *head, uint32_t segment, uint64_t offset)
{
	uint8_t buf[SUM_AT + 12];

	memcpy(buf, head, SUM_AT);
	fss__put_le32(buf + SUM_AT, segment);
	fss__put_le64(buf + SUM_AT + 4, offset);
	return fss__checksum(buf, sizeof(buf));
}

void
fss__seg_head_encode(uint8_t dst[FSS__SEG_HEAD], uint32_t segment)
{
	memset(dst, 0, FSS__SEG_HEAD);
	memcpy(dst, SEG_MAGIC, sizeof(SEG_MAGIC));
	fss__put_le32(dst + 8, SEG_VERSION);
	fss__put_le32(dst + 12, segment);
	fss__put_le64(dst + SUM_AT, place_sum(dst, segment, 0));
}

bool
fss__seg_head_ok(const uint8_t src[FSS__SEG_HEAD], uint32_t segment)
{
	return memcmp(src, SEG_MAGIC, sizeof(SEG_MAGIC)) == 0 &&
	    fss__get_le32(src + 8) == SEG_VERSION &&
	    fss__get_le32(src + 12) == segment &&
	    fss__get_le64(src + SUM_AT) == place_sum(src, segment, 0);
}

void
fss__rec_head_encode(uint8_t dst[FSS__REC_HEAD], const struct fss__rec_head *h,
    uint32_t segment, uint64_t offset)
{
	memset(dst, 0, FSS__REC_HEAD);
	fss__put_le32(dst, REC_MAGIC);
	dst[4] = REC_VERSION;
	fss__put_le64(dst + 8, h->tag);
	fss__put_le32(dst + 16, h->len);
	memcpy(dst + 20, h->id, sizeof(h->id));
	fss__put_le64(dst + SUM_AT, place_sum(dst, segment, offset));
}

bool
fss__rec_head_decode(const uint8_t src[FSS__REC_HEAD], uint32_t segment,
    uint64_t offset, struct fss__rec_head *ret_h)
{
	if (fss__get_le32(src) != REC_MAGIC || src[4] != REC_VERSION ||
	    fss__get_le64(src + SUM_AT) != place_sum(src, segment, offset))
		return false;
	ret_h->tag = fss__get_le64(src + 8);
	ret_h->len = fss__get_le32(src + 16);
	memcpy(ret_h->id, src + 20, sizeof(ret_h->id));
	return ret_h->len <= FSS__REC_MAX;
}

uint64_t
fss__rec_size(uint64_t len)
{
	return FSS__REC_HEAD + (len + FSS__REC_ALIGN - 1) / FSS__REC_ALIGN *
	    FSS__REC_ALIGN;
}

/* ---- scan ------------------------------------------------------------- */

struct window {
	fss__seg_read_fn read;
	void		*src;
	uint8_t		*buf;
	uint64_t	 start;		/* offset of buf[0] */
	size_t		 len;
};

/* Makes @n bytes at @off present; *ret_p is NULL where the bytes end first. */
static int
window_get(struct window *w, uint64_t off, size_t n, const uint8_t **ret_p)
{
	int r;

	*ret_p = NULL;
	if (off < w->start || off + n > w->start + w->len) {
		w->len = 0;
		w->start = off;
		r = w->read(w->src, w->buf, SCAN_WINDOW, off, &w->len);
		if (r != 0)
			return r;
		if (w->len < n)
			return 0;
	}
	*ret_p = w->buf + (off - w->start);
	return 0;
}

static int
scan_records(struct window *w, uint32_t segment, uint64_t *off,
    fss_store_scan_fn fn, void *ctx)
{
	struct fss_store_record rec;
	struct fss__rec_head h;
	const uint8_t *p;
	int r;

	for (;;) {
		r = window_get(w, *off, FSS__REC_HEAD, &p);
		if (r != 0 || p == NULL)
			return r;
		if (!fss__rec_head_decode(p, segment, *off, &h))
			return 0;
		r = window_get(w, *off, (size_t)fss__rec_size(h.len), &p);
		if (r != 0 || p == NULL)
			return r;
		memcpy(rec.id, h.id, sizeof(rec.id));
		rec.tag = h.tag;
		rec.loc.segment = segment;
		rec.loc.offset = *off;
		rec.loc.len = h.len;
		rec.data = p + FSS__REC_HEAD;
		r = fn(ctx, &rec);
		if (r != 0)
			return r;
		*off += fss__rec_size(h.len);
	}
}

int
fss__seg_scan(fss__seg_read_fn read, void *src, uint32_t segment,
    uint64_t offset, fss_store_scan_fn fn, void *ctx, uint64_t *ret_end)
{
	struct window w = { read, src, NULL, 0, 0 };
	const uint8_t *p;
	int r = 0;

	w.buf = fss__alloc(SCAN_WINDOW);
	if (w.buf == NULL)
		return FSS_ENOMEM;
	if (offset == 0) {
		r = window_get(&w, 0, FSS__SEG_HEAD, &p);
		if (r != 0 || p == NULL || !fss__seg_head_ok(p, segment)) {
			*ret_end = 0;
			goto out;
		}
		offset = FSS__SEG_HEAD;
	}
	r = scan_records(&w, segment, &offset, fn, ctx);
	*ret_end = offset;
out:
	fss__free(w.buf);
	return r;
}
