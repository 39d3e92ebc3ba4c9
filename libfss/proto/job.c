/*
 * Jobs: making, running stage by stage, answering, freeing.
 *
 * The order of a write with an op id: look the id up, answer as before if it
 * was seen; otherwise run, and keep the answer in the same transaction, so
 * that effect and memory of it become durable together.
 *
 * Does not know threads: see server/executor.c.
 */
#include <string.h>

#include <fss/web.h>

#include "base/alloc.h"
#include "model/account.h"
#include "model/entry.h"
#include "proto/job.h"

/* Room that an envelope takes beside the rows of a page. */
#define ROWS_MAX	(FSS__MAX_HEADER - 2048)

struct fss__job *
fss__job_new(void)
{
	struct fss__job *job = fss__zalloc(sizeof(*job));

	if (job != NULL)
		fss__buf_init(&job->out, FSS__MAX_HEADER);
	return job;
}

void
fss__job_free(struct fss__job *job)
{
	if (job == NULL)
		return;
	if (job->header != NULL && (job->handler->flags & FSS__H_SECRET))
		fss__memzero(job->header->data, job->header->len);
	fss__memzero(job->hash, sizeof(job->hash));
	fss__memzero(job->was, sizeof(job->was));
	fss__frame_unref(job->header);
	fss__frame_unref(job->payload);
	fss__frame_unref(job->out_payload);
	fss__buf_release(&job->out);
	fss__news_free(job->look);
	fss__news_free(job->news);
	fss__free(job->data);
	fss__free(job);
}

int
fss__job_answer(struct fss__job *job, const void *answer)
{
	fss__buf_reset(&job->out);
	return fss__message_encode(&job->out,
	    job->message->type + FSS__ANSWER, job->req,
	    job->serial != 0 ? job->session : NULL, job->message->answer,
	    answer);
}

struct fss__slice
fss__job_fields(const struct fss__job *job)
{
	struct fss__slice none = { NULL, 0 };
	struct fss__header h;

	if (fss__header_decode(job->out.data, job->out.len, &h) != 0)
		return none;
	return h.fields;
}

enum fss__lane
fss__job_lane(const struct fss__job *job)
{
	if (job->err.code != 0 || job->handler->stage[job->stage].run == NULL)
		return FSS__LANES;
	return job->handler->stage[job->stage].lane;
}

void
fss__job_end(struct fss__job *job)
{
	/* run() adds one: the stage after the last has no function. */
	job->stage = FSS__STAGES - 1;
}

void
fss__job_fail(struct fss__job *job, int err, const char *detail)
{
	fss__err_set(&job->err, err, "%s", detail != NULL ? detail : "");
}

/* 1: answered from memory, 0: not seen before. */
static int
answer_again(struct fss__job *job, struct fss__ctx *ctx, struct fss__slice op)
{
	/* Large enough for the largest answer record. */
	union {
#define M(NAME, number, request, answer, needs) struct fss__m_##answer NAME;
#include "wire/messages.def"
#undef M
	} msg;
	struct fss__buf kept;
	struct fss__slice fields;
	int r;

	fss__buf_init(&kept, FSS__MAX_HEADER);
	r = fss__op_lookup(ctx, &job->who, op, &kept);
	if (r == 1) {
		fields.p = kept.data;
		fields.n = kept.len;
		memset(&msg, 0, sizeof(msg));
		r = fss__fields_decode(fields, job->message->answer, &msg, NULL);
		if (r == 0)
			r = fss__job_answer(job, &msg);
		job->repeated = r == 0;
		if (r == 0)
			r = 1;
	}
	fss__buf_release(&kept);
	return r;
}

static int
run_op(struct fss__job *job, struct fss__ctx *ctx, fss__stage_fn run)
{
	/* `op` is field 1 of every record flagged so: see the asserts below. */
	struct fss__slice op = job->m.COMMIT.op;
	struct fss__slice fields;
	int r;

	if (op.n != FSS__OP_BYTES)
		return fss__err_set(&ctx->err, FSS_EPROTO,
		    "the request id must have %d bytes", FSS__OP_BYTES);
	r = answer_again(job, ctx, op);
	if (r != 0)
		return r < 0 ? r : 0;
	r = run(job, ctx);
	if (r != 0)
		return r;
	fields = fss__job_fields(job);
	return fss__op_store(ctx, &job->who, op, fields.p, fields.n);
}

#define SAME_OP(NAME)							\
	_Static_assert(offsetof(struct fss__m_##NAME, op) ==		\
	    offsetof(struct fss__m_commit, op), "op must be field 1")
SAME_OP(remove);
SAME_OP(move);
SAME_OP(restore);
SAME_OP(access);
SAME_OP(grant);
SAME_OP(announce);
SAME_OP(unannounce);
SAME_OP(ask);
SAME_OP(decide);
SAME_OP(fulfil);
SAME_OP(rule_set);
SAME_OP(served);
SAME_OP(stage_new);
SAME_OP(stage_open);
SAME_OP(stage_save);
SAME_OP(stage_commit);
SAME_OP(stage_remove);
SAME_OP(link_take);
SAME_OP(link_done);

/* Around a write in the common transaction: where it fails, no trace. */
static int
guard(struct fss__job *job, struct fss__ctx *ctx)
{
	if (job->handler->flags & FSS__H_BATCH)
		return fss__store_savepoint(ctx->store);
	return fss__db_savepoint(ctx->db);
}

static int
unguard(struct fss__job *job, struct fss__ctx *ctx, int r)
{
	bool batch = (job->handler->flags & FSS__H_BATCH) != 0;

	if (r == 0)
		r = batch ? fss__store_release(ctx->store) :
		    fss__db_release(ctx->db);
	if (r != 0 && batch)
		fss__store_rollback_to(ctx->store);
	else if (r != 0)
		fss__db_rollback_to(ctx->db);
	return r;
}

static uint32_t
retry_ms(const struct fss__ctx *ctx)
{
	int64_t ms = ctx->retry_us / 1000;

	return ms <= 0 ? 0 : ms > UINT32_MAX ? UINT32_MAX : (uint32_t)ms;
}

bool
fss__may(const struct fss__actor *who, unsigned needs)
{
	static const uint32_t scope[] = {
		[FSS__NEEDS_NONE] = 0,
		[FSS__NEEDS_USER] = 0,
		[FSS__NEEDS_READ] = FSS_SCOPE_READ,
		[FSS__NEEDS_WRITE] = FSS_SCOPE_WRITE,
		[FSS__NEEDS_CONTENT] = 0,	/* below */
		[FSS__NEEDS_PEOPLE] = FSS_SCOPE_PEOPLE,
		[FSS__NEEDS_ACCOUNT] = FSS_SCOPE_ACCOUNT,
		[FSS__NEEDS_ROLE] = FSS_SCOPE_ADMIN,
		[FSS__NEEDS_ADMIN] = FSS_SCOPE_ADMIN,
	};

	if (needs == FSS__NEEDS_NONE)
		return true;
	return who->account != 0 && needs <= FSS__NEEDS_ADMIN &&
	    (who->scopes & scope[needs]) == scope[needs] &&
	    (needs != FSS__NEEDS_CONTENT ||
	    (who->scopes & (FSS_SCOPE_READ | FSS_SCOPE_WRITE)) != 0) &&
	    (needs != FSS__NEEDS_ADMIN || who->role >= FSS_ROLE_OPERATOR);
}

bool
fss__may_send(const struct fss__actor *who, const struct fss__message *m)
{
	return fss__may(who, m->needs) && (m->needs == FSS__NEEDS_NONE ||
	    who->visit.link == 0 || fss__visitor_may(who, m->type));
}

/*
 * The job waited: what its session was allowed when it was asked need not
 * hold any more.  Where there is a database, the database says.
 */
static int
check_rights(struct fss__job *job, struct fss__ctx *ctx, enum fss__lane lane)
{
	unsigned needs = job->message->needs;
	int r;

	if (needs == FSS__NEEDS_NONE ||
	    (lane != FSS__LANE_READ && lane != FSS__LANE_WRITE))
		return 0;
	r = fss__account_refresh(ctx, &job->who);
	return r == 0 && !fss__may_send(&job->who, job->message) ?
	    FSS_EDENIED : r;
}

void
fss__job_run(struct fss__job *job, struct fss__ctx *ctx)
{
	fss__stage_fn run = job->handler->stage[job->stage].run;
	enum fss__lane lane = job->handler->stage[job->stage].lane;
	uint32_t flags = job->handler->flags;
	struct fss__news **news = fss__news_mark(&ctx->news);
	bool guarded, op;
	int r;

	fss__err_clear(&ctx->err);
	ctx->retry_us = 0;
	memset(&ctx->looks, 0, sizeof(ctx->looks));
	job->wall_us = ctx->now_us;
	guarded = lane == FSS__LANE_WRITE && !(flags & FSS__H_DIRECT);
	op = lane == FSS__LANE_WRITE && (flags & FSS__H_OP);
	r = check_rights(job, ctx, lane);
	if (r == 0 && guarded)
		r = guard(job, ctx);
	if (r == 0) {
		r = op ? run_op(job, ctx, run) : run(job, ctx);
		if (guarded)
			r = unguard(job, ctx, r);
	}
	if (r != 0) {
		fss__news_cut(news);
		fss__job_fail(job, r, ctx->err.code == r ? ctx->err.detail : "");
		job->retry_ms = retry_ms(ctx);
	} else if (*news != NULL) {
		fss__news_free(job->news);
		job->news = *news;
		*news = NULL;
	}
	job->stage++;
}

const struct fss__handler *
fss__handler_find(unsigned type)
{
	static const struct fss__handler *const tables[] = {
		fss__handlers_hello,
		fss__handlers_login,
		fss__handlers_account,
		fss__handlers_sessions,
		fss__handlers_entry,
		fss__handlers_put,
		fss__handlers_get,
		fss__handlers_people,
		fss__handlers_work,
		fss__handlers_stage,
		fss__handlers_admin,
		fss__handlers_link
	};
	const struct fss__handler *h;
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (h = tables[i]; h->type != 0; h++)
			if (h->type == type)
				return h;
	return NULL;
}

void
fss__rows_init(struct fss__rows *rows, const struct fss__record *record,
    uint64_t limit)
{
	fss__buf_init(&rows->buf, ROWS_MAX);
	rows->count = 0;
	rows->limit = limit == 0 || limit > FSS__MAX_LIST_ROWS ?
	    FSS__MAX_LIST_ROWS : (uint32_t)limit;
	rows->record = record;
}

void
fss__rows_release(struct fss__rows *rows)
{
	fss__buf_release(&rows->buf);
}

int
fss__rows_emit(void *arg, const void *record)
{
	struct fss__rows *rows = arg;
	size_t before = rows->buf.len;
	int r;

	if (rows->count == rows->limit)
		return FSS_EAGAIN;
	r = fss__record_encode(&rows->buf, rows->record, record);
	if (r == FSS_ETOOBIG && rows->count > 0) {
		rows->buf.len = before;
		rows->buf.err = 0;
		return FSS_EAGAIN;
	}
	if (r != 0)
		return r;
	rows->count++;
	return 0;
}

struct fss__list
fss__rows_list(const struct fss__rows *rows)
{
	struct fss__list list;

	list.p = rows->buf.data;
	list.n = rows->buf.len;
	list.count = rows->count;
	return list;
}
