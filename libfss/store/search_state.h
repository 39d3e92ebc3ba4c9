/*
 * How far the index of names is.
 */
#ifndef FSS__STORE_SEARCH_STATE_H
#define FSS__STORE_SEARCH_STATE_H

#include "store/db.h"

struct fss__search_state {
	int64_t	posted;	/* entries up to this id are in blocks */
	int64_t	blocks;	/* how many there are */
	int64_t	plain;	/* those below have no tags */
};

int	fss__search_state_get(struct fss__db *db,
	    struct fss__search_state *ret_s);
int	fss__search_state_set(struct fss__db *db,
	    const struct fss__search_state *s);

#endif
