/*
 * fssctl hub, invites: how the hub does, and who may still come.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"

static void
put_count(struct app *app, const char *what, const fss_row *row,
    fss_field field, bool size)
{
	char text[TEXT_BYTES];

	if (!fss_row_has(row, field))
		return;
	if (size)
		format_size(fss_row_int(row, field), text);
	else
		(void)snprintf(text, sizeof(text), "%lld",
		    (long long)fss_row_int(row, field));
	put_pair(app, what, text);
}

static int
show_hub(struct app *app, const fss_row *row, void *arg)
{
	char text[TEXT_BYTES];

	(void)arg;
	if (opt_has(&app->opt, JSON))
		return json_line(json_row(row));
	put_pair(app, "version", fss_row_str(row, FSS_FIELD_RELEASE));
	format_time(fss_row_int(row, FSS_FIELD_SINCE), text);
	put_pair(app, "started", text);
	if (fss_row_has(row, FSS_FIELD_URL))
		put_pair(app, "web address", fss_row_str(row, FSS_FIELD_URL));
	put_count(app, "accounts", row, FSS_FIELD_ACCOUNTS, false);
	put_count(app, "sessions", row, FSS_FIELD_SESSIONS, false);
	put_count(app, "requests", row, FSS_FIELD_REQUESTS, false);
	put_count(app, "files", row, FSS_FIELD_FILES, false);
	put_count(app, "versions", row, FSS_FIELD_VERSIONS, false);
	put_count(app, "content", row, FSS_FIELD_BYTES, true);
	put_count(app, "stored", row, FSS_FIELD_STORED, true);
	put_count(app, "chunks", row, FSS_FIELD_CHUNKS, false);
	put_count(app, "database", row, FSS_FIELD_DATABASE, true);
	put_count(app, "free", row, FSS_FIELD_DISK_FREE, true);
	return 0;
}

int
cmd_hub(struct app *app, int argc, char **argv)
{
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_hub(app->client, NULL, &op);
	r = app_run(app, r, op, show_hub, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot show how the hub does");
	return 0;
}

static int
invite_row(struct app *app, const fss_row *row, void *arg)
{
	char uses[TEXT_BYTES], until[TEXT_BYTES] = "-";
	const char *cells[5];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	(void)snprintf(uses, sizeof(uses), "%lld",
	    (long long)fss_row_int(row, FSS_FIELD_USES));
	if (fss_row_has(row, FSS_FIELD_EXPIRES))
		format_time(fss_row_int(row, FSS_FIELD_EXPIRES), until);
	cells[0] = fss_row_str(row, FSS_FIELD_INVITE);
	cells[1] = role_name(fss_row_int(row, FSS_FIELD_ROLE));
	cells[2] = uses;
	cells[3] = until;
	cells[4] = fss_row_has(row, FSS_FIELD_BY) ?
	    fss_row_str(row, FSS_FIELD_BY) : "the hub";
	return table_row(arg, cells, COLOR_NONE);
}

int
cmd_invites(struct app *app, int argc, char **argv)
{
	static const char *const heads[] = {
		"ID", "ROLE", ">USES", "UNTIL", "BY"
	};
	struct table t;
	fss_op op = 0;
	int r;

	if (argc != 0 && (argc != 2 || strcmp(argv[0], "withdraw") != 0))
		return app_usage(app, "either nothing or 'withdraw ID'");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (argc == 2) {
		r = fss_client_invite_withdraw(app->client, argv[1], NULL,
		    &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0)
			return app_fail(app, r, "cannot withdraw invite '%s'",
			    argv[1]);
		if (opt_has(&app->opt, JSON))
			return json_ok("invite", argv[1]);
		app_say(app, "withdrew invite %s", argv[1]);
		return 0;
	}
	table_init(&t, app, heads, 5);
	r = fss_client_invites(app->client, NULL, &op);
	r = app_run(app, r, op, invite_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list the invites");
	return 0;
}
