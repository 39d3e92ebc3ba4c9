/*
 * Requests of those who run the hub: its figures, its invites.
 */
#include <string.h>

#include "model/figures.h"
#include "model/invite.h"
#include "proto/hub_internal.h"

/* What the machine knows is in the job since it was accepted. */
static int
hub_read(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__m_hub m;
	int r;

	r = fss__figures(ctx, &m);
	if (r != 0)
		return r;
	m.has |= FSS__K_hub_sessions | FSS__K_hub_since_us;
	m.sessions = job->amount;
	m.since_us = job->number;
	return fss__job_answer(job, &m);
}

static int
invites_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_page *m = &job->m.INVITES;
	struct fss__m_invite_list list;
	struct fss__cursor next;
	struct fss__rows rows;
	int r;

	fss__rows_init(&rows, &fss__r_invite_row,
	    m->has & FSS__K_page_limit ? m->limit : 0);
	r = fss__invite_list(ctx, &job->who, m, fss__rows_emit, &rows, &next);
	if (r == 0) {
		memset(&list, 0, sizeof(list));
		list.invites = fss__rows_list(&rows);
		if (next.len > 0) {
			list.has |= FSS__K_invite_list_cursor;
			list.cursor.p = next.b;
			list.cursor.n = next.len;
		}
		r = fss__job_answer(job, &list);
	}
	fss__rows_release(&rows);
	return r;
}

static int
withdraw_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__invite_withdraw(ctx, &job->who,
	    job->m.INVITE_WITHDRAW.id);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

#define READ	FSS__LANE_READ
#define WRITE	FSS__LANE_WRITE

const struct fss__handler fss__handlers_admin[] = {
	{ FSS__MSG_HUB, 0, {{ READ, hub_read }}, NULL },
	{ FSS__MSG_INVITES, 0, {{ READ, invites_read }}, NULL },
	{ FSS__MSG_INVITE_WITHDRAW, 0, {{ WRITE, withdraw_write }}, NULL },
	{ 0, 0, {{ READ, NULL }}, NULL }
};
