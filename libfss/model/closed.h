/*
 * What below a folder is closed to somebody with rights in it.
 */
#ifndef FSS__MODEL_CLOSED_H
#define FSS__MODEL_CLOSED_H

#include "model/entry_path.h"

/* Write. Something right below @folder has, or leads to, an own access. */
int	fss__closed_mark(struct fss__ctx *ctx, int64_t folder);
/*
 * Whether @who may write all that is below the folder @w leads to: 0, or
 * FSS_EDENIED, also where there is too much to look at.
 */
int	fss__closed_check(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__walk *w);

#endif
