/*
 * What entries take up: versions coming and going, usage, quota, free space.
 */
#ifndef FSS__MODEL_ENTRY_USE_H
#define FSS__MODEL_ENTRY_USE_H

#include "model/access.h"

#define FSS__ENTRY_COST	512	/* bytes of quota, beside its content */

/*
 * Count @bytes, @files and @folders (differences) for @owner; FSS_EQUOTA
 * where what grows is then over quota.
 */
int	fss__entry_use(struct fss__ctx *ctx, int64_t owner, int64_t bytes,
	    int64_t files, int64_t folders);
/* Whether @size more bytes fit into the quota of @owner: 1, 0. */
int	fss__entry_room(struct fss__ctx *ctx, int64_t owner, int64_t size);
/*
 * An announced version gets its content (row @chunk, 0 for an empty one), or
 * gives it back.  store: FSS_EQUOTA where there is no room, with no change.
 */
int	fss__entry_store(struct fss__ctx *ctx,
	    const struct fss__meta_version *v, int64_t chunk, int64_t keep);
int	fss__entry_unstore(struct fss__ctx *ctx,
	    const struct fss__meta_version *v);
/* For what makes the store grow: FSS_ENOSPC below the floor of free space. */
int	fss__entry_floor(struct fss__ctx *ctx);
/* Whether it is below: 1, 0, or an error. */
int	fss__entry_low(struct fss__ctx *ctx);
/*
 * Make @v the newest version of @e: refers to its chunk, drops versions past
 * those kept, counts for the owner (@files: 1 for a new entry).  Sets v->id,
 * e->kind and e->cur.  One that is announced pushes out none that is stored:
 * its bytes may never come.
 */
int	fss__entry_add_version(struct fss__ctx *ctx, struct fss__meta_node *e,
	    struct fss__meta_version *v, int64_t files);
/*
 * Drop at most @limit versions of entry @id up to number @upto (@announced:
 * of those that are), oldest first: how many, *ret_bytes of them.
 */
int	fss__entry_drop_versions(struct fss__ctx *ctx, int64_t id,
	    int64_t upto, bool announced, int limit, int64_t *ret_bytes);

#endif
