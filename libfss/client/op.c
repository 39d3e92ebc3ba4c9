/*
 * Operations and their calls: made, entered, run, ended.
 *
 * Whatever happens an operation ends exactly once: its DONE event is made
 * together with it, so that ending needs no memory.  Ending cancels the calls
 * under way; each gets its function run with FSS_ECANCELED, so that what
 * belongs to it is freed in one place.
 */
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/time.h"
#include "client/internal.h"
#include "net/dealer.h"

int
fss__op_new(fss_client *c, const struct fss__op_class *cls, size_t size,
    void *user, void *ret_op)
{
	struct fss__op *op;
	int r;

	r = fss__client_check(c);
	if (r != 0)
		return r;
	fss__client_forget_event(c);
	if (c->cs == NULL)
		return fss__client_fail(c, FSS_ENOTCONN,
		    "the client is not open");
	op = fss__zalloc(size);
	if (op == NULL)
		return fss__client_fail(c, FSS_ENOMEM, "out of memory");
	op->c = c;
	op->who = c->as;
	op->cls = cls;
	op->user = user;
	op->done_event = fss__event_new(FSS_EVENT_DONE, op);
	if (op->done_event == NULL) {
		fss__free(op);
		return fss__client_fail(c, FSS_ENOMEM, "out of memory");
	}
	op->id = ++c->last_op;
	op->done_event->id = op->id;
	memcpy(ret_op, &op, sizeof(op));
	return 0;
}

int
fss__op_begin(struct fss__op *op, fss_op *ret_op)
{
	fss_client *c = op->c;
	struct fss__op **b;

	op->next = c->ops;
	if (c->ops != NULL)
		c->ops->prev = op;
	c->ops = op;
	b = &c->by_id[op->id % FSS__OP_BUCKETS];
	op->same_id = *b;
	*b = op;
	op->active_us = fss__mono_us();
	if (c->timeout_ms >= 0 && !op->patient &&
	    op->active_us + c->timeout_ms * INT64_C(1000) < c->check_us)
		c->check_us = op->active_us + c->timeout_ms * INT64_C(1000);
	if (ret_op != NULL)
		*ret_op = op->id;
	fss__op_run(op);
	return 0;
}

void
fss__op_cancel_calls(struct fss__op *op)
{
	struct fss__cs_update up = { 0, 0, false };
	struct fss__cs_answer a;
	struct fss__cs_event ev;
	struct fss__call *call;

	memset(&a, 0, sizeof(a));
	a.err.code = FSS_ECANCELED;
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_CANCEL;
	ev.now_us = op->c->now_us;
	while ((call = op->calls) != NULL) {
		ev.req = call->req;
		/* Cancelling asks nothing of the driver and cannot fail. */
		(void)fss__cs_step(op->who->cs, &ev, &up);
		fss__call_finish(call, &a);
	}
}

void
fss__op_abandon(struct fss__op *op)
{
	if (op == NULL)
		return;
	op->ending = true;
	fss__op_cancel_calls(op);
	if (op->cls->release != NULL)
		op->cls->release(op);
	fss__event_free(op->done_event);
	fss__free(op);
}

static void
unqueue_run(struct fss__op *op)
{
	fss_client *c = op->c;
	struct fss__op **p, *before = NULL;

	if (!op->runnable)
		return;
	for (p = &c->run_head; *p != op; p = &(*p)->run_next)
		before = *p;
	*p = op->run_next;
	if (c->run_tail == op)
		c->run_tail = before;
	op->runnable = false;
}

void
fss__op_run(struct fss__op *op)
{
	fss_client *c = op->c;

	if (op->runnable || op->ending)
		return;
	op->runnable = true;
	op->run_next = NULL;
	if (c->run_tail != NULL)
		c->run_tail->run_next = op;
	else
		c->run_head = op;
	c->run_tail = op;
	fss__dealer_arm(c->dealer);
}

void
fss__op_wake_at(struct fss__op *op, int64_t at_us)
{
	op->wake_us = at_us;
	if (at_us < op->c->wake_us)
		op->c->wake_us = at_us;
}

int
fss__op_starve(struct fss__op *op)
{
	op->starved = true;
	op->c->starved = true;
	return 0;
}

void
fss__op_adopt(struct fss__op *parent, struct fss__op *child)
{
	child->parent = parent;
	child->who = parent->who;
	child->child = true;
	parent->parented = true;
	/* Counters are shown as the parent's, who has the last word. */
	parent->counts = parent->counts || child->counts;
}

void
fss__op_hide(struct fss__op *op)
{
	op->child = true;
}

/* A parent ends: nobody waits for its children any more. */
static void
end_children(struct fss__op *op)
{
	fss_client *c = op->c;
	struct fss__op *ch, *next;

	if (!op->parented)
		return;
	for (ch = c->ops; ch != NULL; ch = next) {
		next = ch->next;
		if (ch->parent != op)
			continue;
		if (!ch->done)
			fss__op_end(ch, FSS_ECANCELED, NULL, NULL);
		ch->parent = NULL;
	}
}

/* No DONE of a child comes to the user. */
static void
end_child(struct fss__op *op, const char *detail, struct fss__rowset *rows)
{
	fss__rowset_free(rows);
	if (detail != NULL && detail != op->err.detail)
		(void)fss__fmt(op->err.detail, sizeof(op->err.detail), "%s",
		    detail);
	fss__event_inherit(op);
	op->over_next = op->c->over;
	op->c->over = op;
	fss__dealer_arm(op->c->dealer);
}

void
fss__op_reap(fss_client *c)
{
	struct fss__person *as = c->as;
	struct fss__op *op, *parent;

	while ((op = c->over) != NULL) {
		c->over = op->over_next;
		parent = op->parent;
		if (parent != NULL && !parent->done) {
			parent->active_us = c->now_us;
			c->as = parent->who;
			parent->retry_ms = op->retry_ms;
			parent->cls->child(parent, op, op->err.code);
		}
		fss__op_free(op);
	}
	c->as = as;
}

void
fss__op_end(struct fss__op *op, int code, const char *detail,
    struct fss__rowset *rows)
{
	struct fss_event *ev = op->done_event;
	unsigned i;

	if (op->done) {
		fss__rowset_free(rows);
		return;
	}
	unqueue_run(op);
	op->ending = true;
	end_children(op);
	fss__op_cancel_calls(op);
	if (op->cls->release != NULL)
		op->cls->release(op);
	op->done = true;
	op->err.code = code;
	if (op->child) {
		end_child(op, detail, rows);
		return;
	}
	op->done_event = NULL;
	ev->error = code;
	ev->retry_ms = code != 0 ? op->retry_ms : 0;
	ev->rows = rows;
	if (detail != NULL)
		/* What does not fit is cut off. */
		(void)fss__fmt(ev->detail, sizeof(ev->detail), "%s", detail);
	for (i = 0; i <= FSS_COUNT_SCANNED; i++)
		ev->count[i] = op->count[i];
	fss__event_push(op->c, ev);
}

void
fss__op_fail(struct fss__op *op, int code)
{
	fss__op_end(op, code, op->err.detail[0] != '\0' ? op->err.detail :
	    fss_strerror(code), NULL);
}

struct fss__op *
fss__op_find(fss_client *c, fss_op id)
{
	struct fss__op *op;

	for (op = c->by_id[id % FSS__OP_BUCKETS]; op != NULL;
	    op = op->same_id)
		if (op->id == id)
			return op;
	return NULL;
}

void
fss__op_free(struct fss__op *op)
{
	fss_client *c = op->c;
	struct fss__op **b;

	if (!op->done) {
		unqueue_run(op);
		op->ending = true;
		fss__op_cancel_calls(op);
		if (op->cls->release != NULL)
			op->cls->release(op);
	}
	fss__event_free(op->done_event);
	for (b = &c->by_id[op->id % FSS__OP_BUCKETS]; *b != op;
	    b = &(*b)->same_id)
		;
	*b = op->same_id;
	if (op->prev != NULL)
		op->prev->next = op->next;
	else
		c->ops = op->next;
	if (op->next != NULL)
		op->next->prev = op->prev;
	fss__free(op);
}

int
fss_op_cancel(fss_client *c, fss_op id)
{
	struct fss__op *op;
	int r;

	r = fss__client_check(c);
	if (r != 0)
		return r;
	fss__client_forget_event(c);
	op = fss__op_find(c, id);
	if (op == NULL || op->done)
		return fss__client_fail(c, FSS_EINVAL,
		    "there is no such operation under way");
	fss__op_end(op, FSS_ECANCELED, "the operation was cancelled", NULL);
	return 0;
}

/* ---- calls ------------------------------------------------------------ */

int
fss__call_start(struct fss__op *op, struct fss__call *call, unsigned type,
    const void *msg, struct fss__frame *payload, fss__call_fn fn)
{
	struct fss__cs_update up = { 0, 0, false };
	struct fss__cs_request q;
	struct fss__cs_event ev;
	int r;

	FSS_ASSERT(!op->ending);
	memset(&q, 0, sizeof(q));
	q.type = (uint8_t)type;
	q.rec = fss__message_find(type)->request;
	q.msg = msg;
	q.payload = payload;
	q.user = call;
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_REQUEST;
	ev.now_us = fss__mono_us();	/* the last round may be long ago */
	ev.request = &q;
	r = fss__cs_step(op->who->cs, &ev, &up);
	op->c->update.open |= up.open;
	op->c->update.shut |= up.shut;
	op->c->update.changed |= up.changed;
	if (r != 0)
		return r;
	if (op->ncalls++ == 0)
		op->active_us = ev.now_us;
	call->op = op;
	call->fn = fn;
	call->req = q.ret_req;
	call->prev = NULL;
	call->next = op->calls;
	if (op->calls != NULL)
		op->calls->prev = call;
	op->calls = call;
	return 0;
}

void
fss__call_finish(struct fss__call *call, const struct fss__cs_answer *a)
{
	struct fss__op *op = call->op;
	fss_client *c = op->c;
	struct fss__person *as;

	if (call->prev != NULL)
		call->prev->next = call->next;
	else
		op->calls = call->next;
	if (call->next != NULL)
		call->next->prev = call->prev;
	call->next = call->prev = NULL;
	op->ncalls--;
	op->retry_ms = a->retry_ms;
	/* What will be asked again is no progress. */
	if (a->err.code != FSS_ENOTCONN && a->err.code != FSS_EMISSING)
		op->active_us = op->c->now_us;
	as = c->as;
	c->as = op->who;	/* whatever it starts is for them too */
	call->fn(call, a);
	c->as = as;
}

int
fss__call_decode(const struct fss__cs_answer *a, void *ret_msg,
    struct fss__err *err)
{
	const struct fss__message *m = fss__message_find(a->type);
	const char *why = NULL;
	int r;

	r = fss__fields_decode(a->fields, m->answer, ret_msg, &why);
	if (r == 0)
		return 0;
	return fss__err_set(err, FSS_EPROTO,
	    "the answer to %s is malformed: %s", m->name,
	    why != NULL ? why : "not as specified");
}
