/*
 * Requests as rows of the protocol, and lists of them.
 *
 * Who was asked along with others learns what the request says and what
 * became of it, not which file was given: that is between the two, as is why
 * nothing came of it.
 */
#include <string.h>

#include "base/num.h"
#include "model/request_internal.h"
#include "store/meta_account.h"
#include "store/meta_holder.h"

#define LOOK_MAX	4096	/* rows looked at in one call */
#define INBOX_MAX	1000

struct names {
	char	asker[FSS_LIMIT_ACCOUNT + 1];
	char	target[FSS_LIMIT_ACCOUNT + 2];
	char	owner[FSS_LIMIT_ACCOUNT + 1];
	char	by[FSS_LIMIT_ACCOUNT + 1];
};

/* 1 and the slice, 0 where there is no such account. */
static int
name_of(struct fss__ctx *ctx, int64_t account, char *name,
    struct fss__slice *ret_s)
{
	int e;

	if (account == 0)
		return 0;
	e = fss__meta_account_name(ctx->db, account, name);
	if (e == 1)
		*ret_s = fss__slice_str(name);
	return e;
}

static int
put_names(struct fss__ctx *ctx, int64_t viewer,
    const struct fss__meta_request *r, bool party, struct names *n,
    struct fss__m_request *m)
{
	int e;

	e = name_of(ctx, r->asker, n->asker, &m->asker);
	if (e == 1)
		m->has |= FSS__K_request_asker;
	/* The name of a group is its owner's business. */
	if (e >= 0 && r->circle != 0 && viewer == r->asker) {
		n->target[0] = '@';
		e = fss__meta_group_name(ctx->db, r->circle, n->target + 1);
		m->target = fss__slice_str(n->target);
	} else if (e >= 0) {
		e = name_of(ctx, r->circle != 0 ? viewer : r->target,
		    n->target, &m->target);
	}
	if (e == 1)
		m->has |= FSS__K_request_target;
	if (e < 0 || !party)
		return e < 0 ? e : 0;
	e = name_of(ctx, r->owner, n->owner, &m->owner);
	if (e == 1)
		m->has |= FSS__K_request_owner;
	if (e >= 0 && (e = name_of(ctx, r->decided, n->by, &m->by)) == 1)
		m->has |= FSS__K_request_by;
	return e < 0 ? e : 0;
}

/* Which file it is, for the two it is about. */
static int
put_file(struct fss__ctx *ctx, int64_t viewer,
    const struct fss__meta_request *r, struct fss__m_request *m)
{
	struct fss__meta_transfer t;
	struct fss__view view;
	struct fss__actor who;
	bool seen;
	int e;

	if (r->path_len > 0) {
		m->has |= FSS__K_request_path | FSS__K_request_size;
		m->path.p = r->path;
		m->path.n = r->path_len;
		m->size = (uint64_t)r->size;
	}
	if (r->version == 0)
		return 0;
	m->has |= FSS__K_request_number;
	m->number = (uint64_t)r->number;
	memset(&who, 0, sizeof(who));
	who.account = viewer;
	e = fss__view_of(ctx, &who, r->entry, 0, &view, NULL);
	if (e == FSS_ENOENT)
		return 0;
	if (e != 0)
		return e;
	seen = (view.rights & FSS_RIGHT_SEE) != 0;
	e = (view.rights & FSS_RIGHT_READ) ? 1 :
	    fss__request_pass(ctx, viewer, r->version, seen);
	if (e <= 0)
		return e;
	m->has |= FSS__K_request_version;
	m->version = (uint64_t)r->version;
	if (!r->has_root)
		return 0;
	m->has |= FSS__K_request_root | FSS__K_request_depth;
	m->root.p = r->root.b;
	m->root.n = FSS__ID_BYTES;
	m->depth = r->depth;
	e = fss__meta_transfer_find(ctx->db, &r->root, r->owner, r->depth,
	    (uint64_t)r->size, &t);
	if (e == 1) {
		m->has |= FSS__K_request_transfer;
		m->transfer = (uint64_t)t.id;
	}
	return e < 0 ? e : 0;
}

/* What the reader can do with it now. */
static int
may(struct fss__ctx *ctx, int64_t viewer, const struct fss__meta_request *r,
    int state, int role, unsigned *ret_may)
{
	unsigned deny = 1u << FSS__REV_DENY, m;
	unsigned give = 1u << FSS__REV_FULFIL;
	int no = FSS__NO_NONE, e = 0;

	m = fss__request_may(r->kind, state, role);
	if (role == FSS__ROLE_ASKER && r->owner == viewer)
		m |= fss__request_may(r->kind, state, FSS__ROLE_TARGET);
	if (state == FSS__REQ_DENIED && r->retry > ctx->now_us)
		m &= ~(1u << FSS__REV_RETRY);
	if (fss__request_is_shared(r) && (m & (deny | give))) {
		e = fss__meta_audience_get(ctx->db, r->id, viewer, &no);
		if (no == FSS__NO_OFFER)
			m &= ~give;
		if (state >= FSS__REQ_APPROVED)
			m &= r->owner == viewer ? ~0u : ~deny;
		else if (r->circle == 0 || no != FSS__NO_NONE)
			m &= ~deny;
	}
	*ret_may = m;
	return e < 0 ? e : 0;
}

static void
put_answer(const struct fss__meta_request *r, int64_t viewer,
    struct fss__m_request *m)
{
	if (r->reason != 0) {
		m->has |= FSS__K_request_reason;
		m->reason = (uint64_t)r->reason;
	}
	if (r->detail_len > 0) {
		m->has |= FSS__K_request_detail;
		m->detail.p = r->detail;
		m->detail.n = r->detail_len;
	}
	if (r->rule != 0 && r->owner == viewer) {
		m->has |= FSS__K_request_rule;
		m->rule = (uint64_t)r->rule;
	}
	if (m->state == FSS__REQ_DENIED && r->retry != 0) {
		m->has |= FSS__K_request_retry_us;
		m->retry_us = r->retry;
	}
}

int
fss__request_emit(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_request *r, int status, fss__emit_fn emit,
    void *arg)
{
	int64_t viewer = who->account;
	bool gave = r->state <= FSS__REQ_SEEN && viewer == r->decided;
	bool party = viewer == r->asker || viewer == r->owner ||
	    viewer == r->target || gave;
	struct fss__m_request m;
	struct names n;
	unsigned can;
	int e, role;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_request_id | FSS__K_request_kind |
	    FSS__K_request_state | FSS__K_request_change |
	    FSS__K_request_seq | FSS__K_request_created_us |
	    FSS__K_request_changed_us | FSS__K_request_expires_us |
	    FSS__K_request_attempt | FSS__K_request_mine |
	    FSS__K_request_may;
	m.id = (uint64_t)r->id;
	m.kind = (uint64_t)r->kind;
	m.state = (uint64_t)(fss__request_over(ctx, r) ? FSS__REQ_EXPIRED :
	    r->state);
	m.change = (uint64_t)r->change;
	m.seq = (uint64_t)r->seq;
	m.created_us = r->created;
	m.changed_us = r->changed;
	m.expires_us = r->expires;
	m.attempt = (uint64_t)r->attempt;
	m.mine = viewer == r->asker;
	if (status <= 0) {
		m.has |= FSS__K_request_status;
		m.status = (uint64_t)-status;
	}
	if (r->text_len > 0) {
		m.has |= FSS__K_request_text;
		m.text.p = r->text;
		m.text.n = r->text_len;
	}
	e = fss__request_role(ctx, viewer, r, &role);
	if (e == 0)
		e = may(ctx, viewer, r, (int)m.state, role, &can);
	if (e == 0)
		e = put_names(ctx, viewer, r, party, &n, &m);
	if (e == 0 && party) {
		put_answer(r, viewer, &m);
		e = put_file(ctx, viewer, r, &m);
	}
	if (e != 0)
		return e;
	m.may = can;
	return emit(arg, &m);
}

/* ---- lists ------------------------------------------------------------- */

/* Rows for just the ids asked. */
static int
list_ids(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice ids, fss__emit_fn emit, void *arg)
{
	struct fss__meta_request r;
	struct fss__m_request gone;
	const uint8_t *p = ids.p;
	uint64_t id;
	size_t i;
	int e, role;

	if (ids.n % 8 != 0)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "ids is no whole number of ids");
	for (i = 0; i < ids.n; i += 8) {
		id = fss__get_le64(p + i);
		role = FSS__ROLE_OTHER;
		e = id > INT64_MAX ? 0 :
		    fss__meta_request_get(ctx->db, (int64_t)id, &r);
		if (e == 1)
			e = fss__request_role(ctx, who->account, &r, &role);
		if (e >= 0 && role != FSS__ROLE_OTHER) {
			e = fss__request_emit(ctx, who, &r, 0, emit, arg);
		} else if (e >= 0) {
			memset(&gone, 0, sizeof(gone));
			gone.has = FSS__K_request_id | FSS__K_request_status;
			gone.id = id;
			gone.status = (uint64_t)-FSS_ENOENT;
			e = emit(arg, &gone);
		}
		/* There is no cursor to go on with: not "try again". */
		if (e == FSS_EAGAIN)
			return fss__err_set(&ctx->err, FSS_ETOOBIG,
			    "the answer does not fit: ask for fewer at once");
		if (e != 0)
			return e;
	}
	return 0;
}

static int
list_box(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_requests *m, int64_t from, bool up, fss__emit_fn emit,
    void *arg, struct fss__cursor *ret_next)
{
	unsigned box = m->has & FSS__K_requests_box ? (unsigned)m->box : 0;
	uint64_t states = m->has & FSS__K_requests_states ? m->states : 0;
	struct fss__meta_request r;
	struct fss__meta_box b;
	int64_t last = from;
	unsigned looked = 0;
	int e, state;

	if (box == 0)
		box = 3;
	e = fss__meta_box_open(ctx->db, who->account, box & 1, (box & 2) != 0,
	    up, from, &b);
	if (e != 0)
		return e;
	while ((e = fss__meta_box_next(&b, &r)) == 1) {
		state = fss__request_over(ctx, &r) ? FSS__REQ_EXPIRED :
		    r.state;
		e = 0;
		if (states == 0 || (states & UINT64_C(1) << state))
			e = fss__request_emit(ctx, who, &r, 1, emit, arg);
		if (e == 0) {
			last = r.seq;
			if (++looked == LOOK_MAX)
				e = FSS_EAGAIN;
		}
		if (e != 0)
			break;
	}
	fss__meta_box_close(&b);
	if (e == FSS_EAGAIN && last != from) {
		fss__put_le64(ret_next->b, (uint64_t)last);
		ret_next->len = 8;
		e = 0;
	}
	return e;
}

int
fss__request_list(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_requests *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next, int64_t *ret_seq)
{
	bool up = (m->has & FSS__K_requests_since) != 0;
	int64_t from = 0;
	int e;

	ret_next->len = 0;
	e = fss__meta_request_last(ctx->db, ret_seq);
	if (e != 0)
		return fss__ctx_end(ctx, e);
	if (m->has & FSS__K_requests_ids)
		return fss__ctx_end(ctx, list_ids(ctx, who, m->ids, emit,
		    arg));
	/* A number of before a backup was restored: everything is new. */
	if (up && m->since <= (uint64_t)*ret_seq)
		from = (int64_t)m->since;
	if ((m->has & FSS__K_requests_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		from = (int64_t)fss__get_le64(m->cursor.p);
	}
	return fss__ctx_end(ctx, list_box(ctx, who, m, from, up, emit, arg,
	    ret_next));
}

int
fss__request_inbox(struct fss__ctx *ctx, int64_t account, uint64_t *ret_n)
{
	int64_t n = 0;
	int e;

	e = fss__meta_box_waiting(ctx->db, account, ctx->now_us, INBOX_MAX,
	    &n);
	*ret_n = n > 0 ? (uint64_t)n : 0;
	return fss__ctx_end(ctx, e);
}
