/*
 * What follows from the facts.
 *
 * fss__request_derive() looks at one live request and at the store, and
 * applies what the table has for that: it is the only place where a request is
 * fulfilled, fails, or gets the yes that access gives.  It may be called for
 * any request at any time, also twice: where nothing changed nothing follows.
 * Marks in request_todo say which to look at; a hub that starts marks all.
 *
 * Nothing here knows who is online.
 */
#include <string.h>

#include "model/announce.h"
#include "model/entry_path.h"
#include "model/entry_use.h"
#include "model/request_internal.h"
#include "store/meta_account.h"

#define US	INT64_C(1000000)

static int
cause_it(struct fss__ctx *ctx, struct fss__meta_request *r, int event,
    int reason)
{
	struct fss__request_cause cause;

	memset(&cause, 0, sizeof(cause));
	cause.event = event;
	cause.reason = reason;
	return fss__request_apply(ctx, r, FSS__ROLE_HUB, &cause);
}

static int
fail(struct fss__ctx *ctx, struct fss__meta_request *r, int reason)
{
	struct fss__slice none = { NULL, 0 };
	int e;

	/* What was offered is no more; the wish may come true otherwise. */
	e = fss__request_drop(ctx, r, reason, none, 0);
	if (e != 0)
		return e < 0 ? e : 0;
	return cause_it(ctx, r, FSS__REV_FAIL, reason);
}

/* Which of the two accounts cannot go on: 1 the asker, 2 the other; 0. */
static int
is_locked(struct fss__ctx *ctx, const struct fss__meta_request *r)
{
	int64_t id[2] = { r->asker, r->owner != 0 ? r->owner : r->target };
	struct fss__meta_account a;
	int i, e;

	for (i = 0; i < 2; i++) {
		if (id[i] == 0)
			continue;
		e = fss__meta_account_by_id(ctx->db, id[i], &a);
		if (e < 0)
			return e;
		if (e == 0 || a.locked)
			return i + 1;
	}
	return 0;
}

static struct fss__actor
actor_of(int64_t account)
{
	struct fss__actor who;

	memset(&who, 0, sizeof(who));
	who.account = account;
	return who;
}

/* ---- leave to upload --------------------------------------------------- */

/* Given the right to create, no leave is needed any more. */
static int
derive_upload(struct fss__ctx *ctx, struct fss__meta_request *r)
{
	struct fss__actor who = actor_of(r->asker);
	struct fss__slice path = { r->path, r->path_len };
	struct fss__space space;
	struct fss__meta_account a;
	struct fss__walk w;
	int e;

	if (r->state >= FSS__REQ_APPROVED)
		return 0;
	e = fss__meta_account_by_id(ctx->db, r->owner, &a);
	if (e <= 0)
		return e;
	space.owner = a.id;
	space.root = a.root;
	memcpy(space.name, a.name, sizeof(space.name));
	e = fss__walk(ctx, &who, &space, path, &w);
	if (e != 0 || w.left == 0 || w.node.kind != FSS_KIND_DIR ||
	    !(w.view.rights & FSS_RIGHT_CREATE))
		return e;
	return cause_it(ctx, r, FSS__REV_ALLOW, 0);
}

/* ---- a file ------------------------------------------------------------ */

/*
 * Whether somebody can send @r's content: 1, 0.  Its own holders, or others of
 * the same content whom the owner and the asker may see.
 */
static int
is_held(struct fss__ctx *ctx, const struct fss__meta_request *r)
{
	unsigned left = FSS__LOOK_MAX;
	struct fss__meta_transfer t;
	struct fss__meta_held h;
	int e;

	e = fss__meta_held_counts(ctx->db, r->version);
	if (e != 0)
		return e;
	memset(&t, 0, sizeof(t));
	t.root = r->root;
	t.owner = r->owner;
	t.depth = r->depth;
	t.size = (uint64_t)r->size;
	return fss__transfer_holder(ctx, &t, r->asker, 0, 0, &left, &h);
}

/* A yes for what is not stored: take it from next door, or have it sent. */
static int
fetch(struct fss__ctx *ctx, struct fss__meta_request *r,
    const struct fss__meta_version *v)
{
	int64_t id;
	int e;

	e = fss__transfer_adopt(ctx, v);
	if (e == FSS_EQUOTA)
		return fail(ctx, r, FSS_REASON_QUOTA);
	if (e == 1)
		return cause_it(ctx, r, FSS__REV_DONE, 0);
	if (e < 0)
		return e;
	e = fss__entry_room(ctx, r->owner, v->size);
	if (e <= 0)
		return e < 0 ? e : fail(ctx, r, FSS_REASON_QUOTA);
	return fss__transfer_want(ctx, &v->root, r->owner, v->depth,
	    (uint64_t)v->size, &id);
}

static int
derive_file(struct fss__ctx *ctx, struct fss__meta_request *r)
{
	struct fss__actor who = actor_of(r->asker);
	struct fss__meta_version v;
	struct fss__view view;
	int e;

	e = fss__view_of(ctx, &who, r->entry, 0, &view, NULL);
	if (e == FSS_ENOENT)
		return fail(ctx, r, FSS_REASON_GONE);
	if (e != 0)
		return e;
	/* What its owner named for them they need not see. */
	if (r->kind == FSS_REQUEST_GET && !(view.rights & FSS_RIGHT_SEE))
		return fail(ctx, r, FSS_REASON_ACCESS);
	e = fss__meta_version_get(ctx->db, r->version, &v);
	if (e == 0)
		return fail(ctx, r, FSS_REASON_CHANGED);
	if (e == 1 && v.state == FSS_STATE_ANNOUNCED && v.has_root) {
		e = is_held(ctx, r);
		if (e == 0)
			return fail(ctx, r, FSS_REASON_CHANGED);
	}
	if (e < 0)
		return e;
	if (r->state < FSS__REQ_APPROVED)
		/* ALLOW looks at the rest again, by WORK. */
		return view.rights & FSS_RIGHT_READ ?
		    cause_it(ctx, r, FSS__REV_ALLOW, 0) : 0;
	if (v.state == FSS_STATE_STORED)
		return cause_it(ctx, r, FSS__REV_DONE, 0);
	return fetch(ctx, r, &v);
}

int
fss__request_derive(struct fss__ctx *ctx, struct fss__meta_request *r)
{
	int e;

	if (!fss__request_live(r->state))
		return 0;
	e = fss__request_refresh(ctx, r);
	if (e != 0 || !fss__request_live(r->state))
		return e;
	e = is_locked(ctx, r);
	if (e == 1)
		return cause_it(ctx, r, FSS__REV_FAIL, FSS_REASON_LOCKED);
	if (e != 0)
		return e < 0 ? e : fail(ctx, r, FSS_REASON_LOCKED);
	if (r->kind == FSS_REQUEST_UPLOAD)
		return derive_upload(ctx, r);
	return r->version != 0 ? derive_file(ctx, r) : 0;
}

/* ---- marks ------------------------------------------------------------- */

int
fss__request_touch_owner(struct fss__ctx *ctx, int64_t owner)
{
	int e;

	e = fss__meta_request_mark_owner(ctx->db, owner);
	if (e == 0)
		e = fss__meta_request_mark_target(ctx->db, owner);
	return fss__ctx_end(ctx, e);
}

int
fss__request_touch_asker(struct fss__ctx *ctx, int64_t asker)
{
	return fss__ctx_end(ctx,
	    fss__meta_request_mark_asker(ctx->db, asker));
}

int
fss__request_touch_root(struct fss__ctx *ctx, const struct fss__id *root)
{
	return fss__ctx_end(ctx, fss__meta_request_mark_root(ctx->db, root));
}

int
fss__request_mark_live(struct fss__ctx *ctx)
{
	return fss__ctx_end(ctx, fss__meta_request_mark_live(ctx->db));
}

/* One marked request: 1, 0 none. */
static int
settle_marked(struct fss__ctx *ctx)
{
	struct fss__meta_request r;
	int64_t id;
	int e;

	e = fss__meta_request_marked(ctx->db, &id);
	if (e != 1)
		return e;
	e = fss__meta_request_get(ctx->db, id, &r);
	if (e == 1)
		e = fss__request_derive(ctx, &r);
	if (e == FSS_ESTATE) {
		/* A mistake of the table's: others must not wait for it. */
		ctx->unsettled = id;
		e = 0;
	}
	return e < 0 ? e : 1;
}

/* One whose time is over: 1, 0 none; *ret_next_us when the next is. */
static int
settle_expired(struct fss__ctx *ctx, int64_t *ret_next_us)
{
	struct fss__meta_request r;
	int64_t id, expires;
	int e;

	*ret_next_us = INT64_MAX;
	e = fss__meta_request_expiring(ctx->db, &id, &expires);
	if (e != 1)
		return e;
	*ret_next_us = expires;
	if (expires > ctx->now_us)
		return 0;
	e = fss__meta_request_get(ctx->db, id, &r);
	if (e == 1)
		e = fss__request_refresh(ctx, &r);
	return e < 0 ? e : 1;
}

static int
settle(struct fss__ctx *ctx, int limit, int64_t *ret_next_us)
{
	int e = 1, n = 0;

	*ret_next_us = INT64_MAX;
	while (n < limit && (e = settle_marked(ctx)) == 1)
		n++;
	while (e >= 0 && n < limit &&
	    (e = settle_expired(ctx, ret_next_us)) == 1)
		n++;
	if (e >= 0 && n < limit) {
		e = fss__meta_pass_purge(ctx->db, ctx->now_us, limit - n);
		n += e > 0 ? e : 0;
	}
	if (e >= 0 && n < limit) {
		e = fss__meta_denial_purge(ctx->db, ctx->now_us -
		    FSS__BACKOFF_MAX_S * US, limit - n);
		n += e > 0 ? e : 0;
	}
	return e < 0 ? e : n >= limit;
}

int
fss__request_settle(struct fss__ctx *ctx, int limit, int64_t *ret_next_us)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int e = settle(ctx, limit, ret_next_us);

	if (e < 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, e);
}

/* ---- transfers --------------------------------------------------------- */

static int
moving(struct fss__ctx *ctx, const struct fss__meta_transfer *t, int event,
    int64_t actor, int limit)
{
	int state = event == FSS__REV_START ? FSS__REQ_APPROVED :
	    FSS__REQ_TRANSFERRING;
	struct fss__request_cause cause;
	struct fss__meta_request r;
	int64_t id = 0, asker;
	int e, n;

	memset(&cause, 0, sizeof(cause));
	cause.event = event;
	for (n = 0; n < limit; n++) {
		e = fss__meta_transfer_waiter(ctx->db, t, state, id, &id,
		    &asker);
		if (e != 1)
			return e;
		e = fss__meta_request_get(ctx->db, id, &r);
		if (e != 1)
			return e < 0 ? e : FSS_ECORRUPT;
		/* Whose device it is, is told where that is no news. */
		cause.actor = actor == r.owner ? actor : 0;
		e = fss__request_apply(ctx, &r, FSS__ROLE_HUB, &cause);
		if (e != 0 && e != FSS_ESTATE)	/* expired by now */
			return e;
	}
	return 1;
}

int
fss__request_moving(struct fss__ctx *ctx,
    const struct fss__meta_transfer *t, int event, int64_t actor, int limit)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int e = moving(ctx, t, event, actor, limit);

	if (e < 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, e);
}
