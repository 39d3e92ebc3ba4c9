/*
 * Starting threads that leave the program's signals alone.
 */
#include "base/thread.h"

#include <signal.h>

#include <fss/error.h>

int
fss__thread_start(pthread_t *ret_t, size_t stack, void *(*fn)(void *arg),
    void *arg)
{
	sigset_t all, before;
	pthread_attr_t attr;
	int r;

	if (pthread_attr_init(&attr) != 0)
		return FSS_ENOMEM;
	/* Refused where it is too little; the usual one does as well. */
	if (stack > 0)
		(void)pthread_attr_setstacksize(&attr, stack);
	(void)sigfillset(&all);
	r = pthread_sigmask(SIG_SETMASK, &all, &before);
	if (r == 0) {
		r = pthread_create(ret_t, &attr, fn, arg);
		(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	}
	(void)pthread_attr_destroy(&attr);
	return r == 0 ? 0 : FSS_ENOMEM;
}
