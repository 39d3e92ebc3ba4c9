/*
 * Telling news at the hub: the ring, and the sessions that wait for it.
 *
 * Part of the hub machine: no clock, no socket.  A waiting EVENTS is a few
 * words in its session; see docs/events.md.
 */
#ifndef FSS__PROTO_HUB_EVENT_H
#define FSS__PROTO_HUB_EVENT_H

#include "base/buf.h"
#include "base/heap.h"
#include "model/event.h"
#include "model/presence.h"

struct fss__hub;
struct fss__session;

#define FSS__EVENT_STEP       512 /* sessions served in one step */
#define FSS__EVENT_ROWS       4096 /* presence rows due: list afresh */
#define FSS__EVENT_BYTES      (16u << 20) /* the ring at most */
#define FSS__EVENT_GAP_MAX_US INT64_C(2000000)
#define FSS__UPLOAD_BUCKETS   4096

/* Embedded in struct fss__session; begin with zeros. */
struct fss__waiter {
	struct fss__heap_node ready; /* it has news: when it is served */
	struct fss__session *next, *prev; /* waiting, by since_us */
	uint64_t req; /* of the EVENTS that waits, 0 none */
	uint64_t from; /* nothing for it up to this number */
	uint64_t route;
	uint16_t limit;
	uint8_t kinds;
	bool waits;
	int64_t since_us; /* it waits since */
	int64_t told_us; /* last answer */
};

struct fss__hub_events {
	struct fss__ring *ring;
	struct fss__session *waiting, *waiting_last;
	size_t nwaiting;
	struct fss__heap ready;
	/* rows of presence as encoded last, for those who woke with it */
	struct fss__buf rows;
	uint64_t rows_first, rows_last; /* their numbers */
	uint32_t rows_count; /* 0: of nothing */
};

struct fss__upload_told;

/* Accounts whose uploads were told of a moment ago, see hub_upload.c. */
struct fss__hub_uploads {
	struct fss__upload_told *bucket[FSS__UPLOAD_BUCKETS];
	struct fss__upload_told *first, *last; /* by when that was */
	uint64_t turn; /* another one when somebody may have been answered */
};

int fss__hub_events_init(struct fss__hub *hub, uint64_t epoch);
void fss__hub_events_release(struct fss__hub *hub);
/*
 * An EVENTS came: answers at once, parks it (the one parked before is
 * answered with no rows), or, where files of others are among the news, makes
 * a job of it that asks the rights.  FSS_ENOMEM: to be answered.
 */
int fss__hub_events_ask(struct fss__hub *hub, struct fss__session *s,
    uint64_t route, uint64_t req, const struct fss__m_events *m);
/*
 * Takes a list of news over and wakes those it concerns.  Of uploads it
 * gathers them.
 */
void fss__hub_tell(struct fss__hub *hub, struct fss__news *news);
/* One item, at once. */
void fss__hub_tell_one(struct fss__hub *hub, struct fss__news *n);
/* Something could not be told for lack of memory: all list afresh. */
void fss__hub_tell_lost(struct fss__hub *hub);
/*
 * An upload in parts of @account has begun, moved on or ended, or who is at
 * work on one changed: told now, or with what else happens, when
 * FSS__MAX_UPLOAD_GAP since the last time is over.
 */
void fss__hub_uploads_changed(struct fss__hub *hub, int64_t account);
/* Tells what is due. */
void fss__hub_uploads_step(struct fss__hub *hub);
int64_t fss__hub_uploads_deadline(const struct fss__hub *hub);
void fss__hub_uploads_release(struct fss__hub *hub);
/* Serves up to FSS__EVENT_STEP ready ones, and those parked too long. */
void fss__hub_events_step(struct fss__hub *hub);
/* When events_step() is next wanted: now_us if any is ready and may be. */
int64_t fss__hub_events_deadline(const struct fss__hub *hub);
/* The session logs out: what it waits for is answered, with no rows. */
void fss__hub_events_end(struct fss__hub *hub, struct fss__session *s);
/* The session ends: it waits no more. */
void fss__hub_events_leave(struct fss__hub *hub, struct fss__session *s);

#endif
