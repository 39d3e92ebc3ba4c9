/*
 * Threads of the library.
 */
#ifndef FSS__BASE_THREAD_H
#define FSS__BASE_THREAD_H

#include <pthread.h>
#include <stddef.h>

/*
 * Starts @fn with @arg in a thread that takes none of the program's signals.
 * @stack in bytes, 0 as usual. FSS_ENOMEM where there is none to be had.
 */
int	fss__thread_start(pthread_t *ret_t, size_t stack,
	    void *(*fn)(void *arg), void *arg);

#endif
