/*
 * Visits of share links.
 *
 * To open a link gives a token of the visit, which goes into a cookie, bound
 * to this link (link_cookie.c); the password is needed once.  The name of what
 * is linked is told then and never again, so it goes along.  The cookie may
 * come with a link somebody follows from elsewhere (SameSite=Lax): it lets
 * look, which the link itself does too, but changes are refused to other
 * sites' pages before it counts.
 */
#include "link_visit.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "host.h"
#include "link_cookie.h"
#include "link_page.h"

/* What a link's token is made of: it goes into a header. */
static bool
token_fine(const char *token)
{
	size_t n = strspn(token, BASE64URL_DIGITS);

	return n == FSS_TOKEN_CHARS && token[n] == '\0';
}

bool
visit_path(struct web_req *rq, char dst[API_PATH + 1])
{
	const char *path = web_query(rq, "path");

	if (path == NULL || path[0] == '\0')
		path = "/";
	if (path[0] != '/' || strlen(path) + 1 > API_PATH) {
		page_error(rq, FSS_ENOENT, NULL);
		return false;
	}
	(void)snprintf(dst, API_PATH + 1, ":%s", path);
	return true;
}

/* ---- what is linked --------------------------------------------------- */

/* The visit of this link that the cookie holds. */
static bool
cookie_visit(struct web_req *rq, char token[FSS_TOKEN_CHARS + 1],
    char name[LINK_COOKIE_NAME])
{
	const char *cookie = web_cookie(rq, LINK_COOKIE);

	name[0] = '\0';
	return cookie != NULL && link_cookie_find(cookie, web_param(rq, 0),
	    token, name);
}

/* Whether the link is one to send files by: nothing may be read. */
static bool
sends(const fss_row *root)
{
	return root != NULL && fss_row_has(root, FSS_FIELD_RIGHTS) &&
	    (fss_row_int(root, FSS_FIELD_RIGHTS) & FSS_RIGHT_CREATE) != 0;
}

/* A look of somebody with the cookie: @name NULL; else freshly opened. */
static void
looked_as(struct web_req *rq, const struct visit *v, const fss_event *ev,
    const char *name)
{
	char token[FSS_TOKEN_CHARS + 1], kept[LINK_COOKIE_NAME];
	int err = fss_event_error(ev);

	if (name == NULL)
		(void)cookie_visit(rq, token, kept);
	switch (err) {
	case FSS_OK:
		v->go(rq, sends(api_row(ev)) ? NULL : api_row(ev),
		    name != NULL ? name : kept);
		break;
	case FSS_EDENIED:
		v->go(rq, NULL, "");
		break;
	case FSS_EAUTH:
	case FSS_ESESSION:
		/* The visit is over; the link may be opened again. */
		if (name == NULL) {
			visit_open(rq, NULL, v);
			break;
		}
		/* FALLTHROUGH */
	default:
		page_error(rq, err, fss_event_detail(ev));
		break;
	}
}

static void
looked(struct web_req *rq, void *arg, const fss_event *ev)
{
	if (fss_event_type(ev) == FSS_EVENT_DONE)
		looked_as(rq, arg, ev, NULL);
}

/* Who opens a link, until what is linked was looked at. */
struct opening {
	const struct visit *v;
	bool		 password;	/* with one */
	char		 name[LINK_COOKIE_NAME];
};

static void
looked_first(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct opening *o = arg;
	struct opening copy = *o;

	/* What goes on takes the request's state. */
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	web_state_set(rq, NULL, NULL);
	free(o);
	looked_as(rq, copy.v, ev, copy.name);
}

static void
look(struct web_req *rq, web_event_fn *fn, void *arg)
{
	void *user = web_call(rq, fn, arg);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_stat(web_hub(rq), ":/", 0,
		    user, &op), op);
}

/* ---- opening ---------------------------------------------------------- */

static void
opened(struct web_req *rq, void *arg, const fss_event *ev)
{
	char token[FSS_TOKEN_CHARS + 2], cookie[WEB_MAX_COOKIE + 1];
	struct opening *o = arg;
	const fss_row *row = api_row(ev);
	int err = fss_event_error(ev);

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (err == FSS_EAUTH) {
		page_password(rq, o->password);
		return;
	}
	if (err < 0 || row == NULL) {
		page_error(rq, err < 0 ? err : FSS_EPROTO,
		    fss_event_detail(ev));
		return;
	}
	(void)snprintf(token, sizeof(token), "%s",
	    fss_row_str(row, FSS_FIELD_TOKEN));
	(void)snprintf(o->name, sizeof(o->name), "%s",
	    fss_row_str(row, FSS_FIELD_NAME));
	if (!link_cookie_add(web_cookie(rq, LINK_COOKIE), web_param(rq, 0),
	    token, o->name, cookie)) {
		page_error(rq, FSS_EPROTO, NULL);
		return;
	}
	web_reply_header(rq, "set-cookie", "%s=%s; Path=/; Secure; HttpOnly; "
	    "SameSite=Lax", LINK_COOKIE, cookie);
	/* As the visitor from now on, for what comes after this request. */
	err = web_person_token(rq, token);
	if (err < 0)
		page_error(rq, err, NULL);
	else
		look(rq, looked_first, o);
}

void
visit_open(struct web_req *rq, const char *password, const struct visit *v)
{
	struct opening *o;
	fss_op op = 0;
	void *user;

	if (!token_fine(web_param(rq, 0)) || !hub_up()) {
		page_error(rq, hub_up() ? FSS_ENOENT : FSS_EUNREACH, NULL);
		return;
	}
	if (web_person_nobody(rq) < 0)
		return;
	o = calloc(1, sizeof(*o));
	if (o == NULL) {
		page_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	o->v = v;
	o->password = password != NULL;
	web_state_set(rq, o, free);
	user = web_call(rq, opened, o);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_link_open(web_hub(rq),
		    web_param(rq, 0), password, user, &op), op);
}

void
visit_enter(struct web_req *rq, const struct visit *v)
{
	char token[FSS_TOKEN_CHARS + 1], name[LINK_COOKIE_NAME];

	if (hub_up() && token_fine(web_param(rq, 0)) &&
	    cookie_visit(rq, token, name)) {
		if (web_person_token(rq, token) == 0)
			look(rq, looked, (void *)(uintptr_t)v);
		return;
	}
	visit_open(rq, NULL, v);
}
