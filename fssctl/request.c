/*
 * How requests of people are shown.
 *
 * A table for lists, a line where one was made or changed.  The line says
 * what comes next, for that is what people want to know: who is to answer, or
 * how to fetch the file.
 */
#include "request.h"

#include <string.h>

#include "json.h"
#include "parse.h"

const char *const request_heads[REQUEST_COLUMNS] = {
	">ID", "CHANGED", "STATE", "KIND", "FROM", "TO", ">SIZE", "WHAT"
};

/* Whom it was asked: the owner of a file or space; of a wish a name, or all. */
static const char *
request_to(const fss_row *row)
{
	if (fss_row_int(row, FSS_FIELD_REQUEST_KIND) != FSS_REQUEST_WANT)
		return fss_row_str(row, FSS_FIELD_OWNER);
	if (fss_row_has(row, FSS_FIELD_ASKED))
		return fss_row_str(row, FSS_FIELD_ASKED);
	return "anybody";
}

/* Of a wish that is open again: why nothing came of an offer, else empty. */
static const char *
offer_fell(const fss_row *row)
{
	int64_t state = fss_row_int(row, FSS_FIELD_REQUEST_STATE);

	return state > FSS_REQUEST_SEEN ? "" :
	    reason_text(fss_row_int(row, FSS_FIELD_REASON));
}

/* The file or the wish, what was said with it, and why not. */
static void
request_what(const fss_row *row, char *dst)
{
	const char *text = fss_row_str(row, FSS_FIELD_TEXT);
	const char *why = fss_row_str(row, FSS_FIELD_DETAIL);
	const char *fell = offer_fell(row);
	char remote[PATH_BYTES] = "";
	bool path = fss_row_has(row, FSS_FIELD_PATH);

	if (path)
		row_remote(row, remote, sizeof(remote));
	if (why[0] == '\0')
		why = fell;
	(void)snprintf(dst, LINE_BYTES, "%s%s%s%s%s%s%s%s%s", remote,
	    path && text[0] != '\0' ? " " : "",
	    text[0] != '\0' ? "\"" : "", text, text[0] != '\0' ? "\"" : "",
	    why[0] != '\0' ? " (" : "",
	    fell[0] != '\0' ? "an offer came to nothing: " : "", why,
	    why[0] != '\0' ? ")" : "");
}

int
request_cells(struct table *t, const fss_row *row)
{
	char id[TEXT_BYTES], changed[TEXT_BYTES], size[TEXT_BYTES] = "-";
	char what[LINE_BYTES];
	const char *cells[REQUEST_COLUMNS];

	(void)snprintf(id, sizeof(id), "%lld",
	    (long long)fss_row_int(row, FSS_FIELD_REQUEST));
	format_time(fss_row_int(row, FSS_FIELD_CHANGED), changed);
	if (fss_row_has(row, FSS_FIELD_SIZE)) {
		if (t->app->tty_out)
			format_size(fss_row_int(row, FSS_FIELD_SIZE), size);
		else
			(void)snprintf(size, sizeof(size), "%lld",
			    (long long)fss_row_int(row, FSS_FIELD_SIZE));
	}
	request_what(row, what);
	cells[0] = id;
	cells[1] = changed;
	cells[2] = request_state_name(fss_row_int(row,
	    FSS_FIELD_REQUEST_STATE));
	cells[3] = request_kind_name(fss_row_int(row,
	    FSS_FIELD_REQUEST_KIND));
	cells[4] = fss_row_str(row, FSS_FIELD_ASKER);
	cells[5] = request_to(row);
	cells[6] = size;
	cells[7] = what;
	return table_row(t, cells, COLOR_NONE);
}

/* Why not, and when one may ask again. */
static void
put_reason(const fss_row *row, char *dst, size_t cap)
{
	const char *detail = fss_row_str(row, FSS_FIELD_DETAIL);
	const char *reason = reason_text(fss_row_int(row, FSS_FIELD_REASON));
	char when[TEXT_BYTES], again[TEXT_BYTES + 32] = "";

	if (fss_row_int(row, FSS_FIELD_RETRY) > 0) {
		format_time(fss_row_int(row, FSS_FIELD_RETRY), when);
		(void)snprintf(again, sizeof(again),
		    "; may be asked again from %s", when);
	}
	if (detail[0] == '\0')
		detail = reason;
	(void)snprintf(dst, cap, "%s%s%s", detail[0] != '\0' ? ": " : "",
	    detail, again);
}

/* What comes next for the one who asked. */
static void
put_next(const fss_row *row, char *dst, size_t cap)
{
	int64_t kind = fss_row_int(row, FSS_FIELD_REQUEST_KIND);
	bool upload = kind == FSS_REQUEST_UPLOAD;
	char remote[PATH_BYTES];
	const char *why;

	dst[0] = '\0';
	row_remote(row, remote, sizeof(remote));
	switch (fss_row_int(row, FSS_FIELD_REQUEST_STATE)) {
	case FSS_REQUEST_OPEN:
	case FSS_REQUEST_SEEN:
		why = offer_fell(row);
		(void)snprintf(dst, cap, "; %s%s%s%s may answer",
		    why[0] != '\0' ? "an offer came to nothing (" : "", why,
		    why[0] != '\0' ? "); " : "", request_to(row));
		break;
	case FSS_REQUEST_APPROVED:
		(void)snprintf(dst, cap, upload ? "; the file may come" :
		    "; waits for the content");
		break;
	case FSS_REQUEST_TRANSFERRING:
		(void)snprintf(dst, cap, "; the content is arriving");
		break;
	case FSS_REQUEST_FULFILLED:
		if (!upload)
			(void)snprintf(dst, cap, "; fssctl get %s LOCAL%s",
			    remote, kind == FSS_REQUEST_WANT ? ", or fssctl "
			    "retry if that is not what you meant" : "");
		break;
	default:
		break;
	}
}

void
request_line(const fss_row *row, char *dst)
{
	int64_t state = fss_row_int(row, FSS_FIELD_REQUEST_STATE);
	char more[LINE_BYTES - 128] = "";

	if (state == FSS_REQUEST_DENIED || state == FSS_REQUEST_FAILED)
		put_reason(row, more, sizeof(more));
	else if (fss_row_int(row, FSS_FIELD_MINE) != 0)
		put_next(row, more, sizeof(more));
	else if (offer_fell(row)[0] != '\0')
		(void)snprintf(more, sizeof(more), "; your offer came to "
		    "nothing (%s)", offer_fell(row));
	(void)snprintf(dst, LINE_BYTES, "request %lld: %s%s",
	    (long long)fss_row_int(row, FSS_FIELD_REQUEST),
	    request_state_name(state), more);
}

int
request_show(struct app *app, const fss_row *row, void *arg)
{
	char line[LINE_BYTES];

	(void)arg;
	if (opt_has(&app->opt, JSON)) {
		int r = json_line(json_row(row));

		/* Who waits for more reads along. */
		(void)fflush(stdout);
		return r;
	}
	request_line(row, line);
	put_text(stdout, line);
	putchar('\n');
	(void)fflush(stdout);
	return 0;
}

int
request_take(struct app *app, const fss_row *row, void *arg)
{
	struct request *rq = arg;

	rq->id = (uint64_t)fss_row_int(row, FSS_FIELD_REQUEST);
	rq->state = fss_row_int(row, FSS_FIELD_REQUEST_STATE);
	rq->kind = fss_row_int(row, FSS_FIELD_REQUEST_KIND);
	return request_show(app, row, NULL);
}

int
request_ask(struct app *app, const char *path, struct request *ret)
{
	fss_op op = 0;
	int r;

	memset(ret, 0, sizeof(*ret));
	r = fss_client_ask(app->client, path, opt_text(&app->opt, NOTE),
	    (uint64_t)opt_num(&app->opt, TTL, 0), NULL, &op);
	r = app_run(app, r, op, request_take, ret);
	if (r < 0)
		return app_fail(app, r, "cannot ask for '%s'", path);
	return 0;
}

static int
count_row(struct app *app, const fss_row *row, void *arg)
{
	(void)app;
	/* A wish to everybody waits for nobody. */
	if (fss_row_int(row, FSS_FIELD_REQUEST_KIND) != FSS_REQUEST_WANT ||
	    fss_row_has(row, FSS_FIELD_ASKED))
		(*(int64_t *)arg)++;
	return 0;
}

void
request_inbox(struct app *app)
{
	int64_t n = fss_client_inbox(app->client);
	fss_op op = 0;
	int r;

	if (opt_has(&app->opt, QUIET) || opt_has(&app->opt, JSON))
		return;
	if (n < 0) {
		/* After a log-in by password the session was not told. */
		n = 0;
		r = fss_client_requests(app->client, FSS_BOX_IN,
		    REQUEST_WAITING, NULL, &op);
		/* An older hub has none; nor does it matter if this fails. */
		(void)app_run(app, r, op, count_row, &n);
	}
	if (n > 0)
		app_say(app, "%lld request%s for your answer: "
		    "fssctl requests --in", (long long)n,
		    n == 1 ? " waits" : "s wait");
}

int
request_index(struct app *app)
{
	const char *file;
	int r;

	r = fss_profile_index(app->profile, NULL, &file);
	if (r < 0) {
		app_set_detail(app, fss_profile_errmsg(app->profile));
		return app_fail(app, r, "cannot find the index of this "
		    "device in '%s'", app->home);
	}
	r = fss_client_set_index(app->client, file);
	if (r < 0) {
		app_set_detail(app, fss_client_errmsg(app->client));
		return app_fail(app, r, "cannot use the index '%s'", file);
	}
	return 0;
}
