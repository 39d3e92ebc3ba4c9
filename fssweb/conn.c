/*
 * A connection, on Kore's socket and loop.
 *
 * Kore's own reading and writing (net.c) is not used: it allocates by what a
 * client announces, writes 8 KiB at a time, gives up a connection that is
 * half closed, and knows no back-pressure.  Sockets are watched edge-
 * triggered; KORE_EVENT_READ and _WRITE say that the kernel may have more.
 *
 * What was asked for while a callback ran is done by conn_settle() at its
 * end, so that nothing is freed under a caller's feet.  A connection that
 * moves much gives way after WEB_MAX_TURN bytes and goes on when the loop
 * has seen the others.
 */
#include "kore_host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "conn_internal.h"
#include "host.h"

#define CHUNK_BYTES	16384	/* least of an allocation */

static TAILQ_HEAD(, conn) conns = TAILQ_HEAD_INITIALIZER(conns);
static struct conn *ready, **ready_tail = &ready;
static struct conn *later, **later_tail = &later;
static struct kore_timer *later_timer;
static size_t count;

int64_t
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);	/* cannot fail */
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

size_t
conn_count(void)
{
	return count;
}

void *
conn_ctx(const struct conn *c)
{
	return c->ctx;
}

const uint8_t *
conn_addr(const struct conn *c)
{
	return c->addr;
}

bool
conn_is_tls(const struct conn *c)
{
	return c->tls;
}

size_t
conn_queued(const struct conn *c)
{
	return c->queued;
}

/* ---- what is asked for ------------------------------------------------ */

static void
make_ready(struct conn *c)
{
	/* step() sees for itself what happens while it runs. */
	if (c->ready || c->stepping)
		return;
	c->ready = true;
	c->next_ready = NULL;
	*ready_tail = c;
	ready_tail = &c->next_ready;
}

void
conn_take_over(struct conn *c, const struct conn_ops *ops, void *ctx)
{
	c->ops = ops;
	c->ctx = ctx;
	conn_kick(c);
}

void
conn_kick(struct conn *c)
{
	c->kicked = true;
	make_ready(c);
}

void
conn_pause(struct conn *c, bool pause)
{
	c->paused = pause;
	if (!pause)
		conn_kick(c);
}

void
conn_expect(struct conn *c, bool more)
{
	c->expects = more;
}

void
conn_deadline(struct conn *c, unsigned ms)
{
	c->deadline = ms == 0 ? 0 : now_ms() + ms;
}

void
conn_close(struct conn *c)
{
	c->closing = true;
	make_ready(c);
}

void
conn_break(struct conn *c)
{
	if (c->dead)
		return;
	c->dead = true;
	make_ready(c);		/* conn_settle() does the rest */
}

uint8_t *
conn_room(struct conn *c, size_t len)
{
	struct chunk *last = c->out == NULL ? NULL :
	    (struct chunk *)((char *)c->out_tail -
	    offsetof(struct chunk, next));
	size_t cap = len > CHUNK_BYTES ? len : CHUNK_BYTES;

	if (c->dead)
		return NULL;
	if (last != NULL && last->cap - last->len >= len)
		return last->data + last->len;
	last = malloc(sizeof(*last) + cap);
	if (last == NULL) {
		web_log(FSS_LOG_ERROR, "no memory, connection given up", "%s",
		    "");
		conn_break(c);
		return NULL;
	}
	last->next = NULL;
	last->cap = cap;
	last->len = last->off = 0;
	if (c->out == NULL)
		c->moved = now_ms();
	*c->out_tail = last;
	c->out_tail = &last->next;
	return last->data;
}

void
conn_filled(struct conn *c, size_t len)
{
	struct chunk *last;

	if (c->dead || c->out == NULL)
		return;
	last = (struct chunk *)((char *)c->out_tail -
	    offsetof(struct chunk, next));
	last->len += len;
	c->queued += len;
	make_ready(c);
}

void
conn_send(struct conn *c, const void *data, size_t len)
{
	uint8_t *room;

	if (len == 0)
		return;
	room = conn_room(c, len);
	if (room == NULL)
		return;
	memcpy(room, data, len);
	conn_filled(c, len);
}

/* ---- the loop ----------------------------------------------------------- */

static void
resume_later(void *arg, u_int64_t now)
{
	struct conn *c;

	(void)arg;
	(void)now;
	later_timer = NULL;	/* Kore frees it after this */
	while ((c = later) != NULL) {
		later = c->next_ready;
		c->ready = false;
		make_ready(c);
	}
	later_tail = &later;
	web_settle();
}

static void
give_way(struct conn *c)
{
	c->ready = true;
	c->next_ready = NULL;
	*later_tail = c;
	later_tail = &c->next_ready;
	if (later_timer == NULL)
		later_timer = kore_timer_add(resume_later, 0, NULL,
		    KORE_TIMER_ONESHOT);
}

/* Everything that can be done for @c now. */
static void
step(struct conn *c)
{
	size_t moved = 0;
	ssize_t in, out;

	if (c->shaking && !conn_shake(c))
		return;
	for (;;) {
		if (c->kicked || c->queued < WEB_MAX_WINDOW / 2) {
			c->kicked = false;
			c->ops->turn(c);
			if (c->dead)
				return;
			conn_feed_held(c);
		}
		in = 0;
		if (!c->dead && !c->paused && !c->eof && !c->closing &&
		    c->held_len < HELD_BYTES &&
		    (c->k->evt.flags & KORE_EVENT_READ) != 0)
			in = conn_take_in(c);
		if (c->dead)
			return;
		out = conn_put_out(c);
		if (out < 0 || (c->eof && !c->expects) ||
		    (c->eof && c->held_len == 0 && !c->paused) ||
		    (c->closing && c->queued == 0)) {
			conn_break(c);
			return;
		}
		moved += (size_t)(in > 0 ? in : 0) + (size_t)out;
		if (in <= 0 && out == 0 && !c->kicked)
			return;
		if (moved >= WEB_MAX_TURN) {
			give_way(c);
			return;
		}
	}
}

/* ---- life ------------------------------------------------------------- */

static void
bury(struct conn *c)
{
	struct chunk *k;

	while ((k = c->out) != NULL) {
		c->out = k->next;
		free(k);
	}
	conn_drop_held(c);
	TAILQ_REMOVE(&conns, c, list);
	count--;
	free(c);
}

void
conn_settle(void)
{
	struct conn *c;

	while ((c = ready) != NULL) {
		ready = c->next_ready;
		if (ready == NULL)
			ready_tail = &ready;
		c->ready = false;
		if (!c->dead) {
			c->stepping = true;
			step(c);
			c->stepping = false;
		}
		if (c->dead && c->k != NULL)
			kore_connection_disconnect(c->k);
		else if (c->dead && !c->ready)
			bury(c);
	}
}

/* Kore lets go of it, whoever wanted that. */
static void
disconnected_by_kore(struct connection *k)
{
	struct conn *c = k->hdlr_extra;

	k->hdlr_extra = NULL;	/* Kore would free it */
	k->disconnect = NULL;
	if (c == NULL)
		return;
	c->dead = true;
	c->k = NULL;
	if (c->counted)
		peers_leave(c->addr);
	if (c->ops != NULL)
		c->ops->gone(c);
	make_ready(c);
}

static void
on_event(void *arg, int error)
{
	struct connection *k = arg;
	struct conn *c = k->hdlr_extra;

	if (c == NULL)
		return;
	/*
	 * An error or a client that shut down: reading tells which.  While
	 * nothing is read for now, whoever waits for a reply has gone.
	 */
	if (error != 0) {
		k->evt.flags |= KORE_EVENT_READ;
		if ((c->paused || c->held_len == HELD_BYTES) && !c->expects)
			conn_break(c);
	}
	/* With TLS either direction may need the other. */
	if (c->tls)
		k->evt.flags |= KORE_EVENT_READ;
	make_ready(c);
	web_settle();
}

static void
peer_address(const struct connection *k, uint8_t ret[16])
{
	memset(ret, 0, 16);
	if (k->family == AF_INET6) {
		memcpy(ret, &k->addr.ipv6.sin6_addr, 16);
	} else if (k->family == AF_INET) {
		ret[10] = ret[11] = 0xff;
		memcpy(ret + 12, &k->addr.ipv4.sin_addr, 4);
	}
}

/* A new connection, before Kore has done anything with it. */
static void
welcome(struct connection *k, bool tls)
{
	struct conn *c;
	uint8_t addr[16];

	kore_connection_stop_idletimer(k);
	k->state = CONN_STATE_ESTABLISHED;
	k->proto = CONN_PROTO_UNKNOWN;
	k->evt.flags = 0;
	k->evt.handle = on_event;
	peer_address(k, addr);
	c = calloc(1, sizeof(*c));
	if (c == NULL || !peers_enter(addr)) {
		free(c);
		kore_connection_disconnect(k);
		return;
	}
	memcpy(c->addr, addr, sizeof(c->addr));
	c->counted = true;
	c->k = k;
	c->out_tail = &c->out;
	c->tls = c->shaking = tls;
	k->hdlr_extra = c;
	k->disconnect = disconnected_by_kore;
	TAILQ_INSERT_TAIL(&conns, c, list);
	count++;
	conn_deadline(c, WEB_MAX_SHAKE_MS);
	c->ops = &http_ops;
	if (!tls)
		http_begin(c);
}

/* As kore_listener_accept(), but ours from the first moment. */
static void
on_accept(void *arg, int error)
{
	struct listener *l = arg;
	struct connection *k;
	uint32_t accepted = 0;

	if (error != 0)
		fatal("error on listening socket");
	while (worker_active_connections < worker_max_connections) {
		if (worker_accept_threshold != 0 &&
		    accepted >= worker_accept_threshold)
			break;
		if (!kore_connection_accept(l, &k) || k == NULL)
			break;
		accepted++;
		welcome(k, l->server->tls != 0);
		if (k->state != CONN_STATE_DISCONNECTING)
			kore_platform_event_all(k->fd, k);
	}
	/*
	 * Whoever accepts would go on to for good while it is quiet: let
	 * another have its turn, so that lasting connections spread.
	 */
	if (accepted > 0)
		kore_worker_make_busy();
	web_settle();
}

int
conn_init(void)
{
	struct kore_server *server;
	struct listener *l;

	if (conn_io_init() < 0)
		return FSS_ENOMEM;
	LIST_FOREACH(server, &kore_servers, list)
		LIST_FOREACH(l, &server->listeners, list)
			l->evt.handle = on_accept;
	return 0;
}

void
conn_tick(int64_t now)
{
	struct conn *c, *next;

	for (c = TAILQ_FIRST(&conns); c != NULL; c = next) {
		next = TAILQ_NEXT(c, list);
		if (c->dead)
			continue;
		if (c->queued > 0 && now - c->moved >= WEB_MAX_SEND_MS) {
			conn_break(c);
		} else if (c->deadline != 0 && now >= c->deadline) {
			c->deadline = 0;
			if (c->shaking)
				conn_break(c);
			else
				c->ops->expired(c);
		}
	}
}
