/*
 * Idempotency: a request that is repeated gets its first answer.
 *
 * The answer is kept in the transaction of its effects, so that there is never
 * the one without the other.  Where the disk is full an account has room for
 * few of them, and new ones take the place of old: what needs no room, such as
 * a removal, must still be possible, and must not take any.
 */
#include "model/access.h"
#include "model/entry.h"
#include "model/entry_use.h"
#include "store/meta_op.h"

int
fss__op_lookup(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice op, struct fss__buf *ret_answer)
{
	return fss__ctx_end(ctx,
	    fss__meta_op_get(ctx->db, who->device, op, ret_answer));
}

int
fss__op_store(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice op, const void *answer, size_t n)
{
	int low = fss__entry_low(ctx);

	return fss__ctx_end(ctx, low < 0 ? low : fss__meta_op_insert(ctx->db,
	    who->device, op, ctx->now_us, low ? FSS__OPS_LOW :
	    FSS__OPS_ACCOUNT, answer, n));
}
