/*
 * Presence: who is here, by what their sessions do.
 *
 * Pure: times come in, changes come out.  The hub machine owns it; other
 * threads (FIND, HOLDERS, WHO) read the board, a copy of the results behind
 * a mutex.  Nothing but shown rows and `online` counts is ever decided by
 * it.  docs/presence.md has the rules.
 */
#ifndef FSS__MODEL_PRESENCE_H
#define FSS__MODEL_PRESENCE_H

#include <stdbool.h>
#include <stdint.h>

#include <fss/types.h>

#include "base/path.h"
#include "wire/limits.h"

#define FSS__PRESENCE_SILENCE_US (2 * INT64_C(1000) * FSS__MAX_PING)
#define FSS__PRESENCE_GRACE_US	INT64_C(5000000)	/* after the last BYE */
#define FSS__PRESENCE_SETTLE_US	INT64_C(3000000)	/* a session this short */
							/* is no presence */
#define FSS__PRESENCE_IDLE_US	INT64_C(600000000)

struct fss__meta_presence;	/* store/meta_presence.h */
struct fss__presence;		/* the machine */
struct fss__board;		/* what all threads may read */

struct fss__presence_person;

/* A session's part in it; embedded in struct fss__session, begin with zeros. */
struct fss__presence_session {
	struct fss__presence_session *next, *prev;	/* of the account */
	struct fss__presence_person *person;	/* NULL: not in it */
	int64_t		begun_us, seen_us, acted_us;
	bool		counts;		/* SETTLE is over or it subscribed */
	bool		agent;
	bool		silent;		/* past SILENCE */
	bool		holds;		/* began while the person was shown */
};

/* A change to be told, noted, or both. */
struct fss__presence_change {
	int64_t		account;
	char		name[FSS_LIMIT_ACCOUNT + 1];
	int		from, to;	/* enum fss_presence; equal: not told */
	bool		self;		/* told to the person alone: is hidden */
	uint32_t	sessions;
	bool		note;		/* came or went: last seen is to be kept */
	bool		live;		/* noted: came */
	int64_t		seen_wall_us;
};

int	fss__presence_new(struct fss__board *board,
	    struct fss__presence **ret_p);
void	fss__presence_free(struct fss__presence *p);

/* Times are monotonic microseconds; `wall` is for what is shown. */
int	fss__presence_join(struct fss__presence *p,
	    struct fss__presence_session *s, int64_t account, const char *name,
	    bool hidden, int64_t mono_us);
/* BYE, log-out, lease over, session replaced. */
void	fss__presence_leave(struct fss__presence *p,
	    struct fss__presence_session *s, int64_t mono_us);
/* A message came.  @act: other than PING, CREDIT, EVENTS; not of an agent. */
void	fss__presence_touch(struct fss__presence *p,
	    struct fss__presence_session *s, bool act, int64_t mono_us);
/* It subscribed: counts from now on. */
void	fss__presence_subscribe(struct fss__presence *p,
	    struct fss__presence_session *s);
void	fss__presence_set_agent(struct fss__presence *p,
	    struct fss__presence_session *s, bool agent, int64_t mono_us);
void	fss__presence_set_hidden(struct fss__presence *p, int64_t account,
	    bool hidden);
/*
 * The next change due at @mono_us: 1 and *ret_c, 0 none.  Call until 0 after
 * each of the above and when the deadline is there.
 */
int	fss__presence_next(struct fss__presence *p, int64_t mono_us,
	    int64_t wall_us, struct fss__presence_change *ret_c);
int64_t	fss__presence_deadline(const struct fss__presence *p);
/* The sessions of @account, linked by `next`; NULL if there is none. */
struct fss__presence_session *fss__presence_sessions(
	    const struct fss__presence *p, int64_t account);

/* ---- the board: any thread -------------------------------------------- */

struct fss__board_row {
	int64_t		account;
	char		name[FSS_LIMIT_ACCOUNT + 1];
	int		presence;	/* as it is, hidden or not */
	bool		hidden, agent;
	uint32_t	sessions;
	int64_t		since_us;	/* wall */
	int64_t		left_us;	/* wall; last seen, see board_left(), or 0 */
	uint8_t		noted;		/* left_us: 0 not yet, else see board.c */
	bool		gone;		/* kept for left_us alone */
};

int	fss__board_new(struct fss__board **ret_b);
void	fss__board_free(struct fss__board *b);
/*
 * As @viewer may know it: 1 and *ret_row, or 0: offline, never here, or
 * hidden from them.
 */
int	fss__board_get(struct fss__board *b, int64_t viewer, int64_t account,
	    struct fss__board_row *ret_row);
/*
 * Up to @cap rows with account above @after, ascending: their number.  Of
 * those @viewer may know.
 */
size_t	fss__board_list(struct fss__board *b, int64_t viewer, int64_t after,
	    struct fss__board_row *rows, size_t cap);
/*
 * Machine's side.  A row that is offline is kept, but not shown; FSS_ENOMEM
 * only where the account had none.
 */
int	fss__board_set(struct fss__board *b, const struct fss__board_row *row);
void	fss__board_drop(struct fss__board *b, int64_t account);
/*
 * Hub's side: whoever is told that a person went asks when they were last
 * seen before that is noted.  left: of an account that has a row.  noted: it
 * is durable, or lost; but who reads from a snapshot of before does not see
 * it there, so it is forgotten by a sweep FSS__BOARD_KEEP_US later only.
 */
#define FSS__BOARD_KEEP_US	INT64_C(60000000)	/* no page takes as long */

void	fss__board_left(struct fss__board *b, int64_t account, int64_t seen_us);
void	fss__board_noted(struct fss__board *b, int64_t account,
	    int64_t seen_us);
void	fss__board_sweep(struct fss__board *b, int64_t mono_us);
/*
 * Writer's side.  Something of @account's may be seen by more people as soon
 * as this transaction is durable: it is opened, given, or moved; and how often that was so, of this account
 * and maybe of others.  Any thread that sees the change sees it counted.
 */
void	fss__board_open(struct fss__board *b, int64_t account);
uint64_t fss__board_opened(struct fss__board *b, int64_t account);
/* An account's last seen, as long as a reader may need it; 0 if it hides. */
int64_t	fss__board_seen(struct fss__board *b, int64_t account);

#include "model/model.h"

/*
 * Read. fss__m_who_row rows by account id: those on the board, or with m->all
 * every account that is not locked.  Hidden people are offline to others,
 * with the last seen of when they hid.
 */
int	fss__presence_who(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__m_who *m, fss__emit_fn emit, void *arg,
	    struct fss__cursor *ret_next);
/*
 * Read. What is kept of an account: 1, 0 nothing, or an error.  `seen` is as
 * it was told already, noted or not, and 0 where there is none.
 */
int	fss__presence_kept(struct fss__ctx *ctx, int64_t account,
	    struct fss__meta_presence *ret_p);
/* Write. Keep `hidden`; the hub tells the machine when it is durable. */
int	fss__presence_hide(struct fss__ctx *ctx, const struct fss__actor *who,
	    bool hidden);
/* Write, not durable. Came (@live) or went. */
int	fss__presence_note(struct fss__ctx *ctx, int64_t account, bool live,
	    int64_t seen_us);
/* Write. At the start: who was live when the hub died was seen then. */
int	fss__presence_recover(struct fss__ctx *ctx);
/* Write, not durable, once a minute: the hub lives. */
int	fss__presence_alive(struct fss__ctx *ctx);

#endif
