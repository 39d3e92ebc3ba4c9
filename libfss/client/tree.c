/*
 * Down the tree of a file's content.
 *
 * Every page is checked against its parent before it is used: its digest,
 * its level, and that it spans just what the parent says; so by induction
 * from the root each chunk handed out is one of the file's, at its place.
 */
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "client/tree.h"

int
fss__tree_init(struct fss__tree *t, const struct fss__id *root, unsigned depth,
    uint64_t size)
{
	memset(t, 0, sizeof(*t));
	if (size == 0 || depth > FSS__MAX_LEVELS || !fss__id_known(root))
		return FSS_EPROTO;
	if (depth == 0 ? FSS__ID_KIND(root->b[0]) != FSS__KIND_DATA ||
	    size > FSS__MAX_CHUNK : FSS__ID_KIND(root->b[0]) != FSS__KIND_PAGE)
		return FSS_EPROTO;
	t->root = *root;
	t->depth = depth;
	t->size = size;
	t->end = size;
	return 0;
}

static void
drop(struct fss__tree_page *pg)
{
	fss__free(pg->data);
	memset(pg, 0, sizeof(*pg));
}

void
fss__tree_release(struct fss__tree *t)
{
	unsigned i;

	for (i = 0; i <= FSS__MAX_LEVELS; i++)
		drop(&t->level[i]);
	drop(&t->ahead);
}

void
fss__tree_seek(struct fss__tree *t, uint64_t offset)
{
	t->pos = offset;
}

static bool
covers(const struct fss__tree_page *pg, uint64_t offset)
{
	return pg->data != NULL && offset >= pg->start &&
	    offset - pg->start < pg->view.span;
}

/* The child of @pg that covers @offset. */
static void
child_at(const struct fss__tree_page *pg, unsigned level, uint64_t offset,
    struct fss__node *ret)
{
	uint64_t start;
	unsigned i;

	i = fss__page_seek(&pg->view, offset - pg->start, &start);
	ret->level = level;
	ret->offset = pg->start + start;
	fss__page_child(&pg->view, i, &ret->id, &ret->span);
}

int
fss__tree_next(struct fss__tree *t, struct fss__node *ret_node)
{
	unsigned level;

	if (t->pos >= t->end || t->pos >= t->size)
		return 0;
	ret_node->level = t->depth;
	ret_node->offset = 0;
	ret_node->span = t->size;
	ret_node->id = t->root;
	if (t->depth > 0 && !covers(&t->level[1], t->pos) &&
	    covers(&t->ahead, t->pos)) {
		drop(&t->level[1]);
		t->level[1] = t->ahead;
		memset(&t->ahead, 0, sizeof(t->ahead));
	}
	/* From the lowest page that covers the place, or from the root. */
	for (level = 1; level <= t->depth; level++)
		if (covers(&t->level[level], t->pos))
			break;
	if (level <= t->depth) {
		child_at(&t->level[level], level - 1, t->pos, ret_node);
		if (level > 1)
			return FSS_EAGAIN;
	} else if (t->depth > 0) {
		return FSS_EAGAIN;	/* the root page itself */
	}
	t->pos = ret_node->offset + ret_node->span;
	return 1;
}

int
fss__tree_ahead(const struct fss__tree *t, struct fss__node *ret_node)
{
	const struct fss__tree_page *cur = &t->level[1];
	uint64_t next;

	if (t->depth < 2 || !covers(cur, t->pos) || t->ahead.data != NULL ||
	    t->pos - cur->start < cur->view.span / 2)
		return 0;
	next = cur->start + cur->view.span;
	if (next >= t->end || !covers(&t->level[2], next))
		return 0;
	child_at(&t->level[2], 1, next, ret_node);
	return 1;
}

int
fss__tree_page(struct fss__tree *t, const struct fss__node *node,
    const void *p, size_t n)
{
	struct fss__tree_page pg;
	int r;

	if (node->level == 0 || node->level > t->depth || n > FSS__MAX_PAGE)
		return FSS_EPROTO;
	r = fss__digest_verify(&node->id, p, n);
	if (r != 0)
		return r;
	memset(&pg, 0, sizeof(pg));
	pg.data = fss__memdup(p, n);
	if (pg.data == NULL)
		return FSS_ENOMEM;
	r = fss__page_decode(pg.data, n, &pg.view);
	if (r == 0 && (pg.view.level != node->level ||
	    pg.view.span != node->span))
		r = FSS_EPROTO;
	if (r != 0) {
		fss__free(pg.data);
		return r;
	}
	pg.start = node->offset;
	if (node->level == 1 && covers(&t->level[1], t->pos)) {
		drop(&t->ahead);
		t->ahead = pg;
	} else {
		drop(&t->level[node->level]);
		t->level[node->level] = pg;
	}
	return 0;
}
