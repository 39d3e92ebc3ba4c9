/*
 * Commit: making files, folders and links visible.
 *
 * The content is in the store by now; a commit ties it to a name.  All checks
 * come before the first write as far as they can, and the caller's savepoint
 * takes back the rest, so a refused item leaves nothing.  An announcement is a
 * commit without content.
 *
 * What this file does not do: judge the content (commit_item.c).
 */
#include <string.h>

#include "model/announce.h"
#include "model/entry_commit.h"
#include "model/entry_row.h"
#include "model/entry_use.h"
#include "model/link.h"
#include "model/visitor_path.h"
#include "model/request.h"
#include "store/search.h"

#define MODE_FOLDER	0755

/* ---- something new ----------------------------------------------------- */

/* Makes @name below c->w.node and goes there; its id is in c->w.node. */
static int
make_child(struct fss__commit *c, struct fss__slice name, int kind,
    unsigned height)
{
	struct fss__meta_node *e = &c->w.node;
	struct fss__meta_link link;
	bool folder = kind == FSS_KIND_DIR;
	const struct fss__m_commit_item *m = c->m;
	int r;

	if (fss__name_reserved(name))
		return fss__err_set(&c->ctx->err, FSS_EPATH,
		    "names that begin with " FSS__NAME_PART " are reserved");
	e->parent = e->id;
	memcpy(e->name, name.p, name.n);
	e->name[name.n] = '\0';
	e->name_len = name.n;
	e->owner = c->w.space.owner;
	e->kind = kind;
	e->access = FSS_ACCESS_INHERIT;
	e->granted = false;
	e->height = height;
	e->cur = 0;
	e->created = c->ctx->now_us;
	e->mtime = folder ? c->ctx->now_us : 0;
	e->mode = folder ? MODE_FOLDER : 0;
	/* height 0: the one that was asked for, not a folder on its way */
	if (folder && height == 0 && (m->has & FSS__K_commit_item_mtime_us))
		e->mtime = m->mtime_us;
	if (folder && height == 0 && (m->has & FSS__K_commit_item_mode))
		e->mode = (unsigned)m->mode;
	r = fss__meta_entry_insert(c->ctx->db, e, &e->id);
	if (r != 0)
		return r;
	link = fss__link_of(e);
	return fss__view_step(c->ctx, c->who, &link, &c->w.view);
}

/* The actor's device has it. */
static int
hold(struct fss__commit *c)
{
	struct fss__meta_held h;

	memset(&h, 0, sizeof(h));
	h.version = c->v.id;
	h.device = c->who->device;
	h.account = c->who->account;
	h.entry = c->w.node.id;
	/* An empty file has no root; none is all zeros either. */
	if (c->v.has_root)
		h.root = c->v.root;
	h.announced = c->ctx->now_us;
	return fss__meta_held_set(c->ctx->db, &h);
}

/* All that is missing of the path, the last component included. */
static int
make_path(struct fss__commit *c, int kind)
{
	unsigned left = c->w.left, depth = c->w.depth + left;
	struct fss__slice name;
	size_t pos = c->w.pos;
	int r;

	r = fss__walk_raise(c->ctx, &c->w, depth);
	while (r == 0 && left > 0 &&
	    fss__path_next(c->w.path, &pos, &name)) {
		left--;
		r = make_child(c, name, left > 0 ? FSS_KIND_DIR : kind, left);
		if (r == 0 && (left > 0 || kind == FSS_KIND_DIR))
			r = fss__entry_use(c->ctx, c->w.space.owner, 0, 0, 1);
	}
	return r;
}

static int
create_new(struct fss__commit *c)
{
	const struct fss__m_commit_item *m = c->m;
	struct fss__slice parent, name;
	int r;

	c->what = FSS_CHANGE_ADDED;
	r = fss__entry_floor(c->ctx);
	if (r != 0)
		return r;
	if (m->kind == FSS_KIND_DIR)
		return make_path(c, FSS_KIND_DIR);
	if (!fss__path_split(m->path, &parent, &name))
		return FSS_EISDIR;
	r = fss__commit_item(c, name);
	if (r == 0)
		r = make_path(c, (int)m->kind);
	if (r == 0)
		r = fss__entry_add_version(c->ctx, &c->w.node, &c->v, 1);
	return r == 0 && c->as->announce ? hold(c) : r;
}

/*
 * Whether something new may come there.  What somebody said yes to has its
 * own terms, which create() looks at.
 */
static int
may_create(const struct fss__commit *c)
{
	if (c->as->request != 0)
		return c->m->kind != FSS_KIND_FILE ||
		    c->w.node.kind != FSS_KIND_DIR ? FSS_EDENIED : 0;
	/*
	 * What is hidden on the way answers as what is not there: denied where
	 * anything above is seen, not found where nothing is.
	 */
	if (c->w.view.rights == 0 || (!(c->w.view.rights & FSS_RIGHT_CREATE) &&
	    !fss__walk_seen(&c->w)))
		return c->w.met ? FSS_EDENIED : FSS_ENOENT;
	if (c->w.node.kind != FSS_KIND_DIR)
		return FSS_ENOTDIR;
	return c->w.view.rights & FSS_RIGHT_CREATE ? 0 : FSS_EDENIED;
}

static int
create(struct fss__commit *c)
{
	const struct fss__m_commit_item *m = c->m;
	int r = may_create(c);

	if (r != 0)
		return r;
	if (c->as->request != 0) {
		/* This path, so many bytes, nothing in the way. */
		r = fss__request_upload(c->ctx, c->who, c->as->request,
		    c->w.space.owner, m->path, m->has &
		    FSS__K_commit_item_size ? m->size : 0);
		return r != 0 ? r : create_new(c);
	}
	if ((m->has & FSS__K_commit_item_base) && m->base != 0)
		return FSS_ECONFLICT;
	return create_new(c);
}

/* ---- something that is there ------------------------------------------- */

/* A folder that is there is fine; who may write sets its time and mode. */
static int
update_folder(struct fss__commit *c)
{
	const struct fss__m_commit_item *m = c->m;
	struct fss__meta_node *e = &c->w.node;
	int64_t mtime = e->mtime;
	unsigned mode = e->mode;
	int r;

	if (m->has & FSS__K_commit_item_base)
		return FSS_ECONFLICT;
	if (!(c->w.view.rights & FSS_RIGHT_WRITE))
		return 0;
	if (m->has & FSS__K_commit_item_mtime_us)
		mtime = m->mtime_us;
	if (m->has & FSS__K_commit_item_mode)
		mode = (unsigned)m->mode;
	if (mtime == e->mtime && mode == e->mode)
		return 0;
	e->mtime = mtime;
	e->mode = mode;
	r = fss__meta_entry_set_folder(c->ctx->db, e->id, mtime, mode);
	return r != 0 ? r : fss__search_set(c->ctx->db, e->id);
}

static bool
is_same(const struct fss__commit *c, const struct fss__meta_version *old)
{
	const struct fss__meta_version *v = &c->v;

	return v->kind == old->kind && v->size == old->size &&
	    v->has_root == old->has_root &&
	    (!v->has_root || fss__id_eq(&v->root, &old->root)) &&
	    v->target_len == old->target_len &&
	    memcmp(v->target, old->target, v->target_len) == 0 &&
	    v->mode == old->mode && v->mtime == old->mtime;
}

static bool
is_content(const struct fss__commit *c, const struct fss__meta_version *old)
{
	return old->kind == FSS_KIND_FILE && c->v.kind == FSS_KIND_FILE &&
	    c->v.size == old->size && c->v.has_root == old->has_root &&
	    (!old->has_root || fss__id_eq(&c->v.root, &old->root));
}

/*
 * The content of @old once more: 1 where that version stays, 0 where a new
 * one is needed.  Announcing adds a holder; bytes that come make an announced
 * version stored, and one that was fetched the owner's own.
 */
static int
same_content(struct fss__commit *c, const struct fss__meta_version *old)
{
	struct fss__meta_version v = *old;
	int r = 0;

	if (!is_content(c, old))
		return 0;
	if (c->as->announce && old->state == FSS_STATE_STORED) {
		c->v = v;
		r = hold(c);
		return r != 0 ? r : 1;
	}
	if (!c->as->announce && old->state == FSS_STATE_STORED) {
		if (old->keep > 0)
			r = fss__meta_version_set_state(c->ctx->db, old->id,
			    old->state, old->chunk, 0);
		return r;
	}
	v.mtime = c->v.mtime;
	v.mode = c->v.mode;
	c->what = FSS_CHANGE_REPLACED;
	if (v.mtime != old->mtime || v.mode != old->mode)
		r = fss__meta_version_set_times(c->ctx->db, v.id, v.mtime,
		    v.mode);
	/* What is stored now is told to the index there. */
	if (r == 0 && c->as->announce && v.mtime != old->mtime)
		r = fss__search_set(c->ctx->db, v.entry);
	if (r == 0 && !c->as->announce) {
		v.state = FSS_STATE_STORED;
		v.chunk = c->v.chunk;
		r = fss__entry_store(c->ctx, &v, v.chunk, 0);
		if (r == 0)
			r = fss__meta_request_mark_version(c->ctx->db, v.id);
		if (r == 0 && v.has_root)
			r = fss__request_touch_root(c->ctx, &v.root);
	}
	c->v = v;
	if (r == 0 && c->as->announce)
		r = hold(c);
	return r != 0 ? r : 1;
}

static int
replace(struct fss__commit *c)
{
	const struct fss__m_commit_item *m = c->m;
	struct fss__meta_node *e = &c->w.node;
	struct fss__meta_version old;
	struct fss__slice name = { e->name, e->name_len };
	int r;

	r = fss__meta_version_get(c->ctx->db, e->cur, &old);
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	if ((m->has & FSS__K_commit_item_base) &&
	    m->base != (uint64_t)old.number)
		return FSS_ECONFLICT;
	r = fss__commit_item(c, name);
	if (r != 0)
		return r;
	if (old.kind == c->v.kind) {
		if (!(m->has & FSS__K_commit_item_mode))
			c->v.mode = old.mode;
		/* Without a time, the same content is the same version. */
		if (!(m->has & FSS__K_commit_item_mtime_us)) {
			c->v.mtime = old.mtime;
			if (!is_same(c, &old) && !(is_content(c, &old) &&
			    (c->as->announce || old.state != FSS_STATE_STORED)))
				c->v.mtime = c->ctx->now_us;
		}
	}
	r = same_content(c, &old);
	if (r != 0)
		return r < 0 ? r : 0;
	if (is_same(c, &old)) {
		c->v = old;
		c->v.keep = 0;
		return 0;
	}
	c->v.number = old.number + 1;
	c->what = FSS_CHANGE_REPLACED;
	r = fss__entry_floor(c->ctx);
	if (r == 0)
		r = fss__entry_add_version(c->ctx, e, &c->v, 0);
	if (r == 0)
		r = fss__announce_drop(c->ctx, old.id);
	return r == 0 && c->as->announce ? hold(c) : r;
}

/* Whether what is there may be changed as asked. */
static int
may_change(const struct fss__commit *c)
{
	bool folder = c->w.node.kind == FSS_KIND_DIR;

	/* In somebody's way without being seen: all this tells is "no". */
	if (!fss__walk_seen(&c->w) || c->as->request != 0)
		return FSS_EDENIED;
	if (c->m->kind == FSS_KIND_DIR)
		return folder ? 0 : FSS_ENOTDIR;
	if (folder)
		return FSS_EISDIR;
	return c->w.view.rights & FSS_RIGHT_WRITE ? 0 : FSS_EDENIED;
}

static int
change(struct fss__commit *c)
{
	int r = may_change(c);

	if (r != 0)
		return r;
	return c->m->kind == FSS_KIND_DIR ? update_folder(c) : replace(c);
}

/*
 * Whose space it goes to.  A visitor puts files right into the folder that is
 * linked, each under a name that is free, whatever they call it; what it came
 * to be called they are not told, for it tells what was there.
 */
static int
find_space(struct fss__commit *c, struct fss__slice owner,
    struct fss__space *ret_s)
{
	const struct fss__m_commit_item *m = c->m;
	int r;

	r = fss__space_find(c->ctx, c->who, owner, ret_s);
	if (r != 0 || c->who->visit.link == 0)
		return r;
	if (!(c->who->visit.rights & FSS_RIGHT_CREATE) || c->as->announce ||
	    c->as->request != 0 || m->kind != FSS_KIND_FILE)
		return FSS_EDENIED;
	r = fss__visitor_path(c->ctx, c->who, m->path, ret_s, c->path);
	if (r != 0)
		return r;
	c->item = *m;
	c->item.has &= ~(uint32_t)FSS__K_commit_item_base;
	c->item.path = fss__slice_str(c->path);
	c->m = &c->item;
	return 0;
}

static int
commit(struct fss__commit *c, struct fss__slice owner, fss__emit_fn emit,
    void *arg)
{
	struct fss__slice asked = c->m->path;
	struct fss__row_place place;
	struct fss__space space;
	int r;

	if (c->m->kind < FSS_KIND_DIR || c->m->kind > FSS_KIND_LINK)
		return fss__err_set(&c->ctx->err, FSS_EINVAL,
		    "not a kind of entry");
	r = find_space(c, owner, &space);
	if (r == 0)
		r = fss__walk(c->ctx, c->who, &space, c->m->path, &c->w);
	if (r == 0)
		r = c->w.left > 0 ? create(c) : change(c);
	if (r == 0 && c->what != 0)
		r = fss__news_file(c->ctx, c->what, c->w.space.owner,
		    c->w.node.id, c->w.node.parent, false, c->m->path);
	if (r == 0 && c->who->visit.link != 0)
		r = fss__link_note_put(c->ctx, c->who, c->w.node.id,
		    c->m->path, c->v.size);
	if (r != 0)
		return r;
	place.owner = fss__slice_str(space.name);
	place.path = asked;
	place.batch = true;
	return fss__entry_emit(c->ctx, c->who, &c->w.node, &c->v, &c->w.view,
	    &place, emit, arg);
}

int
fss__entry_commit_as(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice owner, const struct fss__m_commit_item *m,
    const struct fss__commit_as *as, fss__emit_fn emit, void *arg)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	struct fss__commit c;
	int r;

	c.ctx = ctx;
	c.who = who;
	c.m = m;
	c.as = as;
	c.what = 0;
	r = commit(&c, owner, emit, arg);
	if (r != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}

int
fss__entry_commit(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice owner, const struct fss__m_commit_item *m,
    fss__emit_fn emit, void *arg)
{
	static const struct fss__commit_as as = { false, 0 };

	return fss__entry_commit_as(ctx, who, owner, m, &as, emit, arg);
}

int
fss__entry_may_commit(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice owner, struct fss__slice path, uint64_t size,
    const struct fss__commit_as *as, int64_t *ret_owner)
{
	struct fss__slice parent, name;
	struct fss__m_commit_item m;
	struct fss__space space;
	struct fss__commit c;
	int r;

	memset(&m, 0, sizeof(m));
	m.path = path;
	m.kind = FSS_KIND_FILE;
	c.ctx = ctx;
	c.who = who;
	c.m = &m;
	c.as = as;
	r = find_space(&c, owner, &space);
	path = c.m->path;
	if (r == 0)
		r = fss__walk(ctx, who, &space, path, &c.w);
	if (r == 0 && !fss__path_split(path, &parent, &name))
		r = FSS_EISDIR;
	if (r == 0 && fss__name_reserved(name))
		r = FSS_EPATH;
	if (r == 0)
		r = c.w.left > 0 ? may_create(&c) : may_change(&c);
	if (r == 0 && as->request != 0)
		r = fss__request_may_upload(ctx, who, as->request,
		    space.owner, path, size);
	if (r == 0)
		*ret_owner = space.owner;
	return fss__ctx_end(ctx, r);
}
