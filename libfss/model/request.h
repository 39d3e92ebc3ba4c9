/*
 * Requests of people: who asks whom for what, and what became of it.
 *
 * What may happen is in request.def and nowhere else; fss__request_apply()
 * is the one function that changes a state.  Facts (content stored, entry
 * gone, time over, account locked) are never taken from an event on the
 * wire or from presence: fss__request_settle() derives them from the store,
 * for the requests that request_todo names, so that a hub that was killed
 * between a fact and its consequence catches up when it starts.
 *
 * Functions marked write run on the writer inside a savepoint.  Those that
 * change states append to ctx->news (see event.h); the hub tells it once the
 * transaction is durable.
 */
#ifndef FSS__MODEL_REQUEST_H
#define FSS__MODEL_REQUEST_H

#include "model/event.h"
#include "model/model.h"
#include "store/meta_holder.h"
#include "store/meta_request.h"

enum fss__request_role {
	FSS__ROLE_ASKER,
	FSS__ROLE_TARGET,
	FSS__ROLE_HUB,
	FSS__ROLE_OTHER		/* has no part in it: to them it is not there */
};

enum fss__request_state {
#define S(name, number, live, text) FSS__REQ_##name = number,
#define V(name, number, text)
#define T(kind, state, event, role, to, effects, audit)
#include "model/request.def"
#undef S
#undef V
#undef T
	FSS__REQ_STATES = 9
};

enum fss__request_event {
#define S(name, number, live, text)
#define V(name, number, text) FSS__REV_##name = number,
#define T(kind, state, event, role, to, effects, audit)
#include "model/request.def"
#undef S
#undef V
#undef T
	FSS__REV_EVENTS = 16
};
#define FSS__REQUEST_HUB_EVENTS	8	/* persons' events are below */

/* What comes with a transition, in its transaction. */
#define FSS__RE_TELL_ASKER	(1u << 0)
#define FSS__RE_TELL_TARGET	(1u << 1)	/* all whom it went to */
#define FSS__RE_TELL_BOTH	(FSS__RE_TELL_ASKER | FSS__RE_TELL_TARGET)
#define FSS__RE_TELL_GIVER	(1u << 9)	/* the one of them it is tied to */
#define FSS__RE_TELL_TWO	(FSS__RE_TELL_ASKER | FSS__RE_TELL_GIVER)
#define FSS__RE_PASS		(1u << 2)	/* the asker may read it */
#define FSS__RE_UNPASS		(1u << 3)	/* not any more */
#define FSS__RE_WORK		(1u << 4)	/* a transfer, unless stored */
#define FSS__RE_TIE		(1u << 5)	/* to the file that was named */
#define FSS__RE_BACKOFF		(1u << 6)	/* count a no */
#define FSS__RE_AGAIN		(1u << 7)	/* newest version, rules, expiry */
#define FSS__RE_UNTIE		(1u << 8)	/* from the file offered */

struct fss__request_step {
	uint8_t		to;		/* enum fss__request_state */
	uint8_t		audit;		/* enum fss_audit_what, 0 none */
	uint16_t	effects;
};

/*
 * The table. 0 and *ret_step; FSS_ESTATE: not in this state; FSS_EDENIED:
 * another role could.  Pure.
 */
int	fss__request_next(int kind, int state, int event, int role,
	    struct fss__request_step *ret_step);
/* Bit e: persons' event e is possible for @role now. */
unsigned fss__request_may(int kind, int state, int role);
const char *fss__request_state_name(int state);	/* "open"; NULL */

#define FSS__REQUEST_TTL_S	(90 * 86400)	/* unless asked otherwise */
#define FSS__REQUEST_YES_S	(90 * 86400)	/* from a yes on, at least */
#define FSS__WISH_PAUSE_S	60		/* between two openings */
#define FSS__PASS_S		(30 * 86400)	/* from fulfilment on */
#define FSS__BACKOFF_S		3600		/* doubled by each no, to: */
#define FSS__BACKOFF_MAX_S	(30 * 86400)
#define FSS__BACKOFF_PAIR	5	/* noes of one person: none for a day */

/* What a change carries beside the event. */
struct fss__request_cause {
	int		event;		/* enum fss__request_event */
	int		reason;		/* enum fss_request_reason */
	struct fss__slice detail;
	int64_t		actor;		/* account, 0 the hub */
	int64_t		rule;
	int64_t		entry, version;	/* FULFIL: the file named */
};

/*
 * Write. The one way a state changes: table, expiry (a live request whose
 * time is over takes EXPIRE first, and then this event is judged), row,
 * effects, audit, news.  *r is as it became.  FSS_ESTATE, FSS_EDENIED,
 * FSS_ERATE (RETRY before r->retry).
 */
int	fss__request_apply(struct fss__ctx *ctx, struct fss__meta_request *r,
	    int role, const struct fss__request_cause *cause);

/*
 * Write. ASK.  Asking again for what is live gives that request and changes
 * nothing.  Then rules and access may decide at once, and what the hub has is
 * fulfilled at once.  Emits the request.  FSS_ENOENT, FSS_EISDIR, FSS_ESTATE
 * (the asker can read it already), FSS_ENOACCOUNT, FSS_EDENIED (upload: not
 * even seen), FSS_EINVAL, FSS_EOVERLOAD (limits LIVE, LIVE_PAIR, LIVE_ALL,
 * LIVE_GROUP, AUDIENCE),
 * FSS_ERATE (back-off, ctx->retry_us).
 */
int	fss__request_ask(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_ask *m, fss__emit_fn emit, void *arg);
/*
 * Write. One id of DECIDE: SEE, APPROVE, DENY, CANCEL, RETRY.  A DENY by one
 * of several is noted; that of the last is the DENY of the table.  A wish to
 * all cannot be denied; an offer for it can be taken back.  RETRY of a wish
 * that has an offer turns that down.  SEE of what is not open changes nothing
 * and is fine.
 * FSS_ENOENT, FSS_ESTATE, FSS_EDENIED, FSS_ERATE.
 */
int	fss__request_decide(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t id, int event, struct fss__slice detail,
	    fss__emit_fn emit, void *arg);
/*
 * Write. FULFIL.  FSS_ENOENT, FSS_EISDIR, FSS_ESTATE, FSS_ERATE (another offer
 * has its time), FSS_EDENIED (also: of several, an offer of theirs came to
 * nothing), FSS_EQUOTA, FSS_ECHANGED (of a wish to several: nothing can come).
 */
int	fss__request_fulfil(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_fulfil *m, fss__emit_fn emit, void *arg);
/*
 * Read. fss__m_request rows.  Inbox: asked of me, of me in a group, of all;
 * of all and of groups only while live.  Without `since` newest first, with
 * it oldest change first.  *ret_seq: the counter as of this snapshot, taken
 * before the rows.
 */
int	fss__request_list(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_requests *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next, int64_t *ret_seq);
/* Read. Live requests that wait for @account's answer, 1,000 at most. */
int	fss__request_inbox(struct fss__ctx *ctx, int64_t account,
	    uint64_t *ret_n);

/*
 * Write. Marks: facts about these changed; bounded work.  owner: all live
 * ones for files of that account (access, grant, move, remove, lock).
 */
int	fss__request_touch_owner(struct fss__ctx *ctx, int64_t owner);
int	fss__request_touch_asker(struct fss__ctx *ctx, int64_t asker);
int	fss__request_touch_root(struct fss__ctx *ctx,
	    const struct fss__id *root);
/*
 * Write. Looks at no more than @limit marked requests, then at expired ones,
 * expired passes and old denials, and applies what follows from the facts:
 * ALLOW, DONE, FAIL, EXPIRE.  1 more, 0 idle; *ret_next_us: when the next
 * expires, INT64_MAX.  At the start of a hub all live ones are marked once.
 */
int	fss__request_settle(struct fss__ctx *ctx, int limit,
	    int64_t *ret_next_us);
int	fss__request_mark_live(struct fss__ctx *ctx);
/*
 * Write. START or LOSE for all live requests that wait for @t, @limit at
 * once: 1 more, 0 done.  @actor: whose device.
 */
int	fss__request_moving(struct fss__ctx *ctx,
	    const struct fss__meta_transfer *t, int event, int64_t actor, int limit);

/*
 * Read. Whether a yes lets @account read @version now: 1, 0.  @seen: may see
 * the entry.  Asked by fss__entry_content() where rights do not do.
 */
int	fss__request_pass(struct fss__ctx *ctx, int64_t account,
	    int64_t version, bool seen);
/* Write. First use of a pass: notes the time and audits FETCHED. */
int	fss__request_fetched(struct fss__ctx *ctx, int64_t account,
	    int64_t version);
/* As below, without doing it; reads only. */
int	fss__request_may_upload(struct fss__ctx *ctx,
	    const struct fss__actor *who, int64_t id, int64_t owner,
	    struct fss__slice path, uint64_t size);
/*
 * Write. Whether request @id allows @who to create @path of @owner with @size
 * bytes (COMMIT.request), and DONE for it.  FSS_EDENIED, FSS_ESTATE.
 */
int	fss__request_upload(struct fss__ctx *ctx, const struct fss__actor *who,
	    int64_t id, int64_t owner, struct fss__slice path, uint64_t size);

#endif
