/*
 * Files synced together: each is told of by itself, whatever the others say,
 * and several wait at one time.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <fss/error.h>

#include "base/sync.h"

#define MOST	200

static atomic_uint synced[MOST], exposed;
static pthread_barrier_t *meet;
static pthread_t self;

/*
 * In place of the C library's.  Descriptors are plain numbers here, and the
 * odd ones are those of a full disk.
 */
int
fdatasync(int fd)
{
	sigset_t mask;

	(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
	if (!pthread_equal(pthread_self(), self) &&
	    !sigismember(&mask, SIGUSR1))
		atomic_fetch_add(&exposed, 1);
	atomic_fetch_add(&synced[fd], 1);
	if (meet != NULL)
		(void)pthread_barrier_wait(meet);
	if (fd % 2 == 0)
		return 0;
	errno = ENOSPC;
	return -1;
}

static void
check(size_t n)
{
	int fd[MOST] = { 0 }, r[MOST];
	sigset_t mask;
	size_t i;

	self = pthread_self();
	memset(synced, 0, sizeof(synced));
	for (i = 0; i < n; i++) {
		fd[i] = (int)i;
		r[i] = i % 5 == 3 ? FSS_ECHANGED : 0;	/* not to be synced */
	}
	fss__sync_all(fd, r, n);
	for (i = 0; i < n; i++) {
		assert_int_equal(synced[i], i % 5 != 3);
		assert_int_equal(r[i], i % 5 == 3 ? FSS_ECHANGED :
		    i % 2 == 1 ? FSS_ENOSPC : 0);
	}
	for (; i < MOST; i++)
		assert_int_equal(synced[i], 0);
	assert_int_equal(exposed, 0);
	assert_int_equal(pthread_sigmask(SIG_SETMASK, NULL, &mask), 0);
	assert_int_equal(sigismember(&mask, SIGUSR1), 0);
}

static void
test_each(void **state)
{
	size_t n;

	(void)state;
	for (n = 0; n < 20; n++)
		check(n);
	check(MOST);
}

/* Nobody gets past the barrier alone: it would stand still for ever. */
static void
test_together(void **state)
{
	pthread_barrier_t two;
	int fd[8], r[8];
	int i;

	(void)state;
	memset(r, 0, sizeof(r));
	for (i = 0; i < 8; i++)
		fd[i] = 2 * i;
	assert_int_equal(pthread_barrier_init(&two, NULL, 2), 0);
	meet = &two;
	fss__sync_all(fd, r, 8);
	meet = NULL;
	(void)pthread_barrier_destroy(&two);
	for (i = 0; i < 8; i++)
		assert_int_equal(r[i], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each),
		cmocka_unit_test(test_together)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
