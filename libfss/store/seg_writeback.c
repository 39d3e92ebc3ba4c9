#define _GNU_SOURCE	/* sync_file_range() is Linux's own */
/*
 * Starting write-back early.
 *
 * A batch may hold many MiB.  Without a nudge the kernel keeps them all until
 * fdatasync(), which then waits for the whole amount; begun early, most of it
 * is on disk by then.  It is a hint: durability comes from fdatasync() alone.
 */
#include <fcntl.h>

#include "store/seg_internal.h"

void
fss__seg_writeback(int fd, uint64_t from, uint64_t len)
{
	/* A failure shows again, and counts, in fdatasync(). */
	(void)sync_file_range(fd, (off_t)from, (off_t)len,
	    SYNC_FILE_RANGE_WRITE);
}
