/*
 * What the files of the guard share.
 */
#ifndef FSS__NET_GUARD_INTERNAL_H
#define FSS__NET_GUARD_INTERNAL_H

#include "crypto/keys.h"
#include "net/guard.h"
#include "proto/hub.h"

#define FSS__GUARD_BUCKETS	16384		/* a power of two */
#define FSS__GUARD_SLACK	256		/* bytes, each sweep */

struct fss__guard_source {
	void		*monitor;
	void		*sock;
	unsigned	 port;
	uint64_t	 each;
	int64_t		 most_us;	/* 0: without an end */
};

/* A connection, at the index of its descriptor. */
struct fss__guard_conn {
	bool		 live;
	bool		 cut;		/* its end will be told */
	bool		 trusted;
	bool		 shared;	/* by more than one session */
	bool		 local;		/* over a socket of this machine, */
	bool		 stranger;	/* who may not use it */
	uint8_t		 source;
	uint32_t	 bucket;
	uint64_t	 received;	/* as of the last sweep */
	uint64_t	 delivered;	/* since the last sweep */
	uint64_t	 bytes;		/* delivered in all */
	int64_t		 since_us;
	uint64_t	 held;
	struct fss__line line;		/* if trusted */
};

struct fss__guard {
	struct fss__guard_config cfg;
	struct fss__guard_source	 source[FSS__GUARD_SOCKETS];
	size_t		 nsources;
	struct fss__guard_conn	*conn;
	size_t		 nconns;	/* allocated */
	uint32_t	 live;
	uint32_t	 strangers;	/* of them */
	uint64_t	 held;		/* by all, as of the last sweep */
	int64_t		 now_us;
	int64_t		 sweep_us;
	uint64_t	 cuts;
	struct fss__line *ended;	/* not yet told */
	size_t		 nended, ended_room;
	int64_t		 log_us;	/* when the next line may be written */
	uint64_t	 silent;	/* cuts since the last line */
	/*
	 * Connections per address.  Addresses may share a counter, which only
	 * who knows the key could arrange.
	 */
	uint8_t		 key[FSS__KEY_BYTES];
	uint32_t	 bucket[FSS__GUARD_BUCKETS];
};

/* Forgets a connection that is gone; who was logged in over it is told. */
void	fss__guard_forget(struct fss__guard *g, int fd);
/* Is @fd, whatever it is by now, a connection to this port, or a local one? */
bool	fss__guard_ours(const struct fss__guard *g, int fd, unsigned port);
/* Ends the connection @fd to @port, if it still is one. */
void	fss__guard_end(struct fss__guard *g, int fd, unsigned port,
	    const char *why, int64_t mono_us);

#endif
