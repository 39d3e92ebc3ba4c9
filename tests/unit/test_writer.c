/*
 * The hub's threads: the writer under a load that never leaves it idle, and
 * readers whose jobs share a snapshot.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "folder.h"
#include "model_fixture.h"
#include "proto/job.h"
#include "server/executor.h"
#include "store/store_internal.h"

#define ENTRIES	3000
#define JOBS	16384

struct load {
	pthread_mutex_t	 lock;
	pthread_cond_t	 changed;
	bool		 all_there;	/* every job waits */
	bool		 at_gate;	/* one waits for the others */
	struct fss__actor alice;
	int64_t		 left;		/* entries, when the last job ran */
};

static struct load *the_load;	/* stages have no argument of their own */

/* Waits until the test says that all is there. */
static void
pass_gate(struct load *l)
{
	(void)pthread_mutex_lock(&l->lock);
	l->at_gate = true;
	(void)pthread_cond_broadcast(&l->changed);
	while (!l->all_there)
		(void)pthread_cond_wait(&l->changed, &l->lock);
	(void)pthread_mutex_unlock(&l->lock);
}

static int
remove_all(struct fss__job *job, struct fss__ctx *ctx)
{
	struct load *l = the_load;
	struct fss__m_ref m;

	(void)job;
	pass_gate(l);
	memset(&m, 0, sizeof(m));
	m.path = mf_s("/d");
	return fss__entry_remove(ctx, &l->alice, &m, true);
}

static int
do_nothing(struct fss__job *job, struct fss__ctx *ctx)
{
	(void)job;
	(void)ctx;
	return 0;
}

static int
count(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__stmt *st = fss__db_query(ctx->db,
	    "SELECT count(*) FROM entry");
	int r = fss__step_i64(st, &the_load->left);

	(void)job;
	return r < 0 ? r : 0;
}

static int
count_and_wait(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = count(job, ctx);

	pass_gate(the_load);
	return r;
}

static int
make_one(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__m_commit_item m = mf_item("/d/1", NULL, NULL);

	(void)job;
	return fss__entry_commit(ctx, &the_load->alice, mf_s(NULL), &m,
	    mf_emit_one, NULL);
}

#define CHUNK	"brought before"

/* As much that is pending makes a put do. */
static int
put_and_flush(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__id id;
	int r = fss__digest(FSS__KIND_DATA | FSS__ALG_BLAKE2B, CHUNK,
	    sizeof(CHUNK), &id);

	(void)job;
	if (r == 0)
		r = fss__store_put(ctx->store, the_load->alice.account, &id,
		    CHUNK, sizeof(CHUNK));
	return r != 0 ? r : fss__store_flush(ctx->store);
}

static int
missing(struct fss__job *job, struct fss__ctx *ctx)
{
	uint8_t bitmap[1] = { 0 };
	uint32_t n = 0;
	struct fss__id id;
	int r = fss__digest(FSS__KIND_DATA | FSS__ALG_BLAKE2B, CHUNK,
	    sizeof(CHUNK), &id);

	(void)job;
	if (r == 0)
		r = fss__reader_missing(ctx->reader, the_load->alice.account,
		    id.b, 1, bitmap, &n);
	the_load->left = n;
	return r;
}

static void
submit(struct fss__executor *x, const struct fss__handler *handler)
{
	struct fss__job *job = fss__job_new();

	assert_non_null(job);
	job->handler = handler;
	job->message = fss__message_find(FSS__MSG_HELLO);
	fss__executor_submit(x, job);
}

/* All jobs back, none of them failed. */
static void
wait_for(struct fss__executor *x, int fd, unsigned jobs)
{
	struct fss__job *job, *next;
	uint64_t n;

	while (jobs > 0) {
		assert_int_equal(read(fd, &n, sizeof(n)), sizeof(n));
		for (job = fss__executor_done(x); job != NULL; job = next) {
			next = job->next;
			assert_int_equal(job->err.code, 0);
			fss__job_free(job);
			jobs--;
		}
	}
}

static void
open_gate(struct load *l)
{
	(void)pthread_mutex_lock(&l->lock);
	l->all_there = true;
	(void)pthread_cond_broadcast(&l->changed);
	(void)pthread_mutex_unlock(&l->lock);
}

static void
open_load(struct load *l, struct mf *f)
{
	memset(l, 0, sizeof(*l));
	the_load = l;
	(void)pthread_mutex_init(&l->lock, NULL);
	(void)pthread_cond_init(&l->changed, NULL);
	l->alice = mf_user(f, "alice");
}

static void
close_load(struct load *l)
{
	(void)pthread_cond_destroy(&l->changed);
	(void)pthread_mutex_destroy(&l->lock);
}

/* One reader and one hasher; *@ret_fd is ready when jobs are over. */
static struct fss__executor *
start(struct mf *f, int *ret_fd)
{
	static const struct fss__log silent;
	struct fss__executor_config cfg;
	struct fss__executor *x;
	struct fss__err err;

	memset(&cfg, 0, sizeof(cfg));
	cfg.store = f->store;
	cfg.rules = f->rules;
	cfg.readers = 1;
	cfg.hashers = 1;
	cfg.wake_fd = *ret_fd = eventfd(0, EFD_CLOEXEC);
	cfg.log = &silent;
	assert_true(cfg.wake_fd >= 0);
	fss__err_clear(&err);
	assert_int_equal(fss__executor_start(&cfg, &err, &x), 0);
	return x;
}

static void
test_chores_under_load(void **state)
{
	static const struct fss__handler first = {
		.stage = {{ FSS__LANE_WRITE, remove_all }}
	}, middle = {
		.stage = {{ FSS__LANE_WRITE, do_nothing }}
	}, last = {
		.stage = {{ FSS__LANE_WRITE, count }}
	};
	struct mf *f = mf_open();
	struct fss__m_commit_item m;
	struct fss__executor *x;
	struct load l;
	char path[32];
	int i, fd;

	(void)state;
	open_load(&l, f);
	mf_begin(f);
	for (i = 0; i < ENTRIES; i++) {
		(void)snprintf(path, sizeof(path), "/d/%d", i);
		m = mf_item(path, NULL, NULL);
		assert_int_equal(fss__entry_commit(&f->ctx, &l.alice,
		    mf_s(NULL), &m, mf_emit_one, NULL), 0);
	}
	(void)mf_end(f, 0);

	x = start(f, &fd);
	submit(x, &first);
	for (i = 0; i < JOBS; i++)
		submit(x, &middle);
	submit(x, &last);
	open_gate(&l);
	wait_for(x, fd, JOBS + 2);
	fss__executor_stop(x);
	/* The removal itself clears a few; the rest is the writer's. */
	assert_in_range(l.left, 1, ENTRIES - 500);
	(void)close(fd);
	close_load(&l);
	mf_close(f);
}

/* What @writes does while a reader has its snapshot, and @reads behind. */
static void
between(const struct fss__handler *writes, const struct fss__handler *reads,
    int64_t *ret_before, int64_t *ret_after)
{
	static const struct fss__handler held = {
		.stage = {{ FSS__LANE_READ, count_and_wait }}
	};
	char dir[FOLDER_PATH];
	struct fss__executor *x;
	struct load l;
	struct mf *f;
	int fd;

	/* In memory readers and writer share a connection. */
	folder_new(dir);
	f = mf_open_in(dir);
	open_load(&l, f);
	x = start(f, &fd);
	submit(x, &held);
	(void)pthread_mutex_lock(&l.lock);
	while (!l.at_gate)
		(void)pthread_cond_wait(&l.changed, &l.lock);
	(void)pthread_mutex_unlock(&l.lock);
	*ret_before = l.left;
	submit(x, writes);
	wait_for(x, fd, 1);
	submit(x, reads);
	open_gate(&l);
	wait_for(x, fd, 2);
	*ret_after = l.left;
	fss__executor_stop(x);
	(void)close(fd);
	close_load(&l);
	mf_close(f);
	folder_remove(dir);
}

/* What waits behind a job sees what was committed while that one ran. */
static void
test_readers_see_commits(void **state)
{
	static const struct fss__handler makes = {
		.stage = {{ FSS__LANE_WRITE, make_one }}
	}, counts = {
		.stage = {{ FSS__LANE_READ, count }}
	};
	int64_t before, after;

	(void)state;
	between(&makes, &counts, &before, &after);
	assert_int_equal(after, before + 2); /* the folder as well */
}

/* Also what the store committed by itself: it is pending no more. */
static void
test_readers_see_flushes(void **state)
{
	static const struct fss__handler puts = {
		.flags = FSS__H_DIRECT,
		.stage = {{ FSS__LANE_WRITE, put_and_flush }}
	}, asks = {
		.stage = {{ FSS__LANE_READ, missing }}
	};
	int64_t before, after;

	(void)state;
	between(&puts, &asks, &before, &after);
	assert_int_equal(after, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chores_under_load),
		cmocka_unit_test(test_readers_see_commits),
		cmocka_unit_test(test_readers_see_flushes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
