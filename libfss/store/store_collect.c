/*
 * Giving space back, one bounded step at a time.
 *
 * Chunks nobody refers to go once they have been idle for the grace period;
 * a page that goes releases its children, which then count as idle since the
 * page was.  Segments with less than half of their bytes in use are moved:
 * live records are appended at the tail and the index follows in a
 * transaction, synced first like any other.  A segment nothing points to any
 * more is condemned in a transaction and its file removed after that, so
 * that a crash at any point leaves either the old place or the new one valid.
 *
 * Readers may still use the old place: they notice FSS_ENOENT and look again.
 *
 * Damaged records are not moved and the file that holds them is kept: it may
 * be all there is.
 */
#include "chunk/manifest.h"
#include "store/seg_format.h"
#include "store/store_internal.h"
#include "wire/limits.h"

#define RELEASE_WORK	2048u			/* rows changed in one step */
#define MOVE_BYTES	(UINT64_C(8) << 20)	/* copied in one step */
#define MOVE_COUNT	1024u

/* ---- condemned files -------------------------------------------------- */

static int
drop_one(struct fss__store *s, uint32_t segment)
{
	int r;

	r = s->cs.ops->drop(s->cs.self, segment);
	if (r == FSS_ENOENT)
		r = 0;		/* a crash came between the file and the row */
	if (r == 0)
		r = fss__store_begin(s);
	if (r != 0)
		return r;
	r = fss__segment_delete(s->db, segment);
	if (r != 0) {
		fss__store_abort(s);
		return r;
	}
	return fss__store_commit(s, true);
}

int
fss__store_drop_condemned(struct fss__store *s)
{
	char path[FSS__STORE_PATH];
	uint32_t segment;
	int fd = -1, r;

	r = fss__segment_condemned(s->db, &segment);
	if (r <= 0)
		return r;
	if (s->dir[0] != '\0') {
		r = fss__fmt(path, sizeof(path), "%s/seg.lock", s->dir);
		if (r == 0)
			r = fss__lock_take(path, true, false, &fd);
		if (r != 0)
			return r;
	}
	do {
		r = drop_one(s, segment);
		if (r == 0)
			r = fss__segment_condemned(s->db, &segment);
	} while (r == 1);
	fss__lock_drop(fd);
	return r;
}

/* ---- unreferenced chunks ---------------------------------------------- */

static int
release_children(struct fss__store *s, const struct fss__chunk *c,
    unsigned *work)
{
	struct fss__page page;
	struct fss__id child;
	uint64_t span;
	unsigned i;
	int r = 0;

	if (fss__page_decode(s->page, c->loc.len, &page) != 0)
		return FSS_ECORRUPT;
	for (i = 0; i < page.count && r == 0; i++) {
		fss__page_child(&page, i, &child, &span);
		r = fss__chunk_unref_digest(s->db, &child, c->idle);
	}
	*work += page.count;
	return r;
}

static int
release_one(struct fss__store *s, const struct fss__chunk *c, unsigned *work)
{
	int r;

	*work += 1;
	if (c->level > 0) {
		r = c->loc.len > FSS__MAX_PAGE ? FSS_ECORRUPT :
		    fss__store_read(s, &c->digest, &c->loc, s->page);
		if (r == FSS_ECORRUPT || r == FSS_ENOENT) {
			/* Which children it had is unknown: keep all. */
			fss__store_quarantine(s, &c->digest, &c->loc);
			return fss__chunk_touch(s->db, c->id, s->now_s);
		}
		if (r == 0)
			r = release_children(s, c, work);
		if (r != 0)
			return r;
	}
	r = fss__segment_live(s->db, c->loc.segment,
	    -(int64_t)fss__rec_size(c->loc.len), -1);
	return r != 0 ? r : fss__chunk_delete(s->db, c->id);
}

/* 1: did something, 0: nothing to do. */
static int
release_idle(struct fss__store *s, int64_t before_s)
{
	struct fss__chunk c;
	unsigned work = 0;
	int r;

	r = fss__chunk_idle(s->db, before_s, &c);
	if (r <= 0)
		return r;
	r = fss__store_begin(s);
	if (r != 0)
		return r;
	/* A pending page may refer to it by now. */
	r = fss__store_index(s);
	while (r == 0 && work < RELEASE_WORK) {
		r = fss__chunk_idle(s->db, before_s, &c);
		if (r == 1)
			r = release_one(s, &c, &work);
		else
			break;
	}
	if (r < 0) {
		fss__store_abort(s);
		return r;
	}
	r = fss__store_commit(s, true);
	return r != 0 ? r : 1;
}

/* ---- sparse segments -------------------------------------------------- */

static int
move_one(struct fss__store *s, const struct fss__chunk *c)
{
	struct fss_store_loc loc;
	int64_t size = (int64_t)fss__rec_size(c->loc.len);
	int r;

	r = fss__store_read(s, &c->digest, &c->loc, s->chunk);
	if (r == FSS_ECORRUPT || r == FSS_ENOENT) {
		fss__store_quarantine(s, &c->digest, &c->loc);
		return fss__chunk_set_bad(s->db, &c->digest, &c->loc);
	}
	if (r == 0)
		r = s->cs.ops->put(s->cs.self, c->digest.b, 0, s->chunk,
		    c->loc.len, &loc);
	if (r == 0)
		r = fss__chunk_move(s->db, c->id, &loc);
	if (r == 0)
		r = fss__segment_live(s->db, c->loc.segment, -size, -1);
	if (r == 0)
		r = fss__segment_live(s->db, loc.segment, size, 1);
	return r;
}

/* Condemns the segment when it is empty, keeps it when damage is left. */
static int
retire(struct fss__store *s, uint32_t segment)
{
	struct fss__chunk c;
	int r;

	r = fss__chunk_at(s->db, segment, 0, false, &c);
	if (r < 0)
		return r;
	if (r == 1)
		fss__log(&s->log, FSS_LOG_WARN, "store",
		    "segment is kept for the damage in it", "segment=%lu",
		    (unsigned long)segment);
	return fss__segment_set_state(s->db, segment, r == 1 ?
	    FSS__SEGMENT_KEPT : FSS__SEGMENT_CONDEMNED);
}

static int
move_some(struct fss__store *s, uint32_t segment)
{
	struct fss__chunk c;
	uint64_t bytes = 0, offset = 0;
	unsigned n;
	int r = 0;

	for (n = 0; n < MOVE_COUNT && bytes < MOVE_BYTES; n++) {
		r = fss__chunk_at(s->db, segment, offset, true, &c);
		if (r == 0)
			return retire(s, segment);
		if (r == 1)
			r = move_one(s, &c);
		if (r != 0)
			return r;
		bytes += c.loc.len;
		offset = c.loc.offset + 1;
	}
	return 0;
}

static int
move_sparse(struct fss__store *s)
{
	struct fss__segment row;
	uint64_t offset;
	uint32_t tail;
	int r;

	s->cs.ops->tail(s->cs.self, &tail, &offset);
	r = fss__segment_sparse(s->db, tail, &row);
	if (r <= 0)
		return r;
	r = fss__store_begin(s);
	if (r != 0)
		return r;
	r = fss__store_index(s);
	if (r == 0)
		r = move_some(s, row.id);
	if (r != 0) {
		fss__store_abort(s);
		return r;
	}
	r = fss__store_commit(s, true);
	return r != 0 ? r : 1;
}

/*
 * Moving takes space before it gives any back.  The floor is there for such
 * needs, but not all of it for this one.
 */
static bool
may_move(struct fss__store *s)
{
	uint64_t free_bytes;

	return s->floor == 0 ||
	    s->cs.ops->space(s->cs.self, &free_bytes) != 0 ||
	    free_bytes >= s->floor / 2;
}

void
fss__store_set_floor(struct fss__store *s, uint64_t floor)
{
	s->floor = floor;
}

int
fss__store_collect(struct fss__store *s, int64_t wall_us)
{
	bool busy;
	int r;

	fss__err_clear(&s->err);
	r = fss__store_drop_condemned(s);
	busy = r == FSS_EBUSY;
	if (r == 0 || busy)
		r = release_idle(s, wall_us / 1000000 - FSS__UPLOAD_GRACE_S);
	/* While a backup holds the files, copies would only pile up. */
	if (r == 0 && !busy && may_move(s))
		r = move_sparse(s);
	if (r < 0 && s->err.code != r)
		(void)fss__store_fail(s, r, "cannot collect");
	return r;
}
