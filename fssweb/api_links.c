/*
 * One's share links.
 */
#include "api_handlers.h"

#include <string.h>

static int
link_kind(const char *word, int64_t *ret_kind)
{
	static const struct named kinds[] = {
		{ "download", FSS_LINK_DOWNLOAD }, { "upload", FSS_LINK_UPLOAD },
		{ NULL, 0 }
	};

	return named_value(kinds, word, ret_kind);
}

void
api_links_get(struct web_req *rq)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_links(web_hub(rq), user,
		    &op), op);
}

/* The row, and where the link leads: at this host unless the hub says more. */
static void
link_made(struct web_req *rq, void *arg, const fss_event *ev)
{
	const fss_row *row;
	json_t *o;

	(void)arg;
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	row = api_row(ev);
	if (fss_event_error(ev) < 0 || row == NULL) {
		web_reply_event(rq, ev);
		return;
	}
	o = json_row(row);
	if (o != NULL && !fss_row_has(row, FSS_FIELD_URL) &&
	    json_object_set_new(o, "url", json_sprintf("/s/%s",
	    fss_row_str(row, FSS_FIELD_TOKEN))) < 0) {
		json_decref(o);
		o = NULL;
	}
	web_reply_json(rq, 201, o);
}

static void
link_body(struct web_req *rq, json_t *body)
{
	const char *path, *password, *label;
	int64_t kind, expires, limit;
	struct api_body b;
	bool follow;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body,
	    "path kind password expires limit label follow");
	path = api_path(&b, "path", true);
	kind = api_word(&b, "kind", false, FSS_LINK_DOWNLOAD, link_kind);
	password = api_text(&b, "password", false, API_PASSWORD);
	expires = api_number(&b, "expires", false, 0, 1, INT64_MAX);
	limit = api_number(&b, "limit", false, 0, 0, INT32_MAX);
	label = api_text(&b, "label", false, API_LABEL);
	follow = api_bool(&b, "follow", false, false);
	/* An empty password would be a link that only looks closed. */
	if (password != NULL && password[0] == '\0')
		api_body_wrong(&b, "password", FSS_EPASSWORD, "is empty");
	if (!api_body_end(&b))
		return;
	user = web_call(rq, link_made, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_link_new(web_hub(rq),
		    path, (int)kind, follow ? FSS_LINK_FOLLOW : 0, password,
		    expires, (uint64_t)limit, label, user, &op), op);
}

void
api_links_post(struct web_req *rq)
{
	web_read_json(rq, link_body);
}

void
api_link_delete(struct web_req *rq)
{
	uint64_t id;
	void *user;
	fss_op op = 0;

	if (!api_param_id(rq, 0, &id))
		return;
	user = web_call(rq, api_done_ok, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_link_revoke(web_hub(rq),
		    (int64_t)id, user, &op), op);
}
