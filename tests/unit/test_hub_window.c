/*
 * The hub's machine: many who ask and take nothing, and those beside them who
 * take what they are sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "hub_peer.h"
#include "proto/hub_internal.h"

#define KIB	((size_t)1024)
#define MIB	(1024 * KIB)
#define ANSWER	(256 * KIB)
#define STALLED 100
#define EACH	16 /* GETs of one, all at once */
#define SECOND	1000000

struct world {
	struct hub_drive d;
	struct hub_peer owner, one, stalled[STALLED];
	uint64_t version; /* of a file that is one answer */
	uint64_t took; /* by the one */
	uint64_t given; /* to the others, who do not take it */
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct fss__hub_config cfg;
	static const struct fss__log silent;

	assert_non_null(w);
	hub_drive_config(&cfg);
	cfg.max_sessions = STALLED + 2;
	cfg.max_account = STALLED + 2;
	/* As much for each as 1,000 have of what is usual. */
	cfg.max_unsent = STALLED * 512 * KIB;
	cfg.log = &silent;
	hub_drive_open(&w->d, &cfg);
	hub_peer_init(&w->owner, &w->d, 1);
	hub_peer_init(&w->one, &w->d, 2);
	hub_peer_register(&w->owner, "alice");
	w->version = hub_peer_file(&w->owner, "/f", 1, ANSWER);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	unsigned i;

	hub_peer_release(&w->owner);
	hub_peer_release(&w->one);
	for (i = 0; i < STALLED; i++)
		hub_peer_release(&w->stalled[i]);
	hub_drive_close(&w->d);
	free(w);
	return 0;
}

/* On another connection of the same device: logged in by its key. */
static void
enter(struct world *w, struct hub_peer *p)
{
	memcpy(p->key, w->owner.key, sizeof(p->key));
	assert_int_equal(hub_peer_hello(p), 0);
}

/* What was sent: bytes to the one, who takes them. */
static uint64_t
deliver(struct world *w)
{
	struct hub_msg *m;
	uint64_t bytes = 0;

	while ((m = hub_drive_next(&w->d)) != NULL) {
		assert_int_equal(m->h.type, FSS__MSG_GET + FSS__ANSWER);
		assert_non_null(m->payload);
		if (m->route == w->one.route) {
			bytes += m->payload->len;
			if (w->d.counts)
				w->d.unsent_all -= m->payload->len;
		} else {
			w->given += m->payload->len;
		}
		hub_msg_free(m);
	}
	w->took += bytes;
	return bytes;
}

static void
stall(struct world *w, bool counts)
{
	unsigned i, j;

	for (i = 0; i < STALLED; i++) {
		hub_peer_init(&w->stalled[i], &w->d, (uint8_t)(3 + i));
		enter(w, &w->stalled[i]);
	}
	w->d.counts = counts;
	for (i = 0; i < STALLED; i++)
		for (j = 0; j < EACH; j++)
			(void)hub_peer_get_send(&w->stalled[i], w->version);
	hub_drive_run(&w->d);
	/* Not all have room at once, with what GETs under way may add. */
	for (i = 0; i < STALLED; i++) {
		hub_drive_tick(&w->d, SECOND / 100);
		hub_drive_run(&w->d);
	}
	(void)deliver(w);
}

/* @n answers, one asked for after the other; no time goes by. */
static void
download(struct world *w, unsigned n)
{
	while (n-- > 0) {
		(void)hub_peer_get_send(&w->one, w->version);
		hub_drive_run(&w->d);
		assert_int_equal(deliver(w), ANSWER);
		hub_peer_credit(&w->one, w->took);
	}
}

/* Who comes after all have stalled is served at once. */
static void
test_newcomer(void **state)
{
	struct world *w = *state;

	stall(w, true);
	assert_true(w->d.hub->starved);
	enter(w, &w->one);
	download(w, 64);
}

/* Who takes is served even where those who stall fill all they may. */
static void
test_taker(void **state)
{
	struct world *w = *state;
	uint64_t max = w->d.hub->cfg.max_unsent;

	enter(w, &w->one);
	w->d.counts = true;
	download(w, 4 * MIB / ANSWER);
	stall(w, true);
	w->d.unsent_all = max / 8 * 7;
	download(w, 64);
	/* Not once it has stopped to, for longer than a line is slow. */
	(void)hub_peer_get_send(&w->one, w->version);
	hub_drive_run(&w->d);
	assert_int_equal(deliver(w), ANSWER);
	hub_drive_tick(&w->d, 6 * SECOND);
	(void)hub_peer_get_send(&w->one, w->version);
	hub_drive_run(&w->d);
	assert_int_equal(deliver(w), 0);
	/* It goes on by itself when there is room, long before a tick. */
	w->d.unsent_all = max / 8 * 6;
	hub_drive_tick(&w->d, SECOND / 100);
	hub_drive_run(&w->d);
	assert_int_equal(deliver(w), 0);
	hub_peer_credit(&w->one, w->took);
	hub_drive_run(&w->d);
	assert_int_equal(deliver(w), ANSWER);
}

/* Those who stall are given little each, and less than there is for all. */
static void
test_stalled(void **state)
{
	struct world *w = *state;
	uint64_t max = w->d.hub->cfg.max_unsent;

	stall(w, true);
	assert_in_range(w->d.unsent_all, STALLED * ANSWER, max / 8 * 7);
	/* A second time they get nothing, whatever comes free. */
	w->d.unsent_all = max / 2;
	hub_drive_tick(&w->d, SECOND);
	hub_drive_run(&w->d);
	assert_int_equal(w->d.unsent_all, max / 2);
}

/* Nor where ZeroMQ has begun on all of it, and calls none unsent. */
static void
test_begun(void **state)
{
	struct world *w = *state;
	const struct fss__hub *hub = w->d.hub;
	static const struct fss__m_empty bye;
	uint64_t before;
	unsigned i;

	stall(w, false);
	assert_int_equal(w->d.unsent_all, 0);
	assert_in_range(w->given, STALLED * ANSWER, hub->cfg.max_unsent / 8 +
	    STALLED * ANSWER);
	assert_int_equal(hub->get_flying, w->given);
	before = w->given;
	hub_drive_tick(&w->d, SECOND);
	hub_drive_run(&w->d);
	(void)deliver(w);
	assert_int_equal(w->given, before);
	/* Who takes gets one after the other, until it has shown that. */
	enter(w, &w->one);
	for (i = 0; i < EACH; i++)
		(void)hub_peer_get_send(&w->one, w->version);
	hub_drive_run(&w->d);
	assert_int_equal(deliver(w), ANSWER);
	while (w->took < EACH * ANSWER) {
		hub_peer_credit(&w->one, w->took);
		hub_drive_run(&w->d);
		assert_in_range(deliver(w), ANSWER, 4 * ANSWER);
	}
	hub_peer_credit(&w->one, w->took);
	for (i = 0; i < EACH; i++)
		(void)hub_peer_get_send(&w->one, w->version);
	hub_drive_run(&w->d);
	assert_int_equal(deliver(w), EACH * ANSWER);
	/* What was sent to sessions that have ended is not under way. */
	for (i = 0; i < STALLED; i++)
		(void)hub_peer_send(&w->stalled[i], FSS__MSG_BYE, &bye, NULL);
	hub_drive_run(&w->d);
	assert_int_equal(hub->get_flying, EACH * ANSWER);
}

/* Nobody waits for what is taken, if not reported yet as it is little. */
static void
test_little(void **state)
{
	struct world *w = *state;
	uint64_t version, reported = 0;
	unsigned i;

	version = hub_peer_file(&w->owner, "/little", 2,
	    FSS__MAX_CREDIT_STEP / 3 * 2);
	stall(w, false);
	enter(w, &w->one);
	for (i = 0; i < EACH; i++)
		(void)hub_peer_get_send(&w->one, version);
	do {
		hub_drive_run(&w->d);
		assert_true(deliver(w) > 0);
		if (w->took - reported >= FSS__MAX_CREDIT_STEP)
			hub_peer_credit(&w->one, reported = w->took);
	} while (w->took < EACH * (uint64_t)(FSS__MAX_CREDIT_STEP / 3 * 2));
}

/* What waits for room is looked at a hundred times a second, and no more. */
static void
test_resume(void **state)
{
	struct world *w = *state;
	uint64_t max = w->d.hub->cfg.max_unsent;

	enter(w, &w->one);
	w->d.unsent_all = max;
	(void)hub_peer_get_send(&w->one, w->version);
	hub_drive_run(&w->d);
	assert_int_equal(deliver(w), 0);
	assert_in_range(fss__hub_deadline(w->d.hub), w->d.mono_us + 1,
	    w->d.mono_us + SECOND / 100);
	w->d.unsent_all = 0;
	hub_drive_tick(&w->d, SECOND / 100);
	hub_drive_run(&w->d);
	assert_int_equal(deliver(w), ANSWER);
	assert_true(fss__hub_deadline(w->d.hub) >
	    w->d.mono_us + SECOND / 100);
}

#define PIECES 8

/* A GET of so many files at once, answered with how many bytes? */
static uint64_t
get_pieces(struct world *w, const uint64_t version[PIECES])
{
	struct fss__m_get_item item;
	struct fss__m_get m;
	struct fss__buf b;
	uint64_t bytes;
	unsigned i;

	fss__buf_init(&b, FSS__MAX_HEADER);
	for (i = 0; i < PIECES; i++) {
		memset(&item, 0, sizeof(item));
		item.has = FSS__K_get_item_version | FSS__K_get_item_count;
		item.version = version[i];
		item.count = 1;
		assert_int_equal(
		    fss__record_encode(&b, &fss__r_get_item, &item), 0);
	}
	memset(&m, 0, sizeof(m));
	m.has = FSS__K_get_items;
	m.items.p = b.data;
	m.items.n = b.len;
	m.items.count = PIECES;
	(void)hub_peer_send(&w->one, FSS__MSG_GET, &m, NULL);
	fss__buf_release(&b);
	hub_drive_run(&w->d);
	bytes = deliver(w);
	hub_peer_credit(&w->one, w->took);
	return bytes;
}

/* With little room an answer is short, and says of what it is. */
static void
test_brief(void **state)
{
	struct world *w = *state;
	uint64_t max = w->d.hub->cfg.max_unsent, version[PIECES];
	char path[] = "/piece0";
	unsigned i;

	for (i = 0; i < PIECES; i++) {
		path[6] = (char)('0' + i);
		version[i] = hub_peer_file(&w->owner, path, 2 + i, 64 * KIB);
	}
	enter(w, &w->one);
	w->d.counts = true;
	assert_int_equal(get_pieces(w, version), PIECES * 64 * KIB);
	w->d.unsent_all = max / 8;
	assert_int_equal(get_pieces(w, version), ANSWER);
	/* Who has shown that it takes is not slowed down so soon. */
	download(w, 4 * MIB / ANSWER);
	assert_int_equal(get_pieces(w, version), PIECES * 64 * KIB);
	w->d.unsent_all = max / 8 * 6;
	assert_int_equal(get_pieces(w, version), ANSWER);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
	const struct CMUnitTest tests[] = {
		T(test_newcomer),
		T(test_taker),
		T(test_stalled),
		T(test_begun),
		T(test_little),
		T(test_resume),
		T(test_brief),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
