/*
 * Clearing what was removed, in bounded steps.
 */
#ifndef FSS__MODEL_ENTRY_PURGE_H
#define FSS__MODEL_ENTRY_PURGE_H

#include "model/access.h"

/*
 * Take @e out of the tree: from now on nobody sees it or anything below it,
 * and its name is free.  A little that hangs on it goes at once (a single file
 * wholly), the rest with fss__entry_purge().
 */
int	fss__entry_detach(struct fss__ctx *ctx, const struct fss__meta_node *e);
/* The same, told: news, and marks of requests for the owner's files. */
int	fss__entry_leave(struct fss__ctx *ctx, const struct fss__meta_node *e);

#endif
