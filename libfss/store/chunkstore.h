/*
 * The three chunk store drivers and a handle that pairs ops with self.
 */
#ifndef FSS__STORE_CHUNKSTORE_H
#define FSS__STORE_CHUNKSTORE_H

#include <stdbool.h>

#include <fss/sys/store.h>

#include "base/error.h"

struct fss__chunkstore {
	const struct fss_store_ops *ops;
	void *self;
};

/*
 * Segment files @dir/00000001.seg ..., each opened O_APPEND-like by offset,
 * rolled at @segment_bytes.  The folder must exist.  FSS_EIO, FSS_EROFS,
 * FSS_ENOSPC, FSS_ENOMEM; detail in @err.
 */
int	fss__segstore_open(const char *dir, uint64_t segment_bytes,
	    bool read_only, struct fss__err *err,
	    struct fss__chunkstore *ret_cs);
/* Everything in memory, at most @max_bytes. */
int	fss__memstore_open(uint64_t max_bytes, struct fss__chunkstore *ret_cs);

/*
 * Wraps another driver and misbehaves on purpose: see struct.  Owns @inner,
 * also where opening fails.
 */
struct fss__fault_plan {
	uint64_t	seed;
	uint64_t	fail_put_at;	/* n-th put fails; 0 never */
	uint64_t	fail_sync_at;
	uint64_t	fail_get_at;
	int		fail_with;	/* so: FSS_ENOSPC, FSS_EIO, ... */
	uint64_t	flip_get_at;	/* n-th get returns one flipped bit */
	/* Called before each sync, and again after it when it succeeded. */
	void		(*at_sync)(void *ctx, bool done);
	void		*at_sync_ctx;
};
int	fss__faultstore_open(struct fss__chunkstore inner,
	    const struct fss__fault_plan *plan, struct fss__chunkstore *ret_cs);
/* Replaces the plan and restarts its counts. */
void	fss__faultstore_plan(struct fss__chunkstore *cs,
	    const struct fss__fault_plan *plan);
/*
 * @cs was opened on what @from's process left when it was killed: what that
 * one had not synced is not synced now either.
 */
int	fss__faultstore_inherit(struct fss__chunkstore *cs,
	    const struct fss__chunkstore *from);
/*
 * Turn @dir, a copy of the folder the inner segment driver writes to, into
 * what a power cut at this moment could leave: each record not yet synced is
 * kept, lost or torn as @seed decides.
 */
int	fss__faultstore_crash(const struct fss__chunkstore *cs, uint64_t seed,
	    const char *dir);

/* Safe on {0}. */
void	fss__chunkstore_close(struct fss__chunkstore *cs);

#endif
