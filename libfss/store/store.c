/*
 * Transactions over segments and database, in the order that makes a commit
 * mean durable: records are in the segments already; they are indexed in the
 * open transaction; the segments are synced; the transaction commits.  So
 * the index never knows a record that could be lost (I1).
 *
 * What fails before the commit is rolled back and the puts stay pending.  When
 * a sync fails nobody knows what reached the disk, and the kernel may say the
 * opposite when asked again: the store then takes no more writes until it is
 * opened anew and has read what is really there.
 */
#include "store/store.h"

#include <string.h>

#include "base/alloc.h"
#include "base/time.h"
#include "store/seg_format.h"
#include "store/store_internal.h"

#define FLUSH_US	(INT64_C(1) * 1000 * 1000)	/* oldest pending put */
#define LOG_BYTES	(UINT64_C(96) << 20)	/* of the database's log */
#define LOG_WAIT_MS	500	/* a request that reads takes far less */

struct fss__db *
fss__store_db(struct fss__store *s)
{
	return s->db;
}

const char *
fss__store_errmsg(const struct fss__store *s)
{
	return s->err.detail;
}

int
fss__store_fail(struct fss__store *s, int code, const char *what)
{
	return fss__err_set(&s->err, code, "%s: %s", what,
	    fss_strerror(code));
}

static int
db_fail(struct fss__store *s, int code)
{
	return fss__err_set(&s->err, code, "%s", fss__db_errmsg(s->db));
}

/* ---- transactions ----------------------------------------------------- */

static int
writable(struct fss__store *s)
{
	if (s->failed != 0)
		return fss__err_set(&s->err, FSS_EROFS,
		    "store takes no more writes since a sync failed; "
		    "restart the hub once the disk is sound");
	if (s->read_only)
		return fss__err_set(&s->err, FSS_EROFS,
		    "store was opened read-only");
	return 0;
}

int
fss__store_begin(struct fss__store *s)
{
	int r = writable(s);

	if (r != 0)
		return r;
	r = fss__db_begin(s->db);
	if (r != 0)
		return db_fail(s, r);
	s->in_tx = true;
	s->indexed = 0;
	s->index_failed = 0;
	s->now_s = fss__wall_us() / 1000000;
	return 0;
}

void
fss__store_abort(struct fss__store *s)
{
	fss__db_abort(s->db);
	s->in_tx = false;
	s->indexed = 0;
	s->index_failed = 0;
}

int
fss__store_savepoint(struct fss__store *s)
{
	int r;

	r = fss__db_savepoint(s->db);
	if (r != 0)
		return r;
	r = fss__store_index(s);
	if (r == 0)
		r = fss__db_release(s->db);
	if (r != 0) {
		fss__db_rollback_to(s->db);
		return r;
	}
	return fss__db_batch(s->db);
}

int
fss__store_restart(struct fss__store *s)
{
	return fss__db_batch_restart(s->db);
}

int
fss__store_release(struct fss__store *s)
{
	return fss__db_batch_release(s->db);
}

void
fss__store_rollback_to(struct fss__store *s)
{
	fss__db_batch_rollback(s->db);
}

/* Everything in these segments is indexed, or dead, when this commits. */
static int
mark_indexed(struct fss__store *s)
{
	uint32_t segment = s->dirty_from;
	uint64_t size;
	int r;

	if (s->recovering)
		return s->rec_end == 0 ? 0 : fss__segment_indexed(s->db,
		    s->rec_segment, s->rec_end);
	while ((r = s->cs.ops->segment(s->cs.self, segment, &segment,
	    &size)) == 1) {
		r = fss__segment_indexed(s->db, segment, size);
		if (r != 0 || segment == UINT32_MAX)
			return r;
		segment++;
	}
	return r;
}

static int
index_bad(struct fss__store *s, size_t *ret_n)
{
	struct fss__bad bad[FSS__BAD_MAX];
	size_t i, n;
	int r = 0;

	n = fss__pending_get_bad(&s->pending, bad);
	for (i = 0; i < n && r == 0; i++)
		r = fss__chunk_set_bad(s->db, &bad[i].id, &bad[i].loc);
	*ret_n = n;
	return r;
}

static int
sync_segments(struct fss__store *s)
{
	int r = s->cs.ops->sync(s->cs.self);

	if (r != 0) {
		s->failed = r;
		(void)fss__store_fail(s, r, "cannot sync the segments");
	}
	return r;
}

/* I1 and I3 hang on the order in here. */
static int
commit_locked(struct fss__store *s, bool flush)
{
	size_t bad = 0;
	int r = 0;

	r = index_bad(s, &bad);
	if (r == 0 && flush)
		r = fss__store_index(s);
	if (r == 0 && flush)
		r = mark_indexed(s);
	if (r != 0)
		return s->err.code == r ? r : db_fail(s, r);
	if (flush) {
		r = sync_segments(s);
		if (r != 0)
			return r;
	}
	r = fss__db_commit(s->db);
	if (r != 0) {
		/* Whether the log reached the disk is as unknown as above. */
		if (r == FSS_EIO)
			s->failed = r;
		return db_fail(s, r);
	}
	fss__pending_drop_bad(&s->pending, bad);
	return 0;
}

int
fss__store_commit(struct fss__store *s, bool durable)
{
	bool flush;
	uint64_t offset;
	int r;

	flush = durable || s->indexed > 0 || s->index_failed != 0 ||
	    s->pending.count >= FSS__PENDING_CHUNKS ||
	    s->pending.bytes >= FSS__PENDING_BYTES;
	fss__err_clear(&s->err);
	r = commit_locked(s, flush);
	/* Before what was pending is looked for in the index alone. */
	(void)__atomic_add_fetch(&s->commits, 1, __ATOMIC_RELEASE);
	if (r != 0) {
		fss__store_abort(s);
		return r;
	}
	s->in_tx = false;
	s->indexed = 0;
	if (!flush)
		return 0;
	fss__pending_clear(&s->pending);
	if (!s->recovering)
		s->cs.ops->tail(s->cs.self, &s->dirty_from, &offset);
	return 0;
}

uint64_t
fss__store_commits(const struct fss__store *s)
{
	return __atomic_load_n(&s->commits, __ATOMIC_ACQUIRE);
}

int
fss__store_flush(struct fss__store *s)
{
	int r = fss__store_begin(s);

	return r != 0 ? r : fss__store_commit(s, true);
}

bool
fss__store_wants_flush(const struct fss__store *s, int64_t mono_us)
{
	if (s->pending.count == 0)
		return false;
	return s->pending.count >= FSS__PENDING_CHUNKS ||
	    s->pending.bytes >= FSS__PENDING_BYTES ||
	    mono_us - s->first_put_us >= FLUSH_US;
}

int
fss__store_shorten(struct fss__store *s)
{
	int r;

	if (s->failed != 0 || s->read_only)
		return 0;
	r = fss__db_shorten(s->db, LOG_BYTES, LOG_WAIT_MS);
	return r < 0 ? db_fail(s, r) : 0;
}

/* ---- figures ---------------------------------------------------------- */

int
fss__store_stats(struct fss__store *s, struct fss__store_stats *ret_st)
{
	struct fss__store_stats st;
	uint32_t segment = 0;
	uint64_t size;
	int r;

	memset(&st, 0, sizeof(st));
	r = fss__segment_totals(s->db, &st.chunks, &st.live_bytes);
	if (r != 0)
		return db_fail(s, r);
	while ((r = s->cs.ops->segment(s->cs.self, segment, &segment,
	    &size)) == 1) {
		st.disk_bytes += size;
		if (segment == UINT32_MAX)
			break;
		segment++;
	}
	if (r < 0)
		return r;
	r = s->cs.ops->space(s->cs.self, &st.free_bytes);
	if (r == FSS_ENOTSUP)
		st.free_bytes = UINT64_MAX;
	else if (r != 0)
		return fss__store_fail(s, r, "cannot tell the free space");
	*ret_st = st;
	return 0;
}
