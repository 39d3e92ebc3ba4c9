/*
 * The lanes of the hub: threads that run jobs, and the way back.
 *
 * One writer gathers what waits into one transaction (group commit); readers
 * and hashers run side by side; one thread works out passwords.  Finished
 * jobs are taken on the hub's own thread after the descriptor became ready.
 */
#ifndef FSS__SERVER_EXECUTOR_H
#define FSS__SERVER_EXECUTOR_H

#include "base/log.h"
#include "proto/job.h"

struct fss__executor;

struct fss__executor_config {
	struct fss__store *store;	/* the caller's; must outlive it */
	struct fss__rules  rules;
	unsigned	   readers;
	unsigned	   hashers;
	struct fss__board *board;	/* likewise; NULL: nobody is online */
	int		   wake_fd;	/* an eventfd, written when jobs are done */
	const struct fss__log *log;
};

int	fss__executor_start(const struct fss__executor_config *cfg,
	    struct fss__err *err, struct fss__executor **ret_x);
/* Ends what runs, throws away what waits, joins the threads. */
void	fss__executor_stop(struct fss__executor *x);	/* NULL is fine */

/* Takes the job over; it comes back through fss__executor_done(). */
void	fss__executor_submit(struct fss__executor *x, struct fss__job *job);
/* All jobs that are over, in a list; NULL when there is none. */
struct fss__job *fss__executor_done(struct fss__executor *x);
void	fss__executor_set_rules(struct fss__executor *x,
	    const struct fss__rules *rules);
uint64_t fss__executor_commits(const struct fss__executor *x);

#endif
