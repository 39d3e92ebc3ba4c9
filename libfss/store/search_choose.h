/*
 * Which blocks of the index are worth a look.
 */
#ifndef FSS__STORE_SEARCH_CHOOSE_H
#define FSS__STORE_SEARCH_CHOOSE_H

#include "store/search_post.h"

#define FSS__PATHS_RUNS 64 /* kept of one search: 33 million names, 128 KiB */

/* By run, those that have all words of a query in their paths; begins as 0. */
struct fss__paths {
	struct fss__blocks	*of[FSS__PATHS_RUNS];
};

/*
 * Those of run @run, up to its block @last, that may have a name which @q
 * finds with rank @tier.  @kept is of the same query.  0 or FSS_E... .
 */
int fss__search_choose(struct fss__db *db, const struct fss__search_query *q,
    unsigned tier, uint32_t run, unsigned last, struct fss__paths *kept,
    struct fss__blocks *ret_set);
void fss__paths_release(struct fss__paths *kept);

#endif
