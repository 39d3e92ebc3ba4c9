/*
 * The hub's ZeroMQ sockets: the ROUTER clients talk to, over CURVE, and
 * programs of this machine if they may (local.h); the ZAP handler that gives
 * every message its authenticated key; and the introduction socket for first
 * use.
 */
#ifndef FSS__NET_ROUTER_H
#define FSS__NET_ROUTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/frame.h"

struct fss__line;

#define FSS__ENDPOINT	256	/* bytes of an endpoint's text, with NUL */
#define FSS__PEER	64	/* bytes of a peer's address, with NUL */

#define FSS__ROUTER_FDS	5

struct fss__log;
struct fss__router;

struct fss__router_config {
	const char	*listen;	/* "tcp://HOST:PORT", port 0 any */
	const char	*introduce;	/* likewise; NULL port + 1; "off" */
	const char	*local;		/* path of a socket, or NULL; outlives */
	const uint32_t	*local_user;	/* who may use it */
	size_t		 local_users;
	const uint8_t	*public_key;	/* 32 bytes each */
	const uint8_t	*secret_key;
	unsigned	 io_threads;
	size_t		 max_message;	/* bytes of one frame */
	uint64_t	 max_held;	/* bytes of messages not delivered */
	uint64_t	 max_unsent;	/* bytes of answers not sent */
	uint32_t	 per_address;	/* connections; 0: no limit */
	const struct fss__log *log;
};

struct fss__arrival {
	uint64_t	 route;		/* the connection */
	int		 fd;		/* its descriptor, for trust() */
	uint8_t		 key[32];	/* that ZAP authenticated, or made */
	char		 peer[FSS__PEER];
	bool		 local;		/* the key is fss__local_key()'s */
	struct fss__frame *header;	/* the caller's */
	struct fss__frame *payload;	/* likewise, or NULL */
	bool		 cut;		/* more frames came, and went */
};

/* FSS_EINVAL, FSS_EBUSY (address in use), FSS_ENOMEM, FSS_EIO. */
int	fss__router_open(const struct fss__router_config *cfg,
	    struct fss__err *err, struct fss__router **ret_r);
void	fss__router_close(struct fss__router *r);	/* NULL is fine */

/* "HOST:PORT" as bound. */
const char *fss__router_bound(const struct fss__router *r);
/* The descriptors to wait on; returns how many. */
size_t	fss__router_fds(const struct fss__router *r,
	    int fds[FSS__ROUTER_FDS]);
/* Answers what waits at the ZAP and the introduction socket. */
void	fss__router_serve(struct fss__router *r, int64_t mono_us);
/* Cuts connections that hold too much: see guard.h and unsent.h. */
void	fss__router_sweep(struct fss__router *r, int64_t mono_us);
int64_t	fss__router_deadline(const struct fss__router *r);
/* See guard.h. */
void	fss__router_trust(struct fss__router *r, int fd,
	    const struct fss__line *line);
int	fss__router_ended(struct fss__router *r, struct fss__line *ret_line);
/* Cut a connection that does not take its answers. */
void	fss__router_cut(struct fss__router *r, uint64_t route,
	    int64_t mono_us);
/* Bytes of answers on their way over one connection, and over all. */
uint64_t fss__router_unsent(const struct fss__router *r, uint64_t route);
uint64_t fss__router_unsent_all(const struct fss__router *r);
/* Connections cut so far. */
uint64_t fss__router_cuts(const struct fss__router *r);
/* Is there anything to take? (ZeroMQ's descriptors are edge-triggered.) */
int	fss__router_ready(const struct fss__router *r);
/*
 * Take one message.  1, 0 none, FSS_EPROTO: one was thrown away (no frame, or
 * no key).  FSS_ENOMEM: one was lost, of @ret_a->key.
 */
int	fss__router_recv(struct fss__router *r, struct fss__arrival *ret_a);
/*
 * Takes both frames over in any case.  FSS_EAGAIN (the peer's queue is full),
 * FSS_ENOTCONN, FSS_ENOMEM: dropped.
 */
int	fss__router_send(struct fss__router *r, uint64_t route,
	    struct fss__frame *header, struct fss__frame *payload);

#endif
