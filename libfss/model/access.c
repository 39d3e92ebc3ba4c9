/*
 * The rights in force.
 *
 * Invariant: the view of an entry is a function of the view of its parent and
 * of its own row and grants.  An access of its own (private, ask, open)
 * replaces all that came from above, grants included; grants on the entry
 * itself are added to either.  So "the nearest entry with an access of its
 * own decides, and grants count up to and including it" is this step repeated
 * from the root down.
 *
 * Operators and admins are not mentioned here on purpose: a role gives no
 * right to content.
 */
#include "model/access.h"

#include "store/meta_grant.h"

/*
 * A path has at most FSS_LIMIT_DEPTH components, which creating and moving
 * see to; root and trash come on top.
 */
#define CHAIN	(FSS_LIMIT_DEPTH + 2)

unsigned
fss__rights_expand(unsigned rights)
{
	if (rights & FSS_RIGHT_WRITE)
		rights |= FSS_RIGHT_READ | FSS_RIGHT_CREATE;
	if (rights & (FSS_RIGHT_READ | FSS_RIGHT_CREATE))
		rights |= FSS_RIGHT_SEE;
	return rights;
}

static unsigned
rights_of_access(int access)
{
	switch (access) {
	case FSS_ACCESS_OPEN:
		return FSS_RIGHT_SEE | FSS_RIGHT_READ;
	case FSS_ACCESS_ASK:
		return FSS_RIGHT_SEE;
	default:
		return 0;
	}
}

void
fss__view_top(struct fss__view *v)
{
	v->rights = 0;
	v->access = FSS_ACCESS_PRIVATE;
	v->gone = false;
	v->inside = false;
}

/*
 * A link is a grant on what is linked: to a visitor nothing above is there,
 * and what has an access of its own below is what that says.  Nothing but
 * putting there is of an upload link.
 */
static void
visitor_step(const struct fss__visit *visit, const struct fss__meta_link *e,
    struct fss__view *v)
{
	if (e->owner != visit->maker) {
		v->rights = 0;
		return;
	}
	if (e->access != FSS_ACCESS_INHERIT) {
		v->access = e->access;
		v->rights = v->inside && (visit->rights & FSS_RIGHT_READ) ?
		    rights_of_access(e->access) : 0;
	}
	if (e->id == visit->entry) {
		v->inside = true;
		v->rights = visit->rights;
	}
}

int
fss__view_step(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__meta_link *e, struct fss__view *v)
{
	unsigned granted = 0;
	int r;

	if (v->gone || e->parent == FSS__PARENT_TRASH) {
		v->gone = true;
		v->rights = 0;
		return 0;
	}
	if (who->visit.link != 0) {
		visitor_step(&who->visit, e, v);
		return 0;
	}
	if (e->access != FSS_ACCESS_INHERIT) {
		v->access = e->access;
		v->rights = rights_of_access(e->access);
	}
	if (e->owner == who->account) {
		v->rights = FSS__RIGHTS_ALL;
		return 0;
	}
	if (!e->granted)
		return 0;
	r = fss__meta_grant_rights(ctx->db, e->id, who->account, &granted);
	if (r == 0)
		v->rights |= fss__rights_expand(granted);
	return r;
}

int
fss__view_of(struct fss__ctx *ctx, const struct fss__actor *who, int64_t id,
    int64_t folder, struct fss__view *ret_v, bool *ret_under)
{
	struct fss__meta_link chain[CHAIN];
	int i, r, n = 0;

	if (ret_under != NULL)
		*ret_under = false;
	do {
		if (n == CHAIN)
			return fss__err_set(&ctx->err, FSS_ECORRUPT,
			    "entry %lld is too deep", (long long)id);
		r = fss__meta_link_get(ctx->db, id, &chain[n]);
		if (r <= 0)
			return r < 0 ? r : n == 0 ? FSS_ENOENT : FSS_ECORRUPT;
		if (id == folder && ret_under != NULL)
			*ret_under = true;
		id = chain[n++].parent;
	} while (id > 0);
	fss__view_top(ret_v);
	for (i = n - 1; i >= 0; i--) {
		r = fss__view_step(ctx, who, &chain[i], ret_v);
		if (r != 0)
			return r;
	}
	return ret_v->gone ? FSS_ENOENT : 0;
}

struct fss__meta_link
fss__link_of(const struct fss__meta_node *e)
{
	struct fss__meta_link l = {
		e->id, e->parent, e->owner, e->access, e->granted
	};

	return l;
}

int
fss__ctx_end(struct fss__ctx *ctx, int r)
{
	if (r >= 0 || r == FSS_EAGAIN || ctx->err.code == r)
		return r;
	switch (r) {
	case FSS_EIO:
	case FSS_ECORRUPT:
	case FSS_EROFS:
	case FSS_ENOSPC:
	case FSS_EBUSY:
		return fss__err_set(&ctx->err, r, "%s",
		    fss__db_errmsg(ctx->db));
	default:
		return fss__err_set(&ctx->err, r, "%s", "");
	}
}
