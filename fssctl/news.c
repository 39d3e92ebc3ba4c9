/*
 * News as they come: each a line for people, or an object.
 *
 * A row is one of three: an event, which is short, or a person or a request
 * as lists have them, with which a watch may begin.  Each line is flushed, so
 * that who reads along has it at once.
 */
#include "news.h"

#include <string.h>

#include "json.h"
#include "output.h"
#include "parse.h"

static void
presence_text(const fss_row *row, char *dst)
{
	int64_t sessions = fss_row_int(row, FSS_FIELD_SESSIONS);

	(void)snprintf(dst, NEWS_BYTES, "%s is %s",
	    fss_row_str(row, FSS_FIELD_NAME),
	    presence_name(fss_row_int(row, FSS_FIELD_PRESENCE)));
	if (sessions > 1)
		(void)snprintf(dst + strlen(dst), NEWS_BYTES - strlen(dst),
		    " (%lld sessions)", (long long)sessions);
}

/* The other one: of an event WHO, of a request as listed by its sides. */
static const char *
other_party(const fss_row *row, bool mine)
{
	fss_field field = FSS_FIELD_WHO;

	if (!fss_row_has(row, FSS_FIELD_WHO))
		field = !mine ? FSS_FIELD_ASKER :
		    fss_row_has(row, FSS_FIELD_ASKED) ? FSS_FIELD_ASKED :
		    FSS_FIELD_OWNER;
	return fss_row_str(row, field);
}

static void
request_text(const fss_row *row, char *dst)
{
	int64_t kind = fss_row_int(row, FSS_FIELD_REQUEST_KIND);
	bool mine = fss_row_int(row, FSS_FIELD_MINE) != 0;
	const char *who = other_party(row, mine);
	const char *path = fss_row_str(row, FSS_FIELD_PATH);
	const char *text = fss_row_str(row, FSS_FIELD_TEXT);
	char about[PATH_BYTES / 2] = "", said[PATH_BYTES / 2] = "";

	if (path[0] != '\0')
		(void)snprintf(about, sizeof(about), ", %s", path);
	if (text[0] != '\0')
		(void)snprintf(said, sizeof(said), ", \"%s\"", text);
	(void)snprintf(dst, NEWS_BYTES, "request %lld%s%s%s: %s%s%s",
	    (long long)fss_row_int(row, FSS_FIELD_REQUEST),
	    kind == FSS_REQUEST_WANT ? " for a wish" :
	    kind == FSS_REQUEST_UPLOAD ? " to upload" : "",
	    who[0] == '\0' ? "" : mine ? " to " : " of ", who,
	    request_state_name(fss_row_int(row, FSS_FIELD_REQUEST_STATE)),
	    about, said);
}

static void
file_text(const fss_row *row, char *dst)
{
	char remote[PATH_BYTES];
	int64_t what = fss_row_int(row, FSS_FIELD_WHAT);

	row_remote(row, remote, sizeof(remote));
	(void)snprintf(dst, NEWS_BYTES, "%s: %s", remote,
	    what == FSS_CHANGE_MANY ? "many changes below" :
	    what == FSS_CHANGE_ACCESS ? "access changed" : change_name(what));
}

void
news_text(const fss_row *row, char *dst)
{
	char size[TEXT_BYTES];

	switch (fss_row_int(row, FSS_FIELD_NEWS)) {
	case FSS_NEWS_PRESENCE:
		presence_text(row, dst);
		break;
	case FSS_NEWS_REQUEST:
		request_text(row, dst);
		break;
	case FSS_NEWS_PROGRESS:
		format_size(fss_row_int(row, FSS_FIELD_BYTES), size);
		(void)snprintf(dst, NEWS_BYTES, "request %lld: %s at the hub",
		    (long long)fss_row_int(row, FSS_FIELD_REQUEST), size);
		break;
	case FSS_NEWS_FILE:
		file_text(row, dst);
		break;
	case FSS_NEWS_UPLOAD:
		(void)snprintf(dst, NEWS_BYTES, "your uploads in parts changed");
		break;
	case FSS_NEWS_WORK:
		(void)snprintf(dst, NEWS_BYTES, "something waits to be sent");
		break;
	default:
		(void)snprintf(dst, NEWS_BYTES, "something this program does "
		    "not know");
		break;
	}
}

int
news_row(struct app *app, const fss_row *row)
{
	char when[TEXT_BYTES], text[NEWS_BYTES];
	int r = 0;

	if (opt_has(&app->opt, JSON)) {
		r = json_line(json_row(row));
	} else {
		format_stamp(fss_row_has(row, FSS_FIELD_NEWS) &&
		    fss_row_has(row, FSS_FIELD_CHANGED) ?
		    fss_row_int(row, FSS_FIELD_CHANGED) : wall_us(), when);
		news_text(row, text);
		printf("%s%s%s%s%s%s", color(app->color_out, COLOR_DIM), when,
		    color(app->color_out, COLOR_NONE),
		    app->tty_out ? "  " : "\t",
		    app->tty_out ? "" :
		    news_name(fss_row_int(row, FSS_FIELD_NEWS)),
		    app->tty_out ? "" : "\t");
		put_text(stdout, text);
		putchar('\n');
	}
	/* A reader that went away ends it. */
	if (fflush(stdout) != 0)
		r = FSS_EIO;
	return r;
}

/* After a gap: something may have been missed. */
static int
begin_afresh(struct app *app, afresh_fn afresh, void *arg)
{
	int r;

	if (opt_has(&app->opt, JSON)) {
		r = json_line(json_pack("{s:s}", "news", "afresh"));
		(void)fflush(stdout);
		if (r < 0)
			return r;
	} else if (!opt_has(&app->opt, QUIET)) {
		fputs("fssctl: the line was away; something may have been "
		    "missed\n", stderr);
	}
	return afresh != NULL ? afresh(app, arg) : 0;
}

int
news_follow(struct app *app, int started, fss_op op, afresh_fn afresh,
    void *arg)
{
	bool again;
	const fss_event *ev;
	int r = started;
	size_t i;

	app->detail[0] = '\0';
	while (r == 0) {
		r = app_wait(app, op, &ev);
		if (r < 0)
			break;
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			app_set_detail(app, fss_event_detail(ev));
			r = fss_event_error(ev);
			if (interrupted() && r == FSS_ECANCELED)
				return 0;
			break;
		}
		again = fss_event_type(ev) == FSS_EVENT_AFRESH;
		for (i = 0; i < fss_event_rows(ev) && r == 0; i++)
			r = news_row(app, fss_event_row(ev, i));
		if (again)
			r = begin_afresh(app, afresh, arg);
	}
	if (started < 0)
		app_set_detail(app, fss_client_errmsg(app->client));
	return app_fail(app, r, "cannot follow");
}
