/*
 * The table of leases: by transfer, by session, and by the time something is
 * due.
 *
 * Renewing only moves a time back, so the heap is left as it is; a lease
 * whose time came too early is put in again.
 *
 * What follows from a lease that ends is told by next() and done by
 * hub_work.c.
 */
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/heap.h"
#include "proto/hub_serve.h"
#include "wire/limits.h"

#define BUCKETS  4096
#define LEASE_US (FSS__MAX_SERVE_LEASE * INT64_C(1000))

struct held {
	struct fss__heap_node timer; /* first: see next() */
	struct fss__lease l;
	struct held *next; /* of its transfer's bucket */
	struct held *peer, **pprev; /* of its session's bucket */
	bool offered; /* since it is nobody's */
	bool told; /* that something came */
	/* Of who has it. */
	int64_t taken_us;
	uint64_t sent, size;
	unsigned grace;
	bool paged;
	/* Who had it since something came last, and sent nothing. */
	int64_t idle[FSS__SERVE_IDLE];
	unsigned nidle;
	/* As it was before it was taken: see undo(). */
	bool fresh, was_offered;
	int64_t was_lost_us;
};

struct fss__leases {
	struct held *transfer[BUCKETS];
	struct held *session[BUCKETS];
	struct fss__heap heap;
	size_t count;
};

int
fss__leases_new(struct fss__leases **ret_l)
{
	*ret_l = fss__zalloc(sizeof(**ret_l));
	return *ret_l == NULL ? FSS_ENOMEM : 0;
}

void
fss__leases_free(struct fss__leases *l)
{
	struct held *h;
	size_t i;

	if (l == NULL)
		return;
	for (i = 0; i < BUCKETS; i++) {
		while ((h = l->transfer[i]) != NULL) {
			l->transfer[i] = h->next;
			fss__free(h);
		}
	}
	fss__heap_release(&l->heap);
	fss__free(l);
}

/* Both are numbered by the hub, one after the other. */
static size_t
bucket(uint64_t number)
{
	return (size_t)(number % BUCKETS);
}

static struct held *
find(const struct fss__leases *l, int64_t transfer)
{
	struct held *h;

	h = l->transfer[bucket((uint64_t)transfer)];
	while (h != NULL && h->l.transfer != transfer)
		h = h->next;
	return h;
}

static int64_t
due(const struct held *h)
{
	int64_t us;

	if (h->l.serial != 0)
		us = h->l.until_us;
	else
		us = h->offered ? h->l.lost_us + FSS__SERVE_LOSE_US :
				  h->l.lost_us;
	return h->l.untold && h->l.tell_us < us ? h->l.tell_us : us;
}

static void
schedule(struct fss__leases *l, struct held *h)
{
	fss__heap_set(&l->heap, &h->timer, due(h));
}

/* Takes it from whoever has it. */
static void
release(struct held *h)
{
	if (h->l.serial == 0)
		return;
	*h->pprev = h->peer;
	if (h->peer != NULL)
		h->peer->pprev = h->pprev;
	h->l.serial = 0;
}

static void
lose(struct fss__leases *l, struct held *h, int64_t now_us)
{
	release(h);
	h->l.lost_us = now_us;
	h->offered = false;
	schedule(l, h);
}

static void
forget(struct fss__leases *l, struct held *h)
{
	struct held **p;

	release(h);
	p = &l->transfer[bucket((uint64_t)h->l.transfer)];
	while (*p != h)
		p = &(*p)->next;
	*p = h->next;
	fss__heap_remove(&l->heap, &h->timer);
	l->count--;
	fss__free(h);
}

/* The lease of @transfer, which may be a new one that nobody has. */
static int
get(struct fss__leases *l, int64_t transfer, struct held **ret_h)
{
	struct held *h = find(l, transfer), **b;

	*ret_h = h;
	if (h != NULL)
		return 0;
	if (l->count >= FSS__SERVE_MAX)
		return FSS_EOVERLOAD;
	if (fss__heap_reserve(&l->heap, l->count + 1) != 0)
		return FSS_ENOMEM;
	h = fss__zalloc(sizeof(*h));
	if (h == NULL)
		return FSS_ENOMEM;
	h->l.transfer = transfer;
	b = &l->transfer[bucket((uint64_t)transfer)];
	h->next = *b;
	*b = h;
	l->count++;
	*ret_h = h;
	return 0;
}

int
fss__lease_take(struct fss__leases *l, int64_t transfer, uint64_t serial,
    int64_t account, int64_t device, int64_t now_us)
{
	struct held *h, **b;
	bool fresh = find(l, transfer) == NULL;
	int r;

	if (fss__lease_busy(l, transfer, serial, device))
		return FSS_EBUSY;
	r = get(l, transfer, &h);
	if (r != 0)
		return r;
	h->fresh = fresh;
	h->was_offered = h->l.serial == 0 && h->offered;
	h->was_lost_us = h->l.serial == 0 ? h->l.lost_us : now_us;
	if (h->l.serial == 0) {
		h->l.serial = serial;
		b = &l->session[bucket(serial)];
		h->peer = *b;
		h->pprev = b;
		if (h->peer != NULL)
			h->peer->pprev = &h->peer;
		*b = h;
		h->taken_us = now_us;
		h->sent = 0;
		h->grace = 0;
		h->paged = false;
		h->l.until_us = now_us + LEASE_US;
	}
	h->l.account = account;
	h->l.device = device;
	(void)fss__lease_renew(l, transfer, serial, now_us);
	schedule(l, h);
	return 0;
}

int
fss__lease_orphan(struct fss__leases *l, int64_t transfer, int64_t now_us)
{
	struct held *h;
	int r;

	if (find(l, transfer) != NULL)
		return 0;
	r = get(l, transfer, &h);
	if (r == 0)
		lose(l, h, now_us);
	return r;
}

bool
fss__lease_busy(const struct fss__leases *l, int64_t transfer, uint64_t serial,
    int64_t device)
{
	const struct held *h = find(l, transfer);
	unsigned i;

	if (h == NULL)
		return false;
	if (h->l.serial != 0)
		return h->l.serial != serial;
	for (i = 0; i < h->nidle; i++)
		if (h->idle[i] == device)
			return true;
	return false;
}

struct fss__lease *
fss__lease_of(struct fss__leases *l, int64_t transfer, uint64_t serial)
{
	struct held *h = find(l, transfer);

	return h == NULL || serial == 0 || h->l.serial != serial ? NULL : &h->l;
}

struct fss__lease *
fss__lease_renew(
    struct fss__leases *l, int64_t transfer, uint64_t serial, int64_t now_us)
{
	struct held *h = find(l, transfer);

	if (h == NULL || serial == 0 || h->l.serial != serial)
		return NULL;
	if (h->grace < FSS__SERVE_GRACE) {
		h->grace++;
		h->l.until_us = now_us + LEASE_US;
	}
	return &h->l;
}

void
fss__lease_drop(struct fss__leases *l, int64_t transfer, uint64_t serial,
    bool over, int64_t now_us)
{
	struct held *h = find(l, transfer);

	if (h == NULL || serial == 0 || h->l.serial != serial)
		return;
	if (over)
		forget(l, h);
	else
		lose(l, h, now_us);
}

void
fss__lease_undo(struct fss__leases *l, int64_t transfer, uint64_t serial,
    int64_t now_us)
{
	struct held *h = find(l, transfer);

	if (h == NULL || serial == 0 || h->l.serial != serial)
		return;
	if (h->fresh) {
		forget(l, h);
		return;
	}
	lose(l, h, now_us);
	h->l.lost_us = h->was_lost_us;
	h->offered = h->was_offered;
	schedule(l, h);
}

void
fss__lease_drop_session(struct fss__leases *l, uint64_t serial, int64_t now_us)
{
	struct held *h, *next;

	if (serial == 0)
		return;
	for (h = l->session[bucket(serial)]; h != NULL; h = next) {
		next = h->peer;
		if (h->l.serial == serial)
			lose(l, h, now_us);
	}
}

void
fss__lease_forget(struct fss__leases *l, int64_t transfer)
{
	struct held *h = find(l, transfer);

	if (h != NULL)
		forget(l, h);
}

/* Something came: whoever sent nothing may try again. */
static void
progress(struct held *h, int64_t now_us)
{
	h->l.until_us = now_us + LEASE_US;
	h->grace = 0;
	h->nidle = 0;
}

void
fss__lease_paged(
    struct fss__leases *l, struct fss__lease *lease, int64_t now_us)
{
	struct held *h = find(l, lease->transfer);

	h->paged = true;
	progress(h, now_us);
}

void
fss__lease_arrived(struct fss__leases *l, struct fss__lease *lease,
    uint64_t bytes, int64_t now_us)
{
	struct held *h = find(l, lease->transfer);
	int64_t late_us = now_us - h->taken_us - FSS__SERVE_TIME_US;

	h->sent += bytes;
	if (h->sent <= h->size &&
	    (late_us <= 0 || h->sent / FSS__SERVE_RATE >=
	    (uint64_t)(late_us / 1000000)))
		progress(h, now_us);
	h->l.put += bytes;
	h->l.untold = true;
	if (h->l.tell_us < now_us)
		h->l.tell_us = now_us;
	schedule(l, h);
}

void
fss__lease_looked(struct fss__leases *l, struct fss__lease *lease,
    uint64_t size, uint64_t offset, uint64_t next, uint64_t missing)
{
	find(l, lease->transfer)->size = size;
	if (offset == 0)
		lease->looked = lease->known = lease->put = 0;
	/* Looked at twice or with a gap: what is known stays as it is. */
	if (next == 0 || next > size)
		next = size;
	if (offset != lease->looked || next < offset)
		return;
	lease->looked = next;
	if (missing < next - offset)
		lease->known += next - offset - missing;
}

void
fss__lease_told(struct fss__leases *l, int64_t transfer, int64_t us)
{
	struct held *h = find(l, transfer);

	if (h != NULL && h->l.tell_us < us) {
		h->l.tell_us = us;
		schedule(l, h);
	}
}

/* What is due for @h now, 0 nothing. */
static int
judge(struct fss__leases *l, struct held *h, int64_t now_us)
{
	if (h->l.untold && h->l.tell_us <= now_us) {
		h->l.untold = false;
		h->l.first = !h->told;
		h->told = true;
		h->l.tell_us = now_us + FSS__SERVE_TELL_US;
		return FSS__LEASE_TELL;
	}
	if (h->l.serial != 0 && h->l.until_us <= now_us) {
		/* A session that ends may have had bad luck; this had time. */
		if (h->sent == 0 && !h->paged)
			h->idle[h->nidle < FSS__SERVE_IDLE ? h->nidle++ : 0] =
			    h->l.device;
		lose(l, h, now_us);
	}
	if (h->l.serial != 0 || h->l.lost_us > now_us)
		return 0;
	if (!h->offered) {
		h->offered = true;
		return FSS__LEASE_OFFER;
	}
	return h->l.lost_us + FSS__SERVE_LOSE_US <= now_us ? FSS__LEASE_LOSE :
							     0;
}

int
fss__lease_next(
    struct fss__leases *l, int64_t now_us, struct fss__lease *ret_lease)
{
	struct held *h;
	int what;

	while ((h = (struct held *)fss__heap_first(&l->heap)) != NULL &&
	    h->timer.due <= now_us) {
		what = judge(l, h, now_us);
		*ret_lease = h->l;
		if (what == FSS__LEASE_LOSE)
			forget(l, h);
		else
			schedule(l, h);
		if (what != 0)
			return what;
	}
	return 0;
}

int64_t
fss__leases_deadline(const struct fss__leases *l)
{
	const struct fss__heap_node *n = fss__heap_first(&l->heap);

	return n == NULL ? INT64_MAX : n->due;
}
