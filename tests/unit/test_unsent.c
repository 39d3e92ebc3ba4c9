/*
 * Answers that a peer does not take: they are counted, and who leaves too
 * many is cut.  The peer is written by hand, so that nothing reads for it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/time.h"
#include "crypto/keys.h"
#include "net/guard.h"
#include "net/router.h"
#include "net/unsent.h"
#include "net/zmsg.h"
#include "raw_peer.h"

#define MIB		(UINT64_C(1) << 20)
#define MAX_UNSENT	(16 * MIB)
#define ANSWER		262144		/* bytes */
#define SECOND_US	INT64_C(1000000)

struct world {
	struct fss__router *r;
	unsigned	 port;
	uint8_t		 key[FSS__KEY_BYTES];
	uint64_t	 route;
	int		 fd;		/* of its connection */
	struct raw_peer	*peer;		/* that never reads */
};

static void *
knock(void *arg)
{
	struct world *w = arg;

	w->peer = raw_peer_open(w->port, w->key);
	if (w->peer == NULL || !raw_peer_send(w->peer, "x", 1, false))
		abort();
	return NULL;
}

/* Lets ZeroMQ do something; bounded, as its descriptors are edges. */
static void
serve(struct world *w)
{
	struct pollfd p[FSS__ROUTER_FDS];
	int fds[FSS__ROUTER_FDS];
	size_t i, n = fss__router_fds(w->r, fds);

	for (i = 0; i < n; i++) {
		p[i].fd = fds[i];
		p[i].events = POLLIN;
	}
	(void)poll(p, (nfds_t)n, 10);
	fss__router_serve(w->r, fss__mono_us());
	(void)fss__router_ready(w->r);	/* takes note of who left */
}

static void
set_up(struct world *w)
{
	struct fss__router_config cfg;
	struct fss__arrival a;
	struct fss__err err;
	uint8_t secret[FSS__KEY_BYTES];
	pthread_t thread;

	memset(w, 0, sizeof(*w));
	assert_int_equal(fss__crypto_init(), 0);
	fss__keypair(w->key, secret);
	memset(&cfg, 0, sizeof(cfg));
	cfg.listen = "tcp://127.0.0.1:0";
	cfg.introduce = "off";
	cfg.public_key = w->key;
	cfg.secret_key = secret;
	cfg.io_threads = 1;
	cfg.max_message = 1 << 20;
	cfg.max_held = 512 * MIB;
	cfg.max_unsent = MAX_UNSENT;
	assert_int_equal(fss__router_open(&cfg, &err, &w->r), 0);
	w->port = (unsigned)strtoul(strrchr(fss__router_bound(w->r), ':') + 1,
	    NULL, 10);
	assert_int_equal(pthread_create(&thread, NULL, knock, w), 0);
	while (fss__router_recv(w->r, &a) != 1)
		serve(w);
	assert_int_equal(pthread_join(thread, NULL), 0);
	w->route = a.route;
	w->fd = a.fd;
	fss__frame_unref(a.header);
	fss__frame_unref(a.payload);
}

static void
tear_down(struct world *w)
{
	raw_peer_close(w->peer);
	fss__router_close(w->r);
}

static int
answer(struct world *w, size_t n)
{
	struct fss__frame *f = fss__frame_new(n);

	assert_non_null(f);
	memset(f->data, 'a', n);
	return fss__router_send(w->r, w->route, f, NULL);
}

static bool
kernel_full(const struct world *w)
{
	struct pollfd p = { w->fd, POLLOUT, 0 };

	return poll(&p, 1, 0) == 0;
}

/*
 * Answers until more than @bytes stay with ZeroMQ and the kernel is full:
 * else ZeroMQ's thread was only slow, and hands the rest on later.
 */
static void
answer_until(struct world *w, uint64_t bytes)
{
	while (fss__router_unsent_all(w->r) <= bytes || !kernel_full(w))
		if (fss__router_unsent_all(w->r) <= bytes)
			assert_int_equal(answer(w, ANSWER), 0);
		else
			serve(w);
	assert_int_equal(fss__router_unsent(w->r, w->route),
	    fss__router_unsent_all(w->r));
	assert_int_equal(fss__router_unsent(w->r, w->route + 1), 0);
}

/* ZeroMQ gives up what it has for a connection that was cut. */
static void
wait_until_gone(struct world *w)
{
	while (fss__router_unsent_all(w->r) > 0)
		serve(w);
	assert_int_equal(fss__router_cuts(w->r), 1);
}

/* What cannot be sent stays where it is counted, not with the kernel. */
static void
test_kernel(void **state)
{
	struct world w;
	int most = 0;
	socklen_t n = sizeof(most);

	(void)state;
	set_up(&w);
	assert_int_equal(getsockopt(w.fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT,
	    &most, &n), 0);
	assert_int_equal(most, FSS__GUARD_NOT_SENT);
	tear_down(&w);
}

static void
test_too_much(void **state)
{
	struct world w;

	(void)state;
	set_up(&w);
	answer_until(&w, MAX_UNSENT + 2 * MIB);
	fss__router_sweep(w.r, fss__mono_us() + SECOND_US);
	wait_until_gone(&w);
	tear_down(&w);
}

static void
test_stalled(void **state)
{
	struct world w;
	int64_t now;

	(void)state;
	set_up(&w);
	answer_until(&w, MAX_UNSENT / 8 + MIB);
	now = fss__mono_us() + SECOND_US;
	fss__router_sweep(w.r, now);
	fss__router_sweep(w.r, now + SECOND_US);
	assert_int_equal(fss__router_cuts(w.r), 0);
	fss__router_sweep(w.r, now + 12 * SECOND_US);
	wait_until_gone(&w);
	tear_down(&w);
}

static uint64_t slow_acked;
static unsigned slow_cuts;

static bool
slow_takes(void *ctx, int fd, struct fss__unsent_line *ret_line)
{
	(void)ctx;
	assert_int_equal(fd, 5);
	memset(ret_line, 0, sizeof(*ret_line));
	ret_line->acked = slow_acked;
	return true;
}

static void
slow_cut(void *ctx, int fd, const char *why, int64_t mono_us)
{
	(void)ctx;
	(void)why;
	(void)mono_us;
	assert_int_equal(fd, 5);
	slow_cuts++;
}

/* On a slow line one frame takes longer than whoever stalls is given. */
static void
test_slow(void **state)
{
	struct fss__unsent *u;
	struct fss__frame *f;
	int64_t now = SECOND_US;
	unsigned i;

	(void)state;
	slow_acked = 0;
	slow_cuts = 0;
	u = fss__unsent_new(4 * MIB, slow_cut, slow_takes, NULL);
	assert_non_null(u);
	fss__unsent_seen(u, 1, 5);
	fss__unsent_sweep(u, now);
	f = fss__unsent_wrap(u, 1, fss__frame_new(MIB));
	assert_non_null(f);
	for (i = 0; i < 60; i++) {
		now += SECOND_US;
		slow_acked += 6400;
		fss__unsent_sweep(u, now);
	}
	assert_int_equal(slow_cuts, 0);
	/* It trickles on, and that is too little. */
	for (i = 0; i < 20; i++) {
		now += SECOND_US;
		slow_acked++;
		fss__unsent_sweep(u, now);
	}
	assert_int_equal(slow_cuts, 1);
	fss__frame_unref(f);
	fss__unsent_free(u);
}

/* Whoever is sent something for the first time has as long as others. */
static void
test_fresh(void **state)
{
	struct fss__unsent *u;
	struct fss__frame *f;
	int64_t now = 100 * SECOND_US;

	(void)state;
	slow_acked = 0;
	slow_cuts = 0;
	u = fss__unsent_new(4 * MIB, slow_cut, slow_takes, NULL);
	assert_non_null(u);
	fss__unsent_seen(u, 1, 5);
	f = fss__unsent_wrap(u, 1, fss__frame_new(MIB));
	assert_non_null(f);
	fss__unsent_sweep(u, now);
	fss__unsent_sweep(u, now + 9 * SECOND_US);
	assert_int_equal(slow_cuts, 0);
	fss__unsent_sweep(u, now + 11 * SECOND_US);
	assert_int_equal(slow_cuts, 1);
	fss__frame_unref(f);
	fss__unsent_free(u);
}

/* All that was given to ZeroMQ has begun to leave. */
static void
wait_until_begun(struct world *w)
{
	while (fss__router_unsent(w->r, w->route) > 0)
		serve(w);
}

/* What ZeroMQ has begun to send, of which it drops the frame, is counted. */
static void
test_inside(void **state)
{
	int64_t now = fss__mono_us() + SECOND_US;
	struct world w;
	unsigned i;

	(void)state;
	set_up(&w);
	assert_int_equal(answer(&w, 8 * MIB), 0);
	wait_until_begun(&w);
	assert_int_equal(fss__router_unsent_all(w.r), 0);
	fss__router_sweep(w.r, now);
	/* The kernel at either end may have some. */
	assert_in_range(fss__router_unsent_all(w.r), MIB, 9 * MIB);
	/* It takes nothing of that, and all together hold much. */
	for (i = 1; fss__router_cuts(w.r) == 0; i++) {
		assert_true(i < 100);
		fss__router_sweep(w.r, now + i * SECOND_US);
	}
	while (fss__router_unsent_all(w.r) > 0) {
		serve(&w);
		fss__router_sweep(w.r, now + i++ * SECOND_US);
	}
	tear_down(&w);
}

static void *
read_some(void *arg)
{
	struct world *w = arg;

	if (!raw_peer_drain(w->peer, 8 * MIB))
		abort();
	return NULL;
}

/* ... and no more once it is with the kernel. */
static void
test_inside_leaves(void **state)
{
	int64_t now = fss__mono_us();
	pthread_t thread;
	struct world w;
	unsigned i;

	(void)state;
	set_up(&w);
	assert_int_equal(answer(&w, 8 * MIB), 0);
	wait_until_begun(&w);
	fss__router_sweep(w.r, now += SECOND_US);
	assert_in_range(fss__router_unsent_all(w.r), MIB, 9 * MIB);
	assert_int_equal(pthread_create(&thread, NULL, read_some, &w), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	fss__router_sweep(w.r, now += SECOND_US);
	assert_int_equal(fss__router_unsent_all(w.r), 0);
	/* Small ones, counted some together, add nothing to that. */
	for (i = 0; i < 200; i++)
		assert_int_equal(answer(&w, 100), 0);
	wait_until_begun(&w);
	fss__router_sweep(w.r, now += SECOND_US);
	assert_int_equal(fss__router_unsent_all(w.r), 0);
	assert_int_equal(fss__router_cuts(w.r), 0);
	tear_down(&w);
}

#define MANY	1000
#define LITTLE	100		/* bytes: it is copied */

/* Each is too small to be counted, and all of them are much. */
static void
test_small(void **state)
{
	struct fss__frame *f[MANY];
	struct fss__unsent *u;
	unsigned i;

	(void)state;
	u = fss__unsent_new(4 * MIB, slow_cut, slow_takes, NULL);
	assert_non_null(u);
	for (i = 0; i < MANY; i++) {
		f[i] = fss__unsent_wrap(u, 1, fss__frame_new(LITTLE));
		assert_non_null(f[i]);
	}
	assert_in_range(fss__unsent_of(u, 1), MANY * LITTLE, MIB);
	for (i = 0; i < MANY / 2; i++)
		fss__frame_unref(f[i]);
	assert_in_range(fss__unsent_of(u, 1), MANY * LITTLE / 3, MIB / 2);
	for (; i < MANY; i++)
		fss__frame_unref(f[i]);
	assert_int_equal(fss__unsent_of(u, 1), 0);
	assert_int_equal(fss__unsent_all(u), 0);
	fss__unsent_free(u);
}

/* ... also where ZeroMQ has them. */
static void
test_small_sent(void **state)
{
	struct world w;
	uint64_t before;
	unsigned n = 0;

	(void)state;
	set_up(&w);
	answer_until(&w, MIB);		/* now nothing leaves any more */
	before = fss__router_unsent_all(w.r);
	while (answer(&w, FSS__COPY_BELOW - 1) == 0)
		n++;
	assert_in_range(n, 1000, 4000);
	/* A large one may have begun to leave. */
	assert_in_range(fss__router_unsent_all(w.r), before +
	    (uint64_t)n * FSS__COPY_BELOW - ANSWER, before + 4 * MIB);
	tear_down(&w);
}

static void
test_full_queue(void **state)
{
	struct world w;
	unsigned n = 0;

	(void)state;
	set_up(&w);
	answer_until(&w, MIB);		/* now nothing leaves any more */
	while (answer(&w, 16) == 0)
		assert_true(++n < 100000);
	assert_in_range(n, 1000, 4000);
	assert_int_equal(answer(&w, 16), FSS_EAGAIN);
	fss__router_cut(w.r, w.route, fss__mono_us());
	fss__router_cut(w.r, w.route, fss__mono_us());	/* once is enough */
	wait_until_gone(&w);
	tear_down(&w);
}

/* Who reads gets everything, however much that is in all. */
static void *
read_all(void *arg)
{
	struct world *w = arg;

	if (!raw_peer_drain(w->peer, 64 * MIB))
		abort();
	return NULL;
}

static void
test_reader(void **state)
{
	pthread_t thread;
	struct world w;
	unsigned i;

	(void)state;
	set_up(&w);
	assert_int_equal(pthread_create(&thread, NULL, read_all, &w), 0);
	for (i = 0; i < 64 * MIB / ANSWER; i++) {
		assert_int_equal(answer(&w, ANSWER), 0);
		while (fss__router_unsent_all(w.r) > MIB)
			serve(&w);
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	fss__router_sweep(w.r, fss__mono_us() + SECOND_US);
	assert_int_equal(fss__router_cuts(w.r), 0);
	tear_down(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kernel),
		cmocka_unit_test(test_too_much),
		cmocka_unit_test(test_stalled),
		cmocka_unit_test(test_slow),
		cmocka_unit_test(test_fresh),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_inside_leaves),
		cmocka_unit_test(test_small),
		cmocka_unit_test(test_small_sent),
		cmocka_unit_test(test_full_queue),
		cmocka_unit_test(test_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
