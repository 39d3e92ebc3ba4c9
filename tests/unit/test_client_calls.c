/*
 * What a client asks of a hub in the same process beside copying files:
 * content in streams, entries, accounts; and of one that has another key.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "hub_client.h"
#include "rng.h"
#include "tree.h"

/* ---- streams ---------------------------------------------------------- */

static void
write_stream(fss_client *c, const char *path, const uint8_t *p, size_t n,
    int error)
{
	struct rng rng = { 3 };
	const fss_event *ev;
	size_t at = 0, part, took;
	struct hc_result res;
	fss_op op;
	int r;

	assert_int_equal(fss_client_write(c, path, 0640, 1234567890123456,
	    "text/x-test", NULL, &op), 0);
	while (at < n) {
		part = 1 + (size_t)rng_below(&rng, 200000);
		part = part < n - at ? part : n - at;
		r = fss_op_write(c, op, p + at, part, &took);
		if (r == 0) {
			assert_true(took > 0 && took <= part);
			at += took;
			continue;
		}
		assert_int_equal(r, FSS_EAGAIN);
		assert_int_equal(fss_client_wait_op(c, op, 60000, &ev), 1);
		if (fss_event_type(ev) == FSS_EVENT_DONE) {
			assert_int_equal(fss_event_error(ev), error);
			return;
		}
		assert_int_equal(fss_event_type(ev), FSS_EVENT_WRITABLE);
	}
	assert_int_equal(fss_op_finish(c, op), 0);
	res = hc_finish(c, op);
	assert_int_equal(res.error, error);
	if (error == 0) {
		assert_int_equal(res.rows, 1);
		assert_int_equal(res.size, n);
	}
}

static void
read_stream(fss_client *c, const char *path, const uint8_t *p, uint64_t size,
    uint64_t offset, uint64_t len)
{
	uint64_t end = len < size - (offset < size ? offset : size) ?
	    offset + len : size, at = offset;
	static uint8_t buf[300000];
	const fss_event *ev;
	struct hc_result res;
	fss_op op;
	size_t n;
	int r;

	assert_int_equal(fss_client_read(c, path, 0, offset, len, NULL, &op),
	    0);
	for (;;) {
		r = fss_op_read(c, op, buf, sizeof(buf), &n);
		if (r == FSS_EAGAIN) {
			assert_int_equal(fss_client_wait_op(c, op, 60000,
			    &ev), 1);
			if (fss_event_type(ev) == FSS_EVENT_DONE) {
				assert_int_equal(fss_event_error(ev), 0);
				assert_true(at >= end);
				return;
			}
			continue;
		}
		assert_int_equal(r, 0);
		if (n == 0)
			break;
		assert_true(at + n <= end);
		assert_memory_equal(buf, p + at, n);
		at += n;
	}
	assert_true(at >= end);
	res = hc_finish(c, op);
	assert_int_equal(res.error, 0);
}

static void
test_streams(void **state)
{
	struct hc *w = *state;
	struct rng rng = { 11 };
	size_t n = 30000000;
	uint8_t *p = malloc(n);
	struct hc_result res;
	fss_op op;
	unsigned i;

	assert_non_null(p);
	rng_fill(&rng, p, n);
	write_stream(w->c, ":/s/empty", p, 0, 0);
	write_stream(w->c, ":/s/small", p, 1000, 0);
	write_stream(w->c, ":/s/big", p, n, 0);
	write_stream(w->c, ":/s", p, 10, FSS_EISDIR);
	read_stream(w->c, ":/s/empty", p, 0, 0, FSS_TO_EOF);
	read_stream(w->c, ":/s/small", p, 1000, 0, FSS_TO_EOF);
	read_stream(w->c, ":/s/small", p, 1000, 999, 1);
	read_stream(w->c, ":/s/small", p, 1000, 5000, 10);
	read_stream(w->c, ":/s/big", p, n, 0, FSS_TO_EOF);
	for (i = 0; i < 20; i++)
		read_stream(w->c, ":/s/big", p, n, rng_below(&rng, n),
		    rng_below(&rng, 3000000));
	res = HC_RUN(w->c, fss_client_read(w->c, ":/none", 0, 0, 1, NULL, &op));
	assert_int_equal(res.error, FSS_ENOENT);
	res = HC_RUN(w->c, fss_client_read(w->c, ":/s", 0, 0, 1, NULL, &op));
	assert_int_equal(res.error, FSS_EISDIR);
	free(p);
}

/* Writes from @p until nothing more is taken: how much was. */
static size_t
write_some(fss_client *c, fss_op op, const uint8_t *p, size_t n)
{
	size_t at = 0, took;
	int r;

	while (at < n) {
		r = fss_op_write(c, op, p + at, n - at, &took);
		if (r == FSS_EAGAIN)
			break;
		assert_int_equal(r, 0);
		at += took;
	}
	return at;
}

static fss_op
begin_write(fss_client *c, const char *path)
{
	fss_op op;

	assert_int_equal(fss_client_write(c, path, 0644, 0, NULL, NULL, &op),
	    0);
	return op;
}

static void
wait_writable(fss_client *c, fss_op op)
{
	const fss_event *ev;

	assert_int_equal(fss_client_wait_op(c, op, 60000, &ev), 1);
	assert_int_equal(fss_event_type(ev), FSS_EVENT_WRITABLE);
}

/* Those of one handle share its memory, and have it back when others end. */
static void
test_many_streams(void **state)
{
	enum { STREAMS = 12 };
	struct hc *w = *state;
	struct rng rng = { 12 };
	size_t n = 30000000, each = 7000000, at[STREAMS], i;
	uint8_t *p = malloc(n);
	fss_op op[STREAMS], alone;
	char path[32];

	assert_non_null(p);
	rng_fill(&rng, p, n);
	for (i = 0; i < STREAMS; i++) {
		(void)snprintf(path, sizeof(path), ":/many/%zu", i);
		op[i] = begin_write(w->c, path);
	}
	for (i = 0; i < STREAMS; i++)
		wait_writable(w->c, op[i]);
	for (i = 0; i < STREAMS; i++) {
		at[i] = write_some(w->c, op[i], p + i, each);
		/* A slab of 4 MiB, from before the others came, and 2 MiB. */
		assert_in_range(at[i], 1, 6 << 20);
	}
	for (i = 0; i < STREAMS; i++) {
		while (at[i] < each) {
			wait_writable(w->c, op[i]);
			at[i] += write_some(w->c, op[i], p + i + at[i],
			    each - at[i]);
		}
		assert_int_equal(fss_op_finish(w->c, op[i]), 0);
		assert_int_equal(hc_finish(w->c, op[i]).error, 0);
	}
	for (i = 0; i < STREAMS; i++) {
		(void)snprintf(path, sizeof(path), ":/many/%zu", i);
		read_stream(w->c, path, p + i, each, 0, FSS_TO_EOF);
	}
	alone = begin_write(w->c, ":/many/alone");
	wait_writable(w->c, alone);
	assert_in_range(write_some(w->c, alone, p, n), 16 << 20, n);
	assert_int_equal(fss_op_cancel(w->c, alone), 0);
	free(p);
}

/* ---- the rest of the calls -------------------------------------------- */

/* Another key than the hub's, which shows none: nothing is said of keys. */
static void
test_wrong_key(void **state)
{
	struct hc *w = *state;
	uint8_t pub[FSS_KEY_BYTES], sec[FSS_KEY_BYTES];
	char address[160], key[FSS_KEY_TEXT_BYTES];
	struct hc_result res;
	fss_client *c;
	fss_op op;

	assert_int_equal(fss_key_generate(pub, sec), 0);
	assert_int_equal(fss_key_format(pub, key), 0);
	(void)snprintf(address, sizeof(address), "fss://127.0.0.1:%u#%s",
	    hub_thread_port(w->hub), key);
	assert_int_equal(fss_client_new(&c), 0);
	assert_int_equal(fss_client_set_address(c, address), 0);
	assert_int_equal(fss_client_set_timeout_ms(c, 500), 0);
	assert_int_equal(fss_client_open(c), 0);
	res = HC_RUN(c, fss_client_ping(c, NULL, &op));
	assert_int_equal(res.error, FSS_EUNREACH);
	res = HC_RUN(c, fss_client_login(c, "alice", "password", NULL, &op));
	assert_int_equal(res.error, FSS_EUNREACH);
	fss_client_free(c);
}

static void
test_entries(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	fss_query *q;
	fss_op op;
	unsigned i;
	char name[32];

	for (i = 0; i < 700; i++) {
		(void)snprintf(name, sizeof(name), "file-%04u.txt", i);
		tree_file(w->src, name, 5, i);
	}
	res = hc_upload(w, w->src, ":/d", FSS_COPY_RECURSIVE);
	assert_int_equal(res.error, 0);
	res = HC_RUN(w->c, fss_client_list(w->c, ":/d", 0, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 700);
	assert_string_equal(res.path, "/d/file-0699.txt");
	assert_int_equal(fss_query_new(&q), 0);
	assert_int_equal(fss_query_set_text(q, FSS_QUERY_TEXT, "file-03"), 0);
	/* The index follows the tree; each turn is a round trip. */
	for (i = 0; i < 10000; i++) {
		res = HC_RUN(w->c, fss_client_find(w->c, q, NULL, &op));
		assert_int_equal(res.error, 0);
		if (res.rows == 100)
			break;
	}
	assert_int_equal(res.rows, 100);
	assert_int_equal(fss_query_set_number(q, FSS_QUERY_LIMIT, 7), 0);
	res = HC_RUN(w->c, fss_client_find(w->c, q, NULL, &op));
	assert_int_equal(res.rows, 7);
	fss_query_free(q);
	/* Versions. */
	tree_file(w->src, "file-0000.txt", 50, 1);
	res = hc_upload(w, tree_in(w->src, "file-0000.txt"), ":/d", 0);
	assert_int_equal(res.error, 0);
	res = HC_RUN(w->c, fss_client_versions(w->c, ":/d/file-0000.txt", NULL,
	    &op));
	assert_int_equal(res.rows, 2);
	res = HC_RUN(
	    w->c, fss_client_restore(w->c, ":/d/file-0000.txt", 1, NULL, &op));
	assert_int_equal(res.error, 0);
	res = HC_RUN(w->c, fss_client_stat(w->c, ":/d/file-0000.txt", 0, NULL,
	    &op));
	assert_int_equal(res.size, 5);
	res = HC_RUN(w->c, fss_client_stat(w->c, ":/d/file-0000.txt", 2, NULL,
	    &op));
	assert_int_equal(res.size, 50);
	/* Moving and removing. */
	res = HC_RUN(w->c, fss_client_move(w->c, ":/d", ":/e", 0, NULL, &op));
	assert_int_equal(res.error, 0);
	res = HC_RUN(w->c, fss_client_remove(w->c, ":/e", 0, NULL, &op));
	assert_int_equal(res.error, FSS_ENOTEMPTY);
	res = HC_RUN(w->c, fss_client_remove(w->c, ":/e", FSS_REMOVE_RECURSIVE,
	    NULL, &op));
	assert_int_equal(res.error, 0);
	res = HC_RUN(w->c, fss_client_list(w->c, ":/", 0, NULL, &op));
	assert_int_equal(res.rows, 0);
	res = HC_RUN(w->c, fss_client_list(w->c, ":/e", 0, NULL, &op));
	assert_int_equal(res.error, FSS_ENOENT);
}

static void
test_accounts(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	fss_client *c;
	fss_op op;

	res = HC_RUN(w->c, fss_client_whoami(w->c, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_int_equal(res.rows, 1);
	res = HC_RUN(w->c, fss_client_devices(w->c, NULL, &op));
	assert_int_equal(res.rows, 1);
	res = HC_RUN(w->c, fss_client_users(w->c, NULL, NULL, &op));
	assert_int_equal(res.rows, 1);
	res = HC_RUN(w->c, fss_client_ping(w->c, NULL, &op));
	assert_int_equal(res.error, 0);
	/* The device key is enough from now on. */
	c = hc_client(w, w->secret);
	res = HC_RUN(c, fss_client_ping(c, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_string_equal(fss_client_account(c), "alice");
	fss_client_free(c);
	/* Another one is not. */
	c = hc_client(w, NULL);
	res = HC_RUN(c, fss_client_whoami(c, NULL, &op));
	assert_int_equal(res.error, FSS_EAUTH);
	res = HC_RUN(c, fss_client_login(c, "alice", "wrong one", NULL, &op));
	assert_int_equal(res.error, FSS_EAUTH);
	assert_string_equal(fss_client_account(c), "");
	fss_client_free(c);
	res = HC_RUN(w->c, fss_client_logout(w->c, 0, NULL, &op));
	assert_int_equal(res.error, 0);
	assert_string_equal(fss_client_account(w->c), "");
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, hc_setup, hc_teardown)
	const struct CMUnitTest tests[] = {
		T(test_streams),
		T(test_many_streams),
		T(test_wrong_key),
		T(test_entries),
		T(test_accounts),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
