/*
 * Content of files: down, and up in one piece.
 */
#include "api_handlers.h"

#include <stdlib.h>
#include <string.h>

#include "download.h"
#include "media.h"

void
api_content_get(struct web_req *rq)
{
	static const struct download_ops ops = { .fail = web_reply_error };
	const char *path;
	uint64_t number;
	bool show;

	if (api_query_path(rq, "path", &path) &&
	    api_query_number(rq, "number", 0, INT64_MAX, &number) &&
	    api_query_switch(rq, "inline", &show))
		download_send(rq, path, number, show, &ops, NULL);
}

/* ---- up --------------------------------------------------------------- */

struct put {
	fss_op	op;
};

static void
put_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	switch (fss_event_type(ev)) {
	case FSS_EVENT_WRITABLE:
		web_read_resume(rq);
		break;
	case FSS_EVENT_DONE:
		api_done_row(rq, API_STATUS(201), ev);
		break;
	default:
		break;
	}
	(void)arg;
}

static int
put_data(struct web_req *rq, const void *data, size_t len, size_t *ret_taken)
{
	struct put *put = web_state(rq);

	return api_write(rq, put->op, data, len, ret_taken);
}

static void
put_end(struct web_req *rq)
{
	struct put *put = web_state(rq);
	int r = fss_op_finish(web_hub(rq), put->op);

	if (r < 0)
		web_reply_error(rq, r, NULL);
}

/* The log-in is good: now the bytes may come. */
static void
put_ready(struct web_req *rq, const char *account, int role)
{
	static const struct web_sink sink = {
		.data = put_data, .end = put_end
	};
	const char *path, *media = web_header(rq, "content-type");
	uint64_t mode, mtime;
	struct put *put;
	void *user;
	int r;

	(void)account;
	(void)role;
	if (!api_query_path(rq, "path", &path) ||
	    !api_query_number(rq, "mode", 0644, 0777, &mode) ||
	    !api_query_number(rq, "mtime", 0, INT64_MAX, &mtime))
		return;
	/* What curl says of any body of its own is about no file. */
	if (media != NULL && (!media_valid(media) || strcmp(media,
	    "application/x-www-form-urlencoded") == 0))
		media = NULL;
	put = calloc(1, sizeof(*put));
	if (put == NULL) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	web_state_set(rq, put, free);
	user = web_call(rq, put_event, put);
	if (user == NULL)
		return;
	r = fss_client_write(web_hub(rq), path, (unsigned)mode, (int64_t)mtime,
	    media, user, &put->op);
	if (web_called(rq, user, r, put->op) == 0)
		web_read_stream(rq, &sink);
}

void
api_content_put(struct web_req *rq)
{
	web_person_check(rq, put_ready);
}
