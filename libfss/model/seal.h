/*
 * Numbers that only the hub can read, for cursors.
 */
#ifndef FSS__MODEL_SEAL_H
#define FSS__MODEL_SEAL_H

#include "model/model.h"

#define FSS__SEALED	24	/* bytes */
#define FSS__SEALED_PAIR 32

/* Scopes of lists; ids of folders, and FIND's own, are not below 0. */
enum fss__seal_scope {
	FSS__SEAL_SHARES = -1,
	FSS__SEAL_HOLDERS = -2,
	FSS__SEAL_WORK = -3
};

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
/* The same for two numbers, which belong together. */
void	fss__seal_pair(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t scope, int64_t a, int64_t b,
	    uint8_t ret_sealed[FSS__SEALED_PAIR]);
int	fss__seal_open_pair(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t scope, struct fss__slice sealed, int64_t *ret_a,
	    int64_t *ret_b);
/* A number that follows from the bytes, and only the hub can tell how. */
uint64_t fss__seal_number(const struct fss__ctx *ctx, const void *p, size_t n);

#endif
