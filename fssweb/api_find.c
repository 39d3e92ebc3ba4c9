/*
 * Searching, and what is new.
 */
#include "api_handlers.h"

#include <string.h>

/* A word of an enumeration from the query; true also where there is none. */
static bool
word(struct web_req *rq, fss_query *q, const char *name,
    fss_query_number which, int (*parse)(const char *, int64_t *))
{
	const char *s = web_query(rq, name);
	int64_t n;

	if (s == NULL)
		return true;
	if (parse(s, &n) < 0 || fss_query_set_number(q, which, n) < 0) {
		api_wrong(rq, FSS_EINVAL, name, "is no such word");
		return false;
	}
	return true;
}

static bool
number(struct web_req *rq, fss_query *q, const char *name,
    fss_query_number which)
{
	uint64_t n;

	if (web_query(rq, name) == NULL)
		return true;
	if (!api_query_number(rq, name, 0, INT64_MAX, &n))
		return false;
	if (fss_query_set_number(q, which, (int64_t)n) < 0) {
		api_wrong(rq, FSS_EINVAL, name, "is no such number");
		return false;
	}
	return true;
}

static bool
text(struct web_req *rq, fss_query *q, const char *name, fss_query_text which)
{
	const char *s = web_query(rq, name);
	int r;

	if (s == NULL || s[0] == '\0')
		return true;
	r = fss_query_set_text(q, which, s);
	if (r < 0)
		api_wrong(rq, r, name, r == FSS_ETOOBIG ? "is too long" :
		    "will not do");
	return r == 0;
}

/* "OWNER:/folder": the owner goes where the search wants it. */
static bool
under(struct web_req *rq, fss_query *q)
{
	const char *path, *colon, *owner = web_query(rq, "owner");
	char name[64];
	size_t n;

	if (web_query(rq, "under") == NULL)
		return true;
	if (!api_query_path(rq, "under", &path))
		return false;
	colon = strchr(path, ':');
	n = (size_t)(colon - path);
	if (n == 0) {
		const char *own = fss_client_account(web_hub(rq));

		n = strlen(own);
		path = own;
	}
	if (n >= sizeof(name)) {
		api_wrong(rq, FSS_ENAME, "under", "is of no account");
		return false;
	}
	memcpy(name, path, n);
	name[n] = '\0';
	if (owner != NULL && strcmp(owner, name) != 0) {
		api_wrong(rq, FSS_EINVAL, "under", "is not of 'owner'");
		return false;
	}
	if (fss_query_set_text(q, FSS_QUERY_OWNER, name) < 0 ||
	    fss_query_set_text(q, FSS_QUERY_UNDER, colon + 1) < 0) {
		api_wrong(rq, FSS_EPATH, "under", "is no folder's path");
		return false;
	}
	return true;
}

static bool
fill(struct web_req *rq, fss_query *q)
{
	return text(rq, q, "q", FSS_QUERY_TEXT) &&
	    text(rq, q, "owner", FSS_QUERY_OWNER) &&
	    under(rq, q) &&
	    text(rq, q, "type", FSS_QUERY_TYPE) &&
	    word(rq, q, "kind", FSS_QUERY_KIND, parse_kind) &&
	    number(rq, q, "larger", FSS_QUERY_SIZE_MIN) &&
	    number(rq, q, "smaller", FSS_QUERY_SIZE_MAX) &&
	    number(rq, q, "newer", FSS_QUERY_NEWER) &&
	    number(rq, q, "older", FSS_QUERY_OLDER) &&
	    word(rq, q, "access", FSS_QUERY_ACCESS, parse_access) &&
	    word(rq, q, "state", FSS_QUERY_STATE, parse_state);
}

static void
run(struct web_req *rq, const fss_query *q)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_find(web_hub(rq), q, user,
		    &op), op);
}

void
api_find_get(struct web_req *rq)
{
	fss_query *q;

	if (fss_query_new(&q) < 0) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	if (fill(rq, q))
		run(rq, q);
	fss_query_free(q);
}

void
api_recent_get(struct web_req *rq)
{
	fss_query *q;

	if (fss_query_new(&q) < 0) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	if (text(rq, q, "owner", FSS_QUERY_OWNER)) {
		(void)fss_query_set_number(q, FSS_QUERY_KIND, FSS_KIND_FILE);
		(void)fss_query_set_number(q, FSS_QUERY_SORT, FSS_SORT_NEWEST);
		run(rq, q);
	}
	fss_query_free(q);
}
