/*
 * One request on its way through the hub.
 *
 * The hub machine makes a job of each request that needs the store or a slow
 * computation.  A job passes through the stages of its handler, each on a
 * lane (a kind of thread); whoever runs the lanes hands it back when the
 * last stage ended or one failed.  A job owns its frames and its answer.
 */
#ifndef FSS__PROTO_JOB_H
#define FSS__PROTO_JOB_H

#include "base/buf.h"
#include "base/frame.h"
#include "crypto/keys.h"
#include "model/event.h"
#include "model/model.h"
#include "wire/message.h"

enum fss__lane {
	FSS__LANE_READ,		/* database and chunks, many threads */
	FSS__LANE_WRITE,	/* the one writer, in batches */
	FSS__LANE_HASH,		/* digests of what was uploaded */
	FSS__LANE_KDF,		/* passwords: slow on purpose, queue bounded */
	FSS__LANES
};

struct fss__job;
struct fss__hub;

/* 0 goes on to the next stage; FSS_E... ends the job with that error. */
typedef int (*fss__stage_fn)(struct fss__job *job, struct fss__ctx *ctx);

#define FSS__STAGES	3

#define FSS__H_OP	(1u << 0)	/* field 1 is the op id: done once */
#define FSS__H_PAYLOAD	(1u << 1)	/* a payload frame belongs to it */
#define FSS__H_DIRECT	(1u << 2)	/* write stage outside a transaction */
#define FSS__H_SECRET	(1u << 3)	/* the header is zeroed afterwards */
#define FSS__H_RATED	(1u << 4)	/* counts against log-in limits */
#define FSS__H_NOTE	(1u << 6)	/* its write may fail: only a note */
#define FSS__H_BATCH	(1u << 5)	/* guards each of its items as well */
#define FSS__H_FACTS	(1u << 8)	/* requests may follow from it */
#define FSS__H_LAZY	(1u << 7)	/* its write need not be synced */

struct fss__handler {
	uint8_t		type;
	uint32_t	flags;
	struct {
		enum fss__lane	lane;
		fss__stage_fn	run;		/* NULL: no more stages */
	} stage[FSS__STAGES + 1];
	/*
	 * On the hub's own thread once the stages are over; may be NULL.  It
	 * may queue the job again, or see to the answer itself: see `kept`
	 * and `quiet`.
	 */
	void		(*finish)(struct fss__hub *hub, struct fss__job *job);
};

struct fss__job {
	struct fss__job		*next;		/* in whoever's queue */
	const struct fss__handler *handler;
	const struct fss__message *message;
	unsigned		 stage;

	/* who asks */
	uint64_t		 route;		/* connection */
	uint64_t		 req;
	uint64_t		 serial;	/* of the session, 0 none */
	uint64_t		 from;		/* whose address, see hub_tally.h */
	char			 address[FSS__MAX_ADDRESS + 1];
	uint64_t		 changes;	/* the hub's, when queued */
	uint8_t			 session[FSS__SESSION_BYTES];
	uint8_t			 key[FSS__KEY_BYTES];
	struct fss__actor	 who;

	/* what */
	struct fss__frame	*header;
	struct fss__frame	*payload;
	size_t			 header_bytes;	/* counted as under way */
	union {
#define M(NAME, number, request, answer, needs) struct fss__m_##request NAME;
#include "wire/messages.def"
#undef M
	} m;

	/* what stages leave for the next */
	char			 hash[FSS__PWHASH_TEXT];
	char			 was[FSS__PWHASH_TEXT];	/* before it */
	struct fss__actor	 found;		/* whom a log-in turned out to be */
	bool			 known;		/* `hash` is somebody's */
	int64_t			 account;	/* whom an operator changed */
	int64_t			 wall_us;	/* when the last stage ran */
	bool			 hidden;	/* whom a log-in found */
	uint64_t		 inbox;		/* what waits for them */
	bool			 leased;	/* came under the lease it needs */
	bool			 rated;		/* a password is to be worked on */
	bool			 front;		/* a front end sent it */
	bool			 more;		/* there is more to do */
	bool			 brief;		/* GET: there is little room */
	bool			 first;		/* of a transfer's progress */
	int64_t			 number;	/* of what an internal job is about */
	int64_t			 ticket;	/* GET of a visitor, see model/link.h */
	uint64_t		 amount;
	uint64_t		 look_size, look_next;	/* WANTED */
	int64_t			 next_us;	/* wall: when there is more to do */
	void			*data;		/* owned */
	size_t			 ndata;
	struct fss__news	*look;		/* EVENTS: owned, to be filtered */

	/* of finish() */
	bool			 repeated;	/* its op was done before, and
						 * nothing now */
	bool			 kept;		/* it is queued again */
	bool			 quiet;		/* nothing is to be answered */

	/* what a write leaves to be told once it is durable; owned */
	struct fss__news	*news;

	/* the answer */
	struct fss__err		 err;		/* code 0: fine */
	uint32_t		 retry_ms;
	struct fss__buf		 out;		/* a whole header frame */
	struct fss__frame	*out_payload;
};

struct fss__job *fss__job_new(void);
void	fss__job_free(struct fss__job *job);

/* Whether @who may ask for what needs so much: log-in, scope, role. */
bool	fss__may(const struct fss__actor *who, unsigned needs);
/* Whether @who may ask for @m: log-in, scope, role; of a visitor, at all. */
bool	fss__may_send(const struct fss__actor *who,
	    const struct fss__message *m);
/* hub_link.c: whether a visitor may send a message of this type. */
bool	fss__visitor_may(const struct fss__actor *who, unsigned type);

/* Encodes @answer, of the message's answer record, into job->out. */
int	fss__job_answer(struct fss__job *job, const void *answer);
/* The fields of job->out, for keeping an answer. */
struct fss__slice fss__job_fields(const struct fss__job *job);

/* The lane the job waits for; FSS__LANES when it is over. */
enum fss__lane fss__job_lane(const struct fss__job *job);
/*
 * Run the present stage and move on.  On the write lane, unless the handler
 * is DIRECT, the caller is inside fss__store_begin(); a failed job leaves no
 * trace in the transaction.
 */
void	fss__job_run(struct fss__job *job, struct fss__ctx *ctx);
/* Called by a stage: the job is over, the stages after it are left out. */
void	fss__job_end(struct fss__job *job);
/* End the job with an error (a commit that failed, a queue that is full). */
void	fss__job_fail(struct fss__job *job, int err, const char *detail);

/* NULL for a type the hub does not handle through jobs. */
const struct fss__handler *fss__handler_find(unsigned type);
extern const struct fss__handler fss__handlers_hello[];
extern const struct fss__handler fss__handlers_login[];
extern const struct fss__handler fss__handlers_account[];
extern const struct fss__handler fss__handlers_sessions[];
extern const struct fss__handler fss__handlers_entry[];
extern const struct fss__handler fss__handlers_put[];
extern const struct fss__handler fss__handlers_get[];
extern const struct fss__handler fss__handlers_people[];
extern const struct fss__handler fss__handlers_work[];
extern const struct fss__handler fss__handlers_stage[];
extern const struct fss__handler fss__handlers_admin[];
extern const struct fss__handler fss__handlers_link[];

/*
 * Collects rows of a page: an emit function whose arg is this.  Says
 * FSS_EAGAIN when the page is full.
 */
struct fss__rows {
	struct fss__buf			 buf;
	uint32_t			 count;
	uint32_t			 limit;
	const struct fss__record	*record;
};
void	fss__rows_init(struct fss__rows *rows, const struct fss__record *record,
	    uint64_t limit /* 0: the greatest there is */);
void	fss__rows_release(struct fss__rows *rows);
int	fss__rows_emit(void *rows, const void *record);
struct fss__list fss__rows_list(const struct fss__rows *rows);

#endif
