/*
 * From a request to its handler.
 *
 * Paths are cut at '/' before they are decoded, so that an encoded slash is
 * part of a name and never of the structure.  What no route of routes.c
 * takes is a file of the page.
 */
#include <stdlib.h>
#include <string.h>

#include "host.h"

/* Whether the @n segments @seg fit @pattern; params are noted on the way. */
static bool
fits(struct web_req *rq, const char *pattern, char *const *seg, unsigned n)
{
	unsigned i;
	size_t len;

	rq->param_count = 0;
	for (i = 0; *pattern == '/'; i++) {
		pattern++;
		len = strcspn(pattern, "/");
		if (i == n)
			return false;
		if (*pattern == ':') {
			if (*seg[i] == '\0')
				return false;
			rq->params[rq->param_count++] = seg[i];
		} else if (strlen(seg[i]) != len ||
		    strncmp(seg[i], pattern, len) != 0) {
			return false;
		}
		pattern += len;
	}
	return i == n;
}

static void
say_allowed(struct web_req *rq, unsigned methods)
{
	web_reply_header(rq, "allow", "OPTIONS%s%s%s%s%s%s",
	    (methods & WEB_GET) != 0 ? ", GET, HEAD" : "",
	    (methods & WEB_HEAD) != 0 && (methods & WEB_GET) == 0 ? ", HEAD" :
	    "", (methods & WEB_POST) != 0 ? ", POST" : "",
	    (methods & WEB_PUT) != 0 ? ", PUT" : "",
	    (methods & WEB_PATCH) != 0 ? ", PATCH" : "",
	    (methods & WEB_DELETE) != 0 ? ", DELETE" : "");
}

static void
call_route(struct web_req *rq, const struct web_route *route)
{
	rq->route = route;
	if ((route->flags & WEB_NO_HUB) == 0 && !hub_up()) {
		web_reply_error_as(rq, 503, FSS_EUNREACH,
		    "the hub is away; this page goes on by itself when it is "
		    "back", 2000);
		return;
	}
	route->fn(rq);
}

const void *
web_route_arg(const struct web_req *rq)
{
	return rq->route != NULL ? rq->route->arg : NULL;
}

/* Looks through the table; false where no path fits. */
static bool
try_routes(struct web_req *rq, char *const *seg, unsigned n)
{
	const struct web_route *route;
	unsigned method = rq->head.method, allowed = 0;

	for (route = web_routes; route->path != NULL; route++) {
		if (!fits(rq, route->path, seg, n))
			continue;
		if ((route->methods & method) != 0 || (method == WEB_HEAD &&
		    (route->methods & WEB_GET) != 0)) {
			call_route(rq, route);
			return true;
		}
		allowed |= route->methods;
	}
	if (allowed == 0)
		return false;
	say_allowed(rq, allowed);
	if (method == WEB_OPTIONS)
		web_reply_empty(rq, 204);
	else
		web_reply_error_as(rq, 405, FSS_EINVAL,
		    "that method is not for this address", 0);
	return true;
}

void
route_request(struct web_req *rq)
{
	/* The texts of the segments: in a copy, behind the decoded path. */
	size_t len = strlen(rq->head.path);
	char *seg[WEB_MAX_SEGMENTS], *s, *next;
	unsigned n = 0;

	rq->path = malloc(2 * (len + 1));
	if (rq->path == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	memcpy(rq->path, rq->head.path, len + 1);
	s = rq->path + len + 1;
	memcpy(s, rq->head.path, len + 1);
	if (!uri_decode(rq->path, false)) {
		web_reply_error(rq, FSS_EINVAL,
		    "the address is not encoded UTF-8");
		return;
	}
	if (rq->head.query != NULL) {
		rq->query_count = uri_query(rq->head.query, rq->query,
		    WEB_MAX_QUERY);
		if (rq->query_count < 0) {
			rq->query_count = 0;
			web_reply_error(rq, FSS_EINVAL, "the query is "
			    "malformed or has too many parameters");
			return;
		}
	}
	for (; s != NULL && n < WEB_MAX_SEGMENTS; s = next) {
		s++;		/* the slash before it */
		next = strchr(s, '/');
		if (next != NULL)
			*next = '\0';
		/* It was fine as a part of the whole; so it is by itself
		 * unless an escape was cut, which '/' cannot do. */
		(void)uri_decode(s, false);
		seg[n++] = s;
	}
	if (s == NULL && try_routes(rq, seg, n))
		return;
	if (strncmp(rq->path, "/api/", 5) == 0) {
		web_reply_error(rq, FSS_ENOENT,
		    "there is nothing at this address");
		return;
	}
	files_serve(rq);
}
