/*
 * Offers: files that people name for a wish.
 *
 * A wish that went to several is its asker's: who offers what never comes, or
 * is not what was meant, must not end it for the others.  So of such a wish an
 * offer that its giver takes back, or that fails, is dropped: the wish is open
 * again, and all are told.  What arrived and is not what was meant the asker
 * turns down by RETRY.  Either way the giver has had their turn: a second
 * offer is for when the asker asks all of them afresh, else one person could
 * keep a wish busy for ever, and make news for everybody each time.  Why it
 * came to nothing the two of them read, as long as the wish is open for that.
 */
#include <string.h>

#include "model/entry_path.h"
#include "model/request_internal.h"

#define US	INT64_C(1000000)

int
fss__request_drop(struct fss__ctx *ctx, struct fss__meta_request *r,
    int reason, struct fss__slice detail, int64_t actor)
{
	struct fss__request_cause cause;
	int64_t left;
	int e;

	if (!fss__request_is_shared(r) || r->owner == 0)
		return 0;
	e = fss__meta_audience_decline(ctx->db, r->id, r->owner,
	    FSS__NO_OFFER, &left);
	/* Of a group the last is as the only one; everybody has no end. */
	if (e != 0 || (r->circle != 0 && left == 0))
		return e;
	memset(&cause, 0, sizeof(cause));
	cause.event = FSS__REV_DROP;
	cause.reason = reason;
	cause.detail = detail;
	cause.actor = actor;
	e = fss__request_apply(ctx, r, FSS__ROLE_HUB, &cause);
	return e != 0 ? e : 1;
}

/* ---- not what was meant ------------------------------------------------ */

/* A wish is news to many: not again right after it was opened. */
int
fss__request_check_pause(struct fss__ctx *ctx,
    const struct fss__meta_request *r)
{
	int64_t opened = r->created;

	if (r->attempt > 1)
		opened = r->expires - FSS__REQUEST_TTL_S * US;
	if (opened + FSS__WISH_PAUSE_S * US <= ctx->now_us)
		return 0;
	ctx->retry_us = opened + FSS__WISH_PAUSE_S * US - ctx->now_us;
	return FSS_ERATE;
}

int
fss__request_turn_down(struct fss__ctx *ctx, struct fss__meta_request *r,
    const struct fss__request_cause *cause)
{
	struct fss__request_cause no = *cause;
	int64_t left;
	int e = 0;

	no.reason = FSS_REASON_UNWANTED;
	/* One that is live is counted already. */
	if (!fss__request_live(r->state))
		e = fss__request_limits(ctx, r);
	if (e == 0 && fss__request_is_shared(r))
		e = fss__meta_audience_decline(ctx->db, r->id, r->owner,
		    FSS__NO_OFFER, &left);
	if (e == 0)
		e = fss__meta_audience_afresh(ctx->db, r->id, FSS__NO_SAID);
	return e != 0 ? e :
	    fss__request_apply(ctx, r, FSS__ROLE_ASKER, &no);
}

/* ---- here it is -------------------------------------------------------- */

/*
 * An offer has its time, so that none pushes out another before a device could
 * begin to send; then somebody else may make one: else whoever was first, and
 * never sends, would keep a wish from coming true.
 */
static int
check_offer(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_request *r)
{
	int64_t until = r->changed + FSS__WISH_PAUSE_S * US;
	int no = FSS__NO_NONE, e = 0;

	if (fss__request_is_shared(r))
		e = fss__meta_audience_get(ctx->db, r->id, who->account, &no);
	if (e >= 0 && no == FSS__NO_OFFER)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "an offer of yours for it came to nothing");
	if (e < 0)
		return e;
	if (r->state != FSS__REQ_APPROVED || until <= ctx->now_us)
		return 0;
	ctx->retry_us = until - ctx->now_us;
	return FSS_ERATE;
}

static int
fulfil(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_fulfil *m, fss__emit_fn emit, void *arg)
{
	struct fss__slice own = { NULL, 0 };
	struct fss__request_cause cause;
	struct fss__request_step step;
	struct fss__meta_request r;
	struct fss__walk w;
	int role, e;

	e = m->id > INT64_MAX ? FSS_ENOENT :
	    fss__request_find(ctx, who, (int64_t)m->id, &r, &role);
	if (e == 0)
		e = fss__request_refresh(ctx, &r);
	if (e == 0)
		e = fss__request_next(r.kind, r.state, FSS__REV_FULFIL, role,
		    &step);
	if (e == 0)
		e = check_offer(ctx, who, &r);
	if (e == 0)
		e = fss__walk_to(ctx, who, own, m->path, 0, &w);
	if (e == 0 && w.node.kind == FSS_KIND_DIR)
		e = FSS_EISDIR;
	if (e == 0 && w.node.kind != FSS_KIND_FILE)
		e = fss__err_set(&ctx->err, FSS_EINVAL,
		    "a link has no content");
	if (e != 0)
		return e;
	memset(&cause, 0, sizeof(cause));
	cause.event = FSS__REV_FULFIL;
	cause.actor = who->account;
	cause.entry = w.node.id;
	cause.version = w.node.cur;
	e = fss__request_apply(ctx, &r, role, &cause);
	if (e == 0 && fss__request_is_shared(&r) && r.owner == 0)
		/* Nothing can come of it: so it never was one. */
		e = fss__err_set(&ctx->err, r.reason == FSS_REASON_QUOTA ?
		    FSS_EQUOTA : FSS_ECHANGED, "that file cannot be had: %s",
		    r.reason == FSS_REASON_QUOTA ? "there is no room for it in "
		    "your space" : "no device has it any more");
	return e != 0 ? e : fss__request_emit(ctx, who, &r, 1, emit, arg);
}

int
fss__request_fulfil(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_fulfil *m, fss__emit_fn emit, void *arg)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int e = fulfil(ctx, who, m, emit, arg);

	if (e != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, e);
}
