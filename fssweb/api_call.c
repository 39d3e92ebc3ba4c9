/*
 * The usual ways to answer with what an operation of the hub gave.
 */
#include "api.h"

#include <stdlib.h>

void
api_done_ok(struct web_req *rq, void *arg, const fss_event *ev)
{
	(void)arg;
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_error(ev) < 0)
		web_reply_event(rq, ev);
	else
		web_reply_json(rq, 200, json_pack("{s:b}", "ok", 1));
}

const fss_row *
api_row(const fss_event *ev)
{
	return fss_event_rows(ev) > 0 ? fss_event_row(ev, 0) : NULL;
}

json_t *
api_show(const fss_row *row)
{
	json_t *o = json_row(row);

	/* That nothing failed goes without saying. */
	if (o != NULL && fss_row_int(row, FSS_FIELD_STATUS) == 0)
		(void)json_object_del(o, "status");
	return o;
}

void
api_done_row(struct web_req *rq, void *arg, const fss_event *ev)
{
	const fss_row *row;

	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	row = api_row(ev);
	if (fss_event_error(ev) < 0)
		web_reply_event(rq, ev);
	else if (row == NULL)
		web_reply_error(rq, FSS_EPROTO, "the hub gave no row");
	else
		web_reply_json(rq, (int)(uintptr_t)arg, api_show(row));
}

uint64_t
api_number_of(const fss_row *row)
{
	/*
	 * A yes is for the version there is and ends with it; to name one
	 * is for who may read them all.
	 */
	return fss_row_has(row, FSS_FIELD_RIGHTS) &&
	    (fss_row_int(row, FSS_FIELD_RIGHTS) & FSS_RIGHT_READ) == 0 ? 0 :
	    (uint64_t)fss_row_int(row, FSS_FIELD_NUMBER);
}

bool
api_readable(const fss_row *row)
{
	/* A visitor's rows have no rights: what is there may be read. */
	return !fss_row_has(row, FSS_FIELD_RIGHTS) ||
	    (fss_row_int(row, FSS_FIELD_RIGHTS) & FSS_RIGHT_READ) != 0 ||
	    fss_row_int(row, FSS_FIELD_PASS) != 0;
}

int
api_write(struct web_req *rq, fss_op op, const void *data, size_t len,
    size_t *ret_taken)
{
	size_t n;
	int r = 0;

	*ret_taken = 0;
	while (*ret_taken < len) {
		n = 0;
		r = fss_op_write(web_hub(rq), op, (const char *)data +
		    *ret_taken, len - *ret_taken, &n);
		if (r < 0)
			break;
		*ret_taken += n;
	}
	return r == FSS_EAGAIN && *ret_taken > 0 ? 0 : r;
}

/* ---- a page of a list ------------------------------------------------- */

struct page {
	json_t	*rows;
	json_t	*(*show)(const fss_row *);
};

static void
page_drop(void *state)
{
	struct page *page = state;

	json_decref(page->rows);
	free(page);
}

bool
api_rows(json_t *rows, const fss_event *ev, json_t *(*show)(const fss_row *))
{
	size_t i, n = fss_event_rows(ev);

	for (i = 0; i < n; i++) {
		json_t *o = (show != NULL ? show : api_show)
		    (fss_event_row(ev, i));

		if (o == NULL)
			return false;
		if (json_is_null(o))
			continue;
		if (json_array_append_new(rows, o) < 0)
			return false;
	}
	return true;
}

/* Texts that a search which found nothing may have meant. */
static bool
add_near(json_t *o, const fss_event *ev)
{
	const char *text = fss_event_near(ev, 0);
	json_t *near;
	size_t i;

	if (text == NULL)
		return true;
	near = json_array();
	for (i = 0; (text = fss_event_near(ev, i)) != NULL; i++) {
		if (json_array_append_new(near, json_text(text)) < 0) {
			json_decref(near);
			return false;
		}
	}
	return json_object_set_new(o, "near", near) == 0;
}

static void
page_event(struct web_req *rq, void *arg, const fss_event *ev)
{
	struct page *page = arg;
	const char *cursor;
	json_t *o;

	if (fss_event_type(ev) != FSS_EVENT_ROWS &&
	    fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	if (fss_event_type(ev) == FSS_EVENT_DONE && fss_event_error(ev) < 0) {
		web_reply_event(rq, ev);
		return;
	}
	if (!api_rows(page->rows, ev, page->show)) {
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return;
	}
	if (fss_event_type(ev) != FSS_EVENT_DONE)
		return;
	o = json_pack("{s:O}", "rows", page->rows);
	cursor = fss_event_cursor(ev);
	if (o != NULL && ((cursor[0] != '\0' &&
	    json_object_set_new(o, "cursor", json_string(cursor)) < 0) ||
	    !add_near(o, ev))) {
		json_decref(o);
		o = NULL;
	}
	web_reply_json(rq, 200, o);
}

void *
api_page(struct web_req *rq, json_t *(*show)(const fss_row *))
{
	struct page *page;
	uint64_t limit;
	void *user;
	int r;

	if (!api_query_number(rq, "limit", API_ROWS_USUAL, API_ROWS, &limit))
		return NULL;
	if (limit == 0) {
		api_wrong(rq, FSS_EINVAL, "limit", "is 1 at least");
		return NULL;
	}
	page = calloc(1, sizeof(*page));
	if (page == NULL || (page->rows = json_array()) == NULL) {
		free(page);
		web_reply_error(rq, FSS_ENOMEM, NULL);
		return NULL;
	}
	page->show = show;
	web_state_set(rq, page, page_drop);
	user = web_call(rq, page_event, page);
	if (user == NULL)
		return NULL;
	r = fss_client_page(web_hub(rq), web_query(rq, "cursor"),
	    (unsigned)limit);
	if (r < 0) {
		(void)web_called(rq, user, r, 0);
		return NULL;
	}
	return user;
}
