/*
 * The thread that helps, and the one it helps, share one list under one lock.
 * A task is somebody else's from its post until it is done; `done` hands it back.
 */
#include "base/helper.h"

#include <pthread.h>

#include "base/alloc.h"
#include "base/thread.h"

#define STACK	((size_t)256 << 10)

struct fss__helper {
	pthread_t	 thread;
	pthread_mutex_t	 lock;
	pthread_cond_t	 posted;	/* or to stop */
	pthread_cond_t	 done;		/* a task is, and `watched` */
	struct fss__task *oldest, *newest;	/* not begun */
	bool		 idle;		/* the thread waits for `posted` */
	bool		 busy;		/* it has begun one */
	bool		 watched;	/* the owner waits for `done` */
	bool		 stop;
};

static void
lock(struct fss__helper *h)
{
	(void)pthread_mutex_lock(&h->lock);
}

static void
unlock(struct fss__helper *h)
{
	(void)pthread_mutex_unlock(&h->lock);
}

/* The lock is held, and given up meanwhile. */
static void
run(struct fss__helper *h, struct fss__task *t)
{
	if (t->older != NULL)
		t->older->newer = t->newer;
	else
		h->oldest = t->newer;
	if (t->newer != NULL)
		t->newer->older = t->older;
	else
		h->newest = t->older;
	t->begun = true;
	unlock(h);
	t->fn(t);
	/* From here on it is the owner's again. */
	atomic_store_explicit(&t->done, true, memory_order_release);
	lock(h);
}

static void *
helper_main(void *arg)
{
	struct fss__helper *h = arg;

	lock(h);
	for (;;) {
		while (h->oldest == NULL && !h->stop) {
			h->idle = true;
			(void)pthread_cond_wait(&h->posted, &h->lock);
			h->idle = false;
		}
		if (h->oldest == NULL)
			break;
		h->busy = true;
		run(h, h->oldest);
		h->busy = false;
		if (h->watched)
			(void)pthread_cond_signal(&h->done);
	}
	unlock(h);
	return NULL;
}

static void
release(struct fss__helper *h)
{
	(void)pthread_cond_destroy(&h->done);
	(void)pthread_cond_destroy(&h->posted);
	(void)pthread_mutex_destroy(&h->lock);
	fss__free(h);
}

struct fss__helper *
fss__helper_new(void)
{
	struct fss__helper *h = fss__zalloc(sizeof(*h));

	if (h == NULL)
		return NULL;
	/* None of these can fail on Linux. */
	(void)pthread_mutex_init(&h->lock, NULL);
	(void)pthread_cond_init(&h->posted, NULL);
	(void)pthread_cond_init(&h->done, NULL);
	if (fss__thread_start(&h->thread, STACK, helper_main, h) == 0)
		return h;
	release(h);
	return NULL;
}

void
fss__helper_free(struct fss__helper *h)
{
	if (h == NULL)
		return;
	lock(h);
	h->stop = true;
	(void)pthread_cond_signal(&h->posted);
	unlock(h);
	(void)pthread_join(h->thread, NULL);
	release(h);
}

/* The lock is held. */
static void
put_last(struct fss__helper *h, struct fss__task *t)
{
	t->newer = NULL;
	t->older = h->newest;
	if (h->newest != NULL)
		h->newest->newer = t;
	else
		h->oldest = t;
	h->newest = t;
}

static void
put_first(struct fss__helper *h, struct fss__task *t)
{
	t->older = NULL;
	t->newer = h->oldest;
	if (h->oldest != NULL)
		h->oldest->older = t;
	else
		h->newest = t;
	h->oldest = t;
}

void
fss__helper_post(struct fss__helper *h, struct fss__task *task, bool first)
{
	if (h == NULL) {
		task->fn(task);
		atomic_store_explicit(&task->done, true,
		    memory_order_relaxed);
		return;
	}
	atomic_store_explicit(&task->done, false, memory_order_relaxed);
	task->begun = false;
	lock(h);
	if (first)
		put_first(h, task);
	else
		put_last(h, task);
	if (h->idle)
		(void)pthread_cond_signal(&h->posted);
	unlock(h);
}

bool
fss__task_done(const struct fss__task *task)
{
	return atomic_load_explicit(&task->done, memory_order_acquire);
}

static void
watch(struct fss__helper *h)
{
	h->watched = true;
	(void)pthread_cond_wait(&h->done, &h->lock);
	h->watched = false;
}

void
fss__helper_wait(struct fss__helper *h, struct fss__task *task)
{
	if (fss__task_done(task))
		return;
	lock(h);
	if (!task->begun)
		run(h, task);
	while (!fss__task_done(task))
		watch(h);
	unlock(h);
}

void
fss__helper_finish(struct fss__helper *h)
{
	if (h == NULL)
		return;
	lock(h);
	while (h->newest != NULL)
		run(h, h->newest);
	while (h->busy)
		watch(h);
	unlock(h);
}
