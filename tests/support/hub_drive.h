/*
 * The hub's session machine in one thread: a store in memory, an executor
 * that runs jobs when told, a clock that stands until moved, no sockets.
 *
 * Each call ends the test (or aborts the fuzz target) where memory is lacking
 * or an invariant of the machine does not hold.
 */
#ifndef FSS_TEST_HUB_DRIVE_H
#define FSS_TEST_HUB_DRIVE_H

#include "proto/hub.h"
#include "store/store.h"

/* A message the hub sent. */
struct hub_msg {
	struct hub_msg *next;
	uint64_t route;
	struct fss__frame *header;
	struct fss__frame *payload; /* may be NULL */
	struct fss__header h;
	uint64_t serial;
	uint8_t session[FSS__SESSION_BYTES];
};

struct hub_queue {
	struct fss__job *first, **tail;
};

/* As a bit of `hold`: jobs that are over and not yet given back. */
#define HUB_HOLD_OVER  (1u << FSS__LANES)
#define HUB_HOLD(lane) (1u << (lane))
/* What is due by time waits for hub_drive_tick(). */
#define HUB_HOLD_TICK  (1u << 31)

struct hub_drive {
	struct fss__store *store;
	struct fss__reader_store *reader;
	struct fss__rules rules;
	struct fss__ctx write_ctx;
	struct fss__hub *hub;
	int64_t mono_us;
	int64_t wall_us;
	const char *address; /* of whoever sends next */
	bool cut; /* what comes next had more frames */
	unsigned hold; /* lanes that stand still */
	struct hub_queue lane[FSS__LANES + 1];
	struct hub_msg *msg, **msg_tail; /* not yet taken */
	const struct fss__log *log; /* of the hubs that are booted; or NULL */
	bool counts; /* what is sent adds to the next */
	uint64_t unsent_all; /* what the hub is told of it, bytes */
	int lost; /* of the last step, FSS_E... */
	unsigned over; /* sessions that peers were told have ended */
	struct fss__line line; /* told back by the last frame, or serial 0 */
};

/* What the hub of hub_drive_open() is made with, for changing. */
void hub_drive_config(struct fss__hub_config *cfg);
/* @cfg NULL: as above.  Registration is open, passwords are cheap. */
void hub_drive_open(struct hub_drive *d, const struct fss__hub_config *cfg);
/* The same with a new store in @dir. */
void hub_drive_open_dir(
    struct hub_drive *d, const struct fss__hub_config *cfg, const char *dir);
/* The hub ends and starts again over what is in @dir; clocks go on. */
void hub_drive_restart(struct hub_drive *d, const char *dir);
/* Jobs that are held and messages not taken go as well. */
void hub_drive_close(struct hub_drive *d);

/* The machine is gone with its jobs and messages; the store stays. */
void hub_drive_kill(struct hub_drive *d);
/* A new machine over the store of one that was killed.  Runs no job. */
void hub_drive_boot(struct hub_drive *d, const struct fss__hub_config *cfg);

/* A message comes; both frames are taken over.  Runs no job. */
void hub_drive_frame(struct hub_drive *d, uint64_t route,
    const uint8_t key[FSS__KEY_BYTES], struct fss__frame *header,
    struct fss__frame *payload);
/*
 * Runs jobs and gives them back until only held ones are left, and lets the
 * hub do what is due by now.
 */
void hub_drive_run(struct hub_drive *d);
/* Bit i: lane i has jobs; bit FSS__LANES: some are over. */
unsigned hub_drive_lanes(const struct hub_drive *d);
/* One job of @lane runs (of writes: all that wait), or one is given back. */
void hub_drive_lane(struct hub_drive *d, unsigned lane);
/* Both clocks go on by @us and the hub is told. */
void hub_drive_tick(struct hub_drive *d, int64_t us);
/* The next message, to be freed, or NULL. */
struct hub_msg *hub_drive_next(struct hub_drive *d);
void hub_msg_free(struct hub_msg *m);
/* It could not be sent: the hub is told, @m is freed. */
void hub_drive_unsent(struct hub_drive *d, struct hub_msg *m);
/* A message of @key was lost on the way in. */
void	hub_drive_lost(struct hub_drive *d, const uint8_t key[FSS__KEY_BYTES]);
/* The connection ended that a frame told. */
void hub_drive_closed(struct hub_drive *d, const struct fss__line *line);
/* How many jobs are out. */
unsigned hub_drive_jobs(const struct hub_drive *d);

/*
 * What must hold between steps: the table of sessions is whole, and every
 * counter is what the jobs that are out add up to.
 */
void hub_drive_check(const struct hub_drive *d);

#endif
