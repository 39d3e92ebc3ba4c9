/*
 * What the files of the client's session machine share.
 */
#ifndef FSS__PROTO_CLIENT_INTERNAL_H
#define FSS__PROTO_CLIENT_INTERNAL_H

#include "proto/client_session.h"

enum {
	CS_BULK = 1 << 0,	/* goes over a bulk connection */
	CS_ONCE = 1 << 1,	/* never sent twice unless refused unseen */
	CS_SECRET = 1 << 2	/* holds a password: zeroed when over */
};

enum { CS_LANE_CONTROL, CS_LANE_GET, CS_LANE_PUT, CS_LANES };

struct fss__cs_req {
	struct fss__cs_req	*next, *prev;
	uint64_t	 id;		/* serial * FSS__CS_TABLE + slot */
	void		*user;
	uint8_t		 type;
	uint8_t		 flags;
	uint8_t		 lane;
	uint8_t		 conn;		/* sent over this one */
	bool		 sent;
	bool		 orphan;	/* sent, but nobody waits for it */
	bool		 over;		/* answered, in the done list */
	unsigned	 tries;		/* times the hub said it was busy */
	int64_t		 not_before_us;
	uint8_t		*items;		/* GET: encoded items, else NULL */
	size_t		 items_len;
	uint32_t	 items_count;
	struct fss__frame *header;	/* NULL for GET until sent */
	size_t		 session_at;	/* where the session id is in it */
	struct fss__frame *payload;
	struct fss__cs_answer answer;
};

struct fss__cs_list {
	struct fss__cs_req	*head, *tail;
	size_t		 count;
};

void	fss__cs_list_append(struct fss__cs_list *l, struct fss__cs_req *r);
void	fss__cs_list_prepend(struct fss__cs_list *l, struct fss__cs_req *r);
void	fss__cs_list_remove(struct fss__cs_list *l, struct fss__cs_req *r);

enum fss__cs_conn_state { CONN_OFF, CONN_WAIT, CONN_OPENING, CONN_UP };

struct fss__cs_conn {
	enum fss__cs_conn_state state;
	unsigned	fails;		/* in a row */
	int64_t		at_us;		/* WAIT: try then; OPENING: give up */
	size_t		flying;		/* requests sent over it, unanswered */
};

struct fss__cs {
	unsigned	nconns;
	struct fss__cs_conn	conn[FSS__CS_MAX_CONNS];
	enum fss__cs_state state;
	struct fss__err	err;
	char		agent[FSS__MAX_LABEL + 1];
	uint64_t	random;
	uint64_t	serial;
	uint64_t	epoch;
	bool		has_session;
	uint8_t		session[FSS__SESSION_BYTES];
	struct fss__cs_terms terms;

	/* HELLO and heartbeats */
	uint64_t	hello_req;	/* 0: to be sent */
	int64_t		hello_at_us;	/* not sent before; later: give up */
	unsigned	hello_fails;
	unsigned	hostkey_fails;	/* handshakes refused in a row */
	unsigned	esession;	/* refused for no session, in a row */
	int64_t		ping_us;
	int64_t		rx_us, tx_us;	/* last sign of the hub, of ours */
	bool		ping_due;

	/* requests */
	struct fss__cs_req	*slot[FSS__CS_TABLE];
	unsigned	used;
	unsigned	next_slot;
	struct fss__cs_list	queue[CS_LANES];
	struct fss__cs_list	flying;		/* sent, in order of sending */
	struct fss__cs_list	done;		/* to be handed out */
	int64_t		busy_until_us;	/* earliest not_before_us, or MAX */
	struct fss__cs_req	*offered[FSS__CS_MAX_CONNS];
	uint8_t		offered_own[FSS__CS_MAX_CONNS];	/* FSS__MSG_..., 0 */

	/* credit */
	uint64_t	put_credit;
	uint64_t	put_flying;
	uint64_t	received;	/* GET payload of this session */
	uint64_t	reported;	/* of it, as told to the hub */
	uint64_t	offered_received;
	uint64_t	credit_step;	/* report at the latest after so much */
};

/* client_table.c */
int	fss__cs_req_new(struct fss__cs *s, struct fss__cs_request *q);
void	fss__cs_req_free(struct fss__cs *s, struct fss__cs_req *r);
struct fss__cs_req *fss__cs_req_find(const struct fss__cs *s, uint64_t id);
/* Moves it to the done list with this error (0: its answer is filled in). */
void	fss__cs_req_finish(struct fss__cs *s, struct fss__cs_req *r, int code,
	    const char *detail);
/* Takes it back from the flying ones; to be sent again. */
void	fss__cs_req_requeue(struct fss__cs *s, struct fss__cs_req *r);
/* All that fly: queued again, or given back where once is enough. */
void	fss__cs_req_requeue_all(struct fss__cs *s);
void	fss__cs_req_cancel(struct fss__cs *s, uint64_t id);
/* The next request to send over a connection; NULL. */
struct fss__cs_req *fss__cs_req_pick(struct fss__cs *s, unsigned conn,
	    int64_t now_us);
/* Makes its header for the session as it is. */
int	fss__cs_req_header(struct fss__cs *s, struct fss__cs_req *r,
	    struct fss__frame **ret_header);
void	fss__cs_req_sent(struct fss__cs *s, struct fss__cs_req *r,
	    unsigned conn);
/* A whole header as a frame. */
int	fss__cs_encode(unsigned type, uint64_t req, const uint8_t *session,
	    const struct fss__record *rec, const void *msg,
	    struct fss__frame **ret_frame);

/* client_answer.c */
int	fss__cs_take_frame(struct fss__cs *s, const struct fss__cs_event *ev,
	    struct fss__cs_update *up);

/* client_session.c */
/* Give the session up and ask for a new one over the same connection. */
void	fss__cs_rehello(struct fss__cs *s, int64_t now_us,
	    struct fss__cs_update *up);
void	fss__cs_conn_lost(struct fss__cs *s, unsigned conn, int reason,
	    int64_t now_us, struct fss__cs_update *up);
void	fss__cs_conn_want(struct fss__cs *s, unsigned conn, int64_t now_us,
	    struct fss__cs_update *up);
int64_t	fss__cs_backoff_us(struct fss__cs *s, unsigned fails);

#endif
