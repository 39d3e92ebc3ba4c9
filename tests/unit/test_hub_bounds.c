/*
 * What sessions may keep the hub holding: requests, and answers nobody takes.
 *
 * The machine is driven by hand; jobs are never run but handed back failed,
 * as what they do is not the matter here.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "hub_frame.h"
#include "model/account.h"
#include "proto/hub_internal.h"

#define MIB		(UINT64_C(1) << 20)
#define MAX_UNSENT	(8 * MIB)

struct peer {
	uint8_t		key[FSS__KEY_BYTES];
	uint8_t		session[FSS__SESSION_BYTES];
	uint64_t	route;
	uint64_t	req;
};

struct world {
	struct fss__hub	*hub;
	struct fss__hub_update up;
	int64_t		 now_us;
	uint64_t	 unsent_all;
	uint64_t	 unsent;
};

static void refuse_start(struct world *w);

static void
open_hub(struct world *w, uint64_t max_headers)
{
	static const struct fss__log silent;
	struct fss__hub_config cfg;

	memset(w, 0, sizeof(*w));
	memset(&cfg, 0, sizeof(cfg));
	cfg.max_sessions = 100;
	cfg.max_anonymous = 100;
	cfg.max_upload = 64 * MIB;
	cfg.max_headers = max_headers;
	cfg.max_unsent = MAX_UNSENT;
	cfg.digest = FSS__ALG_SHA256;
	cfg.log = &silent;
	assert_int_equal(fss__hub_new(&cfg, &w->hub), 0);
	fss__hub_update_init(&w->up);
	w->now_us = 1000000;
	refuse_start(w);
}

static void
close_hub(struct world *w)
{
	fss__hub_update_release(&w->up);
	fss__hub_free(w->hub);
}

static void
step(struct world *w, struct fss__hub_event *ev)
{
	ev->mono_us = w->now_us;
	ev->unsent_all = w->unsent_all;
	ev->unsent = w->unsent;
	assert_int_equal(fss__hub_step(w->hub, ev, &w->up), 0);
}

static void
send_frame(struct world *w, const struct peer *p, struct fss__frame *f)
{
	struct fss__hub_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_FRAME;
	ev.route = p->route;
	memcpy(ev.key, p->key, sizeof(ev.key));
	ev.address = "127.0.0.1";
	ev.header = f;
	step(w, &ev);
}

static void
hand_back(struct world *w, struct fss__job *job)
{
	struct fss__hub_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_JOB;
	ev.job = job;
	step(w, &ev);
}

/* Takes the only job there is; NULL when there is none. */
static struct fss__job *
take_job(struct world *w)
{
	struct fss__job *job = w->up.jobs;

	if (job == NULL)
		return NULL;
	w->up.jobs = job->next;
	job->next = NULL;
	if (w->up.jobs == NULL)
		w->up.jobs_tail = &w->up.jobs;
	return job;
}

/* The error of the next answer, 0 for one that is none, 1 for no answer. */
static int
take_answer(struct world *w, uint8_t *ret_session)
{
	struct fss__out *out = w->up.outs;
	struct fss__m_welcome welcome;
	struct fss__m_error error;
	struct fss__header h;
	int r = 0;

	if (out == NULL)
		return 1;
	w->up.outs = out->next;
	if (w->up.outs == NULL)
		w->up.outs_tail = &w->up.outs;
	assert_int_equal(fss__header_decode(out->header->data,
	    out->header->len, &h), 0);
	if (h.type == FSS__MSG_ERROR) {
		assert_int_equal(fss__fields_decode(h.fields, &fss__r_error,
		    &error, NULL), 0);
		r = -(int)error.code;
	} else if (ret_session != NULL) {
		assert_int_equal(fss__fields_decode(h.fields,
		    &fss__r_welcome, &welcome, NULL), 0);
		memcpy(ret_session, welcome.session.p, FSS__SESSION_BYTES);
	}
	fss__out_free(out);
	return r;
}

static void
log_in(struct world *w, struct peer *p, uint64_t route)
{
	struct fss__m_hello m;
	struct fss__job *job;

	memset(p, 0, sizeof(*p));
	p->route = route;
	fss__random(p->key, sizeof(p->key));
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_hello_min_version | FSS__K_hello_max_version;
	m.min_version = m.max_version = FSS__MAX_VERSION;
	send_frame(w, p, hub_frame(FSS__MSG_HELLO, ++p->req, NULL,
	    &fss__r_hello, &m));
	job = take_job(w);
	assert_non_null(job);
	job->found.account = 1;
	job->found.scopes = FSS__SCOPES_ALL;
	job->found.device = 1;
	hand_back(w, job);
	assert_int_equal(take_answer(w, p->session), 0);
}

/* The largest request there is: 4,096 ids. */
static size_t
ask_have(struct world *w, struct peer *p)
{
	static uint8_t ids[FSS__MAX_HAVE_IDS * FSS__ID_BYTES];
	struct fss__m_have m;
	struct fss__frame *f;
	size_t n;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_have_ids;
	m.ids.p = ids;
	m.ids.n = sizeof(ids);
	f = hub_frame(FSS__MSG_HAVE, ++p->req, p->session, &fss__r_have, &m);
	n = f->len;
	send_frame(w, p, f);
	return n;
}

static void
ask_get(struct world *w, struct peer *p)
{
	struct fss__m_get_item item;
	struct fss__m_get m;
	struct fss__buf b;

	memset(&item, 0, sizeof(item));
	item.has = FSS__K_get_item_version | FSS__K_get_item_level |
	    FSS__K_get_item_offset | FSS__K_get_item_count;
	item.version = item.count = 1;
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_get_item, &item), 0);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_get_items;
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	send_frame(w, p, hub_frame(FSS__MSG_GET, ++p->req, p->session,
	    &fss__r_get, &m));
	fss__buf_release(&b);
}

static void
refuse(struct world *w, struct fss__job *job)
{
	assert_non_null(job);
	fss__job_fail(job, FSS_EIO, NULL);
	hand_back(w, job);
	assert_int_equal(take_answer(w, NULL), FSS_EIO);
}

/* An answer to the peer of @route could not be sent. */
static void
end_session(struct world *w, uint64_t route)
{
	const struct fss__session *s;
	struct fss__hub_event ev;
	struct fss__out out;

	for (s = w->hub->sessions.oldest; s->route != route; s = s->newer)
		assert_non_null(s->newer);
	memset(&out, 0, sizeof(out));
	out.serial = s->serial;
	memcpy(out.session, s->id, sizeof(out.session));
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_UNSENT;
	ev.out = &out;
	step(w, &ev);
	/* Its client is told. */
	assert_int_equal(take_answer(w, NULL), FSS_ESESSION);
}

/* The session of that connection is another account's. */
static void
identify(struct world *w, uint64_t route, int64_t account)
{
	struct fss__session *s;
	struct fss__actor who;

	for (s = w->hub->sessions.oldest; s->route != route; s = s->newer)
		assert_non_null(s->newer);
	who = s->who;
	who.account = account;
	who.scopes = FSS__SCOPES_ALL;
	fss__sessions_identify(&w->hub->sessions, s, &who);
}

static void
test_headers_of_session(void **state)
{
	struct fss__job *job[64];
	struct world w;
	struct peer p;
	size_t i, n = 0, size;

	(void)state;
	open_hub(&w, 64 * MIB);
	log_in(&w, &p, 1);
	for (;;) {
		size = ask_have(&w, &p);
		job[n] = take_job(&w);
		if (job[n] == NULL)
			break;
		assert_true(++n < 64);
	}
	assert_int_equal(take_answer(&w, NULL), FSS_EOVERLOAD);
	assert_int_equal(n, FSS__MAX_HEADERS / size);
	/* Each answer makes room for one. */
	refuse(&w, job[0]);
	(void)ask_have(&w, &p);
	job[0] = take_job(&w);
	assert_non_null(job[0]);
	(void)ask_have(&w, &p);
	assert_int_equal(take_answer(&w, NULL), FSS_EOVERLOAD);
	for (i = 0; i < n; i++)
		refuse(&w, job[i]);
	close_hub(&w);
}

static void
test_headers_of_all(void **state)
{
	struct fss__job *a, *b;
	struct peer p, q, late;
	struct world w;

	(void)state;
	open_hub(&w, 300000);		/* two of them, and little more */
	log_in(&w, &p, 1);
	log_in(&w, &q, 2);
	log_in(&w, &late, 3);
	(void)ask_have(&w, &p);
	a = take_job(&w);
	assert_non_null(a);
	(void)ask_have(&w, &q);
	b = take_job(&w);
	assert_non_null(b);
	(void)ask_have(&w, &late);
	assert_int_equal(take_answer(&w, NULL), FSS_EOVERLOAD);
	/* A session that ends does not take its request along. */
	end_session(&w, p.route);
	(void)ask_have(&w, &late);
	assert_int_equal(take_answer(&w, NULL), FSS_EOVERLOAD);
	fss__job_fail(a, FSS_EIO, NULL);
	hand_back(&w, a);
	assert_int_equal(take_answer(&w, NULL), 1);	/* nobody is told */
	(void)ask_have(&w, &late);
	refuse(&w, take_job(&w));
	refuse(&w, b);
	close_hub(&w);
}

/* One account with many sessions leaves room for others. */
static void
test_headers_of_account(void **state)
{
	struct fss__job *job[512];
	struct peer p[16], other;
	struct world w;
	size_t i, n = 0, held = 0, size;

	(void)state;
	open_hub(&w, 32 * MIB);
	for (i = 0; i < 16; i++)
		log_in(&w, &p[i], (uint32_t)i + 1);
	log_in(&w, &other, 99);
	for (i = 0; i < 16;) {
		size = ask_have(&w, &p[i]);
		job[n] = take_job(&w);
		if (job[n] == NULL) {
			assert_int_equal(take_answer(&w, NULL),
			    FSS_EOVERLOAD);
			i++;
			continue;
		}
		held += size;
		assert_true(++n < 512);
	}
	/* Up to half at will, and then one for each session. */
	assert_in_range(held, 12 * MIB, 18 * MIB + 16 * size);
	/* Somebody else has as much as one session may. */
	identify(&w, other.route, 2);
	for (held = 0;; held += size) {
		size = ask_have(&w, &other);
		job[n] = take_job(&w);
		if (job[n] == NULL)
			break;
		assert_true(++n < 512);
	}
	assert_int_equal(take_answer(&w, NULL), FSS_EOVERLOAD);
	assert_int_equal(held / size, FSS__MAX_HEADERS / size);
	for (i = 0; i < n; i++)
		refuse(&w, job[i]);
	close_hub(&w);
}

static void
test_unsent_of_connection(void **state)
{
	struct world w;
	struct peer p;

	(void)state;
	open_hub(&w, 64 * MIB);
	log_in(&w, &p, 1);
	w.unsent = FSS__MAX_UNSENT;
	(void)ask_have(&w, &p);
	refuse(&w, take_job(&w));
	w.unsent = FSS__MAX_UNSENT + 1;
	(void)ask_have(&w, &p);
	assert_null(take_job(&w));
	assert_int_equal(take_answer(&w, NULL), FSS_EOVERLOAD);
	close_hub(&w);
}

static void
tick(struct world *w)
{
	struct fss__hub_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_TICK;
	step(w, &ev);
}

/* The hub's own work at its start would be among the jobs: not now. */
static void
refuse_start(struct world *w)
{
	struct fss__job *job;

	tick(w);
	job = take_job(w);
	assert_non_null(job);
	fss__job_fail(job, FSS_EIO, NULL);
	hand_back(w, job);
}

static void
test_gets_wait(void **state)
{
	struct fss__job *job;
	struct world w;
	struct peer p;

	(void)state;
	open_hub(&w, 64 * MIB);
	log_in(&w, &p, 1);
	w.unsent_all = MAX_UNSENT / 8 * 7;
	ask_get(&w, &p);
	tick(&w);
	assert_null(take_job(&w));
	/* Less than that: one at a time. */
	w.unsent_all = MAX_UNSENT / 2;
	ask_get(&w, &p);
	job = take_job(&w);
	assert_non_null(job);
	assert_null(take_job(&w));
	tick(&w);
	assert_null(take_job(&w));
	refuse(&w, job);
	refuse(&w, take_job(&w));
	assert_int_equal(take_answer(&w, NULL), 1);
	close_hub(&w);
}

static void
test_gets_resume(void **state)
{
	struct world w;
	struct peer p, q;

	(void)state;
	open_hub(&w, 64 * MIB);
	log_in(&w, &p, 1);
	log_in(&w, &q, 2);
	w.unsent_all = MAX_UNSENT;
	ask_get(&w, &p);
	ask_get(&w, &q);
	assert_null(take_job(&w));
	w.unsent_all = 0;		/* others have read */
	tick(&w);
	refuse(&w, take_job(&w));
	refuse(&w, take_job(&w));
	/* What waits in a session that ends is gone, and not counted. */
	w.unsent_all = MAX_UNSENT;
	ask_get(&w, &p);
	end_session(&w, p.route);
	w.unsent_all = 0;
	tick(&w);
	assert_null(take_job(&w));
	close_hub(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_headers_of_session),
		cmocka_unit_test(test_headers_of_all),
		cmocka_unit_test(test_headers_of_account),
		cmocka_unit_test(test_unsent_of_connection),
		cmocka_unit_test(test_gets_wait),
		cmocka_unit_test(test_gets_resume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
