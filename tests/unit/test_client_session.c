/*
 * The client's session machine, driven without a network.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hub_frame.h"
#include "proto/client_session.h"
#include "rng.h"

#define CONNS	3
#define SENT	2048
#define MS	INT64_C(1000)

struct sent {
	unsigned	type;
	unsigned	conn;
	uint64_t	req;
	size_t		payload;
	size_t		session_len;
	uint8_t		session[16];
	uint64_t	received;	/* of a GET or CREDIT */
};

struct rig {
	struct fss__cs	*cs;
	struct fss__cs_update up;
	int64_t		 now;
	uint8_t		 session[16];
	struct sent	 sent[SENT];
	unsigned	 nsent;
	bool		 cut;		/* what is fed had more frames */
};

static void
rig_open(struct rig *g)
{
	struct fss__cs_event ev = { 0 };

	memset(g, 0, sizeof(*g));
	g->now = 1000000;
	memset(g->session, 's', sizeof(g->session));
	assert_int_equal(fss__cs_new(CONNS, "test", 1, &g->cs), 0);
	ev.type = FSS__CS_START;
	ev.now_us = g->now;
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
	assert_int_equal(g->up.open, 1);
	g->up.open = 0;
}

static void
rig_close(struct rig *g)
{
	fss__cs_free(g->cs);
}

static void
step(struct rig *g, enum fss__cs_event_type type, unsigned conn, int reason)
{
	struct fss__cs_event ev = { 0 };

	ev.type = type;
	ev.conn = conn;
	ev.reason = reason;
	ev.now_us = g->now;
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
}

/* Feeds a frame and drops it. */
static void
feed(struct rig *g, unsigned conn, struct fss__frame *header, size_t payload)
{
	struct fss__cs_event ev = { 0 };

	ev.type = FSS__CS_FRAME;
	ev.conn = conn;
	ev.now_us = g->now;
	ev.header = header;
	ev.cut = g->cut;
	if (payload > 0)
		ev.payload = fss__frame_new(payload);
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
	fss__frame_unref(header);
	fss__frame_unref(ev.payload);
}

static void
note(struct rig *g, unsigned conn, const struct fss__frame *header,
    const struct fss__frame *payload)
{
	struct sent *s = &g->sent[g->nsent++];
	struct fss__m_credit credit;
	struct fss__header h;
	struct fss__m_get get;

	assert_true(g->nsent < SENT);
	assert_int_equal(fss__header_decode(header->data, header->len, &h), 0);
	s->type = h.type;
	s->conn = conn;
	s->req = h.req;
	s->payload = payload != NULL ? payload->len : 0;
	s->session_len = h.session.n;
	memcpy(s->session, h.session.p != NULL ? h.session.p : "",
	    h.session.n);
	if (h.type == FSS__MSG_GET) {
		assert_int_equal(fss__fields_decode(h.fields, &fss__r_get,
		    &get, NULL), 0);
		s->received = get.received;
	}
	if (h.type == FSS__MSG_CREDIT) {
		assert_int_equal(fss__fields_decode(h.fields, &fss__r_credit,
		    &credit, NULL), 0);
		s->received = credit.received;
	}
}

/* Sends all that is to be sent over @conn; returns how many. */
static unsigned
pump(struct rig *g, unsigned conn)
{
	struct fss__frame *header, *payload;
	unsigned n = 0;

	while (fss__cs_next_send(g->cs, conn, g->now, &header, &payload) == 1) {
		note(g, conn, header, payload);
		fss__cs_sent(g->cs, conn, g->now);
		fss__frame_unref(header);
		fss__frame_unref(payload);
		n++;
	}
	return n;
}

static const struct sent *
last(const struct rig *g)
{
	assert_true(g->nsent > 0);
	return &g->sent[g->nsent - 1];
}

static void
welcome(struct rig *g)
{
	struct fss__m_welcome m;

	hub_welcome_fill(&m, g->session);
	feed(g, 0, hub_frame(FSS__MSG_HELLO + FSS__ANSWER, last(g)->req,
	    g->session, &fss__r_welcome, &m), 0);
}

/* To a session that stands. */
static void
rig_ready(struct rig *g)
{
	rig_open(g);
	step(g, FSS__CS_UP, 0, 0);
	assert_int_equal(pump(g, 0), 1);
	welcome(g);
	assert_int_equal(fss__cs_state(g->cs), FSS__CS_READY);
}

static int
try_request(struct rig *g, unsigned type, size_t payload, void *user,
    uint64_t *ret_req)
{
	union {
		struct fss__m_empty empty;
		struct fss__m_get get;
		struct fss__m_put put;
		struct fss__m_register reg;
	} m;
	struct fss__cs_request q;
	struct fss__cs_event ev = { 0 };
	int r;

	memset(&m, 0, sizeof(m));
	memset(&q, 0, sizeof(q));
	q.type = (uint8_t)type;
	q.rec = fss__message_find(type)->request;
	q.msg = &m;
	q.user = user;
	switch (type) {
	case FSS__MSG_GET:
		m.get.has = FSS__K_get_items;
		break;
	case FSS__MSG_PUT:
		m.put.has = FSS__K_put_ids | FSS__K_put_lens;
		m.put.ids = fss__slice_str("i");
		m.put.lens = fss__slice_str("l");
		q.payload = fss__frame_new(payload);
		assert_non_null(q.payload);
		break;
	case FSS__MSG_REGISTER:
		m.reg.has = FSS__K_register_name | FSS__K_register_password;
		m.reg.name = fss__slice_str("alice");
		m.reg.password = fss__slice_str("password");
		break;
	default:
		break;
	}
	ev.type = FSS__CS_REQUEST;
	ev.now_us = g->now;
	ev.request = &q;
	r = fss__cs_step(g->cs, &ev, &g->up);
	fss__frame_unref(q.payload);
	if (ret_req != NULL)
		*ret_req = q.ret_req;
	return r;
}

static uint64_t
request(struct rig *g, unsigned type, size_t payload, void *user)
{
	uint64_t req = 0;

	assert_int_equal(try_request(g, type, payload, user, &req), 0);
	assert_true(req != 0);
	return req;
}

static void
answer_ping(struct rig *g, uint64_t req)
{
	struct fss__m_empty m = { 0 };

	feed(g, 0, hub_frame(FSS__MSG_PING + FSS__ANSWER, req, NULL,
	    &fss__r_empty, &m), 0);
}

static void
answer_get(struct rig *g, unsigned conn, uint64_t req, size_t payload)
{
	struct fss__m_nodes m = { 0 };

	m.has = FSS__K_nodes_runs;
	feed(g, conn, hub_frame(FSS__MSG_GET + FSS__ANSWER, req, g->session,
	    &fss__r_nodes, &m), payload);
}

static void
answer_put(struct rig *g, unsigned conn, uint64_t req, uint64_t credit)
{
	struct fss__m_put_done m = { 0 };

	m.has = FSS__K_put_done_accepted | FSS__K_put_done_credit;
	m.credit = credit;
	feed(g, conn, hub_frame(FSS__MSG_PUT + FSS__ANSWER, req, g->session,
	    &fss__r_put_done, &m), 0);
}

/* The one answer there is: its error; checks whose it is. */
static int
take(struct rig *g, void *user)
{
	struct fss__cs_answer a;
	int code;

	assert_int_equal(fss__cs_next_answer(g->cs, &a), 1);
	assert_ptr_equal(a.user, user);
	code = a.err.code;
	fss__cs_answer_release(&a);
	return code;
}

static void
none(struct rig *g)
{
	struct fss__cs_answer a;

	assert_int_equal(fss__cs_next_answer(g->cs, &a), 0);
}

/* ---- tests ------------------------------------------------------------ */

static void
test_handshake(void **state)
{
	struct rig g;

	(void)state;
	rig_open(&g);
	assert_int_equal(pump(&g, 0), 0);	/* not connected */
	step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_HELLO);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->type, FSS__MSG_HELLO);
	assert_int_equal(last(&g)->session_len, 0);
	assert_int_equal(pump(&g, 0), 0);
	g.up.changed = false;
	welcome(&g);
	assert_true(g.up.changed);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	assert_string_equal(fss__cs_terms(g.cs)->account, "alice");
	assert_int_equal(fss__cs_terms(g.cs)->credit_max, 8000);
	assert_int_equal(fss__cs_epoch(g.cs), 1);
	rig_close(&g);
}

static void
test_request_before_connection(void **state)
{
	struct rig g;
	uint64_t req;
	int me;

	(void)state;
	rig_open(&g);
	req = request(&g, FSS__MSG_PING, 0, &me);
	step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->type, FSS__MSG_HELLO);
	welcome(&g);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->type, FSS__MSG_PING);
	assert_int_equal(last(&g)->req, req);
	assert_int_equal(last(&g)->session_len, 16);
	assert_memory_equal(last(&g)->session, g.session, 16);
	none(&g);
	answer_ping(&g, req);
	assert_int_equal(take(&g, &me), 0);
	none(&g);
	answer_ping(&g, req);			/* a second one finds nobody */
	none(&g);
	rig_close(&g);
}

static void
test_lanes(void **state)
{
	struct rig g;

	(void)state;
	rig_ready(&g);
	assert_int_equal(g.up.open, 0);		/* none is made idly */
	request(&g, FSS__MSG_GET, 0, NULL);
	request(&g, FSS__MSG_PUT, 10, NULL);
	request(&g, FSS__MSG_PING, 0, NULL);
	assert_int_equal(g.up.open, 6);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->type, FSS__MSG_PING);
	assert_int_equal(pump(&g, 1), 0);
	step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(pump(&g, 1), 2);
	assert_int_equal(g.sent[g.nsent - 2].type, FSS__MSG_GET);
	assert_int_equal(last(&g)->type, FSS__MSG_PUT);
	assert_int_equal(last(&g)->payload, 10);
	rig_close(&g);
}

static void
test_reconnect(void **state)
{
	uint64_t ping, put;
	uint8_t old[16];
	struct rig g;
	int a, b;

	(void)state;
	rig_ready(&g);
	ping = request(&g, FSS__MSG_PING, 0, &a);
	put = request(&g, FSS__MSG_PUT, 10, &b);
	step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(pump(&g, 1), 1);
	g.up = (struct fss__cs_update){ 0, 0, false };
	step(&g, FSS__CS_LOST, 0, FSS_ENOTCONN);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_DOWN);
	assert_int_equal(g.up.shut, 7);		/* a new session on new ones */
	assert_true(g.up.changed);
	assert_int_equal(take(&g, &b), FSS_ENOTCONN);
	none(&g);
	/* Back after a pause. */
	assert_int_equal(g.up.open, 0);
	g.now = fss__cs_deadline(g.cs);
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(g.up.open, 1);
	step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->type, FSS__MSG_HELLO);
	assert_int_equal(last(&g)->session_len, 16);	/* the former one */
	memcpy(old, g.session, 16);
	assert_memory_equal(last(&g)->session, old, 16);
	memset(g.session, 't', 16);
	welcome(&g);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->req, ping);
	assert_memory_equal(last(&g)->session, g.session, 16);
	/* A late answer of the former session does not count. */
	feed(&g, 0, hub_frame(FSS__MSG_PING + FSS__ANSWER, ping, old,
	    &fss__r_empty, &(struct fss__m_empty){ 0 }), 0);
	none(&g);
	answer_ping(&g, ping);
	assert_int_equal(take(&g, &a), 0);
	assert_true(put != ping);
	rig_close(&g);
}

static void
test_order_kept(void **state)
{
	uint64_t req[5];
	struct rig g;
	unsigned i;

	(void)state;
	rig_ready(&g);
	for (i = 0; i < 5; i++)
		req[i] = request(&g, FSS__MSG_PING, 0, NULL);
	assert_int_equal(pump(&g, 0), 5);
	step(&g, FSS__CS_LOST, 0, FSS_ENOTCONN);
	g.now = fss__cs_deadline(g.cs);
	step(&g, FSS__CS_TICK, 0, 0);
	step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(pump(&g, 0), 1);
	welcome(&g);
	assert_int_equal(pump(&g, 0), 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(g.sent[g.nsent - 5 + i].req, req[i]);
	rig_close(&g);
}

static void
test_session_forgotten(void **state)
{
	struct rig g;
	uint64_t req;
	unsigned i;
	int me;

	(void)state;
	rig_ready(&g);
	req = request(&g, FSS__MSG_REGISTER, 0, &me);
	assert_int_equal(pump(&g, 0), 1);
	feed(&g, 0, hub_error(req, FSS_ESESSION), 0);
	none(&g);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_HELLO);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->type, FSS__MSG_HELLO);
	welcome(&g);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->req, req);
	/* Not for ever. */
	for (i = 0; i < 10; i++) {
		feed(&g, 0, hub_error(req, FSS_ESESSION), 0);
		if (fss__cs_state(g.cs) != FSS__CS_HELLO)
			break;
		assert_int_equal(pump(&g, 0), 1);
		welcome(&g);
		assert_int_equal(pump(&g, 0), 1);
	}
	assert_true(i < 10);
	assert_int_equal(take(&g, &me), FSS_ESESSION);
	rig_close(&g);
}

static void
test_once_only(void **state)
{
	struct rig g;
	int me;

	(void)state;
	rig_ready(&g);
	request(&g, FSS__MSG_REGISTER, 0, &me);
	assert_int_equal(pump(&g, 0), 1);
	step(&g, FSS__CS_LOST, 0, FSS_ENOTCONN);
	assert_int_equal(take(&g, &me), FSS_ENOTCONN);
	rig_close(&g);
}

static void
test_put_credit(void **state)
{
	struct rig g;
	uint64_t one;

	(void)state;
	rig_ready(&g);			/* 1000 bytes */
	one = request(&g, FSS__MSG_PUT, 700, NULL);
	request(&g, FSS__MSG_PUT, 700, NULL);
	step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(pump(&g, 1), 1);
	answer_put(&g, 1, one, 2000);
	assert_int_equal(take(&g, NULL), 0);
	request(&g, FSS__MSG_PUT, 1300, NULL);
	assert_int_equal(pump(&g, 1), 2);	/* just full */
	/* Refused for credit after all: again, when there is some. */
	feed(&g, 1, hub_error(last(&g)->req, FSS_ECREDIT), 0);
	none(&g);
	assert_int_equal(pump(&g, 1), 0);
	g.now += 1000 * MS;
	assert_int_equal(pump(&g, 1), 1);
	assert_int_equal(last(&g)->payload, 1300);
	rig_close(&g);
}

static void
test_put_larger_than_credit(void **state)
{
	struct rig g;

	(void)state;
	rig_ready(&g);
	request(&g, FSS__MSG_PUT, 5000, NULL);
	request(&g, FSS__MSG_PUT, 1, NULL);
	step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(pump(&g, 1), 1);	/* one is always allowed */
	assert_int_equal(last(&g)->payload, 5000);
	rig_close(&g);
}

static void
test_get_received(void **state)
{
	struct rig g;
	uint64_t req;

	(void)state;
	rig_ready(&g);			/* reports after 1000 / 4 bytes */
	req = request(&g, FSS__MSG_GET, 0, NULL);
	step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(pump(&g, 1), 1);
	assert_int_equal(last(&g)->received, 0);
	answer_get(&g, 1, req, 200);
	assert_int_equal(take(&g, NULL), 0);
	assert_int_equal(pump(&g, 0), 0);
	/* A GET carries it ... */
	req = request(&g, FSS__MSG_GET, 0, NULL);
	assert_int_equal(pump(&g, 1), 1);
	assert_int_equal(last(&g)->received, 200);
	answer_get(&g, 1, req, 300);
	assert_int_equal(take(&g, NULL), 0);
	/* ... or without one, CREDIT does. */
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->type, FSS__MSG_CREDIT);
	assert_int_equal(last(&g)->received, 500);
	assert_int_equal(pump(&g, 0), 0);
	/* What nobody waits for any more was received all the same. */
	req = request(&g, FSS__MSG_GET, 0, NULL);
	assert_int_equal(pump(&g, 1), 1);
	{
		struct fss__cs_event ev = { 0 };

		ev.type = FSS__CS_CANCEL;
		ev.now_us = g.now;
		ev.req = req;
		assert_int_equal(fss__cs_step(g.cs, &ev, &g.up), 0);
	}
	answer_get(&g, 1, req, 400);
	none(&g);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->received, 900);
	rig_close(&g);
}

/* Or the hub, of which much is asked, would keep what waits back for ever. */
static void
test_get_received_step(void **state)
{
	const size_t n = FSS__MAX_CREDIT_STEP;
	struct fss__m_welcome m;
	struct rig g;
	uint64_t first;

	(void)state;
	rig_open(&g);
	step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(pump(&g, 0), 1);
	hub_welcome_fill(&m, g.session);
	m.credit = FSS__MAX_CREDIT_FIRST;
	feed(&g, 0, hub_frame(FSS__MSG_HELLO + FSS__ANSWER, last(&g)->req,
	    g.session, &fss__r_welcome, &m), 0);
	first = request(&g, FSS__MSG_GET, 0, NULL);
	(void)request(&g, FSS__MSG_GET, 0, NULL);
	step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(pump(&g, 1), 2);
	answer_get(&g, 1, first, n);
	assert_int_equal(take(&g, NULL), 0);
	assert_int_equal(pump(&g, 0), 1);
	assert_int_equal(last(&g)->type, FSS__MSG_CREDIT);
	assert_int_equal(last(&g)->received, n);
	rig_close(&g);
}

/* A bulk connection that goes with GETs on it takes the session along. */
static void
test_bulk_lost(void **state)
{
	struct rig g;
	uint64_t req;

	(void)state;
	rig_ready(&g);
	req = request(&g, FSS__MSG_GET, 0, NULL);
	step(&g, FSS__CS_UP, 1, 0);
	step(&g, FSS__CS_UP, 2, 0);
	assert_int_equal(pump(&g, 1), 1);
	/* An idle one does not. */
	step(&g, FSS__CS_LOST, 2, FSS_ENOTCONN);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	step(&g, FSS__CS_LOST, 1, FSS_ENOTCONN);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_HELLO);
	assert_int_equal(pump(&g, 0), 1);
	g.up.open = 0;
	welcome(&g);
	g.now = fss__cs_deadline(g.cs);
	step(&g, FSS__CS_TICK, 0, 0);
	step(&g, FSS__CS_UP, 1, 0);
	step(&g, FSS__CS_UP, 2, 0);
	pump(&g, 1);
	pump(&g, 2);
	assert_int_equal(last(&g)->type, FSS__MSG_GET);
	assert_int_equal(last(&g)->req, req);
	rig_close(&g);
}

/* Content is spread: none carries two more than another that stands. */
static void
test_bulk_shared(void **state)
{
	unsigned i, n = 0;
	struct rig g;
	uint64_t req;

	(void)state;
	rig_ready(&g);
	for (i = 0; i < 6; i++)
		request(&g, FSS__MSG_GET, 0, NULL);
	step(&g, FSS__CS_UP, 1, 0);
	step(&g, FSS__CS_UP, 2, 0);
	assert_int_equal(pump(&g, 1), 1);
	assert_int_equal(pump(&g, 2), 2);
	for (i = 0; i < 4; i++)
		n += pump(&g, 1 + i % 2);
	assert_int_equal(n, 3);
	none(&g);
	for (i = 0, n = 0; i < g.nsent; i++)
		n += g.sent[i].type == FSS__MSG_GET && g.sent[i].conn == 1;
	assert_int_equal(n, 3);
	/* The one that has less to do gets the next. */
	for (i = 0; g.sent[i].type != FSS__MSG_GET || g.sent[i].conn != 2; i++)
		;
	answer_get(&g, 2, g.sent[i].req, 100);
	assert_int_equal(take(&g, NULL), 0);
	req = request(&g, FSS__MSG_GET, 0, NULL);
	assert_int_equal(pump(&g, 1), 0);
	assert_int_equal(pump(&g, 2), 1);
	assert_int_equal(last(&g)->req, req);
	rig_close(&g);
}

static void
test_heartbeat(void **state)
{
	struct rig g;
	unsigned i;

	(void)state;
	rig_ready(&g);
	for (i = 0; i < 5; i++) {
		assert_int_equal(fss__cs_deadline(g.cs), g.now + 15000 * MS);
		g.now += 15000 * MS;
		step(&g, FSS__CS_TICK, 0, 0);
		assert_int_equal(pump(&g, 0), 1);
		assert_int_equal(last(&g)->type, FSS__MSG_PING);
		answer_ping(&g, last(&g)->req);
		none(&g);
	}
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	/* And now silence. */
	g.up = (struct fss__cs_update){ 0, 0, false };
	while (fss__cs_state(g.cs) == FSS__CS_READY) {
		g.now = fss__cs_deadline(g.cs);
		step(&g, FSS__CS_TICK, 0, 0);
		pump(&g, 0);
	}
	assert_true(g.up.shut & 1);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_ETIMEDOUT);
	assert_true(g.now <= 1000000 + 8 * 15000 * MS);
	rig_close(&g);
}

static void
test_backoff(void **state)
{
	int64_t before, longest = 0;
	struct rig g;
	unsigned i;

	(void)state;
	rig_open(&g);
	for (i = 0; i < 30; i++) {
		step(&g, FSS__CS_LOST, 0, FSS_EUNREACH);
		before = g.now;
		g.now = fss__cs_deadline(g.cs);
		assert_true(g.now > before);
		assert_true(g.now - before <= 10000 * MS);
		if (g.now - before > longest)
			longest = g.now - before;
		g.up.open = 0;
		step(&g, FSS__CS_TICK, 0, 0);
		assert_int_equal(g.up.open, 1);
		if (i == 0)
			assert_true(longest <= 100 * MS);
	}
	assert_true(longest > 5000 * MS);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_EUNREACH);
	rig_close(&g);
}

static void
test_no_answer_to_hello(void **state)
{
	struct rig g;

	(void)state;
	rig_open(&g);
	step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(pump(&g, 0), 1);
	g.now = fss__cs_deadline(g.cs);
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_DOWN);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_ETIMEDOUT);
	rig_close(&g);
}

static void
test_version_refused(void **state)
{
	struct fss__m_error m = { 0 };
	struct rig g;

	(void)state;
	rig_open(&g);
	step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(pump(&g, 0), 1);
	m.has = FSS__K_error_code | FSS__K_error_min_version |
	    FSS__K_error_max_version;
	m.code = (uint64_t)-FSS_EVERSION;
	m.min_version = 7;
	m.max_version = 9;
	feed(&g, 0, hub_frame(FSS__MSG_ERROR, last(&g)->req, NULL,
	    &fss__r_error, &m), 0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_REFUSED);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_EVERSION);
	assert_non_null(strstr(fss__cs_error(g.cs)->detail, "7 to 9"));
	rig_close(&g);
}

static void
test_hello_refused_for_now(void **state)
{
	struct rig g;

	(void)state;
	rig_open(&g);
	step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(pump(&g, 0), 1);
	feed(&g, 0, hub_error(last(&g)->req, FSS_EOVERLOAD), 0);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_EOVERLOAD);
	assert_int_equal(pump(&g, 0), 0);
	g.now = fss__cs_deadline(g.cs);
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(pump(&g, 0), 1);
	welcome(&g);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	rig_close(&g);
}

static void
test_host_key(void **state)
{
	struct rig g;

	(void)state;
	rig_open(&g);
	step(&g, FSS__CS_LOST, 0, FSS_EHOSTKEY);
	assert_int_equal(fss__cs_error(g.cs)->code, 0);	/* may be a restart */
	g.now = fss__cs_deadline(g.cs);
	step(&g, FSS__CS_TICK, 0, 0);
	g.up.changed = false;
	step(&g, FSS__CS_LOST, 0, FSS_EHOSTKEY);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_EHOSTKEY);
	assert_true(g.up.changed);
	rig_close(&g);
}

static void
test_overload(void **state)
{
	struct rig g;
	uint64_t req;
	unsigned i;
	int me;

	(void)state;
	rig_ready(&g);
	req = request(&g, FSS__MSG_PING, 0, &me);
	for (i = 0; i < 100; i++) {
		assert_int_equal(pump(&g, 0), 1);
		assert_int_equal(last(&g)->req, req);
		feed(&g, 0, hub_error(req, FSS_EOVERLOAD), 0);
		if (pump(&g, 0) == 0 && fss__cs_pending(g.cs) == 0)
			break;
		g.now = fss__cs_deadline(g.cs);
	}
	assert_true(i >= 5 && i < 100);
	assert_int_equal(take(&g, &me), FSS_EOVERLOAD);
	rig_close(&g);
}

static void
test_bad_frames(void **state)
{
	struct fss__m_empty empty = { 0 };
	struct fss__m_welcome m;
	struct fss__frame *f;
	struct rig g;
	uint64_t req;
	int i, me;

	(void)state;
	/* Rubbish concerns nobody; of a hub with no more to say it is none. */
	rig_ready(&g);
	for (i = 0; fss__cs_state(g.cs) == FSS__CS_READY; i++) {
		assert_true(i < 10);
		f = fss__frame_new(3);
		memcpy(f->data, "abc", 3);
		feed(&g, 0, f, 0);
		assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
		g.now = fss__cs_deadline(g.cs);
		step(&g, FSS__CS_TICK, 0, 0);
		(void)pump(&g, 0);
	}
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_ETIMEDOUT);
	rig_close(&g);
	/* The answer to something else. */
	rig_ready(&g);
	req = request(&g, FSS__MSG_PING, 0, &me);
	pump(&g, 0);
	answer_get(&g, 0, req, 0);
	assert_int_equal(take(&g, &me), FSS_EPROTO);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	/* One with an element too many, and one with frames too many. */
	req = request(&g, FSS__MSG_PING, 0, &me);
	pump(&g, 0);
	f = hub_frame(FSS__MSG_PING + FSS__ANSWER, req, NULL, &fss__r_empty,
	    &empty);
	f->data[0]++;
	feed(&g, 0, f, 0);
	assert_int_equal(take(&g, &me), FSS_EPROTO);
	req = request(&g, FSS__MSG_PING, 0, &me);
	pump(&g, 0);
	g.cut = true;
	answer_ping(&g, req);
	g.cut = false;
	assert_int_equal(take(&g, &me), FSS_EPROTO);
	/* An error that tells of none. */
	req = request(&g, FSS__MSG_PING, 0, &me);
	pump(&g, 0);
	feed(&g, 0, hub_frame(FSS__MSG_ERROR, req, NULL, &fss__r_empty,
	    &empty), 0);
	assert_int_equal(take(&g, &me), FSS_EPROTO);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	assert_int_equal(fss__cs_epoch(g.cs), 1);
	none(&g);
	rig_close(&g);
	/* Terms that cannot be. */
	rig_open(&g);
	step(&g, FSS__CS_UP, 0, 0);
	pump(&g, 0);
	hub_welcome_fill(&m, g.session);
	m.chunk_avg = 3;
	feed(&g, 0, hub_frame(FSS__MSG_HELLO + FSS__ANSWER, last(&g)->req,
	    NULL, &fss__r_welcome, &m), 0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_DOWN);
	rig_close(&g);
	/* An account no hub can have, for a terminal to obey. */
	rig_open(&g);
	step(&g, FSS__CS_UP, 0, 0);
	pump(&g, 0);
	hub_welcome_fill(&m, g.session);
	m.has |= FSS__K_welcome_account;
	m.account = fss__slice_str("a\x1b[2J");
	feed(&g, 0, hub_frame(FSS__MSG_HELLO + FSS__ANSWER, last(&g)->req,
	    NULL, &fss__r_welcome, &m), 0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_DOWN);
	rig_close(&g);
	/* A WELCOME nobody asked for. */
	rig_ready(&g);
	memset(g.session, 'x', 16);
	welcome(&g);
	assert_int_equal(fss__cs_epoch(g.cs), 1);
	rig_close(&g);
}

/* What it costs: credit for both directions is reckoned all the same. */
static void
test_spoilt_content(void **state)
{
	struct fss__m_empty empty = { 0 };
	struct fss__frame *f;
	struct rig g;
	uint64_t req;
	int me;

	(void)state;
	rig_ready(&g);
	req = request(&g, FSS__MSG_PUT, 1000, &me);
	step(&g, FSS__CS_UP, 1, 0);
	pump(&g, 1);
	feed(&g, 1, hub_frame(FSS__MSG_PUT + FSS__ANSWER, req, g.session,
	    &fss__r_empty, &empty), 0);
	assert_int_equal(take(&g, &me), FSS_EPROTO);
	/* Nothing of it is in flight any more. */
	request(&g, FSS__MSG_PUT, 1000, &me);
	assert_int_equal(pump(&g, 1), 1);
	/* The payload of an answer that was spoilt came all the same. */
	req = request(&g, FSS__MSG_GET, 0, &me);
	pump(&g, 1);
	f = hub_frame(FSS__MSG_GET + FSS__ANSWER, req, g.session,
	    &fss__r_empty, &empty);
	f->data[0]++;
	feed(&g, 1, f, 100);
	assert_int_equal(take(&g, &me), FSS_EPROTO);
	request(&g, FSS__MSG_GET, 0, &me);
	assert_int_equal(pump(&g, 1), 1);
	assert_int_equal(last(&g)->received, 100);
	/* One of a former session has no part in it. */
	memset(g.session, 'x', sizeof(g.session));
	f = hub_frame(FSS__MSG_GET + FSS__ANSWER, last(&g)->req, g.session,
	    &fss__r_empty, &empty);
	f->data[0]++;
	feed(&g, 1, f, 100);
	none(&g);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	rig_close(&g);
}

/* What no message can be made of is refused, and keeps nobody waiting. */
static void
test_request_too_large(void **state)
{
	struct fss__cs_request q = { 0 };
	struct fss__cs_event ev = { 0 };
	struct fss__m_get get = { 0 };
	uint8_t items[FSS__MAX_GET_ITEMS + 1];
	struct rig g;

	(void)state;
	rig_ready(&g);
	assert_int_equal(try_request(&g, FSS__MSG_PUT, FSS__MAX_PAYLOAD + 1,
	    NULL, NULL), FSS_ETOOBIG);
	memset(items, 0x80, sizeof(items));
	get.has = FSS__K_get_items;
	get.items.p = items;
	get.items.n = get.items.count = sizeof(items);
	q.type = FSS__MSG_GET;
	q.rec = &fss__r_get;
	q.msg = &get;
	ev.type = FSS__CS_REQUEST;
	ev.now_us = g.now;
	ev.request = &q;
	assert_int_equal(fss__cs_step(g.cs, &ev, &g.up), FSS_ETOOBIG);
	assert_int_equal(fss__cs_pending(g.cs), 0);
	assert_int_equal(fss__cs_room(g.cs), FSS__CS_TABLE);
	request(&g, FSS__MSG_GET, 0, NULL);
	step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(pump(&g, 1), 1);
	rig_close(&g);
}

static void
test_cancel(void **state)
{
	struct fss__cs_event ev = { 0 };
	struct rig g;
	uint64_t req;

	(void)state;
	rig_ready(&g);
	ev.type = FSS__CS_CANCEL;
	ev.now_us = g.now;
	/* Queued. */
	ev.req = request(&g, FSS__MSG_PING, 0, NULL);
	assert_int_equal(fss__cs_step(g.cs, &ev, &g.up), 0);
	assert_int_equal(pump(&g, 0), 0);
	/* Sent: its PUT's credit stays taken till the hub is done. */
	ev.req = req = request(&g, FSS__MSG_PUT, 1000, NULL);
	step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(pump(&g, 1), 1);
	assert_int_equal(fss__cs_step(g.cs, &ev, &g.up), 0);
	request(&g, FSS__MSG_PUT, 500, NULL);
	assert_int_equal(pump(&g, 1), 0);
	answer_put(&g, 1, req, 1000);
	none(&g);
	assert_int_equal(pump(&g, 1), 1);
	/* Unknown. */
	ev.req = 12345;
	assert_int_equal(fss__cs_step(g.cs, &ev, &g.up), 0);
	rig_close(&g);
}

static void
test_table_full(void **state)
{
	struct rig g;
	unsigned n = 0;

	(void)state;
	rig_ready(&g);
	while (try_request(&g, FSS__MSG_PING, 0, NULL, NULL) == 0)
		n++;
	assert_int_equal(n, FSS__CS_TABLE);
	assert_int_equal(fss__cs_room(g.cs), 0);
	assert_int_equal(pump(&g, 0), 256);	/* as many as WELCOME allows */
	answer_ping(&g, g.sent[1].req);
	assert_int_equal(take(&g, NULL), 0);
	assert_int_equal(try_request(&g, FSS__MSG_PING, 0, NULL, NULL), 0);
	rig_close(&g);
}

/*
 * Whatever happens in whatever order: each request is answered once, never
 * more is sent than allowed, and a hub that behaves gets it all done.
 */
#define MANY	400

static void
random_run(uint64_t seed)
{
	struct rng rng = { seed };
	struct fss__cs_answer a;
	unsigned answered[MANY] = { 0 }, made = 0, i, conn, done = 0;
	static struct rig g;
	uint64_t req[MANY];
	struct sent *s;

	rig_open(&g);
	for (i = 0; i < 20000 && done < MANY; i++) {
		conn = (unsigned)rng_below(&rng, CONNS);
		switch (rng_below(&rng, i < 4000 ? 9 : 7)) {
		case 0:
		case 1:
			if (made < MANY && try_request(&g,
			    rng_below(&rng, 3) == 0 ? FSS__MSG_PUT :
			    rng_below(&rng, 2) == 0 ? FSS__MSG_GET :
			    FSS__MSG_PING, 1 + (size_t)rng_below(&rng, 900),
			    &answered[made], &req[made]) == 0)
				made++;
			break;
		case 2:
			g.now += (int64_t)rng_below(&rng, 300) * MS;
			step(&g, FSS__CS_TICK, 0, 0);
			break;
		case 3:
			step(&g, FSS__CS_UP, conn, 0);
			break;
		case 4:
		case 5:
		case 6:
			pump(&g, conn);
			while (g.nsent > 0) {
				s = &g.sent[g.nsent - 1];
				if (s->type == FSS__MSG_HELLO) {
					memset(g.session, (int)(i & 0xff), 16);
					welcome(&g);
				} else if (s->type == FSS__MSG_PING) {
					answer_ping(&g, s->req);
				} else if (s->type == FSS__MSG_GET) {
					answer_get(&g, s->conn, s->req, 50);
				} else if (s->type == FSS__MSG_PUT) {
					answer_put(&g, s->conn, s->req,
					    rng_below(&rng, 2000));
				}
				g.nsent--;
				if (i < 4000 && rng_below(&rng, 4) == 0)
					break;
			}
			break;
		case 7:
			step(&g, FSS__CS_LOST, conn, FSS_ENOTCONN);
			g.nsent = 0;
			break;
		case 8:
			if (g.nsent > 0) {
				g.nsent--;
				feed(&g, g.sent[g.nsent].conn, hub_error(
				    g.sent[g.nsent].req,
				    -(int)(1 + rng_below(&rng, 45))), 0);
			}
			break;
		}
		while (fss__cs_next_answer(g.cs, &a) == 1) {
			++*(unsigned *)a.user;
			done++;
			fss__cs_answer_release(&a);
		}
		if (fss__cs_state(g.cs) == FSS__CS_REFUSED)
			break;
		if (g.nsent > SENT / 2)
			g.nsent = 0;
	}
	for (i = 0; i < MANY; i++)
		assert_true(answered[i] <= 1);
	assert_true(made >= done);
	rig_close(&g);
}

static void
test_random(void **state)
{
	uint64_t seed;

	(void)state;
	for (seed = 1; seed <= 60; seed++)
		random_run(seed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshake),
		cmocka_unit_test(test_request_before_connection),
		cmocka_unit_test(test_lanes),
		cmocka_unit_test(test_reconnect),
		cmocka_unit_test(test_order_kept),
		cmocka_unit_test(test_session_forgotten),
		cmocka_unit_test(test_once_only),
		cmocka_unit_test(test_put_credit),
		cmocka_unit_test(test_put_larger_than_credit),
		cmocka_unit_test(test_get_received),
		cmocka_unit_test(test_get_received_step),
		cmocka_unit_test(test_bulk_lost),
		cmocka_unit_test(test_bulk_shared),
		cmocka_unit_test(test_heartbeat),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_no_answer_to_hello),
		cmocka_unit_test(test_version_refused),
		cmocka_unit_test(test_hello_refused_for_now),
		cmocka_unit_test(test_host_key),
		cmocka_unit_test(test_overload),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_spoilt_content),
		cmocka_unit_test(test_request_too_large),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_table_full),
		cmocka_unit_test(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
