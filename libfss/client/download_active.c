/*
 * The files of a download that content is asked for: how they become active,
 * and what becomes of them when nothing is under way any more.
 *
 * A version that is gone from the hub meanwhile is looked up anew, once; the
 * file then starts over with the newer one.
 */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "client/download.h"
#include "client/request.h"

void
fss__dl_leave_active(struct download *d, struct dlfile *f)
{
	if (f->active)
		fss__dl_unlink(&d->active, f);
	f->active = false;
}

/* Nothing of the old version is kept. */
static void
start_over(struct download *d, struct dlfile *f)
{
	uint64_t done = f->size - f->left;

	d->op.count[FSS_COUNT_BYTES_DONE] -= done;
	fss__dl_part_close(f, true);
	if (f->has_tree)
		fss__tree_release(&f->tree);
	f->has_tree = f->page_flying = f->asked = false;
	f->failed = 0;
}

static void
restated(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct dlfile *f = (struct dlfile *)((char *)call -
	    offsetof(struct dlfile, stat));
	struct download *d = (struct download *)call->op;
	struct fss__m_entry e;
	uint64_t size = f->size;
	int r;

	if (d->op.ending)
		return;
	r = fss__stat_answer(&d->op, a, &e);
	if (r == 0 && e.status != 0)
		r = -(int)e.status;
	if (r == 0 && (e.kind != FSS_KIND_FILE || e.version == f->version))
		r = FSS_ECONFLICT;
	if (r == 0) {
		start_over(d, f);
		r = fss__dl_facts(f, &e);
	}
	if (r != 0) {
		fss__dl_fail(d, f, r);
	} else {
		d->op.count[FSS_COUNT_BYTES_TOTAL] += f->size - size;
		fss__dl_push(&d->ready, f);
	}
	fss__op_run(&d->op);
}

/* The version is gone: is there a newer one? */
static int
restat(struct download *d, struct dlfile *f)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__slice up, last;
	int r;

	if (!d->is_dir) {
		r = fss__slice_copy(fss__slice_str(d->remote), path,
		    sizeof(path));
	} else {
		r = fss__path_join(path, sizeof(path),
		    fss__slice_str(f->in->remote), fss__slice_str(f->name));
	}
	if (r != 0 || !fss__path_split(fss__slice_str(path), &up, &last))
		return FSS_ECONFLICT;
	r = fss__stat_start(&d->op, &f->stat, d->owner, path,
	    d->is_dir ? 0 : d->number, restated);
	return r;
}

void
fss__dl_look_after(struct download *d, struct dlfile *f)
{
	int code;

	if (f->flying > 0)
		return;
	if (f->failed != 0) {
		fss__dl_leave_active(d, f);
		code = f->failed;
		if (code == FSS_ENOENT && !f->here) {
			if (f->restarts++ == 0 && restat(d, f) == 0)
				return;
			code = FSS_ECONFLICT;
		}
		fss__dl_fail(d, f, code);
		return;
	}
	if (f->left > 0 || f->active)
		return;
	fss__dl_push(&d->finishing, f);
	(void)fss__dl_finish(d, false);
}

int
fss__dl_activate(struct download *d)
{
	struct dlfile *f = fss__dl_pop(&d->ready);
	int r = 0;

	if (f == NULL)
		return 0;
	f->left = f->size;
	f->asked = false;
	if (f->has_root) {
		r = fss__tree_init(&f->tree, &f->root, f->depth, f->size);
		f->has_tree = true;
		if (r != 0) {
			fss__dl_fail(d, f, r);
			return 1;
		}
	}
	/* A single chunk is written when it is there. */
	if (r == 0 && (!f->has_root || f->depth > 0))
		r = fss__dl_part_open(f);
	if (r != 0) {
		fss__dl_fail_here(d, f, r);
		return 1;
	}
	if (!f->has_root) {
		fss__dl_look_after(d, f);
		return 1;
	}
	f->active = true;
	fss__dl_push(&d->active, f);
	return 1;
}
