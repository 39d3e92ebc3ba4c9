/*
 * News, and the ring that remembers them.
 *
 * The ring is an array addressed by sequence number, with a hash table over
 * what may be superseded: presence of one person (to one audience) and
 * progress of one request.  A newer item of the same key frees the older one
 * at once, so that what changes often does not push out what does not; its
 * place in the array stays, empty.  All numbers above `first - 1` are in the
 * array, so whether a reader can go on is one comparison.
 *
 * What this file does not do: know sessions, wait, or look into the store (but
 * for fss__news_visible(), which asks the rights).
 */
#include "model/event.h"

#include <string.h>

#include "base/alloc.h"
#include "model/access.h"
#include "model/entry_path.h"
#include "store/meta_account.h"

#define HEADS	4096		/* chains of the table, a power of two */
#define FIRST	64		/* slots to begin with */

/* ---- lists ------------------------------------------------------------- */

/* A message may leave thousands of items, so none of this walks the list. */

static void
free_one(struct fss__news *n)
{
	if (n != NULL)
		fss__free(n->path);
	fss__free(n);
}

int
fss__news_add(struct fss__news **list, const struct fss__news *n)
{
	struct fss__news *copy;

	copy = fss__memdup(n, sizeof(*n));
	if (copy == NULL)
		return FSS_ENOMEM;
	copy->next = NULL;
	if (n->path != NULL) {
		copy->path = fss__strdup(n->path);
		if (copy->path == NULL) {
			fss__free(copy);
			return FSS_ENOMEM;
		}
	}
	copy->head = *list == NULL ? copy : *list;
	*fss__news_mark(list) = copy;
	copy->prev = copy->head->prev;
	copy->head->prev = copy;
	return 0;
}

void
fss__news_free(struct fss__news *list)
{
	struct fss__news *next;

	for (; list != NULL; list = next) {
		next = list->next;
		free_one(list);
	}
}

struct fss__news **
fss__news_mark(struct fss__news **list)
{
	return *list == NULL ? list : &(*list)->prev->next;
}

void
fss__news_cut(struct fss__news **mark)
{
	struct fss__news *first = *mark;

	if (first == NULL)
		return;
	if (first != first->head)
		first->head->prev = first->prev;
	fss__news_free(first);
	*mark = NULL;
}

/* ---- the ring ---------------------------------------------------------- */

struct slot {
	struct fss__news	*n;	/* NULL: superseded */
	uint64_t		 chain;	/* next of this hash, 0 none */
	bool			 hashed;
};

struct fss__ring {
	uint64_t	 epoch;
	uint64_t	 first, last;	/* numbers kept; first = last + 1: none */
	size_t		 max_events, max_bytes, bytes, cap;
	struct slot	*slots;		/* of number s: s % cap */
	uint64_t	 heads[HEADS];
};

int
fss__ring_new(uint64_t epoch, size_t max_events, size_t max_bytes,
    struct fss__ring **ret_r)
{
	struct fss__ring *r;

	*ret_r = NULL;
	if (max_events == 0)
		return FSS_EINVAL;
	r = fss__zalloc(sizeof(*r));
	if (r == NULL)
		return FSS_ENOMEM;
	r->epoch = epoch;
	r->first = 1;
	r->max_events = max_events;
	r->max_bytes = max_bytes;
	*ret_r = r;
	return 0;
}

static struct slot *
slot_of(const struct fss__ring *r, uint64_t seq)
{
	return &r->slots[seq % r->cap];
}

static size_t
size_of(const struct fss__news *n)
{
	return sizeof(*n) + (n->path != NULL ? strlen(n->path) + 1 : 0);
}

static bool
is_keyed(const struct fss__news *n)
{
	return n->kind == FSS_NEWS_PRESENCE || n->kind == FSS_NEWS_PROGRESS;
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

static uint64_t *
head_of(struct fss__ring *r, const struct fss__news *n)
{
	uint64_t x = (uint64_t)(n->kind == FSS_NEWS_PROGRESS ? n->request :
	    n->account);

	x = (x * 4 + (uint64_t)n->kind) * UINT64_C(0x9e3779b97f4a7c15);
	return &r->heads[(x >> 32) & (HEADS - 1)];
}

/* Takes @seq, which is hashed, out of its chain. */
static void
unhash(struct fss__ring *r, uint64_t seq)
{
	struct slot *s = slot_of(r, seq);
	uint64_t *at = head_of(r, s->n);

	while (*at != seq)
		at = &slot_of(r, *at)->chain;
	*at = s->chain;
	s->hashed = false;
}

static void
drop(struct fss__ring *r, uint64_t seq)
{
	struct slot *s = slot_of(r, seq);

	if (s->n == NULL)
		return;
	if (s->hashed)
		unhash(r, seq);
	r->bytes -= size_of(s->n);
	free_one(s->n);
	s->n = NULL;
}

static void
forget(struct fss__ring *r)
{
	while (r->first <= r->last)
		drop(r, r->first++);
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

/* Room for one more number. */
static int
grow(struct fss__ring *r)
{
	struct slot *slots;
	size_t cap;
	uint64_t s;

	if (r->last - r->first + 1 < r->cap)
		return 0;
	cap = r->cap == 0 ? FIRST : r->cap * 2;
	slots = fss__calloc(cap, sizeof(*slots));
	if (slots == NULL)
		return FSS_ENOMEM;
	for (s = r->first; s <= r->last; s++)
		slots[s % cap] = *slot_of(r, s);
	fss__free(r->slots);
	r->slots = slots;
	r->cap = cap;
	return 0;
}

/* Frees what @n supersedes, and enters it as number @seq. */
static void
hash(struct fss__ring *r, const struct fss__news *n, uint64_t seq)
{
	uint64_t *head = head_of(r, n), at;

	for (at = *head; at != 0; at = slot_of(r, at)->chain) {
		if (same_key(slot_of(r, at)->n, n)) {
			drop(r, at);
			break;
		}
	}
	slot_of(r, seq)->chain = *head;
	slot_of(r, seq)->hashed = true;
	*head = seq;
}

int64_t
fss__ring_add(struct fss__ring *r, struct fss__news *n)
{
	uint64_t seq = r->last + 1;
	struct slot *s;

	n->next = NULL;
	if (r->last - r->first + 1 >= r->max_events)
		drop(r, r->first++);
	if (grow(r) != 0) {
		/* The number is used up, so that nobody takes it for known. */
		free_one(n);
		forget(r);
		r->last = seq;
		r->first = seq + 1;
		return FSS_ENOMEM;
	}
	s = slot_of(r, seq);
	memset(s, 0, sizeof(*s));
	r->last = seq;
	if (is_keyed(n))
		hash(r, n, seq);
	s->n = n;
	r->bytes += size_of(n);
	while (r->bytes > r->max_bytes && r->first < seq)
		drop(r, r->first++);
	return (int64_t)seq;
}

bool
fss__ring_knows(const struct fss__ring *r, uint64_t epoch, uint64_t after)
{
	return epoch == r->epoch && after + 1 >= r->first && after <= r->last;
}

/* ---- readers ----------------------------------------------------------- */

bool
fss__news_for(const struct fss__news *n, const struct fss__reader_of_news *who)
{
	unsigned i;

	if (n->kind < 1 || n->kind > 31 ||
	    !(who->kinds & 1u << (n->kind - 1)))
		return false;
	if (n->device != 0)
		return n->device == who->device;
	if (n->nto == 0 && n->kind == FSS_NEWS_REQUEST)
		return who->account != n->asker && who->account != n->giver;
	if (n->nto == 0)
		return n->kind != FSS_NEWS_FILE || !n->lost ||
		    n->account != who->account;
	for (i = 0; i < n->nto && i < FSS__NEWS_TO; i++)
		if (n->to[i] == who->account)
			return true;
	return false;
}

int
fss__ring_next(const struct fss__ring *r,
    const struct fss__reader_of_news *who, uint64_t *after, size_t *look,
    const struct fss__news **ret_n)
{
	uint64_t s = *after + 1 < r->first ? r->first : *after + 1;
	const struct fss__news *n;

	for (; s <= r->last; s++) {
		if (*look == 0) {
			*after = s - 1;
			return 0;
		}
		(*look)--;
		n = slot_of(r, s)->n;
		if (n == NULL || !fss__news_for(n, who))
			continue;
		*after = s;
		*ret_n = n;
		return 1;
	}
	*after = r->last;
	return 0;
}

static void
row_of_request(const struct fss__news *n, int64_t account,
    struct fss__m_event *m)
{
	m->has |= FSS__K_event_request | FSS__K_event_state |
	    FSS__K_event_change | FSS__K_event_request_seq |
	    FSS__K_event_request_kind;
	m->request = (uint64_t)n->request;
	m->state = (uint64_t)n->state;
	m->change = n->change;
	m->request_seq = n->request_seq;
	m->request_kind = (uint64_t)n->request_kind;
	if (n->asker == account) {
		m->has |= FSS__K_event_mine;
		m->mine = true;
	}
}

/*
 * Who sees the folder now may not have seen what was removed from it before
 * that.  They hear that it changed.
 */
static void
take_name(struct fss__m_event *m)
{
	struct fss__slice up, name;

	m->what = FSS_CHANGE_MANY;
	if (fss__path_split(m->path, &up, &name))
		m->path = up;
}

void
fss__news_row(const struct fss__news *n, uint64_t seq, int64_t account,
    struct fss__m_event *ret_m)
{
	struct fss__m_event *m = ret_m;

	memset(m, 0, sizeof(*m));
	m->has = FSS__K_event_seq | FSS__K_event_kind | FSS__K_event_at_us;
	m->seq = seq;
	m->kind = (uint64_t)n->kind;
	m->at_us = n->at_us;
	if (n->name[0] != '\0') {
		m->has |= FSS__K_event_account;
		m->account = fss__slice_str(n->name);
	}
	switch (n->kind) {
	case FSS_NEWS_PRESENCE:
		m->has |= FSS__K_event_presence | FSS__K_event_sessions;
		m->presence = (uint64_t)n->presence;
		m->sessions = n->sessions;
		break;
	case FSS_NEWS_REQUEST:
		row_of_request(n, account, m);
		break;
	case FSS_NEWS_PROGRESS:
		row_of_request(n, account, m);
		m->has |= FSS__K_event_bytes;
		m->bytes = n->bytes;
		break;
	case FSS_NEWS_FILE:
		m->has |= FSS__K_event_what;
		m->what = (uint64_t)n->what;
		break;
	default:
		break;
	}
	if (n->path != NULL) {
		m->has |= FSS__K_event_path;
		m->path = fss__slice_str(n->path);
	}
	if (n->nameless && n->account != account)
		take_name(m);
}

/* To all: not to who came later and may never have seen it. */
static int
was_there(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__news *n)
{
	struct fss__meta_account a;
	int r;

	if (n->nto > 0)
		return 1;
	r = fss__meta_account_by_id(ctx->db, who->account, &a);
	return r != 1 ? r : a.created <= n->at_us;
}

/*
 * Whether what is told of is where it was.  It may be seen by those who did
 * not see it there, and the ring is read from the beginning by whoever likes:
 * what it was called before, or what folder it was in, is not for them.  Where
 * it is now a later item says.
 */
static int
is_there(struct fss__ctx *ctx, const struct fss__news *n)
{
	char path[FSS_LIMIT_PATH + 1];
	struct fss__slice told = fss__slice_str(n->path), up, name;
	struct fss__slice at = { path, 0 };
	int r;

	if (n->what == FSS_CHANGE_REMOVED) {
		if (!fss__path_split(told, &up, &name))
			return 0;
		told = up;
	}
	r = fss__path_of(ctx, n->entry, path, &at.n);
	if (r == FSS_ENOENT || r == FSS_EPATH)
		return 0;
	return r != 0 ? r : fss__slice_eq(told, at);
}

int
fss__news_visible(struct fss__ctx *ctx, const struct fss__actor *who,
    const struct fss__news *n)
{
	struct fss__view view;
	int r;

	if (n->lost)
		return fss__ctx_end(ctx, was_there(ctx, who, n));
	if (n->account == who->account)
		return 1;
	if (n->entry == 0 || (n->what == FSS_CHANGE_REMOVED && !n->inherits))
		return 0;
	r = fss__view_of(ctx, who, n->entry, 0, &view, NULL);
	if (r == FSS_ENOENT)
		return 0;
	if (r == 0 && (view.rights & FSS_RIGHT_SEE))
		r = is_there(ctx, n);
	return fss__ctx_end(ctx, r);
}
