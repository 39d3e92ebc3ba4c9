/*
 * Logging in and out, making an account, the password.
 *
 * A log-in is a token of the hub's in a cookie that no script can read and no
 * other site can send.  Nothing about it is kept here.
 */
#include "api_handlers.h"

#include <stdlib.h>
#include <string.h>

#define COOKIE		"__Host-fss"
#define TTL_USUAL	2592000		/* seconds: 30 days, as the hub's */
#define TTL_MIN		60
#define TTL_MAX		31536000

/* ---- the session as JSON ---------------------------------------------- */

static json_t *
hub_object(struct web_req *rq)
{
	static const char *const registrations[] = {
		"closed", "invite", "open"
	};
	fss_client *c = web_hub(rq);
	int registration = fss_client_registration(c);
	json_t *o = json_pack("{s:s}", "version", FSS_VERSION_TEXT);

	/* Neither is known before the hub was reached once. */
	if (o != NULL && fss_client_hub_name(c)[0] != '\0')
		(void)json_object_set_new(o, "name",
		    json_text(fss_client_hub_name(c)));
	if (o != NULL && registration >= 0 && registration <= 2)
		(void)json_object_set_new(o, "registration",
		    json_string(registrations[registration]));
	return o;
}

static json_t *
limits_object(void)
{
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}",
	    "rows", API_ROWS, "body", (int)API_BODY, "batch", API_BATCH,
	    "path", API_PATH, "note", API_NOTE, "query", 256,
	    "metadata", 4096, "zip_names", 16);
}

/* Takes @o, the account's row or an empty object, over. */
static void
reply_session(struct web_req *rq, int status, json_t *o, const char *token)
{
	char csrf[API_CSRF_BYTES];
	json_t *name;

	if (o == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	name = json_object_get(o, "name");
	if (name != NULL) {
		/* Who one is comes first. */
		json_t *first = json_pack("{s:O}", "account", name);

		(void)json_object_del(o, "name");
		if (first == NULL || json_object_update(first, o) < 0) {
			json_decref(first);
			json_decref(o);
			web_reply_error(rq, FSS_ENOMEM, NULL);
			return;
		}
		json_decref(o);
		o = first;
	}
	(void)json_object_del(o, "token");
	(void)json_object_del(o, "device_kind");
	(void)json_object_del(o, "locked");
	if (token != NULL && api_csrf_make(token, csrf))
		(void)json_object_set_new(o, "csrf", json_string(csrf));
	if (json_object_set_new(o, "hub", hub_object(rq)) < 0 ||
	    json_object_set_new(o, "limits", limits_object()) < 0) {
		json_decref(o);
		o = NULL;
	}
	web_reply_json(rq, status, o);
}

/* ---- who one is ------------------------------------------------------- */

static void
whoami_done(struct web_req *rq, void *arg, const fss_event *ev)
{
	enum web_credential kind;
	const char *token = web_token(rq, &kind);
	int64_t inbox;
	json_t *o;

	(void)arg;
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0) {
		if (fss_event_error(ev) == FSS_EAUTH && kind == WEB_COOKIE)
			web_reply_cookie(rq, COOKIE, "", 0);
		web_reply_event(rq, ev);
		return;
	}
	o = api_row(ev) != NULL ? json_row(api_row(ev)) : NULL;
	inbox = fss_client_inbox(web_hub(rq));
	if (o != NULL && inbox >= 0)
		(void)json_object_set_new(o, "inbox",
		    json_integer((json_int_t)inbox));
	reply_session(rq, 200, o, kind == WEB_COOKIE ? token : NULL);
}

void
api_session_get(struct web_req *rq)
{
	enum web_credential kind;
	const char *token = web_token(rq, &kind);
	void *user;
	fss_op op = 0;

	if (kind == WEB_NOBODY) {
		reply_session(rq, 200, json_object(), NULL);
		return;
	}
	/* What is no token at all is not asked about. */
	if (kind == WEB_COOKIE && strlen(token) != FSS_TOKEN_CHARS) {
		web_reply_cookie(rq, COOKIE, "", 0);
		web_reply_error(rq, FSS_EAUTH, "that is no log-in");
		return;
	}
	if (web_person_take(rq, true) < 0)
		return;
	user = web_call(rq, whoami_done, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_whoami(web_hub(rq), user,
		    &op), op);
}

/* ---- logging in ------------------------------------------------------- */

struct login {
	uint64_t	ttl;
	int		status;
};

static void
login_done(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct login *login = arg;
	const fss_row *row;
	const char *token;

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	row = api_row(ev);
	if (fss_event_error(ev) < 0) {
		web_reply_event(rq, ev);
		return;
	}
	token = row != NULL ? fss_row_str(row, FSS_FIELD_TOKEN) : "";
	if (token[0] == '\0') {
		web_reply_error(rq, FSS_EPROTO, "the hub gave no token");
		return;
	}
	web_reply_cookie(rq, COOKIE, token, login->ttl);
	reply_session(rq, login->status, json_row(row), token);
}

/* A password does not stay in memory that is given back. */
static void
wipe(json_t *body, const char *name)
{
	json_t *value = json_object_get(body, name);

	if (json_is_string(value))
		explicit_bzero((void *)(uintptr_t)json_string_value(value),
		    json_string_length(value));
}

/* What a log-in is listed as: some of User-Agent, in printable ASCII. */
static void
label_of(struct web_req *rq, char dst[API_LABEL + 1])
{
	const char *agent = web_header(rq, "user-agent");
	size_t i, n = 0;

	for (i = 0; agent != NULL && agent[i] != '\0' && n < API_LABEL; i++)
		dst[n++] = agent[i] >= 0x20 && agent[i] < 0x7f ? agent[i] : '?';
	dst[n] = '\0';
}

static void
enter(struct web_req *rq, json_t *body, bool make)
{
	char made[API_LABEL + 1];
	const char *name, *password, *invite = NULL, *label;
	struct login *login;
	struct api_body b;
	fss_op op = 0;
	int64_t ttl;
	void *user;
	int r;

	api_body_begin(&b, rq, body, make ? "name password invite label ttl" :
	    "name password label ttl");
	name = api_text(&b, "name", true, 64);
	password = api_text(&b, "password", true, API_PASSWORD);
	if (make)
		invite = api_text(&b, "invite", false, 128);
	label = api_text(&b, "label", false, API_LABEL);
	ttl = api_number(&b, "ttl", false, TTL_USUAL, TTL_MIN, TTL_MAX);
	if (!api_body_end(&b) || web_person_nobody(rq) < 0)
		return;
	if (label == NULL || label[0] == '\0') {
		label_of(rq, made);
		label = made[0] != '\0' ? made : "browser";
	}
	login = malloc(sizeof(*login));
	if (login == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	login->ttl = (uint64_t)ttl;
	login->status = make ? 201 : 200;
	web_state_set(rq, login, free);
	user = web_call(rq, login_done, login);
	if (user == NULL)
		return;
	if (make)
		r = fss_client_register_web(web_hub(rq), name, password,
		    invite, label, (uint64_t)ttl, user, &op);
	else
		r = fss_client_login_web(web_hub(rq), name, password, label,
		    (uint64_t)ttl, user, &op);
	wipe(body, "password");
	(void)web_called(rq, user, r, op);
}

static void
login_body(struct web_req *rq, json_t *body)
{
	enter(rq, body, false);
}

static void
register_body(struct web_req *rq, json_t *body)
{
	enter(rq, body, true);
}

void
api_session_post(struct web_req *rq)
{
	web_read_json(rq, login_body);
}

void
api_accounts_post(struct web_req *rq)
{
	web_read_json(rq, register_body);
}

/* ---- logging out ------------------------------------------------------ */

static void
logout_done(struct web_req *rq, void *arg, const fss_event *ev)
{
	enum web_credential kind;

	(void)web_token(rq, &kind);
	if (fss_event_type(ev) == FSS_EVENT_DONE && fss_event_error(ev) == 0) {
		if (kind == WEB_COOKIE)
			web_reply_cookie(rq, COOKIE, "", 0);
		web_person_forget(rq);
	}
	api_done_ok(rq, arg, ev);
}

void
api_session_delete(struct web_req *rq)
{
	bool everywhere;
	fss_op op = 0;
	void *user;

	if (!api_query_switch(rq, "everywhere", &everywhere))
		return;
	user = web_call(rq, logout_done, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_logout(web_hub(rq),
		    everywhere ? FSS_LOGOUT_EVERYWHERE | FSS_LOGOUT_FORGET :
		    FSS_LOGOUT_FORGET, user, &op), op);
}

/* ---- the password ----------------------------------------------------- */

static void
password_body(struct web_req *rq, json_t *body)
{
	const char *old, *new;
	struct api_body b;
	fss_op op = 0;
	void *user;
	int r;

	api_body_begin(&b, rq, body, "old new");
	old = api_text(&b, "old", true, API_PASSWORD);
	new = api_text(&b, "new", true, API_PASSWORD);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user == NULL)
		return;
	r = fss_client_passwd(web_hub(rq), old, new, user, &op);
	wipe(body, "old");
	wipe(body, "new");
	(void)web_called(rq, user, r, op);
}

void
api_password_put(struct web_req *rq)
{
	web_read_json(rq, password_body);
}
