/*
 * News of uploads in parts: to the sessions of whose they are, the first at
 * once and what follows gathered, and never in the way of other news.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <fss/web.h>

#include "hub_news.h"
#include "proto/hub_internal.h"

#define MS     INT64_C(1000)
#define SECOND INT64_C(1000000)
#define GAP    (FSS__MAX_UPLOAD_GAP * MS)

/* Alice's other device, which waits for news of uploads. */
struct devices {
	struct hn *w;
	struct hub_peer other;
	uint64_t epoch, last, req;
};

static int
setup(void **state)
{
	struct devices *x = calloc(1, sizeof(*x));
	void *w = NULL;

	assert_non_null(x);
	assert_int_equal(hn_setup(&w), 0);
	x->w = w;
	hub_peer_init(&x->other, &x->w->d, 3);
	assert_int_equal(hub_peer_hello(&x->other), 0);
	assert_int_equal(hub_peer_login(&x->other, "alice", "password"), 0);
	x->last = hn_begin(&x->other, HN_UPLOADS, &x->epoch);
	hub_drive_tick(&x->w->d, 10 * SECOND);
	x->req = hn_park(&x->other, HN_UPLOADS, x->epoch, x->last);
	*state = x;
	return 0;
}

static int
teardown(void **state)
{
	struct devices *x = *state;
	void *w = x->w;

	hub_peer_release(&x->other);
	(void)hn_teardown(&w);
	free(x);
	return 0;
}

/* It is told, once, and asks on. */
static void
expect_told(struct devices *x)
{
	struct fss__m_event_list list;
	struct fss__m_event row;

	hub_drive_run(&x->w->d);
	assert_int_equal(hub_peer_take(&x->other, x->req, &list), 0);
	row = hn_only(&list);
	assert_int_equal(row.kind, FSS_NEWS_UPLOAD);
	assert_false(row.has & (FSS__K_event_account | FSS__K_event_path));
	x->last = list.last;
	x->req = hn_park(&x->other, HN_UPLOADS, x->epoch, x->last);
}

static void
expect_silence(struct devices *x)
{
	hub_drive_run(&x->w->d);
	hub_peer_silence(&x->other);
}

/* What was told of is forgotten, so that the next is told at once. */
static void
rest(struct devices *x)
{
	hub_drive_tick(&x->w->d, GAP);
	expect_silence(x);
	assert_null(x->w->d.hub->uploads.first);
}

static void
op_id(struct fss__slice *ret)
{
	static uint8_t op[FSS__OP_BYTES];

	op[0]++;
	ret->p = op;
	ret->n = sizeof(op);
}

static void
stage_new(struct devices *x, struct hub_peer *p, uint8_t id[FSS__HELD_NAME])
{
	struct fss__m_stage_new m;
	struct fss__m_stage got;

	(void)x;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stage_new_op | FSS__K_stage_new_path |
	    FSS__K_stage_new_size;
	op_id(&m.op);
	m.path = fss__slice_str("/up");
	m.size = 100;
	assert_int_equal(
	    hub_peer_ask(p, FSS__MSG_STAGE_NEW, &m, NULL, &got), 0);
	memcpy(id, got.id.p, FSS__HELD_NAME);
}

/* With the op that @m has. */
static int
send_open(struct hub_peer *p, const uint8_t id[FSS__HELD_NAME],
    struct fss__m_stage_open *m)
{
	struct fss__m_stage got;

	m->has = FSS__K_stage_open_op | FSS__K_stage_open_id |
	    FSS__K_stage_open_offset | FSS__K_stage_open_leave;
	m->id.p = id;
	m->id.n = FSS__HELD_NAME;
	return hub_peer_ask(p, FSS__MSG_STAGE_OPEN, m, NULL, &got);
}

static int
stage_open(struct hub_peer *p, const uint8_t id[FSS__HELD_NAME], bool leave)
{
	struct fss__m_stage_open m = { .leave = leave };

	op_id(&m.op);
	return send_open(p, id, &m);
}

static bool
is_held(struct hub_peer *p, const uint8_t id[FSS__HELD_NAME])
{
	struct fss__m_stage_list list;
	struct fss__m_stages m;
	struct fss__m_stage row;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stages_id;
	m.id.p = id;
	m.id.n = FSS__HELD_NAME;
	assert_int_equal(
	    hub_peer_ask(p, FSS__MSG_STAGES, &m, NULL, &list), 0);
	assert_int_equal(
	    fss__list_next(&list.stages, &fss__r_stage, &row), 1);
	return (row.has & FSS__K_stage_held) && row.held;
}

static void
stage_remove(struct hub_peer *p, const uint8_t id[FSS__HELD_NAME])
{
	struct fss__m_stage_remove m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stage_remove_op | FSS__K_stage_remove_id;
	op_id(&m.op);
	m.id.p = id;
	m.id.n = FSS__HELD_NAME;
	assert_int_equal(
	    hub_peer_ask(p, FSS__MSG_STAGE_REMOVE, &m, NULL, NULL), 0);
}

/* Begun, taken up, left, gone: to her other device, and to nobody else. */
static void
test_told(void **state)
{
	struct devices *x = *state;
	uint8_t id[FSS__HELD_NAME];
	uint64_t epoch, bob;

	bob = hn_begin(&x->w->b, HN_UPLOADS, &epoch);
	(void)hn_park(&x->w->b, HN_UPLOADS, epoch, bob);
	stage_new(x, &x->w->a, id);
	expect_told(x);
	rest(x);
	assert_int_equal(stage_open(&x->w->a, id, false), 0);
	expect_told(x);
	rest(x);
	assert_int_equal(stage_open(&x->w->a, id, true), 0);
	expect_told(x);
	rest(x);
	/* Not by who did not have it. */
	assert_int_equal(stage_open(&x->w->a, id, true), 0);
	expect_silence(x);
	assert_int_equal(stage_open(&x->w->a, id, false), 0);
	expect_told(x);
	rest(x);
	/* Gone with it, and nobody at work: one change. */
	stage_remove(&x->w->a, id);
	expect_told(x);
	rest(x);
	hub_peer_silence(&x->w->b);
}

/* The first at once; what follows as one, when the gap is over. */
static void
test_gap(void **state)
{
	struct devices *x = *state;
	uint8_t id[FSS__HELD_NAME];
	int i;

	stage_new(x, &x->w->a, id);
	expect_told(x);
	for (i = 0; i < 50; i++) {
		assert_int_equal(stage_open(&x->w->a, id, i % 2 != 0), 0);
		hub_drive_tick(&x->w->d, GAP / 100);
		expect_silence(x);
	}
	hub_drive_tick(&x->w->d, GAP / 2 - 1);
	expect_silence(x);
	hub_drive_tick(&x->w->d, 1);
	expect_told(x);
	/* That was told just now as well. */
	stage_remove(&x->w->a, id);
	expect_silence(x);
	hub_drive_tick(&x->w->d, GAP);
	expect_told(x);
	rest(x);
}

/* Also what nobody says: a session that ends, an upload that expires. */
static void
test_ends(void **state)
{
	struct devices *x = *state;
	uint8_t id[FSS__HELD_NAME];
	struct fss__m_empty nothing;

	x->w->d.rules.stage_keep_s = 20;
	stage_new(x, &x->w->a, id);
	expect_told(x);
	rest(x);
	assert_int_equal(stage_open(&x->w->a, id, false), 0);
	expect_told(x);
	rest(x);
	memset(&nothing, 0, sizeof(nothing));
	(void)hub_peer_send(&x->w->a, FSS__MSG_BYE, &nothing, NULL);
	expect_told(x);
	rest(x);
	/* The hub looks at least once a minute; she is here until then. */
	hub_drive_tick(&x->w->d, 30 * SECOND);
	hub_peer_silence(&x->other);
	assert_int_equal(hub_peer_ping(&x->other), 0);
	hub_drive_tick(&x->w->d, 31 * SECOND);
	expect_told(x);
}

/*
 * Who asks once more, since the answer was lost with a connection, takes
 * nothing from who went on with it meanwhile; but from their own session of
 * before.
 */
static void
test_repeated(void **state)
{
	struct devices *x = *state;
	uint8_t id[FSS__HELD_NAME], ops[2][FSS__OP_BYTES] = { { 1, 1 },
		{ 2, 2 } };
	struct fss__m_stage_open open = { .leave = false };
	struct fss__m_stage_open leave = { .leave = true };
	struct fss__m_empty nothing;
	struct hub_peer third, before;

	/* Not listened to here. */
	(void)hn_park(&x->other, HN_REQUEST, x->epoch, x->last);
	assert_int_equal(hub_peer_take(&x->other, x->req, NULL), 0);
	hub_peer_init(&third, &x->w->d, 4);
	assert_int_equal(hub_peer_hello(&third), 0);
	assert_int_equal(hub_peer_login(&third, "alice", "password"), 0);
	open.op.p = ops[0];
	leave.op.p = ops[1];
	open.op.n = leave.op.n = FSS__OP_BYTES;
	stage_new(x, &x->w->a, id);
	assert_int_equal(send_open(&x->w->a, id, &open), 0);
	before = x->w->a;
	assert_int_equal(hub_peer_hello(&x->w->a), 0);
	assert_int_equal(send_open(&x->w->a, id, &open), 0);
	memset(&nothing, 0, sizeof(nothing));
	before.last = NULL;
	(void)hub_peer_send(&before, FSS__MSG_BYE, &nothing, NULL);
	hub_drive_run(&x->w->d);
	assert_true(is_held(&third, id));
	assert_int_equal(send_open(&x->w->a, id, &leave), 0);
	assert_false(is_held(&third, id));
	assert_int_equal(stage_open(&third, id, false), 0);
	assert_int_equal(send_open(&x->w->a, id, &leave), 0);
	assert_true(is_held(&x->w->a, id));
	assert_int_equal(send_open(&x->w->a, id, &open), 0);
	assert_true(is_held(&x->w->a, id));
	(void)hub_peer_send(&x->w->a, FSS__MSG_BYE, &nothing, NULL);
	hub_drive_run(&x->w->d);
	assert_true(is_held(&third, id));
	hub_peer_release(&third);
}

/* It takes the right to list them. */
static void
test_scope(void **state)
{
	struct devices *x = *state;
	struct fss__session *s = hn_session(x->w, &x->w->a);
	struct fss__m_events m = hn_question(HN_UPLOADS, 0, 0, false);
	struct fss__m_event_list list;

	s->who.scopes = FSS_SCOPE_READ | FSS_SCOPE_PEOPLE;
	assert_int_equal(hub_peer_ask(&x->w->a, FSS__MSG_EVENTS, &m, NULL,
	    &list), FSS_EDENIED);
	s->who.scopes = FSS_SCOPE_WRITE;
	assert_int_equal(hub_peer_ask(&x->w->a, FSS__MSG_EVENTS, &m, NULL,
	    &list), 0);
	m.kinds = HN_ALL & ~(HN_UPLOADS | HN_FILES);
	assert_int_equal(hub_peer_ask(&x->w->a, FSS__MSG_EVENTS, &m, NULL,
	    &list), FSS_EDENIED);
	/* Kinds of later versions are passed over. */
	m.kinds = HN_UPLOADS | 128;
	assert_int_equal(hub_peer_ask(&x->w->a, FSS__MSG_EVENTS, &m, NULL,
	    &list), 0);
}

#define CROWD	1000

/* A thousand uploads for hours: others resume from before all of that. */
static void
test_crowd(void **state)
{
	struct devices *x = *state;
	struct hn *w = x->w;
	struct fss__m_event_list list;
	struct fss__m_events m;
	struct fss__hub_update up;
	uint64_t epoch, before;
	int64_t i, s;

	before = hn_begin(&w->b, HN_REQUEST, &epoch);
	hn_tell(w, FSS_NEWS_REQUEST, w->bob, 77);
	fss__hub_update_init(&up);
	for (s = 0; s < 2 * FSS__MAX_EVENTS / CROWD; s++) {
		w->d.hub->up = &up;
		for (i = 0; i < CROWD; i++) {
			fss__hub_uploads_changed(w->d.hub, 5000 + i);
			fss__hub_uploads_changed(w->d.hub, 5000 + i);
		}
		w->d.hub->up = NULL;
		hub_drive_tick(&w->d, GAP);
		if (s % 15 == 0) {
			assert_int_equal(hub_peer_ping(&w->b), 0);
			assert_int_equal(hub_peer_ping(&x->other), 0);
		}
	}
	assert_true(fss__ring_last(w->d.hub->events.ring) >
	    before + FSS__MAX_EVENTS);
	m = hn_question(HN_REQUEST, epoch, before, true);
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_EVENTS, &m, NULL, &list), 0);
	assert_false((list.has & FSS__K_event_list_afresh) && list.afresh);
	assert_int_equal(hn_only(&list).request, 77);
	/* When they are over nothing is left of them. */
	hub_drive_tick(&w->d, GAP);
	hub_drive_tick(&w->d, GAP);
	assert_null(w->d.hub->uploads.first);
	hub_peer_silence(&x->other);
}

int
main(void)
{
#define T(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)
	const struct CMUnitTest tests[] = { T(test_told), T(test_gap),
		T(test_ends), T(test_repeated), T(test_scope),
		T(test_crowd) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
