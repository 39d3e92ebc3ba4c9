/*
 * Peers of a benchmark's hub: they speak the protocol with as little work as
 * possible, so that what is measured is the hub.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/frame.h"
#include "hub.h"
#include "wire/message.h"

struct bench_peer {
	void		*sock;
	uint8_t		 session[FSS__SESSION_BYTES];
	bool		 ready;			/* WELCOME came */
	uint64_t	 last_req;
	uint64_t	 received;		/* payload bytes, see GET */
	int64_t		 sent_us;		/* when it last said something */
};

struct bench_answer {
	struct fss__header h;
	int		 err;		/* FSS_E..., 0 none */
	struct fss__frame *header, *payload;
};

/* Connects person @who and says HELLO; @ret_fd: see ZMQ_FD. */
void	bench_peer_open(struct bench_peer *p, void *zmq,
	    const struct bench_hub *h, size_t who, int *ret_fd);
void	bench_peer_close(struct bench_peer *p);
/* @msg: a struct fss__m_... of the request's record. */
void	bench_peer_send(struct bench_peer *p, unsigned type, const void *msg);
/* What came next, or false. Takes HELLO's answer in itself. */
bool	bench_peer_next(struct bench_peer *p, struct bench_answer *ret_a);
void	bench_answer_drop(struct bench_answer *a);
/* Its fields into @ret_msg, a struct fss__m_... of the answer's record. */
void	bench_answer_read(const struct bench_answer *a, void *ret_msg);

#endif
