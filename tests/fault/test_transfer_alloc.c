/*
 * The n-th allocation fails, for every n, while a folder goes up and comes
 * down between a client and a hub in one process: the transfer succeeds or
 * says FSS_ENOMEM, nothing half is left under a name, and the same again by
 * the same client succeeds.
 *
 * Threads share the count, so which allocation is the n-th differs from run
 * to run; what must hold does not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fss/fss.h>

#include "base/alloc.h"
#include "hub_thread.h"
#include "tree.h"

#define WAIT_MS 60000
#define FILES   3
#define PATH    400

struct world {
	struct hub_thread *hub;
	fss_client *c;
	char base[256];
	char data[300], src[300], dst[300];
};

static const struct {
	const char *name;
	size_t size;
} file[FILES] = { { "empty", 0 }, { "small", 1000 }, { "large", 1500000 } };

static void
make_source(const struct world *w, uint64_t seed)
{
	unsigned i;

	tree_remove(w->src);
	assert_int_equal(mkdir(w->src, 0755), 0);
	for (i = 0; i < FILES; i++)
		tree_file(w->src, file[i].name, file[i].size, seed + i);
}

/* What an operation ended with; of a partial one, why the last item failed. */
static int
finish(struct world *w, int r, fss_op op)
{
	const fss_event *ev;
	int item = 0;

	if (r != 0)
		return r;
	for (;;) {
		r = fss_client_wait_op(w->c, op, WAIT_MS, &ev);
		if (r == FSS_ENOMEM)
			continue; /* the next call goes on */
		assert_int_equal(r, 1);
		if (fss_event_type(ev) == FSS_EVENT_ITEM)
			item = fss_event_error(ev);
		if (fss_event_type(ev) == FSS_EVENT_DONE)
			break;
	}
	r = fss_event_error(ev);
	return r == FSS_EPARTIAL ? item : r;
}

static int
upload(struct world *w)
{
	fss_op op = 0;
	int r;

	r = fss_client_upload(
	    w->c, w->src, ":/d", FSS_COPY_RECURSIVE, NULL, &op);
	return finish(w, r, op);
}

static int
download(struct world *w)
{
	fss_op op = 0;
	int r;

	r = fss_client_download(
	    w->c, ":/d", 0, w->dst, FSS_COPY_RECURSIVE, NULL, &op);
	return finish(w, r, op);
}

/* Whatever has a file's name in @dst is that file, whole. */
static void
nothing_half(const struct world *w)
{
	char from[PATH], to[PATH];
	unsigned i;

	for (i = 0; i < FILES; i++) {
		(void)snprintf(
		    from, sizeof(from), "%s/%s", w->src, file[i].name);
		(void)snprintf(to, sizeof(to), "%s/%s", w->dst, file[i].name);
		if (access(to, F_OK) == 0)
			tree_equal(from, to);
	}
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	uint8_t pub[FSS_KEY_BYTES], sec[FSS_KEY_BYTES];
	fss_op op;

	assert_non_null(w);
	tree_temp(w->base);
	(void)snprintf(w->data, sizeof(w->data), "%s/data", w->base);
	(void)snprintf(w->src, sizeof(w->src), "%s/src", w->base);
	(void)snprintf(w->dst, sizeof(w->dst), "%s/dst", w->base);
	w->hub = hub_thread_start(w->data, 0);
	assert_int_equal(fss_key_generate(pub, sec), 0);
	assert_int_equal(fss_client_new(&w->c), 0);
	assert_int_equal(
	    fss_client_set_address(w->c, hub_thread_address(w->hub)), 0);
	assert_int_equal(fss_client_set_identity(w->c, sec), 0);
	assert_int_equal(fss_client_open(w->c), 0);
	assert_int_equal(
	    fss_client_register(w->c, "alice", "password", NULL, NULL, &op), 0);
	assert_int_equal(finish(w, 0, op), 0);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fss_client_free(w->c);
	hub_thread_stop(w->hub);
	tree_remove(w->base);
	free(w);
	return 0;
}

/*
 * One transfer whose allocation @n fails: true if there was such a one.
 * Counts those that failed by it.
 */
static bool
one(struct world *w, int (*transfer)(struct world *), uint64_t n,
    unsigned *failed)
{
	uint64_t made;
	int r;

	(void)fss__alloc_fail_at(n);
	r = transfer(w);
	made = fss__alloc_fail_at(0);
	if (r != 0 && r != FSS_ENOMEM)
		fail_msg("allocation %u: %s", (unsigned)n, fss_err_name(r));
	*failed += r != 0;
	return made >= n;
}

static void
test_upload(void **state)
{
	struct world *w = *state;
	unsigned failed = 0;
	uint64_t n;
	bool more = true;

	for (n = 1; more; n++) {
		make_source(w, n * FILES);
		more = one(w, upload, n, &failed);
		assert_int_equal(upload(w), 0);
		tree_remove(w->dst);
		assert_int_equal(download(w), 0);
		tree_equal(w->src, w->dst);
	}
	print_message(
	    "%u allocations, %u failed uploads\n", (unsigned)n, failed);
	assert_true(failed > 20);
}

static void
test_download(void **state)
{
	struct world *w = *state;
	unsigned failed = 0;
	uint64_t n;
	bool more = true;

	make_source(w, 1);
	assert_int_equal(upload(w), 0);
	for (n = 1; more; n++) {
		tree_remove(w->dst);
		more = one(w, download, n, &failed);
		nothing_half(w);
		assert_int_equal(download(w), 0);
		tree_equal(w->src, w->dst);
		assert_int_equal(tree_count(w->dst), FILES);
	}
	print_message(
	    "%u allocations, %u failed downloads\n", (unsigned)n, failed);
	assert_true(failed > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_upload, setup, teardown),
		cmocka_unit_test_setup_teardown(test_download, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
