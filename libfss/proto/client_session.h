/*
 * The client's side of a session: a state machine without sockets, clocks or
 * threads.
 *
 * The driver feeds events with fss__cs_step(), obeys the update (connections
 * to make or to cut), sends what fss__cs_next_send() offers and takes what
 * fss__cs_next_answer() hands out.  Every request accepted is answered there
 * exactly once: by the hub, or by an error of this machine.
 *
 * Connection 0 is the control lane: HELLO, heartbeats and everything small.
 * The others are bulk lanes, made when the first PUT or GET wants one; on a
 * long line as soon as it is known that some will.
 *
 * Persons are sessions of others over the same connections.  Each is a
 * machine that takes REQUEST and CANCEL; everything else (connections, time,
 * frames, sending, answers) goes through the machine they were made from, in
 * turn, so that none keeps another waiting.
 */
#ifndef FSS__PROTO_CLIENT_SESSION_H
#define FSS__PROTO_CLIENT_SESSION_H

#include "base/error.h"
#include "base/frame.h"
#include "wire/message.h"

#define FSS__CS_CONTROL		0
#define FSS__CS_MAX_CONNS	9
#define FSS__CS_TABLE		1024	/* requests, a power of two */
/* A round trip from which on a line is long: see client_lanes.c. */
#define FSS__CS_LONG_US		INT64_C(10000)

enum fss__cs_state {
	FSS__CS_DOWN,		/* no control connection */
	FSS__CS_HELLO,		/* connected, no session yet */
	FSS__CS_READY,		/* the session stands */
	FSS__CS_REFUSED		/* the hub speaks no version of ours, or does
				 * not take the token; final */
};

enum fss__cs_event_type {
	FSS__CS_START,		/* begin to connect */
	FSS__CS_REACHED,	/* `conn` is on its way to: see `rtt_us` */
	FSS__CS_UP,		/* connection `conn` stands */
	FSS__CS_LOST,		/* it is gone, or could not be made: `reason` */
	FSS__CS_FRAME,		/* a message came over `conn` */
	FSS__CS_TICK,		/* time has passed */
	FSS__CS_REQUEST,	/* `request` is to be sent */
	FSS__CS_CANCEL		/* nobody wants the answer of `req` any more */
};

struct fss__cs_request {
	uint8_t		type;		/* FSS__MSG_... */
	const struct fss__record *rec;
	const void	*msg;		/* encoded at once, not kept */
	struct fss__frame *payload;	/* may be NULL; a reference is taken */
	void		*user;		/* comes back with the answer */
	uint64_t	ret_req;	/* out: its id */
};

struct fss__cs_event {
	enum fss__cs_event_type type;
	int64_t		 now_us;	/* monotonic */
	unsigned	 conn;		/* REACHED, UP, LOST, FRAME */
	int64_t		 rtt_us;	/* REACHED: a round trip; 0 unknown */
	int		 reason;	/* LOST: FSS_EUNREACH, ... */
	struct fss__frame *header;	/* FRAME: refs are taken as needed, */
	struct fss__frame *payload;	/* the caller's stay; may be NULL */
	bool		 cut;		/* FRAME: it had more, which are gone */
	struct fss__cs_request *request; /* REQUEST */
	uint64_t	 req;		/* CANCEL */
};

/* Collects over any number of steps; the driver zeroes it. */
struct fss__cs_update {
	uint32_t	open;		/* bit i: make connection i (anew) */
	uint32_t	shut;		/* bit i: cut it; done before `open` */
	bool		changed;	/* state or session: see below */
};

/* What WELCOME granted, checked and within our own limits. */
struct fss__cs_terms {
	uint64_t	credit, credit_max;
	size_t		chunk_min, chunk_avg, chunk_max;
	size_t		payload_max;
	unsigned	batch_max;
	unsigned	requests_max;
	uint8_t		digest;
	int64_t		inbox;		/* requests that wait; -1 unknown */
	int		registration;	/* enum fss_registration; -1 unknown */
	char		hub_name[FSS__MAX_LABEL + 1];
	char		account[FSS_LIMIT_ACCOUNT + 1];	/* "" not logged in */
};

struct fss__cs_answer {
	void		*user;
	uint8_t		 type;		/* of the request */
	struct fss__err	 err;		/* code 0: `fields` is the answer */
	uint32_t	 retry_ms;	/* of an error: not before; 0: not told */
	struct fss__slice fields;	/* into `header` */
	struct fss__frame *header;
	struct fss__frame *payload;	/* may be NULL */
};

struct fss__cs;

#define FSS__CS_PERSONS		((1u << 20) - 1)	/* at a time */

/* @conns: 2..FSS__CS_MAX_CONNS.  @seed: of the jitter. */
int	fss__cs_new(unsigned conns, const char *agent, uint64_t seed,
	    struct fss__cs **ret_s);
void	fss__cs_free(struct fss__cs *s);
/* Of its connections only as many are to be made as the line needs. */
void	fss__cs_adapt(struct fss__cs *s);
/*
 * Soon there will be @n PUTs and GETs: on a long line connections for them are
 * made at the next step, so that they are there in time.
 */
void	fss__cs_expect(struct fss__cs *s, unsigned n);
/* The line is long: what waits for an answer waits for the line. */
bool	fss__cs_far(const struct fss__cs *s);
/* How many connections may carry content now. */
unsigned fss__cs_lanes(const struct fss__cs *s);

/*
 * A person over the connections of @s, which is none itself.  @token may be
 * NULL (nobody), @address "".  FSS_EAGAIN: there are too many, FSS_ENOMEM.
 */
int	fss__cs_person_new(struct fss__cs *s, const char *token,
	    const char *address, void *owner, int64_t now_us,
	    struct fss__cs **ret_p);
/* Ends its session with BYE; answers not taken are gone. */
void	fss__cs_person_close(struct fss__cs *p);
void	*fss__cs_owner(const struct fss__cs *p);
/* What it says HELLO with from now on. */
void	fss__cs_set_token(struct fss__cs *s, struct fss__slice token);
/* A person whose state or session changed, each once; NULL: no more. */
struct fss__cs *fss__cs_next_changed(struct fss__cs *s);

/*
 * 0; REQUEST also FSS_EAGAIN (table is full, come back after an answer),
 * FSS_ETOOBIG and FSS_EINVAL (no message can be made of it), FSS_ENOMEM; others
 * FSS_ENOMEM, after which the machine is consistent and the peer's message
 * counts as lost with its connection.
 */
int	fss__cs_step(struct fss__cs *s, const struct fss__cs_event *ev,
	    struct fss__cs_update *up);
/*
 * What to send next over @conn: 1 and references to *ret_header and
 * *ret_payload (may be NULL), 0 nothing now, FSS_ENOMEM.  Unless followed by
 * fss__cs_sent(), the same is offered again.
 */
int	fss__cs_next_send(struct fss__cs *s, unsigned conn, int64_t now_us,
	    struct fss__frame **ret_header, struct fss__frame **ret_payload);
void	fss__cs_sent(struct fss__cs *s, unsigned conn, int64_t now_us);
/* 1 and an answer to be released, or 0. */
/* 1 and the message that ends the session, where there is one; 0 not. */
int	fss__cs_bye(const struct fss__cs *s, struct fss__frame **ret_header);
int	fss__cs_next_answer(struct fss__cs *s, struct fss__cs_answer *ret_a);
void	fss__cs_answer_release(struct fss__cs_answer *a);

enum fss__cs_state fss__cs_state(const struct fss__cs *s);
/* Why there is no session: the last failure, code 0 where there was none. */
const struct fss__err *fss__cs_error(const struct fss__cs *s);
const struct fss__cs_terms *fss__cs_terms(const struct fss__cs *s);
/* Counts sessions; changes with every WELCOME. */
uint64_t fss__cs_epoch(const struct fss__cs *s);
/* When a TICK is due, monotonic microseconds; INT64_MAX never. */
int64_t	fss__cs_deadline(const struct fss__cs *s);
/* Free places in the table. */
unsigned fss__cs_room(const struct fss__cs *s);
/* Requests queued or sent whose answer is still to come. */
unsigned fss__cs_pending(const struct fss__cs *s);

#endif
