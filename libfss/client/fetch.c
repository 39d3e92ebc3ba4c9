/*
 * fss_client_fetch(): a download that asks and waits.
 *
 * What can be read is downloaded at once.  Else it follows the news, asks, and
 * looks the request up whenever news speak of it: the state in the list is
 * what counts.  While bytes arrive at the hub a download follows them, and is
 * the normal download when all have: it writes the part file of any download,
 * verified chunk by chunk, so nothing is fetched twice.
 *
 * The last bytes can be here before the hub calls the request fulfilled.  Then
 * its state is waited for, so that DONE comes after the news of it; but not
 * for what may never be, a state that is another than that of a transfer.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/str.h"
#include "client/download.h"
#include "client/news.h"
#include "client/request.h"

#define EVENTS	64	/* NEWS events not yet taken */
#define TRIES	3	/* downloads that failed though the request lives */

struct fetch {
	struct fss__op	 op;
	struct fss__call call;		/* STAT, ASK, REQUESTS */
	struct fss__follower follower;
	bool		 started;
	bool		 waiting;	/* for the answer to `call` */
	bool		 ask;		/* is to be asked for */
	bool		 look;		/* the request is to be looked up */
	int		 fatal;
	uint32_t	 flags;
	char		 owner[FSS_LIMIT_ACCOUNT + 1];
	char		 remote[FSS_LIMIT_PATH + 1];
	char		*local, *note;
	uint64_t	 request;	/* 0: none yet */
	bool		 told;		/* a state was */
	uint64_t	 change;	/* of the state told last */
	bool		 stored;	/* it can be read */
	bool		 whole;		/* all is here, but for the state */
	bool		 over;		/* and that is told as well */
	struct fss__op	*child;		/* the download */
	unsigned	 tries;
};

/* ---- the download ----------------------------------------------------- */

static int
start_download(struct fetch *f, uint64_t number, bool follow)
{
	struct fss__op *op;
	int r;

	if (f->child != NULL) {
		/* Answers from before may still be on their way to it. */
		fss__download_more(f->child);
		return 0;
	}
	r = fss__download_new(f->op.c, f->owner, f->remote, number, f->local,
	    f->flags, NULL, &op);
	if (r != 0)
		return r;
	if (follow)
		fss__download_follow(op);
	fss__op_adopt(&f->op, op);
	f->child = op;
	return fss__op_begin(op, NULL);
}

static void
downloaded(struct fss__op *op, struct fss__op *child, int code)
{
	struct fetch *f = (struct fetch *)op;

	f->child = NULL;
	memcpy(op->count, child->count, sizeof(op->count));
	if (code == 0 && !f->stored && f->request != 0) {
		f->whole = f->look = true;
		fss__op_run(op);
		return;
	}
	if (code == 0 || f->stored || f->request == 0 ||
	    ++f->tries >= TRIES) {
		fss__op_end(op, code, child->err.detail, NULL);
		return;
	}
	/* The request knows why. */
	f->look = true;
	fss__op_run(op);
}

/* ---- the request ------------------------------------------------------ */

static int
tell(struct fetch *f, const struct fss__m_request *m)
{
	struct fss__row_hint hint = { NULL, NULL, FSS_NEWS_REQUEST };
	struct fss__rowset *rows;
	int r;

	if (f->told && f->change == m->change)
		return 0;
	f->told = true;
	f->change = m->change;
	rows = fss__rowset_new();
	r = rows != NULL ? fss__rowset_add(rows, &fss__r_request, m, &hint) :
	    FSS_ENOMEM;
	if (r != 0) {
		fss__rowset_free(rows);
		return r;
	}
	return fss__event_rows(&f->op, FSS_EVENT_NEWS, FSS_OK, NULL, rows);
}

/* What the request's end is for who waits; the reason goes along. */
static int
ended(struct fetch *f, int code, const char *what,
    const struct fss__m_request *m)
{
	return fss__err_set(&f->op.err, code, "the request %s%s%.*s", what,
	    m->detail.n > 0 ? ": " : "", (int)m->detail.n,
	    m->detail.n > 0 ? (const char *)m->detail.p : "");
}

static int
take_request(struct fetch *f, const struct fss__m_request *m)
{
	int r;

	f->request = m->id;
	r = tell(f, m);
	if (r != 0)
		return r;
	if (f->whole) {
		f->over = m->state != FSS_REQUEST_TRANSFERRING;
		return 0;
	}
	switch (m->state) {
	case FSS_REQUEST_TRANSFERRING:
		return start_download(f, m->number, true);
	case FSS_REQUEST_FULFILLED:
		f->stored = true;
		return start_download(f, m->number, false);
	case FSS_REQUEST_DENIED:
		return ended(f, FSS_EDENIED, "was denied", m);
	case FSS_REQUEST_CANCELLED:
		return ended(f, FSS_ECANCELED, "was cancelled", m);
	case FSS_REQUEST_EXPIRED:
		return ended(f, FSS_ETIMEDOUT, "has expired", m);
	case FSS_REQUEST_FAILED:
		return ended(f, FSS_ENOENT, "has failed", m);
	default:
		return 0;		/* it waits */
	}
}

static int
take_answer(struct fetch *f, const struct fss__cs_answer *a)
{
	struct fss__m_request_list list;
	struct fss__m_request m;
	int r = a->err.code;

	if (r == FSS_ESTATE && a->type == FSS__MSG_ASK) {
		/* It became readable since it was looked at. */
		f->stored = true;
		return start_download(f, 0, false);
	}
	if (r != 0)
		return fss__err_set(&f->op.err, r, "%s", a->err.detail);
	if (a->type == FSS__MSG_ASK) {
		r = fss__call_decode(a, &m, &f->op.err);
		return r != 0 ? r : take_request(f, &m);
	}
	r = fss__call_decode(a, &list, &f->op.err);
	if (r == 0 && fss__list_next(&list.requests, &fss__r_request, &m) !=
	    1)
		r = fss__err_set(&f->op.err, FSS_ENOENT,
		    "the request is there no more");
	return r != 0 ? r : take_request(f, &m);
}

static void
answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct fetch *f = (struct fetch *)call->op;
	int r;

	f->waiting = false;
	if (f->op.ending)
		return;
	r = take_answer(f, a);
	if (r != 0)
		f->fatal = r;
	fss__op_run(&f->op);
}

static int
send_ask(struct fetch *f)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_ask m;

	fss__ask_fill(&m, FSS_REQUEST_GET, f->owner, f->remote, op);
	if (f->note != NULL) {
		m.has |= FSS__K_ask_text;
		m.text = fss__slice_str(f->note);
	}
	return fss__call_start(&f->op, &f->call, FSS__MSG_ASK, &m, NULL,
	    answered);
}

static int
send_look(struct fetch *f)
{
	struct fss__m_requests m;
	uint8_t bytes[8];

	fss__put_le64(bytes, f->request);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_requests_ids;
	m.ids.p = bytes;
	m.ids.n = sizeof(bytes);
	return fss__call_start(&f->op, &f->call, FSS__MSG_REQUESTS, &m, NULL,
	    answered);
}

/* ---- news ------------------------------------------------------------- */

static void
live(struct fss__op *op)
{
	((struct fetch *)op)->ask = true;
}

static void
event(struct fss__op *op, const struct fss__m_event *m)
{
	struct fetch *f = (struct fetch *)op;

	if (f->request == 0 || m->request != f->request)
		return;
	if (m->kind == FSS_NEWS_REQUEST)
		f->look = true;
	else if (f->child != NULL)
		fss__download_more(f->child);
}

static void
flush(struct fss__op *op)
{
	(void)op;
}

static void
afresh(struct fss__op *op)
{
	struct fetch *f = (struct fetch *)op;

	f->look = f->request != 0;
	if (f->child != NULL)
		fss__download_more(f->child);
}

static void
fail(struct fss__op *op, int code, const char *detail)
{
	struct fetch *f = (struct fetch *)op;

	f->fatal = fss__err_set(&op->err, code, "%s",
	    detail != NULL ? detail : "");
}

static const struct fss__follower_ops follower_ops = {
	live, event, flush, afresh, fail
};

/* ---- the operation ---------------------------------------------------- */

static int
take_entry(struct fetch *f, const struct fss__cs_answer *a)
{
	struct fss__m_entry e;
	int r = fss__stat_answer(&f->op, a, &e);

	if (r == 0 && e.status != 0)
		r = -(int)e.status;
	if (r == 0 && e.kind == FSS_KIND_DIR)
		r = fss__err_set(&f->op.err, FSS_EISDIR,
		    "the remote path is a folder");
	if (r != 0)
		return r;
	if (e.state == FSS_STATE_STORED && ((e.rights & FSS_RIGHT_READ) != 0 ||
	    e.pass)) {
		f->stored = true;
		return start_download(f, 0, false);
	}
	/* First the news, then the question: nothing is missed between. */
	return fss__follow(&f->op, &f->follower, FSS_WATCH_REQUESTS |
	    FSS_WATCH_PROGRESS, &follower_ops);
}

static void
looked_at(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct fetch *f = (struct fetch *)call->op;
	int r;

	f->waiting = false;
	if (f->op.ending)
		return;
	r = take_entry(f, a);
	if (r != 0)
		f->fatal = r;
	fss__op_run(&f->op);
}

static int
fetch_work(struct fss__op *op)
{
	struct fetch *f = (struct fetch *)op;
	int r;

	/* Whatever keeps the state from being known: the file is here. */
	if (f->over || (f->whole && f->fatal != 0)) {
		fss__op_end(op, FSS_OK, NULL, NULL);
		return 0;
	}
	if (f->fatal != 0)
		return f->fatal;
	if (f->waiting || op->queued >= EVENTS)
		return 0;
	if (!f->started) {
		r = fss__stat_start(op, &f->call, f->owner, f->remote, 0,
		    looked_at);
		f->started = r == 0;
	} else if (f->ask) {
		r = send_ask(f);
		f->ask = r != 0;
	} else if (f->look && f->request != 0) {
		r = send_look(f);
		f->look = r != 0;
	} else {
		return 0;
	}
	if (r == FSS_EAGAIN)
		return fss__op_starve(op);
	f->waiting = r == 0;
	return r;
}

static void
fetch_release(struct fss__op *op)
{
	struct fetch *f = (struct fetch *)op;

	fss__unfollow(&f->follower);
	fss__free(f->local);
	fss__free(f->note);
	f->local = f->note = NULL;
}

static const struct fss__op_class fetch_class = {
	"fetch", fetch_work, fetch_release, downloaded, NULL
};

int
fss_client_fetch(fss_client *c, const char *remote, const char *note,
    const char *local, uint32_t flags, void *user, fss_op *ret_op)
{
	char owner[FSS_LIMIT_ACCOUNT + 1], path[FSS_LIMIT_PATH + 1];
	struct fss__slice text;
	struct fetch *f;
	int r;

	r = fss__client_path(c, remote, owner, path);
	if (r == 0)
		r = fss__client_flags(c, flags, FSS_COPY_CHECKSUM |
		    FSS_COPY_ITEMS);
	if (r == 0 && note != NULL)
		r = fss__client_text(c, "a note", note, 1, FSS__MAX_NOTE,
		    FSS_EINVAL, &text);
	if (r != 0)
		return r;
	if (local == NULL || local[0] == '\0')
		return fss__client_fail(c, FSS_EINVAL,
		    "no local path was given");
	r = fss__op_new(c, &fetch_class, sizeof(*f), user, &f);
	if (r != 0)
		return r;
	f->op.patient = true;
	f->op.counts = true;
	f->flags = flags;
	memcpy(f->owner, owner, sizeof(owner));
	memcpy(f->remote, path, sizeof(path));
	f->local = fss__strdup(local);
	f->note = note != NULL ? fss__strdup(note) : NULL;
	if (f->local == NULL || (note != NULL && f->note == NULL)) {
		fss__op_abandon(&f->op);
		return fss__client_fail(c, FSS_ENOMEM, "out of memory");
	}
	return fss__op_begin(&f->op, ret_op);
}
