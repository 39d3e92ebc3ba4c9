/*
 * The client handle from inside: operations, calls, events.
 *
 * An operation (struct fss__op) is what the user started; a call is one
 * request of it under way.  Operations are driven by process(): answers come
 * in through the function of their call, and work() does a slice of what is
 * left to do.  Nothing here is ever called from another thread.
 */
#ifndef FSS__CLIENT_INTERNAL_H
#define FSS__CLIENT_INTERNAL_H

#include <stdarg.h>
#include <sys/types.h>

#include <fss/request.h>
#include <fss/web.h>

#include "base/error.h"
#include "base/helper.h"
#include "base/log.h"
#include "client/address.h"
#include "client/row.h"
#include "proto/client_session.h"

struct fss__dealer;
struct fss__localidx;
struct fss__newsroom;
struct fss__op;

/* ---- calls ------------------------------------------------------------ */

struct fss__call;

/*
 * Runs exactly once for every call started, with the answer or an error;
 * FSS_ECANCELED when the operation ends.  May start other calls unless
 * op->ending.
 */
typedef void (*fss__call_fn)(struct fss__call *call,
    const struct fss__cs_answer *a);

/* Embedded in what belongs to the request; zeroed before its first use. */
struct fss__call {
	struct fss__call *next, *prev;	/* under way, of its operation */
	struct fss__op	*op;
	fss__call_fn	 fn;
	uint64_t	 req;
};

/*
 * Queue a request; a reference to @payload is taken.  FSS_EAGAIN (too many
 * under way), FSS_ETOOBIG, FSS_ENOMEM; then @fn does not run.
 */
int	fss__call_start(struct fss__op *op, struct fss__call *call,
	    unsigned type, const void *msg, struct fss__frame *payload,
	    fss__call_fn fn);
/* Hands @a to a call, which is then over. */
void	fss__call_finish(struct fss__call *call,
	    const struct fss__cs_answer *a);
/* Decode an answer's fields; FSS_EPROTO with a detail in @err. */
int	fss__call_decode(const struct fss__cs_answer *a, void *ret_msg,
	    struct fss__err *err);

/* ---- operations ------------------------------------------------------- */

struct fss__op_class {
	const char	*name;
	/*
	 * A slice of work.  1: more to do; 0: waits for an answer or the
	 * user; negative: end the operation with that error (detail in
	 * op->err, which may be left empty).
	 */
	int		(*work)(struct fss__op *op);
	/* Frees what the operation holds but itself; its calls are over. */
	void		(*release)(struct fss__op *op);
	/* A child has ended with @code; may be NULL where there are none. */
	void		(*child)(struct fss__op *op, struct fss__op *child,
			    int code);
	/*
	 * Of one that is written to, else NULL: takes *@ret_n of @len bytes.
	 * FSS_EAGAIN: none now, WRITABLE follows; FSS_E...: the user's
	 * mistake, with a text in the handle.
	 */
	int		(*write)(struct fss__op *op, const void *buf,
			    size_t len, size_t *ret_n);
};

/* Whose operations and session; the handle's own is one of them. */
struct fss__person {
	struct fss__person *next;	/* in its bucket */
	fss_person	 id;		/* 0: the handle's own */
	struct fss__cs	*cs;
	struct fss__newsroom *news;	/* NULL: nobody follows */
	uint64_t	 epoch;		/* of the last session reported */
	bool		 up;		/* the session stands */
	bool		 closing;	/* nothing is begun for them any more */
	unsigned	 serves;	/* operations that serve */
	char		 account[FSS_LIMIT_ACCOUNT + 1];
};

struct fss__op {
	fss_client	*c;
	struct fss__person *who;	/* for whom it was started */
	struct fss__op	*same_id;	/* in its bucket, see fss__op_find() */
	struct fss__op	*next, *prev;	/* of the handle */
	struct fss__op	*parent;	/* of a child, see below; or NULL */
	struct fss__op	*over_next;	/* ended children */
	struct fss__op	*run_next;	/* in the run queue */
	const struct fss__op_class *cls;
	fss_op		 id;
	void		*user;
	struct fss__call *calls;
	unsigned	 ncalls;
	bool		 runnable;	/* is in the run queue */
	bool		 ending;	/* being ended */
	bool		 done;		/* DONE is queued */
	bool		 finished;	/* fss_op_finish(): no more is written */
	bool		 starved;	/* wants a place in the request table */
	bool		 patient;	/* under no time-out */
	bool		 child;		/* has, or had, a parent */
	bool		 parented;	/* has, or had, children */
	bool		 held;		/* its events stay in the queue */
	int64_t		 active_us;	/* last progress */
	int64_t		 wake_us;	/* is to run then; 0: not by time */
	int64_t		 shown_us;	/* last PROGRESS event */
	unsigned	 queued;	/* ROWS and ITEM events not yet taken */
	struct fss_event *progress;	/* queued PROGRESS event */
	struct fss_event *ready;	/* queued READABLE or WRITABLE event */
	struct fss_event *done_event;	/* made beforehand: cannot fail */
	struct fss__err	 err;
	uint32_t	 retry_ms;	/* of the last answer, see struct fss_event */
	bool		 counts;	/* is a transfer: has counters */
	uint64_t	 count[FSS_COUNT_SCANNED + 1];
};

/*
 * Make an operation of @size bytes whose first member is struct fss__op; it
 * is in no list yet.  FSS_ENOTCONN (not open), FSS_EFORK, FSS_ENOMEM.
 */
int	fss__op_new(fss_client *c, const struct fss__op_class *cls,
	    size_t size, void *user, void *ret_op);
/* Enters it, to run at the next process(). */
int	fss__op_begin(struct fss__op *op, fss_op *ret_op);
/* Undoes fss__op_new() where a start fails; NULL is fine. */
void	fss__op_abandon(struct fss__op *op);
void	fss__op_run(struct fss__op *op);
/* Gives up all its calls: each gets FSS_ECANCELED. */
void	fss__op_cancel_calls(struct fss__op *op);
/* Of no interest to the user: no DONE comes of it. */
void	fss__op_hide(struct fss__op *op);
/* To be run at @at_us, monotonic, if not before. */
void	fss__op_wake_at(struct fss__op *op, int64_t at_us);
/* After FSS_EAGAIN of a call: run again when there is room. Returns 0. */
int	fss__op_starve(struct fss__op *op);
/* Ends it with @code, and the text left in op->err if there is one. */
void	fss__op_fail(struct fss__op *op, int code);
/* Ends it: calls are cancelled, DONE queued. @rows (may be NULL) are taken. */
void	fss__op_end(struct fss__op *op, int code, const char *detail,
	    struct fss__rowset *rows);
/*
 * A child is an operation that another one started: its events are told as
 * those of its parent, but DONE, which is told to the parent's class.  It goes
 * with its parent.  Between fss__op_new() and fss__op_begin().
 */
void	fss__op_adopt(struct fss__op *parent, struct fss__op *child);
/* Tells parents of children that ended, and frees those. */
void	fss__op_reap(fss_client *c);
struct fss__op *fss__op_find(fss_client *c, fss_op id);
void	fss__op_free(struct fss__op *op);

/* ---- events ----------------------------------------------------------- */

struct fss_event {
	struct fss_event *next;
	int		 type;
	struct fss__op	*op;		/* NULL: of the handle */
	fss_op		 id;
	int		 error;
	uint32_t	 retry_ms;	/* with an error: not before; 0: not told */
	void		*user;
	struct fss__rowset *rows;
	char		*cursor;	/* of a page; NULL: the end */
	char		*near[FSS__MAX_NEAR];	/* of a search; NULL: no more */
	uint64_t	 count[FSS_COUNT_SCANNED + 1];
	char		 detail[FSS__DETAIL];
};

struct fss_event *fss__event_new(int type, struct fss__op *op);
/* Forgets the handle's last event; with DONE the operation goes too. */
void	fss__event_free(struct fss_event *ev);
void	fss__event_forget_near(struct fss_event *ev);
void	fss__event_push(fss_client *c, struct fss_event *ev);
/* @rows are taken, also where it fails with FSS_ENOMEM. */
int	fss__event_rows(struct fss__op *op, int type, int error,
	    const char *detail, struct fss__rowset *rows);
void	fss__event_state(fss_client *c, int error, const char *detail);
/* Shows the counters, now and then; one event is queued at most. */
void	fss__event_progress(struct fss__op *op);
/* Events of a child that ended are its parent's. */
void	fss__event_inherit(struct fss__op *child);
/* Whether fss_client_next() has something to give. */
bool	fss__event_any(const fss_client *c);
/* Takes the first event of @id out of turn: 1, or 0. */
int	fss__event_next_of(fss_client *c, fss_op id,
	    const fss_event **ret_ev);
/* READABLE or WRITABLE, unless one is queued already. */
void	fss__event_ready(struct fss__op *op, int type);

/* ---- the handle ------------------------------------------------------- */

/*
 * Content of one PUT or GET on a long line.  It counts as under way until all
 * of it has come, and one of several connections takes long for it: in small
 * pieces what may be under way fills more of the line.
 */
#define FSS__FAR_PIECE		((size_t)256 << 10)

#define FSS__PERSON_BUCKETS	1024
#define FSS__OP_BUCKETS		1024

struct fss_client {
	pid_t		 pid;
	struct fss__err	 err;
	struct fss__log	 log;
	struct fss__address address;
	uint8_t		*secret;	/* guarded memory */
	bool		 has_secret;
	char		 device_name[FSS__MAX_LABEL + 1];
	unsigned	 bulk;		/* connections, 0: as the line needs */
	unsigned	 conns;		/* at most, with the control one */
	int		 timeout_ms;

	struct fss__localidx *index;	/* NULL until set */

	struct fss__dealer *dealer;	/* NULL until open */
	struct fss__cs	*cs;		/* own.cs */
	struct fss__cs_update update;	/* to be carried out */
	struct fss__person own;
	struct fss__person *as;		/* who starts operations */
	struct fss__person *person[FSS__PERSON_BUCKETS];
	fss_person	 last_person;
	int64_t		 now_us;	/* of this round */
	int64_t		 check_us;	/* look for timed out operations then */
	int64_t		 wake_us;	/* an operation wants to run then */
	bool		 starved;	/* an operation is */
	bool		 more;		/* process() stopped at its budget */
	bool		 processing;	/* process() runs */

	unsigned	 readers;	/* fss_client_read() under way */
	unsigned	 senders;	/* struct fss__sender there are */
	struct fss__helper *helper;	/* NULL until something large is read */
	fss_op		 last_op;
	struct fss__op	*ops;
	struct fss__op	*over;		/* children that ended */
	struct fss__op	*by_id[FSS__OP_BUCKETS];
	struct fss__op	*run_head, *run_tail;

	struct fss__page_wish {
		unsigned	 limit;		/* 0: none */
		uint8_t		 type;		/* FSS__MSG_..., 0: the start */
		size_t		 len;
		uint8_t		 cursor[FSS__MAX_CURSOR];
	} page;				/* of the listing that is started next */

	struct fss_event *ev_head, *ev_tail;
	struct fss_event *current;	/* handed out */
};

/* person.c */
struct fss__person *fss__person_find(const fss_client *c, fss_person id);
/* All but the handle's own. */
void	fss__persons_free(fss_client *c);

/* 0 or FSS_EINVAL, FSS_EFORK. */
int	fss__client_check(const fss_client *c);
int	fss__client_fail(fss_client *c, int code, const char *fmt, ...)
	    __attribute__((format(printf, 3, 4)));
void	fss__client_forget_event(fss_client *c);

#endif
