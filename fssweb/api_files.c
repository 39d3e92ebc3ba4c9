/*
 * Looking at entries and changing them.
 */
#include "api_handlers.h"

/* ---- looking ---------------------------------------------------------- */

void
api_entry_get(struct web_req *rq)
{
	const char *path;
	uint64_t number;
	void *user;
	fss_op op = 0;

	if (!api_query_path(rq, "path", &path) ||
	    !api_query_number(rq, "number", 0, INT64_MAX, &number))
		return;
	user = web_call(rq, api_done_row, API_STATUS(200));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_stat(web_hub(rq), path,
		    number, user, &op), op);
}

void
api_list_get(struct web_req *rq)
{
	const char *path;
	bool back;
	void *user;
	fss_op op = 0;

	if (!api_query_path(rq, "path", &path) ||
	    !api_query_switch(rq, "back", &back))
		return;
	user = api_page(rq, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_list(web_hub(rq), path,
		    back ? FSS_LIST_BACK : 0, user, &op), op);
}

void
api_shares_get(struct web_req *rq)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_shares(web_hub(rq),
		    web_query(rq, "owner"), user, &op), op);
}

void
api_versions_get(struct web_req *rq)
{
	const char *path;
	void *user;
	fss_op op = 0;

	if (!api_query_path(rq, "path", &path))
		return;
	user = api_page(rq, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_versions(web_hub(rq),
		    path, user, &op), op);
}

/* ---- changing --------------------------------------------------------- */

static void
folder_body(struct web_req *rq, json_t *body)
{
	const char *path;
	struct api_body b;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "path");
	path = api_path(&b, "path", true);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_mkdir(web_hub(rq), path,
		    user, &op), op);
}

void
api_folders_post(struct web_req *rq)
{
	web_read_json(rq, folder_body);
}

static void
move_body(struct web_req *rq, json_t *body)
{
	const char *from, *to;
	struct api_body b;
	bool replace;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "from to replace");
	from = api_path(&b, "from", true);
	to = api_path(&b, "to", true);
	replace = api_bool(&b, "replace", false, false);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_move(web_hub(rq), from,
		    to, replace ? FSS_MOVE_REPLACE : 0, user, &op), op);
}

void
api_move_post(struct web_req *rq)
{
	web_read_json(rq, move_body);
}

static void
restore_body(struct web_req *rq, json_t *body)
{
	const char *path;
	struct api_body b;
	int64_t number;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "path number");
	path = api_path(&b, "path", true);
	number = api_number(&b, "number", true, 1, 1, INT64_MAX);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_row, API_STATUS(200));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_restore(web_hub(rq), path,
		    (uint64_t)number, user, &op), op);
}

void
api_restore_post(struct web_req *rq)
{
	web_read_json(rq, restore_body);
}
