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
#include "crypto/keys.h"
#include "proto/client_internal.h"

#define US_PER_MS	INT64_C(1000)
#define BACKOFF_US	(50 * US_PER_MS)
#define BACKOFF_MAX_US	(10000 * US_PER_MS)
#define OPEN_US		(10000 * US_PER_MS)	/* for a connection to stand */
#define HELLO_US	(10000 * US_PER_MS)	/* for WELCOME to come */
#define HOSTKEY_FAILS	2	/* refused handshakes that mean another key */

void
fss__cs_init(struct fss__cs *s, struct fss__cs_lines *ln)
{
	s->lines = ln;
	s->told = true;
	s->busy_until_us = INT64_MAX;
	s->terms.requests_max = FSS__MAX_REQUESTS;
}

int
fss__cs_new(unsigned conns, const char *agent, uint64_t seed,
    struct fss__cs **ret_s)
{
	struct fss__cs_lines *ln;
	struct fss__cs *s;

	*ret_s = NULL;
	if (conns < 2 || conns > FSS__CS_MAX_CONNS)
		return FSS_EINVAL;
	s = fss__zalloc(sizeof(*s));
	ln = fss__zalloc(sizeof(*ln));
	if (s == NULL || ln == NULL) {
		fss__free(s);
		fss__free(ln);
		return FSS_ENOMEM;
	}
	fss__cs_init(s, ln);
	ln->main = s;
	ln->nconns = conns;
	ln->lanes = conns - 1;
	ln->random = seed | 1;
	if (fss__fmt(ln->agent, sizeof(ln->agent), "%s", agent) != 0)
		ln->agent[0] = '\0';
	*ret_s = s;
	return 0;
}

void
fss__cs_release(struct fss__cs *s)
{
	unsigned i;

	for (i = 0; i < s->nslots; i++)
		if (s->slot[i] != NULL)
			fss__cs_req_free(s, s->slot[i]);
	fss__free(s->slot);
	fss__memzero(s->token, sizeof(s->token));
	fss__free(s);
}

void
fss__cs_free(struct fss__cs *s)
{
	struct fss__cs_lines *ln;

	if (s == NULL)
		return;
	ln = s->lines;
	fss__cs_persons_free(ln);
	fss__cs_release(s);
	fss__free(ln);
}

/* xorshift64: spreads reconnects, nothing rests on it being unguessable. */
static uint64_t
next_random(struct fss__cs *s)
{
	uint64_t *x = &s->lines->random;

	*x ^= *x << 13;
	*x ^= *x >> 7;
	*x ^= *x << 17;
	return *x;
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
	s->lines->conn[conn].state = CONN_OPENING;
	s->lines->conn[conn].at_us = now_us + OPEN_US;
	up->open |= UINT32_C(1) << conn;
}

void
fss__cs_conn_want(struct fss__cs *s, unsigned conn, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__cs_conn *c = &s->lines->conn[conn];

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
shut_bulk(struct fss__cs_lines *ln, struct fss__cs_update *up)
{
	unsigned i;

	for (i = FSS__CS_CONTROL + 1; i < ln->nconns; i++) {
		if (ln->conn[i].state == CONN_OPENING ||
		    ln->conn[i].state == CONN_UP) {
			up->shut |= UINT32_C(1) << i;
			up->open &= ~(UINT32_C(1) << i);
		}
		ln->conn[i].state = CONN_OFF;
	}
}

void
fss__cs_changed(struct fss__cs *s, struct fss__cs_update *up)
{
	if (s->number == 0) {
		up->changed = true;
	} else if (s->told) {
		s->told = false;
		s->next_changed = s->lines->changed;
		s->lines->changed = s;
	}
}

void
fss__cs_hello_set(struct fss__cs *s, uint64_t req)
{
	if (s->number != 0 && (s->hello_req != 0) != (req != 0))
		s->lines->hellos += req != 0 ? 1u : -1u;
	s->hello_req = req;
}

/* The session is over, for whatever reason. */
void
fss__cs_end(struct fss__cs *s, enum fss__cs_state state,
    struct fss__cs_update *up)
{
	if (s->state != state)
		fss__cs_changed(s, up);
	s->state = state;
	fss__cs_hello_set(s, 0);
	s->ping_due = false;
	fss__cs_req_requeue_all(s);
	/*
	 * What is still on its way over them is of a former session.  Where
	 * others use them too it is told by the session's id instead, which a
	 * hub that knows persons puts into errors as well.
	 */
	if (s->number == 0 &&
	    (state == FSS__CS_DOWN || s->lines->persons == 0))
		shut_bulk(s->lines, up);
}

/*
 * There will be no session.  Of a person all that waits is told so; the main
 * machine's user is told of the state instead.
 */
void
fss__cs_refuse(struct fss__cs *s, struct fss__cs_update *up)
{
	struct fss__cs_req *r;
	unsigned i;

	fss__cs_end(s, FSS__CS_REFUSED, up);
	for (i = 0; i < CS_LANES && s->number != 0; i++)
		while ((r = s->queue[i].head) != NULL)
			fss__cs_req_finish(s, r, s->err.code, s->err.detail);
}

void
fss__cs_set_token(struct fss__cs *s, struct fss__slice token)
{
	/* Its length was checked; what is no token will be refused. */
	if (fss__slice_copy(token, s->token, sizeof(s->token)) != 0)
		s->token[0] = '\0';
}

void
fss__cs_rehello(struct fss__cs *s, int64_t now_us, struct fss__cs_update *up)
{
	if (s->state != FSS__CS_READY)
		return;
	fss__cs_end(s, FSS__CS_HELLO, up);
	s->hello_at_us = now_us;
	s->rx_us = now_us;
}

static void
explain(struct fss__cs *s, int reason, struct fss__cs_update *up)
{
	int before = s->err.code;

	switch (reason) {
	case FSS_EHOSTKEY:
		if (++s->lines->hostkey_fails < HOSTKEY_FAILS)
			return;
		(void)fss__err_set(&s->err, reason, "the hub refused the "
		    "handshake: its key is not the one expected");
		break;
	case FSS_EDENIED:
		(void)fss__err_set(&s->err, reason, "the hub does not take "
		    "this user at its local socket");
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
	if (s->err.code != before || reason == FSS_EHOSTKEY ||
	    reason == FSS_EDENIED)
		up->changed = true;
}

void
fss__cs_conn_lost(struct fss__cs *s, unsigned conn, int reason,
    int64_t now_us, struct fss__cs_update *up)
{
	struct fss__cs_conn *c = &s->lines->conn[conn];

	if (s->state == FSS__CS_REFUSED || c->state == CONN_OFF ||
	    c->state == CONN_WAIT)
		return;
	up->shut |= UINT32_C(1) << conn;
	up->open &= ~(UINT32_C(1) << conn);
	/* A spare one is made anew where there is something for it. */
	c->state = fss__cs_spare(s->lines, conn) ? CONN_OFF : CONN_WAIT;
	c->at_us = now_us + fss__cs_backoff_us(s, c->fails);
	if (c->fails < 16)
		c->fails++;
	if (conn == FSS__CS_CONTROL) {
		s->lines->rtt_us = 0;
		explain(s, reason, up);
		fss__cs_persons_line(s->lines, true, now_us, up);
		fss__cs_end(s, FSS__CS_DOWN, up);
		return;
	}
	if (s->flies[conn] > 0)
		fss__cs_rehello(s, now_us, up);
	fss__cs_persons_bulk(s->lines, conn, now_us, up);
}

/* A session is to be asked for over the connection that stands. */
void
fss__cs_hello_at(struct fss__cs *s, int64_t now_us)
{
	s->state = FSS__CS_HELLO;
	fss__cs_hello_set(s, 0);
	s->hello_at_us = now_us;
	s->rx_us = s->tx_us = now_us;
}

static void
conn_up(struct fss__cs *s, unsigned conn, int64_t now_us,
    struct fss__cs_update *up)
{
	if (s->lines->conn[conn].state != CONN_OPENING)
		return;
	s->lines->conn[conn].state = CONN_UP;
	s->lines->conn[conn].at_us = fss__cs_spare(s->lines, conn) ?
	    now_us + FSS__CS_REST_US : INT64_MAX;
	if (conn != FSS__CS_CONTROL)
		return;
	s->lines->hostkey_fails = 0;
	s->lines->rx_us = now_us;
	fss__cs_hello_at(s, now_us);
	fss__cs_changed(s, up);
	fss__cs_persons_line(s->lines, false, now_us, up);
}

/* ---- time ------------------------------------------------------------- */

static void
tick(struct fss__cs *s, int64_t now_us, struct fss__cs_update *up)
{
	struct fss__cs_conn *c;
	unsigned i;

	for (i = 0; i < s->lines->nconns; i++) {
		c = &s->lines->conn[i];
		if (c->state == CONN_WAIT && c->at_us <= now_us)
			open_conn(s, i, now_us, up);
		else if (c->state == CONN_OPENING && c->at_us <= now_us)
			fss__cs_conn_lost(s, i, FSS_EUNREACH, now_us, up);
		else if (c->state == CONN_UP && c->at_us <= now_us)
			fss__cs_rest(s->lines, i, now_us, up);
	}
	if (s->state == FSS__CS_HELLO && s->hello_req != 0 &&
	    now_us >= s->hello_at_us) {
		fss__cs_conn_lost(s, FSS__CS_CONTROL, FSS_ETIMEDOUT, now_us,
		    up);
	} else if (s->state == FSS__CS_READY) {
		if (now_us - s->tx_us >= s->ping_us)
			s->ping_due = true;
		if (now_us - s->lines->rx_us >= 2 * s->ping_us)
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

	for (i = 0; i < s->lines->nconns; i++)
		if (s->lines->conn[i].state != CONN_OFF)
			at = earlier(at, s->lines->conn[i].at_us);
	if (s->state == FSS__CS_HELLO)
		at = earlier(at, s->hello_at_us);
	if (s->state == FSS__CS_READY) {
		if (!s->ping_due)
			at = earlier(at, s->tx_us + s->ping_us);
		at = earlier(at, s->lines->rx_us + 2 * s->ping_us);
	}
	return earlier(at, fss__cs_persons_deadline(s->lines));
}

/* Bulk connections are made when something is to go over them. */
static void
want_bulk(struct fss__cs *s, int64_t now_us, struct fss__cs_update *up)
{
	if (s->lines->expected > 0)
		fss__cs_want_expected(s->lines, now_us, up);
	if (s->state != FSS__CS_READY ||
	    (s->queue[CS_LANE_GET].count == 0 &&
	    s->queue[CS_LANE_PUT].count == 0))
		return;
	fss__cs_want_lanes(s->lines, fss__cs_content(s), now_us, up);
}

/*
 * A message: to whom it concerns.  One that cannot be read, but for its number,
 * ends the request of that number; without one it is passed over, and is no
 * sign of the hub: a line over which nothing else comes is cut by its time.
 */
static void
take_frame(struct fss__cs *s, const struct fss__cs_event *ev,
    struct fss__cs_update *up)
{
	const struct fss__frame *f = ev->header;
	struct fss__header h;
	struct fss__cs *who;
	bool whole;
	int r = 0;

	whole = !ev->cut && fss__header_decode(f->data, f->len, &h) == 0;
	if (whole)
		s->lines->rx_us = ev->now_us;
	else if (fss__header_glean(f->data, f->len, &h) < FSS__GLEANED_REQ ||
	    h.req == 0)
		return;
	who = fss__cs_whose(s->lines, &h);
	if (who != NULL) {
		r = whole ? fss__cs_take_frame(who, &h, ev, up) :
		    fss__cs_take_spoilt(who, &h, ev, up);
		if (who->number != 0)
			fss__cs_person_stirred(who, ev->now_us, up);
	} else if (h.type == FSS__MSG_HELLO + FSS__ANSWER &&
	    h.session.n == FSS__SESSION_BYTES) {
		fss__cs_bye_later(s->lines, h.session.p);
	}
	if (r != 0)
		fss__cs_conn_lost(s, ev->conn, FSS_EPROTO, ev->now_us, up);
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
	case FSS__CS_REACHED:
		if (ev->conn == FSS__CS_CONTROL)
			fss__cs_reached(s->lines, ev->rtt_us);
		break;
	case FSS__CS_UP:
		conn_up(s, ev->conn, ev->now_us, up);
		break;
	case FSS__CS_LOST:
		fss__cs_conn_lost(s, ev->conn, ev->reason, ev->now_us, up);
		break;
	case FSS__CS_FRAME:
		if (s->lines->conn[ev->conn].state == CONN_UP)
			take_frame(s, ev, up);
		break;
	case FSS__CS_TICK:
		tick(s, ev->now_us, up);
		fss__cs_persons_tick(s->lines, ev->now_us, up);
		break;
	case FSS__CS_REQUEST:
		r = fss__cs_req_new(s, ev->request);
		if (r == 0 && s->number != 0 && s->state == FSS__CS_REFUSED)
			fss__cs_refuse(s, up);
		break;
	case FSS__CS_CANCEL:
		fss__cs_req_cancel(s, ev->req);
		break;
	}
	if (s->number != 0)
		fss__cs_person_stirred(s, ev->now_us, up);
	else
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
	m.agent = fss__slice_str(s->lines->agent);
	if (s->token[0] != '\0') {
		m.has |= FSS__K_hello_token;
		m.token = fss__slice_str(s->token);
	} else if (s->nobody) {
		m.has |= FSS__K_hello_nobody;
		m.nobody = true;
	}
	if (s->address[0] != '\0') {
		m.has |= FSS__K_hello_address;
		m.address = fss__slice_str(s->address);
	}
	s->offered_own = FSS__MSG_HELLO;
	return fss__cs_encode(FSS__MSG_HELLO,
	    fss__cs_id(s, fss__cs_serial_after(s->serial), 0),
	    s->has_session ? s->session : NULL, &fss__r_hello, &m, ret_header);
}

static int
offer_own(struct fss__cs *s, struct fss__frame **ret_header)
{
	uint64_t id = fss__cs_id(s, fss__cs_serial_after(s->serial), 0);
	struct fss__m_credit credit;
	struct fss__m_empty empty;

	if (s->ping_due) {
		memset(&empty, 0, sizeof(empty));
		s->offered_own = FSS__MSG_PING;
		return fss__cs_encode(FSS__MSG_PING, id, s->session,
		    &fss__r_empty, &empty, ret_header);
	}
	memset(&credit, 0, sizeof(credit));
	credit.has = FSS__K_credit_received;
	credit.received = s->offered_received = s->received;
	s->offered_own = FSS__MSG_CREDIT;
	return fss__cs_encode(FSS__MSG_CREDIT, id, s->session, &fss__r_credit,
	    &credit, ret_header);
}

int
fss__cs_offer(struct fss__cs *s, unsigned conn, int64_t now_us,
    struct fss__frame **ret_header, struct fss__frame **ret_payload)
{
	struct fss__cs_req *req;
	int r;

	s->offered = NULL;
	s->offered_own = 0;
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
	s->offered = req;
	s->offered_received = s->received;
	return 1;
}

int
fss__cs_next_send(struct fss__cs *s, unsigned conn, int64_t now_us,
    struct fss__frame **ret_header, struct fss__frame **ret_payload)
{
	struct fss__cs_lines *ln = s->lines;
	int i, r = 0;

	*ret_header = *ret_payload = NULL;
	ln->offering[conn] = NULL;
	if (ln->conn[conn].state != CONN_UP)
		return 0;
	/* Turns: the main session, one of the persons, and so on. */
	for (i = 0; i < 2 && r == 0; i++) {
		if (ln->main_last == (i == 0)) {
			r = fss__cs_persons_send(ln, conn, now_us,
			    ret_header, ret_payload);
			continue;
		}
		r = fss__cs_offer(s, conn, now_us, ret_header, ret_payload);
		if (r == 1)
			ln->offering[conn] = s;
	}
	return r;
}

static void
sent(struct fss__cs *s, unsigned conn, int64_t now_us)
{
	struct fss__cs_req *req = s->offered;

	s->tx_us = now_us;
	if (req != NULL) {
		if (req->type == FSS__MSG_GET)
			s->reported = s->offered_received;
		fss__cs_req_sent(s, req, conn);
	} else if (s->offered_own != 0) {
		s->serial = fss__cs_serial_after(s->serial);
	}
	if (s->offered_own == FSS__MSG_HELLO) {
		fss__cs_hello_set(s, fss__cs_id(s, s->serial, 0));
		s->hello_at_us = now_us + HELLO_US;
	} else if (s->offered_own == FSS__MSG_PING) {
		s->ping_due = false;
	} else if (s->offered_own == FSS__MSG_CREDIT) {
		s->reported = s->offered_received;
	}
	s->offered = NULL;
	s->offered_own = 0;
}

void
fss__cs_sent(struct fss__cs *s, unsigned conn, int64_t now_us)
{
	struct fss__cs_lines *ln = s->lines;
	struct fss__cs *who = ln->offering[conn];

	ln->offering[conn] = NULL;
	if (who != NULL)
		sent(who, conn, now_us);
	ln->main_last = who == s;
	if (who != s)
		fss__cs_persons_sent(ln, who, conn, now_us);
}

int
fss__cs_bye(const struct fss__cs *s, struct fss__frame **ret_header)
{
	struct fss__m_empty empty;
	int r;

	*ret_header = NULL;
	if (s->state != FSS__CS_READY ||
	    s->lines->conn[FSS__CS_CONTROL].state != CONN_UP)
		return 0;
	memset(&empty, 0, sizeof(empty));
	r = fss__cs_encode(FSS__MSG_BYE,
	    fss__cs_id(s, fss__cs_serial_after(s->serial), 0), s->session, &fss__r_empty, &empty, ret_header);
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
	return s->err.code != 0 ? &s->err : &s->lines->main->err;
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
	return s->used - s->over;
}
