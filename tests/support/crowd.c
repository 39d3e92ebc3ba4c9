/*
 * See crowd.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "crowd.h"

#define SECOND	INT64_C(1000000)
#define LABEL	"laptop"

/* ---- the wire --------------------------------------------------------- */

static void
step(struct crowd *w, struct fss__cs_event *ev, struct fss__cs_update *up)
{
	ev->now_us = w->now_us;
	assert_int_equal(fss__cs_step(w->cs, ev, up), 0);
}

static void
obey(struct crowd *w, struct fss__cs_update *up)
{
	struct fss__cs_event ev;
	unsigned i;

	while (up->shut != 0 || up->open != 0) {
		uint32_t shut = up->shut, open = up->open;

		up->shut = up->open = 0;
		for (i = 0; i < CROWD_CONNS; i++) {
			if ((shut >> i & 1) != 0 && w->route[i] != 0) {
				if (i == 0)
					hub_drive_closed(&w->d, &w->line[i]);
				w->route[i] = 0;
			}
			if ((open >> i & 1) == 0)
				continue;
			memset(&ev, 0, sizeof(ev));
			ev.conn = i;
			ev.type = FSS__CS_UP;
			w->route[i] = ++w->last_route;
			memset(&w->line[i], 0, sizeof(w->line[i]));
			step(w, &ev, up);
		}
	}
}

/*
 * Takes the frame of a message of that type over: where it is the one to be
 * spoilt, a copy of it that has an element too many.
 */
static struct fss__frame *
on_the_way(struct crowd *w, unsigned type, struct fss__frame *header)
{
	struct fss__frame *bad;

	if (w->spoil == 0 || type != w->spoil)
		return header;
	w->spoil = 0;
	bad = fss__frame_new(header->len);
	assert_non_null(bad);
	memcpy(bad->data, header->data, header->len);
	assert_int_equal(bad->data[0], 0x95);
	bad->data[0] = 0x96;
	fss__frame_unref(header);
	return bad;
}

static void
to_client(struct crowd *w, struct hub_msg *m)
{
	struct fss__cs_update up = { 0, 0, false };
	struct fss__cs_event ev;
	unsigned i;

	if (m->h.type == FSS__MSG_HELLO + FSS__ANSWER && w->hellos > 0)
		w->hellos--;
	for (i = 0; i < CROWD_CONNS; i++)
		if (w->route[i] == m->route && m->route != 0)
			break;
	if (i < CROWD_CONNS) {
		memset(&ev, 0, sizeof(ev));
		ev.type = FSS__CS_FRAME;
		ev.conn = i;
		m->header = on_the_way(w, m->h.type, m->header);
		ev.header = m->header;
		ev.payload = m->payload;
		step(w, &ev, &up);
		obey(w, &up);
	}
	hub_msg_free(m);
}

void
crowd_pump(struct crowd *w)
{
	struct fss__frame *header, *payload;
	struct fss__header h;
	struct hub_msg *m;
	bool busy = true;
	unsigned i;

	while (busy) {
		busy = false;
		for (i = CROWD_CONNS; i-- > 0;) {
			while (w->route[i] != 0 && fss__cs_next_send(w->cs, i,
			    w->now_us, &header, &payload) == 1) {
				assert_int_equal(fss__header_decode(
				    header->data, header->len, &h), 0);
				if (h.type == FSS__MSG_HELLO &&
				    ++w->hellos > w->hellos_most)
					w->hellos_most = w->hellos;
				/* The frame may be changed to be sent again. */
				hub_drive_frame(&w->d, w->route[i], w->key,
				    on_the_way(w, h.type, header), payload);
				if (w->d.line.serial != 0)
					w->line[i] = w->d.line;
				fss__cs_sent(w->cs, i, w->now_us);
				busy = true;
			}
		}
		hub_drive_run(&w->d);
		while ((m = hub_drive_next(&w->d)) != NULL) {
			to_client(w, m);
			busy = true;
		}
	}
}

void
crowd_pass(struct crowd *w, int64_t us)
{
	struct fss__cs_update up = { 0, 0, false };
	struct fss__cs_event ev;

	w->now_us += us;
	hub_drive_tick(&w->d, us);
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_TICK;
	step(w, &ev, &up);
	obey(w, &up);
	crowd_pump(w);
}

void
crowd_settle(struct crowd *w)
{
	int64_t at;
	int i;

	for (i = 0; i < 200; i++) {
		crowd_pump(w);
		at = fss__cs_deadline(w->cs);
		if (fss__cs_state(w->cs) == FSS__CS_READY &&
		    at - w->now_us > SECOND)
			return;
		if (at > w->now_us)
			crowd_pass(w, at - w->now_us);
	}
}

void
crowd_lose(struct crowd *w, unsigned conn)
{
	struct fss__cs_update up = { 0, 0, false };
	struct fss__cs_event ev;

	if (w->route[conn] == 0)
		return;
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_LOST;
	ev.conn = conn;
	ev.reason = FSS_ENOTCONN;
	if (conn == 0)
		hub_drive_closed(&w->d, &w->line[0]);
	w->route[conn] = 0;
	w->hellos = 0;
	step(w, &ev, &up);
	obey(w, &up);
}

void
crowd_roomy(struct fss__hub_config *cfg)
{
	hub_drive_config(cfg);
	cfg->max_sessions = 2000;
	cfg->max_anonymous = 1000;
}

int
crowd_open(void **state, const struct fss__hub_config *cfg)
{
	struct fss__cs_update up = { 0, 0, false };
	struct crowd *w = calloc(1, sizeof(*w));
	struct fss__hub_config own;
	struct fss__cs_event ev;

	assert_non_null(w);
	if (cfg == NULL) {
		crowd_roomy(&own);
		cfg = &own;
	}
	hub_drive_open(&w->d, cfg);
	w->now_us = w->d.mono_us;
	w->key[0] = 77;
	assert_int_equal(fss__cs_new(CROWD_CONNS, "test", 1, &w->cs), 0);
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_START;
	step(w, &ev, &up);
	obey(w, &up);
	crowd_pump(w);
	assert_int_equal(fss__cs_state(w->cs), FSS__CS_READY);
	*state = w;
	return 0;
}

int
crowd_setup(void **state)
{
	return crowd_open(state, NULL);
}

int
crowd_teardown(void **state)
{
	struct crowd *w = *state;

	fss__cs_free(w->cs);
	hub_drive_close(&w->d);
	free(w);
	return 0;
}

uint64_t
crowd_sessions(struct crowd *w)
{
	struct fss__hub_stats st;

	fss__hub_stats(w->d.hub, &st);
	return st.sessions;
}

/* ---- asking ----------------------------------------------------------- */

static void
copy(struct fss__slice s, char *dst, size_t cap)
{
	assert_int_equal(fss__slice_copy(s, dst, cap), 0);
}

static void
note_list(struct crowd_asked *a, struct fss__list list)
{
	struct fss__m_session m;
	bool first = true;

	a->count = list.count;
	while (fss__list_next(&list, &fss__r_session, &m) == 1) {
		if (first || (m.has & FSS__K_session_current && m.current)) {
			memcpy(a->session, m.id.p, sizeof(a->session));
			copy(m.address, a->address, sizeof(a->address));
		}
		first = false;
		a->current = a->current || m.current;
	}
}

void
crowd_take_answers(struct crowd *w)
{
	union {
		struct fss__m_token token;
		struct fss__m_account account;
		struct fss__m_session_list sessions;
	} m;
	struct fss__cs_answer ans;
	struct crowd_asked *a;

	while (fss__cs_next_answer(w->cs, &ans) == 1) {
		a = ans.user;
		a->over = true;
		a->code = ans.err.code;
		memcpy(a->detail, ans.err.detail, sizeof(a->detail));
		memset(&m, 0, sizeof(m));
		if (a->code == 0 && (ans.type == FSS__MSG_LOGIN_WEB ||
		    ans.type == FSS__MSG_REGISTER_WEB ||
		    ans.type == FSS__MSG_TOKEN_NEW)) {
			assert_int_equal(fss__fields_decode(ans.fields,
			    &fss__r_token, &m, NULL), 0);
			copy(m.token.token, a->token, sizeof(a->token));
			copy(m.token.name, a->name, sizeof(a->name));
			a->device = m.token.device;
			a->role = m.token.role;
			a->scopes = m.token.scopes;
		} else if (a->code == 0 && ans.type == FSS__MSG_WHOAMI) {
			assert_int_equal(fss__fields_decode(ans.fields,
			    &fss__r_account, &m, NULL), 0);
			copy(m.account.name, a->name, sizeof(a->name));
			a->role = m.account.role;
		} else if (a->code == 0 && ans.type == FSS__MSG_SESSIONS) {
			assert_int_equal(fss__fields_decode(ans.fields,
			    &fss__r_session_list, &m, NULL), 0);
			note_list(a, m.sessions.sessions);
		}
		fss__cs_answer_release(&ans);
	}
}

void
crowd_start(struct crowd *w, struct fss__cs *p, unsigned type, const void *msg,
    struct crowd_asked *a)
{
	struct fss__cs_update up = { 0, 0, false };
	struct fss__cs_request q;
	struct fss__cs_event ev;

	memset(a, 0, sizeof(*a));
	memset(&q, 0, sizeof(q));
	q.type = (uint8_t)type;
	q.rec = fss__message_find(type)->request;
	q.msg = msg;
	q.user = a;
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_REQUEST;
	ev.now_us = w->now_us;
	ev.request = &q;
	assert_int_equal(fss__cs_step(p, &ev, &up), 0);
	obey(w, &up);
}

int
crowd_ask(struct crowd *w, struct fss__cs *p, unsigned type, const void *msg,
    struct crowd_asked *a)
{
	crowd_start(w, p, type, msg, a);
	crowd_pump(w);
	crowd_take_answers(w);
	assert_true(a->over);
	return a->code;
}

const struct fss__m_empty crowd_nothing;

int
crowd_whoami(struct crowd *w, struct fss__cs *p, struct crowd_asked *a)
{
	return crowd_ask(w, p, FSS__MSG_WHOAMI, &crowd_nothing, a);
}

struct fss__cs *
crowd_person_from(struct crowd *w, const char *token, const char *address)
{
	struct fss__cs *p;

	assert_int_equal(fss__cs_person_new(w->cs, token, address, NULL,
	    w->now_us, &p), 0);
	return p;
}

struct fss__cs *
crowd_person(struct crowd *w, const char *token)
{
	return crowd_person_from(w, token, "");
}

int
crowd_register_web(struct crowd *w, struct fss__cs *p, const char *name,
    struct crowd_asked *a)
{
	struct fss__m_register_web m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_register_web_label;
	m.name = fss__slice_str(name);
	m.password = fss__slice_str("password");
	m.label = fss__slice_str(LABEL);
	r = crowd_ask(w, p, FSS__MSG_REGISTER_WEB, &m, a);
	if (r == 0)
		fss__cs_set_token(p, fss__slice_str(a->token));
	return r;
}

int
crowd_login_web(struct crowd *w, struct fss__cs *p, const char *name,
    const char *password, uint64_t ttl_s, struct crowd_asked *a)
{
	struct fss__m_login_web m;
	int r;

	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str(name);
	m.password = fss__slice_str(password);
	if (ttl_s != 0) {
		m.has |= FSS__K_login_web_ttl_s;
		m.ttl_s = ttl_s;
	}
	r = crowd_ask(w, p, FSS__MSG_LOGIN_WEB, &m, a);
	if (r == 0)
		fss__cs_set_token(p, fss__slice_str(a->token));
	return r;
}
