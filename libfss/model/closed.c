/*
 * What below a folder is closed to somebody with rights in it.
 *
 * Only entries with an access of their own take rights away.  Every folder
 * above one is marked when the access is set, and when such an entry is moved
 * there; the check follows the marks down, and so costs what there is to be
 * found below that folder, however large it and the rest of the space are.
 * Marks stay where an access is taken back: they only cost a look.
 *
 * Looks are counted over the whole request, as a batch may ask for the same
 * folder many times; where they run out, the answer is no.
 */
#include "model/closed.h"

#define LOOKS	4096	/* in one request */

int
fss__closed_mark(struct fss__ctx *ctx, int64_t folder)
{
	int r;

	while (folder > 0) {
		r = fss__meta_below_mark(ctx->db, folder, &folder);
		if (r <= 0)
			return r;	/* 0: then all above it are marked */
	}
	return 0;
}

struct level {
	int64_t		 id;		/* the folder */
	int64_t		 last;		/* of its children, looked at */
	struct fss__view view;
};

int
fss__closed_check(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__walk *w)
{
	struct level way[FSS_LIMIT_DEPTH + 1], *at;
	struct fss__meta_link link;
	struct fss__view view;
	unsigned n = 1;
	int r;

	way[0].id = w->node.id;
	way[0].last = 0;
	way[0].view = w->view;
	while (n > 0) {
		if (++ctx->looks.below > LOOKS)
			return fss__err_set(&ctx->err, FSS_EDENIED,
			    "too much in it has an access of its own");
		at = &way[n - 1];
		r = fss__meta_below_next(ctx->db, at->id, at->last, &link);
		if (r < 0)
			return r;
		if (r == 0) {
			n--;
			continue;
		}
		at->last = link.id;
		view = at->view;
		r = fss__view_step(ctx, who, &link, &view);
		if (r != 0)
			return r;
		if (!(view.rights & FSS_RIGHT_WRITE))
			return fss__err_set(&ctx->err, FSS_EDENIED,
			    "the folder holds something its owner has closed");
		if (n == FSS_LIMIT_DEPTH + 1)
			return FSS_ECORRUPT;
		way[n].id = link.id;
		way[n].last = 0;
		way[n++].view = view;
	}
	return 0;
}
