/*
 * The hub machine: from a message to a job, from a job to an answer.
 *
 * For each message: envelope, version, type, session, right, limits, fields,
 * credit, in this order, cheapest and least trusting first; nothing is
 * allocated for a message that is refused but its answer.  Errors that a
 * peer without a session causes are answered too, so that a client of another
 * version learns why.
 *
 * Left to others: what a request means (hub_account.c, hub_entry.c,
 * hub_content.c), sockets and threads (server/).
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "proto/hub_internal.h"
#include "wire/text.h"

#define US_PER_MS	INT64_C(1000)
#define TICK_US		INT64_C(1000000)

void
fss__hub_update_init(struct fss__hub_update *up)
{
	up->outs = NULL;
	up->outs_tail = &up->outs;
	up->jobs = NULL;
	up->jobs_tail = &up->jobs;
}

void
fss__out_free(struct fss__out *out)
{
	if (out == NULL)
		return;
	fss__frame_unref(out->header);
	fss__frame_unref(out->payload);
	fss__free(out);
}

void
fss__hub_update_release(struct fss__hub_update *up)
{
	struct fss__out *out;
	struct fss__job *job;

	while ((out = up->outs) != NULL) {
		up->outs = out->next;
		fss__out_free(out);
	}
	while ((job = up->jobs) != NULL) {
		up->jobs = job->next;
		fss__job_free(job);
	}
	fss__hub_update_init(up);
}

int
fss__hub_new(const struct fss__hub_config *cfg, struct fss__hub **ret_hub)
{
	struct fss__hub *hub;
	int r;

	*ret_hub = NULL;
	r = fss__crypto_init();
	if (r != 0)
		return r;
	hub = fss__zalloc(sizeof(*hub));
	if (hub == NULL)
		return FSS_ENOMEM;
	hub->cfg = *cfg;
	r = fss__sessions_init(&hub->sessions);
	if (r == 0)
		r = fss__rates_new(&hub->rates);
	if (r != 0) {
		fss__hub_free(hub);
		return r;
	}
	*ret_hub = hub;
	return 0;
}

void
fss__hub_free(struct fss__hub *hub)
{
	if (hub == NULL)
		return;
	fss__sessions_release(&hub->sessions);
	fss__rates_free(hub->rates);
	fss__free(hub);
}

void
fss__hub_set_registration(struct fss__hub *hub, int registration)
{
	hub->cfg.registration = registration;
}

void
fss__hub_drain(struct fss__hub *hub)
{
	hub->draining = true;
}

void
fss__hub_stats(const struct fss__hub *hub, struct fss__hub_stats *ret)
{
	*ret = hub->stats;
	ret->sessions = hub->sessions.count;
}

int64_t
fss__hub_deadline(const struct fss__hub *hub)
{
	/* Leases are long; looking at the oldest once a second is exact enough. */
	return hub->sessions.oldest != NULL ?
	    hub->now_us + TICK_US : INT64_MAX;
}

static void
drop_buffer(void *ctx, uint8_t *data)
{
	(void)ctx;
	fss__free(data);
}

/*
 * Sends the buffer's bytes as a header frame and leaves it empty; @payload is
 * taken over, also where it fails.  @s: whose session hangs on it, or NULL.
 */
static int
send_buf(struct fss__hub *hub, uint32_t route, const struct fss__session *s,
    struct fss__buf *b, struct fss__frame *payload)
{
	struct fss__frame *f;
	struct fss__out *out;
	uint8_t *data;
	size_t n;

	out = fss__zalloc(sizeof(*out));
	data = fss__buf_take(b, &n);
	f = data == NULL ? NULL : fss__frame_wrap(data, n, drop_buffer, NULL);
	if (out == NULL || f == NULL) {
		if (f == NULL)
			fss__free(data);
		fss__frame_unref(f);
		fss__frame_unref(payload);
		fss__free(out);
		return FSS_ENOMEM;
	}
	out->route = route;
	out->header = f;
	out->payload = payload;
	if (s != NULL) {
		out->serial = s->serial;
		memcpy(out->session, s->id, sizeof(out->session));
	}
	*hub->up->outs_tail = out;
	hub->up->outs_tail = &out->next;
	if (payload != NULL)
		hub->stats.bytes_out += payload->len;
	return 0;
}

static int
send_error(struct fss__hub *hub, uint32_t route, const struct fss__session *s,
    uint64_t req, int err, const char *detail, uint32_t retry_ms)
{
	struct fss__m_error m;
	struct fss__buf b;
	int r;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_error_code;
	m.code = (uint64_t)-err;
	if (detail != NULL && detail[0] != '\0') {
		m.has |= FSS__K_error_detail;
		m.detail = fss__text_clip(fss__slice_str(detail),
		    FSS__MAX_DETAIL);
	}
	if (retry_ms != 0) {
		m.has |= FSS__K_error_retry_ms;
		m.retry_ms = retry_ms;
	}
	if (err == FSS_EVERSION) {
		m.has |= FSS__K_error_min_version | FSS__K_error_max_version;
		m.min_version = FSS__MAX_VERSION;
		m.max_version = FSS__MAX_VERSION;
	}
	hub->stats.errors++;
	hub->stats.requests++;
	fss__buf_init(&b, FSS__MAX_HEADER);
	r = fss__message_encode(&b, FSS__MSG_ERROR, req, NULL, &fss__r_error,
	    &m);
	if (r == 0)
		r = send_buf(hub, route, s, &b, NULL);
	fss__buf_release(&b);
	return r;
}

/* Number 0: it answers nothing in particular. */
static void
lose(struct fss__hub *hub, struct fss__session *s)
{
	uint32_t route = s->route;

	fss__sessions_remove(&hub->sessions, s);
	(void)send_error(hub, route, NULL, 0, FSS_ESESSION,
	    "a message was lost for lack of memory", 0);
}

int
fss__hub_answer(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__frame *payload = job->out_payload;
	struct fss__session *s;

	s = fss__sessions_of_job(&hub->sessions, job);
	if (job->err.code != 0)
		return send_error(hub, job->route, s, job->req,
		    job->err.code, job->err.detail, job->retry_ms);
	job->out_payload = NULL;
	hub->stats.requests++;
	return send_buf(hub, job->route, s, &job->out, payload);
}

void
fss__hub_queue(struct fss__hub *hub, struct fss__job *job)
{
	job->next = NULL;
	job->changes = hub->changes;
	*hub->up->jobs_tail = job;
	hub->up->jobs_tail = &job->next;
	hub->stats.under_way++;
	if (job->handler->flags & FSS__H_RATED)
		hub->kdf_queued++;
	if (job->message->type == FSS__MSG_HELLO)
		hub->hellos++;
}

void
fss__hub_end_sessions(struct fss__hub *hub, int64_t account, int64_t device,
    const struct fss__session *keep)
{
	struct fss__session *s, *next;

	hub->changes++;
	for (s = hub->sessions.oldest; s != NULL; s = next) {
		next = s->newer;
		if (s == keep || s->who.account == 0)
			continue;
		if ((account != 0 && s->who.account == account) ||
		    (device != 0 && s->who.device == device))
			fss__sessions_remove(&hub->sessions, s);
	}
}

void
fss__hub_end_key(struct fss__hub *hub, const uint8_t key[FSS__KEY_BYTES],
    int64_t device, const struct fss__session *keep)
{
	struct fss__session *s, *next;

	hub->changes++;
	for (s = hub->sessions.oldest; s != NULL; s = next) {
		next = s->newer;
		if (s != keep && s->who.account != 0 &&
		    s->who.device != device &&
		    memcmp(s->key, key, sizeof(s->key)) == 0)
			fss__sessions_remove(&hub->sessions, s);
	}
}

/* ---- messages --------------------------------------------------------- */

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
admit_rated(struct fss__hub *hub, struct fss__job *job, const char *address,
    uint32_t *ret_retry_ms)
{
	struct fss__slice name;

	if (hub->kdf_queued >= FSS__KDF_QUEUE) {
		*ret_retry_ms = 1000;
		return FSS_EOVERLOAD;
	}
	if (job->message->type == FSS__MSG_LOGIN)
		name = job->m.LOGIN.name;
	else if (job->message->type == FSS__MSG_REGISTER)
		name = job->m.REGISTER.name;
	else
		name = fss__slice_str(job->who.name);
	*ret_retry_ms = fss__rates_take(hub->rates, name,
	    fss__slice_str(address), hub->now_us);
	return *ret_retry_ms != 0 ? FSS_ERATE : 0;
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
	job->from = fss__tally_whose(hub->sessions.tallies,
	    FSS__TALLY_ADDRESS, in->ev->address, strlen(in->ev->address));
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
		r = admit_rated(hub, job, in->ev->address, ret_retry_ms);
	} else if (in->message->type == FSS__MSG_PUT) {
		r = fss__hub_put_admit(hub, s, job);
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
			r = send_buf(hub, in->ev->route, s, &b, NULL);
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
			fss__sessions_remove(&hub->sessions, s);
		return 1;
	default:
		return 0;
	}
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
			fss__sessions_remove(&hub->sessions, s);
		s = NULL;
	} else if (s == NULL && in->message->type != FSS__MSG_BYE) {
		return FSS_ESESSION;
	}
	in->session = s;
	ev->logged_in = s != NULL && s->who.account != 0;
	if (s != NULL)
		fss__sessions_touch(&hub->sessions, s, hub->now_us);
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
	return accept_request(hub, in, detail, ret_retry_ms);
}

static int
step_frame(struct fss__hub *hub, struct fss__hub_event *ev)
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
		r = send_error(hub, ev->route, in.session, in.h.req, r,
		    detail, retry_ms);
	else if (r != FSS_ENOMEM)
		r = 0;
	if (r != 0 && in.session != NULL)
		lose(hub, in.session);
	fss__frame_unref(ev->header);
	fss__frame_unref(ev->payload);
	ev->header = NULL;
	ev->payload = NULL;
	return r;
}

/*
 * HELLO reads who the device belongs to; a device or account that lost its
 * rights after that read must not come in by it.  So it reads again.
 */
static bool
outdated(const struct fss__hub *hub, const struct fss__job *job)
{
	return job->message->type == FSS__MSG_HELLO && job->err.code == 0 &&
	    job->found.account != 0 && job->changes != hub->changes;
}

static void
step_job(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;
	int r = 0;

	hub->stats.under_way--;
	if (job->handler->flags & FSS__H_RATED)
		hub->kdf_queued--;
	if (job->message->type == FSS__MSG_HELLO)
		hub->hellos--;
	if (outdated(hub, job)) {
		job->stage = 0;
		memset(&job->found, 0, sizeof(job->found));
		fss__hub_queue(hub, job);
		return;
	}
	hub->sessions.headers -= job->header_bytes;
	s = fss__sessions_of_job(&hub->sessions, job);
	if (s != NULL) {
		s->pending--;
		s->headers -= job->header_bytes;
	}
	if (job->handler->finish != NULL)
		job->handler->finish(hub, job);
	/*
	 * Rights may have been taken away meanwhile: what a session that has
	 * ended asked for is not told.  (HELLO has none yet.)
	 */
	s = fss__sessions_of_job(&hub->sessions, job);
	if (job->message->type == FSS__MSG_HELLO || s != NULL)
		r = fss__hub_answer(hub, job);
	if (r != 0 && s != NULL)
		lose(hub, s);
	fss__job_free(job);
}

static void
step_unsent(struct fss__hub *hub, const struct fss__out *out)
{
	struct fss__session *s;

	s = fss__sessions_get(&hub->sessions, out->session, out->serial);
	if (s != NULL)
		lose(hub, s);
}

/* Which session it was for nobody knows: any of that key. */
static void
step_lost(struct fss__hub *hub, const uint8_t key[FSS__KEY_BYTES])
{
	struct fss__session *s, *next;

	for (s = hub->sessions.oldest; s != NULL; s = next) {
		next = s->newer;
		if (fss__memeq(s->key, key, sizeof(s->key)))
			lose(hub, s);
	}
}

static void
step_tick(struct fss__hub *hub)
{
	struct fss__session *s, *next;
	int64_t idle;

	for (s = hub->sessions.oldest; s != NULL; s = next) {
		next = s->newer;
		idle = hub->now_us - s->seen_us;
		if (idle < FSS__MAX_ANONYMOUS * US_PER_MS)
			break;
		if (idle >= FSS__MAX_LEASE * US_PER_MS ||
		    (s->who.account == 0 && s->pending == 0))
			fss__sessions_remove(&hub->sessions, s);
	}
	fss__hub_get_resume(hub);
}

int
fss__hub_step(struct fss__hub *hub, struct fss__hub_event *ev,
    struct fss__hub_update *up)
{
	int r = 0;

	if (ev->mono_us > hub->now_us)
		hub->now_us = ev->mono_us;
	hub->up = up;
	hub->unsent = ev->unsent_all;
	switch (ev->type) {
	case FSS__HUB_FRAME:
		r = step_frame(hub, ev);
		break;
	case FSS__HUB_JOB:
		step_job(hub, ev->job);
		ev->job = NULL;
		break;
	case FSS__HUB_TICK:
		step_tick(hub);
		break;
	case FSS__HUB_UNSENT:
		step_unsent(hub, ev->out);
		break;
	case FSS__HUB_LOST:
		step_lost(hub, ev->key);
		break;
	}
	hub->up = NULL;
	return r;
}
