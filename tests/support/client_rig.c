/*
 * See client_rig.h.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "client_rig.h"
#include "hub_frame.h"

void
rig_new(struct rig *g, unsigned conns)
{
	memset(g, 0, sizeof(*g));
	g->now = 1000000;
	memset(g->session, 's', sizeof(g->session));
	assert_int_equal(fss__cs_new(conns, "test", 1, &g->cs), 0);
}

void
rig_start(struct rig *g)
{
	rig_step(g, FSS__CS_START, 0, 0);
	assert_int_equal(g->up.open, 1);
	g->up.open = 0;
}

void
rig_open(struct rig *g)
{
	rig_new(g, RIG_CONNS);
	rig_start(g);
}

void
rig_hello(struct rig *g)
{
	rig_open(g);
	rig_step(g, FSS__CS_UP, 0, 0);
	assert_int_equal(rig_pump(g, 0), 1);
}

void
rig_ready(struct rig *g)
{
	rig_hello(g);
	rig_welcome(g);
	assert_int_equal(fss__cs_state(g->cs), FSS__CS_READY);
}

void
rig_close(struct rig *g)
{
	fss__cs_free(g->cs);
}

void
rig_step(struct rig *g, enum fss__cs_event_type type, unsigned conn, int reason)
{
	struct fss__cs_event ev = { 0 };

	ev.type = type;
	ev.conn = conn;
	ev.reason = reason;
	ev.now_us = g->now;
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
}

void
rig_due(struct rig *g)
{
	g->now = fss__cs_deadline(g->cs);
	rig_step(g, FSS__CS_TICK, 0, 0);
}

void
rig_feed(
    struct rig *g, unsigned conn, struct fss__frame *header, size_t payload)
{
	struct fss__cs_event ev = { 0 };

	ev.type = FSS__CS_FRAME;
	ev.conn = conn;
	ev.now_us = g->now;
	ev.header = header;
	ev.cut = g->cut;
	if (payload > 0)
		ev.payload = fss__frame_new(payload);
	assert_int_equal(fss__cs_step(g->cs, &ev, &g->up), 0);
	fss__frame_unref(header);
	fss__frame_unref(ev.payload);
}

static void
note(struct rig *g, unsigned conn, const struct fss__frame *header,
    const struct fss__frame *payload)
{
	struct rig_sent *s = &g->sent[g->nsent++];
	struct fss__m_credit credit;
	struct fss__header h;
	struct fss__m_get get;

	assert_true(g->nsent < RIG_SENT);
	assert_int_equal(fss__header_decode(header->data, header->len, &h), 0);
	s->type = h.type;
	s->conn = conn;
	s->req = h.req;
	s->payload = payload != NULL ? payload->len : 0;
	s->session_len = h.session.n;
	memcpy(s->session, h.session.p != NULL ? h.session.p : "",
	    h.session.n);
	if (h.type == FSS__MSG_GET) {
		assert_int_equal(fss__fields_decode(h.fields, &fss__r_get,
		    &get, NULL), 0);
		s->received = get.received;
	}
	if (h.type == FSS__MSG_CREDIT) {
		assert_int_equal(fss__fields_decode(h.fields, &fss__r_credit,
		    &credit, NULL), 0);
		s->received = credit.received;
	}
}

unsigned
rig_pump(struct rig *g, unsigned conn)
{
	struct fss__frame *header, *payload;
	unsigned n = 0;

	while (fss__cs_next_send(g->cs, conn, g->now, &header, &payload) == 1) {
		note(g, conn, header, payload);
		fss__cs_sent(g->cs, conn, g->now);
		fss__frame_unref(header);
		fss__frame_unref(payload);
		n++;
	}
	return n;
}

const struct rig_sent *
rig_last(const struct rig *g)
{
	assert_true(g->nsent > 0);
	return &g->sent[g->nsent - 1];
}

int
rig_try_request(struct rig *g, unsigned type, size_t payload, void *user,
    uint64_t *ret_req)
{
	union {
		struct fss__m_empty empty;
		struct fss__m_get get;
		struct fss__m_put put;
		struct fss__m_register reg;
	} m;
	struct fss__cs_request q;
	struct fss__cs_event ev = { 0 };
	int r;

	memset(&m, 0, sizeof(m));
	memset(&q, 0, sizeof(q));
	q.type = (uint8_t)type;
	q.rec = fss__message_find(type)->request;
	q.msg = &m;
	q.user = user;
	switch (type) {
	case FSS__MSG_GET:
		m.get.has = FSS__K_get_items;
		break;
	case FSS__MSG_PUT:
		m.put.has = FSS__K_put_ids | FSS__K_put_lens;
		m.put.ids = fss__slice_str("i");
		m.put.lens = fss__slice_str("l");
		q.payload = fss__frame_new(payload);
		assert_non_null(q.payload);
		break;
	case FSS__MSG_REGISTER:
		m.reg.has = FSS__K_register_name | FSS__K_register_password;
		m.reg.name = fss__slice_str("alice");
		m.reg.password = fss__slice_str("password");
		break;
	default:
		break;
	}
	ev.type = FSS__CS_REQUEST;
	ev.now_us = g->now;
	ev.request = &q;
	r = fss__cs_step(g->cs, &ev, &g->up);
	fss__frame_unref(q.payload);
	if (ret_req != NULL)
		*ret_req = q.ret_req;
	return r;
}

uint64_t
rig_request(struct rig *g, unsigned type, size_t payload, void *user)
{
	uint64_t req = 0;

	assert_int_equal(rig_try_request(g, type, payload, user, &req), 0);
	assert_true(req != 0);
	return req;
}

void
rig_welcome(struct rig *g)
{
	struct fss__m_welcome m;

	hub_welcome_fill(&m, g->session);
	rig_feed(g, 0, hub_frame(FSS__MSG_HELLO + FSS__ANSWER, rig_last(g)->req,
	    g->session, &fss__r_welcome, &m), 0);
}

void
rig_answer_ping(struct rig *g, uint64_t req)
{
	struct fss__m_empty m = { 0 };

	rig_feed(g, 0, hub_frame(FSS__MSG_PING + FSS__ANSWER, req, NULL,
	    &fss__r_empty, &m), 0);
}

void
rig_answer_get(struct rig *g, unsigned conn, uint64_t req, size_t payload)
{
	struct fss__m_nodes m = { 0 };

	m.has = FSS__K_nodes_runs;
	rig_feed(g, conn, hub_frame(FSS__MSG_GET + FSS__ANSWER, req, g->session,
	    &fss__r_nodes, &m), payload);
}

void
rig_answer_put(struct rig *g, unsigned conn, uint64_t req, uint64_t credit)
{
	struct fss__m_put_done m = { 0 };

	m.has = FSS__K_put_done_accepted | FSS__K_put_done_credit;
	m.credit = credit;
	rig_feed(g, conn, hub_frame(FSS__MSG_PUT + FSS__ANSWER, req, g->session,
	    &fss__r_put_done, &m), 0);
}

int
rig_take(struct rig *g, void *user)
{
	struct fss__cs_answer a;
	int code;

	assert_int_equal(fss__cs_next_answer(g->cs, &a), 1);
	assert_ptr_equal(a.user, user);
	code = a.err.code;
	fss__cs_answer_release(&a);
	return code;
}

void
rig_none(struct rig *g)
{
	struct fss__cs_answer a;

	assert_int_equal(fss__cs_next_answer(g->cs, &a), 0);
}
