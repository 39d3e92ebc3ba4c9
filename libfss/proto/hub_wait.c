/*
 * Sessions that wait for news: parked, woken, taken out.
 *
 * A session that waits is in the list of those waiting.  News that concerns
 * it puts it into the heap of ready ones, due at once, or, where only
 * presence, progress, files or uploads changed, when its gap since the last
 * answer is over, so that such changes gather.
 *
 * Serving those who are ready is hub_event.c's.
 */
#include "proto/hub_wait.h"

#define US_PER_MS INT64_C(1000)
#define GAP_US    (FSS__MAX_EVENT_GAP * US_PER_MS)
#define READY_US  40 /* longer for each who waits: what one costs */

/* ---- waiting ---------------------------------------------------------- */

int
fss__hub_park(struct fss__hub *hub, struct fss__session *s,
    const struct fss__question *q, uint64_t from)
{
	struct fss__hub_events *ev = &hub->events;
	struct fss__waiter *w = &s->waiter;
	int r;

	r = fss__heap_reserve(&ev->ready, ev->nwaiting + 1);
	if (r != 0)
		return r;
	w->route = q->route;
	w->req = q->req;
	w->from = from;
	w->kinds = (uint8_t)q->kinds;
	w->limit = (uint16_t)q->limit;
	w->since_us = hub->now_us;
	w->waits = true;
	w->next = NULL;
	w->prev = ev->waiting_last;
	if (ev->waiting_last != NULL)
		ev->waiting_last->waiter.next = s;
	else
		ev->waiting = s;
	ev->waiting_last = s;
	ev->nwaiting++;
	return 0;
}

void
fss__hub_events_leave(struct fss__hub *hub, struct fss__session *s)
{
	struct fss__hub_events *ev = &hub->events;
	struct fss__waiter *w = &s->waiter;

	if (!w->waits)
		return;
	fss__heap_remove(&ev->ready, &w->ready);
	if (w->prev != NULL)
		w->prev->waiter.next = w->next;
	else
		ev->waiting = w->next;
	if (w->next != NULL)
		w->next->waiter.prev = w->prev;
	else
		ev->waiting_last = w->prev;
	w->next = w->prev = NULL;
	w->waits = false;
	ev->nwaiting--;
}

/* Takes the parked question out of @s. */
struct fss__question
fss__hub_unpark(struct fss__hub *hub, struct fss__session *s)
{
	const struct fss__waiter *w = &s->waiter;
	struct fss__question q;

	q.route = w->route;
	q.req = w->req;
	q.after = w->from;
	q.kinds = w->kinds;
	q.limit = w->limit;
	q.wait = true;
	fss__hub_events_leave(hub, s);
	return q;
}

struct fss__reader_of_news
fss__hub_reader_of(const struct fss__session *s, unsigned kinds)
{
	struct fss__reader_of_news who;

	who.account = s->who.account;
	who.device = s->who.device;
	who.kinds = kinds;
	return who;
}

/* ---- waking ----------------------------------------------------------- */

/* What gathers, and what is told at once. */
static bool
gathers(const struct fss__news *n)
{
	return n->kind == FSS_NEWS_PRESENCE || n->kind == FSS_NEWS_FILE ||
	    n->kind == FSS_NEWS_UPLOAD ||
	    (n->kind == FSS_NEWS_PROGRESS && !n->urgent);
}

static void
wake(struct fss__hub *hub, struct fss__session *s, bool gather)
{
	struct fss__hub_events *ev = &hub->events;
	struct fss__waiter *w = &s->waiter;
	int64_t due = hub->now_us, gap;

	if (gather && w->told_us != 0) {
		gap = GAP_US + READY_US * (int64_t)ev->ready.count;
		if (gap > FSS__EVENT_GAP_MAX_US)
			gap = FSS__EVENT_GAP_MAX_US;
		if (w->told_us + gap > due)
			due = w->told_us + gap;
	}
	if (w->ready.place == 0 || due < w->ready.due)
		fss__heap_set(&ev->ready, &w->ready, due);
}

static void
wake_if(struct fss__hub *hub, struct fss__session *s, const struct fss__news *n)
{
	struct fss__reader_of_news who;

	if (!s->waiter.waits)
		return;
	who = fss__hub_reader_of(s, s->waiter.kinds);
	if (fss__news_for(n, &who))
		wake(hub, s, gathers(n));
}

static void
wake_concerned(struct fss__hub *hub, const struct fss__news *n)
{
	struct fss__presence_session *p;
	struct fss__session *s;
	unsigned i;

	if (n->nto == 0) {
		for (s = hub->events.waiting; s != NULL; s = s->waiter.next)
			wake_if(hub, s, n);
		return;
	}
	for (i = 0; i < n->nto; i++) {
		p = fss__presence_sessions(hub->presence, n->to[i]);
		for (; p != NULL; p = p->next)
			wake_if(hub, fss__session_of_presence(p), n);
	}
}

/* The ring forgot: all are to list afresh. */
static void
wake_all(struct fss__hub *hub)
{
	struct fss__session *s;

	for (s = hub->events.waiting; s != NULL; s = s->waiter.next)
		wake(hub, s, false);
}

void
fss__hub_tell_lost(struct fss__hub *hub)
{
	fss__ring_lose(hub->events.ring);
	wake_all(hub);
}

void
fss__hub_tell_one(struct fss__hub *hub, struct fss__news *n)
{
	struct fss__news copy = *n;

	if (fss__ring_add(hub->events.ring, n) >= 0)
		wake_concerned(hub, &copy);
	else
		wake_all(hub);
}

void
fss__hub_tell(struct fss__hub *hub, struct fss__news *news)
{
	struct fss__news *next;
	int64_t account;

	for (; news != NULL; news = next) {
		next = news->next;
		if (news->kind != FSS_NEWS_UPLOAD) {
			fss__hub_tell_one(hub, news);
			continue;
		}
		account = news->account;
		news->next = NULL;
		fss__news_free(news);
		fss__hub_uploads_changed(hub, account);
	}
}
