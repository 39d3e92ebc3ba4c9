/*
 * Walking paths.
 *
 * A path is resolved one name at a time through the (parent, name) index; no
 * row holds a whole path, which is what makes moving a folder one update.
 * The rights are folded along, so that the end of the walk has them without
 * another look at the ancestors.
 *
 * An entry that may not be seen is walked through all the same (what is below
 * it may be shared); the caller's answer must not tell it from a missing one.
 */
#include "model/entry_path.h"

#include <string.h>

#include "store/meta_account.h"

int
fss__space_find(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice owner, struct fss__space *ret_s)
{
	struct fss__meta_account a;
	int r;

	if (who->visit.link != 0) {
		/* What is linked is all there is; nobody else is known. */
		if (owner.n > 0)
			return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
			    "a visitor has ':/' alone");
		ret_s->owner = who->visit.maker;
		ret_s->root = who->visit.entry;
		ret_s->name[0] = '\0';
		return 0;
	}
	if (owner.n == 0)
		r = fss__meta_account_by_id(ctx->db, who->account, &a);
	else
		r = fss__meta_account_by_name(ctx->db, owner, &a);
	if (r < 0)
		return r;
	if (r == 0)
		return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
		    "no account '%.*s'", (int)owner.n,
		    owner.n == 0 ? "" : (const char *)owner.p);
	ret_s->owner = a.id;
	ret_s->root = a.root;
	memcpy(ret_s->name, a.name, sizeof(ret_s->name));
	return 0;
}

static int
step(struct fss__ctx *ctx, const struct fss__actor *who, struct fss__walk *w)
{
	struct fss__meta_link link = fss__link_of(&w->node);
	int r;

	w->way[w->depth].id = w->node.id;
	w->way[w->depth].height = w->node.height;
	r = fss__view_step(ctx, who, &link, &w->view);
	w->met = w->met || (r == 0 && (w->view.rights & FSS_RIGHT_SEE));
	return r;
}

int
fss__walk(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__space *space, struct fss__slice path,
    struct fss__walk *ret_w)
{
	struct fss__walk *w = ret_w;
	struct fss__slice name;
	const char *why;
	size_t pos = 0;
	int r;

	if (fss__path_check(path, &why) != 0)
		return fss__err_set(&ctx->err, FSS_EPATH, "the path %s", why);
	w->space = *space;
	w->path = path;
	w->depth = 0;
	w->left = 0;
	w->pos = 0;
	w->met = false;
	fss__view_top(&w->view);
	r = fss__meta_node_get(ctx->db, space->root, &w->node);
	if (r == 0 && who->visit.link != 0)
		return FSS_ENOENT;	/* gone since the link was looked at */
	if (r <= 0)
		return r < 0 ? r : FSS_ECORRUPT;
	r = step(ctx, who, w);
	while (r == 0 && fss__path_next(path, &pos, &name)) {
		if (w->left > 0 || w->node.kind != FSS_KIND_DIR) {
			w->left++;
			continue;
		}
		/* node is written only where there is one */
		r = fss__meta_node_child(ctx->db, w->node.id, name, &w->node);
		if (r < 0)
			return r;
		if (r == 0) {
			w->left++;
			continue;
		}
		w->depth++;
		w->pos = pos;
		r = step(ctx, who, w);
	}
	return r;
}

bool
fss__walk_seen(const struct fss__walk *w)
{
	return (w->depth == 0 && !w->view.gone) ||
	    (w->view.rights & FSS_RIGHT_SEE);
}

int
fss__walk_denied(struct fss__ctx *ctx, const struct fss__walk *w)
{
	return fss__err_set(&ctx->err,
	    fss__walk_seen(w) ? FSS_EDENIED : FSS_ENOENT, "%s", "");
}

int
fss__walk_to(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice owner, struct fss__slice path, unsigned rights,
    struct fss__walk *ret_w)
{
	struct fss__space space;
	int r;

	r = fss__space_find(ctx, who, owner, &space);
	if (r == 0)
		r = fss__walk(ctx, who, &space, path, ret_w);
	if (r != 0)
		return r;
	if (ret_w->left > 0 || !fss__walk_seen(ret_w))
		return FSS_ENOENT;
	if ((ret_w->view.rights & rights) != rights)
		return fss__walk_denied(ctx, ret_w);
	return 0;
}

int
fss__walk_raise(struct fss__ctx *ctx, const struct fss__walk *w,
    unsigned depth)
{
	unsigned i, need;
	int r;

	for (i = 0; i <= w->depth && i < depth; i++) {
		need = depth - i;
		if (w->way[i].height >= need)
			continue;
		r = fss__meta_entry_raise(ctx->db, w->way[i].id, need);
		if (r != 0)
			return r;
	}
	return 0;
}

void
fss__path_end(struct fss__path_end *p, char *dst)
{
	p->dst = dst;
	p->at = FSS_LIMIT_PATH;
	p->names = 0;
}

int
fss__path_before(struct fss__path_end *p, const char *name, size_t n)
{
	if (++p->names > FSS_LIMIT_DEPTH || n + 1 > p->at)
		return FSS_EPATH;
	p->at -= n;
	memcpy(p->dst + p->at, name, n);
	p->dst[--p->at] = '/';
	return 0;
}

size_t
fss__path_all(struct fss__path_end *p)
{
	size_t n;

	if (p->names == 0)
		p->dst[--p->at] = '/';
	n = FSS_LIMIT_PATH - p->at;
	memmove(p->dst, p->dst + p->at, n);
	p->dst[n] = '\0';
	return n;
}

int
fss__path_of(struct fss__ctx *ctx, int64_t id, char *dst, size_t *ret_len)
{
	struct fss__meta_node e;
	struct fss__path_end p;
	int r;

	fss__path_end(&p, dst);
	for (;;) {
		r = fss__meta_node_get(ctx->db, id, &e);
		if (r <= 0)
			return r < 0 ? r : FSS_ENOENT;
		if (e.parent <= 0)
			break;
		r = fss__path_before(&p, e.name, e.name_len);
		if (r != 0)
			return r;
		id = e.parent;
	}
	*ret_len = fss__path_all(&p);
	return 0;
}
