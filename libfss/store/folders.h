/*
 * A folder as a search needs it, hundreds of times.
 */
#ifndef FSS__STORE_FOLDERS_H
#define FSS__STORE_FOLDERS_H

#include "store/meta_entry.h"

struct fss__folder {
	struct fss__meta_link	link;
	size_t			name_len;
	char			name[FSS_LIMIT_NAME];	/* and no NUL */
};

/* 1, 0 there is none, or FSS_E... . */
int	fss__folder_get(struct fss__db *db, int64_t id,
	    struct fss__folder *ret_f);
/* Writers: entry @id, if it is a folder, is found quickly from now on. */
int	fss__folder_enter(struct fss__db *db, int64_t id);
/* Writers: what that has of entry @id may be another now. */
int	fss__folder_changed(struct fss__db *db, int64_t id);

#endif
