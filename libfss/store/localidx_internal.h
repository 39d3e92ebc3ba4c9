/*
 * What the files of the announcer's index share.
 */
#ifndef FSS__STORE_LOCALIDX_INTERNAL_H
#define FSS__STORE_LOCALIDX_INTERNAL_H

#include "store/localidx.h"

struct fss__localidx {
	struct fss__db	*db;
	uint8_t		*row;		/* what a row's slices point to */
	size_t		 cap;
};

/*
 * Copies two columns, so that a row outlives its statement: whoever steps
 * through rows changes the table in between.
 */
int	fss__localidx_keep(struct fss__localidx *x, struct fss__slice *a,
	    struct fss__slice *b);

/* At or below ?1: that path itself, or what begins with it and a '/'. */
#define UNDER	"(remote = ?1 OR ?1 = '/' OR (remote > ?1 || '/' AND "         \
	"remote < ?1 || '0'))"

#endif
