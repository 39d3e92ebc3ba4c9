/*
 * What transfers leave behind, cleared in steps: those nobody waits for, bytes
 * past their keep, and holders on devices that were revoked.
 */
#include "model/access.h"
#include "model/announce.h"
#include "model/entry_use.h"
#include "store/meta_request.h"

/* 1 cleared one, 0 there is none. */
static int
drop_idle(struct fss__ctx *ctx, int limit)
{
	struct fss__meta_transfer t;
	int64_t id, waiters;
	int r;

	r = fss__meta_transfer_idle(ctx->db, &id);
	if (r == 1)
		r = fss__meta_transfer_get(ctx->db, id, &t);
	if (r != 1)
		return r;
	r = fss__meta_transfer_waiters(ctx->db, &t, &waiters);
	if (r == 0)
		r = waiters > 0 ? fss__meta_transfer_busy(ctx->db, id) :
		    fss__meta_transfer_delete(ctx->db, id, limit);
	return r < 0 ? r : 1;
}

/* Bytes that were kept long enough go back to who has them. */
static int
give_back(struct fss__ctx *ctx)
{
	struct fss__meta_version v;
	int64_t id;
	int r;

	r = fss__meta_version_kept(ctx->db, ctx->now_us, &id);
	if (r != 1)
		return r;
	r = fss__meta_version_get(ctx->db, id, &v);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	r = fss__meta_held_counts(ctx->db, id);
	if (r == 1)
		r = fss__entry_unstore(ctx, &v);
	else if (r == 0)
		/* Nobody has it but the hub: then it stays. */
		r = fss__meta_version_set_state(ctx->db, id, v.state, v.chunk,
		    0);
	return r < 0 ? r : 1;
}

static int
drop_revoked(struct fss__ctx *ctx, int limit)
{
	int64_t device;
	int r;

	r = fss__meta_held_revoked(ctx->db, &device);
	if (r != 1)
		return r;
	r = fss__announce_drop_device(ctx, device, limit);
	return r < 0 ? r : 1;
}

int
fss__transfer_settle(struct fss__ctx *ctx, int limit)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int n, r = 0;

	for (n = 0; n < limit; n++) {
		r = drop_revoked(ctx, limit);
		if (r == 1)
			break;		/* a step of its own */
		if (r == 0)
			r = give_back(ctx);
		if (r == 0)
			r = drop_idle(ctx, limit);
		if (r <= 0)
			break;
	}
	if (r < 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}
