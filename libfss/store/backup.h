/*
 * A consistent copy of a store, beside a running hub or without one.
 */
#ifndef FSS__STORE_BACKUP_H
#define FSS__STORE_BACKUP_H

#include "base/error.h"

/*
 * Copies the store in @data (store, meta.db, seg/; nothing else that may be
 * there) to the new folder @target.  The copy is synced and was opened once
 * when this returns 0.  FSS_EEXIST, FSS_ENOENT (no store in @data),
 * FSS_ECORRUPT (a segment is missing or short; the rest was copied),
 * FSS_EIO, FSS_ENOSPC, FSS_ENOMEM.
 */
int	fss__store_backup(const char *data, const char *target,
	    struct fss__err *err);

#endif
