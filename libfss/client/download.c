/*
 * Downloads: the operation, its files' ends.
 *
 * The hub is asked about the target first.  Then every slice of work keeps
 * lists, content and the finishing of files going side by side.  Files fail
 * one by one and are told of in ITEM events; what would meet all of them
 * (no space, no session) ends the download.  What was written stays in part
 * files for the next run.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/str.h"
#include "base/time.h"
#include "client/download.h"
#include "client/request.h"

#define EVENTS		256

void
fss__dl_push(struct dlqueue *q, struct dlfile *f)
{
	f->next = NULL;
	if (q->tail != NULL)
		q->tail->next = f;
	else
		q->head = f;
	q->tail = f;
	q->count++;
}

struct dlfile *
fss__dl_pop(struct dlqueue *q)
{
	struct dlfile *f = q->head;

	if (f != NULL)
		fss__dl_unlink(q, f);
	return f;
}

void
fss__dl_unlink(struct dlqueue *q, struct dlfile *f)
{
	struct dlfile **p, *before = NULL;

	for (p = &q->head; *p != f; p = &(*p)->next)
		before = *p;
	*p = f->next;
	if (q->tail == f)
		q->tail = before;
	q->count--;
	f->next = NULL;
}

/* ---- ends of files ---------------------------------------------------- */

void
fss__dl_report(struct download *d, const struct dldir *in, const char *name,
    int kind, uint64_t size, int code, const char *detail)
{
	char remote[FSS_LIMIT_PATH + 1];
	struct fss__item_report rep;
	char *local;

	memset(&rep, 0, sizeof(rep));
	if (name == NULL) {
		local = fss__strdup(in->local);
		rep.remote = in->remote;
	} else {
		local = fss__local_join(in->local, name);
		/* One that is no folder may have another name here. */
		if (!d->is_dir)
			rep.remote = d->remote;
		else if (fss__path_join(remote, sizeof(remote),
		    fss__slice_str(in->remote), fss__slice_str(name)) == 0)
			rep.remote = remote;
	}
	rep.status = code;
	rep.detail = detail;
	rep.owner = d->owner;
	rep.local = local;
	rep.kind = kind;
	rep.size = size;
	if (local == NULL || fss__item_report(&d->op, &rep) != 0)
		d->fatal = FSS_ENOMEM;
	fss__free(local);
}

/* It is in no queue any more. */
void
fss__dl_file_free(struct dlfile *f)
{
	struct download *d = f->in->d;

	if (f->all_prev != NULL)
		f->all_prev->all_next = f->all_next;
	else
		d->all = f->all_next;
	if (f->all_next != NULL)
		f->all_next->all_prev = f->all_prev;
	d->files--;
	fss__dl_part_close(f, false);
	if (f->has_tree)
		fss__tree_release(&f->tree);
	fss__free(f->name);
	fss__dl_dir_unref(f->in);
	fss__free(f);
}

void
fss__dl_fail(struct download *d, struct dlfile *f, int code)
{
	d->op.count[FSS_COUNT_FAILED]++;
	d->last_error = code;
	if (code == FSS_ENOSPC || code == FSS_EROFS || code == FSS_ENOMEM)
		d->fatal = fss__err_set(&d->op.err, code, "%s",
		    f->here ? FSS__HERE : "");
	fss__dl_report(d, f->in, f->name, FSS_KIND_FILE, f->size, code,
	    f->here ? FSS__HERE : NULL);
	fss__dl_file_free(f);
}

void
fss__dl_fail_here(struct download *d, struct dlfile *f, int code)
{
	f->here = true;
	fss__dl_fail(d, f, code);
}

void
fss__dl_done(struct download *d, struct dlfile *f, bool unchanged)
{
	d->op.count[FSS_COUNT_FILES_DONE]++;
	if (unchanged) {
		d->op.count[FSS_COUNT_UNCHANGED]++;
		d->op.count[FSS_COUNT_BYTES_DONE] += f->size;
	}
	fss__dl_stale_remove(f->in, f->name);
	if (d->flags & FSS_COPY_ITEMS)
		fss__dl_report(d, f->in, f->name, FSS_KIND_FILE, f->size,
		    FSS_OK, NULL);
	fss__dl_file_free(f);
}

/* ---- phases ----------------------------------------------------------- */

static void
target_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct download *d = (struct download *)call->op;
	const struct fss__cs_terms *t;
	struct fss__m_entry e;
	int r;

	if (d->op.ending)
		return;
	r = fss__stat_answer(&d->op, a, &e);
	if (r == 0 && e.status != 0)
		r = -(int)e.status;
	if (r == 0) {
		t = fss__cs_terms(d->op.who->cs);
		d->window = fss__min_u64(t->credit, FSS__DL_WINDOW);
		d->piece = fss__cs_far(d->op.who->cs) ?
		    FSS__FAR_PIECE : FSS__MAX_CHUNK;
		d->running = true;
		r = fss__dl_root(d, &e);
	}
	if (r != 0)
		fss__op_fail(&d->op, r);
	else
		fss__op_run(&d->op);
}

static int
ask_target(struct download *d)
{
	int r;

	r = fss__stat_start(&d->op, &d->call, d->owner, d->remote, d->number,
	    target_answered);
	if (r == 0)
		d->asked = true;
	/* How much it is will be known when they are wanted. */
	fss__cs_expect(d->op.who->cs, FSS__CS_MAX_CONNS);
	return r;
}

static int
finish(struct download *d)
{
	int code = FSS_OK;

	if (d->op.count[FSS_COUNT_FAILED] > 0)
		code = d->is_dir ? FSS_EPARTIAL : d->last_error;
	fss__op_end(&d->op, code, code != 0 ? fss_strerror(code) : NULL, NULL);
	return 0;
}

static int
run(struct download *d)
{
	int r, did;

	if (d->op.queued >= EVENTS)
		return 0;
	r = fss__dl_list(d);
	if (r != 0)
		return r;
	d->op.count[FSS_COUNT_SCANNED] = d->stack == NULL && d->listing == 0;
	did = fss__dl_fetch(d);
	if (did < 0)
		return did;
	r = fss__dl_send(d);
	if (r != 0)
		return r;
	if (did == 0)
		did = fss__dl_check(d);
	/* With nothing else under way the last ones do not wait for more. */
	if (did == 0)
		did = fss__dl_finish(d, d->op.ncalls == 0);
	if (did == 0 && d->fatal == 0 && d->stack == NULL &&
	    d->listing == 0 && d->files == 0 && d->dirs == 0)
		return finish(d);
	return did;
}

static int
download_work(struct fss__op *op)
{
	struct download *d = (struct download *)op;
	int r;

	if (d->hold && d->hold_us <= fss__mono_us())
		d->hold = false;
	if (!d->running)
		r = d->asked ? 0 : ask_target(d);
	else
		r = run(d);
	if (op->done)
		return 0;
	if (d->fatal != 0)
		return d->fatal;
	fss__event_progress(op);
	return r == FSS_EAGAIN ? fss__op_starve(op) : r;
}

static void
download_release(struct fss__op *op)
{
	struct download *d = (struct download *)op;

	fss__dl_fetch_release(d);
	fss__rehash_free(d->rehash);
	d->rehash = NULL;
	fss__dl_list_release(d);
	while (d->all != NULL)
		fss__dl_file_free(d->all);
	fss__free(d->local);
	d->local = NULL;
}

static const struct fss__op_class download_class = {
	"download", download_work, download_release, NULL, NULL
};

int
fss__download_new(fss_client *c, const char *owner, const char *path,
    uint64_t number, const char *local, uint32_t flags, void *user,
    struct fss__op **ret_op)
{
	struct download *d;
	int r;

	if (local == NULL || local[0] == '\0')
		return fss__client_fail(c, FSS_EINVAL,
		    "no local path was given");
	r = fss__op_new(c, &download_class, sizeof(*d), user, &d);
	if (r != 0)
		return r;
	d->op.counts = true;
	d->flags = flags;
	d->umask = fss__local_umask();
	d->number = number;
	/* They were parsed into as much room. */
	(void)fss__fmt(d->owner, sizeof(d->owner), "%s", owner);
	(void)fss__fmt(d->remote, sizeof(d->remote), "%s", path);
	d->local = fss__strdup(local);
	if (d->local == NULL) {
		fss__op_abandon(&d->op);
		return fss__client_fail(c, FSS_ENOMEM, "out of memory");
	}
	*ret_op = &d->op;
	return 0;
}

void
fss__download_follow(struct fss__op *op)
{
	((struct download *)op)->follow = true;
}

void
fss__download_more(struct fss__op *op)
{
	struct download *d = (struct download *)op;

	d->hold = false;
	d->news++;
	fss__op_run(op);
}

int
fss_client_download(fss_client *c, const char *remote, uint64_t number,
    const char *local, uint32_t flags, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], path[FSS_LIMIT_PATH + 1];
	struct fss__op *op;
	int r;

	r = fss__client_path(c, remote, owner, path);
	if (r == 0)
		r = fss__client_flags(c, flags, FSS_COPY_RECURSIVE |
		    FSS_COPY_CHECKSUM | FSS_COPY_ITEMS | FSS_COPY_SAFE_LINKS);
	if (r == 0)
		r = fss__download_new(c, owner, path, number, local, flags,
		    user, &op);
	return r != 0 ? r : fss__op_begin(op, ret_op);
}
