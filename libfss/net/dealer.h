/*
 * The client's sockets: one ZeroMQ DEALER with CURVE per connection, behind
 * one descriptor that never changes.  To a hub's local socket (local.h) it
 * is a DEALER without.
 *
 * ZeroMQ's own reconnecting is off: a connection that is lost is reported
 * once and stays lost until fss__dealer_open() makes it anew, so nothing of
 * its former life can ever arrive.
 *
 * A hub with another key than ours and a line that is dead behind something
 * that still accepts end a handshake in the same way.  So another key is only
 * reported where the introduction port shows one, or cryptography says so.
 */
#ifndef FSS__NET_DEALER_H
#define FSS__NET_DEALER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fss__dealer;
struct fss__frame;

struct fss__dealer_config {
	const char	*endpoint;	/* "tcp://host:port", "ipc:///path" */
	const char	*introduce;	/* where keys are shown; NULL: none */
	const uint8_t	*server_key;	/* 32 bytes each; not for "ipc:" */
	const uint8_t	*public_key;
	const uint8_t	*secret_key;
	unsigned	 conns;
	unsigned	 threads;	/* of ZeroMQ; 0: one */
};

enum fss__dealer_event_type {
	FSS__DEALER_REACHED,	/* TCP connected; once, before UP */
	FSS__DEALER_UP,		/* encrypted and authenticated */
	FSS__DEALER_LOST,	/* `reason`: UNREACH, HOSTKEY, NOTCONN, PROTO,
				 * EDENIED (a local socket, not for this user) */
	FSS__DEALER_FRAME	/* a message: the caller owns the frames */
};

struct fss__dealer_event {
	enum fss__dealer_event_type type;
	unsigned	conn;
	int		reason;
	int64_t		rtt_us;		/* REACHED: a round trip; 0 unknown */
	struct fss__frame *header;
	struct fss__frame *payload;	/* may be NULL */
	bool		cut;		/* more frames came, and went */
};

/* FSS_ENOMEM, FSS_EIO (no descriptors). The keys are copied by ZeroMQ. */
int	fss__dealer_new(const struct fss__dealer_config *cfg,
	    struct fss__dealer **ret_d);
void	fss__dealer_free(struct fss__dealer *d);
/* In a forked child: closes this end's descriptors, touches nothing else. */
void	fss__dealer_forget(struct fss__dealer *d);

/* Makes connection @conn, cutting it first if it is there. FSS_EIO, ENOMEM. */
int	fss__dealer_open(struct fss__dealer *d, unsigned conn);
/* What was sent last may take so long to leave when it is shut. */
void	fss__dealer_linger(struct fss__dealer *d, unsigned conn, int ms);
void	fss__dealer_shut(struct fss__dealer *d, unsigned conn);
/* 1 and an event, 0 none, FSS_ENOMEM (a message of ret_ev->conn is lost). */
int	fss__dealer_next(struct fss__dealer *d,
	    struct fss__dealer_event *ret_ev);
/*
 * Takes over both frames on success. FSS_EAGAIN, FSS_ENOTCONN (report will
 * follow), FSS_ENOMEM.
 */
int	fss__dealer_send(struct fss__dealer *d, unsigned conn,
	    struct fss__frame *header, struct fss__frame *payload);

int	fss__dealer_fd(const struct fss__dealer *d);
/* Does a socket have something to take, whatever the descriptor says? */
bool	fss__dealer_pending(struct fss__dealer *d);
/* Make the descriptor readable, or take that back. */
void	fss__dealer_arm(struct fss__dealer *d);
void	fss__dealer_disarm(struct fss__dealer *d);
/* As arm; any thread, async-signal-safe. */
void	fss__dealer_wakeup(const struct fss__dealer *d);

#endif
