/*
 * Accounts of what is on its way to each connection.
 *
 * ZeroMQ does not tell how full its queues are, but it drops its reference to
 * a frame when it has encrypted and sent it, or given it up; so each frame is
 * wrapped in one that says so.  That happens on ZeroMQ's threads: counters are
 * atomic, and an account lives until the last of its frames is gone.
 *
 * A frame is dropped when its encrypted copy begins to be written, of which
 * there is one for each connection.  So bytes on the line are counted as well,
 * and at each sweep compared with what the kernel was given: what is missing
 * there is that copy.  What the kernel was given besides (a handshake,
 * answers to ZMTP's PINGs) would hide as much; so where more was given than is
 * known of, the difference is what is known from then on.
 *
 * Frames so small that they are copied (net/zmsg.c) would cost more to count
 * than to send.  They leave in order; so they are counted with the next one
 * that is, and now and then one of them is.
 */
#include <stdbool.h>
#include <string.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "net/unsent.h"
#include "net/zmsg.h"

#define BUCKET_BITS	14
#define BUCKETS		(1u << BUCKET_BITS)
#define SWEEP_US	INT64_C(1000000)
#define STALL_US	INT64_C(10000000)
#define SMALL		128	/* bytes that one takes beside its own */
#define TOGETHER	4096	/* of small ones are counted at once */
#define INEXACT		16384	/* bytes of a copy that may be none */
/* Bytes in that time; a single frame may take a slow line longer. */
#define SLOWEST		32768

struct lane {
	struct lane	*next;
	struct fss__unsent *u;
	unsigned	 refs;		/* atomic: the table and each frame */
	uint64_t	 queued;	/* atomic, bytes */
	uint64_t	 drained;	/* atomic, bytes in all, */
	uint64_t	 line;		/* and what they take on the line */
	/* The rest is the table's owner's. */
	uint64_t	 route;
	int		 fd;		/* -1: nothing came from it yet */
	uint64_t	 socket;	/* see struct fss__unsent_line */
	uint64_t	 inside;	/* begun, and not with the kernel */
	int64_t		 besides;	/* given to the kernel, not by us */
	size_t		 small;		/* bytes given and not yet counted, */
	size_t		 small_line;	/* and on the line */
	bool		 used;		/* since the last sweep */
	bool		 cut;
	uint64_t	 drained_then;
	uint64_t	 acked_then;	/* by the peer's kernel */
	int64_t		 moved_us;	/* when it last was seen to drain */
};

struct fss__unsent {
	uint64_t	 max;
	fss__unsent_cut_fn cut;
	fss__unsent_look_fn look;
	void		*ctx;
	uint64_t	 all;		/* atomic */
	uint64_t	 inside;	/* of all, as of the last sweep */
	int64_t		 sweep_us;
	struct lane	*bucket[BUCKETS];
};

/* Ties a frame to its account. */
struct parcel {
	struct lane	*lane;
	struct fss__frame *frame;
	size_t		 len, line;
};

struct fss__unsent *
fss__unsent_new(uint64_t max, fss__unsent_cut_fn cut,
    fss__unsent_look_fn look, void *ctx)
{
	struct fss__unsent *u = fss__zalloc(sizeof(*u));

	if (u == NULL)
		return NULL;
	u->max = max;
	u->cut = cut;
	u->look = look;
	u->ctx = ctx;
	return u;
}

static void
lane_unref(struct lane *lane)
{
	if (__atomic_sub_fetch(&lane->refs, 1, __ATOMIC_ACQ_REL) == 0)
		fss__free(lane);
}

void
fss__unsent_free(struct fss__unsent *u)
{
	struct lane *lane;
	size_t i;

	if (u == NULL)
		return;
	for (i = 0; i < BUCKETS; i++)
		while ((lane = u->bucket[i]) != NULL) {
			u->bucket[i] = lane->next;
			lane_unref(lane);
		}
	fss__free(u);
}

/* Routes are counted up; whatever bits differ are mixed. */
static size_t
bucket_of(uint64_t route)
{
	uint32_t mixed = (uint32_t)(route ^ route >> 32) * UINT32_C(0x9e3779b1);

	return mixed >> (32 - BUCKET_BITS);
}

static struct lane *
find(const struct fss__unsent *u, uint64_t route)
{
	struct lane *lane = u->bucket[bucket_of(route)];

	while (lane != NULL && lane->route != route)
		lane = lane->next;
	return lane;
}

static struct lane *
find_or_add(struct fss__unsent *u, uint64_t route)
{
	struct lane **b = &u->bucket[bucket_of(route)];
	struct lane *lane = find(u, route);

	if (lane == NULL && (lane = fss__zalloc(sizeof(*lane))) != NULL) {
		lane->u = u;
		lane->refs = 1;
		lane->route = route;
		lane->fd = -1;
		lane->drained_then = UINT64_MAX;	/* not looked at */
		lane->next = *b;
		*b = lane;
	}
	if (lane != NULL)
		lane->used = true;
	return lane;
}

void
fss__unsent_seen(struct fss__unsent *u, uint64_t route, int fd)
{
	struct lane *lane = find_or_add(u, route);
	struct fss__unsent_line line;

	/* Without memory for it the next message tells. */
	if (lane == NULL || lane->fd == fd || !u->look(u->ctx, fd, &line))
		return;
	lane->fd = fd;
	lane->socket = line.socket;
	lane->acked_then = line.acked;
	lane->besides = (int64_t)line.written - (int64_t)__atomic_load_n(
	    &lane->line, __ATOMIC_RELAXED);
}

static void
drop_parcel(void *ctx, uint8_t *data)
{
	struct parcel *p = ctx;

	(void)data;		/* the inner frame's */
	(void)__atomic_sub_fetch(&p->lane->u->all, p->len, __ATOMIC_RELAXED);
	(void)__atomic_sub_fetch(&p->lane->queued, p->len, __ATOMIC_RELAXED);
	(void)__atomic_add_fetch(&p->lane->drained, p->len, __ATOMIC_RELAXED);
	(void)__atomic_add_fetch(&p->lane->line, p->line, __ATOMIC_RELAXED);
	lane_unref(p->lane);
	fss__frame_unref(p->frame);
	fss__free(p);
}

struct fss__frame *
fss__unsent_wrap(struct fss__unsent *u, uint64_t route,
    struct fss__frame *frame)
{
	struct lane *lane = find_or_add(u, route);
	struct fss__frame *f = NULL;
	struct parcel *p = NULL;
	size_t len = frame->len, line = fss__zmsg_on_line(len);

	if (lane != NULL && len < FSS__COPY_BELOW) {
		lane->small += len + SMALL;
		lane->small_line += fss__zmsg_on_line(len);
		if (lane->small < TOGETHER)
			return frame;
		len = line = 0;
	}
	if (lane != NULL)
		p = fss__alloc(sizeof(*p));
	if (p != NULL)
		f = fss__frame_wrap(frame->data, frame->len, drop_parcel, p);
	if (f == NULL) {
		fss__free(p);
		fss__frame_unref(frame);
		return NULL;
	}
	p->lane = lane;
	p->frame = frame;
	p->len = len + lane->small;
	p->line = line + lane->small_line;
	lane->small = lane->small_line = 0;
	f->kept = true;
	(void)__atomic_add_fetch(&lane->refs, 1, __ATOMIC_RELAXED);
	(void)__atomic_add_fetch(&lane->queued, p->len, __ATOMIC_RELAXED);
	(void)__atomic_add_fetch(&u->all, p->len, __ATOMIC_RELAXED);
	return f;
}

uint64_t
fss__unsent_of(const struct fss__unsent *u, uint64_t route)
{
	const struct lane *lane = find(u, route);

	return lane == NULL ? 0 :
	    __atomic_load_n(&lane->queued, __ATOMIC_RELAXED);
}

uint64_t
fss__unsent_all(const struct fss__unsent *u)
{
	return __atomic_load_n(&u->all, __ATOMIC_RELAXED) + u->inside;
}

static void
cut_lane(struct lane *lane, const char *why, int64_t mono_us)
{
	lane->cut = true;
	if (lane->fd >= 0)
		lane->u->cut(lane->u->ctx, lane->fd, why, mono_us);
}

void
fss__unsent_cut(struct fss__unsent *u, uint64_t route, const char *why,
    int64_t mono_us)
{
	struct lane *lane = find(u, route);

	if (lane != NULL && !lane->cut)
		cut_lane(lane, why, mono_us);
}

/* What a walk over all lanes gathers, of those that were not cut. */
struct tally {
	uint64_t	bytes;
	uint64_t	inside;		/* of them */
	uint64_t	count;		/* of lanes that hold any */
};

/*
 * What of it is with ZeroMQ, and how much its peer has acknowledged.  The
 * kernel is asked first: what is dropped meanwhile is inside for a moment too
 * long, the other way round it would never be.
 */
static uint64_t
look_inside(struct lane *lane)
{
	struct fss__unsent_line line;
	int64_t given, here;

	lane->inside = 0;
	if (lane->fd < 0)
		return 0;
	if (!lane->u->look(lane->u->ctx, lane->fd, &line) ||
	    line.socket != lane->socket) {
		lane->fd = -1;		/* it is over */
		return 0;
	}
	if (!line.counted)
		return line.acked;
	given = (int64_t)line.written - (int64_t)__atomic_load_n(&lane->line,
	    __ATOMIC_RELAXED);
	here = lane->besides - given;
	if (here < 0)
		lane->besides = given;
	else if (here >= INEXACT)
		lane->inside = (uint64_t)here;
	return line.acked;
}

/* Brings one up to date; true: it is to be forgotten. */
static bool
look(struct lane *lane, bool cut_stalled, struct tally *t, int64_t mono_us)
{
	uint64_t queued, drained, acked = look_inside(lane);

	queued = __atomic_load_n(&lane->queued, __ATOMIC_RELAXED);
	drained = __atomic_load_n(&lane->drained, __ATOMIC_RELAXED);
	queued += lane->inside;
	if (queued == 0 && !lane->used)
		return true;
	lane->used = false;
	/* Where no frame was sent for long: was nothing of one taken either? */
	if (queued == 0 || drained != lane->drained_then ||
	    (mono_us - lane->moved_us >= STALL_US &&
	    acked - lane->acked_then >= SLOWEST)) {
		lane->acked_then = acked;
		lane->drained_then = drained;
		lane->moved_us = mono_us;
	}
	if (!lane->cut && cut_stalled && mono_us - lane->moved_us >= STALL_US)
		cut_lane(lane, "takes-no-answers", mono_us);
	if (!lane->cut && queued > 0) {
		t->bytes += queued;
		t->inside += lane->inside;
		t->count++;
	}
	return false;
}

/*
 * Cuts lanes that hold the mean or more, until there is room again: at the very
 * bound nobody is sent anything.
 */
static void
relieve(struct fss__unsent *u, struct tally *t, int64_t mono_us)
{
	uint64_t mean = t->bytes / t->count, most = u->max - u->max / 8;
	uint64_t queued;
	struct lane *lane;
	size_t i;

	for (i = 0; i < BUCKETS; i++)
		for (lane = u->bucket[i]; lane != NULL && t->bytes > most;
		    lane = lane->next) {
			queued = __atomic_load_n(&lane->queued,
			    __ATOMIC_RELAXED) + lane->inside;
			if (lane->cut || queued < mean || queued == 0)
				continue;
			cut_lane(lane, "answers-of-all", mono_us);
			t->bytes -= queued < t->bytes ? queued : t->bytes;
		}
}

void
fss__unsent_sweep(struct fss__unsent *u, int64_t mono_us)
{
	bool tight = fss__unsent_all(u) > u->max / 8;
	struct tally t = { 0, 0, 0 };
	struct lane **p, *lane;
	size_t i;

	if (mono_us < u->sweep_us)
		return;
	u->sweep_us = mono_us + SWEEP_US;
	for (i = 0; i < BUCKETS; i++)
		for (p = &u->bucket[i]; (lane = *p) != NULL;)
			if (look(lane, tight, &t, mono_us)) {
				*p = lane->next;
				lane_unref(lane);
			} else {
				p = &lane->next;
			}
	u->inside = t.inside;
	if (t.bytes > u->max)
		relieve(u, &t, mono_us);
}
