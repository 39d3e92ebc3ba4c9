/*
 * Transfers: the fetching of one root for all who wait for it: which there
 * are, who is told, who may send.
 *
 * What this file does not do: pages and the end (transfer_plan.c), reading on
 * while content arrives (transfer_follow.c), leases (proto/hub_serve.h).
 */
#include <string.h>

#include "crypto/keys.h"
#include "model/announce.h"
#include "model/entry_path.h"
#include "model/entry_use.h"
#include "model/presence.h"
#include "model/request.h"
#include "model/seal.h"
#include "store/meta_account.h"
#include "store/meta_request.h"

#define US		INT64_C(1000000)
#define SAME_LOOK	64	/* versions with one root looked at */
#define CANDIDATES	64	/* devices that hints are drawn from */

/* ---- wanting ----------------------------------------------------------- */

int
fss__transfer_adopt(struct fss__ctx *ctx, const struct fss__meta_version *v)
{
	struct fss__meta_link mine, other;
	struct fss__meta_same same;
	int64_t after = 0;
	unsigned i;
	int r;

	if (!v->has_root) {
		r = fss__entry_store(ctx, v, 0, 0);
		return r != 0 ? r : 1;
	}
	r = fss__meta_link_get(ctx->db, v->entry, &mine);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	for (i = 0; i < SAME_LOOK; i++) {
		r = fss__meta_version_same(ctx->db, &v->root, after, &same);
		if (r <= 0)
			return r;
		after = same.version;
		r = fss__meta_link_get(ctx->db, same.entry, &other);
		if (r < 0)
			return r;
		if (r == 0 || other.owner != mine.owner ||
		    same.size != v->size || same.depth != v->depth)
			continue;
		r = fss__entry_store(ctx, v, same.chunk,
		    ctx->now_us + FSS__KEEP_S * US);
		return r != 0 ? r : 1;
	}
	return 0;
}

struct candidates {
	unsigned	n;
	struct {
		int64_t	account, device;
	} at[CANDIDATES];
};

/* Each device once, however often it holds the content. */
static void
add_device(struct candidates *c, const struct fss__meta_held *h)
{
	unsigned i;

	for (i = 0; i < c->n; i++)
		if (c->at[i].device == h->device)
			return;
	c->at[c->n].account = h->account;
	c->at[c->n++].device = h->device;
}

/* The devices of @h's version, if its owner is here. */
static int
add_devices(struct fss__ctx *ctx, const struct fss__meta_held *h,
    struct candidates *c)
{
	struct fss__board_row row;
	struct fss__meta_held d;
	int64_t device = 0;
	int r = 0;

	/* As it is: hiding does not keep one's agent from serving. */
	if (fss__board_get(ctx->board, h->account, h->account, &row) != 1 ||
	    row.presence == FSS_PRESENCE_OFFLINE)
		return 0;
	while (c->n < CANDIDATES && (r = fss__meta_held_version(ctx->db,
	    h->version, device, &d)) == 1) {
		device = d.device;
		add_device(c, &d);
	}
	return r < 0 ? r : 0;
}

/* Devices of @account, or of all but it, that may send for @t. */
static int
find_online(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    int64_t account, bool others, struct candidates *c)
{
	unsigned left = FSS__LOOK_MAX;
	int64_t at = others ? 0 : account - 1;
	int64_t entry = others ? 0 : INT64_MAX;
	struct fss__meta_held h;
	int r;

	while (c->n < CANDIDATES) {
		r = fss__transfer_holder(ctx, t, 0, at, entry, &left, &h);
		if (r <= 0 || (!others && h.account != account))
			return r < 0 ? r : 0;
		at = h.account;
		/* One entry of each is enough, but of the owner all. */
		entry = others ? INT64_MAX : h.entry;
		r = others && at == account ? 0 : add_devices(ctx, &h, c);
		if (r != 0)
			return r;
	}
	return 0;
}

static int
hint(struct fss__ctx *ctx, const struct fss__meta_transfer *t)
{
	struct candidates c;
	struct fss__news n;
	uint32_t pick;
	unsigned i;
	int r;

	if (ctx->board == NULL)
		return 0;
	c.n = 0;
	r = find_online(ctx, t, t->owner, false, &c);
	if (r == 0)
		r = find_online(ctx, t, t->owner, true, &c);
	for (i = 0; r == 0 && i < FSS__HINTS && c.n > 0; i++) {
		pick = fss__random_below(c.n);
		memset(&n, 0, sizeof(n));
		n.kind = FSS_NEWS_WORK;
		n.at_us = ctx->now_us;
		n.device = c.at[pick].device;
		n.nto = 1;
		n.to[0] = c.at[pick].account;
		r = fss__news_add(&ctx->news, &n);
		c.at[pick] = c.at[--c.n];
	}
	return r;
}

int
fss__transfer_want(struct fss__ctx *ctx, const struct fss__id *root,
    int64_t owner, unsigned depth, uint64_t size, int64_t *ret_id)
{
	struct fss__meta_transfer t;
	int r;

	r = fss__meta_transfer_find(ctx->db, root, owner, depth, size, &t);
	if (r == 0) {
		memset(&t, 0, sizeof(t));
		t.root = *root;
		t.owner = owner;
		t.depth = depth;
		t.size = size;
		t.touched = t.created = ctx->now_us;
		r = fss__meta_transfer_insert(ctx->db, &t, &t.id);
	}
	if (r >= 0) {
		*ret_id = t.id;
		r = hint(ctx, &t);
	}
	return fss__ctx_end(ctx, r);
}

/* ---- serving ----------------------------------------------------------- */

static int
emit_work(struct fss__ctx *ctx, const struct fss__meta_transfer *t,
    const struct fss__meta_held *h, int64_t waiters, fss__emit_fn emit,
    void *arg)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__m_work_row m;
	size_t n = 0;
	int r;

	r = fss__path_of(ctx, h->entry, path, &n);
	if (r != 0)
		return r == FSS_EPATH || r == FSS_ENOENT ? 0 : r;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_work_row_transfer | FSS__K_work_row_path |
	    FSS__K_work_row_root | FSS__K_work_row_depth |
	    FSS__K_work_row_size | FSS__K_work_row_requests;
	m.transfer = (uint64_t)t->id;
	m.path.p = path;
	m.path.n = n;
	m.root.p = t->root.b;
	m.root.n = FSS__ID_BYTES;
	m.depth = t->depth;
	m.size = t->size;
	m.requests = (uint64_t)waiters;
	return emit(arg, &m);
}

int
fss__transfer_work(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__meta_transfer t;
	struct fss__meta_held h;
	int64_t after = 0, n;
	unsigned looked = 0;
	int r;

	ret_next->len = 0;
	if ((m->has & FSS__K_page_cursor) && m->cursor.n > 0) {
		r = m->cursor.n != FSS__SEALED ? fss__err_set(&ctx->err,
		    FSS_EINVAL, "not a cursor of this list") :
		    fss__seal_open(ctx, who, FSS__SEAL_WORK, m->cursor.p,
		    &after);
		if (r != 0)
			return fss__ctx_end(ctx, r);
	}
	for (;;) {
		r = fss__meta_transfer_after(ctx->db, after, &t);
		if (r <= 0)
			return fss__ctx_end(ctx, r);
		n = 0;
		r = fss__transfer_source(ctx, &t, who->device, &h);
		if (r == 1)
			r = fss__meta_transfer_waiters(ctx->db, &t, &n);
		if (r == 0 && n > 0)
			r = emit_work(ctx, &t, &h, n, emit, arg);
		if (r == 0) {
			after = t.id;
			if (++looked == FSS__MAX_LIST_ROWS * 8)
				r = FSS_EAGAIN;
		}
		if (r == FSS_EAGAIN) {
			/* It may be a transfer between others. */
			fss__seal(ctx, who, FSS__SEAL_WORK, after,
			    ret_next->b);
			ret_next->len = FSS__SEALED;
			return 0;
		}
		if (r != 0)
			return fss__ctx_end(ctx, r);
	}
}

static int
serve(struct fss__ctx *ctx, const struct fss__actor *who, int64_t id,
    struct fss__meta_transfer *t)
{
	int64_t sources[FSS__SOURCES + 1], waiters = 0, next;
	struct fss__meta_held h;
	int r;

	r = fss__meta_transfer_get(ctx->db, id, t);
	if (r == 1)
		r = fss__transfer_source(ctx, t, who->device, &h);
	if (r == 1)
		r = fss__meta_transfer_waiters(ctx->db, t, &waiters);
	else if (r == 0)
		r = FSS_ENOENT;
	if (r == 0 && waiters == 0)
		r = FSS_ENOENT;
	if (r != 0)
		return r;
	r = fss__entry_room(ctx, t->owner, (int64_t)t->size);
	if (r < 0)
		return r;
	if (r == 0) {
		r = fss__meta_request_mark_root(ctx->db, &t->root);
		if (r == 0)
			r = fss__request_settle(ctx, FSS__TELL_STEP, &next);
		return r < 0 ? r : 1;
	}
	r = fss__meta_source_add(ctx->db, id, who->account);
	if (r == 0)
		r = fss__meta_source_list(ctx->db, id, sources,
		    FSS__SOURCES + 1);
	if (r > FSS__SOURCES)
		return FSS_EOVERLOAD;
	t->touched = ctx->now_us;
	if (r >= 0)
		r = fss__meta_transfer_update(ctx->db, t);
	if (r == 0)
		r = fss__request_moving(ctx, t, FSS__REV_START,
		    who->account, FSS__TELL_STEP);
	return r < 0 ? r : 0;
}

int
fss__transfer_serve(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t id, struct fss__meta_transfer *ret_t)
{
	return fss__ctx_end(ctx, serve(ctx, who, id, ret_t));
}

int
fss__transfer_give_up(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t id, int status)
{
	struct fss__meta_transfer t;
	int r;

	r = fss__meta_transfer_get(ctx->db, id, &t);
	if (r <= 0)
		return fss__ctx_end(ctx, r < 0 ? r : FSS_ENOENT);
	if (status != FSS_ECHANGED && status != FSS_ENOENT &&
	    status != FSS_EINTEGRITY)
		return 0;
	r = fss__meta_held_drop_content(ctx->db, &t.root, t.depth, t.size,
	    who->device);
	if (r >= 0)
		r = fss__meta_request_mark_root(ctx->db, &t.root);
	return fss__ctx_end(ctx, r);
}
