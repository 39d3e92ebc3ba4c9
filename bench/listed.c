/*
 * Pages of a big folder, over the wire.
 *
 *	bench_listed ADDRESS KEY OWNER PATH ROUNDS
 *
 * Lists PATH of OWNER at the hub ADDRESS, with the device key in the file KEY,
 * page by page on one connection, ROUNDS times; prints for each page how many
 * microseconds went from sending the request until its answer was there, and
 * how many rows it has.
 */
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include <zmq.h>

#include <fss/error.h>

#include "ask.h"
#include "base/time.h"

#define WAIT_MS		60000

/* The next answer, the one to what was asked last. */
static void
wait_answer(struct bench_peer *p, struct bench_answer *ret_a)
{
	zmq_pollitem_t item = { p->sock, 0, ZMQ_POLLIN, 0 };

	while (!bench_peer_next(p, ret_a))
		if (zmq_poll(&item, 1, WAIT_MS) <= 0)
			bench_die("no answer", FSS_ETIMEDOUT);
	bench_need(ret_a->err, "an answer");
}

static void
list(struct bench_peer *p, const char *owner, const char *path)
{
	uint8_t at[FSS__MAX_CURSOR];
	struct fss__slice cursor = { at, 0 };
	struct fss__m_entry_list m;
	struct bench_answer a;
	int64_t us;

	do {
		bench_ask_list(p, owner, path, cursor);
		wait_answer(p, &a);
		us = fss__mono_us() - p->sent_us;
		bench_answer_read(&a, &m);
		(void)printf("%" PRId64 " %zu\n", us, (size_t)m.entries.count);
		cursor.n = 0;
		if (m.has & FSS__K_entry_list_cursor) {
			memcpy(at, m.cursor.p, m.cursor.n);
			cursor.n = m.cursor.n;
		}
		bench_answer_drop(&a);
	} while (cursor.n > 0);
}

int
main(int argc, char **argv)
{
	void *zmq = zmq_ctx_new();
	struct bench_answer a;
	struct bench_hub hub;
	struct bench_peer p;
	uint64_t rounds;
	int fd;

	if (argc != 6 || zmq == NULL) {
		(void)fprintf(stderr,
		    "usage: bench_listed ADDRESS KEY OWNER PATH ROUNDS\n");
		return 2;
	}
	rounds = bench_number("ROUNDS", argv[5]);
	bench_hub_join(&hub, argv[1], argv[2]);
	bench_peer_open(&p, zmq, &hub, 0, &fd);
	wait_answer(&p, &a);		/* to HELLO */
	bench_answer_drop(&a);
	while (rounds-- > 0)
		list(&p, argv[3], argv[4]);
	bench_peer_close(&p);
	(void)zmq_ctx_term(zmq);
	return 0;
}
