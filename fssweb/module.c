/*
 * What Kore calls: before workers are made, in each, at their end.
 *
 * The parent reads the configuration and makes nothing that a fork would
 * copy; a worker makes its own TLS context, its own client of the hub, and
 * takes the listeners over.  One timer looks at deadlines, because an idle
 * loop of Kore's looks at nothing.
 */
#include "kore_host.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "host.h"

void fssweb_connect(struct connection *c);
void kore_parent_configure(int argc, char **argv);
void kore_worker_configure(void);
void kore_worker_teardown(void);

#define SLACK	(8u << 20)	/* bytes the allocator may keep unused */

struct settings web_settings;

static int ready_fd = -1;	/* who started us waits for a line */
static int notify_fd = -1;	/* the service manager */
static pid_t parent;
static bool told;

uint64_t
settings_number(enum setting which)
{
	return web_settings.num[which];
}

const char *
settings_text(enum setting which)
{
	return web_settings.text[which];
}

bool
settings_is_proxy(const uint8_t addr[16])
{
	unsigned i;

	for (i = 0; i < web_settings.proxy_count; i++)
		if (net_holds(&web_settings.proxies[i], addr))
			return true;
	return false;
}

void
web_settle(void)
{
	conn_settle();
	requests_settle();
	hub_arm();
}

/* ---- the parent ------------------------------------------------------- */

static void
on_hangup(int sig)
{
	(void)sig;
	/* Kore's own way is to load the module anew, under running threads;
	 * reread certificates instead, which it does at SIGUSR1. */
	sig_recv = SIGUSR1;
}

static void
handle_hangup(void (*fn)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = fn;
	(void)sigemptyset(&sa.sa_mask);
	if (sigaction(SIGHUP, &sa, NULL) < 0)
		fatal("fssweb: sigaction: %s", errno_s);
}

/*
 * In each process Kore makes: it does not outlive the parent.  SIGKILL, for
 * Kore forgets what comes while a worker starts; nothing is lost with one.
 */
static void
after_fork(void)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
		_exit(1);
}

/* The socket of the service manager, before the sandbox. */
static int
open_notify(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un un;
	int fd;

	if (path == NULL || (path[0] != '/' && path[0] != '@') ||
	    strlen(path) >= sizeof(un.sun_path))
		return -1;
	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	memcpy(un.sun_path, path, strlen(path));
	if (path[0] == '@')
		un.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&un, (socklen_t)
	    (offsetof(struct sockaddr_un, sun_path) + strlen(path))) < 0) {
		(void)close(fd);
		fd = -1;
	}
	return fd;
}

WEB_EXPORT void
kore_parent_configure(int argc, char **argv)
{
	const char *fd = getenv("FSSWEB_READY_FD");
	uint64_t n;

	(void)argc;
	(void)argv;
	/* Lines, not blocks, whatever stdout is. */
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (strcmp(kore_version, WEB_KORE_VERSION) != 0)
		fatal("fssweb: made for kore %s, this is %s",
		    WEB_KORE_VERSION, kore_version);
	settings_init(&web_settings);
	if (settings_read(&web_settings, kore_root_path) < 0)
		fatal("fssweb: %s", web_settings.problem);
	log_set_level((int)settings_number(SET_LOG_LEVEL));
	if (fd != NULL && parse_u64(fd, 1 << 20, &n))
		ready_fd = (int)n;
	notify_fd = open_notify();
	parent = getpid();
	if (pthread_atfork(NULL, NULL, after_fork) != 0)
		fatal("fssweb: out of memory");
	handle_hangup(on_hangup);
}

/* ---- a worker --------------------------------------------------------- */

static void
tell_ready(void)
{
	char line[SETTING_BYTES + 64];
	int n;

	if (told)
		return;
	told = true;
	web_log(FSS_LOG_NOTICE, "worker is ready", "worker=%d listen=%s",
	    worker->id, settings_text(SET_LISTEN));
	n = snprintf(line, sizeof(line), "READY %s\n",
	    settings_text(SET_LISTEN));
	if (ready_fd >= 0 && n > 0)
		(void)!write(ready_fd, line, (size_t)n);
	if (notify_fd >= 0)
		(void)!write(notify_fd, "READY=1", 7);
}

static void
load_certificate(void)
{
	if (tls_load(settings_text(SET_CERTIFICATE), settings_text(SET_KEY)) <
	    0) {
		if (!tls_ready())
			fatal("fssweb: no TLS without a certificate");
		return;
	}
	web_log(FSS_LOG_INFO, "certificate loaded", "worker=%d", worker->id);
	tell_ready();
}

/* Kore's key process has (re)read the files: so do we. */
static void
on_certificate(struct kore_msg *msg, const void *data)
{
	(void)msg;
	(void)data;
	load_certificate();
}

/*
 * What a crowd or fast transfers left behind goes back to the system, also
 * from between what is still used.  The allocator goes on calling it unused
 * then: only what came on top since is looked at.
 */
static void
give_back(void)
{
	static size_t given;
	size_t unused = mallinfo2().fordblks;

	if (unused < given)
		given = unused;
	if (unused - given <= SLACK)
		return;
	(void)malloc_trim(0);
	given = mallinfo2().fordblks;
}

static void
on_tick(void *arg, u_int64_t ignored)
{
	int64_t now = now_ms();

	(void)arg;
	(void)ignored;
	give_back();
	conn_tick(now);
	sockets_tick(now);
	persons_tick(now);
	live_tick();
	web_settle();
}

/* Only so that Kore queues nothing of its own on plain connections. */
WEB_EXPORT void
fssweb_connect(struct connection *c)
{
	(void)c;
}

static void
check(int r, const char *what)
{
	if (r < 0)
		fatal("fssweb: cannot %s: %s", what, fss_strerror(r));
}

WEB_EXPORT void
kore_worker_configure(void)
{
	/*
	 * One arena: the loop is one thread, ZeroMQ's allocate little.
	 * Messages of up to 1 MiB come from it and not from the kernel each:
	 * its empty pages cost a tenth of a transfer.
	 */
	(void)mallopt(M_ARENA_MAX, 1);
	(void)mallopt(M_MMAP_THRESHOLD, 3 * 512 * 1024);
	(void)mallopt(M_TRIM_THRESHOLD, 4 * 1024 * 1024);
	handle_hangup(SIG_IGN);
	check(conn_init(), "take the listeners");
	check(hub_open(), "begin with the hub");
	/* Without a page the API works all the same. */
	(void)files_open();
	(void)kore_timer_add(on_tick, WEB_MAX_TICK_MS, NULL, 0);
	if (settings_number(SET_TLS) == 0) {
		tell_ready();
		return;
	}
	kore_msg_unregister(KORE_MSG_CERTIFICATE);
	if (!kore_msg_register(KORE_MSG_CERTIFICATE, on_certificate))
		fatal("fssweb: cannot wait for certificates");
	load_certificate();
}

WEB_EXPORT void
kore_worker_teardown(void)
{
	persons_close();
	hub_close();
}
