/*
 * What comes from the hub: WELCOME, answers, errors.
 *
 * The hub is authenticated but not trusted: an answer must be the one to a
 * request that flies, of its type and session; what WELCOME grants is held
 * against our own limits.  An answer that cannot be read ends the request it
 * is to, and no other: many people may share the line.  Where it is WELCOME,
 * HELLO is said again after a while; the connection is given up only where
 * nobody else has a session over it.
 */
#include <string.h>

#include "base/num.h"
#include "chunk/chunker.h"
#include "proto/client_internal.h"

#define US_PER_MS	INT64_C(1000)
#define PING_MIN_MS	100
#define PING_MAX_MS	3600000
#define BUSY_TRIES	10
#define CREDIT_TRIES	1000
#define CREDIT_WAIT_US	(5 * US_PER_MS)
#define ESESSION_TRIES	4

static int
welcome_check(const struct fss__m_welcome *m)
{
	struct fss__chunker c;

	if (m->version != FSS__MAX_VERSION ||
	    m->session.n != FSS__SESSION_BYTES || m->credit == 0 ||
	    m->batch_max == 0 || m->requests_max == 0 ||
	    m->payload_max < m->chunk_max ||
	    !fss__alg_known(m->digest))
		return FSS_EPROTO;
	if (m->account.n > 0 && fss__account_check(m->account) != 0)
		return FSS_EPROTO;
	if (fss__chunker_init(&c, (size_t)m->chunk_min, (size_t)m->chunk_avg,
	    (size_t)m->chunk_max) != 0)
		return FSS_EPROTO;
	return 0;
}

static int
welcome(struct fss__cs *s, const struct fss__header *h, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__m_welcome m;
	struct fss__cs_terms *t = &s->terms;
	uint64_t ping_ms;
	int r;

	r = fss__fields_decode(h->fields, &fss__r_welcome, &m, NULL);
	if (r == 0)
		r = welcome_check(&m);
	if (r != 0)
		return r;
	memcpy(s->session, m.session.p, sizeof(s->session));
	s->has_session = true;
	memset(t, 0, sizeof(*t));
	t->credit = m.credit;
	t->credit_max = fss__max_u64(m.credit, m.credit_max);
	t->chunk_min = (size_t)m.chunk_min;
	t->chunk_avg = (size_t)m.chunk_avg;
	t->chunk_max = (size_t)m.chunk_max;
	t->payload_max = (size_t)m.payload_max;
	t->batch_max = (unsigned)m.batch_max;
	t->requests_max = (unsigned)m.requests_max;
	t->digest = (uint8_t)m.digest;
	t->inbox = (m.has & FSS__K_welcome_inbox) == 0 ? -1 :
	    (int64_t)fss__min_u64(m.inbox, INT64_MAX);
	t->registration = (m.has & FSS__K_welcome_registration) == 0 ? -1 :
	    (int)m.registration;
	(void)fss__slice_copy(m.hub_name, t->hub_name, sizeof(t->hub_name));
	/* Its length was checked: it fits. */
	(void)fss__slice_copy(m.account, t->account, sizeof(t->account));
	ping_ms = fss__max_u64(PING_MIN_MS,
	    fss__min_u64(m.ping_ms, PING_MAX_MS));
	s->ping_us = (int64_t)ping_ms * US_PER_MS;
	s->put_credit = m.credit;
	s->received = s->reported = 0;
	s->credit_step = fss__max_u64(1, fss__min_u64(FSS__MAX_CREDIT_STEP,
	    m.credit / 4));
	fss__cs_hello_set(s, 0);
	s->hello_fails = 0;
	s->lines->conn[FSS__CS_CONTROL].fails = 0;
	s->rx_us = now_us;
	s->epoch++;
	s->state = FSS__CS_READY;
	fss__err_clear(&s->err);
	fss__cs_changed(s, up);
	return 0;
}

static int
known_code(uint64_t code)
{
	/* Numbers of a newer hub are kept: the text says what it was. */
	return code == 0 ? FSS_EPROTO : -(int)code;
}

/* HELLO was answered, but not with a session: again, not before @wait_ms. */
static void
hello_later(struct fss__cs *s, uint64_t wait_ms, int64_t now_us)
{
	int64_t wait_us = fss__cs_backoff_us(s, s->hello_fails);

	fss__cs_hello_set(s, 0);
	if (s->hello_fails < 16)
		s->hello_fails++;
	if ((int64_t)wait_ms * US_PER_MS > wait_us)
		wait_us = (int64_t)wait_ms * US_PER_MS;
	s->hello_at_us = now_us + wait_us;
}

static bool
is_hello(const struct fss__cs *s, const struct fss__header *h)
{
	return s->state == FSS__CS_HELLO && s->hello_req != 0 &&
	    h->req == s->hello_req;
}

/* The answer to HELLO cannot be read, or grants what cannot be. */
static int
hello_spoilt(struct fss__cs *s, const struct fss__header *h, int64_t now_us,
    struct fss__cs_update *up)
{
	if (s->number == 0 && s->lines->persons == 0)
		return FSS_EPROTO;
	/* The hub may have made a session, which is to end. */
	if (h->type == FSS__MSG_HELLO + FSS__ANSWER &&
	    h->session.n == FSS__SESSION_BYTES)
		fss__cs_bye_later(s->lines, h->session.p);
	(void)fss__err_set(&s->err, FSS_EPROTO,
	    "the answer to HELLO is malformed");
	fss__cs_changed(s, up);
	hello_later(s, 0, now_us);
	return 0;
}

/* The answer to @r cannot be read. */
static void
answer_spoilt(struct fss__cs *s, struct fss__cs_req *r, const char *why)
{
	char detail[FSS__MAX_DETAIL + 1];

	/* Both are short. */
	(void)fss__fmt(detail, sizeof(detail), "the answer to %s is %s",
	    fss__message_name(r->type), why);
	fss__cs_req_finish(s, r, FSS_EPROTO, detail);
}

static void
hello_refused(struct fss__cs *s, const struct fss__m_error *m, int64_t now_us,
    struct fss__cs_update *up)
{
	(void)fss__err_set(&s->err, known_code(m->code), "%.*s",
	    (int)m->detail.n, m->detail.n > 0 ? (const char *)m->detail.p : "");
	fss__cs_changed(s, up);
	if (s->err.code == FSS_EVERSION) {
		if (m->has & FSS__K_error_max_version)
			(void)fss__err_set(&s->err, FSS_EVERSION,
			    "the hub speaks versions %u to %u, we speak %d",
			    (unsigned)m->min_version, (unsigned)m->max_version,
			    FSS__MAX_VERSION);
		fss__cs_refuse(s, up);
		if (s->number == 0)
			fss__cs_persons_refused(s->lines, &s->err, up);
		return;
	}
	if (s->err.code == FSS_EAUTH && s->token[0] != '\0') {
		if (s->number != 0) {
			fss__cs_refuse(s, up);
			return;
		}
		/* The device is still who it was before it had the token. */
		s->token[0] = '\0';
	}
	hello_later(s, m->has & FSS__K_error_retry_ms ? m->retry_ms : 0,
	    now_us);
}

static void
try_later(struct fss__cs *s, struct fss__cs_req *r, int64_t at_us)
{
	r->tries++;
	r->not_before_us = at_us;
	if (at_us < s->busy_until_us)
		s->busy_until_us = at_us;
	fss__cs_req_requeue(s, r);
}

static void
request_refused(struct fss__cs *s, struct fss__cs_req *r,
    const struct fss__m_error *m, int64_t now_us, struct fss__cs_update *up)
{
	char detail[FSS__MAX_DETAIL + 1] = "";
	int64_t wait_us;
	int code = known_code(m->code);

	if (code == FSS_ESESSION && ++s->esession <= ESESSION_TRIES) {
		/* Refused unseen: this one may always be sent again. */
		fss__cs_req_requeue(s, r);
		fss__cs_rehello(s, now_us, up);
		return;
	}
	if (code == FSS_ECREDIT && r->tries < CREDIT_TRIES) {
		try_later(s, r, now_us + CREDIT_WAIT_US);
		return;
	}
	if (code == FSS_EOVERLOAD && r->tries < BUSY_TRIES) {
		wait_us = fss__cs_backoff_us(s, r->tries);
		if (m->has & FSS__K_error_retry_ms)
			wait_us += (int64_t)m->retry_ms * US_PER_MS;
		try_later(s, r, now_us + wait_us);
		return;
	}
	(void)fss__slice_copy(m->detail, detail, sizeof(detail));
	if (m->has & FSS__K_error_retry_ms)
		r->answer.retry_ms = (uint32_t)m->retry_ms;
	fss__cs_req_finish(s, r, code, detail);
}

/* Whatever @h answers: it cannot be read. */
static int
spoilt(struct fss__cs *s, const struct fss__header *h, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__cs_req *r = fss__cs_req_find(s, h->req);

	if (is_hello(s, h))
		return hello_spoilt(s, h, now_us, up);
	if (r != NULL && r->sent)
		answer_spoilt(s, r, "malformed");
	return 0;
}

static int
take_error(struct fss__cs *s, const struct fss__header *h, int64_t now_us,
    struct fss__cs_update *up)
{
	struct fss__cs_req *r;
	struct fss__m_error m;

	if (fss__fields_decode(h->fields, &fss__r_error, &m, NULL) != 0)
		return spoilt(s, h, now_us, up);
	if (is_hello(s, h)) {
		hello_refused(s, &m, now_us, up);
		return 0;
	}
	/* A PING into a session the hub has forgotten. */
	if (known_code(m.code) == FSS_ESESSION &&
	    fss__cs_id_own(h->req) &&
	    fss__cs_req_find(s, h->req) == NULL) {
		fss__cs_rehello(s, now_us, up);
		return 0;
	}
	r = fss__cs_req_find(s, h->req);
	if (r != NULL && r->sent)
		request_refused(s, r, &m, now_us, up);
	return 0;
}

static void
take_answer(struct fss__cs *s, const struct fss__header *h,
    const struct fss__cs_event *ev)
{
	struct fss__cs_req *r = fss__cs_req_find(s, h->req);
	struct fss__m_put_done put;

	if (r == NULL || !r->sent)
		return;			/* of a cancelled or repeated request */
	if (h->type != (unsigned)r->type + FSS__ANSWER) {
		answer_spoilt(s, r, "one to something else");
		return;
	}
	s->esession = 0;
	s->lines->conn[ev->conn].fails = 0;
	if (r->type == FSS__MSG_PUT) {
		if (fss__fields_decode(h->fields, &fss__r_put_done, &put,
		    NULL) != 0) {
			answer_spoilt(s, r, "malformed");
			return;
		}
		s->put_credit = put.credit;
	}
	r->answer.fields = h->fields;
	r->answer.header = fss__frame_ref(ev->header);
	if (ev->payload != NULL)
		r->answer.payload = fss__frame_ref(ev->payload);
	fss__cs_req_finish(s, r, 0, NULL);
}

/* A late answer of a former session. */
static bool
is_late(const struct fss__cs *s, const struct fss__header *h)
{
	return h->session.n == sizeof(s->session) && (!s->has_session ||
	    memcmp(h->session.p, s->session, sizeof(s->session)) != 0);
}

int
fss__cs_take_frame(struct fss__cs *s, const struct fss__header *h,
    const struct fss__cs_event *ev, struct fss__cs_update *up)
{
	s->rx_us = ev->now_us;
	if (h->type == FSS__MSG_HELLO + FSS__ANSWER) {
		if (!is_hello(s, h))
			return 0;
		return welcome(s, h, ev->now_us, up) == 0 ? 0 :
		    hello_spoilt(s, h, ev->now_us, up);
	}
	if (is_late(s, h))
		return 0;
	if (ev->payload != NULL)
		s->received += ev->payload->len;
	if (h->type == FSS__MSG_ERROR)
		return take_error(s, h, ev->now_us, up);
	take_answer(s, h, ev);
	return 0;
}

int
fss__cs_take_spoilt(struct fss__cs *s, const struct fss__header *h,
    const struct fss__cs_event *ev, struct fss__cs_update *up)
{
	if (!is_hello(s, h) && is_late(s, h))
		return 0;
	/* The hub counts what it sent, read or not. */
	if (ev->payload != NULL)
		s->received += ev->payload->len;
	return spoilt(s, h, ev->now_us, up);
}

int
fss__cs_next_answer(struct fss__cs *s, struct fss__cs_answer *ret_a)
{
	struct fss__cs_req *r = s->lines->done.head;

	if (r == NULL)
		return 0;
	fss__cs_list_remove(&s->lines->done, r);
	r->s->over--;
	*ret_a = r->answer;
	r->answer.header = r->answer.payload = NULL;
	fss__cs_req_free(r->s, r);
	return 1;
}

void
fss__cs_answer_release(struct fss__cs_answer *a)
{
	fss__frame_unref(a->header);
	fss__frame_unref(a->payload);
	a->header = a->payload = NULL;
}
