/*
 * A hub in a thread of its own.
 */
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fss/server.h>

#include "hub_thread.h"

struct hub_thread {
	pthread_t	 thread;
	fss_server	*server;
	bool		 stop;		/* atomic */
	unsigned	 port;
	unsigned	 introduce;
	uint64_t	 cuts;		/* atomic */
	char		 address[128];
};

static void
must(int r, const char *what)
{
	if (r >= 0)
		return;
	(void)fprintf(stderr, "%s: %s\n", what, fss_strerror(r));
	abort();
}

static void *
loop(void *arg)
{
	struct hub_thread *h = arg;
	struct pollfd pfd;
	int r;

	pfd.fd = fss_server_fd(h->server);
	pfd.events = POLLIN;
	while (!__atomic_load_n(&h->stop, __ATOMIC_ACQUIRE)) {
		r = fss_server_process(h->server, 0);
		must(r, "fss_server_process");
		__atomic_store_n(&h->cuts, fss_server_stat(h->server,
		    FSS_STAT_CUT), __ATOMIC_RELEASE);
		if (r == 0)
			(void)poll(&pfd, 1, fss_server_timeout_ms(h->server));
	}
	return NULL;
}

/* A port of loopback that was free a moment ago. */
static unsigned
free_port(void)
{
	struct sockaddr_in sin;
	socklen_t size = sizeof(sin);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&sin, 0, sizeof(sin));
	sin.sin_family = AF_INET;
	sin.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&sin, sizeof(sin)) != 0 ||
	    getsockname(fd, (struct sockaddr *)&sin, &size) != 0)
		abort();
	(void)close(fd);
	return ntohs(sin.sin_port);
}

static struct hub_thread *
start(const char *data, unsigned port, const struct hub_thread_limits *limits)
{
	struct hub_thread *h = calloc(1, sizeof(*h));
	const char *colon;
	char listen[64], introduce[64] = "off";
	int r;

	if (h == NULL)
		abort();
	r = fss_server_init(data, NULL);
	if (r != FSS_EEXIST)
		must(r, "fss_server_init");
	must(fss_server_new(&h->server), "fss_server_new");
	(void)snprintf(listen, sizeof(listen), "tcp://127.0.0.1:%u", port);
	must(fss_server_set_text(h->server, FSS_SERVER_DATA, data), "data");
	must(fss_server_set_text(h->server, FSS_SERVER_LISTEN, listen),
	    "listen");
	if (limits != NULL) {
		h->introduce = free_port();
		(void)snprintf(introduce, sizeof(introduce),
		    "tcp://127.0.0.1:%u", h->introduce);
		if (limits->held != 0)
			must(fss_server_set_number(h->server,
			    FSS_SERVER_MAX_HELD, limits->held), "held");
		if (limits->many_each)
			must(fss_server_set_number(h->server,
			    FSS_SERVER_PER_ACCOUNT, 0), "per_account");
		if (limits->per_address != 0)
			must(fss_server_set_number(h->server,
			    FSS_SERVER_PER_ADDRESS, limits->per_address),
			    "per_address");
		if (limits->local != NULL)
			must(fss_server_set_text(h->server, FSS_SERVER_LOCAL,
			    limits->local), "local");
		if (limits->local_users != NULL)
			must(fss_server_set_text(h->server,
			    FSS_SERVER_LOCAL_USERS, limits->local_users),
			    "local_users");
	}
	must(fss_server_set_text(h->server, FSS_SERVER_INTRODUCE, introduce),
	    "introduce");
	must(fss_server_set_number(h->server, FSS_SERVER_REGISTRATION,
	    FSS_REGISTRATION_OPEN), "registration");
	must(fss_server_set_number(h->server, FSS_SERVER_PWHASH_OPS, 1),
	    "passes");
	must(fss_server_set_number(h->server, FSS_SERVER_PWHASH_MEM, 65536),
	    "memory");
	must(fss_server_open(h->server), fss_server_errmsg(h->server));
	(void)snprintf(h->address, sizeof(h->address), "%s",
	    fss_server_address(h->server));
	colon = strchr(h->address + strlen("fss://"), ':');
	h->port = colon != NULL ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
	if (pthread_create(&h->thread, NULL, loop, h) != 0)
		abort();
	return h;
}

struct hub_thread *
hub_thread_start(const char *data, unsigned port)
{
	return start(data, port, NULL);
}

struct hub_thread *
hub_thread_start_limited(const char *data,
    const struct hub_thread_limits *limits)
{
	return start(data, 0, limits);
}

unsigned
hub_thread_introduce_port(const struct hub_thread *h)
{
	return h->introduce;
}

uint64_t
hub_thread_cuts(const struct hub_thread *h)
{
	return __atomic_load_n(&h->cuts, __ATOMIC_ACQUIRE);
}

const char *
hub_thread_address(const struct hub_thread *h)
{
	return h->address;
}

unsigned
hub_thread_port(const struct hub_thread *h)
{
	return h->port;
}

void
hub_thread_stop(struct hub_thread *h)
{
	__atomic_store_n(&h->stop, true, __ATOMIC_RELEASE);
	must(fss_server_wakeup(h->server), "fss_server_wakeup");
	if (pthread_join(h->thread, NULL) != 0)
		abort();
	fss_server_free(h->server);
	free(h);
}
