/*
 * The index of names below folders that moved; see search.h.
 */
#ifndef FSS__STORE_SEARCH_MOVED_H
#define FSS__STORE_SEARCH_MOVED_H

#include "store/search.h"

/* One bounded step: how much it looked at, at least 1; 0 nothing is left. */
int fss__search_moved_step(struct fss__db *db);

#endif
