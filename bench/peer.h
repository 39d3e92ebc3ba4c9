/*
 * What the benchmarks of many people share: a hub of their own, a real fssd
 * on loopback with people in it, and peers that speak the protocol with as
 * little work as possible, so that what is measured is the hub.
 *
 * Whatever fails ends the program, and the hub with it.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <fss/client.h>

#include "base/frame.h"
#include "crypto/keys.h"
#include "wire/message.h"

struct bench_hub {
	pid_t		 pid;
	char		 dir[1024];	/* data is below it, in "hub" */
	char		 address[512];	/* fss://HOST:PORT#KEY */
	char		 endpoint[512];	/* tcp://HOST:PORT */
	uint8_t		 key[FSS__KEY_BYTES];
	size_t		 people;
	uint8_t		(*secret)[FSS__KEY_BYTES];	/* of their devices */
	uint8_t		(*public)[FSS__KEY_BYTES];
};

void	bench_die(const char *what, int err) __attribute__((noreturn));
void	bench_need(int err, const char *what);
/* As many descriptors as are allowed: their number. */
uint64_t bench_descriptors(void);
/* A number behind an option, from 1 on. */
uint64_t bench_number(const char *option, const char *text);
/* The q-th of a thousand of @v, which is sorted by it. */
int64_t	bench_quantile(int64_t *v, size_t n, unsigned q);

/* Waits for what @started began to end well. */
void	bench_finish(fss_client *c, int started, const fss_op *op,
	    const char *what);

/* A hub in a new folder below @parent, with @people: p0, p1 ... */
void	bench_hub_start(struct bench_hub *h, const char *parent,
	    size_t people);
void	bench_hub_stop(struct bench_hub *h);
double	bench_hub_cpu(const struct bench_hub *h);	/* seconds so far */
uint64_t bench_hub_memory(const struct bench_hub *h);	/* bytes resident */

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
