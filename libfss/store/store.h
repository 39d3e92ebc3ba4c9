/*
 * Chunks and metadata together: the order of writes that makes an
 * acknowledgement mean durable, the index of chunks, who may speak of them,
 * their references, and the recovery after a crash.
 *
 * Writes come from one thread, in batches:
 *
 *	fss__store_begin(s);
 *	  ... fss__store_put() ..., metadata changes on fss__store_db(s) ...
 *	fss__store_commit(s, durable);
 *
 * must-invariants (docs/storage.md, tested by the crash simulator):
 *  I1  a chunk is in the database's index only if its record was synced
 *      before that transaction committed;
 *  I2  a version is visible only if every chunk and page below its root is in
 *      the index;
 *  I3  commit(durable) returns 0 only when both are on disk;
 *  I4  nothing that was not committed is ever visible through metadata.
 *
 * A put that is not yet indexed lives in a pending table (bounded) and in the
 * segment file, from which recovery takes it after a crash.
 */
#ifndef FSS__STORE_STORE_H
#define FSS__STORE_STORE_H

#include "base/log.h"
#include "crypto/digest.h"
#include "store/chunkstore.h"
#include "store/db.h"

#define FSS__PENDING_CHUNKS	8192		/* flush at the latest here */
#define FSS__PENDING_BYTES	(128u << 20)
#define FSS__UPLOAD_GRACE_S	86400		/* uncommitted uploads kept */

struct fss__store;	/* the writer's; shares state with the readers */
struct fss__reader_store;	/* one per reading thread */

struct fss__store_config {
	const char	*dir;		/* NULL: all in memory, for tests */
	uint64_t	 segment_bytes;	/* 0: 256 MiB */
	bool		 read_only;
	const struct fss__log *log;
	/* Test hook: wraps the driver, as the fault store does, or NULL. */
	int		(*wrap)(void *ctx, struct fss__chunkstore inner,
			    struct fss__chunkstore *ret_cs);
	void		*wrap_ctx;
};

/*
 * Opens @dir/meta.db and @dir/seg/, takes the lock @dir/lock (FSS_EBUSY when
 * another process holds it), scans what was written after the last indexed
 * position, cuts a torn tail.  FSS_ENOENT if there is no store, FSS_ECORRUPT,
 * FSS_EROFS, FSS_ESCHEMA, FSS_EIO; detail in @err.
 */
int	fss__store_open(const struct fss__store_config *cfg,
	    struct fss__err *err, struct fss__store **ret_s);
/* Makes an empty store in @dir (which may exist, empty). FSS_EEXIST. */
int	fss__store_create(const char *dir, struct fss__err *err);
void	fss__store_close(struct fss__store *s);	/* flushes; NULL is fine */
/*
 * In a forked child: gives up what of the parent's lock came along, and
 * touches nothing else.  NULL is fine.
 */
void	fss__store_forget(struct fss__store *s);
struct fss__db *fss__store_db(struct fss__store *s);
/* Detail of the last failed call on @s, "" if none. Writer thread. */
const char *fss__store_errmsg(const struct fss__store *s);

int	fss__store_begin(struct fss__store *s);
/*
 * Append a chunk or page for @account.  The caller has verified the digest.
 * @data is stored once; @account gains the right to speak of it.  A page is
 * accepted only if @account holds every child of it (FSS_EMISSING) with just
 * the span the page says (FSS_EINTEGRITY).
 * May be called outside begin/commit; it then commits by itself when too much
 * is pending.  Inside, the caller commits when fss__store_wants_flush(), or
 * gets FSS_EOVERLOAD after another FSS__PENDING_CHUNKS * 3.
 */
int	fss__store_put(struct fss__store *s, int64_t account,
	    const struct fss__id *id, const void *data, size_t len);
/*
 * Index what is pending and commit the transaction begun.  @durable: synced
 * when this returns.  On failure the transaction is rolled back; the puts
 * stay pending.  After a failed sync the store is read-only (FSS_EROFS for
 * all writes) until it is opened anew: what the disk has is unknown.
 */
int	fss__store_commit(struct fss__store *s, bool durable);
void	fss__store_abort(struct fss__store *s);
/*
 * How often that was, also by the store itself.  Any thread: a snapshot of the
 * database begun before this is another is old.
 */
uint64_t fss__store_commits(const struct fss__store *s);
/*
 * A savepoint around any number of fss__db_savepoint(), inside begin/commit.
 * What is pending is indexed before it, so that no rollback undoes that.
 */
int	fss__store_savepoint(struct fss__store *s);
int	fss__store_release(struct fss__store *s);
/* What was written in it is undone, and it goes on: 0 or an error. */
int	fss__store_restart(struct fss__store *s);
void	fss__store_rollback_to(struct fss__store *s);
/*
 * Outside of begin/commit: empties the database's log if it has grown long
 * under readers that never pause.  FSS_EBUSY: one of them reads on.
 */
int	fss__store_shorten(struct fss__store *s);
/* True when pending puts should be flushed soon (count, bytes or age). */
bool	fss__store_wants_flush(const struct fss__store *s, int64_t mono_us);

/* Inside begin/commit. Both check that the account may speak of @root. */
/* Facts of a stored tree: FSS_EMISSING unless @account holds it. */
int	fss__store_root(struct fss__store *s, int64_t account,
	    const struct fss__id *root, unsigned *ret_depth, uint64_t *ret_span,
	    int64_t *ret_chunk);
/*
 * For content that came by a transfer.  held: 1 if @account has put @id (also
 * where that is pending), 0.  put_page: a page whose children the caller
 * knows to be sent; they are there, of the right level and span
 * (FSS_EMISSING, FSS_EINTEGRITY), and nobody gains a right by it.
 * root_trusted: as root, whoever holds it.
 */
int	fss__store_held(struct fss__store *s, int64_t account,
	    const struct fss__id *id);
int	fss__store_put_page(struct fss__store *s, const struct fss__id *id,
	    const void *data, size_t len);
int	fss__store_root_trusted(struct fss__store *s, const struct fss__id *root,
	    unsigned *ret_depth, uint64_t *ret_span, int64_t *ret_chunk);
/* One more / one fewer version refers to chunk row @chunk. */
int	fss__store_ref(struct fss__store *s, int64_t chunk);
int	fss__store_unref(struct fss__store *s, int64_t chunk);

/* Below half of so many free bytes the collector moves nothing. */
void	fss__store_set_floor(struct fss__store *s, uint64_t floor);
/*
 * One bounded step of collection: drops unreferenced chunks past their grace,
 * rewrites segments with little live data.  1 = more to do, 0 = idle.
 * Writer thread, outside begin/commit.
 */
int	fss__store_collect(struct fss__store *s, int64_t wall_us);

struct fss__store_stats {
	uint64_t	chunks;
	uint64_t	live_bytes;	/* of referenced chunks, stored once */
	uint64_t	disk_bytes;	/* of segments */
	uint64_t	free_bytes;
};
int	fss__store_stats(struct fss__store *s, struct fss__store_stats *ret_st);

/*
 * Verifies every record, every reference and every version; calls @fn per
 * problem.  FSS_ECORRUPT when there was any.
 */
int	fss__store_check(struct fss__store *s,
	    void (*fn)(void *ctx, const char *problem), void *ctx);

/* ---- readers (any thread, one handle each) ---------------------------- */

int	fss__reader_store_open(struct fss__store *s,
	    struct fss__reader_store **ret_r);
void	fss__reader_store_close(struct fss__reader_store *r);
struct fss__db *fss__reader_store_db(struct fss__reader_store *r);

/*
 * For each of @n ids: set bit i of @bitmap where @account can not speak of it
 * (it must be sent).  Sees pending puts.
 */
int	fss__reader_missing(struct fss__reader_store *r, int64_t account,
	    const uint8_t *ids, size_t n, uint8_t *bitmap, uint32_t *ret_count);
/*
 * Location of a chunk that some version refers to, by id.  FSS_ENOENT, and
 * FSS_ECORRUPT where it is known to be damaged.
 */
int	fss__reader_locate(struct fss__reader_store *r,
	    const struct fss__id *id, struct fss_store_loc *ret_loc);
/*
 * The same for what @account has put, whether or not a version refers to it
 * and also while it is pending: 1 and the location, 0 where it has not, or
 * the chunk is damaged.
 */
int	fss__reader_held(struct fss__reader_store *r, int64_t account,
	    const struct fss__id *id, struct fss_store_loc *ret_loc);
/*
 * Read and verify.  A record that does not match is quarantined: reported,
 * no longer answered as present, healed by the next put of the same id.
 * FSS_ECORRUPT.
 */
int	fss__reader_read(struct fss__reader_store *r, const struct fss__id *id,
	    const struct fss_store_loc *loc, void *buf);
/* Bytes that are free on the store's disk. FSS_ENOTSUP: in memory. */
int	fss__reader_space(struct fss__reader_store *r, uint64_t *ret_free);
/*
 * A page by id through a small cache.  The view in @ret_page is valid until
 * the next call on @r.
 */
struct fss__page;
int	fss__reader_page(struct fss__reader_store *r, const struct fss__id *id,
	    struct fss__page *ret_page);

#endif
