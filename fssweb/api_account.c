/*
 * What one is logged in on: devices, sessions, tokens.
 */
#include "api_handlers.h"

#include <string.h>

void
api_devices_get(struct web_req *rq)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_devices(web_hub(rq), user,
		    &op), op);
}

static json_t *
show_token(const fss_row *row)
{
	/* Tokens are among the devices of an account. */
	return fss_row_int(row, FSS_FIELD_DEVICE_KIND) == FSS_DEVICE_TOKEN ?
	    json_row(row) : json_null();
}

void
api_tokens_get(struct web_req *rq)
{
	void *user = api_page(rq, show_token);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_devices(web_hub(rq), user,
		    &op), op);
}

void
api_device_delete(struct web_req *rq)
{
	uint64_t id;
	void *user;
	fss_op op = 0;

	if (!api_param_id(rq, 0, &id))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_device_revoke(web_hub(rq),
		    (int64_t)id, user, &op), op);
}

void
api_sessions_get(struct web_req *rq)
{
	bool all;
	void *user;
	fss_op op = 0;

	if (!api_query_switch(rq, "all", &all))
		return;
	user = api_page(rq, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_sessions(web_hub(rq),
		    NULL, all ? FSS_SESSIONS_ALL : 0, user, &op), op);
}

void
api_session_end(struct web_req *rq)
{
	void *user = web_call(rq, api_done_ok, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_session_end(web_hub(rq),
		    web_param(rq, 0), user, &op), op);
}

static int
scope_bit(const char *word, int64_t *ret_bit)
{
	uint32_t scopes = 0;
	int r = parse_scopes(word, &scopes);

	*ret_bit = scopes;
	return r;
}

static void
token_body(struct web_req *rq, json_t *body)
{
	const char *label;
	struct api_body b;
	int64_t scopes, ttl;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "label scopes ttl");
	label = api_text(&b, "label", true, API_LABEL);
	scopes = api_words(&b, "scopes", true, scope_bit);
	ttl = api_number(&b, "ttl", false, 0, 0, INT64_MAX);
	if (b.wrong == NULL && scopes == 0)
		api_body_wrong(&b, "scopes", FSS_EINVAL, "is empty");
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_row, API_STATUS(201));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_token_create(web_hub(rq),
		    label, (uint32_t)scopes, (uint64_t)ttl, user, &op), op);
}

void
api_tokens_post(struct web_req *rq)
{
	web_read_json(rq, token_body);
}
