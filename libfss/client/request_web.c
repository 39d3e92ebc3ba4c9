/*
 * The public calls of <fss/web.h> that are one request or a list: log-ins by
 * token, tokens, sessions.  Persons are in person.c, pages in page.c.
 */
#include <string.h>

#include "client/list.h"

static int
ttl_check(fss_client *c, uint64_t ttl_s)
{
	if (ttl_s != 0 && (ttl_s < FSS__TOKEN_TTL_MIN ||
	    ttl_s > FSS__MAX_TOKEN_TTL))
		return fss__client_fail(c, FSS_EINVAL,
		    "a token is good for %d seconds to a year",
		    FSS__TOKEN_TTL_MIN);
	return 0;
}

static int
label_check(fss_client *c, const char *label, size_t min,
    struct fss__slice *ret)
{
	return fss__client_text(c, "a label", label, min, FSS__MAX_LABEL,
	    FSS_EINVAL, ret);
}

int
fss_client_login_web(fss_client *c, const char *name, const char *password,
    const char *label, uint64_t ttl_s, void *user, fss_op *ret_op)
{
	struct fss__m_login_web m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = fss__client_name(c, "a name", name, &m.name)) != 0 ||
	    (r = fss__client_text(c, "a password", password, 1,
	    FSS__MAX_PASSWORD, FSS_EINVAL, &m.password)) != 0 ||
	    (r = ttl_check(c, ttl_s)) != 0)
		return r;
	m.has = FSS__K_login_web_name | FSS__K_login_web_password;
	if (label != NULL) {
		r = label_check(c, label, 0, &m.label);
		if (r != 0)
			return r;
		m.has |= FSS__K_login_web_label;
	}
	if (ttl_s != 0) {
		m.has |= FSS__K_login_web_ttl_s;
		m.ttl_s = ttl_s;
	}
	return fss__request_start(c, FSS__MSG_LOGIN_WEB, &m, NULL, user,
	    ret_op);
}

int
fss_client_register_web(fss_client *c, const char *name, const char *password,
    const char *invite, const char *label, uint64_t ttl_s, void *user,
    fss_op *ret_op)
{
	struct fss__m_register_web m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = fss__client_name(c, "a name", name, &m.name)) != 0 ||
	    (r = fss__client_text(c, "a password", password,
	    FSS__MAX_PASSWORD_MIN, FSS__MAX_PASSWORD, FSS_EPASSWORD,
	    &m.password)) != 0 || (r = ttl_check(c, ttl_s)) != 0)
		return r;
	m.has = FSS__K_register_web_name | FSS__K_register_web_password;
	if (invite != NULL) {
		r = fss__client_text(c, "an invite", invite, 1, FSS__MAX_INVITE,
		    FSS_EINVAL, &m.invite);
		if (r != 0)
			return r;
		m.has |= FSS__K_register_web_invite;
	}
	if (label != NULL) {
		r = label_check(c, label, 0, &m.label);
		if (r != 0)
			return r;
		m.has |= FSS__K_register_web_label;
	}
	if (ttl_s != 0) {
		m.has |= FSS__K_register_web_ttl_s;
		m.ttl_s = ttl_s;
	}
	return fss__request_start(c, FSS__MSG_REGISTER_WEB, &m, NULL, user,
	    ret_op);
}

int
fss_client_token_create(fss_client *c, const char *label, uint32_t scopes,
    uint64_t ttl_s, void *user, fss_op *ret_op)
{
	struct fss__m_token_new m;
	int r;

	memset(&m, 0, sizeof(m));
	if ((r = label_check(c, label, 1, &m.label)) != 0 ||
	    (r = ttl_check(c, ttl_s)) != 0)
		return r;
	if (scopes == 0 || (scopes & ~(uint32_t)FSS__TOKEN_SCOPES) != 0)
		return fss__client_fail(c, FSS_EINVAL, "a token has one or "
		    "more of the scopes read, write, people, admin");
	m.has = FSS__K_token_new_label | FSS__K_token_new_scopes;
	m.scopes = scopes;
	if (ttl_s != 0) {
		m.has |= FSS__K_token_new_ttl_s;
		m.ttl_s = ttl_s;
	}
	return fss__request_start(c, FSS__MSG_TOKEN_NEW, &m, NULL, user,
	    ret_op);
}

int
fss_client_sessions(fss_client *c, const char *account, uint32_t flags,
    void *user, fss_op *ret_op)
{
	struct fss__slice name = { NULL, 0 };
	struct lister *l;
	int r = fss__client_check(c);

	if (r == 0)
		r = fss__client_flags(c, flags, FSS_SESSIONS_ALL);
	if (r == 0 && account != NULL)
		r = fss__client_name(c, "a name", account, &name);
	if (r == 0)
		r = fss__lister_new(c, FSS__MSG_SESSIONS, user, &l);
	if (r != 0)
		return r;
	(void)fss__slice_copy(name, l->name, sizeof(l->name)); /* was checked */
	l->flags = flags;
	return fss__lister_begin(l, ret_op);
}

int
fss_client_session_end(fss_client *c, const char *session, void *user,
    fss_op *ret_op)
{
	struct fss__m_session_end m;
	uint8_t id[FSS__SESSION_ID];
	int r = fss__client_check(c);

	if (r != 0)
		return r;
	if (session == NULL || fss__hex_decode(id, sizeof(id), session) != 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "a session has an id of %d letters and digits",
		    2 * FSS__SESSION_ID);
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_session_end_id;
	m.id.p = id;
	m.id.n = sizeof(id);
	return fss__request_start(c, FSS__MSG_SESSION_END, &m, NULL, user,
	    ret_op);
}
