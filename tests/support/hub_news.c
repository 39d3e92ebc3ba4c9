/*
 * See hub_news.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "hub_news.h"
#include "proto/hub_internal.h"

#define SECOND INT64_C(1000000)

struct fss__session *
hn_session(struct hn *w, struct hub_peer *p)
{
	struct fss__slice id = { p->session, sizeof(p->session) };
	struct fss__session *s;

	s = fss__sessions_find(&w->d.hub->sessions, id, p->key);
	assert_non_null(s);
	return s;
}

struct fss__m_events
hn_question(unsigned kinds, uint64_t epoch, uint64_t after, bool wait)
{
	struct fss__m_events m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_events_wait;
	m.kinds = kinds;
	m.wait = wait;
	if (epoch != 0) {
		m.has |= FSS__K_events_epoch | FSS__K_events_after;
		m.epoch = epoch;
		m.after = after;
	}
	return m;
}

uint64_t
hn_park(struct hub_peer *p, unsigned kinds, uint64_t epoch, uint64_t after)
{
	struct fss__m_events m = hn_question(kinds, epoch, after, true);
	uint64_t req = hub_peer_send(p, FSS__MSG_EVENTS, &m, NULL);

	hub_drive_run(p->d);
	return req;
}

uint64_t
hn_begin(struct hub_peer *p, unsigned kinds, uint64_t *ret_epoch)
{
	struct fss__m_events m = hn_question(kinds, 0, 0, false);
	struct fss__m_event_list list;

	assert_int_equal(hub_peer_ask(p, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.events.count, 0);
	assert_false((list.has & FSS__K_event_list_afresh) && list.afresh);
	*ret_epoch = list.epoch;
	return list.last;
}

int
hn_setup(void **state)
{
	struct hn *w = calloc(1, sizeof(*w));
	uint64_t epoch;

	assert_non_null(w);
	hub_drive_open(&w->d, NULL);
	hub_peer_init(&w->a, &w->d, 1);
	hub_peer_init(&w->b, &w->d, 2);
	hub_peer_register(&w->a, "alice");
	hub_peer_register(&w->b, "bob");
	w->alice = hn_session(w, &w->a)->who.account;
	w->bob = hn_session(w, &w->b)->who.account;
	/* Both subscribe and so come online before a test begins. */
	(void)hn_begin(&w->a, HN_REQUEST, &epoch);
	(void)hn_begin(&w->b, HN_REQUEST, &epoch);
	hub_drive_tick(&w->d, SECOND);
	*state = w;
	return 0;
}

int
hn_teardown(void **state)
{
	struct hn *w = *state;

	hub_peer_release(&w->a);
	hub_peer_release(&w->b);
	hub_drive_close(&w->d);
	free(w);
	return 0;
}

void
hn_tell_news(struct hn *w, const struct fss__news *n)
{
	struct fss__news *list = NULL;
	struct fss__hub_update up;

	assert_int_equal(fss__news_add(&list, n), 0);
	fss__hub_update_init(&up);
	w->d.hub->up = &up;
	fss__hub_tell(w->d.hub, list);
	w->d.hub->up = NULL;
	/* Telling sends nothing by itself. */
	assert_null(up.outs);
	assert_null(up.jobs);
}

void
hn_tell(struct hn *w, int kind, int64_t to, int64_t number)
{
	struct fss__news n;

	memset(&n, 0, sizeof(n));
	n.kind = kind;
	n.request = number;
	n.account = number;
	n.change = 1;
	n.request_kind = FSS_REQUEST_GET;
	if (kind == FSS_NEWS_PRESENCE)
		(void)fss__fmt(n.name, sizeof(n.name), "p%d", (int)number);
	if (to != 0) {
		n.nto = 1;
		n.to[0] = to;
	}
	hn_tell_news(w, &n);
}

struct fss__m_event
hn_only(struct fss__m_event_list *list)
{
	struct fss__m_event row;

	assert_int_equal(list->events.count, 1);
	assert_int_equal(fss__list_next(&list->events, &fss__r_event, &row), 1);
	return row;
}
