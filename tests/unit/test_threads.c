/*
 * What threads share in the base and crypto layers: a frame's references, the
 * digest looked up by the first who needs it, the count of allocations.
 *
 * ThreadSanitizer makes these tests worth most.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "crypto/digest.h"
#include "crypto/keys.h"

#define THREADS		4
#define ROUNDS		2000

struct job {
	pthread_t		 thread;
	struct fss__frame	*frame;
	struct fss__id		 id;
	int			 r;
	unsigned		 refused;
};

static void
run_all(struct job *jobs, void *(*fn)(void *))
{
	int i;

	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&jobs[i].thread, NULL, fn,
		    &jobs[i]), 0);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(jobs[i].thread, NULL), 0);
}

/* So many leaves that several are done at once. */
static const uint8_t content[128 * 1024];

static void *
digest_some(void *arg)
{
	struct job *job = arg;
	int i;

	for (i = 0; i < 50 && job->r == 0; i++)
		job->r = fss__digest(FSS__ALG_LEAVES, content, sizeof(content),
		    &job->id);
	return NULL;
}

/* Runs first, so that all threads find the digest not looked up yet. */
static void
test_digest(void **state)
{
	struct job jobs[THREADS];
	struct fss__id want;
	int i;

	(void)state;
	memset(jobs, 0, sizeof(jobs));
	run_all(jobs, digest_some);
	assert_int_equal(fss__digest(FSS__ALG_LEAVES, content, sizeof(content),
	    &want), 0);
	for (i = 0; i < THREADS; i++) {
		assert_int_equal(jobs[i].r, 0);
		assert_true(fss__id_eq(&jobs[i].id, &want));
	}
}

/* Plain, not atomic: the last unref must order it after all that was done. */
static void
note_drop(void *ctx, uint8_t *data)
{
	++*(int *)ctx;
	data[0] = 0;
}

static void *
ref_some(void *arg)
{
	struct job *job = arg;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		(void)fss__frame_ref(job->frame);
		job->refused += job->frame->data[0] != 7;
		fss__frame_unref(job->frame);
	}
	fss__frame_unref(job->frame);
	return NULL;
}

static void
test_frame(void **state)
{
	struct job jobs[THREADS];
	uint8_t byte = 7;
	int dropped = 0, i;
	struct fss__frame *f;

	(void)state;
	memset(jobs, 0, sizeof(jobs));
	f = fss__frame_wrap(&byte, 1, note_drop, &dropped);
	assert_non_null(f);
	for (i = 0; i < THREADS; i++)
		jobs[i].frame = fss__frame_ref(f);
	fss__frame_unref(f);
	run_all(jobs, ref_some);
	assert_int_equal(dropped, 1);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(jobs[i].refused, 0);
}

static void *
allocate_some(void *arg)
{
	struct job *job = arg;
	void *p;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		p = fss__alloc(1);
		job->refused += p == NULL;
		fss__free(p);
	}
	return NULL;
}

/* However many allocate at once, one is refused and none is left uncounted. */
static void
test_alloc(void **state)
{
	struct job jobs[THREADS];
	unsigned refused = 0;
	int i;

	(void)state;
	memset(jobs, 0, sizeof(jobs));
	(void)fss__alloc_fail_at(THREADS * ROUNDS / 2);
	run_all(jobs, allocate_some);
	assert_int_equal(fss__alloc_fail_at(0), THREADS * ROUNDS);
	for (i = 0; i < THREADS; i++)
		refused += jobs[i].refused;
	assert_int_equal(refused, 1);
}

static int
setup(void **state)
{
	(void)state;
	return fss__crypto_init();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_frame),
		cmocka_unit_test(test_alloc)
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
