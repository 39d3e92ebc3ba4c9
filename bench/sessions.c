/*
 * Many people at one hub: what a session costs, and how soon all see news.
 *
 *	bench_sessions [--sessions N] [--processes N] [--rounds N]
 *	    [--rest SECONDS] [--folder DIR]
 *
 * N people (10,000), each with one CURVE connection and one session of their
 * own, from a few processes: a process has one ZeroMQ context and as many
 * DEALER sockets as it stands for people.  The hub is a real fssd on loopback
 * with limits of addresses lifted.  Measured are: log-ins a second (TCP and
 * CURVE handshake and HELLO with a known key); the hub's memory per session,
 * logged in and parked in EVENTS; its processor time at rest, with every
 * client's PING each 15 s; and the time from one person's hiding or showing
 * until each of all has been told.
 *
 * Clients and hub share the machine, so each time has the clients' work in
 * it, which is more than the hub's.  Where descriptors are too few for N, as
 * many as go are taken, and that is said.
 */
#define _DEFAULT_SOURCE		/* MAP_ANONYMOUS */

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zmq.h>

#include <fss/error.h>
#include <fss/types.h>

#include "base/alloc.h"
#include "base/time.h"
#include "peer.h"

#define WINDOW		64	/* a process logs in at one time */
#define STEP		256	/* subscribe at one time */
#define PING_US		INT64_C(15000000)
#define QUIET_US	INT64_C(4000000)
#define LIMIT_US	INT64_C(300000000)	/* for all to do something */
#define SPARE_FDS	200
#define MOVER		"p0"

enum phase { PHASE_LOGIN, PHASE_SUBSCRIBE, PHASE_END };

/* Between the processes; times are CLOCK_MONOTONIC, one for all. */
struct shared {
	atomic_int	phase;
	atomic_uint	round;		/* 0: none has begun */
	atomic_int	expected;	/* enum fss_presence of the mover */
	atomic_size_t	up;
	atomic_size_t	parked;
	atomic_size_t	seen;
	atomic_size_t	answers;
	atomic_size_t	afresh;
	int64_t		seen_us[];	/* of each person */
};

struct crowd {
	struct shared	*sh;
	const struct bench_hub *hub;
	size_t		 first;		/* the person the first one is */
	size_t		 count, opened, ready, subscribed;
	struct bench_peer *peer;
	unsigned	*seen_round;
	void		*zmq;
	int		 epfd;
};

/* ---- the crowd --------------------------------------------------------- */

static void
listen_on(struct bench_peer *p, bool go_on, uint64_t epoch, uint64_t last)
{
	struct fss__m_events m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_events_wait;
	m.wait = true;
	m.kinds = 1u << (FSS_NEWS_PRESENCE - 1);
	if (go_on) {
		m.has |= FSS__K_events_epoch | FSS__K_events_after;
		m.epoch = epoch;
		m.after = last;
	}
	bench_peer_send(p, FSS__MSG_EVENTS, &m);
}

static void
note_news(struct crowd *c, size_t i, struct fss__m_event_list *m)
{
	unsigned round = atomic_load(&c->sh->round);
	struct fss__m_event e;
	bool told = false;

	if (m->has & FSS__K_event_list_afresh && m->afresh)
		atomic_fetch_add(&c->sh->afresh, 1);
	while (fss__list_next(&m->events, &fss__r_event, &e) == 1)
		if (e.account.n == strlen(MOVER) &&
		    memcmp(e.account.p, MOVER, e.account.n) == 0)
			told = (int)e.presence ==
			    atomic_load(&c->sh->expected);
	if (told && c->seen_round[i] != round) {
		c->seen_round[i] = round;
		c->sh->seen_us[c->first + i] = fss__mono_us();
		atomic_fetch_add(&c->sh->seen, 1);
	}
}

static void
drain(struct crowd *c, size_t i)
{
	struct bench_peer *p = &c->peer[i];
	struct fss__m_event_list m;
	struct bench_answer a;

	while (bench_peer_next(p, &a)) {
		if (a.err != 0)
			bench_die("a session", a.err);
		if (a.h.type == FSS__MSG_HELLO + FSS__ANSWER) {
			c->ready++;
			atomic_fetch_add(&c->sh->up, 1);
		} else if (a.h.type == FSS__MSG_EVENTS + FSS__ANSWER) {
			bench_answer_read(&a, &m);
			atomic_fetch_add(&c->sh->answers, 1);
			note_news(c, i, &m);
			listen_on(p, true, m.epoch, m.last);
		}
		bench_answer_drop(&a);
	}
}

static void
open_some(struct crowd *c)
{
	struct epoll_event ee;
	int fd;

	while (c->opened < c->count && c->opened - c->ready < WINDOW) {
		bench_peer_open(&c->peer[c->opened], c->zmq, c->hub,
		    c->first + c->opened, &fd);
		memset(&ee, 0, sizeof(ee));
		ee.events = EPOLLIN;
		ee.data.u64 = c->opened;
		if (epoll_ctl(c->epfd, EPOLL_CTL_ADD, fd, &ee) != 0)
			bench_die("epoll", FSS_EIO);
		drain(c, c->opened++);
	}
}

static void
subscribe_some(struct crowd *c)
{
	size_t n;

	for (n = 0; n < STEP && c->subscribed < c->count; n++) {
		listen_on(&c->peer[c->subscribed], false, 0, 0);
		atomic_fetch_add(&c->sh->parked, 1);
		drain(c, c->subscribed++);
	}
}

static void
ping_some(struct crowd *c, int64_t now)
{
	struct fss__m_empty m;
	size_t i;

	memset(&m, 0, sizeof(m));
	for (i = 0; i < c->opened; i++)
		if (c->peer[i].ready && now - c->peer[i].sent_us > PING_US) {
			bench_peer_send(&c->peer[i], FSS__MSG_PING, &m);
			drain(c, i);
		}
}

static void
crowd_run(struct crowd *c)
{
	struct epoll_event ready[256];
	int64_t now, pinged = 0;
	int i, n;

	c->peer = fss__calloc(c->count, sizeof(*c->peer));
	c->seen_round = fss__calloc(c->count, sizeof(*c->seen_round));
	c->zmq = zmq_ctx_new();
	c->epfd = epoll_create1(EPOLL_CLOEXEC);
	if (c->peer == NULL || c->seen_round == NULL || c->zmq == NULL ||
	    c->epfd < 0)
		bench_die("crowd", FSS_ENOMEM);
	(void)zmq_ctx_set(c->zmq, ZMQ_MAX_SOCKETS, (int)c->count + 16);
	while (atomic_load(&c->sh->phase) != PHASE_END) {
		open_some(c);
		if (atomic_load(&c->sh->phase) == PHASE_SUBSCRIBE)
			subscribe_some(c);
		n = epoll_wait(c->epfd, ready, 256, 50);
		for (i = 0; i < n; i++)
			drain(c, (size_t)ready[i].data.u64);
		now = fss__mono_us();
		if (now - pinged > 1000000) {
			ping_some(c, now);
			pinged = now;
		}
		if (getppid() == 1)
			break;		/* nobody measures any more */
	}
	_exit(0);	/* descriptors and memory go at once */
}

/* ---- the measurement --------------------------------------------------- */

static void
nap(int ms)
{
	(void)poll(NULL, 0, ms);
}

static void
check_children(void)
{
	if (waitpid(-1, NULL, WNOHANG) > 0)
		bench_die("a process ended early", FSS_EIO);
}

static void
wait_for(atomic_size_t *what, size_t n, const char *name)
{
	int64_t until = fss__mono_us() + LIMIT_US;

	while (atomic_load(what) < n) {
		if (fss__mono_us() > until)
			bench_die(name, FSS_ETIMEDOUT);
		check_children();
		nap(2);
	}
}

/* Until nobody is told anything any more. */
static void
wait_quiet(struct shared *sh)
{
	size_t before, now = atomic_load(&sh->answers);
	int64_t since = fss__mono_us();

	while (fss__mono_us() - since < QUIET_US) {
		before = now;
		check_children();
		nap(20);
		now = atomic_load(&sh->answers);
		if (now != before)
			since = fss__mono_us();
	}
}

static void
say_memory(const struct bench_hub *h, uint64_t empty, size_t n,
    const char *what)
{
	uint64_t bytes = bench_hub_memory(h);

	(void)printf("memory %-12s %8.1f MiB, %.1f KiB each\n", what,
	    (double)bytes / 1048576,
	    bytes > empty ? (double)(bytes - empty) / 1024 / (double)n : 0);
}

static void
measure_logins(const struct bench_hub *h, struct shared *sh, size_t n)
{
	double cpu = bench_hub_cpu(h);
	int64_t start = fss__mono_us();
	double s;

	wait_for(&sh->up, n, "log-ins");
	s = (double)(fss__mono_us() - start) / 1e6;
	cpu = bench_hub_cpu(h) - cpu;
	(void)printf("log-ins              %8.0f /s; hub: %.0f us of processor "
	    "each\n", (double)n / s, cpu / (double)n * 1e6);
}

static void
measure_rest(const struct bench_hub *h, unsigned seconds)
{
	double cpu = bench_hub_cpu(h);

	nap((int)seconds * 1000);
	check_children();
	cpu = bench_hub_cpu(h) - cpu;
	(void)printf("at rest              %8.2f %% of one processor, over "
	    "%u s\n", cpu / seconds * 100, seconds);
}

/* Another peer, whom all see come and go. */
static int64_t
move(struct bench_peer *p, bool hidden)
{
	struct fss__m_presence m;
	struct bench_answer a;
	int64_t start;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_presence_hidden;
	m.hidden = hidden;
	start = fss__mono_us();
	bench_peer_send(p, FSS__MSG_PRESENCE, &m);
	while (!bench_peer_next(p, &a))
		nap(1);
	bench_need(a.err, "PRESENCE");
	bench_answer_drop(&a);
	return start;
}

static void
measure_news(const struct bench_hub *h, struct shared *sh, size_t n,
    unsigned rounds)
{
	int64_t *all = fss__calloc(n * rounds, sizeof(*all)), start;
	void *zmq = zmq_ctx_new();
	struct bench_peer p;
	struct bench_answer a;
	unsigned round;
	double cpu;
	size_t i, at;
	int fd;

	if (all == NULL || zmq == NULL)
		bench_die("news", FSS_ENOMEM);
	bench_peer_open(&p, zmq, h, 0, &fd);
	while (!p.ready) {
		if (bench_peer_next(&p, &a))
			bench_answer_drop(&a);
		nap(1);
	}
	wait_quiet(sh);		/* all have seen it come */
	cpu = bench_hub_cpu(h);
	for (round = 0; round < rounds; round++) {
		atomic_store(&sh->seen, 0);
		atomic_store(&sh->expected, round % 2 == 0 ?
		    FSS_PRESENCE_OFFLINE : FSS_PRESENCE_ONLINE);
		atomic_store(&sh->round, round + 1);
		start = move(&p, round % 2 == 0);
		wait_for(&sh->seen, n, "news");
		at = round * n;
		for (i = 0; i < n; i++)
			all[at + i] = sh->seen_us[i + 1] - start;
		(void)printf("  change %2u: first %6.1f ms, last %6.1f ms\n",
		    round + 1, (double)bench_quantile(all + at, n, 0) / 1e3,
		    (double)bench_quantile(all + at, n, 1000) / 1e3);
		nap(1000);
	}
	cpu = bench_hub_cpu(h) - cpu;
	n *= rounds;
	(void)printf("news to all          p50 %.0f ms, p99 %.0f ms, max %.0f "
	    "ms; hub: %.0f us of processor each; %zu afresh\n",
	    (double)bench_quantile(all, n, 500) / 1e3,
	    (double)bench_quantile(all, n, 990) / 1e3,
	    (double)bench_quantile(all, n, 1000) / 1e3,
	    cpu / (double)n * 1e6, atomic_load(&sh->afresh));
	bench_peer_close(&p);
	(void)zmq_ctx_term(zmq);
	fss__free(all);
}

struct options {
	size_t		 sessions;
	unsigned	 processes, rounds, rest;
	const char	*folder;
};

static void
parse(struct options *o, int argc, char **argv)
{
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		const char *name = argv[i], *value = argv[i + 1];

		if (strcmp(name, "--sessions") == 0)
			o->sessions = (size_t)bench_number(name, value);
		else if (strcmp(name, "--processes") == 0)
			o->processes = (unsigned)bench_number(name, value);
		else if (strcmp(name, "--rounds") == 0)
			o->rounds = (unsigned)bench_number(name, value);
		else if (strcmp(name, "--rest") == 0)
			o->rest = (unsigned)bench_number(name, value);
		else if (strcmp(name, "--folder") == 0)
			o->folder = value;
		else
			break;
	}
	if (i < argc) {
		(void)fprintf(stderr, "usage: bench_sessions [--sessions N] "
		    "[--processes N] [--rounds N]\n    [--rest SECONDS] "
		    "[--folder DIR]\n");
		exit(2);
	}
}

static struct shared *
make_shared(size_t people)
{
	void *p = mmap(NULL, sizeof(struct shared) + people * sizeof(int64_t),
	    PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		bench_die("memory", FSS_ENOMEM);
	return p;		/* all zero */
}

/* A DEALER has a descriptor beside its connection's. */
static void
fit(struct options *o, uint64_t fds)
{
	size_t most = fds > SPARE_FDS * 2 ? (size_t)fds - SPARE_FDS : SPARE_FDS;

	if (o->sessions > most) {
		(void)printf("only %zu sessions: %" PRIu64 " descriptors\n",
		    most, fds);
		o->sessions = most;
	}
	while (o->sessions / o->processes * 2 > most)
		o->processes++;
}

int
main(int argc, char **argv)
{
	struct options o = { 10000, 4, 20, 30, "/tmp" };
	struct bench_hub hub;
	struct shared *sh;
	struct crowd crowd;
	uint64_t empty;
	unsigned i;
	size_t at = 1;

	parse(&o, argc, argv);
	fit(&o, bench_descriptors());
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	bench_hub_start(&hub, o.folder, o.sessions + 1);
	(void)printf("%zu sessions from %u processes, %ld processors\n",
	    o.sessions, o.processes, sysconf(_SC_NPROCESSORS_ONLN));
	sh = make_shared(o.sessions + 1);
	empty = bench_hub_memory(&hub);
	for (i = 0; i < o.processes; i++) {
		memset(&crowd, 0, sizeof(crowd));
		crowd.sh = sh;
		crowd.hub = &hub;
		crowd.first = at;
		crowd.count = o.sessions / o.processes +
		    (i < o.sessions % o.processes);
		at += crowd.count;
		switch (fork()) {
		case -1:
			bench_die("fork", FSS_EIO);
		case 0:
			crowd_run(&crowd);
			break;
		default:
			break;
		}
	}
	measure_logins(&hub, sh, o.sessions);
	wait_quiet(sh);
	say_memory(&hub, empty, o.sessions, "logged in");
	atomic_store(&sh->phase, PHASE_SUBSCRIBE);
	wait_for(&sh->parked, o.sessions, "EVENTS");
	wait_quiet(sh);
	say_memory(&hub, empty, o.sessions, "subscribed");
	measure_rest(&hub, o.rest);
	measure_news(&hub, sh, o.sessions, o.rounds);
	say_memory(&hub, empty, o.sessions, "after news");
	atomic_store(&sh->phase, PHASE_END);
	for (i = 0; i < o.processes; i++)
		while (waitpid(-1, NULL, 0) < 0 && errno == EINTR)
			;
	bench_hub_stop(&hub);
	return 0;
}
