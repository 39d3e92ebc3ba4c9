/*
 * fssctl link, links, unlink: shares for whoever has the link.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"
#include "parse.h"

static const char *const link_heads[] = {
	">ID", "KIND", ">USED", "UNTIL", "LOCK", "PATH", "LABEL"
};

#define LINK_COLUMNS	(sizeof(link_heads) / sizeof(link_heads[0]))

/* What is handed out: a URL where the hub knows one, else the token. */
static int
show_link(struct app *app, const fss_row *row, void *arg)
{
	const char *url = fss_row_str(row, FSS_FIELD_URL);

	(void)arg;
	if (opt_has(&app->opt, JSON))
		return json_line(json_row(row));
	printf("%s\n", url[0] != '\0' ? url :
	    fss_row_str(row, FSS_FIELD_TOKEN));
	if (app->tty_out && url[0] == '\0')
		app_say(app, "the hub knows no web address: this is the "
		    "token, for .../s/TOKEN");
	return 0;
}

int
cmd_link(struct app *app, int argc, char **argv)
{
	const struct options *o = &app->opt;
	char password[PASSWORD_BYTES] = "";
	int64_t limit = opt_num(o, LIMIT, 0), expires_us = 0;
	fss_op op = 0;
	int r;

	(void)argc;
	if (opt_has(o, PUT_LINK) && (opt_has(o, LIMIT) || opt_has(o, FOLLOW)))
		return app_usage(app, "--limit and --follow are of downloads");
	r = need_remote(app, argv[0]);
	if (r == 0)
		r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (opt_has(o, PASSWORD_STDIN)) {
		r = ask_password(app, "password of the link", true, password);
		if (r < 0)
			return r;
	}
	if (opt_has(o, EXPIRES))
		expires_us = wall_us() + opt_num(o, EXPIRES, 0) * 1000000;
	r = fss_client_link_new(app->client, argv[0],
	    opt_has(o, PUT_LINK) ? FSS_LINK_UPLOAD : FSS_LINK_DOWNLOAD,
	    opt_has(o, FOLLOW) ? FSS_LINK_FOLLOW : 0,
	    opt_has(o, PASSWORD_STDIN) ? password : NULL, expires_us,
	    (uint64_t)limit, opt_text(o, LABEL), NULL, &op);
	secret_zero(password, sizeof(password));
	r = app_run(app, r, op, show_link, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot link '%s'", argv[0]);
	return 0;
}

static int
link_row(struct app *app, const fss_row *row, void *arg)
{
	char id[TEXT_BYTES], used[TEXT_BYTES], until[TEXT_BYTES] = "-";
	char path[PATH_BYTES];
	const char *cells[LINK_COLUMNS];
	int64_t limit = fss_row_int(row, FSS_FIELD_LIMIT);

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	(void)snprintf(id, sizeof(id), "%lld",
	    (long long)fss_row_int(row, FSS_FIELD_LINK));
	if (limit > 0)
		(void)snprintf(used, sizeof(used), "%lld/%lld",
		    (long long)fss_row_int(row, FSS_FIELD_USED),
		    (long long)limit);
	else
		(void)snprintf(used, sizeof(used), "%lld",
		    (long long)fss_row_int(row, FSS_FIELD_USED));
	if (fss_row_has(row, FSS_FIELD_EXPIRES))
		format_time(fss_row_int(row, FSS_FIELD_EXPIRES), until);
	(void)snprintf(path, sizeof(path), ":%s",
	    fss_row_str(row, FSS_FIELD_PATH));
	cells[0] = id;
	cells[1] = link_kind_name(fss_row_int(row, FSS_FIELD_LINK_KIND));
	cells[2] = used;
	cells[3] = until;
	cells[4] = fss_row_int(row, FSS_FIELD_PROTECTED) ? "password" : "-";
	cells[5] = path;
	cells[6] = fss_row_has(row, FSS_FIELD_TEXT) ?
	    fss_row_str(row, FSS_FIELD_TEXT) : "-";
	return table_row(arg, cells, COLOR_NONE);
}

int
cmd_links(struct app *app, int argc, char **argv)
{
	struct table t;
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, link_heads, LINK_COLUMNS);
	r = fss_client_links(app->client, NULL, &op);
	r = app_run(app, r, op, link_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list your links");
	return 0;
}

int
cmd_unlink(struct app *app, int argc, char **argv)
{
	fss_op op = 0;
	int64_t id;
	int i, r;

	for (i = 0; i < argc; i++)
		if (parse_count(argv[i], &id) < 0 || id < 1)
			return app_usage(app, "'%s' is no id of a link",
			    argv[i]);
	r = app_open(app, NULL);
	for (i = 0; r >= 0 && i < argc; i++) {
		(void)parse_count(argv[i], &id);	/* was checked */
		r = fss_client_link_revoke(app->client, id, NULL, &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0)
			return app_fail(app, r, "cannot revoke link %s",
			    argv[i]);
		if (opt_has(&app->opt, JSON))
			r = json_ok("link", argv[i]);
		else
			app_say(app, "revoked link %s", argv[i]);
	}
	return r < 0 ? r : 0;
}
