/*
 * The recipe of docs/events.md: first EVENTS, then the lists; one EVENTS that
 * waits; lists afresh where the hub says so; each (request, change) told once.
 * See sim.h.
 */
#include <string.h>

#include "sim.h"

void
follow_begin(struct client *c)
{
	c->placed = c->asking = c->listing = false;
	c->list_due = false;
}

static void
later(struct client *c)
{
	c->again_us = sim_now(c->w) + SECOND +
	    (int64_t)sim_below(c->w, 3 * SECOND);
}

/* ---- the list ---------------------------------------------------------- */

static void list_page(struct client *c, struct fss__slice cursor);

static void
listed(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_request_list *m = answer;
	struct client *c = k->client;
	struct fss__m_request row;
	struct fss__list it;

	(void)a;
	if (err != 0) {
		c->listing = false;
		c->list_due = true;
		later(c);
		return;
	}
	if (k->token == 0)
		c->list_seq = m->seq;
	it = m->requests;
	while (fss__list_next(&it, &fss__r_request, &row) == 1) {
		truth_told(c, row.id, row.change, (unsigned)row.state, true);
		actor_told(c, &row);
	}
	if (m->cursor.n > 0) {
		list_page(c, m->cursor);
		return;
	}
	c->listing = false;
	if (c->list_seq > c->seq)
		c->seq = c->list_seq;
}

static void
list_page(struct client *c, struct fss__slice cursor)
{
	struct fss__m_requests m;
	struct call *k;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_requests_since | FSS__K_requests_limit;
	m.since = c->seq;
	m.limit = 2 + sim_below(c->w, 8);
	if (cursor.n > 0) {
		m.has |= FSS__K_requests_cursor;
		m.cursor = cursor;
	}
	k = client_call(c, FSS__MSG_REQUESTS, &m, NULL, listed);
	if (k == NULL) {
		c->listing = false;
		c->list_due = true;
		later(c);
		return;
	}
	k->token = cursor.n > 0;
	c->listing = true;
}

/* ---- events ------------------------------------------------------------ */

static void
take_row(struct client *c, const struct fss__m_event *m)
{
	if (m->kind == FSS_NEWS_WORK && c->agent)
		fss__holder_work(c->holder);
	if (m->kind != FSS_NEWS_REQUEST)
		return;
	truth_told(c, m->request, m->change, (unsigned)m->state, false);
	actor_told_id(c, m->request, (unsigned)m->state,
	    (m->has & FSS__K_event_mine) && m->mine);
	/* What comes before it in order was told, or is being listed. */
	if (!c->listing && !c->list_due && m->request_seq > c->seq)
		c->seq = m->request_seq;
}

static void
heard(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a)
{
	const struct fss__m_event_list *m = answer;
	struct client *c = k->client;
	struct fss__m_event row;
	struct fss__list it;
	bool afresh;

	(void)a;
	c->asking = false;
	if (err == FSS_EAUTH) {
		/* Locked: the program ends, and is started again later. */
		c->reborn_us = sim_now(c->w) + 30 * SECOND;
		return;
	}
	if (err != 0) {
		later(c);
		return;
	}
	afresh = !c->placed ||
	    ((m->has & FSS__K_event_list_afresh) && m->afresh);
	if (c->placed && !afresh &&
	    (m->epoch != c->ev_epoch || m->last < c->ev_after))
		sim_fail(c->w, "%s/%u: events went on elsewhere, not afresh",
		    c->name, c->n);
	it = m->events;
	if (afresh && it.count > 0)
		sim_fail(c->w, "rows in an answer that begins afresh");
	c->placed = true;
	c->ev_epoch = m->epoch;
	while (fss__list_next(&it, &fss__r_event, &row) == 1) {
		if (row.seq <= c->ev_after || row.seq > m->last)
			sim_fail(c->w, "event %d out of order",
			    (int)row.seq);
		c->ev_after = row.seq;
		take_row(c, &row);
	}
	c->ev_after = m->last;
	if (afresh) {
		c->list_due = true;
		if (c->agent)
			fss__holder_work(c->holder);
	}
}

static void
ask(struct client *c)
{
	struct fss__m_events m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_events_kinds | FSS__K_events_wait;
	m.kinds = c->kinds;
	m.wait = c->placed;
	if (c->placed) {
		m.has |= FSS__K_events_epoch | FSS__K_events_after;
		m.epoch = c->ev_epoch;
		m.after = c->ev_after;
	}
	c->asking = client_call(c, FSS__MSG_EVENTS, &m, NULL, heard) != NULL;
	if (!c->asking)
		later(c);
}

void
follow_run(struct client *c)
{
	static const struct fss__slice start;

	if (c->again_us > sim_now(c->w) || c->reborn_us != 0 ||
	    fss__cs_state(c->cs) != FSS__CS_READY)
		return;
	c->again_us = 0;
	if (!c->asking)
		ask(c);
	if (c->list_due && !c->listing && c->again_us == 0) {
		c->list_due = false;
		list_page(c, start);
	}
}
