/*
 * What executor.c and writer.c share.
 */
#ifndef FSS__SERVER_EXECUTOR_INTERNAL_H
#define FSS__SERVER_EXECUTOR_INTERNAL_H

#include <pthread.h>

#include "server/executor.h"

#define FSS__MAX_THREADS	72	/* 64 readers, hashers, writer, KDF */

/* Jobs in order, under the executor's lock. */
struct fss__lane_queue {
	struct fss__job	*first, **tail;
	pthread_cond_t	 filled;
};

struct fss__executor {
	struct fss__executor_config cfg;
	pthread_mutex_t	 lock;		/* all below */
	struct fss__lane_queue lane[FSS__LANES];
	struct fss__job	*done, **done_tail;
	struct fss__rules rules;
	bool		 stop;

	pthread_t	 thread[FSS__MAX_THREADS];
	size_t		 nthreads;
	struct fss__reader_store *reader[FSS__MAX_THREADS];
	size_t		 nreaders;
	size_t		 next_reader;	/* handed out to threads as they start */
};

/* Hands a job on: to its next lane, or back. */
void	fss__executor_pass(struct fss__executor *x, struct fss__job *job);
/* The thread of FSS__LANE_WRITE; @arg is the executor. */
void	*fss__writer_main(void *arg);

#endif
