/*
 * Accounts of what is on its way to each connection.
 *
 * ZeroMQ does not tell how full its queues are, but it drops its reference to
 * a frame when it has encrypted and sent it, or given it up; so each frame is
 * wrapped in one that says so.  That happens on ZeroMQ's threads: counters are
 * atomic, and an account lives until the last of its frames is gone.
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
/* Bytes in that time; a single frame may take a slow line longer. */
#define SLOWEST		32768

struct lane {
	struct lane	*next;
	struct fss__unsent *u;
	unsigned	 refs;		/* atomic: the table and each frame */
	uint64_t	 queued;	/* atomic, bytes */
	uint64_t	 drained;	/* atomic, bytes in all */
	/* The rest is the table's owner's. */
	uint64_t	 route;
	int		 fd;		/* -1: nothing came from it yet */
	size_t		 small;		/* bytes given and not yet counted */
	bool		 used;		/* since the last sweep */
	bool		 cut;
	uint64_t	 drained_then;
	uint64_t	 acked_then;	/* by the peer's kernel */
	int64_t		 moved_us;	/* when it last was seen to drain */
};

struct fss__unsent {
	uint64_t	 max;
	fss__unsent_cut_fn cut;
	fss__unsent_acked_fn acked;
	void		*ctx;
	uint64_t	 all;		/* atomic */
	int64_t		 sweep_us;
	struct lane	*bucket[BUCKETS];
};

/* Ties a frame to its account. */
struct parcel {
	struct lane	*lane;
	struct fss__frame *frame;
	size_t		 len;
};

struct fss__unsent *
fss__unsent_new(uint64_t max, fss__unsent_cut_fn cut,
    fss__unsent_acked_fn acked, void *ctx)
{
	struct fss__unsent *u = fss__zalloc(sizeof(*u));

	if (u == NULL)
		return NULL;
	u->max = max;
	u->cut = cut;
	u->acked = acked;
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

	if (lane != NULL)	/* otherwise the next message tells */
		lane->fd = fd;
}

static void
drop_parcel(void *ctx, uint8_t *data)
{
	struct parcel *p = ctx;

	(void)data;		/* the inner frame's */
	(void)__atomic_sub_fetch(&p->lane->u->all, p->len, __ATOMIC_RELAXED);
	(void)__atomic_sub_fetch(&p->lane->queued, p->len, __ATOMIC_RELAXED);
	(void)__atomic_add_fetch(&p->lane->drained, p->len, __ATOMIC_RELAXED);
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
	size_t len = frame->len;

	if (lane != NULL && len < FSS__COPY_BELOW) {
		lane->small += len + SMALL;
		if (lane->small < TOGETHER)
			return frame;
		len = 0;
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
	lane->small = 0;
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
	return __atomic_load_n(&u->all, __ATOMIC_RELAXED);
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
	uint64_t	count;		/* of lanes that hold any */
};

static uint64_t
acked(const struct lane *lane)
{
	return lane->fd < 0 ? 0 : lane->u->acked(lane->u->ctx, lane->fd);
}

/* No frame of it was sent for long.  Did it take nothing of one either? */
static bool
stalls(struct lane *lane, int64_t mono_us)
{
	uint64_t now = acked(lane);

	if (now - lane->acked_then < SLOWEST)
		return true;
	lane->acked_then = now;
	lane->moved_us = mono_us;
	return false;
}

/* Brings one up to date; true: it is to be forgotten. */
static bool
look(struct lane *lane, bool cut_stalled, struct tally *t, int64_t mono_us)
{
	uint64_t queued, drained;

	queued = __atomic_load_n(&lane->queued, __ATOMIC_RELAXED);
	drained = __atomic_load_n(&lane->drained, __ATOMIC_RELAXED);
	if (queued == 0 && !lane->used)
		return true;
	lane->used = false;
	if (queued == 0 || drained != lane->drained_then) {
		if (drained != lane->drained_then)
			lane->acked_then = acked(lane);
		lane->drained_then = drained;
		lane->moved_us = mono_us;
	}
	if (!lane->cut && cut_stalled && mono_us - lane->moved_us >= STALL_US &&
	    stalls(lane, mono_us))
		cut_lane(lane, "takes-no-answers", mono_us);
	if (!lane->cut && queued > 0) {
		t->bytes += queued;
		t->count++;
	}
	return false;
}

/* Cuts lanes that hold the mean or more until @t is little enough. */
static void
relieve(struct fss__unsent *u, struct tally *t, int64_t mono_us)
{
	uint64_t mean = t->bytes / t->count, queued;
	struct lane *lane;
	size_t i;

	for (i = 0; i < BUCKETS; i++)
		for (lane = u->bucket[i]; lane != NULL && t->bytes > u->max;
		    lane = lane->next) {
			queued = __atomic_load_n(&lane->queued,
			    __ATOMIC_RELAXED);
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
	struct tally t = { 0, 0 };
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
	if (t.bytes > u->max)
		relieve(u, &t, mono_us);
}
