/*
 * The hub's ZeroMQ sockets.
 *
 * A peer's routing id is the hub's to choose (route.h).  One that has another
 * is cut: it could pretend to be the connection of somebody who left.
 *
 * Who gets in is zap.c's to say; what they may do is decided per message by
 * the hub machine.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/alloc.h"
#include "base/num.h"
#include "base/str.h"
#include "base/time.h"
#include "crypto/keys.h"
#include "net/guard.h"
#include "net/introduce.h"
#include "net/local.h"
#include "net/route.h"
#include "net/router.h"
#include "net/unsent.h"
#include "net/zap.h"
#include "net/zmsg.h"
#include "wire/limits.h"

/*
 * Messages; payload is bounded by credit.  More than are made at once for all
 * who wait for news (FSS__EVENT_STEP), as a front end's are on one connection.
 */
#define SEND_QUEUE	2048
/*
 * Of what came none, the guard bounds it.  At a full queue ZeroMQ (4.3.4, and
 * later) stops reading the connection; if that ends then, it aborts as soon
 * as it finds a PING in what it had read before.  Anybody could arrange that.
 */
#define RECV_QUEUE	0
#define ANY_TRIES	16	/* to find two ports side by side */
#define BACKLOG		1024
#define HANDSHAKE_MS	10000
#define SILENT_S	20	/* then the line is probed */
#define PROBE_S		10
#define PROBES		3
#define MAX_SOCKETS	65536	/* connections ZeroMQ may hold */

struct fss__router {
	void		*ctx;
	void		*clients;
	void		*zap;
	void		*introduce;	/* NULL: off */
	struct fss__guard *guard;
	struct fss__unsent *unsent;
	struct fss__routes routes;
	uint8_t		 public_key[FSS__KEY_BYTES];
	char		 bound[FSS__ENDPOINT];
	const char	*local;		/* bound; the caller's, outlives */
	struct fss__local_node local_file;
	uint32_t	 local_user[FSS__LOCAL_USERS];
	size_t		 local_users;
};

static int
set_int(void *sock, int option, int value)
{
	return zmq_setsockopt(sock, option, &value, sizeof(value)) == 0 ? 0 :
	    fss__zmq_errno(errno);
}

/* "tcp://host:0" asks for any free port, which ZeroMQ writes "*". */
static int
bind_to(void *sock, const char *endpoint, struct fss__err *err)
{
	char text[FSS__ENDPOINT];
	size_t n = strlen(endpoint);
	int r;

	r = fss__fmt(text, sizeof(text), "%s", endpoint);
	if (r != 0 || n < 2)
		return fss__err_set(err, FSS_EINVAL, "cannot listen on '%s'",
		    endpoint);
	if (strcmp(text + n - 2, ":0") == 0)
		text[n - 1] = '*';
	if (zmq_bind(sock, text) == 0)
		return 0;
	r = errno == EADDRINUSE ? FSS_EBUSY : errno == EINVAL ||
	    errno == EPROTONOSUPPORT || errno == ENODEV ? FSS_EINVAL : FSS_EIO;
	return fss__err_set(err, r, "cannot listen on '%s': %s", endpoint,
	    zmq_strerror(errno));
}

/* With the option on, ZeroMQ writes even IPv4 addresses as mapped ones. */
static int
is_ipv6(const char *endpoint)
{
	return strchr(endpoint, '[') != NULL;
}

static int
last_endpoint(void *sock, char *text, size_t cap)
{
	return zmq_getsockopt(sock, ZMQ_LAST_ENDPOINT, text, &cap) == 0 ? 0 :
	    fss__zmq_errno(errno);
}

static int
guard_socket(struct fss__router *r, void *sock, uint64_t each, int most_ms)
{
	char endpoint[FSS__ENDPOINT];
	const char *colon;
	int e = last_endpoint(sock, endpoint, sizeof(endpoint));

	if (e != 0)
		return e;
	colon = strrchr(endpoint, ':');
	return fss__guard_watch(r->guard, r->ctx, sock, colon == NULL ? 0 :
	    (unsigned)strtoul(colon + 1, NULL, 10), each, most_ms);
}

static int
open_clients(struct fss__router *r, const struct fss__router_config *cfg,
    struct fss__err *err)
{
	int64_t max = (int64_t)cfg->max_message;
	char endpoint[FSS__ENDPOINT];
	int e = 0;

	r->clients = zmq_socket(r->ctx, ZMQ_ROUTER);
	if (r->clients == NULL)
		return fss__zmq_errno(errno);
	e |= set_int(r->clients, ZMQ_LINGER, 0);
	e |= set_int(r->clients, ZMQ_ROUTER_MANDATORY, 1);
	e |= set_int(r->clients, ZMQ_CURVE_SERVER, 1);
	e |= set_int(r->clients, ZMQ_SNDHWM, SEND_QUEUE);
	e |= set_int(r->clients, ZMQ_RCVHWM, RECV_QUEUE);
	e |= set_int(r->clients, ZMQ_BACKLOG, BACKLOG);
	e |= set_int(r->clients, ZMQ_HANDSHAKE_IVL, HANDSHAKE_MS);
	/*
	 * Dead lines are the kernel's to notice.  For heartbeats of its own
	 * ZeroMQ searches all timers of all connections at each answer: of
	 * 10,000 that do nothing it takes half a processor.
	 */
	e |= set_int(r->clients, ZMQ_TCP_KEEPALIVE, 1);
	e |= set_int(r->clients, ZMQ_TCP_KEEPALIVE_IDLE, SILENT_S);
	e |= set_int(r->clients, ZMQ_TCP_KEEPALIVE_INTVL, PROBE_S);
	e |= set_int(r->clients, ZMQ_TCP_KEEPALIVE_CNT, PROBES);
	e |= set_int(r->clients, ZMQ_TCP_MAXRT, FSS__MAX_LEASE);
	e |= set_int(r->clients, ZMQ_IPV6, is_ipv6(cfg->listen));
	e |= zmq_setsockopt(r->clients, ZMQ_CURVE_SECRETKEY, cfg->secret_key,
	    FSS__KEY_BYTES);
	e |= zmq_setsockopt(r->clients, ZMQ_ZAP_DOMAIN, FSS__ZAP_DOMAIN,
	    strlen(FSS__ZAP_DOMAIN));
	e |= zmq_setsockopt(r->clients, ZMQ_MAXMSGSIZE, &max, sizeof(max));
	if (e != 0)
		return fss__err_set(err, FSS_EIO, "cannot set up the socket");
	e = bind_to(r->clients, cfg->listen, err);
	if (e == 0)
		e = guard_socket(r, r->clients, FSS__MAX_UNDELIVERED, 0);
	if (e == 0)
		e = last_endpoint(r->clients, endpoint, sizeof(endpoint));
	if (e != 0)
		return e;
	if (strncmp(endpoint, "tcp://", 6) != 0)
		return fss__err_set(err, FSS_EINVAL, "'%s' is not tcp",
		    cfg->listen);
	return fss__fmt(r->bound, sizeof(r->bound), "%s", endpoint + 6);
}

static int
open_introduce(struct fss__router *r, const struct fss__router_config *cfg,
    struct fss__err *err)
{
	char next[FSS__ENDPOINT];
	const char *endpoint = cfg->introduce, *colon;
	int e = 0;

	if (endpoint != NULL && strcmp(endpoint, "off") == 0)
		return 0;
	if (endpoint == NULL || endpoint[0] == '\0') {
		colon = strrchr(r->bound, ':');
		e = fss__fmt(next, sizeof(next), "tcp://%.*s:%lu",
		    (int)(colon - r->bound), r->bound,
		    strtoul(colon + 1, NULL, 10) + 1);
		if (e != 0)
			return e;
		endpoint = next;
	}
	r->introduce = zmq_socket(r->ctx, ZMQ_STREAM);
	if (r->introduce == NULL)
		return fss__zmq_errno(errno);
	e |= set_int(r->introduce, ZMQ_LINGER, 0);
	e |= set_int(r->introduce, ZMQ_SNDHWM, 16);
	e |= set_int(r->introduce, ZMQ_RCVHWM, RECV_QUEUE);
	e |= set_int(r->introduce, ZMQ_IPV6, is_ipv6(endpoint));
	if (e != 0)
		return fss__err_set(err, FSS_EIO, "cannot set up the socket");
	e = bind_to(r->introduce, endpoint, err);
	return e != 0 ? e :
	    guard_socket(r, r->introduce, FSS__MAX_INTRODUCTION, HANDSHAKE_MS);
}

static void
cut_fd(void *ctx, int fd, const char *why, int64_t mono_us)
{
	struct fss__router *r = ctx;

	fss__guard_cut(r->guard, fd, why, mono_us);
}

static bool
look_fd(void *ctx, int fd, struct fss__unsent_line *ret_line)
{
	(void)ctx;
	return fss__guard_look(fd, ret_line);
}

static int
open_once(const struct fss__router_config *cfg, struct fss__err *err,
    struct fss__router **ret_r)
{
	struct fss__guard_config guard;
	struct fss__router *r;
	unsigned seed;
	int e;

	*ret_r = NULL;
	r = fss__zalloc(sizeof(*r));
	if (r == NULL)
		return FSS_ENOMEM;
	memcpy(r->public_key, cfg->public_key, sizeof(r->public_key));
	fss__routes_init(&r->routes);
	FSS_ASSERT(cfg->local_users <= FSS__LOCAL_USERS);
	r->local_users = cfg->local_users;
	if (cfg->local_users > 0)
		memcpy(r->local_user, cfg->local_user,
		    cfg->local_users * sizeof(r->local_user[0]));
	memset(&guard, 0, sizeof(guard));
	guard.total = cfg->max_held;
	guard.per_address = cfg->per_address;
	guard.local = cfg->local;
	guard.local_user = r->local_user;
	guard.local_users = r->local_users;
	guard.log = cfg->log;
	e = fss__guard_new(&guard, &r->guard);
	if (e != 0)
		goto out;
	r->unsent = fss__unsent_new(cfg->max_unsent, cut_fd, look_fd, r);
	if (r->unsent == NULL) {
		e = FSS_ENOMEM;
		goto out;
	}
	e = FSS_EIO;
	r->ctx = zmq_ctx_new();
	if (r->ctx == NULL)
		goto out;
	(void)zmq_ctx_set(r->ctx, ZMQ_IO_THREADS, (int)cfg->io_threads);
	(void)zmq_ctx_set(r->ctx, ZMQ_MAX_SOCKETS, MAX_SOCKETS);
	/*
	 * ZeroMQ's counters of routing ids begin with rand(), which it never
	 * seeds; who knows what comes next could ask for it, see route.c.
	 */
	fss__random(&seed, sizeof(seed));
	srand(seed);
	/* ZAP must answer before the first client knocks. */
	r->zap = zmq_socket(r->ctx, ZMQ_ROUTER);
	if (r->zap == NULL || set_int(r->zap, ZMQ_LINGER, 0) != 0 ||
	    zmq_bind(r->zap, "inproc://zeromq.zap.01") != 0)
		goto out;
	e = open_clients(r, cfg, err);
	if (e == 0 && cfg->local != NULL)
		e = fss__local_bind(r->clients, cfg->local, err,
		    &r->local_file);
	if (e == 0)
		r->local = cfg->local;
	if (e == 0)
		e = open_introduce(r, cfg, err);
	if (e != 0)
		goto out;
	*ret_r = r;
	r = NULL;
out:
	fss__router_close(r);
	return e;
}

int
fss__router_open(const struct fss__router_config *cfg, struct fss__err *err,
    struct fss__router **ret_r)
{
	size_t n = strlen(cfg->listen);
	bool any = n > 2 && strcmp(cfg->listen + n - 2, ":0") == 0;
	int e, left = any ? ANY_TRIES : 1;

	/* The port behind one that the kernel chose may be somebody's. */
	do {
		e = open_once(cfg, err, ret_r);
	} while (e == FSS_EBUSY && --left > 0);
	return e;
}

void
fss__router_close(struct fss__router *r)
{
	if (r == NULL)
		return;
	fss__guard_free(r->guard);
	if (r->local != NULL)
		fss__local_remove(r->local, &r->local_file);
	if (r->clients != NULL)
		(void)zmq_close(r->clients);
	if (r->introduce != NULL)
		(void)zmq_close(r->introduce);
	if (r->zap != NULL)
		(void)zmq_close(r->zap);
	if (r->ctx != NULL)
		while (zmq_ctx_term(r->ctx) != 0 && errno == EINTR)
			;
	fss__unsent_free(r->unsent);	/* no frame is with ZeroMQ now */
	fss__free(r);
}

const char *
fss__router_bound(const struct fss__router *r)
{
	return r->bound;
}

size_t
fss__router_fds(const struct fss__router *r, int fds[FSS__ROUTER_FDS])
{
	void *socks[3];
	size_t i, n = 0, size;

	socks[0] = r->clients;
	socks[1] = r->zap;
	socks[2] = r->introduce;
	for (i = 0; i < 3; i++) {
		size = sizeof(fds[n]);
		if (socks[i] != NULL && zmq_getsockopt(socks[i], ZMQ_FD,
		    &fds[n], &size) == 0)
			n++;
	}
	return n + fss__guard_fds(r->guard, fds + n);
}

static int
readable(void *sock)
{
	int events = 0;
	size_t size = sizeof(events);

	return sock != NULL && zmq_getsockopt(sock, ZMQ_EVENTS, &events,
	    &size) == 0 && (events & ZMQ_POLLIN);
}

int
fss__router_ready(const struct fss__router *r)
{
	return readable(r->zap) || readable(r->introduce) ||
	    readable(r->clients) || fss__guard_ready(r->guard);
}

void
fss__router_serve(struct fss__router *r, int64_t mono_us)
{
	fss__guard_note(r->guard, mono_us);
	fss__zap_serve(r->zap, r->local_user, r->local_users, &r->routes);
	if (r->introduce != NULL)
		fss__introduce_serve(r->introduce, r->guard, r->public_key,
		    mono_us);
}

void
fss__router_sweep(struct fss__router *r, int64_t mono_us)
{
	fss__guard_sweep(r->guard, mono_us);
	fss__unsent_sweep(r->unsent, mono_us);
}

void
fss__router_cut(struct fss__router *r, uint64_t route, int64_t mono_us)
{
	fss__unsent_cut(r->unsent, route, "full-queue", mono_us);
}

uint64_t
fss__router_unsent(const struct fss__router *r, uint64_t route)
{
	return fss__unsent_of(r->unsent, route);
}

uint64_t
fss__router_unsent_all(const struct fss__router *r)
{
	return fss__unsent_all(r->unsent);
}

int64_t
fss__router_deadline(const struct fss__router *r)
{
	return fss__guard_deadline(r->guard);
}

void
fss__router_trust(struct fss__router *r, int fd, const struct fss__line *line)
{
	fss__guard_trust(r->guard, fd, line);
}

int
fss__router_ended(struct fss__router *r, struct fss__line *ret_line)
{
	return fss__guard_ended(r->guard, ret_line);
}

uint64_t
fss__router_cuts(const struct fss__router *r)
{
	return fss__guard_cuts(r->guard);
}

int
fss__router_recv(struct fss__router *r, struct fss__arrival *ret_a)
{
	struct fss__zmsg_meta meta;
	struct fss__frame *f[3];
	size_t n;
	int e;

	e = fss__zmsg_recv_meta(r->clients, f, 3, &n, &meta);
	if (e == FSS_EAGAIN)
		return 0;
	fss__guard_delivered(r->guard, meta.fd, meta.line);
	if (e == FSS_ENOMEM &&
	    fss__key_decode(ret_a->key, meta.user_id) != 0)
		return FSS_EPROTO;
	if (e != 0)
		return e;
	if (n >= 1 && !fss__routes_read(&r->routes, f[0]->data, f[0]->len,
	    &ret_a->route)) {
		fss__guard_cut(r->guard, meta.fd, "id-of-its-own",
		    fss__mono_us());
		fss__zmsg_unref(f, n);
		return FSS_EPROTO;
	}
	if (n < 2 || fss__key_decode(ret_a->key, meta.user_id) != 0) {
		fss__zmsg_unref(f, n);
		return FSS_EPROTO;
	}
	ret_a->local = fss__local_peer(meta.peer) != meta.peer;
	memcpy(ret_a->peer, meta.peer, sizeof(ret_a->peer));
	if (ret_a->local)
		memcpy(ret_a->peer, FSS__LOCAL_PEER, sizeof(FSS__LOCAL_PEER));
	ret_a->fd = meta.fd;
	fss__frame_unref(f[0]);
	ret_a->header = f[1];
	ret_a->payload = n == 3 ? f[2] : NULL;
	ret_a->cut = meta.parts > n;
	fss__unsent_seen(r->unsent, ret_a->route, ret_a->fd);
	return 1;
}

int
fss__router_send(struct fss__router *r, uint64_t route,
    struct fss__frame *header, struct fss__frame *payload)
{
	struct fss__frame *f[3];
	uint8_t id[FSS__ROUTE_ID];
	size_t n = payload != NULL ? 3 : 2;
	int e = FSS_ENOMEM;

	f[0] = fss__zmsg_part(id, fss__routes_id(&r->routes, route, id));
	f[1] = fss__unsent_wrap(r->unsent, route, header);
	f[2] = payload == NULL ? NULL :
	    fss__unsent_wrap(r->unsent, route, payload);
	if (f[0] != NULL && f[1] != NULL && f[n - 1] != NULL) {
		e = fss__zmsg_send(r->clients, f, n, ZMQ_DONTWAIT);
	}
	if (e != 0)
		fss__zmsg_unref(f, n);
	return e;
}
