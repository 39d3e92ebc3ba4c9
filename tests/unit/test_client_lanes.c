/*
 * How many connections the client's session machine makes for content.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "client_rig.h"
#include "hub_frame.h"

#define CONNS	FSS__CS_MAX_CONNS
#define MS	INT64_C(1000)
#define REST	(30000 * MS)
#define NEAR	(1 * MS)
#define FAR	(100 * MS)
#define FAR_N	6		/* connections on such a line */

/* Connections asked for since the last time. */
static unsigned
opened(struct rig *g)
{
	unsigned n = (unsigned)__builtin_popcount(g->up.open);

	g->up.open = 0;
	return n;
}

/* A machine that makes as many connections as the line asks for. */
static void
begin(struct rig *g)
{
	rig_new(g, CONNS);
	fss__cs_adapt(g->cs);
	rig_start(g);
}

/* The control connection was made in @rtt. */
static void
reached(struct rig *g, int64_t rtt)
{
	struct fss__cs_event ev = { 0 };

	ev.type = FSS__CS_REACHED;
	ev.rtt_us = rtt;
	ev.now_us = g->now;
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
}

/* The HELLO that is to be sent is answered. */
static void
welcome(struct rig *g)
{
	assert_int_equal(rig_pump(g, 0), 1);
	rig_welcome(g);
}

/* The control connection stands, and so does a session. */
static void
stand(struct rig *g)
{
	rig_step(g, FSS__CS_UP, 0, 0);
	welcome(g);
	assert_int_equal(fss__cs_state(g->cs), FSS__CS_READY);
}

/* All of it, @rtt away. */
static void
stand_at(struct rig *g, int64_t rtt)
{
	begin(g);
	reached(g, rtt);
	stand(g);
	assert_int_equal(opened(g), 0);
}

static void
get(struct rig *g, unsigned n)
{
	while (n-- > 0)
		(void)rig_request(g, FSS__MSG_GET, 0, NULL);
}

/* A sign of the hub. */
static void
heard(struct rig *g)
{
	rig_feed(g, 0, hub_error(12345, FSS_ENOENT), 0);
}

static void
lose(struct rig *g, unsigned conn)
{
	rig_step(g, FSS__CS_LOST, conn, FSS_ENOTCONN);
}

/* @us later. */
static void
pass(struct rig *g, int64_t us)
{
	g->now += us;
	rig_step(g, FSS__CS_TICK, 0, 0);
}

/* Near by one carries all there is. */
static void
test_near(void **state)
{
	struct rig g;

	(void)state;
	begin(&g);
	fss__cs_expect(g.cs, CONNS);
	reached(&g, NEAR);
	assert_int_equal(opened(&g), 0);
	stand(&g);
	assert_int_equal(opened(&g), 0);
	get(&g, 20);
	assert_int_equal(g.up.open, 1 << 1);
	assert_int_equal(opened(&g), 1);
	assert_int_equal(fss__cs_lanes(g.cs), 1);
	rig_close(&g);
}

/* Far away there are more, but none without a request for it. */
static void
test_far(void **state)
{
	struct rig g;

	(void)state;
	stand_at(&g, FAR);
	get(&g, 1);
	assert_int_equal(g.up.open, 1 << 1);
	assert_int_equal(opened(&g), 1);
	get(&g, 2);
	assert_int_equal(opened(&g), 2);
	get(&g, 20);
	assert_int_equal(opened(&g), FAR_N - 3);
	assert_int_equal(fss__cs_lanes(g.cs), FAR_N);
	rig_close(&g);
}

static void
test_farthest(void **state)
{
	struct rig g;

	(void)state;
	stand_at(&g, 5000 * MS);
	get(&g, 20);
	assert_int_equal(opened(&g), CONNS - 1);
	rig_close(&g);
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
		rig_new(&g, CONNS);
		rig_start(&g);
		reached(&g, rtt[i]);
		stand(&g);
		get(&g, 1);
		assert_int_equal(opened(&g), CONNS - 1);
		rig_close(&g);
	}
}

/* What is expected is made before there is a session, once. */
static void
test_expected(void **state)
{
	struct rig g;

	(void)state;
	begin(&g);
	fss__cs_expect(g.cs, 3);
	pass(&g, 0);
	assert_int_equal(opened(&g), 0);
	reached(&g, FAR);
	assert_int_equal(g.up.open, 7 << 1);
	assert_int_equal(opened(&g), 3);
	stand(&g);
	lose(&g, 2);
	pass(&g, 0);
	assert_int_equal(opened(&g), 0);
	/* And later, when it is known how far it is. */
	fss__cs_expect(g.cs, CONNS);
	pass(&g, 0);
	pass(&g, 100 * MS);	/* the lost one has to wait a little */
	assert_int_equal(opened(&g), FAR_N - 2);
	rig_close(&g);
}

/* Who is not known to be far is treated as near. */
static void
test_unknown(void **state)
{
	struct rig g;

	(void)state;
	begin(&g);
	fss__cs_expect(g.cs, CONNS);
	reached(&g, 0);
	stand(&g);
	assert_int_equal(opened(&g), 0);
	get(&g, 20);
	assert_int_equal(opened(&g), 1);
	rig_close(&g);
}

/* Those that carry nothing are shut, but for the first. */
static void
test_rest(void **state)
{
	uint64_t req[FAR_N + 1] = { 0 };
	struct rig g;
	unsigned i;

	(void)state;
	stand_at(&g, FAR);
	get(&g, FAR_N);
	assert_int_equal(opened(&g), FAR_N);
	for (i = 1; i <= FAR_N; i++)
		rig_step(&g, FSS__CS_UP, i, 0);
	for (i = 1; i <= FAR_N; i++) {
		assert_int_equal(rig_pump(&g, i), 1);
		req[i] = rig_last(&g)->req;
	}
	for (i = 1; i <= FAR_N; i++) {
		if (i == 3)
			continue;
		rig_answer_get(&g, i, req[i], 0);
		assert_int_equal(rig_take(&g, NULL), 0);
	}
	/* Seen in use, then seen at rest; the third still has a request. */
	pass(&g, REST / 2);
	assert_true(fss__cs_deadline(g.cs) <= g.now + REST / 2);
	heard(&g);
	pass(&g, REST / 2);
	assert_int_equal(g.up.shut, 0);
	for (i = 0; i < 2; i++) {
		heard(&g);
		pass(&g, REST / 2);
	}
	assert_int_equal(g.up.shut, (1 << 2 | 7 << 4));
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	/* There is one GET under way, so a second of two. */
	g.up.shut = 0;
	get(&g, 1);
	assert_int_equal(g.up.open, 1 << 2);
	rig_close(&g);
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
	struct rig g;
	unsigned i;

	(void)state;
	stand_at(&g, FAR);
	assert_int_equal(fss__cs_person_new(g.cs, NULL, "", NULL, g.now, &p),
	    0);
	g.session[0] = 'p';
	welcome(&g);
	assert_int_equal(fss__cs_state(p), FSS__CS_READY);
	g.session[0] = 's';
	get_of(&g, p, 2);
	assert_int_equal(opened(&g), 2);
	rig_step(&g, FSS__CS_UP, 1, 0);
	rig_step(&g, FSS__CS_UP, 2, 0);
	assert_int_equal(rig_pump(&g, 2), 2);
	fss__cs_person_close(p);
	for (i = 0; i < 4; i++) {
		heard(&g);
		pass(&g, REST / 2);
	}
	assert_int_equal(g.up.shut, 1 << 2);
	rig_close(&g);
}

/* One that is lost is made anew when there is something for it. */
static void
test_lost(void **state)
{
	struct rig g;

	(void)state;
	stand_at(&g, FAR);
	get(&g, 3);
	assert_int_equal(opened(&g), 3);
	lose(&g, 3);
	pass(&g, 1000 * MS);
	assert_int_equal(g.up.open, 1 << 3);
	rig_close(&g);
}

/* The next connection may be made from another place. */
static void
test_moved(void **state)
{
	struct rig g;

	(void)state;
	stand_at(&g, FAR);
	assert_int_equal(fss__cs_lanes(g.cs), FAR_N);
	lose(&g, 0);
	pass(&g, 1000 * MS);
	assert_int_equal(opened(&g), 1);
	reached(&g, NEAR);
	assert_int_equal(fss__cs_lanes(g.cs), 1);
	stand(&g);
	get(&g, 20);
	assert_int_equal(opened(&g), 1);
	rig_close(&g);
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
