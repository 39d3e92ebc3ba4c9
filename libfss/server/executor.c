/*
 * Threads and queues of the hub.
 *
 * Every queue is under one lock, held for a few pointer moves only.  What a
 * job may touch belongs to whoever holds the job; what threads share beyond
 * that (the pending puts) is the store's business.
 *
 * The writer's loop is in writer.c.
 */
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/thread.h"
#include "base/time.h"
#include "server/executor_internal.h"

#define SNAPSHOT_JOBS	64	/* that one snapshot is kept for */

static void
queue_init(struct fss__lane_queue *q)
{
	q->first = NULL;
	q->tail = &q->first;
}

void
fss__executor_pass(struct fss__executor *x, struct fss__job *job)
{
	enum fss__lane lane = fss__job_lane(job);
	uint64_t one = 1;
	bool wake = false;

	job->next = NULL;
	(void)pthread_mutex_lock(&x->lock);
	if (lane == FSS__LANES) {
		wake = x->done == NULL;
		*x->done_tail = job;
		x->done_tail = &job->next;
	} else {
		*x->lane[lane].tail = job;
		x->lane[lane].tail = &job->next;
		(void)pthread_cond_signal(&x->lane[lane].filled);
	}
	(void)pthread_mutex_unlock(&x->lock);
	/* An eventfd takes this unless it is ready already. */
	if (wake)
		(void)fss__io_write(x->cfg.wake_fd, &one, sizeof(one));
}

/*
 * A job of @lane, and the rules as they are now.  NULL when the executor
 * stops, or without @wait: when there is none.
 */
static struct fss__job *
take(struct fss__executor *x, enum fss__lane lane, bool wait,
    struct fss__rules *ret_rules)
{
	struct fss__lane_queue *q = &x->lane[lane];
	struct fss__job *job = NULL;

	(void)pthread_mutex_lock(&x->lock);
	while (wait && q->first == NULL && !x->stop)
		(void)pthread_cond_wait(&q->filled, &x->lock);
	if (q->first != NULL && !x->stop) {
		job = q->first;
		q->first = job->next;
		if (q->first == NULL)
			q->tail = &q->first;
		*ret_rules = x->rules;
	}
	(void)pthread_mutex_unlock(&x->lock);
	return job;
}

/*
 * One snapshot for all a request looks at, kept for the next ones while they
 * wait and nothing was committed: beginning and ending one costs as much as
 * many a request.
 */
struct snapshot {
	struct fss__db *db;
	bool begun;
	uint64_t commits; /* before it began */
	unsigned jobs;
};

static void
drop(struct snapshot *s)
{
	if (s->begun)
		fss__db_abort(s->db);
	s->begun = false;
}

/* No older than this call: 0 or an error. */
static int
renew(struct snapshot *s, struct fss__executor *x)
{
	uint64_t now = fss__store_commits(x->cfg.store);
	int r;

	/* Other processes commit as well and are not counted. */
	if (s->commits != now || ++s->jobs == SNAPSHOT_JOBS)
		drop(s);
	if (s->begun)
		return 0;
	r = fss__db_begin(s->db);
	s->begun = r == 0;
	s->commits = now;
	s->jobs = 0;
	return r;
}

static void *
reader_main(void *arg)
{
	struct fss__executor *x = arg;
	struct fss__reader_store *reader;
	struct snapshot snapshot = { 0 };
	struct fss__rules rules;
	struct fss__ctx ctx;
	struct fss__job *job;
	int r;

	(void)pthread_mutex_lock(&x->lock);
	reader = x->reader[x->next_reader++];
	(void)pthread_mutex_unlock(&x->lock);
	memset(&ctx, 0, sizeof(ctx));
	ctx.reader = reader;
	ctx.db = fss__reader_store_db(reader);
	ctx.rules = &rules;
	ctx.board = x->cfg.board;
	snapshot.db = ctx.db;
	for (;;) {
		job = take(x, FSS__LANE_READ, false, &rules);
		if (job == NULL) {
			/* Nobody is held up by one that nobody reads. */
			drop(&snapshot);
			job = take(x, FSS__LANE_READ, true, &rules);
		}
		if (job == NULL)
			break;
		ctx.now_us = fss__wall_us();
		r = renew(&snapshot, x);
		if (r != 0)
			fss__job_fail(job, r, fss__db_errmsg(ctx.db));
		else
			fss__job_run(job, &ctx);
		if (job->err.code != 0)
			drop(&snapshot);
		fss__executor_pass(x, job);
	}
	return NULL;
}

/* Hashing and passwords need neither store nor database. */
static void
compute(struct fss__executor *x, enum fss__lane lane)
{
	struct fss__rules rules;
	struct fss__ctx ctx;
	struct fss__job *job;

	memset(&ctx, 0, sizeof(ctx));
	ctx.rules = &rules;
	while ((job = take(x, lane, true, &rules)) != NULL) {
		ctx.now_us = fss__wall_us();
		fss__job_run(job, &ctx);
		fss__executor_pass(x, job);
	}
}

static void *
hasher_main(void *arg)
{
	compute(arg, FSS__LANE_HASH);
	return NULL;
}

static void *
kdf_main(void *arg)
{
	compute(arg, FSS__LANE_KDF);
	return NULL;
}

static int
start_thread(struct fss__executor *x, void *(*fn)(void *))
{
	int r;

	if (x->nthreads == FSS__MAX_THREADS)
		return FSS_EINVAL;
	r = fss__thread_start(&x->thread[x->nthreads], 0, fn, x);
	if (r == 0)
		x->nthreads++;
	return r;
}

int
fss__executor_start(const struct fss__executor_config *cfg,
    struct fss__err *err, struct fss__executor **ret_x)
{
	pthread_condattr_t attr;
	struct fss__executor *x;
	unsigned i;
	int r = 0;

	*ret_x = NULL;
	x = fss__zalloc(sizeof(*x));
	if (x == NULL)
		return FSS_ENOMEM;
	x->cfg = *cfg;
	x->rules = cfg->rules;
	x->done_tail = &x->done;
	/* None of these can fail on Linux.  Waits end by the monotonic clock. */
	(void)pthread_mutex_init(&x->lock, NULL);
	(void)pthread_condattr_init(&attr);
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	for (i = 0; i < FSS__LANES; i++) {
		queue_init(&x->lane[i]);
		(void)pthread_cond_init(&x->lane[i].filled, &attr);
	}
	(void)pthread_condattr_destroy(&attr);
	for (i = 0; r == 0 && i < cfg->readers; i++) {
		r = fss__reader_store_open(cfg->store, &x->reader[i]);
		if (r == 0)
			x->nreaders++;
	}
	for (i = 0; r == 0 && i < cfg->readers; i++)
		r = start_thread(x, reader_main);
	for (i = 0; r == 0 && i < cfg->hashers; i++)
		r = start_thread(x, hasher_main);
	if (r == 0)
		r = start_thread(x, kdf_main);
	if (r == 0)
		r = start_thread(x, fss__writer_main);
	if (r != 0) {
		(void)fss__err_set(err, r, "cannot start the hub's threads");
		fss__executor_stop(x);
		return r;
	}
	*ret_x = x;
	return 0;
}

static void
free_list(struct fss__job *job)
{
	struct fss__job *next;

	for (; job != NULL; job = next) {
		next = job->next;
		fss__job_free(job);
	}
}

void
fss__executor_stop(struct fss__executor *x)
{
	size_t i;

	if (x == NULL)
		return;
	(void)pthread_mutex_lock(&x->lock);
	x->stop = true;
	for (i = 0; i < FSS__LANES; i++)
		(void)pthread_cond_broadcast(&x->lane[i].filled);
	(void)pthread_mutex_unlock(&x->lock);
	for (i = 0; i < x->nthreads; i++)
		(void)pthread_join(x->thread[i], NULL);
	for (i = 0; i < FSS__LANES; i++) {
		free_list(x->lane[i].first);
		(void)pthread_cond_destroy(&x->lane[i].filled);
	}
	free_list(x->done);
	for (i = 0; i < x->nreaders; i++)
		fss__reader_store_close(x->reader[i]);
	(void)pthread_mutex_destroy(&x->lock);
	fss__free(x);
}

void
fss__executor_submit(struct fss__executor *x, struct fss__job *job)
{
	fss__executor_pass(x, job);
}

struct fss__job *
fss__executor_done(struct fss__executor *x)
{
	struct fss__job *list;

	(void)pthread_mutex_lock(&x->lock);
	list = x->done;
	x->done = NULL;
	x->done_tail = &x->done;
	(void)pthread_mutex_unlock(&x->lock);
	return list;
}

void
fss__executor_set_rules(struct fss__executor *x, const struct fss__rules *rules)
{
	(void)pthread_mutex_lock(&x->lock);
	x->rules = *rules;
	(void)pthread_mutex_unlock(&x->lock);
}

uint64_t
fss__executor_commits(const struct fss__executor *x)
{
	return fss__store_commits(x->cfg.store);
}
