/*
 * Answers of people: seen, yes, no, taken back, once more, and here it is.
 *
 * Who has no part in a request gets the answer of one that does not exist.
 */
#include <string.h>

#include "model/entry_path.h"
#include "model/request_internal.h"
#include "store/meta_account.h"

#define US	INT64_C(1000000)

/* The request and one's part in it; FSS_ENOENT to who has none. */
static int
find(struct fss__ctx *ctx, const struct fss__actor *who, int64_t id,
    struct fss__meta_request *r, int *ret_role)
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

/* Of one of several: 1 if others are left. */
static int
decline(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_request *r, const struct fss__request_cause *cause)
{
	struct fss__meta_request line = *r;
	int64_t left = 0;
	bool declined = false;
	int e;

	e = fss__meta_audience_get(ctx->db, r->id, who->account, &declined);
	if (e < 0 || declined)
		return e < 0 ? e : 1;
	e = fss__meta_audience_decline(ctx->db, r->id, who->account, &left);
	if (e != 0 || left == 0)
		return e;
	line.reason = cause->reason;
	if (fss__slice_copy(cause->detail, line.detail,
	    sizeof(line.detail)) == 0)
		line.detail_len = cause->detail.n;
	e = fss__request_note(ctx, &line, FSS_AUDIT_DECLINED, who->account);
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
	if (e == 0 && r->kind == FSS_REQUEST_WANT && r->target == 0) {
		/* After a yes it is for who said it to take it back. */
		if (r->state >= FSS__REQ_APPROVED) {
			if (r->owner != who->account)
				e = FSS_EDENIED;
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

/* A wish is news to many: not again right after it was opened. */
static int
check_pause(struct fss__ctx *ctx, const struct fss__meta_request *r)
{
	int64_t opened = r->created;

	if (r->attempt > 1)
		opened = r->expires - FSS__REQUEST_TTL_S * US;
	if (opened + FSS__WISH_PAUSE_S * US <= ctx->now_us)
		return 0;
	ctx->retry_us = opened + FSS__WISH_PAUSE_S * US - ctx->now_us;
	return FSS_ERATE;
}

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
		e = check_pause(ctx, r);
		if (e != 0)
			return e;
		/* What it was tied to is no more; the words are the same. */
		r->owner = r->entry = r->version = r->number = r->size = 0;
		r->has_root = false;
		r->depth = 0;
		r->path_len = 0;
		r->path[0] = '\0';
		e = r->circle == 0 ? 0 :
		    fss__meta_audience_afresh(ctx->db, r->id);
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
	e = find(ctx, who, id, &r, &role);
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

/* ---- here it is -------------------------------------------------------- */

/*
 * An offer has its time, so that none pushes out another before a device could
 * begin to send; then somebody else may make one: else whoever was first, and
 * never sends, would keep a wish from coming true.
 */
static int
check_offer(struct fss__ctx *ctx, const struct fss__meta_request *r)
{
	int64_t until = r->changed + FSS__WISH_PAUSE_S * US;

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
	    find(ctx, who, (int64_t)m->id, &r, &role);
	if (e == 0)
		e = fss__request_refresh(ctx, &r);
	if (e == 0)
		e = fss__request_next(r.kind, r.state, FSS__REV_FULFIL, role,
		    &step);
	if (e == 0)
		e = check_offer(ctx, &r);
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
