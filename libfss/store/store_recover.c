/*
 * After a kill or a power cut: what was appended to the segments and not
 * indexed is read, verified and indexed now.
 *
 * Each segment is scanned from where the index ends.  Whole, verified
 * records enter the pending table as if put again, with the account in their
 * tag as the one who sent them, and are committed in bounded batches.  Behind
 * the last good record the file is cut.  A record whose content does not
 * match is passed over; it was never acknowledged as durable.
 *
 * The process that wrote these bytes may have died before they were synced:
 * they are synced here before the index may name them (I1).
 *
 * What is missing from the part that was indexed is reported and left to
 * fss__store_check() and the healing puts: the rest of the store must open.
 */
#include <string.h>

#include "store/seg_format.h"
#include "store/store_internal.h"

struct recovery {
	struct fss__store	*s;
	uint64_t		 records;	/* taken back */
	uint64_t		 skipped;	/* damaged, or useless */
};

static uint64_t
record_end(const struct fss_store_record *rec)
{
	return rec->loc.offset + fss__rec_size(rec->loc.len);
}

/* 1: @e is to be entered, 0: nothing to do, <0: error. */
static int
classify(struct fss__store *s, const struct fss_store_record *rec,
    struct fss__pend *e)
{
	struct fss__chunk c;
	unsigned level = 0;
	bool pending = fss__pending_chunk(&s->pending, &e->id) != NULL;
	int r;

	r = fss__chunk_find(s->db, &e->id, e->account, &c);
	if (r < 0)
		return r;
	e->kind = FSS__PEND_CLAIM;
	if (rec->loc.len == 0)
		return e->account != 0 && (r == 1 || pending);
	if (r == 0 && !pending && e->account == 0)
		return 0;	/* a moved copy of what is gone since */
	e->span = rec->loc.len;
	if (FSS__ID_KIND(e->id.b[0]) == FSS__KIND_PAGE && e->account != 0) {
		/* Its children may have been lost while it was not. */
		if (fss__store_page_check(s, e->account, rec->data,
		    rec->loc.len, &level, &e->span) != 0)
			return 0;
		e->level = (uint8_t)level;
	}
	if (pending)
		return e->account != 0;
	/* Just verified, so at least as good as what the index points to. */
	e->kind = r == 1 ? FSS__PEND_HEAL : FSS__PEND_NEW;
	e->loc = rec->loc;
	return 1;
}

static int
recover_record(void *ctx, const struct fss_store_record *rec)
{
	struct recovery *rc = ctx;
	struct fss__store *s = rc->s;
	struct fss__pend e;
	int r;

	memset(&e, 0, sizeof(e));
	memcpy(e.id.b, rec->id, sizeof(e.id.b));
	e.account = (int64_t)rec->tag;
	if (rec->loc.len > 0) {
		r = fss__digest_verify(&e.id, rec->data, rec->loc.len);
		if (r == FSS_EINTEGRITY || r == FSS_ENOTSUP) {
			rc->skipped++;
			return 0;
		}
		if (r != 0)
			return r;
	}
	r = e.account < 0 ? 0 : classify(s, rec, &e);
	if (r < 0)
		return r;
	s->rec_end = record_end(rec);
	if (r == 0) {
		rc->skipped++;
		return 0;
	}
	fss__pending_add(&s->pending, &e);
	rc->records++;
	if (s->pending.count < FSS__PENDING_CHUNKS &&
	    s->pending.bytes < FSS__PENDING_BYTES)
		return 0;
	return fss__store_flush(s);
}

static int
recover_segment(struct fss__store *s, uint32_t segment, uint64_t from,
    uint64_t size, struct recovery *rc)
{
	uint64_t end;
	int r;

	/* Cuts nothing, but syncs what another process wrote. */
	r = s->cs.ops->truncate(s->cs.self, segment, size);
	if (r != 0)
		return r;
	s->rec_segment = segment;
	s->rec_end = from;
	r = s->cs.ops->scan(s->cs.self, segment, from, recover_record, rc,
	    &end);
	if (r != 0)
		return r;
	if (s->rec_end < size) {
		fss__log(&s->log, FSS_LOG_NOTICE, "store",
		    "cut the torn end of a segment",
		    "segment=%lu from=%llu to=%llu", (unsigned long)segment,
		    (unsigned long long)size, (unsigned long long)s->rec_end);
		r = s->cs.ops->truncate(s->cs.self, segment, s->rec_end);
		if (r != 0)
			return r;
		if (s->rec_end < FSS__SEG_HEAD)
			s->rec_end = FSS__SEG_HEAD;
	}
	return fss__store_flush(s);
}

static void
report_short(struct fss__store *s, uint32_t segment, uint64_t size,
    uint64_t indexed)
{
	fss__log(&s->log, FSS_LOG_ERROR, "store",
	    "segment is shorter than what was written to it",
	    "segment=%lu size=%llu indexed=%llu", (unsigned long)segment,
	    (unsigned long long)size, (unsigned long long)indexed);
}

/*
 * Files against rows, one by one.  @ret_roll: the last file is damaged and
 * should not grow.
 */
static int
recover_files(struct fss__store *s, struct recovery *rc, bool *ret_roll)
{
	struct fss__segment row;
	uint32_t segment = 0;
	uint64_t size, from;
	int r;

	while ((r = s->cs.ops->segment(s->cs.self, segment, &segment,
	    &size)) == 1) {
		r = fss__segment_get(s->db, segment, &row);
		if (r < 0)
			return r;
		from = r == 1 ? row.indexed : 0;
		*ret_roll = size < from;
		if (*ret_roll)
			report_short(s, segment, size, from);
		else if (size > from || size < FSS__SEG_HEAD)
			r = recover_segment(s, segment, from, size, rc);
		if (r < 0 || segment == UINT32_MAX)
			return r;
		segment++;
	}
	return r;
}

/*
 * Rows without a file.  Their numbers stay taken, also that of the highest:
 * the index points into them.
 */
static int
report_missing(struct fss__store *s)
{
	struct fss__segment row;
	uint32_t from = 0, got;
	uint64_t size;
	int r;

	while ((r = fss__segment_next(s->db, from, &row)) == 1) {
		r = s->cs.ops->segment(s->cs.self, row.id, &got, &size);
		if (r < 0)
			return r;
		if (row.state != FSS__SEGMENT_CONDEMNED &&
		    (r == 0 || got != row.id))
			report_short(s, row.id, 0, row.indexed);
		s->cs.ops->reserve(s->cs.self, row.id);
		if (row.id == UINT32_MAX)
			break;
		from = row.id + 1;
	}
	return r < 0 ? r : 0;
}

int
fss__store_recover(struct fss__store *s)
{
	struct recovery rc = { s, 0, 0 };
	bool roll = false;
	int r;

	s->recovering = true;
	r = fss__store_drop_condemned(s);
	if (r == FSS_EBUSY)
		r = 0;		/* a backup reads them; the collector goes on */
	if (r == 0)
		r = recover_files(s, &rc, &roll);
	if (r == 0)
		r = report_missing(s);
	if (r == 0 && roll)
		r = s->cs.ops->roll(s->cs.self);
	s->recovering = false;
	if (r == 0 && rc.records + rc.skipped > 0)
		fss__log(&s->log, FSS_LOG_NOTICE, "store",
		    "took back what was not indexed",
		    "records=%llu skipped=%llu",
		    (unsigned long long)rc.records,
		    (unsigned long long)rc.skipped);
	if (r != 0 && s->err.code != r)
		(void)fss__store_fail(s, r, "segments");
	return r;
}
