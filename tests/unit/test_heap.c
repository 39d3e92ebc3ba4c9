/*
 * The heap of deadlines against a plain search for the least.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/heap.h"
#include "rng.h"

#define NODES 200

static void
check(const struct fss__heap *h, const struct fss__heap_node *n)
{
	const struct fss__heap_node *first = fss__heap_first(h);
	size_t i, in = 0;

	for (i = 0; i < NODES; i++) {
		if (n[i].place == 0)
			continue;
		in++;
		assert_ptr_equal(h->node[n[i].place], &n[i]);
		assert_true(first->due <= n[i].due);
	}
	assert_int_equal(in, h->count);
	if (in == 0)
		assert_null(first);
}

static void
test_random(void **state)
{
	struct fss__heap_node n[NODES], *it;
	struct fss__heap h;
	struct rng rng = { 1 };
	int i;

	(void)state;
	memset(&h, 0, sizeof(h));
	memset(n, 0, sizeof(n));
	assert_int_equal(fss__heap_reserve(&h, NODES), 0);
	for (i = 0; i < 20000; i++) {
		it = &n[rng_below(&rng, NODES)];
		if (rng_below(&rng, 3) == 0)
			fss__heap_remove(&h, it);
		else
			fss__heap_set(&h, it, (int64_t)rng_below(&rng, 500));
		check(&h, n);
	}
	fss__heap_release(&h);
}

static void
test_order(void **state)
{
	struct fss__heap_node n[NODES], *it;
	struct rng rng = { 2 };
	struct fss__heap h;
	int64_t last = INT64_MIN;
	size_t i;

	(void)state;
	memset(&h, 0, sizeof(h));
	memset(n, 0, sizeof(n));
	assert_null(fss__heap_first(&h));
	for (i = 0; i < NODES; i++) {
		assert_int_equal(fss__heap_reserve(&h, i + 1), 0);
		fss__heap_set(&h, &n[i], (int64_t)rng_below(&rng, 1000));
	}
	for (i = 0; i < NODES; i++) {
		it = fss__heap_first(&h);
		assert_true(it->due >= last);
		last = it->due;
		fss__heap_remove(&h, it);
	}
	assert_null(fss__heap_first(&h));
	fss__heap_release(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_random),
		cmocka_unit_test(test_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
