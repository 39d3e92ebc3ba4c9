/*
 * Where sharing begins: the entries from which other people's trees can be
 * entered.
 */
#include <string.h>

#include "model/entry.h"
#include "model/entry_path.h"
#include "model/entry_row.h"
#include "model/seal.h"
#include "store/meta_account.h"
#include "store/meta_grant.h"

#define LOOK_MAX	4096	/* places looked at in one call */

struct state {
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	fss__emit_fn		 emit;
	void			*arg;
	int64_t			 owner;		/* whose name `name` is */
	char			 name[FSS_LIMIT_ACCOUNT + 1];
};

/* Emits the place if the asker may see it: 0 or an error. */
static int
show(struct state *s, const struct fss__meta_share *at)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__row_place place;
	struct fss__meta_row row;
	struct fss__view view;
	size_t n = 0;
	int r;

	r = fss__view_of(s->ctx, s->who, at->entry, 0, &view, NULL);
	if (r == FSS_ENOENT || (r == 0 && !(view.rights & FSS_RIGHT_SEE)))
		return 0;
	if (r == 0)
		r = fss__path_of(s->ctx, at->entry, path, &n);
	if (r == FSS_EPATH)
		return 0;	/* too long to be asked for */
	if (r == 0 && s->owner != at->owner) {
		r = fss__meta_account_name(s->ctx->db, at->owner, s->name);
		s->owner = at->owner;
		r = r == 1 ? 0 : r == 0 ? FSS_ECORRUPT : r;
	}
	if (r == 0)
		r = fss__meta_row_get(s->ctx->db, at->entry, &row);
	if (r <= 0)
		return r;
	place.owner = fss__slice_str(s->name);
	place.path.p = path;
	place.path.n = n;
	place.batch = false;
	return fss__entry_emit(s->ctx, s->who, &row.e, &row.v, &view, &place,
	    s->emit, s->arg);
}

static int
walk(struct state *s, struct fss__meta_shares *w, struct fss__meta_share *last,
    struct fss__cursor *ret_next)
{
	struct fss__meta_share at;
	unsigned looked = 0;
	int r;

	while ((r = fss__meta_shares_next(w, &at)) == 1) {
		r = show(s, &at);
		if (r == 0) {
			*last = at;
			if (++looked == LOOK_MAX)
				r = FSS_EAGAIN;
		}
		if (r != 0)
			break;
	}
	fss__meta_shares_close(w);
	if (r == FSS_EAGAIN) {
		/* It may be a place that is hidden. */
		fss__seal_pair(s->ctx, s->who, FSS__SEAL_SHARES, last->owner,
		    last->entry, ret_next->b);
		ret_next->len = FSS__SEALED_PAIR;
		r = 0;
	}
	return r;
}

int
fss__entry_shares(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__m_page *m, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	struct state s = { ctx, who, emit, arg, 0, "" };
	struct fss__meta_share last = { 0, 0 };
	struct fss__meta_shares w;
	struct fss__space space;
	int64_t only = 0;
	int r = 0;

	ret_next->len = 0;
	if ((m->has & FSS__K_page_cursor) && m->cursor.n > 0) {
		r = fss__seal_open_pair(ctx, who, FSS__SEAL_SHARES, m->cursor,
		    &last.owner, &last.entry);
		if (r != 0)
			return fss__ctx_end(ctx, r);
	}
	if (m->has & FSS__K_page_name) {
		r = fss__space_find(ctx, who, m->name, &space);
		only = r == 0 ? space.owner : 0;
	}
	if (r == 0)
		r = only == who->account ?
		    fss__meta_shares_own(ctx->db, only, &last, &w) :
		    fss__meta_shares_others(ctx->db, who->account, only, &last,
		    &w);
	if (r == 0)
		r = walk(&s, &w, &last, ret_next);
	return fss__ctx_end(ctx, r);
}
