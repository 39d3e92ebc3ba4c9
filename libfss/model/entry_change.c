/*
 * Changing the tree: remove, move, restore.
 */
#include <string.h>

#include "model/announce.h"
#include "model/closed.h"
#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_purge.h"
#include "model/entry_row.h"
#include "model/entry_use.h"
#include "model/presence.h"
#include "model/request.h"
#include "store/search.h"

#define REACH_LOOKS	4096	/* at entries below one that is moved */

/* ---- remove ------------------------------------------------------------ */

static int
remove_entry(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ref *m, bool recursive)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__meta_node child;
	struct fss__walk w;
	int r;

	if (m->has & FSS__K_ref_owner)
		owner = m->owner;
	r = fss__walk_to(ctx, who, owner, m->path, FSS_RIGHT_WRITE, &w);
	if (r != 0)
		return r;
	if (w.depth == 0)
		return fss__err_set(&ctx->err, FSS_EDENIED,
		    "the root of a space stays");
	if (w.node.kind == FSS_KIND_DIR) {
		r = fss__meta_entry_any_child(ctx->db, w.node.id, &child);
		if (r == 1 && !recursive)
			return FSS_ENOTEMPTY;
		/* Nobody removes with it what its owner has closed to them. */
		if (r == 1 && w.space.owner != who->account)
			r = fss__closed_check(ctx, who, &w);
		if (r < 0)
			return r;
	}
	return fss__entry_leave(ctx, &w.node);
}

int
fss__entry_remove(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ref *m, bool recursive)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int r = remove_entry(ctx, who, m, recursive);

	if (r != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}

/* ---- move -------------------------------------------------------------- */

struct move {
	struct fss__ctx			*ctx;
	const struct fss__actor		*who;
	const struct fss__m_move	*m;
	struct fss__walk		 from;
	struct fss__walk		 to;	/* the folder it goes into */
	struct fss__slice		 name;	/* there */
};

/* Whether the entry moved is @w's node or above it. */
static bool
is_inside(const struct move *mv, const struct fss__walk *w)
{
	return mv->from.depth <= w->depth &&
	    w->way[mv->from.depth].id == mv->from.node.id;
}

/*
 * Finds folder and name: an existing folder takes the entry in under its own
 * name, otherwise the last component of `to` is the new name.
 */
static int
find_target(struct move *mv)
{
	struct fss__slice parent;
	int r;

	r = fss__walk(mv->ctx, mv->who, &mv->from.space, mv->m->to, &mv->to);
	if (r != 0)
		return r;
	if (mv->to.left == 0 && mv->to.node.id == mv->from.node.id)
		return 0;
	if (mv->to.left == 0 && mv->to.node.kind == FSS_KIND_DIR &&
	    fss__walk_seen(&mv->to)) {
		mv->name.p = mv->from.node.name;
		mv->name.n = mv->from.node.name_len;
		return 0;
	}
	if (!fss__path_split(mv->m->to, &parent, &mv->name))
		return FSS_EEXIST;
	r = fss__walk(mv->ctx, mv->who, &mv->from.space, parent, &mv->to);
	if (r == 0 && (mv->to.left > 0 || !fss__walk_seen(&mv->to)))
		r = FSS_ENOENT;
	if (r == 0 && mv->to.node.kind != FSS_KIND_DIR)
		r = FSS_ENOTDIR;
	return r;
}

/* What has the name already: out of the way if that is wanted and allowed. */
static int
clear_way(struct move *mv)
{
	bool replace = (mv->m->has & FSS__K_move_replace) && mv->m->replace;
	struct fss__view view = mv->to.view;
	struct fss__meta_node e;
	struct fss__meta_link link;
	int r;

	r = fss__meta_node_child(mv->ctx->db, mv->to.node.id, mv->name, &e);
	if (r <= 0 || e.id == mv->from.node.id)
		return r < 0 ? r : 0;
	link = fss__link_of(&e);
	r = fss__view_step(mv->ctx, mv->who, &link, &view);
	if (r != 0)
		return r;
	if (!(view.rights & FSS_RIGHT_SEE))
		return FSS_EDENIED;
	if (!replace || e.kind == FSS_KIND_DIR ||
	    mv->from.node.kind == FSS_KIND_DIR)
		return FSS_EEXIST;
	if (!(view.rights & FSS_RIGHT_WRITE))
		return FSS_EDENIED;
	return fss__entry_leave(mv->ctx, &e);
}

/* To those who saw it where it was. */
static int
tell_gone(struct move *mv)
{
	const struct fss__meta_node *e = &mv->from.node;
	int r;

	r = fss__news_file(mv->ctx, FSS_CHANGE_REMOVED, e->owner, e->id,
	    e->parent, e->access == FSS_ACCESS_INHERIT && !e->granted,
	    mv->from.path);
	return r != 0 ? r : fss__news_lost_entry(mv->ctx, e, mv->from.path);
}

/*
 * To those who see it where it is; who asked for it may see it no more.
 *
 * A folder may come to where more people see it, and to the very path it once
 * had, where something was removed from it unseen: as where it is opened, what
 * that was called is not for them.  See is_there() in event.c for other paths.
 */
static int
tell_moved(struct move *mv)
{
	const struct fss__meta_node *e = &mv->from.node;
	char path[FSS_LIMIT_PATH + 1];
	struct fss__slice at = { path, 0 };
	int r;

	r = fss__path_of(mv->ctx, e->id, path, &at.n);
	if (r == 0)
		r = fss__news_file(mv->ctx, FSS_CHANGE_MOVED, e->owner, e->id,
		    mv->to.node.id, false, at);
	if (e->kind == FSS_KIND_DIR && mv->ctx->board != NULL)
		fss__board_open(mv->ctx->board, e->owner);
	if (r == 0 || r == FSS_EPATH)
		r = fss__request_touch_owner(mv->ctx, e->owner);
	return r;
}

/*
 * No path below may get longer than a path may be: nobody could name it, not
 * to read and not to remove it.  How long the longest is, is known from above
 * (by height, each name the longest there can be), and where that does not do,
 * from a look at the part of the tree that could be too deep.  What cannot be
 * known by so many looks is refused: it can be moved in parts.
 *
 * Who may not see all of it learns no more from the answer than the height.
 */
static int
check_length(struct move *mv)
{
	const struct fss__meta_node *e = &mv->from.node;
	size_t len = mv->to.pos + 1 + mv->name.n, longest;
	int r = 0;

	if (len <= mv->from.path.n)
		return 0;	/* then none gets longer */
	if (len + e->height * (FSS_LIMIT_NAME + 1) <= FSS_LIMIT_PATH)
		return 0;
	if (e->owner != mv->who->account)
		r = fss__meta_below_needed(mv->ctx->db, e->id);
	if (r == 0) {
		r = fss__meta_entry_reach(mv->ctx->db, e->id, len, e->height,
		    REACH_LOOKS, &longest);
		if (r == 1 && longest <= FSS_LIMIT_PATH)
			return 0;
	}
	return r < 0 ? r : fss__err_set(&mv->ctx->err, FSS_EPATH,
	    "paths below it could have over %d bytes: use a shorter name, or "
	    "move what is in it", FSS_LIMIT_PATH);
}

static int
place(struct move *mv)
{
	unsigned depth = mv->to.depth + 1 + mv->from.node.height;
	int r;

	if (depth > FSS_LIMIT_DEPTH)
		return fss__err_set(&mv->ctx->err, FSS_EPATH,
		    "paths below it could have over %d components",
		    FSS_LIMIT_DEPTH);
	r = check_length(mv);
	if (r != 0)
		return r;
	if (fss__name_reserved(mv->name))
		return fss__err_set(&mv->ctx->err, FSS_EPATH,
		    "names that begin with " FSS__NAME_PART " are reserved");
	r = clear_way(mv);
	if (r == 0)
		r = tell_gone(mv);
	if (r == 0)
		r = fss__walk_raise(mv->ctx, &mv->to, depth);
	if (r == 0)
		r = fss__meta_entry_move(mv->ctx->db, mv->from.node.id,
		    mv->to.node.id, mv->name);
	if (r == 0)
		r = fss__meta_below_needed(mv->ctx->db, mv->from.node.id);
	if (r == 1)
		r = fss__closed_mark(mv->ctx, mv->to.node.id);
	if (r == 0)
		r = tell_moved(mv);
	if (r == 0)
		r = fss__search_set(mv->ctx->db, mv->from.node.id);
	if (r == 0 && mv->from.node.kind == FSS_KIND_DIR)
		r = fss__search_moved(mv->ctx->db, mv->from.node.id);
	return r;
}

static int
move_entry(struct move *mv)
{
	struct fss__slice owner = { NULL, 0 };
	int r;

	if (mv->m->has & FSS__K_move_owner)
		owner = mv->m->owner;
	r = fss__walk_to(mv->ctx, mv->who, owner, mv->m->from,
	    FSS_RIGHT_WRITE, &mv->from);
	if (r == 0 && mv->from.depth == 0)
		return fss__err_set(&mv->ctx->err, FSS_EDENIED,
		    "the root of a space stays");
	if (r == 0)
		r = find_target(mv);
	if (r != 0)
		return r;
	if (mv->to.left == 0 && mv->to.node.id == mv->from.node.id &&
	    mv->from.node.kind != FSS_KIND_DIR)
		return 0;	/* onto itself */
	if (is_inside(mv, &mv->to))
		return fss__err_set(&mv->ctx->err, FSS_EINVAL,
		    "a folder cannot go into itself");
	if (!(mv->to.view.rights & FSS_RIGHT_CREATE))
		return fss__walk_denied(mv->ctx, &mv->to);
	return place(mv);
}

int
fss__entry_move(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_move *m)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	struct move mv;
	int r;

	mv.ctx = ctx;
	mv.who = who;
	mv.m = m;
	r = move_entry(&mv);
	if (r != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}

/* ---- restore ----------------------------------------------------------- */

static int
restore(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_restore *m, struct fss__walk *w,
    struct fss__meta_version *v)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__meta_version newest;
	int r;

	if (m->has & FSS__K_restore_owner)
		owner = m->owner;
	r = fss__walk_to(ctx, who, owner, m->path, FSS_RIGHT_WRITE, w);
	if (r == 0 && w->node.kind == FSS_KIND_DIR)
		r = FSS_EISDIR;
	if (r != 0)
		return r;
	r = m->number > INT64_MAX ? 0 : fss__meta_version_number(ctx->db,
	    w->node.id, (int64_t)m->number, v);
	if (r == 0)
		return fss__err_set(&ctx->err, FSS_ENOENT, "no version %llu",
		    (unsigned long long)m->number);
	if (r < 0 || v->id == w->node.cur)
		return r < 0 ? r : 0;
	r = fss__meta_version_get(ctx->db, w->node.cur, &newest);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	if (v->state != FSS_STATE_STORED)
		return fss__err_set(&ctx->err, FSS_EANNOUNCED,
		    "version %llu was only announced",
		    (unsigned long long)m->number);
	v->number = newest.number + 1;
	v->author = who->account;
	v->keep = 0;
	r = fss__entry_floor(ctx);
	if (r != 0)
		return r;
	r = fss__entry_add_version(ctx, &w->node, v, 0);
	if (r == 0)
		r = fss__announce_drop(ctx, newest.id);
	return r != 0 ? r : fss__news_file(ctx, FSS_CHANGE_REPLACED,
	    w->node.owner, w->node.id, w->node.parent, false, m->path);
}

int
fss__entry_restore(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_restore *m, fss__emit_fn emit, void *arg)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	struct fss__row_place at;
	struct fss__meta_version v;
	struct fss__walk w;
	int r;

	r = restore(ctx, who, m, &w, &v);
	if (r == 0) {
		at.owner = fss__slice_str(w.space.name);
		at.path = m->path;
		at.batch = false;
		r = fss__entry_emit(ctx, who, &w.node, &v, &w.view, &at, emit,
		    arg);
	}
	if (r != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}
