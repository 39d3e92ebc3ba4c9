/*
 * Locks between processes: one hub on a store, no file removed under a backup.
 *
 * flock() belongs to the open file, so a second opener in the same process is
 * refused too, and the lock goes with the process however it ends.  A child
 * that was forked meanwhile shares it; dropping it drops it for both, or the
 * store would be busy as long as any such child lives.
 */
#include <sys/file.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/io.h"
#include "store/store_internal.h"

/*
 * Alone: FSS_EBUSY when somebody has it.  Shared: waits for whoever has it
 * alone, which is the collector and takes only moments.
 */
int
fss__lock_take(const char *path, bool create, bool shared, int *ret_fd)
{
	int fd, r;

	*ret_fd = -1;
	fd = open(path, (create ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC,
	    0600);
	if (fd == -1)
		return errno == EACCES ? FSS_EROFS : fss__errno(errno);
	do {
		r = flock(fd, shared ? LOCK_SH : LOCK_EX | LOCK_NB);
	} while (r != 0 && errno == EINTR);
	if (r != 0) {
		r = errno == EWOULDBLOCK ? FSS_EBUSY : fss__errno(errno);
		(void)close(fd);	/* nothing was written */
		return r;
	}
	*ret_fd = fd;
	return 0;
}

void
fss__lock_drop(int fd)
{
	if (fd == -1)
		return;
	(void)flock(fd, LOCK_UN);	/* what close() does, if no child has it */
	(void)close(fd);
}
