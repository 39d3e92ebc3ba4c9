/*
 * fssctl invite, users, user, group: accounts of others, and groups.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"
#include "parse.h"

static int
show_invite(struct app *app, const fss_row *row, void *arg)
{
	char when[TEXT_BYTES];

	(void)arg;
	if (opt_has(&app->opt, JSON))
		return json_line(json_row(row));
	format_time(fss_row_int(row, FSS_FIELD_EXPIRES), when);
	printf("%s\n", fss_row_str(row, FSS_FIELD_CODE));
	if (app->tty_out)
		app_say(app, "good until %s: fssctl register NAME --invite %s",
		    when, fss_row_str(row, FSS_FIELD_CODE));
	return 0;
}

int
cmd_invite(struct app *app, int argc, char **argv)
{
	int64_t uses = opt_num(&app->opt, USES, 1);
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	if (uses < 1 || uses > 1000)
		return app_usage(app, "an invite has 1 to 1000 uses");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_invite(app->client,
	    (int)opt_num(&app->opt, ROLE, FSS_ROLE_USER), (unsigned)uses,
	    (uint64_t)opt_num(&app->opt, TTL, 0), NULL, &op);
	r = app_run(app, r, op, show_invite, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot make an invite");
	return 0;
}

/* A number that only operators see, or "-". */
static void
figure(const fss_row *row, fss_field field, bool size, char *dst)
{
	if (!fss_row_has(row, field))
		(void)snprintf(dst, TEXT_BYTES, "-");
	else if (size)
		format_size(fss_row_int(row, field), dst);
	else
		(void)snprintf(dst, TEXT_BYTES, "%lld",
		    (long long)fss_row_int(row, field));
}

static int
user_row(struct app *app, const fss_row *row, void *arg)
{
	char bytes[TEXT_BYTES], files[TEXT_BYTES], quota[TEXT_BYTES];
	const char *cells[6];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	figure(row, FSS_FIELD_BYTES, app->tty_out, bytes);
	figure(row, FSS_FIELD_FILES, false, files);
	figure(row, FSS_FIELD_QUOTA_BYTES, app->tty_out, quota);
	cells[0] = bytes;
	cells[1] = files;
	cells[2] = quota;
	cells[3] = role_name(fss_row_int(row, FSS_FIELD_ROLE));
	cells[4] = fss_row_int(row, FSS_FIELD_LOCKED) ? "locked" : "-";
	cells[5] = fss_row_str(row, FSS_FIELD_NAME);
	return table_row(arg, cells, COLOR_NONE);
}

static const char *const user_heads[] = {
	">BYTES", ">FILES", ">QUOTA", "ROLE", "LOCK", "NAME"
};

int
cmd_users(struct app *app, int argc, char **argv)
{
	struct table t;
	fss_op op = 0;
	int r;

	(void)argc;
	(void)argv;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, user_heads, 6);
	r = fss_client_users(app->client, NULL, NULL, &op);
	r = app_run(app, r, op, user_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list the accounts");
	return 0;
}

int
cmd_user(struct app *app, int argc, char **argv)
{
	const struct options *o = &app->opt;
	bool change = opt_has(o, ROLE) || opt_has(o, LOCK) ||
	    opt_has(o, UNLOCK) || opt_has(o, QUOTA) || opt_has(o, QUOTA_FILES);
	struct table t;
	fss_op op = 0;
	int r;

	(void)argc;
	if (opt_has(o, LOCK) && opt_has(o, UNLOCK))
		return app_usage(app, "either --lock or --unlock");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	table_init(&t, app, user_heads, 6);
	if (change)
		r = fss_client_user_set(app->client, argv[0],
		    (int)opt_num(o, ROLE, FSS_USER_UNCHANGED),
		    opt_has(o, LOCK) ? 1 : opt_has(o, UNLOCK) ? 0 :
		    FSS_USER_UNCHANGED,
		    opt_num(o, QUOTA, FSS_USER_UNCHANGED),
		    opt_num(o, QUOTA_FILES, FSS_USER_UNCHANGED), NULL, &op);
	else
		r = fss_client_users(app->client, argv[0], NULL, &op);
	r = app_run(app, r, op, user_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot %s '%s'",
		    change ? "change" : "show", argv[0]);
	return 0;
}

static int
group_row(struct app *app, const fss_row *row, void *arg)
{
	const char *cells[2];

	if (opt_has(&app->opt, JSON))
		return json_row_line(app, row, NULL);
	cells[0] = fss_row_str(row, FSS_FIELD_GROUP);
	cells[1] = fss_row_str(row, FSS_FIELD_NAME);
	return table_row(arg, cells, COLOR_NONE);
}

static int
group_list(struct app *app, const char *group)
{
	static const char *const heads[] = { "GROUP", "MEMBER" };
	struct table t;
	fss_op op = 0;
	int r;

	table_init(&t, app, heads, 2);
	r = fss_client_groups(app->client, group, NULL, &op);
	r = app_run(app, r, op, group_row, &t);
	table_flush(&t);
	if (r < 0)
		return app_fail(app, r, "cannot list your groups");
	return 0;
}

int
cmd_group(struct app *app, int argc, char **argv)
{
	bool list = argc == 0 || strcmp(argv[0], "list") == 0;
	bool removing = argc > 0 && strcmp(argv[0], "remove") == 0;
	const char *group;
	fss_op op = 0;
	int r;

	if ((list && argc > 2) || (!list && (argc != 3 ||
	    (!removing && strcmp(argv[0], "add") != 0))))
		return app_usage(app, "'list [GROUP]', 'add GROUP NAME' or "
		    "'remove GROUP NAME'");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	/* Grants write "@friends"; here both forms are understood. */
	group = argc > 1 ? argv[1] + (argv[1][0] == '@') : NULL;
	if (list)
		return group_list(app, group);
	r = fss_client_group_set(app->client, group, argv[2], removing, NULL,
	    &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot %s '%s' %s '%s'",
		    removing ? "remove" : "add", argv[2],
		    removing ? "from" : "to", group);
	if (opt_has(&app->opt, JSON))
		return json_ok("group", group);
	app_say(app, "%s is %s in @%s", argv[2], removing ? "no longer" :
	    "now", group);
	return 0;
}
