/*
 * fssctl access, grant, revoke, grants: who may do what.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"

static int
grant_row(struct app *app, const fss_row *row, void *arg)
{
	char rights[TEXT_BYTES];
	const char *cells[3];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	format_rights(fss_row_int(row, FSS_FIELD_RIGHTS), rights);
	cells[0] = fss_row_str(row, FSS_FIELD_WHO);
	cells[1] = rights;
	cells[2] = fss_row_str(row, FSS_FIELD_PATH);
	return table_row(arg, cells, COLOR_NONE);
}

static int
list_grants(struct app *app, const char *path)
{
	static const char *const heads[] = { "WHO", "RIGHTS", "GIVEN ON" };
	struct table t;
	fss_op op = 0;
	int r;

	table_init(&t, app, heads, 3);
	r = fss_client_grants(app->client, path, NULL, &op);
	r = app_run(app, r, op, grant_row, &t);
	table_flush(&t);
	return r;
}

static int
access_row(struct app *app, const fss_row *row, void *arg)
{
	char name[PATH_BYTES], rights[TEXT_BYTES];
	int64_t access = fss_row_int(row, FSS_FIELD_ACCESS);
	bool own = fss_row_int(row, FSS_FIELD_ACCESS_OWN) != 0;
	json_t *o;

	(void)arg;
	row_remote(row, name, sizeof(name));
	if (opt_has(&app->opt, JSON)) {
		o = json_pack("{s:o, s:o, s:s, s:b, s:o}", "owner",
		    json_text(fss_row_str(row, FSS_FIELD_OWNER)), "path",
		    json_text(fss_row_str(row, FSS_FIELD_PATH)), "access",
		    access_name(access), "access_own", own ? 1 : 0, "rights",
		    json_rights(fss_row_int(row, FSS_FIELD_RIGHTS)));
		return json_line(o);
	}
	format_rights(fss_row_int(row, FSS_FIELD_RIGHTS), rights);
	put_pair(app, "path", name);
	(void)snprintf(name, sizeof(name), "%s (%s)", access_name(access),
	    own ? "set here" : "inherited");
	put_pair(app, "access", name);
	put_pair(app, "your rights", rights);
	return 0;
}

static int
show_access(struct app *app, const char *path)
{
	fss_op op = 0;
	int r;

	r = fss_client_stat(app->client, path, 0, NULL, &op);
	r = app_run(app, r, op, access_row, NULL);
	if (r == 0) {
		r = list_grants(app, path);
		/* Grants are the owner's business. */
		if (r == FSS_EDENIED)
			r = 0;
	}
	if (r < 0)
		return app_fail(app, r, "cannot show the access of '%s'",
		    path);
	return 0;
}

int
cmd_access(struct app *app, int argc, char **argv)
{
	int64_t access = FSS_ACCESS_INHERIT;
	fss_op op = 0;
	int r;

	r = need_remote(app, argv[0]);
	if (r < 0)
		return r;
	if (argc == 2 && strcmp(argv[1], "inherit") != 0 &&
	    parse_access(argv[1], &access) < 0)
		return app_usage(app, "'%s' is neither open, ask, private nor "
		    "inherit", argv[1]);
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (argc == 1)
		return show_access(app, argv[0]);
	r = fss_client_access(app->client, argv[0], (int)access, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot set the access of '%s'",
		    argv[0]);
	if (opt_has(&app->opt, JSON))
		return json_ok("path", argv[0]);
	app_say(app, "%s: %s", argv[0], argv[1]);
	return 0;
}

static int
set_grant(struct app *app, const char *path, const char *who, uint32_t rights)
{
	fss_op op = 0;
	int r;

	r = need_remote(app, path);
	if (r < 0)
		return r;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_grant(app->client, path, who, rights, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot %s '%s' on '%s'",
		    rights != 0 ? "grant rights to" : "take back the grant of",
		    who, path);
	if (opt_has(&app->opt, JSON))
		return json_ok("path", path);
	return 0;
}

int
cmd_grant(struct app *app, int argc, char **argv)
{
	uint32_t rights;
	int r;

	(void)argc;
	if (parse_rights(argv[2], &rights) < 0)
		return app_usage(app, "'%s': rights are see, read, create, "
		    "write, with commas between", argv[2]);
	r = set_grant(app, argv[0], argv[1], rights);
	if (r == 0)
		app_say(app, "%s may %s in %s", argv[1], argv[2], argv[0]);
	return r;
}

int
cmd_revoke(struct app *app, int argc, char **argv)
{
	int r;

	(void)argc;
	r = set_grant(app, argv[0], argv[1], 0);
	if (r == 0)
		app_say(app, "%s has no grant on %s any more", argv[1],
		    argv[0]);
	return r;
}

int
cmd_grants(struct app *app, int argc, char **argv)
{
	int r;

	(void)argc;
	r = need_remote(app, argv[0]);
	if (r < 0)
		return r;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = list_grants(app, argv[0]);
	if (r < 0)
		return app_fail(app, r, "cannot list the grants on '%s'",
		    argv[0]);
	return 0;
}
