/*
 * Events: made by operations, queued, taken one by one.
 *
 * The queue is bounded by its makers: one PROGRESS and one READABLE or
 * WRITABLE per operation, DONE once, ROWS and ITEM only while op->queued is
 * small, STATE at most once beside the one at the end of the queue.
 */
#include "base/alloc.h"
#include "base/str.h"
#include "client/internal.h"
#include "net/dealer.h"

#define SHOW_US		100000	/* between two PROGRESS events */

struct fss_event *
fss__event_new(int type, struct fss__op *op)
{
	struct fss_event *ev = fss__zalloc(sizeof(*ev));

	if (ev == NULL)
		return NULL;
	ev->type = type;
	ev->op = op;
	if (op != NULL && op->parent != NULL)
		op = op->parent;
	if (op != NULL) {
		ev->id = op->id;
		ev->user = op->user;
	}
	return ev;
}

static bool
is_counted(const struct fss_event *ev)
{
	return ev->type == FSS_EVENT_ROWS || ev->type == FSS_EVENT_ITEM ||
	    ev->type == FSS_EVENT_NEWS || ev->type == FSS_EVENT_AFRESH;
}

/* The events stay in the queue, but no longer lead to the child. */
void
fss__event_inherit(struct fss__op *child)
{
	struct fss__op *parent = child->parent;
	struct fss_event *ev;

	for (ev = child->c->ev_head; ev != NULL; ev = ev->next) {
		if (ev->op != child)
			continue;
		ev->op = parent;
		if (parent != NULL && is_counted(ev))
			parent->queued++;
	}
	if (child->c->current != NULL && child->c->current->op == child)
		child->c->current->op = NULL;
	child->progress = child->ready = NULL;
}

void
fss__event_forget_near(struct fss_event *ev)
{
	unsigned i;

	for (i = 0; i < FSS__MAX_NEAR; i++) {
		fss__free(ev->near[i]);
		ev->near[i] = NULL;
	}
}

void
fss__event_free(struct fss_event *ev)
{
	if (ev == NULL)
		return;
	fss__event_forget_near(ev);
	fss__rowset_free(ev->rows);
	fss__free(ev->cursor);
	fss__free(ev);
}

void
fss__event_push(fss_client *c, struct fss_event *ev)
{
	ev->next = NULL;
	if (c->ev_tail != NULL)
		c->ev_tail->next = ev;
	else
		c->ev_head = ev;
	c->ev_tail = ev;
	/* After process() the loop takes events anyway; else it must wake. */
	if (!c->processing && c->dealer != NULL)
		fss__dealer_arm(c->dealer);
}

static void
copy_detail(struct fss_event *ev, const char *detail)
{
	if (detail == NULL)
		return;
	/* What does not fit is cut off; the number says it all the same. */
	(void)fss__fmt(ev->detail, sizeof(ev->detail), "%s", detail);
}

int
fss__event_rows(struct fss__op *op, int type, int error, const char *detail,
    struct fss__rowset *rows)
{
	struct fss_event *ev = fss__event_new(type, op);

	if (ev == NULL) {
		fss__rowset_free(rows);
		return FSS_ENOMEM;
	}
	ev->rows = rows;
	ev->error = error;
	copy_detail(ev, detail);
	op->queued++;
	fss__event_push(op->c, ev);
	return 0;
}

void
fss__event_state(fss_client *c, int error, const char *detail)
{
	struct fss_event *ev;

	/* Nobody takes them: the last one says how things are. */
	if (c->ev_tail != NULL && c->ev_tail->type == FSS_EVENT_STATE) {
		ev = c->ev_tail;
		ev->detail[0] = '\0';
	} else {
		ev = fss__event_new(FSS_EVENT_STATE, NULL);
		if (ev == NULL)
			return;	/* the operations will tell */
		fss__event_push(c, ev);
	}
	ev->error = error;
	copy_detail(ev, detail);
}

static void
copy_counts(struct fss_event *ev, const struct fss__op *op)
{
	unsigned i;

	for (i = 0; i <= FSS_COUNT_SCANNED; i++)
		ev->count[i] = op->count[i];
}

void
fss__event_progress(struct fss__op *op)
{
	struct fss_event *ev = op->progress;

	if (!op->counts || op->done)
		return;
	if (ev != NULL) {
		copy_counts(ev, op);
		return;
	}
	if (op->c->now_us - op->shown_us < SHOW_US)
		return;
	op->shown_us = op->c->now_us;
	ev = fss__event_new(FSS_EVENT_PROGRESS, op);
	if (ev == NULL)
		return;		/* the next one will do */
	copy_counts(ev, op);
	op->progress = ev;
	fss__event_push(op->c, ev);
}

void
fss__event_ready(struct fss__op *op, int type)
{
	struct fss_event *ev;

	if (op->ready != NULL || op->done)
		return;
	ev = fss__event_new(type, op);
	if (ev == NULL)
		return;		/* tried again with the next answer */
	op->ready = ev;
	fss__event_push(op->c, ev);
}

/* ---- what the user sees ----------------------------------------------- */

int
fss_event_type(const fss_event *ev)
{
	return ev->type;
}

fss_op
fss_event_op(const fss_event *ev)
{
	return ev->id;
}

int
fss_event_error(const fss_event *ev)
{
	return ev->error;
}

const char *
fss_event_detail(const fss_event *ev)
{
	return ev->detail;
}

uint64_t
fss_event_retry_ms(const fss_event *ev)
{
	return ev->retry_ms;
}

void *
fss_event_user(const fss_event *ev)
{
	return ev->user;
}

size_t
fss_event_rows(const fss_event *ev)
{
	return ev->rows != NULL ? fss__rowset_count(ev->rows) : 0;
}

const fss_row *
fss_event_row(const fss_event *ev, size_t i)
{
	return ev->rows != NULL ? fss__rowset_row(ev->rows, i) : NULL;
}

const char *
fss_event_cursor(const fss_event *ev)
{
	return ev->cursor != NULL ? ev->cursor : "";
}

_Static_assert(FSS_NEAR_MAX == FSS__MAX_NEAR, "as many as the hub gives");

const char *
fss_event_near(const fss_event *ev, size_t i)
{
	return i < FSS__MAX_NEAR ? ev->near[i] : NULL;
}

uint64_t
fss_event_count(const fss_event *ev, fss_counter which)
{
	if ((unsigned)which > FSS_COUNT_SCANNED)
		return 0;
	return ev->count[which];
}

/*
 * The event handed out goes when the next call comes.  Taking ROWS or an ITEM
 * lets its operation go on; with DONE the operation itself goes.
 */
void
fss__client_forget_event(fss_client *c)
{
	struct fss_event *ev = c->current;
	struct fss__op *op;

	if (ev == NULL)
		return;
	c->current = NULL;
	op = ev->op;
	if (op != NULL && ev->type == FSS_EVENT_DONE)
		fss__op_free(op);
	fss__event_free(ev);
}

/* Takes @ev out of the queue and makes it the current one. */
static void
hand_out(fss_client *c, struct fss_event *ev, struct fss_event *before)
{
	struct fss__op *op = ev->op;

	if (before != NULL)
		before->next = ev->next;
	else
		c->ev_head = ev->next;
	if (c->ev_tail == ev)
		c->ev_tail = before;
	ev->next = NULL;
	c->current = ev;
	if (op == NULL)
		return;
	if (op->progress == ev)
		op->progress = NULL;
	if (op->ready == ev)
		op->ready = NULL;
	if (is_counted(ev)) {
		op->queued--;
		fss__op_run(op);
	}
}

/* Those of a child are held with its parent's. */
static bool
is_held(const struct fss_event *ev)
{
	const struct fss__op *op = ev->op;

	if (op != NULL && op->parent != NULL)
		op = op->parent;
	return op != NULL && op->held;
}

bool
fss__event_any(const fss_client *c)
{
	const struct fss_event *ev = c->ev_head;

	while (ev != NULL && is_held(ev))
		ev = ev->next;
	return ev != NULL;
}

int
fss_op_hold(fss_client *c, fss_op id, int held)
{
	struct fss__op *op;
	int r;

	r = fss__client_check(c);
	if (r != 0)
		return r;
	fss__client_forget_event(c);
	op = fss__op_find(c, id);
	if (op == NULL || op->child)
		return fss__client_fail(c, FSS_EINVAL,
		    "there is no such operation");
	if (held != 0 && held != 1)
		return fss__client_fail(c, FSS_EINVAL, "held is 0 or 1");
	op->held = held == 1;
	/* What has waited must wake a loop, as if it came now. */
	if (!op->held && c->ev_head != NULL)
		fss__dealer_arm(c->dealer);
	return 0;
}

int
fss_client_next(fss_client *c, const fss_event **ret_ev)
{
	struct fss_event *ev, *before = NULL;
	int r;

	if (ret_ev == NULL)
		return FSS_EINVAL;
	*ret_ev = NULL;
	r = fss__client_check(c);
	if (r != 0)
		return r;
	fss__client_forget_event(c);
	for (ev = c->ev_head; ev != NULL && is_held(ev); ev = ev->next)
		before = ev;
	if (ev == NULL)
		return 0;
	hand_out(c, ev, before);
	*ret_ev = ev;
	return 1;
}

int
fss__event_next_of(fss_client *c, fss_op id, const fss_event **ret_ev)
{
	struct fss_event *ev, *before = NULL;

	for (ev = c->ev_head; ev != NULL; before = ev, ev = ev->next) {
		if (ev->id != id)
			continue;
		fss__client_forget_event(c);
		hand_out(c, ev, before);
		*ret_ev = ev;
		return 1;
	}
	return 0;
}
