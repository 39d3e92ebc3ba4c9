/*
 * Saying that an upload in parts is not gone on with.
 *
 * Who ends without having said so, by an error or because they were
 * cancelled, is over before an answer could come: an operation nobody sees
 * says it for them.  Until then others are told that somebody sends it.
 */
#include <string.h>

#include "base/str.h"
#include "client/request.h"
#include "client/stage.h"

struct leaver {
	struct fss__op	 op;
	struct fss__call call;
	bool		 sent;
	struct fss__stage_hold hold;
};

int
fss__stage_leave_send(struct fss__op *op, struct fss__call *call,
    const struct fss__stage_hold *hold, uint64_t offset, fss__call_fn fn)
{
	uint8_t bytes[FSS__OP_BYTES];
	struct fss__m_stage_open m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_stage_open_op | FSS__K_stage_open_id |
	    FSS__K_stage_open_offset | FSS__K_stage_open_leave |
	    FSS__K_stage_open_turn |
	    (hold->turn == 0 ? FSS__K_stage_open_of : 0);
	fss__op_id(bytes, &m.op);
	m.id.p = hold->id;
	m.id.n = sizeof(hold->id);
	m.offset = offset;
	m.leave = true;
	m.turn = hold->turn;
	m.of.p = hold->op;
	m.of.n = sizeof(hold->op);
	return fss__call_start(op, call, FSS__MSG_STAGE_OPEN, &m, NULL, fn);
}

/* Only told: it is over whatever the answer. */
static void
answered(struct fss__call *call, const struct fss__cs_answer *a)
{
	(void)a;
	if (!call->op->ending)
		fss__op_end(call->op, FSS_OK, NULL, NULL);
}

static int
leaver_work(struct fss__op *op)
{
	struct leaver *l = (struct leaver *)op;
	int r;

	if (l->sent)
		return 0;
	r = fss__stage_leave_send(op, &l->call, &l->hold, 0, answered);
	if (r == FSS_EAGAIN)
		return fss__op_starve(op);
	l->sent = r == 0;
	return r;
}

static const struct fss__op_class leaver_class = {
	"leave", leaver_work, NULL, NULL, NULL
};

void
fss__stage_leave(struct fss__op *from, const struct fss__stage_hold *hold)
{
	struct leaver *l;

	/* What a session has taken up ends with it. */
	if (!from->who->up || from->who->closing ||
	    fss__op_new(from->c, &leaver_class, sizeof(*l), NULL, &l) != 0)
		return;
	l->op.who = from->who;
	l->hold = *hold;
	fss__op_hide(&l->op);
	/* Entering it cannot fail. */
	(void)fss__op_begin(&l->op, NULL);
}
