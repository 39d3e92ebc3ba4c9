/*
 * What connections may make the hub hold before a message is whole.
 *
 * ZeroMQ hands a message over when its last part came, and its queues count
 * whole messages: a peer that never sends a last part is held back by none of
 * them.  The guard compares what each connection has received with what was
 * delivered from it, and cuts those that hold too much; it also bounds how
 * many connections there are, in all and from one address.
 *
 * Of a local socket the kernel does not tell what was received: its
 * connections are counted, by user, and not measured.  Only configured users
 * get past the handshake there; of all others there are a few connections at
 * a time, since what they send instead of a handshake is held too.
 */
#ifndef FSS__NET_GUARD_H
#define FSS__NET_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fss__unsent_line;
struct fss__guard;
struct fss__line;
struct fss__log;

#define FSS__GUARD_SOCKETS	2	/* the most there is to watch */

struct fss__guard_config {
	uint64_t	 total;		/* bytes that all may hold */
	uint32_t	 connections;	/* in all; 0: all but a reserve of the
					 * descriptors there are */
	uint32_t	 per_address;	/* likewise; 0: no limit */
	const char	*local;		/* path of a socket, or NULL; outlives */
	const uint32_t	*local_user;	/* who may use it; outlives */
	size_t		 local_users;
	const struct fss__log *log;
};

/* FSS_ENOMEM. */
int	fss__guard_new(const struct fss__guard_config *cfg,
	    struct fss__guard **ret_g);
/* Before the sockets are closed. NULL is fine. */
void	fss__guard_free(struct fss__guard *g);

/* Bytes the kernel takes of what is sent beyond what is on the line. */
#define FSS__GUARD_NOT_SENT	131072

/*
 * Watch a bound socket of @ctx; each of its connections may hold @each bytes,
 * and last @most_ms (0: as long as it will).  FSS_EIO, FSS_EINVAL (too many).
 */
int	fss__guard_watch(struct fss__guard *g, void *ctx, void *sock,
	    unsigned port, uint64_t each, int most_ms);
/* Descriptors to wait on, edge-triggered; returns how many. */
size_t	fss__guard_fds(const struct fss__guard *g,
	    int fds[FSS__GUARD_SOCKETS]);
/* Are there connections that come or go to be taken note of? */
int	fss__guard_ready(const struct fss__guard *g);

/*
 * A whole message was delivered over descriptor @fd, which took so many bytes
 * on the line; returns how many were in all.
 */
uint64_t fss__guard_delivered(struct fss__guard *g, int fd, size_t bytes);
/*
 * Somebody is logged in over @fd, in the session of @line: others are cut
 * first.
 */
void	fss__guard_trust(struct fss__guard *g, int fd,
	    const struct fss__line *line);
/*
 * The next connection that ended: 1 and the session that was logged in over
 * it, if it was one only; 0 none.
 */
int	fss__guard_ended(struct fss__guard *g, struct fss__line *ret_line);

/* Take note of connections that came and went. */
void	fss__guard_note(struct fss__guard *g, int64_t mono_us);
/* When sweep() is next wanted, monotonic microseconds. */
int64_t	fss__guard_deadline(const struct fss__guard *g);
/* Look at what all connections hold, if it is time to. */
void	fss__guard_sweep(struct fss__guard *g, int64_t mono_us);
/* Cut @fd, of which something else is known. */
void	fss__guard_cut(struct fss__guard *g, int fd, const char *why,
	    int64_t mono_us);
/* What the kernel tells of @fd (unsent.h); false: it is no socket. */
bool	fss__guard_look(int fd, struct fss__unsent_line *ret_line);
/* How many connections were cut so far. */
uint64_t fss__guard_cuts(const struct fss__guard *g);

#endif
