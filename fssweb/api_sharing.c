/*
 * Access, grants and groups.
 */
#include "api_handlers.h"

static int
any_access(const char *word, int64_t *ret_access)
{
	static const struct named inherit[] = {
		{ "inherit", FSS_ACCESS_INHERIT }, { NULL, 0 }
	};

	return parse_access(word, ret_access) == 0 ? 0 :
	    named_value(inherit, word, ret_access);
}

static void
access_body(struct web_req *rq, json_t *body)
{
	const char *path;
	struct api_body b;
	int64_t access;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "path access");
	path = api_path(&b, "path", true);
	access = api_word(&b, "access", true, 0, any_access);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_access(web_hub(rq), path,
		    (int)access, user, &op), op);
}

void
api_access_put(struct web_req *rq)
{
	web_read_json(rq, access_body);
}

void
api_grants_get(struct web_req *rq)
{
	const char *path;
	void *user;
	fss_op op = 0;

	if (!api_query_path(rq, "path", &path))
		return;
	user = api_page(rq, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_grants(web_hub(rq), path,
		    user, &op), op);
}

static int
right_bit(const char *word, int64_t *ret_bit)
{
	uint32_t rights = 0;
	int r = parse_rights(word, &rights);

	*ret_bit = rights;
	return r;
}

static void
grant_body(struct web_req *rq, json_t *body)
{
	const char *path, *who;
	struct api_body b;
	int64_t rights;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "path who rights");
	path = api_path(&b, "path", true);
	who = api_text(&b, "who", true, 64);
	rights = api_words(&b, "rights", true, right_bit);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_grant(web_hub(rq), path,
		    who, (uint32_t)rights, user, &op), op);
}

void
api_grants_put(struct web_req *rq)
{
	web_read_json(rq, grant_body);
}

void
api_groups_get(struct web_req *rq)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_groups(web_hub(rq),
		    web_query(rq, "group"), user, &op), op);
}

static void
group_body(struct web_req *rq, json_t *body)
{
	const char *group, *member;
	struct api_body b;
	bool leave;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "group member remove");
	group = api_text(&b, "group", true, 64);
	member = api_text(&b, "member", true, 64);
	leave = api_bool(&b, "remove", false, false);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_group_set(web_hub(rq),
		    group, member, leave, user, &op), op);
}

void
api_groups_put(struct web_req *rq)
{
	web_read_json(rq, group_body);
}
