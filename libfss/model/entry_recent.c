/*
 * Newest first.
 *
 * Ids of versions go up with the commits, so the table of versions, read from
 * its end, is in the order that is wanted; of one owner an index over their
 * entries is.  Each candidate is placed in its tree: a page ends when it is
 * full, or after a number of looks that only the hub knows (entry_find.c says
 * why), so what is shared little costs many short pages and no long one.
 */
#include "model/entry_recent.h"

#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "model/entry_path.h"
#include "model/entry_row.h"
#include "model/seal.h"
#include "store/meta_account.h"
#include "store/meta_recent.h"

#define LOOK_MIN	4096	/* candidates in one call at least */
#define LOOK_MORE	4096	/* and so many more at most */
#define SCOPE		(-9)	/* of sealed cursors: no folder has it */
#define MEMO		512	/* folders remembered, a power of two */

struct place {			/* of a folder */
	int64_t		id;	/* 0: free */
	struct fss__view view;
	bool		under;
};

struct recent {
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	const struct fss__recent *q;
	int64_t			 owner;		/* whose name `name` is */
	char			 name[FSS_LIMIT_ACCOUNT + 1];
	struct place		 memo[MEMO];
};

/* 1 and the place of a folder, 0 where it leads to nothing that is seen. */
static int
place_of(struct recent *f, int64_t id, const struct place **ret_p)
{
	struct place *p = &f->memo[(uint64_t)id * UINT64_C(0x9e3779b97f4a7c15)
	    >> 32 & (MEMO - 1)];
	int r = 0;

	if (p->id != id) {
		r = fss__view_of(f->ctx, f->who, id, f->q->under, &p->view,
		    &p->under);
		if (r == FSS_ENOENT) {
			fss__view_top(&p->view);
			p->view.gone = true;
			r = 0;
		}
		p->id = r == 0 ? id : 0;
	}
	*ret_p = p;
	return r != 0 ? r : !p->view.gone;
}

static int
emit_hit(struct recent *f, const struct fss__meta_row *row,
    const struct fss__view *view, fss__emit_fn emit, void *arg)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__row_place place;
	size_t n = 0;
	int r;

	r = fss__path_of(f->ctx, row->e.id, path, &n);
	if (r == FSS_EPATH)
		return 0;	/* too long to be asked for */
	if (r == 0 && f->owner != row->e.owner) {
		r = fss__meta_account_name(f->ctx->db, row->e.owner, f->name);
		f->owner = row->e.owner;
		r = r == 1 ? 0 : r == 0 ? FSS_ECORRUPT : r;
	}
	if (r != 0)
		return r;
	place.owner = fss__slice_str(f->name);
	place.path.p = path;
	place.path.n = n;
	place.batch = false;
	return fss__entry_emit(f->ctx, f->who, &row->e, &row->v, view, &place,
	    emit, arg);
}

static int
consider(struct recent *f, const struct fss__meta_row *row, fss__emit_fn emit,
    void *arg)
{
	struct fss__meta_link link = fss__link_of(&row->e);
	const struct place *p;
	struct fss__view view;
	int r;

	if (row->e.cur != row->v.id ||
	    !fss__search_passes(&f->q->filter, row) ||
	    (f->q->state >= 0 && f->q->state != row->v.state))
		return 0;
	r = place_of(f, row->e.parent, &p);
	if (r <= 0 || (f->q->under != 0 && !p->under))
		return r < 0 ? r : 0;
	view = p->view;
	r = fss__view_step(f->ctx, f->who, &link, &view);
	if (r != 0 || !(view.rights & FSS_RIGHT_SEE))
		return r;
	if (f->q->access >= 0 && view.access != f->q->access)
		return 0;
	return emit_hit(f, row, &view, emit, arg);
}

/* The same for the same question, so that asking again tells no more. */
static unsigned
look_max(const struct recent *f)
{
	uint8_t b[17];

	fss__put_le64(b, (uint64_t)f->who->account);
	fss__put_le64(b + 8, (uint64_t)f->q->filter.owner);
	b[16] = 'R';
	return LOOK_MIN + (unsigned)(fss__seal_number(f->ctx, b, sizeof(b)) %
	    LOOK_MORE);
}

static int
run(struct recent *f, int64_t before, fss__emit_fn emit, void *arg,
    struct fss__cursor *ret_next)
{
	unsigned left = look_max(f);
	struct fss__meta_row row;
	struct fss__stmt *st;
	int r;

	st = fss__meta_recent(f->ctx->db, f->q->filter.owner, before);
	while ((r = fss__meta_row_next(st, &row)) == 1) {
		r = left-- == 0 ? FSS_EAGAIN : consider(f, &row, emit, arg);
		if (r != 0)
			break;
		before = row.v.id;
	}
	fss__stmt_reset(st);
	if (r == FSS_EAGAIN) {
		fss__seal(f->ctx, f->who, SCOPE, before, ret_next->b);
		ret_next->len = FSS__SEALED;
		r = 0;
	}
	return r;
}

int
fss__entry_recent(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__recent *q, struct fss__slice cursor, fss__emit_fn emit,
    void *arg, struct fss__cursor *ret_next)
{
	int64_t before = INT64_MAX;
	struct recent *f;
	int r = 0;

	ret_next->len = 0;
	if (cursor.n > 0)
		r = cursor.n != FSS__SEALED ? fss__err_set(&ctx->err,
		    FSS_EINVAL, "not a cursor of this search") :
		    fss__seal_open(ctx, who, SCOPE, cursor.p, &before);
	if (r != 0)
		return r;
	f = fss__zalloc(sizeof(*f));
	if (f == NULL)
		return FSS_ENOMEM;
	f->ctx = ctx;
	f->who = who;
	f->q = q;
	r = run(f, before, emit, arg, ret_next);
	fss__free(f);
	return r;
}
