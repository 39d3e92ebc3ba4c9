/*
 * The holder's side of fulfilment: what is to be done next, one thing at a
 * time, by the phase each transfer is in.  See holder.c.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "proto/holder_internal.h"

/* xorshift64: an op id has to be new, not unguessable. */
static void
make_op(struct fss__holder *h, struct fss__slice *ret)
{
	size_t i;

	for (i = 0; i < sizeof(h->op); i += 8) {
		h->seed ^= h->seed << 13;
		h->seed ^= h->seed >> 7;
		h->seed ^= h->seed << 17;
		fss__put_le64(h->op + i, h->seed);
	}
	ret->p = h->op;
	ret->n = sizeof(h->op);
}

static void
describe(const struct fss__holding *t, enum fss__holder_want_type type,
    struct fss__holder_want *w)
{
	w->type = type;
	w->transfer = t->id;
	w->path = fss__slice_str(t->path);
	w->root = t->root;
	w->depth = t->depth;
	w->size = t->size;
}

static int
send_it(struct fss__holder *h, struct fss__holding *t, unsigned type,
    uint64_t token, struct fss__holder_want *w)
{
	w->type = FSS__HOLDER_SEND;
	if (t != NULL)
		describe(t, FSS__HOLDER_SEND, w);
	w->token = token;
	w->msg_type = (uint8_t)type;
	w->msg = &h->msg;
	return 1;
}

static int
ask_work(struct fss__holder *h, struct fss__holder_want *w)
{
	memset(&h->msg, 0, sizeof(h->msg));
	h->msg.page.has = FSS__K_page_limit;
	h->msg.page.limit = FSS__HOLDER_PAGE;
	if (!h->look) {
		h->msg.page.has |= FSS__K_page_cursor;
		h->msg.page.cursor.p = h->cursor;
		h->msg.page.cursor.n = h->cursor_len;
	}
	h->look = h->more = false;
	h->looking = ++h->serial;
	return send_it(h, NULL, FSS__MSG_WORK, h->looking, w);
}

static unsigned
free_put(const struct fss__holding *t)
{
	unsigned i;

	for (i = 0; i < FSS__HOLDER_READS; i++)
		if (t->put[i] == 0)
			break;
	return i;
}

/* Reads and puts. */
static int
send_content(struct fss__holder *h, struct fss__holding *t,
    struct fss__holder_want *w)
{
	uint64_t token = t->ready;
	unsigned i;

	if (token != 0) {
		/* There is a place: none is read without one. */
		i = free_put(t);
		t->ready = 0;
		t->put[i] = token;
		t->puts++;
		memset(&h->msg, 0, sizeof(h->msg));
		h->msg.put.has = FSS__K_put_transfer;
		h->msg.put.transfer = t->id;
		return send_it(h, t, FSS__MSG_PUT, token, w);
	}
	if (t->at < t->runs) {
		if (t->reading || t->puts == FSS__HOLDER_READS)
			return 0;
		describe(t, FSS__HOLDER_READ, w);
		w->token = t->token = ++h->serial;
		w->offset = t->run[t->at].offset;
		w->len = t->run[t->at].len;
		t->reading = true;
		return 1;
	}
	if (t->reading || t->puts > 0)
		return 0;
	t->phase = t->next != 0 ? P_WANTED : P_SERVED;
	return -1;
}

/* What is to be done of one transfer: 1, 0, or -1: look again. */
static int
advance(struct fss__holder *h, struct fss__holding *t,
    struct fss__holder_want *w)
{
	memset(&h->msg, 0, sizeof(h->msg));
	switch (t->phase) {
	case P_SERVE:
		h->msg.serve.has = FSS__K_serve_transfer;
		h->msg.serve.transfer = t->id;
		t->phase = P_SERVE_SENT;
		t->token = ++h->serial;
		return send_it(h, t, FSS__MSG_SERVE, t->token, w);
	case P_CHECK:
	case P_PAGES:
		describe(t, t->phase == P_CHECK ? FSS__HOLDER_CHECK :
		    FSS__HOLDER_PAGES, w);
		w->offset = t->phase == P_CHECK ? 0 : t->pages;
		t->phase = t->phase == P_CHECK ? P_CHECK_OUT : P_PAGES_OUT;
		t->open = true;
		w->token = t->token = ++h->serial;
		return 1;
	case P_PLAN:
		h->msg.plan.has = FSS__K_plan_transfer;
		h->msg.plan.transfer = t->id;
		t->phase = P_PLAN_SENT;
		t->token = t->ready;
		t->ready = 0;
		return send_it(h, t, FSS__MSG_PLAN, t->token, w);
	case P_WANTED:
		h->msg.wanted.has = FSS__K_wanted_transfer |
		    FSS__K_wanted_offset;
		h->msg.wanted.transfer = t->id;
		h->msg.wanted.offset = t->next;
		t->phase = P_WANTED_SENT;
		t->token = ++h->serial;
		return send_it(h, t, FSS__MSG_WANTED, t->token, w);
	case P_SEND:
		return send_content(h, t, w);
	case P_SERVED:
		h->msg.served.has = FSS__K_served_op |
		    FSS__K_served_transfer | FSS__K_served_status;
		make_op(h, &h->msg.served.op);
		h->msg.served.transfer = t->id;
		h->msg.served.status = (uint64_t)-t->status;
		t->phase = P_SERVED_SENT;
		t->token = ++h->serial;
		return send_it(h, t, FSS__MSG_SERVED, t->token, w);
	case P_TELL:
		t->phase = P_CLOSE;
		if (t->told > 0)
			return -1;
		describe(t, FSS__HOLDER_TOLD, w);
		w->err = t->told;
		return 1;
	case P_CLOSE:
		/* What was read and will not be sent. */
		if (t->ready != 0) {
			describe(t, FSS__HOLDER_DROP, w);
			w->token = t->ready;
			t->ready = 0;
			return 1;
		}
		t->phase = P_NONE;
		if (!t->open)
			return -1;
		describe(t, FSS__HOLDER_CLOSE, w);
		return 1;
	default:
		return 0;
	}
}

/* Takes the next that waits into a free slot. */
static void
take_up(struct fss__holder *h)
{
	struct fss__holder_waiting *w;
	unsigned i;

	for (i = 0; i < FSS__HOLDER_TRANSFERS && h->at < h->count; i++) {
		if (h->t[i].phase != P_NONE)
			continue;
		w = &h->list[h->at++];
		memset(&h->t[i], 0, sizeof(h->t[i]));
		h->t[i].id = w->id;
		h->t[i].root = w->root;
		h->t[i].depth = w->depth;
		h->t[i].size = w->size;
		/* Its length was checked by the decoder. */
		(void)fss__slice_copy(fss__slice_str(w->path), h->t[i].path,
		    sizeof(h->t[i].path));
		fss__free(w->path);
		h->t[i].phase = P_SERVE;
	}
}

int
fss__holder_next(struct fss__holder *h, int64_t now_us,
    struct fss__holder_want *w)
{
	unsigned i;
	int r;

	memset(w, 0, sizeof(*w));
	if (h->drop != 0) {
		w->type = FSS__HOLDER_DROP;
		w->token = h->drop;
		h->drop = 0;
		return 1;
	}
	if (h->failed) {
		h->failed = false;
		h->retry_us = now_us + FSS__HOLDER_RETRY_US;
	}
	if (h->retry_us <= now_us) {
		h->retry_us = INT64_MAX;
		h->look = true;
	}
	take_up(h);
	if (!h->draining && h->looking == 0 && h->at == h->count &&
	    (h->look || h->more))
		return ask_work(h, w);
	for (i = 0; i < FSS__HOLDER_TRANSFERS; i++) {
		do
			r = advance(h, &h->t[i], w);
		while (r < 0);
		if (r == 1)
			return 1;
	}
	return 0;
}

int64_t
fss__holder_deadline(const struct fss__holder *h)
{
	return h->failed ? 0 : h->retry_us;
}

bool
fss__holder_idle(const struct fss__holder *h)
{
	unsigned i;

	for (i = 0; i < FSS__HOLDER_TRANSFERS; i++)
		if (h->t[i].phase != P_NONE)
			return false;
	return h->drop == 0 && h->looking == 0 && h->at == h->count &&
	    !h->look && !h->more && !h->failed && h->retry_us == INT64_MAX;
}
