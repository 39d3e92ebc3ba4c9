/*
 * Looking: stat, list, versions, and what a download needs.
 */
#include <string.h>

#include "base/num.h"
#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_row.h"
#include "model/link.h"
#include "model/request.h"
#include "store/meta_holder.h"
#include "model/seal.h"

/*
 * Children looked at in one call for somebody who may not see them all; then
 * the page ends, with fewer rows.
 */
#define LOOK_MAX	4096

/* ---- stat -------------------------------------------------------------- */

/* The version a ref names: the newest, or that of a number. */
static int
find_version(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__walk *w, const struct fss__m_ref *m,
    struct fss__meta_version *ret_v)
{
	bool numbered = (m->has & FSS__K_ref_number) && m->number > 0;
	int r;

	/* A link leads to one version, whatever others there are. */
	if (who->visit.link != 0 && numbered)
		return FSS_ENOENT;
	if (who->visit.version != 0 && w->node.id == who->visit.entry) {
		r = fss__meta_version_get(ctx->db, who->visit.version, ret_v);
		return r == 1 ? 0 : r == 0 ? FSS_ENOENT : r;
	}
	if (w->node.kind == FSS_KIND_DIR)
		return numbered ? FSS_EISDIR : 0;
	if (!numbered)
		r = fss__meta_version_get(ctx->db, w->node.cur, ret_v);
	else if (m->number > INT64_MAX)
		r = 0;
	else
		r = fss__meta_version_number(ctx->db, w->node.id,
		    (int64_t)m->number, ret_v);
	if (r == 0)
		return numbered ? FSS_ENOENT : FSS_ECORRUPT;
	/* Older versions are content: for those who may read it. */
	if (r == 1 && ret_v->id != w->node.cur &&
	    !(w->view.rights & FSS_RIGHT_READ))
		return FSS_EDENIED;
	return r < 0 ? r : 0;
}

static bool
is_fatal(int r)
{
	return r == FSS_ENOMEM || r == FSS_EIO || r == FSS_ECORRUPT ||
	    r == FSS_EBUSY || r == FSS_EROFS || r == FSS_ENOSPC;
}

static int
emit_failed(const struct fss__m_ref *m, int err, fss__emit_fn emit, void *arg)
{
	struct fss__m_entry row;

	memset(&row, 0, sizeof(row));
	row.has = FSS__K_entry_status | FSS__K_entry_path;
	row.status = (uint64_t)-err;
	row.path = m->path;
	if (m->has & FSS__K_ref_owner) {
		row.has |= FSS__K_entry_owner;
		row.owner = m->owner;
	}
	return emit(arg, &row);
}

/* What may be seen, and the very file that was given to the asker by a yes. */
static int
find_entry(struct fss__ctx *ctx, const struct fss__actor *who,
    struct fss__slice owner, struct fss__slice path, struct fss__walk *w)
{
	struct fss__space space;
	int r;

	r = fss__space_find(ctx, who, owner, &space);
	if (r == 0)
		r = fss__walk(ctx, who, &space, path, w);
	if (r != 0)
		return r;
	if (w->left > 0)
		return FSS_ENOENT;
	if (fss__walk_seen(w))
		return 0;
	if (w->node.kind == FSS_KIND_FILE)
		r = fss__request_pass(ctx, who->account, w->node.cur, false);
	return r < 0 ? r : r == 1 ? 0 : FSS_ENOENT;
}

int
fss__entry_stat(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_ref *m, fss__emit_fn emit, void *arg)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__row_place place;
	struct fss__meta_version v;
	struct fss__walk w;
	int r;

	if (m->has & FSS__K_ref_owner)
		owner = m->owner;
	r = find_entry(ctx, who, owner, m->path, &w);
	if (r == 0)
		r = find_version(ctx, who, &w, m, &v);
	if (r != 0)
		return is_fatal(r) ? fss__ctx_end(ctx, r) :
		    emit_failed(m, r, emit, arg);
	place.owner = fss__slice_str(w.space.name);
	place.path = m->path;
	place.batch = true;
	return fss__ctx_end(ctx, fss__entry_emit(ctx, who, &w.node, &v,
	    &w.view, &place, emit, arg));
}

/* ---- list -------------------------------------------------------------- */

/*
 * Where a listing goes on: after the last name that was shown ('N', name), or,
 * where the page ended among entries that were passed over, after one of
 * those ('I', its id sealed, last name shown).  Its name must not be told, and
 * nobody may ask to go on after an entry of their choice: what follows would
 * tell between which names its own is.  If that entry has gone, the last name
 * shown does as well.
 *
 * A page that was read back ends before its last ('B', 'J').  Each is a place
 * between two names, from which one can go either way.  What was passed over
 * on the way to a hidden entry is passed over from there as well: the way
 * back goes from the last name shown, or both would tell between which names
 * it came to be since.  No name: after it the beginning, before it the end.
 */
#define HIDDEN_HEAD	(1 + FSS__SEALED)
#define BEYOND		"\xff"	/* above all UTF-8 */

struct place {
	bool	before;				/* its name, not after it */
	bool	hidden;
	int64_t	id;
	char	name[FSS_LIMIT_NAME + 1];	/* shown */
	size_t	len;
	char	from[FSS_LIMIT_NAME + 1];	/* to go on from: never told */
	size_t	from_len;
};

static void
begin_at(struct place *p, const void *name, size_t len)
{
	if (p->before && len == 0) {
		name = BEYOND;
		len = sizeof(BEYOND) - 1;
	}
	memcpy(p->from, name, len);
	p->from_len = len;
}

static int
read_place(struct fss__ctx *ctx, const struct fss__actor *who, int64_t folder,
    struct fss__slice c, bool back, struct place *p)
{
	const uint8_t *b = c.p;
	struct fss__meta_node e;
	bool sealed;
	size_t head;
	int r;

	p->hidden = false;
	p->before = back;
	p->len = 0;
	if (c.n == 0) {
		begin_at(p, "", 0);
		return 0;
	}
	sealed = b[0] == 'I' || b[0] == 'J';
	p->before = b[0] == 'B' || b[0] == 'J';
	head = sealed ? HIDDEN_HEAD : 1;
	if ((b[0] != 'N' && b[0] != 'B' && !sealed) || c.n < head ||
	    c.n - head > FSS_LIMIT_NAME)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "not a cursor of this list");
	p->len = c.n - head;
	memcpy(p->name, b + head, p->len);
	begin_at(p, p->name, p->len);
	if (!sealed || p->before != back)
		return 0;
	r = fss__seal_open(ctx, who, folder, b + 1, &p->id);
	if (r != 0)
		return r;
	r = fss__meta_node_get(ctx->db, p->id, &e);
	if (r == 1 && e.parent == folder)
		begin_at(p, e.name, e.name_len);
	return r < 0 ? r : 0;
}

static void
write_place(struct fss__ctx *ctx, const struct fss__actor *who, int64_t folder,
    const struct place *p, struct fss__cursor *c)
{
	size_t head = 1;

	c->b[0] = p->hidden ? (p->before ? 'J' : 'I') :
	    p->before ? 'B' : 'N';
	if (p->hidden) {
		fss__seal(ctx, who, folder, p->id, c->b + 1);
		head = HIDDEN_HEAD;
	}
	memcpy(c->b + head, p->name, p->len);
	c->len = head + p->len;
}

/* One child: 1 shown, 0 passed over, or an error of emit. */
static int
list_child(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__walk *w, const struct fss__meta_row *row,
    fss__emit_fn emit, void *arg)
{
	struct fss__meta_link link = fss__link_of(&row->e);
	struct fss__row_place place = { { NULL, 0 }, { NULL, 0 }, false };
	struct fss__view view = w->view;
	int r;

	r = fss__view_step(ctx, who, &link, &view);
	if (r != 0 || !(view.rights & FSS_RIGHT_SEE))
		return r;
	place.path.p = row->e.name;
	place.path.n = row->e.name_len;
	r = fss__entry_emit(ctx, who, &row->e, &row->v, &view, &place, emit,
	    arg);
	return r != 0 ? r : 1;
}

static int
list_folder(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__walk *w, bool back, struct place *p, fss__emit_fn emit,
    void *arg, struct fss__cursor *ret_next)
{
	struct fss__slice from = { p->from, p->from_len };
	struct fss__meta_row row;
	unsigned looked = 0;
	struct fss__stmt *st;
	int r;

	/* From before a name on that is the next, back from after it. */
	st = fss__meta_row_children(ctx->db, w->node.id, from,
	    p->before != back, back);
	while ((r = fss__meta_row_next(st, &row)) == 1) {
		r = list_child(ctx, who, w, &row, emit, arg);
		if (r == 1) {
			p->before = back;
			memcpy(p->name, row.e.name, row.e.name_len);
			p->len = row.e.name_len;
		} else if (r == 0) {
			p->id = row.e.id;
			p->hidden = ++looked == LOOK_MAX;
			p->before = p->hidden ? back : p->before;
			if (p->hidden)
				r = FSS_EAGAIN;
		}
		if (r < 0)
			break;
	}
	fss__stmt_reset(st);
	if (r == FSS_EAGAIN) {
		write_place(ctx, who, w->node.id, p, ret_next);
		r = 0;
	}
	return r;
}

int
fss__entry_list(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_list *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__slice owner = { NULL, 0 }, cursor = { NULL, 0 };
	bool back = (m->has & FSS__K_list_back) && m->back;
	struct fss__walk w;
	struct place p;
	int r;

	ret_next->len = 0;
	if (m->has & FSS__K_list_owner)
		owner = m->owner;
	if (m->has & FSS__K_list_cursor)
		cursor = m->cursor;
	r = fss__walk_to(ctx, who, owner, m->path, 0, &w);
	if (r == 0 && w.node.kind != FSS_KIND_DIR)
		r = FSS_ENOTDIR;
	if (r == 0)
		r = read_place(ctx, who, w.node.id, cursor, back, &p);
	if (r == 0)
		r = list_folder(ctx, who, &w, back, &p, emit, arg,
		    ret_next);
	return fss__ctx_end(ctx, r);
}

/* ---- versions ---------------------------------------------------------- */

static int
list_versions(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__walk *w, int64_t before, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__row_place place = { { NULL, 0 }, { NULL, 0 }, false };
	struct fss__meta_version v;
	struct fss__stmt *st;
	int r;

	st = fss__meta_version_list(ctx->db, w->node.id, before);
	while ((r = fss__meta_version_next(st, &v)) == 1) {
		r = fss__entry_emit(ctx, who, &w->node, &v, &w->view, &place,
		    emit, arg);
		if (r != 0)
			break;
		before = v.number;
	}
	fss__stmt_reset(st);
	if (r == FSS_EAGAIN) {
		fss__put_le64(ret_next->b, (uint64_t)before);
		ret_next->len = 8;
		r = 0;
	}
	return r;
}

int
fss__entry_versions(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_versions *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__walk w;
	int64_t before = 0;
	int r;

	ret_next->len = 0;
	if (m->has & FSS__K_versions_owner)
		owner = m->owner;
	if ((m->has & FSS__K_versions_cursor) && m->cursor.n > 0) {
		if (m->cursor.n != 8)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		before = (int64_t)fss__get_le64(m->cursor.p);
	}
	r = fss__walk_to(ctx, who, owner, m->path, FSS_RIGHT_READ, &w);
	if (r == 0 && w.node.kind == FSS_KIND_DIR)
		r = FSS_EISDIR;
	if (r == 0)
		r = list_versions(ctx, who, &w, before, emit, arg, ret_next);
	return fss__ctx_end(ctx, r);
}

/* ---- content ----------------------------------------------------------- */

/* Whether a pass lets @who read @v: 0, or FSS_ENOENT, FSS_EDENIED. */
static int
use_pass(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_version *v, bool seen, struct fss__content *c)
{
	struct fss__meta_pass p;
	int r;

	r = fss__request_pass(ctx, who->account, v->id, seen);
	if (r == 0)
		return seen ? FSS_EDENIED : FSS_ENOENT;
	if (r == 1)
		r = fss__meta_pass_get(ctx->db, v->id, who->account, &p);
	if (r == 1)
		c->fetched = p.used == 0;
	return r < 0 ? r : 0;
}

/*
 * Of what is linked a visitor reads the version that is bound to, or whatever
 * is the present one; handles are numbers, so others are tried.
 */
static int
visitor_content(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_version *v, struct fss__content *c)
{
	bool bound = who->visit.version != 0 && v->entry == who->visit.entry;
	struct fss__meta_node e;
	struct fss__view view;
	int r;

	r = fss__view_of(ctx, who, v->entry, 0, &view, NULL);
	if (r == 0 && !(view.rights & FSS_RIGHT_READ))
		r = FSS_ENOENT;
	if (r == 0)
		r = fss__meta_node_get(ctx->db, v->entry, &e);
	if (r != 1)
		return r < 0 ? r : FSS_ENOENT;
	if (v->id != (bound ? who->visit.version : e.cur))
		return FSS_ENOENT;
	if (v->state != FSS_STATE_STORED)
		return FSS_EANNOUNCED;
	if (v->has_root)
		c->root = v->root;
	c->depth = v->depth;
	c->size = (uint64_t)v->size;
	return fss__link_ticket(ctx, who, v->entry, &c->ticket);
}

static int
content(struct fss__ctx *ctx, const struct fss__actor *who, int64_t version,
    struct fss__content *c)
{
	struct fss__meta_transfer t;
	struct fss__meta_version v;
	struct fss__meta_link link;
	struct fss__view view;
	int r;

	r = fss__meta_version_get(ctx->db, version, &v);
	if (r == 0)
		r = FSS_ENOENT;
	else if (r == 1 && who->visit.link != 0)
		return visitor_content(ctx, who, &v, c);
	else if (r == 1)
		r = fss__view_of(ctx, who, v.entry, 0, &view, NULL);
	if (r == 0 && !(view.rights & FSS_RIGHT_READ))
		r = use_pass(ctx, who, &v,
		    (view.rights & FSS_RIGHT_SEE) != 0, c);
	if (r != 0)
		return r;
	if (v.has_root)
		c->root = v.root;
	c->depth = v.depth;
	c->size = (uint64_t)v.size;
	if (v.state == FSS_STATE_STORED)
		return 0;
	/* Another owner's transfer of the same root opens nothing here. */
	r = v.has_root ? fss__meta_link_get(ctx->db, v.entry, &link) : 0;
	if (r == 1)
		r = fss__meta_transfer_find(ctx->db, &v.root, link.owner,
		    v.depth, (uint64_t)v.size, &t);
	if (r == 1)
		c->transfer = t.id;
	return r < 0 ? r : r == 1 ? 0 : FSS_EANNOUNCED;
}

int
fss__entry_content(struct fss__ctx *ctx, const struct fss__actor *who,
    int64_t version, struct fss__content *ret_c)
{
	memset(ret_c, 0, sizeof(*ret_c));
	return fss__ctx_end(ctx, content(ctx, who, version, ret_c));
}
