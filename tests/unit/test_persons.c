/*
 * Many people over one client: the session machines of both sides against
 * each other, without sockets; what is sent on one is given to the other.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fss/web.h>

#include "base/time.h"
#include "hub_drive.h"
#include "model/account.h"
#include "proto/client_session.h"
#include "proto/hub_internal.h"
#include "rng.h"

#define SECOND	INT64_C(1000000)
#define CONNS	3
#define CROWD	200
#define LABEL	"laptop"

/* A request under way or answered. */
struct asked {
	bool		over;
	int		code;
	char		detail[FSS__DETAIL];
	char		token[FSS__KEY_TEXT];
	char		name[FSS_LIMIT_ACCOUNT + 1];
	uint64_t	device, role, scopes, count;
	uint8_t		session[FSS__SESSION_ID];	/* first of a list */
	bool		current;
	char		address[FSS__MAX_ADDRESS + 1];
};

struct world {
	struct hub_drive d;
	struct fss__cs	*cs;
	uint8_t		key[FSS__KEY_BYTES];
	uint64_t	route[CONNS], last_route;
	struct fss__line line[CONNS];	/* as the hub told it last */
	int64_t		now_us;
	bool		cut;		/* nothing arrives any more */
	unsigned	hellos, hellos_most;	/* unanswered */
	unsigned	spoil;		/* the next of that type, either way */
	struct rng	rng;
};

/* ---- the wire --------------------------------------------------------- */

static void pump(struct world *w);

static void
step(struct world *w, struct fss__cs_event *ev, struct fss__cs_update *up)
{
	ev->now_us = w->now_us;
	assert_int_equal(fss__cs_step(w->cs, ev, up), 0);
}

static void
obey(struct world *w, struct fss__cs_update *up)
{
	struct fss__cs_event ev;
	unsigned i;

	while (up->shut != 0 || up->open != 0) {
		uint32_t shut = up->shut, open = up->open;

		up->shut = up->open = 0;
		for (i = 0; i < CONNS; i++) {
			if ((shut >> i & 1) != 0 && w->route[i] != 0) {
				if (i == 0)
					hub_drive_closed(&w->d, &w->line[i]);
				w->route[i] = 0;
			}
			if ((open >> i & 1) == 0)
				continue;
			memset(&ev, 0, sizeof(ev));
			ev.conn = i;
			ev.type = w->cut ? FSS__CS_LOST : FSS__CS_UP;
			ev.reason = FSS_EUNREACH;
			if (!w->cut)
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
on_the_way(struct world *w, unsigned type, struct fss__frame *header)
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
to_client(struct world *w, struct hub_msg *m)
{
	struct fss__cs_update up = { 0, 0, false };
	struct fss__cs_event ev;
	unsigned i;

	if (m->h.type == FSS__MSG_HELLO + FSS__ANSWER && w->hellos > 0)
		w->hellos--;
	for (i = 0; i < CONNS; i++)
		if (w->route[i] == m->route && m->route != 0)
			break;
	if (i < CONNS) {
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

/* Whatever one side has to say, until both are silent. */
static void
pump(struct world *w)
{
	struct fss__frame *header, *payload;
	struct fss__header h;
	struct hub_msg *m;
	bool busy = true;
	unsigned i;

	while (busy) {
		busy = false;
		for (i = CONNS; i-- > 0;) {
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

static void
pass(struct world *w, int64_t us)
{
	struct fss__cs_update up = { 0, 0, false };
	struct fss__cs_event ev;

	w->now_us += us;
	hub_drive_tick(&w->d, us);
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_TICK;
	step(w, &ev, &up);
	obey(w, &up);
	pump(w);
}

/* Time goes on as far as something is due, until the main session stands. */
static void
settle(struct world *w)
{
	int64_t at;
	int i;

	for (i = 0; i < 200; i++) {
		pump(w);
		at = fss__cs_deadline(w->cs);
		if (fss__cs_state(w->cs) == FSS__CS_READY &&
		    at - w->now_us > SECOND)
			return;
		if (at > w->now_us)
			pass(w, at - w->now_us);
	}
}

static void
lose(struct world *w, unsigned conn)
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

static void
roomy(struct fss__hub_config *cfg)
{
	hub_drive_config(cfg);
	cfg->max_sessions = 2000;
	cfg->max_anonymous = 1000;
}

static int
open_world(void **state, const struct fss__hub_config *cfg)
{
	struct fss__cs_update up = { 0, 0, false };
	struct world *w = calloc(1, sizeof(*w));
	struct fss__hub_config own;
	struct fss__cs_event ev;

	assert_non_null(w);
	if (cfg == NULL) {
		roomy(&own);
		cfg = &own;
	}
	hub_drive_open(&w->d, cfg);
	w->now_us = w->d.mono_us;
	w->key[0] = 77;
	assert_int_equal(fss__cs_new(CONNS, "test", 1, &w->cs), 0);
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_START;
	step(w, &ev, &up);
	obey(w, &up);
	pump(w);
	assert_int_equal(fss__cs_state(w->cs), FSS__CS_READY);
	*state = w;
	return 0;
}

static int
setup(void **state)
{
	return open_world(state, NULL);
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fss__cs_free(w->cs);
	hub_drive_close(&w->d);
	free(w);
	return 0;
}

static uint64_t
sessions(struct world *w)
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
note_list(struct asked *a, struct fss__list list)
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

static void
take_answers(struct world *w)
{
	union {
		struct fss__m_token token;
		struct fss__m_account account;
		struct fss__m_session_list sessions;
	} m;
	struct fss__cs_answer ans;
	struct asked *a;

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

static void
start(struct world *w, struct fss__cs *p, unsigned type, const void *msg,
    struct asked *a)
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

static int
ask(struct world *w, struct fss__cs *p, unsigned type, const void *msg,
    struct asked *a)
{
	start(w, p, type, msg, a);
	pump(w);
	take_answers(w);
	assert_true(a->over);
	return a->code;
}

static const struct fss__m_empty nothing;

static int
whoami(struct world *w, struct fss__cs *p, struct asked *a)
{
	return ask(w, p, FSS__MSG_WHOAMI, &nothing, a);
}

static struct fss__cs *
person_from(struct world *w, const char *token, const char *address)
{
	struct fss__cs *p;

	assert_int_equal(fss__cs_person_new(w->cs, token, address, NULL,
	    w->now_us, &p), 0);
	return p;
}

static struct fss__cs *
person(struct world *w, const char *token)
{
	return person_from(w, token, "");
}

static int
register_web(struct world *w, struct fss__cs *p, const char *name,
    struct asked *a)
{
	struct fss__m_register_web m;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_register_web_label;
	m.name = fss__slice_str(name);
	m.password = fss__slice_str("password");
	m.label = fss__slice_str(LABEL);
	r = ask(w, p, FSS__MSG_REGISTER_WEB, &m, a);
	if (r == 0)
		fss__cs_set_token(p, fss__slice_str(a->token));
	return r;
}

static int
login_web(struct world *w, struct fss__cs *p, const char *name,
    const char *password, uint64_t ttl_s, struct asked *a)
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
	r = ask(w, p, FSS__MSG_LOGIN_WEB, &m, a);
	if (r == 0)
		fss__cs_set_token(p, fss__slice_str(a->token));
	return r;
}

static int
token_new(struct world *w, struct fss__cs *p, uint32_t scopes,
    struct asked *a)
{
	struct fss__m_token_new m;

	memset(&m, 0, sizeof(m));
	m.label = fss__slice_str("script");
	m.scopes = scopes;
	return ask(w, p, FSS__MSG_TOKEN_NEW, &m, a);
}

/* Whether a new session opens with it. */
static int
opens(struct world *w, const char *token)
{
	struct fss__cs *p = person(w, token);
	struct asked a;
	int r = whoami(w, p, &a);

	fss__cs_person_close(p);
	pump(w);
	return r;
}

/* ---- tests ------------------------------------------------------------ */

static void
test_log_in(void **state)
{
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL), *q;
	struct asked a, b;

	/* Nobody yet; not the device either. */
	assert_int_equal(whoami(w, p, &a), FSS_EAUTH);
	assert_int_equal(register_web(w, p, "alice", &a), 0);
	assert_int_equal(strlen(a.token), FSS_TOKEN_CHARS);
	assert_int_equal(a.scopes, FSS__SCOPES_ALL);
	assert_int_equal(whoami(w, p, &b), 0);
	assert_string_equal(b.name, "alice");
	/* The same token is the same person on another session. */
	q = person(w, a.token);
	assert_int_equal(whoami(w, q, &b), 0);
	assert_string_equal(b.name, "alice");
	/* No key was enrolled: the main session is still nobody's. */
	assert_int_equal(whoami(w, w->cs, &b), FSS_EAUTH);
	assert_int_equal(sessions(w), 3);
	fss__cs_person_close(q);
	pump(w);
	assert_int_equal(sessions(w), 2);
	/* A wrong password and an unknown name are the same. */
	q = person(w, NULL);
	assert_int_equal(login_web(w, q, "alice", "wrong one", 0, &a),
	    FSS_EAUTH);
	assert_int_equal(login_web(w, q, "nobody", "wrong one", 0, &b),
	    FSS_EAUTH);
	assert_string_equal(a.detail, b.detail);
	assert_int_equal(login_web(w, q, "alice", "password", 59, &a),
	    FSS_EINVAL);
	assert_int_equal(login_web(w, q, "alice", "password", 60, &a), 0);
}

/* Over a shared connection nobody may make its key their own. */
static void
test_no_key(void **state)
{
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL);
	struct fss__m_register m;
	struct asked a;

	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str("alice");
	m.password = fss__slice_str("password");
	assert_int_equal(ask(w, p, FSS__MSG_REGISTER, &m, &a), FSS_EDENIED);
	assert_int_equal(ask(w, w->cs, FSS__MSG_REGISTER, &m, &a), 0);
	/* The connection's key is alice now, the person is not. */
	assert_int_equal(whoami(w, w->cs, &a), 0);
	assert_int_equal(whoami(w, p, &a), FSS_EAUTH);
	lose(w, 0);
	settle(w);
	assert_int_equal(whoami(w, w->cs, &a), 0);
	assert_int_equal(whoami(w, p, &a), FSS_EAUTH);
}

/* Unknown, revoked, expired, locked: one answer, and for good. */
static void
test_bad_tokens(void **state)
{
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL), *q, *unknown;
	struct fss__m_device_revoke m;
	struct asked a, web, shorter, b;
	unsigned i;
	char bad[FSS__KEY_TEXT];

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	memset(bad, 'A', sizeof(bad) - 1);
	bad[sizeof(bad) - 1] = '\0';
	unknown = person(w, bad);
	assert_int_equal(whoami(w, unknown, &a), FSS_EAUTH);
	assert_int_equal(fss__cs_state(unknown), FSS__CS_REFUSED);
	/* What is asked later is answered as well, without asking. */
	assert_int_equal(whoami(w, unknown, &b), FSS_EAUTH);
	assert_string_equal(a.detail, b.detail);

	q = person(w, NULL);
	assert_int_equal(login_web(w, q, "alice", "password", 60, &shorter),
	    0);
	assert_int_equal(opens(w, shorter.token), 0);
	memset(&m, 0, sizeof(m));
	m.id = shorter.device;
	assert_int_equal(ask(w, p, FSS__MSG_DEVICE_REVOKE, &m, &b), 0);
	/* Its session was told, asked again, and heard that it is over. */
	assert_int_equal(fss__cs_state(q), FSS__CS_REFUSED);
	assert_int_equal(whoami(w, q, &b), FSS_EAUTH);
	assert_string_equal(a.detail, b.detail);
	assert_int_equal(opens(w, shorter.token), FSS_EAUTH);

	q = person(w, NULL);
	assert_int_equal(login_web(w, q, "alice", "password", 60, &shorter),
	    0);
	for (i = 0; i < 5; i++)
		pass(w, 11 * SECOND);
	assert_int_equal(whoami(w, q, &b), 0);
	pass(w, 11 * SECOND);
	assert_int_equal(whoami(w, q, &b), FSS_EAUTH);
	assert_string_equal(a.detail, b.detail);
	assert_int_equal(opens(w, shorter.token), FSS_EAUTH);
	assert_int_equal(opens(w, web.token), 0);
}

/* What ends everything of an account ends tokens with it, at once. */
static void
test_all_end(void **state)
{
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL), *q = person(w, NULL);
	struct fss__m_logout out;
	struct fss__m_passwd pw;
	struct asked web, other, api, a;

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	assert_int_equal(login_web(w, q, "alice", "password", 0, &other), 0);
	assert_int_equal(token_new(w, p, FSS_SCOPE_READ, &api), 0);
	memset(&pw, 0, sizeof(pw));
	pw.old_password = fss__slice_str("password");
	pw.new_password = fss__slice_str("password two");
	assert_int_equal(ask(w, p, FSS__MSG_PASSWD, &pw, &a), 0);
	assert_int_equal(whoami(w, p, &a), 0);
	assert_int_equal(whoami(w, q, &a), FSS_EAUTH);
	assert_int_equal(opens(w, other.token), FSS_EAUTH);
	assert_int_equal(opens(w, api.token), FSS_EAUTH);
	assert_int_equal(opens(w, web.token), 0);

	q = person(w, NULL);
	assert_int_equal(login_web(w, q, "alice", "password two", 0, &other),
	    0);
	assert_int_equal(token_new(w, q, FSS_SCOPE_READ, &api), 0);
	memset(&out, 0, sizeof(out));
	out.has = FSS__K_logout_everywhere;
	out.everywhere = true;
	assert_int_equal(ask(w, q, FSS__MSG_LOGOUT, &out, &a), 0);
	assert_int_equal(whoami(w, p, &a), FSS_EAUTH);
	assert_int_equal(opens(w, other.token), FSS_EAUTH);
	assert_int_equal(opens(w, api.token), FSS_EAUTH);
	assert_int_equal(opens(w, web.token), FSS_EAUTH);
}

/* Logging out of a web log-in ends its token, of no other. */
static void
test_log_out(void **state)
{
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL), *q = person(w, NULL);
	struct fss__m_logout out;
	struct asked web, other, a;

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	assert_int_equal(login_web(w, q, "alice", "password", 0, &other), 0);
	memset(&out, 0, sizeof(out));
	assert_int_equal(ask(w, q, FSS__MSG_LOGOUT, &out, &a), 0);
	assert_int_equal(opens(w, other.token), FSS_EAUTH);
	assert_int_equal(opens(w, web.token), 0);
}

/* Every message, by a token of each scope: what it lacks is refused. */
static void
test_scopes(void **state)
{
	static const uint32_t scope_of[] = {
		[FSS__NEEDS_READ] = FSS_SCOPE_READ,
		[FSS__NEEDS_WRITE] = FSS_SCOPE_WRITE,
		[FSS__NEEDS_CONTENT] = FSS_SCOPE_READ | FSS_SCOPE_WRITE,
		[FSS__NEEDS_PEOPLE] = FSS_SCOPE_PEOPLE,
		[FSS__NEEDS_ACCOUNT] = FSS_SCOPE_ACCOUNT,
		[FSS__NEEDS_ROLE] = FSS_SCOPE_ADMIN,
		[FSS__NEEDS_ADMIN] = FSS_SCOPE_ADMIN,
	};
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL), *t;
	const struct fss__message *m;
	struct fss__m_events events;
	struct fss__actor who;
	unsigned type, i, refused = 0, let = 0;
	struct asked web, api, a;
	uint32_t scopes;

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	assert_int_equal(token_new(w, p, 0, &api), FSS_EINVAL);
	memset(&who, 0, sizeof(who));
	who.account = 1;
	who.role = FSS_ROLE_ADMIN;
	for (scopes = 1; scopes <= FSS__SCOPES_ALL; scopes++) {
		who.scopes = scopes;
		for (type = 1; type < FSS__ANSWER; type++) {
			m = fss__message_find(type);
			if (m == NULL || m->needs <= FSS__NEEDS_USER)
				continue;
			assert_int_equal(fss__may_send(&who, m),
			    (scopes & scope_of[m->needs]) != 0);
		}
	}
	/* The same as it comes over the wire, with what needs no fields. */
	for (i = 0; i < 4; i++) {
		assert_int_equal(token_new(w, p, 1u << i, &api), 0);
		t = person(w, api.token);
		for (type = 1; type < FSS__ANSWER; type++) {
			m = fss__message_find(type);
			if (m == NULL || m->needs <= FSS__NEEDS_USER ||
			    m->request != &fss__r_page)
				continue;
			if (scope_of[m->needs] == 1u << i) {
				assert_int_equal(ask(w, t, type, &nothing, &a),
				    0);
				let++;
			} else {
				assert_int_equal(ask(w, t, type, &nothing, &a),
				    FSS_EDENIED);
				refused++;
			}
		}
		/* No token makes another, or tells of sessions. */
		assert_int_equal(token_new(w, t, 1, &a), FSS_EDENIED);
		assert_int_equal(ask(w, t, FSS__MSG_SESSIONS, &nothing, &a),
		    FSS_EDENIED);
		memset(&events, 0, sizeof(events));
		events.kinds = 1u << (FSS_NEWS_FILE - 1);
		assert_int_equal(ask(w, t, FSS__MSG_EVENTS, &events, &a),
		    i == 0 ? 0 : FSS_EDENIED);
		events.kinds = 1u << (FSS_NEWS_REQUEST - 1);
		assert_int_equal(ask(w, t, FSS__MSG_EVENTS, &events, &a),
		    i == 2 ? 0 : FSS_EDENIED);
		assert_int_equal(whoami(w, t, &a), 0);
		fss__cs_person_close(t);
	}
	assert_true(let > 0 && refused > 0);
}

/* An admin's token without the scope is a user's, with it an admin's. */
static void
test_role(void **state)
{
	struct world *w = *state;
	struct fss__actor root = { .role = FSS_ROLE_ADMIN, .account = -1 };
	struct fss__cs *p = person(w, NULL), *t;
	struct fss__m_user_set m;
	struct asked web, api, a;
	int64_t account;

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_user_set_role;
	m.name = fss__slice_str("alice");
	m.role = FSS_ROLE_ADMIN;
	assert_int_equal(fss__store_begin(w->d.store), 0);
	assert_int_equal(fss__account_user_set(&w->d.write_ctx, &root, &m,
	    &account), 0);
	assert_int_equal(fss__store_commit(w->d.store, false), 0);
	assert_int_equal(token_new(w, p, FSS_SCOPE_PEOPLE, &api), 0);
	assert_int_equal(api.role, FSS_ROLE_USER);
	assert_int_equal(token_new(w, p, FSS_SCOPE_ADMIN, &api), 0);
	assert_int_equal(api.role, FSS_ROLE_ADMIN);
	t = person(w, api.token);
	m.role = FSS_ROLE_OPERATOR;
	/* The last admin stays one, but it was let ask. */
	assert_int_equal(ask(w, t, FSS__MSG_USER_SET, &m, &a), FSS_EDENIED);
	assert_non_null(strstr(a.detail, "last admin"));
}

/* Lists are bounded: the stalest web log-in goes, of tokens none is made. */
static void
test_how_many(void **state)
{
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL), *q;
	struct asked web, first, a;
	unsigned i;

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	for (i = 0; i < FSS__MAX_API_TOKENS; i++)
		assert_int_equal(token_new(w, p, FSS_SCOPE_READ, &first), 0);
	assert_int_equal(token_new(w, p, FSS_SCOPE_READ, &a), FSS_ETOOBIG);
	for (i = 0; i < FSS__MAX_WEB_LOGINS; i++) {
		w->d.wall_us += 60 * SECOND;
		q = person_from(w, NULL, "");
		assert_int_equal(login_web(w, q, "alice", "password", 0,
		    i == 0 ? &first : &a), 0);
		fss__cs_person_close(q);
		pass(w, 15 * SECOND);	/* not too often */
	}
	/* The one of the registration was the oldest. */
	assert_int_equal(opens(w, web.token), FSS_EAUTH);
	assert_int_equal(whoami(w, p, &a), FSS_EAUTH);
	assert_int_equal(opens(w, first.token), 0);
}

static void
test_sessions(void **state)
{
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL), *q = person(w, NULL);
	struct fss__cs *other = person(w, NULL);
	struct asked web, second, bob, mine, theirs, a;
	struct fss__m_session_end end;
	struct fss__m_sessions all;

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	assert_int_equal(login_web(w, q, "alice", "password", 0, &second), 0);
	assert_int_equal(register_web(w, other, "bob", &bob), 0);
	assert_int_equal(ask(w, p, FSS__MSG_SESSIONS, &nothing, &mine), 0);
	assert_int_equal(mine.count, 2);
	assert_true(mine.current);
	assert_int_equal(ask(w, q, FSS__MSG_SESSIONS, &nothing, &theirs), 0);
	memset(&all, 0, sizeof(all));
	all.has = FSS__K_sessions_all;
	all.all = true;
	assert_int_equal(ask(w, p, FSS__MSG_SESSIONS, &all, &a), FSS_EDENIED);
	memset(&all, 0, sizeof(all));
	all.has = FSS__K_sessions_name;
	all.name = fss__slice_str("bob");
	assert_int_equal(ask(w, p, FSS__MSG_SESSIONS, &all, &a), FSS_EDENIED);
	/* That of another is as one that is not there. */
	memset(&end, 0, sizeof(end));
	end.id.p = theirs.session;
	end.id.n = sizeof(theirs.session);
	assert_int_equal(ask(w, other, FSS__MSG_SESSION_END, &end, &a),
	    FSS_ENOENT);
	assert_int_equal(whoami(w, q, &a), 0);
	assert_int_equal(ask(w, p, FSS__MSG_SESSION_END, &end, &a), 0);
	assert_int_equal(whoami(w, q, &a), FSS_EAUTH);
	assert_int_equal(opens(w, second.token), FSS_EAUTH);
	assert_int_equal(whoami(w, p, &a), 0);
	assert_int_equal(ask(w, p, FSS__MSG_SESSION_END, &end, &a),
	    FSS_ENOENT);
}

/* Pages of a list go on where they ended. */
static void
test_session_pages(void **state)
{
	struct world *w = *state;
	struct fss__cs *p = person(w, NULL), *q[5];
	struct fss__m_sessions m;
	struct asked web, a;
	uint8_t cursor[8] = { 0 };
	unsigned i;

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	for (i = 0; i < 5; i++)
		q[i] = person(w, web.token);
	pump(w);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_sessions_limit | FSS__K_sessions_cursor;
	m.limit = 4;
	m.cursor.p = cursor;
	m.cursor.n = sizeof(cursor);
	assert_int_equal(ask(w, p, FSS__MSG_SESSIONS, &m, &a), 0);
	assert_int_equal(a.count, 4);
	m.cursor.n = 3;
	assert_int_equal(ask(w, p, FSS__MSG_SESSIONS, &m, &a), FSS_EINVAL);
	for (i = 0; i < 5; i++)
		fss__cs_person_close(q[i]);
	pump(w);
	m.cursor.n = sizeof(cursor);
	assert_int_equal(ask(w, p, FSS__MSG_SESSIONS, &m, &a), 0);
	assert_int_equal(a.count, 1);
}

/* `address` is believed of front ends alone, and only if it is one. */
static void
test_front_end(void **state)
{
	struct world *w = *state;
	uint8_t key[1][FSS__KEY_BYTES];
	struct fss__cs *p = person_from(w, NULL, "198.51.100.7"), *q;
	struct asked web, a;

	assert_int_equal(register_web(w, p, "alice", &web), 0);
	assert_int_equal(ask(w, p, FSS__MSG_SESSIONS, &nothing, &a), 0);
	assert_string_equal(a.address, "192.0.2.1");
	memcpy(key[0], w->key, sizeof(key[0]));
	assert_int_equal(fss__hub_set_fronts(w->d.hub,
	    (const uint8_t (*)[FSS__KEY_BYTES])key, 1), 0);
	q = person_from(w, web.token, "198.51.100.7");
	assert_int_equal(ask(w, q, FSS__MSG_SESSIONS, &nothing, &a), 0);
	assert_string_equal(a.address, "198.51.100.7");
	fss__cs_person_close(q);
	q = person_from(w, web.token, "no address");
	assert_int_equal(ask(w, q, FSS__MSG_SESSIONS, &nothing, &a), 0);
	assert_string_equal(a.address, "192.0.2.1");
	fss__cs_person_close(q);
	assert_int_equal(fss__hub_set_fronts(w->d.hub, NULL, 0), 0);
	q = person_from(w, web.token, "198.51.100.7");
	assert_int_equal(ask(w, q, FSS__MSG_SESSIONS, &nothing, &a), 0);
	assert_string_equal(a.address, "192.0.2.1");
}

/* Wrong passwords are counted by the browser's address, not the front's. */
static void
test_front_rates(void **state)
{
	struct world *w = *state;
	uint8_t key[1][FSS__KEY_BYTES];
	char name[16];
	struct fss__cs *p, *q;
	struct asked a;
	unsigned i;

	memcpy(key[0], w->key, sizeof(key[0]));
	assert_int_equal(fss__hub_set_fronts(w->d.hub,
	    (const uint8_t (*)[FSS__KEY_BYTES])key, 1), 0);
	p = person_from(w, NULL, "2001:db8::1");
	q = person_from(w, NULL, "2001:db8:0:1::1");
	for (i = 0; i < 100; i++) {
		(void)snprintf(name, sizeof(name), "nobody%u", i);
		if (login_web(w, p, name, "password", 0, &a) == FSS_ERATE)
			break;
	}
	assert_int_equal(i, 60);
	fss__cs_person_close(p);
	/* The same network of 64 bits is the same one; another is not. */
	p = person_from(w, NULL, "2001:db8::2");
	assert_int_equal(login_web(w, p, "somebody", "password", 0, &a),
	    FSS_ERATE);
	assert_int_equal(login_web(w, q, "somebody", "password", 0, &a),
	    FSS_EAUTH);
}

/* Sessions that are nobody's: by address; all of a front end: in all. */
static void
test_front_sessions(void **state)
{
	struct fss__cs *p[12];
	uint8_t key[1][FSS__KEY_BYTES];
	struct fss__hub_config cfg;
	struct fss__cs *more;
	struct world *w;
	struct asked a;
	char text[32];
	unsigned i;

	(void)state;
	hub_drive_config(&cfg);
	cfg.max_address = 4;
	cfg.max_front = 9;
	assert_int_equal(open_world(state, &cfg), 0);
	w = *state;
	memcpy(key[0], w->key, sizeof(key[0]));
	assert_int_equal(fss__hub_set_fronts(w->d.hub,
	    (const uint8_t (*)[FSS__KEY_BYTES])key, 1), 0);
	/* Each from elsewhere: more than one address may have. */
	for (i = 0; i < 9; i++) {
		(void)snprintf(text, sizeof(text), "198.51.100.%u", i + 1);
		p[i] = person_from(w, NULL, text);
		pump(w);
		assert_int_equal(fss__cs_state(p[i]), FSS__CS_READY);
	}
	more = person_from(w, NULL, "203.0.113.1");
	pump(w);
	assert_int_equal(fss__cs_state(more), FSS__CS_HELLO);
	assert_int_equal(fss__cs_error(more)->code, FSS_EOVERLOAD);
	/* When one goes there is room. */
	fss__cs_person_close(p[0]);
	for (i = 0; i < 10 && fss__cs_state(more) != FSS__CS_READY; i++)
		pass(w, 3 * SECOND);
	assert_int_equal(fss__cs_state(more), FSS__CS_READY);
	for (i = 1; i < 9; i++)
		fss__cs_person_close(p[i]);
	pump(w);
	/* One address has its four. */
	for (i = 0; i < 5; i++) {
		p[i] = person_from(w, NULL, "203.0.113.9");
		pump(w);
	}
	assert_int_equal(sessions(w), 1 + 1 + 4);
	(void)whoami(w, p[4], &a);
	assert_int_equal(a.code, FSS_EAUTH);
	(void)teardown(state);
}

static int
no_world(void **state)
{
	*state = NULL;
	return 0;
}

/* ---- losses ----------------------------------------------------------- */

/*
 * Many people, requests of all, connections lost at random: each request is
 * answered once, to whom asked it, as who asked it.
 */
static void
test_losses(void **state)
{
	struct world *w = *state;
	struct fss__cs *p[CROWD];
	struct asked web[4], a[CROWD];
	const char *const names[4] = { "alice", "bob", "carol", "dave" };
	unsigned round, i, lost = 0;
	struct fss__cs *first;
	const char *seed;

	seed = getenv("FSS_TEST_SEED");
	w->rng.s = seed != NULL ? strtoull(seed, NULL, 10) :
	    (uint64_t)fss__mono_us();
	print_message("FSS_TEST_SEED=%llu\n", (unsigned long long)w->rng.s);
	for (i = 0; i < 4; i++) {
		first = person(w, NULL);
		assert_int_equal(register_web(w, first, names[i], &web[i]),
		    0);
		fss__cs_person_close(first);
	}
	for (i = 0; i < CROWD; i++)
		p[i] = person(w, web[i % 4].token);
	pump(w);
	assert_int_equal(sessions(w), 1 + CROWD);
	/* A few at a time, or each reconnect would be a flood. */
	assert_true(w->hellos_most <= 32);
	for (round = 0; round < 20; round++) {
		for (i = 0; i < CROWD; i++)
			start(w, p[i], FSS__MSG_WHOAMI, &nothing, &a[i]);
		if (rng_below(&w->rng, 2) == 0) {
			lose(w, 0);
			lost++;
		} else if (rng_below(&w->rng, 2) == 0) {
			lose(w, 1);
		}
		settle(w);
		for (i = 0; i < 40; i++)
			pass(w, 100000);
		take_answers(w);
		for (i = 0; i < CROWD; i++) {
			assert_true(a[i].over);
			assert_int_equal(a[i].code, 0);
			assert_string_equal(a[i].name, names[i % 4]);
		}
		/* One goes and another comes: nothing of theirs is mixed. */
		i = (unsigned)rng_below(&w->rng, CROWD);
		fss__cs_person_close(p[i]);
		p[i] = person(w, web[i % 4].token);
	}
	pump(w);
	pass(w, 1);
	assert_true(lost > 0);
	assert_int_equal(sessions(w), 1 + CROWD);
	hub_drive_check(&w->d);
}

/* Two ask, and what @p sends or gets is spoilt: @q's answer is not. */
static void
spoil_whoami(struct world *w, struct fss__cs *p, struct fss__cs *q,
    unsigned type, const char *detail)
{
	struct asked a, b;

	w->spoil = type;
	start(w, p, FSS__MSG_WHOAMI, &nothing, &a);
	start(w, q, FSS__MSG_SESSIONS, &(struct fss__m_sessions){ 0 }, &b);
	pump(w);
	take_answers(w);
	assert_int_equal(w->spoil, 0);
	assert_true(a.over && b.over);
	assert_int_equal(a.code, FSS_EPROTO);
	assert_string_equal(a.detail, detail);
	assert_int_equal(b.code, 0);
}

/* A message that cannot be read is one person's, and of one request. */
static void
test_spoilt(void **state)
{
	struct world *w = *state;
	struct fss__cs *p, *q;
	struct asked web, a, b;
	uint64_t epoch[2];

	p = person(w, NULL);
	assert_int_equal(register_web(w, p, "alice", &web), 0);
	q = person(w, web.token);
	assert_int_equal(whoami(w, q, &b), 0);
	epoch[0] = fss__cs_epoch(p);
	epoch[1] = fss__cs_epoch(w->cs);
	spoil_whoami(w, p, q, FSS__MSG_WHOAMI, "the envelope is malformed");
	spoil_whoami(w, p, q, FSS__MSG_WHOAMI + FSS__ANSWER,
	    "the answer to WHOAMI is malformed");
	/* The sessions and the line stand. */
	assert_int_equal(whoami(w, p, &a), 0);
	assert_int_equal(fss__cs_epoch(p), epoch[0]);
	assert_int_equal(fss__cs_epoch(w->cs), epoch[1]);
	assert_int_equal(sessions(w), 3);
	fss__cs_person_close(q);
	pump(w);
	/* HELLO is said again, and a session nobody learnt of ends. */
	w->spoil = FSS__MSG_HELLO + FSS__ANSWER;
	q = person(w, web.token);
	start(w, q, FSS__MSG_WHOAMI, &nothing, &b);
	pump(w);
	assert_int_equal(w->spoil, 0);
	assert_int_equal(fss__cs_error(q)->code, FSS_EPROTO);
	assert_int_equal(sessions(w), 2);
	assert_int_equal(whoami(w, p, &a), 0);
	pass(w, SECOND);
	take_answers(w);
	assert_true(b.over);
	assert_int_equal(b.code, 0);
	assert_int_equal(fss__cs_epoch(w->cs), epoch[1]);
	assert_int_equal(sessions(w), 3);
}

/* One who closes with requests under way takes them along. */
static void
test_close_busy(void **state)
{
	struct world *w = *state;
	struct fss__cs *p, *q;
	struct asked web, a, b;

	p = person(w, NULL);
	assert_int_equal(register_web(w, p, "alice", &web), 0);
	q = person(w, web.token);
	start(w, p, FSS__MSG_WHOAMI, &nothing, &a);
	start(w, q, FSS__MSG_WHOAMI, &nothing, &b);
	fss__cs_person_close(p);
	p = person(w, web.token);	/* may have its number */
	pump(w);
	take_answers(w);
	assert_false(a.over);
	assert_true(b.over);
	assert_int_equal(b.code, 0);
	assert_int_equal(whoami(w, p, &a), 0);
	assert_int_equal(sessions(w), 3);
	/* Closed between HELLO and WELCOME: the hub hears of it too. */
	w->d.hold = HUB_HOLD(FSS__LANE_READ);
	q = person(w, web.token);
	pump(w);
	assert_int_equal(fss__cs_state(q), FSS__CS_HELLO);
	fss__cs_person_close(q);
	w->d.hold = 0;
	pump(w);
	assert_int_equal(sessions(w), 3);
}

/* Many with much to send: each comes in its turn. */
static void
test_turns(void **state)
{
	struct world *w = *state;
	struct fss__frame *header, *payload;
	struct fss__header h;
	struct fss__cs *p, *q;
	struct asked web, many[100], one;
	unsigned i, before = 0;
	uint64_t whose = 0;

	p = person(w, NULL);
	assert_int_equal(register_web(w, p, "alice", &web), 0);
	q = person(w, web.token);
	pump(w);
	for (i = 0; i < 100; i++)
		start(w, p, FSS__MSG_WHOAMI, &nothing, &many[i]);
	start(w, q, FSS__MSG_WHOAMI, &nothing, &one);
	for (i = 0; i < 3; i++) {
		assert_int_equal(fss__cs_next_send(w->cs, 0, w->now_us,
		    &header, &payload), 1);
		assert_int_equal(fss__header_decode(header->data, header->len,
		    &h), 0);
		if (i > 0 && h.req >> 44 != whose)
			before++;
		whose = h.req >> 44;
		hub_drive_frame(&w->d, w->route[0], w->key, header, payload);
		fss__cs_sent(w->cs, 0, w->now_us);
	}
	assert_true(before >= 1);
	pump(w);
	take_answers(w);
	assert_true(one.over);
}

/* Idle people are kept by their pings, and cost little. */
static void
test_idle(void **state)
{
	struct world *w = *state;
	struct fss__cs *p, *crowd[CROWD];
	struct fss__hub_config cfg;
	struct asked web, a;
	unsigned i;

	p = person(w, NULL);
	assert_int_equal(register_web(w, p, "alice", &web), 0);
	for (i = 0; i < CROWD; i++)
		crowd[i] = person(w, web.token);
	pump(w);
	for (i = 0; i < 20; i++)
		pass(w, 15 * SECOND);
	assert_int_equal(sessions(w), 2 + CROWD);
	/* A hub that starts anew has none of them; they come back. */
	roomy(&cfg);
	hub_drive_kill(&w->d);
	hub_drive_boot(&w->d, &cfg);
	hub_drive_tick(&w->d, 0);
	hub_drive_run(&w->d);
	for (i = 0; i < 200; i++)
		pass(w, SECOND);
	assert_int_equal(whoami(w, crowd[0], &a), 0);
	assert_int_equal(whoami(w, p, &a), 0);
}

#define T(name)	cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_log_in),
		T(test_no_key),
		T(test_bad_tokens),
		T(test_all_end),
		T(test_log_out),
		T(test_scopes),
		T(test_role),
		T(test_how_many),
		T(test_sessions),
		T(test_session_pages),
		T(test_front_end),
		T(test_front_rates),
		cmocka_unit_test_setup(test_front_sessions, no_world),
		T(test_losses),
		T(test_spoilt),
		T(test_close_busy),
		T(test_turns),
		T(test_idle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
