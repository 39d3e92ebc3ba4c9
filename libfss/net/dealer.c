#define _DEFAULT_SOURCE		/* struct tcp_info */
/*
 * ZeroMQ DEALER sockets behind one epoll descriptor.
 *
 * Each connection is a socket and a monitor of it (an inproc PAIR that tells
 * of handshakes and cuts at once).  ZMQ_FD of a socket is edge-triggered in
 * spirit: it may stay silent while messages wait, because any call on the
 * socket can consume the signal.  So whoever drives this looks at ZMQ_EVENTS
 * (fss__dealer_pending) after each round, and arms the event descriptor
 * where work is left; then the epoll descriptor works level- and
 * edge-triggered alike.
 *
 * Knows nothing of what the messages mean.
 */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zmq.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "base/num.h"
#include "base/str.h"
#include "net/dealer.h"
#include "net/introduce.h"
#include "net/local.h"
#include "net/zmsg.h"
#include "wire/limits.h"

#define MAX_CONNS	9
#define SEND_QUEUE	512	/* messages, more than ever fly at once */
/*
 * Of what came none; credit bounds it, and what was asked.  ZeroMQ stops
 * reading at a full queue, and aborts at a PING, its own or the hub's, if the
 * connection ends then.
 */
#define RECV_QUEUE	0
#define WAIT_MS		10000	/* for TCP, and then for the handshake */
#define SILENT_S	10	/* then the line is probed */
#define PROBE_S		5
#define PROBES		2
#define LOST_MS		20000	/* what was sent is not acknowledged */
#define CURVE_EXTRA	64	/* what encryption adds to a frame, and more */
#define MONITORED	(ZMQ_EVENT_CONNECTED |                                 \
	ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | \
	ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |                                  \
	ZMQ_EVENT_HANDSHAKE_FAILED_AUTH | ZMQ_EVENT_DISCONNECTED |             \
	ZMQ_EVENT_CLOSED)

struct conn {
	void	*sock;
	void	*monitor;
	int	 sock_fd, monitor_fd;
	bool	 full;		/* the last send met a full queue */
};

struct fss__dealer {
	void		*zmq;
	int		 epfd;
	int		 wakefd;
	bool		 armed;
	bool		 local;		/* to a socket of this machine */
	unsigned	 nconns;
	unsigned	 turn;		/* the connection looked at next */
	uint64_t	 serial;	/* of monitor endpoints */
	char		*endpoint;
	char		*introduce;	/* may be NULL */
	void		*asked;		/* there, for the key; or NULL */
	bool		 other_key;	/* it showed another */
	uint8_t		 server_key[32];
	uint8_t		 public_key[32];
	const uint8_t	*secret_key;	/* the caller's, guarded memory */
	struct conn	 conn[MAX_CONNS];
};

int
fss__dealer_new(const struct fss__dealer_config *cfg,
    struct fss__dealer **ret_d)
{
	struct epoll_event ee;
	struct fss__dealer *d;
	int r = FSS_EIO;

	*ret_d = NULL;
	if (cfg->conns < 1 || cfg->conns > MAX_CONNS)
		return FSS_EINVAL;
	d = fss__zalloc(sizeof(*d));
	if (d == NULL)
		return FSS_ENOMEM;
	d->epfd = d->wakefd = -1;
	d->nconns = cfg->conns;
	d->local = fss__local_is_endpoint(cfg->endpoint);
	memcpy(d->server_key, cfg->server_key, sizeof(d->server_key));
	memcpy(d->public_key, cfg->public_key, sizeof(d->public_key));
	d->secret_key = cfg->secret_key;
	d->endpoint = fss__strdup(cfg->endpoint);
	if (cfg->introduce != NULL)
		d->introduce = fss__strdup(cfg->introduce);
	if (d->endpoint == NULL ||
	    (cfg->introduce != NULL && d->introduce == NULL)) {
		r = FSS_ENOMEM;
		goto out;
	}
	d->zmq = zmq_ctx_new();
	if (d->zmq == NULL) {
		r = FSS_ENOMEM;
		goto out;
	}
	(void)zmq_ctx_set(d->zmq, ZMQ_BLOCKY, 0);	/* known option */
	(void)zmq_ctx_set(d->zmq, ZMQ_IO_THREADS,
	    cfg->threads > 1 ? (int)cfg->threads : 1);
	d->epfd = epoll_create1(EPOLL_CLOEXEC);
	d->wakefd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (d->epfd < 0 || d->wakefd < 0)
		goto out;
	memset(&ee, 0, sizeof(ee));
	ee.events = EPOLLIN;
	if (epoll_ctl(d->epfd, EPOLL_CTL_ADD, d->wakefd, &ee) != 0)
		goto out;
	*ret_d = d;
	return 0;
out:
	fss__dealer_free(d);
	return r;
}

void
fss__dealer_forget(struct fss__dealer *d)
{
	if (d == NULL)
		return;
	if (d->epfd >= 0)
		(void)close(d->epfd);	/* nothing was written to it */
	if (d->wakefd >= 0)
		(void)close(d->wakefd);
	fss__free(d->endpoint);
	fss__free(d->introduce);
	fss__free(d);
}

static void
stop_asking(struct fss__dealer *d)
{
	if (d->asked != NULL)
		(void)zmq_close(d->asked);
	d->asked = NULL;
}

void
fss__dealer_free(struct fss__dealer *d)
{
	unsigned i;

	if (d == NULL)
		return;
	for (i = 0; i < d->nconns; i++)
		fss__dealer_shut(d, i);
	stop_asking(d);
	if (d->zmq != NULL)
		while (zmq_ctx_term(d->zmq) != 0 && errno == EINTR)
			;
	fss__dealer_forget(d);
}

/* ---- connections ------------------------------------------------------ */

static int
set_int(void *sock, int option, int value)
{
	return zmq_setsockopt(sock, option, &value, sizeof(value));
}

static int
set_options(const struct fss__dealer *d, void *sock)
{
	int64_t max = FSS__MAX_PAYLOAD + CURVE_EXTRA;
	size_t i;
	static const struct {
		int option, value;
	} ints[] = {
		{ ZMQ_LINGER, 0 },
		{ ZMQ_IMMEDIATE, 1 },
		{ ZMQ_RECONNECT_IVL, -1 },
		{ ZMQ_RCVHWM, RECV_QUEUE },
		{ ZMQ_SNDHWM, SEND_QUEUE },
		{ ZMQ_IPV6, 1 },
		/* Dead lines are the kernel's to notice, as at the hub. */
		{ ZMQ_TCP_KEEPALIVE, 1 },
		{ ZMQ_TCP_KEEPALIVE_IDLE, SILENT_S },
		{ ZMQ_TCP_KEEPALIVE_INTVL, PROBE_S },
		{ ZMQ_TCP_KEEPALIVE_CNT, PROBES },
		{ ZMQ_TCP_MAXRT, LOST_MS },
		{ ZMQ_CONNECT_TIMEOUT, WAIT_MS },
		{ ZMQ_HANDSHAKE_IVL, WAIT_MS },
	};

	for (i = 0; i < sizeof(ints) / sizeof(ints[0]); i++)
		if (set_int(sock, ints[i].option, ints[i].value) != 0)
			return fss__zmq_errno(errno);
	if (zmq_setsockopt(sock, ZMQ_MAXMSGSIZE, &max, sizeof(max)) != 0)
		return fss__zmq_errno(errno);
	if (d->local)
		return 0;
	if (zmq_setsockopt(sock, ZMQ_CURVE_SERVERKEY, d->server_key, 32) != 0 ||
	    zmq_setsockopt(sock, ZMQ_CURVE_PUBLICKEY, d->public_key, 32) != 0 ||
	    zmq_setsockopt(sock, ZMQ_CURVE_SECRETKEY, d->secret_key, 32) != 0)
		return fss__zmq_errno(errno);
	return 0;
}

/* Watches the descriptor ZeroMQ gives for @sock. */
static int
watch(struct fss__dealer *d, void *sock, int *ret_fd)
{
	struct epoll_event ee;
	size_t n = sizeof(*ret_fd);

	if (zmq_getsockopt(sock, ZMQ_FD, ret_fd, &n) != 0)
		return fss__zmq_errno(errno);
	memset(&ee, 0, sizeof(ee));
	ee.events = EPOLLIN;
	if (epoll_ctl(d->epfd, EPOLL_CTL_ADD, *ret_fd, &ee) != 0) {
		*ret_fd = -1;
		return FSS_EIO;
	}
	return 0;
}

static int
make_monitor(struct fss__dealer *d, struct conn *c)
{
	char name[64];
	int r;

	r = fss__fmt(name, sizeof(name), "inproc://monitor-%llu",
	    (unsigned long long)++d->serial);
	if (r != 0)
		return r;
	if (zmq_socket_monitor(c->sock, name, MONITORED) != 0)
		return fss__zmq_errno(errno);
	c->monitor = zmq_socket(d->zmq, ZMQ_PAIR);
	if (c->monitor == NULL)
		return fss__zmq_errno(errno);
	if (set_int(c->monitor, ZMQ_LINGER, 0) != 0 ||
	    zmq_connect(c->monitor, name) != 0)
		return fss__zmq_errno(errno);
	return watch(d, c->monitor, &c->monitor_fd);
}

int
fss__dealer_open(struct fss__dealer *d, unsigned conn)
{
	struct conn *c = &d->conn[conn];
	int r;

	fss__dealer_shut(d, conn);
	c->sock_fd = c->monitor_fd = -1;
	c->sock = zmq_socket(d->zmq, ZMQ_DEALER);
	if (c->sock == NULL)
		return errno == ENOMEM ? FSS_ENOMEM : FSS_EIO;
	r = set_options(d, c->sock);
	if (r == 0)
		r = make_monitor(d, c);
	if (r == 0 && zmq_connect(c->sock, d->endpoint) != 0)
		r = fss__zmq_errno(errno);
	if (r == 0)
		r = watch(d, c->sock, &c->sock_fd);
	if (r != 0)
		fss__dealer_shut(d, conn);
	return r;
}

void
fss__dealer_linger(struct fss__dealer *d, unsigned conn, int ms)
{
	if (d->conn[conn].sock != NULL)
		/* Where it is refused the message is dropped, as before. */
		(void)set_int(d->conn[conn].sock, ZMQ_LINGER, ms);
}

void
fss__dealer_shut(struct fss__dealer *d, unsigned conn)
{
	struct conn *c = &d->conn[conn];

	/* Errors mean it is not watched; nothing else could be done. */
	if (c->sock != NULL && c->sock_fd >= 0)
		(void)epoll_ctl(d->epfd, EPOLL_CTL_DEL, c->sock_fd, NULL);
	if (c->monitor != NULL && c->monitor_fd >= 0)
		(void)epoll_ctl(d->epfd, EPOLL_CTL_DEL, c->monitor_fd, NULL);
	if (c->sock != NULL)
		(void)zmq_socket_monitor(c->sock, NULL, 0);
	if (c->monitor != NULL)
		(void)zmq_close(c->monitor);
	if (c->sock != NULL)
		(void)zmq_close(c->sock);
	c->sock = c->monitor = NULL;
	c->sock_fd = c->monitor_fd = -1;
	c->full = false;
}

/* ---- messages --------------------------------------------------------- */

/* Is any of @wanted so?  Makes the socket look at what its I/O thread told. */
static bool
ready(void *sock, int wanted)
{
	int events = 0;
	size_t n = sizeof(events);

	if (zmq_getsockopt(sock, ZMQ_EVENTS, &events, &n) != 0)
		return false;
	return (events & wanted) != 0;
}

static bool
readable(void *sock)
{
	return ready(sock, ZMQ_POLLIN);
}

/*
 * A handshake was ended by the other side.  Whether that is for another key
 * is known when the question of the last such failure was answered.
 */
static int
refused(struct fss__dealer *d)
{
	uint8_t key[32];

	if (d->local)
		return FSS_EDENIED;
	if (d->asked != NULL && fss__introduce_take(d->asked, key) == 0)
		d->other_key = memcmp(key, d->server_key, sizeof(key)) != 0;
	stop_asking(d);
	if (d->introduce != NULL)
		/* Where it fails, nothing can be said of the key. */
		(void)fss__introduce_ask(d->zmq, d->introduce, &d->asked);
	return d->other_key ? FSS_EHOSTKEY : FSS_ENOTCONN;
}

/*
 * What the kernel measured while it connected.  The descriptor is ZeroMQ's,
 * and may be another's by now: then it is no round trip of this line, and at
 * worst a few connections more are made, or less.
 */
static int64_t
round_trip(int fd)
{
	struct tcp_info info;
	socklen_t n = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) != 0)
		return 0;
	return info.tcpi_rtt;
}

/* 1: the monitor told of something that matters. */
static int
monitor_event(struct fss__dealer *d, struct conn *c,
    struct fss__dealer_event *ev)
{
	struct fss__frame *frames[2];
	uint16_t what;
	uint32_t value;
	size_t n, i;

	while (fss__zmsg_recv(c->monitor, frames, 2, &n) == 0) {
		what = 0;
		value = 0;
		if (frames[0]->len >= 6) {
			memcpy(&what, frames[0]->data, sizeof(what));
			memcpy(&value, frames[0]->data + 2, sizeof(value));
		}
		for (i = 0; i < n; i++)
			fss__frame_unref(frames[i]);
		ev->type = FSS__DEALER_LOST;
		switch (what) {
		case ZMQ_EVENT_CONNECTED:
			ev->type = FSS__DEALER_REACHED;
			ev->rtt_us = round_trip((int)value);
			return 1;
		case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
			ev->type = FSS__DEALER_UP;
			d->other_key = false;
			stop_asking(d);
			(void)readable(c->sock);	/* attaches the pipe */
			return 1;
		case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
			ev->reason = value ==
			    ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC ?
			    FSS_EHOSTKEY : FSS_EPROTO;
			return 1;
		case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
		case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
			ev->reason = refused(d);
			return 1;
		case ZMQ_EVENT_DISCONNECTED:
			ev->reason = FSS_ENOTCONN;
			return 1;
		case ZMQ_EVENT_CLOSED:
			ev->reason = FSS_EUNREACH;
			return 1;
		default:
			break;
		}
	}
	return 0;
}

/* Messages first: what came before a cut is still to be had. */
static int
conn_event(struct fss__dealer *d, unsigned conn, struct fss__dealer_event *ev)
{
	struct conn *c = &d->conn[conn];
	struct fss__zmsg_meta meta;
	struct fss__frame *frames[2];
	size_t n;
	int r;

	if (c->sock == NULL)
		return 0;
	ev->conn = conn;
	if (readable(c->sock)) {
		r = fss__zmsg_recv_meta(c->sock, frames, 2, &n, &meta);
		if (r == 0) {
			ev->type = FSS__DEALER_FRAME;
			ev->header = frames[0];
			ev->payload = n > 1 ? frames[1] : NULL;
			ev->cut = meta.parts > n;
			return 1;
		}
		if (r != FSS_EAGAIN)
			return FSS_ENOMEM;
	}
	return readable(c->monitor) ? monitor_event(d, c, ev) : 0;
}

int
fss__dealer_next(struct fss__dealer *d, struct fss__dealer_event *ret_ev)
{
	unsigned i;
	int r;

	memset(ret_ev, 0, sizeof(*ret_ev));
	for (i = 0; i < d->nconns; i++) {
		r = conn_event(d, (d->turn + i) % d->nconns, ret_ev);
		if (r != 0) {
			d->turn = (d->turn + i + 1) % d->nconns;
			return r;
		}
	}
	return 0;
}

int
fss__dealer_send(struct fss__dealer *d, unsigned conn,
    struct fss__frame *header, struct fss__frame *payload)
{
	struct fss__frame *frames[2];
	int r;

	if (d->conn[conn].sock == NULL)
		return FSS_ENOTCONN;
	frames[0] = header;
	frames[1] = payload;
	r = fss__zmsg_send(d->conn[conn].sock, frames,
	    payload != NULL ? 2 : 1, ZMQ_DONTWAIT);
	d->conn[conn].full = r == FSS_EAGAIN;
	return r;
}

/* ---- the descriptor --------------------------------------------------- */

int
fss__dealer_fd(const struct fss__dealer *d)
{
	return d->epfd;
}

bool
fss__dealer_pending(struct fss__dealer *d)
{
	const struct conn *c;
	unsigned i;

	/* The look itself can use up the signal that a full queue has room. */
	for (i = 0; i < d->nconns; i++) {
		c = &d->conn[i];
		if (c->sock != NULL && (readable(c->monitor) || ready(c->sock,
		    c->full ? ZMQ_POLLIN | ZMQ_POLLOUT : ZMQ_POLLIN)))
			return true;
	}
	return false;
}

void
fss__dealer_wakeup(const struct fss__dealer *d)
{
	uint64_t one = 1;
	ssize_t n;
	int before = errno;	/* a signal handler must not change it */

	/* Can only fail where the counter is full: it is readable then. */
	n = write(d->wakefd, &one, sizeof(one));
	(void)n;
	errno = before;
}

void
fss__dealer_arm(struct fss__dealer *d)
{
	if (d->armed)
		return;
	d->armed = true;
	fss__dealer_wakeup(d);
}

void
fss__dealer_disarm(struct fss__dealer *d)
{
	uint64_t count;
	ssize_t n;

	d->armed = false;
	n = read(d->wakefd, &count, sizeof(count));	/* empty is fine */
	(void)n;
}
