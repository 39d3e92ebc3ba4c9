/*
 * EVENTS at the hub: answered, now or when there is something.
 *
 * Who waits and who is ready is hub_wait.c's.  Serving reads the ring anew:
 * what woke a session is not remembered, so many changes are one answer and
 * what was superseded is none.
 *
 * Files of others need the rights, which are in the store: such an answer is
 * worked out by a reader, from copies, since the ring is the loop's.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "proto/hub_wait.h"

#define US_PER_MS INT64_C(1000)
#define WAIT_US   (FSS__MAX_EVENT_WAIT * US_PER_MS)
#define ROWS_MAX  (FSS__MAX_HEADER - 2048)
#define ALL_KINDS 63u
#define LOOK_MAX  4096 /* numbers an answer goes on by, at most */

/* What is in the ring for one reader, beginning after a number. */
struct batch {
	const struct fss__news *n[FSS__MAX_LIST_ROWS];
	uint64_t seq[FSS__MAX_LIST_ROWS];
	size_t count;
	uint64_t last; /* nothing is left up to here */
	bool files; /* of others: ask the rights */
	bool common; /* presence, the same for all */
};

int
fss__hub_events_init(struct fss__hub *hub, uint64_t epoch)
{
	fss__buf_init(&hub->events.rows, ROWS_MAX);
	return fss__ring_new(
	    epoch, FSS__MAX_EVENTS, FSS__EVENT_BYTES, &hub->events.ring);
}

void
fss__hub_events_release(struct fss__hub *hub)
{
	fss__ring_free(hub->events.ring);
	fss__heap_release(&hub->events.ready);
	fss__buf_release(&hub->events.rows);
}

static struct fss__session *
session_of_timer(struct fss__heap_node *n)
{
	return (struct fss__session *)(void *)((char *)n -
	    offsetof(struct fss__session, waiter.ready));
}

/* ---- what there is ---------------------------------------------------- */

/* More presence than is worth telling one by one. */
static bool
too_much(const struct fss__hub *hub, const struct fss__reader_of_news *who,
    uint64_t after)
{
	const struct fss__ring *ring = hub->events.ring;
	struct fss__reader_of_news only = *who;
	const struct fss__news *n;
	size_t count = 0, look = 2 * FSS__EVENT_ROWS;

	only.kinds &= 1u << (FSS_NEWS_PRESENCE - 1);
	if (only.kinds == 0 || fss__ring_last(ring) - after <= FSS__EVENT_ROWS)
		return false;
	while (fss__ring_next(ring, &only, &after, &look, &n) == 1)
		if (++count > FSS__EVENT_ROWS)
			return true;
	return false;
}

static void
collect(const struct fss__hub *hub, const struct fss__reader_of_news *who,
    uint64_t after, size_t limit, struct batch *b)
{
	const struct fss__news *n;
	size_t look = LOOK_MAX;

	b->count = 0;
	b->files = false;
	b->common = true;
	while (b->count < limit &&
	    fss__ring_next(hub->events.ring, who, &after, &look, &n) == 1) {
		b->n[b->count] = n;
		b->seq[b->count++] = after;
		if (n->kind == FSS_NEWS_FILE && n->account != who->account)
			b->files = true;
		if (n->kind != FSS_NEWS_PRESENCE || n->nto != 0)
			b->common = false;
	}
	b->last = after;
}

/*
 * The rows of @b.  Where they are the common ones that were encoded last (the
 * same first, last and number: between these none is ever added) they are
 * there already.
 */
static int
encode(struct fss__hub_events *ev, struct batch *b, int64_t account,
    struct fss__list *ret)
{
	struct fss__m_event m;
	size_t i, before;
	int r;

	if (!b->common || ev->rows_count != b->count ||
	    ev->rows_first != b->seq[0] ||
	    ev->rows_last != b->seq[b->count - 1]) {
		fss__buf_reset(&ev->rows);
		ev->rows_count = 0;
		for (i = 0; i < b->count; i++) {
			before = ev->rows.len;
			fss__news_row(b->n[i], b->seq[i], account, &m);
			r = fss__record_encode(&ev->rows, &fss__r_event, &m);
			if (r == FSS_ETOOBIG && i > 0) {
				/* The rest comes with the next answer. */
				ev->rows.len = before;
				ev->rows.err = 0;
				b->count = i;
				b->last = b->seq[i - 1];
				break;
			}
			if (r != 0)
				return r;
		}
		if (b->common) {
			ev->rows_first = b->seq[0];
			ev->rows_last = b->seq[b->count - 1];
			ev->rows_count = (uint32_t)b->count;
		}
	}
	ret->p = ev->rows.data;
	ret->n = ev->rows.len;
	ret->count = (uint32_t)b->count;
	return 0;
}

/* ---- answers ---------------------------------------------------------- */

/* @rows NULL: none. 0 or FSS_ENOMEM. */
static int
answer(struct fss__hub *hub, struct fss__session *s,
    const struct fss__question *q, uint64_t last, bool afresh,
    const struct fss__list *rows)
{
	struct fss__m_event_list m;
	struct fss__buf b;
	int r;

	memset(&m, 0, sizeof(m));
	m.epoch = fss__ring_epoch(hub->events.ring);
	m.last = last;
	if (afresh) {
		m.has |= FSS__K_event_list_afresh;
		m.afresh = true;
	}
	if (rows != NULL) {
		m.has |= FSS__K_event_list_events;
		m.events = *rows;
	}
	fss__buf_init(&b, FSS__MAX_HEADER);
	r = fss__message_encode(&b, FSS__MSG_EVENTS + FSS__ANSWER, q->req,
	    s->id, &fss__r_event_list, &m);
	if (r == 0)
		r = fss__hub_send(hub, q->route, s, &b, NULL);
	fss__buf_release(&b);
	s->waiter.told_us = hub->now_us;
	hub->stats.requests++;
	return r;
}

static int
answer_none(
    struct fss__hub *hub, struct fss__session *s, const struct fss__question *q)
{
	return answer(hub, s, q, q->after, false, NULL);
}

static int
answer_afresh(
    struct fss__hub *hub, struct fss__session *s, const struct fss__question *q)
{
	return answer(hub, s, q, fss__ring_last(hub->events.ring), true, NULL);
}

static int
answer_batch(struct fss__hub *hub, struct fss__session *s,
    const struct fss__question *q, struct batch *b)
{
	struct fss__list rows;
	int r;

	if (b->count == 0)
		return answer(hub, s, q, b->last, false, NULL);
	r = encode(&hub->events, b, s->who.account, &rows);
	return r != 0 ? r : answer(hub, s, q, b->last, false, &rows);
}

/* ---- the reader's part ------------------------------------------------ */

/*
 * What was removed before its owner opened something was perhaps never seen
 * by who sees its folder now, and has no name for them.  Asked while the
 * rights are looked at, and counted before they can be seen: also what was
 * opened since the answer was begun.
 */
static bool
is_nameless(const struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__news *n)
{
	return n->kind == FSS_NEWS_FILE && n->what == FSS_CHANGE_REMOVED &&
	    !n->lost && n->account != who->account && ctx->board != NULL &&
	    fss__board_opened(ctx->board, n->account) != n->opened;
}

/*
 * Rows that may be told.  A row that does not fit ends the answer before it,
 * as does what an answer's limit leaves out.  Of one folder that changed one is
 * enough.
 */
static int
events_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__m_event_list list;
	const uint64_t *seq = job->data;
	struct fss__m_event m;
	struct fss__rows rows;
	struct fss__news *n;
	int64_t folder = 0;
	size_t i = 0;
	int r = 0;

	memset(&list, 0, sizeof(list));
	fss__rows_init(&rows, &fss__r_event, job->m.EVENTS.limit);
	list.last = job->amount;
	for (n = job->look; r == 0 && n != NULL; n = n->next, i++) {
		n->nameless = is_nameless(ctx, &job->who, n);
		if (n->nameless && n->entry == folder)
			continue;
		if (n->kind == FSS_NEWS_FILE) {
			r = fss__news_visible(ctx, &job->who, n);
			if (r < 0)
				break;
			if (r == 0)
				continue;
		}
		fss__news_row(n, seq[i], job->who.account, &m);
		r = fss__rows_emit(&rows, &m);
		if (r == FSS_EAGAIN)
			list.last = seq[i] - 1;
		if (n->nameless)
			folder = n->entry;
	}
	job->more = rows.count > 0;
	job->amount = list.last;
	if (r == 0 || r == FSS_EAGAIN) {
		list.has = FSS__K_event_list_events;
		list.epoch = job->m.EVENTS.epoch;
		list.events = fss__rows_list(&rows);
		r = fss__job_answer(job, &list);
	}
	fss__rows_release(&rows);
	return r;
}

static int go_on(struct fss__hub *hub, struct fss__session *s,
    const struct fss__question *q);

static void
events_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;
	struct fss__question q;

	s = fss__sessions_of_job(&hub->sessions, job);
	if (s == NULL || job->err.code != 0)
		return;
	if (job->more || !job->m.EVENTS.wait) {
		s->waiter.told_us = hub->now_us;
		return;
	}
	q.route = job->route;
	q.req = job->req;
	q.after = job->amount;
	q.kinds = (unsigned)job->m.EVENTS.kinds;
	q.limit = (size_t)job->m.EVENTS.limit;
	q.wait = true;
	job->quiet = true;
	if (s->waiter.waits) {
		/* Another one is parked by now, this one is the older. */
		if (answer_none(hub, s, &q) != 0)
			fss__hub_lose_session(hub, s);
	} else if (go_on(hub, s, &q) != 0) {
		fss__hub_lose_session(hub, s);
	}
}

static const struct fss__handler events_handler = { FSS__MSG_EVENTS, 0,
	{ { FSS__LANE_READ, events_read } }, events_finish };

/* A job that looks at what @b has. */
static int
ask_rights(struct fss__hub *hub, struct fss__session *s,
    const struct fss__question *q, const struct batch *b)
{
	struct fss__job *job = fss__job_new();
	size_t i;
	int r = 0;

	if (job == NULL)
		return FSS_ENOMEM;
	job->handler = &events_handler;
	job->message = fss__message_find(FSS__MSG_EVENTS);
	job->route = q->route;
	job->req = q->req;
	job->serial = s->serial;
	memcpy(job->session, s->id, sizeof(job->session));
	memcpy(job->key, s->key, sizeof(job->key));
	job->who = s->who;
	job->m.EVENTS.kinds = q->kinds;
	job->m.EVENTS.limit = q->limit;
	job->m.EVENTS.wait = q->wait;
	job->m.EVENTS.epoch = fss__ring_epoch(hub->events.ring);
	job->amount = b->last;
	job->data = fss__memdup(b->seq, b->count * sizeof(b->seq[0]));
	if (job->data == NULL)
		r = FSS_ENOMEM;
	for (i = 0; r == 0 && i < b->count; i++)
		r = fss__news_add(&job->look, b->n[i]);
	if (r != 0) {
		fss__job_free(job);
		return r;
	}
	s->pending++;
	fss__hub_queue(hub, job);
	return 0;
}

/* ---- asking ----------------------------------------------------------- */

/* Answers, parks or makes a job. */
static int
go_on(
    struct fss__hub *hub, struct fss__session *s, const struct fss__question *q)
{
	struct fss__reader_of_news who = fss__hub_reader_of(s, q->kinds);
	struct batch b;

	if (!fss__ring_knows(hub->events.ring,
		fss__ring_epoch(hub->events.ring), q->after) ||
	    too_much(hub, &who, q->after))
		return answer_afresh(hub, s, q);
	collect(hub, &who, q->after, q->limit, &b);
	if (b.files)
		return ask_rights(hub, s, q, &b);
	/* Where more is to be looked at, the next EVENTS does. */
	if (b.count == 0 && q->wait && !hub->draining &&
	    b.last == fss__ring_last(hub->events.ring))
		return fss__hub_park(hub, s, q, b.last);
	return answer_batch(hub, s, q, &b);
}

int
fss__hub_events_ask(struct fss__hub *hub, struct fss__session *s,
    uint64_t route, uint64_t req, const struct fss__m_events *m)
{
	const struct fss__ring *ring = hub->events.ring;
	struct fss__question q, old;
	int r = 0;

	q.route = route;
	q.req = req;
	q.kinds = (unsigned)m->kinds & ALL_KINDS;
	q.wait = (m->has & FSS__K_events_wait) && m->wait;
	q.limit = m->has & FSS__K_events_limit && m->limit > 0 ?
	    (size_t)m->limit :
	    FSS__MAX_LIST_ROWS;
	q.after = m->has & FSS__K_events_after ? m->after : 0;
	if (s->waiter.waits) {
		old = fss__hub_unpark(hub, s);
		r = answer_none(hub, s, &old);
		if (r != 0)
			return r;
	}
	fss__presence_subscribe(hub->presence, &s->presence);
	if (!(m->has & FSS__K_events_epoch))
		q.after = fss__ring_last(ring);
	else if (!fss__ring_knows(ring, m->epoch, q.after))
		return answer_afresh(hub, s, &q);
	return go_on(hub, s, &q);
}

void
fss__hub_events_end(struct fss__hub *hub, struct fss__session *s)
{
	struct fss__question q;

	if (!s->waiter.waits)
		return;
	q = fss__hub_unpark(hub, s);
	/* Where memory lacks the client finds out by asking again. */
	(void)answer_none(hub, s, &q);
}

/* ---- serving ---------------------------------------------------------- */

/* It is its turn. */
static int
serve(struct fss__hub *hub, struct fss__session *s)
{
	struct fss__question q = fss__hub_unpark(hub, s);

	return go_on(hub, s, &q);
}

void
fss__hub_events_step(struct fss__hub *hub)
{
	struct fss__hub_events *ev = &hub->events;
	struct fss__heap_node *n;
	struct fss__session *s;
	struct fss__question q;
	int i;

	for (i = 0; i < FSS__EVENT_STEP; i++) {
		n = fss__heap_first(&ev->ready);
		if (n == NULL || n->due > hub->now_us)
			break;
		s = session_of_timer(n);
		if (serve(hub, s) != 0)
			fss__hub_lose_session(hub, s);
	}
	for (; i < FSS__EVENT_STEP; i++) {
		s = ev->waiting;
		if (s == NULL ||
		    (!hub->draining &&
			hub->now_us - s->waiter.since_us < WAIT_US))
			break;
		q = fss__hub_unpark(hub, s);
		if (answer_none(hub, s, &q) != 0)
			fss__hub_lose_session(hub, s);
	}
}

int64_t
fss__hub_events_deadline(const struct fss__hub *hub)
{
	const struct fss__hub_events *ev = &hub->events;
	const struct fss__heap_node *n = fss__heap_first(&ev->ready);
	int64_t us = INT64_MAX;

	if (ev->waiting != NULL)
		us = hub->draining ? hub->now_us :
				     ev->waiting->waiter.since_us + WAIT_US;
	return n != NULL && n->due < us ? n->due : us;
}
