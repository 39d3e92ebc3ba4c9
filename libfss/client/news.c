/*
 * The newsroom: an operation nobody sees, which keeps one EVENTS under way.
 *
 * First, and whenever somebody joins, it asks without waiting: the answer
 * says where the events stand, so that a connection lost later costs none.
 * Then it waits at the hub, one answer after the other, from the last number
 * it has.  The session machine sends a waiting EVENTS again over a new
 * session; whether the hub can still go on from that number the hub says.
 *
 * Somebody who takes no more holds it up: then the hub remembers, and tells
 * to begin afresh if that became too much.
 */
#include <string.h>

#include "client/news.h"

struct fss__newsroom {
	struct fss__op	 op;
	struct fss__call call;
	struct fss__follower *first;
	bool		 busy;		/* an EVENTS is under way */
	bool		 parked;	/* it waits at the hub */
	bool		 placed;	/* epoch and after are known */
	uint64_t	 epoch, after;
	uint32_t	 kinds;		/* of the one under way */
};

/* ---- answers ---------------------------------------------------------- */

static void
fail_all(struct fss__newsroom *n, int code, const char *detail)
{
	struct fss__follower *f;

	while ((f = n->first) != NULL) {
		fss__unfollow(f);
		f->ops->fail(f->op, code, detail);
		fss__op_run(f->op);
	}
}

static void
tell(struct fss__newsroom *n, struct fss__list events)
{
	struct fss__m_event m;
	struct fss__follower *f;

	while (fss__list_next(&events, &fss__r_event, &m) == 1) {
		if (m.kind < FSS_NEWS_PRESENCE || m.kind > FSS_NEWS_UPLOAD)
			continue;	/* of a later version */
		for (f = n->first; f != NULL; f = f->next)
			if (f->live && (f->kinds >> (m.kind - 1) & 1) != 0)
				f->ops->event(f->op, &m);
	}
}

static void
take(struct fss__newsroom *n, const struct fss__m_event_list *m)
{
	struct fss__follower *f;
	bool afresh;

	afresh = n->placed && ((m->has & FSS__K_event_list_afresh) != 0 &&
	    m->afresh);
	/* A hub that gives another place without a word is not believed. */
	if (n->placed && (m->epoch != n->epoch || m->last < n->after))
		afresh = true;
	n->placed = true;
	n->epoch = m->epoch;
	n->after = m->last;
	if (!afresh)
		tell(n, m->events);
	for (f = n->first; f != NULL; f = f->next) {
		if (f->live && afresh)
			f->ops->afresh(f->op);
		else if (f->live)
			f->ops->flush(f->op);
		if (!f->live && f->asked) {
			f->live = true;
			f->ops->live(f->op);
		}
		fss__op_run(f->op);
	}
}

static void
answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct fss__newsroom *n = (struct fss__newsroom *)call->op;
	struct fss__m_event_list m;
	struct fss__follower *f;
	int r = a->err.code;

	n->busy = false;
	if (n->op.ending)
		return;
	if (r == FSS_ECANCELED) {
		/* Given up to be asked anew. */
		for (f = n->first; f != NULL; f = f->next)
			f->asked = false;
		return;
	}
	if (r == 0)
		r = fss__call_decode(a, &m, &n->op.err);
	else
		(void)fss__err_set(&n->op.err, r, "%s", a->err.detail);
	if (r != 0)
		fail_all(n, r, n->op.err.detail);
	else
		take(n, &m);
	fss__op_run(&n->op);
}

/* ---- asking ----------------------------------------------------------- */

static int
ask(struct fss__newsroom *n, uint32_t kinds, bool wait)
{
	struct fss__follower *f;
	struct fss__m_events m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_events_kinds | FSS__K_events_wait;
	m.kinds = kinds;
	m.wait = wait;
	if (n->placed) {
		m.has |= FSS__K_events_epoch | FSS__K_events_after;
		m.epoch = n->epoch;
		m.after = n->after;
	}
	r = fss__call_start(&n->op, &n->call, FSS__MSG_EVENTS, &m, NULL,
	    answered);
	if (r == FSS_EAGAIN)
		return fss__op_starve(&n->op);
	if (r != 0)
		return r;
	n->busy = true;
	n->parked = wait;
	n->kinds = kinds;
	for (f = n->first; f != NULL; f = f->next)
		f->asked = true;
	return 0;
}

static int
newsroom_work(struct fss__op *op)
{
	struct fss__newsroom *n = (struct fss__newsroom *)op;
	struct fss__follower *f;
	bool fresh = false, hold = false;
	uint32_t kinds = 0;

	for (f = n->first; f != NULL; f = f->next) {
		kinds |= f->kinds;
		fresh = fresh || !f->live;
		hold = hold || (f->live && f->hold);
	}
	if (n->first == NULL) {
		fss__op_end(op, FSS_OK, NULL, NULL);
		return 0;
	}
	/* One that waits knows nothing of who joined since. */
	if (n->busy && n->parked && fresh)
		fss__op_cancel_calls(op);
	if (n->busy || (hold && !fresh))
		return 0;
	return ask(n, kinds, !fresh);
}

static void
newsroom_release(struct fss__op *op)
{
	struct fss__newsroom *n = (struct fss__newsroom *)op;

	/* Where it ends before them, all operations of the person do. */
	fail_all(n, FSS_ECANCELED, NULL);
	if (op->who->news == n)
		op->who->news = NULL;
}

static const struct fss__op_class newsroom_class = {
	"news", newsroom_work, newsroom_release, NULL, NULL
};

/* ---- followers -------------------------------------------------------- */

int
fss__follow(struct fss__op *op, struct fss__follower *f, uint32_t kinds,
    const struct fss__follower_ops *ops)
{
	struct fss__newsroom *n = op->who->news;
	int r;

	if (n == NULL) {
		r = fss__op_new(op->c, &newsroom_class, sizeof(*n), NULL, &n);
		if (r != 0)
			return r;
		n->op.patient = true;
		n->op.who = op->who;
		fss__op_hide(&n->op);
		op->who->news = n;
		r = fss__op_begin(&n->op, NULL);
		if (r != 0)
			return r;
	}
	f->op = op;
	f->ops = ops;
	f->kinds = kinds;
	f->live = f->asked = f->hold = false;
	f->joined = true;
	f->prev = NULL;
	f->next = n->first;
	if (n->first != NULL)
		n->first->prev = f;
	n->first = f;
	fss__op_run(&n->op);
	return 0;
}

void
fss__unfollow(struct fss__follower *f)
{
	struct fss__newsroom *n;

	if (!f->joined)
		return;
	n = f->op->who->news;
	f->joined = false;
	if (f->prev != NULL)
		f->prev->next = f->next;
	else
		n->first = f->next;
	if (f->next != NULL)
		f->next->prev = f->prev;
	fss__op_run(&n->op);
}

void
fss__follow_hold(struct fss__follower *f, bool hold)
{
	if (!f->joined || f->hold == hold)
		return;
	f->hold = hold;
	if (!hold)
		fss__op_run(&f->op->who->news->op);
}
