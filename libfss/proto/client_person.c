/*
 * Persons: sessions of others over the connections of the main machine.
 *
 * Each says HELLO with its own token and stands or falls with its own
 * session; with the control connection all fall, and say HELLO again over the
 * next, a few at a time.  An answer finds its person by the upper bits of the
 * request's number, what concerns a whole session by the session's id.
 *
 * Who may have something to send stands in a ring for it: HELLO, control,
 * bulk.  Each that sends goes to the end of it, who turns out to have nothing
 * leaves it; whatever happens to a person puts it in again.  So a turn costs
 * the same however many there are, and nobody waits for more than one message
 * of each of the others.  Time is kept by a heap.
 *
 * What a session does is in client_session.c, client_table.c and
 * client_answer.c, for persons and the main machine alike.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "crypto/keys.h"
#include "proto/client_internal.h"

#define FIRST_SEATS	16
#define HELLOS		32	/* unanswered at a time */

/* ---- rings ------------------------------------------------------------ */

static void
ring_add(struct fss__cs_lines *ln, unsigned ring, struct fss__cs *p)
{
	struct fss__cs_ring *r = &ln->ring[ring];
	struct fss__cs_place *at = &p->place[ring];

	if (at->in)
		return;
	at->in = true;
	at->next = NULL;
	at->prev = r->tail;
	if (r->tail != NULL)
		r->tail->place[ring].next = p;
	else
		r->head = p;
	r->tail = p;
}

static void
ring_remove(struct fss__cs_lines *ln, unsigned ring, struct fss__cs *p)
{
	struct fss__cs_ring *r = &ln->ring[ring];
	struct fss__cs_place *at = &p->place[ring];

	if (!at->in)
		return;
	at->in = false;
	if (at->prev != NULL)
		at->prev->place[ring].next = at->next;
	else
		r->head = at->next;
	if (at->next != NULL)
		at->next->place[ring].prev = at->prev;
	else
		r->tail = at->prev;
	at->next = at->prev = NULL;
}

/* ---- time ------------------------------------------------------------- */

/* When something of @p is due; INT64_MAX: nothing is. */
static int64_t
due(const struct fss__cs *p)
{
	int64_t at = p->busy_until_us, ping;

	if (p->state == FSS__CS_HELLO)
		return p->hello_at_us;
	if (p->state != FSS__CS_READY)
		return INT64_MAX;
	ping = p->ping_due ? p->rx_us + 2 * p->ping_us :
	    p->tx_us + p->ping_us;
	return ping < at ? ping : at;
}

static void
set_timer(struct fss__cs *p)
{
	struct fss__heap *h = &p->lines->timers;
	int64_t at = due(p);

	if (at == INT64_MAX || p->place[CS_RING_HELLO].in)
		fss__heap_remove(h, &p->timer);	/* or its turn comes */
	else if (p->timer.place == 0 || p->timer.due != at)
		fss__heap_set(h, &p->timer, at);
}

/* Into the rings it may have something for, and the heap. */
static void
arrange(struct fss__cs *p, int64_t now_us)
{
	struct fss__cs_lines *ln = p->lines;

	if (p->state == FSS__CS_HELLO && p->hello_req == 0 &&
	    p->hello_at_us <= now_us) {
		ring_add(ln, CS_RING_HELLO, p);
	} else if (p->state == FSS__CS_READY) {
		if (p->ping_due || p->queue[CS_LANE_CONTROL].count > 0 ||
		    p->received - p->reported >= p->credit_step)
			ring_add(ln, CS_RING_CONTROL, p);
		if (p->queue[CS_LANE_GET].count > 0 ||
		    p->queue[CS_LANE_PUT].count > 0)
			ring_add(ln, CS_RING_BULK, p);
	}
	set_timer(p);
}

void
fss__cs_person_stirred(struct fss__cs *p, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__cs_lines *ln = p->lines;
	size_t n;
	unsigned i;

	arrange(p, now_us);
	if (!p->place[CS_RING_BULK].in || p->state != FSS__CS_READY)
		return;
	/* Others share what there is: whoever has one more may want one more. */
	n = fss__cs_content(p);
	for (i = FSS__CS_CONTROL + 1; i <= ln->lanes; i++)
		n += ln->conn[i].flies;
	fss__cs_want_lanes(ln, n, now_us, up);
}

static void
tick(struct fss__cs *p, int64_t now_us, struct fss__cs_update *up)
{
	if (p->busy_until_us <= now_us)
		p->busy_until_us = INT64_MAX;	/* found again by pick */
	if (p->state == FSS__CS_HELLO && p->hello_req != 0 &&
	    p->hello_at_us <= now_us) {
		/* The line may be fine: then this one was lost at the hub. */
		fss__cs_hello_set(p, 0);
		p->hello_at_us = now_us + fss__cs_backoff_us(p->lines->main,
		    p->hello_fails);
		if (p->hello_fails < 16)
			p->hello_fails++;
	} else if (p->state == FSS__CS_READY) {
		if (now_us - p->tx_us >= p->ping_us)
			p->ping_due = true;
		/* The main machine cuts the line where nobody is heard. */
		if (now_us - p->rx_us >= 2 * p->ping_us)
			fss__cs_rehello(p, now_us, up);
	}
	fss__cs_person_stirred(p, now_us, up);
}

static struct fss__cs *
person_of_timer(struct fss__heap_node *n)
{
	return (struct fss__cs *)(void *)((char *)n -
	    offsetof(struct fss__cs, timer));
}

void
fss__cs_persons_tick(struct fss__cs_lines *ln, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__heap_node *n;
	unsigned i;

	/* Each is done with, or due later; never more than there are. */
	for (i = 0; i < ln->persons; i++) {
		n = fss__heap_first(&ln->timers);
		if (n == NULL || n->due > now_us)
			break;
		tick(person_of_timer(n), now_us, up);
	}
}

int64_t
fss__cs_persons_deadline(const struct fss__cs_lines *ln)
{
	const struct fss__heap_node *n = fss__heap_first(&ln->timers);

	return n != NULL ? n->due : INT64_MAX;
}

/* ---- connections ------------------------------------------------------ */

void
fss__cs_persons_line(struct fss__cs_lines *ln, bool gone, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__cs *p;
	unsigned i;

	if (gone)
		ln->byes = 0;		/* the hub ends what came over it */
	for (i = 0; i < ln->nseats; i++) {
		p = ln->seat[i].who;
		if (p == NULL || p->state == FSS__CS_REFUSED)
			continue;
		if (gone) {
			fss__cs_end(p, FSS__CS_DOWN, up);
		} else {
			fss__cs_hello_at(p, now_us);
			p->hello_fails = 0;
		}
		arrange(p, now_us);
	}
}

void
fss__cs_persons_bulk(struct fss__cs_lines *ln, unsigned conn, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__cs *p;
	unsigned i;

	for (i = 0; i < ln->nseats; i++) {
		p = ln->seat[i].who;
		if (p == NULL || p->flies[conn] == 0)
			continue;
		fss__cs_rehello(p, now_us, up);
		arrange(p, now_us);
	}
}

void
fss__cs_persons_refused(struct fss__cs_lines *ln, const struct fss__err *err,
    struct fss__cs_update *up)
{
	struct fss__cs *p;
	unsigned i;

	for (i = 0; i < ln->nseats; i++) {
		p = ln->seat[i].who;
		if (p == NULL || p->state == FSS__CS_REFUSED)
			continue;
		p->err = *err;
		fss__cs_refuse(p, up);
		arrange(p, 0);
	}
}

/* ---- messages --------------------------------------------------------- */

struct fss__cs *
fss__cs_whose(struct fss__cs_lines *ln, const struct fss__header *h)
{
	uint64_t number = h->req >> 44;
	struct fss__cs *p;
	unsigned i;

	if (number != 0)
		return number <= ln->nseats ? ln->seat[number - 1].who : NULL;
	/* Of nothing that was asked, but of a session: it is over. */
	if (h->req != 0 || h->session.n != FSS__SESSION_BYTES)
		return ln->main;
	for (i = 0; i < ln->nseats; i++) {
		p = ln->seat[i].who;
		if (p != NULL && p->has_session && memcmp(p->session,
		    h->session.p, FSS__SESSION_BYTES) == 0)
			return p;
	}
	return ln->main;
}

void
fss__cs_bye_later(struct fss__cs_lines *ln,
    const uint8_t session[FSS__SESSION_BYTES])
{
	if (ln->byes == CS_BYES)
		return;		/* the hub ends it when it hears no more */
	memcpy(ln->bye[ln->byes++], session, FSS__SESSION_BYTES);
}

static int
offer_bye(struct fss__cs_lines *ln, struct fss__frame **ret_header)
{
	struct fss__m_empty empty;
	int r;

	memset(&empty, 0, sizeof(empty));
	r = fss__cs_encode(FSS__MSG_BYE, 0, ln->bye[ln->byes - 1],
	    &fss__r_empty, &empty, ret_header);
	ln->offered_bye = r == 0;
	return r != 0 ? r : 1;
}

static unsigned
ring_of(const struct fss__cs_lines *ln, unsigned conn)
{
	if (conn != FSS__CS_CONTROL)
		return CS_RING_BULK;
	return ln->ring[CS_RING_HELLO].head != NULL && ln->hellos < HELLOS ?
	    CS_RING_HELLO : CS_RING_CONTROL;
}

int
fss__cs_persons_send(struct fss__cs_lines *ln, unsigned conn, int64_t now_us,
    struct fss__frame **ret_header, struct fss__frame **ret_payload)
{
	struct fss__cs *p;
	unsigned ring;
	int r;

	ln->offered_bye = false;
	if (conn == FSS__CS_CONTROL && ln->byes > 0)
		return offer_bye(ln, ret_header);
	for (;;) {
		ring = ring_of(ln, conn);
		p = ln->ring[ring].head;
		if (p == NULL)
			return 0;
		r = fss__cs_offer(p, conn, now_us, ret_header, ret_payload);
		if (r == 1)
			ln->offering[conn] = p;
		if (r != 0)
			return r;
		ring_remove(ln, ring, p);
		/* What is to be sent later was found by looking. */
		set_timer(p);
	}
}

void
fss__cs_persons_sent(struct fss__cs_lines *ln, struct fss__cs *p,
    unsigned conn, int64_t now_us)
{
	unsigned i;

	if (p == NULL) {
		if (ln->offered_bye && ln->byes > 0)
			ln->byes--;
		ln->offered_bye = false;
		return;
	}
	/* To the end of each: it was its turn. */
	for (i = 0; i < CS_RINGS; i++)
		if ((i == CS_RING_BULK) == (conn != FSS__CS_CONTROL))
			ring_remove(ln, i, p);
	arrange(p, now_us);
}

/* ---- life ------------------------------------------------------------- */

static int
find_seat(struct fss__cs_lines *ln, unsigned *ret_i)
{
	struct fss__cs_seat *more;
	unsigned n;

	if (ln->persons == FSS__CS_PERSONS)
		return FSS_EAGAIN;
	if (ln->persons == ln->nseats) {
		n = ln->nseats == 0 ? FIRST_SEATS : ln->nseats * 2;
		more = fss__realloc(ln->seat, n * sizeof(*more));
		if (more == NULL)
			return FSS_ENOMEM;
		memset(more + ln->nseats, 0, (n - ln->nseats) * sizeof(*more));
		ln->seat = more;
		ln->next_seat = ln->nseats;
		ln->nseats = n;
	}
	while (ln->seat[ln->next_seat].who != NULL)
		ln->next_seat = (ln->next_seat + 1) % ln->nseats;
	*ret_i = ln->next_seat;
	return 0;
}

int
fss__cs_person_new(struct fss__cs *s, const char *token, const char *address,
    void *owner, int64_t now_us, struct fss__cs **ret_p)
{
	struct fss__cs_lines *ln = s->lines;
	struct fss__cs *p;
	unsigned i = 0;
	int r;

	*ret_p = NULL;
	r = find_seat(ln, &i);
	if (r == 0)
		r = fss__heap_reserve(&ln->timers, (size_t)ln->persons + 1);
	if (r != 0)
		return r;
	p = fss__zalloc(sizeof(*p));
	if (p == NULL)
		return FSS_ENOMEM;
	fss__cs_init(p, ln);
	p->number = i + 1;
	/* An answer to whoever sat here before finds nobody. */
	p->serial = ln->seat[i].serial;
	p->owner = owner;
	p->nobody = true;
	if (fss__fmt(p->token, sizeof(p->token), "%s",
	    token != NULL ? token : "") != 0 ||
	    fss__fmt(p->address, sizeof(p->address), "%s", address) != 0) {
		fss__cs_release(p);
		return FSS_EINVAL;
	}
	ln->seat[i].who = p;
	ln->persons++;
	if (s->state == FSS__CS_REFUSED) {
		p->err = s->err;
		p->state = FSS__CS_REFUSED;
	} else if (ln->conn[FSS__CS_CONTROL].state == CONN_UP) {
		fss__cs_hello_at(p, now_us);
	}
	arrange(p, now_us);
	*ret_p = p;
	return 0;
}

static void
leave(struct fss__cs *p)
{
	struct fss__cs_lines *ln = p->lines;
	struct fss__cs_req *r, *next;
	struct fss__cs **at;
	unsigned i;

	for (r = ln->done.head; r != NULL && p->over > 0; r = next) {
		next = r->next;
		if (r->s != p)
			continue;
		fss__cs_list_remove(&ln->done, r);
		p->over--;
	}
	for (i = 0; i < CS_RINGS; i++)
		ring_remove(ln, i, p);
	fss__heap_remove(&ln->timers, &p->timer);
	for (i = 0; i < ln->nconns; i++)
		if (ln->offering[i] == p)
			ln->offering[i] = NULL;
	for (at = &ln->changed; *at != NULL && !p->told;)
		if (*at == p) {
			*at = p->next_changed;
			break;
		} else {
			at = &(*at)->next_changed;
		}
	fss__cs_hello_set(p, 0);
	ln->seat[p->number - 1].who = NULL;
	ln->seat[p->number - 1].serial = p->serial;
	ln->persons--;
	fss__cs_release(p);
}

void
fss__cs_person_close(struct fss__cs *p)
{
	/* One whose WELCOME is still to come says it then. */
	if (p->state == FSS__CS_READY)
		fss__cs_bye_later(p->lines, p->session);
	leave(p);
}

void
fss__cs_persons_free(struct fss__cs_lines *ln)
{
	unsigned i;

	for (i = 0; i < ln->nseats; i++)
		if (ln->seat[i].who != NULL)
			leave(ln->seat[i].who);
	fss__free(ln->seat);
	fss__heap_release(&ln->timers);
}

void *
fss__cs_owner(const struct fss__cs *p)
{
	return p->owner;
}

struct fss__cs *
fss__cs_next_changed(struct fss__cs *s)
{
	struct fss__cs *p = s->lines->changed;

	if (p != NULL) {
		s->lines->changed = p->next_changed;
		p->told = true;
	}
	return p;
}
