/*
 * Which blocks of the index are worth a look.
 */
#ifndef FSS__STORE_SEARCH_CHOOSE_H
#define FSS__STORE_SEARCH_CHOOSE_H

#include "store/search_post.h"

/*
 * Those of run @run, up to its block @last, that may have a name which @q
 * finds with rank @tier.  0 or FSS_E... .
 */
int fss__search_choose(struct fss__db *db, const struct fss__search_query *q,
    unsigned tier, uint32_t run, unsigned last, struct fss__blocks *ret_set);

#endif
