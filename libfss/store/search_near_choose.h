/*
 * Which blocks may have words near another.
 */
#ifndef FSS__STORE_SEARCH_NEAR_CHOOSE_H
#define FSS__STORE_SEARCH_NEAR_CHOOSE_H

#include "store/search_near.h"

struct fss__near_list {
	unsigned	count;
	uint32_t	block[FSS__NEAR_BLOCKS];
};

/* Of the blocks up to @last the @most most promising: 0 or FSS_E... . */
int	fss__near_choose(struct fss__db *db, const struct fss__near_word *w,
	    uint32_t last, unsigned most, struct fss__near_list *ret_list);

#endif
