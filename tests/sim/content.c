/*
 * Files for simulations: a few chunks of a few bytes in pages of three
 * children, so that plans have levels.  See sim.h.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "chunk/manifest.h"
#include "sim.h"

#define FANOUT	3

struct content contents[CONTENTS];
static struct content prefixes[CONTENTS][CHUNKS];	/* by chunks, less one */

/* As PLAN wants them: level by level from the root on, left to right. */
static void
take_pages(struct content *t, struct fss__manifest *m)
{
	unsigned level[PAGES], i;
	struct fss__page page;
	struct fss__id id;
	uint8_t *data;
	size_t len;

	while (fss__manifest_take(m, &id, &data, &len) == 1) {
		assert_true(t->npages < PAGES);
		assert_int_equal(fss__page_decode(data, len, &page), 0);
		for (i = t->npages++; i > 0 && level[i - 1] < page.level;
		    i--) {
			level[i] = level[i - 1];
			t->page[i] = t->page[i - 1];
			t->page_data[i] = t->page_data[i - 1];
			t->page_len[i] = t->page_len[i - 1];
		}
		level[i] = page.level;
		t->page[i] = id;
		t->page_data[i] = data;
		t->page_len[i] = len;
	}
}

/* The tree of @t, of which the chunks are known. */
static void
build(struct content *t)
{
	struct fss__manifest *m;
	uint64_t size;
	unsigned i;

	assert_int_equal(fss__manifest_new(FSS__ALG_SHA256, &m), 0);
	assert_int_equal(fss__manifest_set_fanout(m, FANOUT), 0);
	for (i = 0; i < t->nchunks; i++)
		assert_int_equal(fss__manifest_add(m, &t->chunk[i],
		    t->start[i + 1] - t->start[i]), 0);
	assert_int_equal(fss__manifest_finish(m), 0);
	take_pages(t, m);
	fss__manifest_root(m, &t->root, &t->depth, &size);
	fss__manifest_free(m);
	assert_int_equal(size, t->start[t->nchunks]);
}

static void
make(struct content *t, unsigned n)
{
	struct rng rng = { n * 977 + 5 };
	size_t len[CHUNKS];
	unsigned i;

	t->nchunks = n % 3 == 0 ? 1 : 1 + (unsigned)rng_below(&rng, CHUNKS);
	for (i = 0; i < t->nchunks; i++) {
		len[i] = 1 + (size_t)rng_below(&rng, 60);
		t->start[i + 1] = t->start[i] + len[i];
	}
	t->data = malloc(t->start[t->nchunks]);
	assert_non_null(t->data);
	rng_fill(&rng, t->data, t->start[t->nchunks]);
	for (i = 0; i < t->nchunks; i++)
		assert_int_equal(fss__digest(FSS__KIND_DATA | FSS__ALG_SHA256,
		    t->data + t->start[i], len[i], &t->chunk[i]), 0);
	build(t);
}

/* The first @n chunks of it, as a file. */
static void
make_prefix(struct content *p, const struct content *t, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		p->chunk[i] = t->chunk[i];
		p->start[i + 1] = t->start[i + 1];
	}
	p->data = t->data;
	p->nchunks = n;
	build(p);
}

const struct content *
content_prefix(int content, unsigned chunks)
{
	return &prefixes[content][chunks - 1];
}

void
contents_make(void)
{
	unsigned i, k;

	for (i = 0; i < CONTENTS; i++) {
		make(&contents[i], i);
		for (k = 1; k <= contents[i].nchunks; k++)
			make_prefix(&prefixes[i][k - 1], &contents[i], k);
	}
}

void
contents_free(void)
{
	unsigned i, j, k;

	for (i = 0; i < CONTENTS; i++) {
		for (j = 0; j < contents[i].nchunks; j++)
			for (k = 0; k < prefixes[i][j].npages; k++)
				fss__free(prefixes[i][j].page_data[k]);
		for (k = 0; k < contents[i].npages; k++)
			fss__free(contents[i].page_data[k]);
		free(contents[i].data);
	}
}

int
content_find(struct fss__slice root)
{
	int i;

	for (i = 0; i < CONTENTS; i++)
		if (root.n == FSS__ID_BYTES &&
		    memcmp(root.p, contents[i].root.b, root.n) == 0)
			return i;
	return -1;
}
