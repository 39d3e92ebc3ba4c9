/*
 * The inline executor mirrors server/: reads see a transaction, direct writes
 * none, other writes that wait together share one and are answered after it.
 * See hub_drive.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "hub_drive.h"
#include "model/entry.h"
#include "proto/hub_internal.h"

#define WALL_US INT64_C(1700000000000000)
#define MONO_US INT64_C(1000000000)

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static void
queue_add(struct hub_queue *q, struct fss__job *job)
{
	job->next = NULL;
	*q->tail = job;
	q->tail = &job->next;
}

static struct fss__job *
queue_take(struct hub_queue *q)
{
	struct fss__job *job = q->first;

	if (job == NULL)
		return NULL;
	q->first = job->next;
	if (q->first == NULL)
		q->tail = &q->first;
	job->next = NULL;
	return job;
}

void
hub_drive_config(struct fss__hub_config *cfg)
{
	memset(cfg, 0, sizeof(*cfg));
	(void)fss__fmt(cfg->name, sizeof(cfg->name), "test");
	cfg->registration = FSS_REGISTRATION_OPEN;
	cfg->max_sessions = 100;
	cfg->max_anonymous = 50;
	cfg->max_upload = 64 << 20;
	cfg->max_headers = 64 << 20;
	cfg->max_unsent = 1 << 30;
	cfg->chunk_min = 65536;
	cfg->chunk_avg = 262144;
	cfg->chunk_max = FSS__MAX_CHUNK;
	cfg->digest = FSS__ALG_SHA256;
}

static void
make_hub(struct hub_drive *d, const struct fss__hub_config *cfg)
{
	struct fss__hub_config own;
	size_t i;

	hub_drive_config(&own);
	own.log = d->log;
	must(fss__hub_new(cfg != NULL ? cfg : &own, &d->hub) == 0);
	d->msg = NULL;
	d->msg_tail = &d->msg;
	for (i = 0; i <= FSS__LANES; i++) {
		d->lane[i].first = NULL;
		d->lane[i].tail = &d->lane[i].first;
	}
	d->write_ctx.board = fss__hub_board(d->hub);
}

static void
open_at(struct hub_drive *d, const struct fss__hub_config *cfg,
    const char *dir)
{
	struct fss__store_config store;
	struct fss__err err;

	memset(&store, 0, sizeof(store));
	store.dir = dir;
	fss__err_clear(&err);
	must(fss__crypto_init() == 0);
	must(fss__store_open(&store, &err, &d->store) == 0);
	must(fss__reader_store_open(d->store, &d->reader) == 0);
	d->rules.registration = FSS_REGISTRATION_OPEN;
	d->rules.keep_versions = 4;
	d->rules.stage_keep_s = 86400;
	d->rules.pwhash_ops = 1;
	d->rules.pwhash_mem = 8192;
	d->write_ctx.store = d->store;
	d->write_ctx.db = fss__store_db(d->store);
	d->write_ctx.rules = &d->rules;
	d->address = "192.0.2.1";
	make_hub(d, cfg);
	hub_drive_tick(d, 0);
	hub_drive_run(d);
}

void
hub_drive_open(struct hub_drive *d, const struct fss__hub_config *cfg)
{
	memset(d, 0, sizeof(*d));
	d->mono_us = MONO_US;
	d->wall_us = WALL_US;
	open_at(d, cfg, NULL);
}

void
hub_drive_open_dir(
    struct hub_drive *d, const struct fss__hub_config *cfg, const char *dir)
{
	struct fss__err err;

	memset(d, 0, sizeof(*d));
	d->mono_us = MONO_US;
	d->wall_us = WALL_US;
	fss__err_clear(&err);
	must(fss__store_create(dir, &err) == 0);
	open_at(d, cfg, dir);
}

void
hub_drive_restart(struct hub_drive *d, const char *dir)
{
	int64_t mono_us = d->mono_us, wall_us = d->wall_us;

	hub_drive_close(d);
	memset(d, 0, sizeof(*d));
	d->mono_us = mono_us;
	d->wall_us = wall_us;
	open_at(d, NULL, dir);
}

void
hub_drive_kill(struct hub_drive *d)
{
	struct hub_msg *m;
	struct fss__job *job;
	size_t i;

	while ((m = hub_drive_next(d)) != NULL)
		hub_msg_free(m);
	for (i = 0; i <= FSS__LANES; i++)
		while ((job = queue_take(&d->lane[i])) != NULL)
			fss__job_free(job);
	fss__hub_free(d->hub);
	d->hub = NULL;
	d->write_ctx.board = NULL;
}

void
hub_drive_boot(struct hub_drive *d, const struct fss__hub_config *cfg)
{
	make_hub(d, cfg);
	hub_drive_tick(d, 0);
}

void
hub_drive_close(struct hub_drive *d)
{
	if (d->hub != NULL)
		hub_drive_kill(d);
	fss__reader_store_close(d->reader);
	fss__store_close(d->store);
}

/* ---- steps ------------------------------------------------------------ */

static void
keep_message(struct hub_drive *d, struct fss__out *out)
{
	struct hub_msg *m = calloc(1, sizeof(*m));

	must(m != NULL);
	m->route = out->route;
	m->header = out->header;
	m->payload = out->payload;
	if (d->counts && m->payload != NULL)
		d->unsent_all += m->payload->len;
	m->serial = out->serial;
	memcpy(m->session, out->session, sizeof(m->session));
	out->header = out->payload = NULL;
	/* The hub's own frames are well-formed, whatever it was sent. */
	must(m->header->len <= FSS__MAX_HEADER);
	must(m->payload == NULL || m->payload->len <= FSS__MAX_PAYLOAD);
	must(fss__header_decode(m->header->data, m->header->len, &m->h) == 0);
	must(m->h.type > FSS__ANSWER && m->h.version == FSS__MAX_VERSION);
	*d->msg_tail = m;
	d->msg_tail = &m->next;
}

static void
step(struct hub_drive *d, struct fss__hub_event *ev)
{
	struct fss__hub_update up;
	struct fss__out *out;
	struct fss__job *job;

	fss__hub_update_init(&up);
	ev->mono_us = d->mono_us;
	ev->wall_us = d->wall_us;
	ev->unsent_all = d->unsent_all;
	d->lost = fss__hub_step(d->hub, ev, &up);
	must(d->lost == 0 || d->lost == FSS_ENOMEM);
	must(ev->header == NULL && ev->payload == NULL && ev->job == NULL);
	while ((out = up.outs) != NULL) {
		up.outs = out->next;
		keep_message(d, out);
		fss__out_free(out);
	}
	while ((job = up.jobs) != NULL) {
		up.jobs = job->next;
		queue_add(&d->lane[fss__job_lane(job)], job);
	}
	hub_drive_check(d);
}

void
hub_drive_frame(struct hub_drive *d, uint64_t route,
    const uint8_t key[FSS__KEY_BYTES], struct fss__frame *header,
    struct fss__frame *payload)
{
	struct fss__hub_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_FRAME;
	ev.route = route;
	memcpy(ev.key, key, sizeof(ev.key));
	ev.address = d->address;
	ev.header = header;
	ev.payload = payload;
	ev.cut = d->cut;
	step(d, &ev);
	d->line = ev.line;
}

void
hub_drive_tick(struct hub_drive *d, int64_t us)
{
	struct fss__hub_event ev;

	d->mono_us += us;
	d->wall_us += us;
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_TICK;
	step(d, &ev);
}

struct hub_msg *
hub_drive_next(struct hub_drive *d)
{
	struct hub_msg *m = d->msg;

	if (m == NULL)
		return NULL;
	d->msg = m->next;
	if (d->msg == NULL)
		d->msg_tail = &d->msg;
	m->next = NULL;
	return m;
}

void
hub_msg_free(struct hub_msg *m)
{
	if (m == NULL)
		return;
	fss__frame_unref(m->header);
	fss__frame_unref(m->payload);
	free(m);
}

void
hub_drive_unsent(struct hub_drive *d, struct hub_msg *m)
{
	struct fss__hub_event ev;
	struct fss__out out;

	memset(&out, 0, sizeof(out));
	out.route = m->route;
	out.serial = m->serial;
	memcpy(out.session, m->session, sizeof(out.session));
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_UNSENT;
	ev.out = &out;
	step(d, &ev);
	hub_msg_free(m);
}

void
hub_drive_lost(struct hub_drive *d, const uint8_t key[FSS__KEY_BYTES])
{
	struct fss__hub_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_LOST;
	memcpy(ev.key, key, sizeof(ev.key));
	step(d, &ev);
}

void
hub_drive_closed(struct hub_drive *d, const struct fss__line *line)
{
	struct fss__hub_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_CLOSED;
	ev.line = *line;
	step(d, &ev);
}

unsigned
hub_drive_jobs(const struct hub_drive *d)
{
	const struct fss__job *job;
	unsigned n = 0;
	size_t i;

	for (i = 0; i <= FSS__LANES; i++)
		for (job = d->lane[i].first; job != NULL; job = job->next)
			n++;
	return n;
}

/* ---- the executor ----------------------------------------------------- */

static void
run_read(struct hub_drive *d, struct fss__job *job)
{
	struct fss__ctx ctx;
	int r;

	memset(&ctx, 0, sizeof(ctx));
	ctx.reader = d->reader;
	ctx.db = fss__reader_store_db(d->reader);
	ctx.rules = &d->rules;
	ctx.board = fss__hub_board(d->hub);
	ctx.now_us = d->wall_us;
	r = fss__db_begin(ctx.db);
	if (r != 0)
		fss__job_fail(job, r, fss__db_errmsg(ctx.db));
	else
		fss__job_run(job, &ctx);
	fss__db_abort(ctx.db);
}

static void
run_compute(struct hub_drive *d, struct fss__job *job)
{
	struct fss__ctx ctx;

	memset(&ctx, 0, sizeof(ctx));
	ctx.rules = &d->rules;
	ctx.now_us = d->wall_us;
	fss__job_run(job, &ctx);
}

static void
pass(struct hub_drive *d, struct fss__job *job)
{
	queue_add(&d->lane[fss__job_lane(job)], job);
}

/* Ends the transaction of @batch with @r. */
static void
end_batch(struct hub_drive *d, struct hub_queue *batch, int r)
{
	struct fss__job *job;

	if (r == 0)
		r = fss__entry_settle(&d->write_ctx);
	if (r == 0)
		r = fss__store_commit(d->store, true);
	else
		fss__store_abort(d->store);
	while ((job = queue_take(batch)) != NULL) {
		if (job->handler->flags & FSS__H_NOTE)
			fss__err_clear(&job->err);
		else if (r != 0 && job->err.code == 0)
			fss__job_fail(job, r, fss__store_errmsg(d->store));
		pass(d, job);
	}
}

static void
run_writes(struct hub_drive *d)
{
	struct hub_queue batch;
	struct fss__job *job;
	bool begun = false;
	int r = 0;

	batch.first = NULL;
	batch.tail = &batch.first;
	d->write_ctx.now_us = d->wall_us;
	while ((job = queue_take(&d->lane[FSS__LANE_WRITE])) != NULL) {
		if (job->handler->flags & FSS__H_DIRECT) {
			fss__job_run(job, &d->write_ctx);
			pass(d, job);
			continue;
		}
		if (!begun) {
			r = fss__store_begin(d->store);
			begun = r == 0;
		}
		if (begun)
			fss__job_run(job, &d->write_ctx);
		else if (job->handler->flags & FSS__H_NOTE)
			job->stage = FSS__STAGES;
		else
			fss__job_fail(job, r, fss__store_errmsg(d->store));
		if (begun)
			queue_add(&batch, job);
		else
			pass(d, job);
	}
	if (begun)
		end_batch(d, &batch, 0);
}

static void
give_back(struct hub_drive *d)
{
	struct fss__hub_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__HUB_JOB;
	ev.job = queue_take(&d->lane[FSS__LANES]);
	step(d, &ev);
}

unsigned
hub_drive_lanes(const struct hub_drive *d)
{
	unsigned lane, bits = 0;

	for (lane = 0; lane <= FSS__LANES; lane++)
		if (d->lane[lane].first != NULL)
			bits |= 1u << lane;
	return bits;
}

void
hub_drive_lane(struct hub_drive *d, unsigned lane)
{
	struct fss__job *job;

	if (lane == FSS__LANES) {
		give_back(d);
	} else if (lane == FSS__LANE_WRITE) {
		run_writes(d);
	} else {
		job = queue_take(&d->lane[lane]);
		if (lane == FSS__LANE_READ)
			run_read(d, job);
		else
			run_compute(d, job);
		pass(d, job);
	}
}

static void
run_jobs(struct hub_drive *d)
{
	unsigned lane;

	for (lane = 0; lane <= FSS__LANES; lane++) {
		if (d->lane[lane].first == NULL || (d->hold & 1u << lane))
			continue;
		hub_drive_lane(d, lane);
		lane = (unsigned)-1; /* from the first lane again */
	}
}

/* What time alone brings, as far as it is due now. */
static bool
tick_due(struct hub_drive *d)
{
	if ((d->hold & HUB_HOLD_TICK) ||
	    fss__hub_deadline(d->hub) > d->mono_us)
		return false;
	hub_drive_tick(d, 0);
	return true;
}

void
hub_drive_run(struct hub_drive *d)
{
	do
		run_jobs(d);
	while (tick_due(d));
}
