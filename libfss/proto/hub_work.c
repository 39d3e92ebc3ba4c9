/*
 * Announcing, and serving what others wait for.
 *
 * Who sends for a transfer is decided here, by the leases: what comes renews
 * one, and a message is refused with FSS_ESTATE where another session has it.
 *   SERVE looks first whether the device holds the content at all, so that
 * nobody keeps others from a lease by asking; only then it takes it, and goes
 * on to the store as a second job.
 */
#include <string.h>

#include "base/alloc.h"
#include "base/num.h"
#include "crypto/keys.h"
#include "model/announce.h"
#include "model/request.h"
#include "proto/hub_internal.h"

/* ---- announcing ------------------------------------------------------- */

static int
announce_one(struct fss__hub_items *x, const union fss__hub_item *item)
{
	return fss__announce(x->ctx, &x->job->who, &item->commit,
	    fss__rows_emit, &x->rows);
}

static int
announce_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__hub_write_items(job, ctx, job->m.ANNOUNCE.items,
	    announce_one, NULL);
}

static int
unannounce_one(struct fss__hub_items *x, const union fss__hub_item *item)
{
	return fss__unannounce(x->ctx, &x->job->who, &item->ref);
}

static int
unannounce_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__hub_write_refs(job, ctx, job->m.UNANNOUNCE.refs,
	    unannounce_one);
}

static int
holders_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__m_holder_list m;
	struct fss__cursor next;
	struct fss__rows rows;
	int r;

	fss__rows_init(&rows, &fss__r_holder, 0);
	next.len = 0;
	r = fss__announce_holders(
	    ctx, &job->who, &job->m.HOLDERS, fss__rows_emit, &rows, &next);
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.holders = fss__rows_list(&rows);
		if (next.len > 0) {
			m.has |= FSS__K_holder_list_cursor;
			m.cursor.p = next.b;
			m.cursor.n = next.len;
		}
		r = fss__job_answer(job, &m);
	}
	fss__rows_release(&rows);
	return r;
}

static int
work_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__m_work_list m;
	struct fss__cursor next;
	struct fss__rows rows;
	int r;

	fss__rows_init(&rows, &fss__r_work_row,
	    job->m.WORK.has & FSS__K_page_limit ? job->m.WORK.limit : 0);
	next.len = 0;
	r = fss__transfer_work(
	    ctx, &job->who, &job->m.WORK, fss__rows_emit, &rows, &next);
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.work = fss__rows_list(&rows);
		if (next.len > 0) {
			m.has |= FSS__K_work_list_cursor;
			m.cursor.p = next.b;
			m.cursor.n = next.len;
		}
		r = fss__job_answer(job, &m);
	}
	fss__rows_release(&rows);
	return r;
}

/* ---- leases ----------------------------------------------------------- */

/* The lease of what a message is for. */
static struct fss__lease *
lease_of(struct fss__hub *hub, uint64_t serial, uint64_t transfer)
{
	if (transfer > INT64_MAX)
		return NULL;
	return fss__lease_of(hub->leases, (int64_t)transfer, serial);
}

int
fss__hub_work_admit(
    struct fss__hub *hub, struct fss__session *s, struct fss__job *job)
{
	switch (job->message->type) {
	case FSS__MSG_SERVE:
		if (job->m.SERVE.transfer > INT64_MAX)
			return FSS_ENOENT;
		return fss__lease_busy(hub->leases,
			   (int64_t)job->m.SERVE.transfer, s->serial,
			   s->who.device) ?
		    FSS_EBUSY :
		    0;
	case FSS__MSG_PLAN:
		return lease_of(hub, s->serial, job->m.PLAN.transfer) == NULL ?
		    FSS_ESTATE :
		    0;
	case FSS__MSG_WANTED:
		return job->m.WANTED.transfer > INT64_MAX ||
			fss__lease_renew(hub->leases,
			    (int64_t)job->m.WANTED.transfer, s->serial,
			    hub->now_us) == NULL ?
		    FSS_ESTATE :
		    0;
	case FSS__MSG_PUT:
		return (job->m.PUT.has & FSS__K_put_transfer) &&
			lease_of(hub, s->serial, job->m.PUT.transfer) == NULL ?
		    FSS_ESTATE :
		    0;
	case FSS__MSG_SERVED:
		/* One that is repeated has no lease any more: see there. */
		job->leased = lease_of(hub, s->serial,
				  job->m.SERVED.transfer) != NULL;
		return 0;
	default:
		return 0;
	}
}

void
fss__hub_work_arrived(
    struct fss__hub *hub, const struct fss__job *job, uint64_t transfer)
{
	struct fss__lease *lease = lease_of(hub, job->serial, transfer);

	if (lease == NULL)
		return;
	if (job->message->type == FSS__MSG_PUT)
		fss__lease_arrived(
		    hub->leases, lease, job->payload->len, hub->now_us);
	else if (job->amount > 0)
		fss__lease_paged(hub->leases, lease, hub->now_us);
}

/* ---- SERVE ------------------------------------------------------------ */

static int
serve_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__meta_transfer t;
	struct fss__meta_held h;
	int r;

	r = fss__meta_transfer_get(ctx->db, (int64_t)job->m.SERVE.transfer, &t);
	if (r == 1)
		r = fss__transfer_source(ctx, &t, job->who.device, &h);
	return r == 0 ? FSS_ENOENT : r < 0 ? r : 0;
}

/*
 * Room among the sources for one more: else some that came and sent nothing
 * would keep out who has it all.  Any of them goes, so that nobody can aim at
 * one; what only it had put is wanted anew.
 */
static int
make_room(struct fss__ctx *ctx, int64_t transfer, int64_t account)
{
	int64_t sources[FSS__SOURCES];
	int i, n;

	n = fss__meta_source_list(ctx->db, transfer, sources, FSS__SOURCES);
	for (i = 0; i < n; i++)
		if (sources[i] == account)
			return 0;
	if (n < FSS__SOURCES)
		return n < 0 ? n : 0;
	return fss__meta_source_drop(ctx->db, transfer,
	    sources[fss__random_below((uint32_t)n)]);
}

static int
serve_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int64_t id = (int64_t)job->m.SERVE.transfer;
	struct fss__m_serve_terms m;
	struct fss__meta_transfer t;
	int r;

	r = make_room(ctx, id, job->who.account);
	if (r == 0)
		r = fss__transfer_serve(ctx, &job->who, id, &t);
	if (r == 1) {
		/* What it changed is to stay: those who wait were told. */
		job->more = true;
		return 0;
	}
	if (r < 0)
		return r;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_serve_terms_planned | FSS__K_serve_terms_root |
	    FSS__K_serve_terms_depth | FSS__K_serve_terms_size;
	m.lease_ms = FSS__MAX_SERVE_LEASE;
	m.planned = t.depth == 0 || t.planned == t.size;
	m.root.p = t.root.b;
	m.root.n = sizeof(t.root.b);
	m.depth = t.depth;
	m.size = t.size;
	return fss__job_answer(job, &m);
}

static void
serve_begun(struct fss__hub *hub, struct fss__job *job)
{
	int64_t transfer = (int64_t)job->m.SERVE.transfer;

	if (job->err.code == 0 && job->more)
		fss__job_fail(job, FSS_EQUOTA, "no space has room for it");
	/* Those who wait for it wait on: somebody else may take it. */
	if (job->err.code != 0)
		fss__lease_undo(
		    hub->leases, transfer, job->serial, hub->now_us);
	else
		fss__hub_moving(hub, transfer, FSS__REV_START, &job->who);
}

/* The second half, under the lease. */
static const struct fss__handler serve_handler = { FSS__MSG_SERVE, FSS__H_FACTS,
	{ { FSS__LANE_WRITE, serve_write } }, serve_begun };

static void
serve_finish(struct fss__hub *hub, struct fss__job *job)
{
	int r;

	if (job->err.code != 0 ||
	    fss__sessions_of_job(&hub->sessions, job) == NULL)
		return;
	r = fss__lease_take(hub->leases, (int64_t)job->m.SERVE.transfer,
	    job->serial, job->who.account, job->who.device, hub->now_us);
	if (r != 0) {
		fss__job_fail(job, r, NULL);
		return;
	}
	job->handler = &serve_handler;
	job->stage = 0;
	fss__hub_queue(hub, job);
}

/* ---- WANTED ----------------------------------------------------------- */

struct wanted {
	struct fss__rows rows;
	uint64_t bytes;
};

static int
wanted_emit(void *arg, const void *record)
{
	const struct fss__m_wanted_run *run = record;
	struct wanted *w = arg;
	int r = fss__rows_emit(&w->rows, record);

	if (r == 0)
		w->bytes += run->len;
	return r;
}

static int
wanted_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_wanted *in = &job->m.WANTED;
	uint64_t offset = in->has & FSS__K_wanted_offset ? in->offset : 0;
	struct fss__m_wanted_list m;
	struct fss__meta_transfer t;
	struct wanted w;
	int r;

	r = fss__meta_transfer_get(ctx->db, (int64_t)in->transfer, &t);
	if (r <= 0)
		return r == 0 ? FSS_ENOENT : r;
	memset(&m, 0, sizeof(m));
	w.bytes = 0;
	fss__rows_init(&w.rows, &fss__r_wanted_run, 0);
	r = fss__transfer_missing(
	    ctx, (int64_t)in->transfer, offset, wanted_emit, &w, &m.next);
	if (r == 0) {
		m.runs = fss__rows_list(&w.rows);
		if (m.next != 0)
			m.has |= FSS__K_wanted_list_next;
		job->look_size = t.size;
		job->look_next = m.next;
		job->amount = w.bytes;
		r = fss__job_answer(job, &m);
	}
	fss__rows_release(&w.rows);
	return r;
}

/* What a holder looked through and was not missing is here: progress. */
static void
wanted_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__m_wanted *in = &job->m.WANTED;
	uint64_t offset = in->has & FSS__K_wanted_offset ? in->offset : 0;
	struct fss__lease *lease;

	lease = lease_of(hub, job->serial, in->transfer);
	if (job->err.code == 0 && lease != NULL)
		fss__lease_looked(hub->leases, lease, job->look_size, offset,
		    job->look_next, job->amount);
}

/* ---- SERVED ----------------------------------------------------------- */

static int
served_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_served *m = &job->m.SERVED;
	int r;

	if (!job->leased)
		return FSS_ESTATE;
	if (m->status == 0)
		r = fss__transfer_finish(
		    ctx, (int64_t)m->transfer, job->who.account);
	else
		r = fss__transfer_give_up(
		    ctx, &job->who, (int64_t)m->transfer, -(int)m->status);
	return r < 0 ? r : fss__hub_answer_empty(job);
}

static void
served_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__m_served *m = &job->m.SERVED;

	if (job->err.code != 0 || !job->leased)
		return;
	fss__lease_drop(hub->leases, (int64_t)m->transfer, job->serial,
	    m->status == 0, hub->now_us);
}

#define READ    FSS__LANE_READ
#define WRITE   FSS__LANE_WRITE
#define CHANGES (FSS__H_OP | FSS__H_BATCH | FSS__H_FACTS)

const struct fss__handler fss__handlers_work[] = {
	{ FSS__MSG_ANNOUNCE, CHANGES, { { WRITE, announce_write } }, NULL },
	{ FSS__MSG_UNANNOUNCE, CHANGES, { { WRITE, unannounce_write } }, NULL },
	{ FSS__MSG_HOLDERS, 0, { { READ, holders_read } }, NULL },
	{ FSS__MSG_WORK, 0, { { READ, work_read } }, NULL },
	{ FSS__MSG_SERVE, 0, { { READ, serve_read } }, serve_finish },
	{ FSS__MSG_WANTED, 0, { { READ, wanted_read } }, wanted_finish },
	{ FSS__MSG_SERVED, CHANGES, { { WRITE, served_write } },
	    served_finish },
	{ 0, 0, { { READ, NULL } }, NULL }
};
