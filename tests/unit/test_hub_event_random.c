/*
 * News over random schedules: each change reaches each session once, in
 * order, or a newer one of the same does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "hub_news.h"
#include "proto/hub_internal.h"
#include "rng.h"

#define MS      INT64_C(1000)
#define SECOND  INT64_C(1000000)
#define READERS 4
#define RECENT  8192

struct reader {
	struct hub_peer peer;
	int64_t account;
	unsigned kinds;
	uint64_t epoch, last;
	uint64_t parked; /* request, 0 none */
	uint64_t got; /* rows in all */
};

/* What was told: kind, to whom, of what. */
struct told {
	int kind;
	int64_t to, key;
};

static struct told told[RECENT];

static bool
concerns(const struct reader *r, const struct told *t)
{
	return (r->kinds & 1u << (t->kind - 1)) &&
	    (t->to == 0 || t->to == r->account);
}

/* Number @s may be left out for @r: a newer one of the same was told. */
static void
check_left_out(
    const struct reader *r, uint64_t s, uint64_t first_seq, uint64_t count)
{
	const struct told *t = &told[s - first_seq], *later;
	bool superseded = false;

	if (!concerns(r, t))
		return;
	assert_int_not_equal(t->kind, FSS_NEWS_REQUEST);
	for (later = t + 1; later < told + count; later++)
		superseded |= later->kind == t->kind && later->to == t->to &&
		    later->key == t->key;
	assert_true(superseded);
}

/* Rows come in order; between two there is nothing that was missed. */
static void
check_rows(struct reader *r, struct fss__m_event_list *list, uint64_t first_seq,
    uint64_t count)
{
	const struct told *t;
	struct fss__m_event row;
	uint64_t at = r->last, s;

	while (fss__list_next(&list->events, &fss__r_event, &row) == 1) {
		assert_true(row.seq > at);
		for (s = at + 1; s < row.seq; s++)
			check_left_out(r, s, first_seq, count);
		t = &told[row.seq - first_seq];
		assert_true(concerns(r, t));
		assert_int_equal(row.kind, t->kind);
		at = row.seq;
		r->got++;
	}
	/* What is behind the last row is not left out either. */
	for (s = at + 1; s <= list->last; s++)
		check_left_out(r, s, first_seq, count);
	assert_true(list->last >= at);
	r->last = list->last;
}

static void
take_all(
    struct hn *w, struct reader *readers, uint64_t first_seq, uint64_t count)
{
	struct fss__m_event_list list;
	struct hub_msg *m;
	size_t i;

	while ((m = hub_drive_next(&w->d)) != NULL) {
		for (i = 0; i < READERS; i++)
			if (readers[i].peer.route == m->route)
				break;
		assert_true(i < READERS);
		assert_int_equal(m->h.type, FSS__MSG_EVENTS + FSS__ANSWER);
		assert_int_equal(m->h.req, readers[i].parked);
		readers[i].parked = 0;
		assert_int_equal(fss__fields_decode(m->h.fields,
				     &fss__r_event_list, &list, NULL),
		    0);
		assert_false(
		    (list.has & FSS__K_event_list_afresh) && list.afresh);
		check_rows(&readers[i], &list, first_seq, count);
		hub_msg_free(m);
	}
}

/* Keeps the session, one way. */
static void
heartbeat(struct hn *w, struct reader *r)
{
	hub_peer_credit(&r->peer, 0);
	assert_int_equal(hn_session(w, &r->peer)->seen_us, w->d.mono_us);
}

static void
test_random(void **state)
{
	static const int kinds[] = { FSS_NEWS_PRESENCE, FSS_NEWS_REQUEST,
		FSS_NEWS_PROGRESS };
	struct hn *w = *state;
	struct reader readers[READERS];
	struct rng rng = { 11 };
	uint64_t first, count = 0;
	struct fss__m_empty nothing = { 0 };
	struct told *t;
	char name[8];
	size_t i;
	int n;

	(void)hub_peer_send(&w->a, FSS__MSG_BYE, &nothing, NULL);
	(void)hub_peer_send(&w->b, FSS__MSG_BYE, &nothing, NULL);
	memset(readers, 0, sizeof(readers));
	for (i = 0; i < READERS; i++) {
		struct reader *r = &readers[i];

		hub_peer_init(&r->peer, &w->d, (uint8_t)(10 + i));
		(void)snprintf(name, sizeof(name), "r%d", (int)i);
		hub_peer_register(&r->peer, name);
		r->account = hn_session(w, &r->peer)->who.account;
		r->kinds = HN_PRESENCE | HN_REQUEST | HN_PROGRESS;
		if (i == 3)
			r->kinds = HN_REQUEST;
		(void)hn_begin(&r->peer, r->kinds, &r->epoch);
	}
	/* All are here: no change of theirs is among what is told. */
	hub_drive_tick(&w->d, 10 * SECOND);
	hub_drive_run(&w->d);
	for (i = 0; i < READERS; i++)
		readers[i].last = hn_begin(
		    &readers[i].peer, readers[i].kinds, &readers[i].epoch);
	first = readers[0].last + 1;
	for (n = 0; n < 20000 && count < 4000; n++) {
		struct reader *r = &readers[rng_below(&rng, READERS)];

		switch (rng_below(&rng, 4)) {
		case 0:
			t = &told[count++];
			t->kind = kinds[rng_below(&rng, 3)];
			t->key = (int64_t)rng_below(&rng, 6) + 500;
			t->to = t->kind == FSS_NEWS_PRESENCE &&
				rng_below(&rng, 4) != 0 ?
			    0 :
			    readers[rng_below(&rng, READERS)].account;
			/* Progress of a request is for its asker. */
			if (t->kind == FSS_NEWS_PROGRESS)
				t->to = readers[t->key % READERS].account;
			hn_tell(w, t->kind, t->to, t->key);
			break;
		case 1:
			if (r->parked != 0)
				break;
			r->parked = hn_park(
			    &r->peer, r->kinds, r->epoch, r->last);
			break;
		case 2:
			hub_drive_tick(
			    &w->d, (int64_t)rng_below(&rng, 100) * MS);
			break;
		default:
			hub_drive_run(&w->d);
			break;
		}
		take_all(w, readers, first, count);
		for (i = 0; n % 50 == 0 && i < READERS; i++)
			heartbeat(w, &readers[i]);
	}
	for (i = 0; i < READERS; i++)
		assert_true(readers[i].got > 100);
	/* In the end nothing is left. */
	for (n = 0; n < 100; n++) {
		for (i = 0; i < READERS; i++)
			if (readers[i].parked == 0)
				readers[i].parked = hn_park(&readers[i].peer,
				    readers[i].kinds, readers[i].epoch,
				    readers[i].last);
		hub_drive_tick(&w->d, SECOND / 4);
		hub_drive_run(&w->d);
		take_all(w, readers, first, count);
	}
	for (i = 0; i < READERS; i++) {
		assert_int_not_equal(readers[i].parked, 0);
		hub_peer_release(&readers[i].peer);
	}
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, hn_setup, hn_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
