/*
 * Requests about entries: looking, committing, changing, access.
 *
 * Each takes a decoded record, lets the model do the work row by row, and
 * packs the rows into an answer.
 */
#include <string.h>

#include "model/entry.h"
#include "model/entry_commit.h"
#include "proto/hub_internal.h"

static int
answer_list(struct fss__job *job, const struct fss__rows *rows,
    const struct fss__rows *near, const struct fss__cursor *next)
{
	struct fss__m_entry_list m;

	memset(&m, 0, sizeof(m));
	m.entries = fss__rows_list(rows);
	if (next != NULL && next->len > 0) {
		m.has |= FSS__K_entry_list_cursor;
		m.cursor.p = next->b;
		m.cursor.n = next->len;
	}
	if (near != NULL && near->count > 0) {
		m.has |= FSS__K_entry_list_near;
		m.near = fss__rows_list(near);
	}
	return fss__job_answer(job, &m);
}

int
fss__hub_answer_entries(struct fss__job *job, const struct fss__rows *rows,
    const struct fss__cursor *next)
{
	return answer_list(job, rows, NULL, next);
}

int
fss__hub_answer_empty(struct fss__job *job)
{
	struct fss__m_empty m;

	memset(&m, 0, sizeof(m));
	return fss__job_answer(job, &m);
}

int
fss__hub_answer_record(void *job, const void *record)
{
	return fss__job_answer(job, record);
}

/* ---- reading ---------------------------------------------------------- */

static int
stat_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__list it = job->m.STAT.refs;
	struct fss__rows rows;
	struct fss__m_ref ref;
	int r = 0;

	fss__rows_init(&rows, &fss__r_entry, 0);
	while (r == 0 && fss__list_next(&it, &fss__r_ref, &ref) == 1)
		r = fss__entry_stat(ctx, &job->who, &ref, fss__rows_emit,
		    &rows);
	/*
	 * A full page: the rows that did not fit are left out at the end, and
	 * the client asks for them again.
	 */
	if (r == 0 || (r == FSS_EAGAIN && rows.count > 0))
		r = fss__hub_answer_entries(job, &rows, NULL);
	fss__rows_release(&rows);
	return r;
}

/* The lists: one page of rows and a cursor. */
#define LIST_READ(NAME, FN, LIMIT)					\
static int								\
NAME##_read(struct fss__job *job, struct fss__ctx *ctx)			\
{									\
	struct fss__rows rows;						\
	struct fss__cursor next;					\
	int r;								\
									\
	fss__rows_init(&rows, &fss__r_entry, LIMIT);			\
	next.len = 0;							\
	r = FN(ctx, &job->who, &job->m.MESSAGE, fss__rows_emit, &rows,	\
	    &next);							\
	if (r == 0)							\
		r = fss__hub_answer_entries(job, &rows, &next);			\
	fss__rows_release(&rows);					\
	return r;							\
}

#define MESSAGE LIST
LIST_READ(list, fss__entry_list,
    job->m.LIST.has & FSS__K_list_limit ? job->m.LIST.limit : 0)
#undef MESSAGE
#define MESSAGE VERSIONS
LIST_READ(versions, fss__entry_versions,
    job->m.VERSIONS.has & FSS__K_versions_limit ? job->m.VERSIONS.limit : 0)
#undef MESSAGE
#define MESSAGE SHARES
LIST_READ(shares, fss__entry_shares,
    job->m.SHARES.has & FSS__K_page_limit ? job->m.SHARES.limit : 0)
#undef MESSAGE

/* Where the first page is empty, with what may have been meant. */
static int
find_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_find *q = &job->m.FIND;
	struct fss__rows rows, near;
	struct fss__cursor next;
	int r;

	fss__rows_init(&rows, &fss__r_entry,
	    q->has & FSS__K_find_limit ? q->limit : 0);
	fss__rows_init(&near, &fss__r_near, 0);
	next.len = 0;
	r = fss__entry_find(ctx, &job->who, q, fss__rows_emit, &rows, &next);
	if (r == 0 && rows.count == 0 && !(q->has & FSS__K_find_cursor))
		r = fss__entry_near(ctx, &job->who, q, fss__rows_emit, &near);
	if (r == 0)
		r = answer_list(job, &rows, &near, &next);
	fss__rows_release(&near);
	fss__rows_release(&rows);
	return r;
}

static int
grants_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__m_grant_list m;
	struct fss__rows rows;
	struct fss__cursor next;
	int r;

	fss__rows_init(&rows, &fss__r_grant_row, 0);
	next.len = 0;
	r = fss__entry_grants(ctx, &job->who, &job->m.GRANTS, fss__rows_emit,
	    &rows, &next);
	if (r == 0) {
		memset(&m, 0, sizeof(m));
		m.grants = fss__rows_list(&rows);
		if (next.len > 0) {
			m.has |= FSS__K_grant_list_cursor;
			m.cursor.p = next.b;
			m.cursor.n = next.len;
		}
		r = fss__job_answer(job, &m);
	}
	fss__rows_release(&rows);
	return r;
}

/* ---- batches of changes ----------------------------------------------- */

struct commit {
	struct fss__slice owner;
	struct fss__commit_as as;
};

static int
commit_one(struct fss__hub_items *x, const union fss__hub_item *item)
{
	const struct commit *c = x->arg;

	return fss__entry_commit_as(x->ctx, &x->job->who, c->owner,
	    &item->commit, &c->as, fss__rows_emit, &x->rows);
}

static int
commit_write(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_commit *m = &job->m.COMMIT;
	struct commit c;

	memset(&c, 0, sizeof(c));
	c.owner = m->has & FSS__K_commit_owner ? m->owner :
	    fss__slice_str(NULL);
	if (m->has & FSS__K_commit_request) {
		if (m->request == 0 || m->request > INT64_MAX)
			return FSS_ENOENT;
		c.as.request = (int64_t)m->request;
	}
	return fss__hub_write_items(job, ctx, m->items, commit_one, &c);
}

static int
remove_one(struct fss__hub_items *x, const union fss__hub_item *item)
{
	const struct fss__m_remove *m = &x->job->m.REMOVE;

	return fss__entry_remove(x->ctx, &x->job->who, &item->ref,
	    (m->has & FSS__K_remove_recursive) && m->recursive);
}

static int
remove_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__hub_write_refs(job, ctx, job->m.REMOVE.refs, remove_one);
}

/* ---- single changes --------------------------------------------------- */

static int
move_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__entry_move(ctx, &job->who, &job->m.MOVE);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

static int
restore_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__rows rows;
	int r;

	fss__rows_init(&rows, &fss__r_entry, 0);
	r = fss__entry_restore(ctx, &job->who, &job->m.RESTORE,
	    fss__rows_emit, &rows);
	if (r == 0)
		r = fss__hub_answer_entries(job, &rows, NULL);
	fss__rows_release(&rows);
	return r;
}

static int
access_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__entry_set_access(ctx, &job->who, &job->m.ACCESS);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

static int
grant_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__entry_set_grant(ctx, &job->who, &job->m.GRANT);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

#define READ	FSS__LANE_READ
#define WRITE	FSS__LANE_WRITE

const struct fss__handler fss__handlers_entry[] = {
	{ FSS__MSG_STAT, 0, {{ READ, stat_read }}, NULL },
	{ FSS__MSG_LIST, 0, {{ READ, list_read }}, NULL },
	{ FSS__MSG_FIND, 0, {{ READ, find_read }}, NULL },
	{ FSS__MSG_VERSIONS, 0, {{ READ, versions_read }}, NULL },
	{ FSS__MSG_SHARES, 0, {{ READ, shares_read }}, NULL },
	{ FSS__MSG_GRANTS, 0, {{ READ, grants_read }}, NULL },
	{ FSS__MSG_COMMIT, FSS__H_OP | FSS__H_BATCH | FSS__H_FACTS,
	    {{ WRITE, commit_write }}, NULL },
	{ FSS__MSG_REMOVE, FSS__H_OP | FSS__H_BATCH | FSS__H_FACTS,
	    {{ WRITE, remove_write }}, NULL },
	{ FSS__MSG_MOVE, FSS__H_OP | FSS__H_FACTS,
	    {{ WRITE, move_write }}, NULL },
	{ FSS__MSG_RESTORE, FSS__H_OP | FSS__H_FACTS,
	    {{ WRITE, restore_write }}, NULL },
	{ FSS__MSG_ACCESS, FSS__H_OP | FSS__H_FACTS,
	    {{ WRITE, access_write }}, NULL },
	{ FSS__MSG_GRANT, FSS__H_OP | FSS__H_FACTS,
	    {{ WRITE, grant_write }}, NULL },
	{ 0, 0, {{ READ, NULL }}, NULL }
};
