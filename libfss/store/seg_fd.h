/*
 * Open segment files shared by reading threads: a bounded cache.
 */
#ifndef FSS__STORE_SEG_FD_H
#define FSS__STORE_SEG_FD_H

#include <stdint.h>

#define FSS__SEG_NAME	16		/* "4294967295.seg" and NUL */

struct fss__segfds;

struct fss__segfd_ref {
	int	fd;
	int	slot;			/* -1: not in the cache, closed after */
};

/* @dir_fd stays the caller's and must outlive the cache. */
int	fss__segfds_new(int dir_fd, struct fss__segfds **ret_c);
void	fss__segfds_free(struct fss__segfds *c);	/* NULL is fine */
/* FSS_ENOENT when there is no such file. */
int	fss__segfds_get(struct fss__segfds *c, uint32_t segment,
	    struct fss__segfd_ref *ret_ref);
void	fss__segfds_put(struct fss__segfds *c, struct fss__segfd_ref ref);
/* The file was removed: nobody gets it from here on. */
void	fss__segfds_forget(struct fss__segfds *c, uint32_t segment);

/* "00000001.seg" */
void	fss__seg_name(char dst[FSS__SEG_NAME], uint32_t segment);

#endif
