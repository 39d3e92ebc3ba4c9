/*
 * fss_client_announce() and fss_client_unannounce(): the operation, what the
 * hub is told, and what is taken back.
 *
 * Files are told in batches as COMMITs are (committer.h).  What the scan did
 * not find is taken back only after a scan that could look at everything: a
 * disk that is not there today must not unannounce what is on it.
 */
#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "base/str.h"
#include "client/announce.h"
#include "client/request.h"

#define EVENTS		256	/* ITEM events not yet taken */
#define REF_BYTES	(FSS__MAX_HEADER / 2)	/* of one UNANNOUNCE */

/* ---- items ------------------------------------------------------------ */

void
fss__an_item_free(struct announce *an, struct anitem *it)
{
	if (it->prev != NULL)
		it->prev->next = it->next;
	else
		an->all = it->next;
	if (it->next != NULL)
		it->next->prev = it->prev;
	fss__free(it->local);
	fss__free(it->remote);
	fss__free(it);
}

void
fss__an_report(struct announce *an, const char *local, const char *remote,
    int kind, uint64_t size, int code, const char *detail)
{
	struct fss__item_report rep;

	memset(&rep, 0, sizeof(rep));
	rep.status = code;
	rep.detail = detail;
	rep.owner = "";
	rep.remote = remote;
	rep.local = local;
	rep.kind = kind;
	rep.size = size;
	if (fss__item_report(&an->op, &rep) != 0)
		an->fatal = FSS_ENOMEM;
}

int
fss__an_tell(struct announce *an, struct anitem *it)
{
	struct fss__m_commit_item m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_commit_item_path | FSS__K_commit_item_kind |
	    FSS__K_commit_item_mtime_us | FSS__K_commit_item_mode |
	    FSS__K_commit_item_size;
	m.path = fss__slice_str(it->remote);
	m.kind = FSS_KIND_FILE;
	m.mtime_us = fss__local_mtime_us(&it->st);
	m.mode = it->st.st_mode & FSS__MODE_BITS;
	m.size = (uint64_t)it->st.st_size;
	if (it->has_root) {
		m.has |= FSS__K_commit_item_root | FSS__K_commit_item_depth;
		m.root.p = it->root.b;
		m.root.n = sizeof(it->root.b);
		m.depth = it->depth;
	}
	r = fss__committer_add(an->committer, &m, it);
	an->ready = r == FSS_EAGAIN ? it : NULL;
	return r;
}

static void
told(struct fss__op *op, void *item, int status,
    const struct fss__m_entry *entry)
{
	struct announce *an = (struct announce *)op;
	struct anitem *it = item;
	int r;

	(void)entry;
	if (status == 0) {
		r = fss__localidx_told(op->c->index, it->id);
		if (r != 0)
			an->fatal = r;
		op->count[FSS_COUNT_FILES_DONE]++;
	} else if (status == FSS_EQUOTA || status == FSS_ENOSPC ||
	    status == FSS_EROFS || status == FSS_EAUTH) {
		an->fatal = status;
	} else {
		op->count[FSS_COUNT_FAILED]++;
		an->last_error = status;
	}
	if (status != 0 || (an->flags & FSS_COPY_ITEMS))
		fss__an_report(an, it->local, it->remote, FSS_KIND_FILE,
		    (uint64_t)it->st.st_size, status, NULL);
	fss__an_item_free(an, it);
}

/* ---- taking back ------------------------------------------------------ */

/* The hub has no more to do with it: nor has the index. */
static int
forget_some(struct announce *an, struct fss__list list)
{
	struct fss__localidx *x = an->op.c->index;
	struct fss__m_entry e;
	int r, status;
	uint32_t i;

	r = fss__localidx_begin(x);
	for (i = 0; r == 0 && i < an->gone_count &&
	    fss__list_next(&list, &fss__r_entry, &e) == 1; i++) {
		status = -(int)e.status;
		if (status == 0 || status == FSS_ENOENT ||
		    status == FSS_ENOTEMPTY) {
			r = an->gone[i] == 0 ? 0 :
			    fss__localidx_remove(x, an->gone[i]);
			if (status == FSS_ENOENT && an->gone[i] == 0)
				an->last_error = status;
		} else {
			an->op.count[FSS_COUNT_FAILED]++;
			an->last_error = status;
		}
	}
	if (r == 0)
		r = fss__localidx_commit(x);
	if (r != 0)
		fss__localidx_abort(x);
	return r;
}

static void
taken_back(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct announce *an = (struct announce *)call->op;
	struct fss__m_entry_list m;
	int r = a->err.code;

	an->waiting = false;
	if (an->op.ending)
		return;
	if (r != 0)
		(void)fss__err_set(&an->op.err, r, "%s", a->err.detail);
	else
		r = fss__call_decode(a, &m, &an->op.err);
	if (r == 0)
		r = forget_some(an, m.entries);
	if (r != 0)
		an->fatal = r;
	an->gone_count = 0;
	fss__op_run(&an->op);
}

/* Is @f of what was scanned, or announced from another place below it? */
static bool
is_ours(const struct announce *an, const struct fss__local_file *f)
{
	size_t n = strlen(an->local);

	if (f->local.n < n || memcmp(f->local.p, an->local, n) != 0)
		return false;
	return f->local.n == n || n == 1 ||
	    ((const char *)f->local.p)[n] == '/';
}

static int
add_ref(struct announce *an, struct fss__buf *refs, const char *path,
    int64_t id)
{
	struct fss__m_ref ref;
	int r;

	fss__ref_fill(&ref, "", path, 0);
	ref.has = FSS__K_ref_path;
	r = fss__record_encode(refs, &fss__r_ref, &ref);
	if (r == 0)
		an->gone[an->gone_count++] = id;
	return r;
}

/* Gathers what is gone. */
static int
gather(struct announce *an, struct fss__buf *refs)
{
	int64_t scan = an->back ? INT64_MAX : an->scan;
	struct fss__local_file f;
	int r;

	while (an->gone_count < FSS__MAX_BATCH && refs->len < REF_BYTES) {
		r = fss__localidx_lost(an->op.c->index,
		    fss__slice_str(an->remote), scan,
		    fss__slice_str(an->after), &f);
		if (r <= 0)
			return r;
		r = fss__slice_copy(f.remote, an->after, sizeof(an->after));
		if (r == 0 && (an->back || is_ours(an, &f)))
			r = add_ref(an, refs, an->after, f.id);
		if (r != 0)
			return r;
	}
	return 0;
}

/* 1: asked, 0: nothing is gone any more. */
static int
take_back(struct announce *an)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_unannounce m;
	struct fss__buf refs;
	int r;

	if (an->gone == NULL) {
		an->gone = fss__alloc(FSS__MAX_BATCH * sizeof(*an->gone));
		if (an->gone == NULL)
			return FSS_ENOMEM;
	}
	fss__buf_init(&refs, FSS__MAX_HEADER);
	r = gather(an, &refs);
	/* The index may have been lost: the hub knows what it was told. */
	if (r == 0 && an->gone_count == 0 && an->back && !an->asked)
		r = add_ref(an, &refs, an->remote, 0);
	if (r == 0 && an->gone_count > 0) {
		memset(&m, 0, sizeof(m));
		m.has = FSS__K_unannounce_op | FSS__K_unannounce_refs;
		fss__op_id(id, &m.op);
		fss__list_of(&m.refs, &refs, an->gone_count);
		r = fss__call_start(&an->op, &an->call, FSS__MSG_UNANNOUNCE,
		    &m, NULL, taken_back);
		if (r == 0) {
			an->waiting = an->asked = true;
			r = 1;
		} else {
			/* They are gathered again. */
			an->gone_count = 0;
			an->after[0] = '\0';
		}
	}
	fss__buf_release(&refs);
	return r;
}

/* ---- the operation ---------------------------------------------------- */

static void
ponged(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct announce *an = (struct announce *)call->op;

	an->waiting = false;
	if (an->op.ending)
		return;
	if (a->err.code != 0) {
		fss__op_end(&an->op, a->err.code, a->err.detail, NULL);
		return;
	}
	an->phase = AN_SCAN;
	fss__op_run(&an->op);
}

/* Waits for the session: its terms say how content is cut. */
static int
start(struct announce *an)
{
	struct fss__m_empty m;
	int r;

	memset(&m, 0, sizeof(m));
	r = fss__call_start(&an->op, &an->call, FSS__MSG_PING, &m, NULL,
	    ponged);
	if (r == 0) {
		an->phase = AN_WAIT;
		an->waiting = true;
	}
	return r;
}

static int
scan(struct announce *an)
{
	bool over = false;
	int r;

	if (an->committer == NULL) {
		if (an->back) {
			an->phase = AN_LOST;
			return fss__localidx_root_remove(an->op.c->index,
			    fss__slice_str(an->remote));
		}
		an->committer = fss__committer_new(&an->op, "", told);
		if (an->committer == NULL)
			return FSS_ENOMEM;
		fss__committer_announce(an->committer);
		r = fss__an_begin(an);
		if (r != 0)
			return r;
	}
	if (an->ready != NULL) {
		r = fss__an_tell(an, an->ready);
		if (r != 0 && r != FSS_EAGAIN)
			return r;
	}
	r = 0;
	if (an->ready == NULL && an->op.queued < EVENTS)
		r = fss__an_scan(an, &over);
	if (r >= 0 && fss__committer_busy(an->committer)) {
		int e = fss__committer_work(an->committer);

		if (e != 0)
			return e;
	}
	if (over) {
		an->op.count[FSS_COUNT_SCANNED] = 1;
		if (fss__committer_busy(an->committer))
			return 0;
		an->phase = an->partial ? AN_END : AN_LOST;
		r = 1;
	}
	return r;
}

static int
finish(struct announce *an)
{
	int code = FSS_OK;

	if (an->op.count[FSS_COUNT_FAILED] > 0)
		code = an->is_dir || an->back ? FSS_EPARTIAL : an->last_error;
	else if (an->back)
		code = an->last_error;
	fss__op_end(&an->op, code, code != 0 ? fss_strerror(code) : NULL,
	    NULL);
	return 0;
}

static int
announce_work(struct fss__op *op)
{
	struct announce *an = (struct announce *)op;
	int r = 0;

	if (an->fatal != 0)
		return an->fatal;
	if (an->waiting)
		return 0;
	switch (an->phase) {
	case AN_BEGIN:
		r = start(an);
		break;
	case AN_WAIT:
		break;
	case AN_SCAN:
		r = scan(an);
		if (r == 0 && an->phase == AN_LOST)
			r = 1;
		break;
	case AN_LOST:
		r = take_back(an);
		if (r == 1)
			r = 0;
		else if (r == 0)
			an->phase = AN_END;
		if (an->phase == AN_END)
			r = 1;
		break;
	case AN_END:
		return finish(an);
	}
	if (op->done)
		return 0;
	fss__event_progress(op);
	return r == FSS_EAGAIN ? fss__op_starve(op) : r;
}

static void
announce_release(struct fss__op *op)
{
	struct announce *an = (struct announce *)op;

	fss__an_scan_release(an);
	while (an->all != NULL)
		fss__an_item_free(an, an->all);
	fss__committer_free(an->committer);
	fss__free(an->gone);
	fss__free(an->local);
	an->committer = NULL;
	an->gone = NULL;
	an->local = NULL;
}

static const struct fss__op_class announce_class = {
	"announce", announce_work, announce_release, NULL, NULL
};

static int
new_op(fss_client *c, const char *remote, void *user,
    struct announce **ret_an)
{
	int r = fss__client_check(c);

	if (r == 0 && c->index == NULL)
		r = fss__client_fail(c, FSS_EINVAL, "no index was set");
	if (r == 0)
		r = fss__op_new(c, &announce_class, sizeof(**ret_an), user,
		    ret_an);
	if (r != 0)
		return r;
	(*ret_an)->op.counts = true;
	/* It was parsed into as much room. */
	(void)fss__fmt((*ret_an)->remote, sizeof((*ret_an)->remote), "%s",
	    remote);
	return 0;
}

int
fss__announce_new(fss_client *c, const char *local, const char *remote,
    uint32_t flags, void *user, struct fss__op **ret_op)
{
	struct announce *an;
	int r = new_op(c, remote, user, &an);

	if (r != 0)
		return r;
	an->flags = flags;
	an->local = fss__strdup(local);
	if (an->local == NULL) {
		fss__op_abandon(&an->op);
		return fss__client_fail(c, FSS_ENOMEM, "out of memory");
	}
	*ret_op = &an->op;
	return 0;
}

/* A file announced "into" a folder keeps its name. */
static int
place(fss_client *c, const char *local, const char *text, char *path)
{
	char parent[FSS_LIMIT_PATH + 1], nfc[FSS_LIMIT_NAME + 1];
	const char *name = strrchr(local, '/');
	struct stat st;
	int r;

	r = fss__client_own_path(c, text, path);
	if (r != 0 || text[strlen(text) - 1] != '/' || name == NULL ||
	    stat(local, &st) != 0 || S_ISDIR(st.st_mode))
		return r;
	(void)fss__fmt(parent, sizeof(parent), "%s", path);
	r = fss__utf8_nfc(fss__slice_str(name + 1), nfc, sizeof(nfc));
	if (r == 0)
		r = fss__name_check(fss__slice_str(nfc), NULL);
	if (r == 0)
		r = fss__path_join(path, FSS_LIMIT_PATH + 1,
		    fss__slice_str(parent), fss__slice_str(nfc));
	if (r != 0)
		return fss__client_fail(c, FSS_EPATH,
		    "'%.150s' has a name that is not allowed", local);
	return 0;
}

int
fss_client_announce(fss_client *c, const char *local, const char *remote,
    uint32_t flags, void *user, fss_op *ret_op)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__op *op = NULL;
	char *whole = NULL;
	int r = fss__client_check(c);

	if (r == 0)
		r = fss__client_flags(c, flags, FSS_COPY_RECURSIVE |
		    FSS_COPY_CHECKSUM | FSS_COPY_ITEMS);
	if (r != 0)
		return r;
	if (local == NULL || local[0] == '\0')
		return fss__client_fail(c, FSS_EINVAL,
		    "no local path was given");
	/* Later scans are made from another folder. */
	r = fss__local_absolute(local, &whole);
	if (r != 0)
		return fss__client_fail(c, r, "cannot find '%.150s': %s",
		    local, fss_strerror(r));
	r = place(c, whole, remote, path);
	if (r == 0)
		r = fss__announce_new(c, whole, path, flags, user, &op);
	fss__free(whole);
	return r != 0 ? r : fss__op_begin(op, ret_op);
}

int
fss_client_unannounce(fss_client *c, const char *remote, void *user,
    fss_op *ret_op)
{
	char path[FSS_LIMIT_PATH + 1];
	struct announce *an;
	int r;

	r = fss__client_own_path(c, remote, path);
	if (r == 0)
		r = new_op(c, path, user, &an);
	if (r != 0)
		return r;
	an->back = true;
	return fss__op_begin(&an->op, ret_op);
}
