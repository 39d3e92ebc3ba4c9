/*
 * fssd: the hub as a daemon.
 *
 * Reads the command line and calls one of the commands; errors become exit
 * statuses by the library's table, as with fssctl.
 */
#include <getopt.h>
#include <malloc.h>
#include <stdarg.h>
#include <string.h>

#include "fssd.h"

enum {
	O_DATA = 256, O_LISTEN, O_REGISTRATION, O_NAME, O_JSON, O_READY_FD,
	O_LOG_LEVEL
};

static const struct option longs[] = {
	{ "data", required_argument, NULL, O_DATA },
	{ "listen", required_argument, NULL, O_LISTEN },
	{ "registration", required_argument, NULL, O_REGISTRATION },
	{ "name", required_argument, NULL, O_NAME },
	{ "json", no_argument, NULL, O_JSON },
	{ "ready-fd", required_argument, NULL, O_READY_FD },
	{ "log-level", required_argument, NULL, O_LOG_LEVEL },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 }
};

static const char usage[] =
    "usage: fssd COMMAND --data DIR [options]\n\n"
    "  init           make a hub in DIR: keys, store, configuration\n"
    "                   --listen tcp://HOST:PORT  --name TEXT  --json\n"
    "                   --registration open|invite|closed\n"
    "  run            run the hub in the foreground\n"
    "                   --listen tcp://HOST:PORT  --ready-fd N\n"
    "                   --log-level error|warn|notice|info|debug\n"
    "  check-config   read DIR/fssd.conf and say what is wrong with it\n"
    "  check          verify the whole store; the hub must not run  --json\n"
    "  backup TARGET  copy the store, running or not, to a new folder  "
    "--json\n"
    "  help           show this\n\n"
    "fssd(8) and fssd.conf(5) have more.\n";

int
complain(int err, const char *detail, const char *fmt, ...)
{
	va_list ap;

	fputs("fssd: ", stderr);
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
	fprintf(stderr, "fssd: %s\n%s", what, usage);
	return FSS_EINVAL;
}

static void
tune_memory(void)
{
	/*
	 * A hub takes and gives messages of up to a MiB.  By default glibc
	 * maps and unmaps each, a page fault per 4 KiB every time, and gives
	 * the top of the heap back after every burst.  With both thresholds
	 * at 64 MiB the same memory is used over and over; credit bounds how
	 * much that is.  Two arenas keep what many threads free from
	 * being spread over many heaps.  Where mallopt() refuses, all works
	 * as before, only slower.
	 */
	(void)mallopt(M_MMAP_THRESHOLD, 64 * 1024 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 64 * 1024 * 1024);
	(void)mallopt(M_ARENA_MAX, 2);
}

/* A descriptor number, or -1. */
static int
parse_fd(const char *s)
{
	int n = 0;

	if (*s == '\0')
		return -1;
	for (; *s != '\0'; s++) {
		if (*s < '0' || *s > '9' || n > 100000)
			return -1;
		n = n * 10 + (*s - '0');
	}
	return n;
}

/* The options of each command, but --data: a bit for each after O_DATA. */
#define OPT(o)	(1u << ((o) - O_DATA))

static const struct command {
	const char	*name;
	unsigned	 options;
} commands[] = {
	{ "init", OPT(O_LISTEN) | OPT(O_REGISTRATION) | OPT(O_NAME) |
	    OPT(O_JSON) },
	{ "run", OPT(O_LISTEN) | OPT(O_READY_FD) | OPT(O_LOG_LEVEL) },
	{ "check-config", 0 },
	{ "check", OPT(O_JSON) },
	{ "backup", OPT(O_JSON) },
	{ NULL, 0 }
};

struct line {
	struct run_options	run;
	struct init_options	init;
	unsigned		given;	/* as in struct command */
	bool			help;
	bool			version;
};

static int
parse_options(struct line *l, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, "hV", longs, NULL)) != -1) {
		if (c > O_DATA)
			l->given |= OPT(c);
		switch (c) {
		case O_DATA:
			l->run.data = l->init.data = optarg;
			break;
		case O_LISTEN:
			l->run.listen = l->init.listen = optarg;
			break;
		case O_REGISTRATION:
			l->init.registration = optarg;
			break;
		case O_NAME:
			l->init.name = optarg;
			break;
		case O_JSON:
			l->init.json = true;
			break;
		case O_READY_FD:
			l->run.ready_fd = parse_fd(optarg);
			if (l->run.ready_fd < 0)
				return wrong("--ready-fd wants a descriptor");
			break;
		case O_LOG_LEVEL:
			l->run.log_level = optarg;
			break;
		case 'h':
			l->help = true;
			break;
		case 'V':
			l->version = true;
			break;
		default:
			return wrong("wrong option");
		}
	}
	return 0;
}

static const struct command *
find_command(const char *name)
{
	const struct command *c;

	for (c = commands; c->name != NULL; c++)
		if (strcmp(c->name, name) == 0)
			return c;
	return NULL;
}

/* What is of another command would be passed over in silence. */
static int
check_options(const struct command *c, unsigned given)
{
	const struct option *o;
	char what[128];

	for (o = longs; o->name != NULL; o++) {
		if (o->val <= O_DATA || !(given & ~c->options & OPT(o->val)))
			continue;
		(void)snprintf(what, sizeof(what), "--%s is no option of %s%s",
		    o->name, c->name, strcmp(c->name, "run") == 0 ?
		    ": it is set in DIR/fssd.conf" : "");
		return wrong(what);
	}
	return 0;
}

static int
run(int argc, char **argv)
{
	const struct command *c;
	const char *command;
	struct line l;
	int r;

	memset(&l, 0, sizeof(l));
	l.run.ready_fd = -1;
	r = parse_options(&l, argc, argv);
	if (r < 0)
		return r;
	if (l.version) {
		printf("fssd %s\n", fss_version());
		return 0;
	}
	command = optind < argc ? argv[optind++] : "";
	if (l.help || strcmp(command, "help") == 0) {
		fputs(usage, stdout);
		return 0;
	}
	if (command[0] == '\0')
		return wrong("no command");
	c = find_command(command);
	if (c == NULL)
		return wrong("there is no such command");
	r = check_options(c, l.given);
	if (r < 0)
		return r;
	if (l.run.data == NULL)
		return wrong("--data DIR is missing");
	if (strcmp(command, "backup") == 0) {
		if (argc - optind != 1)
			return wrong("backup wants one TARGET");
		return cmd_backup(l.run.data, argv[optind], l.init.json);
	}
	if (optind != argc)
		return wrong("too many arguments");
	if (strcmp(command, "init") == 0)
		return cmd_init(&l.init);
	if (strcmp(command, "run") == 0)
		return cmd_run(&l.run);
	if (strcmp(command, "check-config") == 0)
		return cmd_check_config(l.run.data);
	return cmd_check(l.run.data, l.init.json);
}

int
main(int argc, char **argv)
{
	int r;

	tune_memory();
	r = run(argc, argv);
	if (fflush(stdout) != 0 && r >= 0)
		r = complain(FSS_EIO, "", "cannot write to stdout");
	return fss_err_exit(r < 0 ? r : 0);
}
