/*
 * What conn.c and conn_io.c share.
 */
#ifndef FSSWEB_CONN_INTERNAL_H
#define FSSWEB_CONN_INTERNAL_H

#include "kore_host.h"

#include "conn.h"

#define HELD_BYTES	WEB_MAX_READ	/* read and not taken */

struct chunk {
	struct chunk	*next;
	size_t		 cap, len, off;
	uint8_t		 data[];
};

struct conn {
	TAILQ_ENTRY(conn) list;
	struct conn	*next_ready;
	struct connection *k;		/* NULL once Kore has let go */
	const struct conn_ops *ops;
	void		*ctx;
	uint8_t		 addr[16];
	int64_t		 deadline;	/* 0: none */
	int64_t		 moved;		/* when the queue last got shorter */
	uint8_t		*held;
	size_t		 held_len;
	struct chunk	*out, **out_tail;
	size_t		 queued;
	bool		 shaking, paused, expects, closing, eof;
	bool		 ready, kicked, stepping, dead, tls, counted;
};

int	conn_io_init(void);
/* Goes on with the handshake. Whether it stands now. */
bool	conn_shake(struct conn *c);
/* One read, given to the layer above. Bytes, 0 nothing, -1 gone. */
ssize_t	conn_take_in(struct conn *c);
/* Offers again what was not taken. */
void	conn_feed_held(struct conn *c);
void	conn_drop_held(struct conn *c);
/* Writes what waits. Bytes, or -1: gone. */
ssize_t	conn_put_out(struct conn *c);

#endif
