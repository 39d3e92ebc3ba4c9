/*
 * Connections of simulated clients: each direction in order, each packet with
 * a delay of its own, different connections overtaking each other.  What is
 * sent into a dead one is lost, and nobody is told.  See sim.h.
 */
#include <stdlib.h>
#include <string.h>

#include "sim.h"

static void
pipe_init(struct pipe *p)
{
	p->first = NULL;
	p->tail = &p->first;
	p->last = 0;
}

static void
packet_free(struct packet *p)
{
	fss__frame_unref(p->header);
	fss__frame_unref(p->payload);
	free(p);
}

static struct packet *
pipe_take(struct pipe *p)
{
	struct packet *k = p->first;

	p->first = k->next;
	if (p->first == NULL)
		p->tail = &p->first;
	return k;
}

static void
pipe_clear(struct pipe *p)
{
	while (p->first != NULL)
		packet_free(pipe_take(p));
}

static void
pipe_add(struct sim *w, struct pipe *p, struct fss__frame *h,
    struct fss__frame *payload)
{
	struct packet *k = calloc(1, sizeof(*k));
	int64_t us = 100 + (int64_t)sim_below(w, 3000);

	assert_non_null(k);
	if (!w->calm && sim_one_in(w, 10))
		us += (int64_t)sim_below(w, sim_one_in(w, 10) ?
		    1500000 : 60000);
	k->at = sim_now(w) + us;
	if (k->at < p->last)
		k->at = p->last;
	p->last = k->at;
	k->header = h;
	k->payload = payload;
	*p->tail = k;
	p->tail = &k->next;
}

struct conn *
net_open(struct client *c, unsigned index)
{
	struct conn *k = calloc(1, sizeof(*k));
	struct sim *w = c->w;

	assert_non_null(k);
	k->client = k->of = c;
	k->index = index;
	k->route = ++w->route;
	memcpy(k->key, c->key, sizeof(k->key));
	k->at = sim_now(w) + 1000 + (int64_t)sim_below(w, 50000);
	pipe_init(&k->in);
	pipe_init(&k->out);
	k->next = w->conns;
	w->conns = k;
	return k;
}

void
net_close(struct sim *w, struct conn *k)
{
	pipe_clear(&k->out);
	if (k->dead || !k->up || sim_one_in(w, 2))
		pipe_clear(&k->in);
	k->client = NULL;
}

void
net_send(struct conn *k, struct fss__frame *h, struct fss__frame *p)
{
	pipe_add(k->client->w, &k->in, h, p);
}

static struct conn *
find(struct sim *w, uint64_t route)
{
	struct conn *k;

	for (k = w->conns; k != NULL; k = k->next)
		if (k->route == route)
			return k;
	return NULL;
}

void
net_collect(struct sim *w)
{
	struct hub_msg *m;
	struct conn *k;

	while ((m = hub_drive_next(&w->d)) != NULL) {
		k = find(w, m->route);
		if (k != NULL && k->client != NULL && k->up) {
			pipe_add(w, &k->out, m->header, m->payload);
			m->header = m->payload = NULL;
			hub_msg_free(m);
		} else if (sim_one_in(w, 2)) {
			hub_drive_unsent(&w->d, m);
		} else {
			hub_msg_free(m);
		}
	}
}

/* The transport notices a dead line by itself. */
static bool
noticed(struct sim *w, struct conn *k)
{
	struct fss__cs_event ev;
	struct client *c = k->client;

	if (!k->dead || c == NULL || k->at > sim_now(w))
		return false;
	c->conn[k->index] = NULL;
	net_close(w, k);
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_LOST;
	ev.conn = k->index;
	ev.reason = FSS_ENOTCONN;
	client_event(c, &ev);
	return true;
}

static bool
opens(struct sim *w, struct conn *k)
{
	struct fss__cs_event ev;
	struct client *c = k->client;

	if (k->up || c == NULL || k->at > sim_now(w))
		return false;
	memset(&ev, 0, sizeof(ev));
	ev.conn = k->index;
	if (w->hub_up) {
		k->up = true;
		ev.type = FSS__CS_UP;
	} else {
		c->conn[k->index] = NULL;
		net_close(w, k);
		ev.type = FSS__CS_LOST;
		ev.reason = FSS_EUNREACH;
	}
	client_event(c, &ev);
	return true;
}

static bool
comes_in(struct sim *w, struct conn *k)
{
	struct packet *p = k->in.first;

	if (p == NULL || p->at > sim_now(w))
		return false;
	p = pipe_take(&k->in);
	if (!k->dead && w->hub_up) {
		k->of->heard_us = sim_now(w);
		hub_drive_frame(&w->d, k->route, k->key, p->header,
		    p->payload);
		if (w->d.line.serial != 0)
			k->line = w->d.line;
		p->header = p->payload = NULL;
	}
	packet_free(p);
	return true;
}

static bool
goes_out(struct sim *w, struct conn *k)
{
	struct packet *p = k->out.first;
	struct fss__cs_event ev;

	if (p == NULL || p->at > sim_now(w))
		return false;
	p = pipe_take(&k->out);
	if (!k->dead && k->client != NULL) {
		k->client->rx_us = sim_now(w);
		memset(&ev, 0, sizeof(ev));
		ev.type = FSS__CS_FRAME;
		ev.conn = k->index;
		ev.header = p->header;
		ev.payload = p->payload;
		client_event(k->client, &ev);
	}
	packet_free(p);
	return true;
}

static void
sweep(struct sim *w)
{
	struct conn **p = &w->conns, *k;

	while ((k = *p) != NULL) {
		if (k->client != NULL || k->in.first != NULL) {
			p = &k->next;
			continue;
		}
		*p = k->next;
		/* A process that ends is noticed, a machine that ends is not. */
		if (w->hub_up && !k->dead && k->line.serial != 0 &&
		    !sim_one_in(w, 4))
			hub_drive_closed(&w->d, &k->line);
		pipe_clear(&k->out);
		free(k);
	}
}

bool
net_step(struct sim *w)
{
	struct conn *k;
	bool any = false;

	for (k = w->conns; k != NULL; k = k->next) {
		any |= opens(w, k);
		any |= noticed(w, k);
		while (comes_in(w, k))
			any = true;
		while (goes_out(w, k))
			any = true;
	}
	sweep(w);
	return any;
}

int64_t
net_deadline(const struct sim *w)
{
	int64_t at = INT64_MAX;
	const struct conn *k;

	for (k = w->conns; k != NULL; k = k->next) {
		if ((!k->up || k->dead) && k->client != NULL && k->at < at)
			at = k->at;
		if (k->in.first != NULL && k->in.first->at < at)
			at = k->in.first->at;
		if (k->out.first != NULL && k->out.first->at < at)
			at = k->out.first->at;
	}
	return at;
}

void
net_break_all(struct sim *w)
{
	struct fss__cs_event ev;
	struct client *c;
	struct conn *k;

	for (k = w->conns; k != NULL; k = k->next) {
		pipe_clear(&k->in);
		c = k->client;
		if (c == NULL || !k->up)
			continue;
		c->conn[k->index] = NULL;
		net_close(w, k);
		memset(&ev, 0, sizeof(ev));
		ev.type = FSS__CS_LOST;
		ev.conn = k->index;
		ev.reason = FSS_ENOTCONN;
		client_event(c, &ev);
	}
}

void
net_free(struct sim *w)
{
	struct conn *k;

	while ((k = w->conns) != NULL) {
		w->conns = k->next;
		pipe_clear(&k->in);
		pipe_clear(&k->out);
		free(k);
	}
}
