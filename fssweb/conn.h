/*
 * A connection of a browser: bytes in, bytes out, a deadline.
 *
 * Kore accepts it and says when the socket is ready; everything between that
 * and the protocol above (http.c, socket.c) is here: the TLS handshake, a
 * queue of what goes out, what was read and not yet taken, back-pressure in
 * both directions.  The layer above never writes to a socket and is never
 * called from within a call of its own: conn_kick() asks for its turn.
 */
#ifndef FSSWEB_CONN_H
#define FSSWEB_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "web_limits.h"

struct conn;

struct conn_ops {
	/* Takes of @data; says how much, or negative to break off. */
	ssize_t	(*input)(struct conn *c, uint8_t *data, size_t len);
	/* After conn_kick(), and whenever the queue is short. */
	void	(*turn)(struct conn *c);
	/* The deadline passed. */
	void	(*expired)(struct conn *c);
	/* It is gone: for the last time. */
	void	(*gone)(struct conn *c);
};

/* Who comes next on this connection; @ctx is its own. */
void	conn_take_over(struct conn *c, const struct conn_ops *ops, void *ctx);
void   *conn_ctx(const struct conn *c);
const uint8_t *conn_addr(const struct conn *c);
bool	conn_is_tls(const struct conn *c);

/* Copies to the queue. Without memory the connection breaks off. */
void	conn_send(struct conn *c, const void *data, size_t len);
/* Room at the end of the queue to write @len bytes to; NULL: broken off. */
uint8_t *conn_room(struct conn *c, size_t len);
/* How much of the last conn_room() was used. */
void	conn_filled(struct conn *c, size_t len);
size_t	conn_queued(const struct conn *c);

/* Stops reading, or goes on; what was read is kept. */
void	conn_pause(struct conn *c, bool pause);
/*
 * Whether a client that has shut its side down has not gone: there is a
 * body of which all may have been sent.
 */
void	conn_expect(struct conn *c, bool more);
/* Milliseconds from now; 0 takes it back. */
void	conn_deadline(struct conn *c, unsigned ms);
void	conn_kick(struct conn *c);
/* When the queue is empty. */
void	conn_close(struct conn *c);
/* At once. */
void	conn_break(struct conn *c);

int64_t	now_ms(void);

/* ---- for module.c ----------------------------------------------------- */

int	conn_init(void);
/* Does what was asked for by conn_kick(); after every call from the loop. */
void	conn_settle(void);
void	conn_tick(int64_t now);
size_t	conn_count(void);

#endif
