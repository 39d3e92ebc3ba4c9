/*
 * Bytes between a connection's socket and its two ends: TLS or plain, what
 * was read and not taken, what waits to be written.
 *
 * One read goes to a buffer that all connections share and from there to the
 * layer above; only what that leaves is copied and kept.  Nothing here
 * decides when: conn.c does.
 */
#include "kore_host.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "conn_internal.h"
#include "host.h"

static uint8_t *scratch;

int
conn_io_init(void)
{
	scratch = malloc(WEB_MAX_READ);
	return scratch != NULL ? 0 : FSS_ENOMEM;
}

/* Bytes, 0 nothing now, -1 the end or an error. */
static ssize_t
raw_read(struct conn *c, uint8_t *dst, size_t cap)
{
	struct connection *k = c->k;
	ssize_t n;
	int r;

	if (k->ssl == NULL) {
		do
			n = recv(k->fd, dst, cap, 0);
		while (n < 0 && errno == EINTR);
		if (n > 0)
			return n;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			k->evt.flags &= ~KORE_EVENT_READ;
			return 0;
		}
		return -1;
	}
	r = tls_read(k->ssl, dst, cap);
	if (r == 0)
		k->evt.flags &= ~KORE_EVENT_READ;
	return r;
}

static ssize_t
raw_write(struct conn *c, const uint8_t *src, size_t len)
{
	struct connection *k = c->k;
	ssize_t n;
	int r;

	if (k->ssl == NULL) {
		do
			n = send(k->fd, src, len, MSG_NOSIGNAL);
		while (n < 0 && errno == EINTR);
		if (n >= 0)
			return n;
		if (errno == EAGAIN || errno == EWOULDBLOCK) {
			k->evt.flags &= ~KORE_EVENT_WRITE;
			return 0;
		}
		return -1;
	}
	r = tls_write(k->ssl, src, len);
	if (r == 0)
		k->evt.flags &= ~KORE_EVENT_WRITE;
	return r;
}

bool
conn_shake(struct conn *c)
{
	int r;

	if (c->k->ssl == NULL) {
		c->k->ssl = tls_session(c->k->fd);
		if (c->k->ssl == NULL) {
			conn_break(c);
			return false;
		}
	}
	r = tls_accept(c->k->ssl);
	if (r < 0) {
		conn_break(c);
		return false;
	}
	if (r == 0) {
		c->k->evt.flags &= ~(KORE_EVENT_READ | KORE_EVENT_WRITE);
		return false;
	}
	c->shaking = false;
	c->k->evt.flags |= KORE_EVENT_READ | KORE_EVENT_WRITE;
	http_begin(c);
	return !c->dead;
}

/* Gives @data to the layer above. What is left over, or -1: broken off. */
static ssize_t
feed(struct conn *c, uint8_t *data, size_t len)
{
	ssize_t n;

	while (len > 0 && !c->paused && !c->dead && !c->closing) {
		n = c->ops->input(c, data, len);
		if (n < 0) {
			conn_break(c);
			return -1;
		}
		if (n == 0)
			break;
		data += n;
		len -= (size_t)n;
	}
	return c->dead ? -1 : (ssize_t)len;
}

void
conn_drop_held(struct conn *c)
{
	free(c->held);
	c->held = NULL;
	c->held_len = 0;
}

void
conn_feed_held(struct conn *c)
{
	ssize_t left;

	if (c->held_len == 0 || c->paused)
		return;
	left = feed(c, c->held, c->held_len);
	if (left < 0)
		return;
	if (left == 0) {
		conn_drop_held(c);
	} else if ((size_t)left < c->held_len) {
		memmove(c->held, c->held + c->held_len - (size_t)left,
		    (size_t)left);
		c->held_len = (size_t)left;
	}
}

/* Keeps @data behind what is kept already. False: no memory. */
static bool
hold(struct conn *c, const uint8_t *data, size_t len)
{
	if (c->held == NULL)
		c->held = malloc(HELD_BYTES);
	if (c->held == NULL) {
		conn_break(c);
		return false;
	}
	memcpy(c->held + c->held_len, data, len);
	c->held_len += len;
	return true;
}

ssize_t
conn_take_in(struct conn *c)
{
	size_t room = HELD_BYTES - c->held_len, got = 0;
	ssize_t n = 0, left;

	/* Records of TLS are 16 KiB: gather some. */
	while (got < room) {
		n = raw_read(c, scratch + got, room - got);
		if (n <= 0)
			break;
		got += (size_t)n;
		if (c->k->ssl == NULL)
			break;
	}
	if (n < 0)
		c->eof = true;
	if (got == 0)
		return n;
	if (c->held_len > 0) {
		if (!hold(c, scratch, got))
			return -1;
		conn_feed_held(c);
		return c->dead ? -1 : (ssize_t)got;
	}
	left = feed(c, scratch, got);
	if (left < 0)
		return -1;
	if (left > 0 && !hold(c, scratch + got - (size_t)left, (size_t)left))
		return -1;
	return (ssize_t)got;
}

ssize_t
conn_put_out(struct conn *c)
{
	size_t done = 0;

	while (c->out != NULL && (c->k->evt.flags & KORE_EVENT_WRITE) != 0) {
		struct chunk *first = c->out;
		ssize_t n = 0;

		if (first->off < first->len)
			n = raw_write(c, first->data + first->off,
			    first->len - first->off);
		if (n < 0)
			return -1;
		first->off += (size_t)n;
		c->queued -= (size_t)n;
		done += (size_t)n;
		if (first->off == first->len) {
			c->out = first->next;
			if (c->out == NULL)
				c->out_tail = &c->out;
			free(first);
		}
	}
	if (done > 0)
		c->moved = now_ms();
	return (ssize_t)done;
}
