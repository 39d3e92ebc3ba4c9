/*
 * The hub's side of the protocol: a state machine over all sessions, without
 * sockets, clocks or threads.
 *
 * step() takes one event and appends to an update: frames to send, in order,
 * and jobs to run (see job.h), whose results come back as events.  What a
 * client may keep waiting is bounded: unanswered requests, payload bytes in
 * flight both ways, sessions.
 */
#ifndef FSS__PROTO_HUB_H
#define FSS__PROTO_HUB_H

#include "base/log.h"
#include "proto/job.h"

struct fss__hub_config {
	char		name[FSS__MAX_LABEL + 1];
	int		registration;
	uint32_t	max_sessions;
	uint32_t	max_anonymous;	/* sessions not logged in */
	uint32_t	max_account;	/* sessions of one account, 0 any */
	uint32_t	max_address;	/* sessions not logged in of one
					 * address or key, 0 any */
	uint32_t	max_front;	/* sessions of one front end, 0 any */
	uint64_t	max_upload;	/* payload bytes in flight, all sessions */
	uint64_t	max_headers;	/* bytes of requests, likewise */
	uint64_t	max_unsent;	/* bytes of answers not taken, likewise */
	uint64_t	easy;		/* in flight either way: while it is less,
					 * credit need not be earned */
	uint32_t	chunk_min, chunk_avg, chunk_max;
	uint8_t		digest;
	const struct fss__log *log;
};

enum fss__hub_event_type {
	FSS__HUB_FRAME,		/* a message came */
	FSS__HUB_JOB,		/* a job is over; the hub takes it */
	FSS__HUB_TICK,		/* time has passed */
	FSS__HUB_UNSENT,	/* a frame of the hub's could not be sent */
	FSS__HUB_LOST,		/* a message of `key` could not be taken */
	FSS__HUB_CLOSED		/* a connection ended */
};

/* A session and a connection it uses. */
struct fss__line {
	uint64_t	serial;
	uint64_t	route;
	bool		shared;		/* by others, whose it is as well */
	uint8_t		session[FSS__SESSION_BYTES];
};

struct fss__hub_event {
	enum fss__hub_event_type type;
	int64_t		mono_us;
	int64_t		wall_us;	/* for what is shown; 0: as before */
	uint64_t	unsent_all;	/* answers on the way, bytes */
	uint64_t	unsent;		/* FRAME: over this connection */
	uint8_t		key[FSS__KEY_BYTES];	/* FRAME and LOST */
	/* FRAME: both frames are taken over, payload may be NULL */
	uint64_t	route;
	const char	*address;
	bool		 local;		/* the key stands for a user */
	struct fss__frame *header;
	struct fss__frame *payload;
	bool		 cut;		/* it had more, which are gone */
	bool		 logged_in;	/* told back: it came from a session
					 * that somebody is logged in to: */
	struct fss__line line;		/* that one, for CLOSED to tell */
	/* JOB */
	struct fss__job	*job;
	/* UNSENT: stays the caller's */
	const struct fss__out *out;
};

struct fss__out {
	struct fss__out	*next;
	uint64_t	 route;
	struct fss__frame *header;
	struct fss__frame *payload;
	uint64_t	 serial;	/* of the session, 0 none */
	uint8_t		 session[FSS__SESSION_BYTES];
};

/* Lists in order; the caller takes what is in them. */
struct fss__hub_update {
	struct fss__out	*outs, **outs_tail;
	struct fss__job	*jobs, **jobs_tail;
};

void	fss__hub_update_init(struct fss__hub_update *up);
void	fss__hub_update_release(struct fss__hub_update *up);
void	fss__out_free(struct fss__out *out);

int	fss__hub_new(const struct fss__hub_config *cfg, struct fss__hub **ret_hub);
/* Jobs still out must not come back afterwards. */
void	fss__hub_free(struct fss__hub *hub);

/*
 * 0 or FSS_ENOMEM: then the message is lost.  A client repeats nothing while
 * its connection stands; so a session that lost a message or an answer ends,
 * and the client, told so at once (or else with its next message), asks all
 * of it anew.
 */
int	fss__hub_step(struct fss__hub *hub, struct fss__hub_event *ev,
	    struct fss__hub_update *up);
/* When TICK is next wanted, monotonic microseconds. */
int64_t	fss__hub_deadline(const struct fss__hub *hub);

/* Who is here: for the readers, as long as the hub lives. */
struct fss__board *fss__hub_board(struct fss__hub *hub);

void	fss__hub_set_registration(struct fss__hub *hub, int registration);
#define FSS__FRONTS	16
/*
 * Whose word about addresses is believed, in place of those before.
 * FSS_ETOOBIG, FSS_EBUSY: then some of them are.
 */
int	fss__hub_set_fronts(struct fss__hub *hub,
	    const uint8_t (*key)[FSS__KEY_BYTES], size_t n);
/* From now on every request is answered FSS_EOVERLOAD. */
void	fss__hub_drain(struct fss__hub *hub);

struct fss__hub_stats {
	uint64_t	sessions;
	uint64_t	requests;
	uint64_t	errors;
	uint64_t	bytes_in;
	uint64_t	bytes_out;
	uint64_t	under_way;	/* jobs out */
};
void	fss__hub_stats(const struct fss__hub *hub, struct fss__hub_stats *ret);

#endif
