/*
 * The client's table of requests.
 *
 * A request is queued in its lane, flies once it was sent, and is done when
 * it has an answer of the hub or an error of ours.  It keeps its encoded
 * header, so that it can be sent again over a new session: only the session
 * id in it changes.  A GET is encoded at the last moment instead, because it
 * also reports how much was received.
 *
 * The id holds the slot in its low bits; the serial above never repeats, so
 * an answer to a former tenant of a slot finds nobody.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "crypto/keys.h"
#include "proto/client_internal.h"

#define FIRST_SLOTS	4

static const struct {
	uint8_t	type;
	uint8_t	flags;
} special[] = {
	{ FSS__MSG_PUT, CS_BULK | CS_ONCE },
	{ FSS__MSG_GET, CS_BULK },
	{ FSS__MSG_REGISTER, CS_ONCE | CS_SECRET },
	{ FSS__MSG_PASSWD, CS_ONCE | CS_SECRET },
	{ FSS__MSG_LOGIN, CS_SECRET },
	{ FSS__MSG_REGISTER_WEB, CS_ONCE | CS_SECRET },
	{ FSS__MSG_LOGIN_WEB, CS_ONCE | CS_SECRET },
	{ FSS__MSG_TOKEN_NEW, CS_ONCE },
	{ FSS__MSG_SESSION_END, CS_ONCE },
	{ FSS__MSG_LOGOUT, CS_ONCE },
	{ FSS__MSG_INVITE, CS_ONCE },
	{ FSS__MSG_DEVICE_REVOKE, CS_ONCE },
};

void
fss__cs_list_append(struct fss__cs_list *l, struct fss__cs_req *r)
{
	r->next = NULL;
	r->prev = l->tail;
	if (l->tail != NULL)
		l->tail->next = r;
	else
		l->head = r;
	l->tail = r;
	l->count++;
}

void
fss__cs_list_prepend(struct fss__cs_list *l, struct fss__cs_req *r)
{
	r->prev = NULL;
	r->next = l->head;
	if (l->head != NULL)
		l->head->prev = r;
	else
		l->tail = r;
	l->head = r;
	l->count++;
}

void
fss__cs_list_remove(struct fss__cs_list *l, struct fss__cs_req *r)
{
	if (r->prev != NULL)
		r->prev->next = r->next;
	else
		l->head = r->next;
	if (r->next != NULL)
		r->next->prev = r->prev;
	else
		l->tail = r->prev;
	r->next = r->prev = NULL;
	l->count--;
}

static void
drop_plain(void *ctx, uint8_t *data)
{
	(void)ctx;
	fss__free(data);
}

int
fss__cs_encode(unsigned type, uint64_t req, const uint8_t *session,
    const struct fss__record *rec, const void *msg,
    struct fss__frame **ret_frame)
{
	struct fss__frame *f = NULL;
	struct fss__buf b;
	uint8_t *data = NULL;
	size_t n = 0;
	int r;

	*ret_frame = NULL;
	fss__buf_init(&b, FSS__MAX_HEADER);
	r = fss__message_encode(&b, type, req, session, rec, msg);
	if (r == 0) {
		data = fss__buf_take(&b, &n);
		if (data != NULL)
			f = fss__frame_wrap(data, n, drop_plain, NULL);
		if (f == NULL) {
			fss__free(data);
			r = FSS_ENOMEM;
		}
	}
	fss__buf_release(&b);
	*ret_frame = f;
	return r;
}

/* A session id that is there, so that the place for one is. */
static const uint8_t no_session[FSS__SESSION_BYTES] = { 0 };

static int
encode_get(const struct fss__cs_req *r, const uint8_t *session,
    uint64_t received, struct fss__frame **ret_header)
{
	struct fss__m_get get;

	memset(&get, 0, sizeof(get));
	get.has = FSS__K_get_items | FSS__K_get_received;
	get.items.p = r->items;
	get.items.n = r->items_len;
	get.items.count = r->items_count;
	get.received = received;
	return fss__cs_encode(FSS__MSG_GET, r->id, session, &fss__r_get, &get,
	    ret_header);
}

static int
encode_request(struct fss__cs_req *r, const struct fss__cs_request *q)
{
	const struct fss__m_get *get = q->msg;
	struct fss__frame *probe;
	struct fss__header h;
	const uint8_t *at;
	int e;

	if (q->payload != NULL && q->payload->len > FSS__MAX_PAYLOAD)
		return FSS_ETOOBIG;
	if (q->type == FSS__MSG_GET) {
		r->items = fss__memdup(get->items.p, get->items.n);
		if (r->items == NULL)
			return FSS_ENOMEM;
		r->items_len = get->items.n;
		r->items_count = get->items.count;
		/*
		 * What no header can be made of is refused now: at its turn it
		 * would stay the next to be sent, before all others.
		 */
		e = encode_get(r, no_session, UINT64_MAX, &probe);
		fss__frame_unref(probe);
		return e;
	}
	e = fss__cs_encode(q->type, r->id, no_session, q->rec, q->msg,
	    &r->header);
	if (e != 0)
		return e;
	e = fss__header_decode(r->header->data, r->header->len, &h);
	FSS_ASSERT(e == 0 && h.session.n == FSS__SESSION_BYTES);
	at = h.session.p;
	r->session_at = (size_t)(at - r->header->data);
	return 0;
}

static unsigned
flags_of(uint8_t type)
{
	size_t i;

	for (i = 0; i < sizeof(special) / sizeof(special[0]); i++)
		if (special[i].type == type)
			return special[i].flags;
	return 0;
}

/* A place for one more: most sessions have few under way. */
static int
find_slot(struct fss__cs *s)
{
	struct fss__cs_req **more;
	unsigned n;

	if (s->used == s->nslots) {
		n = s->nslots == 0 ? FIRST_SLOTS : s->nslots * 2;
		more = fss__realloc(s->slot, n * sizeof(struct fss__cs_req *));
		if (more == NULL)
			return FSS_ENOMEM;
		memset(more + s->nslots, 0,
		    (n - s->nslots) * sizeof(struct fss__cs_req *));
		s->slot = more;
		s->next_slot = s->nslots;
		s->nslots = n;
	}
	while (s->slot[s->next_slot] != NULL)
		s->next_slot = (s->next_slot + 1) % s->nslots;
	return 0;
}

int
fss__cs_req_new(struct fss__cs *s, struct fss__cs_request *q)
{
	struct fss__cs_req *r;
	int e;

	if (s->used == FSS__CS_TABLE)
		return FSS_EAGAIN;
	r = fss__zalloc(sizeof(*r));
	if (r == NULL)
		return FSS_ENOMEM;
	e = find_slot(s);
	if (e != 0) {
		fss__free(r);
		return e;
	}
	s->serial = fss__cs_serial_after(s->serial);
	r->s = s;
	r->id = fss__cs_id(s, s->serial, s->next_slot);
	r->type = q->type;
	r->user = q->user;
	r->flags = (uint8_t)flags_of(q->type);
	r->lane = q->type == FSS__MSG_PUT ? CS_LANE_PUT :
	    r->flags & CS_BULK ? CS_LANE_GET : CS_LANE_CONTROL;
	e = encode_request(r, q);
	if (e != 0) {
		fss__frame_unref(r->header);
		fss__free(r->items);
		fss__free(r);
		return e;
	}
	if (q->payload != NULL)
		r->payload = fss__frame_ref(q->payload);
	s->slot[s->next_slot] = r;
	s->used++;
	fss__cs_list_append(&s->queue[r->lane], r);
	q->ret_req = r->id;
	return 0;
}

/* Forgets what was only needed to send it. */
static void
release_content(struct fss__cs_req *r)
{
	if ((r->flags & CS_SECRET) && r->header != NULL)
		fss__memzero(r->header->data, r->header->len);
	fss__frame_unref(r->header);
	fss__frame_unref(r->payload);
	fss__free(r->items);
	r->header = NULL;
	r->payload = NULL;
	r->items = NULL;
}

void
fss__cs_req_free(struct fss__cs *s, struct fss__cs_req *r)
{
	if (s->offered == r)
		s->offered = NULL;
	/* Of a person who leaves: their connections are those of others. */
	if (r->sent)
		s->lines->conn[r->conn].flies--;
	s->slot[r->id % FSS__CS_TABLE] = NULL;
	s->used--;
	release_content(r);
	fss__frame_unref(r->answer.header);
	fss__frame_unref(r->answer.payload);
	fss__free(r);
}

struct fss__cs_req *
fss__cs_req_find(const struct fss__cs *s, uint64_t id)
{
	uint64_t slot = id % FSS__CS_TABLE;
	struct fss__cs_req *r = slot < s->nslots ? s->slot[slot] : NULL;

	return r != NULL && r->id == id ? r : NULL;
}

/* Takes a flying request out of the accounts of its connection and credit. */
static void
land(struct fss__cs *s, struct fss__cs_req *r)
{
	fss__cs_list_remove(&s->flying, r);
	s->flies[r->conn]--;
	s->lines->conn[r->conn].flies--;
	if (r->type == FSS__MSG_PUT && r->payload != NULL)
		s->put_flying -= r->payload->len;
	r->sent = false;
}

void
fss__cs_req_finish(struct fss__cs *s, struct fss__cs_req *r, int code,
    const char *detail)
{
	if (r->sent)
		land(s, r);
	else
		fss__cs_list_remove(&s->queue[r->lane], r);
	if (r->orphan) {
		fss__cs_req_free(s, r);
		return;
	}
	if (code != 0)
		(void)fss__err_set(&r->answer.err, code, "%s",
		    detail != NULL ? detail : "");
	r->answer.user = r->user;
	r->answer.type = r->type;
	r->over = true;
	release_content(r);
	s->over++;
	fss__cs_list_append(&s->lines->done, r);
}

void
fss__cs_req_requeue(struct fss__cs *s, struct fss__cs_req *r)
{
	if (!r->sent)
		return;
	land(s, r);
	if (r->orphan) {
		fss__cs_req_free(s, r);
		return;
	}
	fss__cs_list_prepend(&s->queue[r->lane], r);
}

void
fss__cs_req_requeue_all(struct fss__cs *s)
{
	struct fss__cs_req *r;

	/* From the last sent to the first, each to the head: order is kept. */
	while ((r = s->flying.tail) != NULL) {
		if ((r->flags & CS_ONCE) && !r->orphan)
			fss__cs_req_finish(s, r, FSS_ENOTCONN,
			    "the connection was lost before the answer came");
		else
			fss__cs_req_requeue(s, r);
	}
}

void
fss__cs_req_cancel(struct fss__cs *s, uint64_t id)
{
	struct fss__cs_req *r = fss__cs_req_find(s, id);

	if (r == NULL || r->orphan)
		return;
	if (r->over) {
		fss__cs_list_remove(&s->lines->done, r);
		s->over--;
		fss__cs_req_free(s, r);
	} else if (r->sent) {
		/* Its place and credit stay taken until the hub is done. */
		r->orphan = true;
	} else {
		fss__cs_list_remove(&s->queue[r->lane], r);
		fss__cs_req_free(s, r);
	}
}

static struct fss__cs_req *
first_ready(struct fss__cs *s, unsigned lane, int64_t now_us)
{
	struct fss__cs_req *r;

	for (r = s->queue[lane].head; r != NULL; r = r->next) {
		if (r->not_before_us <= now_us)
			return r;
		if (r->not_before_us < s->busy_until_us)
			s->busy_until_us = r->not_before_us;
	}
	return NULL;
}

static bool
credit_for(const struct fss__cs *s, const struct fss__cs_req *r)
{
	uint64_t n = r->payload != NULL ? r->payload->len : 0;

	return s->put_flying == 0 || (n <= s->put_credit &&
	    s->put_flying <= s->put_credit - n);
}

/*
 * Content goes over the connection with the fewest requests under way, so that
 * several carry more than one could: on a long line each is held back by what
 * the kernel buffers.  Of persons there are many, who spread by themselves.
 */
static bool
has_least(const struct fss__cs *s, unsigned conn)
{
	unsigned i;

	if (s->number != 0)
		return true;
	for (i = FSS__CS_CONTROL + 1; i <= s->lines->lanes; i++)
		if (s->lines->conn[i].state == CONN_UP &&
		    s->flies[i] < s->flies[conn])
			return false;
	return true;
}

struct fss__cs_req *
fss__cs_req_pick(struct fss__cs *s, unsigned conn, int64_t now_us)
{
	struct fss__cs_req *r;

	if (s->flying.count >= s->terms.requests_max)
		return NULL;
	if (conn == FSS__CS_CONTROL)
		return first_ready(s, CS_LANE_CONTROL, now_us);
	if (!has_least(s, conn))
		return NULL;
	/* GETs are small and bring their own bound; PUTs wait for credit. */
	r = first_ready(s, CS_LANE_GET, now_us);
	if (r != NULL)
		return r;
	r = first_ready(s, CS_LANE_PUT, now_us);
	return r != NULL && credit_for(s, r) ? r : NULL;
}

/* The header may still be read by the network's thread: then a copy is made. */
static int
set_session(struct fss__cs *s, struct fss__cs_req *r)
{
	struct fss__frame *copy, *old = r->header;

	if (memcmp(old->data + r->session_at, s->session,
	    sizeof(s->session)) == 0)
		return 0;
	if (__atomic_load_n(&old->refs, __ATOMIC_ACQUIRE) != 1) {
		copy = fss__frame_new(old->len);
		if (copy == NULL)
			return FSS_ENOMEM;
		memcpy(copy->data, old->data, old->len);
		fss__frame_unref(old);
		r->header = copy;
	}
	memcpy(r->header->data + r->session_at, s->session,
	    sizeof(s->session));
	return 0;
}

int
fss__cs_req_header(struct fss__cs *s, struct fss__cs_req *r,
    struct fss__frame **ret_header)
{
	int e;

	*ret_header = NULL;
	if (r->type == FSS__MSG_GET)
		return encode_get(r, s->session, s->received, ret_header);
	e = set_session(s, r);
	if (e == 0)
		*ret_header = fss__frame_ref(r->header);
	return e;
}

void
fss__cs_req_sent(struct fss__cs *s, struct fss__cs_req *r, unsigned conn)
{
	struct fss__cs_conn *c = &s->lines->conn[conn];

	fss__cs_list_remove(&s->queue[r->lane], r);
	r->sent = true;
	r->conn = (uint8_t)conn;
	s->flies[conn]++;
	c->flies++;
	c->used = true;
	if (r->type == FSS__MSG_PUT && r->payload != NULL)
		s->put_flying += r->payload->len;
	fss__cs_list_append(&s->flying, r);
}
