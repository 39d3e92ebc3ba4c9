/*
 * The hub machine: its parts, its steps, and the way of what it sends.
 *
 * A step takes one event, then tells what changed in presence; time alone
 * (TICK) serves those who wait for news, looks after leases and has the hub's
 * own work done.  So a step is short, however many wait.
 *
 * Left to others: messages (hub_message.c), what a request means
 * (hub_account.c and others), sockets and threads (server/).
 */
#include <string.h>

#include <fss/web.h>

#include "base/alloc.h"
#include "base/num.h"
#include "proto/hub_internal.h"
#include "wire/text.h"

#define US_PER_MS	INT64_C(1000)
#define TICK_US		INT64_C(1000000)
#define RETRY_US	INT64_C(100000)

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

/* A session ends: its wait for news, its leases, presence, uploads. */
static void
session_ends(void *arg, struct fss__session *s)
{
	struct fss__hub *hub = arg;

	fss__hub_events_leave(hub, s);
	fss__lease_drop_session(hub->leases, s->serial, hub->now_us);
	fss__presence_leave(hub->presence, &s->presence, hub->now_us);
	fss__hub_held_forget(hub, s);
	fss__hub_front_leave(s);
	fss__hub_get_end(hub, s);
}

int
fss__hub_new(const struct fss__hub_config *cfg, struct fss__hub **ret_hub)
{
	struct fss__hub *hub;
	uint64_t epoch;
	int r;

	*ret_hub = NULL;
	r = fss__crypto_init();
	if (r != 0)
		return r;
	hub = fss__zalloc(sizeof(*hub));
	if (hub == NULL)
		return FSS_ENOMEM;
	hub->cfg = *cfg;
	hub->settle_us = INT64_MAX;
	fss__random(&epoch, sizeof(epoch));
	r = fss__sessions_init(&hub->sessions);
	if (r == 0)
		r = fss__rates_new(&hub->rates);
	if (r == 0)
		r = fss__board_new(&hub->board);
	if (r == 0)
		r = fss__presence_new(hub->board, &hub->presence);
	if (r == 0)
		r = fss__leases_new(&hub->leases);
	if (r == 0)
		r = fss__hub_events_init(hub, epoch);
	if (r != 0) {
		fss__hub_free(hub);
		return r;
	}
	hub->sessions.ends = session_ends;
	hub->sessions.ends_arg = hub;
	*ret_hub = hub;
	return 0;
}

void
fss__hub_free(struct fss__hub *hub)
{
	if (hub == NULL)
		return;
	fss__sessions_release(&hub->sessions);
	fss__hub_uploads_release(hub);
	fss__rates_free(hub->rates);
	fss__hub_events_release(hub);
	fss__leases_free(hub->leases);
	fss__presence_free(hub->presence);
	fss__board_free(hub->board);
	fss__free(hub->spare);
	fss__free(hub->notes);
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

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
fss__hub_deadline(const struct fss__hub *hub)
{
	int64_t us;

	/* Leases are long; looking at the oldest once a second is exact enough. */
	us = hub->sessions.oldest != NULL ? hub->now_us + TICK_US : INT64_MAX;
	us = earlier(us, fss__presence_deadline(hub->presence));
	us = earlier(us, fss__hub_events_deadline(hub));
	us = earlier(us, fss__hub_uploads_deadline(hub));
	us = earlier(us, fss__leases_deadline(hub->leases));
	us = earlier(us, fss__hub_chores_deadline(hub));
	us = earlier(us, fss__hub_get_deadline(hub));
	if (us > hub->now_us)
		return us;
	/* Where memory is lacking it is tried again, but not all the time. */
	return hub->no_memory ? hub->now_us + RETRY_US : hub->now_us;
}

struct fss__board *
fss__hub_board(struct fss__hub *hub)
{
	return hub->board;
}

static void
drop_buffer(void *ctx, uint8_t *data)
{
	(void)ctx;
	fss__free(data);
}

int
fss__hub_send(struct fss__hub *hub, uint64_t route, const struct fss__session *s,
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

int
fss__hub_send_error(struct fss__hub *hub, uint64_t route,
    const struct fss__session *s, const uint8_t *id, uint64_t req, int err,
    const char *detail, uint32_t retry_ms)
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
		/* Whoever has to wait for longer asks again after that. */
		m.retry_ms = fss__min_u64(retry_ms, FSS__MAX_RETRY_MS);
	}
	if (err == FSS_EVERSION) {
		m.has |= FSS__K_error_min_version | FSS__K_error_max_version;
		m.min_version = FSS__MAX_VERSION;
		m.max_version = FSS__MAX_VERSION;
	}
	hub->stats.errors++;
	hub->stats.requests++;
	fss__buf_init(&b, FSS__MAX_HEADER);
	r = fss__message_encode(&b, FSS__MSG_ERROR, req, id, &fss__r_error,
	    &m);
	if (r == 0)
		r = fss__hub_send(hub, route, s, &b, NULL);
	fss__buf_release(&b);
	return r;
}

int
fss__hub_answer(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__frame *payload = job->out_payload;
	struct fss__session *s;

	s = fss__sessions_of_job(&hub->sessions, job);
	if (job->err.code != 0)
		return fss__hub_send_error(hub, job->route, s,
		    job->serial != 0 ? job->session : NULL, job->req,
		    job->err.code, job->err.detail, job->retry_ms);
	job->out_payload = NULL;
	hub->stats.requests++;
	return fss__hub_send(hub, job->route, s, &job->out, payload);
}

void
fss__hub_queue(struct fss__hub *hub, struct fss__job *job)
{
	job->next = NULL;
	job->changes = hub->changes;
	*hub->up->jobs_tail = job;
	hub->up->jobs_tail = &job->next;
	hub->stats.under_way++;
	if (job->rated)
		hub->kdf_queued++;
	if (job->message->type == FSS__MSG_HELLO)
		hub->hellos++;
	job->kept = true;
}

void
fss__hub_remove_session(struct fss__hub *hub, struct fss__session *s)
{
	fss__sessions_remove(&hub->sessions, s);
}

/* Number 0: it answers nothing in particular, but this session is over. */
static void
tell_over(struct fss__hub *hub, struct fss__session *s, const char *why)
{
	uint8_t id[FSS__SESSION_BYTES];
	uint64_t route = s->route;

	memcpy(id, s->id, sizeof(id));
	fss__hub_remove_session(hub, s);
	(void)fss__hub_send_error(hub, route, NULL, id, 0, FSS_ESESSION, why,
	    0);
}

void
fss__hub_lose_session(struct fss__hub *hub, struct fss__session *s)
{
	tell_over(hub, s, "a message was lost for lack of memory");
}

void
fss__hub_end_session(struct fss__hub *hub, struct fss__session *s)
{
	tell_over(hub, s, "the session was ended");
}

int
fss__hub_identify(struct fss__hub *hub, struct fss__session *s,
    const struct fss__actor *who, bool hidden)
{
	fss__hub_events_end(hub, s);
	fss__lease_drop_session(hub->leases, s->serial, hub->now_us);
	fss__presence_leave(hub->presence, &s->presence, hub->now_us);
	fss__hub_held_forget(hub, s);
	fss__sessions_identify(&hub->sessions, s, who);
	/* Who visits through a link is not whose link it is. */
	return who == NULL || who->kind == FSS_DEVICE_VISIT ? 0 :
	    fss__presence_join(hub->presence,
	    &s->presence, who->account, who->name, hidden, hub->now_us);
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
			fss__hub_end_session(hub, s);
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
		if (s != keep && s->who.account != 0 && !s->person &&
		    s->who.device != device &&
		    memcmp(s->key, key, sizeof(s->key)) == 0)
			fss__hub_end_session(hub, s);
	}
}

/* ---- jobs ------------------------------------------------------------- */

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

/* The request of a job is unanswered, or not any more. */
static void
count_request(struct fss__hub *hub, const struct fss__job *job, bool more)
{
	struct fss__session *s;

	s = fss__sessions_of_job(&hub->sessions, job);
	if (more) {
		hub->sessions.headers += job->header_bytes;
		if (s != NULL) {
			s->pending++;
			s->headers += job->header_bytes;
		}
	} else {
		hub->sessions.headers -= job->header_bytes;
		if (s != NULL) {
			s->pending--;
			s->headers -= job->header_bytes;
		}
	}
}

static void
step_job(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__session *s;
	int r = 0;

	hub->stats.under_way--;
	if (job->rated)
		hub->kdf_queued--;
	if (job->message->type == FSS__MSG_HELLO)
		hub->hellos--;
	if (outdated(hub, job)) {
		job->stage = 0;
		memset(&job->found, 0, sizeof(job->found));
		fss__hub_queue(hub, job);
		return;
	}
	fss__hub_after(hub, job);
	count_request(hub, job, false);
	job->kept = false;
	if (job->handler->finish != NULL)
		job->handler->finish(hub, job);
	/*
	 * Rights may have been taken away meanwhile: what a session that has
	 * ended asked for is not told.  (HELLO has none yet.)
	 */
	s = fss__sessions_of_job(&hub->sessions, job);
	if (job->kept) {
		count_request(hub, job, true);
		return;
	}
	if (!job->quiet && (job->message->type == FSS__MSG_HELLO || s != NULL))
		r = fss__hub_answer(hub, job);
	if (r != 0 && s != NULL)
		fss__hub_lose_session(hub, s);
	fss__job_free(job);
}

static void
step_unsent(struct fss__hub *hub, const struct fss__out *out)
{
	struct fss__session *s;

	s = fss__sessions_get(&hub->sessions, out->session, out->serial);
	if (s != NULL)
		fss__hub_lose_session(hub, s);
}

/* Which session it was for nobody knows: any of that key. */
static void
step_lost(struct fss__hub *hub, const uint8_t key[FSS__KEY_BYTES])
{
	struct fss__session *s, *next;

	for (s = hub->sessions.oldest; s != NULL; s = next) {
		next = s->newer;
		if (fss__memeq(s->key, key, sizeof(s->key)))
			fss__hub_lose_session(hub, s);
	}
}

/*
 * A client that lost its control connection begins a session anew: nothing
 * comes in the old one any more, though its lease lasts.  Where persons shared
 * it that is so for all of them.
 */
static void
step_closed(struct fss__hub *hub, const struct fss__line *line)
{
	struct fss__session *s, *next;

	for (s = line->shared ? hub->sessions.oldest : NULL; s != NULL;
	    s = next) {
		next = s->newer;
		if (s->route == line->route)
			fss__hub_remove_session(hub, s);
	}
	s = fss__sessions_get(&hub->sessions, line->session, line->serial);
	if (s != NULL && s->route == line->route)
		fss__hub_remove_session(hub, s);
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
			fss__hub_remove_session(hub, s);
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
	if (ev->wall_us != 0)
		hub->wall_us = ev->wall_us;
	if (hub->since_us == 0)
		hub->since_us = ev->wall_us;
	hub->up = up;
	hub->no_memory = false;
	hub->uploads.turn++;
	hub->unsent = ev->unsent_all;
	switch (ev->type) {
	case FSS__HUB_FRAME:
		r = fss__hub_message(hub, ev);
		break;
	case FSS__HUB_JOB:
		step_job(hub, ev->job);
		ev->job = NULL;
		break;
	case FSS__HUB_TICK:
		step_tick(hub);
		fss__hub_leases_step(hub);
		fss__hub_chores_step(hub);
		fss__hub_uploads_step(hub);
		fss__hub_events_step(hub);
		break;
	case FSS__HUB_UNSENT:
		step_unsent(hub, ev->out);
		break;
	case FSS__HUB_LOST:
		step_lost(hub, ev->key);
		break;
	case FSS__HUB_CLOSED:
		step_closed(hub, &ev->line);
		break;
	}
	fss__hub_presence_step(hub);
	hub->up = NULL;
	return r;
}
