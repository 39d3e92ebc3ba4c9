/*
 * Answers of people: seen, yes, no, taken back and once more; request_offer.c
 * has "here it is".
 *
 * Who has no part in a request gets the answer of one that does not exist.
 */
#include <string.h>

#include "model/entry_path.h"
#include "model/request_internal.h"
#include "store/meta_account.h"

int
fss__request_find(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t id, struct fss__meta_request *r, int *ret_role)
{
	int e;

	e = fss__meta_request_get(ctx->db, id, r);
	if (e == 1)
		e = fss__request_role(ctx, who->account, r, ret_role);
	else if (e == 0)
		e = FSS_ENOENT;
	if (e == 0 && *ret_role == FSS__ROLE_OTHER)
		e = FSS_ENOENT;
	return e;
}

/* ---- no ---------------------------------------------------------------- */

/*
 * Of one of several: 1 if others are left.  It is no change of the request,
 * but the row of who said it is another one from now on: on their other
 * devices it waits no more.  So it gets a new place among the changes.
 */
static int
decline(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__meta_request *r, const struct fss__request_cause *cause)
{
	struct fss__meta_request line = *r;
	int64_t left = 0;
	int no, e;

	e = fss__meta_audience_get(ctx->db, r->id, who->account, &no);
	if (e < 0 || no != FSS__NO_NONE)
		return e < 0 ? e : 1;
	e = fss__meta_audience_decline(ctx->db, r->id, who->account,
	    FSS__NO_SAID, &left);
	if (e != 0 || left == 0)
		return e;
	line.reason = cause->reason;
	if (fss__slice_copy(cause->detail, line.detail,
	    sizeof(line.detail)) == 0)
		line.detail_len = cause->detail.n;
	e = fss__request_note(ctx, &line, FSS_AUDIT_DECLINED, who->account);
	if (e == 0)
		e = fss__meta_request_update(ctx->db, r);
	if (e == 0)
		e = fss__request_tell_one(ctx, r, who->account);
	return e != 0 ? e : 1;
}

static int
deny(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__meta_request *r, int role, struct fss__request_cause *cause)
{
	struct fss__request_step step;
	int e;

	cause->reason = FSS_REASON_PERSON;
	e = fss__request_next(r->kind, r->state, FSS__REV_DENY, role, &step);
	if (e == 0 && fss__request_is_shared(r)) {
		/* After a yes it is for who said it to take it back. */
		if (r->state >= FSS__REQ_APPROVED) {
			e = r->owner != who->account ? FSS_EDENIED :
			    fss__request_drop(ctx, r, cause->reason,
			    cause->detail, who->account);
			if (e == 1)
				return 0;
		} else if (r->circle == 0) {
			e = fss__err_set(&ctx->err, FSS_EDENIED,
			    "a wish to everybody is not denied");
		} else {
			e = decline(ctx, who, r, cause);
			if (e == 1)
				return 0;
		}
	}
	return e != 0 ? e : fss__request_apply(ctx, r, role, cause);
}

/* ---- once more --------------------------------------------------------- */

static int
retry(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__meta_request *r, int role,
    const struct fss__request_cause *cause)
{
	char path[FSS_LIMIT_PATH + 1], name[FSS_LIMIT_ACCOUNT + 1];
	struct fss__slice at = { path, r->path_len };
	struct fss__meta_request same;
	struct fss__request_step step;
	struct fss__view view;
	int e;

	e = fss__request_next(r->kind, r->state, FSS__REV_RETRY, role, &step);
	if (e != 0)
		return e;
	if (r->kind == FSS_REQUEST_WANT) {
		e = fss__request_check_pause(ctx, r);
		if (e != 0)
			return e;
		if (step.effects & FSS__RE_UNTIE)
			return fss__request_turn_down(ctx, r, cause);
		/* What it was tied to is no more; the words are the same. */
		fss__request_untie(r);
		e = fss__meta_audience_afresh(ctx->db, r->id, FSS__NO_OFFER);
	} else {
		memcpy(path, r->path, r->path_len + 1);
		e = fss__meta_account_name(ctx->db, r->owner, name);
		if (e == 1)
			e = fss__request_aim(ctx, who, fss__slice_str(name),
			    at, r, &view);
		else if (e == 0)
			e = FSS_ENOACCOUNT;
		same = *r;
		if (e == 0 && (e = fss__request_find_same(ctx, &same)) == 1)
			return fss__err_set(&ctx->err, FSS_ESTATE,
			    "request %lld asks for it already",
			    (long long)same.id);
	}
	if (e == 0)
		e = fss__request_limits(ctx, r);
	/* A no counts where one was said; it waits in apply() as well. */
	if (e == 0)
		e = fss__request_backed_off(ctx, r);
	if (e == 0)
		e = fss__request_apply(ctx, r, role, cause);
	return e != 0 ? e : fss__request_at_once(ctx, r);
}

/* ---- deciding ---------------------------------------------------------- */

static int
decide(struct fss__ctx *ctx, const struct fss__actor *who, int64_t id,
    int event, struct fss__slice detail, fss__emit_fn emit, void *arg)
{
	struct fss__request_cause cause;
	struct fss__meta_request r;
	int role, e;

	if (event < FSS__REV_SEE || event > FSS__REV_RETRY)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not what a person does to a request");
	if (detail.n > FSS__MAX_NOTE)
		return FSS_ETOOBIG;
	e = fss__request_find(ctx, who, id, &r, &role);
	if (e == 0)
		e = fss__request_refresh(ctx, &r);
	if (e != 0)
		return e;
	/* Both sides of a file on another device of one's own. */
	if (role == FSS__ROLE_ASKER && event < FSS__REV_CANCEL &&
	    r.owner == who->account)
		role = FSS__ROLE_TARGET;
	memset(&cause, 0, sizeof(cause));
	cause.event = event;
	cause.detail = detail;
	cause.actor = who->account;
	switch (event) {
	case FSS__REV_SEE:
		if (role == FSS__ROLE_TARGET && r.state != FSS__REQ_OPEN)
			break;
		e = fss__request_apply(ctx, &r, role, &cause);
		break;
	case FSS__REV_DENY:
		e = deny(ctx, who, &r, role, &cause);
		break;
	case FSS__REV_RETRY:
		e = retry(ctx, who, &r, role, &cause);
		break;
	default:
		e = fss__request_apply(ctx, &r, role, &cause);
		break;
	}
	return e != 0 ? e : fss__request_emit(ctx, who, &r, 0, emit, arg);
}

int
fss__request_decide(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t id, int event, struct fss__slice detail, fss__emit_fn emit,
    void *arg)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int e = decide(ctx, who, id, event, detail, emit, arg);

	if (e != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, e);
}
