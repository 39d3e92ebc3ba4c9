/*
 * Requests: asking, answering, giving.
 */
#include "api_handlers.h"

#include <string.h>

/* ---- looking ---------------------------------------------------------- */

void
api_requests_get(struct web_req *rq)
{
	const char *box = web_query(rq, "box"), *state = web_query(rq, "state");
	uint32_t boxes = FSS_BOX_IN | FSS_BOX_OUT;
	int64_t states = 0;
	void *user;
	fss_op op = 0;

	if (box != NULL) {
		boxes = strcmp(box, "in") == 0 ? FSS_BOX_IN :
		    strcmp(box, "out") == 0 ? FSS_BOX_OUT : 0;
		if (boxes == 0) {
			api_wrong(rq, FSS_EINVAL, "box", "is 'in' or 'out'");
			return;
		}
	}
	if (state != NULL && parse_request_states(state, &states) < 0) {
		api_wrong(rq, FSS_EINVAL, "state", "has a word that is no "
		    "state");
		return;
	}
	user = api_page(rq, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_requests(web_hub(rq),
		    boxes, (uint32_t)states, user, &op), op);
}

void
api_request_get(struct web_req *rq)
{
	uint64_t id;
	void *user;
	fss_op op = 0;

	if (!api_param_id(rq, 0, &id))
		return;
	user = web_call(rq, api_done_row, API_STATUS(200));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_request(web_hub(rq), id,
		    user, &op), op);
}

/* ---- asking ----------------------------------------------------------- */

static int
ask_kind(const char *word, int64_t *ret_kind)
{
	static const struct named kinds[] = {
		{ "get", FSS_REQUEST_GET }, { "want", FSS_REQUEST_WANT },
		{ "upload", FSS_REQUEST_UPLOAD }, { NULL, 0 }
	};

	return named_value(kinds, word, ret_kind);
}

/* What is not of this kind of request would be lost without a word. */
static void
not_of(struct api_body *b, const char *names)
{
	const char *name;
	json_t *value;

	json_object_foreach(b->body, name, value)
		if (strstr(names, name) != NULL)
			api_body_wrong(b, name, FSS_EINVAL,
			    "is not of this kind of request");
}

static void
ask_body(struct web_req *rq, json_t *body)
{
	const char *path = NULL, *text = NULL, *from = NULL, *note = NULL;
	int64_t kind, size = 0, ttl = 0;
	struct api_body b;
	fss_op op = 0;
	void *user;
	int r;

	api_body_begin(&b, rq, body, "kind path text from note size ttl");
	kind = api_word(&b, "kind", true, 0, ask_kind);
	if (kind == FSS_REQUEST_WANT) {
		not_of(&b, "path note size");
		text = api_text(&b, "text", true, API_NOTE);
		from = api_text(&b, "from", false, 64);
	} else {
		not_of(&b, kind == FSS_REQUEST_GET ? "text from size" :
		    "text from ttl");
		path = api_path(&b, "path", true);
		note = api_text(&b, "note", false, API_NOTE);
	}
	if (kind == FSS_REQUEST_UPLOAD)
		size = api_number(&b, "size", true, 0, 0, INT64_MAX);
	else
		ttl = api_number(&b, "ttl", false, 0, 0, INT32_MAX);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_row, API_STATUS(201));
	if (user == NULL)
		return;
	if (kind == FSS_REQUEST_GET)
		r = fss_client_ask(web_hub(rq), path, note, (uint64_t)ttl, user,
		    &op);
	else if (kind == FSS_REQUEST_WANT)
		r = fss_client_ask_want(web_hub(rq), text, from, (uint64_t)ttl,
		    user, &op);
	else
		r = fss_client_ask_upload_size(web_hub(rq), path,
		    (uint64_t)size, note, user, &op);
	(void)web_called(rq, user, r, op);
}

void
api_requests_post(struct web_req *rq)
{
	web_read_json(rq, ask_body);
}

/* ---- answering -------------------------------------------------------- */

static int
event_word(const char *word, int64_t *ret_event)
{
	static const struct named events[] = {
		{ "see", FSS_REQUEST_SEE }, { "approve", FSS_REQUEST_APPROVE },
		{ "deny", FSS_REQUEST_DENY }, { "cancel", FSS_REQUEST_CANCEL },
		{ "retry", FSS_REQUEST_RETRY }, { NULL, 0 }
	};

	return named_value(events, word, ret_event);
}

static void
decided(struct web_req *rq, void *arg, const fss_event *ev)
{
	json_t *rows;
	int err = fss_event_error(ev);

	(void)arg;
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (err < 0 && err != FSS_EPARTIAL) {
		web_reply_event(rq, ev);
		return;
	}
	rows = json_array();
	if (rows == NULL || !api_rows(rows, ev, json_row)) {
		json_decref(rows);
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	web_reply_json(rq, err == 0 ? 200 : 207, json_pack("{s:o}", "rows",
	    rows));
}

static void
decide_body(struct web_req *rq, json_t *body)
{
	uint64_t ids[API_BATCH];
	const char *reason;
	struct api_body b;
	json_t *list, *id;
	int64_t event;
	size_t i, n = 0;
	fss_op op = 0;
	void *user;

	api_body_begin(&b, rq, body, "ids event reason");
	list = api_array(&b, "ids", true, API_BATCH);
	event = api_word(&b, "event", true, 0, event_word);
	reason = api_text(&b, "reason", false, API_NOTE);
	json_array_foreach(list, i, id) {
		if (!json_is_integer(id) || json_integer_value(id) < 1) {
			api_body_wrong(&b, "ids", FSS_EINVAL,
			    "has what is no id");
			break;
		}
		ids[n++] = (uint64_t)json_integer_value(id);
	}
	if (!api_body_end(&b))
		return;
	user = web_call(rq, decided, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_decide(web_hub(rq), ids,
		    n, (int)event, reason, user, &op), op);
}

void
api_decide_post(struct web_req *rq)
{
	web_read_json(rq, decide_body);
}

static void
fulfil_body(struct web_req *rq, json_t *body)
{
	const char *path;
	struct api_body b;
	uint64_t id;
	fss_op op = 0;
	void *user;

	if (!api_param_id(rq, 0, &id))
		return;
	api_body_begin(&b, rq, body, "path");
	path = api_path(&b, "path", true);
	if (!api_body_end(&b))
		return;
	user = web_call(rq, api_done_row, API_STATUS(200));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_fulfil(web_hub(rq), id,
		    path, user, &op), op);
}

void
api_fulfil_post(struct web_req *rq)
{
	web_read_json(rq, fulfil_body);
}
