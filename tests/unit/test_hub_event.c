/*
 * Telling news: long polls that park, wake, gather and resume.  What is told
 * of files, and to whom, is in test_hub_event_files.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hub_news.h"
#include "model/account.h"
#include "proto/hub_internal.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)

static void
test_wakes(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	uint64_t epoch, last, req_a, req_b;

	last = hn_begin(&w->a, HN_REQUEST, &epoch);
	req_a = hn_park(&w->a, HN_REQUEST, epoch, last);
	req_b = hn_park(&w->b, HN_REQUEST, epoch, last);
	hub_peer_silence(&w->a);
	hn_tell(w, FSS_NEWS_REQUEST, w->alice, 77);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req_a, &list), 0);
	assert_int_equal(list.epoch, epoch);
	assert_int_equal(list.last, last + 1);
	assert_int_equal(hn_only(&list).request, 77);
	/* Not bob's business. */
	hub_peer_silence(&w->b);
	hn_tell(w, FSS_NEWS_REQUEST, w->bob, 78);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, req_b, &list), 0);
	assert_int_equal(list.last, last + 2);
	assert_int_equal(hn_only(&list).request, 78);
}

/* What happened while nobody waited comes with the next question. */
static void
test_resumes(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_events m;
	uint64_t epoch, last;
	int64_t i;

	last = hn_begin(&w->a, HN_REQUEST, &epoch);
	for (i = 0; i < 300; i++)
		hn_tell(w, FSS_NEWS_REQUEST, w->alice, i);
	m = hn_question(HN_REQUEST, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.events.count, FSS__MAX_LIST_ROWS);
	assert_int_equal(list.last, last + FSS__MAX_LIST_ROWS);
	m = hn_question(HN_REQUEST, epoch, list.last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.events.count, 300 - FSS__MAX_LIST_ROWS);
	assert_int_equal(list.last, last + 300);
}

static void
test_afresh(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_events m;
	uint64_t epoch, last;
	int64_t i;

	last = hn_begin(&w->a, HN_PRESENCE | HN_REQUEST, &epoch);
	/* Another start of the hub; and a number it has not given. */
	m = hn_question(HN_REQUEST, epoch + 1, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_true(list.afresh && list.events.count == 0);
	assert_int_equal(list.epoch, epoch);
	m = hn_question(HN_REQUEST, epoch, last + 1, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_true(list.afresh);
	/* More presence than is told one by one; who does not care is fine. */
	for (i = 0; i <= FSS__EVENT_ROWS; i++)
		hn_tell(w, FSS_NEWS_PRESENCE, 0, 1000 + i);
	m = hn_question(HN_PRESENCE | HN_REQUEST, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_true(list.afresh);
	assert_int_equal(list.last, last + FSS__EVENT_ROWS + 1);
	m = hn_question(HN_REQUEST, epoch, last, false);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_false((list.has & FSS__K_event_list_afresh) && list.afresh);
	/* Older than what is remembered. */
	for (i = 0; i < FSS__MAX_EVENTS; i++)
		hn_tell(w, FSS_NEWS_REQUEST, w->bob, i);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_true(list.afresh);
}

/* One at a time is parked; none past its time, or while the hub drains. */
static void
test_parked(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	uint64_t epoch, last, first, second;
	int64_t wait = FSS__MAX_EVENT_WAIT * MS, t;

	last = hn_begin(&w->a, HN_REQUEST, &epoch);
	first = hn_park(&w->a, HN_REQUEST, epoch, last);
	second = hn_park(&w->a, HN_REQUEST, epoch, last);
	assert_int_equal(hub_peer_take(&w->a, first, &list), 0);
	assert_int_equal(list.events.count, 0);
	assert_int_equal(list.last, last);
	hub_peer_silence(&w->a);
	for (t = 0; t + 15 * SECOND < wait; t += 15 * SECOND) {
		hub_drive_tick(&w->d, 15 * SECOND);
		assert_int_equal(hub_peer_ping(&w->a), 0);
	}
	hub_drive_tick(&w->d, wait - t - 1);
	hub_peer_silence(&w->a);
	hub_drive_tick(&w->d, 1);
	assert_int_equal(hub_peer_take(&w->a, second, &list), 0);
	assert_int_equal(list.events.count, 0);
	first = hn_park(&w->a, HN_REQUEST, epoch, list.last);
	hub_peer_silence(&w->a);
	fss__hub_drain(w->d.hub);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, first, &list), 0);
}

/* Who was answered a moment ago waits a little, unless it is a request. */
static void
test_gathers(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	uint64_t epoch, last, req;
	int64_t i;

	last = hn_begin(&w->a, HN_PRESENCE | HN_REQUEST, &epoch);
	req = hn_park(&w->a, HN_PRESENCE | HN_REQUEST, epoch, last);
	for (i = 0; i < 5; i++) {
		hn_tell(w, FSS_NEWS_PRESENCE, 0, 1000 + i);
		hub_drive_run(&w->d);
	}
	hub_peer_silence(&w->a);
	hub_drive_tick(&w->d, FSS__MAX_EVENT_GAP * MS - 1);
	hub_peer_silence(&w->a);
	hub_drive_tick(&w->d, 1);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(list.events.count, 5);
	req = hn_park(&w->a, HN_PRESENCE | HN_REQUEST, epoch, list.last);
	hn_tell(w, FSS_NEWS_PRESENCE, 0, 1000);
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	hn_tell(w, FSS_NEWS_REQUEST, w->alice, 5);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(list.events.count, 2);
}

/* Of one person only the newest. */
static void
test_supersedes(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_events m;
	uint64_t epoch, last;
	int i;

	last = hn_begin(&w->a, HN_PRESENCE, &epoch);
	for (i = 0; i < 10; i++)
		hn_tell(w, FSS_NEWS_PRESENCE, 0, 1000);
	m = hn_question(HN_PRESENCE, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.last, last + 10);
	assert_int_equal(hn_only(&list).seq, last + 10);
}

/* Work is told to the device, whatever else the account has. */
static void
test_device(void **state)
{
	struct hn *w = *state;
	struct fss__session *s = hn_session(w, &w->a);
	struct fss__m_event_list list;
	struct fss__news n;
	uint64_t epoch, last, req;

	last = hn_begin(&w->a, HN_WORK, &epoch);
	req = hn_park(&w->a, HN_WORK, epoch, last);
	(void)hn_park(&w->b, HN_WORK, epoch, last);
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_WORK;
	n.device = s->who.device + 1000;
	hn_tell_news(w, &n);
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	n.device = s->who.device;
	hn_tell_news(w, &n);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(hn_only(&list).kind, FSS_NEWS_WORK);
	hub_peer_silence(&w->b);
}

/* A session that ends or logs out waits no more. */
static void
test_ends(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_empty nothing;
	struct fss__m_logout logout;
	uint64_t epoch, last, req, out;

	last = hn_begin(&w->a, HN_REQUEST, &epoch);
	req = hn_park(&w->a, HN_REQUEST, epoch, last);
	(void)hn_park(&w->b, HN_REQUEST, epoch, last);
	assert_int_equal(w->d.hub->events.nwaiting, 2);
	memset(&nothing, 0, sizeof(nothing));
	(void)hub_peer_send(&w->b, FSS__MSG_BYE, &nothing, NULL);
	assert_int_equal(w->d.hub->events.nwaiting, 1);
	hn_tell(w, FSS_NEWS_REQUEST, w->bob, 1);
	memset(&logout, 0, sizeof(logout));
	out = hub_peer_send(&w->a, FSS__MSG_LOGOUT, &logout, NULL);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(list.events.count, 0);
	assert_int_equal(hub_peer_take(&w->a, out, NULL), 0);
	assert_int_equal(w->d.hub->events.nwaiting, 0);
	hn_tell(w, FSS_NEWS_REQUEST, w->alice, 1);
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
}

static int64_t
last_seen(struct hub_peer *p, const char *name)
{
	struct fss__m_who_list list;
	struct fss__m_who_row row;
	struct fss__m_who m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_who_name;
	m.name = fss__slice_str(name);
	assert_int_equal(hub_peer_ask(p, FSS__MSG_WHO, &m, NULL, &list), 0);
	assert_int_equal(
	    fss__list_next(&list.people, &fss__r_who_row, &row), 1);
	assert_int_equal(row.presence, FSS_PRESENCE_OFFLINE);
	assert_true(row.has & FSS__K_who_row_seen_us);
	return row.seen_us;
}

/* Who is told that a person went asks before the hub could write it down. */
static void
test_last_seen_at_once(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_empty nothing;
	uint64_t epoch, last, req;
	int64_t seen_us;

	last = hn_begin(&w->a, HN_PRESENCE, &epoch);
	req = hn_park(&w->a, HN_PRESENCE, epoch, last);
	seen_us = w->d.wall_us;
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE);
	memset(&nothing, 0, sizeof(nothing));
	(void)hub_peer_send(&w->b, FSS__MSG_BYE, &nothing, NULL);
	hub_drive_tick(&w->d, FSS__PRESENCE_GRACE_US);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(hn_only(&list).presence, FSS_PRESENCE_OFFLINE);
	assert_true(hub_drive_lanes(&w->d) & HUB_HOLD(FSS__LANE_WRITE));
	assert_int_equal(last_seen(&w->a, "bob"), seen_us);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(last_seen(&w->a, "bob"), seen_us);
}

/* Far behind is gone through in steps, and not as often as one likes. */
static void
test_behind(void **state)
{
	struct hn *w = *state;
	struct fss__m_event_list list;
	struct fss__m_events m;
	uint64_t epoch, last;
	int i, r = 0;

	last = hn_begin(&w->a, HN_REQUEST, &epoch);
	for (i = 0; i < 5000; i++)
		hn_tell(w, FSS_NEWS_REQUEST, w->bob, 1 + i);
	hn_tell(w, FSS_NEWS_REQUEST, w->alice, 7);
	m = hn_question(HN_REQUEST, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.events.count, 0);
	assert_int_equal(list.last, last + 4096);
	m.after = list.last;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(hn_only(&list).request, 7);
	m.after = last;
	for (i = 0; i < 1001 && r == 0; i++)
		r = hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list);
	assert_int_equal(r, FSS_ERATE);
	assert_in_range(w->a.error.retry_ms, 1, 20);
	/* Who waits for what is new is not held up. */
	m.after = last + 5001;
	(void)hn_park(&w->a, HN_REQUEST, epoch, m.after);
	hub_peer_silence(&w->a);
}

/* ---- many ------------------------------------------------------------- */

#define CROWD 1500

/* The loop is not kept by those who wait: 512 in a step, messages between. */
static void
test_fair(void **state)
{
	struct hub_drive d;
	struct fss__hub_config cfg;
	struct fss__m_event_list list;
	struct fss__m_events ask;
	static struct hub_peer peers[CROWD];
	struct hub_msg *m;
	struct fss__news n, *news = NULL;
	struct fss__session *s;
	struct fss__actor who;
	uint64_t answered = 0, steps = 0;
	uint8_t key[FSS__KEY_BYTES];
	int i, in_step;

	(void)state;
	hub_drive_config(&cfg);
	cfg.max_sessions = CROWD + 10;
	cfg.max_anonymous = CROWD + 10;
	hub_drive_open(&d, &cfg);
	ask = hn_question(HN_PRESENCE, 0, 0, true);
	memset(&who, 0, sizeof(who));
	for (i = 0; i < CROWD; i++) {
		memset(key, 0, sizeof(key));
		memcpy(key, &i, sizeof(i));
		s = fss__sessions_add(&d.hub->sessions, key, 0, d.mono_us);
		assert_non_null(s);
		who.account = who.device = 100 + i;
		who.scopes = FSS__SCOPES_ALL;
		(void)fss__fmt(who.name, sizeof(who.name), "p%d", i);
		assert_int_equal(fss__hub_identify(d.hub, s, &who, false), 0);
		hub_peer_init(&peers[i], &d, 0);
		peers[i].route = (uint32_t)i + 1;
		memcpy(peers[i].key, key, sizeof(key));
		memcpy(peers[i].session, s->id, sizeof(s->id));
		peers[i].open = true;
		(void)hub_peer_send(&peers[i], FSS__MSG_EVENTS, &ask, NULL);
	}
	/* All have come by now, which all were told: take it. */
	hub_drive_tick(&d, 10 * SECOND);
	hub_drive_run(&d);
	while ((m = hub_drive_next(&d)) != NULL)
		hub_msg_free(m);
	for (i = 0; i < CROWD; i++)
		(void)hub_peer_send(&peers[i], FSS__MSG_EVENTS, &ask, NULL);
	hub_drive_tick(&d, 10 * SECOND);
	assert_int_equal(d.hub->events.nwaiting, CROWD);
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_PRESENCE;
	n.account = 5;
	assert_int_equal(fss__news_add(&news, &n), 0);
	fss__hub_tell(d.hub, news);
	while (d.hub->events.nwaiting > 0) {
		assert_true(fss__hub_deadline(d.hub) <= d.mono_us);
		hub_drive_tick(&d, 0);
		in_step = 0;
		while ((m = hub_drive_next(&d)) != NULL) {
			assert_int_equal(
			    m->h.type, FSS__MSG_EVENTS + FSS__ANSWER);
			assert_int_equal(fss__fields_decode(m->h.fields,
					     &fss__r_event_list, &list, NULL),
			    0);
			assert_int_equal(list.events.count, 1);
			hub_msg_free(m);
			in_step++;
		}
		assert_true(in_step > 0 && in_step <= FSS__EVENT_STEP);
		answered += (uint64_t)in_step;
		steps++;
	}
	assert_int_equal(answered, CROWD);
	assert_int_equal(
	    steps, (CROWD + FSS__EVENT_STEP - 1) / FSS__EVENT_STEP);
	hub_drive_close(&d);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, hn_setup, hn_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_wakes),
		TEST(test_resumes),
		TEST(test_afresh),
		TEST(test_parked),
		TEST(test_gathers),
		TEST(test_supersedes),
		TEST(test_device),
		TEST(test_ends),
		TEST(test_last_seen_at_once),
		TEST(test_behind),
		cmocka_unit_test(test_fair),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
