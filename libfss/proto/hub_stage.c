/*
 * Requests about uploads in parts: begun, gone on with, saved, committed.
 *
 * Each is one call of the model; what it emits is the answer.
 */
#include <string.h>

#include "model/stage.h"
#include "proto/hub_internal.h"

static int
new_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__stage_new(
	    ctx, &job->who, &job->m.STAGE_NEW, fss__hub_answer_record, job);
}

static int
emit_turn(void *arg, const void *record)
{
	struct fss__job *job = arg;

	job->amount = ((const struct fss__m_stage *)record)->turn;
	return fss__hub_answer_record(job, record);
}

static int
open_write(struct fss__job *job, struct fss__ctx *ctx)
{
	job->amount = 0;
	return fss__stage_open(
	    ctx, &job->who, &job->m.STAGE_OPEN, emit_turn, job);
}

static int
save_write(struct fss__job *job, struct fss__ctx *ctx)
{
	return fss__stage_save(
	    ctx, &job->who, &job->m.STAGE_SAVE, fss__hub_answer_record, job);
}

static int
commit_write(struct fss__job *job, struct fss__ctx *ctx)
{
	struct fss__rows rows;
	int r;

	fss__rows_init(&rows, &fss__r_entry, 0);
	r = fss__stage_commit(
	    ctx, &job->who, &job->m.STAGE_COMMIT, fss__rows_emit, &rows);
	if (r == 0)
		r = fss__hub_answer_entries(job, &rows, NULL);
	fss__rows_release(&rows);
	return r;
}

static int
remove_write(struct fss__job *job, struct fss__ctx *ctx)
{
	int r = fss__stage_remove(ctx, &job->who, &job->m.STAGE_REMOVE);

	return r != 0 ? r : fss__hub_answer_empty(job);
}

static const struct fss__slice whoever;

/* Who goes on with it, and who does no more, as hub_held.c has it. */
static void
open_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__m_stage_open *m = &job->m.STAGE_OPEN;
	bool leave = (m->has & FSS__K_stage_open_leave) && m->leave;

	/*
	 * Its answer was lost with a connection, and others may have gone on
	 * with it since: what it left then is left.
	 */
	if (job->repeated) {
		if (!leave && job->err.code == 0)
			fss__hub_held_again(hub, job, m->id, m->op);
		return;
	}
	if (leave && job->err.code != 0)
		fss__hub_held_leave(hub, job, m->id,
		    m->has & FSS__K_stage_open_turn ? m->turn : 0,
		    m->has & FSS__K_stage_open_of ? m->of : whoever);
	else if (leave)
		fss__hub_held_end(hub, job, m->id);
	else if (job->err.code == 0)
		fss__hub_held_take(hub, job, m->id, job->amount, m->op);
}

static void
save_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__m_stage_save *m = &job->m.STAGE_SAVE;

	if (job->err.code != 0 ||
	    ((m->has & FSS__K_stage_save_leave) && m->leave))
		fss__hub_held_leave(hub, job, m->id, m->turn, whoever);
}

static void
commit_finish(struct fss__hub *hub, struct fss__job *job)
{
	const struct fss__m_stage_commit *m = &job->m.STAGE_COMMIT;

	if (job->err.code != 0)
		fss__hub_held_leave(hub, job, m->id, m->turn, whoever);
	else
		fss__hub_held_end(hub, job, m->id);
}

static void
remove_finish(struct fss__hub *hub, struct fss__job *job)
{
	if (job->err.code == 0)
		fss__hub_held_end(hub, job, job->m.STAGE_REMOVE.id);
}

struct lister {
	const struct fss__job *job;
	struct fss__rows *rows;
};

static int
emit_held(void *arg, const void *record)
{
	struct fss__m_stage m = *(const struct fss__m_stage *)record;
	struct lister *l = arg;

	if (fss__hub_held(l->job, m.id)) {
		m.has |= FSS__K_stage_held;
		m.held = true;
	}
	return fss__rows_emit(l->rows, &m);
}

static int
stages_read(struct fss__job *job, struct fss__ctx *ctx)
{
	const struct fss__m_stages *m = &job->m.STAGES;
	struct fss__m_stage_list list;
	struct fss__cursor next;
	struct fss__rows rows;
	struct lister l = { job, &rows };
	int r;

	fss__rows_init(
	    &rows, &fss__r_stage, m->has & FSS__K_stages_limit ? m->limit : 0);
	r = fss__stage_list(ctx, &job->who, m, emit_held, &l, &next);
	if (r == 0) {
		memset(&list, 0, sizeof(list));
		list.stages = fss__rows_list(&rows);
		if (next.len > 0) {
			list.has |= FSS__K_stage_list_cursor;
			list.cursor.p = next.b;
			list.cursor.n = next.len;
		}
		r = fss__job_answer(job, &list);
	}
	fss__rows_release(&rows);
	return r;
}

#define READ  FSS__LANE_READ
#define WRITE FSS__LANE_WRITE
#define BATCH (FSS__H_OP | FSS__H_BATCH)

/* SAVE and COMMIT index what is pending, as COMMIT of entries does. */
const struct fss__handler fss__handlers_stage[] = {
	{ FSS__MSG_STAGE_NEW, FSS__H_OP, { { WRITE, new_write } }, NULL },
	{ FSS__MSG_STAGES, 0, { { READ, stages_read } }, NULL },
	{ FSS__MSG_STAGE_OPEN, FSS__H_OP, { { WRITE, open_write } },
	    open_finish },
	{ FSS__MSG_STAGE_SAVE, BATCH, { { WRITE, save_write } }, save_finish },
	{ FSS__MSG_STAGE_COMMIT, BATCH | FSS__H_FACTS,
	    { { WRITE, commit_write } }, commit_finish },
	{ FSS__MSG_STAGE_REMOVE, FSS__H_OP, { { WRITE, remove_write } },
	    remove_finish },
	{ 0, 0, { { READ, NULL } }, NULL }
};
