/*
 * Manifests: trees of many sizes are what they should be, and seeking finds
 * what a plain list finds.
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
#include "chunk/manifest.h"
#include "rng.h"
#include "wire/limits.h"

#define DATA	(FSS__KIND_DATA | FSS__ALG_SHA256)

/* All pages of a tree, as they came out. */
struct tree {
	struct fss__id	root;
	unsigned	depth;
	uint64_t	size;
	size_t		pages;
	size_t		cap;
	struct {
		struct fss__id	 id;
		uint8_t		*data;
		size_t		 len;
	} *page;
};

/* Leaf @i has an id and a span made from its number. */
static void
leaf(uint64_t i, struct fss__id *ret_id, uint64_t *ret_span)
{
	struct rng rng = { i };

	ret_id->b[0] = DATA;
	rng_fill(&rng, ret_id->b + 1, FSS__ID_BYTES - 1);
	*ret_span = 1 + rng_below(&rng, FSS__MAX_CHUNK);
}

static void
take_all(struct fss__manifest *m, struct tree *t)
{
	struct fss__id id;
	uint8_t *data;
	size_t len;

	while (fss__manifest_take(m, &id, &data, &len) == 1) {
		if (t->pages == t->cap) {
			t->cap = t->cap * 2 + 16;
			t->page = realloc(t->page, t->cap * sizeof(*t->page));
			assert_non_null(t->page);
		}
		t->page[t->pages].id = id;
		t->page[t->pages].data = data;
		t->page[t->pages].len = len;
		t->pages++;
	}
	assert_null(data);
}

static void
build(uint64_t leaves, unsigned fanout, struct tree *t)
{
	struct fss__manifest *m;
	struct fss__id id;
	uint64_t i, span;

	memset(t, 0, sizeof(*t));
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	assert_int_equal(fss__manifest_set_fanout(m, fanout), 0);
	for (i = 0; i < leaves; i++) {
		leaf(i, &id, &span);
		assert_int_equal(fss__manifest_add(m, &id, span), 0);
		take_all(m, t);
	}
	assert_int_equal(fss__manifest_finish(m), 0);
	assert_int_equal(fss__manifest_finish(m), 0);
	take_all(m, t);
	fss__manifest_root(m, &t->root, &t->depth, &t->size);
	fss__manifest_free(m);
}

static void
tree_free(struct tree *t)
{
	size_t i;

	for (i = 0; i < t->pages; i++)
		fss__free(t->page[i].data);
	free(t->page);
}

/* Index of a page by id; -1 for none. Pages before @limit only. */
static long
find_page(const struct tree *t, const struct fss__id *id, size_t limit)
{
	size_t i;

	for (i = limit; i > 0; i--)
		if (fss__id_eq(&t->page[i - 1].id, id))
			return (long)(i - 1);
	return -1;
}

/*
 * Walks all below page @at: levels go down by one, spans add up, the leaves
 * come in order, every child came out before its parent.
 */
static void
walk(const struct tree *t, size_t at, unsigned level, uint64_t *leaves,
    uint64_t want_span)
{
	struct fss__page pg;
	struct fss__id id, want;
	uint64_t span, want_leaf;
	unsigned i;
	long below;

	assert_int_equal(fss__digest_verify(&t->page[at].id, t->page[at].data,
	    t->page[at].len), 0);
	assert_int_equal(fss__page_decode(t->page[at].data, t->page[at].len,
	    &pg), 0);
	assert_int_equal(pg.level, level);
	assert_true(pg.span == want_span);
	for (i = 0; i < pg.count; i++) {
		fss__page_child(&pg, i, &id, &span);
		if (level == 1) {
			leaf((*leaves)++, &want, &want_leaf);
			assert_true(fss__id_eq(&id, &want));
			assert_true(span == want_leaf);
			continue;
		}
		below = find_page(t, &id, at);
		assert_true(below >= 0);
		walk(t, (size_t)below, level - 1, leaves, span);
	}
}

static void
check_tree(uint64_t leaves, unsigned fanout, unsigned depth, size_t pages)
{
	struct tree t;
	struct fss__id id;
	uint64_t seen = 0, span;
	long root;

	build(leaves, fanout, &t);
	assert_int_equal(t.depth, depth);
	assert_int_equal(t.pages, pages);
	if (leaves == 0) {
		assert_true(t.size == 0);
	} else if (leaves == 1) {
		leaf(0, &id, &span);
		assert_true(fss__id_eq(&t.root, &id));
		assert_true(t.size == span);
	} else {
		root = find_page(&t, &t.root, t.pages);
		assert_int_equal(root, t.pages - 1);
		walk(&t, (size_t)root, depth, &seen, t.size);
		assert_true(seen == leaves);
	}
	tree_free(&t);
}

static void
test_trees(void **state)
{
	(void)state;
	check_tree(0, 1024, 0, 0);
	check_tree(1, 1024, 0, 0);
	check_tree(2, 1024, 1, 1);
	check_tree(1023, 1024, 1, 1);
	check_tree(1024, 1024, 1, 1);
	check_tree(1025, 1024, 2, 3);
	check_tree(2048, 1024, 2, 3);
	check_tree(2049, 1024, 2, 4);
	check_tree(100000, 1024, 2, 99);
}

static void
test_small_pages(void **state)
{
	unsigned n;

	(void)state;
	check_tree(2, 2, 1, 1);
	check_tree(3, 2, 2, 3);
	check_tree(4, 2, 2, 3);
	check_tree(5, 2, 3, 6);
	check_tree(64, 2, 6, 63);
	check_tree(4096, 4, 6, 1365);
	for (n = 2; n < 27; n++)
		check_tree(n, 3, n <= 3 ? 1 : n <= 9 ? 2 : 3,
		    (n + 2) / 3 + (n > 3 ? (n + 8) / 9 : 0) +
		    (n > 9 ? 1 : 0));
}

/* A million leaves: three levels, and no more memory than it should take. */
static void
test_million(void **state)
{
	struct tree t;
	uint64_t seen = 0, i, sum = 0, span;
	struct fss__id id;

	(void)state;
	build(1048576 + 1, 1024, &t);
	assert_int_equal(t.depth, 3);
	/* 1025 of level 1, 2 of level 2, 1 of level 3. */
	assert_int_equal(t.pages, 1028);
	for (i = 0; i < 1048577; i++) {
		leaf(i, &id, &span);
		sum += span;
	}
	assert_true(sum == t.size);
	walk(&t, t.pages - 1, 3, &seen, t.size);
	assert_true(seen == 1048577);
	tree_free(&t);
}

/* The same leaves make the same root, whenever pages are taken. */
static void
test_same_root(void **state)
{
	struct fss__manifest *m;
	struct fss__id id, root;
	struct tree t, late;
	uint64_t i, span, size;
	unsigned depth;

	(void)state;
	build(3000, 1024, &t);
	memset(&late, 0, sizeof(late));
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	for (i = 0; i < 3000; i++) {
		leaf(i, &id, &span);
		assert_int_equal(fss__manifest_add(m, &id, span), 0);
	}
	assert_int_equal(fss__manifest_finish(m), 0);
	fss__manifest_root(m, &root, &depth, &size);
	take_all(m, &late);
	assert_true(fss__id_eq(&root, &t.root));
	assert_int_equal(late.pages, t.pages);
	fss__manifest_free(m);
	tree_free(&late);
	tree_free(&t);
}

/*
 * A tree of @had leaves is gone on with to @leaves: as if it had never ended.
 * On the way it is copied and each finished apart.
 */
static void
resume(uint64_t had, uint64_t leaves, unsigned fanout)
{
	struct fss__manifest *m, *copy;
	struct tree before, whole, now;
	struct fss__page pg;
	struct fss__id id, root;
	uint64_t span, size, i, left;
	unsigned level, depth;
	long at;

	build(had, fanout, &before);
	build(leaves, fanout, &whole);
	memset(&now, 0, sizeof(now));
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	assert_int_equal(fss__manifest_set_fanout(m, fanout), 0);
	id = before.root;
	for (level = before.depth; level > 0; level--) {
		at = find_page(&before, &id, before.pages);
		assert_true(at >= 0);
		assert_int_equal(fss__page_decode(before.page[at].data,
		    before.page[at].len, &pg), 0);
		assert_int_equal(fss__manifest_resume(m, &pg), 0);
		fss__page_child(&pg, pg.count - 1, &id, &span);
	}
	leaf(had - 1, &root, &span);
	assert_true(fss__id_eq(&root, &id));
	left = before.size - span;
	assert_true(fss__manifest_size(m) == left);
	for (i = had - 1; i < leaves; i++) {
		leaf(i, &id, &span);
		assert_int_equal(fss__manifest_add(m, &id, span), 0);
		take_all(m, &now);
	}
	assert_int_equal(fss__manifest_resume(m, &pg), FSS_EINVAL);
	assert_int_equal(fss__manifest_copy(m, &copy), 0);
	assert_int_equal(fss__manifest_finish(m), 0);
	assert_int_equal(fss__manifest_finish(copy), 0);
	fss__manifest_root(m, &root, &depth, &size);
	assert_true(fss__id_eq(&root, &whole.root));
	assert_int_equal(depth, whole.depth);
	assert_true(size == whole.size);
	fss__manifest_root(copy, &root, &depth, &size);
	assert_true(fss__id_eq(&root, &whole.root));
	/* What was not there before came out, the root last. */
	take_all(m, &now);
	if (leaves > had)
		assert_true(fss__id_eq(&now.page[now.pages - 1].id,
		    &whole.root));
	fss__manifest_free(copy);
	fss__manifest_free(m);
	tree_free(&before);
	tree_free(&whole);
	tree_free(&now);
}

static void
test_resume(void **state)
{
	static const uint64_t edges[] = { 2, 3, 1023, 1024, 1025, 2047, 2048,
		2049, 3000 };
	uint64_t had, more;
	size_t i, k;

	(void)state;
	for (i = 0; i < sizeof(edges) / sizeof(edges[0]); i++)
		for (k = i; k < sizeof(edges) / sizeof(edges[0]); k++)
			resume(edges[i], edges[k], 1024);
	for (had = 2; had < 40; had++)
		for (more = had; more < had + 30; more++) {
			if (more <= 64)		/* six levels of two */
				resume(had, more, 2);
			resume(had, more, 3);
		}
	resume(1048576, 1048577, 1024);
}

/* A page that is not the next is refused. */
static void
test_resume_refuses(void **state)
{
	struct fss__manifest *m;
	struct fss__page low, root;
	struct tree t;

	(void)state;
	build(10, 3, &t);	/* depth 3 */
	assert_int_equal(fss__page_decode(t.page[t.pages - 1].data,
	    t.page[t.pages - 1].len, &root), 0);
	assert_int_equal(fss__page_decode(t.page[0].data, t.page[0].len,
	    &low), 0);
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	assert_int_equal(fss__manifest_resume(m, &root), 0);
	assert_int_equal(fss__manifest_resume(m, &low), FSS_EPROTO);
	assert_int_equal(fss__manifest_resume(m, &root), FSS_EPROTO);
	fss__manifest_free(m);
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	assert_int_equal(fss__manifest_set_fanout(m, 2), 0);
	assert_int_equal(fss__manifest_resume(m, &low), FSS_EPROTO);
	fss__manifest_free(m);
	tree_free(&t);
}

/* Seeking from the root down ends at the leaf a plain list names. */
static void
test_seek(void **state)
{
	struct rng rng = { 11 };
	struct tree t;
	struct fss__page pg;
	struct fss__id id;
	uint64_t *ends, off, base, start, span, i;
	const uint64_t leaves = 5000;
	unsigned level, child, round;
	size_t lo;
	long at;

	(void)state;
	ends = malloc((size_t)leaves * sizeof(*ends));
	assert_non_null(ends);
	for (i = 0, off = 0; i < leaves; i++) {
		leaf(i, &id, &span);
		ends[i] = off += span;
	}
	build(leaves, 16, &t);
	assert_int_equal(t.depth, 4);
	for (round = 0; round < 4000; round++) {
		off = rng_below(&rng, t.size);
		lo = (size_t)rng_below(&rng, leaves);
		switch (round % 4) {
		case 1:
			off = ends[lo] - 1;	/* the last byte of a leaf */
			break;
		case 2:
			off = lo == 0 ? 0 : ends[lo - 1];	/* the first */
			break;
		default:
			for (lo = 0; ends[lo] <= off; lo++)
				;
			break;
		}
		base = 0;
		id = t.root;
		for (level = t.depth; level > 0; level--) {
			at = find_page(&t, &id, t.pages);
			assert_true(at >= 0);
			assert_int_equal(fss__page_decode(t.page[at].data,
			    t.page[at].len, &pg), 0);
			child = fss__page_seek(&pg, off - base, &start);
			base += start;
			fss__page_child(&pg, child, &id, &span);
			assert_true(off >= base && off - base < span);
		}
		assert_true(base == (lo == 0 ? 0 : ends[lo - 1]));
		assert_true(base + span == ends[lo]);
	}
	tree_free(&t);
	free(ends);
}

/* ---- the builder's own refusals ---------------------------------------- */

static void
test_builder_refuses(void **state)
{
	struct fss__manifest *m;
	struct fss__id id;
	uint64_t span, i;
	uint8_t *data;
	size_t len;
	int r = 0;

	(void)state;
	assert_int_equal(fss__manifest_new(9, &m), FSS_ENOTSUP);
	assert_null(m);
	fss__manifest_free(NULL);
	assert_int_equal(fss__manifest_new(FSS__ALG_BLAKE2B, &m), 0);
	leaf(0, &id, &span);
	assert_int_equal(fss__manifest_set_fanout(m, 1), FSS_EINVAL);
	assert_int_equal(fss__manifest_set_fanout(m, 1025), FSS_EINVAL);
	assert_int_equal(fss__manifest_add(m, &id, 0), FSS_EINVAL);
	assert_int_equal(fss__manifest_add(m, &id, FSS__MAX_CHUNK + 1),
	    FSS_EINVAL);
	id.b[0] = FSS__KIND_PAGE | FSS__ALG_SHA256;
	assert_int_equal(fss__manifest_add(m, &id, 1), FSS_EINVAL);
	id.b[0] = 0x0f;
	assert_int_equal(fss__manifest_add(m, &id, 1), FSS_EINVAL);
	id.b[0] = DATA;
	assert_int_equal(fss__manifest_add(m, &id, 1), 0);
	assert_int_equal(fss__manifest_set_fanout(m, 4), FSS_EINVAL);
	assert_int_equal(fss__manifest_finish(m), 0);
	assert_int_equal(fss__manifest_add(m, &id, 1), FSS_EINVAL);
	fss__manifest_free(m);

	/* Past the levels there may be it says so, and goes on saying so. */
	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	assert_int_equal(fss__manifest_set_fanout(m, 2), 0);
	for (i = 0; i < 200 && r == 0; i++)
		r = fss__manifest_add(m, &id, 1);
	assert_int_equal(r, FSS_ETOOBIG);
	assert_int_equal(i, 128);
	assert_int_equal(fss__manifest_finish(m), FSS_ETOOBIG);
	assert_int_equal(fss__manifest_take(m, &id, &data, &len), FSS_ETOOBIG);
	assert_null(data);
	fss__manifest_free(m);
}

/* Whichever allocation fails, it is told and nothing leaks. */
static void
test_no_memory(void **state)
{
	struct fss__manifest *m;
	struct fss__id id;
	uint64_t nth, i, span;
	int r = FSS_ENOMEM;

	(void)state;
	for (nth = 1; r != 0; nth++) {
		assert_true(nth < 200);
		(void)fss__alloc_fail_at(nth);
		r = fss__manifest_new(FSS__ALG_SHA256, &m);
		if (r == 0)
			r = fss__manifest_set_fanout(m, 3);
		for (i = 0; i < 30 && r == 0; i++) {
			leaf(i, &id, &span);
			r = fss__manifest_add(m, &id, span);
		}
		if (r == 0)
			r = fss__manifest_finish(m);
		(void)fss__alloc_fail_at(0);
		assert_true(r == 0 || r == FSS_ENOMEM);
		if (r != 0 && m != NULL)
			assert_int_equal(fss__manifest_finish(m), FSS_ENOMEM);
		fss__manifest_free(m);
	}
	assert_true(nth > 20);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trees),
		cmocka_unit_test(test_small_pages),
		cmocka_unit_test(test_million),
		cmocka_unit_test(test_same_root),
		cmocka_unit_test(test_resume),
		cmocka_unit_test(test_resume_refuses),
		cmocka_unit_test(test_seek),
		cmocka_unit_test(test_builder_refuses),
		cmocka_unit_test(test_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
