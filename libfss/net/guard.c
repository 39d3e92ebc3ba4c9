#define _GNU_SOURCE		/* struct sockaddr_in6's macros, struct ucred */
/*
 * The guard of the hub's sockets.
 *
 * ZeroMQ's monitor tells the descriptor of each connection that comes or
 * goes, each message the one it came over.  A sweep asks the kernel how many
 * bytes a connection has received since the last one (TCP_INFO); what was not
 * delivered is held somewhere in ZeroMQ: in parts of a message that is not
 * whole, or in whole ones that wait.  Bytes the kernel still has do not
 * count.
 *
 * A message counts for what it took on the line, no more: whoever sends small
 * ones faster than they are taken would hide by as much what waits, and no
 * queue has a bound in messages.  Handshake and heartbeats arrive without being
 * delivered; some bytes for each sweep cover them.  The account never falls
 * below zero, so that cannot be saved up.
 *
 * A descriptor is ZeroMQ's and may be closed, and its number used again, at
 * any moment.  An account under a wrong number is put right by the event that
 * follows; before a connection is cut it is made sure that it is one of this
 * hub's.  What can happen is that a connection which took the number of a
 * guilty one within the same instant is cut in its place; clients come again.
 *
 * Left to others: what messages mean, and limits on whole ones.  The sweep is in
 * guard_sweep.c.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <zmq.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "net/guard_internal.h"
#include "net/local.h"
#include "net/zmsg.h"
#include "wire/limits.h"

#define RESERVE		256		/* descriptors for everything else */
#define FIRST_CONNS	64
#define LOG_US		INT64_C(10000000)
#define EVENTS		(ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED)

int
fss__guard_new(const struct fss__guard_config *cfg, struct fss__guard **ret_g)
{
	struct fss__guard *g;
	struct rlimit lim;

	*ret_g = NULL;
	g = fss__zalloc(sizeof(*g));
	if (g == NULL)
		return FSS_ENOMEM;
	g->cfg = *cfg;
	fss__random(g->key, sizeof(g->key));
	if (g->cfg.connections == 0) {
		g->cfg.connections = UINT32_MAX;
		if (getrlimit(RLIMIT_NOFILE, &lim) == 0 &&
		    lim.rlim_cur != RLIM_INFINITY)
			g->cfg.connections = lim.rlim_cur > 2 * RESERVE ?
			    (uint32_t)fss__min_u64(lim.rlim_cur - RESERVE,
			    UINT32_MAX) : RESERVE;
	}
	*ret_g = g;
	return 0;
}

void
fss__guard_free(struct fss__guard *g)
{
	size_t i;

	if (g == NULL)
		return;
	for (i = 0; i < g->nsources; i++) {
		(void)zmq_socket_monitor(g->source[i].sock, NULL, 0);
		(void)zmq_close(g->source[i].monitor);
	}
	fss__free(g->conn);
	fss__free(g->ended);
	fss__free(g);
}

int
fss__guard_watch(struct fss__guard *g, void *ctx, void *sock, unsigned port,
    uint64_t each, int most_ms)
{
	struct fss__guard_source *src = &g->source[g->nsources];
	char name[48];
	int none = 0, r;

	if (g->nsources == FSS__GUARD_SOCKETS)
		return FSS_EINVAL;
	r = fss__fmt(name, sizeof(name), "inproc://guard-%zu", g->nsources);
	if (r != 0 || zmq_socket_monitor(sock, name, EVENTS) != 0)
		return FSS_EIO;
	src->monitor = zmq_socket(ctx, ZMQ_PAIR);
	/*
	 * Without a bound on this queue: ZeroMQ's threads would wait on a
	 * full one.  It holds an event per connection until the next work().
	 */
	if (src->monitor == NULL ||
	    zmq_setsockopt(src->monitor, ZMQ_RCVHWM, &none,
	    sizeof(none)) != 0 ||
	    zmq_setsockopt(src->monitor, ZMQ_LINGER, &none,
	    sizeof(none)) != 0 ||
	    zmq_connect(src->monitor, name) != 0) {
		(void)zmq_socket_monitor(sock, NULL, 0);
		if (src->monitor != NULL)
			(void)zmq_close(src->monitor);
		src->monitor = NULL;
		return FSS_EIO;
	}
	src->sock = sock;
	src->port = port;
	src->each = each;
	src->most_us = most_ms * INT64_C(1000);
	g->nsources++;
	return 0;
}

size_t
fss__guard_fds(const struct fss__guard *g, int fds[FSS__GUARD_SOCKETS])
{
	size_t i, n = 0, size;

	for (i = 0; i < g->nsources; i++) {
		size = sizeof(fds[n]);
		if (zmq_getsockopt(g->source[i].monitor, ZMQ_FD, &fds[n],
		    &size) == 0)
			n++;
	}
	return n;
}

int
fss__guard_ready(const struct fss__guard *g)
{
	size_t i, size;
	int events;

	for (i = 0; i < g->nsources; i++) {
		events = 0;
		size = sizeof(events);
		if (zmq_getsockopt(g->source[i].monitor, ZMQ_EVENTS, &events,
		    &size) == 0 && (events & ZMQ_POLLIN))
			return 1;
	}
	return 0;
}

static struct fss__guard_conn *
conn_of(struct fss__guard *g, int fd)
{
	if (fd < 0 || (size_t)fd >= g->nconns || !g->conn[fd].live)
		return NULL;
	return &g->conn[fd];
}

/* Where there is no memory for it, the session ends when its lease does. */
static void
keep_ended(struct fss__guard *g, const struct fss__line *line)
{
	size_t room = g->ended_room == 0 ? FIRST_CONNS : 2 * g->ended_room;
	struct fss__line *ended;

	if (g->nended == g->ended_room) {
		ended = fss__realloc(g->ended, room * sizeof(*ended));
		if (ended == NULL)
			return;
		g->ended = ended;
		g->ended_room = room;
	}
	g->ended[g->nended++] = *line;
}

int
fss__guard_ended(struct fss__guard *g, struct fss__line *ret_line)
{
	if (g->nended == 0)
		return 0;
	*ret_line = g->ended[--g->nended];
	return 1;
}

void
fss__guard_forget(struct fss__guard *g, int fd)
{
	struct fss__guard_conn *c = conn_of(g, fd);

	if (c == NULL)
		return;
	if (c->trusted && !c->shared)
		keep_ended(g, &c->line);
	g->bucket[c->bucket]--;
	g->live--;
	g->strangers -= c->stranger;
	memset(c, 0, sizeof(*c));
}

/* Makes room for descriptor @fd. */
static int
grow(struct fss__guard *g, int fd)
{
	size_t n = g->nconns == 0 ? FIRST_CONNS : g->nconns;
	struct fss__guard_conn *conn;

	while (n <= (size_t)fd)
		n *= 2;		/* a descriptor is far below SIZE_MAX */
	if (n == g->nconns)
		return 0;
	conn = fss__realloc(g->conn, n * sizeof(*conn));
	if (conn == NULL)
		return FSS_ENOMEM;
	memset(conn + g->nconns, 0, (n - g->nconns) * sizeof(*conn));
	g->conn = conn;
	g->nconns = n;
	return 0;
}

union address {
	struct sockaddr		sa;
	struct sockaddr_in	in;
	struct sockaddr_in6	in6;
	struct sockaddr_un	un;
	struct sockaddr_storage	room;
};

/*
 * The counter of a peer's address: all of IPv4, the network's half of IPv6,
 * of which the other is free to choose for whoever has it; of a local peer
 * its user.
 */
static uint32_t
bucket_of(const struct fss__guard *g, int fd, struct fss__guard_conn *c)
{
	struct ucred who;
	union address a;
	socklen_t size = sizeof(a);
	const uint8_t *p = NULL;
	size_t n = 0;

	memset(&a, 0, sizeof(a));
	memset(&who, 0, sizeof(who));
	if (getpeername(fd, &a.sa, &size) != 0) {
		;		/* gone already: counted under no address */
	} else if (a.sa.sa_family == AF_UNIX) {
		c->local = true;
		c->stranger = true;
		size = sizeof(who);
		if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who,
		    &size) == 0) {
			c->stranger = !fss__local_listed(g->cfg.local_user,
			    g->cfg.local_users, who.uid);
			p = (const uint8_t *)&who.uid;
			n = sizeof(who.uid);
		}
	} else if (a.sa.sa_family == AF_INET) {
		p = (const uint8_t *)&a.in.sin_addr;
		n = 4;
	} else if (a.sa.sa_family == AF_INET6) {
		p = a.in6.sin6_addr.s6_addr;
		n = 8;
		if (IN6_IS_ADDR_V4MAPPED(&a.in6.sin6_addr)) {
			p += 12;
			n = 4;
		}
	}
	return (uint32_t)(fss__keyed_hash(g->key, p, n) &
	    (FSS__GUARD_BUCKETS - 1));
}

bool
fss__guard_ours(const struct fss__guard *g, int fd, unsigned port)
{
	union address a;
	socklen_t size = sizeof(a);

	memset(&a, 0, sizeof(a));
	if (getsockname(fd, &a.sa, &size) != 0)
		return false;
	if (a.sa.sa_family == AF_UNIX)
		return g->cfg.local != NULL &&
		    strncmp(a.un.sun_path, g->cfg.local,
		    sizeof(a.un.sun_path)) == 0;
	return (a.sa.sa_family == AF_INET &&
	    ntohs(a.in.sin_port) == port) ||
	    (a.sa.sa_family == AF_INET6 && ntohs(a.in6.sin6_port) == port);
}

void
fss__guard_end(struct fss__guard *g, int fd, unsigned port, const char *why,
    int64_t mono_us)
{
	static const struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	/*
	 * ZeroMQ sees the end and closes it; a reset then spares the kernel
	 * to wait for what the peer has not sent yet.
	 */
	if (!fss__guard_ours(g, fd, port) ||
	    setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)) != 0 ||
	    shutdown(fd, SHUT_RDWR) != 0)
		return;		/* gone by itself */
	g->cuts++;
	if (mono_us < g->log_us) {
		g->silent++;
		return;
	}
	/* Whoever attacks must not fill the disk with lines about it. */
	fss__log(g->cfg.log, FSS_LOG_WARN, "net", "connection cut",
	    "reason=%s before=%llu", why, (unsigned long long)g->silent);
	g->log_us = mono_us + LOG_US;
	g->silent = 0;
}

void
fss__guard_cut(struct fss__guard *g, int fd, const char *why, int64_t mono_us)
{
	struct fss__guard_conn *c = conn_of(g, fd);

	if (c == NULL || c->cut)
		return;
	c->cut = true;
	fss__guard_end(g, fd, g->source[c->source].port, why, mono_us);
}

/*
 * What the line does not take yet waits here rather than in the kernel, whose
 * memory for TCP slows every connection when it runs out.  What is on the line
 * is not bounded by it, so a long one is filled as before.
 */
static void
keep_little(int fd)
{
	static const int little = FSS__GUARD_NOT_SENT;

	/* Where it fails there is more in the kernel, and nothing amiss. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &little,
	    sizeof(little));
}

static void
accepted(struct fss__guard *g, size_t source, int fd, int64_t mono_us)
{
	unsigned port = g->source[source].port;
	struct fss__guard_conn *c;

	fss__guard_forget(g, fd);		/* whose end was not told */
	if (fd < 0)
		return;
	if (grow(g, fd) != 0) {
		fss__guard_end(g, fd, port, "memory", mono_us);
		return;
	}
	c = &g->conn[fd];
	c->live = true;
	c->source = (uint8_t)source;
	c->since_us = mono_us;
	c->bucket = bucket_of(g, fd, c);
	if (!c->local)
		keep_little(fd);
	g->live++;
	g->strangers += c->stranger;
	g->bucket[c->bucket]++;
	if (g->live > g->cfg.connections) {
		c->cut = true;
		fss__guard_end(g, fd, port, "connections", mono_us);
	} else if (c->stranger && g->strangers > FSS__MAX_STRANGERS) {
		c->cut = true;
		fss__guard_end(g, fd, port, "connections-of-strangers",
		    mono_us);
	} else if (g->cfg.per_address != 0 &&
	    g->bucket[c->bucket] > g->cfg.per_address) {
		c->cut = true;
		fss__guard_end(g, fd, port, "connections-of-address", mono_us);
	}
}

/* 1: an event was taken. Its first part has event (16 bits) and value (32). */
static int
take_event(struct fss__guard *g, size_t source, int64_t mono_us)
{
	void *sock = g->source[source].monitor;
	zmq_msg_t m;
	uint16_t event = 0;
	int32_t value = -1;
	int more = 1, first = 1;

	while (more) {
		(void)zmq_msg_init(&m);		/* never fails */
		if (zmq_msg_recv(&m, sock, ZMQ_DONTWAIT) < 0) {
			(void)zmq_msg_close(&m);
			return errno == EINTR && first;
		}
		if (first && zmq_msg_size(&m) >=
		    sizeof(event) + sizeof(value)) {
			memcpy(&event, zmq_msg_data(&m), sizeof(event));
			memcpy(&value, (uint8_t *)zmq_msg_data(&m) +
			    sizeof(event), sizeof(value));
		}
		more = zmq_msg_more(&m);
		first = 0;
		(void)zmq_msg_close(&m);	/* cannot fail */
	}
	if (event == ZMQ_EVENT_ACCEPTED)
		accepted(g, source, value, mono_us);
	else if (event == ZMQ_EVENT_DISCONNECTED)
		fss__guard_forget(g, value);
	return 1;
}

void
fss__guard_note(struct fss__guard *g, int64_t mono_us)
{
	size_t i;

	g->now_us = mono_us;
	for (i = 0; i < g->nsources; i++)
		while (take_event(g, i, mono_us))
			;
}

uint64_t
fss__guard_delivered(struct fss__guard *g, int fd, size_t bytes)
{
	struct fss__guard_conn *c = conn_of(g, fd);

	if (c == NULL) {	/* its message was faster than its event */
		fss__guard_note(g, g->now_us);
		c = conn_of(g, fd);
	}
	if (c == NULL)
		return 0;
	c->delivered += bytes;
	return c->bytes += bytes;
}

void
fss__guard_trust(struct fss__guard *g, int fd, const struct fss__line *line)
{
	struct fss__guard_conn *c = conn_of(g, fd);

	if (c != NULL && c->trusted && c->line.serial == line->serial &&
	    c->line.route == line->route)
		return;
	/*
	 * The end of another connection under this number may not have been
	 * taken note of: it is told before a message over this one is.
	 */
	fss__guard_note(g, g->now_us);
	c = conn_of(g, fd);
	if (c == NULL)
		return;
	c->shared = c->trusted;
	c->trusted = true;
	c->line = *line;
}

int64_t
fss__guard_deadline(const struct fss__guard *g)
{
	return g->sweep_us;
}

uint64_t
fss__guard_cuts(const struct fss__guard *g)
{
	return g->cuts;
}
