/*
 * The client's session machine under a hostile hub and a hostile network.
 *
 * The input is a list of steps.  Frames are made of it in two ways: raw, and
 * as well-formed envelopes around raw fields, whose request id is one that is
 * under way, so that the handlers behind the envelope are reached.  Persons
 * come and go over the same connections.
 */
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "hub_frame.h"
#include "proto/client_session.h"

#define CONNS	3
#define IDS	64
#define PERSONS	4

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct fuzz {
	const uint8_t	*p, *end;
	struct fss__cs	*cs;
	struct fss__cs	*person[PERSONS];
	struct fss__cs_update up;
	int64_t		 now;
	uint64_t	 id[IDS];	/* of frames seen going out */
	unsigned	 nids;
	unsigned	 accepted, answered;
	uint8_t		 session[FSS__SESSION_BYTES];
};

static void
must(bool ok)
{
	if (!ok)
		abort();
}

static unsigned
byte(struct fuzz *f)
{
	return f->p < f->end ? *f->p++ : 0;
}

static void
step_of(struct fuzz *f, struct fss__cs *who, struct fss__cs_event *ev)
{
	int r;

	ev->now_us = f->now;
	r = fss__cs_step(who, ev, &f->up);
	must(r == 0 || (ev->type == FSS__CS_REQUEST && r == FSS_EAGAIN));
	if (ev->type == FSS__CS_REQUEST && r == 0)
		f->accepted++;
	must((f->up.open & f->up.shut & ~UINT32_C(7)) == 0);
	f->up = (struct fss__cs_update){ 0, 0, false };
}

static void
step(struct fuzz *f, struct fss__cs_event *ev)
{
	step_of(f, f->cs, ev);
}

/* One of the persons, or the main machine. */
static struct fss__cs *
somebody(struct fuzz *f)
{
	struct fss__cs *p = f->person[byte(f) % PERSONS];

	return p != NULL ? p : f->cs;
}

static void
come(struct fuzz *f)
{
	unsigned i = byte(f) % PERSONS;

	if (f->person[i] == NULL)
		must(fss__cs_person_new(f->cs, byte(f) & 1 ? "AAAAAAAAAAAAAAAA"
		    "AAAAAAAAAAAAAAAAAAAAAAAAAAA" : NULL, "192.0.2.1", NULL,
		    f->now, &f->person[i]) == 0);
}

static void
go(struct fuzz *f)
{
	unsigned i = byte(f) % PERSONS;

	if (f->person[i] != NULL)
		fss__cs_person_close(f->person[i]);
	f->person[i] = NULL;
}

static void
feed(struct fuzz *f, unsigned conn, struct fss__frame *header)
{
	struct fss__cs_event ev;
	unsigned with;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_FRAME;
	ev.conn = conn;
	ev.header = header;
	with = byte(f);
	ev.cut = (with & 0xe0) == 0xc0;
	if (with & 1)
		ev.payload = fss__frame_new(byte(f));
	step(f, &ev);
	fss__frame_unref(header);
	fss__frame_unref(ev.payload);
}

static struct fss__frame *
raw_frame(struct fuzz *f)
{
	size_t n = byte(f);
	struct fss__frame *fr;

	if (n > (size_t)(f->end - f->p))
		n = (size_t)(f->end - f->p);
	fr = fss__frame_new(n);
	must(fr != NULL);
	if (n > 0)
		memcpy(fr->data, f->p, n);
	f->p += n;
	return fr;
}

/* An envelope around a map of the input's bytes. */
static struct fss__frame *
enveloped(struct fuzz *f)
{
	struct fss__frame *fields = raw_frame(f), *fr;
	unsigned type = byte(f);
	uint8_t head[64];
	size_t n = 0;
	uint64_t id = f->nids > 0 ? f->id[byte(f) % f->nids] : 1;
	int i;

	/* At times with an element too many: its number can be read. */
	head[n++] = f->p < f->end && f->p[0] >= 0xf0 ? 0x96 : 0x95;
	head[n++] = FSS__MAX_VERSION;
	head[n++] = 0xcc;
	head[n++] = (uint8_t)type;
	head[n++] = 0xcf;
	for (i = 7; i >= 0; i--)
		head[n++] = (uint8_t)(id >> (8 * i));
	head[n++] = 0xc4;
	head[n++] = sizeof(f->session);
	memcpy(head + n, f->session, sizeof(f->session));
	n += sizeof(f->session);
	fr = fss__frame_new(n + fields->len);
	must(fr != NULL);
	memcpy(fr->data, head, n);
	if (fields->len > 0)
		memcpy(fr->data + n, fields->data, fields->len);
	fss__frame_unref(fields);
	return fr;
}

static void
request(struct fuzz *f)
{
	static const uint8_t types[] = { FSS__MSG_PING, FSS__MSG_GET,
	    FSS__MSG_PUT, FSS__MSG_LOGIN, FSS__MSG_WHOAMI };
	union {
		struct fss__m_empty empty;
		struct fss__m_get get;
		struct fss__m_put put;
		struct fss__m_login login;
	} m;
	struct fss__cs *who = somebody(f);
	struct fss__cs_request q;
	struct fss__cs_event ev;

	memset(&m, 0, sizeof(m));
	memset(&q, 0, sizeof(q));
	q.type = types[byte(f) % sizeof(types)];
	q.rec = fss__message_find(q.type)->request;
	q.msg = &m;
	if (q.type == FSS__MSG_PUT) {
		m.put.has = FSS__K_put_ids | FSS__K_put_lens;
		q.payload = fss__frame_new(byte(f) * 8u);
		must(q.payload != NULL);
	} else if (q.type == FSS__MSG_LOGIN) {
		m.login.has = FSS__K_login_name | FSS__K_login_password;
		m.login.name = fss__slice_str("a");
		m.login.password = fss__slice_str("password");
	} else if (q.type == FSS__MSG_GET) {
		m.get.has = FSS__K_get_items;
	}
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_REQUEST;
	ev.request = &q;
	step_of(f, who, &ev);
	fss__frame_unref(q.payload);
	if (byte(f) % 16 == 0) {
		/* A cancelled one is not answered. */
		f->accepted -= q.ret_req != 0;
		memset(&ev, 0, sizeof(ev));
		ev.type = FSS__CS_CANCEL;
		ev.req = q.ret_req;
		step_of(f, who, &ev);
	}
}

static void
send_some(struct fuzz *f, unsigned conn)
{
	struct fss__frame *header, *payload;
	struct fss__header h;
	unsigned n = 0;

	while (n++ < 8 && fss__cs_next_send(f->cs, conn, f->now, &header,
	    &payload) == 1) {
		must(fss__header_decode(header->data, header->len, &h) == 0);
		if (f->nids < IDS)
			f->id[f->nids++] = h.req;
		else
			f->id[n % IDS] = h.req;
		fss__cs_sent(f->cs, conn, f->now);
		fss__frame_unref(header);
		fss__frame_unref(payload);
	}
}

static void
welcome(struct fuzz *f)
{
	struct fss__m_welcome m;

	hub_welcome_fill(&m, f->session);
	m.requests_max = 1 + byte(f);
	feed(f, 0, hub_frame(FSS__MSG_HELLO + FSS__ANSWER,
	    f->nids > 0 ? f->id[f->nids - 1] : 0, f->session,
	    &fss__r_welcome, &m));
}

static void
one_step(struct fuzz *f)
{
	unsigned what = byte(f), conn = (what >> 4) % CONNS;
	struct fss__cs_answer a;
	struct fss__cs_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.conn = conn;
	switch (what & 15) {
	case 0:
		ev.type = FSS__CS_UP;
		step(f, &ev);
		break;
	case 1:
		ev.type = FSS__CS_LOST;
		ev.reason = -(int)(byte(f) % 46);
		step(f, &ev);
		break;
	case 2:
		f->now += (int64_t)byte(f) * 100000;
		ev.type = FSS__CS_TICK;
		step(f, &ev);
		break;
	case 3:
	case 4:
		request(f);
		break;
	case 5:
		feed(f, conn, raw_frame(f));
		break;
	case 6:
	case 7:
	case 8:
		feed(f, conn, enveloped(f));
		break;
	case 9:
		welcome(f);
		break;
	case 10:
		feed(f, conn, hub_error(f->nids > 0 ?
		    f->id[byte(f) % f->nids] : 0, -(int)(1 + byte(f) % 50)));
		break;
	case 11:
		f->session[0] = (uint8_t)byte(f);
		break;
	case 12:
		come(f);
		break;
	case 13:
		go(f);
		break;
	case 14:
		/* Near, far, or not known. */
		if (conn != FSS__CS_CONTROL)
			fss__cs_expect(f->cs, byte(f));
		ev.type = FSS__CS_REACHED;
		ev.rtt_us = (int64_t)byte(f) * 1000;
		step(f, &ev);
		break;
	default:
		send_some(f, conn);
		break;
	}
	while (fss__cs_next_changed(f->cs) != NULL)
		;
	while (fss__cs_next_answer(f->cs, &a) == 1) {
		f->answered++;
		fss__cs_answer_release(&a);
	}
	must(f->answered <= f->accepted);
	must(fss__cs_pending(f->cs) <= FSS__CS_TABLE);
	(void)fss__cs_deadline(f->cs);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fss__cs_event ev;
	struct fuzz f;

	memset(&f, 0, sizeof(f));
	f.p = data;
	f.end = data + size;
	f.now = 1000000;
	must(fss__cs_new(CONNS, "fuzz", 1, &f.cs) == 0);
	if (size % 2 != 0)
		fss__cs_adapt(f.cs);
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_START;
	step(&f, &ev);
	while (f.p < f.end)
		one_step(&f);
	fss__cs_free(f.cs);
	return 0;
}
