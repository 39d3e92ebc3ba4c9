/*
 * How many connections the client's session machine makes for content.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hub_frame.h"
#include "proto/client_session.h"

#define CONNS	FSS__CS_MAX_CONNS
#define MS	INT64_C(1000)
#define REST	(30000 * MS)
#define NEAR	(1 * MS)
#define FAR	(100 * MS)
#define FAR_N	6		/* connections on such a line */

struct rig {
	struct fss__cs	*cs;
	struct fss__cs_update up;
	int64_t		 now;
	uint8_t		 session[16];
};

static void
step(struct rig *g, enum fss__cs_event_type type, unsigned conn, int64_t rtt)
{
	struct fss__cs_event ev = { 0 };

	ev.type = type;
	ev.conn = conn;
	ev.rtt_us = rtt;
	ev.reason = FSS_ENOTCONN;
	ev.now_us = g->now;
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
}

/* Connections asked for since the last time. */
static unsigned
opened(struct rig *g)
{
	unsigned n = (unsigned)__builtin_popcount(g->up.open);

	g->up.open = 0;
	return n;
}

static void
begin(struct rig *g, bool adapt)
{
	memset(g, 0, sizeof(*g));
	g->now = 1000000;
	memset(g->session, 's', sizeof(g->session));
	assert_int_equal(fss__cs_new(CONNS, "test", 1, &g->cs), 0);
	if (adapt)
		fss__cs_adapt(g->cs);
	step(g, FSS__CS_START, 0, 0);
	assert_int_equal(opened(g), 1);
}

/* The HELLO that is to be sent is answered. */
static void
welcome(struct rig *g)
{
	struct fss__cs_event ev = { 0 };
	struct fss__frame *header, *payload;
	struct fss__m_welcome m;
	struct fss__header h;

	assert_int_equal(fss__cs_next_send(g->cs, 0, g->now, &header,
	    &payload), 1);
	assert_int_equal(fss__header_decode(header->data, header->len, &h), 0);
	fss__cs_sent(g->cs, 0, g->now);
	hub_welcome_fill(&m, g->session);
	ev.type = FSS__CS_FRAME;
	ev.now_us = g->now;
	ev.header = hub_frame(FSS__MSG_HELLO + FSS__ANSWER, h.req, g->session,
	    &fss__r_welcome, &m);
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
	fss__frame_unref(ev.header);
	fss__frame_unref(header);
}

/* The control connection stands, and so does a session. */
static void
stand(struct rig *g)
{
	step(g, FSS__CS_UP, 0, 0);
	welcome(g);
	assert_int_equal(fss__cs_state(g->cs), FSS__CS_READY);
}

static void
get(struct rig *g, unsigned n)
{
	struct fss__cs_request q = { 0 };
	struct fss__cs_event ev = { 0 };
	struct fss__m_get m = { 0 };

	m.has = FSS__K_get_items;
	q.type = FSS__MSG_GET;
	q.rec = fss__message_find(FSS__MSG_GET)->request;
	q.msg = &m;
	ev.type = FSS__CS_REQUEST;
	ev.now_us = g->now;
	ev.request = &q;
	while (n-- > 0)
		assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
}

/* Sends what may go over @conn; how many, and the last one's number. */
static unsigned
pump(struct rig *g, unsigned conn, uint64_t *ret_req)
{
	struct fss__frame *header, *payload;
	struct fss__header h;
	unsigned n = 0;

	while (fss__cs_next_send(g->cs, conn, g->now, &header, &payload) == 1) {
		assert_int_equal(fss__header_decode(header->data, header->len,
		    &h), 0);
		*ret_req = h.req;
		fss__cs_sent(g->cs, conn, g->now);
		fss__frame_unref(header);
		fss__frame_unref(payload);
		n++;
	}
	return n;
}

static void
answer(struct rig *g, unsigned conn, uint64_t req)
{
	struct fss__cs_event ev = { 0 };
	struct fss__cs_answer a;
	struct fss__m_nodes m = { 0 };

	m.has = FSS__K_nodes_runs;
	ev.type = FSS__CS_FRAME;
	ev.conn = conn;
	ev.now_us = g->now;
	ev.header = hub_frame(FSS__MSG_GET + FSS__ANSWER, req, g->session,
	    &fss__r_nodes, &m);
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
	fss__frame_unref(ev.header);
	assert_int_equal(fss__cs_next_answer(g->cs, &a), 1);
	fss__cs_answer_release(&a);
}

/* A sign of the hub. */
static void
heard(struct rig *g)
{
	struct fss__cs_event ev = { 0 };

	ev.type = FSS__CS_FRAME;
	ev.now_us = g->now;
	ev.header = hub_error(12345, FSS_ENOENT);
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
	fss__frame_unref(ev.header);
}

/* Near by one carries all there is. */
static void
test_near(void **state)
{
	struct rig g;

	(void)state;
	begin(&g, true);
	fss__cs_expect(g.cs, CONNS);
	step(&g, FSS__CS_REACHED, 0, NEAR);
	assert_int_equal(opened(&g), 0);
	stand(&g);
	assert_int_equal(opened(&g), 0);
	get(&g, 20);
	assert_int_equal(g.up.open, 1 << 1);
	assert_int_equal(opened(&g), 1);
	assert_int_equal(fss__cs_lanes(g.cs), 1);
	fss__cs_free(g.cs);
}

/* Far away there are more, but none without a request for it. */
static void
test_far(void **state)
{
	struct rig g;

	(void)state;
	begin(&g, true);
	step(&g, FSS__CS_REACHED, 0, FAR);
	stand(&g);
	assert_int_equal(opened(&g), 0);
	get(&g, 1);
	assert_int_equal(g.up.open, 1 << 1);
	assert_int_equal(opened(&g), 1);
	get(&g, 2);
	assert_int_equal(opened(&g), 2);
	get(&g, 20);
	assert_int_equal(opened(&g), FAR_N - 3);
	assert_int_equal(fss__cs_lanes(g.cs), FAR_N);
	fss__cs_free(g.cs);
}

static void
test_farthest(void **state)
{
	struct rig g;

	(void)state;
	begin(&g, true);
	step(&g, FSS__CS_REACHED, 0, 5000 * MS);
	stand(&g);
	get(&g, 20);
	assert_int_equal(opened(&g), CONNS - 1);
	fss__cs_free(g.cs);
}

/* Whoever said how many has that many, near and far. */
static void
test_fixed(void **state)
{
	const int64_t rtt[] = { 0, NEAR, FAR };
	struct rig g;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		begin(&g, false);
		step(&g, FSS__CS_REACHED, 0, rtt[i]);
		stand(&g);
		get(&g, 1);
		assert_int_equal(opened(&g), CONNS - 1);
		fss__cs_free(g.cs);
	}
}

/* What is expected is made before there is a session, once. */
static void
test_expected(void **state)
{
	struct rig g;

	(void)state;
	begin(&g, true);
	fss__cs_expect(g.cs, 3);
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(opened(&g), 0);
	step(&g, FSS__CS_REACHED, 0, FAR);
	assert_int_equal(g.up.open, 7 << 1);
	assert_int_equal(opened(&g), 3);
	stand(&g);
	step(&g, FSS__CS_LOST, 2, 0);
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(opened(&g), 0);
	/* And later, when it is known how far it is. */
	fss__cs_expect(g.cs, CONNS);
	step(&g, FSS__CS_TICK, 0, 0);
	g.now += 100 * MS;	/* the lost one has to wait a little */
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(opened(&g), FAR_N - 2);
	fss__cs_free(g.cs);
}

/* Who is not known to be far is treated as near. */
static void
test_unknown(void **state)
{
	struct rig g;

	(void)state;
	begin(&g, true);
	fss__cs_expect(g.cs, CONNS);
	step(&g, FSS__CS_REACHED, 0, 0);
	stand(&g);
	assert_int_equal(opened(&g), 0);
	get(&g, 20);
	assert_int_equal(opened(&g), 1);
	fss__cs_free(g.cs);
}

/* Those that carry nothing are shut, but for the first. */
static void
test_rest(void **state)
{
	uint64_t req[FAR_N + 1] = { 0 };
	struct rig g;
	unsigned i;

	(void)state;
	begin(&g, true);
	step(&g, FSS__CS_REACHED, 0, FAR);
	stand(&g);
	get(&g, FAR_N);
	assert_int_equal(opened(&g), FAR_N);
	for (i = 1; i <= FAR_N; i++)
		step(&g, FSS__CS_UP, i, 0);
	for (i = 1; i <= FAR_N; i++)
		assert_int_equal(pump(&g, i, &req[i]), 1);
	for (i = 1; i <= FAR_N; i++)
		if (i != 3)
			answer(&g, i, req[i]);
	/* Seen in use, then seen at rest; the third still has a request. */
	g.now += REST / 2;
	step(&g, FSS__CS_TICK, 0, 0);
	assert_true(fss__cs_deadline(g.cs) <= g.now + REST / 2);
	heard(&g);
	g.now += REST / 2;
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(g.up.shut, 0);
	for (i = 0; i < 2; i++) {
		heard(&g);
		g.now += REST / 2;
		step(&g, FSS__CS_TICK, 0, 0);
	}
	assert_int_equal(g.up.shut, (1 << 2 | 7 << 4));
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	/* There is one GET under way, so a second of two. */
	g.up.shut = 0;
	get(&g, 1);
	assert_int_equal(g.up.open, 1 << 2);
	fss__cs_free(g.cs);
}

static void
get_of(struct rig *g, struct fss__cs *who, unsigned n)
{
	struct fss__cs *main = g->cs;

	g->cs = who;
	get(g, n);
	g->cs = main;
}

/* What flies of a person who leaves keeps no connection in use. */
static void
test_person_leaves(void **state)
{
	struct fss__cs *p;
	uint64_t req;
	struct rig g;
	unsigned i;

	(void)state;
	begin(&g, true);
	step(&g, FSS__CS_REACHED, 0, FAR);
	stand(&g);
	assert_int_equal(fss__cs_person_new(g.cs, NULL, "", NULL, g.now, &p),
	    0);
	g.session[0] = 'p';
	welcome(&g);
	assert_int_equal(fss__cs_state(p), FSS__CS_READY);
	g.session[0] = 's';
	get_of(&g, p, 2);
	assert_int_equal(opened(&g), 2);
	step(&g, FSS__CS_UP, 1, 0);
	step(&g, FSS__CS_UP, 2, 0);
	assert_int_equal(pump(&g, 2, &req), 2);
	fss__cs_person_close(p);
	for (i = 0; i < 4; i++) {
		heard(&g);
		g.now += REST / 2;
		step(&g, FSS__CS_TICK, 0, 0);
	}
	assert_int_equal(g.up.shut, 1 << 2);
	fss__cs_free(g.cs);
}

/* One that is lost is made anew when there is something for it. */
static void
test_lost(void **state)
{
	struct rig g;

	(void)state;
	begin(&g, true);
	step(&g, FSS__CS_REACHED, 0, FAR);
	stand(&g);
	get(&g, 3);
	assert_int_equal(opened(&g), 3);
	step(&g, FSS__CS_LOST, 3, 0);
	g.now += 1000 * MS;
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(g.up.open, 1 << 3);
	fss__cs_free(g.cs);
}

/* The next connection may be made from another place. */
static void
test_moved(void **state)
{
	struct rig g;

	(void)state;
	begin(&g, true);
	step(&g, FSS__CS_REACHED, 0, FAR);
	stand(&g);
	assert_int_equal(fss__cs_lanes(g.cs), FAR_N);
	step(&g, FSS__CS_LOST, 0, 0);
	g.now += 1000 * MS;
	step(&g, FSS__CS_TICK, 0, 0);
	assert_int_equal(opened(&g), 1);
	step(&g, FSS__CS_REACHED, 0, NEAR);
	assert_int_equal(fss__cs_lanes(g.cs), 1);
	stand(&g);
	get(&g, 20);
	assert_int_equal(opened(&g), 1);
	fss__cs_free(g.cs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_far),
		cmocka_unit_test(test_farthest),
		cmocka_unit_test(test_fixed),
		cmocka_unit_test(test_expected),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_person_leaves),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_moved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
