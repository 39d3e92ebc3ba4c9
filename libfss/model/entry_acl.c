/*
 * Access and grants: what the owner of a space says about its entries.
 */
#include <string.h>

#include "base/num.h"
#include "model/closed.h"
#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_use.h"
#include "model/request.h"
#include "store/meta_account.h"
#include "store/meta_grant.h"

#define GRANTS_MAX	256	/* on one entry */

/* What may be seen is another now, here and below. */
static int
tell_access(struct fss__ctx *ctx, const struct fss__walk *w)
{
	int r;

	r = fss__news_file(ctx, FSS_CHANGE_ACCESS, w->space.owner, w->node.id,
	    w->depth == 0 ? 0 : w->node.parent, false, w->path);
	return r != 0 ? r : fss__request_touch_owner(ctx, w->space.owner);
}

static int
set_access(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_access *m)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__walk w;
	int access = (int)m->access;
	int r;

	if (m->access > FSS_ACCESS_OPEN)
		return FSS_EINVAL;
	if (m->has & FSS__K_access_owner)
		owner = m->owner;
	r = fss__walk_to(ctx, who, owner, m->path, FSS_RIGHT_OWN, &w);
	if (r != 0)
		return r;
	/* There is nothing above a root to inherit from. */
	if (w.depth == 0 && access == FSS_ACCESS_INHERIT)
		access = FSS_ACCESS_PRIVATE;
	if (access == w.node.access)
		return 0;
	r = fss__news_lost_access(ctx, &w.node, access, w.path);
	if (r == 0)
		r = fss__meta_entry_set_access(ctx->db, w.node.id, access);
	if (r == 0 && access != FSS_ACCESS_INHERIT)
		r = fss__closed_mark(ctx, w.node.parent);
	return r != 0 ? r : tell_access(ctx, &w);
}

int
fss__entry_set_access(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_access *m)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int r = set_access(ctx, who, m);

	if (r != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}

/* "name" or "@group" of @owner. FSS_ENOACCOUNT. */
static int
find_grantee(struct fss__ctx *ctx, int64_t owner, struct fss__slice who,
    struct fss__meta_grant *g)
{
	struct fss__meta_account a;
	struct fss__slice name = who;
	int r;

	if (who.n > 0 && *(const char *)who.p == '@') {
		name.p = (const char *)who.p + 1;
		name.n = who.n - 1;
		g->kind = FSS__GRANTEE_GROUP;
		r = fss__meta_group_get(ctx->db, owner, name, &g->who);
	} else {
		g->kind = FSS__GRANTEE_ACCOUNT;
		r = fss__meta_account_by_name(ctx->db, name, &a);
		if (r == 1)
			g->who = a.id;
	}
	if (r == 0)
		return fss__err_set(&ctx->err, FSS_ENOACCOUNT,
		    "no account or group '%.*s'", (int)who.n,
		    who.n == 0 ? "" : (const char *)who.p);
	return r < 0 ? r : 0;
}

static int
set_grant(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_grant *m)
{
	struct fss__slice owner = { NULL, 0 };
	struct fss__meta_grant g;
	struct fss__walk w;
	int64_t n = 0;
	int r;

	if (m->has & FSS__K_grant_owner)
		owner = m->owner;
	if (m->rights & ~(uint64_t)FSS__RIGHTS_GRANT)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "a grant gives see, read, create or write");
	r = fss__walk_to(ctx, who, owner, m->path, FSS_RIGHT_OWN, &w);
	if (r == 0)
		r = find_grantee(ctx, w.space.owner, m->who, &g);
	if (r != 0)
		return r;
	g.rights = fss__rights_expand((unsigned)m->rights);
	r = g.rights != 0 ? fss__entry_floor(ctx) : 0;
	if (r != 0)
		return r;
	if (g.kind == FSS__GRANTEE_ACCOUNT && g.who == w.space.owner)
		return fss__err_set(&ctx->err, FSS_EINVAL,
		    "an owner has all rights");
	if (g.rights == 0)
		r = fss__news_lost_grant(ctx, w.space.owner, w.node.id, &g,
		    w.path);
	if (r == 0)
		r = fss__meta_grant_set(ctx->db, w.node.id, w.space.owner,
		    &g);
	if (r == 0 && g.rights != 0)
		r = fss__meta_grant_count(ctx->db, w.node.id, &n);
	if (r >= 0 && n > GRANTS_MAX)
		return fss__err_set(&ctx->err, FSS_ETOOBIG,
		    "there are %d grants on it, use a group", GRANTS_MAX);
	return r < 0 ? r : tell_access(ctx, &w);
}

int
fss__entry_set_grant(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_grant *m)
{
	struct fss__news **mark = fss__news_mark(&ctx->news);
	int r = set_grant(ctx, who, m);

	if (r != 0)
		fss__news_cut(mark);
	return fss__ctx_end(ctx, r);
}

/* ---- listing ----------------------------------------------------------- */

/* Which grant comes next: the entry (nearest first) and the one before it. */
struct place {
	int64_t	entry;		/* 0: from the start */
	int	kind;
	int64_t	who;
};

static int
emit_grant(struct fss__ctx *ctx, int64_t entry,
    const struct fss__meta_grant *g, fss__emit_fn emit, void *arg)
{
	char path[FSS_LIMIT_PATH + 1], who[FSS_LIMIT_ACCOUNT + 2];
	struct fss__m_grant_row m;
	size_t n = 0;
	int r;

	who[0] = '@';
	if (g->kind == FSS__GRANTEE_GROUP)
		r = fss__meta_group_name(ctx->db, g->who, who + 1);
	else
		r = fss__meta_account_name(ctx->db, g->who, who);
	if (r <= 0)
		return r;	/* 0: the grantee is no more */
	r = fss__path_of(ctx, entry, path, &n);
	if (r != 0)
		return r;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_grant_row_path | FSS__K_grant_row_who |
	    FSS__K_grant_row_rights;
	m.path.p = path;
	m.path.n = n;
	m.who = fss__slice_str(who);
	m.rights = g->rights;
	return emit(arg, &m);
}

/* The grants of one entry after @p, which is moved along. */
static int
list_entry(struct fss__ctx *ctx, int64_t entry, struct place *p,
    fss__emit_fn emit, void *arg)
{
	struct fss__meta_grant g;
	int r;

	for (;;) {
		r = fss__meta_grant_after(ctx->db, entry, p->kind, p->who, &g);
		if (r <= 0)
			return r;
		r = emit_grant(ctx, entry, &g, emit, arg);
		if (r != 0)
			return r;
		p->kind = g.kind;
		p->who = g.who;
	}
}

/* From the entry up to the one whose access cuts off what is above. */
static int
list_way(struct fss__ctx *ctx, const struct fss__walk *w, struct place *p,
    fss__emit_fn emit, void *arg)
{
	struct fss__meta_link link;
	bool found = p->entry == 0;
	unsigned i = w->depth;
	int r;

	for (;;) {
		r = fss__meta_link_get(ctx->db, w->way[i].id, &link);
		if (r <= 0)
			return r < 0 ? r : FSS_ECORRUPT;
		if (!found && link.id == p->entry)
			found = true;
		else if (found) {
			p->kind = -1;
			p->who = 0;
		}
		p->entry = found ? link.id : p->entry;
		r = found ? list_entry(ctx, link.id, p, emit, arg) : 0;
		if (r != 0 || link.access != FSS_ACCESS_INHERIT || i == 0)
			return r;
		i--;
	}
}

int
fss__entry_grants(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_grants *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct fss__slice owner = { NULL, 0 };
	struct place p = { 0, -1, 0 };
	struct fss__walk w;
	int r;

	ret_next->len = 0;
	if (m->has & FSS__K_grants_owner)
		owner = m->owner;
	if ((m->has & FSS__K_grants_cursor) && m->cursor.n > 0) {
		const uint8_t *c = m->cursor.p;

		if (m->cursor.n != 17)
			return fss__err_set(&ctx->err, FSS_EINVAL,
			    "not a cursor of this list");
		p.entry = (int64_t)fss__get_le64(c);
		p.kind = c[8] == 255 ? -1 : c[8];
		p.who = (int64_t)fss__get_le64(c + 9);
	}
	r = fss__walk_to(ctx, who, owner, m->path, FSS_RIGHT_OWN, &w);
	if (r == 0)
		r = list_way(ctx, &w, &p, emit, arg);
	if (r == FSS_EAGAIN) {
		fss__put_le64(ret_next->b, (uint64_t)p.entry);
		ret_next->b[8] = p.kind < 0 ? 255 : (uint8_t)p.kind;
		fss__put_le64(ret_next->b + 9, (uint64_t)p.who);
		ret_next->len = 17;
		r = 0;
	}
	return fss__ctx_end(ctx, r);
}
