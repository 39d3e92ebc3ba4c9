/*
 * Routing ids: the hub names its peers, whatever id they ask for.  Who asked
 * for the one that ZeroMQ would have given out next made it abort (4.3.4).
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include "base/error.h"
#include "base/log.h"
#include "base/num.h"
#include "base/time.h"
#include "crypto/keys.h"
#include "net/introduce.h"
#include "net/route.h"
#include "net/router.h"
#include "wire/limits.h"

#define WAIT_MS		20000	/* of silence: the test waits in vain */
#define ID		5	/* bytes of ZeroMQ's own ids */

/* ---- ids -------------------------------------------------------------- */

static void
test_ids(void **state)
{
	static const uint8_t zmq_id[ID] = { 0, 0x81, 2, 3, 4 };
	static const uint8_t low_id[ID] = { 0, 1, 2, 3, 4 };
	uint8_t id[FSS__ROUTE_ID], back[FSS__ROUTE_ID];
	struct fss__routes t, other;
	uint64_t first, route;
	size_t i;

	(void)state;
	assert_int_equal(fss__crypto_init(), 0);
	fss__routes_init(&t);
	fss__routes_init(&other);
	fss__routes_name(&t, id);
	assert_true(fss__routes_read(&t, id, sizeof(id), &first));
	assert_int_equal(fss__routes_id(&t, first, back), sizeof(id));
	assert_memory_equal(id, back, sizeof(id));
	fss__routes_name(&t, id);
	assert_true(fss__routes_read(&t, id, sizeof(id), &route));
	assert_int_not_equal(first, route);
	/* Nobody else can make one. */
	assert_false(fss__routes_read(&other, id, sizeof(id), &route));
	for (i = 0; i < sizeof(id); i++) {
		id[i] ^= 1;
		assert_false(fss__routes_read(&t, id, sizeof(id), &route));
		if (i != ID)
			assert_false(fss__routes_read(&t, id, i, &route));
		id[i] ^= 1;
	}
	/* Those of ZeroMQ are taken. */
	assert_true(fss__routes_read(&t, zmq_id, ID, &route));
	assert_int_equal(fss__routes_id(&t, route, back), ID);
	assert_memory_equal(zmq_id, back, ID);
	/* Whatever else came meanwhile. */
	assert_true(fss__routes_read(&t, low_id, ID, &first));
	assert_int_equal(fss__routes_id(&t, route, back), ID);
	assert_memory_equal(zmq_id, back, ID);
	assert_int_equal(fss__routes_id(&t, first, back), ID);
	assert_memory_equal(low_id, back, ID);
	assert_false(fss__routes_read(&t, zmq_id, ID - 1, &route));
	assert_false(fss__routes_read(&t, zmq_id + 1, ID - 1, &route));
}

/* ---- peers ------------------------------------------------------------ */

struct world {
	uint8_t		 key[FSS__KEY_BYTES];
	struct fss__router *router;
	unsigned	 port;
	void		*zmq;
};

static void
set_up(struct world *w)
{
	uint8_t secret[FSS__KEY_BYTES];
	static const struct fss__log silent;
	struct fss__router_config cfg;
	struct fss__err err;

	assert_int_equal(fss__crypto_init(), 0);
	fss__keypair(w->key, secret);
	memset(&cfg, 0, sizeof(cfg));
	cfg.listen = "tcp://127.0.0.1:0";
	cfg.public_key = w->key;
	cfg.secret_key = secret;
	cfg.io_threads = 1;
	cfg.max_message = (size_t)FSS__MAX_PAYLOAD;
	cfg.max_held = cfg.max_unsent = 64 << 20;
	cfg.log = &silent;
	assert_int_equal(fss__router_open(&cfg, &err, &w->router), 0);
	w->port = (unsigned)strtoul(strrchr(fss__router_bound(w->router), ':') +
	    1, NULL, 10);
	w->zmq = zmq_ctx_new();
	assert_non_null(w->zmq);
}

static void
tear_down(struct world *w)
{
	assert_int_equal(zmq_ctx_term(w->zmq), 0);
	fss__router_close(w->router);
}

/* A peer that asks for @id, or for none, and sends one byte or a question. */
static void *
peer(struct world *w, bool curve, const uint8_t *id)
{
	char text[64], pub[41], sec[41];
	void *sock = zmq_socket(w->zmq, ZMQ_DEALER);
	int zero = 0;

	assert_non_null(sock);
	(void)snprintf(text, sizeof(text), "tcp://127.0.0.1:%u", curve ?
	    w->port : w->port + 1);
	assert_int_equal(zmq_setsockopt(sock, ZMQ_LINGER, &zero, sizeof(zero)),
	    0);
	if (id != NULL)
		assert_int_equal(zmq_setsockopt(sock, ZMQ_ROUTING_ID, id, ID),
		    0);
	if (curve) {
		assert_int_equal(zmq_curve_keypair(pub, sec), 0);
		assert_int_equal(zmq_setsockopt(sock, ZMQ_CURVE_PUBLICKEY, pub,
		    41), 0);
		assert_int_equal(zmq_setsockopt(sock, ZMQ_CURVE_SECRETKEY, sec,
		    41), 0);
		assert_int_equal(zmq_setsockopt(sock, ZMQ_CURVE_SERVERKEY,
		    w->key, 32), 0);
	}
	assert_int_equal(zmq_connect(sock, text), 0);
	if (curve)
		assert_int_equal(zmq_send(sock, "x", 1, 0), 1);
	else
		assert_int_equal(zmq_send(sock, FSS__INTRODUCE_HELLO,
		    FSS__INTRODUCE_BYTES, 0), FSS__INTRODUCE_BYTES);
	return sock;
}

/* Waits until the hub or a peer has something. */
static void
wait_both(struct world *w, void *sock)
{
	struct pollfd pfd[FSS__ROUTER_FDS + 1];
	int fds[FSS__ROUTER_FDS];
	size_t i, n = fss__router_fds(w->router, fds), size = sizeof(int);

	for (i = 0; i < n; i++) {
		pfd[i].fd = fds[i];
		pfd[i].events = POLLIN;
	}
	assert_int_equal(zmq_getsockopt(sock, ZMQ_FD, &pfd[n].fd, &size), 0);
	pfd[n].events = POLLIN;
	if (!fss__router_ready(w->router) &&
	    poll(pfd, (nfds_t)n + 1, WAIT_MS) == 0)
		fail_msg("neither side has anything to say");
}

/* The hub takes the message of @sock. */
static uint64_t
arrives(struct world *w, void *sock)
{
	struct fss__arrival a;
	int r;

	for (;;) {
		fss__router_serve(w->router, fss__mono_us());
		r = fss__router_recv(w->router, &a);
		if (r != 0)
			break;
		wait_both(w, sock);
	}
	assert_int_equal(r, 1);
	fss__frame_unref(a.header);
	fss__frame_unref(a.payload);
	return a.route;
}

/* What the hub sends comes to @sock. */
static int
receive(struct world *w, void *sock, void *buf, size_t n)
{
	int r;

	for (;;) {
		fss__router_serve(w->router, fss__mono_us());
		r = zmq_recv(sock, buf, n, ZMQ_DONTWAIT);
		if (r >= 0)
			return r;
		wait_both(w, sock);
	}
}

static void
answer(struct world *w, void *sock, uint64_t route, uint8_t byte)
{
	struct fss__frame *f = fss__frame_new(1);
	uint8_t got = 0;

	assert_non_null(f);
	f->data[0] = byte;
	assert_int_equal(fss__router_send(w->router, route, f, NULL), 0);
	assert_int_equal(receive(w, sock, &got, 1), 1);
	assert_int_equal(got, byte);
}

static void
test_asked_for(void **state)
{
	uint64_t route[3];
	uint32_t next;
	struct world w;
	uint8_t id[ID];
	void *sock[3];
	size_t i;

	(void)state;
	set_up(&w);
	sock[0] = peer(&w, true, NULL);
	route[0] = arrives(&w, sock[0]);
	/* The next one, as ZeroMQ would count. */
	next = (uint32_t)route[0];
	do {
		next++;
		id[0] = 0;
		id[1] = (uint8_t)(next >> 24);
		id[2] = (uint8_t)(next >> 16);
		id[3] = (uint8_t)(next >> 8);
		id[4] = (uint8_t)next;
		sock[1] = peer(&w, true, id);
		route[1] = arrives(&w, sock[1]);
		/* Where ZAP was too quick the wish counted: another. */
		if (route[1] == next)
			assert_int_equal(zmq_close(sock[1]), 0);
	} while (route[1] == next);
	sock[2] = peer(&w, true, NULL);
	route[2] = arrives(&w, sock[2]);
	for (i = 0; i < 3; i++) {
		assert_int_not_equal(route[i], route[(i + 1) % 3]);
		answer(&w, sock[i], route[i], (uint8_t)i);
	}
	/* Of who left: the hub remembers nobody by what they ask for. */
	assert_int_equal(zmq_close(sock[1]), 0);
	sock[1] = peer(&w, true, id);
	assert_int_not_equal(arrives(&w, sock[1]), route[1]);
	for (i = 0; i < 3; i++)
		assert_int_equal(zmq_close(sock[i]), 0);
	tear_down(&w);
}

/* What waits is told by bytes, however small the messages taken meanwhile. */
static void
test_small_messages(void **state)
{
	static const char text[60];
	int64_t now = fss__mono_us(), end = now + WAIT_MS * 1000;
	struct fss__arrival a;
	struct world w;
	unsigned i, k;
	void *sock;

	(void)state;
	set_up(&w);
	sock = peer(&w, true, NULL);
	(void)arrives(&w, sock);
	/* One of four is taken: more wait than a connection may hold. */
	for (i = 0; fss__router_cuts(w.router) == 0 &&
	     i < FSS__MAX_UNDELIVERED / (3 * 1000 * sizeof(text)); i++) {
		for (k = 0; k < 4000 && fss__router_cuts(w.router) == 0;)
			if (zmq_send(sock, text, sizeof(text),
			    ZMQ_DONTWAIT) >= 0)
				k++;
			else
				fss__router_sweep(w.router, now);
		for (k = 0; k < 1000 && fss__router_recv(w.router, &a) == 1;
		     k++) {
			fss__frame_unref(a.header);
			fss__frame_unref(a.payload);
		}
		fss__router_sweep(w.router, now += 1000000);
	}
	while (fss__router_cuts(w.router) == 0 && fss__mono_us() < end) {
		(void)poll(NULL, 0, 10);
		fss__router_sweep(w.router, now += 1000000);
	}
	assert_int_equal(fss__router_cuts(w.router), 1);
	assert_int_equal(zmq_close(sock), 0);
	tear_down(&w);
}

static void
test_introduction(void **state)
{
	uint8_t id[ID], got[64];
	uint32_t n = 0;
	struct world w;
	void *sock[2];
	size_t i;

	(void)state;
	/* What ZeroMQ's third counter begins with, unless it is seeded. */
	srand(1);
	for (i = 0; i < 3; i++) {
		n = (uint32_t)rand();
		n |= (uint32_t)rand() << 31;
	}
	srand(1);
	set_up(&w);
	id[0] = 0;
	id[1] = (uint8_t)(n >> 24);
	id[2] = (uint8_t)(n >> 16);
	id[3] = (uint8_t)(n >> 8);
	id[4] = (uint8_t)n;
	for (i = 0; i < 2; i++) {
		sock[i] = peer(&w, false, i == 0 ? id : NULL);
		assert_int_equal(receive(&w, sock[i], got, sizeof(got)),
		    FSS__INTRODUCE_BYTES + FSS__KEY_BYTES);
		assert_memory_equal(got, FSS__INTRODUCE_HELLO,
		    FSS__INTRODUCE_BYTES);
		assert_memory_equal(got + FSS__INTRODUCE_BYTES, w.key,
		    FSS__KEY_BYTES);
	}
	for (i = 0; i < 2; i++)
		assert_int_equal(zmq_close(sock[i]), 0);
	tear_down(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_asked_for),
		cmocka_unit_test(test_small_messages),
		cmocka_unit_test(test_introduction),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
