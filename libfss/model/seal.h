/*
 * Numbers that only the hub can read, for cursors.
 */
#ifndef FSS__MODEL_SEAL_H
#define FSS__MODEL_SEAL_H

#include "model/model.h"

#define FSS__SEALED	24	/* bytes */

/*
 * @id as something that tells nobody what it is and opens for the same
 * account and @scope only.
 */
void	fss__seal(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t scope, int64_t id, uint8_t ret_sealed[FSS__SEALED]);
/* FSS_EINVAL: not made by this hub, or for another account or scope. */
int	fss__seal_open(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t scope, const uint8_t sealed[FSS__SEALED],
	    int64_t *ret_id);
/* A number that follows from the bytes, and only the hub can tell how. */
uint64_t fss__seal_number(const struct fss__ctx *ctx, const void *p, size_t n);

#endif
