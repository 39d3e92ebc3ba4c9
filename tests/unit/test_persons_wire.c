/*
 * Many people over one client as the line is lost, what is sent spoilt, and
 * nobody asks for anything: each is answered once, as who asked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "crowd.h"
#include "rng.h"

#define SECOND	INT64_C(1000000)
#define CROWD	200

/*
 * Many people, requests of all, connections lost at random: each request is
 * answered once, to whom asked it, as who asked it.
 */
static void
test_losses(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p[CROWD];
	struct crowd_asked web[4], a[CROWD];
	const char *const names[4] = { "alice", "bob", "carol", "dave" };
	unsigned round, i, lost = 0;
	struct fss__cs *first;
	const char *seed;
	struct rng rng;

	seed = getenv("FSS_TEST_SEED");
	rng.s = seed != NULL ? strtoull(seed, NULL, 10) :
	    (uint64_t)fss__mono_us();
	print_message("FSS_TEST_SEED=%llu\n", (unsigned long long)rng.s);
	for (i = 0; i < 4; i++) {
		first = crowd_person(w, NULL);
		assert_int_equal(
		    crowd_register_web(w, first, names[i], &web[i]), 0);
		fss__cs_person_close(first);
	}
	for (i = 0; i < CROWD; i++)
		p[i] = crowd_person(w, web[i % 4].token);
	crowd_pump(w);
	assert_int_equal(crowd_sessions(w), 1 + CROWD);
	/* A few at a time, or each reconnect would be a flood. */
	assert_true(w->hellos_most <= 32);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < CROWD; i++)
			crowd_start(
			    w, p[i], FSS__MSG_WHOAMI, &crowd_nothing, &a[i]);
		if (rng_below(&rng, 2) == 0) {
			crowd_lose(w, 0);
			lost++;
		} else if (rng_below(&rng, 2) == 0) {
			crowd_lose(w, 1);
		}
		crowd_settle(w);
		for (i = 0; i < 40; i++)
			crowd_pass(w, 100000);
		crowd_take_answers(w);
		for (i = 0; i < CROWD; i++) {
			assert_true(a[i].over);
			assert_int_equal(a[i].code, 0);
			assert_string_equal(a[i].name, names[i % 4]);
		}
		/* One goes and another comes: nothing of theirs is mixed. */
		i = (unsigned)rng_below(&rng, CROWD);
		fss__cs_person_close(p[i]);
		p[i] = crowd_person(w, web[i % 4].token);
	}
	crowd_pump(w);
	crowd_pass(w, 1);
	assert_true(lost > 0);
	assert_int_equal(crowd_sessions(w), 1 + CROWD);
	hub_drive_check(&w->d);
}

/* Two ask, and what @p sends or gets is spoilt: @q's answer is not. */
static void
spoil_whoami(struct crowd *w, struct fss__cs *p, struct fss__cs *q,
    unsigned type, const char *detail)
{
	struct crowd_asked a, b;

	w->spoil = type;
	crowd_start(w, p, FSS__MSG_WHOAMI, &crowd_nothing, &a);
	crowd_start(
	    w, q, FSS__MSG_SESSIONS, &(struct fss__m_sessions){ 0 }, &b);
	crowd_pump(w);
	crowd_take_answers(w);
	assert_int_equal(w->spoil, 0);
	assert_true(a.over && b.over);
	assert_int_equal(a.code, FSS_EPROTO);
	assert_string_equal(a.detail, detail);
	assert_int_equal(b.code, 0);
}

/* A message that cannot be read is one person's, and of one request. */
static void
test_spoilt(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p, *q;
	struct crowd_asked web, a, b;
	uint64_t epoch[2];

	p = crowd_person(w, NULL);
	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	q = crowd_person(w, web.token);
	assert_int_equal(crowd_whoami(w, q, &b), 0);
	epoch[0] = fss__cs_epoch(p);
	epoch[1] = fss__cs_epoch(w->cs);
	spoil_whoami(w, p, q, FSS__MSG_WHOAMI, "the envelope is malformed");
	spoil_whoami(w, p, q, FSS__MSG_WHOAMI + FSS__ANSWER,
	    "the answer to WHOAMI is malformed");
	/* The sessions and the line stand. */
	assert_int_equal(crowd_whoami(w, p, &a), 0);
	assert_int_equal(fss__cs_epoch(p), epoch[0]);
	assert_int_equal(fss__cs_epoch(w->cs), epoch[1]);
	assert_int_equal(crowd_sessions(w), 3);
	fss__cs_person_close(q);
	crowd_pump(w);
	/* HELLO is said again, and a session nobody learnt of ends. */
	w->spoil = FSS__MSG_HELLO + FSS__ANSWER;
	q = crowd_person(w, web.token);
	crowd_start(w, q, FSS__MSG_WHOAMI, &crowd_nothing, &b);
	crowd_pump(w);
	assert_int_equal(w->spoil, 0);
	assert_int_equal(fss__cs_error(q)->code, FSS_EPROTO);
	assert_int_equal(crowd_sessions(w), 2);
	assert_int_equal(crowd_whoami(w, p, &a), 0);
	crowd_pass(w, SECOND);
	crowd_take_answers(w);
	assert_true(b.over);
	assert_int_equal(b.code, 0);
	assert_int_equal(fss__cs_epoch(w->cs), epoch[1]);
	assert_int_equal(crowd_sessions(w), 3);
}

/* One who closes with requests under way takes them along. */
static void
test_close_busy(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p, *q;
	struct crowd_asked web, a, b;

	p = crowd_person(w, NULL);
	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	q = crowd_person(w, web.token);
	crowd_start(w, p, FSS__MSG_WHOAMI, &crowd_nothing, &a);
	crowd_start(w, q, FSS__MSG_WHOAMI, &crowd_nothing, &b);
	fss__cs_person_close(p);
	p = crowd_person(w, web.token);	/* may have its number */
	crowd_pump(w);
	crowd_take_answers(w);
	assert_false(a.over);
	assert_true(b.over);
	assert_int_equal(b.code, 0);
	assert_int_equal(crowd_whoami(w, p, &a), 0);
	assert_int_equal(crowd_sessions(w), 3);
	/* Closed between HELLO and WELCOME: the hub hears of it too. */
	w->d.hold = HUB_HOLD(FSS__LANE_READ);
	q = crowd_person(w, web.token);
	crowd_pump(w);
	assert_int_equal(fss__cs_state(q), FSS__CS_HELLO);
	fss__cs_person_close(q);
	w->d.hold = 0;
	crowd_pump(w);
	assert_int_equal(crowd_sessions(w), 3);
}

/* Many with much to send: each comes in its turn. */
static void
test_turns(void **state)
{
	struct crowd *w = *state;
	struct fss__frame *header, *payload;
	struct fss__header h;
	struct fss__cs *p, *q;
	struct crowd_asked web, many[100], one;
	unsigned i, before = 0;
	uint64_t whose = 0;

	p = crowd_person(w, NULL);
	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	q = crowd_person(w, web.token);
	crowd_pump(w);
	for (i = 0; i < 100; i++)
		crowd_start(w, p, FSS__MSG_WHOAMI, &crowd_nothing, &many[i]);
	crowd_start(w, q, FSS__MSG_WHOAMI, &crowd_nothing, &one);
	for (i = 0; i < 3; i++) {
		assert_int_equal(fss__cs_next_send(w->cs, 0, w->now_us,
		    &header, &payload), 1);
		assert_int_equal(fss__header_decode(header->data, header->len,
		    &h), 0);
		if (i > 0 && h.req >> 44 != whose)
			before++;
		whose = h.req >> 44;
		hub_drive_frame(&w->d, w->route[0], w->key, header, payload);
		fss__cs_sent(w->cs, 0, w->now_us);
	}
	assert_true(before >= 1);
	crowd_pump(w);
	crowd_take_answers(w);
	assert_true(one.over);
}

/* Idle people are kept by their pings, and cost little. */
static void
test_idle(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p, *crowd[CROWD];
	struct fss__hub_config cfg;
	struct crowd_asked web, a;
	unsigned i;

	p = crowd_person(w, NULL);
	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	for (i = 0; i < CROWD; i++)
		crowd[i] = crowd_person(w, web.token);
	crowd_pump(w);
	for (i = 0; i < 20; i++)
		crowd_pass(w, 15 * SECOND);
	assert_int_equal(crowd_sessions(w), 2 + CROWD);
	/* A hub that starts anew has none of them; they come back. */
	crowd_roomy(&cfg);
	hub_drive_kill(&w->d);
	hub_drive_boot(&w->d, &cfg);
	hub_drive_tick(&w->d, 0);
	hub_drive_run(&w->d);
	for (i = 0; i < 200; i++)
		crowd_pass(w, SECOND);
	assert_int_equal(crowd_whoami(w, crowd[0], &a), 0);
	assert_int_equal(crowd_whoami(w, p, &a), 0);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, crowd_setup, crowd_teardown)
	const struct CMUnitTest tests[] = {
		T(test_losses),
		T(test_spoilt),
		T(test_close_busy),
		T(test_turns),
		T(test_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
