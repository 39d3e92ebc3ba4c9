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
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "proto/holder.h"

#define WORK_PAGE	64	/* transfers looked at at a time */
#define TRIES		4	/* SERVED that found something missing */
#define RUNS		FSS__MAX_LIST_ROWS

enum phase {
	P_NONE,			/* the slot is free */
	P_SERVE, P_SERVE_SENT,
	P_CHECK, P_CHECK_OUT,
	P_PAGES, P_PAGES_OUT, P_PLAN, P_PLAN_SENT,
	P_WANTED, P_WANTED_SENT,
	P_SEND,			/* reads and puts */
	P_SERVED, P_SERVED_SENT,
	P_TELL, P_CLOSE
};

struct run {
	uint64_t	offset, len;
};

struct transfer {
	enum phase	 phase;
	uint64_t	 id;
	char		 path[FSS_LIMIT_PATH + 1];
	struct fss__id	 root;
	unsigned	 depth;
	uint64_t	 size;
	uint64_t	 token;		/* of what is out, but PUTs */
	bool		 open;		/* CHECK was asked for */
	bool		 reading;
	uint64_t	 pages;		/* read so far */
	struct run	 run[RUNS];
	unsigned	 runs, at;	/* from the hub; the present one */
	uint64_t	 next;		/* WANTED goes on there; 0 the end */
	uint64_t	 ready;		/* token of a read to be put; 0 */
	uint64_t	 put[FSS__HOLDER_READS];	/* tokens; 0 free */
	unsigned	 puts;
	unsigned	 tries;
	int		 status;	/* SERVED with it */
	int		 told;		/* for TOLD: 1 nothing to tell */
};

struct waiting {
	uint64_t	 id;
	char		*path;
	struct fss__id	 root;
	unsigned	 depth;
	uint64_t	 size;
};

struct fss__holder {
	uint64_t	 seed;
	uint64_t	 serial;	/* of tokens */
	uint64_t	 oldest;	/* tokens below are of former sessions */
	struct transfer	 t[FSS__HOLDER_TRANSFERS];
	struct waiting	 list[WORK_PAGE];
	unsigned	 count, at;
	uint8_t		 cursor[FSS__MAX_CURSOR];
	size_t		 cursor_len;
	bool		 look;		/* WORK from its beginning */
	bool		 more;		/* there is another page */
	uint64_t	 looking;	/* token of a WORK that is out */
	bool		 draining;
	bool		 failed;	/* WORK did: again at retry_us */
	int64_t		 retry_us;	/* INT64_MAX: not by time */
	uint64_t	 drop;		/* token to be dropped; 0 */
	union {
		struct fss__m_page page;
		struct fss__m_serve serve;
		struct fss__m_plan plan;
		struct fss__m_wanted wanted;
		struct fss__m_put put;
		struct fss__m_served served;
	} msg;
	uint8_t		 op[FSS__OP_BYTES];
};

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

/* ---- what the driver tells -------------------------------------------- */

/* Ends a transfer without a word to the hub. @told 1: nor to the user. */
static void
leave(struct transfer *t, int told)
{
	t->told = told;
	t->phase = P_TELL;
}

static void
give_up(struct transfer *t, int status)
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

static struct transfer *
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
	struct waiting *w = &h->list[h->count];

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
	while (r == 0 && h->count < WORK_PAGE &&
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
take_terms(struct transfer *t, const struct fss__m_serve_terms *m)
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
take_wanted(struct transfer *t, const struct fss__m_wanted_list *m)
{
	struct fss__m_wanted_run run;
	struct fss__list it = m->runs;
	uint64_t end = 0;

	t->runs = t->at = 0;
	while (t->runs < RUNS &&
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
refused(struct fss__holder *h, struct transfer *t, int err)
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
	struct transfer *t;
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
	struct transfer *t;
	struct run *run;
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

/* ---- what to do next -------------------------------------------------- */

static void
describe(const struct transfer *t, enum fss__holder_want_type type,
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
send_it(struct fss__holder *h, struct transfer *t, unsigned type,
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
	h->msg.page.limit = WORK_PAGE;
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
free_put(const struct transfer *t)
{
	unsigned i;

	for (i = 0; i < FSS__HOLDER_READS; i++)
		if (t->put[i] == 0)
			break;
	return i;
}

/* Reads and puts. */
static int
send_content(struct fss__holder *h, struct transfer *t,
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
advance(struct fss__holder *h, struct transfer *t, struct fss__holder_want *w)
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
	struct waiting *w;
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
