/*
 * Who is here, and who holds a file.
 */
#include "api_handlers.h"

void
api_people_get(struct web_req *rq)
{
	bool all;
	void *user;
	fss_op op = 0;

	if (!api_query_switch(rq, "all", &all))
		return;
	user = api_page(rq, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_who(web_hub(rq),
		    all ? FSS_WHO_ALL : 0, user, &op), op);
}

static void
presence_body(struct web_req *rq, json_t *body)
{
	struct api_body b;
	bool hidden;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "hidden");
	hidden = api_bool(&b, "hidden", true, false);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_hide(web_hub(rq), hidden,
		    user, &op), op);
}

void
api_presence_put(struct web_req *rq)
{
	web_read_json(rq, presence_body);
}

void
api_holders_get(struct web_req *rq)
{
	const char *path;
	void *user;
	fss_op op = 0;

	if (!api_query_path(rq, "path", &path))
		return;
	user = api_page(rq, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_holders(web_hub(rq), path,
		    user, &op), op);
}
