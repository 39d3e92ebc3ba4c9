/*
 * fssd run: the hub in the foreground.
 *
 * One poll(2) on the server's descriptor and on a signalfd.  The signals are
 * blocked before the library starts its threads, which inherit that, so no
 * code is ever interrupted by one.  SIGTERM and SIGINT let requests under way
 * end, a second one stops at once (nothing acknowledged is lost by that);
 * SIGHUP rereads the configuration.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "fssd.h"

struct hub {
	const struct run_options *o;
	fss_server	*server;
	struct config	 cfg;
	int		 signals;
	int		 stops;		/* stop signals so far */
	struct memory	 memory;
};

static int
open_signals(void)
{
	sigset_t set;

	if (sigemptyset(&set) < 0 || sigaddset(&set, SIGINT) < 0 ||
	    sigaddset(&set, SIGTERM) < 0 || sigaddset(&set, SIGHUP) < 0 ||
	    sigprocmask(SIG_BLOCK, &set, NULL) < 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

/* The file, and the command line over it. */
static int
read_config(const struct run_options *o, struct config *cfg)
{
	int r;

	config_init(cfg);
	r = config_read(cfg, o->data);
	if (r == FSS_ENOENT) {
		/* A store without a file runs by the defaults. */
		cfg->problem[0] = '\0';
		r = 0;
	}
	if (r == 0 && o->listen != NULL)
		r = config_set(cfg, SET_LISTEN, o->listen);
	if (r == 0 && o->log_level != NULL)
		r = config_set(cfg, SET_LOG_LEVEL, o->log_level);
	return r;
}

static int
start(struct hub *h)
{
	int i, r;

	r = fss_server_set_text(h->server, FSS_SERVER_DATA, h->o->data);
	for (i = 0; i < SET_COUNT && r == 0; i++) {
		r = config_apply(&h->cfg, (enum setting)i, h->server);
		if (r < 0)
			return complain(r, fss_server_errmsg(h->server),
			    "cannot set %s", setting_name((enum setting)i));
	}
	/* log_line() drops what is above the level, which may change. */
	if (r == 0)
		r = fss_server_set_log(h->server, log_line, NULL,
		    FSS_LOG_DEBUG);
	if (r == 0)
		r = fss_server_open(h->server);
	if (r < 0)
		return complain(r, fss_server_errmsg(h->server),
		    "cannot start the hub in '%s'", h->o->data);
	return 0;
}

/* Tells whoever waits that the hub can be reached. */
static int
say_ready(const struct hub *h)
{
	const char *address = fss_server_address(h->server);
	char line[VALUE_BYTES + 128];
	int n;

	log_say(FSS_LOG_NOTICE, "hub is ready", "version=%s address=%s",
	    fss_version(), address);
	notify("READY=1");
	if (h->o->ready_fd < 0)
		return 0;
	n = snprintf(line, sizeof(line), "READY %s\n", address);
	if (n < 0 || (size_t)n >= sizeof(line) ||
	    write(h->o->ready_fd, line, (size_t)n) != n)
		return complain(FSS_EIO, strerror(errno),
		    "cannot write to descriptor %d", h->o->ready_fd);
	(void)close(h->o->ready_fd);
	return 0;
}

static bool
same(const struct config *a, const struct config *b, enum setting which)
{
	return a->set[which] == b->set[which] &&
	    strcmp(a->text[which], b->text[which]) == 0;
}

static void
reload(struct hub *h)
{
	struct config fresh;
	char quoted[VALUE_BYTES];
	int i, r;

	notify_reloading();
	r = read_config(h->o, &fresh);
	if (r < 0) {
		log_say(FSS_LOG_ERROR, "configuration is wrong, kept the old",
		    "problem=%s", log_value(fresh.problem, quoted,
		    sizeof(quoted)));
		notify("READY=1");
		return;
	}
	for (i = 0; i < SET_COUNT; i++) {
		enum setting which = (enum setting)i;

		if (same(&h->cfg, &fresh, which))
			continue;
		/* A setting taken out of the file has no value to go to. */
		if (!setting_live(which) ||
		    (!fresh.set[which] && which != SET_LOG_LEVEL)) {
			log_say(FSS_LOG_WARN, "setting needs a restart",
			    "setting=%s", setting_name(which));
			continue;
		}
		r = config_apply(&fresh, which, h->server);
		log_say(r < 0 ? FSS_LOG_ERROR : FSS_LOG_NOTICE,
		    r < 0 ? "setting was refused" : "setting changed",
		    "setting=%s value=%s", setting_name(which),
		    log_value(fresh.text[which], quoted, sizeof(quoted)));
		if (r < 0)
			continue;
		memcpy(h->cfg.text[which], fresh.text[which], VALUE_BYTES);
		h->cfg.num[which] = fresh.num[which];
		h->cfg.set[which] = fresh.set[which];
	}
	log_set_level((int)h->cfg.num[SET_LOG_LEVEL]);
	log_say(FSS_LOG_NOTICE, "configuration reread", "data=%s",
	    log_value(h->o->data, quoted, sizeof(quoted)));
	notify("READY=1");
}

static void
take_signals(struct hub *h)
{
	struct signalfd_siginfo info;

	while (read(h->signals, &info, sizeof(info)) == sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			reload(h);
			continue;
		}
		h->stops++;
		log_say(FSS_LOG_NOTICE, h->stops == 1 ?
		    "stopping when requests are done" : "stopping at once",
		    "signal=%u", info.ssi_signo);
		if (h->stops == 1)
			notify("STOPPING=1");
	}
}

static int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);	/* it is there */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static int
loop(struct hub *h)
{
	struct pollfd fds[2];
	int left, r;

	for (;;) {
		fds[0].fd = fss_server_fd(h->server);
		fds[0].events = POLLIN;
		fds[1].fd = h->signals;
		fds[1].events = POLLIN;
		fds[1].revents = 0;
		if (poll(fds, 2, fss_server_timeout_ms(h->server)) < 0 &&
		    errno != EINTR)
			return complain(FSS_EIO, strerror(errno),
			    "cannot wait");
		if (fds[1].revents != 0)
			take_signals(h);
		r = fss_server_process(h->server, 0);
		if (r < 0)
			return complain(r, fss_server_errmsg(h->server),
			    "the hub cannot go on");
		memory_look(&h->memory, h->server, now_ms());
		if (h->stops > 1)
			return 0;
		if (h->stops == 1) {
			left = fss_server_drain(h->server);
			if (left <= 0)
				return left;
		}
	}
}

int
cmd_run(const struct run_options *o)
{
	struct hub h;
	int r;

	memset(&h, 0, sizeof(h));
	h.o = o;
	r = read_config(o, &h.cfg);
	if (r < 0)
		return complain(r, "", "%s", h.cfg.problem);
	log_set_level((int)h.cfg.num[SET_LOG_LEVEL]);
	h.signals = open_signals();
	if (h.signals < 0)
		return complain(FSS_EIO, strerror(errno),
		    "cannot set up signals");
	r = fss_server_new(&h.server);
	if (r < 0)
		(void)complain(r, "", "cannot make a hub");
	else
		r = start(&h);
	if (r == 0)
		r = say_ready(&h);
	if (r == 0)
		r = loop(&h);
	fss_server_free(h.server);
	(void)close(h.signals);
	if (r == 0)
		log_say(FSS_LOG_NOTICE, "hub has stopped", "signals=%d",
		    h.stops);
	return r;
}
