/*
 * Readers that stop reading: what they cost the hub, and everybody else.
 *
 *	bench_stalled [--readers N] [--liars N] [--size MIB] [--rounds N]
 *	    [--requests N] [--rest SECONDS] [--folder DIR]
 *
 * N (1,000) people, each with a connection and a session of their own, begin
 * to download one file of so many MiB (256): each takes the first answer, has
 * the next ones under way as a client has, and takes nothing any more, while
 * its connection stands and its PINGs go on.  Their sockets take one message
 * ahead of who reads, so that what is sent stays at the hub, or in the kernel.
 * --liars (none) of them say all the time besides that they have taken
 * whatever they were sent, so that they seem to read.
 *
 * Somebody else meanwhile reads the file through the library, ROUNDS (5)
 * times, and another asks --requests (2,000) times for what STAT says, one at
 * a time; the same before, without the others.  The hub is a real fssd on
 * loopback.  Memory is looked at all the time, and --rest (20) seconds later.
 *
 * It prints lines of a name and its values, which bench/scale.py reads; times
 * are in microseconds, memory is in bytes: of the hub, anonymous and resident;
 * and of the kernel for all sockets of TCP, of both ends.
 */
#define _DEFAULT_SOURCE		/* MAP_ANONYMOUS */

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include <fss/fss.h>

#include "ask.h"
#include "base/alloc.h"
#include "base/str.h"
#include "base/time.h"

#define MIB		1048576u
#define OWNER		"p0"
#define FILE_NAME	"/file"
#define OTHERS		2		/* the owner, and who reads on */
#define WINDOW		32		/* log in at one time */
#define AT_ONCE		64		/* chunks asked for in one GET */
#define AHEAD		16		/* GETs under way, a window of 16 MiB */
#define PING_US		INT64_C(15000000)
#define LIMIT_US	INT64_C(120000000)
#define LOOK_MS		20
#define LIE_MS		100

struct options {
	unsigned	 readers, liars, size, rounds, requests, rest;
	const char	*folder;
};

struct shared {
	atomic_int	go;		/* 1: begin, 2: stop reading */
	atomic_size_t	ready;		/* know the file */
	atomic_size_t	begun;		/* have its first chunks */
};

static uint64_t most;			/* memory of the hub, so far */

/* ---- the readers ------------------------------------------------------- */

struct reader {
	struct bench_peer peer;
	uint64_t	 version, at;
};

static void
take(struct shared *sh, struct reader *k, const struct bench_answer *a)
{
	struct fss__m_entry_list m;
	struct fss__m_entry e;

	bench_need(a->err, "a reader");
	if (a->h.type == FSS__MSG_HELLO + FSS__ANSWER) {
		bench_ask_stat(&k->peer, OWNER, FILE_NAME);
	} else if (a->h.type == FSS__MSG_STAT + FSS__ANSWER) {
		bench_answer_read(a, &m);
		if (fss__list_next(&m.entries, &fss__r_entry, &e) != 1 ||
		    e.version == 0)
			bench_die("STAT", FSS_EPROTO);
		k->version = e.version;
		atomic_fetch_add(&sh->ready, 1);
	} else if (a->h.type == FSS__MSG_GET + FSS__ANSWER) {
		if (a->payload == NULL)
			bench_die("GET", FSS_EPROTO);
		k->at += a->payload->len;
		atomic_fetch_add(&sh->begun, 1);
	}
}

static void
drain(struct shared *sh, struct reader *k)
{
	struct bench_answer a;

	while (bench_peer_next(&k->peer, &a)) {
		take(sh, k, &a);
		bench_answer_drop(&a);
	}
}

/* The next ones; where they begin is not known, and does not matter. */
static void
ask_ahead(struct reader *k)
{
	unsigned i;

	for (i = 0; i < AHEAD; i++)
		bench_ask_get(&k->peer, k->version, k->at, AT_ONCE);
}

/* Not so any more once the hub has cut it off. */
static bool
stands(const struct reader *k)
{
	int events = 0;
	size_t n = sizeof(events);

	return zmq_getsockopt(k->peer.sock, ZMQ_EVENTS, &events, &n) == 0 &&
	    (events & ZMQ_POLLOUT);
}

/* The hub takes it for all that it has sent. */
static void
lie(struct reader *k)
{
	struct fss__m_credit m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_credit_received;
	m.received = INT64_MAX;
	bench_peer_send(&k->peer, FSS__MSG_CREDIT, &m);
}

/* From here on nobody reads, but all are there; the first @liars lie. */
static void
stay(struct reader *k, size_t count, size_t liars)
{
	struct fss__m_empty m;
	size_t i;

	memset(&m, 0, sizeof(m));
	for (i = 0; i < count; i++)
		ask_ahead(&k[i]);
	while (getppid() != 1) {
		(void)poll(NULL, 0, liars > 0 ? LIE_MS : 1000);
		for (i = 0; i < liars; i++)
			if (stands(&k[i]))
				lie(&k[i]);
		for (i = 0; i < count; i++)
			if (fss__mono_us() - k[i].peer.sent_us > PING_US &&
			    stands(&k[i]))
				bench_peer_send(&k[i].peer, FSS__MSG_PING, &m);
	}
	_exit(0);
}

static void
readers_run(const struct bench_hub *h, struct shared *sh, size_t count,
    size_t liars)
{
	struct reader *k = fss__calloc(count, sizeof(*k));
	struct epoll_event ee, got[256];
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd, n, j;
	void *zmq = zmq_ctx_new();
	size_t opened = 0, i;
	bool begun = false;

	if (k == NULL || zmq == NULL || epfd < 0)
		bench_die("readers", FSS_ENOMEM);
	(void)zmq_ctx_set(zmq, ZMQ_MAX_SOCKETS, (int)count + 16);
	while (getppid() != 1) {
		for (; opened < count &&
		    opened - atomic_load(&sh->ready) < WINDOW; opened++) {
			bench_peer_open(&k[opened].peer, zmq, h,
			    OTHERS + opened, &fd);
			memset(&ee, 0, sizeof(ee));
			ee.events = EPOLLIN;
			ee.data.u64 = opened;
			if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ee) != 0)
				bench_die("epoll", FSS_EIO);
			drain(sh, &k[opened]);
		}
		if (atomic_load(&sh->go) > 0 && !begun) {
			begun = true;
			for (i = 0; i < count; i++) {
				bench_ask_get(&k[i].peer, k[i].version, 0,
				    AT_ONCE);
				drain(sh, &k[i]);
			}
		}
		if (atomic_load(&sh->go) > 1)
			stay(k, count, liars);
		n = epoll_wait(epfd, got, 256, 20);
		for (j = 0; j < n; j++)
			drain(sh, &k[(size_t)got[j].data.u64]);
	}
	_exit(0);
}

/* ---- what is looked at ------------------------------------------------- */

static uint64_t
look(const struct bench_hub *h)
{
	uint64_t now = bench_hub_memory(h);

	if (now > most)
		most = now;
	return now;
}

static uint64_t
kernel_memory(void)
{
	FILE *f = fopen("/proc/net/sockstat", "re");
	uint64_t pages = 0;
	char line[256];

	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "TCP: inuse %*u orphan %*u tw %*u alloc %*u "
		    "mem %" SCNu64, &pages) == 1)
			break;
	if (f != NULL)
		(void)fclose(f);	/* it was only read */
	return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void
rest(const struct bench_hub *h, int64_t us)
{
	int64_t until = fss__mono_us() + us;

	while (fss__mono_us() < until) {
		(void)look(h);
		(void)poll(NULL, 0, LOOK_MS);
	}
}

static void
wait_for(const struct bench_hub *h, const atomic_size_t *what, size_t n,
    const char *name)
{
	int64_t until = fss__mono_us() + LIMIT_US;

	while (atomic_load(what) < n) {
		if (waitpid(-1, NULL, WNOHANG) > 0)
			bench_die("the readers ended early", FSS_EIO);
		if (fss__mono_us() > until)
			bench_die(name, FSS_ETIMEDOUT);
		rest(h, LOOK_MS * 1000);
	}
}

/* ---- somebody else ----------------------------------------------------- */

static fss_client *
client(const struct bench_hub *h, size_t who)
{
	fss_client *c;

	bench_need(fss_client_new(&c), "client");
	bench_need(fss_client_set_address(c, h->address), "address");
	bench_need(fss_client_set_identity(c, h->secret[who]), "identity");
	/* However long it takes: that is what is measured. */
	bench_need(fss_client_set_timeout_ms(c, -1), "timeout");
	bench_need(fss_client_open(c), "open");
	return c;
}

static void
make_file(const struct bench_hub *h, unsigned size)
{
	static uint8_t buf[MIB];
	fss_client *c = client(h, 0);
	const fss_event *ev;
	size_t at, n;
	fss_op op;
	int r;

	bench_need(fss_client_write(c, ":" FILE_NAME, 0644, 0, NULL, NULL,
	    &op), "write");
	for (; size > 0; size--) {
		fss__random(buf, sizeof(buf));
		for (at = 0; at < sizeof(buf); at += n) {
			n = 0;
			r = fss_op_write(c, op, buf + at, sizeof(buf) - at, &n);
			if (r == FSS_EAGAIN)
				bench_need(fss_client_wait_op(c, op, -1, &ev),
				    "write");
			else
				bench_need(r, "write");
		}
	}
	bench_finish(c, fss_op_finish(c, op), &op, "write");
	bench_finish(c, fss_client_access(c, ":" FILE_NAME, FSS_ACCESS_OPEN,
	    NULL, &op), &op, "access");
	fss_client_free(c);
}

/* @p is kept alive. */
static void
look_on(const struct bench_hub *h, struct bench_peer *p)
{
	struct fss__m_empty m;

	(void)look(h);
	memset(&m, 0, sizeof(m));
	if (fss__mono_us() - p->sent_us > PING_US)
		bench_peer_send(p, FSS__MSG_PING, &m);
}

/* Reads all of the file, to nowhere. */
static int64_t
read_file(const struct bench_hub *h, fss_client *c, struct bench_peer *p,
    unsigned size)
{
	static uint8_t buf[MIB];
	int64_t start = fss__mono_us(), looked = 0;
	const fss_event *ev;
	uint64_t all = 0;
	size_t n = 1;
	fss_op op;
	int r;

	bench_need(fss_client_read(c, OWNER ":" FILE_NAME, 0, 0, FSS_TO_EOF,
	    NULL, &op), "read");
	while (n > 0) {
		r = fss_op_read(c, op, buf, sizeof(buf), &n);
		if (r == FSS_EAGAIN) {
			n = 1;
			r = fss_client_wait_op(c, op, LOOK_MS, &ev);
			if (r == FSS_ETIMEDOUT)
				r = 0;
		} else if (r == 0) {
			all += n;
		}
		bench_need(r, "read");
		if (fss__mono_us() - looked > LOOK_MS * 1000) {
			look_on(h, p);
			looked = fss__mono_us();
		}
	}
	if (all != (uint64_t)size * MIB)
		bench_die("the file is not whole", FSS_EINTEGRITY);
	start = fss__mono_us() - start;
	bench_finish(c, 0, &op, "read");
	return start;
}

static int64_t
ask(struct bench_peer *p)
{
	zmq_pollitem_t item = { p->sock, 0, ZMQ_POLLIN, 0 };
	struct bench_answer a;
	bool done = false;

	bench_ask_stat(p, OWNER, FILE_NAME);
	while (!done) {
		while (!done && bench_peer_next(p, &a)) {
			bench_need(a.err, "an answer");
			done = a.h.req == p->last_req;
			bench_answer_drop(&a);
		}
		if (!done && zmq_poll(&item, 1, (int)(LIMIT_US / 1000)) <= 0)
			bench_die("no answer", FSS_ETIMEDOUT);
	}
	return fss__mono_us() - p->sent_us;
}

static void
measure(const struct bench_hub *h, fss_client *c, struct bench_peer *p,
    const struct options *o, const char *name)
{
	int64_t *us = fss__calloc((size_t)o->rounds * o->requests, sizeof(*us));
	size_t n = 0;
	unsigned i, j;

	if (us == NULL)
		bench_die("times", FSS_ENOMEM);
	(void)printf("%s_read", name);
	for (i = 0; i < o->rounds; i++) {
		(void)printf(" %" PRId64, read_file(h, c, p, o->size));
		for (j = 0; j < o->requests; j++)
			us[n++] = ask(p);
		(void)look(h);
	}
	(void)printf("\n%s_request %" PRId64 " %" PRId64 " %" PRId64 "\n", name,
	    bench_quantile(us, n, 500), bench_quantile(us, n, 990),
	    bench_quantile(us, n, 1000));
	fss__free(us);
}

static void
measure_all(const struct bench_hub *h, struct shared *sh,
    const struct options *o)
{
	fss_client *c = client(h, 1);
	void *zmq = zmq_ctx_new();
	struct bench_answer a;
	struct bench_peer p;
	uint64_t kernel;
	int fd;

	if (zmq == NULL)
		bench_die("context", FSS_ENOMEM);
	bench_peer_open(&p, zmq, h, 1, &fd);
	while (!p.ready) {
		if (bench_peer_next(&p, &a))
			bench_answer_drop(&a);
		(void)poll(NULL, 0, 1);
	}
	wait_for(h, &sh->ready, o->readers, "log-ins");
	measure(h, c, &p, o, "alone");
	rest(h, 2000000);
	(void)printf("memory_before %" PRIu64 "\n", look(h));
	kernel = kernel_memory();
	atomic_store(&sh->go, 1);
	wait_for(h, &sh->begun, o->readers, "first bytes");
	(void)printf("memory_begun %" PRIu64 "\n", look(h));
	most = 0;
	atomic_store(&sh->go, 2);
	measure(h, c, &p, o, "beside");
	(void)printf("kernel %" PRIu64 " %" PRIu64 "\n", kernel,
	    kernel_memory());
	(void)printf("memory_then %" PRIu64 "\n", look(h));
	rest(h, o->rest * INT64_C(1000000));
	(void)printf("memory_rested %" PRIu64 "\n", look(h));
	(void)printf("memory_most %" PRIu64 "\n", most);
	bench_peer_close(&p);
	(void)zmq_ctx_term(zmq);
	fss_client_free(c);
}

static void
parse(struct options *o, int argc, char **argv)
{
	const struct bench_option numbers[] = {
		{ "--readers", &o->readers }, { "--liars", &o->liars },
		{ "--size", &o->size }, { "--rounds", &o->rounds },
		{ "--requests", &o->requests }, { "--rest", &o->rest },
	};

	bench_options(argc, argv, numbers,
	    sizeof(numbers) / sizeof(numbers[0]), &o->folder,
	    "bench_stalled [--readers N] [--liars N] [--size MIB]\n    "
	    "[--rounds N] [--requests N] [--rest SECONDS] [--folder DIR]");
}

int
main(int argc, char **argv)
{
	struct options o = { 1000, 0, 256, 5, 2000, 20, "/tmp" };
	struct bench_hub hub;
	struct shared *sh;
	pid_t readers;

	parse(&o, argc, argv);
	(void)bench_descriptors();
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		bench_die("memory", FSS_ENOMEM);
	bench_hub_start(&hub, o.folder, o.readers + OTHERS);
	make_file(&hub, o.size);
	hub.take_ahead = 1;
	readers = fork();
	if (readers < 0)
		bench_die("fork", FSS_EIO);
	if (readers == 0)
		readers_run(&hub, sh, o.readers,
		    o.liars < o.readers ? o.liars : o.readers);
	hub.take_ahead = 0;
	measure_all(&hub, sh, &o);
	(void)kill(readers, SIGKILL);
	(void)waitpid(readers, NULL, 0);
	bench_hub_stop(&hub);
	return 0;
}
