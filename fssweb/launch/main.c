/*
 * fssweb: the web front end of a hub.
 *
 * Reads the command line and calls one of the commands; errors become exit
 * statuses by the library's table, as with fssd and fssctl.
 */
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "launch.h"

enum {
	O_DATA = 256, O_HUB, O_LISTEN, O_NAME, O_CERTIFICATE, O_KEY, O_UI,
	O_READY_FD
};

static const struct option longs[] = {
	{ "data", required_argument, NULL, O_DATA },
	{ "hub", required_argument, NULL, O_HUB },
	{ "listen", required_argument, NULL, O_LISTEN },
	{ "name", required_argument, NULL, O_NAME },
	{ "certificate", required_argument, NULL, O_CERTIFICATE },
	{ "key", required_argument, NULL, O_KEY },
	{ "ui", required_argument, NULL, O_UI },
	{ "ready-fd", required_argument, NULL, O_READY_FD },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
    "usage: fssweb COMMAND --data DIR [options]\n\n"
    "  init           make a front end in DIR: key, certificate,\n"
    "                 configuration\n"
    "                   --hub fss://HOST:PORT#KEY  the hub it is for\n"
    "                   --listen HOST:PORT  --name 'HOST...'  --ui FOLDER\n"
    "                   --certificate FILE --key FILE  instead of one made\n"
    "  run            run it in the foreground\n"
    "                   --ready-fd N\n"
    "  check-config   read DIR/fssweb.conf and say what is wrong with it\n"
    "  help           show this\n\n"
    "fssweb(8) has more.\n";

int
complain(int err, const char *detail, const char *fmt, ...)
{
	va_list ap;

	fputs("fssweb: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": %s%s%s%s\n", fss_strerror(err),
	    detail[0] != '\0' ? " (" : "", detail,
	    detail[0] != '\0' ? ")" : "");
	return err;
}

static int
wrong(const char *what)
{
	fprintf(stderr, "fssweb: %s\n%s", what, usage);
	return FSS_EINVAL;
}

/* 1: shown and done. */
static int
parse_options(struct launch_options *o, int argc, char **argv)
{
	uint64_t n;
	int c;

	while ((c = getopt_long(argc, argv, "hV", longs, NULL)) != -1) {
		switch (c) {
		case O_DATA:
			o->data = optarg;
			break;
		case O_HUB:
			o->hub = optarg;
			break;
		case O_LISTEN:
			o->listen = optarg;
			break;
		case O_NAME:
			o->name = optarg;
			break;
		case O_CERTIFICATE:
			o->certificate = optarg;
			break;
		case O_KEY:
			o->key = optarg;
			break;
		case O_UI:
			o->ui = optarg;
			break;
		case O_READY_FD:
			if (!parse_u64(optarg, 1 << 20, &n))
				return wrong("--ready-fd wants a descriptor");
			o->ready_fd = (int)n;
			break;
		case 'h':
			fputs(usage, stdout);
			return 1;
		case 'V':
			printf("fssweb %s\n", fss_version());
			return 1;
		default:
			return wrong("wrong option");
		}
	}
	return 0;
}

static int
run(int argc, char **argv)
{
	static const struct {
		const char	*name;
		int		(*fn)(const struct launch_options *o);
	} commands[] = {
		{ "init", cmd_init }, { "run", cmd_run },
		{ "check-config", cmd_check_config }
	};
	struct launch_options o;
	size_t i;
	int r;

	memset(&o, 0, sizeof(o));
	o.ready_fd = -1;
	r = parse_options(&o, argc, argv);
	if (r != 0)
		return r < 0 ? r : 0;
	if (optind == argc)
		return wrong("no command");
	if (strcmp(argv[optind], "help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(argv[optind], commands[i].name) != 0)
			continue;
		if (optind + 1 != argc)
			return wrong("too many arguments");
		if (o.data == NULL)
			return wrong("--data is missing");
		return commands[i].fn(&o);
	}
	return wrong("there is no such command");
}

int
main(int argc, char **argv)
{
	return fss_err_exit(run(argc, argv));
}
