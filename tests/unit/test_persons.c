/*
 * What people may do who share one client's connection: tokens and how they
 * end, scopes and roles, lists of sessions.  A front end is told of in
 * test_persons_front.c, losses on the way in test_persons_wire.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "crowd.h"
#include "model/account.h"

#define SECOND	INT64_C(1000000)

static int
token_new(struct crowd *w, struct fss__cs *p, uint32_t scopes,
    struct crowd_asked *a)
{
	struct fss__m_token_new m;

	memset(&m, 0, sizeof(m));
	m.label = fss__slice_str("script");
	m.scopes = scopes;
	return crowd_ask(w, p, FSS__MSG_TOKEN_NEW, &m, a);
}

/* Whether a new session opens with it. */
static int
opens(struct crowd *w, const char *token)
{
	struct fss__cs *p = crowd_person(w, token);
	struct crowd_asked a;
	int r = crowd_whoami(w, p, &a);

	fss__cs_person_close(p);
	crowd_pump(w);
	return r;
}

static void
test_log_in(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL), *q;
	struct crowd_asked a, b;

	/* Nobody yet; not the device either. */
	assert_int_equal(crowd_whoami(w, p, &a), FSS_EAUTH);
	assert_int_equal(crowd_register_web(w, p, "alice", &a), 0);
	assert_int_equal(strlen(a.token), FSS_TOKEN_CHARS);
	assert_int_equal(a.scopes, FSS__SCOPES_ALL);
	assert_int_equal(crowd_whoami(w, p, &b), 0);
	assert_string_equal(b.name, "alice");
	/* The same token is the same person on another session. */
	q = crowd_person(w, a.token);
	assert_int_equal(crowd_whoami(w, q, &b), 0);
	assert_string_equal(b.name, "alice");
	/* No key was enrolled: the main session is still nobody's. */
	assert_int_equal(crowd_whoami(w, w->cs, &b), FSS_EAUTH);
	assert_int_equal(crowd_sessions(w), 3);
	fss__cs_person_close(q);
	crowd_pump(w);
	assert_int_equal(crowd_sessions(w), 2);
	/* A wrong password and an unknown name are the same. */
	q = crowd_person(w, NULL);
	assert_int_equal(crowd_login_web(w, q, "alice", "wrong one", 0, &a),
	    FSS_EAUTH);
	assert_int_equal(crowd_login_web(w, q, "nobody", "wrong one", 0, &b),
	    FSS_EAUTH);
	assert_string_equal(a.detail, b.detail);
	assert_int_equal(crowd_login_web(w, q, "alice", "password", 59, &a),
	    FSS_EINVAL);
	assert_int_equal(crowd_login_web(w, q, "alice", "password", 60, &a), 0);
}

/* Over a shared connection nobody may make its key their own. */
static void
test_no_key(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL);
	struct fss__m_register m;
	struct crowd_asked a;

	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str("alice");
	m.password = fss__slice_str("password");
	assert_int_equal(
	    crowd_ask(w, p, FSS__MSG_REGISTER, &m, &a), FSS_EDENIED);
	assert_int_equal(crowd_ask(w, w->cs, FSS__MSG_REGISTER, &m, &a), 0);
	/* The connection's key is alice now, the person is not. */
	assert_int_equal(crowd_whoami(w, w->cs, &a), 0);
	assert_int_equal(crowd_whoami(w, p, &a), FSS_EAUTH);
	crowd_lose(w, 0);
	crowd_settle(w);
	assert_int_equal(crowd_whoami(w, w->cs, &a), 0);
	assert_int_equal(crowd_whoami(w, p, &a), FSS_EAUTH);
}

/* Unknown, revoked, expired, locked: one answer, and for good. */
static void
test_bad_tokens(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL), *q, *unknown;
	struct fss__m_device_revoke m;
	struct crowd_asked a, web, shorter, b;
	unsigned i;
	char bad[FSS__KEY_TEXT];

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	memset(bad, 'A', sizeof(bad) - 1);
	bad[sizeof(bad) - 1] = '\0';
	unknown = crowd_person(w, bad);
	assert_int_equal(crowd_whoami(w, unknown, &a), FSS_EAUTH);
	assert_int_equal(fss__cs_state(unknown), FSS__CS_REFUSED);
	/* What is asked later is answered as well, without asking. */
	assert_int_equal(crowd_whoami(w, unknown, &b), FSS_EAUTH);
	assert_string_equal(a.detail, b.detail);

	q = crowd_person(w, NULL);
	assert_int_equal(
	    crowd_login_web(w, q, "alice", "password", 60, &shorter), 0);
	assert_int_equal(opens(w, shorter.token), 0);
	memset(&m, 0, sizeof(m));
	m.id = shorter.device;
	assert_int_equal(crowd_ask(w, p, FSS__MSG_DEVICE_REVOKE, &m, &b), 0);
	/* Its session was told, asked again, and heard that it is over. */
	assert_int_equal(fss__cs_state(q), FSS__CS_REFUSED);
	assert_int_equal(crowd_whoami(w, q, &b), FSS_EAUTH);
	assert_string_equal(a.detail, b.detail);
	assert_int_equal(opens(w, shorter.token), FSS_EAUTH);

	q = crowd_person(w, NULL);
	assert_int_equal(
	    crowd_login_web(w, q, "alice", "password", 60, &shorter), 0);
	for (i = 0; i < 5; i++)
		crowd_pass(w, 11 * SECOND);
	assert_int_equal(crowd_whoami(w, q, &b), 0);
	crowd_pass(w, 11 * SECOND);
	assert_int_equal(crowd_whoami(w, q, &b), FSS_EAUTH);
	assert_string_equal(a.detail, b.detail);
	assert_int_equal(opens(w, shorter.token), FSS_EAUTH);
	assert_int_equal(opens(w, web.token), 0);
}

/* What ends everything of an account ends tokens with it, at once. */
static void
test_all_end(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL), *q = crowd_person(w, NULL);
	struct fss__m_logout out;
	struct fss__m_passwd pw;
	struct crowd_asked web, other, api, a;

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	assert_int_equal(
	    crowd_login_web(w, q, "alice", "password", 0, &other), 0);
	assert_int_equal(token_new(w, p, FSS_SCOPE_READ, &api), 0);
	memset(&pw, 0, sizeof(pw));
	pw.old_password = fss__slice_str("password");
	pw.new_password = fss__slice_str("password two");
	assert_int_equal(crowd_ask(w, p, FSS__MSG_PASSWD, &pw, &a), 0);
	assert_int_equal(crowd_whoami(w, p, &a), 0);
	assert_int_equal(crowd_whoami(w, q, &a), FSS_EAUTH);
	assert_int_equal(opens(w, other.token), FSS_EAUTH);
	assert_int_equal(opens(w, api.token), FSS_EAUTH);
	assert_int_equal(opens(w, web.token), 0);

	q = crowd_person(w, NULL);
	assert_int_equal(
	    crowd_login_web(w, q, "alice", "password two", 0, &other), 0);
	assert_int_equal(token_new(w, q, FSS_SCOPE_READ, &api), 0);
	memset(&out, 0, sizeof(out));
	out.has = FSS__K_logout_everywhere;
	out.everywhere = true;
	assert_int_equal(crowd_ask(w, q, FSS__MSG_LOGOUT, &out, &a), 0);
	assert_int_equal(crowd_whoami(w, p, &a), FSS_EAUTH);
	assert_int_equal(opens(w, other.token), FSS_EAUTH);
	assert_int_equal(opens(w, api.token), FSS_EAUTH);
	assert_int_equal(opens(w, web.token), FSS_EAUTH);
}

/* Logging out of a web log-in ends its token, of no other. */
static void
test_log_out(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL), *q = crowd_person(w, NULL);
	struct fss__m_logout out;
	struct crowd_asked web, other, a;

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	assert_int_equal(
	    crowd_login_web(w, q, "alice", "password", 0, &other), 0);
	memset(&out, 0, sizeof(out));
	assert_int_equal(crowd_ask(w, q, FSS__MSG_LOGOUT, &out, &a), 0);
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
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL), *t;
	const struct fss__message *m;
	struct fss__m_events events;
	struct fss__actor who;
	unsigned type, i, refused = 0, let = 0;
	struct crowd_asked web, api, a;
	uint32_t scopes;

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
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
		t = crowd_person(w, api.token);
		for (type = 1; type < FSS__ANSWER; type++) {
			m = fss__message_find(type);
			if (m == NULL || m->needs <= FSS__NEEDS_USER ||
			    m->request != &fss__r_page)
				continue;
			if (scope_of[m->needs] == 1u << i) {
				assert_int_equal(
				    crowd_ask(w, t, type, &crowd_nothing, &a),
				    0);
				let++;
			} else {
				assert_int_equal(
				    crowd_ask(w, t, type, &crowd_nothing, &a),
				    FSS_EDENIED);
				refused++;
			}
		}
		/* No token makes another, or tells of sessions. */
		assert_int_equal(token_new(w, t, 1, &a), FSS_EDENIED);
		assert_int_equal(
		    crowd_ask(w, t, FSS__MSG_SESSIONS, &crowd_nothing, &a),
		    FSS_EDENIED);
		memset(&events, 0, sizeof(events));
		events.kinds = 1u << (FSS_NEWS_FILE - 1);
		assert_int_equal(crowd_ask(w, t, FSS__MSG_EVENTS, &events, &a),
		    i == 0 ? 0 : FSS_EDENIED);
		events.kinds = 1u << (FSS_NEWS_REQUEST - 1);
		assert_int_equal(crowd_ask(w, t, FSS__MSG_EVENTS, &events, &a),
		    i == 2 ? 0 : FSS_EDENIED);
		assert_int_equal(crowd_whoami(w, t, &a), 0);
		fss__cs_person_close(t);
	}
	assert_true(let > 0 && refused > 0);
}

/* An admin's token without the scope is a user's, with it an admin's. */
static void
test_role(void **state)
{
	struct crowd *w = *state;
	struct fss__actor root = { .role = FSS_ROLE_ADMIN, .account = -1 };
	struct fss__cs *p = crowd_person(w, NULL), *t;
	struct fss__m_user_set m;
	struct crowd_asked web, api, a;
	int64_t account;

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
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
	t = crowd_person(w, api.token);
	m.role = FSS_ROLE_OPERATOR;
	/* The last admin stays one, but it was let ask. */
	assert_int_equal(
	    crowd_ask(w, t, FSS__MSG_USER_SET, &m, &a), FSS_EDENIED);
	assert_non_null(strstr(a.detail, "last admin"));
}

/* Lists are bounded: the stalest web log-in goes, of tokens none is made. */
static void
test_how_many(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL), *q;
	struct crowd_asked web, first, a;
	unsigned i;

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	for (i = 0; i < FSS__MAX_API_TOKENS; i++)
		assert_int_equal(token_new(w, p, FSS_SCOPE_READ, &first), 0);
	assert_int_equal(token_new(w, p, FSS_SCOPE_READ, &a), FSS_ETOOBIG);
	for (i = 0; i < FSS__MAX_WEB_LOGINS; i++) {
		w->d.wall_us += 60 * SECOND;
		q = crowd_person_from(w, NULL, "");
		assert_int_equal(crowd_login_web(w, q, "alice", "password", 0,
		    i == 0 ? &first : &a), 0);
		fss__cs_person_close(q);
		crowd_pass(w, 15 * SECOND);	/* not too often */
	}
	/* The one of the registration was the oldest. */
	assert_int_equal(opens(w, web.token), FSS_EAUTH);
	assert_int_equal(crowd_whoami(w, p, &a), FSS_EAUTH);
	assert_int_equal(opens(w, first.token), 0);
}

static void
test_sessions(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL), *q = crowd_person(w, NULL);
	struct fss__cs *other = crowd_person(w, NULL);
	struct crowd_asked web, second, bob, mine, theirs, a;
	struct fss__m_session_end end;
	struct fss__m_sessions all;

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	assert_int_equal(
	    crowd_login_web(w, q, "alice", "password", 0, &second), 0);
	assert_int_equal(crowd_register_web(w, other, "bob", &bob), 0);
	assert_int_equal(
	    crowd_ask(w, p, FSS__MSG_SESSIONS, &crowd_nothing, &mine), 0);
	assert_int_equal(mine.count, 2);
	assert_true(mine.current);
	assert_int_equal(
	    crowd_ask(w, q, FSS__MSG_SESSIONS, &crowd_nothing, &theirs), 0);
	memset(&all, 0, sizeof(all));
	all.has = FSS__K_sessions_all;
	all.all = true;
	assert_int_equal(
	    crowd_ask(w, p, FSS__MSG_SESSIONS, &all, &a), FSS_EDENIED);
	memset(&all, 0, sizeof(all));
	all.has = FSS__K_sessions_name;
	all.name = fss__slice_str("bob");
	assert_int_equal(
	    crowd_ask(w, p, FSS__MSG_SESSIONS, &all, &a), FSS_EDENIED);
	/* That of another is as one that is not there. */
	memset(&end, 0, sizeof(end));
	end.id.p = theirs.session;
	end.id.n = sizeof(theirs.session);
	assert_int_equal(crowd_ask(w, other, FSS__MSG_SESSION_END, &end, &a),
	    FSS_ENOENT);
	assert_int_equal(crowd_whoami(w, q, &a), 0);
	assert_int_equal(crowd_ask(w, p, FSS__MSG_SESSION_END, &end, &a), 0);
	assert_int_equal(crowd_whoami(w, q, &a), FSS_EAUTH);
	assert_int_equal(opens(w, second.token), FSS_EAUTH);
	assert_int_equal(crowd_whoami(w, p, &a), 0);
	assert_int_equal(crowd_ask(w, p, FSS__MSG_SESSION_END, &end, &a),
	    FSS_ENOENT);
}

/* Pages of a list go on where they ended. */
static void
test_session_pages(void **state)
{
	struct crowd *w = *state;
	struct fss__cs *p = crowd_person(w, NULL), *q[5];
	struct fss__m_sessions m;
	struct crowd_asked web, a;
	uint8_t cursor[8] = { 0 };
	unsigned i;

	assert_int_equal(crowd_register_web(w, p, "alice", &web), 0);
	for (i = 0; i < 5; i++)
		q[i] = crowd_person(w, web.token);
	crowd_pump(w);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_sessions_limit | FSS__K_sessions_cursor;
	m.limit = 4;
	m.cursor.p = cursor;
	m.cursor.n = sizeof(cursor);
	assert_int_equal(crowd_ask(w, p, FSS__MSG_SESSIONS, &m, &a), 0);
	assert_int_equal(a.count, 4);
	m.cursor.n = 3;
	assert_int_equal(
	    crowd_ask(w, p, FSS__MSG_SESSIONS, &m, &a), FSS_EINVAL);
	for (i = 0; i < 5; i++)
		fss__cs_person_close(q[i]);
	crowd_pump(w);
	m.cursor.n = sizeof(cursor);
	assert_int_equal(crowd_ask(w, p, FSS__MSG_SESSIONS, &m, &a), 0);
	assert_int_equal(a.count, 1);
}

int
main(void)
{
#define T(name) \
	cmocka_unit_test_setup_teardown(name, crowd_setup, crowd_teardown)
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
