/*
 * What the files of share links share.
 */
#ifndef FSS__MODEL_LINK_INTERNAL_H
#define FSS__MODEL_LINK_INTERNAL_H

#include "model/link.h"

/* Whether it has neither ended nor been used up. */
bool	fss__link_good(const struct fss__ctx *ctx,
	    const struct fss__meta_share *l);
/* A line of the audit; @path "": that of what is linked. */
int	fss__link_note(struct fss__ctx *ctx, const struct fss__meta_share *l,
	    int what, int64_t actor, struct fss__slice path, int64_t size,
	    const char *more);

#endif
