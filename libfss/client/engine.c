/*
 * One turn of the loop.
 *
 * Messages in, time, slices of the operations' work, messages out, in this
 * order: what an answer sets free is sent in the same turn.  Bulk goes before
 * control, because a GET reports what was received and saves the CREDIT.
 */
#include <string.h>

#include "base/frame.h"
#include "base/str.h"
#include "base/time.h"
#include "client/internal.h"
#include "net/dealer.h"

#define BUDGET		64
#define US_PER_MS	INT64_C(1000)

static void
step(fss_client *c, struct fss__cs_event *ev)
{
	struct fss__cs_event lost;
	int r;

	ev->now_us = c->now_us;
	r = fss__cs_step(c->cs, ev, &c->update);
	if (r == 0 || ev->type != FSS__CS_FRAME)
		return;
	/* A message that could not be taken in is lost with its connection. */
	memset(&lost, 0, sizeof(lost));
	lost.type = FSS__CS_LOST;
	lost.conn = ev->conn;
	lost.reason = FSS_ENOTCONN;
	lost.now_us = c->now_us;
	(void)fss__cs_step(c->cs, &lost, &c->update);	/* cannot fail */
}

static void
connection_lost(fss_client *c, unsigned conn, int reason)
{
	struct fss__cs_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_LOST;
	ev.conn = conn;
	ev.reason = reason;
	step(c, &ev);
}

static void
end_all(fss_client *c, const struct fss__err *err)
{
	struct fss__op *op, *next;

	for (op = c->ops; op != NULL; op = next) {
		next = op->next;
		if (!op->done)
			fss__op_end(op, err->code, err->detail, NULL);
	}
}

/* Those that go on for ever have to do with each session. */
static void
run_patient(fss_client *c, struct fss__person *p)
{
	struct fss__op *op;

	/* Of persons there are many: only where there is somebody. */
	if (p != &c->own && p->serves == 0)
		return;
	for (op = c->ops; op != NULL; op = op->next)
		if (op->patient && op->who == p)
			fss__op_run(op);
}

/* Notes what became of a session; true where that is to be told. */
static bool
note_state(struct fss__person *p)
{
	bool up = fss__cs_state(p->cs) == FSS__CS_READY;

	if (p->up && (!up || p->epoch != fss__cs_epoch(p->cs))) {
		p->up = false;
		p->account[0] = '\0';
	}
	if (!up || p->up)
		return false;
	p->up = true;
	p->epoch = fss__cs_epoch(p->cs);
	/* Both are as long. */
	(void)fss__fmt(p->account, sizeof(p->account), "%s",
	    fss__cs_terms(p->cs)->account);
	return true;
}

/* Tells the user what became of the handle's own session. */
static void
state_changed(fss_client *c)
{
	const struct fss__err *err = fss__cs_error(c->cs);
	struct fss__person *p = &c->own;
	bool was = p->up, came = note_state(p);

	if (was && (came || !p->up)) {
		fss__event_state(c, FSS_ENOTCONN, err->detail);
		fss__log(&c->log, FSS_LOG_NOTICE, "client", "session lost",
		    "reason=\"%s\"", err->detail);
	}
	if (came) {
		fss__event_state(c, FSS_OK, NULL);
		fss__log(&c->log, FSS_LOG_INFO, "client", "session stands",
		    "account=%s", p->account);
		run_patient(c, p);
	}
	if (fss__cs_state(c->cs) == FSS__CS_REFUSED ||
	    err->code == FSS_EHOSTKEY || err->code == FSS_EDENIED) {
		fss__event_state(c, err->code, err->detail);
		end_all(c, err);
	}
}

static void
persons_changed(fss_client *c)
{
	struct fss__person *p;
	struct fss__cs *cs;

	while ((cs = fss__cs_next_changed(c->cs)) != NULL) {
		p = fss__cs_owner(cs);
		if (note_state(p))
			run_patient(c, p);
	}
}

/* Makes and cuts connections as the session machine wants them. */
static void
obey(fss_client *c)
{
	uint32_t shut, open;
	unsigned i;
	int r;

	while (c->update.shut != 0 || c->update.open != 0) {
		shut = c->update.shut;
		open = c->update.open;
		c->update.shut = c->update.open = 0;
		for (i = 0; i < c->conns; i++) {
			if (shut & UINT32_C(1) << i)
				fss__dealer_shut(c->dealer, i);
			if ((open & UINT32_C(1) << i) == 0)
				continue;
			r = fss__dealer_open(c->dealer, i);
			if (r != 0)
				connection_lost(c, i, FSS_EUNREACH);
		}
	}
	if (c->update.changed) {
		c->update.changed = false;
		state_changed(c);
	}
	persons_changed(c);
}

/* Places in the request table came free. */
static void
feed_starved(fss_client *c)
{
	struct fss__op *op;

	c->starved = false;
	for (op = c->ops; op != NULL; op = op->next) {
		if (!op->starved)
			continue;
		op->starved = false;
		fss__op_run(op);
	}
}

static void
deliver(fss_client *c)
{
	struct fss__cs_answer a;

	while (fss__cs_next_answer(c->cs, &a) == 1) {
		fss__call_finish(a.user, &a);
		fss__cs_answer_release(&a);
		if (c->starved)
			feed_starved(c);
	}
}

/* One message or connection event; 0 when there is none. */
static int
take_in(fss_client *c)
{
	struct fss__dealer_event in;
	struct fss__cs_event ev;
	int r;

	r = fss__dealer_next(c->dealer, &in);
	if (r == 0)
		return 0;
	if (r < 0) {
		connection_lost(c, in.conn, FSS_ENOTCONN);
		obey(c);
		return 1;
	}
	memset(&ev, 0, sizeof(ev));
	ev.conn = in.conn;
	ev.reason = in.reason;
	ev.rtt_us = in.rtt_us;
	ev.header = in.header;
	ev.payload = in.payload;
	ev.cut = in.cut;
	ev.type = in.type == FSS__DEALER_REACHED ? FSS__CS_REACHED :
	    in.type == FSS__DEALER_UP ? FSS__CS_UP :
	    in.type == FSS__DEALER_LOST ? FSS__CS_LOST : FSS__CS_FRAME;
	step(c, &ev);
	fss__frame_unref(in.header);
	fss__frame_unref(in.payload);
	obey(c);
	deliver(c);
	return 1;
}

/* Why an operation that got no answer ends. */
static void
time_out(struct fss__op *op)
{
	const struct fss__err *err = fss__cs_error(op->who->cs);

	if (fss__cs_state(op->who->cs) == FSS__CS_READY)
		fss__op_end(op, FSS_ETIMEDOUT, "the hub did not answer in time",
		    NULL);
	else if (err->code != 0 && err->code != FSS_ENOTCONN &&
	    err->code != FSS_ETIMEDOUT)
		fss__op_end(op, err->code, err->detail, NULL);
	else
		fss__op_end(op, FSS_EUNREACH, "the hub cannot be reached",
		    NULL);
}

static void
check_timeouts(fss_client *c)
{
	struct fss__op *op, *next;
	int64_t at;

	if (c->now_us < c->check_us)
		return;
	c->check_us = INT64_MAX;
	if (c->timeout_ms < 0)
		return;
	for (op = c->ops; op != NULL; op = next) {
		next = op->next;
		if (op->done || op->patient)
			continue;
		/* Without a request under way it is the user who takes time. */
		if (op->ncalls == 0)
			op->active_us = c->now_us;
		at = op->active_us + c->timeout_ms * US_PER_MS;
		if (at <= c->now_us)
			time_out(op);
		else if (at < c->check_us)
			c->check_us = at;
	}
}

/* Runs the operations whose time has come. */
static void
wake_ops(fss_client *c)
{
	struct fss__op *op;

	if (c->now_us < c->wake_us)
		return;
	c->wake_us = INT64_MAX;
	for (op = c->ops; op != NULL; op = op->next) {
		if (op->wake_us == 0 || op->done)
			continue;
		if (op->wake_us <= c->now_us) {
			op->wake_us = 0;
			fss__op_run(op);
		} else if (op->wake_us < c->wake_us) {
			c->wake_us = op->wake_us;
		}
	}
}

static void
run_one(fss_client *c)
{
	struct fss__op *op = c->run_head;
	int r;

	c->run_head = op->run_next;
	if (c->run_head == NULL)
		c->run_tail = NULL;
	op->runnable = false;
	op->run_next = NULL;
	c->as = op->who;	/* whatever it starts is for them too */
	r = op->cls->work(op);
	if (op->done)
		return;
	if (r < 0) {
		fss__op_fail(op, r);
	} else if (r > 0) {
		op->active_us = c->now_us;
		fss__op_run(op);
	}
}

/* Sends what may be sent over @conn: whether anything was. */
static bool
flush_conn(fss_client *c, unsigned conn)
{
	struct fss__frame *header, *payload;
	bool any = false;
	int r;

	for (;;) {
		r = fss__cs_next_send(c->cs, conn, c->now_us, &header,
		    &payload);
		if (r <= 0)	/* out of memory: tried again next time */
			return any;
		r = fss__dealer_send(c->dealer, conn, header, payload);
		if (r == 0) {
			fss__cs_sent(c->cs, conn, c->now_us);
			any = true;
			continue;
		}
		fss__frame_unref(header);
		fss__frame_unref(payload);
		if (r != FSS_EAGAIN && r != FSS_ENOMEM)
			connection_lost(c, conn, FSS_ENOTCONN);
		return any;
	}
}

static void
flush(fss_client *c)
{
	unsigned i, lanes = fss__cs_lanes(c->cs);
	bool any;

	/* Again while those for content may give each other the turn. */
	do {
		any = false;
		for (i = lanes + 1; i-- > 0; )
			any |= flush_conn(c, i);
	} while (any && lanes > 1);
}

int
fss_client_process(fss_client *c, int budget)
{
	struct fss__person *as = c->as;
	struct fss__cs_event ev;
	int r, left, half;

	r = fss__client_check(c);
	if (r != 0)
		return r;
	fss__client_forget_event(c);
	if (c->cs == NULL)
		return fss__client_fail(c, FSS_ENOTCONN,
		    "the client is not open");
	if (budget < 0)
		return fss__client_fail(c, FSS_EINVAL,
		    "a budget is not below 0");
	left = budget == 0 ? BUDGET : budget;
	half = (left + 1) / 2;
	fss__dealer_disarm(c->dealer);
	c->processing = true;
	c->now_us = fss__mono_us();
	fss__op_reap(c);
	obey(c);
	/* Half for messages at most: they must not starve what they cause. */
	while (half > 0 && take_in(c) == 1) {
		half--;
		left--;
	}
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_TICK;
	step(c, &ev);
	obey(c);
	wake_ops(c);
	while (left > 0 && c->run_head != NULL) {
		run_one(c);
		fss__op_reap(c);
		left--;
		flush(c);
	}
	deliver(c);
	fss__op_reap(c);
	flush(c);
	obey(c);
	check_timeouts(c);
	fss__op_reap(c);
	c->more = c->run_head != NULL || fss__dealer_pending(c->dealer);
	c->processing = false;
	c->as = as;
	if (c->more)
		fss__dealer_arm(c->dealer);
	return c->more ? 1 : 0;
}
