/*
 * A device's process in a simulation: the session machine, its connections
 * and the calls above it.  What it does with them is elsewhere.  See sim.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "sim.h"

void
client_start(struct client *c)
{
	struct fss__cs_event ev;

	c->runs = true;
	c->kinds = 31;
	assert_int_equal(fss__cs_new(CONNS, "sim", rng_u64(&c->w->rng),
	    &c->cs), 0);
	assert_int_equal(fss__holder_new(rng_u64(&c->w->rng), &c->holder), 0);
	c->epoch = 0;
	c->ready_us = INT64_MAX;
	c->again_us = c->reborn_us = 0;
	c->stuck = false;
	sim_trace(c->w, "%s/%u starts", c->name, c->n);
	follow_begin(c);
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_START;
	client_event(c, &ev);
}

void
client_kill(struct client *c)
{
	struct call *k;
	unsigned i;

	if (!c->runs)
		return;
	sim_trace(c->w, "%s/%u dies", c->name, c->n);
	c->runs = false;
	for (i = 0; i < CONNS; i++) {
		if (c->conn[i] != NULL)
			net_close(c->w, c->conn[i]);
		c->conn[i] = NULL;
	}
	while ((k = c->calls) != NULL) {
		c->calls = k->next;
		free(k);
	}
	agent_forget(c);
	fss__holder_free(c->holder);
	c->holder = NULL;
	fss__cs_free(c->cs);
	c->cs = NULL;
}

struct fss__slice
client_op(struct sim *w, uint8_t buf[FSS__OP_BYTES])
{
	struct fss__slice s = { buf, FSS__OP_BYTES };

	memset(buf, 0x5a, FSS__OP_BYTES);
	fss__put_le64(buf, ++w->ops);
	return s;
}

struct call *
client_call(struct client *c, unsigned type, const void *msg,
    struct fss__frame *payload, done_fn done)
{
	struct fss__cs_update up;
	struct fss__cs_request q;
	struct fss__cs_event ev;
	struct call *k;

	if (!c->runs || fss__cs_room(c->cs) < 100)
		return NULL;
	k = calloc(1, sizeof(*k));
	assert_non_null(k);
	k->client = c;
	k->type = type;
	k->done = done;
	memset(&q, 0, sizeof(q));
	q.type = (uint8_t)type;
	q.rec = fss__message_find(type)->request;
	q.msg = msg;
	q.payload = payload;
	q.user = k;
	memset(&ev, 0, sizeof(ev));
	memset(&up, 0, sizeof(up));
	ev.type = FSS__CS_REQUEST;
	ev.now_us = sim_now(c->w);
	ev.request = &q;
	assert_int_equal(fss__cs_step(c->cs, &ev, &up), 0);
	k->next = c->calls;
	c->calls = k;
	for (unsigned i = 0; i < CONNS; i++)
		if (up.open & 1u << i)
			c->conn[i] = net_open(c, i);
	return k;
}

/* What a hub may not say to a client that keeps to the protocol. */
static bool
is_fault(int err)
{
	switch (err) {
	case FSS_EPROTO:
	case FSS_ECORRUPT:
	case FSS_EIO:
	case FSS_ENOMEM:
	case FSS_ETYPE:
	case FSS_ESCHEMA:
	case FSS_EROFS:
		return true;
	default:
		return false;
	}
}

static void
take_answer(struct client *c, struct fss__cs_answer *a)
{
	union {
#define M(NAME, number, request, answer, needs) struct fss__m_##answer NAME;
#include "wire/messages.def"
#undef M
	} m;
	struct call *k = a->user, **p;
	int err = a->err.code;

	if (is_fault(err))
		sim_fail(c->w, "%s/%u: %s answered %d (%s)", c->name, c->n,
		    fss__message_name(a->type), err, a->err.detail);
	if (err == 0 && fss__fields_decode(a->fields,
	    fss__message_find(a->type)->answer, &m, NULL) != 0)
		sim_fail(c->w, "answer of %s cannot be read",
		    fss__message_name(a->type));
	if (err != 0)
		sim_trace(c->w, "%s/%u %s: %d %s", c->name, c->n,
		    fss__message_name(a->type), err, a->err.detail);
	for (p = &c->calls; *p != k; p = &(*p)->next)
		assert_non_null(*p);
	*p = k->next;
	if (k->done != NULL)
		k->done(k, err, &m, a);
	free(k);
}

static void
obey(struct client *c, const struct fss__cs_update *up)
{
	unsigned i;

	for (i = 0; i < CONNS; i++) {
		if ((up->shut & 1u << i) && c->conn[i] != NULL) {
			net_close(c->w, c->conn[i]);
			c->conn[i] = NULL;
		}
		if (up->open & 1u << i)
			c->conn[i] = net_open(c, i);
	}
}

static bool
send_all(struct client *c)
{
	struct fss__frame *h, *p;
	bool any = false;
	unsigned i;

	for (i = 0; i < CONNS; i++) {
		while (c->conn[i] != NULL && c->conn[i]->up &&
		    fss__cs_next_send(c->cs, i, sim_now(c->w), &h, &p) == 1) {
			net_send(c->conn[i], h, p);
			fss__cs_sent(c->cs, i, sim_now(c->w));
			any = true;
		}
	}
	return any;
}

static void
look_session(struct client *c)
{
	struct sim *w = c->w;

	if (fss__cs_state(c->cs) != FSS__CS_READY) {
		c->ready_us = INT64_MAX;
		return;
	}
	if (c->epoch != fss__cs_epoch(c->cs)) {
		c->epoch = fss__cs_epoch(c->cs);
		c->ready_us = sim_now(w);
		sim_trace(w, "%s/%u session %d", c->name, c->n,
		    (int)c->epoch);
		agent_session(c);
	} else if (c->ready_us == INT64_MAX) {
		c->ready_us = sim_now(w);
	}
}

void
client_pump(struct client *c)
{
	struct fss__cs_answer a;
	bool any;

	if (!c->runs)
		return;
	do {
		any = false;
		look_session(c);
		while (fss__cs_next_answer(c->cs, &a) == 1) {
			take_answer(c, &a);
			fss__cs_answer_release(&a);
			any = true;
		}
		follow_run(c);
		agent_run(c);
		any |= send_all(c);
	} while (any);
}

void
client_event(struct client *c, struct fss__cs_event *ev)
{
	struct fss__cs_update up;

	if (!c->runs)
		return;
	memset(&up, 0, sizeof(up));
	ev->now_us = sim_now(c->w);
	assert_int_equal(fss__cs_step(c->cs, ev, &up), 0);
	obey(c, &up);
	client_pump(c);
}

int64_t
client_deadline(const struct client *c)
{
	int64_t at, t;

	if (!c->runs)
		return INT64_MAX;
	at = fss__cs_deadline(c->cs);
	if (c->reborn_us != 0 && c->reborn_us < at)
		at = c->reborn_us;
	if (fss__cs_state(c->cs) != FSS__CS_READY)
		return at;
	t = fss__holder_deadline(c->holder);
	if (c->agent && t < at)
		at = t;
	if (c->again_us != 0 && c->reborn_us == 0 && c->again_us < at)
		at = c->again_us;
	return at;
}

bool
client_tick(struct client *c)
{
	struct fss__cs_event ev;

	if (client_deadline(c) > sim_now(c->w))
		return false;
	if (c->reborn_us != 0 && c->reborn_us <= sim_now(c->w)) {
		client_kill(c);
		client_start(c);
		return true;
	}
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_TICK;
	client_event(c, &ev);
	return true;
}
