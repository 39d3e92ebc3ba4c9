/*
 * One more thread that takes part in what its owner does.
 *
 * The owner posts pieces of work, which the helper does in their order, and
 * waits for one or all of them when it needs them; what the helper has not
 * begun by then the owner does itself.  With no helper all is done where it is
 * posted.  All calls are the owner's.
 */
#ifndef FSS__BASE_HELPER_H
#define FSS__BASE_HELPER_H

#include <stdatomic.h>
#include <stdbool.h>

struct fss__helper;

struct fss__task {
	void		(*fn)(struct fss__task *task);
	atomic_bool	 done;
	bool		 begun;		/* this and the rest are the helper's */
	struct fss__task *newer, *older;
};

/* NULL where there is no memory or no thread to be had. */
struct fss__helper *fss__helper_new(void);
/* Nothing may be posted that is not done; NULL is fine. */
void	fss__helper_free(struct fss__helper *h);

/*
 * @task's fn is called once, here or in the helper's thread; @task and what it
 * points to stay until it is done. @first: before what was posted earlier.
 * @h NULL: at once.
 */
void	fss__helper_post(struct fss__helper *h, struct fss__task *task,
	    bool first);
/* Whether it is done and what it wrote may be read. */
bool	fss__task_done(const struct fss__task *task);
/* Until @task, which was posted, is done. */
void	fss__helper_wait(struct fss__helper *h, struct fss__task *task);
/* Until all that was posted is: the newest are done here. */
void	fss__helper_finish(struct fss__helper *h);

#endif
