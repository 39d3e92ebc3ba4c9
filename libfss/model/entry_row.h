/*
 * An entry as a row of the protocol.
 */
#ifndef FSS__MODEL_ENTRY_ROW_H
#define FSS__MODEL_ENTRY_ROW_H

#include "model/access.h"

struct fss__row_place {			/* how the row is addressed */
	struct fss__slice	owner;	/* p NULL: left out */
	struct fss__slice	path;	/* likewise */
	bool			batch;	/* a row among others that may fail */
};

/*
 * Emit @e at version @v (that of a folder is not looked at).  What only
 * readers may know (content id, handle, link target) is left out for others.
 */
int	fss__entry_emit(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__meta_node *e, const struct fss__meta_version *v,
	    const struct fss__view *view, const struct fss__row_place *place,
	    fss__emit_fn emit, void *arg);

#endif
