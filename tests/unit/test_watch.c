/*
 * Watches: one EVENTS at a time, lists when told to begin afresh, each change
 * once; several followers of one handle.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include <fss/fss.h>

#include "base/buf.h"
#include "script_hub.h"

#define LINES	32

/* What the hub was asked, in order, as "EVENTS 1 10 wait". */
struct script {
	char	asked[LINES][64];
	unsigned count;
	/* what it answers with, one answer after the other */
	const struct reply {
		unsigned type;
		int	error;
		bool	afresh;
		uint64_t epoch, last, seq;
		struct { uint64_t id, change, seq; } row[4];
		const char *person;
	} *reply;
};

static void
note(struct script *s, const struct script_req *q)
{
	struct fss__m_requests req;
	struct fss__m_events ev;
	char *line = s->asked[s->count];

	assert_in_range(s->count, 0, LINES - 1);
	s->count++;
	if (q->type == FSS__MSG_EVENTS) {
		script_hub_fields(q, &ev);
		assert_int_equal(fss__fmt(line, 64, "EVENTS %u %u %u%s",
		    (unsigned)ev.kinds, (unsigned)ev.epoch,
		    (unsigned)ev.after, ev.wait ? " wait" : ""), 0);
	} else if (q->type == FSS__MSG_REQUESTS) {
		script_hub_fields(q, &req);
		assert_int_equal(fss__fmt(line, 64, "REQUESTS %u %u",
		    (unsigned)req.since, (unsigned)req.states), 0);
	} else {
		assert_int_equal(fss__fmt(line, 64, "%s",
		    fss__message_name(q->type)), 0);
	}
}

static void
answer_events(struct script_hub *h, const struct script_req *q,
    const struct reply *r)
{
	struct fss__m_event_list m;
	struct fss__m_event ev;
	struct fss__buf b;
	unsigned i;

	memset(&m, 0, sizeof(m));
	fss__buf_init(&b, FSS__MAX_HEADER);
	m.has = FSS__K_event_list_epoch | FSS__K_event_list_last |
	    FSS__K_event_list_events | FSS__K_event_list_afresh;
	m.epoch = r->epoch;
	m.last = r->last;
	m.afresh = r->afresh;
	for (i = 0; i < 4 && r->row[i].id != 0; i++) {
		memset(&ev, 0, sizeof(ev));
		ev.has = FSS__K_event_seq | FSS__K_event_kind |
		    FSS__K_event_at_us | FSS__K_event_request |
		    FSS__K_event_change | FSS__K_event_request_seq;
		ev.seq = r->last - 3 + i;
		/* 200 is a kind of a later version. */
		ev.kind = r->row[i].id == 200 ? 200 : FSS_NEWS_REQUEST;
		ev.request = r->row[i].id;
		ev.change = r->row[i].change;
		ev.request_seq = r->row[i].seq;
		script_hub_row(&b, &m.events, &fss__r_event, &ev);
	}
	script_hub_answer(h, q, &m, NULL);
	fss__buf_release(&b);
}

static void
answer_requests(struct script_hub *h, const struct script_req *q,
    const struct reply *r)
{
	struct fss__m_request_list m;
	struct fss__m_request row;
	struct fss__buf b;
	unsigned i;

	memset(&m, 0, sizeof(m));
	fss__buf_init(&b, FSS__MAX_HEADER);
	m.has = FSS__K_request_list_requests | FSS__K_request_list_seq;
	m.seq = r->seq;
	for (i = 0; i < 4 && r->row[i].id != 0; i++) {
		memset(&row, 0, sizeof(row));
		row.has = FSS__K_request_id | FSS__K_request_change |
		    FSS__K_request_seq;
		row.id = r->row[i].id;
		row.change = r->row[i].change;
		row.seq = r->row[i].seq;
		script_hub_row(&b, &m.requests, &fss__r_request, &row);
	}
	script_hub_answer(h, q, &m, NULL);
	fss__buf_release(&b);
}

static void
answer_who(struct script_hub *h, const struct script_req *q,
    const struct reply *r)
{
	struct fss__m_who_list m;
	struct fss__m_who_row row;
	struct fss__buf b;

	memset(&m, 0, sizeof(m));
	memset(&row, 0, sizeof(row));
	fss__buf_init(&b, FSS__MAX_HEADER);
	m.has = FSS__K_who_list_people;
	row.has = FSS__K_who_row_name | FSS__K_who_row_presence;
	row.name = fss__slice_str(r->person);
	row.presence = FSS_PRESENCE_ONLINE;
	script_hub_row(&b, &m.people, &fss__r_who_row, &row);
	script_hub_answer(h, q, &m, NULL);
	fss__buf_release(&b);
}

static void
serve(void *ctx, struct script_hub *h, const struct script_req *q)
{
	struct script *s = ctx;
	const struct reply *r = s->reply;

	note(s, q);
	if (r->type == 0)
		return;			/* waits at the hub */
	assert_int_equal(q->type, r->type);
	s->reply++;
	if (r->error != 0)
		script_hub_error(h, q, r->error);
	else if (r->type == FSS__MSG_EVENTS)
		answer_events(h, q, r);
	else if (r->type == FSS__MSG_REQUESTS)
		answer_requests(h, q, r);
	else
		answer_who(h, q, r);
}

/* The next event of @op that is no STATE. */
static const fss_event *
next(struct script_hub *h, fss_client *c)
{
	const fss_event *ev;

	do
		script_hub_next(h, c, &ev);
	while (fss_event_type(ev) == FSS_EVENT_STATE);
	return ev;
}

static void
expect_request(const fss_event *ev, size_t i, int64_t id, int64_t change)
{
	const fss_row *row = fss_event_row(ev, i);

	assert_int_equal(fss_event_type(ev), FSS_EVENT_NEWS);
	assert_int_equal(fss_row_int(row, FSS_FIELD_NEWS), FSS_NEWS_REQUEST);
	assert_int_equal(fss_row_int(row, FSS_FIELD_REQUEST), id);
	assert_int_equal(fss_row_int(row, FSS_FIELD_CHANGE), change);
}

static void
test_list_and_afresh(void **state)
{
	static const struct reply replies[] = {
		{ FSS__MSG_EVENTS, 0, false, 1, 10, 0, { { 0, 0, 0 } }, NULL },
		{ FSS__MSG_WHO, 0, false, 0, 0, 0, { { 0, 0, 0 } }, "bob" },
		{ FSS__MSG_REQUESTS, 0, false, 0, 0, 100,
		    { { 5, 1, 100 } }, NULL },
		/* What was listed; an unknown kind; a change; a new one. */
		{ FSS__MSG_EVENTS, 0, false, 1, 14, 0,
		    { { 5, 1, 100 }, { 200, 1, 0 }, { 5, 2, 101 },
		    { 4, 9, 102 } }, NULL },
		/* The session went; the hub was started anew. */
		{ FSS__MSG_EVENTS, FSS_ESESSION, false, 0, 0, 0,
		    { { 0, 0, 0 } }, NULL },
		{ FSS__MSG_EVENTS, 0, true, 2, 3, 0, { { 0, 0, 0 } }, NULL },
		{ FSS__MSG_WHO, 0, false, 0, 0, 0, { { 0, 0, 0 } }, "carol" },
		{ FSS__MSG_REQUESTS, 0, false, 0, 0, 104,
		    { { 4, 10, 103 }, { 6, 1, 104 } }, NULL },
		{ FSS__MSG_EVENTS, 0, false, 2, 7, 0,
		    { { 4, 10, 103 }, { 6, 1, 104 }, { 6, 2, 105 },
		    { 4, 11, 106 } }, NULL },
		{ 0, 0, false, 0, 0, 0, { { 0, 0, 0 } }, NULL },
	};
	static const char *const asked[] = {
		"EVENTS 3 0 0", "WHO", "REQUESTS 0 15", "EVENTS 3 1 10 wait",
		"EVENTS 3 1 14 wait", "EVENTS 3 1 14 wait", "WHO",
		"REQUESTS 102 0", "EVENTS 3 2 3 wait", "EVENTS 3 2 7 wait"
	};
	struct script s = { .count = 0, .reply = replies };
	struct script_hub *h = script_hub_new(serve, &s);
	fss_client *c = script_hub_client(h);
	const fss_event *ev;
	fss_op op;
	size_t i;

	(void)state;
	/* No time-out of operations is a matter for it. */
	assert_int_equal(fss_client_set_timeout_ms(c, 1), 0);
	assert_int_equal(fss_client_watch(c, FSS_WATCH_PRESENCE |
	    FSS_WATCH_REQUESTS, FSS_WATCH_LIST, &s, &op), 0);
	ev = next(h, c);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_NEWS);
	assert_true(fss_event_op(ev) == op);
	assert_ptr_equal(fss_event_user(ev), &s);
	assert_string_equal(fss_row_str(fss_event_row(ev, 0),
	    FSS_FIELD_NAME), "bob");
	assert_int_equal(fss_row_int(fss_event_row(ev, 0), FSS_FIELD_NEWS),
	    FSS_NEWS_PRESENCE);
	ev = next(h, c);
	assert_int_equal(fss_event_rows(ev), 1);
	expect_request(ev, 0, 5, 1);
	ev = next(h, c);
	assert_int_equal(fss_event_rows(ev), 2);
	expect_request(ev, 0, 5, 2);
	expect_request(ev, 1, 4, 9);
	ev = next(h, c);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_AFRESH);
	ev = next(h, c);
	assert_string_equal(fss_row_str(fss_event_row(ev, 0),
	    FSS_FIELD_NAME), "carol");
	ev = next(h, c);
	assert_int_equal(fss_event_rows(ev), 2);
	expect_request(ev, 0, 4, 10);
	expect_request(ev, 1, 6, 1);
	ev = next(h, c);
	assert_int_equal(fss_event_rows(ev), 2);
	expect_request(ev, 0, 6, 2);
	expect_request(ev, 1, 4, 11);
	/* Until it is cancelled. */
	assert_int_equal(fss_op_cancel(c, op), 0);
	ev = next(h, c);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), FSS_ECANCELED);
	for (i = 0; i < s.count; i++)
		assert_string_equal(s.asked[i], asked[i]);
	assert_in_range(s.count, 9, 10);
	fss_client_free(c);
	script_hub_free(h);
}

/* ---- several followers ------------------------------------------------ */

/* A hub where one EVENTS waits until the test tells news. */
struct parking {
	struct script_req parked;
	uint64_t	 kinds;		/* of the one that waits, 0 none */
	uint64_t	 last;
};

static void
answer_parked(struct script_hub *h, struct parking *p, uint64_t change)
{
	struct reply r = { FSS__MSG_EVENTS, 0, false, 1, 0, 0,
	    { { 5, 0, 0 } }, NULL };

	if (change != 0)
		p->last++;
	r.last = p->last;
	r.row[0].id = change != 0 ? 5 : 0;
	r.row[0].change = change;
	r.row[0].seq = change;
	answer_events(h, &p->parked, &r);
	p->kinds = 0;
}

static void
park(void *ctx, struct script_hub *h, const struct script_req *q)
{
	struct parking *p = ctx;
	struct fss__m_events m;

	assert_int_equal(q->type, FSS__MSG_EVENTS);
	script_hub_fields(q, &m);
	/* One a session: the one before is let go. */
	if (p->kinds != 0)
		answer_parked(h, p, 0);
	p->parked = *q;
	if (m.wait)
		p->kinds = m.kinds;
	else
		answer_parked(h, p, 0);
}

/* Until an EVENTS for @kinds waits at the hub. */
static void
until_parked(struct script_hub *h, fss_client *c, struct parking *p,
    uint64_t kinds)
{
	fss_op op;

	while (p->kinds != kinds) {
		assert_int_equal(fss_client_ping(c, NULL, &op), 0);
		assert_true(fss_event_op(next(h, c)) == op);
	}
}

/* A second one joins and the first leaves: the hub is asked anew each time. */
static void
test_two(void **state)
{
	struct parking p = { .kinds = 0, .last = 10 };
	struct script_hub *h = script_hub_new(park, &p);
	fss_client *c = script_hub_client(h);
	const fss_event *ev;
	fss_op first, second;
	int i;

	(void)state;
	assert_int_equal(fss_client_watch(c, FSS_WATCH_REQUESTS, 0, NULL,
	    &first), 0);
	until_parked(h, c, &p, FSS_WATCH_REQUESTS);
	answer_parked(h, &p, 1);
	ev = next(h, c);
	expect_request(ev, 0, 5, 1);
	until_parked(h, c, &p, FSS_WATCH_REQUESTS);
	assert_int_equal(fss_client_watch(c, FSS_WATCH_REQUESTS |
	    FSS_WATCH_FILES, 0, NULL, &second), 0);
	until_parked(h, c, &p, FSS_WATCH_REQUESTS | FSS_WATCH_FILES);
	answer_parked(h, &p, 2);
	for (i = 0; i < 2; i++) {
		ev = next(h, c);
		expect_request(ev, 0, 5, 2);
	}
	assert_int_equal(fss_op_cancel(c, first), 0);
	assert_int_equal(fss_event_type(next(h, c)), FSS_EVENT_DONE);
	until_parked(h, c, &p, FSS_WATCH_REQUESTS | FSS_WATCH_FILES);
	answer_parked(h, &p, 3);
	ev = next(h, c);
	assert_true(fss_event_op(ev) == second);
	expect_request(ev, 0, 5, 3);
	fss_client_free(c);
	script_hub_free(h);
}

/* A hub that knows no events. */
static void
test_old_hub(void **state)
{
	static const struct reply replies[] = {
		{ FSS__MSG_EVENTS, FSS_ETYPE, false, 0, 0, 0, { { 0, 0, 0 } },
		    NULL },
		{ 0, 0, false, 0, 0, 0, { { 0, 0, 0 } }, NULL },
	};
	struct script s = { .count = 0, .reply = replies };
	struct script_hub *h = script_hub_new(serve, &s);
	fss_client *c = script_hub_client(h);
	const fss_event *ev;
	fss_op op;

	(void)state;
	assert_int_equal(fss_client_watch(c, 0, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_watch(c, 64, 0, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_watch(c, 1, 2, NULL, &op), FSS_EINVAL);
	assert_int_equal(fss_client_watch(c, 1, 0, NULL, &op), 0);
	ev = next(h, c);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), FSS_ETYPE);
	/* Freed while it follows. */
	s.count = 0;
	assert_int_equal(fss_client_watch(c, 1, 0, NULL, &op), 0);
	while (s.count == 0) {
		assert_int_equal(fss_client_ping(c, NULL, &op), 0);
		(void)next(h, c);
	}
	fss_client_free(c);
	script_hub_free(h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list_and_afresh),
		cmocka_unit_test(test_two),
		cmocka_unit_test(test_old_hub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
