/*
 * What the files about requests share.
 */
#ifndef FSS__MODEL_REQUEST_INTERNAL_H
#define FSS__MODEL_REQUEST_INTERNAL_H

#include "model/access.h"
#include "model/request.h"

/* ---- request.c --------------------------------------------------------- */

/* live: one of the states before an end. */
static inline bool
fss__request_live(int state)
{
	return state < FSS__REQ_FULFILLED;
}
/* Its time is over, whether or not that is written down. */
bool	fss__request_over(const struct fss__ctx *ctx,
	    const struct fss__meta_request *r);
/* What @account is in @r, as far as it may know of it. */
int	fss__request_role(struct fss__ctx *ctx, int64_t account,
	    const struct fss__meta_request *r, int *ret_role);
/* EXPIRE where that is due: 0 or FSS_E... . */
int	fss__request_refresh(struct fss__ctx *ctx,
	    struct fss__meta_request *r);
/* News of how it is now, to those FSS__RE_TELL_... in @effects says. */
int	fss__request_tell(struct fss__ctx *ctx,
	    const struct fss__meta_request *r, unsigned effects);
/* ... to @account, one of several it went to, alone. */
int	fss__request_tell_one(struct fss__ctx *ctx,
	    const struct fss__meta_request *r, int64_t account);
/* No file is tied to the wish any more. */
void	fss__request_untie(struct fss__meta_request *r);
/* Adds the line of a transition. */
int	fss__request_note(struct fss__ctx *ctx,
	    const struct fss__meta_request *r, int what, int64_t actor);

/* ---- request_back.c: noes -------------------------------------------- */

/* FSS_ERATE and ctx->retry_us while @r's asker has to wait. */
int	fss__request_backed_off(struct fss__ctx *ctx,
	    const struct fss__meta_request *r);
/* Counts a no; sets r->retry. */
int	fss__request_count_no(struct fss__ctx *ctx,
	    struct fss__meta_request *r);
/* A yes of @person forgets them. */
int	fss__request_forget_noes(struct fss__ctx *ctx,
	    const struct fss__meta_request *r, int64_t person);

/* ---- request_decide.c -------------------------------------------------- */

/* The request and one's part in it; FSS_ENOENT to who has none. */
int	fss__request_find(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t id, struct fss__meta_request *r, int *ret_role);

/* ---- request_offer.c: files for a wish -------------------------------- */

/* A wish that more than one person was told of. */
static inline bool
fss__request_is_shared(const struct fss__meta_request *r)
{
	return r->kind == FSS_REQUEST_WANT && r->target == 0;
}
/*
 * The offer for @r comes to nothing.  1: others are left, and @r is open for
 * them; 0: there is none, or no wish of several, and nothing was done.
 */
int	fss__request_drop(struct fss__ctx *ctx, struct fss__meta_request *r,
	    int reason, struct fss__slice detail, int64_t actor);
/* FSS_ERATE and ctx->retry_us right after @r was opened. */
int	fss__request_check_pause(struct fss__ctx *ctx,
	    const struct fss__meta_request *r);
/* RETRY of a wish that has an offer: not what was meant. */
int	fss__request_turn_down(struct fss__ctx *ctx,
	    struct fss__meta_request *r,
	    const struct fss__request_cause *cause);

/* ---- request_ask.c ----------------------------------------------------- */

/* Where a request points, looked up anew: for ASK and RETRY. */
int	fss__request_aim(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice owner, struct fss__slice path,
	    struct fss__meta_request *r, struct fss__view *ret_view);
/* One by the same asker for the same that is live: 1 and it is in *r, 0. */
int	fss__request_find_same(struct fss__ctx *ctx,
	    struct fss__meta_request *r);
/* FSS_EOVERLOAD where @r would be one live request too many. */
int	fss__request_limits(struct fss__ctx *ctx,
	    const struct fss__meta_request *r);
/* Rules and access, for one that has just been opened. */
int	fss__request_at_once(struct fss__ctx *ctx,
	    struct fss__meta_request *r);

/* ---- request_row.c ----------------------------------------------------- */

/* @status: of a batch, or 1 to leave it out. */
int	fss__request_emit(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__meta_request *r, int status, fss__emit_fn emit,
	    void *arg);

/* ---- request_settle.c -------------------------------------------------- */

/* What follows for @r from the facts in the store; any state. */
int	fss__request_derive(struct fss__ctx *ctx,
	    struct fss__meta_request *r);

#endif
