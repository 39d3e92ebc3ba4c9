/*
 * Uploads and downloads that are interrupted: by whoever started them, by
 * damage to what was there, by the hub.  What had come is not sent again.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hub_client.h"
#include "tree.h"

/* Cancels @op when @bytes crossed the wire; what had by then. */
static uint64_t
cancel_at(fss_client *c, fss_op op, uint64_t bytes)
{
	const fss_event *ev;
	uint64_t wire = 0;
	int type = 0, cancelled = 0, r;

	while (type != FSS_EVENT_DONE) {
		r = fss_client_process(c, 2);
		assert_true(r >= 0);
		while (fss_client_next(c, &ev) == 1) {
			type = fss_event_type(ev);
			wire = fss_event_count(ev, FSS_COUNT_WIRE_BYTES);
			if (type == FSS_EVENT_DONE)
				break;
			if (wire >= bytes && !cancelled) {
				cancelled = 1;
				assert_int_equal(fss_op_cancel(c, op), 0);
				break;
			}
		}
		if (r == 0 && type != FSS_EVENT_DONE)
			assert_true(fss_client_wait(c, 10) >= 0);
	}
	return wire;
}

/* Several times what may be in flight; sanitizers make each byte cost more. */
static size_t
big(void)
{
	const char *s = getenv("FSS_SANITIZE");

	return (size_t)(s != NULL && s[0] != '\0' ? 48 : 96) << 20;
}
#define BIG	big()

static void
test_resume_upload(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	uint64_t first;
	fss_op op;

	tree_file(w->src, "big", BIG, 3);
	assert_int_equal(fss_client_upload(w->c, tree_in(w->src, "big"),
			     ":/big", 0, NULL, &op),
	    0);
	first = cancel_at(w->c, op, BIG / 8);
	res = hc_upload(w, tree_in(w->src, "big"), ":/big", 0);
	assert_int_equal(res.error, 0);
	/* What was acknowledged is not sent again, nor what was under way. */
	assert_true(first > 0);
	assert_true(res.count[FSS_COUNT_WIRE_BYTES] <= BIG - first);
	assert_int_equal(res.count[FSS_COUNT_BYTES_DONE], BIG);
	res = hc_download(w, ":/big", w->dst, 0);
	assert_int_equal(res.error, 0);
	tree_equal(tree_in(w->src, "big"), w->dst);
}

static void
test_resume_download(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	uint64_t first;
	fss_op op;

	tree_file(w->src, "big", BIG, 4);
	res = hc_upload(w, tree_in(w->src, "big"), ":/big", 0);
	assert_int_equal(res.error, 0);
	assert_int_equal(mkdir(w->dst, 0755), 0);
	assert_int_equal(fss_client_download(w->c, ":/big", 0,
	    tree_in(w->dst, "big"), 0, NULL, &op), 0);
	first = cancel_at(w->c, op, BIG / 8);
	assert_true(first > 0);
	assert_int_equal(tree_count(w->dst), 1);	/* the part file */
	res = hc_download(w, ":/big", tree_in(w->dst, "big"), 0);
	assert_int_equal(res.error, 0);
	assert_true(res.count[FSS_COUNT_WIRE_BYTES] <= BIG - first);
	assert_int_equal(res.count[FSS_COUNT_BYTES_DONE], BIG);
	tree_equal(tree_in(w->src, "big"), tree_in(w->dst, "big"));
	assert_int_equal(tree_count(w->dst), 1);
}

/* The part file of another attempt is believed chunk by chunk only. */
static void
test_damaged_part(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	char part[600] = "", cmd[700];
	fss_op op;
	FILE *f;
	int fd;

	tree_file(w->src, "big", BIG, 5);
	res = hc_upload(w, tree_in(w->src, "big"), ":/big", 0);
	assert_int_equal(res.error, 0);
	assert_int_equal(mkdir(w->dst, 0755), 0);
	assert_int_equal(fss_client_download(w->c, ":/big", 0,
	    tree_in(w->dst, "big"), 0, NULL, &op), 0);
	(void)cancel_at(w->c, op, BIG / 4);
	(void)snprintf(cmd, sizeof(cmd), "ls -A '%s'", w->dst);
	f = popen(cmd, "r");
	assert_non_null(f);
	assert_non_null(fgets(part, sizeof(part), f));
	(void)pclose(f);
	part[strcspn(part, "\n")] = '\0';
	fd = open(tree_in(w->dst, part), O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, "damage", 6, 100000), 6);
	assert_int_equal(ftruncate(fd, (off_t)BIG + 1000), 0);
	(void)close(fd);
	res = hc_download(w, ":/big", tree_in(w->dst, "big"), 0);
	assert_int_equal(res.error, 0);
	tree_equal(tree_in(w->src, "big"), tree_in(w->dst, "big"));
}

static void
test_hub_restart(void **state)
{
	struct hc *w = *state;
	struct hc_result res;
	unsigned port = hub_thread_port(w->hub);
	const fss_event *ev;
	bool restarted = false;
	fss_op op;
	int type = 0;

	tree_file(w->src, "big", BIG, 6);
	assert_int_equal(fss_client_upload(w->c, tree_in(w->src, "big"),
			     ":/big", 0, NULL, &op),
	    0);
	memset(&res, 0, sizeof(res));
	while (type != FSS_EVENT_DONE) {
		assert_int_equal(fss_client_wait_op(w->c, op, 60000, &ev), 1);
		type = fss_event_type(ev);
		hc_note_event(ev, &res);
		if (!restarted && fss_event_count(ev, FSS_COUNT_WIRE_BYTES) >
		    BIG / 8) {
			restarted = true;
			hub_thread_stop(w->hub);
			w->hub = hub_thread_start(w->data, port);
		}
	}
	assert_int_equal(res.error, 0);
	assert_true(restarted);
	res = hc_download(w, ":/big", w->dst, 0);
	assert_int_equal(res.error, 0);
	tree_equal(tree_in(w->src, "big"), w->dst);
}

int
main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, hc_setup, hc_teardown)
	const struct CMUnitTest tests[] = {
		T(test_resume_upload),
		T(test_resume_download),
		T(test_damaged_part),
		T(test_hub_restart),
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
