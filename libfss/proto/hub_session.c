/*
 * The table of sessions: a hash over the random session id, and a list in
 * the order in which peers were last heard of, so that the idle ones are
 * found without a scan.
 *
 * The hash takes the id's own bytes: ids are random and chosen here, never by
 * a peer, so nobody can aim at a bucket.
 */
#include <stddef.h>
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "proto/hub_session.h"

#define FIRST_BUCKETS	64

int
fss__sessions_init(struct fss__sessions *t)
{
	memset(t, 0, sizeof(*t));
	t->bucket = fss__calloc(FIRST_BUCKETS, sizeof(*t->bucket));
	if (t->bucket == NULL)
		return FSS_ENOMEM;
	t->nbuckets = FIRST_BUCKETS;
	t->tallies = fss__tallies_new();
	return t->tallies == NULL ? FSS_ENOMEM : 0;
}

void
fss__sessions_release(struct fss__sessions *t)
{
	while (t->oldest != NULL)
		fss__sessions_remove(t, t->oldest);
	fss__free(t->bucket);
	fss__tallies_free(t->tallies);
	memset(t, 0, sizeof(*t));
}

static struct fss__session **
bucket_of(const struct fss__sessions *t, const uint8_t *id)
{
	return &t->bucket[fss__get_le64(id) & (t->nbuckets - 1)];
}

/* Doubles the table; where memory lacks it stays as it is, only slower. */
static void
grow(struct fss__sessions *t)
{
	struct fss__session **old = t->bucket, *s, *next, **b;
	size_t i, n = t->nbuckets;

	t->bucket = fss__calloc(n * 2, sizeof(*t->bucket));
	if (t->bucket == NULL) {
		t->bucket = old;
		return;
	}
	t->nbuckets = n * 2;
	for (i = 0; i < n; i++) {
		for (s = old[i]; s != NULL; s = next) {
			next = s->next;
			b = bucket_of(t, s->id);
			s->next = *b;
			*b = s;
		}
	}
	fss__free(old);
}

static void
append_newest(struct fss__sessions *t, struct fss__session *s)
{
	s->newer = NULL;
	s->older = t->newest;
	if (t->newest != NULL)
		t->newest->newer = s;
	else
		t->oldest = s;
	t->newest = s;
}

static void
unlink_age(struct fss__sessions *t, struct fss__session *s)
{
	if (s->older != NULL)
		s->older->newer = s->newer;
	else
		t->oldest = s->newer;
	if (s->newer != NULL)
		s->newer->older = s->older;
	else
		t->newest = s->older;
}

static uint64_t
whose_account(const struct fss__sessions *t, int64_t account)
{
	uint8_t id[8];

	fss__put_le64(id, (uint64_t)account);
	return fss__tally_whose(t->tallies, FSS__TALLY_ACCOUNT, id,
	    sizeof(id));
}

/* Counts the session as what it is now. */
static void
tally(struct fss__sessions *t, struct fss__session *s)
{
	fss__tally_leave(&s->by_who);
	fss__tally_leave(&s->by_address);
	if (s->who.account != 0) {
		fss__tally_enter(t->tallies, &s->by_who,
		    whose_account(t, s->who.account), s);
		return;
	}
	fss__tally_enter(t->tallies, &s->by_who, fss__tally_whose(t->tallies,
	    FSS__TALLY_KEY, s->key, sizeof(s->key)), s);
	fss__tally_enter(t->tallies, &s->by_address, s->from, s);
}

uint64_t
fss__sessions_headers(const struct fss__sessions *t,
    const struct fss__session *s)
{
	const struct fss__tally *e = NULL;
	uint64_t sum = 0;

	while ((e = fss__tally_next(t->tallies, s->by_who.whose, e)) != NULL)
		sum += e->of->headers;
	return sum;
}

/* See fss__sessions_room_account(). */
static bool
has_room(const struct fss__sessions *t, uint64_t whose, size_t most,
    struct fss__session **ret_idle)
{
	struct fss__session *s, *idle = NULL;
	struct fss__tally *e = NULL;
	size_t n = 0;

	while (n < most &&
	    (e = fss__tally_next(t->tallies, whose, e)) != NULL) {
		s = e->of;
		if (s->pending == 0 &&
		    (idle == NULL || s->seen_us < idle->seen_us))
			idle = s;
		n++;
	}
	*ret_idle = idle;
	return n < most;
}

bool
fss__sessions_room_account(const struct fss__sessions *t, int64_t account,
    size_t most, struct fss__session **ret_idle)
{
	return has_room(t, whose_account(t, account), most, ret_idle);
}

bool
fss__sessions_room_key(const struct fss__sessions *t,
    const uint8_t key[FSS__KEY_BYTES], size_t most,
    struct fss__session **ret_idle)
{
	return has_room(t, fss__tally_whose(t->tallies, FSS__TALLY_KEY, key,
	    FSS__KEY_BYTES), most, ret_idle);
}

bool
fss__sessions_room_address(const struct fss__sessions *t, uint64_t from,
    size_t most, struct fss__session **ret_idle)
{
	return has_room(t, from, most, ret_idle);
}

struct fss__session *
fss__sessions_add(struct fss__sessions *t, const uint8_t key[FSS__KEY_BYTES],
    uint64_t from, int64_t mono_us)
{
	struct fss__session *s, **b;

	s = fss__zalloc(sizeof(*s));
	if (s == NULL)
		return NULL;
	if (t->count >= t->nbuckets)
		grow(t);
	s->serial = ++t->last_serial;
	fss__random(s->id, sizeof(s->id));
	fss__random(&s->handle, sizeof(s->handle));
	memcpy(s->key, key, sizeof(s->key));
	s->seen_us = mono_us;
	s->put_credit = FSS__MAX_CREDIT_FIRST;
	s->get_window = FSS__MAX_CREDIT_FIRST;
	s->waiting_tail = &s->waiting;
	b = bucket_of(t, s->id);
	s->next = *b;
	*b = s;
	append_newest(t, s);
	s->from = from;
	tally(t, s);
	t->count++;
	t->anonymous++;
	return s;
}

struct fss__session *
fss__sessions_find(const struct fss__sessions *t, struct fss__slice id,
    const uint8_t key[FSS__KEY_BYTES])
{
	struct fss__session *s;

	if (id.n != FSS__SESSION_BYTES)
		return NULL;
	for (s = *bucket_of(t, id.p); s != NULL; s = s->next)
		if (fss__memeq(s->id, id.p, sizeof(s->id)))
			return fss__memeq(s->key, key, sizeof(s->key)) ? s :
			    NULL;
	return NULL;
}

struct fss__session *
fss__sessions_get(const struct fss__sessions *t,
    const uint8_t id[FSS__SESSION_BYTES], uint64_t serial)
{
	struct fss__session *s;

	if (serial == 0)
		return NULL;
	for (s = *bucket_of(t, id); s != NULL; s = s->next)
		if (s->serial == serial)
			return s;
	return NULL;
}

struct fss__session *
fss__sessions_of_job(const struct fss__sessions *t, const struct fss__job *job)
{
	return fss__sessions_get(t, job->session, job->serial);
}

struct fss__session *
fss__session_of_presence(struct fss__presence_session *p)
{
	return (struct fss__session *)(void *)((char *)p -
	    offsetof(struct fss__session, presence));
}

void
fss__sessions_touch(struct fss__sessions *t, struct fss__session *s,
    int64_t mono_us)
{
	s->seen_us = mono_us;
	if (t->newest == s)
		return;
	unlink_age(t, s);
	append_newest(t, s);
}

void
fss__sessions_identify(struct fss__sessions *t, struct fss__session *s,
    const struct fss__actor *who)
{
	if (s->who.account == 0)
		t->anonymous--;
	if (who != NULL)
		s->who = *who;
	else
		memset(&s->who, 0, sizeof(s->who));
	if (s->who.account == 0)
		t->anonymous++;
	tally(t, s);
}

void
fss__sessions_remove(struct fss__sessions *t, struct fss__session *s)
{
	struct fss__session **p;
	struct fss__job *job;

	if (t->ends != NULL)
		t->ends(t->ends_arg, s);
	for (p = bucket_of(t, s->id); *p != s; p = &(*p)->next)
		;
	*p = s->next;
	unlink_age(t, s);
	fss__tally_leave(&s->by_who);
	fss__tally_leave(&s->by_address);
	t->count--;
	if (s->who.account == 0)
		t->anonymous--;
	while ((job = s->waiting) != NULL) {
		s->waiting = job->next;
		t->headers -= job->header_bytes;
		fss__job_free(job);
	}
	fss__memzero(s->id, sizeof(s->id));
	fss__free(s->held);
	fss__free(s);
}
