/*
 * Content through the client's session machine: over which connection it
 * goes, what credit lets go at once in either direction, and what is left of
 * both when an answer is spoilt, cancelled or the connection lost.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "client_rig.h"
#include "hub_frame.h"

#define MS	INT64_C(1000)

static void
cancel(struct rig *g, uint64_t req)
{
	struct fss__cs_event ev = { 0 };

	ev.type = FSS__CS_CANCEL;
	ev.now_us = g->now;
	ev.req = req;
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
}

static void
test_lanes(void **state)
{
	struct rig g;

	(void)state;
	rig_ready(&g);
	assert_int_equal(g.up.open, 0);		/* none is made idly */
	rig_request(&g, FSS__MSG_GET, 0, NULL);
	rig_request(&g, FSS__MSG_PUT, 10, NULL);
	rig_request(&g, FSS__MSG_PING, 0, NULL);
	assert_int_equal(g.up.open, 6);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_PING);
	assert_int_equal(rig_pump(&g, 1), 0);
	rig_step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(rig_pump(&g, 1), 2);
	assert_int_equal(g.sent[g.nsent - 2].type, FSS__MSG_GET);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_PUT);
	assert_int_equal(rig_last(&g)->payload, 10);
	rig_close(&g);
}

static void
test_put_credit(void **state)
{
	struct rig g;
	uint64_t one;

	(void)state;
	rig_ready(&g);			/* 1000 bytes */
	one = rig_request(&g, FSS__MSG_PUT, 700, NULL);
	rig_request(&g, FSS__MSG_PUT, 700, NULL);
	rig_step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(rig_pump(&g, 1), 1);
	rig_answer_put(&g, 1, one, 2000);
	assert_int_equal(rig_take(&g, NULL), 0);
	rig_request(&g, FSS__MSG_PUT, 1300, NULL);
	assert_int_equal(rig_pump(&g, 1), 2);	/* just full */
	/* Refused for credit after all: again, when there is some. */
	rig_feed(&g, 1, hub_error(rig_last(&g)->req, FSS_ECREDIT), 0);
	rig_none(&g);
	assert_int_equal(rig_pump(&g, 1), 0);
	g.now += 1000 * MS;
	assert_int_equal(rig_pump(&g, 1), 1);
	assert_int_equal(rig_last(&g)->payload, 1300);
	rig_close(&g);
}

static void
test_put_larger_than_credit(void **state)
{
	struct rig g;

	(void)state;
	rig_ready(&g);
	rig_request(&g, FSS__MSG_PUT, 5000, NULL);
	rig_request(&g, FSS__MSG_PUT, 1, NULL);
	rig_step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(rig_pump(&g, 1), 1);	/* one is always allowed */
	assert_int_equal(rig_last(&g)->payload, 5000);
	rig_close(&g);
}

static void
test_get_received(void **state)
{
	struct rig g;
	uint64_t req;

	(void)state;
	rig_ready(&g);			/* reports after 1000 / 4 bytes */
	req = rig_request(&g, FSS__MSG_GET, 0, NULL);
	rig_step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(rig_pump(&g, 1), 1);
	assert_int_equal(rig_last(&g)->received, 0);
	rig_answer_get(&g, 1, req, 200);
	assert_int_equal(rig_take(&g, NULL), 0);
	assert_int_equal(rig_pump(&g, 0), 0);
	/* A GET carries it ... */
	req = rig_request(&g, FSS__MSG_GET, 0, NULL);
	assert_int_equal(rig_pump(&g, 1), 1);
	assert_int_equal(rig_last(&g)->received, 200);
	rig_answer_get(&g, 1, req, 300);
	assert_int_equal(rig_take(&g, NULL), 0);
	/* ... or without one, CREDIT does. */
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_CREDIT);
	assert_int_equal(rig_last(&g)->received, 500);
	assert_int_equal(rig_pump(&g, 0), 0);
	/* What nobody waits for any more was received all the same. */
	req = rig_request(&g, FSS__MSG_GET, 0, NULL);
	assert_int_equal(rig_pump(&g, 1), 1);
	cancel(&g, req);
	rig_answer_get(&g, 1, req, 400);
	rig_none(&g);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->received, 900);
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
	rig_hello(&g);
	hub_welcome_fill(&m, g.session);
	m.credit = FSS__MAX_CREDIT_FIRST;
	rig_feed(&g, 0,
	    hub_frame(FSS__MSG_HELLO + FSS__ANSWER, rig_last(&g)->req,
		g.session, &fss__r_welcome, &m),
	    0);
	first = rig_request(&g, FSS__MSG_GET, 0, NULL);
	(void)rig_request(&g, FSS__MSG_GET, 0, NULL);
	rig_step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(rig_pump(&g, 1), 2);
	rig_answer_get(&g, 1, first, n);
	assert_int_equal(rig_take(&g, NULL), 0);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_CREDIT);
	assert_int_equal(rig_last(&g)->received, n);
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
	req = rig_request(&g, FSS__MSG_GET, 0, NULL);
	rig_step(&g, FSS__CS_UP, 1, 0);
	rig_step(&g, FSS__CS_UP, 2, 0);
	assert_int_equal(rig_pump(&g, 1), 1);
	/* An idle one does not. */
	rig_step(&g, FSS__CS_LOST, 2, FSS_ENOTCONN);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	rig_step(&g, FSS__CS_LOST, 1, FSS_ENOTCONN);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_HELLO);
	assert_int_equal(rig_pump(&g, 0), 1);
	g.up.open = 0;
	rig_welcome(&g);
	rig_due(&g);
	rig_step(&g, FSS__CS_UP, 1, 0);
	rig_step(&g, FSS__CS_UP, 2, 0);
	rig_pump(&g, 1);
	rig_pump(&g, 2);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_GET);
	assert_int_equal(rig_last(&g)->req, req);
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
		rig_request(&g, FSS__MSG_GET, 0, NULL);
	rig_step(&g, FSS__CS_UP, 1, 0);
	rig_step(&g, FSS__CS_UP, 2, 0);
	assert_int_equal(rig_pump(&g, 1), 1);
	assert_int_equal(rig_pump(&g, 2), 2);
	for (i = 0; i < 4; i++)
		n += rig_pump(&g, 1 + i % 2);
	assert_int_equal(n, 3);
	rig_none(&g);
	for (i = 0, n = 0; i < g.nsent; i++)
		n += g.sent[i].type == FSS__MSG_GET && g.sent[i].conn == 1;
	assert_int_equal(n, 3);
	/* The one that has less to do gets the next. */
	for (i = 0; g.sent[i].type != FSS__MSG_GET || g.sent[i].conn != 2; i++)
		;
	rig_answer_get(&g, 2, g.sent[i].req, 100);
	assert_int_equal(rig_take(&g, NULL), 0);
	req = rig_request(&g, FSS__MSG_GET, 0, NULL);
	assert_int_equal(rig_pump(&g, 1), 0);
	assert_int_equal(rig_pump(&g, 2), 1);
	assert_int_equal(rig_last(&g)->req, req);
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
	req = rig_request(&g, FSS__MSG_PUT, 1000, &me);
	rig_step(&g, FSS__CS_UP, 1, 0);
	rig_pump(&g, 1);
	rig_feed(&g, 1, hub_frame(FSS__MSG_PUT + FSS__ANSWER, req, g.session,
	    &fss__r_empty, &empty), 0);
	assert_int_equal(rig_take(&g, &me), FSS_EPROTO);
	/* Nothing of it is in flight any more. */
	rig_request(&g, FSS__MSG_PUT, 1000, &me);
	assert_int_equal(rig_pump(&g, 1), 1);
	/* The payload of an answer that was spoilt came all the same. */
	req = rig_request(&g, FSS__MSG_GET, 0, &me);
	rig_pump(&g, 1);
	f = hub_frame(FSS__MSG_GET + FSS__ANSWER, req, g.session,
	    &fss__r_empty, &empty);
	f->data[0]++;
	rig_feed(&g, 1, f, 100);
	assert_int_equal(rig_take(&g, &me), FSS_EPROTO);
	rig_request(&g, FSS__MSG_GET, 0, &me);
	assert_int_equal(rig_pump(&g, 1), 1);
	assert_int_equal(rig_last(&g)->received, 100);
	/* One of a former session has no part in it. */
	memset(g.session, 'x', sizeof(g.session));
	f = hub_frame(FSS__MSG_GET + FSS__ANSWER, rig_last(&g)->req, g.session,
	    &fss__r_empty, &empty);
	f->data[0]++;
	rig_feed(&g, 1, f, 100);
	rig_none(&g);
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
	assert_int_equal(rig_try_request(&g, FSS__MSG_PUT, FSS__MAX_PAYLOAD + 1,
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
	rig_request(&g, FSS__MSG_GET, 0, NULL);
	rig_step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(rig_pump(&g, 1), 1);
	rig_close(&g);
}

static void
test_cancel(void **state)
{
	struct rig g;
	uint64_t req;

	(void)state;
	rig_ready(&g);
	/* Queued. */
	cancel(&g, rig_request(&g, FSS__MSG_PING, 0, NULL));
	assert_int_equal(rig_pump(&g, 0), 0);
	/* Sent: its PUT's credit stays taken till the hub is done. */
	req = rig_request(&g, FSS__MSG_PUT, 1000, NULL);
	rig_step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(rig_pump(&g, 1), 1);
	cancel(&g, req);
	rig_request(&g, FSS__MSG_PUT, 500, NULL);
	assert_int_equal(rig_pump(&g, 1), 0);
	rig_answer_put(&g, 1, req, 1000);
	rig_none(&g);
	assert_int_equal(rig_pump(&g, 1), 1);
	/* Unknown. */
	cancel(&g, 12345);
	rig_close(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lanes),
		cmocka_unit_test(test_put_credit),
		cmocka_unit_test(test_put_larger_than_credit),
		cmocka_unit_test(test_get_received),
		cmocka_unit_test(test_get_received_step),
		cmocka_unit_test(test_bulk_lost),
		cmocka_unit_test(test_bulk_shared),
		cmocka_unit_test(test_spoilt_content),
		cmocka_unit_test(test_request_too_large),
		cmocka_unit_test(test_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
