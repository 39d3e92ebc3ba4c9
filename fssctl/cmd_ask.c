/*
 * fssctl ask: asking for a file, for what words describe, or to put a file
 * into somebody's space.
 *
 * A file that may be put somewhere at once (a rule said so, or the command is
 * given again after the yes) is uploaded at once; else an agent does it.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "request.h"
#include "transfer.h"

static int
ask_want(struct app *app)
{
	const char *from = opt_text(&app->opt, FROM);
	struct request rq = { 0, 0, 0 };
	fss_op op = 0;
	int r;

	if (from != NULL && strcmp(from, "all") == 0)
		from = NULL;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = fss_client_ask_want(app->client, opt_text(&app->opt, WANT), from,
	    (uint64_t)opt_num(&app->opt, TTL, 0), NULL, &op);
	r = app_run(app, r, op, request_take, &rq);
	if (r < 0)
		return app_fail(app, r, "cannot ask %s", from != NULL ? from :
		    "everybody");
	return 0;
}

/* ---- to put a file there ---------------------------------------------- */

static int
note_kind(struct app *app, const fss_row *row, void *arg)
{
	(void)app;
	*(int64_t *)arg = fss_row_int(row, FSS_FIELD_KIND);
	return 0;
}

/* "alice:/inbox" becomes "alice:/inbox/report.pdf" where it is a folder. */
static int
upload_target(struct app *app, const char *remote, const char *local,
    char *dst)
{
	const char *path = strchr(remote, ':') + 1;
	size_t n = strlen(remote);
	char base[PATH_BYTES];
	int64_t kind = 0;
	fss_op op = 0;
	int r;

	if (remote[n - 1] != '/' && path[0] != '\0') {
		r = fss_client_stat(app->client, remote, 0, NULL, &op);
		r = app_run(app, r, op, note_kind, &kind);
		/* What one may not see is asked for by its name. */
		if (r < 0 && r != FSS_ENOENT)
			return app_fail(app, r, "cannot look at '%s'",
			    remote);
		if (kind != FSS_KIND_DIR)
			return path_join(app, dst, PATH_BYTES, remote, "");
	}
	r = local_base(app, local, base, sizeof(base));
	if (r < 0)
		return r;
	return path_join(app, dst, PATH_BYTES, remote, base);
}

static int
upload_now(struct app *app, uint64_t id, const char *local, const char *remote)
{
	struct transfer t;
	void *slot;
	fss_op op = 0;
	int r;

	transfer_init(&t, app, "upload", 1);
	slot = transfer_slot(&t, local);
	if (slot == NULL)
		return transfer_finish(&t);
	r = fss_client_upload_asked(app->client, id, local, remote, 0, slot,
	    &op);
	transfer_started(&t, slot, r, op);
	return transfer_finish(&t);
}

static int
ask_upload(struct app *app, const char *local)
{
	const char *remote = opt_text(&app->opt, UPLOAD);
	struct request rq = { 0, 0, 0 };
	char target[PATH_BYTES];
	fss_op op = 0;
	int r;

	r = need_remote(app, remote);
	if (r < 0)
		return r;
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	r = upload_target(app, remote, local, target);
	if (r == 0)
		r = request_index(app);
	if (r < 0)
		return r;
	r = fss_client_ask_upload(app->client, local, target,
	    opt_text(&app->opt, NOTE), NULL, &op);
	r = app_run(app, r, op, request_take, &rq);
	if (r < 0)
		return app_fail(app, r, "cannot ask to put '%s' to '%s'",
		    local, target);
	if (rq.state == FSS_REQUEST_APPROVED)
		return upload_now(app, rq.id, local, target);
	return 0;
}

/* ----------------------------------------------------------------------- */

static int
ask_files(struct app *app, int argc, char **argv)
{
	int i, r, err = 0, failed = 0;
	struct request rq;

	for (i = 0; i < argc; i++) {
		r = need_remote(app, argv[i]);
		if (r < 0)
			return r;
	}
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	for (i = 0; i < argc && !interrupted(); i++) {
		r = request_ask(app, argv[i], &rq);
		if (r < 0) {
			failed++;
			err = r;
		}
	}
	return app_several(app, argc, failed, err);
}

int
cmd_ask(struct app *app, int argc, char **argv)
{
	const struct options *o = &app->opt;

	if (opt_has(o, WANT) && opt_has(o, UPLOAD))
		return app_usage(app, "--want and --upload are two requests");
	if (opt_has(o, FROM) && !opt_has(o, WANT))
		return app_usage(app, "--from goes with --want; of a file the "
		    "owner is asked");
	if (opt_has(o, WANT) && opt_has(o, NOTE))
		return app_usage(app, "a wish is its own note");
	if (opt_has(o, WANT))
		return argc == 0 ? ask_want(app) : app_usage(app,
		    "--want TEXT goes alone");
	if (opt_has(o, UPLOAD) && opt_has(o, TTL))
		return app_usage(app, "--ttl goes with files and wishes");
	if (opt_has(o, UPLOAD))
		return argc == 1 ? ask_upload(app, argv[0]) : app_usage(app,
		    "--upload REMOTE takes one file");
	if (argc == 0)
		return app_usage(app, "too few arguments");
	return ask_files(app, argc, argv);
}
