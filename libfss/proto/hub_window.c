/*
 * The credit that bounds GETs.
 *
 * A GET runs only while what was sent and not yet reported as received, and
 * what GETs under way may still add, stays below the window.  So a reader that
 * stalls has at most one window of payload in the hub, whatever it asked for.
 * The window grows with what is taken in, but while all sessions together hold
 * little it is as large as it may become, so that a long line is filled soon.
 *
 * Over all sessions what is not sent, with what GETs under way may add, stays
 * below max_unsent.  The fuller that is, the less each may have under way, and
 * those who take what they are sent go before those who do not, or who have
 * not shown it yet: a thousand who take nothing leave room for who does.
 * What ZeroMQ has begun to encrypt is called unsent only once a second, when
 * the kernel is asked.  So what nobody said to have received counts as well,
 * of those who have not shown that they take: where that is much, they get one
 * short answer after the other.
 * Nobody is held up for good: who holds nothing waits at most until those who
 * take nothing are cut, see net/unsent.c.
 */
#include "base/num.h"
#include "proto/hub_internal.h"

#define LITTLE		(FSS__MAX_CREDIT_FIRST / 2)
#define NEXT_TO_NOTHING	(FSS__MAX_CREDIT_FIRST / 4)
/*
 * With more than that under way, an answer has not come yet: less a client may
 * have taken and not reported, which for want of an answer it never would.
 */
#define ONE_ANSWER	FSS__MAX_CREDIT_STEP
/* Who has taken so much, and something of late, takes what it is sent. */
#define SHOWN		(4 * FSS__MAX_CREDIT_FIRST)
#define TAKES_US	INT64_C(5000000)
#define RESUME_US	INT64_C(10000)

static bool
takes(const struct fss__hub *hub, const struct fss__session *s)
{
	return s->get_received >= SHOWN &&
	    hub->now_us - s->took_us < TAKES_US;
}

/* What @s may have under way, by what all have. */
static uint64_t
share(const struct fss__hub *hub, const struct fss__session *s)
{
	uint64_t all = hub->unsent + hub->get_reserved;
	uint64_t eighth = hub->cfg.max_unsent / 8;
	bool much = hub->get_flying + hub->get_reserved >= eighth;
	bool shown = takes(hub, s);

	if (all < hub->cfg.easy && (shown || !much))
		return FSS__MAX_CREDIT;
	if (shown)
		return all < eighth * 4 ? s->get_window :
		    all < eighth * 6 ? FSS__MAX_CREDIT_FIRST :
		    all < eighth * 8 ? LITTLE : 0;
	if (all >= eighth * 4)
		return all < eighth * 7 ? ONE_ANSWER : 0;
	if (much)
		return ONE_ANSWER;
	return hub->unsent < eighth ? s->get_window :
	    hub->unsent < eighth * 2 ? LITTLE : NEXT_TO_NOTHING;
}

static void
get_start(struct fss__hub *hub, struct fss__session *s)
{
	struct fss__job *job;
	uint64_t flying, most;

	while ((job = s->waiting) != NULL) {
		/* A client that reports more than it was sent gains nothing. */
		flying = s->get_sent > s->get_received ?
		    s->get_sent - s->get_received : 0;
		flying += s->get_reserved;
		most = share(hub, s);
		if (flying >= most) {
			if (flying < s->get_window)
				hub->starved = true;
			return;
		}
		s->waiting = job->next;
		if (s->waiting == NULL)
			s->waiting_tail = &s->waiting;
		job->brief = most <= LITTLE;
		s->get_reserved += FSS__MAX_CHUNK;
		hub->get_reserved += FSS__MAX_CHUNK;
		fss__hub_queue(hub, job);
	}
}

/* Those who take what they are sent first; the list has them last. */
void
fss__hub_get_resume(struct fss__hub *hub)
{
	struct fss__session *s;

	if (!hub->starved || hub->now_us < hub->resume_us)
		return;
	hub->resume_us = hub->now_us + RESUME_US;
	hub->starved = false;	/* unless it turns out so again */
	for (s = hub->sessions.oldest; s != NULL; s = s->newer)
		if (s->waiting != NULL && takes(hub, s))
			get_start(hub, s);
	for (s = hub->sessions.oldest; s != NULL; s = s->newer)
		get_start(hub, s);
}

/* ZeroMQ's threads send without a word here, so it is looked at. */
int64_t
fss__hub_get_deadline(const struct fss__hub *hub)
{
	return hub->starved ? hub->resume_us : INT64_MAX;
}

void
fss__hub_get_credit(struct fss__hub *hub, struct fss__session *s,
    uint64_t received)
{
	if (received > s->get_sent)
		received = s->get_sent;
	if (received > s->get_received) {
		s->get_window = fss__min_u64(s->get_window + received -
		    s->get_received, FSS__MAX_CREDIT);
		hub->get_flying -= received - s->get_received;
		s->get_received = received;
		s->took_us = hub->now_us;
	}
	get_start(hub, s);
}

void
fss__hub_get_admit(struct fss__hub *hub, struct fss__session *s,
    struct fss__job *job)
{
	job->next = NULL;
	*s->waiting_tail = job;
	s->waiting_tail = &job->next;
	fss__hub_get_credit(hub, s, job->m.GET.has & FSS__K_get_received ?
	    job->m.GET.received : 0);
}

void
fss__hub_get_done(struct fss__hub *hub, struct fss__session *s,
    uint64_t bytes)
{
	hub->get_reserved -= FSS__MAX_CHUNK;
	hub->unsent += bytes;		/* very soon */
	if (s == NULL)
		return;
	s->get_reserved -= FSS__MAX_CHUNK;
	s->get_sent += bytes;
	hub->get_flying += bytes;
	get_start(hub, s);
}

void
fss__hub_get_end(struct fss__hub *hub, const struct fss__session *s)
{
	hub->get_flying -= s->get_sent - s->get_received;
}
