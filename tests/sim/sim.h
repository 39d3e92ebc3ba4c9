/*
 * Many clients and a hub in one thread, on a clock that jumps from one event
 * to the next.  All that happens comes out of one seed.
 *
 * A client is the session machine of a device and, above it, what the
 * documents tell a client to do; the net loses, delays and reorders; the hub
 * and clients are killed and start again.  What is true is read from the
 * hub's database after each transaction.
 */
#ifndef FSS_TEST_SIM_H
#define FSS_TEST_SIM_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "hub_peer.h"
#include "model/presence.h"
#include "proto/client_session.h"
#include "proto/holder.h"
#include "rng.h"

#define SECOND	INT64_C(1000000)
#define CLIENTS	6
#define PEOPLE	4
#define CONNS	2
#define PATHS	5		/* in each space */
#define CONTENTS 12
#define CHUNKS	9
#define PAGES	12
#define MAX_REQUESTS 400
#define CHANGES	40
#define MAX_STAGES	128

/* ---- content ---------------------------------------------------------- */

/* A file's tree, the same in all runs. */
struct content {
	struct fss__id	root, chunk[CHUNKS], page[PAGES];
	uint8_t		*page_data[PAGES];
	size_t		page_len[PAGES];
	size_t		start[CHUNKS + 1];
	unsigned	nchunks, npages, depth;	/* pages: from the root on */
	uint8_t		*data;
};

extern struct content contents[CONTENTS];
void	contents_make(void);
void	contents_free(void);
/* The file of the first @chunks (1 and more) of them. */
const struct content *content_prefix(int content, unsigned chunks);
/* The number of the content with @root, -1 none. */
int	content_find(struct fss__slice root);

/* ---- the net ---------------------------------------------------------- */

struct packet {
	struct packet	*next;
	int64_t		 at;
	struct fss__frame *header, *payload;
};

struct pipe {			/* in order, each later than the one before */
	struct packet	*first, **tail;
	int64_t		 last;
};

struct sim;
struct client;

struct conn {
	struct conn	*next;
	struct client	*client;	/* NULL: given up by it */
	struct client	*of;
	unsigned	 index;
	uint64_t	 route;
	uint8_t		 key[FSS__KEY_BYTES];
	bool		 up;
	bool		 dead;		/* takes all and delivers nothing */
	int64_t		 at;		/* when it stands; dead: is noticed */
	struct fss__line line;		/* what the hub knows it by */
	struct pipe	 in, out;	/* to the hub, to the client */
};

struct conn *net_open(struct client *c, unsigned index);
/* The client's end is gone; what was sent may still come. */
void	net_close(struct sim *w, struct conn *k);
void	net_send(struct conn *k, struct fss__frame *h, struct fss__frame *p);
/* What the hub has to say is on its way. */
void	net_collect(struct sim *w);
/* Whatever is due; true if there was something. */
bool	net_step(struct sim *w);
int64_t	net_deadline(const struct sim *w);
/* The hub is gone: all connections break. */
void	net_break_all(struct sim *w);
void	net_free(struct sim *w);

/* ---- clients ---------------------------------------------------------- */

struct call;
typedef void (*done_fn)(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a);

struct call {
	struct call	*next;
	struct client	*client;
	unsigned	 type;
	done_fn		 done;
	uint64_t	 token;		/* of the holder's machine */
	uint64_t	 id, version, span;
	int		 content, owner, path, event;
};

struct told {
	int64_t		change;
	uint8_t		state;
	bool		ended;		/* of this change an outcome was told */
	unsigned	outcomes;
};

struct kept {
	struct kept	*next;
	uint64_t	 token;
	int		 content;
	unsigned	 first, n;
	bool		 pages;
};

struct serving {
	uint64_t	 transfer;
	int		 content;
};

struct client {
	struct sim	*w;
	unsigned	 n, person;
	uint8_t		 key[FSS__KEY_BYTES];
	const char	*name;
	bool		 agent, runs;
	/* survives the process: disk and profile */
	int		 disk[PATHS];	/* content, -1 none */
	bool		 announced[PATHS];
	struct told	 told[MAX_REQUESTS];
	uint64_t	 seq;
	/* the process */
	struct fss__cs	*cs;
	struct conn	*conn[CONNS];
	struct call	*calls;
	struct fss__holder *holder;
	uint64_t	 epoch;		/* of sessions, as last seen */
	int64_t		 ready_us, heard_us, rx_us, again_us, reborn_us;
	/* following */
	bool		 placed, asking, listing, list_due;
	uint64_t	 ev_epoch, ev_after, list_seq;
	uint32_t	 kinds;
	struct kept	*kept;
	struct serving	 serving[FSS__HOLDER_TRANSFERS];
	struct fss__holder_want want;
	bool		 stuck;
};

void	client_start(struct client *c);
void	client_kill(struct client *c);
/* The machine's event, and all that follows from it. */
void	client_event(struct client *c, struct fss__cs_event *ev);
void	client_pump(struct client *c);
int64_t	client_deadline(const struct client *c);
bool	client_tick(struct client *c);
/* NULL: no room, or it does not run. */
struct call *client_call(struct client *c, unsigned type, const void *msg,
    struct fss__frame *payload, done_fn done);
struct fss__slice client_op(struct sim *w, uint8_t buf[FSS__OP_BYTES]);

/* follow.c: the recipe of docs/events.md */
void	follow_begin(struct client *c);
void	follow_run(struct client *c);

/* agent.c */
void	agent_session(struct client *c);
void	agent_run(struct client *c);
void	agent_forget(struct client *c);
/* PUT of the whole tree, then COMMIT; @request 0 none. */
void	agent_store(struct client *c, int content, int owner, int path,
    uint64_t request);

/* PUT of the chunks, or of the pages, from the one of that number on. */
struct call *agent_put(struct client *c, const struct content *t,
    bool of_pages, unsigned first, done_fn done);

/* stage.c: uploads in parts */
void	actor_stage(struct client *c);
/* After a transaction. */
void	truth_stages(struct sim *w);
/* Once all of them had time to expire. */
void	truth_stages_end(struct sim *w);

/* actor.c */
void	actor_act(struct sim *w);
/* Something became known of a request. */
void	actor_told(struct client *c, const struct fss__m_request *r);
void	actor_told_id(struct client *c, uint64_t id, unsigned state, bool mine);
const char *actor_path(int path);
const char *actor_some_place(struct sim *w);
const char *actor_some_name(struct sim *w);
void	actor_noted(struct call *k, int err, const void *answer,
    const struct fss__cs_answer *a);

/* actor_file.c */
void	actor_announce(struct client *c);
void	actor_unannounce(struct client *c);
void	actor_remove_one(struct client *c);
void	actor_move_one(struct client *c);
void	actor_change_disk(struct client *c);
void	actor_store(struct client *c);
void	actor_set_access(struct client *c);
void	actor_set_grant(struct client *c);
void	actor_set_group(struct client *c);
void	actor_set_rule(struct client *c);
void	actor_hide(struct client *c);
void	actor_lock(struct sim *w);

/* ---- truth ------------------------------------------------------------ */

struct truth {
	bool	known;
	int	kind, state;
	int64_t	change, asker, target, expires;
	uint8_t	was[CHANGES];	/* state by change; 255 unknown */
	bool	acked;
};

/* After a transaction. */
void	truth_look(struct sim *w);
/* A client learnt it. */
void	truth_told(struct client *c, uint64_t id, uint64_t change,
    unsigned state, bool listed);
void	truth_acked(struct client *c, const struct fss__m_request *r);
/* A GET that was answered: each file was the asker's to read. */
void	truth_read(struct sim *w, const struct fss__job *job);
void	truth_presence(struct sim *w);
/* Nothing moves any more. */
void	truth_end(struct sim *w);

/* An upload in parts; the number of its content is its meta text. */
struct staged {
	bool	known, seen, done, gone, removing;
	uint8_t	name[16];
	int	content;
	int64_t	account, offset, turn, expires;
};

/* ---- the world -------------------------------------------------------- */

struct sim {
	uint64_t	 seed;
	struct rng	 rng;
	struct hub_drive d;
	bool		 hub_up;
	int64_t		 boot_us;	/* up since, or comes up at */
	struct fss__log	 log;
	struct conn	*conns;
	uint64_t	 route;
	struct client	 client[CLIENTS];
	int64_t		 account[PEOPLE];
	int64_t		 locked_us[PEOPLE];	/* last change */
	int64_t		 jobs_us, act_us, fault_us;
	bool		 calm;		/* no more faults and actions */
	uint8_t		 faults;	/* in 256: how bad it is */
	struct truth	 truth[MAX_REQUESTS];
	struct staged	 staged[MAX_STAGES];	/* by id */
	int64_t		 seq;
	uint64_t	 ops;
	bool		 trace;
	unsigned	 doom;		/* steps until the hub dies, 0 none */
	unsigned	 told, gets, denied, saves, uploads;
};

void	sim_run(struct sim *w, uint64_t seed, bool trace);
int64_t	sim_now(const struct sim *w);
uint64_t sim_below(struct sim *w, uint64_t n);
/* Once in @n. */
bool	sim_one_in(struct sim *w, unsigned n);
void	sim_trace(struct sim *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The promise that was broken; ends the program. */
_Noreturn void sim_fail(struct sim *w, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
