/*
 * From a message to a job.
 *
 * For each message: envelope, version, type, session, right, limits, fields,
 * credit, in this order, cheapest and least trusting first; nothing is
 * allocated for a message that is refused but its answer.  Errors that a
 * peer without a session causes are answered too, so that a client of another
 * version learns why.
 *
 * Left to others: what a request means (hub_account.c and others), and what
 * becomes of the job (hub.c).
 */
#include <string.h>

#include "base/network.h"
#include "base/num.h"
#include "proto/hub_internal.h"

struct incoming {
	struct fss__hub_event	*ev;
	struct fss__header	 h;
	const struct fss__message *message;
	struct fss__session	*session;
};

static bool
may(const struct fss__session *s, unsigned needs)
{
	if (needs == FSS__NEEDS_NONE)
		return true;
	if (s == NULL || s->who.account == 0)
		return false;
	return needs == FSS__NEEDS_USER || s->who.role >= FSS_ROLE_OPERATOR;
}

/* Log-ins and the like: how many, how often, how many at once. */
static int
admit_rated(struct fss__hub *hub, struct fss__job *job,
    struct fss__slice from, uint32_t *ret_retry_ms)
{
	struct fss__slice name;

	if (hub->kdf_queued >= FSS__KDF_QUEUE) {
		*ret_retry_ms = 1000;
		return FSS_EOVERLOAD;
	}
	if (job->message->type == FSS__MSG_PASSWD) {
		*ret_retry_ms = fss__rates_passwd(hub->rates,
		    job->who.account, hub->now_us);
		return *ret_retry_ms != 0 ? FSS_ERATE : 0;
	}
	name = job->message->type == FSS__MSG_LOGIN ? job->m.LOGIN.name :
	    job->m.REGISTER.name;
	*ret_retry_ms = fss__rates_take(hub->rates, name, from,
	    hub->now_us);
	return *ret_retry_ms != 0 ? FSS_ERATE : 0;
}

/*
 * Requests that are opened, and what else their askers or those who look at
 * them change at will, and hiding and showing, each a transaction and news to
 * everybody: how often.  A yes and a no answer somebody, so there are no more
 * of them than of what was opened.
 */
static uint32_t
admit_requests(struct fss__hub *hub, const struct fss__job *job)
{
	const struct fss__m_decide *m = &job->m.DECIDE;
	int64_t account = job->who.account;
	unsigned n;

	switch (job->message->type) {
	case FSS__MSG_ASK:
		return fss__rates_ask(hub->rates, account, 1, hub->now_us);
	case FSS__MSG_RULE_SET:
	case FSS__MSG_PRESENCE:
		return fss__rates_change(hub->rates, account, 1, hub->now_us);
	case FSS__MSG_DECIDE:
		n = (unsigned)fss__min_u64(m->ids.n / 8, FSS__MAX_LIST_ROWS);
		if (m->event == FSS_REQUEST_RETRY)
			return fss__rates_ask(hub->rates, account, n,
			    hub->now_us);
		if (m->event == FSS_REQUEST_CANCEL ||
		    m->event == FSS_REQUEST_SEE)
			return fss__rates_change(hub->rates, account, n,
			    hub->now_us);
		return 0;
	default:
		return 0;
	}
}

/* What the session must have for a message: leave to ask, a lease, credit. */
static int
admit(struct fss__hub *hub, struct fss__session *s, struct fss__job *job,
    uint32_t *ret_retry_ms)
{
	int r;

	*ret_retry_ms = admit_requests(hub, job);
	if (*ret_retry_ms != 0)
		return FSS_ERATE;
	r = fss__hub_work_admit(hub, s, job);
	if (r == 0 && (job->handler->flags & FSS__H_PAYLOAD))
		r = fss__hub_put_admit(hub, s, job);
	return r;
}

/* Makes the job of a message that passed all checks of the envelope. */
static int
accept_request(struct fss__hub *hub, struct incoming *in, char *detail,
    uint32_t *ret_retry_ms)
{
	const struct fss__handler *handler;
	struct fss__session *s = in->session;
	struct fss__job *job;
	const char *why = NULL;
	char network[FSS__NETWORK];
	struct fss__slice from;
	int r;

	handler = fss__handler_find(in->message->type);
	if (handler == NULL)
		return FSS_ETYPE;
	if (in->ev->payload != NULL && !(handler->flags & FSS__H_PAYLOAD)) {
		(void)fss__fmt(detail, FSS__DETAIL, "%s takes no payload",
		    in->message->name);
		return FSS_EPROTO;
	}
	job = fss__job_new();
	if (job == NULL)
		return FSS_ENOMEM;
	job->handler = handler;
	job->message = in->message;
	job->route = in->ev->route;
	job->req = in->h.req;
	from = fss__network(in->ev->address, network);
	job->from = fss__tally_whose(hub->sessions.tallies,
	    FSS__TALLY_ADDRESS, from.p, from.n);
	memcpy(job->key, in->ev->key, sizeof(job->key));
	if (s != NULL) {
		job->serial = s->serial;
		memcpy(job->session, s->id, sizeof(job->session));
		job->who = s->who;
	}
	r = fss__fields_decode(in->h.fields, in->message->request, &job->m,
	    &why);
	if (r != 0) {
		(void)fss__fmt(detail, FSS__DETAIL, "%s: %s",
		    in->message->name, why != NULL ? why : "malformed");
		fss__job_free(job);
		return r;
	}
	job->header = in->ev->header;
	in->ev->header = NULL;
	job->payload = in->ev->payload;
	in->ev->payload = NULL;
	job->header_bytes = job->header->len;
	if (handler->flags & FSS__H_RATED) {
		r = admit_rated(hub, job, from, ret_retry_ms);
	} else {
		r = admit(hub, s, job, ret_retry_ms);
	}
	if (r != 0) {
		fss__job_free(job);
		return r;
	}
	hub->sessions.headers += job->header_bytes;
	if (s != NULL) {
		s->pending++;
		s->headers += job->header_bytes;
	}
	if (in->message->type == FSS__MSG_GET)
		fss__hub_get_admit(hub, s, job);
	else
		fss__hub_queue(hub, job);
	return 0;
}

static int
take_events(struct fss__hub *hub, struct incoming *in, char *detail,
    uint32_t *ret_retry_ms)
{
	struct fss__m_events m;
	const char *why = NULL;
	int r;

	r = fss__fields_decode(in->h.fields, &fss__r_events, &m, &why);
	if (r != 0) {
		(void)fss__fmt(detail, FSS__DETAIL, "EVENTS: %s",
		    why != NULL ? why : "malformed");
		return r;
	}
	if (!(m.has & FSS__K_events_wait) || !m.wait ||
	    ((m.has & FSS__K_events_epoch) &&
	    fss__ring_last(hub->events.ring) > FSS__MAX_LIST_ROWS &&
	    m.after < fss__ring_last(hub->events.ring) - FSS__MAX_LIST_ROWS)) {
		*ret_retry_ms = fss__rates_events(hub->rates,
		    in->session->who.account, hub->now_us);
		if (*ret_retry_ms != 0)
			return FSS_ERATE;
	}
	return fss__hub_events_ask(hub, in->session, in->ev->route, in->h.req,
	    &m);
}

/* Whether what came shows that a person is there. */
static bool
acts(unsigned type)
{
	return type != FSS__MSG_PING && type != FSS__MSG_CREDIT &&
	    type != FSS__MSG_EVENTS;
}

/* Messages that need no job. 1: dealt with; 0: not one of them. */
static int
answer_at_once(struct fss__hub *hub, struct incoming *in)
{
	struct fss__session *s = in->session;
	struct fss__m_credit credit;
	struct fss__m_empty empty;
	struct fss__buf b;
	int r;

	switch (in->message->type) {
	case FSS__MSG_PING:
		memset(&empty, 0, sizeof(empty));
		fss__buf_init(&b, FSS__MAX_HEADER);
		r = fss__message_encode(&b, FSS__MSG_PING + FSS__ANSWER,
		    in->h.req, NULL, &fss__r_empty, &empty);
		if (r == 0)
			r = fss__hub_send(hub, in->ev->route, s, &b, NULL);
		fss__buf_release(&b);
		hub->stats.requests++;
		return r == 0 ? 1 : r;
	case FSS__MSG_CREDIT:
		if (fss__fields_decode(in->h.fields, &fss__r_credit, &credit,
		    NULL) == 0)
			fss__hub_get_credit(hub, s, credit.received);
		return 1;
	case FSS__MSG_BYE:
		if (s != NULL)
			fss__hub_remove_session(hub, s);
		return 1;
	default:
		return 0;
	}
}

static void
heard(struct fss__hub *hub, struct fss__session *s, unsigned type)
{
	fss__sessions_touch(&hub->sessions, s, hub->now_us);
	fss__presence_touch(hub->presence, &s->presence, acts(type),
	    hub->now_us);
}

/*
 * Whether requests take so much memory that one of @n bytes more is refused.
 * Some wait for as long as their client likes, so nobody may have all of it:
 * where half is taken, an account has a share.
 */
static bool
too_much_held(const struct fss__hub *hub, const struct fss__session *s,
    size_t n)
{
	uint64_t all = hub->sessions.headers + n, most = hub->cfg.max_headers;
	uint64_t share = most / 16;

	if (all > most)
		return true;
	/* One of any size may always be asked by a session. */
	if (s == NULL || s->pending == 0)
		return false;
	if (s->headers + n > FSS__MAX_HEADERS)
		return true;
	if (share < FSS__MAX_HEADERS)
		share = FSS__MAX_HEADERS;
	return all > most / 2 &&
	    fss__sessions_headers(&hub->sessions, s) + n > share;
}

static int
take_message(struct fss__hub *hub, struct incoming *in, char *detail,
    uint32_t *ret_retry_ms)
{
	struct fss__hub_event *ev = in->ev;
	struct fss__session *s;
	int r;

	if (ev->header->len > FSS__MAX_HEADER ||
	    (ev->payload != NULL && ev->payload->len > FSS__MAX_PAYLOAD))
		return FSS_ETOOBIG;
	r = fss__header_decode(ev->header->data, ev->header->len, &in->h);
	if (r != 0)
		return r;
	if (in->h.version != FSS__MAX_VERSION) {
		(void)fss__fmt(detail, FSS__DETAIL,
		    "version %u is not spoken here", in->h.version);
		return FSS_EVERSION;
	}
	in->message = fss__message_find(in->h.type);
	if (in->message == NULL) {
		(void)fss__fmt(detail, FSS__DETAIL,
		    "message type %u is not known here", in->h.type);
		return FSS_ETYPE;
	}
	s = fss__sessions_find(&hub->sessions, in->h.session, ev->key);
	if (in->message->type == FSS__MSG_HELLO) {
		/* A client that starts anew gives the session it had. */
		if (s != NULL)
			fss__hub_remove_session(hub, s);
		s = NULL;
	} else if (s == NULL && in->message->type != FSS__MSG_BYE) {
		return FSS_ESESSION;
	}
	in->session = s;
	ev->logged_in = s != NULL && s->who.account != 0;
	if (ev->logged_in) {
		ev->line.serial = s->serial;
		ev->line.route = ev->route;
		memcpy(ev->line.session, s->id, sizeof(ev->line.session));
	}
	if (s != NULL)
		heard(hub, s, in->message->type);
	if (!may(s, in->message->needs))
		return s == NULL || s->who.account == 0 ? FSS_EAUTH :
		    FSS_EDENIED;
	r = answer_at_once(hub, in);
	if (r != 0)
		return r == 1 ? 0 : r;
	if (hub->draining) {
		*ret_retry_ms = 1000;
		(void)fss__fmt(detail, FSS__DETAIL, "the hub is stopping");
		return FSS_EOVERLOAD;
	}
	if (s != NULL && s->pending >= FSS__MAX_REQUESTS) {
		*ret_retry_ms = 100;
		(void)fss__fmt(detail, FSS__DETAIL,
		    "more than %d unanswered requests", FSS__MAX_REQUESTS);
		return FSS_EOVERLOAD;
	}
	if (too_much_held(hub, s, ev->header->len)) {
		*ret_retry_ms = 200;
		(void)fss__fmt(detail, FSS__DETAIL,
		    "unanswered requests take too much memory");
		return FSS_EOVERLOAD;
	}
	if (ev->unsent > FSS__MAX_UNSENT) {
		*ret_retry_ms = 500;
		(void)fss__fmt(detail, FSS__DETAIL,
		    "answers to earlier requests are not taken");
		return FSS_EOVERLOAD;
	}
	/* Whether it is anybody known is seen later, in hello_finish(). */
	if (in->message->type == FSS__MSG_HELLO &&
	    (hub->sessions.count + hub->hellos >= hub->cfg.max_sessions ||
	    hub->hellos >= hub->cfg.max_anonymous)) {
		*ret_retry_ms = 2000;
		(void)fss__fmt(detail, FSS__DETAIL, "too many sessions");
		return FSS_EOVERLOAD;
	}
	if (in->message->type == FSS__MSG_EVENTS)
		return take_events(hub, in, detail, ret_retry_ms);
	return accept_request(hub, in, detail, ret_retry_ms);
}

int
fss__hub_message(struct fss__hub *hub, struct fss__hub_event *ev)
{
	struct incoming in;
	char detail[FSS__DETAIL] = "";
	uint32_t retry_ms = 0;
	int r;

	memset(&in, 0, sizeof(in));
	in.ev = ev;
	if (ev->payload != NULL)
		hub->stats.bytes_in += ev->payload->len;
	r = take_message(hub, &in, detail, &retry_ms);
	/* An error answer to an answer or an error would invite a loop. */
	if (r != 0 && r != FSS_ENOMEM && in.h.type < FSS__ANSWER)
		r = fss__hub_send_error(hub, ev->route, in.session, in.h.req, r,
		    detail, retry_ms);
	else if (r != FSS_ENOMEM)
		r = 0;
	if (r != 0 && in.session != NULL)
		fss__hub_lose_session(hub, in.session);
	fss__frame_unref(ev->header);
	fss__frame_unref(ev->payload);
	ev->header = NULL;
	ev->payload = NULL;
	return r;
}
