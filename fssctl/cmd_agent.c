/*
 * fssctl agent: serves what this device announced, until it is ended.
 *
 * All the work is the library's; here its progress is told, a line an item,
 * flushed, so that a journal has it at once.  A hub that is away is waited for.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"
#include "request.h"

/* The session came or went. */
static void
show_state(struct app *app, const fss_event *ev, bool *up)
{
	bool now = fss_event_error(ev) == 0;

	if (now == *up)
		return;
	*up = now;
	if (opt_has(&app->opt, JSON))
		/* Lost where there is no memory; the next one tells. */
		(void)json_line(json_pack("{s:b, s:s}", "connected", (int)now,
		    "account", fss_client_account(app->client)));
	else if (now)
		app_say(app, "agent of %s at %s",
		    fss_client_account(app->client),
		    fss_profile_hub(app->profile));
	else
		app_say(app, "the hub is away; waiting for it");
}

static void
show_item(struct app *app, const fss_row *row)
{
	int err = (int)fss_row_int(row, FSS_FIELD_STATUS);
	const char *owner = fss_row_str(row, FSS_FIELD_OWNER);
	char size[TEXT_BYTES], remote[PATH_BYTES];

	row_remote(row, remote, sizeof(remote));
	if (err < 0)
		app_fail_item(app, err, fss_row_str(row, FSS_FIELD_DETAIL),
		    remote);
	if (opt_has(&app->opt, JSON)) {
		(void)json_line(json_row(row));
	} else if (err == 0) {
		format_size(fss_row_int(row, FSS_FIELD_SIZE), size);
		/* What goes to another's space was asked for by oneself. */
		app_say(app, "%s %s (%s)", owner[0] == '\0' ||
		    strcmp(owner, fss_client_account(app->client)) == 0 ?
		    "sent" : "uploaded", remote, size);
	}
}

int
cmd_agent(struct app *app, int argc, char **argv)
{
	bool up = false, stopped = false;
	const fss_event *ev;
	fss_op op = 0;
	size_t i;
	int r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r == 0)
		r = request_index(app);
	if (r < 0)
		return r;
	r = fss_client_serve(app->client, opt_has(&app->opt, ONCE) ?
	    FSS_SERVE_ONCE : 0, NULL, &op);
	while (r == 0) {
		r = app_next(app, &ev);
		if (r == FSS_ECANCELED && !stopped) {
			stopped = true;
			/* Fails only where DONE is there already. */
			(void)fss_op_cancel(app->client, op);
			r = 0;
			continue;
		}
		if (r < 0)
			break;
		if (fss_event_type(ev) == FSS_EVENT_STATE)
			show_state(app, ev, &up);
		for (i = 0; fss_event_type(ev) == FSS_EVENT_ITEM &&
		    i < fss_event_rows(ev); i++)
			show_item(app, fss_event_row(ev, i));
		(void)fflush(stdout);
		if (fss_event_op(ev) == op &&
		    fss_event_type(ev) == FSS_EVENT_DONE) {
			r = fss_event_error(ev);
			app_set_detail(app, fss_event_detail(ev));
			/* Ending it is how it is meant to end. */
			if (r == 0 || (stopped && r == FSS_ECANCELED))
				return 0;
			return app_fail(app, r, "cannot serve");
		}
	}
	app_set_detail(app, fss_client_errmsg(app->client));
	return app_fail(app, r, "cannot serve");
}
