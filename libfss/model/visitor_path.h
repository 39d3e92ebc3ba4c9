/*
 * Where a visitor's file goes.
 */
#ifndef FSS__MODEL_VISITOR_PATH_H
#define FSS__MODEL_VISITOR_PATH_H

#include "model/entry_path.h"

/*
 * The path (FSS_LIMIT_PATH + 1) in the space of the link's maker, *@ret_s, for
 * what a visitor calls @path: in the linked folder, under the name itself or,
 * where that is taken, "name (2).ext" and so on.  FSS_EDENIED for what would
 * not be right in the folder, FSS_EPATH, FSS_EEXIST (none is free).
 */
int	fss__visitor_path(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice path, struct fss__space *ret_s, char *dst);

#endif
