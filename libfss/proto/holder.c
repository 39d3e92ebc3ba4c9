/*
 * The holder's side of fulfilment.
 *
 * A transfer goes: listed by WORK -> SERVE (the lease) -> CHECK -> pages by
 * PLAN, unless the hub has them -> WANTED -> READ and PUT, run by run -> all
 * acknowledged -> SERVED.  Another device may have the lease (FSS_EBUSY), or
 * somebody may have cancelled (FSS_ENOENT, FSS_ESTATE): then it is dropped
 * and the hub tells when there is work again.
 *
 * Tokens carry the session they were made in: what answers to an older one is
 * passed over, so begin() need not wait for anything.
 *
 * Here is what the driver tells; what it is to do then is in holder_next.c.
 */
#include <string.h>

#include "base/alloc.h"
#include "proto/holder_internal.h"

#define TRIES		4	/* SERVED that found something missing */

int
fss__holder_new(uint64_t seed, struct fss__holder **ret)
{
	struct fss__holder *h = fss__zalloc(sizeof(*h));

	*ret = h;
	if (h == NULL)
		return FSS_ENOMEM;
	h->seed = seed | 1;
	h->retry_us = INT64_MAX;
	h->oldest = 1;
	return 0;
}

static void
forget_list(struct fss__holder *h)
{
	for (; h->at < h->count; h->at++)
		fss__free(h->list[h->at].path);
	h->at = h->count = 0;
}

void
fss__holder_free(struct fss__holder *h)
{
	if (h == NULL)
		return;
	forget_list(h);
	fss__free(h);
}

/* Ends a transfer without a word to the hub. @told 1: nor to the user. */
static void
leave(struct fss__holding *t, int told)
{
	t->told = told;
	t->phase = P_TELL;
}

static void
give_up(struct fss__holding *t, int status)
{
	t->status = status;
	t->phase = P_SERVED;
}

void
fss__holder_begin(struct fss__holder *h)
{
	unsigned i;

	h->oldest = h->serial + 1;
	for (i = 0; i < FSS__HOLDER_TRANSFERS; i++)
		if (h->t[i].phase != P_NONE && h->t[i].phase != P_CLOSE)
			leave(&h->t[i], h->t[i].phase == P_TELL ?
			    h->t[i].told : 1);
	forget_list(h);
	h->looking = 0;
	h->more = h->failed = false;
	h->retry_us = INT64_MAX;
	h->look = true;
}

void
fss__holder_work(struct fss__holder *h)
{
	h->look = true;
}

void
fss__holder_drain(struct fss__holder *h)
{
	h->draining = true;
	forget_list(h);
	h->look = h->more = h->failed = false;
	h->retry_us = INT64_MAX;
}

static struct fss__holding *
by_token(struct fss__holder *h, uint64_t token, unsigned *ret_put)
{
	unsigned i, k;

	*ret_put = FSS__HOLDER_READS;
	for (i = 0; i < FSS__HOLDER_TRANSFERS; i++) {
		if (h->t[i].phase == P_NONE)
			continue;
		if (h->t[i].token == token)
			return &h->t[i];
		for (k = 0; k < FSS__HOLDER_READS; k++)
			if (h->t[i].put[k] == token) {
				*ret_put = k;
				return &h->t[i];
			}
	}
	return NULL;
}

static bool
is_active(const struct fss__holder *h, uint64_t id)
{
	unsigned i;

	for (i = 0; i < FSS__HOLDER_TRANSFERS; i++)
		if (h->t[i].phase != P_NONE && h->t[i].id == id)
			return true;
	return false;
}

static int
add_waiting(struct fss__holder *h, const struct fss__m_work_row *row)
{
	struct fss__holder_waiting *w = &h->list[h->count];

	/* Without content there is nothing to send. */
	if (row->taken || row->root.n != sizeof(w->root.b) ||
	    row->size == 0 || is_active(h, row->transfer))
		return 0;
	w->path = fss__strndup(row->path.p, row->path.n);
	if (w->path == NULL)
		return FSS_ENOMEM;
	w->id = row->transfer;
	memcpy(w->root.b, row->root.p, sizeof(w->root.b));
	w->depth = (unsigned)row->depth;
	w->size = row->size;
	h->count++;
	return 0;
}

static int
take_work(struct fss__holder *h, int err, const struct fss__m_work_list *m)
{
	struct fss__m_work_row row;
	struct fss__list it;
	int r = 0;

	h->looking = 0;
	h->more = false;
	if (err != 0) {
		h->failed = !h->draining;
		return 0;
	}
	if (h->draining)
		return 0;
	forget_list(h);
	it = m->work;
	while (r == 0 && h->count < FSS__HOLDER_PAGE &&
	    fss__list_next(&it, &fss__r_work_row, &row) == 1)
		r = add_waiting(h, &row);
	if (m->cursor.n > 0 && m->cursor.n <= sizeof(h->cursor)) {
		memcpy(h->cursor, m->cursor.p, m->cursor.n);
		h->cursor_len = m->cursor.n;
		h->more = true;
	}
	return r;
}

static void
take_terms(struct fss__holding *t, const struct fss__m_serve_terms *m)
{
	/* Of something else than WORK named: nothing is sent for it. */
	if ((m->root.n > 0 && (m->root.n != sizeof(t->root.b) ||
	    memcmp(m->root.p, t->root.b, sizeof(t->root.b)) != 0)) ||
	    ((m->has & FSS__K_serve_terms_size) && m->size != t->size)) {
		give_up(t, FSS_ENOENT);
		return;
	}
	t->pages = t->depth == 0 || m->planned ? UINT64_MAX : 0;
	t->phase = P_CHECK;
}

static void
take_wanted(struct fss__holding *t, const struct fss__m_wanted_list *m)
{
	struct fss__m_wanted_run run;
	struct fss__list it = m->runs;
	uint64_t end = 0;

	t->runs = t->at = 0;
	while (t->runs < FSS__HOLDER_RUNS &&
	    fss__list_next(&it, &fss__r_wanted_run, &run) == 1) {
		if (run.len == 0 || run.offset < end ||
		    run.offset >= t->size || run.len > t->size - run.offset) {
			leave(t, FSS_EPROTO);
			return;
		}
		end = run.offset + run.len;
		t->run[t->runs].offset = run.offset;
		t->run[t->runs++].len = run.len;
	}
	/* It must come to an end. */
	if (m->next != 0 && (m->next < end ||
	    m->next <= t->next || m->next >= t->size)) {
		leave(t, FSS_EPROTO);
		return;
	}
	t->next = m->next;
	t->phase = P_SEND;
}

/* The hub refused something of @t. */
static void
refused(struct fss__holder *h, struct fss__holding *t, int err)
{
	switch (err) {
	case FSS_EINTEGRITY:
		/* What the index holds is not what was announced. */
		give_up(t, err);
		break;
	case FSS_EBUSY:
	case FSS_ENOENT:
	case FSS_ESTATE:
	case FSS_EDENIED:
	case FSS_ENOTCONN:
	case FSS_ECANCELED:
		leave(t, 1);
		break;
	default:
		leave(t, err);
		h->failed = !h->draining;
		break;
	}
}

int
fss__holder_answer(struct fss__holder *h, uint64_t token, int err,
    const void *msg)
{
	struct fss__holding *t;
	unsigned put;

	if (token < h->oldest || token == 0)
		return 0;
	if (token == h->looking)
		return take_work(h, err, msg);
	t = by_token(h, token, &put);
	if (t == NULL)
		return 0;
	if (put < FSS__HOLDER_READS) {
		t->put[put] = 0;
		t->puts--;
		if (err != 0 && t->phase == P_SEND)
			refused(h, t, err);
		return 0;
	}
	t->token = 0;
	switch (t->phase) {
	case P_SERVE_SENT:
		if (err != 0)
			refused(h, t, err);
		else
			take_terms(t, msg);
		break;
	case P_PLAN_SENT:
		if (err != 0)
			refused(h, t, err);
		else
			t->phase = P_PAGES;
		break;
	case P_WANTED_SENT:
		if (err != 0)
			refused(h, t, err);
		else
			take_wanted(t, msg);
		break;
	case P_SERVED_SENT:
		if (err == FSS_EMISSING && t->status == 0 &&
		    ++t->tries < TRIES) {
			t->next = 0;
			t->phase = P_WANTED;
		} else if (err != 0 && t->status == 0) {
			refused(h, t, err);
		} else {
			leave(t, t->status);
		}
		break;
	default:
		break;
	}
	return 0;
}

int
fss__holder_result(struct fss__holder *h, uint64_t token, int err,
    uint64_t bytes)
{
	struct fss__holding *t;
	struct fss__holder_run *run;
	unsigned put;

	if (token < h->oldest || token == 0)
		return 0;
	t = by_token(h, token, &put);
	if (t == NULL) {
		/* It is over meanwhile. */
		h->drop = token;
		return 0;
	}
	if (put < FSS__HOLDER_READS)
		return 0;
	t->token = 0;
	switch (t->phase) {
	case P_CHECK_OUT:
		if (err != 0)
			give_up(t, err);
		else
			t->phase = t->pages == UINT64_MAX ? P_WANTED :
			    P_PAGES;
		break;
	case P_PAGES_OUT:
		if (err != 0) {
			give_up(t, err);
		} else if (bytes == 0) {
			t->next = 0;
			t->phase = P_WANTED;
		} else {
			t->pages += bytes;
			t->ready = token;
			t->phase = P_PLAN;
		}
		break;
	default:
		/* A read; what it was for may be over. */
		t->reading = false;
		if (t->phase != P_SEND) {
			h->drop = err == 0 ? token : h->drop;
			break;
		}
		run = &t->run[t->at];
		if (err == 0 && (bytes == 0 || bytes > run->len))
			err = FSS_EINVAL;
		if (err != 0) {
			give_up(t, err);
			break;
		}
		run->offset += bytes;
		run->len -= bytes;
		if (run->len == 0)
			t->at++;
		t->ready = token;
		break;
	}
	return 0;
}
