/*
 * Looking at uploads that are under way, and giving one up.
 */
#include "api_handlers.h"

#include <inttypes.h>

#include "tus.h"

void
api_uploads_get(struct web_req *rq)
{
	void *user = api_page(rq, NULL);
	fss_op op = 0;

	if (user != NULL)
		(void)web_called(rq, user, fss_client_stages(web_hub(rq), user,
		    &op), op);
}

/* HEAD asks as tus has it, GET for the row. */
static void
looked(struct web_req *rq, void *arg, const fss_event *ev)
{
	const fss_row *row = api_row(ev);

	if (fss_event_type(ev) != FSS_EVENT_DONE || fss_event_error(ev) < 0 ||
	    row == NULL || web_method(rq) != WEB_HEAD) {
		api_done_row(rq, arg, ev);
		return;
	}
	tus_describe(rq, row);
	web_reply_header(rq, "upload-length", "%" PRId64,
	    fss_row_int(row, FSS_FIELD_SIZE));
	if (fss_row_has(row, FSS_FIELD_META))
		web_reply_header(rq, "upload-metadata", "%s",
		    fss_row_str(row, FSS_FIELD_META));
	web_reply_empty(rq, 200);
}

void
api_upload_get(struct web_req *rq)
{
	void *user;
	fss_op op = 0;

	if (web_method(rq) == WEB_HEAD && !tus_spoken(rq))
		return;
	user = web_call(rq, looked, API_STATUS(200));
	if (user != NULL)
		(void)web_called(rq, user, fss_client_stage_stat(web_hub(rq),
		    web_param(rq, 0), user, &op), op);
}

static void
given_up(struct web_req *rq, void *arg, const fss_event *ev)
{
	(void)arg;
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	web_reply_header(rq, "tus-resumable", "1.0.0");
	if (fss_event_error(ev) < 0)
		web_reply_event(rq, ev);
	else
		web_reply_empty(rq, 204);
}

void
api_tus_delete(struct web_req *rq)
{
	void *user;
	fss_op op = 0;

	if (!tus_spoken(rq))
		return;
	user = web_call(rq, given_up, NULL);
	if (user != NULL)
		(void)web_called(rq, user, fss_client_stage_remove(web_hub(rq),
		    web_param(rq, 0), user, &op), op);
}
