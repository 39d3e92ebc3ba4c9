/*
 * The client's session machine, driven without a network: what it sends is
 * noted, what a hub would say is fed to it.  What a test does not expect ends
 * it.
 */
#ifndef FSS_TEST_CLIENT_RIG_H
#define FSS_TEST_CLIENT_RIG_H

#include "base/frame.h"
#include "proto/client_session.h"

#define RIG_CONNS	3	/* of rig_open() */
#define RIG_SENT	2048

/* A message that was sent. */
struct rig_sent {
	unsigned	type;
	unsigned	conn;
	uint64_t	req;
	size_t		payload;
	size_t		session_len;
	uint8_t		session[16];
	uint64_t	received;	/* of a GET or CREDIT */
};

struct rig {
	struct fss__cs	*cs;
	struct fss__cs_update up;
	int64_t		 now;
	uint8_t		 session[16];	/* which the next WELCOME has */
	struct rig_sent	 sent[RIG_SENT];
	unsigned	 nsent;
	bool		 cut;		/* what is fed had more frames */
};

/* A machine of @conns connections, before it starts. */
void	rig_new(struct rig *g, unsigned conns);
/* Starts it, which asks for the first connection. */
void	rig_start(struct rig *g);
/* Both, with RIG_CONNS. */
void	rig_open(struct rig *g);
/* And on to a HELLO that is sent. */
void	rig_hello(struct rig *g);
/* And on to a session that stands. */
void	rig_ready(struct rig *g);
void	rig_close(struct rig *g);

void	rig_step(struct rig *g, enum fss__cs_event_type type, unsigned conn,
	    int reason);
/* Time goes on to what is due. */
void	rig_due(struct rig *g);
/* Feeds a frame, with a payload of that many bytes, and drops both. */
void	rig_feed(struct rig *g, unsigned conn, struct fss__frame *header,
	    size_t payload);
/* Sends all that is to be sent over @conn; returns how many. */
unsigned rig_pump(struct rig *g, unsigned conn);
const struct rig_sent *rig_last(const struct rig *g);

/* Content of @payload bytes is for PUT alone. */
int	rig_try_request(struct rig *g, unsigned type, size_t payload,
	    void *user, uint64_t *ret_req);
/* One that is taken: its number. */
uint64_t rig_request(struct rig *g, unsigned type, size_t payload,
	    void *user);

/* To the last that was sent. */
void	rig_welcome(struct rig *g);
void	rig_answer_ping(struct rig *g, uint64_t req);
void	rig_answer_get(struct rig *g, unsigned conn, uint64_t req,
	    size_t payload);
void	rig_answer_put(struct rig *g, unsigned conn, uint64_t req,
	    uint64_t credit);

/* The one answer there is: its error; checks whose it is. */
int	rig_take(struct rig *g, void *user);
/* There is none. */
void	rig_none(struct rig *g);

#endif
