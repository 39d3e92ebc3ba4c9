#define _DEFAULT_SOURCE		/* struct sockaddr_in6's macros */
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
 * Encryption, framing and heartbeats arrive without being delivered; parts
 * and messages stand for some bytes more, which covers them.  The account
 * never falls below zero, so that cannot be saved up.  A connection that only
 * ever beats its heart is cut in the end, after weeks; its client makes
 * another.
 *
 * A descriptor is ZeroMQ's and may be closed, and its number used again, at
 * any moment.  An account under a wrong number is put right by the event that
 * follows; before a connection is cut it is made sure that it is one of this
 * hub's.  What can happen is that a connection which took the number of a
 * guilty one within the same instant is cut in its place; clients come again.
 *
 * Left to others: what messages mean, and limits on whole ones.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <zmq.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/num.h"
#include "base/str.h"
#include "crypto/keys.h"
#include "net/guard.h"
#include "net/zmsg.h"
#include "proto/hub.h"

#define SLACK		256		/* bytes for a message, see above */
#define PART		48		/* and for each of its parts */
#define BUSY_US		INT64_C(100000)	/* between sweeps when it matters */
#define IDLE_US		INT64_C(1000000)
#define RESERVE		256		/* descriptors for everything else */
#define FIRST_CONNS	64
#define BUCKETS		16384		/* a power of two */
#define LOG_US		INT64_C(10000000)
#define EVENTS		(ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED)

struct source {
	void		*monitor;
	void		*sock;
	unsigned	 port;
	uint64_t	 each;
};

/* A connection, at the index of its descriptor. */
struct conn {
	bool		 live;
	bool		 cut;		/* its end will be told */
	bool		 trusted;
	bool		 shared;	/* by more than one session */
	uint8_t		 source;
	uint32_t	 bucket;
	uint64_t	 received;	/* as of the last sweep */
	uint64_t	 delivered;	/* since the last sweep */
	uint64_t	 held;
	struct fss__line line;		/* if trusted */
};

struct fss__guard {
	struct fss__guard_config cfg;
	struct source	 source[FSS__GUARD_SOCKETS];
	size_t		 nsources;
	struct conn	*conn;
	size_t		 nconns;	/* allocated */
	uint32_t	 live;
	uint64_t	 held;		/* by all, as of the last sweep */
	int64_t		 now_us;
	int64_t		 sweep_us;
	uint64_t	 cuts;
	struct fss__line *ended;	/* not yet told */
	size_t		 nended, ended_room;
	int64_t		 log_us;	/* when the next line may be written */
	uint64_t	 silent;	/* cuts since the last line */
	/*
	 * Connections per address.  Addresses may share a counter, which only
	 * who knows the key could arrange.
	 */
	uint8_t		 key[FSS__KEY_BYTES];
	uint32_t	 bucket[BUCKETS];
};

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
    uint64_t each)
{
	struct source *src = &g->source[g->nsources];
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

static struct conn *
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

static void
forget(struct fss__guard *g, int fd)
{
	struct conn *c = conn_of(g, fd);

	if (c == NULL)
		return;
	if (c->trusted && !c->shared)
		keep_ended(g, &c->line);
	g->bucket[c->bucket]--;
	g->live--;
	memset(c, 0, sizeof(*c));
}

/* Makes room for descriptor @fd. */
static int
grow(struct fss__guard *g, int fd)
{
	size_t n = g->nconns == 0 ? FIRST_CONNS : g->nconns;
	struct conn *conn;

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
	struct sockaddr_storage	room;
};

/*
 * The counter of a peer's address: all of IPv4, the network's half of IPv6,
 * of which the other is free to choose for whoever has it.
 */
static uint32_t
bucket_of(const struct fss__guard *g, int fd)
{
	union address a;
	socklen_t size = sizeof(a);
	const uint8_t *p = NULL;
	size_t n = 0;

	memset(&a, 0, sizeof(a));
	if (getpeername(fd, &a.sa, &size) != 0)
		;		/* gone already: counted under no address */
	else if (a.sa.sa_family == AF_INET) {
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
	return (uint32_t)(fss__keyed_hash(g->key, p, n) & (BUCKETS - 1));
}

/* Is @fd, whatever it is by now, a connection to this port? */
static bool
is_ours(int fd, unsigned port)
{
	union address a;
	socklen_t size = sizeof(a);

	memset(&a, 0, sizeof(a));
	if (getsockname(fd, &a.sa, &size) != 0)
		return false;
	return (a.sa.sa_family == AF_INET &&
	    ntohs(a.in.sin_port) == port) ||
	    (a.sa.sa_family == AF_INET6 && ntohs(a.in6.sin6_port) == port);
}

static void
cut(struct fss__guard *g, int fd, unsigned port, const char *why,
    int64_t mono_us)
{
	static const struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	/*
	 * ZeroMQ sees the end and closes it; a reset then spares the kernel
	 * to wait for what the peer has not sent yet.
	 */
	if (!is_ours(fd, port) ||
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
	struct conn *c = conn_of(g, fd);

	if (c == NULL || c->cut)
		return;
	c->cut = true;
	cut(g, fd, g->source[c->source].port, why, mono_us);
}

static void
accepted(struct fss__guard *g, size_t source, int fd, int64_t mono_us)
{
	unsigned port = g->source[source].port;
	struct conn *c;

	forget(g, fd);		/* whose end was not told */
	if (fd < 0)
		return;
	if (grow(g, fd) != 0) {
		cut(g, fd, port, "memory", mono_us);
		return;
	}
	c = &g->conn[fd];
	c->live = true;
	c->source = (uint8_t)source;
	c->bucket = bucket_of(g, fd);
	g->live++;
	g->bucket[c->bucket]++;
	if (g->live > g->cfg.connections) {
		c->cut = true;
		cut(g, fd, port, "connections", mono_us);
	} else if (g->cfg.per_address != 0 &&
	    g->bucket[c->bucket] > g->cfg.per_address) {
		c->cut = true;
		cut(g, fd, port, "connections-of-address", mono_us);
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
		forget(g, value);
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

void
fss__guard_delivered(struct fss__guard *g, int fd, size_t bytes, size_t parts)
{
	struct conn *c = conn_of(g, fd);

	if (c == NULL) {	/* its message was faster than its event */
		fss__guard_note(g, g->now_us);
		c = conn_of(g, fd);
	}
	if (c != NULL)
		c->delivered += bytes + parts * PART + SLACK;
}

void
fss__guard_trust(struct fss__guard *g, int fd, const struct fss__line *line)
{
	struct conn *c = conn_of(g, fd);

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

/* Brings the account of one connection up to date; false: it is gone. */
static bool
look(struct conn *c, int fd)
{
	struct tcp_info info;
	socklen_t size = sizeof(info);
	uint64_t got, taken;
	int unread = 0;

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0)
		return false;
	got = info.tcpi_bytes_received;
	if (got < c->received) {	/* another under the same number */
		c->received = 0;
		c->held = 0;
	}
	if (got - c->received + c->held > c->delivered + SLACK &&
	    ioctl(fd, FIONREAD, &unread) == 0 && unread > 0)
		got -= fss__min_u64(got - c->received, (uint64_t)unread);
	taken = c->held + (got - c->received);
	c->held = taken > c->delivered ? taken - c->delivered : 0;
	c->received = got;
	c->delivered = 0;
	return true;
}

/*
 * Cuts those that hold most until all together hold little enough: those
 * nobody is logged in over first.  What is above the mean goes at once, so
 * that few passes are enough however many there are.
 */
static void
relieve(struct fss__guard *g, bool trusted, int64_t mono_us)
{
	struct conn *c;
	uint64_t sum, count;
	size_t i;

	while (g->held > g->cfg.total) {
		sum = count = 0;
		for (i = 0; i < g->nconns; i++) {
			c = &g->conn[i];
			if (!c->live || c->cut || c->trusted != trusted)
				continue;
			sum += c->held;
			count += c->held > 0;
		}
		if (count == 0)
			return;
		for (i = 0; i < g->nconns && g->held > g->cfg.total; i++) {
			c = &g->conn[i];
			if (!c->live || c->cut || c->trusted != trusted ||
			    c->held == 0 || c->held < sum / count)
				continue;
			c->cut = true;
			g->held -= c->held;
			cut(g, (int)i, g->source[c->source].port,
			    "memory-of-all", mono_us);
		}
	}
}

void
fss__guard_sweep(struct fss__guard *g, int64_t mono_us)
{
	const struct source *src;
	struct conn *c;
	bool busy = false;
	size_t i;

	if (mono_us < g->sweep_us)
		return;
	fss__guard_note(g, mono_us);
	g->held = 0;
	for (i = 0; i < g->nconns; i++) {
		c = &g->conn[i];
		if (!c->live || c->cut)
			continue;
		src = &g->source[c->source];
		if (!look(c, (int)i)) {
			forget(g, (int)i);
			continue;
		}
		if (c->held > src->each) {
			c->cut = true;
			cut(g, (int)i, src->port, "unfinished-message",
			    mono_us);
			continue;
		}
		g->held += c->held;
		busy = busy || c->held > src->each / 8;
	}
	busy = busy || g->held > g->cfg.total / 8;
	relieve(g, false, mono_us);
	relieve(g, true, mono_us);
	g->sweep_us = mono_us + (busy ? BUSY_US : IDLE_US);
}
