/*
 * How much of a space somebody sees.
 */
#ifndef FSS__MODEL_FIND_SPACE_H
#define FSS__MODEL_FIND_SPACE_H

#include "model/entry_path.h"
#include "store/search.h"

#define FSS__FIND_SPECIAL 64	/* entries of a space that are, at most */

/* 0 or FSS_E... . */
int	fss__find_seen(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__space *space, enum fss__seen *ret_seen);

#endif
