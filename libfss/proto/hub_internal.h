/*
 * What the files of the hub machine share.
 */
#ifndef FSS__PROTO_HUB_INTERNAL_H
#define FSS__PROTO_HUB_INTERNAL_H

#include "model/presence.h"
#include "proto/hub.h"
#include "proto/hub_event.h"
#include "proto/hub_rate.h"
#include "proto/hub_serve.h"
#include "proto/hub_session.h"

struct fss__front {
	uint8_t		key[FSS__KEY_BYTES];
	bool		listed;		/* it is one now */
	uint32_t	sessions;
};

struct fss__hub {
	struct fss__hub_config	cfg;
	struct fss__sessions	sessions;
	struct fss__rates	*rates;
	struct fss__front	front[FSS__FRONTS];
	uint64_t		put_flying;	/* of all sessions, bytes */
	uint64_t		get_reserved;	/* likewise, of GETs */
	uint64_t		get_flying;	/* sent, not said to be received */
	uint64_t		unsent;		/* answers not taken, bytes */
	bool			starved;	/* a GET waits for others */
	int64_t			resume_us;	/* not tried again before */
	uint64_t		kdf_queued;	/* password jobs out */
	uint64_t		hellos;		/* HELLO jobs out: sessions to be */
	uint64_t		changes;	/* of who may do what */
	bool			draining;
	struct fss__hub_stats	stats;

	struct fss__board	*board;
	struct fss__presence	*presence;
	struct fss__hub_events	events;
	struct fss__hub_uploads	uploads;
	struct fss__leases	*leases;
	struct fss__news	*spare;		/* so that no change is missed */

	/* the hub's own work, see hub_chore.c */
	struct fss__note	*notes;		/* of last seen, to be written */
	size_t			nnotes, notes_cap;
	bool			noting, settling, settle_again;
	bool			started;
	int64_t			start_us;	/* not before, see start_finish() */
	int64_t			settle_us;	/* when something expires */
	int64_t			sweep_us, alive_us;

	bool			no_memory;	/* somewhere, tried again soon */
	int64_t			since_us;	/* wall: of the first step */
	int64_t			now_us;
	int64_t			wall_us;

	/* during a step only */
	struct fss__hub_update	*up;
};

/* The most password jobs under way; each takes its 64 MiB in turn. */
#define FSS__KDF_QUEUE	64

struct fss__note {
	int64_t	account, seen_us;
	bool	live;
};

/*
 * Sends the buffer's bytes as a header frame and leaves it empty; @payload is
 * taken over, also where it fails.  @s: whose session hangs on it, or NULL.
 */
int	fss__hub_send(struct fss__hub *hub, uint64_t route,
	    const struct fss__session *s, struct fss__buf *b,
	    struct fss__frame *payload);
/* @id: the session that was asked for, or NULL. */
int	fss__hub_send_error(struct fss__hub *hub, uint64_t route,
	    const struct fss__session *s, const uint8_t *id, uint64_t req,
	    int err, const char *detail, uint32_t retry_ms);
/* Send what the job has in `out`, or its error. 0 or FSS_ENOMEM. */
int	fss__hub_answer(struct fss__hub *hub, struct fss__job *job);
/* Hand a job to its lane; also in a finish(), to have it once more. */
void	fss__hub_queue(struct fss__hub *hub, struct fss__job *job);
/* End the sessions of an account (but @keep) or of a device; 0 = any. */
void	fss__hub_end_sessions(struct fss__hub *hub, int64_t account,
	    int64_t device, const struct fss__session *keep);
/* Ends a session: its presence, its wait for news, its leases. */
void	fss__hub_remove_session(struct fss__hub *hub, struct fss__session *s);
/* The same for a reason: the client is told, so that it sees at once. */
void	fss__hub_end_session(struct fss__hub *hub, struct fss__session *s);
/* The same where a message or answer of it was lost: the client is told. */
void	fss__hub_lose_session(struct fss__hub *hub, struct fss__session *s);
/* Logs it in or (@who NULL) out. 0 or FSS_ENOMEM: it is to be removed. */
int	fss__hub_identify(struct fss__hub *hub, struct fss__session *s,
	    const struct fss__actor *who, bool hidden);
/* End the sessions logged in with @key (but @keep) on another device. */
void	fss__hub_end_key(struct fss__hub *hub,
	    const uint8_t key[FSS__KEY_BYTES], int64_t device,
	    const struct fss__session *keep);

/* hub_front.c */
/* Sets the address of a job that came over the line of @peer. */
void	fss__hub_whence(struct fss__hub *hub, struct fss__job *job,
	    const struct fss__session *s, const char *peer);
void	fss__hub_front_enter(struct fss__hub *hub, struct fss__session *s);
void	fss__hub_front_leave(struct fss__session *s);
/* Whether there is room for a session of job->found; else the job failed. */
bool	fss__hub_room(struct fss__hub *hub, struct fss__job *job);
bool	fss__hub_account_room(struct fss__hub *hub, struct fss__job *job);

/* hub_sessions.c: what the jobs of SESSIONS and SESSION_END begin with. */
int	fss__hub_sessions_note(struct fss__hub *hub,
	    const struct fss__session *asker, struct fss__job *job);
int	fss__hub_session_end_note(struct fss__hub *hub, struct fss__job *job);

/*
 * hub_held.c: an upload in parts is at work in @job's session alone, by who
 * got @turn with @op; in none; no more in this one by who got @turn (0:
 * whoever), or took it up with @op (of no bytes: whoever).
 */
void	fss__hub_held_take(struct fss__hub *hub, const struct fss__job *job,
	    struct fss__slice id, uint64_t turn, struct fss__slice op);
/* As take(), by who asked before with @op: from whoever did so alone. */
void	fss__hub_held_again(struct fss__hub *hub, const struct fss__job *job,
	    struct fss__slice id, struct fss__slice op);
void	fss__hub_held_end(struct fss__hub *hub, const struct fss__job *job,
	    struct fss__slice id);
void	fss__hub_held_leave(struct fss__hub *hub, const struct fss__job *job,
	    struct fss__slice id, uint64_t turn, struct fss__slice op);
/* All that are in @s, which ends or is somebody else's from now on. */
void	fss__hub_held_forget(struct fss__hub *hub, struct fss__session *s);
/* What the job of STAGES begins with; then whether one is held. */
int	fss__hub_held_note(struct fss__hub *hub, struct fss__job *job);
bool	fss__hub_held(const struct fss__job *job, struct fss__slice id);

/* hub_hello.c: what a session needs to know of job->found. */
int	fss__hub_read_person(struct fss__job *job, struct fss__ctx *ctx);

/* hub_message.c: takes the frames of @ev over. */
int	fss__hub_message(struct fss__hub *hub, struct fss__hub_event *ev);

/* hub_put.c, hub_window.c: credit in both directions. */
/* Credit of a session that has had so many bytes accepted. */
uint64_t fss__hub_put_credit(const struct fss__hub *hub, uint64_t accepted);
int	fss__hub_put_admit(struct fss__hub *hub, struct fss__session *s,
	    struct fss__job *job);
void	fss__hub_get_admit(struct fss__hub *hub, struct fss__session *s,
	    struct fss__job *job);
/* GETs that wait because all sessions together hold too much. */
void	fss__hub_get_resume(struct fss__hub *hub);
void	fss__hub_get_credit(struct fss__hub *hub, struct fss__session *s,
	    uint64_t received);
/* When that may be tried again; INT64_MAX: none waits. */
int64_t	fss__hub_get_deadline(const struct fss__hub *hub);
/* One of @s (NULL: which has ended) is done; so much is to be sent of it. */
void	fss__hub_get_done(struct fss__hub *hub, struct fss__session *s,
	    uint64_t bytes);
/* @s ends: what it did not take is no matter any more. */
void	fss__hub_get_end(struct fss__hub *hub, const struct fss__session *s);

/* hub_entry.c: what answers have in common. */
int	fss__hub_answer_entries(struct fss__job *job,
	    const struct fss__rows *rows, const struct fss__cursor *next);
int	fss__hub_answer_empty(struct fss__job *job);
/* Takes one record for the whole answer: an emit function, @job its arg. */
int	fss__hub_answer_record(void *job, const void *record);

/* hub_items.c: batches of changes. */
union fss__hub_item {
	struct fss__m_commit_item commit;
	struct fss__m_ref ref;
};

struct fss__hub_items {
	struct fss__job		*job;
	struct fss__ctx		*ctx;
	struct fss__list	 list;
	struct fss__rows	 rows;		/* of the answer */
	/* One of them: 0 or more, or FSS_E..., which leaves no trace. */
	int	(*change)(struct fss__hub_items *x,
		    const union fss__hub_item *item);
	const void		*arg;
	bool			 refs;		/* the list has those */
	bool			 apart;		/* each in a savepoint */
	bool			 anew;		/* that is needed */
};

typedef int (*fss__hub_item_fn)(struct fss__hub_items *x,
    const union fss__hub_item *item);

/*
 * @change on each commit_item of @list, or each ref, and the answer: rows that
 * @change emits, or one for each ref.  Of a handler with FSS__H_BATCH.
 */
int	fss__hub_write_items(struct fss__job *job, struct fss__ctx *ctx,
	    struct fss__list list, fss__hub_item_fn change, const void *arg);
int	fss__hub_write_refs(struct fss__job *job, struct fss__ctx *ctx,
	    struct fss__list list, fss__hub_item_fn change);
/* Whether @r concerns more than the item that failed. */
bool	fss__hub_ends_batch(int r);

/* hub_link.c: so much was given out for a visitor's download. */
void	fss__hub_link_served(struct fss__hub *hub, int64_t ticket,
	    uint64_t bytes);

/* hub_work.c: may @s send this, as far as leases go? */
int	fss__hub_work_admit(struct fss__hub *hub, struct fss__session *s,
	    struct fss__job *job);
/* What came with a PUT, or a PLAN (job->amount pages that were not here). */
void	fss__hub_work_arrived(struct fss__hub *hub, const struct fss__job *job,
	    uint64_t transfer);
/* hub_lease.c: START or LOSE for all who wait for a transfer. */
void	fss__hub_moving(struct fss__hub *hub, int64_t transfer, int event,
	    const struct fss__actor *who);
/* What is due of leases. */
void	fss__hub_leases_step(struct fss__hub *hub);

/*
 * hub_chore.c: the hub's own work.  A job without a message, or NULL (then
 * it is tried again later, see no_memory).
 */
struct fss__job *fss__hub_chore(struct fss__hub *hub,
	    const struct fss__handler *handler);
/* A job is over: its news are told, what it may have changed is settled. */
void	fss__hub_after(struct fss__hub *hub, struct fss__job *job);
void	fss__hub_presence_step(struct fss__hub *hub);
void	fss__hub_chores_step(struct fss__hub *hub);
int64_t	fss__hub_chores_deadline(const struct fss__hub *hub);
/* Marked requests are looked at, now or when that is over. */
void	fss__hub_settle(struct fss__hub *hub);

#endif
