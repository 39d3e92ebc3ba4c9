/*
 * A hub and peers for benchmarks, see peer.h.
 *
 * People are put into the store before the hub starts, each with a device
 * key: registration hashes passwords, slowly on purpose, and is not what is
 * to be measured.
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/time.h"
#include "model/account.h"
#include "net/zmsg.h"
#include "peer.h"
#include "store/store.h"

#define BATCH		1000		/* people in one transaction */
#define START_MS	60000
#define STOP_MS		60000
#define BEAT_MS		10000		/* as real clients do */

static struct bench_hub *running;	/* to be ended with the program */

void
bench_die(const char *what, int err)
{
	(void)fprintf(stderr, "bench: %s: %s\n", what, fss_strerror(err));
	if (running != NULL)
		bench_hub_stop(running);
	_exit(1);
}

void
bench_need(int err, const char *what)
{
	if (err < 0)
		bench_die(what, err);
}

uint64_t
bench_descriptors(void)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) != 0)
		return 0;
	lim.rlim_cur = lim.rlim_max;
	/* What cannot be raised stays as it is. */
	(void)setrlimit(RLIMIT_NOFILE, &lim);
	return getrlimit(RLIMIT_NOFILE, &lim) == 0 ? lim.rlim_cur : 0;
}

uint64_t
bench_number(const char *option, const char *text)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = text != NULL ? strtoull(text, &end, 10) : 0;
	if (text == NULL || n < 1 || errno != 0 || *end != '\0') {
		(void)fprintf(stderr, "bench: %s wants a number from 1 on\n",
		    option);
		exit(2);
	}
	return n;
}

static int
compare(const void *a, const void *b)
{
	int64_t x, y;

	memcpy(&x, a, sizeof(x));
	memcpy(&y, b, sizeof(y));
	return (x > y) - (x < y);
}

int64_t
bench_quantile(int64_t *v, size_t n, unsigned q)
{
	if (n == 0)
		return -1;
	qsort(v, n, sizeof(*v), compare);
	return v[(n - 1) * q / 1000];
}

/* ---- the hub ----------------------------------------------------------- */

static void
make_keys(struct bench_hub *h)
{
	size_t i;

	h->secret = fss__calloc(h->people, sizeof(*h->secret));
	h->public = fss__calloc(h->people, sizeof(*h->public));
	if (h->secret == NULL || h->public == NULL)
		bench_die("keys", FSS_ENOMEM);
	for (i = 0; i < h->people; i++)
		fss__keypair(h->public[i], h->secret[i]);
}

static void
make_people(const struct bench_hub *h, const char *data)
{
	struct fss__store_config cfg;
	struct fss__m_register m;
	struct fss__store *s;
	struct fss__actor who;
	struct fss__rules rules;
	struct fss__ctx ctx;
	struct fss__err err;
	char name[32];
	size_t i;

	memset(&cfg, 0, sizeof(cfg));
	memset(&rules, 0, sizeof(rules));
	memset(&ctx, 0, sizeof(ctx));
	cfg.dir = data;
	bench_need(fss__store_open(&cfg, &err, &s), "store");
	rules.registration = FSS_REGISTRATION_OPEN;
	ctx.store = s;
	ctx.db = fss__store_db(s);
	ctx.rules = &rules;
	ctx.now_us = fss__wall_us();
	for (i = 0; i < h->people; i++) {
		if (i % BATCH == 0)
			bench_need(fss__store_begin(s), "begin");
		bench_need(fss__fmt(name, sizeof(name), "p%zu", i), "name");
		memset(&m, 0, sizeof(m));
		m.name = fss__slice_str(name);
		m.password = fss__slice_str("no password");
		bench_need(fss__account_create(&ctx, &m, "*", h->public[i],
		    &who), "account");
		if (i % BATCH == BATCH - 1 || i + 1 == h->people)
			bench_need(fss__store_commit(s, true), "commit");
	}
	fss__store_close(s);
}

/* Starts fssd with @args; its stdout is the descriptor. */
static pid_t
start(const char *const *args, int *ret_fd)
{
	const char *build = getenv("FSS_BUILD_DIR");
	char program[1024];
	int fds[2];
	pid_t pid;

	bench_need(fss__fmt(program, sizeof(program), "%s/fssd",
	    build != NULL ? build : "build/release"), "name");
	if (pipe(fds) != 0 || (pid = fork()) < 0)
		bench_die("fssd", FSS_EIO);
	if (pid == 0) {
		/* Ends with us, however that happens. */
		(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
		(void)dup2(fds[1], STDOUT_FILENO);
		(void)close(fds[0]);
		(void)close(fds[1]);
		/* execv() changes none of them. */
		(void)execv(program, (char *const *)(uintptr_t)args);
		(void)fprintf(stderr, "bench: there is no %s: build first, or "
		    "set FSS_BUILD_DIR\n", program);
		_exit(127);
	}
	(void)close(fds[1]);
	*ret_fd = fds[0];
	return pid;
}

static void
init(const char *data)
{
	const char *args[] = { "fssd", "init", "--data", data, "--json", NULL };
	char drop[256];
	int fd, status;
	pid_t pid = start(args, &fd);

	while (read(fd, drop, sizeof(drop)) > 0)
		;
	(void)close(fd);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_die("fssd init", FSS_EIO);
}

/* What a hub of this size must be allowed; all else is as by default. */
static void
configure(const struct bench_hub *h, const char *data)
{
	char file[1100];
	FILE *f;

	bench_need(fss__fmt(file, sizeof(file), "%s/fssd.conf", data), "name");
	f = fopen(file, "we");
	if (f == NULL)
		bench_die(file, FSS_EIO);
	(void)fprintf(f, "[hub]\nlisten = tcp://127.0.0.1:0\n"
	    "introduce = off\n[limits]\nconnections_per_address = 0\n"
	    "anonymous_per_address = 0\nmax_sessions = %zu\n"
	    "[log]\nlevel = warn\n", h->people * 2 + 1000);
	if (fclose(f) != 0)
		bench_die(file, FSS_EIO);
}

static void
take_address(struct bench_hub *h, int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };
	char line[600], *hash;
	size_t n = 0;
	ssize_t got;

	line[0] = '\0';
	while (strchr(line, '\n') == NULL && n < sizeof(line) - 1 &&
	    poll(&p, 1, START_MS) == 1 &&
	    (got = read(fd, line + n, sizeof(line) - 1 - n)) > 0) {
		n += (size_t)got;
		line[n] = '\0';
	}
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "READY fss://", 12) != 0 ||
	    (hash = strchr(line, '#')) == NULL)
		bench_die("fssd does not start", FSS_EUNREACH);
	bench_need(fss__fmt(h->address, sizeof(h->address), "%s", line + 6), "name");
	*hash = '\0';
	bench_need(fss__fmt(h->endpoint, sizeof(h->endpoint), "tcp://%s",
	    line + 12), "name");
	bench_need(fss__key_decode(h->key, hash + 1), "key");
}

void
bench_finish(fss_client *c, int started, const fss_op *op, const char *what)
{
	const fss_event *ev;
	int r = started;

	while (r >= 0) {
		r = fss_client_wait_op(c, *op, -1, &ev);
		if (r < 0)
			break;
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			r = fss_event_error(ev);
			break;
		}
	}
	bench_need(r, what);
}

void
bench_hub_start(struct bench_hub *h, const char *parent, size_t people)
{
	char data[1100];
	const char *args[] = { "fssd", "run", "--data", data, "--ready-fd",
	    "1", NULL };
	int fd;

	memset(h, 0, sizeof(*h));
	h->people = people;
	bench_need(fss__crypto_init(), "crypto");
	bench_need(fss__fmt(h->dir, sizeof(h->dir), "%s/fss-bench-XXXXXX",
	    parent), "name");
	if (mkdtemp(h->dir) == NULL)
		bench_die(h->dir, FSS_EIO);
	running = h;
	bench_need(fss__fmt(data, sizeof(data), "%s/hub", h->dir), "name");
	init(data);
	make_keys(h);
	make_people(h, data);
	configure(h, data);
	h->pid = start(args, &fd);
	take_address(h, fd);
	(void)close(fd);
}

void
bench_hub_stop(struct bench_hub *h)
{
	const char *args[] = { "rm", "-rf", "--", h->dir, NULL };
	int64_t until = fss__mono_us() + STOP_MS * INT64_C(1000);
	pid_t pid = h->pid;

	running = NULL;
	h->pid = 0;
	if (pid > 0) {
		(void)kill(pid, SIGTERM);
		while (waitpid(pid, NULL, WNOHANG) == 0) {
			if (fss__mono_us() > until)
				(void)kill(pid, SIGKILL);
			(void)poll(NULL, 0, 20);
		}
	}
	pid = fork();
	if (pid == 0) {
		(void)execvp(args[0], (char *const *)(uintptr_t)args);
		_exit(127);
	}
	if (pid > 0)
		(void)waitpid(pid, NULL, 0);
	fss__free(h->secret);
	fss__free(h->public);
}

double
bench_hub_cpu(const struct bench_hub *h)
{
	unsigned long user = 0, sys = 0;
	char file[64], line[1024], *p;
	FILE *f;

	bench_need(fss__fmt(file, sizeof(file), "/proc/%ld/stat",
	    (long)h->pid), "name");
	f = fopen(file, "re");
	if (f == NULL || fgets(line, sizeof(line), f) == NULL ||
	    (p = strrchr(line, ')')) == NULL ||
	    sscanf(p, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
	    &user, &sys) != 2)
		bench_die(file, FSS_EIO);
	(void)fclose(f);
	return (double)(user + sys) / (double)sysconf(_SC_CLK_TCK);
}

uint64_t
bench_hub_memory(const struct bench_hub *h)
{
	char file[64], line[256];
	uint64_t kib = 0;
	FILE *f;

	bench_need(fss__fmt(file, sizeof(file), "/proc/%ld/status",
	    (long)h->pid), "name");
	f = fopen(file, "re");
	if (f == NULL)
		bench_die(file, FSS_EIO);
	while (kib == 0 && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "RssAnon: %" SCNu64, &kib) != 1)
			kib = 0;
	(void)fclose(f);
	return kib * 1024;
}

/* ---- peers ------------------------------------------------------------- */

void
bench_peer_open(struct bench_peer *p, void *zmq, const struct bench_hub *h,
    size_t who, int *ret_fd)
{
	static const struct {
		int option, value;
	} ints[] = {
		{ ZMQ_LINGER, 0 },
		{ ZMQ_RECONNECT_IVL, -1 },
		{ ZMQ_HEARTBEAT_IVL, BEAT_MS },
		/*
		 * Without an end: ending that timer takes ZeroMQ time in
		 * proportion to the connections of a context, of which real
		 * clients have two.
		 */
		{ ZMQ_HEARTBEAT_TIMEOUT, 0 },
	};
	struct fss__m_hello m;
	size_t i, n = sizeof(*ret_fd);
	int bad = 0;

	memset(p, 0, sizeof(*p));
	p->sock = zmq_socket(zmq, ZMQ_DEALER);
	if (p->sock == NULL)
		bench_die("socket", fss__zmq_errno(errno));
	for (i = 0; i < sizeof(ints) / sizeof(ints[0]); i++)
		bad |= zmq_setsockopt(p->sock, ints[i].option, &ints[i].value,
		    sizeof(int));
	bad |= zmq_setsockopt(p->sock, ZMQ_CURVE_SERVERKEY, h->key, 32);
	bad |= zmq_setsockopt(p->sock, ZMQ_CURVE_PUBLICKEY, h->public[who], 32);
	bad |= zmq_setsockopt(p->sock, ZMQ_CURVE_SECRETKEY, h->secret[who], 32);
	if (bad != 0 || zmq_connect(p->sock, h->endpoint) != 0 ||
	    zmq_getsockopt(p->sock, ZMQ_FD, ret_fd, &n) != 0)
		bench_die("connect", fss__zmq_errno(errno));
	memset(&m, 0, sizeof(m));
	m.min_version = m.max_version = FSS__MAX_VERSION;
	bench_peer_send(p, FSS__MSG_HELLO, &m);
}

void
bench_peer_close(struct bench_peer *p)
{
	(void)zmq_close(p->sock);
	p->sock = NULL;
}

void
bench_peer_send(struct bench_peer *p, unsigned type, const void *msg)
{
	struct fss__frame *f;
	struct fss__buf b;

	fss__buf_init(&b, FSS__MAX_HEADER);
	bench_need(fss__message_encode(&b, type, ++p->last_req,
	    p->ready ? p->session : NULL, fss__message_find(type)->request,
	    msg), "encode");
	f = fss__frame_new(b.len);
	if (f == NULL)
		bench_die("send", FSS_ENOMEM);
	memcpy(f->data, b.data, b.len);
	fss__buf_release(&b);
	bench_need(fss__zmsg_send(p->sock, &f, 1, ZMQ_DONTWAIT), "send");
	p->sent_us = fss__mono_us();
}

static void
welcome(struct bench_peer *p, const struct bench_answer *a)
{
	struct fss__m_welcome m;

	bench_answer_read(a, &m);
	if (!(m.has & FSS__K_welcome_account))
		bench_die("log in", FSS_EAUTH);
	memcpy(p->session, m.session.p, sizeof(p->session));
	p->ready = true;
}

bool
bench_peer_next(struct bench_peer *p, struct bench_answer *ret_a)
{
	struct fss__frame *frames[2];
	struct fss__m_error m;
	size_t n;
	int r;

	memset(ret_a, 0, sizeof(*ret_a));
	r = fss__zmsg_recv(p->sock, frames, 2, &n);
	if (r == FSS_EAGAIN)
		return false;
	bench_need(r, "receive");
	ret_a->header = frames[0];
	ret_a->payload = n > 1 ? frames[1] : NULL;
	bench_need(fss__header_decode(frames[0]->data, frames[0]->len,
	    &ret_a->h), "header");
	if (ret_a->h.type == FSS__MSG_ERROR) {
		bench_need(fss__fields_decode(ret_a->h.fields, &fss__r_error,
		    &m, NULL), "error");
		ret_a->err = -(int)m.code;
		return true;
	}
	if (ret_a->h.type == FSS__MSG_HELLO + FSS__ANSWER)
		welcome(p, ret_a);
	if (ret_a->payload != NULL)
		p->received += ret_a->payload->len;
	return true;
}

void
bench_answer_drop(struct bench_answer *a)
{
	fss__frame_unref(a->header);
	fss__frame_unref(a->payload);
}

void
bench_answer_read(const struct bench_answer *a, void *ret_msg)
{
	const struct fss__message *m;

	if (a->err != 0)
		bench_die("an answer", a->err);
	m = fss__message_find(a->h.type - FSS__ANSWER);
	if (m == NULL)
		bench_die("an answer", FSS_EPROTO);
	bench_need(fss__fields_decode(a->h.fields, m->answer, ret_msg, NULL),
	    m->name);
}
