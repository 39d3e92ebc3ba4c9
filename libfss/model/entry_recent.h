/*
 * Files by when their present version came.
 */
#ifndef FSS__MODEL_ENTRY_RECENT_H
#define FSS__MODEL_ENTRY_RECENT_H

#include "model/entry.h"
#include "store/search.h"

struct fss__recent {
	struct fss__search_filter filter;
	int64_t	under;			/* a folder, 0 anywhere */
	int	access, state;		/* -1 any */
};

/* Read. What @who may see of it, newest first; see fss__entry_find(). */
int	fss__entry_recent(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__recent *q, struct fss__slice cursor,
	    fss__emit_fn emit, void *arg, struct fss__cursor *ret_next);

#endif
