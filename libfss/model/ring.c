/*
 * The ring that remembers news.
 *
 * An array in the order of the sequence numbers, with a hash table over what
 * may be superseded: presence of one person (to one audience), progress of one
 * request, uploads of one account.  A newer item of the same key frees the
 * older one at once.  Its slot stays, empty, until a quarter of all are: then
 * the items close up.  So what changes often pushes out nothing but itself,
 * however many numbers it uses up: the ceiling is of items, not of numbers.
 *
 * Whether a reader can go on is one comparison: all items above `floor` are
 * here, or were superseded.
 */
#include "model/event.h"

#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"

#define HEADS	4096		/* chains of the table, a power of two */
#define FIRST	64		/* slots to begin with, a power of two */
#define HOLES	4		/* one in so many empty: they close up */

struct slot {
	struct fss__news	*n;	/* NULL: superseded */
	uint64_t		 seq;
	uint32_t		 chain;	/* next of this hash: its place + 1, 0 none */
	bool			 hashed;
};

struct fss__ring {
	uint64_t	 epoch;
	uint64_t	 last;		/* number of the newest */
	uint64_t	 floor;		/* up to it something was forgotten */
	size_t		 max_events, max_bytes, bytes;
	size_t		 begin, used;	/* slots; the oldest is no empty one */
	size_t		 live;		/* of those used: not empty */
	size_t		 cap;		/* a power of two, or 0 */
	struct slot	*slots;
	uint32_t	 heads[HEADS];	/* as `chain` */
};

int
fss__ring_new(uint64_t epoch, size_t max_events, size_t max_bytes,
    struct fss__ring **ret_r)
{
	struct fss__ring *r;

	*ret_r = NULL;
	/* Places are counted in 32 bits, and there are up to four an item. */
	if (max_events == 0 || max_events > UINT32_MAX / 8)
		return FSS_EINVAL;
	r = fss__zalloc(sizeof(*r));
	if (r == NULL)
		return FSS_ENOMEM;
	r->epoch = epoch;
	r->max_events = max_events;
	r->max_bytes = max_bytes;
	*ret_r = r;
	return 0;
}

/* The slot @i after the oldest. */
static struct slot *
slot_at(const struct fss__ring *r, size_t i)
{
	return &r->slots[(r->begin + i) & (r->cap - 1)];
}

static size_t
size_of(const struct fss__news *n)
{
	return sizeof(*n) + (n->path != NULL ? strlen(n->path) + 1 : 0);
}

/* ---- what supersedes what ---------------------------------------------- */

static bool
is_keyed(const struct fss__news *n)
{
	return n->kind == FSS_NEWS_PRESENCE || n->kind == FSS_NEWS_PROGRESS ||
	    n->kind == FSS_NEWS_UPLOAD;
}

static bool
same_key(const struct fss__news *a, const struct fss__news *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == FSS_NEWS_PROGRESS)
		return a->request == b->request;
	return a->account == b->account && a->nto == b->nto &&
	    (a->nto == 0 || a->to[0] == b->to[0]);
}

static uint32_t *
head_of(struct fss__ring *r, const struct fss__news *n)
{
	uint64_t x = (uint64_t)(n->kind == FSS_NEWS_PROGRESS ? n->request :
	    n->account);

	x = (x * 8 + (uint64_t)n->kind) * UINT64_C(0x9e3779b97f4a7c15);
	return &r->heads[(x >> 32) & (HEADS - 1)];
}

static void
chain(struct fss__ring *r, struct slot *s)
{
	uint32_t *head = head_of(r, s->n);

	s->chain = *head;
	s->hashed = true;
	*head = (uint32_t)(s - r->slots) + 1;
}

/* Takes @s, which is hashed, out of its chain. */
static void
unchain(struct fss__ring *r, struct slot *s)
{
	uint32_t *at = head_of(r, s->n), self = (uint32_t)(s - r->slots) + 1;

	while (*at != self)
		at = &r->slots[*at - 1].chain;
	*at = s->chain;
	s->hashed = false;
}

/* ---- coming and going -------------------------------------------------- */

static void
empty(struct fss__ring *r, struct slot *s)
{
	if (s->hashed)
		unchain(r, s);
	r->bytes -= size_of(s->n);
	r->live--;
	fss__news_free(s->n);
	s->n = NULL;
}

/* The oldest slot is no empty one. */
static void
trim(struct fss__ring *r)
{
	while (r->used > 0 && slot_at(r, 0)->n == NULL) {
		r->begin = (r->begin + 1) & (r->cap - 1);
		r->used--;
	}
}

static void
drop_oldest(struct fss__ring *r)
{
	struct slot *s = slot_at(r, 0);

	r->floor = s->seq;
	empty(r, s);
	trim(r);
}

static void
forget(struct fss__ring *r)
{
	while (r->used > 0)
		drop_oldest(r);
	r->floor = r->last;
}

void
fss__ring_free(struct fss__ring *r)
{
	if (r == NULL)
		return;
	forget(r);
	fss__free(r->slots);
	fss__free(r);
}

uint64_t
fss__ring_epoch(const struct fss__ring *r)
{
	return r->epoch;
}

uint64_t
fss__ring_last(const struct fss__ring *r)
{
	return r->last;
}

/* Slots have moved: the chains anew. */
static void
rehash(struct fss__ring *r)
{
	struct slot *s;
	size_t i;

	memset(r->heads, 0, sizeof(r->heads));
	for (i = 0; i < r->used; i++) {
		s = slot_at(r, i);
		if (s->hashed)
			chain(r, s);
	}
}

/* What is left closes up; those before the first empty one stay. */
static void
close_up(struct fss__ring *r)
{
	size_t i, to = 0;

	for (i = 0; i < r->used; i++)
		if (slot_at(r, i)->n != NULL)
			*slot_at(r, to++) = *slot_at(r, i);
	r->used = to;
	rehash(r);
}

/* Room for one more. */
static int
make_room(struct fss__ring *r)
{
	size_t i, cap = r->cap == 0 ? FIRST : r->cap * 2;
	struct slot *slots;

	if (r->used < r->cap)
		return 0;
	if (r->cap > 0 && r->used - r->live >= r->cap / HOLES) {
		close_up(r);
		return 0;
	}
	slots = fss__calloc(cap, sizeof(*slots));
	if (slots == NULL)
		return FSS_ENOMEM;
	for (i = 0; i < r->used; i++)
		slots[i] = *slot_at(r, i);
	fss__free(r->slots);
	r->slots = slots;
	r->cap = cap;
	r->begin = 0;
	rehash(r);
	return 0;
}

/* Frees what @n supersedes. */
static void
supersede(struct fss__ring *r, const struct fss__news *n)
{
	uint32_t at;

	for (at = *head_of(r, n); at != 0; at = r->slots[at - 1].chain) {
		if (same_key(r->slots[at - 1].n, n)) {
			empty(r, &r->slots[at - 1]);
			trim(r);
			return;
		}
	}
}

int64_t
fss__ring_add(struct fss__ring *r, struct fss__news *n)
{
	struct slot *s;

	n->next = NULL;
	/* The number is used up in any case, so that nobody takes it for known. */
	r->last++;
	if (is_keyed(n))
		supersede(r, n);
	if (r->live >= r->max_events)
		drop_oldest(r);
	if (make_room(r) != 0) {
		fss__news_free(n);
		forget(r);
		return FSS_ENOMEM;
	}
	s = slot_at(r, r->used++);
	memset(s, 0, sizeof(*s));
	s->n = n;
	s->seq = r->last;
	r->live++;
	if (is_keyed(n))
		chain(r, s);
	r->bytes += size_of(n);
	while (r->bytes > r->max_bytes && r->live > 1)
		drop_oldest(r);
	return (int64_t)s->seq;
}

void
fss__ring_lose(struct fss__ring *r)
{
	r->last++;
	forget(r);
}

bool
fss__ring_knows(const struct fss__ring *r, uint64_t epoch, uint64_t after)
{
	return epoch == r->epoch && after >= r->floor && after <= r->last;
}

/* ---- readers ----------------------------------------------------------- */

/*
 * Which slot is the first above @after.  As many from the end as there are
 * numbers, or, where some of those are gone, fewer; nearly all readers are
 * close to it.
 */
static size_t
find(const struct fss__ring *r, uint64_t after)
{
	uint64_t newer = after < r->last ? r->last - after : 0;
	size_t low = newer < r->used ? r->used - (size_t)newer : 0;
	size_t high = r->used, mid, step = 1;

	if (low == high || slot_at(r, low)->seq > after)
		return low;
	/* slot low is not above it */
	while (low + step < high && slot_at(r, low + step)->seq <= after) {
		low += step;
		step *= 2;
	}
	high = low + step < high ? low + step : high;
	while (low + 1 < high) {
		mid = low + (high - low) / 2;
		if (slot_at(r, mid)->seq <= after)
			low = mid;
		else
			high = mid;
	}
	return high;
}

int
fss__ring_next(const struct fss__ring *r,
    const struct fss__reader_of_news *who, uint64_t *after, size_t *look,
    const struct fss__news **ret_n)
{
	const struct slot *s;
	size_t i;

	if (r->used == 0) {
		*after = r->last;
		return 0;
	}
	for (i = find(r, *after); i < r->used; i++) {
		s = slot_at(r, i);
		if (*look == 0) {
			*after = s->seq - 1;
			return 0;
		}
		(*look)--;
		if (s->n == NULL || !fss__news_for(s->n, who))
			continue;
		*after = s->seq;
		*ret_n = s->n;
		return 1;
	}
	*after = r->last;
	return 0;
}
