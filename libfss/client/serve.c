/*
 * fss_client_serve(): the agent.
 *
 * Says at each new session that it acts by itself, follows news of work, and
 * carries out what the holder's machine wants: requests here, reading in
 * serve_file.c.  Rescans and uploads are in serve_idle.c.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "base/time.h"
#include "client/request.h"
#include "client/serve.h"
#include "crypto/keys.h"

#define WANTS		16	/* carried out in one slice */
#define EVENTS		256	/* ITEM events not yet taken */

/* ---- requests of the machine ------------------------------------------ */

static void
answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct servecall *sc = (struct servecall *)call;
	struct serve *s = sc->s;
	union {
		struct fss__m_work_list work;
		struct fss__m_serve_terms terms;
		struct fss__m_put_done put;
		struct fss__m_wanted_list wanted;
		struct fss__m_empty empty;
	} m;
	int r = a->err.code;

	if (!s->op.ending) {
		if (r == 0)
			r = fss__call_decode(a, &m, &s->op.err);
		r = fss__holder_answer(s->holder, sc->token, r, &m);
		if (r != 0)
			s->fatal = r;
		fss__op_run(&s->op);
	}
	fss__free(sc);
}

/* Adds what was read; FSS_EINVAL where it is not there. */
static int
send_kept(struct serve *s, const struct fss__holder_want *w,
    struct servecall *sc)
{
	struct kept *k = fss__serve_take(s, w->token);
	struct fss__slice ids, lens;
	union {
		struct fss__m_put put;
		struct fss__m_plan plan;
	} m;
	int r;

	if (k == NULL)
		return FSS_EINVAL;
	ids.p = k->ids;
	ids.n = (size_t)k->count * FSS__ID_BYTES;
	lens.p = k->lens;
	lens.n = (size_t)k->count * 4;
	if (w->msg_type == FSS__MSG_PUT) {
		m.put = *(const struct fss__m_put *)w->msg;
		m.put.has |= FSS__K_put_ids | FSS__K_put_lens;
		m.put.ids = ids;
		m.put.lens = lens;
	} else {
		m.plan = *(const struct fss__m_plan *)w->msg;
		m.plan.has |= FSS__K_plan_ids | FSS__K_plan_lens;
		m.plan.ids = ids;
		m.plan.lens = lens;
	}
	r = fss__call_start(&s->op, &sc->call, w->msg_type, &m, k->frame,
	    answered);
	if (r == FSS_EAGAIN) {
		k->next = s->kept;
		s->kept = k;
	} else {
		fss__serve_kept_free(k);
	}
	return r;
}

/*
 * After these the hub counts no file of ours with that content any more: what
 * is there is looked for, and told again.
 */
static int
note_served(struct serve *s, const struct fss__holder_want *w)
{
	const struct fss__m_served *m = w->msg;
	int status = -(int)m->status;

	if (status != FSS_ECHANGED && status != FSS_ENOENT &&
	    status != FSS_EINTEGRITY)
		return 0;
	fss__serve_rescan(s);
	return fss__localidx_untold(s->op.c->index, &w->root);
}

static int
send_want(struct serve *s, const struct fss__holder_want *w)
{
	struct servecall *sc = fss__zalloc(sizeof(*sc));
	int r;

	if (sc == NULL)
		return FSS_ENOMEM;
	sc->s = s;
	sc->token = w->token;
	if (w->msg_type == FSS__MSG_PUT || w->msg_type == FSS__MSG_PLAN)
		r = send_kept(s, w, sc);
	else
		r = fss__call_start(&s->op, &sc->call, w->msg_type, w->msg,
		    NULL, answered);
	if (r == 0 && w->msg_type == FSS__MSG_SERVED)
		return note_served(s, w);
	if (r != 0)
		fss__free(sc);
	return r;
}

static int
tell(struct serve *s, const struct fss__holder_want *w)
{
	struct servefile *f = fss__serve_file(s, w->transfer);
	char path[FSS_LIMIT_PATH + 1];
	struct fss__item_report rep;

	/* It is as long as a path may be. */
	(void)fss__slice_copy(w->path, path, sizeof(path));
	memset(&rep, 0, sizeof(rep));
	rep.status = w->err;
	rep.owner = "";
	rep.remote = path;
	rep.local = f != NULL ? f->local : NULL;
	rep.kind = FSS_KIND_FILE;
	rep.size = w->size;
	if (w->err == 0)
		s->op.count[FSS_COUNT_FILES_DONE]++;
	else
		s->op.count[FSS_COUNT_FAILED]++;
	return fss__item_report(&s->op, &rep);
}

static int
carry_out(struct serve *s, const struct fss__holder_want *w)
{
	switch (w->type) {
	case FSS__HOLDER_SEND:
		return send_want(s, w);
	case FSS__HOLDER_CHECK:
		fss__serve_check(s, w);
		break;
	case FSS__HOLDER_PAGES:
		fss__serve_pages(s, w);
		break;
	case FSS__HOLDER_READ:
		fss__serve_read(s, w);
		break;
	case FSS__HOLDER_DROP:
		fss__serve_kept_free(fss__serve_take(s, w->token));
		break;
	case FSS__HOLDER_CLOSE:
		fss__serve_close(s, w->transfer);
		break;
	case FSS__HOLDER_TOLD:
		return tell(s, w);
	}
	return 0;
}

/* 1: there may be more, 0: nothing now. */
static int
run_holder(struct serve *s)
{
	unsigned i;
	int r;

	for (i = 0; i < WANTS && s->op.queued < EVENTS; i++) {
		if (!s->stuck) {
			r = fss__holder_next(s->holder, fss__mono_us(),
			    &s->want);
			if (r <= 0)
				return r;
		}
		r = carry_out(s, &s->want);
		s->stuck = r == FSS_EAGAIN;
		if (s->stuck)
			return fss__op_starve(&s->op);
		if (r != 0)
			return r;
	}
	return i == WANTS;
}

/* ---- sessions --------------------------------------------------------- */

static void
presented(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct serve *s = (struct serve *)call->op;

	s->presenting = false;
	if (s->op.ending || a->err.code == FSS_ECANCELED)
		return;
	if (a->err.code != 0)
		s->fatal = fss__err_set(&s->op.err, a->err.code, "%s",
		    a->err.detail);
	fss__op_run(&s->op);
}

/* The hub knows nothing of the former session's leases. */
static int
new_session(struct serve *s)
{
	struct fss__m_presence m;
	int r;

	s->epoch = s->op.who->epoch;
	fss__holder_begin(s->holder);
	s->stuck = false;
	fss__op_cancel_calls(&s->op);
	fss__serve_close_all(s);
	s->offers_due = true;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_agent;
	m.agent = true;
	r = fss__call_start(&s->op, &s->present, FSS__MSG_PRESENCE, &m, NULL,
	    presented);
	if (r == FSS_EAGAIN) {
		s->epoch = 0;
		return fss__op_starve(&s->op);
	}
	s->presenting = r == 0;
	return r;
}

/* ---- news ------------------------------------------------------------- */

static void
look_again(struct fss__op *op)
{
	struct serve *s = (struct serve *)op;

	fss__holder_work(s->holder);
	s->offers_due = true;
}

static void
event(struct fss__op *op, const struct fss__m_event *m)
{
	struct serve *s = (struct serve *)op;

	if (m->kind == FSS_NEWS_WORK)
		fss__holder_work(s->holder);
	else if (m->state == FSS_REQUEST_APPROVED)
		s->offers_due = true;
}

static void
flush(struct fss__op *op)
{
	(void)op;
}

static void
fail(struct fss__op *op, int code, const char *detail)
{
	struct serve *s = (struct serve *)op;

	s->fatal = fss__err_set(&op->err, code, "%s",
	    detail != NULL ? detail : "");
}

static const struct fss__follower_ops follower_ops = {
	look_again, event, flush, look_again, fail
};

/* ---- the operation ---------------------------------------------------- */

static bool
is_over(const struct serve *s)
{
	return (s->flags & FSS_SERVE_ONCE) != 0 && s->follower.live &&
	    !s->presenting && fss__holder_idle(s->holder) &&
	    fss__serve_is_idle(s);
}

static int
serve_work(struct fss__op *op)
{
	struct serve *s = (struct serve *)op;
	int64_t at;
	int r;

	if (s->fatal != 0)
		return s->fatal;
	if (!s->started) {
		s->started = true;
		r = fss__follow(op, &s->follower, FSS_WATCH_WORK |
		    FSS_WATCH_REQUESTS, &follower_ops);
		if (r != 0)
			return r;
	}
	/* Run again when the session stands. */
	if (!op->who->up)
		return 0;
	if (s->epoch != op->who->epoch) {
		r = new_session(s);
		if (r != 0 || s->epoch == 0)
			return r;
	}
	r = run_holder(s);
	if (r >= 0 && s->fatal == 0) {
		int e = fss__serve_idle(s);

		if (e != 0)
			return e;
	}
	if (r == 0 && is_over(s)) {
		fss__op_end(op, FSS_OK, NULL, NULL);
		return 0;
	}
	at = fss__holder_deadline(s->holder);
	if (s->scan == NULL && (s->flags & FSS_SERVE_NO_SCAN) == 0 &&
	    s->scan_us < at)
		at = s->scan_us;
	if (at != INT64_MAX)
		fss__op_wake_at(op, at);
	return r;
}

static void
serve_release(struct fss__op *op)
{
	struct serve *s = (struct serve *)op;

	if (op->patient)
		op->who->serves--;

	fss__unfollow(&s->follower);
	fss__serve_close_all(s);
	fss__holder_free(s->holder);
	s->holder = NULL;
}

static const struct fss__op_class serve_class = {
	"serve", serve_work, serve_release, fss__serve_child
};

int
fss_client_serve(fss_client *c, uint32_t flags, void *user, fss_op *ret_op)
{
	struct serve *s;
	uint64_t seed;
	int r = fss__client_check(c);

	if (r == 0)
		r = fss__client_flags(c, flags, FSS_SERVE_NO_SCAN |
		    FSS_SERVE_ONCE);
	if (r == 0 && c->index == NULL)
		r = fss__client_fail(c, FSS_EINVAL, "no index was set");
	if (r == 0)
		r = fss__op_new(c, &serve_class, sizeof(*s), user, &s);
	if (r != 0)
		return r;
	fss__random(&seed, sizeof(seed));
	r = fss__holder_new(seed, &s->holder);
	if (r != 0) {
		fss__op_abandon(&s->op);
		return fss__client_fail(c, r, "out of memory");
	}
	s->op.patient = true;
	s->op.who->serves++;
	s->op.counts = true;
	s->flags = flags;
	s->offers_due = true;
	return fss__op_begin(&s->op, ret_op);
}
