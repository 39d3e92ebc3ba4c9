/*
 * How much of a space somebody sees.
 */
#ifndef FSS__MODEL_FIND_SPACE_H
#define FSS__MODEL_FIND_SPACE_H

#include "model/entry_path.h"

#define FSS__FIND_SPECIAL 64	/* entries of a space that are, at most */

enum fss__find_seen {
	FSS__SEEN_SOME,		/* or it would take long to tell */
	FSS__SEEN_ALL,
	FSS__SEEN_NONE
};

/* 0 or FSS_E... . */
int	fss__find_seen(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__space *space, enum fss__find_seen *ret_seen);

#endif
