/*
 * Values of the query and of the path of a request.
 */
#include "api.h"

#include <stdio.h>
#include <string.h>

#define DETAIL_BYTES	160

void
api_wrong(struct web_req *rq, int err, const char *name, const char *why)
{
	char detail[DETAIL_BYTES];

	/* A name may come from the query: its start is enough. */
	(void)snprintf(detail, sizeof(detail), "'%.64s': %s", name, why);
	web_reply_error(rq, err, detail);
}

bool
api_query_path(struct web_req *rq, const char *name, const char **ret)
{
	const char *path = web_query(rq, name);

	if (path == NULL) {
		api_wrong(rq, FSS_EINVAL, name, "is needed");
		return false;
	}
	/* The rest of a path's rules is the library's to check. */
	if (strlen(path) > API_PATH || strstr(path, ":/") == NULL) {
		api_wrong(rq, FSS_EPATH, name, "begins with OWNER:/ or :/");
		return false;
	}
	*ret = path;
	return true;
}

bool
api_query_number(struct web_req *rq, const char *name, uint64_t dflt,
    uint64_t max, uint64_t *ret)
{
	if (web_query_number(rq, name, dflt, max, ret) == 0)
		return true;
	api_wrong(rq, FSS_EINVAL, name, "is no such number");
	return false;
}

bool
api_query_switch(struct web_req *rq, const char *name, bool *ret)
{
	uint64_t n;

	if (!api_query_number(rq, name, 0, 1, &n))
		return false;
	*ret = n != 0;
	return true;
}

bool
api_param_id(struct web_req *rq, unsigned i, uint64_t *ret)
{
	const char *s = web_param(rq, i);
	uint64_t n = 0;

	for (; *s >= '0' && *s <= '9' && n <= INT64_MAX / 10 - 1; s++)
		n = n * 10 + (uint64_t)(*s - '0');
	/* What is no number names nothing. */
	if (*s != '\0' || n == 0) {
		web_reply_error(rq, FSS_ENOENT, "there is none with that id");
		return false;
	}
	*ret = n;
	return true;
}
