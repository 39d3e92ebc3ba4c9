/*
 * Asking: for a file, for leave to upload one, or for something described in
 * words.
 *
 * Answers tell no more than looking does: what the asker may not see is not
 * there, also where an upload would have to go through it.  Only when it is
 * sure that the asker sees the file does a back-off or a limit speak.
 */
#include <string.h>

#include "model/entry_path.h"
#include "model/entry_use.h"
#include "model/request_internal.h"
#include "model/rule.h"
#include "store/meta_account.h"

#define US	INT64_C(1000000)

static int
check_person(struct fss__ctx *ctx, int64_t account)
{
	struct fss__meta_account a;
	int e;

	e = fss__meta_account_by_id(ctx->db, account, &a);
	if (e < 0)
		return e;
	if (e == 0 || a.locked)
		return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
		    "nobody is there to be asked");
	return 0;
}

static int
set_path(struct fss__meta_request *r, struct fss__slice path)
{
	if (fss__slice_copy(path, r->path, sizeof(r->path)) != 0)
		return FSS_EPATH;
	r->path_len = path.n;
	return 0;
}

/* ---- where it points --------------------------------------------------- */

static int
aim_get(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__space *space, struct fss__slice path,
    struct fss__meta_request *r, struct fss__view *ret_view)
{
	struct fss__meta_version v;
	struct fss__walk w;
	int e;

	e = fss__walk(ctx, who, space, path, &w);
	if (e != 0)
		return e;
	if (w.left > 0 || !fss__walk_seen(&w))
		return FSS_ENOENT;
	if (w.node.kind == FSS_KIND_DIR)
		return FSS_EISDIR;
	if (w.node.kind == FSS_KIND_LINK)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "a link has no content");
	e = fss__meta_version_get(ctx->db, w.node.cur, &v);
	if (e <= 0)
		return e < 0 ? e : FSS_ECORRUPT;
	r->entry = w.node.id;
	r->version = v.id;
	r->number = v.number;
	r->size = v.size;
	r->has_root = v.has_root;
	memset(&r->root, 0, sizeof(r->root));
	if (v.has_root)
		r->root = v.root;
	r->depth = v.depth;
	*ret_view = w.view;
	if (v.state == FSS_STATE_ANNOUNCED)
		return 0;
	if (w.view.rights & FSS_RIGHT_READ)
		return fss__err_set(&ctx->err, FSS_ESTATE,
		    "it can be read without asking");
	e = fss__request_pass(ctx, r->asker, v.id, true);
	return e <= 0 ? e : fss__err_set(&ctx->err, FSS_ESTATE,
	    "a yes lets you read it already");
}

/*
 * The deepest folder on the way that the asker knows of.  What is hidden is
 * passed over as if the way ended before it, so that nothing can be told of
 * it from the answer.
 */
static int
aim_upload(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__space *space, struct fss__slice path,
    struct fss__meta_request *r, struct fss__view *ret_view)
{
	struct fss__meta_node node;
	struct fss__meta_link link;
	struct fss__slice name;
	struct fss__view view;
	const char *why;
	bool whole = false, folder = true;
	size_t pos = 0;
	int e;

	if (fss__path_check(path, &why) != 0)
		return fss__err_set(&ctx->err, FSS_EPATH, "the path %s", why);
	if (path.n <= 1)
		return FSS_EISDIR;
	fss__view_top(&view);
	e = fss__meta_node_get(ctx->db, space->root, &node);
	if (e <= 0)
		return e < 0 ? e : FSS_ECORRUPT;
	link = fss__link_of(&node);
	e = fss__view_step(ctx, who, &link, &view);
	r->entry = node.id;
	*ret_view = view;
	while (e == 0 && fss__path_next(path, &pos, &name)) {
		e = fss__meta_node_child(ctx->db, node.id, name, &node);
		if (e <= 0)
			break;
		link = fss__link_of(&node);
		e = fss__view_step(ctx, who, &link, &view);
		if (e != 0 || !(view.rights & FSS_RIGHT_SEE))
			continue;
		r->entry = node.id;
		*ret_view = view;
		whole = pos >= path.n;
		folder = node.kind == FSS_KIND_DIR;
	}
	if (e < 0)
		return e;
	if (whole)
		return folder ? FSS_EISDIR : FSS_EEXIST;
	return folder ? 0 : FSS_ENOTDIR;
}

int
fss__request_aim(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice owner, struct fss__slice path,
    struct fss__meta_request *r, struct fss__view *ret_view)
{
	struct fss__space space;
	int e;

	e = fss__space_find(ctx, who, owner, &space);
	if (e != 0)
		return e;
	r->owner = r->target = space.owner;
	e = r->kind == FSS_REQUEST_GET ?
	    aim_get(ctx, who, &space, path, r, ret_view) :
	    aim_upload(ctx, who, &space, path, r, ret_view);
	if (e == 0 && r->kind == FSS_REQUEST_UPLOAD &&
	    (ret_view->rights & FSS_RIGHT_CREATE))
		e = fss__err_set(&ctx->err, FSS_ESTATE,
		    "it can be put there without asking");
	if (e == 0)
		e = set_path(r, path);
	return e != 0 ? e : check_person(ctx, r->owner);
}

/* ---- limits ------------------------------------------------------------ */

static int
check_limit(struct fss__ctx *ctx, int64_t asker, int64_t target, int64_t max,
    const char *what)
{
	int64_t n = 0;
	int e;

	e = fss__meta_request_count(ctx->db, asker, target, &n);
	if (e != 0 || n < max)
		return e;
	return fss__err_set(&ctx->err, FSS_EOVERLOAD,
	    "there are %lld requests %s that are not over", (long long)n,
	    what);
}

int
fss__request_limits(struct fss__ctx *ctx, const struct fss__meta_request *r)
{
	int e;

	/* Rows, and lines of the audit that stay for ever. */
	e = fss__entry_floor(ctx);
	if (e != 0)
		return e;
	e = check_limit(ctx, r->asker, FSS__TARGET_ANY, FSS__MAX_LIVE,
	    "of yours");
	if (e != 0)
		return e;
	/* Each change of one is written and told for each member. */
	if (r->circle != 0)
		return check_limit(ctx, r->asker, FSS__TARGET_GROUP,
		    FSS__MAX_LIVE_GROUP, "of yours to groups");
	if (r->target == 0)
		return check_limit(ctx, r->asker, 0, FSS__MAX_LIVE_ALL,
		    "of yours to everybody");
	return check_limit(ctx, r->asker, r->target, FSS__MAX_LIVE_PAIR,
	    "of yours to them");
}

/* ---- answers given beforehand ------------------------------------------ */

int
fss__request_at_once(struct fss__ctx *ctx, struct fss__meta_request *r)
{
	struct fss__request_cause cause;
	struct fss__meta_rule rule;
	int e;

	if (r->kind == FSS_REQUEST_WANT)
		return 0;
	/* What the access allows needs no rule. */
	e = fss__request_derive(ctx, r);
	if (e != 0 || r->state != FSS__REQ_OPEN)
		return e;
	e = fss__rule_match(ctx, r->owner, r, &rule);
	if (e <= 0)
		return e;
	memset(&cause, 0, sizeof(cause));
	cause.rule = rule.id;
	if (rule.verdict == FSS_VERDICT_ALLOW) {
		cause.event = FSS__REV_ALLOW;
	} else {
		cause.event = FSS__REV_REFUSE;
		cause.reason = FSS_REASON_RULE;
		cause.detail = fss__slice_str(rule.detail);
	}
	return fss__request_apply(ctx, r, FSS__ROLE_HUB, &cause);
}

/* ---- asking ------------------------------------------------------------ */

int
fss__request_find_same(struct fss__ctx *ctx, struct fss__meta_request *r)
{
	struct fss__meta_request same;
	struct fss__slice path = { r->path, r->path_len };
	int e;

	if (r->kind == FSS_REQUEST_GET)
		e = fss__meta_request_same(ctx->db, r->asker, r->kind,
		    r->version, &same);
	else
		e = fss__meta_request_same_path(ctx->db, r->asker, r->kind,
		    r->owner, path, &same);
	if (e <= 0)
		return e;
	e = fss__request_refresh(ctx, &same);
	if (e != 0 || !fss__request_live(same.state))
		return e;
	*r = same;
	return 1;
}

/* Whom a wish goes to; *ret_circle a group of one's own. */
static int
aim_want(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ask *m, struct fss__meta_request *r)
{
	struct fss__slice name = { NULL, 0 };
	struct fss__meta_account a;
	int e;

	if (r->text_len == 0)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "a wish says what is wanted");
	if (m->has & FSS__K_ask_target)
		name = m->target;
	if (name.n == 0)
		return 0;
	if (*(const char *)name.p == '@') {
		name.p = (const char *)name.p + 1;
		name.n--;
		e = fss__meta_group_get(ctx->db, who->account, name,
		    &r->circle);
	} else {
		e = fss__meta_account_by_name(ctx->db, name, &a);
		if (e == 1)
			r->target = a.id;
	}
	if (e == 0)
		return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
		    "no account or group '%.*s'", (int)m->target.n,
		    (const char *)m->target.p);
	if (e == 1 && r->target == who->account)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "one does not ask oneself");
	if (e < 0 || r->circle != 0)
		return e < 0 ? e : 0;
	return check_person(ctx, r->target);
}

static int
take(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ask *m, struct fss__meta_request *r)
{
	uint64_t ttl = FSS__REQUEST_TTL_S;

	memset(r, 0, sizeof(*r));
	r->kind = (int)m->kind;
	r->state = FSS__REQ_OPEN;
	r->change = 1;
	r->asker = who->account;
	r->created = r->changed = ctx->now_us;
	r->attempt = 1;
	if (m->kind < FSS_REQUEST_GET || m->kind > FSS_REQUEST_UPLOAD)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not a kind of request");
	if ((m->has & FSS__K_ask_ttl_s) && m->ttl_s > 0)
		ttl = m->ttl_s;
	if (ttl > 365 * 86400)
		return FSS_EINVAL;
	r->expires = ctx->now_us + (int64_t)ttl * US;
	if (m->has & FSS__K_ask_text) {
		if (fss__slice_copy(m->text, r->text, sizeof(r->text)) != 0)
			return FSS_ETOOBIG;
		r->text_len = m->text.n;
	}
	if (m->kind == FSS_REQUEST_UPLOAD) {
		if (!(m->has & FSS__K_ask_size) || m->size > INT64_MAX)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "an upload says how many bytes at most");
		r->size = (int64_t)m->size;
	}
	if (m->kind != FSS_REQUEST_WANT && !(m->has & FSS__K_ask_path))
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "the path is missing");
	return 0;
}

static int
open_request(struct fss__ctx *ctx, struct fss__meta_request *r)
{
	int e;

	e = fss__request_limits(ctx, r);
	if (e == 0)
		e = fss__request_backed_off(ctx, r);
	if (e == 0)
		e = fss__meta_request_insert(ctx->db, r);
	if (e == 0 && r->circle != 0) {
		e = fss__meta_audience_fill(ctx->db, r->id, r->circle,
		    r->asker, FSS__MAX_AUDIENCE + 1);
		if (e == 0)
			return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
			    "nobody is in that group");
		if (e > FSS__MAX_AUDIENCE)
			return fss__err_set(&ctx->err, FSS_EOVERLOAD,
			    "the group has more than %d people",
			    FSS__MAX_AUDIENCE);
		e = e < 0 ? e : 0;
	}
	if (e == 0)
		e = fss__request_note(ctx, r, FSS_AUDIT_ASKED, r->asker);
	if (e == 0)
		e = fss__request_tell(ctx, r, FSS__RE_TELL_BOTH);
	return e != 0 ? e : fss__request_at_once(ctx, r);
}

static int
ask(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ask *m, fss__emit_fn emit, void *arg)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__meta_request r;
	struct fss__view view;
	int e;

	e = take(ctx, who, m, &r);
	if (m->has & FSS__K_ask_owner)
		owner = m->owner;
	if (e == 0)
		e = r.kind == FSS_REQUEST_WANT ? aim_want(ctx, who, m, &r) :
		    fss__request_aim(ctx, who, owner, m->path, &r, &view);
	if (e == 0 && r.kind != FSS_REQUEST_WANT)
		e = fss__request_find_same(ctx, &r);
	if (e == 0)
		e = open_request(ctx, &r);
	return e < 0 ? e : fss__request_emit(ctx, who, &r, 1, emit, arg);
}

int
fss__request_ask(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ask *m, fss__emit_fn emit, void *arg)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int e = ask(ctx, who, m, emit, arg);

	if (e != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, e);
}
