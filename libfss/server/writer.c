/*
 * The writer: everything that changes the store, one batch at a time.
 *
 * Whatever waits when the writer looks is one batch.  Uploaded chunks go to
 * their segment and are answered at once (they survive a killed hub); the
 * changes to metadata share one transaction, one fsync of the segments and
 * one of the log, and are answered after it: group commit.  While a batch is
 * being synced the next one gathers, so batches grow with the load.
 *
 * In idle moments it flushes what is pending, clears removed trees and
 * collects chunks, in bounded steps between which it looks for work.  Where
 * there are no idle moments a step comes after so many batches, or so long:
 * or removed trees would grow without end under load.
 */
#include <string.h>
#include <time.h>

#include "base/time.h"
#include "model/entry.h"
#include "server/executor_internal.h"

#define BATCH_JOBS	256		/* answers wait for one transaction */
#define IDLE_US		INT64_C(500000)	/* look after pending puts this often */
#define CHORES_BATCHES	16		/* between two steps under load */
#define CHORES_US	INT64_C(1000000)	/* likewise */
#define FLOOR_US	INT64_C(1000000)
#define LOG_US		INT64_C(10000000)	/* after one that read on */
#define FLOOR_SLACK	(UINT64_C(256) << 20)	/* looks at each put near it */

struct writer {
	struct fss__executor	*x;
	struct fss__store	*store;
	struct fss__ctx		 ctx;
	struct fss__rules	 rules;
	struct fss__job		*batch, **batch_tail;	/* await the commit */
	bool			 begun;
	bool			 durable;	/* some of the batch must be */
	bool			 chores;	/* there may be more to clear */
	unsigned		 batches;	/* since the last step of it */
	int64_t			 chores_us;	/* when that was */
	int64_t			 log_us;	/* the log is let be until then */
	int64_t			 floor_us;	/* when free space was looked at */
	uint64_t		 free_bytes;
};

/*
 * All jobs that wait, or NULL after a while without any (then *@ret_stop
 * tells whether to end).
 */
static struct fss__job *
take_all(struct writer *w, bool *ret_stop)
{
	struct fss__executor *x = w->x;
	struct fss__lane_queue *q = &x->lane[FSS__LANE_WRITE];
	struct fss__job *list;
	struct timespec until;
	int64_t then;

	then = fss__mono_us() + IDLE_US;
	until.tv_sec = (time_t)(then / 1000000);
	until.tv_nsec = (long)(then % 1000000) * 1000;
	(void)pthread_mutex_lock(&x->lock);
	if (q->first == NULL && !x->stop && !w->chores)
		(void)pthread_cond_timedwait(&q->filled, &x->lock, &until);
	list = q->first;
	q->first = NULL;
	q->tail = &q->first;
	*ret_stop = x->stop;
	w->rules = x->rules;
	(void)pthread_mutex_unlock(&x->lock);
	return list;
}

static void
finish_batch(struct writer *w, int r)
{
	struct fss__job *job;

	while ((job = w->batch) != NULL) {
		w->batch = job->next;
		if (r != 0 && job->err.code == 0 &&
		    !(job->handler->flags & FSS__H_NOTE))
			fss__job_fail(job, r, fss__store_errmsg(w->store));
		else if (job->handler->flags & FSS__H_NOTE)
			fss__err_clear(&job->err);
		fss__executor_pass(w->x, job);
	}
	w->batch_tail = &w->batch;
}

static void
commit(struct writer *w)
{
	int r;

	if (!w->begun)
		return;
	r = fss__entry_settle(&w->ctx);
	if (r == 0)
		r = fss__store_commit(w->store, w->durable);
	else
		fss__store_abort(w->store);
	w->begun = w->durable = false;
	if (r != 0)
		fss__log(w->x->cfg.log, FSS_LOG_ERROR, "store",
		    "a batch could not be committed", "error=%s detail=\"%s\"",
		    fss_err_name(r), fss__store_errmsg(w->store));
	finish_batch(w, r);
}

/* Below the floor no content is taken, so that the hub itself can go on. */
static int
check_floor(struct writer *w, size_t n)
{
	struct fss__store_stats st;
	int64_t now;

	if (w->rules.free_floor == 0)
		return 0;
	now = fss__mono_us();
	if (w->floor_us == 0 || now - w->floor_us > FLOOR_US ||
	    w->free_bytes < w->rules.free_floor + FLOOR_SLACK) {
		if (fss__store_stats(w->store, &st) != 0)
			return 0;	/* not known: the write will tell */
		w->free_bytes = st.free_bytes;
		w->floor_us = now;
	}
	if (w->free_bytes < w->rules.free_floor + n)
		return FSS_ENOSPC;
	w->free_bytes -= n;
	return 0;
}

static void
run_direct(struct writer *w, struct fss__job *job)
{
	size_t n = job->payload != NULL ? job->payload->len : 0;
	int r = check_floor(w, n);

	if (r != 0)
		fss__job_fail(job, r, "the hub is short of free space");
	else
		fss__job_run(job, &w->ctx);
	fss__executor_pass(w->x, job);
}

static void
run(struct writer *w, struct fss__job *job)
{
	int r;

	w->ctx.now_us = fss__wall_us();
	if (job->handler->flags & FSS__H_DIRECT) {
		if (w->begun && fss__store_wants_flush(w->store,
		    fss__mono_us()))
			commit(w);
		run_direct(w, job);
		return;
	}
	if (!w->begun) {
		r = fss__store_begin(w->store);
		if (r != 0) {
			if (job->handler->flags & FSS__H_NOTE)
				job->stage = FSS__STAGES;
			else
				fss__job_fail(job, r,
				    fss__store_errmsg(w->store));
			fss__executor_pass(w->x, job);
			return;
		}
		w->begun = true;
	}
	fss__job_run(job, &w->ctx);
	if (!(job->handler->flags & FSS__H_LAZY))
		w->durable = true;
	job->next = NULL;
	*w->batch_tail = job;
	w->batch_tail = &job->next;
	w->chores = true;
}

/* One step of each chore; true while there is more. */
static bool
do_chores(struct writer *w)
{
	bool more = false;
	int r;

	w->batches = 0;
	w->chores_us = fss__mono_us();
	w->ctx.now_us = fss__wall_us();
	r = fss__store_begin(w->store);
	if (r != 0)
		return false;
	r = fss__entry_purge(&w->ctx);
	if (r < 0) {
		fss__store_abort(w->store);
	} else {
		more = r == 1;
		r = fss__store_commit(w->store, false);
	}
	fss__store_set_floor(w->store, w->rules.free_floor);
	if (r >= 0)
		r = fss__store_collect(w->store, w->ctx.now_us);
	if (r < 0)
		fss__log(w->x->cfg.log, FSS_LOG_WARN, "store",
		    "clearing up failed", "error=%s", fss_err_name(r));
	return r >= 0 && (more || r == 1);
}

/* Answers are out; a backup may read on for long, which is to hold up nobody. */
static void
shorten(struct writer *w)
{
	int r;

	if (fss__mono_us() < w->log_us)
		return;
	r = fss__store_shorten(w->store);
	if (r == 0)
		return;
	w->log_us = fss__mono_us() + LOG_US;
	if (r != FSS_EBUSY)
		fss__log(w->x->cfg.log, FSS_LOG_WARN, "store",
		    "the log could not be shortened", "error=%s",
		    fss_err_name(r));
}

static void
end_batch(struct writer *w)
{
	commit(w);
	shorten(w);
	w->batches++;
	if (w->chores && (w->batches >= CHORES_BATCHES ||
	    fss__mono_us() - w->chores_us >= CHORES_US))
		w->chores = do_chores(w);
}

static void
flush(struct writer *w)
{
	int r = fss__store_begin(w->store);

	if (r == 0)
		r = fss__store_commit(w->store, true);
	if (r != 0)
		fss__log(w->x->cfg.log, FSS_LOG_ERROR, "store",
		    "what is pending could not be flushed", "error=%s",
		    fss_err_name(r));
}

void *
fss__writer_main(void *arg)
{
	struct writer w;
	struct fss__job *list, *job;
	bool stop = false;
	size_t n;

	memset(&w, 0, sizeof(w));
	w.x = arg;
	w.store = w.x->cfg.store;
	w.batch_tail = &w.batch;
	w.ctx.store = w.store;
	w.ctx.db = fss__store_db(w.store);
	w.ctx.rules = &w.rules;
	w.ctx.board = w.x->cfg.board;
	w.chores = true;
	while (!stop) {
		list = take_all(&w, &stop);
		for (n = 0; (job = list) != NULL; n++) {
			list = job->next;
			run(&w, job);
			if (n % BATCH_JOBS == BATCH_JOBS - 1)
				end_batch(&w);
		}
		if (n > 0)
			end_batch(&w);
		if (n == 0 && fss__store_wants_flush(w.store, fss__mono_us()))
			flush(&w);
		if (n == 0 && w.chores && !stop)
			w.chores = do_chores(&w);
	}
	return NULL;
}
