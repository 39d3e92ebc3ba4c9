/*
 * What libzmq alone does, as the floor under all that stands on it: two
 * processes, a ROUTER and DEALERs, over loopback.
 *
 *	bench_floor stream [--curve] [--bytes N] [--message BYTES]
 *	bench_floor echo [--curve] [--connections N] [--requests N]
 *	    [--message BYTES]
 *
 * stream moves N bytes in messages of 1 MiB one way, from memory to nowhere,
 * with no more of them unanswered than a hub of ours lets a client have.
 * echo sends small messages back and forth, one at a time on each
 * connection, all from one thread, and prints the times from sending to the
 * answer, and how many go in a second: the floor under small requests.
 */
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include "base/alloc.h"
#include "base/time.h"

#define WINDOW		16777216u	/* bytes unanswered in a stream */
#define ENDPOINT	256
#define STOP		0xff		/* a message of this one byte */

struct options {
	const char	*what;
	bool		 curve;
	uint64_t	 bytes, message, connections, requests;
};

static void
die(const char *what)
{
	(void)fprintf(stderr, "bench_floor: %s: %s\n", what,
	    zmq_strerror(errno));
	exit(1);
}

static void
set(void *sock, int option, const void *value, size_t n)
{
	if (zmq_setsockopt(sock, option, value, n) != 0)
		die("option");
}

/* Keys are made for this run; any client's is let in. */
static void *
make_socket(void *ctx, const struct options *o, int type, const char *public,
    const char *secret)
{
	void *s = zmq_socket(ctx, type);
	char mine[41], key[41];
	int one = 1, none = 0;

	if (s == NULL)
		die("socket");
	set(s, ZMQ_LINGER, &none, sizeof(none));
	set(s, ZMQ_SNDHWM, &none, sizeof(none));
	set(s, ZMQ_RCVHWM, &none, sizeof(none));
	if (!o->curve)
		return s;
	if (type == ZMQ_ROUTER) {
		set(s, ZMQ_CURVE_SERVER, &one, sizeof(one));
		set(s, ZMQ_CURVE_SECRETKEY, secret, 41);
		return s;
	}
	if (zmq_curve_keypair(mine, key) != 0)
		die("keys");
	set(s, ZMQ_CURVE_SERVERKEY, public, 41);
	set(s, ZMQ_CURVE_PUBLICKEY, mine, 41);
	set(s, ZMQ_CURVE_SECRETKEY, key, 41);
	return s;
}

/* Answers until told to end: with one byte to a stream, else with the same. */
static void
serve(const struct options *o, const char *public, const char *secret, int fd)
{
	bool stream = strcmp(o->what, "stream") == 0, stop = false;
	void *ctx = zmq_ctx_new(), *s;
	char endpoint[ENDPOINT];
	size_t n = sizeof(endpoint);
	zmq_msg_t route, body;

	s = make_socket(ctx, o, ZMQ_ROUTER, public, secret);
	if (zmq_bind(s, "tcp://127.0.0.1:*") != 0 ||
	    zmq_getsockopt(s, ZMQ_LAST_ENDPOINT, endpoint, &n) != 0 ||
	    write(fd, endpoint, n) != (ssize_t)n)
		die("bind");
	(void)close(fd);
	while (!stop) {
		(void)zmq_msg_init(&route);
		(void)zmq_msg_init(&body);
		if (zmq_msg_recv(&route, s, 0) < 0 ||
		    zmq_msg_recv(&body, s, 0) < 0)
			die("receive");
		stop = zmq_msg_size(&body) == 1 &&
		    *(uint8_t *)zmq_msg_data(&body) == STOP;
		if (zmq_msg_send(&route, s, ZMQ_SNDMORE) < 0)
			die("send");
		if (stream ? zmq_send(s, "", 1, 0) < 0 :
		    zmq_msg_send(&body, s, 0) < 0)
			die("send");
		(void)zmq_msg_close(&body);
		(void)zmq_msg_close(&route);
	}
	(void)zmq_close(s);
	(void)zmq_ctx_term(ctx);
	exit(0);
}

static void
take(void *s)
{
	zmq_msg_t m;

	(void)zmq_msg_init(&m);
	if (zmq_msg_recv(&m, s, 0) < 0)
		die("receive");
	(void)zmq_msg_close(&m);
}

static void
done(void *data, void *hint)
{
	(void)data;
	(void)hint;
}

static void
stream(const struct options *o, void *s)
{
	uint64_t left = o->bytes, open = 0, window = WINDOW / o->message;
	uint8_t *data = fss__calloc(1, o->message);
	int64_t start = fss__mono_us();
	zmq_msg_t m;
	size_t n;

	if (data == NULL)
		die("memory");
	for (; left > 0; left -= n, open++) {
		if (open >= window) {
			take(s);
			open--;
		}
		n = left < o->message ? (size_t)left : (size_t)o->message;
		if (zmq_msg_init_data(&m, data, n, done, NULL) != 0 ||
		    zmq_msg_send(&m, s, 0) < 0)
			die("send");
	}
	for (; open > 0; open--)
		take(s);
	(void)printf("stream %.0f MiB/s\n", (double)o->bytes / 1048576 /
	    ((double)(fss__mono_us() - start) / 1e6));
}

static int
compare(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

static void
echo(const struct options *o, void **s)
{
	zmq_pollitem_t *p = fss__calloc(o->connections, sizeof(*p));
	int64_t *sent = fss__calloc(o->connections, sizeof(*sent)), start;
	int64_t *all = fss__calloc(o->requests, sizeof(*all));
	uint8_t *body = fss__calloc(1, o->message);
	uint64_t asked = 0, got = 0, i;
	double seconds;

	if (p == NULL || sent == NULL || all == NULL || body == NULL)
		die("memory");
	/* Once each before the clock starts: connected, keys exchanged. */
	for (i = 0; i < o->connections; i++) {
		p[i].socket = s[i];
		p[i].events = ZMQ_POLLIN;
		if (zmq_send(s[i], body, o->message, 0) < 0)
			die("send");
	}
	for (i = 0; i < o->connections; i++)
		take(s[i]);
	start = fss__mono_us();
	for (i = 0; i < o->connections && asked < o->requests; i++, asked++) {
		sent[i] = fss__mono_us();
		if (zmq_send(s[i], body, o->message, 0) < 0)
			die("send");
	}
	while (got < asked) {
		if (zmq_poll(p, (int)o->connections, -1) < 0)
			die("poll");
		for (i = 0; i < o->connections; i++) {
			if (!(p[i].revents & ZMQ_POLLIN))
				continue;
			take(s[i]);
			all[got++] = fss__mono_us() - sent[i];
			if (asked == o->requests)
				continue;
			asked++;
			sent[i] = fss__mono_us();
			if (zmq_send(s[i], body, o->message, 0) < 0)
				die("send");
		}
	}
	seconds = (double)(fss__mono_us() - start) / 1e6;
	qsort(all, got, sizeof(*all), compare);
	(void)printf("echo %" PRIu64 " connections: %.0f /s, p50 %" PRId64
	    " us, p99 %" PRId64 " us\n", o->connections,
	    (double)got / seconds, all[got / 2], all[(got - 1) * 99 / 100]);
	fss__free(p);
	fss__free(sent);
	fss__free(all);
	fss__free(body);
}

static void
parse(struct options *o, int argc, char **argv)
{
	struct {
		const char *name;
		uint64_t *value;
	} numbers[] = {
		{ "--bytes", &o->bytes }, { "--message", &o->message },
		{ "--connections", &o->connections },
		{ "--requests", &o->requests },
	};
	size_t j, n = sizeof(numbers) / sizeof(numbers[0]);
	char *end;
	int i;

	o->what = argc > 1 ? argv[1] : "";
	for (i = 2; i < argc; i++) {
		if (strcmp(argv[i], "--curve") == 0) {
			o->curve = true;
			continue;
		}
		for (j = 0; j < n && strcmp(argv[i], numbers[j].name) != 0; j++)
			;
		if (j == n || i + 1 == argc)
			break;
		*numbers[j].value = strtoull(argv[++i], &end, 10);
		if (*end != '\0' || *numbers[j].value == 0)
			break;
	}
	if (i < argc || (strcmp(o->what, "stream") != 0 &&
	    strcmp(o->what, "echo") != 0)) {
		(void)fprintf(stderr, "usage: bench_floor stream|echo "
		    "[--curve] [--bytes N] [--message BYTES]\n"
		    "    [--connections N] [--requests N]\n");
		exit(2);
	}
	if (o->message == 0)
		o->message = strcmp(o->what, "echo") == 0 ? 64 : 1048576;
	if (strcmp(o->what, "stream") == 0)
		o->connections = 1;
}

int
main(int argc, char **argv)
{
	struct options o = { "", false, 1073741824, 0, 1, 100000 };
	char public[41] = "", secret[41] = "", endpoint[ENDPOINT] = "";
	void *ctx, **s;
	int fds[2], status;
	uint64_t i;
	pid_t pid;

	parse(&o, argc, argv);
	if (o.curve && zmq_curve_keypair(public, secret) != 0)
		die("keys");
	if (pipe(fds) != 0 || (pid = fork()) < 0)
		die("fork");
	if (pid == 0)
		serve(&o, public, secret, fds[1]);
	(void)close(fds[1]);
	if (read(fds[0], endpoint, sizeof(endpoint) - 1) <= 0)
		die("the other process ended");
	ctx = zmq_ctx_new();
	s = fss__calloc(o.connections, sizeof(*s));
	if (ctx == NULL || s == NULL)
		die("memory");
	(void)zmq_ctx_set(ctx, ZMQ_MAX_SOCKETS, (int)o.connections + 16);
	for (i = 0; i < o.connections; i++) {
		s[i] = make_socket(ctx, &o, ZMQ_DEALER, public, secret);
		if (zmq_connect(s[i], endpoint) != 0)
			die("connect");
	}
	if (strcmp(o.what, "stream") == 0)
		stream(&o, s[0]);
	else
		echo(&o, s);
	if (zmq_send(s[0], "\xff", 1, 0) < 0)
		die("send");
	take(s[0]);
	for (i = 0; i < o.connections; i++)
		(void)zmq_close(s[i]);
	(void)zmq_ctx_term(ctx);
	fss__free(s);
	return waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
}
