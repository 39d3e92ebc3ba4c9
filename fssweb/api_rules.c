/*
 * Rules that answer requests by themselves.
 */
#include "api_handlers.h"

#include <string.h>

void
api_rules_get(struct web_req *rq)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_rules(web_hub(rq), user,
		    &op), op);
}

static void
rule_body(struct web_req *rq, json_t *body)
{
	const char *who, *under, *detail;
	int64_t verdict, kinds, size_max, before;
	struct api_body b;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body,
	    "verdict kinds who under size_max detail before");
	verdict = api_word(&b, "verdict", true, 0, parse_verdict);
	kinds = api_words(&b, "kinds", true, parse_request_kinds);
	who = api_text(&b, "who", false, 64);
	under = api_path(&b, "under", false);
	size_max = api_number(&b, "size_max", false, -1, 0, INT64_MAX);
	detail = api_text(&b, "detail", false, API_NOTE);
	before = api_number(&b, "before", false, 0, 1, INT64_MAX);
	if (b.wrong == NULL && kinds == 0)
		api_body_wrong(&b, "kinds", FSS_EINVAL, "is empty");
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_row, API_STATUS(201));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_rule_add(web_hub(rq),
		    (int)verdict, who, under, size_max, (uint32_t)kinds, detail,
		    (uint64_t)before, user, &op), op);
}

void
api_rules_post(struct web_req *rq)
{
	web_read_json(rq, rule_body);
}

void
api_rule_delete(struct web_req *rq)
{
	uint64_t id;
	void *user;
	fss_op op = 0;

	if (!api_param_id(rq, 0, &id))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_rule_remove(web_hub(rq),
		    id, user, &op), op);
}
