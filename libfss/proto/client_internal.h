/*
 * What the files of the client's session machine share.
 */
#ifndef FSS__PROTO_CLIENT_INTERNAL_H
#define FSS__PROTO_CLIENT_INTERNAL_H

#include "base/heap.h"
#include "proto/client_session.h"

enum {
	CS_BULK = 1 << 0,	/* goes over a bulk connection */
	CS_ONCE = 1 << 1,	/* never sent twice unless refused unseen */
	CS_SECRET = 1 << 2	/* holds a password: zeroed when over */
};

enum { CS_LANE_CONTROL, CS_LANE_GET, CS_LANE_PUT, CS_LANES };

struct fss__cs_req {
	struct fss__cs_req	*next, *prev;
	struct fss__cs	*s;		/* whose */
	uint64_t	 id;		/* see fss__cs_id() */
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

/* Without anything to carry, then a connection that is spare is shut. */
#define FSS__CS_REST_US	INT64_C(30000000)

enum fss__cs_conn_state { CONN_OFF, CONN_WAIT, CONN_OPENING, CONN_UP };

struct fss__cs_conn {
	uint8_t		state;		/* enum fss__cs_conn_state */
	bool		used;		/* since that was last seen, see UP */
	uint16_t	fails;		/* in a row */
	uint32_t	flies;		/* requests of all sessions */
	int64_t		at_us;		/* WAIT: try then; OPENING: give up;
					 * UP: look whether a spare one is in
					 * use, or never */
};

/* Whose turn it is: those who have something to send, and maybe more. */
enum { CS_RING_HELLO, CS_RING_CONTROL, CS_RING_BULK, CS_RINGS };

struct fss__cs_place {
	struct fss__cs	*next, *prev;
	bool		in;
};

struct fss__cs_ring {
	struct fss__cs	*head, *tail;
};

/* A person's number, whoever has it now. */
struct fss__cs_seat {
	struct fss__cs	*who;		/* NULL: free */
	uint64_t	serial;		/* of the last who had it */
};

#define CS_BYES		64

/* The connections, and what all sessions over them share. */
struct fss__cs_lines {
	unsigned	nconns;
	unsigned	lanes;		/* of them for content, now */
	unsigned	expected;	/* PUTs and GETs to come; once */
	bool		adapts;
	int64_t		rtt_us;		/* 0: not known */
	struct fss__cs_conn	conn[FSS__CS_MAX_CONNS];
	char		agent[FSS__MAX_LABEL + 1];
	uint64_t	random;
	unsigned	hostkey_fails;	/* handshakes refused in a row */
	int64_t		rx_us;		/* last sign of the hub */
	struct fss__cs	*main;
	struct fss__cs	*offering[FSS__CS_MAX_CONNS];	/* NULL: nobody */
	struct fss__cs_list	done;	/* to be handed out */

	/* persons */
	struct fss__cs_seat	*seat;	/* by number - 1 */
	unsigned	nseats, next_seat, persons;
	struct fss__heap	timers;
	struct fss__cs_ring	ring[CS_RINGS];
	struct fss__cs	*changed;	/* to be told, any order */
	unsigned	hellos;		/* of persons, unanswered */
	bool		main_last;	/* it sent last: others before it */
	uint8_t		bye[CS_BYES][FSS__SESSION_BYTES];	/* to be sent */
	unsigned	byes;
	bool		offered_bye;
};

struct fss__cs {
	struct fss__cs_lines	*lines;
	uint32_t	number;		/* 0: the main one, its lines' owner */
	enum fss__cs_state state;
	struct fss__err	err;
	uint64_t	serial;
	uint64_t	epoch;
	bool		has_session;
	uint8_t		session[FSS__SESSION_BYTES];
	struct fss__cs_terms terms;

	/* who it is to be */
	bool		nobody;
	char		token[FSS__MAX_TOKEN + 1];	/* "" none */
	char		address[FSS__MAX_ADDRESS + 1];

	/* a person's */
	void		*owner;
	struct fss__heap_node timer;
	struct fss__cs_place place[CS_RINGS];
	struct fss__cs	*next_changed;
	bool		told;		/* not in lines->changed */

	/* HELLO and heartbeats */
	uint64_t	hello_req;	/* 0: to be sent */
	int64_t		hello_at_us;	/* not sent before; later: give up */
	unsigned	hello_fails;
	unsigned	esession;	/* refused for no session, in a row */
	int64_t		ping_us;
	int64_t		rx_us, tx_us;	/* last sign of the hub, of ours */
	bool		ping_due;

	/* requests */
	struct fss__cs_req	**slot;		/* nslots, a power of two */
	unsigned	nslots;
	unsigned	used;
	unsigned	next_slot;
	unsigned	over;		/* of them in lines->done */
	struct fss__cs_list	queue[CS_LANES];
	struct fss__cs_list	flying;		/* sent, in order of sending */
	uint16_t	flies[FSS__CS_MAX_CONNS];	/* over each */
	int64_t		busy_until_us;	/* earliest not_before_us, or MAX */
	struct fss__cs_req	*offered;	/* until sent, or the next is */
	uint8_t		offered_own;	/* FSS__MSG_..., 0 */

	/* credit */
	uint64_t	put_credit;
	uint64_t	put_flying;
	uint64_t	received;	/* GET payload of this session */
	uint64_t	reported;	/* of it, as told to the hub */
	uint64_t	offered_received;
	uint64_t	credit_step;	/* report at the latest after so much */
};

#define CS_SERIALS	(UINT64_C(1) << 34)

/*
 * The id of a request: whose it is above, a serial that does not come again
 * for long, and the slot below.  Slot 0 is also for the machine's own.
 */
static inline uint64_t
fss__cs_id(const struct fss__cs *s, uint64_t serial, unsigned slot)
{
	return (uint64_t)s->number << 44 |
	    (serial % CS_SERIALS) * FSS__CS_TABLE | slot;
}

static inline bool
fss__cs_id_own(uint64_t id)
{
	return id % FSS__CS_TABLE == 0;
}

/* What follows @serial; never one whose id would be 0. */
static inline uint64_t
fss__cs_serial_after(uint64_t serial)
{
	return (serial + 1) % CS_SERIALS == 0 ? serial + 2 : serial + 1;
}

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
/*
 * @h was decoded from the event's header.  FSS_EPROTO: there can be no session
 * over this connection, which nobody else uses.
 */
int	fss__cs_take_frame(struct fss__cs *s, const struct fss__header *h,
	    const struct fss__cs_event *ev, struct fss__cs_update *up);
/* The same of a message that was refused: @h is what was gleaned of it. */
int	fss__cs_take_spoilt(struct fss__cs *s, const struct fss__header *h,
	    const struct fss__cs_event *ev, struct fss__cs_update *up);

/* client_person.c */
/* Whose frame @h is of; NULL: of nobody who is still here. */
struct fss__cs *fss__cs_whose(struct fss__cs_lines *ln,
	    const struct fss__header *h);
/* A WELCOME for one who has gone. */
void	fss__cs_bye_later(struct fss__cs_lines *ln,
	    const uint8_t session[FSS__SESSION_BYTES]);
/* Something happened to a person: timers and turns are set anew. */
void	fss__cs_person_stirred(struct fss__cs *p, int64_t now_us,
	    struct fss__cs_update *up);
/* The control connection came, or went (@gone). */
void	fss__cs_persons_line(struct fss__cs_lines *ln, bool gone,
	    int64_t now_us, struct fss__cs_update *up);
/* A bulk connection went: those who had something on it begin anew. */
void	fss__cs_persons_bulk(struct fss__cs_lines *ln, unsigned conn,
	    int64_t now_us, struct fss__cs_update *up);
void	fss__cs_persons_refused(struct fss__cs_lines *ln,
	    const struct fss__err *err, struct fss__cs_update *up);
void	fss__cs_persons_tick(struct fss__cs_lines *ln, int64_t now_us,
	    struct fss__cs_update *up);
int64_t	fss__cs_persons_deadline(const struct fss__cs_lines *ln);
int	fss__cs_persons_send(struct fss__cs_lines *ln, unsigned conn,
	    int64_t now_us, struct fss__frame **ret_header,
	    struct fss__frame **ret_payload);
/* @p (NULL: a BYE) was sent: its turn is over. */
void	fss__cs_persons_sent(struct fss__cs_lines *ln, struct fss__cs *p,
	    unsigned conn, int64_t now_us);
void	fss__cs_persons_free(struct fss__cs_lines *ln);

/* client_lanes.c */
/* The hub's machine was reached over the control connection. */
void	fss__cs_reached(struct fss__cs_lines *ln, int64_t rtt_us);
/* Connections for @n requests with content. */
void	fss__cs_want_lanes(struct fss__cs_lines *ln, size_t n, int64_t now_us,
	    struct fss__cs_update *up);
/* Makes those that were expected to be needed. */
void	fss__cs_want_expected(struct fss__cs_lines *ln, int64_t now_us,
	    struct fss__cs_update *up);
/* PUTs and GETs of one session, sent or not. */
size_t	fss__cs_content(const struct fss__cs *s);
/* Shuts a spare one that had nothing to carry since the last time. */
void	fss__cs_rest(struct fss__cs_lines *ln, unsigned conn, int64_t now_us,
	    struct fss__cs_update *up);
/* Those after the first, of one that adapts; shut when they are idle. */
bool	fss__cs_spare(const struct fss__cs_lines *ln, unsigned conn);

/* client_session.c */
/* Its state or session changed: to be told. */
void	fss__cs_changed(struct fss__cs *s, struct fss__cs_update *up);
void	fss__cs_end(struct fss__cs *s, enum fss__cs_state state,
	    struct fss__cs_update *up);
void	fss__cs_hello_set(struct fss__cs *s, uint64_t req);
void	fss__cs_hello_at(struct fss__cs *s, int64_t now_us);
/* What one session has to send, without those of others. */
int	fss__cs_offer(struct fss__cs *s, unsigned conn, int64_t now_us,
	    struct fss__frame **ret_header, struct fss__frame **ret_payload);
void	fss__cs_init(struct fss__cs *s, struct fss__cs_lines *ln);
void	fss__cs_release(struct fss__cs *s);
void	fss__cs_refuse(struct fss__cs *s, struct fss__cs_update *up);
/* Give the session up and ask for a new one over the same connection. */
void	fss__cs_rehello(struct fss__cs *s, int64_t now_us,
	    struct fss__cs_update *up);
void	fss__cs_conn_lost(struct fss__cs *s, unsigned conn, int reason,
	    int64_t now_us, struct fss__cs_update *up);
void	fss__cs_conn_want(struct fss__cs *s, unsigned conn, int64_t now_us,
	    struct fss__cs_update *up);
int64_t	fss__cs_backoff_us(struct fss__cs *s, unsigned fails);

#endif
