/*
 * The one way a request changes.
 *
 * fss__request_apply() asks the table, writes the row, does the effects, adds
 * the line to the audit and leaves the news, all in the transaction it is
 * called in.  A live request whose time is over first expires: whoever comes
 * late finds it so, whether or not a sweep was there before.
 *
 * WORK looks at the facts at once (request_settle.c), so that what the hub has
 * is fulfilled in the same transaction.
 */
#include "model/request.h"

#include <string.h>

#include "model/announce.h"
#include "model/audit.h"
#include "model/entry_path.h"
#include "model/request_internal.h"
#include "store/meta_account.h"

#define US	INT64_C(1000000)

bool
fss__request_over(const struct fss__ctx *ctx,
    const struct fss__meta_request *r)
{
	/* What arrives is not interrupted. */
	return fss__request_live(r->state) &&
	    r->state != FSS__REQ_TRANSFERRING && r->expires <= ctx->now_us;
}

int
fss__request_role(struct fss__ctx *ctx, int64_t account,
    const struct fss__meta_request *r, int *ret_role)
{
	int no, e = 0;

	*ret_role = FSS__ROLE_OTHER;
	if (account == r->asker) {
		*ret_role = FSS__ROLE_ASKER;
	} else if (r->target == account ||
	    (r->owner == account && r->owner != 0)) {
		*ret_role = FSS__ROLE_TARGET;
	} else if (r->circle != 0) {
		e = fss__meta_audience_get(ctx->db, r->id, account, &no);
		if (e == 1)
			*ret_role = FSS__ROLE_TARGET;
	} else if (r->target == 0 && fss__request_live(r->state)) {
		*ret_role = FSS__ROLE_TARGET;	/* a wish to all */
	}
	return e < 0 ? e : 0;
}

/* ---- what comes with a transition -------------------------------------- */

static void
set_party(struct fss__news *n, int64_t account, const char *name)
{
	n->account = account;
	memcpy(n->name, name, strlen(name) + 1);
}

/* To @account alone, with the path if its row has it. */
static int
tell_one(struct fss__ctx *ctx, int64_t account, char *path,
    struct fss__news *n)
{
	n->path = path;
	n->nto = 1;
	n->to[0] = account;
	return fss__news_add(&ctx->news, n);
}

/* @path: of the file, for the two it is between; see request_row.c. */
static int
tell_asker(struct fss__ctx *ctx, const struct fss__meta_request *r,
    char *path, struct fss__news *n)
{
	int64_t party = r->decided != 0 ? r->decided : r->owner != 0 ?
	    r->owner : r->target;
	char name[FSS_LIMIT_ACCOUNT + 1] = "";
	int e = 0;

	if (party != 0)
		e = fss__meta_account_name(ctx->db, party, name);
	if (e < 0)
		return e;
	set_party(n, party, name);
	return tell_one(ctx, r->asker, path, n);
}

/* To each of a group but @giver, as many in one item as it takes. */
static int
tell_audience(struct fss__ctx *ctx, const struct fss__meta_request *r,
    int64_t giver, struct fss__news *n)
{
	int64_t account = 0;
	int e;

	n->nto = 0;
	while ((e = fss__meta_audience_after(ctx->db, r->id, account,
	    &account)) == 1) {
		if (account == giver)
			continue;
		n->to[n->nto++] = account;
		if (n->nto < FSS__NEWS_TO)
			continue;
		e = fss__news_add(&ctx->news, n);
		if (e != 0)
			return e;
		n->nto = 0;
	}
	return e < 0 || n->nto == 0 ? e : fss__news_add(&ctx->news, n);
}

/*
 * The one whom it went to alone, or whose offer it is; and with @all the
 * others: which of them answered, and what became of it, says to them that it
 * waits for them no more.
 */
static int
tell_target(struct fss__ctx *ctx, const struct fss__meta_request *r,
    bool all, char *path, struct fss__news *n)
{
	int64_t one = r->target != 0 ? r->target : r->owner;
	char name[FSS_LIMIT_ACCOUNT + 1] = "";
	int e;

	e = fss__meta_account_name(ctx->db, r->asker, name);
	if (e < 0)
		return e;
	set_party(n, r->asker, name);
	if (one != 0 && one != r->asker) {
		e = tell_one(ctx, one, path, n);
		if (e != 0)
			return e;
	}
	if (!all || !fss__request_is_shared(r))
		return 0;
	n->path = NULL;
	if (r->circle != 0)
		return tell_audience(ctx, r, one, n);
	n->nto = 0;
	n->giver = one;
	return fss__news_add(&ctx->news, n);
}

static void
begin_news(const struct fss__ctx *ctx, const struct fss__meta_request *r,
    struct fss__news *n)
{
	memset(n, 0, sizeof(*n));
	n->kind = FSS_NEWS_REQUEST;
	n->at_us = ctx->now_us;
	n->request = r->id;
	n->request_kind = r->kind;
	n->state = r->state;
	n->asker = r->asker;
	n->change = (uint64_t)r->change;
	n->request_seq = (uint64_t)r->seq;
}

int
fss__request_tell(struct fss__ctx *ctx, const struct fss__meta_request *r,
    unsigned effects)
{
	char copy[sizeof(r->path)], *path = r->path_len > 0 ? copy : NULL;
	struct fss__news n;
	int e = 0;

	memcpy(copy, r->path, r->path_len + 1);
	begin_news(ctx, r, &n);
	if (effects & FSS__RE_TELL_ASKER)
		e = tell_asker(ctx, r, path, &n);
	if (e == 0 && (effects & (FSS__RE_TELL_TARGET | FSS__RE_TELL_GIVER)))
		e = tell_target(ctx, r, effects & FSS__RE_TELL_TARGET, path,
		    &n);
	return e;
}

int
fss__request_tell_one(struct fss__ctx *ctx, const struct fss__meta_request *r,
    int64_t account)
{
	char name[FSS_LIMIT_ACCOUNT + 1] = "";
	struct fss__news n;
	int e;

	e = fss__meta_account_name(ctx->db, r->asker, name);
	if (e < 0)
		return e;
	begin_news(ctx, r, &n);
	set_party(&n, r->asker, name);
	return tell_one(ctx, account, NULL, &n);
}

int
fss__request_note(struct fss__ctx *ctx, const struct fss__meta_request *r,
    int what, int64_t actor)
{
	struct fss__meta_audit a;

	memset(&a, 0, sizeof(a));
	a.what = what;
	a.actor = actor;
	a.asker = r->asker;
	a.owner = r->owner != 0 ? r->owner : r->target;
	a.request = r->id;
	a.entry = r->entry;
	a.size = r->size;
	a.rule = r->rule;
	a.reason = r->reason;
	a.has_root = r->has_root;
	a.root = r->root;
	memcpy(a.path, r->path, r->path_len + 1);
	/* Of a wish the words, until there is an answer. */
	if (r->detail_len > 0 || r->kind != FSS_REQUEST_WANT)
		memcpy(a.detail, r->detail, r->detail_len + 1);
	else
		memcpy(a.detail, r->text, r->text_len + 1);
	return fss__audit_add(ctx, &a);
}

/* The file that FULFIL named becomes what is asked for. */
static int
tie(struct fss__ctx *ctx, struct fss__meta_request *r,
    const struct fss__request_cause *cause)
{
	struct fss__meta_version v;
	int e;

	e = fss__meta_version_get(ctx->db, cause->version, &v);
	if (e == 1)
		e = fss__path_of(ctx, cause->entry, r->path, &r->path_len);
	else if (e == 0)
		e = FSS_ENOENT;
	if (e != 0)
		return e;
	r->owner = cause->actor;
	r->entry = cause->entry;
	r->version = v.id;
	r->number = v.number;
	r->size = v.size;
	r->has_root = v.has_root;
	if (v.has_root)
		r->root = v.root;
	r->depth = v.depth;
	return 0;
}

/*
 * ... and is not any more; the words stay.  Whoever gave it is who decided,
 * as long as the reason is there: they read it too.
 */
void
fss__request_untie(struct fss__meta_request *r)
{
	r->decided = r->reason != 0 ? r->owner : 0;
	r->owner = r->entry = r->version = r->number = r->size = 0;
	r->has_root = false;
	r->depth = 0;
	r->path_len = 0;
	r->path[0] = '\0';
	r->rule = 0;
}

static int
set_pass(struct fss__ctx *ctx, const struct fss__meta_request *r)
{
	struct fss__meta_pass p, old;
	int e;

	p.version = r->version;
	p.account = r->asker;
	p.request = r->id;
	p.shown = r->kind == FSS_REQUEST_GET;
	p.expires = r->state == FSS__REQ_FULFILLED ?
	    ctx->now_us + FSS__PASS_S * US : INT64_MAX;
	p.used = 0;
	e = fss__meta_pass_get(ctx->db, p.version, p.account, &old);
	if (e == 1 && old.request == p.request)
		p.used = old.used;
	return e < 0 ? e : fss__meta_pass_set(ctx->db, &p);
}

/* Bytes there: the pass ends some time, and what was fetched is kept. */
static int
fulfilled(struct fss__ctx *ctx, const struct fss__meta_request *r)
{
	struct fss__meta_version v;
	int e;

	if (r->kind == FSS_REQUEST_UPLOAD)
		return 0;
	e = set_pass(ctx, r);
	if (e == 0)
		e = fss__meta_version_get(ctx->db, r->version, &v);
	if (e == 1 && v.keep > 0)
		e = fss__meta_version_set_state(ctx->db, v.id, v.state,
		    v.chunk, ctx->now_us + FSS__KEEP_S * US);
	return e < 0 ? e : 0;
}

/* What the row says of the change, before it is written. */
static int
change_row(struct fss__ctx *ctx, struct fss__meta_request *r,
    const struct fss__request_step *step,
    const struct fss__request_cause *cause)
{
	bool answer = step->to == FSS__REQ_APPROVED &&
	    cause->event != FSS__REV_LOSE;
	int e = 0;

	/* Whose offer it was that came to nothing is no news any more. */
	if (r->state <= FSS__REQ_SEEN && !fss__request_live(step->to))
		r->decided = 0;
	r->state = step->to;
	r->change++;
	r->changed = ctx->now_us;
	if (step->effects & FSS__RE_TIE)
		e = tie(ctx, r, cause);
	if (e == 0 && (answer || step->to == FSS__REQ_DENIED)) {
		r->decided = cause->actor;
		r->rule = cause->rule;
	}
	if (answer && r->expires < ctx->now_us + FSS__REQUEST_YES_S * US)
		r->expires = ctx->now_us + FSS__REQUEST_YES_S * US;
	/* Asker and giver are told why, also of an offer that is no more. */
	if (e == 0 && (answer || cause->event == FSS__REV_RETRY ||
	    cause->event == FSS__REV_DROP || !fss__request_live(step->to))) {
		r->reason = cause->reason;
		r->detail_len = 0;
		r->detail[0] = '\0';
		if (fss__slice_copy(cause->detail, r->detail,
		    sizeof(r->detail)) != 0)
			e = FSS_ETOOBIG;
		else
			r->detail_len = cause->detail.n;
	}
	if (step->effects & FSS__RE_AGAIN) {
		r->attempt++;
		r->retry = 0;
		r->decided = 0;
		r->rule = 0;
		r->expires = ctx->now_us + FSS__REQUEST_TTL_S * US;
	}
	if (e == 0 && (step->effects & FSS__RE_BACKOFF))
		e = fss__request_count_no(ctx, r);
	return e;
}

static int
take_step(struct fss__ctx *ctx, struct fss__meta_request *r,
    const struct fss__request_step *step,
    const struct fss__request_cause *cause)
{
	int e;

	e = change_row(ctx, r, step, cause);
	/* Before it is untied: the line says of which file. */
	if (e == 0 && step->audit != 0)
		e = fss__request_note(ctx, r, step->audit, cause->actor);
	if (step->effects & FSS__RE_UNTIE)
		fss__request_untie(r);
	if (e == 0)
		e = fss__meta_request_update(ctx->db, r);
	if (e == 0 && (step->effects & FSS__RE_UNPASS))
		e = fss__meta_pass_drop(ctx->db, r->id);
	if (e == 0 && (step->effects & FSS__RE_PASS))
		e = set_pass(ctx, r);
	if (e == 0 && step->to == FSS__REQ_APPROVED &&
	    cause->event != FSS__REV_LOSE)
		e = fss__request_forget_noes(ctx, r, cause->actor);
	if (e == 0 && step->to == FSS__REQ_FULFILLED)
		e = fulfilled(ctx, r);
	if (e == 0)
		e = fss__request_tell(ctx, r, step->effects);
	if (e == 0 && (step->effects & FSS__RE_WORK))
		e = fss__request_derive(ctx, r);
	return e;
}

int
fss__request_refresh(struct fss__ctx *ctx, struct fss__meta_request *r)
{
	static const struct fss__request_cause expire = {
		.event = FSS__REV_EXPIRE
	};
	struct fss__request_step step;
	int e;

	if (!fss__request_over(ctx, r))
		return 0;
	e = fss__request_next(r->kind, r->state, FSS__REV_EXPIRE,
	    FSS__ROLE_HUB, &step);
	return e != 0 ? e : take_step(ctx, r, &step, &expire);
}

int
fss__request_apply(struct fss__ctx *ctx, struct fss__meta_request *r, int role,
    const struct fss__request_cause *cause)
{
	struct fss__request_step step;
	int e;

	e = fss__request_refresh(ctx, r);
	/* It has expired by this very call. */
	if (e == 0 && cause->event == FSS__REV_EXPIRE &&
	    role == FSS__ROLE_HUB && r->state == FSS__REQ_EXPIRED)
		return 0;
	if (e == 0)
		e = fss__request_next(r->kind, r->state, cause->event, role,
		    &step);
	if (e == 0 && cause->event == FSS__REV_RETRY &&
	    r->state == FSS__REQ_DENIED && r->retry > ctx->now_us) {
		ctx->retry_us = r->retry - ctx->now_us;
		e = FSS_ERATE;
	}
	if (e == 0)
		e = take_step(ctx, r, &step, cause);
	return fss__ctx_end(ctx, e);
}
