/*
 * Uploads: the operation, its phases, its items' ends.
 *
 * First the hub is asked about the target, which also waits for the session;
 * then every slice of work does one of: read content, walk on, send what is
 * gathered.  Reading comes before walking, so that memory goes to what is
 * under way; what cannot go on waits for an answer.
 *
 * Items fail one by one and are told of in ITEM events; what would meet all
 * of them (quota, space, no session) ends the upload.  What was settled
 * stays: the next run asks the hub and sends what is missing.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/num.h"
#include "base/str.h"
#include "client/request.h"
#include "client/upload.h"

#define EVENTS		256	/* ITEM events not yet taken */

void
fss__up_push(struct upqueue *q, struct upitem *it)
{
	it->next = NULL;
	if (q->tail != NULL)
		q->tail->next = it;
	else
		q->head = it;
	q->tail = it;
	q->count++;
}

struct upitem *
fss__up_pop(struct upqueue *q)
{
	struct upitem *it = q->head;

	if (it == NULL)
		return NULL;
	q->head = it->next;
	if (q->head == NULL)
		q->tail = NULL;
	q->count--;
	it->next = NULL;
	return it;
}

/* ---- ends of items ---------------------------------------------------- */

void
fss__up_item_free(struct upitem *it)
{
	struct upload *u = it->in->u;

	if (it->sfile != NULL)
		fss__sender_abandon(u->sender, it->sfile);
	if (it->self != NULL)
		it->self->item = NULL;
	if (it->all_prev != NULL)
		it->all_prev->all_next = it->all_next;
	else
		u->all = it->all_next;
	if (it->all_next != NULL)
		it->all_next->all_prev = it->all_prev;
	fss__free(it->name);
	fss__free(it->remote_name);
	fss__free(it->target);
	u->items--;
	fss__up_dir_unref(it->in);
	fss__free(it);
}

static void
report(struct upload *u, const struct updir *in, const char *name,
    const char *remote_name, const struct upitem *it, int kind, int code,
    const char *detail)
{
	char remote[FSS_LIMIT_PATH + 1];
	struct fss__item_report rep;
	char *local;

	memset(&rep, 0, sizeof(rep));
	local = fss__local_join(in->local, name);
	if (remote_name != NULL && fss__path_join(remote, sizeof(remote),
	    fss__slice_str(in->remote), fss__slice_str(remote_name)) == 0)
		rep.remote = remote;
	rep.status = code;
	rep.detail = detail;
	rep.owner = u->owner;
	rep.local = local;
	rep.kind = kind;
	rep.size = it != NULL ? (uint64_t)it->st.st_size : 0;
	if (local == NULL || fss__item_report(&u->op, &rep) != 0)
		u->fatal = FSS_ENOMEM;
	fss__free(local);
}

void
fss__up_report(struct upload *u, const struct updir *in, const char *name,
    int kind, int code, const char *detail)
{
	u->last_error = code;
	report(u, in, name, NULL, NULL, kind, code, detail);
}

void
fss__up_fail(struct upload *u, struct upitem *it, int code,
    const char *detail)
{
	u->op.count[FSS_COUNT_FAILED]++;
	u->last_error = code;
	report(u, it->in, it->name, it->remote_name, it, it->kind, code,
	    detail);
	fss__up_item_free(it);
}

void
fss__up_done(struct upload *u, struct upitem *it, bool unchanged)
{
	if (it->kind != FSS_KIND_DIR)
		u->op.count[FSS_COUNT_FILES_DONE]++;
	if (unchanged && it->kind != FSS_KIND_DIR)
		u->op.count[FSS_COUNT_UNCHANGED]++;
	if (unchanged && it->kind == FSS_KIND_FILE)
		u->op.count[FSS_COUNT_BYTES_DONE] += (uint64_t)it->st.st_size;
	if ((u->flags & FSS_COPY_ITEMS) && it->kind != FSS_KIND_DIR)
		report(u, it->in, it->name, it->remote_name, it, it->kind,
		    FSS_OK, NULL);
	fss__up_item_free(it);
}

static void
committed(struct fss__op *op, void *item, int status,
    const struct fss__m_entry *entry)
{
	struct upload *u = (struct upload *)op;
	struct upitem *it = item;

	(void)entry;
	switch (status) {
	case FSS_OK:
		fss__up_done(u, it, false);
		break;
	case FSS_EMISSING:
		if (it->has_root)
			fss__up_again(u, it, status);
		else
			fss__up_fail(u, it, status, NULL);
		break;
	case FSS_EQUOTA:
	case FSS_ENOSPC:
	case FSS_EROFS:
	case FSS_EAUTH:
		u->fatal = fss__err_set(&u->op.err, status, "at the hub");
		fss__up_item_free(it);
		break;
	default:
		fss__up_fail(u, it, status, NULL);
		break;
	}
}

/* ---- committing ------------------------------------------------------- */

static void
fill_item(const struct upitem *it, const char *path,
    struct fss__m_commit_item *m)
{
	memset(m, 0, sizeof(*m));
	m->has = FSS__K_commit_item_path | FSS__K_commit_item_kind |
	    FSS__K_commit_item_mtime_us | FSS__K_commit_item_mode;
	m->path = fss__slice_str(path);
	m->kind = (uint64_t)it->kind;
	m->mtime_us = fss__local_mtime_us(&it->st);
	m->mode = it->st.st_mode & FSS__MODE_BITS;
	if (it->kind == FSS_KIND_FILE) {
		m->has |= FSS__K_commit_item_size;
		m->size = (uint64_t)it->st.st_size;
	}
	if (it->has_root) {
		m->has |= FSS__K_commit_item_root | FSS__K_commit_item_depth;
		m->root.p = it->root.b;
		m->root.n = sizeof(it->root.b);
		m->depth = it->depth;
	}
	if (it->kind == FSS_KIND_LINK) {
		m->has |= FSS__K_commit_item_target;
		m->target = fss__slice_str(it->target);
	}
}

static int
commit_some(struct upload *u)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__m_commit_item m;
	struct upitem *it;
	int r;

	while ((it = u->commit.head) != NULL) {
		/* It fitted when the item was made. */
		(void)fss__path_join(path, sizeof(path),
		    fss__slice_str(it->in->remote),
		    fss__slice_str(it->remote_name));
		fill_item(it, path, &m);
		r = fss__committer_add(u->committer, &m, it);
		if (r == FSS_EAGAIN)
			break;
		if (r != 0)
			return r;
		(void)fss__up_pop(&u->commit);
	}
	return fss__committer_work(u->committer);
}

/* ---- phases ----------------------------------------------------------- */

static int
start_run(struct upload *u, const struct fss__m_entry *e)
{
	bool is_dir = S_ISDIR(u->st.st_mode);
	int status = -(int)e->status, kind = (int)e->kind;
	bool there = status == 0;
	int r;

	/* Who is allowed this one file may not even see where it goes. */
	if (status != 0 && status != FSS_ENOENT &&
	    !(status == FSS_EDENIED && u->request != 0))
		return status;
	if (is_dir && there && kind != FSS_KIND_DIR)
		return fss__err_set(&u->op.err, FSS_ENOTDIR,
		    "the remote path is not a folder");
	r = fss__sender_new(&u->op, &fss__up_sender_ops, &u->sender);
	if (r != 0)
		return r;
	u->committer = fss__committer_new(&u->op, u->owner, committed);
	if (u->committer == NULL)
		return FSS_ENOMEM;
	fss__committer_allow(u->committer, u->request);
	if (u->request != 0 && there)
		return fss__err_set(&u->op.err, FSS_EEXIST,
		    "there is something already");
	if (!is_dir && there && kind == FSS_KIND_DIR)
		u->into = true;
	u->phase = UP_RUN;
	return fss__up_root(u, e);
}

static void
target_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct upload *u = (struct upload *)call->op;
	struct fss__m_entry e;
	int r;

	if (u->op.ending)
		return;
	r = fss__stat_answer(&u->op, a, &e);
	if (r == 0)
		r = start_run(u, &e);
	if (r != 0) {
		fss__op_fail(&u->op, r);
		return;
	}
	fss__op_run(&u->op);
}

static int
ask_target(struct upload *u)
{
	int r;

	r = fss__stat_start(&u->op, &u->call, u->owner, u->remote, 0,
	    target_answered);
	return r;
}

static int
begin(struct upload *u)
{
	uint64_t n;
	int r;

	if (lstat(u->local, &u->st) != 0) {
		r = fss__errno(errno);
		return fss__err_set(&u->op.err, r, "cannot read '%.150s': %s",
		    u->local, fss_strerror(r));
	}
	if (fss__local_kind(&u->st) == 0)
		return fss__err_set(&u->op.err, FSS_ENOTSUP,
		    "'%.150s' is no file, folder or link", u->local);
	if (S_ISDIR(u->st.st_mode) && !(u->flags & FSS_COPY_RECURSIVE))
		return fss__err_set(&u->op.err, FSS_EISDIR,
		    "'%.150s' is a folder", u->local);
	/* One that is not there already takes as many PUTs at least. */
	n = S_ISREG(u->st.st_mode) ? (uint64_t)u->st.st_size / FSS__MAX_CHUNK :
	    FSS__CS_MAX_CONNS;
	fss__cs_expect(u->op.who->cs, 1 +
	    (unsigned)fss__min_u64(n, FSS__CS_MAX_CONNS));
	r = ask_target(u);
	if (r == 0)
		u->phase = UP_WAIT;
	return r;
}

static int
finish(struct upload *u)
{
	int code = FSS_OK;

	if (u->op.count[FSS_COUNT_FAILED] > 0)
		code = S_ISDIR(u->st.st_mode) ? FSS_EPARTIAL : u->last_error;
	fss__op_end(&u->op, code, code != 0 ? fss_strerror(code) : NULL, NULL);
	return 0;
}

/* Sends what is gathered. 0, or why not. */
static int
send_some(struct upload *u)
{
	int r;

	r = fss__sender_work(u->sender);
	if (r == 0)
		r = commit_some(u);
	return r;
}

static int
run(struct upload *u)
{
	int r;

	r = send_some(u);
	if (r != 0)
		return r;
	if (u->op.queued >= EVENTS)
		return 0;
	r = fss__up_read(u);
	if (r == 0)
		r = fss__up_walk(u);
	if (r != 0)
		return r;
	/* Nothing more to gather for now: what there is goes out. */
	u->op.count[FSS_COUNT_SCANNED] = u->walk == NULL;
	fss__sender_flush(u->sender);
	r = fss__up_stat_flush(u);
	if (r == 0)
		r = send_some(u);
	if (r == 0 && u->fatal == 0 && u->walk == NULL && u->items == 0)
		return finish(u);
	return r;
}

static int
upload_work(struct fss__op *op)
{
	struct upload *u = (struct upload *)op;
	int r;

	if (u->phase == UP_WAIT)
		return 0;
	r = u->phase == UP_ASK ? begin(u) : run(u);
	if (op->done)
		return 0;
	if (u->fatal != 0)
		return u->fatal;
	fss__event_progress(op);
	return r == FSS_EAGAIN ? fss__op_starve(op) : r;
}

static void
upload_release(struct fss__op *op)
{
	struct upload *u = (struct upload *)op;

	fss__up_read_release(u);
	fss__up_walk_release(u);
	while (u->all != NULL)
		fss__up_item_free(u->all);
	fss__committer_free(u->committer);
	fss__sender_free(u->sender);
	fss__free(u->local);
	u->committer = NULL;
	u->sender = NULL;
	u->local = NULL;
}

static const struct fss__op_class upload_class = {
	"upload", upload_work, upload_release, NULL, NULL
};

int
fss__upload_new(fss_client *c, const char *local, const char *owner,
    const char *path, uint32_t flags, uint64_t request, void *user,
    struct fss__op **ret_op)
{
	struct upload *u;
	int r;

	if (local == NULL || local[0] == '\0')
		return fss__client_fail(c, FSS_EINVAL,
		    "no local path was given");
	r = fss__op_new(c, &upload_class, sizeof(*u), user, &u);
	if (r != 0)
		return r;
	u->op.counts = true;
	u->flags = flags;
	u->read_fd = -1;
	u->request = request;
	(void)fss__fmt(u->owner, sizeof(u->owner), "%s", owner);
	(void)fss__fmt(u->remote, sizeof(u->remote), "%s", path);
	u->local = fss__strdup(local);
	if (u->local == NULL) {
		fss__op_abandon(&u->op);
		return fss__client_fail(c, FSS_ENOMEM, "out of memory");
	}
	*ret_op = &u->op;
	return 0;
}

int
fss_client_upload_asked(fss_client *c, uint64_t request, const char *local,
    const char *remote, uint32_t flags, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], path[FSS_LIMIT_PATH + 1];
	struct fss__op *op;
	int r;

	r = fss__client_path(c, remote, owner, path);
	if (r == 0)
		r = fss__client_flags(c, flags, FSS_COPY_CHECKSUM |
		    FSS_COPY_ITEMS);
	if (r == 0 && request == 0)
		r = fss__client_fail(c, FSS_EINVAL,
		    "requests are numbered from 1");
	if (r == 0)
		r = fss__upload_new(c, local, owner, path, flags, request,
		    user, &op);
	return r != 0 ? r : fss__op_begin(op, ret_op);
}

int
fss_client_upload(fss_client *c, const char *local, const char *remote,
    uint32_t flags, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], path[FSS_LIMIT_PATH + 1];
	struct fss__op *op;
	int r;

	r = fss__client_path(c, remote, owner, path);
	if (r == 0)
		r = fss__client_flags(c, flags, FSS_COPY_RECURSIVE |
		    FSS_COPY_CHECKSUM | FSS_COPY_ITEMS);
	if (r == 0)
		r = fss__upload_new(c, local, owner, path, flags, 0, user,
		    &op);
	if (r != 0)
		return r;
	((struct upload *)op)->into = remote[strlen(remote) - 1] == '/';
	return fss__op_begin(op, ret_op);
}
