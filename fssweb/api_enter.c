/*
 * The guard every route goes through before its handler runs.
 *
 * In this order: what the request must not carry, another site's page, the
 * value against forgery, the log-in.  Whether the log-in or the token is any
 * good, and what it may do, is the hub's to say: it answers each operation of
 * the handler by that.
 */
#include "api.h"

#include <string.h>

#include "link_page.h"

#define CHANGES	(WEB_POST | WEB_PUT | WEB_PATCH | WEB_DELETE)

/* Whether @name is one of @names, which has blanks between. */
static bool
one_of(const char *names, const char *name)
{
	size_t len = strlen(name), n;

	while (*names != '\0') {
		n = strcspn(names, " ");
		if (n == len && memcmp(names, name, n) == 0)
			return true;
		names += n + (names[n] == ' ');
	}
	return false;
}

/* Visitors get pages, all others JSON. */
static void
refuse(struct web_req *rq, const struct api_route *route, int err,
    const char *detail)
{
	if (route->login == API_VISITOR)
		page_error(rq, err, detail);
	else
		web_reply_error(rq, err, detail);
}

/* Only what the operation has; each once, but for "name" of a zip. */
static bool
query_known(struct web_req *rq, const struct api_route *route)
{
	const char *name, *other, *value;
	unsigned i, j, n = web_query_count(rq);

	/* What others add to a link on its way is not its visitor's fault. */
	if (route->login == API_VISITOR)
		return true;
	for (i = 0; i < n; i++) {
		web_query_at(rq, i, &name, &value);
		if (!one_of(route->query, name)) {
			api_wrong(rq, FSS_EINVAL, name,
			    "is no parameter of this");
			return false;
		}
		for (j = 0; j < i; j++) {
			web_query_at(rq, j, &other, &value);
			if (strcmp(name, other) == 0 &&
			    !one_of(route->query, "+")) {
				api_wrong(rq, FSS_EINVAL, name, "comes twice");
				return false;
			}
		}
	}
	return true;
}

static bool
body_fits(struct web_req *rq, const struct api_route *route)
{
	if (web_body_length(rq) <= route->body)
		return true;
	refuse(rq, route, FSS_ETOOBIG, route->body == 0 ?
	    "no body is taken here" : "body is too long");
	return false;
}

/*
 * What must not be passed over: a part would be kept as the whole, what is
 * packed as what it is, and what was only to be made anew would be replaced.
 */
static bool
asks_plainly(struct web_req *rq, const struct api_route *route)
{
	static const char *const headers[] = {
		"content-range", "content-encoding", "if-match",
		"if-none-match", "if-unmodified-since"
	};
	size_t i;

	if ((web_method(rq) & CHANGES) == 0)
		return true;
	for (i = 0; i < sizeof(headers) / sizeof(headers[0]); i++)
		if (web_header(rq, headers[i]) != NULL) {
			refuse(rq, route, FSS_EINVAL, "what is sent has to "
			    "come whole and as it is, without conditions");
			return false;
		}
	return true;
}

/* Says that the request comes from another site's page. */
static bool
foreign(struct web_req *rq)
{
	return (web_header(rq, "origin") != NULL ||
	    web_header(rq, "sec-fetch-site") != NULL) && !web_same_origin(rq);
}

static bool
not_foreign(struct web_req *rq, const struct api_route *route)
{
	if ((web_method(rq) & CHANGES) == 0 || !foreign(rq))
		return true;
	refuse(rq, route, FSS_EDENIED,
	    "another site's page may not change anything here");
	return false;
}

/*
 * A cookie goes with a request whoever made it, so it alone changes nothing:
 * the page's own origin and a value only that page can read are needed.  A
 * token in a header was put there by who sent the request.
 */
static bool
not_forged(struct web_req *rq)
{
	enum web_credential kind;
	const char *token = web_token(rq, &kind);
	const char *given = web_header(rq, "x-fss-csrf");

	if ((web_method(rq) & CHANGES) == 0 || kind != WEB_COOKIE)
		return true;
	if (web_same_origin(rq) && given != NULL &&
	    api_csrf_right(token, given))
		return true;
	web_reply_error(rq, FSS_EDENIED,
	    "needs Origin and X-FSS-CSRF of the page");
	return false;
}

void
api_enter(struct web_req *rq)
{
	const struct api_route *route = web_route_arg(rq);

	if (!query_known(rq, route) || !body_fits(rq, route) ||
	    !asks_plainly(rq, route) || !not_foreign(rq, route))
		return;
	if (route->login >= API_OPTIONAL && !not_forged(rq))
		return;
	if (route->login == API_LOGIN && web_person_take(rq, true) < 0)
		return;
	route->fn(rq);
}
