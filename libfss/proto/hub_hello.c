/*
 * HELLO: who a session is to be of, and WELCOME.
 *
 * A token in it decides alone; "nobody" asks for a session that somebody is
 * to log in to; otherwise it is that of the device whose key the connection
 * has.
 */
#include <string.h>

#include <fss/version.h>

#include "model/account.h"
#include "model/request.h"
#include "proto/hub_internal.h"
#include "store/meta_presence.h"

#define NOTE_US		(600 * INT64_C(1000000))
#define HUB_AGENT	"fssd/" FSS_VERSION_TEXT

/* What a session needs to know of who logs in. */
int
fss__hub_read_person(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__meta_presence p;
	int r;

	r = fss__meta_presence_get(ctx->db, job->found.account, &p);
	if (r < 0)
		return r;
	job->hidden = r == 1 && p.hidden;
	return fss__request_inbox(ctx, job->found.account, &job->inbox);
}

static int
hello_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_hello *m = &job->m.HELLO;
	int r;

	if (m->min_version > FSS__MAX_VERSION ||
	    m->max_version < FSS__MAX_VERSION)
		return fss__err_set(&ctx->err, FSS_EVERSION,
		    "the hub speaks version %d", FSS__MAX_VERSION);
	/* A token that is no good is not as good as none. */
	if (m->has & FSS__K_hello_token)
		r = fss__token_find(ctx, m->token, &job->found);
	else if ((m->has & FSS__K_hello_nobody) && m->nobody)
		r = 0;
	else
		r = fss__account_of_device(ctx, job->key, &job->found);
	if (r == FSS_EAUTH && !(m->has & FSS__K_hello_token)) {
		memset(&job->found, 0, sizeof(job->found));
		r = 0;
	}
	if (r == 0 && job->found.account != 0)
		r = fss__hub_read_person(job, ctx);
	/* A sign of life is noted now and then, not with every log-in. */
	if (r == 0 && (job->found.account == 0 ||
	    ctx->now_us - job->found.noted_us < NOTE_US))
		fss__job_end(job);
	return r;
}

static void
hello_finish(struct fss__hub *hub, struct fss__job *job)
{
	struct fss__m_welcome m;
	struct fss__session *s;
	int r;

	if (job->err.code != 0)
		return;
	if (!fss__hub_room(hub, job))
		return;
	s = fss__sessions_add(&hub->sessions, job->key, job->from,
	    hub->now_us);
	if (s == NULL) {
		fss__job_fail(job, FSS_ENOMEM, NULL);
		return;
	}
	s->route = job->route;
	s->person = job->m.HELLO.has & FSS__K_hello_token ||
	    ((job->m.HELLO.has & FSS__K_hello_nobody) && job->m.HELLO.nobody);
	s->begun_us = hub->wall_us;
	memcpy(s->address, job->address, sizeof(s->address));
	fss__hub_front_enter(hub, s);
	if (job->found.account != 0 &&
	    fss__hub_identify(hub, s, &job->found, job->hidden) != 0) {
		fss__hub_remove_session(hub, s);
		fss__job_fail(job, FSS_ENOMEM, NULL);
		return;
	}
	job->serial = s->serial;
	memcpy(job->session, s->id, sizeof(job->session));

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_welcome_hub_name | FSS__K_welcome_time_us |
	    FSS__K_welcome_registration | FSS__K_welcome_agent |
	    FSS__K_welcome_epoch | FSS__K_welcome_seq;
	m.epoch = fss__ring_epoch(hub->events.ring);
	m.seq = fss__ring_last(hub->events.ring);
	m.session.p = s->id;
	m.session.n = sizeof(s->id);
	m.version = FSS__MAX_VERSION;
	/* A visitor has no account, and is told of none. */
	if (s->who.account != 0 && s->who.visit.link == 0) {
		m.has |= FSS__K_welcome_account | FSS__K_welcome_role |
		    FSS__K_welcome_device | FSS__K_welcome_inbox |
		    FSS__K_welcome_hidden;
		m.inbox = job->inbox;
		m.hidden = job->hidden;
		m.account = fss__slice_str(s->who.name);
		m.role = (uint64_t)s->who.role;
		m.device = (uint64_t)s->who.device;
	}
	m.hub_name = fss__slice_str(hub->cfg.name);
	m.digest = hub->cfg.digest;
	s->put_credit = fss__hub_put_credit(hub, 0);
	m.credit = s->put_credit;
	m.credit_max = FSS__MAX_CREDIT;
	m.lease_ms = FSS__MAX_LEASE;
	m.ping_ms = FSS__MAX_PING;
	m.time_us = job->wall_us;
	m.registration = (uint64_t)hub->cfg.registration;
	m.chunk_min = hub->cfg.chunk_min;
	m.chunk_avg = hub->cfg.chunk_avg;
	m.chunk_max = hub->cfg.chunk_max;
	m.payload_max = FSS__MAX_PAYLOAD;
	m.batch_max = FSS__MAX_BATCH;
	m.requests_max = FSS__MAX_REQUESTS;
	m.agent = fss__slice_str(HUB_AGENT);
	r = fss__job_answer(job, &m);
	if (r != 0)
		fss__job_fail(job, r, NULL);
}

/* A sign of life of the device, for the list of devices. */
static int
hello_seen(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__account_seen(ctx, job->found.device);
}

const struct fss__handler fss__handlers_hello[] = {
	{ FSS__MSG_HELLO, FSS__H_NOTE,
	    {{ FSS__LANE_READ, hello_read }, { FSS__LANE_WRITE, hello_seen }},
	    hello_finish },
	{ 0, 0, {{ FSS__LANE_READ, NULL }}, NULL }
};
