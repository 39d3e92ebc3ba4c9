/*
 * Many files made durable together.
 */
#ifndef FSS__BASE_SYNC_H
#define FSS__BASE_SYNC_H

#include <stddef.h>

/*
 * fdatasync() of each of @fd[0 .. @n) whose @r is 0; @r gets 0 or FSS_E...
 * Several wait for the disk at one time, in threads that are gone when this
 * returns; where there are none to be had it only takes longer.
 */
void	fss__sync_all(const int *fd, int *r, size_t n);

#endif
