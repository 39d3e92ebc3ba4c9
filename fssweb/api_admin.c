/*
 * Running the hub: accounts, invites, figures, the audit.
 */
#include "api_handlers.h"

void
api_users_get(struct web_req *rq)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_users(web_hub(rq),
		    web_query(rq, "name"), user, &op), op);
}

static void
user_body(struct web_req *rq, json_t *body)
{
	int64_t role, bytes, files;
	struct api_body b;
	bool locked;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "role locked quota_bytes quota_files");
	role = api_word(&b, "role", false, FSS_USER_UNCHANGED, parse_role);
	locked = api_bool(&b, "locked", false, false);
	bytes = api_number(&b, "quota_bytes", false, FSS_USER_UNCHANGED, 0,
	    INT64_MAX);
	files = api_number(&b, "quota_files", false, FSS_USER_UNCHANGED, 0,
	    INT64_MAX);
	if (b.wrong == NULL && json_object_size(body) == 0)
		api_body_wrong(&b, "body", FSS_EINVAL, "says no change");
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_row, API_STATUS(200));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_user_set(web_hub(rq),
		    web_param(rq, 0), (int)role,
		    json_object_get(body, "locked") != NULL ? locked :
		    FSS_USER_UNCHANGED, bytes, files, user, &op), op);
}

void
api_user_patch(struct web_req *rq)
{
	web_read_json(rq, user_body);
}

void
api_invites_get(struct web_req *rq)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_invites(web_hub(rq), user,
		    &op), op);
}

static void
invite_body(struct web_req *rq, json_t *body)
{
	int64_t role, uses, ttl;
	struct api_body b;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "role uses ttl");
	role = api_word(&b, "role", false, FSS_ROLE_USER, parse_role);
	uses = api_number(&b, "uses", false, 1, 1, 1000);
	ttl = api_number(&b, "ttl", false, 0, 0, INT32_MAX);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_row, API_STATUS(201));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_invite(web_hub(rq),
		    (int)role, (unsigned)uses, (uint64_t)ttl, user, &op), op);
}

void
api_invites_post(struct web_req *rq)
{
	web_read_json(rq, invite_body);
}

void
api_invite_delete(struct web_req *rq)
{
	void *user = web_call(rq, api_done_ok, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_invite_withdraw(
		    web_hub(rq), web_param(rq, 0), user, &op), op);
}

void
api_hub_get(struct web_req *rq)
{
	void *user = web_call(rq, api_done_row, API_STATUS(200));
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_hub(web_hub(rq), user,
		    &op), op);
}

void
api_audit_get(struct web_req *rq)
{
	const char *path = NULL;
	uint64_t since;
	bool mine;
	void *user;
	fss_op op = 0;

	if ((web_query(rq, "path") != NULL &&
	    !api_query_path(rq, "path", &path)) ||
	    !api_query_number(rq, "since", 0, INT64_MAX, &since) ||
	    !api_query_switch(rq, "mine", &mine))
		return;
	user = api_page(rq, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_audit(web_hub(rq), path,
		    web_query(rq, "name"), (int64_t)since,
		    mine ? FSS_AUDIT_MINE : 0, user, &op), op);
}
