/*
 * fssctl mkdir, mv, rm, restore: changing entries.
 */
#include "fssctl.h"
#include "json.h"

typedef int (*start_fn)(struct app *, const char *path, fss_op *ret_op);

/* Does one thing to each path, going on after failures. */
static int
each(struct app *app, int argc, char **argv, start_fn start,
    const char *doing, const char *done)
{
	int i, r, err = 0, failed = 0;
	fss_op op = 0;

	for (i = 0; i < argc; i++) {
		r = need_remote(app, argv[i]);
		if (r < 0)
			return r;
	}
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	for (i = 0; i < argc && !interrupted(); i++) {
		r = start(app, argv[i], &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0) {
			(void)app_fail(app, r, "cannot %s '%s'", doing,
			    argv[i]);
			failed++;
			err = r;
		} else if (opt_has(&app->opt, JSON)) {
			r = json_ok("path", argv[i]);
			if (r < 0)
				return r;
		} else {
			app_say(app, "%s %s", done, argv[i]);
		}
	}
	return app_several(app, argc, failed, err);
}

static int
start_mkdir(struct app *app, const char *path, fss_op *ret_op)
{
	return fss_client_mkdir(app->client, path, NULL, ret_op);
}

int
cmd_mkdir(struct app *app, int argc, char **argv)
{
	return each(app, argc, argv, start_mkdir, "make", "made");
}

static int
start_remove(struct app *app, const char *path, fss_op *ret_op)
{
	return fss_client_remove(app->client, path,
	    opt_has(&app->opt, RECURSIVE) ? FSS_REMOVE_RECURSIVE : 0, NULL,
	    ret_op);
}

int
cmd_rm(struct app *app, int argc, char **argv)
{
	return each(app, argc, argv, start_remove, "remove", "removed");
}

int
cmd_mv(struct app *app, int argc, char **argv)
{
	fss_op op = 0;
	int i, r;

	for (i = 0; i < argc; i++) {
		r = need_remote(app, argv[i]);
		if (r < 0)
			return r;
	}
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_move(app->client, argv[0], argv[1],
	    opt_has(&app->opt, FORCE) ? FSS_MOVE_REPLACE : 0, NULL, &op);
	r = app_run(app, r, op, NULL, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot move '%s' to '%s'", argv[0],
		    argv[1]);
	if (opt_has(&app->opt, JSON))
		return json_ok("path", argv[1]);
	app_say(app, "moved %s to %s", argv[0], argv[1]);
	return 0;
}

static int
show_restored(struct app *app, const fss_row *row, void *arg)
{
	(void)arg;
	if (opt_has(&app->opt, JSON))
		return json_line(json_row(row));
	app_say(app, "version %lld is the newest now",
	    (long long)fss_row_int(row, FSS_FIELD_NUMBER));
	return 0;
}

int
cmd_restore(struct app *app, int argc, char **argv)
{
	char path[PATH_BYTES];
	uint64_t number;
	fss_op op = 0;
	int r;

	(void)argc;
	r = remote_version(app, argv[0], path, sizeof(path), &number);
	if (r < 0)
		return r;
	if (number == 0)
		return app_usage(app, "which version? Write '%s@N'; "
		    "'fssctl versions %s' lists them", path, path);
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_restore(app->client, path, number, NULL, &op);
	r = app_run(app, r, op, show_restored, NULL);
	if (r < 0)
		return app_fail(app, r, "cannot restore '%s'", argv[0]);
	return 0;
}
