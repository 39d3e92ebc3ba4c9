/*
 * From a message to a job.
 *
 * For each message: envelope, version, type, session, right, limits, fields,
 * credit, in this order, cheapest and least trusting first; nothing is
 * allocated for a message that is refused but its answer.  Errors that a
 * peer without a session causes are answered too, so that a client of another
 * version learns why.  One whose envelope is refused is answered with the
 * number and session that can be read in it: a front end has many people on a
 * line, and only whose message it was is to be kept from what they asked.
 *
 * Left to others: what a request means (hub_account.c and others), and what
 * becomes of the job (hub.c).
 */
#include <string.h>

#include <fss/web.h>

#include "base/num.h"
#include "base/peer.h"
#include "proto/hub_internal.h"

struct incoming {
	struct fss__hub_event	*ev;
	uint8_t			 asked[FSS__SESSION_BYTES];	/* its session */
	bool			 named;		/* it named one */
	struct fss__header	 h;
	const struct fss__message *message;
	struct fss__session	*session;
};

/*
 * Whose request is rated by name.  Those that log somebody in have it in the
 * same place.
 */
static struct fss__slice
rated_name(const struct fss__job *job)
{
	switch (job->message->type) {
	case FSS__MSG_LOGIN:
		return job->m.LOGIN.name;
	case FSS__MSG_REGISTER:
		return job->m.REGISTER.name;
	case FSS__MSG_LOGIN_WEB:
		return job->m.LOGIN_WEB.name;
	case FSS__MSG_REGISTER_WEB:
		return job->m.REGISTER_WEB.name;
	case FSS__MSG_LINK_OPEN:
		return job->m.LINK_OPEN.token;
	default:
		return fss__slice_str(job->who.name);
	}
}

/* All that is rated but a link may be without one. */
static bool
has_password(const struct fss__job *job)
{
	switch (job->message->type) {
	case FSS__MSG_LINK_NEW:
		return (job->m.LINK_NEW.has & FSS__K_link_new_password) != 0;
	case FSS__MSG_LINK_OPEN:
		return (job->m.LINK_OPEN.has & FSS__K_link_open_password) !=
		    0;
	default:
		return true;
	}
}

/* Log-ins and the like: how many, how often, how many at once. */
static int
admit_rated(struct fss__hub *hub, struct fss__job *job,
    uint32_t *ret_retry_ms)
{
	char net[FSS__PEER_NET];

	if (hub->kdf_queued >= FSS__KDF_QUEUE) {
		*ret_retry_ms = 1000;
		return FSS_EOVERLOAD;
	}
	if (job->message->type == FSS__MSG_PASSWD) {
		*ret_retry_ms = fss__rates_passwd(hub->rates,
		    job->who.account, hub->now_us);
		return *ret_retry_ms != 0 ? FSS_ERATE : 0;
	}
	fss__peer_net(job->address, net);
	*ret_retry_ms = fss__rates_take(hub->rates, rated_name(job),
	    fss__slice_str(net), hub->now_us);
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
	case FSS__MSG_LINK_OPEN:
		/* Without a password; by address: below any account's id. */
		return fss__rates_change(hub->rates,
		    -1 - (int64_t)(job->from >> 1), 1, hub->now_us);
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
	if (job->message->type == FSS__MSG_SESSIONS)
		return fss__hub_sessions_note(hub, s, job);
	if (job->message->type == FSS__MSG_SESSION_END)
		return fss__hub_session_end_note(hub, job);
	if (job->message->type == FSS__MSG_STAGES)
		return fss__hub_held_note(hub, job);
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
	int r;

	handler = fss__handler_find(in->message->type);
	if (handler == NULL)
		return FSS_ETYPE;
	job = fss__job_new();
	if (job == NULL)
		return FSS_ENOMEM;
	job->handler = handler;
	job->message = in->message;
	job->route = in->ev->route;
	job->req = in->h.req;
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
	fss__hub_whence(hub, job, s, in->ev->address);
	job->rated = (handler->flags & FSS__H_RATED) && has_password(job);
	if (job->rated) {
		r = admit_rated(hub, job, ret_retry_ms);
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
	if (in->message->type == FSS__MSG_HUB) {
		job->amount = hub->sessions.count;
		job->number = hub->since_us;
	}
	if (in->message->type == FSS__MSG_GET)
		fss__hub_get_admit(hub, s, job);
	else
		fss__hub_queue(hub, job);
	return 0;
}

/*
 * News of files are for who may read, of uploads for who may list them, all
 * others for who deals with people.
 */
static uint64_t
kinds_for(uint32_t scopes)
{
	const uint64_t files = UINT64_C(1) << (FSS_NEWS_FILE - 1);
	const uint64_t uploads = UINT64_C(1) << (FSS_NEWS_UPLOAD - 1);

	return (scopes & FSS_SCOPE_READ ? files : 0) |
	    (scopes & FSS_SCOPE_WRITE ? uploads : 0) |
	    (scopes & FSS_SCOPE_PEOPLE ? ~(files | uploads) : 0);
}

static bool
takes_payload(const struct fss__message *m)
{
	const struct fss__handler *handler = fss__handler_find(m->type);

	return handler != NULL && (handler->flags & FSS__H_PAYLOAD);
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
	m.kinds &= kinds_for(in->session->who.scopes);
	if (m.kinds == 0)
		return FSS_EDENIED;
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

/* Over one connection: over that of a front end there go many people's. */
static uint64_t
most_unsent(const struct fss__hub *hub, const struct fss__session *s)
{
	uint64_t more = hub->cfg.max_unsent / 4;

	return s != NULL && s->front != NULL && more > FSS__MAX_UNSENT ?
	    more : FSS__MAX_UNSENT;
}

/* What is wrong with the frames themselves. */
static int
check_frames(const struct fss__hub_event *ev, char *detail)
{
	if (ev->header->len > FSS__MAX_HEADER) {
		(void)fss__fmt(detail, FSS__DETAIL,
		    "a header of more than %d bytes", FSS__MAX_HEADER);
		return FSS_ETOOBIG;
	}
	if (ev->payload != NULL && ev->payload->len > FSS__MAX_PAYLOAD) {
		(void)fss__fmt(detail, FSS__DETAIL,
		    "a payload of more than %d bytes", FSS__MAX_PAYLOAD);
		return FSS_ETOOBIG;
	}
	if (ev->cut) {
		(void)fss__fmt(detail, FSS__DETAIL, "more than two frames");
		return FSS_EPROTO;
	}
	return 0;
}

/* The envelope, or as much of it as there is. */
static int
take_envelope(struct incoming *in, char *detail)
{
	const struct fss__frame *f = in->ev->header;
	int r;

	r = check_frames(in->ev, detail);
	if (r == 0) {
		r = fss__header_decode(f->data, f->len, &in->h);
		if (r != 0)
			(void)fss__fmt(detail, FSS__DETAIL,
			    "the envelope is malformed");
	}
	if (r != 0)
		(void)fss__header_glean(f->data, f->len, &in->h);
	in->named = in->h.session.n == sizeof(in->asked);
	if (in->named)		/* the frame may go before the answer */
		memcpy(in->asked, in->h.session.p, sizeof(in->asked));
	return r;
}

static int
take_message(struct fss__hub *hub, struct incoming *in, char *detail,
    uint32_t *ret_retry_ms)
{
	struct fss__hub_event *ev = in->ev;
	struct fss__session *s;
	int r;

	r = take_envelope(in, detail);
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
	if (s != NULL && s->who.expires_us != 0 &&
	    s->who.expires_us <= hub->wall_us) {
		fss__hub_end_session(hub, s);
		return in->message->type == FSS__MSG_BYE ? 0 : FSS_ESESSION;
	}
	in->session = s;
	ev->logged_in = s != NULL && s->who.account != 0;
	if (ev->logged_in) {
		ev->line.serial = s->serial;
		ev->line.route = ev->route;
		ev->line.shared = s->person;
		memcpy(ev->line.session, s->id, sizeof(ev->line.session));
	}
	if (s != NULL)
		heard(hub, s, in->message->type);
	if (in->message->needs != FSS__NEEDS_NONE &&
	    (s == NULL || !fss__may_send(&s->who, in->message)))
		return s == NULL || s->who.account == 0 ? FSS_EAUTH :
		    FSS_EDENIED;
	if (ev->payload != NULL && !takes_payload(in->message)) {
		(void)fss__fmt(detail, FSS__DETAIL, "%s takes no payload",
		    in->message->name);
		return FSS_EPROTO;
	}
	r = answer_at_once(hub, in);
	if (r != 0)
		return r == 1 ? 0 : r;
	/*
	 * It would make the key of all who share it one person's; that of a
	 * local socket is of all that its user ever runs.
	 */
	if (s != NULL && (s->person || ev->local) &&
	    (in->message->type == FSS__MSG_LOGIN ||
	    in->message->type == FSS__MSG_REGISTER)) {
		(void)fss__fmt(detail, FSS__DETAIL,
		    "%s is not for who shares a connection or a user: use "
		    "%s_WEB", in->message->name, in->message->name);
		return FSS_EDENIED;
	}
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
	if (ev->unsent > most_unsent(hub, s)) {
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
		r = fss__hub_send_error(hub, ev->route, in.session,
		    in.named ? in.asked : NULL, in.h.req, r, detail,
		    retry_ms);
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
