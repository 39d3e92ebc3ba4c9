/*
 * What follows from leases: work is offered anew, progress told, and who
 * waits is told when nobody sends any more.
 *
 * Each is a chore (see hub_chore.c), since it needs the store.
 */
#include <string.h>

#include "base/num.h"
#include "model/announce.h"
#include "model/request.h"
#include "proto/hub_internal.h"

#define MOVE_STEP  256 /* requests told at once */
#define LEASE_STEP 256 /* of what is due of leases, a step */
#define ASKERS_MAX 4096 /* told of progress at once */
#define ASKER_US   500 /* longer between two, for each */

/* All may be here already; else those who hold it are told. */
static int
offer_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__news **news = fss__news_mark(&ctx->news);
	struct fss__meta_transfer t;
	int64_t id;
	int r;

	r = fss__meta_transfer_get(ctx->db, job->number, &t);
	if (r <= 0) {
		job->more = r == 0; /* it is over */
		return r;
	}
	r = fss__db_savepoint(ctx->db);
	if (r != 0)
		return r;
	r = fss__transfer_finish(ctx, job->number, job->account);
	if (r >= 0) {
		job->more = true;
		return fss__db_release(ctx->db);
	}
	fss__db_rollback_to(ctx->db);
	fss__news_cut(news);
	if (r != FSS_EMISSING)
		return r;
	return fss__transfer_want(
	    ctx, &t.root, t.owner, t.depth, t.size, &id);
}

static void
offer_finish(struct fss__hub *hub, struct fss__job *job)
{
	if (job->err.code == 0 && job->more)
		fss__lease_forget(hub->leases, job->number);
}

static const struct fss__handler offer_handler = { 0,
	FSS__H_BATCH | FSS__H_FACTS, { { FSS__LANE_WRITE, offer_write } },
	offer_finish };

static void
offer(struct fss__hub *hub, int64_t transfer, int64_t account)
{
	struct fss__job *job = fss__hub_chore(hub, &offer_handler);

	if (job == NULL) {
		/* Once more, when it is lost again. */
		(void)fss__lease_orphan(hub->leases, transfer, hub->now_us);
		return;
	}
	job->number = transfer;
	job->account = account;
	fss__hub_queue(hub, job);
}

/* START or LOSE for those who wait, some at a time. */
static int
moving_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__meta_transfer t;
	int r;

	r = fss__meta_transfer_get(ctx->db, job->number, &t);
	if (r == 1)
		r = fss__request_moving(
		    ctx, &t, (int)job->amount, job->account, MOVE_STEP);
	job->more = r == 1;
	return r < 0 ? r : 0;
}

static void
moving_finish(struct fss__hub *hub, struct fss__job *job)
{
	if (job->err.code != 0 && job->amount == FSS__REV_LOSE) {
		/* It is tried again in a minute. */
		(void)fss__lease_orphan(
		    hub->leases, job->number, hub->now_us);
	} else if (job->err.code == 0 && job->more) {
		job->stage = 0;
		fss__hub_queue(hub, job);
	} else if (job->err.code == 0 && job->amount == FSS__REV_LOSE) {
		/* Whoever let a lease run out unused may try again. */
		offer(hub, job->number, job->account);
	}
}

static const struct fss__handler moving_handler = { 0, FSS__H_BATCH,
	{ { FSS__LANE_WRITE, moving_write } }, moving_finish };

void
fss__hub_moving(struct fss__hub *hub, int64_t transfer, int event,
    const struct fss__actor *who)
{
	struct fss__job *job = fss__hub_chore(hub, &moving_handler);

	if (job == NULL) {
		/* From the beginning: it is offered, then lost. */
		if (event == FSS__REV_LOSE)
			(void)fss__lease_orphan(
			    hub->leases, transfer, hub->now_us);
		return;
	}
	job->number = transfer;
	job->amount = (uint64_t)event;
	job->account = who != NULL ? who->account : 0;
	fss__hub_queue(hub, job);
}

/* News of progress for each who waits. */
static int
progress_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__news n;
	struct fss__meta_request req;
	struct fss__meta_transfer t;
	int64_t id = 0, asker;
	int r;

	r = fss__meta_transfer_get(ctx->db, job->number, &t);
	memset(&n, 0, sizeof(n));
	n.kind = FSS_NEWS_PROGRESS;
	n.urgent = job->first;
	n.at_us = ctx->now_us;
	n.nto = 1;
	while (r == 1 && job->ndata < ASKERS_MAX) {
		r = fss__meta_transfer_waiter(ctx->db, &t,
		    FSS__REQ_TRANSFERRING, id, &id, &asker);
		if (r == 1)
			r = fss__meta_request_get(ctx->db, id, &req);
		if (r != 1)
			break;
		n.request = req.id;
		n.request_kind = req.kind;
		n.state = req.state;
		n.to[0] = n.asker = req.asker;
		n.change = (uint64_t)req.change;
		n.request_seq = (uint64_t)req.seq;
		n.bytes = fss__min_u64(job->amount, t.size);
		r = fss__news_add(&ctx->news, &n);
		if (r != 0)
			break;
		job->ndata++;
		r = 1;
	}
	return r < 0 ? r : 0;
}

static void
progress_finish(struct fss__hub *hub, struct fss__job *job)
{
	fss__lease_told(hub->leases, job->number,
	    hub->now_us + (int64_t)job->ndata * ASKER_US);
}

static const struct fss__handler progress_handler = { 0, 0,
	{ { FSS__LANE_READ, progress_read } }, progress_finish };

static void
tell_progress(struct fss__hub *hub, const struct fss__lease *lease)
{
	struct fss__job *job = fss__hub_chore(hub, &progress_handler);

	if (job == NULL)
		return;
	job->number = lease->transfer;
	job->amount = lease->known + lease->put;
	job->first = lease->first;
	fss__hub_queue(hub, job);
}

void
fss__hub_leases_step(struct fss__hub *hub)
{
	struct fss__lease lease;
	int i;

	for (i = 0; i < LEASE_STEP && !hub->no_memory; i++) {
		switch (fss__lease_next(hub->leases, hub->now_us, &lease)) {
		case FSS__LEASE_OFFER:
			offer(hub, lease.transfer, lease.account);
			break;
		case FSS__LEASE_LOSE:
			fss__hub_moving(
			    hub, lease.transfer, FSS__REV_LOSE, NULL);
			break;
		case FSS__LEASE_TELL:
			tell_progress(hub, &lease);
			break;
		default:
			return;
		}
	}
}
