/*
 * Writing a remote file through fss_op_write() and fss_op_finish().
 *
 * The bytes go into the sender as those of an uploaded file do; when all of
 * them are settled the file is committed.  They are not kept beyond that, so
 * a write cannot be sent anew where the hub lost parts of it.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/buf.h"
#include "base/num.h"
#include "base/time.h"
#include "client/committer.h"
#include "client/request.h"
#include "client/sender.h"

#define PIECE	((size_t)256 << 10)	/* bytes taken between two looks */

struct writer {
	struct fss__op	 op;
	struct fss__call call;
	bool		 asked;
	bool		 finished;	/* by the user */
	bool		 ended;		/* so the sender was told */
	bool		 complete;	/* all content is settled */
	bool		 added;		/* to the committer */
	bool		 want_ready;	/* the writer waits */
	int		 fatal;
	char		 owner[FSS_LIMIT_ACCOUNT + 1];
	char		 path[FSS_LIMIT_PATH + 1];
	char		*media;
	unsigned	 mode;
	int64_t		 mtime_us;
	struct fss__sender *sender;
	struct fss__sfile *sfile;
	struct fss__committer *committer;
	struct fss__rowset *rows;	/* of the entry, when committed */
};

/* ---- what sender and committer tell ----------------------------------- */

static void
complete(void *ctx, void *file_ctx)
{
	struct writer *w = ctx;

	(void)file_ctx;
	w->complete = true;
	fss__op_run(&w->op);
}

static void
lost(void *ctx, void *file_ctx, int code)
{
	struct writer *w = ctx;

	(void)file_ctx;
	w->fatal = code;
	fss__op_run(&w->op);
}

static void
settled(void *ctx, void *file_ctx, size_t len, bool sent)
{
	(void)ctx;
	(void)file_ctx;
	(void)len;
	(void)sent;
}

static const struct fss__sender_ops sender_ops = { complete, lost, settled };

static void
committed(struct fss__op *op, void *item, int status,
    const struct fss__m_entry *entry)
{
	struct writer *w = (struct writer *)op;
	struct fss__row_hint hint = { NULL, NULL, 0 };

	(void)item;
	w->fatal = status;
	if (status == 0) {
		hint.owner = w->owner[0] != '\0' ? w->owner :
		    op->who->account;
		w->rows = fss__rowset_new();
		w->fatal = w->rows != NULL ? fss__rowset_add(w->rows,
		    &fss__r_entry, entry, &hint) : FSS_ENOMEM;
	}
	fss__op_run(op);
}

/* ---- the operation ---------------------------------------------------- */

static void
stat_answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct writer *w = (struct writer *)call->op;
	struct fss__m_entry e;
	int r;

	if (w->op.ending)
		return;
	r = fss__stat_answer(&w->op, a, &e);
	if (r == 0 && e.status == 0 && e.kind == FSS_KIND_DIR)
		r = FSS_EISDIR;
	if (r == 0)
		r = fss__sender_new(&w->op, &sender_ops, &w->sender);
	if (r == 0)
		r = fss__sender_begin(w->sender, w, &w->sfile);
	if (r == 0) {
		w->committer = fss__committer_new(&w->op, w->owner,
		    committed);
		if (w->committer == NULL)
			r = FSS_ENOMEM;
	}
	w->fatal = r;
	fss__op_run(&w->op);
}

/* Waits for the session, and sees that the place is no folder. */
static int
ask_stat(struct writer *w)
{
	int r;

	r = fss__stat_start(&w->op, &w->call, w->owner, w->path, 0,
	    stat_answered);
	w->asked = r == 0;
	return r;
}

static int
commit(struct writer *w)
{
	struct fss__m_commit_item m;
	struct fss__id root;
	unsigned depth;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_commit_item_path | FSS__K_commit_item_kind |
	    FSS__K_commit_item_size | FSS__K_commit_item_mtime_us |
	    FSS__K_commit_item_mode;
	m.path = fss__slice_str(w->path);
	m.kind = FSS_KIND_FILE;
	m.mtime_us = w->mtime_us != 0 ? w->mtime_us : fss__wall_us();
	m.mode = w->mode;
	if (fss__sender_root(w->sfile, &root, &depth, &m.size)) {
		m.has |= FSS__K_commit_item_root | FSS__K_commit_item_depth;
		m.root.p = root.b;
		m.root.n = sizeof(root.b);
		m.depth = depth;
	}
	if (w->media != NULL) {
		m.has |= FSS__K_commit_item_media;
		m.media = fss__slice_str(w->media);
	}
	r = fss__committer_add(w->committer, &m, w);
	w->added = r == 0;
	return r;
}

static int
advance(struct writer *w)
{
	int r = 0;

	if (w->finished && !w->ended) {
		w->ended = true;
		r = fss__sender_end(w->sender, w->sfile);
		fss__sender_flush(w->sender);
	}
	if (r == 0)
		r = fss__sender_work(w->sender);
	if (r == 0 && w->complete && !w->added)
		r = commit(w);
	if (r == 0)
		r = fss__committer_work(w->committer);
	return r;
}

static int
writer_work(struct fss__op *op)
{
	struct writer *w = (struct writer *)op;
	struct fss__rowset *rows = w->rows;
	uint8_t *p;
	size_t n;
	int r;

	if (w->fatal != 0)
		return w->fatal;
	if (rows != NULL) {
		w->rows = NULL;
		fss__op_end(op, FSS_OK, NULL, rows);
		return 0;
	}
	if (w->sender == NULL)
		r = w->asked ? 0 : ask_stat(w);
	else
		r = advance(w);
	if (r == 0 && w->sender != NULL && w->want_ready && !w->finished &&
	    fss__sender_room(w->sender, 1, &p, &n) == 0) {
		w->want_ready = false;
		fss__event_ready(op, FSS_EVENT_WRITABLE);
	}
	return r == FSS_EAGAIN ? fss__op_starve(op) : r;
}

static void
writer_release(struct fss__op *op)
{
	struct writer *w = (struct writer *)op;

	if (w->sfile != NULL)
		fss__sender_abandon(w->sender, w->sfile);
	fss__committer_free(w->committer);
	fss__sender_free(w->sender);
	fss__rowset_free(w->rows);
	fss__free(w->media);
	w->sfile = NULL;
	w->committer = NULL;
	w->sender = NULL;
	w->rows = NULL;
	w->media = NULL;
}

static const struct fss__op_class writer_class = {
	"write", writer_work, writer_release, NULL
};

int
fss_client_write(fss_client *c, const char *path, unsigned mode,
    int64_t mtime_us, const char *media, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], canonical[FSS_LIMIT_PATH + 1];
	struct fss__slice s;
	struct writer *w;
	int r;

	r = fss__client_path(c, path, owner, canonical);
	if (r == 0 && media != NULL)
		r = fss__client_text(c, "a media type", media, 1,
		    FSS__MAX_MEDIA, FSS_EINVAL, &s);
	if (r != 0)
		return r;
	if (mode > 0777)
		return fss__client_fail(c, FSS_EINVAL,
		    "a mode has permission bits only");
	r = fss__op_new(c, &writer_class, sizeof(*w), user, &w);
	if (r != 0)
		return r;
	memcpy(w->owner, owner, sizeof(owner));
	memcpy(w->path, canonical, sizeof(canonical));
	w->mode = mode;
	w->mtime_us = mtime_us;
	w->want_ready = true;
	if (media != NULL) {
		w->media = fss__strdup(media);
		if (w->media == NULL) {
			fss__op_abandon(&w->op);
			return fss__client_fail(c, FSS_ENOMEM,
			    "out of memory");
		}
	}
	return fss__op_begin(&w->op, ret_op);
}

static int
find_writer(fss_client *c, fss_op id, struct writer **ret_w)
{
	struct writer *w;
	int r;

	*ret_w = NULL;
	r = fss__client_check(c);
	if (r != 0)
		return r;
	fss__client_forget_event(c);
	w = (struct writer *)fss__op_find(c, id);
	if (w == NULL || w->op.cls != &writer_class || w->finished)
		return fss__client_fail(c, FSS_EINVAL,
		    "there is no such write under way");
	*ret_w = w;
	return 0;
}

int
fss_op_write(fss_client *c, fss_op id, const void *buf, size_t len,
    size_t *ret_n)
{
	struct writer *w = NULL;
	size_t done = 0, n, room;
	uint8_t *p;
	int r;

	r = find_writer(c, id, &w);
	if (r != 0)
		return r;
	if (ret_n == NULL || (buf == NULL && len > 0))
		return fss__client_fail(c, FSS_EINVAL, "no buffer was given");
	if (w->op.done)
		return w->op.err.code != 0 ? w->op.err.code : FSS_EINVAL;
	while (w->sender != NULL && w->fatal == 0 && done < len) {
		r = fss__sender_room(w->sender, 1, &p, &room);
		if (r != 0 && r != FSS_EAGAIN)
			w->fatal = r;
		if (r != 0)
			break;
		n = len - done < PIECE ? len - done : PIECE;
		n = n < room ? n : room;
		memcpy(p, (const uint8_t *)buf + done, n);
		r = fss__sender_fed(w->sender, w->sfile, n);
		done += n;
		if (r != 0)
			w->fatal = r;
	}
	fss__op_run(&w->op);
	if (done == 0 && len > 0) {
		w->want_ready = true;
		return FSS_EAGAIN;
	}
	*ret_n = done;
	return 0;
}

int
fss_op_finish(fss_client *c, fss_op id)
{
	struct writer *w = NULL;
	int r;

	r = find_writer(c, id, &w);
	if (r != 0)
		return r;
	if (w->op.done)
		return fss__client_fail(c, FSS_EINVAL,
		    "the write has ended already");
	w->finished = true;
	fss__op_run(&w->op);
	return 0;
}
