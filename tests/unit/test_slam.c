/*
 * Peers that send more than anybody takes, with a heartbeat behind it, and end
 * the connection: at a full queue ZeroMQ (4.3.4) stopped reading, and aborted
 * when it came to the heartbeat.
 *
 * Sockets without hub and client above them, so that it is the test which
 * says when something is taken.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/error.h"
#include "base/log.h"
#include "base/time.h"
#include "crypto/keys.h"
#include "folder.h"
#include "net/dealer.h"
#include "net/router.h"
#include "raw_peer.h"
#include "wire/limits.h"

#define MANY		150	/* fit what ZeroMQ reads at once, encrypted */
#define MANY_PLAIN	2000	/* likewise */
#define WAIT_MS		20000	/* of silence: the test waits in vain */

/* A peer in a thread of its own. */
struct slam {
	pthread_t	 thread;
	unsigned	 port;
	const uint8_t	*key;		/* NULL: plain */
	int		 listener;	/* or what it accepts from */
	unsigned	 messages;
	const char	*text;
	int		 over;		/* an eventfd */
	bool		 good;
};

static void *
slam_run(void *arg)
{
	struct slam *s = arg;
	struct raw_peer *p = s->listener >= 0 ?
	    raw_peer_plain(accept(s->listener, NULL, NULL)) :
	    raw_peer_open(s->port, s->key);
	uint64_t one = 1;
	unsigned i;

	s->good = p != NULL;
	if (s->good) {
		raw_peer_hold(p);
		for (i = 0; i < s->messages; i++)
			s->good &= raw_peer_send(p, s->text, 1, false);
		s->good &= raw_peer_ping(p) && raw_peer_slam(p);
	}
	s->good &= write(s->over, &one, sizeof(one)) == sizeof(one);
	return NULL;
}

static void
slam_start(struct slam *s)
{
	s->over = eventfd(0, EFD_CLOEXEC);
	assert_true(s->over >= 0);
	assert_int_equal(pthread_create(&s->thread, NULL, slam_run, s), 0);
}

static void
slam_end(struct slam *s)
{
	assert_int_equal(pthread_join(s->thread, NULL), 0);
	assert_true(s->good);
	(void)close(s->over);
}

/* ---- the hub ---------------------------------------------------------- */

static void
wait_hub(struct fss__router *r, int fd)
{
	struct pollfd pfd[FSS__ROUTER_FDS + 1];
	int fds[FSS__ROUTER_FDS];
	size_t i, n = fss__router_fds(r, fds);

	for (i = 0; i < n; i++) {
		pfd[i].fd = fds[i];
		pfd[i].events = POLLIN;
	}
	pfd[n].fd = fd;
	pfd[n].events = POLLIN;
	if (poll(pfd, (nfds_t)n + 1, WAIT_MS) == 0)
		fail_msg("neither side has anything to say");
}

/* A peer comes and goes; its messages wait. */
static void
visit(struct fss__router *r, unsigned port, const uint8_t *key,
    unsigned messages, const char *text)
{
	struct slam s = { .port = port, .key = key, .listener = -1,
		.messages = messages, .text = text };
	struct pollfd over;

	slam_start(&s);
	over.fd = s.over;
	over.events = POLLIN;
	for (;;) {
		fss__router_serve(r, fss__mono_us());
		if (poll(&over, 1, 0) == 1)
			break;
		if (!fss__router_ready(r))
			wait_hub(r, s.over);
		else
			(void)poll(&over, 1, 1);	/* messages wait */
	}
	slam_end(&s);
}

/* Takes messages to the first of this text. */
static void
take_to(struct fss__router *r, char text)
{
	struct fss__arrival a;
	bool found = false;
	int e;

	while (!found) {
		fss__router_serve(r, fss__mono_us());
		e = fss__router_recv(r, &a);
		if (e == 0) {
			if (!fss__router_ready(r))
				wait_hub(r, -1);
			continue;
		}
		assert_int_equal(e, 1);
		found = a.header->data[0] == (uint8_t)text;
		fss__frame_unref(a.header);
		fss__frame_unref(a.payload);
	}
}

static void
test_hub(void **state)
{
	uint8_t public_key[FSS__KEY_BYTES], secret[FSS__KEY_BYTES];
	static const struct fss__log silent;
	struct fss__router_config cfg;
	struct fss__router *r;
	struct fss__err err;
	unsigned port, at;

	(void)state;
	assert_int_equal(fss__crypto_init(), 0);
	fss__keypair(public_key, secret);
	memset(&cfg, 0, sizeof(cfg));
	cfg.listen = "tcp://127.0.0.1:0";
	cfg.public_key = public_key;
	cfg.secret_key = secret;
	cfg.io_threads = 1;
	cfg.max_message = (size_t)FSS__MAX_PAYLOAD;
	cfg.max_held = cfg.max_unsent = 64 << 20;
	cfg.log = &silent;
	assert_int_equal(fss__router_open(&cfg, &err, &r), 0);
	port = (unsigned)strtoul(strrchr(fss__router_bound(r), ':') + 1, NULL,
	    10);
	/* The second visit shows that its thread has looked at the first. */
	visit(r, port, public_key, MANY, "a");
	visit(r, port, public_key, 1, "b");
	take_to(r, 'b');
	visit(r, port, public_key, 1, "c");
	take_to(r, 'c');
	/* Plain text, at the introduction port. */
	for (at = 0; at < 8; at++)
		visit(r, port + 1, NULL, MANY_PLAIN, "a");
	visit(r, port, public_key, 1, "d");
	take_to(r, 'd');
	fss__router_close(r);
}

/* ---- the client ------------------------------------------------------- */

static int
listen_at(const char *path)
{
	struct sockaddr_un a;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	memset(&a, 0, sizeof(a));
	a.sun_family = AF_UNIX;
	assert_true(strlen(path) < sizeof(a.sun_path));
	memcpy(a.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(fd, 4), 0);
	return fd;
}

/* Takes what there is (ZeroMQ may drop it) until that connection is lost. */
static void
take_all(struct fss__dealer *d, unsigned conn)
{
	struct pollfd pfd = { fss__dealer_fd(d), POLLIN, 0 };
	struct fss__dealer_event ev;
	int r;

	for (;;) {
		r = fss__dealer_next(d, &ev);
		assert_true(r >= 0);
		if (r == 0) {
			if (!fss__dealer_pending(d))
				assert_int_equal(poll(&pfd, 1, WAIT_MS), 1);
			continue;
		}
		if (ev.type == FSS__DEALER_LOST && ev.conn == conn)
			return;
		if (ev.type != FSS__DEALER_FRAME)
			continue;
		fss__frame_unref(ev.header);
		fss__frame_unref(ev.payload);
	}
}

static void
test_client(void **state)
{
	char dir[FOLDER_PATH], path[FOLDER_PATH], endpoint[FOLDER_PATH + 8];
	struct slam first = { .messages = MANY_PLAIN, .text = "a" };
	struct slam second = { .messages = 1, .text = "b" };
	struct fss__dealer_config cfg;
	struct pollfd over;
	struct fss__dealer *d;

	(void)state;
	folder_new(dir);
	folder_path(path, dir, "hub");
	(void)snprintf(endpoint, sizeof(endpoint), "ipc://%s", path);
	first.listener = second.listener = listen_at(path);
	memset(&cfg, 0, sizeof(cfg));
	cfg.endpoint = endpoint;
	/* Of no use over a local socket. */
	cfg.server_key = cfg.public_key = cfg.secret_key =
	    (const uint8_t *)endpoint;
	cfg.conns = 2;
	assert_int_equal(fss__dealer_new(&cfg, &d), 0);
	slam_start(&first);
	assert_int_equal(fss__dealer_open(d, 0), 0);
	over.fd = first.over;
	over.events = POLLIN;
	assert_int_equal(poll(&over, 1, WAIT_MS), 1);
	slam_end(&first);
	take_all(d, 0);
	slam_start(&second);
	assert_int_equal(fss__dealer_open(d, 1), 0);
	take_all(d, 1);
	slam_end(&second);
	fss__dealer_free(d);
	(void)close(first.listener);
	folder_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client),
		cmocka_unit_test(test_hub),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
