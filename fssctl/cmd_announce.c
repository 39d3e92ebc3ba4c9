/*
 * fssctl announce, unannounce: what this device has for others, without
 * uploading it.
 */
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "request.h"
#include "transfer.h"

int
cmd_announce(struct app *app, int argc, char **argv)
{
	const struct options *o = &app->opt;
	char target[PATH_BYTES], base[PATH_BYTES];
	const char *local = argv[0], *remote = argv[1];
	struct transfer t;
	void *slot;
	fss_op op = 0;
	int r;

	(void)argc;
	r = need_remote(app, remote);
	if (r < 0)
		return r;
	if (is_remote(local))
		return app_usage(app, "'%s' is a remote path; a local file of "
		    "that name is './%s'", local, local);
	/* By the rule of put: below a target that ends in a slash. */
	base[0] = '\0';
	if (remote[strlen(remote) - 1] == '/')
		r = local_base(app, local, base, sizeof(base));
	if (r == 0)
		r = path_join(app, target, sizeof(target), remote, base);
	if (r == 0)
		r = app_open(app, NULL);
	if (r == 0)
		r = request_index(app);
	if (r < 0)
		return r;
	transfer_init(&t, app, "announce", 1);
	slot = transfer_slot(&t, local);
	if (slot == NULL)
		return transfer_finish(&t);
	r = fss_client_announce(app->client, local, target,
	    (opt_has(o, RECURSIVE) ? FSS_COPY_RECURSIVE : 0) |
	    (opt_has(o, CHECKSUM) ? FSS_COPY_CHECKSUM : 0) |
	    (opt_has(o, VERBOSE) ? FSS_COPY_ITEMS : 0), slot, &op);
	transfer_started(&t, slot, r, op);
	return transfer_finish(&t);
}

int
cmd_unannounce(struct app *app, int argc, char **argv)
{
	int i, r, err = 0, failed = 0;
	fss_op op = 0;

	for (i = 0; i < argc; i++) {
		r = need_remote(app, argv[i]);
		if (r < 0)
			return r;
	}
	r = app_open(app, NULL);
	if (r == 0)
		r = request_index(app);
	if (r < 0)
		return r;
	for (i = 0; i < argc && !interrupted(); i++) {
		r = fss_client_unannounce(app->client, argv[i], NULL, &op);
		r = app_run(app, r, op, NULL, NULL);
		if (r < 0) {
			(void)app_fail(app, r, "cannot unannounce '%s'",
			    argv[i]);
			failed++;
			err = r;
		} else if (opt_has(&app->opt, JSON)) {
			r = json_ok("path", argv[i]);
			if (r < 0)
				return r;
		} else {
			app_say(app, "%s is not announced any more", argv[i]);
		}
	}
	return app_several(app, argc, failed, err);
}
