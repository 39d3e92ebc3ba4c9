/*
 * Announcing and taking back, and who holds what.
 *
 * A row of `holder` says that one device has the content of one version, the
 * newest of its entry.  Rows of devices that were revoked, and of accounts
 * that are locked, count for nothing; the former are cleared in steps, the
 * latter count again when the account is unlocked.
 *
 * What this file does not do: make the entries (entry_commit.c), fetch
 * (transfer.c).
 */
#include "model/announce.h"

#include <limits.h>
#include <string.h>

#include "base/num.h"
#include "model/entry_commit.h"
#include "model/entry_path.h"
#include "model/entry_purge.h"
#include "model/entry_use.h"
#include "model/presence.h"
#include "model/request.h"
#include "model/seal.h"
#include "store/meta_account.h"
#include "store/meta_presence.h"
#include "store/meta_request.h"
#include "store/search.h"

/* ---- announcing -------------------------------------------------------- */

int
fss__announce(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_commit_item *m, fss__emit_fn emit, void *arg)
{
	static const struct fss__commit_as as = { true, 0 };
	struct fss__slice own = { NULL, 0 };

	if (m->kind != FSS_KIND_FILE && m->kind != FSS_KIND_DIR)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "files and folders can be announced");
	return fss__entry_commit_as(ctx, who, own, m, &as, emit, arg);
}

int
fss__announce_drop(struct fss__ctx *ctx, int64_t version)
{
	struct fss__meta_held h;
	int r;

	r = fss__meta_held_version(ctx->db, version, 0, &h);
	if (r == 1) {
		r = fss__meta_held_drop_version(ctx->db, version);
		/* Others may have relied on these devices. */
		if (r >= 0)
			r = fss__meta_request_mark_root(ctx->db, &h.root);
	}
	if (r >= 0)
		r = fss__meta_request_mark_version(ctx->db, version);
	return fss__ctx_end(ctx, r);
}

/*
 * What was announced last is nowhere any more, but an older version is stored:
 * that is the newest again.
 */
static int
step_back(struct fss__ctx *ctx, const struct fss__meta_node *e,
    const struct fss__meta_version *stored)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__slice at = { path, 0 };
	int64_t bytes;
	int r;

	r = fss__meta_entry_set_version(ctx->db, e->id, stored->kind,
	    stored->id);
	if (r == 0)
		r = fss__search_set(ctx->db, e->id);
	if (r == 0)
		r = fss__entry_drop_versions(ctx, e->id, INT64_MAX, true,
		    INT_MAX, &bytes);
	if (r >= 0)
		r = fss__path_of(ctx, e->id, path, &at.n);
	if (r == 0)
		r = fss__news_file(ctx, FSS_CHANGE_REPLACED, e->owner, e->id,
		    e->parent, false, at);
	return r == FSS_EPATH ? 0 : r;
}

/*
 * A device gives up a version; an announced entry that nobody holds any more
 * goes, or back to what is stored of it.
 */
static int
let_go(struct fss__ctx *ctx, int64_t version, int64_t device)
{
	struct fss__meta_version v, stored;
	struct fss__meta_node e;
	struct fss__view view;
	struct fss__actor owner;
	int64_t left = 0;
	int r;

	r = fss__meta_version_get(ctx->db, version, &v);
	if (r < 0)
		return r;
	if (r == 1 && v.has_root)
		r = fss__meta_request_mark_root(ctx->db, &v.root);
	if (r >= 0)
		r = fss__meta_request_mark_version(ctx->db, version);
	if (r == 0)
		r = fss__meta_held_drop(ctx->db, version, device);
	if (r >= 0)
		r = fss__meta_held_count(ctx->db, version, &left);
	if (r != 0 || left > 0 || v.id != version ||
	    v.state != FSS_STATE_ANNOUNCED)
		return r;
	r = fss__meta_node_get(ctx->db, v.entry, &e);
	if (r <= 0 || e.cur != version)
		return r < 0 ? r : 0;
	memset(&owner, 0, sizeof(owner));
	owner.account = e.owner;
	r = fss__view_of(ctx, &owner, e.id, 0, &view, NULL);
	if (r == FSS_ENOENT)
		return 0;	/* removed already */
	if (r == 0)
		r = fss__meta_version_stored(ctx->db, e.id, &stored);
	if (r != 0)
		return r < 0 ? r : step_back(ctx, &e, &stored);
	return fss__entry_leave(ctx, &e);
}

static int
unannounce(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ref *m)
{
	struct fss__slice own = { NULL, 0 };
	struct fss__meta_node child;
	struct fss__walk w;
	int r;

	r = fss__walk_to(ctx, who, own, m->path, 0, &w);
	if (r != 0)
		return r;
	if (w.node.kind != FSS_KIND_DIR)
		return let_go(ctx, w.node.cur, who->device);
	r = fss__meta_entry_any_child(ctx->db, w.node.id, &child);
	if (r != 0 || w.depth == 0)
		return r < 0 ? r : FSS_ENOTEMPTY;
	return fss__entry_leave(ctx, &w.node);
}

int
fss__unannounce(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ref *m)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int r = unannounce(ctx, who, m);

	if (r != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}

int
fss__announce_drop_device(struct fss__ctx *ctx, int64_t device, int limit)
{
	struct fss__meta_held h;
	int64_t after = 0;
	int n, r = 0;

	for (n = 0; n < limit; n++) {
		r = fss__meta_held_device(ctx->db, device, after, &h);
		if (r != 1)
			return fss__ctx_end(ctx, r);
		after = h.version;
		r = let_go(ctx, h.version, device);
		if (r != 0)
			return fss__ctx_end(ctx, r);
	}
	return 1;
}

/* ---- who holds --------------------------------------------------------- */

/* Whether @who may know of holder @h: 1, 0. */
static int
may_know(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_held *h)
{
	struct fss__view view;
	int r;

	r = fss__meta_held_counts(ctx->db, h->version);
	if (r != 1)
		return r;
	r = fss__view_of(ctx, who, h->entry, 0, &view, NULL);
	if (r == FSS_ENOENT)
		return 0;
	return r != 0 ? r : (view.rights & FSS_RIGHT_SEE) != 0;
}

static int
emit_holder(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_held *h, bool mine, fss__emit_fn emit, void *arg)
{
	static const struct fss__id none;
	char path[FSS_LIMIT_PATH + 1], name[FSS_LIMIT_ACCOUNT + 1];
	struct fss__meta_presence p;
	struct fss__board_row row;
	struct fss__m_holder m;
	size_t n = 0;
	int r;

	r = fss__meta_account_name(ctx->db, h->account, name);
	if (r <= 0)
		return r;
	r = fss__path_of(ctx, h->entry, path, &n);
	if (r != 0)
		return r == FSS_EPATH || r == FSS_ENOENT ? 0 : r;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_holder_name | FSS__K_holder_path |
	    FSS__K_holder_presence | FSS__K_holder_announced_us;
	m.name = fss__slice_str(name);
	m.path.p = path;
	m.path.n = n;
	m.announced_us = h->announced;
	if (mine && !fss__id_eq(&h->root, &none)) {
		m.has |= FSS__K_holder_root;
		m.root.p = h->root.b;
		m.root.n = FSS__ID_BYTES;
	}
	m.presence = FSS_PRESENCE_OFFLINE;
	if (ctx->board != NULL && fss__board_get(ctx->board, who->account,
	    h->account, &row) == 1)
		m.presence = (uint64_t)row.presence;
	if (m.presence == FSS_PRESENCE_OFFLINE) {
		r = fss__presence_kept(ctx, h->account, &p);
		if (r < 0)
			return r;
		if (p.seen > 0) {
			m.has |= FSS__K_holder_seen_us;
			m.seen_us = p.seen;
		}
	}
	return emit(arg, &m);
}

static int
list_holders(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__id *root, int64_t account, int64_t entry,
    fss__emit_fn emit, void *arg, struct fss__cursor *ret_next)
{
	struct fss__meta_held h;
	unsigned looked = 0;
	int r;

	for (;;) {
		r = fss__meta_held_after(ctx->db, root, account, entry, &h);
		if (r <= 0)
			return r;
		r = may_know(ctx, who, &h);
		if (r == 1)
			r = emit_holder(ctx, who, &h, false, emit, arg);
		if (r == 0) {
			account = h.account;
			entry = h.entry;
			if (++looked == FSS__MAX_LIST_ROWS * 4)
				r = FSS_EAGAIN;
		}
		if (r == FSS_EAGAIN) {
			/* It may be of an entry that is hidden. */
			fss__seal_pair(ctx, who, FSS__SEAL_HOLDERS, account,
			    entry, ret_next->b);
			ret_next->len = FSS__SEALED_PAIR;
			return 0;
		}
		if (r != 0)
			return r;
	}
}

/*
 * Of an empty file, which has no root to find others by: its own holder, whose
 * devices are of one account.  1 and the row, 0 none that @who may know of.
 */
static int
own_holder(struct fss__ctx *ctx, const struct fss__actor *who, int64_t version,
    struct fss__meta_held *ret_h)
{
	int r = fss__meta_held_version(ctx->db, version, 0, ret_h);

	return r == 1 ? may_know(ctx, who, ret_h) : r;
}

/* The only page there is. */
static int
list_own(struct fss__ctx *ctx, const struct fss__actor *who, int64_t version,
    fss__emit_fn emit, void *arg)
{
	struct fss__meta_held h;
	int r = own_holder(ctx, who, version, &h);

	return r == 1 ? emit_holder(ctx, who, &h, false, emit, arg) : r;
}

/* What the device that asks holds, by version. */
static int
list_mine(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_holders *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__meta_held h;
	unsigned looked = 0;
	int64_t after = 0;
	int r = 0;

	if (!fss__slice_eq(m->path, fss__slice_str("/")) ||
	    (m->has & FSS__K_holders_owner))
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "what a device holds is told of all its account's space");
	if ((m->has & FSS__K_holders_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		after = (int64_t)fss__get_le64(m->cursor.p);
	}
	while (r == 0) {
		r = fss__meta_held_device(ctx->db, who->device, after, &h);
		if (r <= 0)
			return r;
		r = emit_holder(ctx, who, &h, true, emit, arg);
		if (r != 0)
			break;
		after = h.version;
		if (++looked == FSS__MAX_LIST_ROWS * 4)
			r = FSS_EAGAIN;
	}
	if (r != FSS_EAGAIN)
		return r;
	fss__put_le64(ret_next->b, (uint64_t)after);
	ret_next->len = 8;
	return 0;
}

int
fss__announce_holders(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_holders *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__meta_version v;
	struct fss__walk w;
	int64_t account = 0, entry = 0;
	int r;

	ret_next->len = 0;
	if ((m->has & FSS__K_holders_mine) && m->mine)
		return fss__ctx_end(ctx, list_mine(ctx, who, m, emit, arg,
		    ret_next));
	if (m->has & FSS__K_holders_owner)
		owner = m->owner;
	if ((m->has & FSS__K_holders_cursor) && m->cursor.n > 0) {
		r = fss__seal_open_pair(ctx, who, FSS__SEAL_HOLDERS, m->cursor,
		    &account, &entry);
		if (r != 0)
			return fss__ctx_end(ctx, r);
	}
	r = fss__walk_to(ctx, who, owner, m->path, 0, &w);
	if (r == 0 && w.node.kind == FSS_KIND_DIR)
		r = FSS_EISDIR;
	if (r == 0)
		r = fss__meta_version_get(ctx->db, w.node.cur, &v);
	if (r == 1)
		r = v.has_root ? list_holders(ctx, who, &v.root, account,
		    entry, emit, arg, ret_next) :
		    list_own(ctx, who, v.id, emit, arg);
	return fss__ctx_end(ctx, r);
}

static bool
is_online(struct fss__ctx *ctx, const struct fss__actor *who, int64_t account)
{
	struct fss__board_row row;

	return ctx->board != NULL && fss__board_get(ctx->board, who->account,
	    account, &row) == 1 && row.presence != FSS_PRESENCE_OFFLINE;
}

static int
count_root(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__id *root, uint64_t *ret_holders, uint64_t *ret_online)
{
	struct fss__meta_held h;
	int64_t account = 0, entry = 0;
	unsigned accounts = 0, entries = 0;
	int r;

	while (accounts < FSS__HOLDERS_LOOK) {
		r = fss__meta_held_after(ctx->db, root, account, entry, &h);
		if (r <= 0)
			return r;
		if (h.account != account) {
			accounts++;
			entries = 0;
		}
		account = h.account;
		r = may_know(ctx, who, &h);
		if (r < 0)
			return r;
		/* One entry of each counts; so many of one are looked at. */
		entry = r == 1 || ++entries == FSS__ENTRIES_LOOK ?
		    INT64_MAX : h.entry;
		if (r == 0)
			continue;
		++*ret_holders;
		*ret_online += is_online(ctx, who, account);
	}
	return 0;
}

int
fss__announce_count(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_version *v, uint64_t *ret_holders,
    uint64_t *ret_online)
{
	struct fss__meta_held h;
	int r;

	*ret_holders = 0;
	*ret_online = 0;
	if (v->has_root) {
		r = count_root(ctx, who, &v->root, ret_holders, ret_online);
	} else {
		r = own_holder(ctx, who, v->id, &h);
		if (r == 1) {
			*ret_holders = 1;
			*ret_online = is_online(ctx, who, h.account);
			r = 0;
		}
	}
	return fss__ctx_end(ctx, r);
}
