/*
 * Visits of share links.
 *
 * To open a link gives a token of the visit, which goes into a cookie for the
 * pages of this link alone; the password is needed once.  The name of what is
 * linked is told then and never again, so it goes along: a visitor who changes
 * it deceives nobody else.  The cookie may come
 * with a link somebody follows from elsewhere (SameSite=Lax): it lets look,
 * which the link itself does too, but changes are refused to other sites'
 * pages before it counts.
 */
#include "link_visit.h"

#include <stdlib.h>
#include <string.h>

#include "host.h"
#include "http_text.h"
#include "link_page.h"

#define COOKIE		"__Secure-fss-visit"
#define TOKEN_MAX	128
#define NAME_BYTES	256

/* What a link's token is made of: it goes into a header. */
static bool
token_fine(const char *token)
{
	size_t n = strspn(token, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

	return n > 0 && n <= TOKEN_MAX && token[n] == '\0';
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

/* The name in the cookie's value, behind the token. */
static void
cookie_name(struct web_req *rq, char dst[NAME_BYTES])
{
	const char *cookie = web_cookie(rq, COOKIE), *dot;
	char text[WEB_MAX_COOKIE + 1];

	dst[0] = '\0';
	dot = cookie != NULL ? strchr(cookie, '.') : NULL;
	if (dot == NULL)
		return;
	(void)snprintf(text, sizeof(text), "%s", dot + 1);
	if (uri_decode(text, false) && strlen(text) < NAME_BYTES)
		memcpy(dst, text, strlen(text) + 1);
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
	char kept[NAME_BYTES];
	int err = fss_event_error(ev);

	if (name == NULL)
		cookie_name(rq, kept);
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
	char		 name[NAME_BYTES];
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
	char token[WEB_MAX_TOKEN + 1], encoded[NAME_BYTES * 3];
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
	if (uri_encode(o->name, false, encoded, sizeof(encoded)) < 0)
		encoded[0] = '\0';
	web_reply_header(rq, "set-cookie", "%s=%s.%s; Path=/s/%s; Secure; "
	    "HttpOnly; SameSite=Lax", COOKIE, token, encoded,
	    web_param(rq, 0));
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
	const char *cookie = web_cookie(rq, COOKIE);
	char token[WEB_MAX_TOKEN + 1];
	size_t n;

	n = cookie != NULL ? strcspn(cookie, ".") : 0;
	if (n > 0 && n < sizeof(token) && hub_up()) {
		memcpy(token, cookie, n);
		token[n] = '\0';
		/* What the hub never gave is no visit. */
		if (!token_fine(token)) {
			visit_open(rq, NULL, v);
			return;
		}
		if (web_person_token(rq, token) == 0)
			look(rq, looked, (void *)(uintptr_t)v);
		return;
	}
	visit_open(rq, NULL, v);
}
