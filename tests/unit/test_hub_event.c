/*
 * Telling news: long polls that park, wake, gather and resume; and over
 * random schedules that each change reaches each session once, in order, or
 * is covered by a hint to list afresh.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "hub_peer.h"
#include "model/account.h"
#include "model/entry_use.h"
#include "proto/hub_internal.h"
#include "rng.h"

#define MS       INT64_C(1000)
#define SECOND   INT64_C(1000000)
#define PRESENCE (1u << (FSS_NEWS_PRESENCE - 1))
#define REQUEST  (1u << (FSS_NEWS_REQUEST - 1))
#define PROGRESS (1u << (FSS_NEWS_PROGRESS - 1))
#define FILES    (1u << (FSS_NEWS_FILE - 1))
#define WORK     (1u << (FSS_NEWS_WORK - 1))

struct world {
	struct hub_drive d;
	struct hub_peer a, b;
	int64_t alice, bob;
};

static struct fss__session *
session_of(struct world *w, struct hub_peer *p)
{
	struct fss__slice id = { p->session, sizeof(p->session) };
	struct fss__session *s;

	s = fss__sessions_find(&w->d.hub->sessions, id, p->key);
	assert_non_null(s);
	return s;
}

static struct fss__m_events
question(unsigned kinds, uint64_t epoch, uint64_t after, bool wait)
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

static uint64_t
park(struct hub_peer *p, unsigned kinds, uint64_t epoch, uint64_t after)
{
	struct fss__m_events m = question(kinds, epoch, after, true);
	uint64_t req = hub_peer_send(p, FSS__MSG_EVENTS, &m, NULL);

	hub_drive_run(p->d);
	return req;
}

/* Where to begin. */
static uint64_t
begin(struct hub_peer *p, unsigned kinds, uint64_t *ret_epoch)
{
	struct fss__m_events m = question(kinds, 0, 0, false);
	struct fss__m_event_list list;

	assert_int_equal(hub_peer_ask(p, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.events.count, 0);
	assert_false((list.has & FSS__K_event_list_afresh) && list.afresh);
	*ret_epoch = list.epoch;
	return list.last;
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	uint64_t epoch;

	assert_non_null(w);
	hub_drive_open(&w->d, NULL);
	hub_peer_init(&w->a, &w->d, 1);
	hub_peer_init(&w->b, &w->d, 2);
	hub_peer_register(&w->a, "alice");
	hub_peer_register(&w->b, "bob");
	w->alice = session_of(w, &w->a)->who.account;
	w->bob = session_of(w, &w->b)->who.account;
	/* Both subscribe and so come online before a test begins. */
	(void)begin(&w->a, REQUEST, &epoch);
	(void)begin(&w->b, REQUEST, &epoch);
	hub_drive_tick(&w->d, SECOND);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	hub_peer_release(&w->a);
	hub_peer_release(&w->b);
	hub_drive_close(&w->d);
	free(w);
	return 0;
}

/* News of a request, to @to (0: all). */
static void
tell(struct world *w, int kind, int64_t to, int64_t number)
{
	struct fss__news n, *list = NULL;
	struct fss__hub_update up;

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
	assert_int_equal(fss__news_add(&list, &n), 0);
	fss__hub_update_init(&up);
	w->d.hub->up = &up;
	fss__hub_tell(w->d.hub, list);
	w->d.hub->up = NULL;
	/* Telling sends nothing by itself. */
	assert_null(up.outs);
	assert_null(up.jobs);
}

static struct fss__m_event
only(struct fss__m_event_list *list)
{
	struct fss__m_event row;

	assert_int_equal(list->events.count, 1);
	assert_int_equal(fss__list_next(&list->events, &fss__r_event, &row), 1);
	return row;
}

static void
test_wakes(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	uint64_t epoch, last, req_a, req_b;

	last = begin(&w->a, REQUEST, &epoch);
	req_a = park(&w->a, REQUEST, epoch, last);
	req_b = park(&w->b, REQUEST, epoch, last);
	hub_peer_silence(&w->a);
	tell(w, FSS_NEWS_REQUEST, w->alice, 77);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req_a, &list), 0);
	assert_int_equal(list.epoch, epoch);
	assert_int_equal(list.last, last + 1);
	assert_int_equal(only(&list).request, 77);
	/* Not bob's business. */
	hub_peer_silence(&w->b);
	tell(w, FSS_NEWS_REQUEST, w->bob, 78);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, req_b, &list), 0);
	assert_int_equal(list.last, last + 2);
	assert_int_equal(only(&list).request, 78);
}

/* What happened while nobody waited comes with the next question. */
static void
test_resumes(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__m_events m;
	uint64_t epoch, last;
	int64_t i;

	last = begin(&w->a, REQUEST, &epoch);
	for (i = 0; i < 300; i++)
		tell(w, FSS_NEWS_REQUEST, w->alice, i);
	m = question(REQUEST, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.events.count, FSS__MAX_LIST_ROWS);
	assert_int_equal(list.last, last + FSS__MAX_LIST_ROWS);
	m = question(REQUEST, epoch, list.last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.events.count, 300 - FSS__MAX_LIST_ROWS);
	assert_int_equal(list.last, last + 300);
}

static void
test_afresh(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__m_events m;
	uint64_t epoch, last;
	int64_t i;

	last = begin(&w->a, PRESENCE | REQUEST, &epoch);
	/* Another start of the hub; and a number it has not given. */
	m = question(REQUEST, epoch + 1, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_true(list.afresh && list.events.count == 0);
	assert_int_equal(list.epoch, epoch);
	m = question(REQUEST, epoch, last + 1, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_true(list.afresh);
	/* More presence than is told one by one; who does not care is fine. */
	for (i = 0; i <= FSS__EVENT_ROWS; i++)
		tell(w, FSS_NEWS_PRESENCE, 0, 1000 + i);
	m = question(PRESENCE | REQUEST, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_true(list.afresh);
	assert_int_equal(list.last, last + FSS__EVENT_ROWS + 1);
	m = question(REQUEST, epoch, last, false);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_false((list.has & FSS__K_event_list_afresh) && list.afresh);
	/* Older than what is remembered. */
	for (i = 0; i < FSS__MAX_EVENTS; i++)
		tell(w, FSS_NEWS_REQUEST, w->bob, i);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_true(list.afresh);
}

/* One at a time is parked; none past its time, or while the hub drains. */
static void
test_parked(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	uint64_t epoch, last, first, second;
	int64_t wait = FSS__MAX_EVENT_WAIT * MS, t;

	last = begin(&w->a, REQUEST, &epoch);
	first = park(&w->a, REQUEST, epoch, last);
	second = park(&w->a, REQUEST, epoch, last);
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
	first = park(&w->a, REQUEST, epoch, list.last);
	hub_peer_silence(&w->a);
	fss__hub_drain(w->d.hub);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, first, &list), 0);
}

/* Who was answered a moment ago waits a little, unless it is a request. */
static void
test_gathers(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	uint64_t epoch, last, req;
	int64_t i;

	last = begin(&w->a, PRESENCE | REQUEST, &epoch);
	req = park(&w->a, PRESENCE | REQUEST, epoch, last);
	for (i = 0; i < 5; i++) {
		tell(w, FSS_NEWS_PRESENCE, 0, 1000 + i);
		hub_drive_run(&w->d);
	}
	hub_peer_silence(&w->a);
	hub_drive_tick(&w->d, FSS__MAX_EVENT_GAP * MS - 1);
	hub_peer_silence(&w->a);
	hub_drive_tick(&w->d, 1);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(list.events.count, 5);
	req = park(&w->a, PRESENCE | REQUEST, epoch, list.last);
	tell(w, FSS_NEWS_PRESENCE, 0, 1000);
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	tell(w, FSS_NEWS_REQUEST, w->alice, 5);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(list.events.count, 2);
}

/* Of one person only the newest. */
static void
test_supersedes(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__m_events m;
	uint64_t epoch, last;
	int i;

	last = begin(&w->a, PRESENCE, &epoch);
	for (i = 0; i < 10; i++)
		tell(w, FSS_NEWS_PRESENCE, 0, 1000);
	m = question(PRESENCE, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.last, last + 10);
	assert_int_equal(only(&list).seq, last + 10);
}

/* Work is told to the device, whatever else the account has. */
static void
test_device(void **state)
{
	struct world *w = *state;
	struct fss__session *s = session_of(w, &w->a);
	struct fss__m_event_list list;
	struct fss__news n, *news = NULL;
	uint64_t epoch, last, req;

	last = begin(&w->a, WORK, &epoch);
	req = park(&w->a, WORK, epoch, last);
	(void)park(&w->b, WORK, epoch, last);
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_WORK;
	n.device = s->who.device + 1000;
	assert_int_equal(fss__news_add(&news, &n), 0);
	fss__hub_tell(w->d.hub, news);
	hub_drive_run(&w->d);
	hub_peer_silence(&w->a);
	news = NULL;
	n.device = s->who.device;
	assert_int_equal(fss__news_add(&news, &n), 0);
	fss__hub_tell(w->d.hub, news);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(only(&list).kind, FSS_NEWS_WORK);
	hub_peer_silence(&w->b);
}

/* A session that ends or logs out waits no more. */
static void
test_ends(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__m_empty nothing;
	struct fss__m_logout logout;
	uint64_t epoch, last, req, out;

	last = begin(&w->a, REQUEST, &epoch);
	req = park(&w->a, REQUEST, epoch, last);
	(void)park(&w->b, REQUEST, epoch, last);
	assert_int_equal(w->d.hub->events.nwaiting, 2);
	memset(&nothing, 0, sizeof(nothing));
	(void)hub_peer_send(&w->b, FSS__MSG_BYE, &nothing, NULL);
	assert_int_equal(w->d.hub->events.nwaiting, 1);
	tell(w, FSS_NEWS_REQUEST, w->bob, 1);
	memset(&logout, 0, sizeof(logout));
	out = hub_peer_send(&w->a, FSS__MSG_LOGOUT, &logout, NULL);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(list.events.count, 0);
	assert_int_equal(hub_peer_take(&w->a, out, NULL), 0);
	assert_int_equal(w->d.hub->events.nwaiting, 0);
	tell(w, FSS_NEWS_REQUEST, w->alice, 1);
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
	assert_int_equal(fss__list_next(&list.people, &fss__r_who_row, &row), 1);
	assert_int_equal(row.presence, FSS_PRESENCE_OFFLINE);
	assert_true(row.has & FSS__K_who_row_seen_us);
	return row.seen_us;
}

/* Who is told that a person went asks before the hub could write it down. */
static void
test_last_seen_at_once(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__m_empty nothing;
	uint64_t epoch, last, req;
	int64_t seen_us;

	last = begin(&w->a, PRESENCE, &epoch);
	req = park(&w->a, PRESENCE, epoch, last);
	seen_us = w->d.wall_us;
	w->d.hold = HUB_HOLD(FSS__LANE_WRITE);
	memset(&nothing, 0, sizeof(nothing));
	(void)hub_peer_send(&w->b, FSS__MSG_BYE, &nothing, NULL);
	hub_drive_tick(&w->d, FSS__PRESENCE_GRACE_US);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(only(&list).presence, FSS_PRESENCE_OFFLINE);
	assert_true(hub_drive_lanes(&w->d) & HUB_HOLD(FSS__LANE_WRITE));
	assert_int_equal(last_seen(&w->a, "bob"), seen_us);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(last_seen(&w->a, "bob"), seen_us);
}

/* Files of others: only who may see them, by way of a reader. */
static void
test_files(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__news n, *news = NULL;
	struct fss__m_event row;
	uint64_t epoch, last, req;

	last = begin(&w->b, FILES | REQUEST, &epoch);
	req = park(&w->b, FILES | REQUEST, epoch, last);
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_FILE;
	n.account = w->alice;
	n.what = FSS_CHANGE_ADDED;
	n.entry = 999999; /* nobody sees it */
	assert_int_equal(fss__news_add(&news, &n), 0);
	fss__hub_tell(w->d.hub, news);
	hub_drive_tick(&w->d, SECOND);
	assert_int_equal(hub_drive_jobs(&w->d), 1);
	/* While it is looked at, more comes. */
	tell(w, FSS_NEWS_REQUEST, w->bob, 3);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, req, &list), 0);
	assert_int_equal(list.last, last + 2);
	row = only(&list);
	assert_int_equal(row.request, 3);
	/* One's own are seen without a look. */
	req = park(&w->b, FILES, epoch, list.last);
	n.account = w->bob;
	news = NULL;
	assert_int_equal(fss__news_add(&news, &n), 0);
	fss__hub_tell(w->d.hub, news);
	hub_drive_tick(&w->d, SECOND);
	assert_int_equal(hub_peer_take(&w->b, req, &list), 0);
	assert_int_equal(only(&list).what, FSS_CHANGE_ADDED);
}

/*
 * What is lost to all is told to its owner by the change alone: the owner's
 * answer needs no look at rights, which would leave the other item out.
 */
static void
test_files_lost(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__news n, *news = NULL;
	uint64_t epoch, last, req, req_b;

	last = begin(&w->a, FILES, &epoch);
	req = park(&w->a, FILES, epoch, last);
	req_b = park(&w->b, FILES, epoch, last);
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_FILE;
	n.account = w->alice;
	n.what = FSS_CHANGE_ACCESS;
	n.at_us = INT64_MAX;		/* after both came */
	n.lost = true;
	assert_int_equal(fss__news_add(&news, &n), 0);
	n.lost = false;
	assert_int_equal(fss__news_add(&news, &n), 0);
	fss__hub_tell(w->d.hub, news);
	hub_drive_tick(&w->d, SECOND);
	assert_int_equal(hub_peer_take(&w->a, req, &list), 0);
	assert_int_equal(only(&list).what, FSS_CHANGE_ACCESS);
	assert_int_equal(list.last, last + 2);
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, req_b, &list), 0);
	assert_int_equal(only(&list).what, FSS_CHANGE_ACCESS);
}

/* A file of @p's that is empty. */
static void
make_file(struct hub_peer *p, uint8_t op, const char *path)
{
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_entry_list list;
	struct fss__m_commit_item item;
	struct fss__m_commit m;
	struct fss__m_entry row;
	struct fss__buf b;

	memset(opid, op, sizeof(opid));
	memset(&item, 0, sizeof(item));
	item.path = fss__slice_str(path);
	item.kind = FSS_KIND_FILE;
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_COMMIT, &m, NULL, &list), 0);
	fss__buf_release(&b);
	assert_int_equal(fss__list_next(&list.entries, &fss__r_entry, &row), 1);
	assert_int_equal(row.status, 0);
}

/*
 * One of a batch fails where half of it is written: it leaves no trace, the
 * others are there, and each is told once.
 */
static void
test_batch_in_part(void **state)
{
	static const char *const path[] = { "/1", "/late/a/b/f", "/2", "/3" };
	static const int status[] = { 0, FSS_EQUOTA, 0, 0 };
	struct world *w = *state;
	uint8_t opid[FSS__OP_BYTES] = { 77 };
	struct fss__m_entry_list list;
	struct fss__m_event_list events;
	struct fss__m_events ask;
	struct fss__m_commit_item item;
	struct fss__m_commit m;
	struct fss__m_entry row;
	struct fss__m_event event;
	struct fss__buf b;
	uint64_t epoch, last;
	unsigned i;

	w->d.rules.quota_bytes = 3 * FSS__ENTRY_COST;
	last = begin(&w->a, FILES, &epoch);
	fss__buf_init(&b, FSS__MAX_HEADER);
	memset(&item, 0, sizeof(item));
	item.kind = FSS_KIND_FILE;
	for (i = 0; i < 4; i++) {
		item.path = fss__slice_str(path[i]);
		assert_int_equal(
		    fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	}
	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 4;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_COMMIT, &m, NULL, &list), 0);
	for (i = 0; i < 4; i++) {
		assert_int_equal(
		    fss__list_next(&list.entries, &fss__r_entry, &row), 1);
		assert_int_equal(-(int)row.status, status[i]);
	}
	assert_int_equal(hub_peer_stat(&w->a, "/late", NULL), FSS_ENOENT);
	assert_int_equal(hub_peer_stat(&w->a, "/1", NULL), 0);
	assert_int_equal(hub_peer_stat(&w->a, "/3", NULL), 0);
	ask = question(FILES, epoch, last, false);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &ask, NULL, &events), 0);
	assert_int_equal(events.events.count, 3);
	for (i = 0; i < 4; i++) {
		if (status[i] != 0)
			continue;
		assert_int_equal(
		    fss__list_next(&events.events, &fss__r_event, &event), 1);
		assert_int_equal(event.what, FSS_CHANGE_ADDED);
		assert_true(fss__slice_eq(event.path, fss__slice_str(path[i])));
	}
	fss__buf_release(&b);
}

/* Ids of content as @count files, the ids in turn: how many were refused. */
static unsigned
copy(struct hub_peer *p, uint8_t op, const char *format,
    const struct fss__id id[2], unsigned count, const char *last)
{
	uint8_t opid[FSS__OP_BYTES] = { op };
	struct fss__m_commit_item item;
	struct fss__m_entry_list list;
	struct fss__m_commit m;
	struct fss__m_entry row;
	unsigned i, refused = 0;
	struct fss__buf b;
	char path[64];

	fss__buf_init(&b, FSS__MAX_HEADER);
	memset(&item, 0, sizeof(item));
	item.kind = FSS_KIND_FILE;
	for (i = 0; i <= count; i++) {
		(void)snprintf(path, sizeof(path), format, i);
		item.path = fss__slice_str(i < count ? path : last);
		item.has = i < count ? FSS__K_commit_item_size |
		    FSS__K_commit_item_root : 0;
		item.size = i < count ? 100 : 0;
		item.root.p = id[i % 2].b;
		item.root.n = sizeof(id[0].b);
		assert_int_equal(
		    fss__record_encode(&b, &fss__r_commit_item, &item), 0);
	}
	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = count + 1;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_COMMIT, &m, NULL, &list), 0);
	while (fss__list_next(&list.entries, &fss__r_entry, &row) == 1)
		refused += row.status != 0;
	fss__buf_release(&b);
	return refused;
}

static void
set_access(struct hub_peer *p, uint8_t op, const char *path, int access)
{
	uint8_t opid[FSS__OP_BYTES] = { op };
	struct fss__m_access m;

	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.path = fss__slice_str(path);
	m.access = (uint64_t)access;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_ACCESS, &m, NULL, NULL), 0);
}

/* What a batch may look at is not used up by what was undone of it. */
static void
test_batch_looks(void **state)
{
	struct world *w = *state;
	struct fss__frame *f;
	struct fss__id id[2];
	uint64_t req;
	unsigned i;

	for (i = 0; i < 2; i++) {
		f = hub_peer_content(i, 100, &id[i]);
		req = hub_peer_put_send(&w->a, &id[i], f);
		hub_drive_run(&w->d);
		assert_int_equal(hub_peer_take(&w->a, req, NULL), 0);
	}
	/* Forty of each before the first that bob may read. */
	assert_int_equal(copy(&w->a, 1, "/hidden/%u", id, 80, "/hidden/last"),
	    0);
	set_access(&w->a, 2, "/hidden", FSS_ACCESS_PRIVATE);
	assert_int_equal(copy(&w->a, 3, "/open/%u", id, 2, "/open/last"), 0);
	set_access(&w->a, 4, "/open", FSS_ACCESS_OPEN);
	w->d.rules.quota_bytes = 16 * FSS__ENTRY_COST + 14 * 100;
	assert_int_equal(copy(&w->b, 5, "/%u", id, 14, "/late/a/b/f"), 1);
}

static void
remove_file(struct hub_peer *p, uint8_t op, const char *path)
{
	uint8_t opid[FSS__OP_BYTES];
	struct fss__m_remove m;
	struct fss__m_ref ref;
	struct fss__buf b;

	memset(opid, op, sizeof(opid));
	memset(&ref, 0, sizeof(ref));
	ref.path = fss__slice_str(path);
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_ref, &ref), 0);
	memset(&m, 0, sizeof(m));
	m.op.p = opid;
	m.op.n = sizeof(opid);
	m.refs.p = b.data;
	m.refs.n = b.len;
	m.refs.count = 1;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_REMOVE, &m, NULL, NULL), 0);
	fss__buf_release(&b);
}

/*
 * News of a private file stay news of that file: once it is gone, no other
 * has its number, and whoever may see that one is told nothing.
 */
static void
test_files_gone(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__m_event row;
	struct fss__m_events m;
	uint64_t epoch, last;

	last = begin(&w->b, FILES, &epoch);
	make_file(&w->a, 1, "/private");
	remove_file(&w->a, 2, "/private");
	make_file(&w->b, 3, "/mine");
	m = question(FILES, epoch, last, true);
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	row = only(&list);
	assert_true(fss__slice_eq(row.path, fss__slice_str("/mine")));
}

/* Far behind is gone through in steps, and not as often as one likes. */
static void
test_behind(void **state)
{
	struct world *w = *state;
	struct fss__m_event_list list;
	struct fss__m_events m;
	uint64_t epoch, last;
	int i, r = 0;

	last = begin(&w->a, REQUEST, &epoch);
	for (i = 0; i < 5000; i++)
		tell(w, FSS_NEWS_REQUEST, w->bob, 1 + i);
	tell(w, FSS_NEWS_REQUEST, w->alice, 7);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_events_epoch | FSS__K_events_after |
	    FSS__K_events_wait;
	m.kinds = REQUEST;
	m.epoch = epoch;
	m.after = last;
	m.wait = true;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(list.events.count, 0);
	assert_int_equal(list.last, last + 4096);
	m.after = list.last;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_int_equal(only(&list).request, 7);
	m.after = last;
	for (i = 0; i < 1001 && r == 0; i++)
		r = hub_peer_ask(&w->a, FSS__MSG_EVENTS, &m, NULL, &list);
	assert_int_equal(r, FSS_ERATE);
	assert_in_range(w->a.error.retry_ms, 1, 20);
	/* Who waits for what is new is not held up. */
	m.after = last + 5001;
	(void)park(&w->a, REQUEST, epoch, m.after);
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
	ask = question(PRESENCE, 0, 0, true);
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

/* ---- random ----------------------------------------------------------- */

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

/* Rows come in order; between two there is nothing that was missed. */
static void
check_rows(struct reader *r, struct fss__m_event_list *list, uint64_t first_seq,
    uint64_t count)
{
	uint64_t at = r->last, s, later;
	struct fss__m_event row;
	bool superseded;

	while (fss__list_next(&list->events, &fss__r_event, &row) == 1) {
		assert_true(row.seq > at);
		for (s = at + 1; s <= row.seq; s++) {
			const struct told *t = &told[s - first_seq];

			if (s == row.seq) {
				assert_true(concerns(r, t));
				assert_int_equal(row.kind, t->kind);
			} else if (concerns(r, t)) {
				superseded = false;
				for (later = s + 1; later < first_seq + count;
				     later++)
					superseded |=
					    told[later - first_seq].kind ==
						t->kind &&
					    told[later - first_seq].to ==
						t->to &&
					    told[later - first_seq].key ==
						t->key;
				assert_true(
				    superseded && t->kind != FSS_NEWS_REQUEST);
			}
		}
		at = row.seq;
		r->got++;
	}
	/* What is behind the last row is not left out either. */
	for (s = at + 1; s <= list->last; s++) {
		const struct told *t = &told[s - first_seq];

		if (!concerns(r, t))
			continue;
		assert_int_not_equal(t->kind, FSS_NEWS_REQUEST);
		superseded = false;
		for (later = s + 1; later < first_seq + count; later++)
			superseded |= told[later - first_seq].kind == t->kind &&
			    told[later - first_seq].to == t->to &&
			    told[later - first_seq].key == t->key;
		assert_true(superseded);
	}
	assert_true(list->last >= at);
	r->last = list->last;
}

static void
take_all(
    struct world *w, struct reader *readers, uint64_t first_seq, uint64_t count)
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
heartbeat(struct world *w, struct reader *r)
{
	hub_peer_credit(&r->peer, 0);
	assert_int_equal(session_of(w, &r->peer)->seen_us, w->d.mono_us);
}

static void
test_random(void **state)
{
	static const int kinds[] = { FSS_NEWS_PRESENCE, FSS_NEWS_REQUEST,
		FSS_NEWS_PROGRESS };
	struct world *w = *state;
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
		r->account = session_of(w, &r->peer)->who.account;
		r->kinds = PRESENCE | REQUEST | PROGRESS;
		if (i == 3)
			r->kinds = REQUEST;
		(void)begin(&r->peer, r->kinds, &r->epoch);
	}
	/* All are here: no change of theirs is among what is told. */
	hub_drive_tick(&w->d, 10 * SECOND);
	hub_drive_run(&w->d);
	for (i = 0; i < READERS; i++)
		readers[i].last = begin(
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
			tell(w, t->kind, t->to, t->key);
			break;
		case 1:
			if (r->parked != 0)
				break;
			r->parked = park(&r->peer, r->kinds, r->epoch, r->last);
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
				readers[i].parked = park(&readers[i].peer,
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
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
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
		TEST(test_files),
		TEST(test_files_lost),
		TEST(test_batch_in_part),
		TEST(test_batch_looks),
		TEST(test_files_gone),
		TEST(test_behind),
		cmocka_unit_test(test_fair),
		TEST(test_random),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
