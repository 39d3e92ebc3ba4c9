/*
 * Chunk store drivers (a system interface: it may change with any release,
 * guarded by `version`).
 *
 * A driver keeps immutable records, each a 33-byte id and its bytes, and
 * hands out a location for each that the hub's index remembers.  It knows
 * nothing of accounts but one opaque tag per record.
 *
 * Thread rule: put, sync, drop, truncate and scan are called by one thread at a
 * time; get may be called by any number of threads beside them.
 */
#ifndef FSS_SYS_STORE_H
#define FSS_SYS_STORE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FSS_STORE_VERSION	1u
#define FSS_STORE_ID_BYTES	33

/* Where a record is; only its driver knows what the numbers mean. */
struct fss_store_loc {
	uint32_t	segment;
	uint32_t	len;		/* bytes of content */
	uint64_t	offset;
};

struct fss_store_record {
	uint8_t			 id[FSS_STORE_ID_BYTES];
	uint64_t		 tag;
	struct fss_store_loc	 loc;
	const void		*data;	/* valid during the call */
};

/* Return 0 to go on; anything else ends the scan and is returned by it. */
typedef int (*fss_store_scan_fn)(void *ctx,
    const struct fss_store_record *rec);

/*
 * All methods return 0 or a negative FSS_E... .  `self` is what the driver's
 * own constructor made.
 */
struct fss_store_ops {
	uint32_t	version;	/* FSS_STORE_VERSION */

	/*
	 * Append a record.  Visible to get() at once, durable only after the
	 * next sync().  Nothing is kept where it fails (FSS_ENOSPC, FSS_EIO,
	 * FSS_EROFS).
	 */
	int (*put)(void *self, const uint8_t id[FSS_STORE_ID_BYTES],
	    uint64_t tag, const void *data, size_t len,
	    struct fss_store_loc *ret_loc);
	/*
	 * Read the whole record into @buf of loc->len bytes.  Checks that the
	 * record there carries @id (FSS_ECORRUPT if not, FSS_ENOENT when the
	 * segment is gone); the caller verifies the digest.
	 */
	int (*get)(void *self, const uint8_t id[FSS_STORE_ID_BYTES],
	    const struct fss_store_loc *loc, void *buf);
	/* Everything put before is durable when this returns 0. */
	int (*sync)(void *self);
	/*
	 * Call @fn for the records of @segment from @offset on, in order.
	 * Stops without error at the end or at the first torn record;
	 * *ret_end is where the whole records end.
	 */
	int (*scan)(void *self, uint32_t segment, uint64_t offset,
	    fss_store_scan_fn fn, void *ctx, uint64_t *ret_end);
	/*
	 * Cut the segment to @end bytes: removes a torn tail.  What is left
	 * is durable when this returns 0, whoever wrote it.
	 */
	int (*truncate)(void *self, uint32_t segment, uint64_t end);
	/* Segments, ascending: 1 and the first >= @from, 0 none. */
	int (*segment)(void *self, uint32_t from, uint32_t *ret_segment,
	    uint64_t *ret_size);
	/* Where the next record would go. */
	void (*tail)(void *self, uint32_t *ret_segment, uint64_t *ret_offset);
	/* Begin a new segment: the present one takes no more records. */
	int (*roll)(void *self);
	/* Remove a whole segment. Readers of it get FSS_ENOENT from then on. */
	int (*drop)(void *self, uint32_t segment);
	/* Bytes still free for records; FSS_ENOTSUP if unknown. */
	int (*space)(void *self, uint64_t *ret_bytes);
	/* No new segment has a number up to @segment, as one may be lost. */
	void (*reserve)(void *self, uint32_t segment);
	void (*close)(void *self);
};

#ifdef __cplusplus
}
#endif
#endif
