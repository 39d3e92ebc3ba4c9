/*
 * Going down a content tree: order, seeking, what is not believed.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <fss/error.h>

#include "base/alloc.h"
#include "base/num.h"
#include "client/tree.h"
#include "rng.h"

#define PAGES	64

struct made {
	struct fss__id	*chunk;
	uint64_t	*start;
	size_t		 count;
	uint64_t	 size;
	struct fss__id	 root;
	unsigned	 depth;
	struct {
		struct fss__id	 id;
		uint8_t		*data;
		size_t		 len;
	} page[PAGES];
	size_t		 pages;
};

static void
take_pages(struct made *m, struct fss__manifest *mf)
{
	int r;

	while ((r = fss__manifest_take(mf, &m->page[m->pages].id,
	    &m->page[m->pages].data, &m->page[m->pages].len)) == 1) {
		m->pages++;
		assert_true(m->pages < PAGES);
	}
	assert_int_equal(r, 0);
}

static void
make(struct made *m, size_t count, uint64_t seed)
{
	struct rng rng = { seed };
	struct fss__manifest *mf;
	uint8_t content[8];
	uint64_t span;
	size_t i;

	memset(m, 0, sizeof(*m));
	m->count = count;
	m->chunk = calloc(count, sizeof(*m->chunk));
	m->start = calloc(count, sizeof(*m->start));
	assert_true(m->chunk != NULL && m->start != NULL);
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &mf), 0);
	for (i = 0; i < count; i++) {
		fss__put_le64(content, i);
		assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256,
		    content, sizeof(content), &m->chunk[i]), 0);
		span = 1 + rng_below(&rng, 1000);
		m->start[i] = m->size;
		m->size += span;
		assert_int_equal(fss__manifest_add(mf, &m->chunk[i], span), 0);
		take_pages(m, mf);
	}
	assert_int_equal(fss__manifest_finish(mf), 0);
	take_pages(m, mf);
	fss__manifest_root(mf, &m->root, &m->depth, &m->size);
	fss__manifest_free(mf);
}

static void
unmake(struct made *m)
{
	size_t i;

	for (i = 0; i < m->pages; i++)
		fss__free(m->page[i].data);
	free(m->chunk);
	free(m->start);
}

static void
give_page(struct fss__tree *t, const struct made *m,
    const struct fss__node *node)
{
	size_t i;

	for (i = 0; i < m->pages; i++)
		if (fss__id_eq(&m->page[i].id, &node->id))
			break;
	assert_true(i < m->pages);
	assert_int_equal(fss__tree_page(t, node, m->page[i].data,
	    m->page[i].len), 0);
}

/* Walks from chunk @i on; returns how many pages were waited for. */
static size_t
walk(struct fss__tree *t, const struct made *m, size_t i, bool ahead)
{
	struct fss__node node;
	size_t waits = 0;
	int r;

	for (;;) {
		if (ahead && fss__tree_ahead(t, &node) == 1)
			give_page(t, m, &node);
		r = fss__tree_next(t, &node);
		if (r == FSS_EAGAIN) {
			give_page(t, m, &node);
			waits++;
			continue;
		}
		if (r == 0)
			break;
		assert_int_equal(r, 1);
		assert_true(i < m->count);
		assert_int_equal(node.level, 0);
		assert_int_equal(node.offset, m->start[i]);
		assert_true(fss__id_eq(&node.id, &m->chunk[i]));
		i++;
	}
	assert_int_equal(i, m->count);
	return waits;
}

static void
test_walk(void **state)
{
	static const size_t counts[] = { 1, 2, 3, 1023, 1024, 1025, 2049,
	    5000 };
	struct fss__tree t;
	struct made m;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		make(&m, counts[i], i + 1);
		assert_int_equal(fss__tree_init(&t, &m.root, m.depth, m.size),
		    0);
		assert_int_equal(walk(&t, &m, 0, false), m.pages);
		fss__tree_release(&t);
		unmake(&m);
	}
}

static void
test_ahead(void **state)
{
	struct fss__tree t;
	struct made m;

	(void)state;
	make(&m, 5000, 1);		/* 5 pages below the root */
	assert_int_equal(fss__tree_init(&t, &m.root, m.depth, m.size), 0);
	assert_int_equal(walk(&t, &m, 0, true), 2);
	fss__tree_release(&t);
	unmake(&m);
}

static void
test_seek(void **state)
{
	struct rng rng = { 5 };
	struct fss__tree t;
	struct made m;
	size_t i, at;

	(void)state;
	make(&m, 3000, 2);
	assert_int_equal(fss__tree_init(&t, &m.root, m.depth, m.size), 0);
	for (i = 0; i < 100; i++) {
		at = (size_t)rng_below(&rng, m.count);
		fss__tree_seek(&t, m.start[at] + (i % 2 == 0 ? 0 :
		    rng_below(&rng, (at + 1 < m.count ? m.start[at + 1] :
		    m.size) - m.start[at])));
		(void)walk(&t, &m, at, i % 3 == 0);
	}
	fss__tree_release(&t);
	unmake(&m);
}

static void
test_end(void **state)
{
	struct fss__node node;
	struct fss__tree t;
	struct made m;
	size_t n = 0;
	int r;

	(void)state;
	make(&m, 100, 3);
	assert_int_equal(fss__tree_init(&t, &m.root, m.depth, m.size), 0);
	t.end = m.start[10] + 1;
	while ((r = fss__tree_next(&t, &node)) != 0) {
		if (r == FSS_EAGAIN)
			give_page(&t, &m, &node);
		else
			n++;
	}
	assert_int_equal(n, 11);
	fss__tree_release(&t);
	unmake(&m);
}

/* A hub that lies is found out before anything is used. */
static void
test_lies(void **state)
{
	struct fss__node node, other;
	struct fss__tree t;
	struct fss__id id;
	struct made m;

	(void)state;
	make(&m, 1500, 4);
	/* Facts that cannot be. */
	assert_int_equal(fss__tree_init(&t, &m.root, 0, m.size), FSS_EPROTO);
	assert_int_equal(fss__tree_init(&t, &m.root, 2, 0), FSS_EPROTO);
	assert_int_equal(fss__tree_init(&t, &m.root, 99, m.size), FSS_EPROTO);
	assert_int_equal(fss__tree_init(&t, &m.chunk[0], 2, m.size),
	    FSS_EPROTO);
	id = m.chunk[0];
	id.b[0] = 0x0f;
	assert_int_equal(fss__tree_init(&t, &id, 0, 10), FSS_EPROTO);
	/* A size that is not that of the tree. */
	assert_int_equal(fss__tree_init(&t, &m.root, 2, m.size + 1), 0);
	assert_int_equal(fss__tree_next(&t, &node), FSS_EAGAIN);
	assert_int_equal(fss__tree_page(&t, &node,
	    m.page[m.pages - 1].data, m.page[m.pages - 1].len), FSS_EPROTO);
	fss__tree_release(&t);
	/* Another page than the one asked for. */
	assert_int_equal(fss__tree_init(&t, &m.root, 2, m.size), 0);
	assert_int_equal(fss__tree_next(&t, &node), FSS_EAGAIN);
	assert_int_equal(fss__tree_page(&t, &node, m.page[0].data,
	    m.page[0].len), FSS_EINTEGRITY);
	give_page(&t, &m, &node);
	assert_int_equal(fss__tree_next(&t, &node), FSS_EAGAIN);
	m.page[0].data[20] ^= 1;
	assert_int_equal(fss__tree_page(&t, &node, m.page[0].data,
	    m.page[0].len), FSS_EINTEGRITY);
	m.page[0].data[20] ^= 1;
	/* The right page at the wrong level. */
	other = node;
	other.level = 2;
	assert_int_equal(fss__tree_page(&t, &other, m.page[0].data,
	    m.page[0].len), FSS_EPROTO);
	other.level = 0;
	assert_int_equal(fss__tree_page(&t, &other, m.page[0].data,
	    m.page[0].len), FSS_EPROTO);
	fss__tree_release(&t);
	unmake(&m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_ahead),
		cmocka_unit_test(test_seek),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
