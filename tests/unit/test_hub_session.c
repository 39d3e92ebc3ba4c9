/*
 * The hub's machine: who is let in, in what order a message is judged, and
 * what ends a session.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "hub_frame.h"
#include "hub_peer.h"
#include "proto/hub_internal.h"

#define SECOND INT64_C(1000000)

struct world {
	struct hub_drive d;
	struct hub_peer a, b;
	struct {
		uint64_t req;
		bool named;
		uint8_t session[FSS__SESSION_BYTES];
	} whose;
};

static int
open_world(void **state, const struct fss__hub_config *cfg)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	hub_drive_open(&w->d, cfg);
	hub_peer_init(&w->a, &w->d, 1);
	hub_peer_init(&w->b, &w->d, 2);
	*state = w;
	return 0;
}

static int
setup(void **state)
{
	return open_world(state, NULL);
}

/* Room for three sessions, two of them not logged in. */
static int
setup_narrow(void **state)
{
	struct fss__hub_config cfg;

	hub_drive_config(&cfg);
	cfg.max_sessions = 3;
	cfg.max_anonymous = 2;
	return open_world(state, &cfg);
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

static uint64_t
sessions_of(const struct hub_drive *d)
{
	struct fss__hub_stats st;

	fss__hub_stats(d->hub, &st);
	return st.sessions;
}

static uint64_t
sessions(const struct world *w)
{
	return sessions_of(&w->d);
}

static const struct fss__m_empty nothing;

/* ---- HELLO ------------------------------------------------------------ */

static int
hello(
    struct hub_peer *p, unsigned min, unsigned max, struct fss__m_welcome *ret)
{
	struct fss__m_hello m;

	memset(&m, 0, sizeof(m));
	m.min_version = min;
	m.max_version = max;
	return hub_peer_ask(p, FSS__MSG_HELLO, &m, NULL, ret);
}

static void
test_welcome(void **state)
{
	struct world *w = *state;
	struct fss__m_welcome m;

	assert_int_equal(hello(&w->a, 0, 7, &m), 0);
	assert_int_equal(m.version, FSS__MAX_VERSION);
	assert_int_equal(m.session.n, FSS__SESSION_BYTES);
	assert_int_equal(m.has & FSS__K_welcome_account, 0);
	assert_int_equal(m.digest, FSS__ALG_SHA256);
	assert_int_equal(m.credit, FSS__MAX_CREDIT_FIRST);
	assert_int_equal(m.requests_max, FSS__MAX_REQUESTS);
	assert_int_equal(m.time_us, w->d.wall_us);
	assert_int_equal(m.registration, FSS_REGISTRATION_OPEN);
	assert_true(fss__slice_eq(m.hub_name, fss__slice_str("test")));
	assert_int_equal(sessions(w), 1);
	/* All of it, where there is little to do. */
	w->d.hub->cfg.easy = 1;
	assert_int_equal(hello(&w->a, 0, 7, &m), 0);
	assert_int_equal(m.credit, FSS__MAX_CREDIT);
	assert_int_equal(m.credit_max, FSS__MAX_CREDIT);
}

/* An enrolled key is logged in with HELLO; ids are never the same. */
static void
test_device(void **state)
{
	struct world *w = *state;
	uint8_t before[FSS__SESSION_BYTES];
	struct fss__m_welcome m;

	hub_peer_register(&w->a, "alice");
	memcpy(before, w->a.session, sizeof(before));
	/* Long enough for the sign of life to be written. */
	w->d.wall_us += 3600 * SECOND;
	assert_int_equal(hello(&w->a, 1, 1, &m), 0);
	assert_true(fss__slice_eq(m.account, fss__slice_str("alice")));
	assert_memory_not_equal(m.session.p, before, sizeof(before));
	/* The session named in HELLO is closed by it. */
	assert_int_equal(sessions(w), 1);
	assert_int_equal(hub_peer_ping(&w->a), FSS_ESESSION);
}

static void
test_versions(void **state)
{
	struct world *w = *state;

	assert_int_equal(hello(&w->a, 2, 9, NULL), FSS_EVERSION);
	assert_int_equal(w->a.error.min_version, FSS__MAX_VERSION);
	assert_int_equal(w->a.error.max_version, FSS__MAX_VERSION);
	assert_int_equal(hello(&w->a, 0, 0, NULL), FSS_EVERSION);
	assert_int_equal(hello(&w->a, 2, 0, NULL), FSS_EVERSION);
	assert_int_equal(sessions(w), 0);
	assert_int_equal(hello(&w->a, 1, 1, NULL), 0);
}

/* ---- envelopes -------------------------------------------------------- */

/*
 * Sends bytes as a header and says what came back: 0 is nothing.  Of an error
 * w->whose tells which message it is about.
 */
static int
raw(struct world *w, const void *p, size_t n, struct fss__frame *payload)
{
	struct fss__frame *f = fss__frame_new(n);
	struct fss__m_error m;
	struct hub_msg *msg;
	int r = 0;

	assert_non_null(f);
	memcpy(f->data, p, n);
	hub_drive_frame(&w->d, w->a.route, w->a.key, f, payload);
	hub_drive_run(&w->d);
	msg = hub_drive_next(&w->d);
	if (msg == NULL)
		return 0;
	assert_int_equal(msg->route, w->a.route);
	r = (int)msg->h.type;
	w->whose.req = msg->h.req;
	w->whose.named = msg->h.session.n == sizeof(w->whose.session);
	if (w->whose.named)
		memcpy(w->whose.session, msg->h.session.p,
		    sizeof(w->whose.session));
	if (r == FSS__MSG_ERROR) {
		assert_int_equal(
		    fss__fields_decode(msg->h.fields, &fss__r_error, &m, NULL),
		    0);
		r = -(int)m.code;
	}
	hub_msg_free(msg);
	assert_null(hub_drive_next(&w->d));
	return r;
}

#define RAW(w, bytes) raw(w, bytes, sizeof(bytes) - 1, NULL)

static void
test_envelopes(void **state)
{
	struct world *w = *state;
	uint8_t *big = calloc(1, FSS__MAX_HEADER + 1);

	assert_non_null(big);
	assert_int_equal(RAW(w, ""), FSS_EPROTO);
	assert_int_equal(RAW(w, "\xc1"), FSS_EPROTO);
	assert_int_equal(RAW(w, "\x94\x01\x05\x07\xc4\x00"), FSS_EPROTO);
	assert_int_equal(RAW(w,
			     "\x95\x01\x05\x07\xc4\x03"
			     "abc\x80"),
	    FSS_EPROTO);
	assert_int_equal(raw(w, big, FSS__MAX_HEADER + 1, NULL), FSS_ETOOBIG);
	assert_int_equal(raw(w, big, FSS__MAX_HEADER, NULL), FSS_EPROTO);
	/* The version is judged before the type, the type before all else. */
	assert_int_equal(RAW(w, "\x95\x02\x7f\x07\xc4\x00\x80"), FSS_EVERSION);
	assert_int_equal(RAW(w, "\x95\x00\x01\x07\xc4\x00\x80"), FSS_EVERSION);
	assert_int_equal(RAW(w, "\x95\x01\x7f\x07\xc4\x00\x80"), FSS_ETYPE);
	assert_int_equal(RAW(w, "\x95\x01\x00\x07\xc4\x00\x80"), FSS_ETYPE);
	assert_int_equal(RAW(w, "\x95\x01\x05\x07\xc4\x00\x80"), FSS_ESESSION);
	/* HELLO without its fields, and with fields that are none. */
	assert_int_equal(RAW(w, "\x95\x01\x01\x07\xc4\x00\x80"), FSS_EPROTO);
	assert_int_equal(RAW(w, "\x95\x01\x01\x07\xc4\x00\xc0"), FSS_EPROTO);
	assert_int_equal(
	    RAW(w, "\x95\x01\x01\x07\xc4\x00\x82\x01\x01\x02\x01\x00"),
	    FSS_EPROTO);
	assert_int_equal(
	    RAW(w, "\x95\x01\x01\x07\xc4\x00\x82\x01\x01\x02\xcd\x01\x00"),
	    FSS_ETOOBIG);
	/* Answers and errors are never answered, whatever is in them. */
	assert_int_equal(RAW(w, "\x95\x01\xcc\x81\x07\xc4\x00\x80"), 0);
	assert_int_equal(RAW(w, "\x95\x01\xcc\xff\x07\xc4\x00\x80"), 0);
	assert_int_equal(RAW(w, "\x95\x02\xcc\xff\x07\xc4\x00\x80"), 0);
	free(big);
}

/* An envelope of WHOAMI in the session, its fields those bytes. */
static size_t
whoami(const struct world *w, uint8_t *frame, const char *fields, size_t n)
{
	static const char head[] = "\x95\x01\x07\xcd\x12\x34\xc4\x10";
	size_t at = sizeof(head) - 1;

	memcpy(frame, head, at);
	memcpy(frame + at, w->a.session, FSS__SESSION_BYTES);
	at += FSS__SESSION_BYTES;
	memcpy(frame + at, fields, n);
	return at + n;
}

static void
refused(struct world *w, const uint8_t *frame, size_t n,
    struct fss__frame *payload, int code)
{
	memset(&w->whose, 0, sizeof(w->whose));
	assert_int_equal(raw(w, frame, n, payload), code);
	assert_int_equal(w->whose.req, 0x1234);
	assert_true(w->whose.named);
	assert_memory_equal(w->whose.session, w->a.session,
	    FSS__SESSION_BYTES);
	/* That one alone: the session stands. */
	assert_int_equal(hub_peer_ping(&w->a), 0);
}

/* What is refused is told by its number and session, whatever is wrong. */
static void
test_refused_by_name(void **state)
{
	struct world *w = *state;
	uint8_t *frame = calloc(1, FSS__MAX_HEADER + 64);
	size_t n;

	assert_non_null(frame);
	hub_peer_register(&w->a, "alice");
	n = whoami(w, frame, "\x80", 1);
	/* An element too many, fields that are none, no fields at all. */
	frame[0] = 0x96;
	refused(w, frame, n, NULL, FSS_EPROTO);
	n = whoami(w, frame, "\x80\xc0", 2);
	refused(w, frame, n, NULL, FSS_EPROTO);
	n = whoami(w, frame, "\xc1", 1);
	refused(w, frame, n, NULL, FSS_EPROTO);
	refused(w, frame, n - 1, NULL, FSS_EPROTO);
	/* Too large: the header, the payload. */
	n = whoami(w, frame, "\x80", 1);
	refused(w, frame, FSS__MAX_HEADER + 1, NULL, FSS_ETOOBIG);
	refused(w, frame, n, fss__frame_new(FSS__MAX_PAYLOAD + 1),
	    FSS_ETOOBIG);
	/* More frames than two. */
	w->d.cut = true;
	memset(&w->whose, 0, sizeof(w->whose));
	assert_int_equal(raw(w, frame, n, NULL), FSS_EPROTO);
	w->d.cut = false;
	assert_int_equal(w->whose.req, 0x1234);
	assert_true(w->whose.named);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	/* A number without a session, and no number. */
	assert_int_equal(RAW(w, "\x95\x01\x05\x07\xa0\x80"), FSS_EPROTO);
	assert_int_equal(w->whose.req, 7);
	assert_false(w->whose.named);
	assert_int_equal(RAW(w, "\x95\x01\x05\xff\xa0\x80"), FSS_EPROTO);
	assert_int_equal(w->whose.req, 0);
	/* An answer is not answered, whole or not. */
	assert_int_equal(RAW(w, "\x95\x01\xcc\x85\x07\xa0\x80"), 0);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	free(frame);
}

static void
test_payloads(void **state)
{
	static const char whoami[] = "\x95\x01\x07\x07\xc4\x10";
	struct world *w = *state;
	uint8_t frame[64];
	size_t n = sizeof(whoami) - 1;

	hub_peer_register(&w->a, "alice");
	memcpy(frame, whoami, n);
	memcpy(frame + n, w->a.session, FSS__SESSION_BYTES);
	n += FSS__SESSION_BYTES;
	frame[n++] = 0x80;
	assert_int_equal(raw(w, frame, n, NULL), FSS__MSG_WHOAMI + FSS__ANSWER);
	/* A request that takes none, and one too large for any. */
	assert_int_equal(raw(w, frame, n, fss__frame_new(1)), FSS_EPROTO);
	frame[2] = FSS__MSG_PING;
	assert_int_equal(raw(w, frame, n, fss__frame_new(1)), FSS_EPROTO);
	frame[2] = FSS__MSG_BYE;
	assert_int_equal(raw(w, frame, n, fss__frame_new(1)), FSS_EPROTO);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	assert_int_equal(raw(w, frame, n, fss__frame_new(FSS__MAX_PAYLOAD + 1)),
	    FSS_ETOOBIG);
}

/* ---- sessions and rights ---------------------------------------------- */

static void
test_other_session(void **state)
{
	struct world *w = *state;

	hub_peer_register(&w->a, "alice");
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	/* Alice's session under Bob's key, and one there never was. */
	memcpy(w->b.session, w->a.session, sizeof(w->b.session));
	assert_int_equal(hub_peer_ping(&w->b), FSS_ESESSION);
	memset(w->b.session, 0, sizeof(w->b.session));
	assert_int_equal(hub_peer_ping(&w->b), FSS_ESESSION);
	/* Nor does HELLO or BYE with another's session end it. */
	memcpy(w->b.session, w->a.session, sizeof(w->b.session));
	(void)hub_peer_send(&w->b, FSS__MSG_BYE, &nothing, NULL);
	hub_peer_silence(&w->b);
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	/* Any connection of the same key will do. */
	w->a.route = 77;
	assert_int_equal(hub_peer_ping(&w->a), 0);
}

/* Every message there is, before HELLO, before log-in and by a user. */
static void
test_rights(void **state)
{
	struct world *w = *state;
	const struct fss__message *m;
	uint8_t frame[64] = { 0x95, FSS__MAX_VERSION, 0, 7, 0xc4, 0 };
	unsigned type, asked = 0, admin = 0;

	for (type = 1; type < FSS__ANSWER; type++) {
		m = fss__message_find(type);
		if (m == NULL || type == FSS__MSG_HELLO || type == FSS__MSG_BYE)
			continue;
		frame[2] = (uint8_t)type;
		frame[5] = 0;
		frame[6] = 0x80;
		assert_int_equal(raw(w, frame, 7, NULL), FSS_ESESSION);
		asked++;
	}
	assert_true(asked > 25);
	/* A stranger with a session. */
	assert_int_equal(hub_peer_hello(&w->a), 0);
	frame[5] = FSS__SESSION_BYTES;
	memcpy(frame + 6, w->a.session, FSS__SESSION_BYTES);
	frame[6 + FSS__SESSION_BYTES] = 0x80;
	for (type = 1; type < FSS__ANSWER; type++) {
		m = fss__message_find(type);
		if (m == NULL || m->needs == FSS__NEEDS_NONE)
			continue;
		frame[2] = (uint8_t)type;
		assert_int_equal(
		    raw(w, frame, 7 + FSS__SESSION_BYTES, NULL), FSS_EAUTH);
	}
	/* A user, where an operator is wanted. */
	hub_peer_release(&w->a);
	hub_peer_init(&w->a, &w->d, 10);
	hub_peer_register(&w->a, "carol");
	memcpy(frame + 6, w->a.session, FSS__SESSION_BYTES);
	for (type = 1; type < FSS__ANSWER; type++) {
		m = fss__message_find(type);
		if (m == NULL || m->needs != FSS__NEEDS_ADMIN)
			continue;
		frame[2] = (uint8_t)type;
		assert_int_equal(
		    raw(w, frame, 7 + FSS__SESSION_BYTES, NULL), FSS_EDENIED);
		admin++;
	}
	assert_int_equal(admin, 2);	/* USER_SET, HUB */
}

static void
test_bye(void **state)
{
	struct world *w = *state;

	assert_int_equal(hub_peer_hello(&w->a), 0);
	(void)hub_peer_send(&w->a, FSS__MSG_BYE, &nothing, NULL);
	hub_peer_silence(&w->a);
	assert_int_equal(sessions(w), 0);
	(void)hub_peer_send(&w->a, FSS__MSG_BYE, &nothing, NULL);
	hub_peer_silence(&w->a);
	assert_int_equal(hub_peer_ping(&w->a), FSS_ESESSION);
}

/*
 * Its session ends with the connection that it began on: not with another
 * one of it, nor when it began anew elsewhere.
 */
static void
test_closed(void **state)
{
	struct world *w = *state;
	struct fss__line control, bulk;
	uint64_t route = w->a.route;

	hub_peer_register(&w->a, "alice");
	assert_int_equal(hub_peer_ping(&w->a), 0);
	control = w->d.line;
	w->a.route = route + 100;
	assert_int_equal(hub_peer_ping(&w->a), 0);
	bulk = w->d.line;
	assert_int_equal(bulk.serial, control.serial);
	assert_int_not_equal(bulk.route, control.route);
	hub_drive_closed(&w->d, &bulk);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	assert_int_equal(hub_peer_hello(&w->a), 0);
	assert_int_equal(sessions(w), 1);
	hub_drive_closed(&w->d, &control);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	control = w->d.line;
	hub_drive_closed(&w->d, &control);
	assert_int_equal(sessions(w), 0);
	assert_int_equal(hub_peer_ping(&w->a), FSS_ESESSION);
	assert_int_equal(w->d.line.serial, 0);
	hub_drive_closed(&w->d, &control);
	w->a.route = route;
}

/* ---- limits ----------------------------------------------------------- */

static void
test_requests_max(void **state)
{
	struct world *w = *state;
	uint64_t first, req, i;

	hub_peer_register(&w->a, "alice");
	w->d.hold = HUB_HOLD(FSS__LANE_READ);
	first = w->a.req + 1;
	for (i = 0; i < FSS__MAX_REQUESTS; i++)
		(void)hub_peer_send(&w->a, FSS__MSG_WHOAMI, &nothing, NULL);
	hub_peer_silence(&w->a);
	req = hub_peer_send(&w->a, FSS__MSG_WHOAMI, &nothing, NULL);
	assert_int_equal(hub_peer_take(&w->a, req, NULL), FSS_EOVERLOAD);
	assert_true(w->a.error.retry_ms > 0);
	/* What needs no job is answered all the same. */
	assert_int_equal(hub_peer_ping(&w->a), 0);
	/* Another session is not affected. */
	w->d.hold = 0;
	hub_drive_run(&w->d);
	for (i = 0; i < FSS__MAX_REQUESTS; i++)
		assert_int_equal(hub_peer_take(&w->a, first + i, NULL), 0);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_WHOAMI, &nothing, NULL, NULL), 0);
}

static void
test_sessions_max(void **state)
{
	struct world *w = *state;
	struct hub_peer more[3];
	struct fss__m_hello m;
	uint64_t req;
	int i;

	for (i = 0; i < 3; i++)
		hub_peer_init(&more[i], &w->d, (uint8_t)(20 + i));
	memset(&m, 0, sizeof(m));
	m.min_version = m.max_version = 1;
	/* HELLOs under way count, not only sessions that stand. */
	w->d.hold = HUB_HOLD(FSS__LANE_READ);
	(void)hub_peer_send(&more[0], FSS__MSG_HELLO, &m, NULL);
	(void)hub_peer_send(&more[1], FSS__MSG_HELLO, &m, NULL);
	req = hub_peer_send(&more[2], FSS__MSG_HELLO, &m, NULL);
	assert_int_equal(hub_peer_take(&more[2], req, NULL), FSS_EOVERLOAD);
	assert_true(more[2].error.retry_ms > 0);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&more[0], 1, NULL), 0);
	assert_int_equal(hub_peer_take(&more[1], 1, NULL), 0);
	assert_int_equal(hub_peer_hello(&more[2]), FSS_EOVERLOAD);
	/* They end by themselves, and then there is room. */
	hub_drive_tick(&w->d, FSS__MAX_ANONYMOUS * INT64_C(1000));
	assert_int_equal(sessions(w), 0);
	hub_peer_register(&w->a, "alice");
	hub_peer_register(&w->b, "bob");
	assert_int_equal(hub_peer_hello(&more[0]), 0);
	/* One of the three sessions is alice's: none is left. */
	assert_int_equal(hub_peer_hello(&more[1]), FSS_EOVERLOAD);
	assert_int_equal(hub_peer_hello(&w->a), 0); /* gives one up */
	for (i = 0; i < 3; i++)
		hub_peer_release(&more[i]);
}

static int
login(struct hub_peer *p, const char *name)
{
	return hub_peer_login(p, name, "a wrong one");
}

/* Guessing is slowed down by name and by address, and time heals. */
static void
test_rates(void **state)
{
	struct world *w = *state;
	int i, tries = 0;

	hub_peer_register(&w->a, "alice");
	assert_int_equal(hub_peer_hello(&w->b), 0);
	while (login(&w->b, "alice") == FSS_EAUTH)
		assert_true(++tries < 100);
	assert_int_equal(w->b.error.code, -FSS_ERATE);
	assert_in_range(w->b.error.retry_ms, 1, 10001);
	assert_true(tries >= 10);
	/* A name there is not, from elsewhere: the same burst. */
	w->d.address = "192.0.2.2";
	for (i = 0; i < tries; i++)
		assert_int_equal(login(&w->b, "nobody"), FSS_EAUTH);
	assert_int_equal(login(&w->b, "nobody"), FSS_ERATE);
	hub_drive_tick(&w->d, 11 * SECOND);
	assert_int_equal(hub_peer_login(&w->b, "alice", "password"), 0);
	assert_int_equal(
	    hub_peer_ask(&w->b, FSS__MSG_WHOAMI, &nothing, NULL, NULL), 0);
}

/* Of IPv6 a network of 2^64 addresses counts as one; mapped IPv4 as itself. */
static void
test_rates_network(void **state)
{
	struct world *w = *state;
	char address[64], name[16];
	int i, r = FSS_EAUTH;

	/* Another name each time: only the address can slow it down. */
	/* A session keeps the address it was opened from. */
	w->d.address = address;
	for (i = 0; i < 100 && r == FSS_EAUTH; i++) {
		(void)snprintf(address, sizeof(address), "2001:db8::%x:1", i);
		(void)snprintf(name, sizeof(name), "x%d", i);
		assert_int_equal(hub_peer_hello(&w->b), 0);
		r = login(&w->b, name);
	}
	assert_int_equal(r, FSS_ERATE);
	assert_int_equal(i, 61);
	(void)snprintf(address, sizeof(address), "2001:db8:0:1::1");
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(login(&w->b, "y"), FSS_EAUTH);
	for (r = FSS_EAUTH, i = 0; i < 100 && r == FSS_EAUTH; i++) {
		(void)snprintf(address, sizeof(address), "%s192.0.2.7",
		    i % 2 == 0 ? "::ffff:" : "");
		(void)snprintf(name, sizeof(name), "z%d", i);
		assert_int_equal(hub_peer_hello(&w->b), 0);
		r = login(&w->b, name);
	}
	assert_int_equal(r, FSS_ERATE);
	assert_int_equal(i, 61);
	(void)snprintf(address, sizeof(address), "::ffff:192.0.2.8");
	assert_int_equal(hub_peer_hello(&w->b), 0);
	assert_int_equal(login(&w->b, "t"), FSS_EAUTH);
}

static int
passwd(struct hub_peer *p, const char *old, const char *new)
{
	struct fss__m_passwd m;

	memset(&m, 0, sizeof(m));
	m.old_password = fss__slice_str(old);
	m.new_password = fss__slice_str(new);
	return hub_peer_ask(p, FSS__MSG_PASSWD, &m, NULL, NULL);
}

/* Who is guessed at can change the password meanwhile, at the same address. */
static void
test_rates_passwd(void **state)
{
	struct world *w = *state;
	int tries = 0;

	hub_peer_register(&w->a, "alice");
	assert_int_equal(hub_peer_hello(&w->b), 0);
	while (login(&w->b, "alice") == FSS_EAUTH)
		assert_true(++tries < 100);
	while (login(&w->b, "nobody") == FSS_EAUTH ||
	    login(&w->b, "noone") == FSS_EAUTH)
		assert_true(++tries < 200);
	assert_int_equal(passwd(&w->a, "password", "password2"), 0);
	/* With the old one guesses are counted as well. */
	for (tries = 0; passwd(&w->a, "password", "password3") == FSS_EAUTH;)
		assert_true(++tries < 100);
	assert_int_equal(w->a.error.code, -FSS_ERATE);
	assert_int_equal(tries, 20);
	hub_drive_tick(&w->d, 11 * SECOND);
	assert_int_equal(passwd(&w->a, "password2", "password3"), 0);
}

/* ---- time and the end ------------------------------------------------- */

static void
test_leases(void **state)
{
	struct world *w = *state;
	int64_t lease = FSS__MAX_LEASE * INT64_C(1000);

	hub_peer_register(&w->a, "alice");
	assert_int_equal(hub_peer_hello(&w->b), 0);
	hub_drive_tick(&w->d, FSS__MAX_ANONYMOUS * INT64_C(1000) - 1);
	assert_int_equal(sessions(w), 2);
	hub_drive_tick(&w->d, 1);
	assert_int_equal(sessions(w), 1);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	hub_drive_tick(&w->d, lease - 1);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	hub_drive_tick(&w->d, lease);
	assert_int_equal(sessions(w), 0);
	assert_int_equal(hub_peer_ping(&w->a), FSS_ESESSION);
	/* Nothing is due for a session that is gone: only the hub's own work. */
	hub_drive_run(&w->d);
	assert_true(fss__hub_deadline(w->d.hub) >
	    w->d.mono_us + FSS__MAX_ANONYMOUS * INT64_C(1000));
}

/* Backward nothing moves; the wall clock ends no session. */
static void
test_clock(void **state)
{
	struct world *w = *state;

	hub_peer_register(&w->a, "alice");
	hub_drive_tick(&w->d, -SECOND * 1000);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	assert_int_equal(sessions(w), 1);
	assert_true(fss__hub_deadline(w->d.hub) > w->d.mono_us);
	w->d.mono_us += 1000 * SECOND;
	w->d.wall_us -= 30 * 365 * 86400 * SECOND;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_WHOAMI, &nothing, NULL, NULL), 0);
	assert_int_equal(hub_peer_hello(&w->a), 0);
	w->d.wall_us += 60 * 365 * 86400 * SECOND;
	assert_int_equal(hub_peer_hello(&w->a), 0);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_WHOAMI, &nothing, NULL, NULL), 0);
	hub_drive_tick(&w->d, INT64_C(1) << 60);
	assert_int_equal(sessions(w), 0);
	hub_drive_tick(&w->d, INT64_C(1) << 60);
	assert_int_equal(hub_peer_hello(&w->a), 0);
	assert_int_equal(hub_peer_ping(&w->a), 0);
}

static void
test_drain(void **state)
{
	struct world *w = *state;
	struct fss__hub_stats st;
	uint64_t req;

	hub_peer_register(&w->a, "alice");
	req = hub_peer_send(&w->a, FSS__MSG_WHOAMI, &nothing, NULL);
	fss__hub_drain(w->d.hub);
	fss__hub_stats(w->d.hub, &st);
	assert_int_equal(st.under_way, 1);
	/* What was asked before is answered, nothing new begins. */
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->a, req, NULL), 0);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_WHOAMI, &nothing, NULL, NULL),
	    FSS_EOVERLOAD);
	assert_true(w->a.error.retry_ms > 0);
	assert_int_equal(hub_peer_hello(&w->b), FSS_EOVERLOAD);
	assert_int_equal(hub_peer_ping(&w->a), 0);
	fss__hub_stats(w->d.hub, &st);
	assert_int_equal(st.under_way, 0);
}

static void
put_something(struct hub_peer *p)
{
	struct fss__frame *content;
	struct fss__id id;

	content = hub_peer_content(1, 100, &id);
	(void)hub_peer_put_send(p, &id, content);
	hub_drive_run(p->d);
}

/* One account, key or address has its share and no more. */
static void
test_shares(void **state)
{
	static const char *const addresses[] = {
		"192.0.2.3", "192.0.2.4", "192.0.2.5", "192.0.2.6"
	};
	struct fss__hub_config cfg;
	struct hub_peer p[8];
	struct hub_drive d;
	size_t i;

	(void)state;
	hub_drive_config(&cfg);
	cfg.max_account = 3;
	cfg.max_address = 3;
	hub_drive_open(&d, &cfg);
	for (i = 0; i < 8; i++)
		hub_peer_init(&p[i], &d, (uint8_t)(i + 1));
	/* Alice's: the fourth ends the one heard of least recently. */
	hub_peer_register(&p[0], "alice");
	for (i = 1; i < 3; i++) {
		memcpy(p[i].key, p[0].key, sizeof(p[i].key));
		hub_drive_tick(&d, 1000);
		assert_int_equal(hub_peer_hello(&p[i]), 0);
	}
	hub_drive_tick(&d, 1000);
	assert_int_equal(hub_peer_ping(&p[0]), 0);
	memcpy(p[3].key, p[0].key, sizeof(p[3].key));
	assert_int_equal(hub_peer_hello(&p[3]), 0);
	assert_int_equal(hub_peer_ping(&p[1]), FSS_ESESSION);
	assert_int_equal(hub_peer_ping(&p[0]), 0);
	/* Where all have requests under way, one more is refused. */
	d.hold = HUB_HOLD(FSS__LANE_HASH);
	put_something(&p[0]);
	put_something(&p[2]);
	put_something(&p[3]);
	assert_int_equal(hub_peer_hello(&p[4]), 0);
	assert_int_equal(
	    hub_peer_login(&p[4], "alice", "password"), FSS_EOVERLOAD);
	assert_true(p[4].error.retry_ms > 0);
	d.hold = 0;
	hub_drive_run(&d);
	for (i = 0; i < 3; i++)
		hub_msg_free(hub_drive_next(&d));
	/* By the password from another device: likewise. */
	hub_drive_tick(&d, 1000);
	assert_int_equal(hub_peer_ping(&p[2]), 0);
	assert_int_equal(hub_peer_ping(&p[3]), 0);
	assert_int_equal(hub_peer_login(&p[4], "alice", "password"), 0);
	assert_int_equal(hub_peer_ping(&p[0]), FSS_ESESSION);
	/* Nobody's, of one address; a known device is not concerned. */
	d.address = "192.0.2.2";
	p[5].key[0] = 77;
	for (i = 0; i < 3; i++) {
		p[5].key[1] = (uint8_t)i;
		p[5].open = false;
		hub_drive_tick(&d, 1000);
		assert_int_equal(hub_peer_hello(&p[5]), 0);
	}
	assert_int_equal(hub_peer_hello(&p[7]), 0);
	assert_int_equal(hub_peer_ping(&p[5]), 0);
	assert_int_equal(sessions_of(&d), 3 + 3);
	/* Nobody's, of one key from many addresses. */
	for (i = 0; i < 4; i++) {
		p[6].open = false;
		d.address = addresses[i];
		assert_int_equal(hub_peer_hello(&p[6]), 0);
	}
	assert_int_equal(sessions_of(&d), 3 + 3 + 3);
	for (i = 0; i < 8; i++)
		hub_peer_release(&p[i]);
	hub_drive_close(&d);
}

/* ---- registration ------------------------------------------------------ */

static uint64_t
send_register(struct hub_peer *p, const char *name, const char *password,
    const char *invite)
{
	struct fss__m_register m;

	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str(name);
	m.password = fss__slice_str(password);
	if (invite != NULL) {
		m.has |= FSS__K_register_invite;
		m.invite = fss__slice_str(invite);
	}
	return hub_peer_send(p, FSS__MSG_REGISTER, &m, NULL);
}

static int
answer(struct hub_peer *p, uint64_t req)
{
	hub_drive_run(p->d);
	return hub_peer_take(p, req, NULL);
}

/* Who may not register is told so before a hash is worked out. */
static void
test_invites(void **state)
{
	struct world *w = *state;
	struct fss__m_invite_code code;
	char text[FSS__MAX_INVITE + 1];
	struct fss__m_invite m;
	uint64_t first, second;

	memset(&m, 0, sizeof(m));
	hub_peer_register(&w->a, "alice");
	assert_int_equal(hub_peer_ask(&w->a, FSS__MSG_INVITE, &m, NULL,
	    &code), 0);
	assert_int_equal(fss__slice_copy(code.code, text, sizeof(text)), 0);
	assert_int_equal(hub_peer_hello(&w->b), 0);
	w->d.hold = HUB_HOLD(FSS__LANE_KDF);
	w->d.rules.registration = FSS_REGISTRATION_CLOSED;
	assert_int_equal(answer(&w->b, send_register(&w->b, "bob", "password",
	    text)), FSS_ECLOSED);
	w->d.rules.registration = FSS_REGISTRATION_INVITE;
	assert_int_equal(answer(&w->b, send_register(&w->b, "bob", "password",
	    NULL)), FSS_EINVITE);
	/* Taken or not is not told to them. */
	assert_int_equal(answer(&w->b, send_register(&w->b, "alice",
	    "password", "0000-0000")), FSS_EINVITE);
	assert_int_equal(answer(&w->b, send_register(&w->b, "Bob", "password",
	    "0000-0000")), FSS_ENAME);
	assert_int_equal(answer(&w->b, send_register(&w->b, "Bob", "short",
	    "0000-0000")), FSS_EPASSWORD);
	assert_int_equal(hub_drive_lanes(&w->d), 0);

	/* Of two who have the same one, one gets in. */
	first = send_register(&w->b, "bob", "password", text);
	second = send_register(&w->b, "carol", "password", text);
	hub_drive_run(&w->d);
	assert_int_equal(hub_drive_lanes(&w->d), 1u << FSS__LANE_KDF);
	w->d.hold = 0;
	hub_drive_run(&w->d);
	assert_int_equal(hub_peer_take(&w->b, first, NULL), 0);
	assert_int_equal(hub_peer_take(&w->b, second, NULL), FSS_EINVITE);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_welcome),
		T(test_device),
		T(test_versions),
		T(test_envelopes),
		T(test_refused_by_name),
		T(test_payloads),
		T(test_other_session),
		T(test_rights),
		T(test_bye),
		T(test_closed),
		T(test_requests_max),
		cmocka_unit_test_setup_teardown(
		    test_sessions_max, setup_narrow, teardown),
		cmocka_unit_test(test_shares),
		T(test_rates),
		T(test_rates_network),
		T(test_rates_passwd),
		T(test_leases),
		T(test_clock),
		T(test_drain),
		T(test_invites),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
