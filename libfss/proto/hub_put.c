/*
 * Requests that bring content: HAVE, PUT, PLAN, and the credit that bounds
 * them.
 *
 * A session may have put_credit bytes of unanswered PUTs and PLANs; one is
 * always allowed.  While all sessions together hold little, a session has all
 * the credit there is from the beginning, so that a long line is filled soon;
 * else it grows with what was accepted, and while all together hold more than
 * max_upload it falls back to its first value.
 *
 * What a transfer is, and who may send for it, is hub_work.c's.
 */
#include <string.h>

#include "base/num.h"
#include "chunk/manifest.h"
#include "model/announce.h"
#include "proto/hub_internal.h"

/* ---- HAVE ------------------------------------------------------------- */

static int
have_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__slice ids = job->m.HAVE.ids;
	uint8_t bitmap[FSS__MAX_HAVE_IDS / 8];
	struct fss__m_missing m;
	uint32_t count = 0;
	size_t n = ids.n / FSS__ID_BYTES;
	int r;

	if (ids.n % FSS__ID_BYTES != 0 || n > FSS__MAX_HAVE_IDS)
		return fss__err_set(&ctx->err, FSS_EPROTO,
		    "HAVE: ids is no whole number of ids");
	memset(bitmap, 0, sizeof(bitmap));
	r = fss__reader_missing(
	    ctx->reader, job->who.account, ids.p, n, bitmap, &count);
	if (r != 0)
		return r;
	memset(&m, 0, sizeof(m));
	m.bitmap.p = bitmap;
	m.bitmap.n = (n + 7) / 8;
	m.count = count;
	return fss__job_answer(job, &m);
}

/* ---- PUT and PLAN ----------------------------------------------------- */

uint64_t
fss__hub_put_credit(const struct fss__hub *hub, uint64_t accepted)
{
	if (hub->put_flying > hub->cfg.max_upload)
		return FSS__MAX_CREDIT_FIRST;
	if (hub->put_flying < hub->cfg.easy)
		return FSS__MAX_CREDIT;
	return fss__min_u64(FSS__MAX_CREDIT_FIRST + accepted,
	    FSS__MAX_CREDIT);
}

int
fss__hub_put_admit(
    struct fss__hub *hub, struct fss__session *s, struct fss__job *job)
{
	uint64_t n = job->payload != NULL ? job->payload->len : 0;

	if (s->put_flying > 0 && s->put_flying + n > s->put_credit)
		return FSS_ECREDIT;
	/* A hub full of others' first PUTs asks to come again. */
	if (hub->put_flying + n > 2 * hub->cfg.max_upload)
		return FSS_EOVERLOAD;
	s->put_flying += n;
	hub->put_flying += n;
	return 0;
}

/* The arrays of both. */
struct nodes {
	struct fss__slice ids, lens;
};

static struct nodes
nodes_of(const struct fss__job *job)
{
	struct nodes n;

	if (job->message->type == FSS__MSG_PLAN) {
		n.ids = job->m.PLAN.ids;
		n.lens = job->m.PLAN.lens;
	} else {
		n.ids = job->m.PUT.ids;
		n.lens = job->m.PUT.lens;
	}
	return n;
}

/* Steps through the nodes; their arrays agree, see nodes_hash(). */
struct put_iter {
	const uint8_t *ids, *lens, *p;
	size_t count, i;
};

static bool
put_next(struct put_iter *it, struct fss__id *ret_id, const uint8_t **ret_p,
    size_t *ret_n)
{
	if (it->i == it->count)
		return false;
	memcpy(ret_id->b, it->ids + it->i * FSS__ID_BYTES, FSS__ID_BYTES);
	*ret_n = fss__get_le32(it->lens + it->i * 4);
	*ret_p = it->p;
	it->p += *ret_n;
	it->i++;
	return true;
}

static struct put_iter
put_begin(const struct fss__job *job)
{
	struct nodes m = nodes_of(job);
	struct put_iter it;

	it.ids = m.ids.p;
	it.lens = m.lens.p;
	it.p = job->payload->data;
	it.count = m.ids.n / FSS__ID_BYTES;
	it.i = 0;
	return it;
}

/* Do ids, lengths and payload fit each other, and the limits? */
static int
put_check(struct fss__job *job, struct fss__ctx *ctx)
{
	struct nodes m = nodes_of(job);
	size_t i, n = m.ids.n / FSS__ID_BYTES;
	const char *name = job->message->name;
	const uint8_t *lens = m.lens.p;
	uint64_t total = 0;
	uint32_t len;

	if (n == 0 || m.ids.n % FSS__ID_BYTES != 0 || m.lens.n != n * 4 ||
	    job->payload == NULL)
		return fss__err_set(&ctx->err, FSS_EPROTO,
		    "%s: ids, lens and payload do not agree", name);
	for (i = 0; i < n; i++) {
		len = fss__get_le32(lens + i * 4);
		if (len == 0 || len > FSS__MAX_CHUNK)
			return fss__err_set(&ctx->err, FSS_ETOOBIG,
			    "%s: a node has 1 to %d bytes", name,
			    FSS__MAX_CHUNK);
		total += len;
	}
	if (total != job->payload->len)
		return fss__err_set(&ctx->err, FSS_EPROTO,
		    "%s: the lengths do not add up to the payload", name);
	return 0;
}

static int
nodes_hash(struct fss__job *job, struct fss__ctx *ctx)
{
	struct put_iter it;
	struct fss__page page;
	struct fss__id id;
	const uint8_t *p;
	size_t n;
	int r;

	r = put_check(job, ctx);
	if (r != 0)
		return r;
	it = put_begin(job);
	while (put_next(&it, &id, &p, &n)) {
		r = fss__digest_verify(&id, p, n);
		if (r == 0 && FSS__ID_KIND(id.b[0]) == FSS__KIND_PAGE)
			r = fss__page_decode(p, n, &page);
		else if (r == 0 && job->message->type == FSS__MSG_PLAN)
			r = FSS_EINTEGRITY;
		if (r != 0)
			return fss__err_set(&ctx->err, r, "node %zu of %s: %s",
			    it.i - 1, job->message->name, fss_strerror(r));
	}
	return 0;
}

static int
put_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct put_iter it = put_begin(job);
	struct fss__id id;
	const uint8_t *p;
	size_t n;
	int r;

	while (put_next(&it, &id, &p, &n)) {
		r = fss__store_put(ctx->store, job->who.account, &id, p, n);
		if (r != 0)
			return fss__err_set(&ctx->err, r, "node %zu of PUT: %s",
			    it.i - 1, fss_strerror(r));
	}
	return 0;
}

static int
plan_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct put_iter it = put_begin(job);
	struct fss__id id;
	const uint8_t *p;
	bool is_new;
	size_t n;
	int r;

	while (put_next(&it, &id, &p, &n)) {
		r = fss__transfer_page(ctx, (int64_t)job->m.PLAN.transfer,
		    &id, p, n, &is_new);
		job->amount += is_new;
		if (r != 0)
			return fss__err_set(&ctx->err, r,
			    "node %zu of PLAN: %s", it.i - 1, fss_strerror(r));
	}
	return 0;
}

static void
nodes_finish(struct fss__hub *hub, struct fss__job *job)
{
	uint64_t n = job->payload != NULL ? job->payload->len : 0;
	struct fss__m_put_done m;
	struct fss__session *s;
	int r;

	hub->put_flying -= n;
	s = fss__sessions_of_job(&hub->sessions, job);
	if (s == NULL)
		return;
	s->put_flying -= n;
	if (job->err.code != 0)
		return;
	if (job->message->type == FSS__MSG_PLAN)
		fss__hub_work_arrived(hub, job, job->m.PLAN.transfer);
	else if (job->m.PUT.has & FSS__K_put_transfer)
		fss__hub_work_arrived(hub, job, job->m.PUT.transfer);
	s->put_accepted += n;
	s->put_credit = fss__hub_put_credit(hub, s->put_accepted);
	memset(&m, 0, sizeof(m));
	m.accepted = s->put_accepted;
	m.credit = s->put_credit;
	r = fss__job_answer(job, &m);
	if (r != 0)
		fss__job_fail(job, r, NULL);
}

#define READ  FSS__LANE_READ
#define WRITE FSS__LANE_WRITE
#define HASH  FSS__LANE_HASH

const struct fss__handler fss__handlers_put[] = {
	{ FSS__MSG_HAVE, 0, { { READ, have_read } }, NULL },
	{ FSS__MSG_PUT, FSS__H_PAYLOAD | FSS__H_DIRECT,
	    { { HASH, nodes_hash }, { WRITE, put_write } }, nodes_finish },
	{ FSS__MSG_PLAN, FSS__H_PAYLOAD,
	    { { HASH, nodes_hash }, { WRITE, plan_write } }, nodes_finish },
	{ 0, 0, { { READ, NULL } }, NULL }
};
