/*
 * Requests about people: who is here, what they ask each other, their rules,
 * and the audit.
 *
 * Each takes a decoded record, lets the model do the work row by row, and
 * packs the rows into an answer.  DECIDE answers id by id: one that fails
 * leaves a row with its status and no trace.
 */
#include <string.h>

#include "base/num.h"
#include "model/audit.h"
#include "model/presence.h"
#include "model/request.h"
#include "model/rule.h"
#include "proto/hub_internal.h"

/* ---- lists ------------------------------------------------------------ */

/* Their answers have the same shape: rows in field 1, a cursor in field 2. */
#define SAME_SHAPE(LIST)                                                      \
	_Static_assert(                                                       \
	    sizeof(struct fss__m_##LIST) == sizeof(struct fss__m_who_list) && \
		offsetof(struct fss__m_##LIST, cursor) ==                     \
		    offsetof(struct fss__m_who_list, cursor),                 \
	    "pages differ in shape")
SAME_SHAPE(rule_list);
SAME_SHAPE(audit_list);

static int
answer_list(struct fss__job *job, const struct fss__rows *rows,
    const struct fss__cursor *next)
{
	struct fss__m_who_list m;

	memset(&m, 0, sizeof(m));
	m.people = fss__rows_list(rows);
	if (next->len > 0) {
		m.has |= FSS__K_who_list_cursor;
		m.cursor.p = next->b;
		m.cursor.n = next->len;
	}
	return fss__job_answer(job, &m);
}

#define LIST_READ(NAME, FN, MESSAGE, RECORD, LIMIT)                            \
	static int NAME##_read(struct fss__job *job, struct fss__ctx *ctx)     \
	{                                                                      \
		struct fss__rows rows;                                         \
		struct fss__cursor next;                                       \
		int r;                                                         \
                                                                               \
		fss__rows_init(&rows, &fss__r_##RECORD,                        \
		    job->m.MESSAGE.has &LIMIT ? job->m.MESSAGE.limit : 0);     \
		next.len = 0;                                                  \
		r = FN(ctx, &job->who, &job->m.MESSAGE, fss__rows_emit, &rows, \
		    &next);                                                    \
		if (r == 0)                                                    \
			r = answer_list(job, &rows, &next);                    \
		fss__rows_release(&rows);                                      \
		return r;                                                      \
	}

LIST_READ(who, fss__presence_who, WHO, who_row, FSS__K_who_limit)
LIST_READ(rules, fss__rule_list, RULES, rule, FSS__K_page_limit)
LIST_READ(audit, fss__audit_list, AUDIT, audit_row, FSS__K_audit_limit)

static int
requests_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_requests *m = &job->m.REQUESTS;
	struct fss__m_request_list list;
	struct fss__cursor next;
	struct fss__rows rows;
	int64_t seq = 0;
	int r;

	fss__rows_init(&rows, &fss__r_request,
	    m->has & FSS__K_requests_limit ? m->limit : 0);
	next.len = 0;
	r = fss__request_list(
	    ctx, &job->who, m, fss__rows_emit, &rows, &next, &seq);
	if (r == 0) {
		memset(&list, 0, sizeof(list));
		list.has = FSS__K_request_list_seq;
		list.seq = (uint64_t)seq;
		list.requests = fss__rows_list(&rows);
		if (next.len > 0) {
			list.has |= FSS__K_request_list_cursor;
			list.cursor.p = next.b;
			list.cursor.n = next.len;
		}
		r = fss__job_answer(job, &list);
	}
	fss__rows_release(&rows);
	return r;
}

/* ---- presence --------------------------------------------------------- */

static int
presence_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_presence *m = &job->m.PRESENCE;
	int r = 0;

	if (m->has & FSS__K_presence_hidden)
		r = fss__presence_hide(ctx, &job->who, m->hidden);
	return r < 0 ? r : fss__hub_answer_empty(job);
}

static void
presence_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__m_presence *m = &job->m.PRESENCE;
	struct fss__session *s;

	if (job->err.code != 0)
		return;
	if (m->has & FSS__K_presence_hidden) {
		/* A HELLO that read it before reads it again. */
		hub->changes++;
		fss__presence_set_hidden(
		    hub->presence, job->who.account, m->hidden);
	}
	s = fss__sessions_of_job(&hub->sessions, job);
	if (s != NULL && (m->has & FSS__K_presence_agent))
		fss__presence_set_agent(
		    hub->presence, &s->presence, m->agent, hub->now_us);
}

/* ---- requests --------------------------------------------------------- */

static int
ask_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__request_ask(
	    ctx, &job->who, &job->m.ASK, fss__hub_answer_record, job);
}

static int
fulfil_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__request_fulfil(
	    ctx, &job->who, &job->m.FULFIL, fss__hub_answer_record, job);
}

/* One id failed with @r: a row of it, or what ends the batch. */
static int
decide_failed(const struct fss__ctx *ctx, struct fss__rows *rows, int64_t id,
    int r)
{
	struct fss__m_request m;

	if (fss__hub_ends_batch(r))
		return r;
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_request_status;
	m.status = (uint64_t)-r;
	m.id = (uint64_t)id;
	if (r == FSS_ERATE && ctx->retry_us > 0) {
		m.has |= FSS__K_request_retry_us;
		m.retry_us = ctx->now_us + ctx->retry_us;
	}
	return fss__rows_emit(rows, &m);
}

static int
decide_one(struct fss__job *job, struct fss__ctx *ctx, int64_t id,
    struct fss__rows *rows)
{
	const struct fss__m_decide *m = &job->m.DECIDE;
	struct fss__slice detail = { NULL, 0 };
	uint32_t count = rows->count;
	int r;

	if (m->has & FSS__K_decide_detail)
		detail = m->detail;
	r = fss__db_savepoint(ctx->db);
	if (r != 0)
		return r;
	ctx->retry_us = 0;
	r = fss__request_decide(
	    ctx, &job->who, id, (int)m->event, detail, fss__rows_emit, rows);
	if (r >= 0)
		return fss__db_release(ctx->db);
	fss__db_rollback_to(ctx->db);
	/* A full page is no failure of this one alone. */
	if (r == FSS_EAGAIN || rows->count != count)
		return r;
	return decide_failed(ctx, rows, id, r);
}

static int
decide_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_decide *m = &job->m.DECIDE;
	struct fss__m_request_list list;
	struct fss__rows rows;
	const uint8_t *ids = m->ids.p;
	uint64_t id;
	size_t i;
	int r = 0;

	if (m->ids.n == 0 || m->ids.n % 8 != 0)
		return fss__err_set(&ctx->err, FSS_EPROTO,
		    "DECIDE: ids is no whole number of ids");
	fss__rows_init(&rows, &fss__r_request, 0);
	for (i = 0; r == 0 && i < m->ids.n / 8; i++) {
		id = fss__get_le64(ids + i * 8);
		r = id > INT64_MAX ? FSS_EPROTO :
				     decide_one(job, ctx, (int64_t)id, &rows);
	}
	if (r == 0) {
		memset(&list, 0, sizeof(list));
		list.requests = fss__rows_list(&rows);
		r = fss__job_answer(job, &list);
	} else if (r == FSS_EAGAIN) {
		r = fss__err_set(&ctx->err, FSS_ETOOBIG,
		    "the answer does not fit: decide fewer at once");
	}
	fss__rows_release(&rows);
	return r;
}

static int
rule_set_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__rule_set(
	    ctx, &job->who, &job->m.RULE_SET, fss__hub_answer_record, job);
}

#define READ    FSS__LANE_READ
#define WRITE   FSS__LANE_WRITE
#define CHANGES (FSS__H_OP | FSS__H_FACTS)

const struct fss__handler fss__handlers_people[] = {
	{ FSS__MSG_WHO, 0, { { READ, who_read } }, NULL },
	{ FSS__MSG_PRESENCE, 0, { { WRITE, presence_write } },
	    presence_finish },
	{ FSS__MSG_ASK, CHANGES, { { WRITE, ask_write } }, NULL },
	{ FSS__MSG_REQUESTS, 0, { { READ, requests_read } }, NULL },
	{ FSS__MSG_DECIDE, CHANGES | FSS__H_BATCH, { { WRITE, decide_write } },
	    NULL },
	{ FSS__MSG_FULFIL, CHANGES, { { WRITE, fulfil_write } }, NULL },
	{ FSS__MSG_RULES, 0, { { READ, rules_read } }, NULL },
	{ FSS__MSG_RULE_SET, FSS__H_OP, { { WRITE, rule_set_write } }, NULL },
	{ FSS__MSG_AUDIT, 0, { { READ, audit_read } }, NULL },
	{ 0, 0, { { READ, NULL } }, NULL }
};
