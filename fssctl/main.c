/*
 * fssctl: the command line of a hub.
 *
 * Takes the options before the verb, finds the verb, takes its options, runs
 * it and turns its result into an exit status.  All else is in cmd_*.c.
 */
#include <locale.h>
#include <malloc.h>
#include <string.h>

#include "fssctl.h"
#include "json.h"
#include "output.h"

#define EXIT_INTERRUPTED	130

static void
tune_memory(void)
{
	/*
	 * Content comes and goes in messages of up to a MiB.  By default glibc
	 * maps and unmaps each of those, which costs a page fault per 4 KiB
	 * each time, and gives the top of the heap back after every burst.
	 * With both thresholds at 64 MiB the same memory is used over and
	 * over; what is in flight is bounded by credit, so it stays small.
	 * Where mallopt() refuses, all works as before, only slower.
	 */
	(void)mallopt(M_MMAP_THRESHOLD, 64 * 1024 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
}

static int
run_verb(struct app *app, int argc, char **argv)
{
	const struct verb *v = app->verb;
	char why[WHY_BYTES];
	int first, r;

	r = options_parse(&app->opt, OPT_GLOBAL | v->opts, v->more, true, argc, argv,
	    &first, why);
	if (r < 0)
		return app_usage(app, "%s", why);
	if (opt_has(&app->opt, HELP)) {
		help_verb(stdout, v);
		return 0;
	}
	argc -= first;
	argv += first;
	if (argc < v->min)
		return app_usage(app, "too few arguments");
	if (v->max >= 0 && argc > v->max)
		return app_usage(app, "too many arguments");
	return v->run(app, argc, argv);
}

static int
run(struct app *app, int argc, char **argv)
{
	char why[WHY_BYTES];
	int first, r;

	r = options_parse(&app->opt, OPT_GLOBAL | OPT_BIT(PROGRAM), 0, false,
	    argc, argv, &first, why);
	if (r < 0)
		return app_usage(app, "%s; 'fssctl help' lists them", why);
	if (opt_has(&app->opt, PROGRAM)) {
		printf("fssctl %s\n", fss_version());
		return 0;
	}
	if (opt_has(&app->opt, HELP)) {
		help_overview(stdout);
		return 0;
	}
	if (first == argc) {
		help_overview(stderr);
		return FSS_EINVAL;
	}
	app->verb = verb_find(argv[first]);
	if (app->verb == NULL)
		return app_usage(app, "there is no verb '%s'; 'fssctl help' "
		    "lists them", argv[first]);
	return run_verb(app, argc - first, argv + first);
}

int
main(int argc, char **argv)
{
	struct app app;
	int r, status;

	tune_memory();
	/* Times are shown as the person is used to; texts stay as they are. */
	(void)setlocale(LC_TIME, "");
	memset(&app, 0, sizeof(app));
	output_init(&app);
	r = signals_init();
	if (r < 0)
		r = app_fail(&app, r, "cannot set up signals");
	else
		r = run(&app, argc, argv);
	progress_clear(&app);
	app_close(&app);
	status = r >= 0 ? 0 : interrupted() ? EXIT_INTERRUPTED :
	    fss_err_exit(r);
	/* A full disk behind stdout must not pass for success. */
	if (fflush(stdout) != 0 && status == 0) {
		fputs("fssctl: cannot write to stdout\n", stderr);
		status = fss_err_exit(FSS_EIO);
	}
	return status;
}
