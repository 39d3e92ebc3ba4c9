/*
 * fssctl put, get: where things go, and starting the transfers.
 *
 * One folder goes to the target itself, so that a second run meets the same
 * places and sends nothing; several things, or a target that ends in a slash,
 * go below it under their own names.  That a single file goes into a folder
 * that is there already, the library sees to.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "fssctl.h"
#include "output.h"
#include "request.h"
#include "transfer.h"

static bool
ends_in_slash(const char *s)
{
	size_t n = strlen(s);

	return n > 0 && s[n - 1] == '/';
}

static bool
is_local_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Two things of one name would overwrite each other. */
static int
check_distinct(struct app *app, char **targets, size_t n)
{
	char **sorted;
	size_t i;
	int r = 0;

	sorted = malloc(n * sizeof(*sorted));
	if (sorted == NULL)
		return app_fail(app, FSS_ENOMEM, "cannot compare the names");
	memcpy(sorted, targets, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_text);
	for (i = 1; i < n && r == 0; i++)
		if (strcmp(sorted[i - 1], sorted[i]) == 0)
			r = app_usage(app, "two of them would both become "
			    "'%s'", sorted[i]);
	free(sorted);
	return r;
}

static void
free_targets(char **targets, size_t n)
{
	size_t i;

	for (i = 0; targets != NULL && i < n; i++)
		free(targets[i]);
	free(targets);
}

/* Where @local goes; @into: below @remote. */
static int
put_target(struct app *app, const char *local, const char *remote, bool into,
    char *dst)
{
	char base[PATH_BYTES];
	int r;

	if (!into)
		return path_join(app, dst, PATH_BYTES, remote, "");
	r = local_base(app, local, base, sizeof(base));
	if (r < 0)
		return r;
	return path_join(app, dst, PATH_BYTES, remote, base);
}

static int
put_targets(struct app *app, int n, char **locals, const char *remote,
    char ***ret_targets)
{
	bool into = n > 1 || ends_in_slash(remote);
	char target[PATH_BYTES], **targets;
	int i, r = 0;

	*ret_targets = NULL;
	targets = calloc((size_t)n, sizeof(*targets));
	if (targets == NULL)
		return app_fail(app, FSS_ENOMEM, "cannot begin");
	for (i = 0; i < n && r == 0; i++) {
		r = put_target(app, locals[i], remote, into, target);
		if (r < 0)
			break;
		targets[i] = strdup(target);
		if (targets[i] == NULL)
			r = app_fail(app, FSS_ENOMEM, "cannot begin");
	}
	if (r == 0)
		r = check_distinct(app, targets, (size_t)n);
	if (r < 0)
		free_targets(targets, (size_t)n);
	else
		*ret_targets = targets;
	return r;
}

static uint32_t
copy_flags(const struct app *app)
{
	const struct options *o = &app->opt;

	return (opt_has(o, RECURSIVE) ? FSS_COPY_RECURSIVE : 0) |
	    (opt_has(o, CHECKSUM) ? FSS_COPY_CHECKSUM : 0) |
	    (opt_has(o, SAFE_LINKS) ? FSS_COPY_SAFE_LINKS : 0) |
	    (opt_has(o, VERBOSE) ? FSS_COPY_ITEMS : 0);
}

static int
put_all(struct app *app, int n, char **locals, const char *remote)
{
	struct transfer t;
	char **targets;
	void *slot;
	fss_op op;
	int i, r;

	r = put_targets(app, n, locals, remote, &targets);
	if (r < 0)
		return r;
	transfer_init(&t, app, "upload", n);
	for (i = 0; i < n; i++) {
		slot = transfer_slot(&t, locals[i]);
		if (slot == NULL)
			break;
		transfer_target(slot, targets[i]);
		op = 0;
		r = fss_client_upload(app->client, locals[i], targets[i],
		    copy_flags(app), slot, &op);
		transfer_started(&t, slot, r, op);
	}
	r = transfer_finish(&t);
	free_targets(targets, (size_t)n);
	return r;
}

int
cmd_put(struct app *app, int argc, char **argv)
{
	const char *remote = argv[argc - 1];
	int i, n = argc - 1, r;

	r = need_remote(app, remote);
	if (r < 0)
		return r;
	for (i = 0; i < n; i++) {
		if (is_remote(argv[i]))
			return app_usage(app, "'%s' is a remote path; a local "
			    "file of that name is './%s'", argv[i], argv[i]);
		if (strcmp(argv[i], "-") == 0 && n > 1)
			return app_usage(app, "- goes alone");
	}
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (strcmp(argv[0], "-") != 0)
		return put_all(app, n, argv, remote);
	r = stream_to_hub(app, remote);
	if (r < 0)
		return app_fail(app, r, "cannot write '%s'", remote);
	return 0;
}

/* What goes with --wait, and what only with it. */
static int
check_wait(struct app *app, const char *local)
{
	const struct options *o = &app->opt;

	if (!opt_has(o, WAIT))
		return opt_has(o, NOTE) ? app_usage(app, "--note goes with "
		    "--wait") : 0;
	if (opt_has(o, RECURSIVE) || opt_has(o, SAFE_LINKS))
		return app_usage(app, "--wait is for files");
	if (opt_has(o, NUMBER))
		return app_usage(app, "--wait is for the newest version");
	if (strcmp(local, "-") == 0)
		return app_usage(app, "--wait needs a file to write to");
	return 0;
}

/* Where each remote goes; makes the folder several go to. */
static int
get_targets(struct app *app, int n, char **remotes, const char *local,
    char ***ret_targets)
{
	char path[PATH_BYTES], target[PATH_BYTES], **targets;
	bool into = n > 1 || ends_in_slash(local) ||
	    strcmp(local, ".") == 0 || strcmp(local, "..") == 0;
	uint64_t number;
	size_t len;
	int i, r = 0;

	*ret_targets = NULL;
	if (into && !is_local_folder(local) && mkdir(local, 0777) < 0 &&
	    errno != EEXIST) {
		app_set_detail(app, strerror(errno));
		return app_fail(app, FSS_EIO, "cannot make the folder '%s'",
		    local);
	}
	targets = calloc((size_t)n, sizeof(*targets));
	if (targets == NULL)
		return app_fail(app, FSS_ENOMEM, "cannot begin");
	for (i = 0; i < n && r == 0; i++) {
		r = remote_version(app, remotes[i], path, sizeof(path),
		    &number);
		if (r < 0)
			break;
		for (len = strlen(path); len > 1 && path[len - 1] == '/'; len--)
			path[len - 1] = '\0';
		r = path_join(app, target, sizeof(target), local,
		    into ? remote_base(path) : "");
		if (r < 0)
			break;
		targets[i] = strdup(target);
		if (targets[i] == NULL)
			r = app_fail(app, FSS_ENOMEM, "cannot begin");
	}
	if (r == 0)
		r = check_distinct(app, targets, (size_t)n);
	if (r < 0)
		free_targets(targets, (size_t)n);
	else
		*ret_targets = targets;
	return r;
}

/*
 * Offers to ask for what cannot be read yet; only where there is a person to
 * say so.  What was not given is still not there: the result stays.
 */
static void
offer_to_ask(struct app *app, const struct transfer *t)
{
	char question[PATH_BYTES + 32], path[PATH_BYTES];
	struct request rq;
	uint64_t number;
	size_t i;

	if (!app->tty_out || !app->tty_err || opt_has(&app->opt, JSON))
		return;
	for (i = 0; i < t->unread_count && !interrupted(); i++) {
		/* It was split before without complaint. */
		if (remote_version(app, t->unread[i], path, sizeof(path),
		    &number) < 0 || number != 0)
			continue;
		(void)snprintf(question, sizeof(question), "Ask for %s?",
		    path);
		if (opt_has(&app->opt, YES) || ask_yes(question) == 1)
			(void)request_ask(app, path, &rq);
	}
}

static int
get_all(struct app *app, int n, char **remotes, const char *local)
{
	char path[PATH_BYTES], **targets;
	struct transfer t;
	uint64_t number;
	void *slot;
	fss_op op;
	int i, r;

	r = get_targets(app, n, remotes, local, &targets);
	if (r < 0)
		return r;
	transfer_init(&t, app, "download", n);
	for (i = 0; i < n; i++) {
		slot = transfer_slot(&t, remotes[i]);
		if (slot == NULL)
			break;
		transfer_target(slot, targets[i]);
		op = 0;
		/* It was split before without complaint. */
		r = remote_version(app, remotes[i], path, sizeof(path),
		    &number);
		if (r == 0 && opt_has(&app->opt, WAIT))
			r = fss_client_fetch(app->client, path,
			    opt_text(&app->opt, NOTE), targets[i],
			    copy_flags(app), slot, &op);
		else if (r == 0)
			r = fss_client_download(app->client, path, number,
			    targets[i], copy_flags(app), slot, &op);
		transfer_started(&t, slot, r, op);
	}
	r = transfer_finish(&t);
	offer_to_ask(app, &t);
	free_targets(targets, (size_t)n);
	return r;
}

static int
get_to_stdout(struct app *app, int n, char **remotes)
{
	char path[PATH_BYTES];
	uint64_t number;
	int i, r;

	for (i = 0; i < n; i++) {
		r = remote_version(app, remotes[i], path, sizeof(path),
		    &number);
		if (r < 0)
			return r;
		r = stream_from_hub(app, path, number, 0, FSS_TO_EOF);
		if (r < 0)
			return app_fail(app, r, "cannot read '%s'",
			    remotes[i]);
	}
	return 0;
}

int
cmd_get(struct app *app, int argc, char **argv)
{
	const char *local = argv[argc - 1];
	int i, n = argc - 1, r;

	if (is_remote(local))
		return app_usage(app, "'%s' is a remote path; a local file of "
		    "that name is './%s'", local, local);
	r = check_wait(app, local);
	if (r < 0)
		return r;
	for (i = 0; i < n; i++) {
		r = need_remote(app, argv[i]);
		if (r < 0)
			return r;
	}
	if (n > 1 && opt_has(&app->opt, NUMBER))
		return app_usage(app, "--version goes with one file; write "
		    "REMOTE@N");
	r = app_open(app, NULL);
	if (r < 0)
		return r;
	if (strcmp(local, "-") == 0)
		return get_to_stdout(app, n, argv);
	return get_all(app, n, argv, local);
}
