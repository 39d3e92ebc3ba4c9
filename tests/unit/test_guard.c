/*
 * Peers that never finish a message, against a hub in this process: it cuts
 * them, its memory stays bounded, and others are served meanwhile.
 *
 * An attacker is this program again, in a process of its own, so that only
 * the hub's memory is measured.  How much it gets through before it is cut
 * depends on the machine; the bounds are far above that, and far below what
 * it would send.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fss/fss.h>

#include "crypto/keys.h"
#include "folder.h"
#include "hub_thread.h"
#include "raw_peer.h"

#define MIB		(UINT64_C(1) << 20)
#define FLOOD		(6144 * MIB)	/* what an attacker sends at most */
#define BOUND		(3072 * MIB)	/* what the hub may take by it */
#define CUT		0	/* exit statuses of an attacker */
#define NOT_CUT		3

struct world {
	char		 data[FOLDER_PATH];
	struct hub_thread *hub;
	fss_client	*c;
	uint8_t		 key[FSS_KEY_BYTES];
};

static void
set_up(struct world *w, const struct hub_thread_limits *limits)
{
	const char *address;
	uint8_t pub[FSS_KEY_BYTES], sec[FSS_KEY_BYTES];
	const fss_event *ev;
	fss_op op;

	folder_new(w->data);
	w->hub = hub_thread_start_limited(w->data, limits);
	address = hub_thread_address(w->hub);
	assert_int_equal(fss__key_decode(w->key, strchr(address, '#') + 1), 0);
	assert_int_equal(fss_key_generate(pub, sec), 0);
	assert_int_equal(fss_client_new(&w->c), 0);
	assert_int_equal(fss_client_set_address(w->c, address), 0);
	assert_int_equal(fss_client_set_identity(w->c, sec), 0);
	assert_int_equal(fss_client_open(w->c), 0);
	assert_int_equal(
	    fss_client_register(w->c, "alice", "password!", NULL, NULL, &op),
	    0);
	assert_int_equal(fss_client_wait_op(w->c, op, -1, &ev), 1);
	assert_int_equal(fss_event_error(ev), 0);
}

static void
tear_down(struct world *w)
{
	fss_client_free(w->c);
	hub_thread_stop(w->hub);
	folder_remove(w->data);
}

/* A request that somebody else makes; it must be answered. */
static void
ask(struct world *w)
{
	const fss_event *ev;
	fss_op op;

	assert_int_equal(fss_client_list(w->c, ":/", 0, NULL, &op), 0);
	do
		assert_int_equal(fss_client_wait_op(w->c, op, -1, &ev), 1);
	while (fss_event_type(ev) != FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), 0);
}

/* A figure of /proc/self/status, in bytes. */
static uint64_t
memory(const char *name)
{
	char line[256];
	uint64_t kib = 0;
	FILE *f = fopen("/proc/self/status", "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (strncmp(line, name, strlen(name)) == 0)
			kib = strtoull(line + strlen(name), NULL, 10);
	(void)fclose(f);
	assert_true(kib > 0);
	return kib * 1024;
}

/* ---- the attacker ----------------------------------------------------- */

/* flood PORT KEY|- BYTES: parts of that size, and never the last one. */
static int
flood(char **argv)
{
	uint8_t key[FSS_KEY_BYTES];
	unsigned port = (unsigned)strtoul(argv[0], NULL, 10);
	size_t n = (size_t)strtoull(argv[2], NULL, 10);
	struct raw_peer *p;
	uint8_t *part = calloc(1, n);
	uint64_t sent = 0;
	bool plain = strcmp(argv[1], "-") == 0;

	if (part == NULL || (!plain && fss__key_decode(key, argv[1]) != 0))
		return 1;
	p = raw_peer_open(port, plain ? NULL : key);
	if (p == NULL)
		return 2;
	while (sent < FLOOD && raw_peer_send(p, part, n, true))
		sent += n + 35; /* about what it takes on the line */
	raw_peer_close(p);
	free(part);
	return sent < FLOOD ? CUT : NOT_CUT;
}

static pid_t
attack(unsigned port, const char *key, const char *size)
{
	char text[16];
	pid_t pid;

	(void)snprintf(text, sizeof(text), "%u", port);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)execl("/proc/self/exe", "test_guard", "flood", text, key,
		    size, (char *)NULL);
		_exit(99);
	}
	return pid;
}

static void
withstand(struct world *w, unsigned port, const char *key, const char *size)
{
	uint64_t before, cuts = hub_thread_cuts(w->hub);
	unsigned served = 0;
	int status;
	pid_t pid;

	before = memory("VmRSS:");
	pid = attack(port, key, size);
	do {
		ask(w);
		served++;
	} while (waitpid(pid, &status, WNOHANG) == 0);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), CUT);
	assert_true(served > 1);
	assert_int_equal(hub_thread_cuts(w->hub), cuts + 1);
	assert_in_range(memory("VmHWM:"), 0, before + BOUND);
	print_message("%u requests answered, %llu MiB more at most\n", served,
	    (unsigned long long)((memory("VmHWM:") - before) / MIB));
}

static void
test_endless(void **state)
{
	static const struct hub_thread_limits limits;
	struct world w;
	const char *key;

	(void)state;
	set_up(&w, &limits);
	key = strchr(hub_thread_address(w.hub), '#') + 1;
	/* Large parts, and parts that take more memory than bytes. */
	withstand(&w, hub_thread_port(w.hub), key, "65536");
	withstand(&w, hub_thread_port(w.hub), key, "1");
	/* The introduction port: plain text, two bytes for a part. */
	withstand(&w, hub_thread_introduce_port(w.hub), "-", "0");
	tear_down(&w);
}

/* ---- all together ----------------------------------------------------- */

static void
test_total(void **state)
{
	static const struct hub_thread_limits limits = { .held = 32 * MIB };
	struct raw_peer *p[4];
	struct world w;
	uint8_t *part = calloc(1, MIB);
	size_t i, k;

	(void)state;
	assert_non_null(part);
	set_up(&w, &limits);
	/* Each holds less than one may, all together more than all may. */
	for (i = 0; i < 4; i++) {
		p[i] = raw_peer_open(hub_thread_port(w.hub), w.key);
		assert_non_null(p[i]);
		for (k = 0; k < 16; k++)
			if (!raw_peer_send(p[i], part, MIB, true))
				break;
	}
	while (hub_thread_cuts(w.hub) < 2)
		ask(&w);
	for (i = 0; i < 4; i++)
		raw_peer_close(p[i]);
	free(part);
	tear_down(&w);
}

static void
test_address(void **state)
{
	/* The client has a control connection, and makes others when needed. */
	static const struct hub_thread_limits limits = { .per_address = 8 };
	struct raw_peer *p[20];
	struct world w;
	unsigned alive = 0;
	size_t i;

	(void)state;
	set_up(&w, &limits);
	for (i = 0; i < 20; i++)
		p[i] = raw_peer_open(hub_thread_port(w.hub), w.key);
	/* What is no message is answered so, by who is still there. */
	for (i = 0; i < 20; i++)
		if (p[i] != NULL && raw_peer_send(p[i], "x", 1, false) &&
		    raw_peer_wait(p[i]))
			alive++;
	assert_in_range(alive, 1, 7);
	ask(&w);
	assert_true(hub_thread_cuts(w.hub) >= 13);
	for (i = 0; i < 20; i++)
		raw_peer_close(p[i]);
	/* Their places are free again. */
	do
		p[0] = raw_peer_open(hub_thread_port(w.hub), w.key);
	while (p[0] == NULL);
	raw_peer_close(p[0]);
	tear_down(&w);
}

/* ---- who does nothing wrong ------------------------------------------- */

static void
test_honest(void **state)
{
	static const struct hub_thread_limits limits;
	char name[FOLDER_PATH];
	const fss_event *ev;
	struct world w;
	uint64_t x = 88172645463325252u;
	fss_op op;
	FILE *f;
	size_t i;

	(void)state;
	set_up(&w, &limits);
	folder_path(name, w.data, "large");
	f = fopen(name, "wb");
	assert_non_null(f);
	for (i = 0; i < 192 * MIB / sizeof(x); i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		assert_int_equal(fwrite(&x, sizeof(x), 1, f), 1);
	}
	assert_int_equal(fclose(f), 0);
	assert_int_equal(fss_client_upload(w.c, name, ":/a", 0, NULL, &op), 0);
	do
		assert_int_equal(fss_client_wait_op(w.c, op, -1, &ev), 1);
	while (fss_event_type(ev) != FSS_EVENT_DONE);
	assert_int_equal(fss_event_error(ev), 0);
	assert_int_equal(hub_thread_cuts(w.hub), 0);
	tear_down(&w);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endless),
		cmocka_unit_test(test_total),
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_honest),
	};

	if (argc == 5 && strcmp(argv[1], "flood") == 0)
		return flood(argv + 2);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
