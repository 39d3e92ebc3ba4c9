/*
 * Does the index of names say what the entries say?
 */
#ifndef FSS__STORE_SEARCH_CHECK_H
#define FSS__STORE_SEARCH_CHECK_H

#include "store/meta_check.h"

/* Calls @fn for each block that is wrong, and if names are missing. */
int fss__search_check(struct fss__db *db, fss__check_fn fn, void *ctx);

#endif
