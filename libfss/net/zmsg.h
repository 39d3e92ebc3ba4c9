/*
 * Messages between frames (base/frame.h) and ZeroMQ sockets, without copying
 * anything that is large.
 */
#ifndef FSS__NET_ZMSG_H
#define FSS__NET_ZMSG_H

#include <stddef.h>

struct fss__frame;

#define FSS__COPY_BELOW	512	/* bytes of a frame; larger ones by reference */

/* errno of a ZeroMQ call -> FSS_E... */
int	fss__zmq_errno(int e);

/*
 * Send @frames[0..n) as one multipart message on @sock; @flags: 0 or
 * ZMQ_DONTWAIT.  On success the caller's reference to each frame is taken
 * over (ZeroMQ drops it on a thread of its own), otherwise all stay the
 * caller's.  FSS_EAGAIN (queue full, or nobody connected), FSS_ENOTCONN
 * (peer is gone), FSS_ENOMEM, FSS_EIO.
 */
int	fss__zmsg_send(void *sock, struct fss__frame *const *frames, size_t n,
	    int flags);

/*
 * Take one whole message from @sock without waiting; the caller owns a
 * reference to each of the *@ret_n frames.  FSS_EAGAIN where there is none,
 * FSS_EPROTO (more than @max parts; the message is thrown away whole),
 * FSS_ENOMEM (likewise), FSS_EIO.
 */
int	fss__zmsg_recv(void *sock, struct fss__frame **frames, size_t max,
	    size_t *ret_n);

/* Bytes that a part of @n takes on an encrypted line. */
size_t	fss__zmsg_on_line(size_t n);

/* What ZeroMQ knows of where a message came from. */
struct fss__zmsg_meta {
	char	user_id[64];	/* "User-Id", as ZAP gave it */
	char	peer[64];	/* "Peer-Address" */
	int	fd;		/* the connection's, -1 where it is not told */
	size_t	bytes;		/* of all parts, thrown away or not */
	size_t	parts;		/* likewise */
	size_t	line;		/* bytes it took on an encrypted line, but for
				   the first part, which is a ROUTER's */
};

/*
 * The same, but of a message of more than @max parts the first @max are handed
 * out and only the others thrown away: ret_meta->parts says how many it had.
 * *@ret_meta is filled in also where the message is thrown away; texts are ""
 * where ZeroMQ does not tell (or they do not fit).
 */
int	fss__zmsg_recv_meta(void *sock, struct fss__frame **frames, size_t max,
	    size_t *ret_n, struct fss__zmsg_meta *ret_meta);

/* Drops the references to @n frames, NULL ones too. */
void	fss__zmsg_unref(struct fss__frame **f, size_t n);
/* A part of these bytes, or NULL. */
struct fss__frame *fss__zmsg_part(const void *p, size_t n);
/*
 * Sends the parts, which it takes over, without waiting; where that cannot be,
 * or one is NULL, the message is dropped.
 */
void	fss__zmsg_post(void *sock, struct fss__frame **f, size_t n);

#endif
