/*
 * The life of the client's session machine, driven without a network: how a
 * session begins, is kept, lost and made anew, and what of the hub's is not
 * believed.  What is of content alone is in test_client_content.c.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "client_rig.h"
#include "hub_frame.h"

#define MS	INT64_C(1000)

static void
test_handshake(void **state)
{
	struct rig g;

	(void)state;
	rig_open(&g);
	assert_int_equal(rig_pump(&g, 0), 0);	/* not connected */
	rig_step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_HELLO);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_HELLO);
	assert_int_equal(rig_last(&g)->session_len, 0);
	assert_int_equal(rig_pump(&g, 0), 0);
	g.up.changed = false;
	rig_welcome(&g);
	assert_true(g.up.changed);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	assert_string_equal(fss__cs_terms(g.cs)->account, "alice");
	assert_int_equal(fss__cs_terms(g.cs)->credit_max, 8000);
	assert_int_equal(fss__cs_epoch(g.cs), 1);
	rig_close(&g);
}

static void
test_request_before_connection(void **state)
{
	struct rig g;
	uint64_t req;
	int me;

	(void)state;
	rig_open(&g);
	req = rig_request(&g, FSS__MSG_PING, 0, &me);
	rig_step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_HELLO);
	rig_welcome(&g);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_PING);
	assert_int_equal(rig_last(&g)->req, req);
	assert_int_equal(rig_last(&g)->session_len, 16);
	assert_memory_equal(rig_last(&g)->session, g.session, 16);
	rig_none(&g);
	rig_answer_ping(&g, req);
	assert_int_equal(rig_take(&g, &me), 0);
	rig_none(&g);
	rig_answer_ping(&g, req); /* a second one finds nobody */
	rig_none(&g);
	rig_close(&g);
}

static void
test_reconnect(void **state)
{
	uint64_t ping, put;
	uint8_t old[16];
	struct rig g;
	int a, b;

	(void)state;
	rig_ready(&g);
	ping = rig_request(&g, FSS__MSG_PING, 0, &a);
	put = rig_request(&g, FSS__MSG_PUT, 10, &b);
	rig_step(&g, FSS__CS_UP, 1, 0);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_pump(&g, 1), 1);
	g.up = (struct fss__cs_update){ 0, 0, false };
	rig_step(&g, FSS__CS_LOST, 0, FSS_ENOTCONN);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_DOWN);
	assert_int_equal(g.up.shut, 7);		/* a new session on new ones */
	assert_true(g.up.changed);
	assert_int_equal(rig_take(&g, &b), FSS_ENOTCONN);
	rig_none(&g);
	/* Back after a pause. */
	assert_int_equal(g.up.open, 0);
	rig_due(&g);
	assert_int_equal(g.up.open, 1);
	rig_step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_HELLO);
	assert_int_equal(rig_last(&g)->session_len, 16); /* the former one */
	memcpy(old, g.session, 16);
	assert_memory_equal(rig_last(&g)->session, old, 16);
	memset(g.session, 't', 16);
	rig_welcome(&g);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->req, ping);
	assert_memory_equal(rig_last(&g)->session, g.session, 16);
	/* A late answer of the former session does not count. */
	rig_feed(&g, 0, hub_frame(FSS__MSG_PING + FSS__ANSWER, ping, old,
	    &fss__r_empty, &(struct fss__m_empty){ 0 }), 0);
	rig_none(&g);
	rig_answer_ping(&g, ping);
	assert_int_equal(rig_take(&g, &a), 0);
	assert_true(put != ping);
	rig_close(&g);
}

static void
test_order_kept(void **state)
{
	uint64_t req[5];
	struct rig g;
	unsigned i;

	(void)state;
	rig_ready(&g);
	for (i = 0; i < 5; i++)
		req[i] = rig_request(&g, FSS__MSG_PING, 0, NULL);
	assert_int_equal(rig_pump(&g, 0), 5);
	rig_step(&g, FSS__CS_LOST, 0, FSS_ENOTCONN);
	rig_due(&g);
	rig_step(&g, FSS__CS_UP, 0, 0);
	assert_int_equal(rig_pump(&g, 0), 1);
	rig_welcome(&g);
	assert_int_equal(rig_pump(&g, 0), 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(g.sent[g.nsent - 5 + i].req, req[i]);
	rig_close(&g);
}

static void
test_session_forgotten(void **state)
{
	struct rig g;
	uint64_t req;
	unsigned i;
	int me;

	(void)state;
	rig_ready(&g);
	req = rig_request(&g, FSS__MSG_REGISTER, 0, &me);
	assert_int_equal(rig_pump(&g, 0), 1);
	rig_feed(&g, 0, hub_error(req, FSS_ESESSION), 0);
	rig_none(&g);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_HELLO);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->type, FSS__MSG_HELLO);
	rig_welcome(&g);
	assert_int_equal(rig_pump(&g, 0), 1);
	assert_int_equal(rig_last(&g)->req, req);
	/* Not for ever. */
	for (i = 0; i < 10; i++) {
		rig_feed(&g, 0, hub_error(req, FSS_ESESSION), 0);
		if (fss__cs_state(g.cs) != FSS__CS_HELLO)
			break;
		assert_int_equal(rig_pump(&g, 0), 1);
		rig_welcome(&g);
		assert_int_equal(rig_pump(&g, 0), 1);
	}
	assert_true(i < 10);
	assert_int_equal(rig_take(&g, &me), FSS_ESESSION);
	rig_close(&g);
}

static void
test_once_only(void **state)
{
	struct rig g;
	int me;

	(void)state;
	rig_ready(&g);
	rig_request(&g, FSS__MSG_REGISTER, 0, &me);
	assert_int_equal(rig_pump(&g, 0), 1);
	rig_step(&g, FSS__CS_LOST, 0, FSS_ENOTCONN);
	assert_int_equal(rig_take(&g, &me), FSS_ENOTCONN);
	rig_close(&g);
}

static void
test_heartbeat(void **state)
{
	struct rig g;
	unsigned i;

	(void)state;
	rig_ready(&g);
	for (i = 0; i < 5; i++) {
		assert_int_equal(fss__cs_deadline(g.cs), g.now + 15000 * MS);
		g.now += 15000 * MS;
		rig_step(&g, FSS__CS_TICK, 0, 0);
		assert_int_equal(rig_pump(&g, 0), 1);
		assert_int_equal(rig_last(&g)->type, FSS__MSG_PING);
		rig_answer_ping(&g, rig_last(&g)->req);
		rig_none(&g);
	}
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	/* And now silence. */
	g.up = (struct fss__cs_update){ 0, 0, false };
	while (fss__cs_state(g.cs) == FSS__CS_READY) {
		rig_due(&g);
		rig_pump(&g, 0);
	}
	assert_true(g.up.shut & 1);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_ETIMEDOUT);
	assert_true(g.now <= 1000000 + 8 * 15000 * MS);
	rig_close(&g);
}

static void
test_backoff(void **state)
{
	int64_t before, longest = 0;
	struct rig g;
	unsigned i;

	(void)state;
	rig_open(&g);
	for (i = 0; i < 30; i++) {
		rig_step(&g, FSS__CS_LOST, 0, FSS_EUNREACH);
		before = g.now;
		g.now = fss__cs_deadline(g.cs);
		assert_true(g.now > before);
		assert_true(g.now - before <= 10000 * MS);
		if (g.now - before > longest)
			longest = g.now - before;
		g.up.open = 0;
		rig_step(&g, FSS__CS_TICK, 0, 0);
		assert_int_equal(g.up.open, 1);
		if (i == 0)
			assert_true(longest <= 100 * MS);
	}
	assert_true(longest > 5000 * MS);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_EUNREACH);
	rig_close(&g);
}

static void
test_no_answer_to_hello(void **state)
{
	struct rig g;

	(void)state;
	rig_hello(&g);
	rig_due(&g);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_DOWN);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_ETIMEDOUT);
	rig_close(&g);
}

static void
test_version_refused(void **state)
{
	struct fss__m_error m = { 0 };
	struct rig g;

	(void)state;
	rig_hello(&g);
	m.has = FSS__K_error_code | FSS__K_error_min_version |
	    FSS__K_error_max_version;
	m.code = (uint64_t)-FSS_EVERSION;
	m.min_version = 7;
	m.max_version = 9;
	rig_feed(&g, 0, hub_frame(FSS__MSG_ERROR, rig_last(&g)->req, NULL,
	    &fss__r_error, &m), 0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_REFUSED);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_EVERSION);
	assert_non_null(strstr(fss__cs_error(g.cs)->detail, "7 to 9"));
	rig_close(&g);
}

static void
test_hello_refused_for_now(void **state)
{
	struct rig g;

	(void)state;
	rig_hello(&g);
	rig_feed(&g, 0, hub_error(rig_last(&g)->req, FSS_EOVERLOAD), 0);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_EOVERLOAD);
	assert_int_equal(rig_pump(&g, 0), 0);
	rig_due(&g);
	assert_int_equal(rig_pump(&g, 0), 1);
	rig_welcome(&g);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	rig_close(&g);
}

static void
test_host_key(void **state)
{
	struct rig g;

	(void)state;
	rig_open(&g);
	rig_step(&g, FSS__CS_LOST, 0, FSS_EHOSTKEY);
	assert_int_equal(fss__cs_error(g.cs)->code, 0);	/* may be a restart */
	rig_due(&g);
	g.up.changed = false;
	rig_step(&g, FSS__CS_LOST, 0, FSS_EHOSTKEY);
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_EHOSTKEY);
	assert_true(g.up.changed);
	rig_close(&g);
}

static void
test_overload(void **state)
{
	struct rig g;
	uint64_t req;
	unsigned i;
	int me;

	(void)state;
	rig_ready(&g);
	req = rig_request(&g, FSS__MSG_PING, 0, &me);
	for (i = 0; i < 100; i++) {
		assert_int_equal(rig_pump(&g, 0), 1);
		assert_int_equal(rig_last(&g)->req, req);
		rig_feed(&g, 0, hub_error(req, FSS_EOVERLOAD), 0);
		if (rig_pump(&g, 0) == 0 && fss__cs_pending(g.cs) == 0)
			break;
		g.now = fss__cs_deadline(g.cs);
	}
	assert_true(i >= 5 && i < 100);
	assert_int_equal(rig_take(&g, &me), FSS_EOVERLOAD);
	rig_close(&g);
}

static void
test_bad_frames(void **state)
{
	struct fss__m_empty empty = { 0 };
	struct fss__m_welcome m;
	struct fss__frame *f;
	struct rig g;
	uint64_t req;
	int i, me;

	(void)state;
	/* Rubbish concerns nobody; of a hub with no more to say it is none. */
	rig_ready(&g);
	for (i = 0; fss__cs_state(g.cs) == FSS__CS_READY; i++) {
		assert_true(i < 10);
		f = fss__frame_new(3);
		memcpy(f->data, "abc", 3);
		rig_feed(&g, 0, f, 0);
		assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
		rig_due(&g);
		(void)rig_pump(&g, 0);
	}
	assert_int_equal(fss__cs_error(g.cs)->code, FSS_ETIMEDOUT);
	rig_close(&g);
	/* The answer to something else. */
	rig_ready(&g);
	req = rig_request(&g, FSS__MSG_PING, 0, &me);
	rig_pump(&g, 0);
	rig_answer_get(&g, 0, req, 0);
	assert_int_equal(rig_take(&g, &me), FSS_EPROTO);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	/* One with an element too many, and one with frames too many. */
	req = rig_request(&g, FSS__MSG_PING, 0, &me);
	rig_pump(&g, 0);
	f = hub_frame(FSS__MSG_PING + FSS__ANSWER, req, NULL, &fss__r_empty,
	    &empty);
	f->data[0]++;
	rig_feed(&g, 0, f, 0);
	assert_int_equal(rig_take(&g, &me), FSS_EPROTO);
	req = rig_request(&g, FSS__MSG_PING, 0, &me);
	rig_pump(&g, 0);
	g.cut = true;
	rig_answer_ping(&g, req);
	g.cut = false;
	assert_int_equal(rig_take(&g, &me), FSS_EPROTO);
	/* An error that tells of none. */
	req = rig_request(&g, FSS__MSG_PING, 0, &me);
	rig_pump(&g, 0);
	rig_feed(&g, 0, hub_frame(FSS__MSG_ERROR, req, NULL, &fss__r_empty,
	    &empty), 0);
	assert_int_equal(rig_take(&g, &me), FSS_EPROTO);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_READY);
	assert_int_equal(fss__cs_epoch(g.cs), 1);
	rig_none(&g);
	rig_close(&g);
	/* Terms that cannot be. */
	rig_hello(&g);
	hub_welcome_fill(&m, g.session);
	m.chunk_avg = 3;
	rig_feed(&g, 0,
	    hub_frame(FSS__MSG_HELLO + FSS__ANSWER, rig_last(&g)->req, NULL,
		&fss__r_welcome, &m),
	    0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_DOWN);
	rig_close(&g);
	/* An account no hub can have, for a terminal to obey. */
	rig_hello(&g);
	hub_welcome_fill(&m, g.session);
	m.has |= FSS__K_welcome_account;
	m.account = fss__slice_str("a\x1b[2J");
	rig_feed(&g, 0,
	    hub_frame(FSS__MSG_HELLO + FSS__ANSWER, rig_last(&g)->req, NULL,
		&fss__r_welcome, &m),
	    0);
	assert_int_equal(fss__cs_state(g.cs), FSS__CS_DOWN);
	rig_close(&g);
	/* A WELCOME nobody asked for. */
	rig_ready(&g);
	memset(g.session, 'x', 16);
	rig_welcome(&g);
	assert_int_equal(fss__cs_epoch(g.cs), 1);
	rig_close(&g);
}

static void
test_table_full(void **state)
{
	struct rig g;
	unsigned n = 0;

	(void)state;
	rig_ready(&g);
	while (rig_try_request(&g, FSS__MSG_PING, 0, NULL, NULL) == 0)
		n++;
	assert_int_equal(n, FSS__CS_TABLE);
	assert_int_equal(fss__cs_room(g.cs), 0);
	assert_int_equal(rig_pump(&g, 0), 256);	/* as many as WELCOME allows */
	rig_answer_ping(&g, g.sent[1].req);
	assert_int_equal(rig_take(&g, NULL), 0);
	assert_int_equal(rig_try_request(&g, FSS__MSG_PING, 0, NULL, NULL), 0);
	rig_close(&g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_handshake),
		cmocka_unit_test(test_request_before_connection),
		cmocka_unit_test(test_reconnect),
		cmocka_unit_test(test_order_kept),
		cmocka_unit_test(test_session_forgotten),
		cmocka_unit_test(test_once_only),
		cmocka_unit_test(test_heartbeat),
		cmocka_unit_test(test_backoff),
		cmocka_unit_test(test_no_answer_to_hello),
		cmocka_unit_test(test_version_refused),
		cmocka_unit_test(test_hello_refused_for_now),
		cmocka_unit_test(test_host_key),
		cmocka_unit_test(test_overload),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_table_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
