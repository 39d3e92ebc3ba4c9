/*
 * A binary heap of pointers, 1-based, in which each node knows its place; so
 * that one can be moved or taken out without a search.
 */
#include <fss/error.h>

#include "base/alloc.h"
#include "base/heap.h"
#include "base/num.h"

#define FIRST_CAP 64

void
fss__heap_release(struct fss__heap *h)
{
	fss__free(h->node);
	h->node = NULL;
	h->count = h->cap = 0;
}

int
fss__heap_reserve(struct fss__heap *h, size_t count)
{
	struct fss__heap_node **bigger;
	size_t cap = h->cap == 0 ? FIRST_CAP : h->cap, bytes;

	if (count < h->cap)
		return 0;
	while (cap <= count)
		if (!fss__mul_size(cap, 2, &cap))
			return FSS_ENOMEM;
	if (!fss__mul_size(cap, sizeof(*h->node), &bytes))
		return FSS_ENOMEM;
	bigger = fss__realloc(h->node, bytes);
	if (bigger == NULL)
		return FSS_ENOMEM;
	h->node = bigger;
	h->cap = cap;
	return 0;
}

static void
place(struct fss__heap *h, struct fss__heap_node *n, size_t i)
{
	h->node[i] = n;
	n->place = i;
}

static void
up(struct fss__heap *h, struct fss__heap_node *n, size_t i)
{
	for (; i > 1 && h->node[i / 2]->due > n->due; i /= 2)
		place(h, h->node[i / 2], i);
	place(h, n, i);
}

static void
down(struct fss__heap *h, struct fss__heap_node *n, size_t i)
{
	size_t child;

	for (; (child = 2 * i) <= h->count; i = child) {
		if (child < h->count &&
		    h->node[child + 1]->due < h->node[child]->due)
			child++;
		if (h->node[child]->due >= n->due)
			break;
		place(h, h->node[child], i);
	}
	place(h, n, i);
}

/* @n is at @i, where it may be too high or too low. */
static void
settle(struct fss__heap *h, struct fss__heap_node *n, size_t i)
{
	if (i > 1 && h->node[i / 2]->due > n->due)
		up(h, n, i);
	else
		down(h, n, i);
}

void
fss__heap_set(struct fss__heap *h, struct fss__heap_node *n, int64_t due)
{
	n->due = due;
	if (n->place == 0)
		up(h, n, ++h->count);
	else
		settle(h, n, n->place);
}

void
fss__heap_remove(struct fss__heap *h, struct fss__heap_node *n)
{
	struct fss__heap_node *last;
	size_t i = n->place;

	if (i == 0)
		return;
	n->place = 0;
	last = h->node[h->count--];
	if (last != n)
		settle(h, last, i);
}

struct fss__heap_node *
fss__heap_first(const struct fss__heap *h)
{
	return h->count == 0 ? NULL : h->node[1];
}
