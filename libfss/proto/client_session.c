/*
 * The client's session machine: connections, HELLO, heartbeats, time.
 *
 * The control connection comes first; over it HELLO opens a session, naming
 * the former one, which the hub then closes.  A connection that is lost takes
 * the session with it (but an idle bulk one): the hub counts what it sent
 * into a dead connection as in flight, and a new session is the only way to
 * make both sides count from zero again.  All that flew is then sent again,
 * the mutating requests under the `op` they carry.
 *
 * Requests are kept in client_table.c, answers read in client_answer.c.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "proto/client_internal.h"

#define US_PER_MS	INT64_C(1000)
#define BACKOFF_US	(50 * US_PER_MS)
#define BACKOFF_MAX_US	(10000 * US_PER_MS)
#define OPEN_US		(10000 * US_PER_MS)	/* for a connection to stand */
#define HELLO_US	(10000 * US_PER_MS)	/* for WELCOME to come */
#define HOSTKEY_FAILS	2	/* refused handshakes that mean another key */

int
fss__cs_new(unsigned conns, const char *agent, uint64_t seed,
    struct fss__cs **ret_s)
{
	struct fss__cs *s;

	*ret_s = NULL;
	if (conns < 2 || conns > FSS__CS_MAX_CONNS)
		return FSS_EINVAL;
	s = fss__zalloc(sizeof(*s));
	if (s == NULL)
		return FSS_ENOMEM;
	s->nconns = conns;
	s->random = seed | 1;
	s->busy_until_us = INT64_MAX;
	s->terms.requests_max = FSS__MAX_REQUESTS;
	if (fss__fmt(s->agent, sizeof(s->agent), "%s", agent) != 0)
		s->agent[0] = '\0';
	*ret_s = s;
	return 0;
}

void
fss__cs_free(struct fss__cs *s)
{
	unsigned i;

	if (s == NULL)
		return;
	for (i = 0; i < FSS__CS_TABLE; i++)
		if (s->slot[i] != NULL)
			fss__cs_req_free(s, s->slot[i]);
	fss__free(s);
}

/* xorshift64: spreads reconnects, nothing rests on it being unguessable. */
static uint64_t
next_random(struct fss__cs *s)
{
	s->random ^= s->random << 13;
	s->random ^= s->random >> 7;
	s->random ^= s->random << 17;
	return s->random;
}

int64_t
fss__cs_backoff_us(struct fss__cs *s, unsigned fails)
{
	int64_t us;

	us = fails > 8 ? BACKOFF_MAX_US : BACKOFF_US << fails;
	if (us > BACKOFF_MAX_US)
		us = BACKOFF_MAX_US;
	return us / 2 + (int64_t)(next_random(s) % (uint64_t)(us / 2));
}

/* ---- connections ------------------------------------------------------ */

static void
open_conn(struct fss__cs *s, unsigned conn, int64_t now_us,
    struct fss__cs_update *up)
{
	s->conn[conn].state = CONN_OPENING;
	s->conn[conn].at_us = now_us + OPEN_US;
	up->open |= UINT32_C(1) << conn;
}

void
fss__cs_conn_want(struct fss__cs *s, unsigned conn, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__cs_conn *c = &s->conn[conn];

	if (c->state != CONN_OFF)
		return;
	if (c->fails == 0) {
		open_conn(s, conn, now_us, up);
	} else {
		c->state = CONN_WAIT;
		c->at_us = now_us + fss__cs_backoff_us(s, c->fails);
	}
}

static void
shut_bulk(struct fss__cs *s, struct fss__cs_update *up)
{
	unsigned i;

	for (i = FSS__CS_CONTROL + 1; i < s->nconns; i++) {
		if (s->conn[i].state == CONN_OPENING ||
		    s->conn[i].state == CONN_UP) {
			up->shut |= UINT32_C(1) << i;
			up->open &= ~(UINT32_C(1) << i);
		}
		s->conn[i].state = CONN_OFF;
	}
}

/* The session is over, for whatever reason. */
static void
end_session(struct fss__cs *s, enum fss__cs_state state,
    struct fss__cs_update *up)
{
	if (s->state != state)
		up->changed = true;
	s->state = state;
	s->hello_req = 0;
	s->ping_due = false;
	fss__cs_req_requeue_all(s);
	shut_bulk(s, up);
}

void
fss__cs_rehello(struct fss__cs *s, int64_t now_us, struct fss__cs_update *up)
{
	if (s->state != FSS__CS_READY)
		return;
	end_session(s, FSS__CS_HELLO, up);
	s->hello_at_us = now_us;
	s->rx_us = now_us;
}

static void
explain(struct fss__cs *s, int reason, struct fss__cs_update *up)
{
	int before = s->err.code;

	switch (reason) {
	case FSS_EHOSTKEY:
		if (++s->hostkey_fails < HOSTKEY_FAILS)
			return;
		(void)fss__err_set(&s->err, reason, "the hub refused the "
		    "handshake: its key is not the one expected");
		break;
	case FSS_EUNREACH:
		(void)fss__err_set(&s->err, reason, "cannot connect");
		break;
	case FSS_ETIMEDOUT:
		(void)fss__err_set(&s->err, reason, "the hub does not answer");
		break;
	case FSS_EPROTO:
		(void)fss__err_set(&s->err, reason, "the hub's answer is "
		    "malformed");
		break;
	default:
		(void)fss__err_set(&s->err, FSS_ENOTCONN,
		    "the connection was lost");
		break;
	}
	/* Whoever asks anew after a refused handshake is to hear of it too. */
	if (s->err.code != before || reason == FSS_EHOSTKEY)
		up->changed = true;
}

void
fss__cs_conn_lost(struct fss__cs *s, unsigned conn, int reason,
    int64_t now_us, struct fss__cs_update *up)
{
	struct fss__cs_conn *c = &s->conn[conn];

	if (s->state == FSS__CS_REFUSED || c->state == CONN_OFF ||
	    c->state == CONN_WAIT)
		return;
	up->shut |= UINT32_C(1) << conn;
	up->open &= ~(UINT32_C(1) << conn);
	c->state = CONN_WAIT;
	c->at_us = now_us + fss__cs_backoff_us(s, c->fails);
	if (c->fails < 16)
		c->fails++;
	if (conn == FSS__CS_CONTROL) {
		explain(s, reason, up);
		end_session(s, FSS__CS_DOWN, up);
	} else if (c->flying > 0) {
		fss__cs_rehello(s, now_us, up);
	}
}

static void
conn_up(struct fss__cs *s, unsigned conn, int64_t now_us,
    struct fss__cs_update *up)
{
	if (s->conn[conn].state != CONN_OPENING)
		return;
	s->conn[conn].state = CONN_UP;
	if (conn != FSS__CS_CONTROL)
		return;
	s->hostkey_fails = 0;
	s->state = FSS__CS_HELLO;
	s->hello_req = 0;
	s->hello_at_us = now_us;
	s->rx_us = s->tx_us = now_us;
	up->changed = true;
}

/* ---- time ------------------------------------------------------------- */

static void
tick(struct fss__cs *s, int64_t now_us, struct fss__cs_update *up)
{
	struct fss__cs_conn *c;
	unsigned i;

	for (i = 0; i < s->nconns; i++) {
		c = &s->conn[i];
		if (c->state == CONN_WAIT && c->at_us <= now_us)
			open_conn(s, i, now_us, up);
		else if (c->state == CONN_OPENING && c->at_us <= now_us)
			fss__cs_conn_lost(s, i, FSS_EUNREACH, now_us, up);
	}
	if (s->state == FSS__CS_HELLO && s->hello_req != 0 &&
	    now_us >= s->hello_at_us) {
		fss__cs_conn_lost(s, FSS__CS_CONTROL, FSS_ETIMEDOUT, now_us,
		    up);
	} else if (s->state == FSS__CS_READY) {
		if (now_us - s->tx_us >= s->ping_us)
			s->ping_due = true;
		if (now_us - s->rx_us >= 2 * s->ping_us)
			fss__cs_conn_lost(s, FSS__CS_CONTROL, FSS_ETIMEDOUT,
			    now_us, up);
	}
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
fss__cs_deadline(const struct fss__cs *s)
{
	int64_t at = s->busy_until_us;
	unsigned i;

	for (i = 0; i < s->nconns; i++)
		if (s->conn[i].state == CONN_WAIT ||
		    s->conn[i].state == CONN_OPENING)
			at = earlier(at, s->conn[i].at_us);
	if (s->state == FSS__CS_HELLO)
		at = earlier(at, s->hello_at_us);
	if (s->state == FSS__CS_READY) {
		if (!s->ping_due)
			at = earlier(at, s->tx_us + s->ping_us);
		at = earlier(at, s->rx_us + 2 * s->ping_us);
	}
	return at;
}

/* Bulk connections are made when something is to go over them. */
static void
want_bulk(struct fss__cs *s, int64_t now_us, struct fss__cs_update *up)
{
	unsigned i;

	if (s->state != FSS__CS_READY ||
	    (s->queue[CS_LANE_GET].count == 0 &&
	    s->queue[CS_LANE_PUT].count == 0))
		return;
	for (i = FSS__CS_CONTROL + 1; i < s->nconns; i++)
		fss__cs_conn_want(s, i, now_us, up);
}

int
fss__cs_step(struct fss__cs *s, const struct fss__cs_event *ev,
    struct fss__cs_update *up)
{
	int r = 0;

	if (s->busy_until_us <= ev->now_us)
		s->busy_until_us = INT64_MAX;	/* found again by pick */
	switch (ev->type) {
	case FSS__CS_START:
		fss__cs_conn_want(s, FSS__CS_CONTROL, ev->now_us, up);
		break;
	case FSS__CS_UP:
		conn_up(s, ev->conn, ev->now_us, up);
		break;
	case FSS__CS_LOST:
		fss__cs_conn_lost(s, ev->conn, ev->reason, ev->now_us, up);
		break;
	case FSS__CS_FRAME:
		if (s->conn[ev->conn].state == CONN_UP)
			r = fss__cs_take_frame(s, ev, up);
		break;
	case FSS__CS_TICK:
		tick(s, ev->now_us, up);
		break;
	case FSS__CS_REQUEST:
		r = fss__cs_req_new(s, ev->request);
		break;
	case FSS__CS_CANCEL:
		fss__cs_req_cancel(s, ev->req);
		break;
	}
	want_bulk(s, ev->now_us, up);
	return r;
}

/* ---- sending ---------------------------------------------------------- */

static int
offer_hello(struct fss__cs *s, struct fss__frame **ret_header)
{
	struct fss__m_hello m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_hello_min_version | FSS__K_hello_max_version |
	    FSS__K_hello_agent;
	m.min_version = FSS__MAX_VERSION;
	m.max_version = FSS__MAX_VERSION;
	m.agent = fss__slice_str(s->agent);
	s->offered_own[FSS__CS_CONTROL] = FSS__MSG_HELLO;
	return fss__cs_encode(FSS__MSG_HELLO, (s->serial + 1) * FSS__CS_TABLE,
	    s->has_session ? s->session : NULL, &fss__r_hello, &m, ret_header);
}

static int
offer_own(struct fss__cs *s, struct fss__frame **ret_header)
{
	struct fss__m_credit credit;
	struct fss__m_empty empty;

	if (s->ping_due) {
		memset(&empty, 0, sizeof(empty));
		s->offered_own[FSS__CS_CONTROL] = FSS__MSG_PING;
		return fss__cs_encode(FSS__MSG_PING,
		    (s->serial + 1) * FSS__CS_TABLE, s->session,
		    &fss__r_empty, &empty, ret_header);
	}
	memset(&credit, 0, sizeof(credit));
	credit.has = FSS__K_credit_received;
	credit.received = s->offered_received = s->received;
	s->offered_own[FSS__CS_CONTROL] = FSS__MSG_CREDIT;
	return fss__cs_encode(FSS__MSG_CREDIT,
	    (s->serial + 1) * FSS__CS_TABLE, s->session, &fss__r_credit,
	    &credit, ret_header);
}

int
fss__cs_next_send(struct fss__cs *s, unsigned conn, int64_t now_us,
    struct fss__frame **ret_header, struct fss__frame **ret_payload)
{
	struct fss__cs_req *req;
	int r;

	*ret_header = *ret_payload = NULL;
	s->offered[conn] = NULL;
	s->offered_own[conn] = 0;
	if (s->conn[conn].state != CONN_UP)
		return 0;
	if (s->state == FSS__CS_HELLO) {
		if (conn != FSS__CS_CONTROL || s->hello_req != 0 ||
		    now_us < s->hello_at_us)
			return 0;
		r = offer_hello(s, ret_header);
		return r != 0 ? r : 1;
	}
	if (s->state != FSS__CS_READY)
		return 0;
	if (conn == FSS__CS_CONTROL && (s->ping_due ||
	    s->received - s->reported >= s->credit_step)) {
		r = offer_own(s, ret_header);
		return r != 0 ? r : 1;
	}
	req = fss__cs_req_pick(s, conn, now_us);
	if (req == NULL)
		return 0;
	r = fss__cs_req_header(s, req, ret_header);
	if (r != 0)
		return r;
	if (req->payload != NULL)
		*ret_payload = fss__frame_ref(req->payload);
	s->offered[conn] = req;
	s->offered_received = s->received;
	return 1;
}

void
fss__cs_sent(struct fss__cs *s, unsigned conn, int64_t now_us)
{
	struct fss__cs_req *req = s->offered[conn];

	s->tx_us = now_us;
	if (req != NULL) {
		if (req->type == FSS__MSG_GET)
			s->reported = s->offered_received;
		fss__cs_req_sent(s, req, conn);
	} else if (s->offered_own[conn] == FSS__MSG_HELLO) {
		s->hello_req = ++s->serial * FSS__CS_TABLE;
		s->hello_at_us = now_us + HELLO_US;
	} else if (s->offered_own[conn] == FSS__MSG_PING) {
		s->serial++;
		s->ping_due = false;
	} else if (s->offered_own[conn] == FSS__MSG_CREDIT) {
		s->serial++;
		s->reported = s->offered_received;
	}
	s->offered[conn] = NULL;
	s->offered_own[conn] = 0;
}

int
fss__cs_bye(const struct fss__cs *s, struct fss__frame **ret_header)
{
	struct fss__m_empty empty;
	int r;

	*ret_header = NULL;
	if (s->state != FSS__CS_READY ||
	    s->conn[FSS__CS_CONTROL].state != CONN_UP)
		return 0;
	memset(&empty, 0, sizeof(empty));
	r = fss__cs_encode(FSS__MSG_BYE, (s->serial + 1) * FSS__CS_TABLE,
	    s->session, &fss__r_empty, &empty, ret_header);
	return r != 0 ? r : 1;
}

/* ---- what the driver asks --------------------------------------------- */

enum fss__cs_state
fss__cs_state(const struct fss__cs *s)
{
	return s->state;
}

const struct fss__err *
fss__cs_error(const struct fss__cs *s)
{
	return &s->err;
}

const struct fss__cs_terms *
fss__cs_terms(const struct fss__cs *s)
{
	return &s->terms;
}

uint64_t
fss__cs_epoch(const struct fss__cs *s)
{
	return s->epoch;
}

unsigned
fss__cs_room(const struct fss__cs *s)
{
	return FSS__CS_TABLE - s->used;
}

unsigned
fss__cs_pending(const struct fss__cs *s)
{
	return s->used - (unsigned)s->done.count;
}
