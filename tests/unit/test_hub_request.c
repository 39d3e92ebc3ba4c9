/*
 * Whole lives of requests through the hub's machine: announced, asked,
 * approved, served, read; two devices, one of which dies; a hub that starts
 * anew; and what is refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "hub_news.h"
#include "hub_request.h"
#include "model/announce.h"

#define SECOND INT64_C(1000000)

static void
test_life(void **state)
{
	struct hr *w = *state;
	struct fss__m_serve_terms terms;
	struct hr_follower alice, bob;
	struct fss__m_request r;
	uint64_t id, transfer, version;

	hr_follow(&w->a, &alice);
	hr_follow(&w->b, &bob);
	version = hr_announce(w, &w->a, "/d/f", 1);
	id = hr_begin(w, &r);
	assert_true(
	    hr_heard(&w->a, &alice, FSS_NEWS_REQUEST, FSS_REQUEST_OPEN));
	assert_string_equal(alice.path, "/d/f");
	assert_int_equal(hr_work(&w->a), 0);
	assert_int_equal(hr_decide(w, &w->a, id, FSS_REQUEST_SEE), 0);
	assert_true(hr_heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_SEEN));
	assert_string_equal(bob.path, "/d/f");
	assert_int_equal(hr_decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	assert_true(
	    hr_heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_APPROVED));
	assert_true(hr_heard(&w->a, &alice, FSS_NEWS_WORK, -1));
	transfer = hr_work(&w->a);
	assert_int_not_equal(transfer, 0);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	assert_int_equal(terms.size, HR_LEN);
	assert_true(terms.planned);
	assert_true(
	    hr_heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_TRANSFERRING));
	/* Too early to be over. */
	assert_int_equal(hr_served(w, &w->a, transfer, 0), FSS_EMISSING);
	assert_int_equal(hr_put(&w->a, transfer, 1), 0);
	assert_true(hr_heard(&w->b, &bob, FSS_NEWS_PROGRESS, -1));
	assert_int_equal(hr_served(w, &w->a, transfer, 0), 0);
	assert_true(
	    hr_heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_FULFILLED));
	assert_int_equal(hr_get(&w->b, version, 1), 0);
	/* The yes was bob's alone. */
	assert_int_not_equal(hr_get(&w->c, version, 1), 0);
	assert_int_equal(hr_state_of(&w->c, id), -1);
}

static uint64_t
want(struct hr *w, struct hub_peer *p, const char *target)
{
	uint8_t id[FSS__OP_BYTES];
	struct fss__m_request r;
	struct fss__m_ask m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_ask_text;
	m.op = hr_op(w, id);
	m.kind = FSS_REQUEST_WANT;
	m.text = fss__slice_str("a song");
	if (target != NULL) {
		m.has |= FSS__K_ask_target;
		m.target = fss__slice_str(target);
	}
	assert_int_equal(hub_peer_ask(p, FSS__MSG_ASK, &m, NULL, &r), 0);
	return r.id;
}

/* Which file it is the two it is between are told, and nobody else. */
static void
test_told_path(void **state)
{
	struct hr *w = *state;
	struct hr_follower alice, bob, carol;
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_fulfil fulfil;
	struct fss__m_group_set group;
	int i;

	memset(&group, 0, sizeof(group));
	group.group = fss__slice_str("g");
	for (i = 0; i < 2; i++) {
		group.member = fss__slice_str(i == 0 ? "alice" : "carol");
		assert_int_equal(hub_peer_ask(&w->b, FSS__MSG_GROUP_SET,
				     &group, NULL, NULL),
		    0);
	}
	(void)hub_peer_file(&w->a, "/secret/song", 1, HR_LEN);
	hr_follow(&w->a, &alice);
	hr_follow(&w->b, &bob);
	hr_follow(&w->c, &carol);
	for (i = 0; i < 2; i++) {
		memset(&fulfil, 0, sizeof(fulfil));
		fulfil.id = want(w, &w->b, i == 0 ? NULL : "@g");
		assert_true(hr_heard(
		    &w->c, &carol, FSS_NEWS_REQUEST, FSS_REQUEST_OPEN));
		assert_string_equal(carol.path, "");
		fulfil.op = hr_op(w, opid);
		fulfil.path = fss__slice_str("/secret/song");
		assert_int_equal(
		    hub_peer_ask(&w->a, FSS__MSG_FULFIL, &fulfil, NULL, NULL),
		    0);
		assert_true(hr_heard(
		    &w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_FULFILLED));
		assert_string_equal(bob.path, "/secret/song");
		if (hr_heard(&w->c, &carol, FSS_NEWS_REQUEST, -1))
			assert_string_equal(carol.path, "");
	}
}

/* Asking again is the same request; roles and leases are kept. */
static void
test_refused(void **state)
{
	struct hr *w = *state;
	struct fss__m_serve_terms terms;
	struct fss__m_wanted wanted;
	struct fss__m_request r, again;
	uint64_t id, transfer;

	id = hr_begin(w, &r);
	assert_int_equal(hr_ask(w, &w->b, "alice", "/d/f", &again), 0);
	assert_int_equal(again.id, id);
	assert_int_equal(
	    hr_ask(w, &w->b, "alice", "/d/none", &again), FSS_ENOENT);
	assert_int_equal(
	    hr_decide(w, &w->c, id, FSS_REQUEST_APPROVE), FSS_ENOENT);
	assert_int_equal(
	    hr_decide(w, &w->b, id, FSS_REQUEST_APPROVE), FSS_EDENIED);
	assert_int_equal(hr_decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	assert_int_equal(
	    hr_decide(w, &w->a, id, FSS_REQUEST_APPROVE), FSS_ESTATE);
	transfer = hr_work(&w->a);
	assert_int_not_equal(transfer, 0);
	/* Who does not hold it gets no lease; without one nothing is taken. */
	assert_int_equal(hr_work(&w->c), 0);
	assert_int_equal(hr_serve(&w->c, transfer, &terms), FSS_ENOENT);
	assert_int_equal(hr_put(&w->a, transfer, 1), FSS_ESTATE);
	assert_int_equal(hr_served(w, &w->a, transfer, 0), FSS_ESTATE);
	memset(&wanted, 0, sizeof(wanted));
	wanted.transfer = transfer;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_WANTED, &wanted, NULL, NULL),
	    FSS_ESTATE);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	assert_int_equal(hr_put(&w->c, transfer, 1), FSS_ESTATE);
	assert_int_equal(hr_decide(w, &w->b, id, FSS_REQUEST_CANCEL), 0);
	assert_int_equal(hr_state_of(&w->a, id), FSS_REQUEST_CANCELLED);
}

/* One device dies half-way: the other is told, and goes on. */
static void
test_fail_over(void **state)
{
	struct hr *w = *state;
	struct fss__m_serve_terms terms;
	struct hr_follower bob, carol;
	struct fss__m_request r;
	uint64_t id, transfer;
	int i;

	(void)hr_announce(w, &w->c, "/mine", 1);
	hub_peer_access(&w->c, ++w->op, "/mine", FSS_ACCESS_ASK);
	id = hr_begin(w, &r);
	hr_follow(&w->c, &carol);
	hr_follow(&w->b, &bob);
	transfer = hr_approve(w, id);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	assert_int_equal(hr_serve(&w->c, transfer, &terms), FSS_EBUSY);
	(void)hr_heard(&w->c, &carol, FSS_NEWS_WORK, -1);
	for (i = 0; i < 2; i++) {
		hub_drive_tick(&w->d, 15 * SECOND);
		hub_drive_run(&w->d);
		assert_int_equal(hub_peer_ping(&w->b), 0);
		assert_int_equal(hub_peer_ping(&w->c), 0);
	}
	hub_drive_tick(&w->d, SECOND);
	hub_drive_run(&w->d);
	assert_true(hr_heard(&w->c, &carol, FSS_NEWS_WORK, -1));
	assert_int_equal(hr_state_of(&w->b, id), FSS_REQUEST_TRANSFERRING);
	/* The late one has lost it, even if it comes back. */
	assert_int_equal(hr_put(&w->a, transfer, 1), FSS_ESTATE);
	assert_int_equal(hr_serve(&w->c, transfer, &terms), 0);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), FSS_EBUSY);
	assert_int_equal(hr_put(&w->c, transfer, 1), 0);
	assert_int_equal(hr_served(w, &w->c, transfer, 0), 0);
	assert_int_equal(hr_state_of(&w->b, id), FSS_REQUEST_FULFILLED);
	assert_false(
	    hr_heard(&w->b, &bob, FSS_NEWS_REQUEST, FSS_REQUEST_FAILED));
}

/* Nobody goes on: after a minute it waits again. */
static void
test_lost(void **state)
{
	struct hr *w = *state;
	struct fss__m_serve_terms terms;
	struct fss__m_request r;
	struct fss__m_empty nothing = { 0 };
	uint64_t id, transfer;
	int i;

	id = hr_begin(w, &r);
	transfer = hr_approve(w, id);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	(void)hub_peer_send(&w->a, FSS__MSG_BYE, &nothing, NULL);
	for (i = 0; i < 4; i++) {
		hub_drive_tick(&w->d, 14 * SECOND);
		hub_drive_run(&w->d);
		assert_int_equal(
		    hr_state_of(&w->b, id), FSS_REQUEST_TRANSFERRING);
	}
	hub_drive_tick(&w->d, 10 * SECOND);
	hub_drive_run(&w->d);
	assert_int_equal(hr_state_of(&w->b, id), FSS_REQUEST_APPROVED);
}

/* Who let it run out unused is kept out a minute, and then told of it again. */
static void
test_unused(void **state)
{
	struct hr *w = *state;
	struct fss__m_serve_terms terms;
	struct hr_follower alice;
	struct fss__m_request r;
	uint64_t id, transfer;
	int i;

	id = hr_begin(w, &r);
	assert_int_equal(hr_decide(w, &w->a, id, FSS_REQUEST_APPROVE), 0);
	hr_follow(&w->a, &alice);
	transfer = hr_work(&w->a);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	for (i = 0; i < 9; i++) {
		hub_drive_tick(&w->d, 13 * SECOND);
		hub_drive_run(&w->d);
		assert_int_equal(hub_peer_ping(&w->a), 0);
		assert_int_equal(hub_peer_ping(&w->b), 0);
		if (i == 3)
			(void)hr_heard(&w->a, &alice, FSS_NEWS_WORK, -1);
		if (i >= 3 && i < 6)
			assert_int_equal(
			    hr_serve(&w->a, transfer, &terms), FSS_EBUSY);
	}
	assert_int_equal(hr_state_of(&w->b, id), FSS_REQUEST_APPROVED);
	assert_true(hr_heard(&w->a, &alice, FSS_NEWS_WORK, -1));
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
}

/* Nine people have it: eight that came and sent nothing keep nobody out. */
static void
test_sources(void **state)
{
	struct hr *w = *state;
	struct hub_peer peers[FSS__SOURCES];
	struct fss__m_serve_terms terms;
	struct fss__m_request r;
	uint64_t id, transfer;
	char name[16];
	unsigned i;

	id = hr_begin(w, &r);
	transfer = hr_approve(w, id);
	for (i = 0; i < FSS__SOURCES; i++) {
		hub_peer_init(&peers[i], &w->d, (uint8_t)(10 + i));
		(void)snprintf(name, sizeof(name), "holder%u", i);
		hub_peer_register(&peers[i], name);
		(void)hr_announce(w, &peers[i], "/mine", 1);
		hub_peer_access(&peers[i], ++w->op, "/mine", FSS_ACCESS_ASK);
		assert_int_equal(hr_serve(&peers[i], transfer, &terms), 0);
		assert_int_equal(
		    hr_served(w, &peers[i], transfer, FSS_EIO), 0);
	}
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	assert_int_equal(hr_put(&w->a, transfer, 1), 0);
	assert_int_equal(hr_served(w, &w->a, transfer, 0), 0);
	assert_int_equal(hr_state_of(&w->b, id), FSS_REQUEST_FULFILLED);
	for (i = 0; i < FSS__SOURCES; i++)
		hub_peer_release(&peers[i]);
}

/* Rows stay, leases and epochs do not. */
static void
test_restart(void **state)
{
	struct hr *w = *state;
	struct fss__m_event_list list;
	struct fss__m_serve_terms terms;
	struct fss__m_events events;
	struct hr_follower before;
	struct fss__m_request r;
	uint64_t id, transfer;

	hr_follow(&w->b, &before);
	id = hr_begin(w, &r);
	hr_restart(w);
	assert_int_equal(hr_state_of(&w->b, id), FSS_REQUEST_OPEN);
	events = hn_question(HN_ALL, before.epoch, before.last, false);
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_EVENTS, &events, NULL, &list), 0);
	assert_true(list.afresh);
	transfer = hr_approve(w, id);
	assert_int_equal(hr_serve(&w->a, transfer, &terms), 0);
	assert_int_equal(hr_put(&w->a, transfer, 1), 0);
	/* All is here, but nobody said so: the hub finishes by itself. */
	hr_restart(w);
	hub_drive_run(&w->d);
	assert_int_equal(hr_state_of(&w->b, id), FSS_REQUEST_FULFILLED);
	assert_int_equal(hr_work(&w->a), 0);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, hr_setup, hr_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_life),
		TEST(test_told_path),
		TEST(test_refused),
		TEST(test_fail_over),
		TEST(test_lost),
		TEST(test_unused),
		TEST(test_sources),
		TEST(test_restart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
