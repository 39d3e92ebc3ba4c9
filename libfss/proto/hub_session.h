/*
 * The table of sessions.
 */
#ifndef FSS__PROTO_HUB_SESSION_H
#define FSS__PROTO_HUB_SESSION_H

#include "proto/hub_event.h"
#include "proto/hub_tally.h"
#include "proto/job.h"

struct fss__front;

#define FSS__HELD_NAME	16	/* bytes that name an upload in parts */

struct fss__held {
	uint8_t		name[FSS__HELD_NAME];
	uint8_t		op[FSS__OP_BYTES];	/* who took it up with */
	uint64_t	turn;		/* that they got; 0 unknown */
};

struct fss__session {
	struct fss__session *next;	/* in its bucket */
	struct fss__session *newer;	/* by last sign of life, see list */
	struct fss__session *older;
	uint64_t	serial;		/* never reused */
	uint8_t		id[FSS__SESSION_BYTES];
	uint8_t		key[FSS__KEY_BYTES];
	uint64_t	route;		/* the control connection */
	uint32_t	pending;	/* unanswered requests */
	uint64_t	headers;	/* bytes of them */
	int64_t		seen_us;	/* monotonic */
	struct fss__actor who;		/* account 0: not logged in */
	struct fss__presence_session presence;
	struct fss__waiter waiter;
	uint64_t	from;		/* whose address, see hub_tally.h */
	char		address[FSS__MAX_ADDRESS + 1];
	bool		person;		/* of who shares the connection */
	struct fss__front *front;	/* came through it; or NULL */
	uint64_t	handle;		/* what it is listed as, random */
	int64_t		begun_us;	/* wall clock */
	struct fss__tally by_who;	/* account; or key, if not logged in */
	struct fss__tally by_address;	/* if not logged in */

	/* upload */
	uint64_t	put_flying;	/* payload bytes not yet answered */
	uint64_t	put_accepted;	/* in all */
	uint64_t	put_credit;
	struct fss__held *held;		/* see hub_held.c */
	size_t		nheld;
	/* download */
	uint64_t	get_sent;	/* payload bytes in all */
	uint64_t	get_received;	/* as the client said */
	uint64_t	get_reserved;	/* of jobs under way */
	uint64_t	get_window;
	int64_t		took_us;	/* when it said so */
	struct fss__job	*waiting;	/* GETs waiting for credit, in order */
	struct fss__job	**waiting_tail;
};

struct fss__sessions {
	struct fss__session **bucket;
	size_t		nbuckets;	/* a power of two */
	size_t		count;
	size_t		anonymous;
	uint64_t	headers;	/* bytes of all requests unanswered, of
					 * sessions that ended too */
	uint64_t	last_serial;
	struct fss__tallies *tallies;
	/* Called for each that ends, before it goes; NULL: nobody is. */
	void		(*ends)(void *arg, struct fss__session *s);
	void		*ends_arg;
	struct fss__session *oldest;	/* least recently heard of */
	struct fss__session *newest;
};

int	fss__sessions_init(struct fss__sessions *t);
void	fss__sessions_release(struct fss__sessions *t);
/*
 * A new session with a random id, not logged in, of whoever has the address
 * @from; NULL when out of memory.
 */
struct fss__session *fss__sessions_add(struct fss__sessions *t,
	    const uint8_t key[FSS__KEY_BYTES], uint64_t from,
	    int64_t mono_us);
/* Bytes of unanswered requests of whoever has the session, in all theirs. */
uint64_t fss__sessions_headers(const struct fss__sessions *t,
	    const struct fss__session *s);
/*
 * Whether an account has fewer than @most, or a key and an address fewer that
 * are not logged in.  If not, *ret_idle is the one to end: of those without a
 * request under way the one that was not heard of for longest, or NULL.
 */
bool	fss__sessions_room_account(const struct fss__sessions *t,
	    int64_t account, size_t most, struct fss__session **ret_idle);
bool	fss__sessions_room_key(const struct fss__sessions *t,
	    const uint8_t key[FSS__KEY_BYTES], size_t most,
	    struct fss__session **ret_idle);
bool	fss__sessions_room_address(const struct fss__sessions *t,
	    uint64_t from, size_t most, struct fss__session **ret_idle);
/* The session @id if it belongs to @key (compared in constant time). */
struct fss__session *fss__sessions_find(const struct fss__sessions *t,
	    struct fss__slice id, const uint8_t key[FSS__KEY_BYTES]);
/* The session of that id, if it is still the same one; @serial 0: none. */
struct fss__session *fss__sessions_get(const struct fss__sessions *t,
	    const uint8_t id[FSS__SESSION_BYTES], uint64_t serial);
/* The session a job came from, if it is still the same. */
struct fss__session *fss__sessions_of_job(const struct fss__sessions *t,
	    const struct fss__job *job);
/* The one that is @p to those who tell of presence. */
struct fss__session *fss__session_of_presence(struct fss__presence_session *p);
void	fss__sessions_touch(struct fss__sessions *t, struct fss__session *s,
	    int64_t mono_us);
/* Log in or out (@who NULL). */
void	fss__sessions_identify(struct fss__sessions *t, struct fss__session *s,
	    const struct fss__actor *who);
/* Frees it with the jobs that wait in it. */
void	fss__sessions_remove(struct fss__sessions *t, struct fss__session *s);

#endif
