/*
 * fssctl tokens, sessions: credentials for programs, and what is logged in
 * now.  Devices, which tokens are among, are in cmd_account.c.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"

#define ALL_SCOPES	(FSS_SCOPE_READ | FSS_SCOPE_WRITE | FSS_SCOPE_PEOPLE)

static int
show_token(struct app *app, const fss_row *row, void *arg)
{
	(void)arg;
	if (opt_has(&app->opt, JSON))
		return json_line(json_row(row));
	printf("%s\n", fss_row_str(row, FSS_FIELD_TOKEN));
	if (app->tty_out)
		app_say(app, "it is shown this once; tokens revoke %lld ends "
		    "it", (long long)fss_row_int(row, FSS_FIELD_DEVICE));
	return 0;
}

static int
create(struct app *app, const char *label)
{
	const char *list = opt_text(&app->opt, SCOPES);
	uint32_t scopes = ALL_SCOPES;
	fss_op op = 0;
	int r;

	if (list != NULL && parse_scopes(list, &scopes) < 0)
		return app_usage(app, "scopes are read, write, people and "
		    "admin, with commas between");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_token_create(app->client, label, scopes,
	    (uint64_t)opt_num(&app->opt, TTL, 0), NULL, &op);
	r = app_run(app, r, op, show_token, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot make the token '%s'", label);
	return 0;
}

static int
revoke(struct app *app, const char *text)
{
	fss_op op = 0;
	int64_t id;
	int r;

	if (parse_count(text, &id) < 0)
		return app_usage(app, "a token has a number, see 'tokens'");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_device_revoke(app->client, id, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot revoke token %s", text);
	if (opt_has(&app->opt, JSON))
		return json_ok("device", text);
	app_say(app, "revoked token %s", text);
	return 0;
}

static int
token_row(struct app *app, const fss_row *row, void *arg)
{
	char id[TEXT_BYTES], seen[TEXT_BYTES], until[TEXT_BYTES] = "-";
	char scopes[TEXT_BYTES];
	const char *cells[5];

	if (fss_row_int(row, FSS_FIELD_DEVICE_KIND) != FSS_DEVICE_TOKEN)
		return 0;
	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	(void)snprintf(id, sizeof(id), "%lld",
	    (long long)fss_row_int(row, FSS_FIELD_DEVICE));
	format_time(fss_row_int(row, FSS_FIELD_SEEN), seen);
	if (fss_row_has(row, FSS_FIELD_EXPIRES))
		format_time(fss_row_int(row, FSS_FIELD_EXPIRES), until);
	format_scopes(fss_row_int(row, FSS_FIELD_SCOPES), scopes);
	cells[0] = id;
	cells[1] = seen;
	cells[2] = until;
	cells[3] = scopes;
	cells[4] = fss_row_str(row, FSS_FIELD_NAME);
	return table_row(arg, cells, COLOR_NONE);
}

int
cmd_tokens(struct app *app, int argc, char **argv)
{
	static const char *const heads[] = {
		">ID", "LAST SEEN", "UNTIL", "SCOPES", "NAME"
	};
	bool makes = argc == 2 && strcmp(argv[0], "create") == 0;
	struct table t;
	fss_op op = 0;
	int r;

	if (argc > 2 && strcmp(argv[0], "create") == 0)
		return app_usage(app, "scopes are given as '--scopes %s'",
		    argv[2]);
	if (!makes && (opt_has(&app->opt, SCOPES) || opt_has(&app->opt, TTL)))
		return app_usage(app, "--scopes and --ttl are for 'create'");
	if (makes)
		return create(app, argv[1]);
	if (argc == 2 && strcmp(argv[0], "revoke") == 0)
		return revoke(app, argv[1]);
	if (argc != 0)
		return app_usage(app, "nothing, 'create LABEL' or "
		    "'revoke ID'");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, heads, 5);
	r = fss_client_devices(app->client, NULL, &op);
	r = app_run(app, r, op, token_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list your tokens");
	return 0;
}

/* ---- sessions --------------------------------------------------------- */

static int
session_row(struct app *app, const fss_row *row, void *arg)
{
	char since[TEXT_BYTES], seen[TEXT_BYTES];
	const char *cells[8];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	format_time(fss_row_int(row, FSS_FIELD_SINCE), since);
	format_time(fss_row_int(row, FSS_FIELD_SEEN), seen);
	cells[0] = fss_row_str(row, FSS_FIELD_SESSION);
	cells[1] = fss_row_str(row, FSS_FIELD_NAME);
	cells[2] = device_kind_name(fss_row_int(row, FSS_FIELD_DEVICE_KIND));
	cells[3] = fss_row_str(row, FSS_FIELD_ADDRESS);
	cells[4] = since;
	cells[5] = seen;
	cells[6] = fss_row_int(row, FSS_FIELD_CURRENT) ? "this" : "-";
	cells[7] = fss_row_str(row, FSS_FIELD_DEVICE_NAME);
	return table_row(arg, cells, COLOR_NONE);
}

static int
end_session(struct app *app, const char *id)
{
	fss_op op = 0;
	int r;

	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_session_end(app->client, id, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot end session %s", id);
	if (opt_has(&app->opt, JSON))
		return json_ok("session", id);
	app_say(app, "ended session %s", id);
	return 0;
}

int
cmd_sessions(struct app *app, int argc, char **argv)
{
	static const char *const heads[] = {
		"SESSION", "ACCOUNT", "BY", "ADDRESS", "SINCE", "LAST SEEN",
		"HERE", "DEVICE"
	};
	struct table t;
	fss_op op = 0;
	int r;

	if (argc == 2 && strcmp(argv[0], "end") == 0)
		return end_session(app, argv[1]);
	if (argc != 0)
		return app_usage(app, "either nothing or 'end SESSION'");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, heads, 8);
	r = fss_client_sessions(app->client, opt_text(&app->opt, OWNER),
	    opt_has(&app->opt, ALL) ? FSS_SESSIONS_ALL : 0, NULL, &op);
	r = app_run(app, r, op, session_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list sessions");
	return 0;
}
