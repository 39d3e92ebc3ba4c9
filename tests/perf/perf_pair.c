/*
 * A client's session machine and a hub's: what one says the other hears at
 * once.  HELLO and REGISTER, then small requests, then PUT and GET of chunks
 * over the second connection, so that lanes, credit and repeats are worked
 * for, without sockets.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "base/num.h"
#include "hub_peer.h"
#include "perf.h"
#include "proto/client_session.h"

#define CONNS	2
#define PINGS	2000
#define CHUNKS	64
#define CHUNK	65536
#define STEP_US	1000

static struct hub_drive drive;
static struct fss__cs *cs;
static uint8_t key[FSS__KEY_BYTES];
static struct fss__frame *chunk[CHUNKS];
static struct fss__id id[CHUNKS];
static size_t answers, bytes;
static struct fss__m_entry row;

void
perf_prepare(void)
{
	unsigned i;

	hub_drive_open(&drive, NULL);
	memset(key, 7, sizeof(key));
	for (i = 0; i < CHUNKS; i++)
		chunk[i] = hub_peer_content(i, CHUNK, &id[i]);
	perf_must(fss__cs_new(CONNS, "perf", 1, &cs) == 0, "client");
}

static void
step(struct fss__cs_event *ev)
{
	struct fss__cs_update up;
	struct fss__cs_event opened;
	unsigned i;

	memset(&up, 0, sizeof(up));
	ev->now_us = drive.mono_us;
	assert_int_equal(fss__cs_step(cs, ev, &up), 0);
	assert_int_equal(up.shut, 0);
	for (i = 0; i < CONNS; i++) {
		if (!(up.open & 1u << i))
			continue;
		memset(&opened, 0, sizeof(opened));
		opened.type = FSS__CS_UP;
		opened.conn = i;
		step(&opened);
	}
}

static bool
to_hub(void)
{
	struct fss__frame *h, *p;
	bool any = false;
	unsigned i;

	for (i = 0; i < CONNS; i++)
		while (fss__cs_next_send(cs, i, drive.mono_us, &h, &p) == 1) {
			hub_drive_frame(&drive, i + 1, key, h, p);
			fss__cs_sent(cs, i, drive.mono_us);
			any = true;
		}
	hub_drive_run(&drive);
	return any;
}

static bool
to_client(void)
{
	struct fss__cs_event ev;
	struct hub_msg *m;
	bool any = false;

	while ((m = hub_drive_next(&drive)) != NULL) {
		memset(&ev, 0, sizeof(ev));
		ev.type = FSS__CS_FRAME;
		ev.conn = m->route - 1;
		ev.header = m->header;
		ev.payload = m->payload;
		step(&ev);
		hub_msg_free(m);
		any = true;
	}
	return any;
}

static void
take_answers(void)
{
	struct fss__m_entry_list rows;
	struct fss__cs_answer a;

	while (fss__cs_next_answer(cs, &a) == 1) {
		assert_int_equal(a.err.code, 0);
		answers++;
		if (a.payload != NULL)
			bytes += a.payload->len;
		if (a.type == FSS__MSG_COMMIT) {
			assert_int_equal(fss__fields_decode(a.fields,
			    &fss__r_entry_list, &rows, NULL), 0);
			assert_int_equal(fss__list_next(&rows.entries,
			    &fss__r_entry, &row), 1);
			assert_int_equal(row.status, 0);
		}
		fss__cs_answer_release(&a);
	}
}

/* Until nobody has anything to say. */
static void
pump(void)
{
	bool any;

	do {
		any = to_hub();
		any |= to_client();
		take_answers();
	} while (any);
	hub_drive_tick(&drive, STEP_US);
}

static void
ask(unsigned type, const void *msg, struct fss__frame *payload)
{
	struct fss__cs_request q;
	struct fss__cs_event ev;

	memset(&q, 0, sizeof(q));
	q.type = (uint8_t)type;
	q.rec = fss__message_find(type)->request;
	q.msg = msg;
	q.payload = payload;
	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_REQUEST;
	ev.request = &q;
	step(&ev);
}

static void
log_in(void)
{
	struct fss__cs_event ev;
	struct fss__m_register m;

	memset(&ev, 0, sizeof(ev));
	ev.type = FSS__CS_START;
	step(&ev);
	pump();
	perf_must(fss__cs_state(cs) == FSS__CS_READY, "no session");
	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str("alice");
	m.password = fss__slice_str("password");
	ask(FSS__MSG_REGISTER, &m, NULL);
	pump();
}

static void
put(unsigned i)
{
	struct fss__m_put m;
	uint8_t len[4];

	memset(&m, 0, sizeof(m));
	fss__put_le32(len, CHUNK);
	m.ids.p = id[i].b;
	m.ids.n = sizeof(id[i].b);
	m.lens.p = len;
	m.lens.n = sizeof(len);
	ask(FSS__MSG_PUT, &m, chunk[i]);
}

static void
commit(unsigned i)
{
	struct fss__m_commit_item item;
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_commit m;
	struct fss__buf b;

	memset(&item, 0, sizeof(item));
	item.path = fss__slice_str("/file");
	item.kind = FSS_KIND_FILE;
	item.has = FSS__K_commit_item_size | FSS__K_commit_item_root;
	item.size = CHUNK;
	item.root.p = id[i].b;
	item.root.n = sizeof(id[i].b);
	fss__buf_init(&b, FSS__MAX_HEADER);
	assert_int_equal(fss__record_encode(&b, &fss__r_commit_item, &item),
	    0);
	memset(op, (int)i, sizeof(op));
	memset(&m, 0, sizeof(m));
	m.op.p = op;
	m.op.n = sizeof(op);
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = 1;
	ask(FSS__MSG_COMMIT, &m, NULL);
	fss__buf_release(&b);
}

static void
get(void)
{
	struct fss__m_get m;
	struct fss__buf b;

	hub_peer_get_make(row.version, &b, &m);
	ask(FSS__MSG_GET, &m, NULL);
	fss__buf_release(&b);
}

void
perf_measured(void)
{
	struct fss__m_empty empty = { 0 };
	unsigned i;

	log_in();
	for (i = 0; i < PINGS; i++) {
		ask(FSS__MSG_PING, &empty, NULL);
		if (i % 16 == 15)
			pump();
	}
	for (i = 0; i < CHUNKS; i++) {
		put(i);
		if (i % 8 == 7)
			pump();
	}
	for (i = 0; i < CHUNKS; i++) {
		commit(i);
		pump();
		get();
		pump();
	}
}

void
perf_finish(void)
{
	unsigned i;

	perf_must(answers == 1 + PINGS + 3 * CHUNKS, "answers are missing");
	perf_must(bytes == (size_t)CHUNKS * CHUNK, "bytes are missing");
	fss__cs_free(cs);
	for (i = 0; i < CHUNKS; i++)
		fss__frame_unref(chunk[i]);
	hub_drive_close(&drive);
}
