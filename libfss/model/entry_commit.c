/*
 * Commit: making files, folders and links visible.
 *
 * The content is in the store by now; a commit ties it to a name.  All checks
 * come before the first write as far as they can, and the caller's savepoint
 * takes back the rest, so a refused item leaves nothing.
 *
 * A client names its content by digest.  It may do so for what it has
 * uploaded itself, and for what it can read as a whole file in the tree: a
 * digest that was only heard of opens nothing, and is answered like one that
 * nobody has.
 */
#include <string.h>

#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_row.h"
#include "model/entry_use.h"
#include "model/media.h"
#include "store/search.h"

#define SAME_MAX	64	/* versions with one root that are looked at */
#define SAME_LOOKS	1024	/* in one request */
#define MODE_FILE	0644
#define MODE_FOLDER	0755
#define MODE_LINK	0777

struct commit {
	struct fss__ctx			*ctx;
	const struct fss__actor		*who;
	const struct fss__m_commit_item	*m;
	struct fss__walk		 w;
	struct fss__meta_version	 v;	/* as it becomes, or was */
};

/* ---- content ----------------------------------------------------------- */

/*
 * Takes the root from a version the actor may read. FSS_EMISSING.  A look can
 * go up a hundred folders and a batch name the same root in every item: looks
 * are counted over the request, and the version found is tried first.
 */
static int
root_of_readable(struct commit *c, int64_t *ret_size)
{
	struct fss__looks *looks = &c->ctx->looks;
	struct fss__meta_same same;
	struct fss__view view;
	int64_t after = 0;
	unsigned i;
	int r;

	if (fss__id_eq(&looks->root, &c->v.root)) {
		if (looks->version < 0)
			return FSS_EMISSING;
		after = looks->version - 1;
	}
	looks->root = c->v.root;
	looks->version = -1;
	for (i = 0; i < SAME_MAX && looks->same < SAME_LOOKS; i++) {
		r = fss__meta_version_same(c->ctx->db, &c->v.root, after,
		    &same);
		if (r <= 0)
			return r < 0 ? r : FSS_EMISSING;
		after = same.version;
		looks->same++;
		r = fss__view_of(c->ctx, c->who, same.entry, 0, &view, NULL);
		if (r == FSS_ENOENT || (r == 0 &&
		    !(view.rights & FSS_RIGHT_READ)))
			continue;
		if (r != 0)
			return r;
		looks->version = same.version;
		c->v.depth = same.depth;
		c->v.chunk = same.chunk;
		*ret_size = same.size;
		return 0;
	}
	return FSS_EMISSING;
}

static int
take_root(struct commit *c)
{
	const struct fss__m_commit_item *m = c->m;
	uint64_t depth = m->has & FSS__K_commit_item_depth ? m->depth : 0;
	uint64_t span = 0;
	int64_t size = 0;
	int r;

	if (m->root.n != FSS__ID_BYTES)
		return fss__err_set(&c->ctx->err, FSS_EINTEGRITY,
		    "not a content id");
	memcpy(c->v.root.b, m->root.p, FSS__ID_BYTES);
	if (!fss__id_known(&c->v.root))
		return fss__err_set(&c->ctx->err, FSS_EINTEGRITY,
		    "not a content id known here");
	c->v.has_root = true;
	r = fss__store_root(c->ctx->store, c->who->account, &c->v.root,
	    &c->v.depth, &span, &c->v.chunk);
	if (r == FSS_EMISSING) {
		r = root_of_readable(c, &size);
		span = (uint64_t)size;
	}
	if (r != 0)
		return r;
	if (span != (uint64_t)c->v.size || c->v.depth != depth)
		return fss__err_set(&c->ctx->err, FSS_EINTEGRITY,
		    "size or depth is not that of the content");
	return 0;
}

static int
take_file(struct commit *c)
{
	const struct fss__m_commit_item *m = c->m;
	bool rooted = (m->has & FSS__K_commit_item_root) && m->root.n > 0;
	uint64_t size = m->has & FSS__K_commit_item_size ? m->size : 0;

	if (size > INT64_MAX)
		return FSS_ETOOBIG;
	c->v.size = (int64_t)size;
	if (rooted != (size > 0))
		return fss__err_set(&c->ctx->err, FSS_EINTEGRITY,
		    "content and size do not agree");
	return rooted ? take_root(c) : 0;
}

static int
take_link(struct commit *c)
{
	const struct fss__m_commit_item *m = c->m;

	if (!(m->has & FSS__K_commit_item_target) || m->target.n == 0 ||
	    m->target.n > FSS__MAX_TARGET ||
	    memchr(m->target.p, '\0', m->target.n) != NULL)
		return fss__err_set(&c->ctx->err, FSS_EINVAL,
		    "a link needs a target of 1 to %d bytes",
		    FSS__MAX_TARGET);
	memcpy(c->v.target, m->target.p, m->target.n);
	c->v.target[m->target.n] = '\0';
	c->v.target_len = m->target.n;
	c->v.size = (int64_t)m->target.n;	/* its content, as it were */
	return 0;
}

/* What becomes the version, apart from what an older one lends. */
static int
take_item(struct commit *c, struct fss__slice name)
{
	const struct fss__m_commit_item *m = c->m;
	struct fss__slice media = { NULL, 0 };

	c->v.id = 0;
	c->v.number = 1;
	c->v.kind = (int)m->kind;
	c->v.size = 0;
	c->v.has_root = false;
	c->v.depth = 0;
	c->v.chunk = 0;
	c->v.state = FSS_STATE_STORED;
	c->v.keep = 0;
	c->v.mtime = m->has & FSS__K_commit_item_mtime_us ? m->mtime_us :
	    c->ctx->now_us;
	c->v.mode = m->has & FSS__K_commit_item_mode ? (unsigned)m->mode :
	    m->kind == FSS_KIND_LINK ? MODE_LINK : MODE_FILE;
	c->v.author = c->who->account;
	c->v.media[0] = '\0';
	c->v.target[0] = '\0';
	c->v.target_len = 0;
	if (m->kind == FSS_KIND_LINK)
		return take_link(c);
	if (m->has & FSS__K_commit_item_media)
		media = m->media;
	fss__media_type(media, name, c->v.media);
	return take_file(c);
}

/* ---- something new ----------------------------------------------------- */

/* Makes @name below c->w.node and goes there; its id is in c->w.node. */
static int
make_child(struct commit *c, struct fss__slice name, int kind, unsigned height)
{
	struct fss__meta_node *e = &c->w.node;
	struct fss__meta_link link;
	bool folder = kind == FSS_KIND_DIR;
	const struct fss__m_commit_item *m = c->m;
	int r;

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
	if (r == 0)
		r = fss__search_add(c->ctx->db, e->id, name);
	if (r != 0)
		return r;
	link = fss__link_of(e);
	return fss__view_step(c->ctx, c->who, &link, &c->w.view);
}

/* All that is missing of the path, the last component included. */
static int
make_path(struct commit *c, int kind)
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
create(struct commit *c)
{
	const struct fss__m_commit_item *m = c->m;
	struct fss__slice parent, name;
	int r;

	/*
	 * What is hidden on the way answers as what is not there: denied where
	 * anything above is seen, not found where nothing is.
	 */
	if (c->w.view.rights == 0 || (!(c->w.view.rights & FSS_RIGHT_CREATE) &&
	    !fss__walk_seen(&c->w)))
		return c->w.met ? FSS_EDENIED : FSS_ENOENT;
	if (c->w.node.kind != FSS_KIND_DIR)
		return FSS_ENOTDIR;
	if (!(c->w.view.rights & FSS_RIGHT_CREATE))
		return FSS_EDENIED;
	if ((m->has & FSS__K_commit_item_base) && m->base != 0)
		return FSS_ECONFLICT;
	r = fss__entry_floor(c->ctx);
	if (r != 0)
		return r;
	if (m->kind == FSS_KIND_DIR)
		return make_path(c, FSS_KIND_DIR);
	if (!fss__path_split(m->path, &parent, &name))
		return FSS_EISDIR;
	r = take_item(c, name);
	if (r == 0)
		r = make_path(c, (int)m->kind);
	if (r == 0)
		r = fss__entry_add_version(c->ctx, &c->w.node, &c->v, 1);
	return r;
}

/* ---- something that is there ------------------------------------------- */

/* A folder that is there is fine; who may write sets its time and mode. */
static int
update_folder(struct commit *c)
{
	const struct fss__m_commit_item *m = c->m;
	struct fss__meta_node *e = &c->w.node;
	int64_t mtime = e->mtime;
	unsigned mode = e->mode;

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
	return fss__meta_entry_set_folder(c->ctx->db, e->id, mtime, mode);
}

static bool
is_same(const struct commit *c, const struct fss__meta_version *old)
{
	const struct fss__meta_version *v = &c->v;

	return v->kind == old->kind && v->size == old->size &&
	    v->has_root == old->has_root &&
	    (!v->has_root || fss__id_eq(&v->root, &old->root)) &&
	    v->target_len == old->target_len &&
	    memcmp(v->target, old->target, v->target_len) == 0 &&
	    v->mode == old->mode && v->mtime == old->mtime;
}

static int
replace(struct commit *c)
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
	r = take_item(c, name);
	if (r != 0)
		return r;
	if (old.kind == c->v.kind) {
		if (!(m->has & FSS__K_commit_item_mode))
			c->v.mode = old.mode;
		/* Without a time, the same content is the same version. */
		if (!(m->has & FSS__K_commit_item_mtime_us)) {
			c->v.mtime = old.mtime;
			if (is_same(c, &old)) {
				c->v = old;
				return 0;
			}
			c->v.mtime = c->ctx->now_us;
		}
	}
	if (is_same(c, &old)) {
		c->v = old;
		return 0;
	}
	c->v.number = old.number + 1;
	r = fss__entry_floor(c->ctx);
	if (r != 0)
		return r;
	return fss__entry_add_version(c->ctx, e, &c->v, 0);
}

static int
change(struct commit *c)
{
	bool folder = c->w.node.kind == FSS_KIND_DIR;

	/* In somebody's way without being seen: all this tells is "no". */
	if (!fss__walk_seen(&c->w))
		return FSS_EDENIED;
	if (c->m->kind == FSS_KIND_DIR)
		return folder ? update_folder(c) : FSS_ENOTDIR;
	if (folder)
		return FSS_EISDIR;
	if (!(c->w.view.rights & FSS_RIGHT_WRITE))
		return FSS_EDENIED;
	return replace(c);
}

static int
commit(struct commit *c, struct fss__slice owner, fss__emit_fn emit, void *arg)
{
	struct fss__row_place place;
	struct fss__space space;
	int r;

	if (c->m->kind < FSS_KIND_DIR || c->m->kind > FSS_KIND_LINK)
		return fss__err_set(&c->ctx->err, FSS_EINVAL,
		    "not a kind of entry");
	r = fss__space_find(c->ctx, c->who, owner, &space);
	if (r == 0)
		r = fss__walk(c->ctx, c->who, &space, c->m->path, &c->w);
	if (r == 0)
		r = c->w.left > 0 ? create(c) : change(c);
	if (r != 0)
		return r;
	place.owner = fss__slice_str(space.name);
	place.path = c->m->path;
	place.batch = true;
	return fss__entry_emit(c->ctx, c->who, &c->w.node, &c->v, &c->w.view,
	    &place, emit, arg);
}

int
fss__entry_commit(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice owner, const struct fss__m_commit_item *m,
    fss__emit_fn emit, void *arg)
{
	struct commit c;

	c.ctx = ctx;
	c.who = who;
	c.m = m;
	return fss__ctx_end(ctx, commit(&c, owner, emit, arg));
}
