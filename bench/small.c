/*
 * Small requests: how many a hub answers in a second, and how soon.
 *
 *	bench_small [--connections N] [--requests N] [--folder DIR]
 *
 * PING, STAT of one folder and LIST of a folder with one entry, one at a time
 * on each connection, all from one thread, as bench_floor echo --curve does
 * without a hub: first on one connection, then on N (100), each of another
 * person.  N (20,000) requests are counted of each kind.  ./dev bench small
 * runs the floor as well.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zmq.h>

#include <fss/fss.h>

#include "ask.h"
#include "base/alloc.h"
#include "base/str.h"
#include "base/time.h"
#include "peer.h"

#define WAIT_MS		30000

struct options {
	uint64_t	 connections, requests;
	const char	*folder;
};

/* /box of p0, which all may see, and one folder in it. */
static void
make_box(const struct bench_hub *h)
{
	fss_client *c;
	fss_op op = 0;

	bench_need(fss_client_new(&c), "client");
	bench_need(fss_client_set_address(c, h->address), "address");
	bench_need(fss_client_set_identity(c, h->secret[0]), "identity");
	bench_need(fss_client_open(c), "open");
	bench_finish(c, fss_client_mkdir(c, ":/box", NULL, &op), &op, "mkdir");
	bench_finish(c, fss_client_mkdir(c, ":/box/one", NULL, &op), &op,
	    "mkdir");
	bench_finish(c, fss_client_access(c, ":/box", FSS_ACCESS_OPEN, NULL,
	    &op), &op, "access");
	fss_client_free(c);
}

static void
ask(struct bench_peer *p, unsigned type)
{
	static const struct fss__slice first = { NULL, 0 };
	struct fss__m_empty empty;

	if (type == FSS__MSG_LIST) {
		bench_ask_list(p, "p0", "/box", first);
	} else if (type == FSS__MSG_STAT) {
		bench_ask_stat(p, "p0", "/box");
	} else {
		memset(&empty, 0, sizeof(empty));
		bench_peer_send(p, type, &empty);
	}
}

/* One entry it must be, /box or what is in it: anything else is no answer. */
static void
check_entry(const struct bench_answer *a)
{
	struct fss__m_entry_list m;
	struct fss__m_entry e;

	bench_answer_read(a, &m);
	if (m.entries.count != 1 ||
	    fss__list_next(&m.entries, &fss__r_entry, &e) != 1)
		bench_die("an answer of not one entry", FSS_EPROTO);
	bench_need((e.has & FSS__K_entry_status) ? -(int)e.status : 0,
	    "an entry");
}

/* Whether an answer to its last request came; others are dropped. */
static bool
answered(struct bench_peer *p)
{
	struct bench_answer a;
	bool done = false;

	while (bench_peer_next(p, &a)) {
		bench_need(a.err, "an answer");
		if (a.h.type == FSS__MSG_STAT + FSS__ANSWER ||
		    a.h.type == FSS__MSG_LIST + FSS__ANSWER)
			check_entry(&a);
		done |= a.h.req == p->last_req;
		bench_answer_drop(&a);
	}
	return done;
}

static void
wait_any(zmq_pollitem_t *items, size_t n)
{
	int r = zmq_poll(items, (int)n, WAIT_MS);

	if (r <= 0)
		bench_die("no answer", r == 0 ? FSS_ETIMEDOUT : FSS_EIO);
}

static void
measure(const struct bench_hub *h, struct bench_peer *p,
    zmq_pollitem_t *items, size_t count, uint64_t requests,
    const char *name, unsigned type)
{
	int64_t *all = fss__calloc(requests, sizeof(*all)), start;
	uint64_t asked = 0, got = 0;
	double seconds, cpu;
	size_t i;

	if (all == NULL)
		bench_die("times", FSS_ENOMEM);
	cpu = bench_hub_cpu(h);
	start = fss__mono_us();
	for (i = 0; i < count && asked < requests; i++, asked++)
		ask(&p[i], type);
	while (got < asked) {
		wait_any(items, count);
		for (i = 0; i < count; i++) {
			if (!(items[i].revents & ZMQ_POLLIN) ||
			    !answered(&p[i]))
				continue;
			all[got++] = fss__mono_us() - p[i].sent_us;
			if (asked == requests)
				continue;
			asked++;
			ask(&p[i], type);
		}
	}
	seconds = (double)(fss__mono_us() - start) / 1e6;
	cpu = bench_hub_cpu(h) - cpu;
	(void)printf("%-4s %zu connections: %.0f /s, p50 %" PRId64 " us, p99 %"
	    PRId64 " us, hub: %.1f us of processor each\n", name, count,
	    (double)got / seconds, bench_quantile(all, got, 500),
	    bench_quantile(all, got, 990), cpu * 1e6 / (double)got);
	fss__free(all);
}

static void
measure_all(const struct bench_hub *h, size_t count, uint64_t requests)
{
	struct bench_peer *p = fss__calloc(count, sizeof(*p));
	zmq_pollitem_t *items = fss__calloc(count, sizeof(*items));
	void *zmq = zmq_ctx_new();
	size_t i;
	int fd;

	if (p == NULL || items == NULL || zmq == NULL)
		bench_die("connections", FSS_ENOMEM);
	(void)zmq_ctx_set(zmq, ZMQ_MAX_SOCKETS, (int)count + 16);
	for (i = 0; i < count; i++) {
		bench_peer_open(&p[i], zmq, h, i, &fd);
		items[i].socket = p[i].sock;
		items[i].events = ZMQ_POLLIN;
	}
	for (i = 0; i < count; i++)
		while (!p[i].ready) {
			wait_any(&items[i], 1);
			(void)answered(&p[i]);
		}
	measure(h, p, items, count, requests, "PING", FSS__MSG_PING);
	measure(h, p, items, count, requests, "STAT", FSS__MSG_STAT);
	measure(h, p, items, count, requests, "LIST", FSS__MSG_LIST);
	for (i = 0; i < count; i++)
		bench_peer_close(&p[i]);
	(void)zmq_ctx_term(zmq);
	fss__free(items);
	fss__free(p);
}

static void
parse(struct options *o, int argc, char **argv)
{
	int i;

	for (i = 1; i + 1 < argc; i += 2) {
		if (strcmp(argv[i], "--connections") == 0)
			o->connections = bench_number(argv[i], argv[i + 1]);
		else if (strcmp(argv[i], "--requests") == 0)
			o->requests = bench_number(argv[i], argv[i + 1]);
		else if (strcmp(argv[i], "--folder") == 0)
			o->folder = argv[i + 1];
		else
			break;
	}
	if (i < argc) {
		(void)fprintf(stderr, "usage: bench_small [--connections N] "
		    "[--requests N] [--folder DIR]\n");
		exit(2);
	}
}

int
main(int argc, char **argv)
{
	struct options o = { 100, 20000, "/tmp" };
	struct bench_hub hub;

	parse(&o, argc, argv);
	(void)bench_descriptors();
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	bench_hub_start(&hub, o.folder, o.connections);
	make_box(&hub);
	measure_all(&hub, 1, o.requests);
	measure_all(&hub, o.connections, o.requests);
	bench_hub_stop(&hub);
	return 0;
}
