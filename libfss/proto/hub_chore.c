/*
 * The hub's own work: jobs that no message asked for.
 *
 * At the start: who was here when the hub died, requests to be looked at,
 * transfers under way.  Then: notes of last seen, the mark that the hub lives,
 * and settling, the steps in which requests follow facts.  Each is one job at
 * a time; what comes meanwhile makes it go once more.
 *
 * A chore that fails is not repeated at once: what it does is in the store
 * and is found by the next one.
 */
#include <string.h>

#include "base/alloc.h"
#include "model/announce.h"
#include "model/link.h"
#include "model/presence.h"
#include "model/request.h"
#include "model/stage.h"
#include "proto/hub_internal.h"

#define SETTLE_STEP   256
#define TRANSFER_STEP 16
#define STAGE_STEP    64
#define START_STEP    256
#define DEVICE_STEP   256
#define AGAIN_US      INT64_C(1000000) /* after a failure */
#define MINUTE_US     INT64_C(60000000)

static const struct fss__message chore_message = { "CHORE", 0, FSS__NEEDS_NONE,
	&fss__r_empty, &fss__r_empty };

struct fss__job *
fss__hub_chore(struct fss__hub *hub, const struct fss__handler *handler)
{
	struct fss__job *job = fss__job_new();

	if (job == NULL) {
		hub->no_memory = true;
		return NULL;
	}
	job->handler = handler;
	job->message = &chore_message;
	job->quiet = true;
	return job;
}

/* Once more, from its first stage. */
static void
again(struct fss__hub *hub, struct fss__job *job)
{
	fss__err_clear(&job->err);
	job->stage = 0;
	job->more = false;
	fss__hub_queue(hub, job);
}

/* ---- settling --------------------------------------------------------- */

static int
settle_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int64_t next_us;
	int r, more;

	job->next_us = INT64_MAX;
	ctx->unsettled = 0;
	more = fss__request_settle(ctx, SETTLE_STEP, &job->next_us);
	job->number = ctx->unsettled;
	if (more < 0)
		return more;
	r = fss__transfer_settle(ctx, TRANSFER_STEP);
	if (r < 0)
		return r;
	job->more = more == 1 || r == 1;
	r = fss__stage_expire(ctx, STAGE_STEP, &next_us);
	if (r < 0)
		return r;
	job->more = job->more || r == 1;
	if (next_us < job->next_us)
		job->next_us = next_us;
	r = fss__link_settle(ctx, STAGE_STEP);
	if (r < 0)
		return r;
	job->more = job->more || r == 1;
	return 0;
}

static void
settle_finish(struct fss__hub *hub, struct fss__job *job)
{
	int64_t left;

	if (job->err.code != 0) {
		hub->settling = false;
		hub->settle_us = hub->now_us + AGAIN_US;
		return;
	}
	if (job->number != 0)
		fss__log(hub->cfg.log, FSS_LOG_WARN, "hub",
		    "a request was left as it is", "request=%lld",
		    (long long)job->number);
	left = job->next_us == INT64_MAX ? INT64_MAX :
					   job->next_us - job->wall_us;
	hub->settle_us = left >= INT64_MAX - hub->now_us ?
	    INT64_MAX :
	    hub->now_us + (left < AGAIN_US ? AGAIN_US : left);
	if ((job->more || hub->settle_again) && !hub->draining) {
		hub->settle_again = false;
		again(hub, job);
		return;
	}
	hub->settling = false;
}

static const struct fss__handler settle_handler = { 0, FSS__H_BATCH,
	{ { FSS__LANE_WRITE, settle_write } }, settle_finish };

void
fss__hub_settle(struct fss__hub *hub)
{
	struct fss__job *job;

	if (hub->settling) {
		hub->settle_again = true;
		return;
	}
	if (hub->draining)
		return; /* marks stay; the next start finds them */
	job = fss__hub_chore(hub, &settle_handler);
	if (job == NULL) {
		hub->settle_us = hub->now_us;
		return;
	}
	hub->settling = true;
	hub->settle_again = false;
	hub->sweep_us = hub->now_us + MINUTE_US;
	fss__hub_queue(hub, job);
}

void
fss__hub_after(struct fss__hub *hub, struct fss__job *job)
{
	if (job->err.code != 0 && job->message == &chore_message &&
	    hub->cfg.log != NULL)
		fss__log(hub->cfg.log, FSS_LOG_WARN, "hub",
		    "work of the hub's own failed", "error=%s detail=\"%s\"",
		    fss_err_name(job->err.code), job->err.detail);
	if (job->err.code != 0)
		return;
	fss__hub_tell(hub, job->news);
	job->news = NULL;
	if (job->handler->flags & FSS__H_FACTS)
		fss__hub_settle(hub);
}

/* ---- the start -------------------------------------------------------- */

static int
start_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__meta_transfer t;
	int64_t *ids;
	int r = 0;

	if (job->number == 0) {
		r = fss__presence_recover(ctx);
		if (r >= 0)
			r = fss__request_mark_live(ctx);
		if (r < 0)
			return r;
	}
	if (job->data == NULL)
		job->data = fss__calloc(START_STEP, sizeof(*ids));
	ids = job->data;
	if (ids == NULL)
		return FSS_ENOMEM;
	job->ndata = 0;
	while (job->ndata < START_STEP) {
		r = fss__meta_transfer_after(ctx->db, job->number, &t);
		if (r <= 0)
			break;
		job->number = ids[job->ndata++] = t.id;
	}
	job->more = job->ndata == START_STEP;
	return r < 0 ? r : 0;
}

static void
start_finish(struct fss__hub *hub, struct fss__job *job)
{
	const int64_t *ids = job->data;
	size_t i;

	if (job->err.code != 0) {
		hub->start_us = hub->now_us + AGAIN_US;
		hub->started = false;
		return;
	}
	/* Nobody has their leases now; without memory agents ask anyway. */
	for (i = 0; i < job->ndata; i++)
		(void)fss__lease_orphan(hub->leases, ids[i], hub->now_us);
	if (job->more) {
		again(hub, job);
		return;
	}
	/* The mark of the one before was needed until now. */
	hub->alive_us = hub->now_us;
	fss__hub_settle(hub);
}

static const struct fss__handler start_handler = { 0, 0,
	{ { FSS__LANE_WRITE, start_write } }, start_finish };

/* ---- the mark --------------------------------------------------------- */

static int
alive_write(struct fss__job *job, struct fss__ctx *ctx)
{
	(void)job;
	return fss__presence_alive(ctx);
}

static const struct fss__handler alive_handler = { 0, FSS__H_LAZY,
	{ { FSS__LANE_WRITE, alive_write } }, NULL };

/* ---- presence --------------------------------------------------------- */

static int
note_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__note *note = job->data;
	size_t i;
	int r = 0;

	for (i = 0; r >= 0 && i < job->ndata; i++)
		r = fss__presence_note(
		    ctx, note[i].account, note[i].live, note[i].seen_us);
	return r < 0 ? r : 0;
}

static void
note_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__note *note = job->data;
	size_t i;

	for (i = 0; i < job->ndata; i++)
		if (!note[i].live)
			fss__board_noted(hub->board, note[i].account,
			    note[i].seen_us);
	hub->noting = false;
}

static const struct fss__handler note_handler = { 0, FSS__H_LAZY,
	{ { FSS__LANE_WRITE, note_write } }, note_finish };

static int
keep_note(struct fss__hub *hub, const struct fss__presence_change *c)
{
	size_t cap = hub->notes_cap == 0 ? 16 : hub->notes_cap * 2;
	struct fss__note *bigger, *note;

	if (hub->nnotes == hub->notes_cap) {
		bigger = fss__realloc(hub->notes, cap * sizeof(*bigger));
		if (bigger == NULL)
			return FSS_ENOMEM;
		hub->notes = bigger;
		hub->notes_cap = cap;
	}
	note = &hub->notes[hub->nnotes++];
	note->account = c->account;
	note->live = c->live;
	note->seen_us = c->seen_wall_us;
	if (!c->live)
		fss__board_left(hub->board, c->account, c->seen_wall_us);
	return 0;
}

/* What gathered goes into one transaction. */
static void
write_notes(struct fss__hub *hub)
{
	struct fss__job *job;

	if (hub->nnotes == 0 || hub->noting)
		return;
	job = fss__hub_chore(hub, &note_handler);
	if (job == NULL)
		return;
	job->data = hub->notes;
	job->ndata = hub->nnotes;
	hub->notes = NULL;
	hub->nnotes = hub->notes_cap = 0;
	hub->noting = true;
	fss__hub_queue(hub, job);
}

static void
tell_presence(struct fss__hub *hub, const struct fss__presence_change *c)
{
	struct fss__news *n = hub->spare;

	hub->spare = NULL;
	n->kind = FSS_NEWS_PRESENCE;
	n->at_us = hub->wall_us;
	n->account = c->account;
	memcpy(n->name, c->name, sizeof(n->name));
	n->presence = c->to;
	n->sessions = c->sessions;
	if (c->self) {
		n->nto = 1;
		n->to[0] = c->account;
	}
	fss__hub_tell(hub, n);
}

void
fss__hub_presence_step(struct fss__hub *hub)
{
	struct fss__presence_change c;

	for (;;) {
		/* First the memory: a change that was taken must be told. */
		if (hub->spare == NULL)
			hub->spare = fss__zalloc(sizeof(*hub->spare));
		if (hub->spare == NULL) {
			hub->no_memory = true;
			break;
		}
		if (fss__presence_next(
			hub->presence, hub->now_us, hub->wall_us, &c) == 0)
			break;
		/* One that is lost makes a last seen wrong, no more. */
		if (c.note)
			(void)keep_note(hub, &c);
		if (c.from != c.to)
			tell_presence(hub, &c);
	}
	write_notes(hub);
	fss__board_sweep(hub->board, hub->now_us);
}

/* ---- when ------------------------------------------------------------- */

void
fss__hub_chores_step(struct fss__hub *hub)
{
	struct fss__job *job;

	if (hub->draining)
		return;
	if (!hub->started && hub->start_us <= hub->now_us) {
		job = fss__hub_chore(hub, &start_handler);
		if (job == NULL)
			return;
		hub->started = true;
		hub->alive_us = INT64_MAX;
		hub->sweep_us = hub->now_us + MINUTE_US;
		fss__hub_queue(hub, job);
	}
	if (!hub->started)
		return;
	if (hub->alive_us <= hub->now_us) {
		job = fss__hub_chore(hub, &alive_handler);
		if (job == NULL)
			return;
		hub->alive_us = hub->now_us + MINUTE_US;
		fss__hub_queue(hub, job);
	}
	if (hub->settle_us <= hub->now_us || hub->sweep_us <= hub->now_us) {
		hub->settle_us = INT64_MAX;
		fss__hub_settle(hub);
	}
}

int64_t
fss__hub_chores_deadline(const struct fss__hub *hub)
{
	int64_t us;

	if (hub->draining)
		return INT64_MAX;
	if (!hub->started)
		return hub->start_us;
	us = hub->alive_us < hub->sweep_us ? hub->alive_us : hub->sweep_us;
	return hub->settle_us < us ? hub->settle_us : us;
}
