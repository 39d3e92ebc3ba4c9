/*
 * Changes of many items in one message, of which each fails alone: one that
 * does leaves a row with its status and no trace.
 *
 * A savepoint around each does that, and costs the hub a third of what storing
 * a small file does.  But nearly all that fail do so before they wrote
 * anything.  So the items go without at first; where one fails behind a write
 * all are undone and done once more, each in a savepoint.
 */
#include <string.h>

#include "proto/hub_internal.h"

bool
fss__hub_ends_batch(int r)
{
	switch (r) {
	case FSS_ENOMEM:
	case FSS_EIO:
	case FSS_EROFS:
	case FSS_ENOSPC:
	case FSS_ECORRUPT:
	case FSS_EBUSY:
		return true;
	default:
		return false;
	}
}

/*
 * FSS_E... that concerns the item alone becomes a row, what concerns the
 * store ends the batch.
 */
static int
failed(struct fss__hub_items *x, struct fss__slice path, int r)
{
	struct fss__m_entry m;

	if (fss__hub_ends_batch(r))
		return r;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_entry_status | FSS__K_entry_path;
	m.status = (uint64_t)-r;
	m.path = path;
	return fss__rows_emit(&x->rows, &m);
}

/* What is done to a ref tells nothing: a row without a status is its answer. */
static int
change(struct fss__hub_items *x, const union fss__hub_item *item)
{
	struct fss__m_entry row;
	int r = x->change(x, item);

	if (r < 0 || !x->refs)
		return r;
	memset(&row, 0, sizeof(row));
	row.has = FSS__K_entry_status | FSS__K_entry_path;
	row.path = item->ref.path;
	return fss__rows_emit(&x->rows, &row);
}

static int
alone(struct fss__hub_items *x, const union fss__hub_item *item)
{
	int r = fss__db_savepoint(x->ctx->db);

	if (r != 0)
		return r;
	r = change(x, item);
	if (r >= 0)
		return fss__db_release(x->ctx->db);
	fss__db_rollback_to(x->ctx->db);
	return r;
}

static int
each(struct fss__hub_items *x)
{
	struct fss__list it = x->list;
	union fss__hub_item item;
	int64_t written;
	int r = 0;

	while (r == 0 && fss__list_next(&it, x->refs ? &fss__r_ref :
	    &fss__r_commit_item, &item) == 1) {
		written = fss__db_written(x->ctx->db);
		r = x->apart ? alone(x, &item) : change(x, &item);
		if (r >= 0) {
			r = 0;
			continue;
		}
		x->anew = !x->apart && !fss__hub_ends_batch(r) &&
		    fss__db_written(x->ctx->db) != written;
		if (!x->anew)
			r = failed(x, x->refs ? item.ref.path :
			    item.commit.path, r);
	}
	return r;
}

/* The rows repeat the paths: a batch close to the limit may not fit. */
static int
end(struct fss__hub_items *x, int r)
{
	if (r == FSS_EAGAIN)
		return fss__err_set(&x->ctx->err, FSS_ETOOBIG,
		    "the answer does not fit: send fewer items at once");
	return r != 0 ? r : fss__hub_answer_entries(x->job, &x->rows, NULL);
}

static int
work(struct fss__hub_items *x)
{
	struct fss__news **mark = fss__news_mark(&x->ctx->news);
	struct fss__looks looks = x->ctx->looks;
	int64_t unsettled = x->ctx->unsettled;
	int r;

	fss__rows_init(&x->rows, &fss__r_entry, 0);
	r = each(x);
	if (x->anew) {
		fss__news_cut(mark);
		x->ctx->looks = looks;
		x->ctx->unsettled = unsettled;
		fss__rows_release(&x->rows);
		fss__rows_init(&x->rows, &fss__r_entry, 0);
		x->apart = true;
		r = fss__store_restart(x->ctx->store);
		if (r == 0)
			r = each(x);
	}
	r = end(x, r);
	fss__rows_release(&x->rows);
	return r;
}

int
fss__hub_write_items(struct fss__job *job, struct fss__ctx *ctx,
    struct fss__list list, fss__hub_item_fn fn, const void *arg)
{
	struct fss__hub_items x;

	memset(&x, 0, sizeof(x));
	x.job = job;
	x.ctx = ctx;
	x.list = list;
	x.change = fn;
	x.arg = arg;
	return work(&x);
}

int
fss__hub_write_refs(struct fss__job *job, struct fss__ctx *ctx,
    struct fss__list list, fss__hub_item_fn fn)
{
	struct fss__hub_items x;

	memset(&x, 0, sizeof(x));
	x.job = job;
	x.ctx = ctx;
	x.list = list;
	x.refs = true;
	x.change = fn;
	return work(&x);
}
