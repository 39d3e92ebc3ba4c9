/*
 * What a commit brings: content, link target, time and mode.
 *
 * A client names its content by digest.  It may do so for what it has
 * uploaded itself, and for what it can read as a whole file in the tree: a
 * digest that was only heard of opens nothing, and is answered like one that
 * nobody has.  An announcement opens nothing whatever it names.
 */
#include <string.h>

#include "base/num.h"
#include "model/entry_commit.h"
#include "model/media.h"

#define SAME_MAX	64	/* versions with one root that are looked at */
#define SAME_LOOKS	1024	/* in one request */
#define MODE_FILE	0644
#define MODE_LINK	0777

/*
 * Takes the root from a version the actor may read. FSS_EMISSING.  A look can
 * go up a hundred folders and a batch name the same root in every item: looks
 * are counted over the request, and the version found is tried first.
 */
static int
root_of_readable(struct fss__commit *c, int64_t *ret_size)
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

/*
 * What is only announced is not here to be looked at; but one chunk is no
 * tree, and no tree holds more than its pages have room for.
 */
static bool
is_possible(const struct fss__id *root, uint64_t depth, uint64_t size)
{
	uint64_t span = FSS__MAX_CHUNK;
	unsigned i;

	if ((FSS__ID_KIND(root->b[0]) == FSS__KIND_PAGE) != (depth > 0) ||
	    depth > FSS__MAX_LEVELS)
		return false;
	for (i = 0; i < depth; i++)
		if (!fss__mul_u64(span, FSS__MAX_FANOUT, &span))
			return true;
	return size <= span;
}

static int
take_root(struct fss__commit *c)
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
	if (c->as->announce) {
		c->v.depth = (unsigned)depth;
		return is_possible(&c->v.root, depth, (uint64_t)c->v.size) ?
		    0 : fss__err_set(&c->ctx->err, FSS_EINTEGRITY,
		    "size, depth and content do not agree");
	}
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
take_file(struct fss__commit *c)
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
take_link(struct fss__commit *c)
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
int
fss__commit_item(struct fss__commit *c, struct fss__slice name)
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
	c->v.state = c->as->announce ? FSS_STATE_ANNOUNCED :
	    FSS_STATE_STORED;
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
