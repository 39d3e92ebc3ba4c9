/*
 * Rows of presence: last seen, and who is hidden.
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .
 */
#ifndef FSS__STORE_META_PRESENCE_H
#define FSS__STORE_META_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "store/db.h"

struct fss__meta_presence {
	int64_t	account;
	int64_t	seen;			/* 0 never */
	bool	live, hidden;
};

int	fss__meta_presence_get(struct fss__db *db, int64_t account,
	    struct fss__meta_presence *ret_p);
/* Keeps `hidden`.  A hidden account's `seen` stays that of when it hid. */
int	fss__meta_presence_note(struct fss__db *db, int64_t account, bool live,
	    int64_t seen);
int	fss__meta_presence_hide(struct fss__db *db, int64_t account,
	    bool hidden, int64_t seen);
/* All that are live were last seen at @seen and are so no more. */
int	fss__meta_presence_recover(struct fss__db *db, int64_t seen);

#endif
