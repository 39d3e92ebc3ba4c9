/*
 * Asking for what is announced: how soon bytes come, and what many askers of
 * one file cost.
 *
 *	bench_requests [--rounds N] [--first KIB] [--askers N] [--size MIB]
 *	    [--repeat N] [--processes N] [--folder DIR]
 *
 * The owner is a process with the library's agent (fss_client_serve()), the
 * askers speak the protocol themselves and neither verify nor write what they
 * get: what is compared is the hub's work.  The hub is a real fssd on
 * loopback with limits of addresses lifted; what is announced is open, so
 * that a request has its yes at once.
 *
 * First byte: one asker, N (200) files of --first (64) KiB one after the
 * other, from sending ASK until the answer of GET with the file's first bytes;
 * over 1024 a file has several chunks, and is still on its way then.  Askers: N
 * (1,000) people who are logged in ask at one time for one announced file of
 * so many MiB (100), which the hub does not have, and get all of it; and
 * likewise download a stored one without asking.  Both in turn, --repeat (3)
 * times.
 */
#define _DEFAULT_SOURCE		/* MAP_ANONYMOUS */

#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
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
#include "peer.h"

#define KIB		1024u
#define MIB		1048576u
#define FIRST_PERSON	1		/* who asks; p0 owns */
#define WINDOW		32		/* a process logs in at one time */
#define LIMIT_US	INT64_C(3600000000)
#define AT_ONCE		64		/* chunks asked for in one GET */

struct options {
	unsigned	 rounds, first, askers, size, repeat, processes;
	const char	*folder;
};

struct shared {
	atomic_int	go;
	atomic_size_t	ready;
	atomic_size_t	done;
	atomic_size_t	served;		/* files the agent sent */
	atomic_size_t	online;		/* the agent is at work */
};

static void
nap(int ms)
{
	(void)poll(NULL, 0, ms);
}

/* ---- the owner --------------------------------------------------------- */

static void
write_file(const char *dir, const char *name, uint64_t bytes)
{
	static uint8_t buf[MIB];
	char path[2048];
	size_t n;
	FILE *f;

	bench_need(fss__fmt(path, sizeof(path), "%s/%s", dir, name), "name");
	f = fopen(path, "we");
	for (; f != NULL && bytes > 0; bytes -= n) {
		n = bytes < sizeof(buf) ? (size_t)bytes : sizeof(buf);
		fss__random(buf, n);
		if (fwrite(buf, 1, n, f) != n)
			bench_die(path, FSS_EIO);
	}
	if (f == NULL || fclose(f) != 0)
		bench_die(path, FSS_EIO);
}

static void
make_files(const struct options *o, const char *dir)
{
	char box[1200], name[32];
	unsigned i;

	bench_need(fss__fmt(box, sizeof(box), "%s/box", dir), "name");
	if (mkdir(box, 0700) != 0)
		bench_die(box, FSS_EIO);
	for (i = 0; i < o->rounds; i++) {
		bench_need(fss__fmt(name, sizeof(name), "small%u", i), "name");
		write_file(box, name, (uint64_t)o->first * KIB);
	}
	for (i = 0; i < o->repeat; i++) {
		bench_need(fss__fmt(name, sizeof(name), "big%u", i), "name");
		write_file(box, name, (uint64_t)o->size * MIB);
	}
	write_file(dir, "stored", (uint64_t)o->size * MIB);
}

static void
owner_run(const struct bench_hub *h, struct shared *sh)
{
	char box[1200], stored[1200], index[1200];
	const fss_event *ev;
	fss_client *c;
	fss_op op = 0;
	int r;

	bench_need(fss__fmt(box, sizeof(box), "%s/box", h->dir), "name");
	bench_need(fss__fmt(stored, sizeof(stored), "%s/stored", h->dir),
	    "name");
	bench_need(fss__fmt(index, sizeof(index), "%s/index", h->dir), "name");
	bench_need(fss_client_new(&c), "client");
	bench_need(fss_client_set_address(c, h->address), "address");
	bench_need(fss_client_set_identity(c, h->secret[0]), "identity");
	bench_need(fss_client_set_index(c, index), "index");
	bench_need(fss_client_open(c), "open");
	bench_finish(c, fss_client_upload(c, stored, ":/stored", 0, NULL, &op),
	    &op, "upload");
	bench_finish(c, fss_client_access(c, ":/stored", FSS_ACCESS_OPEN, NULL,
	    &op), &op, "access");
	bench_finish(c, fss_client_announce(c, box, ":/box", FSS_COPY_RECURSIVE,
	    NULL, &op), &op, "announce");
	bench_finish(c, fss_client_access(c, ":/box", FSS_ACCESS_OPEN, NULL,
	    &op), &op, "access");
	bench_need(fss_client_serve(c, 0, NULL, &op), "serve");
	atomic_store(&sh->online, 1);
	while (getppid() != 1) {
		r = fss_client_wait_op(c, op, 1000, &ev);
		if (r == FSS_ETIMEDOUT)
			continue;
		bench_need(r, "agent");
		if (fss_event_type(ev) == FSS_EVENT_DONE)
			bench_die("agent", fss_event_error(ev));
		if (fss_event_type(ev) == FSS_EVENT_ITEM)
			atomic_fetch_add(&sh->served, 1);
	}
	_exit(0);
}

/* ---- an asker ---------------------------------------------------------- */

struct asker {
	struct bench_peer peer;
	const char	*path;
	bool		 ask;		/* first, else it is stored */
	bool		 begun;
	bool		 getting;	/* a GET is out */
	bool		 try_again;	/* news came meanwhile */
	uint64_t	 version, size, at;
	int64_t		 first_us;	/* when the first byte came */
	bool		 done;
};

static void
asker_listen(struct asker *k, const struct fss__m_event_list *last)
{
	struct fss__m_events m;

	memset(&m, 0, sizeof(m));
	m.has = FSS__K_events_wait;
	m.wait = true;
	m.kinds = 1u << (FSS_NEWS_REQUEST - 1) | 1u << (FSS_NEWS_PROGRESS - 1);
	if (last != NULL) {
		m.has |= FSS__K_events_epoch | FSS__K_events_after;
		m.epoch = last->epoch;
		m.after = last->last;
	}
	bench_peer_send(&k->peer, FSS__MSG_EVENTS, &m);
}

static void
asker_begin(struct asker *k)
{
	uint8_t op[FSS__OP_BYTES];
	struct fss__m_ask ask;

	k->begun = true;
	if (k->ask) {
		fss__random(op, sizeof(op));
		memset(&ask, 0, sizeof(ask));
		ask.op.p = op;
		ask.op.n = sizeof(op);
		ask.kind = FSS_REQUEST_GET;
		ask.has = FSS__K_ask_owner | FSS__K_ask_path;
		ask.owner = fss__slice_str("p0");
		ask.path = fss__slice_str(k->path);
		bench_peer_send(&k->peer, FSS__MSG_ASK, &ask);
		return;
	}
	bench_ask_stat(&k->peer, "p0", k->path);
}

static void
asker_get(struct asker *k)
{
	if (k->version == 0 || k->done)
		return;
	if (k->getting) {
		k->try_again = true;
		return;
	}
	bench_ask_get(&k->peer, k->version, k->at, AT_ONCE);
	k->getting = true;
	k->try_again = false;
}

static void
asker_got(struct asker *k, const struct bench_answer *a)
{
	struct fss__m_nodes m;
	struct fss__m_node_run run;
	bool more;

	bench_answer_read(a, &m);
	k->getting = false;
	if (fss__list_next(&m.runs, &fss__r_node_run, &run) != 1)
		bench_die("GET", FSS_EPROTO);
	if (run.status != 0 && run.status != (uint64_t)-FSS_EAGAIN &&
	    run.status != (uint64_t)-FSS_EANNOUNCED)
		bench_die("GET", -(int)run.status);
	more = a->payload != NULL && a->payload->len > 0;
	if (more) {
		if (k->at == 0)
			k->first_us = fss__mono_us();
		k->at += a->payload->len;
		k->done = k->at >= k->size;
	}
	if (more || k->try_again)
		asker_get(k);
}

static void
asker_know(struct asker *k, uint64_t version, uint64_t size)
{
	if (version == 0 || size == 0)
		bench_die("the file cannot be read", FSS_EDENIED);
	k->version = version;
	k->size = size;
	asker_get(k);
}

static void
asker_take(struct asker *k, const struct bench_answer *a)
{
	struct fss__m_event_list list;
	struct fss__m_entry_list stat;
	struct fss__m_request req;
	struct fss__m_entry e;

	bench_need(a->err, "an answer");
	switch (a->h.type - FSS__ANSWER) {
	case FSS__MSG_STAT:
		bench_answer_read(a, &stat);
		if (fss__list_next(&stat.entries, &fss__r_entry, &e) != 1)
			bench_die("STAT", FSS_EPROTO);
		asker_know(k, e.version, e.size);
		break;
	case FSS__MSG_ASK:
		bench_answer_read(a, &req);
		asker_know(k, req.version, req.size);
		break;
	case FSS__MSG_EVENTS:
		bench_answer_read(a, &list);
		if (k->done)
			break;
		asker_listen(k, &list);
		asker_get(k);
		break;
	case FSS__MSG_GET:
		asker_got(k, a);
		break;
	default:
		break;
	}
}

/* True where it is done for the first time. */
static bool
asker_drain(struct asker *k)
{
	bool before = k->done;
	struct bench_answer a;

	while (bench_peer_next(&k->peer, &a)) {
		if (a.h.type == FSS__MSG_HELLO + FSS__ANSWER) {
			if (k->ask)
				asker_listen(k, NULL);
		} else {
			asker_take(k, &a);
		}
		bench_answer_drop(&a);
	}
	return k->done && !before;
}

/* ---- one asker --------------------------------------------------------- */

static void
wait_fd(int fd)
{
	struct pollfd p = { fd, POLLIN, 0 };

	if (poll(&p, 1, 30000) == 0)
		bench_die("an asker waits", FSS_ETIMEDOUT);
}

static void
measure_first(const struct bench_hub *h, const struct options *o)
{
	int64_t *first = fss__calloc(o->rounds, sizeof(*first)), start;
	void *zmq = zmq_ctx_new();
	char path[64];
	struct asker k;
	unsigned i;
	int fd;

	if (first == NULL || zmq == NULL)
		bench_die("askers", FSS_ENOMEM);
	for (i = 0; i < o->rounds; i++) {
		/* Another person each time: asking has a limit. */
		memset(&k, 0, sizeof(k));
		bench_need(fss__fmt(path, sizeof(path), "/box/small%u", i),
		    "name");
		k.path = path;
		k.ask = true;
		bench_peer_open(&k.peer, zmq, h, FIRST_PERSON +
		    i % (h->people - FIRST_PERSON), &fd);
		for (;;) {
			/* Before waiting: only who has looked is told. */
			(void)asker_drain(&k);
			if (k.peer.ready)
				break;
			wait_fd(fd);
		}
		nap(5);		/* EVENTS is parked */
		start = fss__mono_us();
		asker_begin(&k);
		while (!asker_drain(&k))
			wait_fd(fd);
		first[i] = k.first_us - start;
		bench_peer_close(&k.peer);
	}
	(void)printf("ask to first byte    p50 %.1f ms, p99 %.1f ms, max %.1f "
	    "ms, of %u (%u KiB)\n",
	    (double)bench_quantile(first, o->rounds, 500) / 1e3,
	    (double)bench_quantile(first, o->rounds, 990) / 1e3,
	    (double)bench_quantile(first, o->rounds, 1000) / 1e3, o->rounds,
	    o->first);
	(void)zmq_ctx_term(zmq);
	fss__free(first);
}

/* ---- many -------------------------------------------------------------- */

static void
askers_run(const struct bench_hub *h, struct shared *sh, const char *path,
    bool ask, size_t first, size_t count)
{
	struct asker *k = fss__calloc(count, sizeof(*k));
	size_t opened = 0, ready = 0, i;
	struct epoll_event ee, got[256];
	int epfd = epoll_create1(EPOLL_CLOEXEC), fd, n, j;
	void *zmq = zmq_ctx_new();
	bool begun = false, was;

	if (k == NULL || zmq == NULL || epfd < 0)
		bench_die("askers", FSS_ENOMEM);
	(void)zmq_ctx_set(zmq, ZMQ_MAX_SOCKETS, (int)count + 16);
	while (getppid() != 1 && atomic_load(&sh->go) >= 0) {
		for (; opened < count && opened - ready < WINDOW; opened++) {
			k[opened].path = path;
			k[opened].ask = ask;
			bench_peer_open(&k[opened].peer, zmq, h, first +
			    opened, &fd);
			memset(&ee, 0, sizeof(ee));
			ee.events = EPOLLIN;
			ee.data.u64 = opened;
			if (epoll_ctl(epfd, EPOLL_CTL_ADD, fd, &ee) != 0)
				bench_die("epoll", FSS_EIO);
			(void)asker_drain(&k[opened]);
		}
		if (atomic_load(&sh->go) > 0 && !begun) {
			begun = true;
			for (i = 0; i < count; i++) {
				asker_begin(&k[i]);
				if (asker_drain(&k[i]))
					atomic_fetch_add(&sh->done, 1);
			}
		}
		n = epoll_wait(epfd, got, 256, 20);
		for (j = 0; j < n; j++) {
			i = (size_t)got[j].data.u64;
			was = k[i].peer.ready;
			if (asker_drain(&k[i]))
				atomic_fetch_add(&sh->done, 1);
			if (k[i].peer.ready && !was) {
				ready++;
				atomic_fetch_add(&sh->ready, 1);
			}
		}
	}
	_exit(0);
}

static void
wait_for(const atomic_size_t *what, size_t n, const char *name)
{
	int64_t until = fss__mono_us() + LIMIT_US;

	while (atomic_load(what) < n) {
		if (waitpid(-1, NULL, WNOHANG) > 0)
			bench_die("a process ended early", FSS_EIO);
		if (fss__mono_us() > until)
			bench_die(name, FSS_ETIMEDOUT);
		nap(5);
	}
}

static double
measure_many(const struct bench_hub *h, struct shared *sh,
    const struct options *o, const char *path, bool ask)
{
	size_t at = FIRST_PERSON, count;
	double cpu, seconds;
	int64_t start;
	unsigned i;
	pid_t *pid = fss__calloc(o->processes, sizeof(*pid));

	if (pid == NULL)
		bench_die("askers", FSS_ENOMEM);
	atomic_store(&sh->go, 0);
	atomic_store(&sh->ready, 0);
	atomic_store(&sh->done, 0);
	atomic_store(&sh->served, 0);
	for (i = 0; i < o->processes; i++) {
		count = o->askers / o->processes + (i < o->askers %
		    o->processes);
		pid[i] = fork();
		if (pid[i] < 0)
			bench_die("fork", FSS_EIO);
		if (pid[i] == 0)
			askers_run(h, sh, path, ask, at, count);
		at += count;
	}
	wait_for(&sh->ready, o->askers, "log-ins");
	nap(1000);
	cpu = bench_hub_cpu(h);
	start = fss__mono_us();
	atomic_store(&sh->go, 1);
	wait_for(&sh->done, o->askers, "bytes");
	seconds = (double)(fss__mono_us() - start) / 1e6;
	cpu = bench_hub_cpu(h) - cpu;
	nap(500);	/* the agent tells */
	(void)printf("  %-10s %8.2f s, %.0f MiB/s, hub: %.1f s of processor, "
	    "%zu uploaded\n", ask ? "announced" : "stored", seconds,
	    (double)o->askers * o->size / seconds, cpu,
	    atomic_load(&sh->served));
	atomic_store(&sh->go, -1);
	for (i = 0; i < o->processes; i++)
		while (waitpid(pid[i], NULL, 0) < 0 && errno == EINTR)
			;
	fss__free(pid);
	return seconds;
}

static void
measure_askers(const struct bench_hub *h, struct shared *sh,
    const struct options *o)
{
	double stored, announced;
	char path[64];
	unsigned i;

	(void)printf("%u people, %u MiB\n", o->askers, o->size);
	for (i = 0; i < o->repeat; i++) {
		bench_need(fss__fmt(path, sizeof(path), "/box/big%u", i),
		    "name");
		stored = measure_many(h, sh, o, "/stored", false);
		announced = measure_many(h, sh, o, path, true);
		(void)printf("  announced / stored   %.2f\n",
		    announced / stored);
	}
}

static void
parse(struct options *o, int argc, char **argv)
{
	const struct bench_option numbers[] = {
		{ "--rounds", &o->rounds }, { "--first", &o->first },
		{ "--askers", &o->askers }, { "--size", &o->size },
		{ "--repeat", &o->repeat }, { "--processes", &o->processes },
	};

	bench_options(argc, argv, numbers,
	    sizeof(numbers) / sizeof(numbers[0]), &o->folder,
	    "bench_requests [--rounds N] [--first KIB] [--askers N]\n    "
	    "[--size MIB] [--repeat N] [--processes N] [--folder DIR]");
}

int
main(int argc, char **argv)
{
	struct options o = { 200, 64, 1000, 100, 3, 4, "/tmp" };
	struct bench_hub hub;
	struct shared *sh;
	pid_t owner;

	parse(&o, argc, argv);
	(void)bench_descriptors();
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	sh = mmap(NULL, sizeof(*sh), PROT_READ | PROT_WRITE, MAP_SHARED |
	    MAP_ANONYMOUS, -1, 0);
	if (sh == MAP_FAILED)
		bench_die("memory", FSS_ENOMEM);
	bench_hub_start(&hub, o.folder, o.askers + FIRST_PERSON);
	make_files(&o, hub.dir);
	owner = fork();
	if (owner < 0)
		bench_die("fork", FSS_EIO);
	if (owner == 0)
		owner_run(&hub, sh);
	wait_for(&sh->online, 1, "agent");
	nap(2000);
	measure_first(&hub, &o);
	measure_askers(&hub, sh, &o);
	(void)kill(owner, SIGKILL);
	(void)waitpid(owner, NULL, 0);
	bench_hub_stop(&hub);
	return 0;
}
