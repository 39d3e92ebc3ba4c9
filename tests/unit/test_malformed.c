/*
 * Messages that are none, over a line that many people share: the hub names
 * the one it refuses and goes on with all others.  And answers that are none:
 * a client ends what they were for, and goes on too.
 *
 * The line is a socket of ZeroMQ's alone, so that it sends what no client of
 * ours would.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include <fss/fss.h>

#include "crypto/keys.h"
#include "folder.h"
#include "hub_frame.h"
#include "hub_thread.h"
#include "net/dealer.h"
#include "raw_peer.h"
#include "script_hub.h"

#define QUIET_MS	20000	/* of silence: the test waits in vain */
#define GARBAGE		400000	/* messages at most, of one peer */

struct world {
	char		 data[FOLDER_PATH];
	struct hub_thread *hub;
	uint8_t		 key[FSS__KEY_BYTES];
	void		*ctx;
	void		*line;
	uint64_t	 req;
};

/* What came over the line. */
struct got {
	unsigned	 type;
	uint64_t	 req;
	int		 code;		/* of an ERROR */
	char		 detail[FSS__MAX_DETAIL + 1];
	bool		 named;
	uint8_t		 session[FSS__SESSION_BYTES];
};

static void
set(void *sock, int option, const void *value, size_t n)
{
	assert_int_equal(zmq_setsockopt(sock, option, value, n), 0);
}

static void
set_up(struct world *w)
{
	uint8_t pub[FSS__KEY_BYTES], sec[FSS__KEY_BYTES];
	char endpoint[128];
	const char *address;
	int quiet = QUIET_MS, none = 0;

	memset(w, 0, sizeof(*w));
	assert_int_equal(fss__crypto_init(), 0);
	folder_new(w->data);
	w->hub = hub_thread_start(w->data, 0);
	address = hub_thread_address(w->hub);
	assert_int_equal(fss__key_decode(w->key, strchr(address, '#') + 1), 0);
	(void)snprintf(endpoint, sizeof(endpoint), "tcp://127.0.0.1:%u",
	    hub_thread_port(w->hub));
	fss__keypair(pub, sec);
	w->ctx = zmq_ctx_new();
	w->line = zmq_socket(w->ctx, ZMQ_DEALER);
	assert_non_null(w->line);
	set(w->line, ZMQ_CURVE_SERVERKEY, w->key, sizeof(w->key));
	set(w->line, ZMQ_CURVE_PUBLICKEY, pub, sizeof(pub));
	set(w->line, ZMQ_CURVE_SECRETKEY, sec, sizeof(sec));
	set(w->line, ZMQ_RCVTIMEO, &quiet, sizeof(quiet));
	set(w->line, ZMQ_LINGER, &none, sizeof(none));
	assert_int_equal(zmq_connect(w->line, endpoint), 0);
}

static void
tear_down(struct world *w)
{
	assert_int_equal(zmq_close(w->line), 0);
	assert_int_equal(zmq_ctx_term(w->ctx), 0);
	hub_thread_stop(w->hub);
	folder_remove(w->data);
}

static void
part(struct world *w, const void *p, size_t n, bool more)
{
	assert_int_equal(zmq_send(w->line, p, n, more ? ZMQ_SNDMORE : 0), n);
}

/* The next message, which has one part, within the time there is. */
static void
receive(struct world *w, struct got *ret_g)
{
	struct fss__m_error m;
	struct fss__header h;
	zmq_msg_t msg;

	memset(ret_g, 0, sizeof(*ret_g));
	assert_int_equal(zmq_msg_init(&msg), 0);
	assert_true(zmq_msg_recv(&msg, w->line, 0) >= 0);
	assert_false(zmq_msg_more(&msg));
	assert_int_equal(fss__header_decode(zmq_msg_data(&msg),
	    zmq_msg_size(&msg), &h), 0);
	ret_g->type = h.type;
	ret_g->req = h.req;
	ret_g->named = h.session.n == sizeof(ret_g->session);
	if (ret_g->named)
		memcpy(ret_g->session, h.session.p, h.session.n);
	if (h.type == FSS__MSG_ERROR) {
		assert_int_equal(fss__fields_decode(h.fields, &fss__r_error,
		    &m, NULL), 0);
		ret_g->code = -(int)m.code;
		assert_int_equal(fss__slice_copy(m.detail, ret_g->detail,
		    sizeof(ret_g->detail)), 0);
	}
	(void)zmq_msg_close(&msg);
}

static void
send_message(struct world *w, unsigned type, const uint8_t *session,
    const void *msg)
{
	struct fss__frame *f = hub_frame(type, ++w->req, session,
	    fss__message_find(type)->request, msg);

	part(w, f->data, f->len, false);
	fss__frame_unref(f);
}

/* A session of somebody over the line, nobody yet. */
static void
come(struct world *w, uint8_t session[FSS__SESSION_BYTES])
{
	struct fss__m_hello m;
	struct got g;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_hello_nobody;
	m.min_version = m.max_version = FSS__MAX_VERSION;
	m.nobody = true;
	send_message(w, FSS__MSG_HELLO, NULL, &m);
	receive(w, &g);
	assert_int_equal(g.type, FSS__MSG_HELLO + FSS__ANSWER);
	assert_true(g.named);
	memcpy(session, g.session, FSS__SESSION_BYTES);
}

static void
ping(struct world *w, const uint8_t *session)
{
	struct fss__m_empty m;
	struct got g;

	memset(&m, 0, sizeof(m));
	send_message(w, FSS__MSG_PING, session, &m);
	receive(w, &g);
	assert_int_equal(g.type, FSS__MSG_PING + FSS__ANSWER);
	assert_int_equal(g.req, w->req);
}

/* @type in @session with number 0x1234, its fields those of @n bytes. */
static size_t
envelope(uint8_t *buf, unsigned type, const uint8_t *session,
    const void *fields, size_t n)
{
	const uint8_t head[] = { 0x95, FSS__MAX_VERSION, (uint8_t)type, 0xcd,
	    0x12, 0x34, 0xc4, FSS__SESSION_BYTES };

	memcpy(buf, head, sizeof(head));
	memcpy(buf + sizeof(head), session, FSS__SESSION_BYTES);
	memcpy(buf + sizeof(head) + FSS__SESSION_BYTES, fields, n);
	return sizeof(head) + FSS__SESSION_BYTES + n;
}

/* The next answer refuses number 0x1234 of @session. */
static void
refused(struct world *w, const uint8_t *session, int code,
    const char *detail)
{
	struct got g;

	receive(w, &g);
	assert_int_equal(g.type, FSS__MSG_ERROR);
	assert_int_equal(g.code, code);
	assert_int_equal(g.req, 0x1234);
	assert_true(g.named);
	assert_memory_equal(g.session, session, FSS__SESSION_BYTES);
	assert_string_equal(g.detail, detail);
}

static void
test_one_alone(void **state)
{
	uint8_t a[FSS__SESSION_BYTES], b[FSS__SESSION_BYTES], buf[64];
	uint8_t *big = calloc(1, FSS__MAX_PAYLOAD + 1);
	struct world w;
	struct got g;
	size_t n;

	(void)state;
	assert_non_null(big);
	set_up(&w);
	come(&w, a);
	come(&w, b);
	/* An envelope of six elements. */
	n = envelope(buf, FSS__MSG_PING, a, "\x80\x80", 2);
	buf[0] = 0x96;
	part(&w, buf, n, false);
	refused(&w, a, FSS_EPROTO, "the envelope is malformed");
	ping(&w, b);
	/* Four frames. */
	n = envelope(buf, FSS__MSG_PING, a, "\x80", 1);
	part(&w, buf, n, true);
	part(&w, "x", 1, true);
	part(&w, "y", 1, true);
	part(&w, "z", 1, false);
	refused(&w, a, FSS_EPROTO, "more than two frames");
	ping(&w, b);
	/* Too large a header, and too large a payload. */
	n = envelope(big, FSS__MSG_PING, a, "\x80", 1);
	part(&w, big, FSS__MAX_HEADER + 1, false);
	refused(&w, a, FSS_ETOOBIG, "a header of more than 262144 bytes");
	part(&w, buf, n, true);
	part(&w, big, FSS__MAX_PAYLOAD + 1, false);
	refused(&w, a, FSS_ETOOBIG, "a payload of more than 1114112 bytes");
	ping(&w, b);
	/* No number: it is nobody's, and nobody else's fault. */
	part(&w, "", 0, false);
	receive(&w, &g);
	assert_int_equal(g.code, FSS_EPROTO);
	assert_int_equal(g.req, 0);
	ping(&w, a);
	ping(&w, b);
	tear_down(&w);
	free(big);
}

/* More places than one GET may ask for: refused by what is too much. */
static void
test_get_too_large(void **state)
{
	uint8_t a[FSS__SESSION_BYTES], items[1024];
	struct fss__m_register_web m;
	uint8_t buf[2048];
	struct world w;
	struct got g;
	size_t n = 0, i;

	(void)state;
	set_up(&w);
	come(&w, a);
	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str("alice");
	m.password = fss__slice_str("password!");
	send_message(&w, FSS__MSG_REGISTER_WEB, a, &m);
	receive(&w, &g);
	assert_int_equal(g.type, FSS__MSG_REGISTER_WEB + FSS__ANSWER);
	/* {1: [{} ...]}: one more than there may be. */
	memcpy(items, "\x81\x01\xdc", 3);
	items[3] = (FSS__MAX_GET_ITEMS + 1) >> 8;
	items[4] = (FSS__MAX_GET_ITEMS + 1) & 0xff;
	for (i = 0, n = 5; i <= FSS__MAX_GET_ITEMS; i++)
		items[n++] = 0x80;
	n = envelope(buf, FSS__MSG_GET, a, items, n);
	part(&w, buf, n, false);
	receive(&w, &g);
	assert_int_equal(g.code, FSS_ETOOBIG);
	assert_int_equal(g.req, 0x1234);
	assert_string_equal(g.detail, "GET: items");
	ping(&w, a);
	tear_down(&w);
}

/*
 * Garbage without end from one who takes no answer: they are cut when the
 * queue is full, and until then nobody else notices.
 */
static void
test_garbage_without_end(void **state)
{
	uint8_t a[FSS__SESSION_BYTES];
	struct raw_peer *p;
	struct world w;
	unsigned i;

	(void)state;
	set_up(&w);
	come(&w, a);
	p = raw_peer_open(hub_thread_port(w.hub), w.key);
	assert_non_null(p);
	for (i = 0; i < GARBAGE; i++) {
		if (!raw_peer_send(p, "\x91\xc1", 2, false))
			break;
		if (i % 1000 == 0)
			ping(&w, a);
	}
	assert_true(i < GARBAGE);
	ping(&w, a);
	raw_peer_close(p);
	tear_down(&w);
}

/* ---- what a client does ----------------------------------------------- */

struct script {
	unsigned	asked;		/* WHOAMIs that came */
};

static void
spoil_first(void *ctx, struct script_hub *h, const struct script_req *q)
{
	struct script *s = ctx;
	struct fss__m_account m;

	assert_int_equal(q->type, FSS__MSG_WHOAMI);
	memset(&m, 0, sizeof(m));
	m.name = fss__slice_str("alice");
	if (s->asked++ == 0)
		script_hub_spoil(h, q, &m);
	else
		script_hub_answer(h, q, &m, NULL);
}

/* An answer that cannot be read ends that operation, by name, and no more. */
static void
test_answer_alone(void **state)
{
	struct script s = { 0 };
	struct script_hub *h = script_hub_new(spoil_first, &s);
	fss_client *c = script_hub_client(h);
	unsigned done = 0, stood = 0;
	const fss_event *ev;
	fss_op a, b;

	(void)state;
	assert_int_equal(fss_client_whoami(c, NULL, &a), 0);
	assert_int_equal(fss_client_whoami(c, NULL, &b), 0);
	while (done < 2) {
		script_hub_next(h, c, &ev);
		if (fss_event_type(ev) == FSS_EVENT_STATE) {
			/* The session came; it never went. */
			assert_int_equal(fss_event_error(ev), 0);
			stood++;
		}
		if (fss_event_type(ev) != FSS_EVENT_DONE)
			continue;
		done++;
		if (fss_event_op(ev) == b) {
			assert_int_equal(fss_event_error(ev), 0);
			continue;
		}
		assert_int_equal(fss_event_op(ev), a);
		assert_int_equal(fss_event_error(ev), FSS_EPROTO);
		assert_string_equal(fss_event_detail(ev),
		    "the answer to WHOAMI is malformed");
	}
	assert_int_equal(s.asked, 2);
	assert_int_equal(stood, 1);
	fss_client_free(c);
	script_hub_free(h);
}

/* Waits for the next event of a client's sockets. */
static void
dealt(struct fss__dealer *d, struct fss__dealer_event *ret_ev)
{
	struct pollfd pfd;
	int r;

	pfd.fd = fss__dealer_fd(d);
	pfd.events = POLLIN;
	while ((r = fss__dealer_next(d, ret_ev)) == 0)
		if (!fss__dealer_pending(d) && poll(&pfd, 1, QUIET_MS) == 0)
			fail_msg("nothing comes");
	assert_int_equal(r, 1);
}

/* Of an answer of many frames a client is given the first two. */
static void
test_frames_cut(void **state)
{
	uint8_t server[FSS__KEY_BYTES], secret[FSS__KEY_BYTES];
	uint8_t pub[FSS__KEY_BYTES], sec[FSS__KEY_BYTES], route[64];
	struct fss__dealer_config cfg;
	struct fss__dealer_event ev;
	struct fss__dealer *d;
	struct fss__frame *f;
	char endpoint[128], x[2];
	size_t n = sizeof(endpoint);
	int one = 1, none = 0, len;
	void *ctx = zmq_ctx_new(), *hub = zmq_socket(ctx, ZMQ_ROUTER);

	(void)state;
	assert_int_equal(fss__crypto_init(), 0);
	fss__keypair(server, secret);
	fss__keypair(pub, sec);
	set(hub, ZMQ_CURVE_SERVER, &one, sizeof(one));
	set(hub, ZMQ_CURVE_SECRETKEY, secret, sizeof(secret));
	set(hub, ZMQ_LINGER, &none, sizeof(none));
	assert_int_equal(zmq_bind(hub, "tcp://127.0.0.1:*"), 0);
	assert_int_equal(zmq_getsockopt(hub, ZMQ_LAST_ENDPOINT, endpoint, &n),
	    0);
	memset(&cfg, 0, sizeof(cfg));
	cfg.endpoint = endpoint;
	cfg.server_key = server;
	cfg.public_key = pub;
	cfg.secret_key = sec;
	cfg.conns = 1;
	assert_int_equal(fss__dealer_new(&cfg, &d), 0);
	assert_int_equal(fss__dealer_open(d, 0), 0);
	dealt(d, &ev);
	assert_int_equal(ev.type, FSS__DEALER_REACHED);
	assert_in_range(ev.rtt_us, 1, 1000000);
	dealt(d, &ev);
	assert_int_equal(ev.type, FSS__DEALER_UP);
	f = fss__frame_new(1);
	f->data[0] = '?';
	assert_int_equal(fss__dealer_send(d, 0, f, NULL), 0);
	len = zmq_recv(hub, route, sizeof(route), 0);
	assert_true(len > 0);
	assert_int_equal(zmq_recv(hub, x, sizeof(x), 0), 1);
	assert_int_equal(zmq_send(hub, route, (size_t)len, ZMQ_SNDMORE), len);
	assert_int_equal(zmq_send(hub, "a", 1, ZMQ_SNDMORE), 1);
	assert_int_equal(zmq_send(hub, "b", 1, ZMQ_SNDMORE), 1);
	assert_int_equal(zmq_send(hub, "c", 1, 0), 1);
	assert_int_equal(zmq_send(hub, route, (size_t)len, ZMQ_SNDMORE), len);
	assert_int_equal(zmq_send(hub, "d", 1, 0), 1);
	dealt(d, &ev);
	assert_int_equal(ev.type, FSS__DEALER_FRAME);
	assert_true(ev.cut);
	assert_int_equal(ev.header->data[0], 'a');
	assert_int_equal(ev.payload->data[0], 'b');
	fss__frame_unref(ev.header);
	fss__frame_unref(ev.payload);
	dealt(d, &ev);
	assert_int_equal(ev.type, FSS__DEALER_FRAME);
	assert_false(ev.cut);
	assert_int_equal(ev.header->data[0], 'd');
	assert_null(ev.payload);
	fss__frame_unref(ev.header);
	fss__dealer_free(d);
	assert_int_equal(zmq_close(hub), 0);
	assert_int_equal(zmq_ctx_term(ctx), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_alone),
		cmocka_unit_test(test_get_too_large),
		cmocka_unit_test(test_garbage_without_end),
		cmocka_unit_test(test_answer_alone),
		cmocka_unit_test(test_frames_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
