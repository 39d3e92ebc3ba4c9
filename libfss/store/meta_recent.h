/*
 * Entries with their versions, by when the versions came.
 */
#ifndef FSS__STORE_META_RECENT_H
#define FSS__STORE_META_RECENT_H

#include "store/meta_entry.h"

/*
 * Newest first, below version @before; @owner 0: any, and older versions of
 * an entry are among them.  To be stepped with fss__meta_row_next().
 */
struct fss__stmt *fss__meta_recent(struct fss__db *db, int64_t owner,
	    int64_t before);

#endif
