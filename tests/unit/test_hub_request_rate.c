/*
 * How often one may ask the hub's machine, decide and hide, and when again
 * after a no; and what others see of whoever hides.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/num.h"
#include "hub_request.h"

#define SECOND INT64_C(1000000)

/* Asking has a rate; what was refused can be asked later. */
static void
test_rate(void **state)
{
	struct hr *w = *state;
	struct fss__m_request r;
	int i, e = 0;

	for (i = 0; i < 61 && e != FSS_ERATE; i++)
		e = hr_ask(w, &w->b, "alice", "/none", &r);
	assert_int_equal(e, FSS_ERATE);
	assert_int_equal(i, 61);
	assert_true(w->b.error.retry_ms > 0);
	hub_drive_tick(&w->d, (int64_t)w->b.error.retry_ms * 1000);
	assert_int_equal(hr_ask(w, &w->b, "alice", "/none", &r), FSS_ENOENT);
}

/* Each no makes the wait longer, also than what can be told of it. */
static void
test_long_wait(void **state)
{
	const int64_t hour = 3600 * SECOND;
	struct hr *w = *state;
	struct fss__m_request r;
	int64_t retry_us;
	uint64_t id;
	int i;

	hub_peer_access(&w->a, ++w->op, "/", FSS_ACCESS_ASK);
	(void)hr_announce(w, &w->a, "/file", 1);
	assert_int_equal(hr_ask(w, &w->b, "alice", "/file", &r), 0);
	id = r.id;
	for (i = 0; i < 6; i++) {
		assert_int_equal(hr_decide(w, &w->a, id, FSS_REQUEST_DENY), 0);
		assert_int_equal(hr_decide_when(w, &w->b, id, FSS_REQUEST_RETRY,
		    &retry_us), FSS_ERATE);
		assert_true(retry_us - w->d.wall_us >= hour << i);
		assert_int_equal(hr_ask(w, &w->b, "alice", "/file", &r),
		    FSS_ERATE);
		assert_true(w->b.error.retry_ms >= fss__min_u64(
		    (uint64_t)(retry_us - w->d.wall_us) / 1000,
		    FSS__MAX_RETRY_MS));
		w->d.wall_us += 48 * hour;
		assert_int_equal(hr_decide(w, &w->b, id, FSS_REQUEST_RETRY), 0);
	}
}

/* The same event on @n requests at once, of which none is there. */
static int
decide_many(struct hr *w, struct hub_peer *p, unsigned n, int event)
{
	uint8_t opid[FSS__OP_BYTES], ids[FSS__MAX_BATCH * 8];
	struct fss__m_request_list list;
	struct fss__m_decide m;
	unsigned i;

	memset(&m, 0, sizeof(m));
	m.op = hr_op(w, opid);
	for (i = 0; i < n; i++)
		fss__put_le64(ids + i * 8, 1000000 + i);
	m.ids.p = ids;
	m.ids.n = (size_t)n * 8;
	m.event = (uint64_t)event;
	return hub_peer_ask(p, FSS__MSG_DECIDE, &m, NULL, &list);
}

/* Asking once more counts as asking; what is taken back has its own rate. */
static void
test_rate_of_changes(void **state)
{
	struct hr *w = *state;
	struct fss__m_request r;
	int i;

	assert_int_equal(decide_many(w, &w->b, 256, FSS_REQUEST_RETRY), 0);
	assert_int_equal(
	    decide_many(w, &w->b, 1, FSS_REQUEST_RETRY), FSS_ERATE);
	assert_int_equal(hr_ask(w, &w->b, "alice", "/none", &r), FSS_ERATE);
	/* Two of them may share a bucket by chance, hardly three. */
	assert_true(decide_many(w, &w->c, 1, FSS_REQUEST_RETRY) == 0 ||
	    decide_many(w, &w->a, 1, FSS_REQUEST_RETRY) == 0);
	for (i = 0; i < 4; i++)
		assert_int_equal(decide_many(w, &w->b, 256,
		    i % 2 ? FSS_REQUEST_SEE : FSS_REQUEST_CANCEL), 0);
	assert_int_equal(
	    decide_many(w, &w->b, 1, FSS_REQUEST_CANCEL), FSS_ERATE);
	hub_drive_tick(&w->d, (int64_t)w->b.error.retry_ms * 1000);
	assert_int_equal(decide_many(w, &w->b, 1, FSS_REQUEST_CANCEL), 0);
	assert_int_equal(
	    decide_many(w, &w->b, 1, FSS_REQUEST_SEE), FSS_ERATE);
	/* Answers to others are not held up. */
	assert_int_equal(decide_many(w, &w->b, 256, FSS_REQUEST_APPROVE), 0);
	assert_int_equal(decide_many(w, &w->b, 256, FSS_REQUEST_DENY), 0);
}

/* ---- presence --------------------------------------------------------- */

static uint64_t
who(struct hub_peer *p, const char *name)
{
	struct fss__m_who_list list;
	struct fss__m_who_row row;
	struct fss__m_who m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_who_name | FSS__K_who_all;
	m.name = fss__slice_str(name);
	m.all = true;
	assert_int_equal(hub_peer_ask(p, FSS__MSG_WHO, &m, NULL, &list), 0);
	assert_int_equal(
	    fss__list_next(&list.people, &fss__r_who_row, &row), 1);
	return row.presence;
}

static void
test_hidden(void **state)
{
	struct hr *w = *state;
	struct fss__m_presence m;
	struct hr_follower alice, bob;

	hr_follow(&w->a, &alice);
	hr_follow(&w->b, &bob);
	hub_drive_run(&w->d);
	assert_int_equal(who(&w->b, "alice"), FSS_PRESENCE_ONLINE);
	(void)hr_heard(&w->b, &bob, FSS_NEWS_PRESENCE, -1);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_hidden;
	m.hidden = true;
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_PRESENCE, &m, NULL, NULL), 0);
	assert_true(hr_heard(&w->b, &bob, FSS_NEWS_PRESENCE, -1));
	assert_int_equal(who(&w->b, "alice"), FSS_PRESENCE_OFFLINE);
	assert_int_equal(who(&w->a, "alice"), FSS_PRESENCE_ONLINE);
	/* It is kept; coming back hidden is told to nobody. */
	hr_restart(w);
	hr_follow(&w->b, &bob);
	hr_follow(&w->a, &alice);
	hub_drive_tick(&w->d, SECOND);
	hub_drive_run(&w->d);
	assert_int_equal(who(&w->b, "alice"), FSS_PRESENCE_OFFLINE);
	assert_int_equal(who(&w->a, "alice"), FSS_PRESENCE_ONLINE);
	m.hidden = false;
	(void)hr_heard(&w->b, &bob, FSS_NEWS_PRESENCE, -1);
	assert_int_equal(
	    hub_peer_ask(&w->a, FSS__MSG_PRESENCE, &m, NULL, NULL), 0);
	assert_true(hr_heard(&w->b, &bob, FSS_NEWS_PRESENCE, -1));
	assert_int_equal(who(&w->b, "alice"), FSS_PRESENCE_ONLINE);
}

/* Hiding and showing is news to all: it has the rate of other changes. */
static void
test_rate_of_presence(void **state)
{
	struct hr *w = *state;
	struct fss__m_presence m;
	struct fss__m_empty out;
	int i, e = 0;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_hidden;
	/* Long enough here to be seen. */
	hub_drive_tick(&w->d, 4 * SECOND);
	for (i = 0; i < 1001 && e == 0; i++) {
		m.hidden = i % 2 == 0;
		e = hub_peer_ask(&w->b, FSS__MSG_PRESENCE, &m, NULL, &out);
	}
	assert_int_equal(e, FSS_ERATE);
	assert_int_equal(i, 1001);
	assert_int_equal(who(&w->c, "bob"), FSS_PRESENCE_ONLINE);
	/* Others have their own, and it can be done later. */
	assert_true(hub_peer_ask(&w->c, FSS__MSG_PRESENCE, &m, NULL,
	    &out) == 0 || hub_peer_ask(&w->a, FSS__MSG_PRESENCE, &m, NULL,
	    &out) == 0);
	hub_drive_tick(&w->d, (int64_t)w->b.error.retry_ms * 1000);
	assert_int_equal(hub_peer_ask(&w->b, FSS__MSG_PRESENCE, &m, NULL,
	    &out), 0);
	assert_int_equal(who(&w->c, "bob"), FSS_PRESENCE_OFFLINE);
}

int
main(void)
{
#define TEST(fn) cmocka_unit_test_setup_teardown(fn, hr_setup, hr_teardown)
	const struct CMUnitTest tests[] = {
		TEST(test_rate),
		TEST(test_long_wait),
		TEST(test_rate_of_changes),
		TEST(test_hidden),
		TEST(test_rate_of_presence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
