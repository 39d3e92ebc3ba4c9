/*
 * News for WebSockets: one watch per person and worker, told to all of that
 * person's sockets.
 *
 * What an event looks like to a browser is the business of the function the
 * first socket came with; here is only who gets it.  A watch that ended for
 * another reason than the log-in's end is begun anew at the next tick.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "host.h"

struct live {
	struct hub_call	 hc;		/* first: it is cast back */
	TAILQ_ENTRY(live) list;
	struct web_person *person;	/* NULL: only its DONE is awaited */
	web_live_fn	*fn;
	struct web_socket *first;
	fss_op		 op;
	bool		 watching;	/* an operation is under way */
	bool		 ended;		/* the log-in is over */
};

static TAILQ_HEAD(, live) lives = TAILQ_HEAD_INITIALIZER(lives);

static void
live_free(struct live *l)
{
	TAILQ_REMOVE(&lives, l, list);
	free(l);
}

static void
on_news(struct hub_call *hc, const fss_event *ev)
{
	struct live *l = (struct live *)hc;
	bool done = fss_event_type(ev) == FSS_EVENT_DONE;
	int err = fss_event_error(ev);

	if (done)
		l->watching = false;
	if (l->person == NULL) {
		if (done)
			live_free(l);
		return;
	}
	if (done && err != FSS_EAUTH && err != FSS_ESESSION)
		return;		/* again at the next tick */
	if (done) {
		l->ended = true;
		l->person->bad = true;
		l->person->checked = 0;
	}
	l->fn(l->person, ev, true);
}

static int
begin(struct live *l)
{
	int r;

	if (hub_client() == NULL)
		return FSS_ENOTCONN;
	r = person_act(l->person);
	if (r == 0)
		r = fss_client_watch(hub_client(), FSS_WATCH_PRESENCE |
		    FSS_WATCH_REQUESTS | FSS_WATCH_PROGRESS |
		    FSS_WATCH_FILES | FSS_WATCH_UPLOADS, 0, &l->hc, &l->op);
	l->watching = r == 0;
	return r;
}

void
live_drop(struct web_person *p)
{
	struct live *l = p->live;

	if (l == NULL)
		return;
	p->live = NULL;
	l->person = NULL;
	if (l->watching && hub_client() != NULL)
		(void)fss_op_cancel(hub_client(), l->op);
	else
		live_free(l);
}

int
web_live_join(struct web_socket *ws, web_live_fn *fn)
{
	struct web_person *p = web_socket_person(ws);
	struct live_link *link = socket_live(ws);
	struct live *l;
	int r;

	if (p == NULL)
		return FSS_EAUTH;
	l = p->live;
	if (l == NULL) {
		l = calloc(1, sizeof(*l));
		if (l == NULL)
			return FSS_ENOMEM;
		l->hc.fn = on_news;
		l->person = p;
		l->fn = fn;
		TAILQ_INSERT_TAIL(&lives, l, list);
		p->live = l;
		r = begin(l);
		if (r < 0) {
			p->live = NULL;
			live_free(l);
			return r;
		}
	}
	if (link->live != NULL)
		return 0;
	link->live = l;
	link->next = l->first;
	link->prev = &l->first;
	if (l->first != NULL)
		socket_live(l->first)->prev = &link->next;
	l->first = ws;
	return 0;
}

void
web_live_leave(struct web_socket *ws)
{
	struct live_link *link = socket_live(ws);
	struct live *l = link->live;

	if (l == NULL)
		return;
	*link->prev = link->next;
	if (link->next != NULL)
		socket_live(link->next)->prev = link->prev;
	link->live = NULL;
	if (l->first == NULL && l->person != NULL)
		live_drop(l->person);
}

void
web_live_tell(struct web_person *p, const char *text, size_t len)
{
	struct web_socket *ws;

	if (p->live == NULL)
		return;
	/* Who is dropped for being slow leaves later, from the loop. */
	for (ws = p->live->first; ws != NULL; ws = socket_live(ws)->next)
		web_socket_send(ws, text, len);
}

void
web_live_end(struct web_person *p, unsigned code, const char *reason)
{
	struct web_socket *ws;

	if (p->live == NULL)
		return;
	for (ws = p->live->first; ws != NULL; ws = socket_live(ws)->next)
		web_socket_close(ws, code, reason);
}

void
live_hub_changed(bool up)
{
	struct live *l, *next;

	for (l = TAILQ_FIRST(&lives); l != NULL; l = next) {
		next = TAILQ_NEXT(l, list);
		if (l->person != NULL && !l->ended)
			l->fn(l->person, NULL, up);
	}
}

void
live_tick(void)
{
	struct live *l;

	TAILQ_FOREACH(l, &lives, list)
		if (l->person != NULL && !l->watching && !l->ended)
			(void)begin(l);
}
