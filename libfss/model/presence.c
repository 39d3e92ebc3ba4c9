/*
 * The presence machine: from sessions that come, speak and go to who is shown
 * online, idle or offline.
 *
 * A person is looked at anew whenever something about them changed and at the
 * earliest time at which something could.  A message only moves such times
 * back; so they stay in the heap as they were, and a person whose time came
 * too early is put in again.  Messages cost nothing but a note that way.
 *
 * Left to others: telling, keeping last seen, and threads (board.c).
 */
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/heap.h"
#include "base/num.h"
#include "base/str.h"
#include "model/presence.h"

#define FIRST_BUCKETS 64

struct fss__presence_person {
	struct fss__heap_node timer; /* first: see person_of() */
	struct fss__presence_person *next; /* in its bucket */
	struct fss__presence_person *later; /* to be looked at */
	int64_t account;
	struct fss__presence_session *sessions;
	int64_t grace_us; /* a session left: until then */
	int64_t seen_us; /* of all sessions, ever */
	int64_t since_us; /* wall */
	int presence; /* as it is */
	int told_all, told_self;
	uint32_t count; /* sessions that count */
	bool queued, hidden, noted_live, agent;
	char name[FSS_LIMIT_ACCOUNT + 1];
};

struct fss__presence {
	struct fss__board *board;
	struct fss__presence_person **bucket;
	size_t nbuckets; /* a power of two */
	size_t count;
	struct fss__heap heap;
	struct fss__presence_person *look, **look_tail;
};

int
fss__presence_new(struct fss__board *board, struct fss__presence **ret_p)
{
	struct fss__presence *p = fss__zalloc(sizeof(*p));

	*ret_p = NULL;
	if (p == NULL)
		return FSS_ENOMEM;
	p->board = board;
	p->look_tail = &p->look;
	p->nbuckets = FIRST_BUCKETS;
	p->bucket = fss__calloc(p->nbuckets, sizeof(*p->bucket));
	if (p->bucket == NULL) {
		fss__free(p);
		return FSS_ENOMEM;
	}
	*ret_p = p;
	return 0;
}

void
fss__presence_free(struct fss__presence *p)
{
	struct fss__presence_person *q;
	size_t i;

	if (p == NULL)
		return;
	for (i = 0; i < p->nbuckets; i++) {
		while ((q = p->bucket[i]) != NULL) {
			p->bucket[i] = q->next;
			fss__free(q);
		}
	}
	fss__heap_release(&p->heap);
	fss__free(p->bucket);
	fss__free(p);
}

/* ---- people ----------------------------------------------------------- */

/* Accounts are numbered by the hub, one after the other. */
static struct fss__presence_person **
bucket_of(const struct fss__presence *p, int64_t account)
{
	return &p->bucket[(uint64_t)account & (p->nbuckets - 1)];
}

static struct fss__presence_person *
find(const struct fss__presence *p, int64_t account)
{
	struct fss__presence_person *q;

	for (q = *bucket_of(p, account); q != NULL; q = q->next)
		if (q->account == account)
			break;
	return q;
}

/* Doubles the table; where memory lacks it stays as it is, only slower. */
static void
grow(struct fss__presence *p)
{
	struct fss__presence_person **old = p->bucket, *q, *next, **b;
	size_t i, n = p->nbuckets;

	p->bucket = fss__calloc(n * 2, sizeof(*p->bucket));
	if (p->bucket == NULL) {
		p->bucket = old;
		return;
	}
	p->nbuckets = n * 2;
	for (i = 0; i < n; i++) {
		for (q = old[i]; q != NULL; q = next) {
			next = q->next;
			b = bucket_of(p, q->account);
			q->next = *b;
			*b = q;
		}
	}
	fss__free(old);
}

static int
show(struct fss__presence *p, const struct fss__presence_person *q)
{
	struct fss__board_row row;

	memset(&row, 0, sizeof(row));
	row.account = q->account;
	memcpy(row.name, q->name, sizeof(row.name));
	row.presence = q->presence;
	row.hidden = q->hidden;
	row.agent = q->agent;
	row.sessions = q->count;
	row.since_us = q->since_us;
	return fss__board_set(p->board, &row);
}

/* All memory a person will ever need, so that nothing fails later. */
static struct fss__presence_person *
add(struct fss__presence *p, int64_t account, const char *name, bool hidden)
{
	struct fss__presence_person *q, **b;

	if (fss__heap_reserve(&p->heap, p->count + 1) != 0)
		return NULL;
	q = fss__zalloc(sizeof(*q));
	if (q == NULL)
		return NULL;
	q->account = account;
	q->hidden = hidden;
	if (fss__slice_copy(fss__slice_str(name), q->name, sizeof(q->name)) !=
		0 ||
	    show(p, q) != 0) {
		fss__free(q);
		return NULL;
	}
	if (p->count >= p->nbuckets)
		grow(p);
	b = bucket_of(p, account);
	q->next = *b;
	*b = q;
	p->count++;
	return q;
}

static void
forget(struct fss__presence *p, struct fss__presence_person *q)
{
	struct fss__presence_person **b;

	for (b = bucket_of(p, q->account); *b != q; b = &(*b)->next)
		;
	*b = q->next;
	p->count--;
	fss__heap_remove(&p->heap, &q->timer);
	fss__board_drop(p->board, q->account);
	fss__free(q);
}

static void
look_at(struct fss__presence *p, struct fss__presence_person *q)
{
	if (q->queued)
		return;
	q->queued = true;
	q->later = NULL;
	*p->look_tail = q;
	p->look_tail = &q->later;
}

/* ---- sessions --------------------------------------------------------- */

int
fss__presence_join(struct fss__presence *p, struct fss__presence_session *s,
    int64_t account, const char *name, bool hidden, int64_t mono_us)
{
	struct fss__presence_person *q = find(p, account);

	if (q == NULL)
		q = add(p, account, name, hidden);
	if (q == NULL)
		return FSS_ENOMEM;
	memset(s, 0, sizeof(*s));
	s->person = q;
	s->next = q->sessions;
	if (s->next != NULL)
		s->next->prev = s;
	q->sessions = s;
	s->begun_us = s->seen_us = s->acted_us = mono_us;
	s->holds = q->presence != FSS_PRESENCE_OFFLINE;
	if (mono_us > q->seen_us)
		q->seen_us = mono_us;
	look_at(p, q);
	return 0;
}

void
fss__presence_leave(
    struct fss__presence *p, struct fss__presence_session *s, int64_t mono_us)
{
	struct fss__presence_person *q = s->person;

	if (q == NULL)
		return;
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		q->sessions = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	/* Silence was waiting enough; and what never showed just goes. */
	if (mono_us - s->seen_us < FSS__PRESENCE_SILENCE_US &&
	    (s->counts || s->holds ||
		mono_us - s->begun_us >= FSS__PRESENCE_SETTLE_US))
		q->grace_us = mono_us + FSS__PRESENCE_GRACE_US;
	memset(s, 0, sizeof(*s));
	look_at(p, q);
}

void
fss__presence_touch(struct fss__presence *p, struct fss__presence_session *s,
    bool act, int64_t mono_us)
{
	struct fss__presence_person *q = s->person;

	if (q == NULL)
		return;
	s->seen_us = mono_us;
	if (mono_us > q->seen_us)
		q->seen_us = mono_us;
	if (act && !s->agent)
		s->acted_us = mono_us;
	if (s->silent || (act && !s->agent && q->presence == FSS_PRESENCE_IDLE))
		look_at(p, q);
}

void
fss__presence_subscribe(
    struct fss__presence *p, struct fss__presence_session *s)
{
	if (s->person == NULL || s->counts)
		return;
	s->counts = true;
	look_at(p, s->person);
}

void
fss__presence_set_agent(struct fss__presence *p,
    struct fss__presence_session *s, bool agent, int64_t mono_us)
{
	if (s->person == NULL || s->agent == agent)
		return;
	s->agent = agent;
	s->acted_us = mono_us;
	look_at(p, s->person);
}

void
fss__presence_set_hidden(struct fss__presence *p, int64_t account, bool hidden)
{
	struct fss__presence_person *q = find(p, account);

	if (q == NULL || q->hidden == hidden)
		return;
	q->hidden = hidden;
	look_at(p, q);
}

struct fss__presence_session *
fss__presence_sessions(const struct fss__presence *p, int64_t account)
{
	const struct fss__presence_person *q = find(p, account);

	return q == NULL ? NULL : q->sessions;
}

/* ---- what becomes of it ----------------------------------------------- */

/* What the sessions of a person come to. */
struct tally {
	uint32_t count; /* alive and counting */
	bool agent, online;
	bool held; /* one will count soon */
	int64_t due; /* when this may change by itself */
};

static void
tally_session(struct tally *t, struct fss__presence_session *s, int64_t mono_us)
{
	int64_t idle_us = s->acted_us + FSS__PRESENCE_IDLE_US;
	int64_t settled_us = s->begun_us + FSS__PRESENCE_SETTLE_US;
	int64_t due = s->seen_us + FSS__PRESENCE_SILENCE_US;

	s->silent = due <= mono_us;
	if (settled_us <= mono_us)
		s->counts = true;
	if (s->silent)
		return;
	if (!s->counts) {
		t->held |= s->holds;
		if (settled_us < due)
			due = settled_us;
	} else {
		t->count++;
		t->agent |= s->agent;
		if (!s->agent && idle_us > mono_us) {
			t->online = true;
			if (idle_us < due)
				due = idle_us;
		}
	}
	if (due < t->due)
		t->due = due;
}

/* Works out what @q is now, and when to look again. */
static void
judge(struct fss__presence *p, struct fss__presence_person *q, int64_t mono_us,
    int64_t wall_us)
{
	struct fss__presence_session *s;
	struct tally t;
	int was = q->presence;

	memset(&t, 0, sizeof(t));
	t.due = INT64_MAX;
	for (s = q->sessions; s != NULL; s = s->next)
		tally_session(&t, s, mono_us);
	if (t.count > 0) {
		q->presence = t.online ? FSS_PRESENCE_ONLINE :
					 FSS_PRESENCE_IDLE;
		q->count = t.count;
		q->agent = t.agent;
	} else if (was != FSS_PRESENCE_OFFLINE && !t.held &&
	    q->grace_us <= mono_us) {
		q->presence = FSS_PRESENCE_OFFLINE;
		q->count = 0;
		q->agent = false;
	}
	if (q->presence != FSS_PRESENCE_OFFLINE && t.count == 0 &&
	    q->grace_us > mono_us && q->grace_us < t.due)
		t.due = q->grace_us;
	if (was == FSS_PRESENCE_OFFLINE && q->presence != was)
		q->since_us = wall_us;
	if (t.due == INT64_MAX)
		fss__heap_remove(&p->heap, &q->timer);
	else
		fss__heap_set(&p->heap, &q->timer, t.due);
	(void)show(p, q); /* its row is there */
}

/* What is to be said about @q, one thing at a time; 0 when nothing is left. */
static int
say(struct fss__presence_person *q, int64_t mono_us, int64_t wall_us,
    struct fss__presence_change *ret_c)
{
	int all = q->hidden ? FSS_PRESENCE_OFFLINE : q->presence;
	bool live = q->presence != FSS_PRESENCE_OFFLINE;

	if (all == q->told_all && q->presence == q->told_self &&
	    live == q->noted_live)
		return 0;
	memset(ret_c, 0, sizeof(*ret_c));
	ret_c->account = q->account;
	memcpy(ret_c->name, q->name, sizeof(ret_c->name));
	ret_c->note = live != q->noted_live;
	ret_c->live = live;
	ret_c->seen_wall_us = live ? wall_us : wall_us - (mono_us - q->seen_us);
	q->noted_live = live;
	if (all != q->told_all) {
		ret_c->from = q->told_all;
		ret_c->to = q->told_all = q->told_self = all;
		ret_c->sessions = all == FSS_PRESENCE_OFFLINE ? 0 : q->count;
	} else {
		ret_c->self = true;
		ret_c->from = q->told_self;
		ret_c->to = q->told_self = q->presence;
		ret_c->sessions = q->count;
	}
	return 1;
}

static struct fss__presence_person *
person_of(struct fss__heap_node *n)
{
	return (struct fss__presence_person *)n;
}

int
fss__presence_next(struct fss__presence *p, int64_t mono_us, int64_t wall_us,
    struct fss__presence_change *ret_c)
{
	struct fss__presence_person *q;
	struct fss__heap_node *n;

	for (;;) {
		while ((n = fss__heap_first(&p->heap)) != NULL &&
		    n->due <= mono_us) {
			q = person_of(n);
			fss__heap_remove(&p->heap, n);
			look_at(p, q);
		}
		q = p->look;
		if (q == NULL)
			return 0;
		judge(p, q, mono_us, wall_us);
		if (say(q, mono_us, wall_us, ret_c) == 1)
			return 1; /* there may be more of this one */
		p->look = q->later;
		if (p->look == NULL)
			p->look_tail = &p->look;
		q->queued = false;
		if (q->sessions == NULL && q->presence == FSS_PRESENCE_OFFLINE)
			forget(p, q);
	}
}

int64_t
fss__presence_deadline(const struct fss__presence *p)
{
	const struct fss__heap_node *n = fss__heap_first(&p->heap);

	if (p->look != NULL)
		return INT64_MIN;
	return n == NULL ? INT64_MAX : n->due;
}
