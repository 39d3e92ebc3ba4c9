/*
 * Many files made durable together.
 *
 * One after the other, each fdatasync() has the disk empty its cache for one
 * file.  The kernel joins such requests while one is under way, but only
 * those of others who wait at the same time: so threads do the waiting.
 *
 * syncfs() was the other way: hardly faster, and it also waits for whatever
 * everybody else has written, says nothing of single files, and means less
 * where the file system is a process (FUSE).
 */
#include "base/sync.h"

#include <stdatomic.h>

#include "base/io.h"
#include "base/thread.h"

#define THREADS	8
#define FEW	4	/* fewer are not worth threads */
#define STACK	((size_t)64 << 10)

struct work {
	const int	*fd;
	int		*r;
	size_t		 n;
	atomic_size_t	 next;
};

static void *
sync_some(void *arg)
{
	struct work *w = arg;
	size_t i;

	while ((i = atomic_fetch_add(&w->next, 1)) < w->n)
		if (w->r[i] == 0)
			w->r[i] = fss__io_fdatasync(w->fd[i]);
	return NULL;
}

void
fss__sync_all(const int *fd, int *r, size_t n)
{
	struct work w = { fd, r, n, 0 };
	pthread_t thread[THREADS - 1];
	size_t threads = 0;

	while (n >= FEW && threads < THREADS - 1 && threads < n - 1 &&
	    fss__thread_start(&thread[threads], STACK, sync_some, &w) == 0)
		threads++;
	(void)sync_some(&w);	/* this thread is one of them */
	while (threads > 0)
		(void)pthread_join(thread[--threads], NULL);
}
