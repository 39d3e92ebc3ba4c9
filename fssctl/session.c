/*
 * The session of one command: profile, client handle, waiting and signals.
 *
 * All waiting is one poll(2) on the client's descriptor and on a pipe that
 * the signal handler writes to, so that an interrupt is never missed between
 * a check and a wait.  The first SIGINT or SIGTERM cancels what is under way
 * and lets it end in order; the second ends the program on the spot, which
 * loses nothing either: the next run resumes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "fssctl.h"
#include "output.h"

#define EXIT_INTERRUPTED	130

static volatile sig_atomic_t stop_wanted;
static int stop_pipe[2] = { -1, -1 };

static void
note_stop(int sig)
{
	int saved = errno;

	(void)sig;
	if (stop_wanted)
		_exit(EXIT_INTERRUPTED);
	stop_wanted = 1;
	/* A full pipe wakes the loop just as well. */
	if (write(stop_pipe[1], "", 1) < 0)
		errno = saved;
	errno = saved;
}

int
signals_init(void)
{
	struct sigaction sa;
	int i;

	if (pipe(stop_pipe) < 0)
		return FSS_EIO;
	for (i = 0; i < 2; i++)
		if (fcntl(stop_pipe[i], F_SETFL, O_NONBLOCK) < 0 ||
		    fcntl(stop_pipe[i], F_SETFD, FD_CLOEXEC) < 0)
			return FSS_EIO;
	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = note_stop;
	/* No SA_RESTART: a password prompt must end as well. */
	if (sigemptyset(&sa.sa_mask) < 0 || sigaction(SIGINT, &sa, NULL) < 0 ||
	    sigaction(SIGTERM, &sa, NULL) < 0)
		return FSS_EIO;
	return 0;
}

bool
interrupted(void)
{
	return stop_wanted != 0;
}

int
wait_readable(int fd)
{
	struct pollfd fds[2];

	/* A signal between a check and a read would be waited out. */
	for (;;) {
		fds[0].fd = fd;
		fds[0].events = POLLIN;
		fds[1].fd = stop_pipe[0];
		fds[1].events = POLLIN;
		fds[0].revents = fds[1].revents = 0;
		if (poll(fds, 2, -1) < 0) {
			if (errno != EINTR)
				return FSS_EIO;
			continue;
		}
		if (interrupted())
			return FSS_ECANCELED;
		if (fds[0].revents != 0)
			return 0;
	}
}

static int64_t
clock_us(clockid_t id)
{
	struct timespec ts;

	if (clock_gettime(id, &ts) < 0)
		return 0;
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

int64_t
mono_us(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

int64_t
wall_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

/* Shows what the library does, with --debug. */
static void
debug_line(void *ctx, int level, const char *module, const char *msg,
    const char *fields)
{
	static const char *const names[] = {
		"error", "warn", "notice", "info", "debug"
	};

	(void)ctx;
	if (level < 0 || level > FSS_LOG_DEBUG)
		level = FSS_LOG_DEBUG;
	/* One line at a time: the hook may run on several threads. */
	flockfile(stderr);
	fprintf(stderr, "fssctl: %s: %s: ", names[level], module);
	put_text(stderr, msg);
	if (fields[0] != '\0')
		fputc(' ', stderr);
	put_text(stderr, fields);
	fputc('\n', stderr);
	funlockfile(stderr);
}

static int
find_home(struct app *app)
{
	const char *text = opt_text(&app->opt, HOME), *base;
	int n;

	if (text == NULL)
		text = getenv("FSS_HOME");
	if (text != NULL && text[0] != '\0') {
		n = snprintf(app->home, sizeof(app->home), "%s", text);
	} else if ((base = getenv("XDG_CONFIG_HOME")) != NULL &&
	    base[0] == '/') {
		n = snprintf(app->home, sizeof(app->home), "%s/fss", base);
	} else if ((base = getenv("HOME")) != NULL && base[0] != '\0') {
		n = snprintf(app->home, sizeof(app->home), "%s/.config/fss",
		    base);
	} else {
		return app_usage(app, "no profile folder: set HOME or FSS_HOME,"
		    " or use --home DIR");
	}
	if (n < 0 || (size_t)n >= sizeof(app->home))
		return app_usage(app, "the name of the profile folder is too "
		    "long");
	return 0;
}

int
app_profile(struct app *app)
{
	int r;

	if (app->profile != NULL)
		return 0;
	r = find_home(app);
	if (r < 0)
		return r;
	r = fss_profile_open(app->home, &app->profile);
	if (r < 0) {
		app_set_detail(app, fss_profile_errmsg(app->profile));
		fss_profile_free(app->profile);
		app->profile = NULL;
		return app_fail(app, r, "cannot open the profile '%s'",
		    app->home);
	}
	return 0;
}

static int
client_new(struct app *app)
{
	int r, level;

	r = fss_client_new(&app->client);
	if (r < 0)
		return r;
	level = opt_has(&app->opt, DEBUG) ? FSS_LOG_DEBUG : FSS_LOG_ERROR;
	if (opt_has(&app->opt, DEBUG)) {
		r = fss_client_set_log(app->client, debug_line, NULL, level);
		if (r < 0)
			return r;
	}
	if (opt_has(&app->opt, TIMEOUT)) {
		r = fss_client_set_timeout_ms(app->client,
		    (int)(opt_num(&app->opt, TIMEOUT, 0) * 1000));
		if (r < 0)
			return r;
	}
	if (opt_has(&app->opt, CONNECTIONS)) {
		int64_t n = opt_num(&app->opt, CONNECTIONS, 0);

		r = fss_client_set_connections(app->client,
		    n > 1000 ? 1000 : (unsigned)n);
	}
	return r;
}

int
app_open(struct app *app, const char *account)
{
	int r;

	r = app_profile(app);
	if (r < 0)
		return r;
	if (fss_profile_hub(app->profile)[0] == '\0')
		return app_fail(app, FSS_ENOTCONN, "no hub is known yet");
	r = client_new(app);
	if (r < 0) {
		if (app->client != NULL)
			app_set_detail(app, fss_client_errmsg(app->client));
		return app_fail(app, r, "cannot start");
	}
	r = fss_profile_apply(app->profile, account, app->client);
	if (r < 0) {
		app_set_detail(app, fss_profile_errmsg(app->profile));
		if (r == FSS_ENAME && account != NULL)
			return app_fail(app, r, "cannot be '%s'", account);
		return app_fail(app, r, "cannot use the profile '%s'",
		    app->home);
	}
	r = fss_client_open(app->client);
	if (r < 0) {
		app_set_detail(app, fss_client_errmsg(app->client));
		return app_fail(app, r, "cannot connect to '%s'",
		    fss_profile_hub(app->profile));
	}
	return 0;
}

void
app_close(struct app *app)
{
	fss_client_free(app->client);
	app->client = NULL;
	fss_profile_free(app->profile);
	app->profile = NULL;
}

void
app_set_detail(struct app *app, const char *text)
{
	(void)snprintf(app->detail, sizeof(app->detail), "%s",
	    text != NULL ? text : "");
}

/* Waits for the descriptor or a signal, then lets the library work. */
static int
step(struct app *app)
{
	struct pollfd fds[2];
	char drop[16];
	int events, fd;

	fd = fss_client_fd(app->client);
	if (fd < 0)
		return fd;
	events = fss_client_events(app->client);
	if (events < 0)
		return events;
	fds[0].fd = fd;
	fds[0].events = (short)((events & FSS_POLL_IN ? POLLIN : 0) |
	    (events & FSS_POLL_OUT ? POLLOUT : 0));
	fds[0].revents = 0;
	fds[1].fd = stop_pipe[0];
	fds[1].events = POLLIN;
	fds[1].revents = 0;
	if (poll(fds, 2, fss_client_timeout_ms(app->client)) < 0 &&
	    errno != EINTR)
		return FSS_EIO;
	if (fds[1].revents != 0 &&
	    read(stop_pipe[0], drop, sizeof(drop)) < 0 && errno != EAGAIN)
		return FSS_EIO;
	return fss_client_process(app->client, 0);
}

int
app_wait(struct app *app, fss_op op, const fss_event **ret_ev)
{
	int r;

	for (;;) {
		if (interrupted() && app->canceled != op) {
			app->canceled = op;
			/* Fails only if DONE is there already. */
			(void)fss_op_cancel(app->client, op);
		}
		r = fss_client_wait_op(app->client, op, 0, ret_ev);
		if (r == 1)
			return 0;
		if (r < 0 && r != FSS_ETIMEDOUT)
			return r;
		r = step(app);
		if (r < 0)
			return r;
	}
}

int
app_next(struct app *app, const fss_event **ret_ev)
{
	int r;

	for (;;) {
		if (interrupted() && !app->told) {
			app->told = true;
			return FSS_ECANCELED;
		}
		r = fss_client_next(app->client, ret_ev);
		if (r < 0)
			return r;
		if (r == 1)
			return 0;
		r = step(app);
		if (r < 0)
			return r;
	}
}

int
app_wait_any(struct app *app, const fss_event **ret_ev)
{
	int r;

	do {
		r = app_next(app, ret_ev);
	} while (r == 0 && fss_event_op(*ret_ev) == 0);
	return r;
}

int
app_run(struct app *app, int started, fss_op op, row_fn fn, void *arg)
{
	const fss_event *ev;
	int r, stop = 0;
	size_t i, n;

	app->detail[0] = '\0';
	if (started < 0) {
		app_set_detail(app, fss_client_errmsg(app->client));
		return started;
	}
	for (;;) {
		r = app_wait(app, op, &ev);
		if (r < 0) {
			app_set_detail(app, fss_client_errmsg(app->client));
			return r;
		}
		n = fn != NULL && stop == 0 ? fss_event_rows(ev) : 0;
		for (i = 0; i < n && stop == 0; i++)
			stop = fn(app, fss_event_row(ev, i), arg);
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			if (stop != 0)
				return stop;
			if (app->on_done != NULL)
				app->on_done(app, ev);
			app_set_detail(app, fss_event_detail(ev));
			return fss_event_error(ev);
		}
		if (stop != 0)
			(void)fss_op_cancel(app->client, op);
	}
}
