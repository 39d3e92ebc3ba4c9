/*
 * A helper: whatever is posted is done once, by it or by who waits, and what
 * was done is seen by who asked.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "base/helper.h"
#include "rng.h"

#define MOST	64

struct piece {
	struct fss__task task;
	pthread_barrier_t *meet;	/* NULL, or who is met in it */
	pthread_barrier_t *leave;	/* and before it ends */
	unsigned	 times;
	bool		 elsewhere;	/* not in the owner's thread */
	bool		 exposed;	/* to the program's signals */
};

static pthread_t self;

static void
work(struct fss__task *task)
{
	struct piece *p = (struct piece *)task;
	sigset_t mask;

	if (p->meet != NULL)
		(void)pthread_barrier_wait(p->meet);
	if (p->leave != NULL)
		(void)pthread_barrier_wait(p->leave);
	p->times++;
	p->elsewhere = !pthread_equal(pthread_self(), self);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
	p->exposed = p->elsewhere && !sigismember(&mask, SIGUSR1);
}

static void
prepare(struct piece *p, size_t n)
{
	size_t i;

	self = pthread_self();
	memset(p, 0, n * sizeof(*p));
	for (i = 0; i < n; i++)
		p[i].task.fn = work;
}

static void
check(const struct piece *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		assert_true(fss__task_done(&p[i].task));
		assert_int_equal(p[i].times, 1);
		assert_false(p[i].exposed);
	}
}

static void
test_none(void **state)
{
	struct piece p[3];
	size_t i;

	(void)state;
	prepare(p, 3);
	for (i = 0; i < 3; i++) {
		fss__helper_post(NULL, &p[i].task, i == 1);
		assert_true(fss__task_done(&p[i].task));
		assert_false(p[i].elsewhere);
	}
	fss__helper_wait(NULL, &p[0].task);
	fss__helper_finish(NULL);
	check(p, 3);
	fss__helper_free(NULL);
}

/* Two at one time: in the barrier one alone would stand for ever. */
static void
test_two(void **state)
{
	struct fss__helper *h = fss__helper_new();
	pthread_barrier_t two;
	struct piece p[2];

	(void)state;
	assert_non_null(h);
	assert_int_equal(pthread_barrier_init(&two, NULL, 2), 0);
	prepare(p, 2);
	p[0].meet = p[1].meet = &two;
	fss__helper_post(h, &p[0].task, false);
	fss__helper_post(h, &p[1].task, false);
	fss__helper_finish(h);
	check(p, 2);
	assert_true(p[0].elsewhere);
	assert_false(p[1].elsewhere);
	(void)pthread_barrier_destroy(&two);
	fss__helper_free(h);
}

/*
 * While the helper stands in one, three are posted, the last to go before the
 * others: it is next, and there the owner meets the helper.
 */
static void
test_first(void **state)
{
	struct fss__helper *h = fss__helper_new();
	pthread_barrier_t begun, go, next;
	struct piece p[4];

	(void)state;
	assert_non_null(h);
	assert_int_equal(pthread_barrier_init(&begun, NULL, 2), 0);
	assert_int_equal(pthread_barrier_init(&go, NULL, 2), 0);
	assert_int_equal(pthread_barrier_init(&next, NULL, 2), 0);
	prepare(p, 4);
	p[0].meet = &begun;
	p[0].leave = &go;
	p[3].meet = &next;
	fss__helper_post(h, &p[0].task, false);
	(void)pthread_barrier_wait(&begun);
	fss__helper_post(h, &p[1].task, false);
	fss__helper_post(h, &p[2].task, false);
	fss__helper_post(h, &p[3].task, true);
	(void)pthread_barrier_wait(&go);
	(void)pthread_barrier_wait(&next);
	fss__helper_finish(h);
	check(p, 4);
	assert_true(p[3].elsewhere);
	(void)pthread_barrier_destroy(&go);
	(void)pthread_barrier_destroy(&begun);
	(void)pthread_barrier_destroy(&next);
	fss__helper_free(h);
}

static void
test_random(void **state)
{
	struct fss__helper *h = fss__helper_new();
	struct piece p[MOST];
	struct rng g = { 20 };
	size_t n, i, round;

	(void)state;
	assert_non_null(h);
	for (round = 0; round < 500; round++) {
		n = 1 + (size_t)rng_below(&g, MOST);
		prepare(p, n);
		for (i = 0; i < n; i++) {
			fss__helper_post(h, &p[i].task, rng_below(&g, 4) == 0);
			if (rng_below(&g, 3) == 0) {
				size_t k = (size_t)rng_below(&g, i + 1);

				fss__helper_wait(h, &p[k].task);
				assert_true(fss__task_done(&p[k].task));
				assert_int_equal(p[k].times, 1);
			}
		}
		fss__helper_finish(h);
		check(p, n);
	}
	fss__helper_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_random)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
