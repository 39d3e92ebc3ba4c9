/*
 * A min-heap of deadlines.  Its nodes are embedded in what they belong to.
 */
#ifndef FSS__BASE_HEAP_H
#define FSS__BASE_HEAP_H

#include <stddef.h>
#include <stdint.h>

struct fss__heap_node {
	int64_t due;
	size_t place; /* 1 and more; 0: in no heap */
};

struct fss__heap {
	struct fss__heap_node **node; /* from 1 on */
	size_t count, cap;
};

/* Begin with zeros. */
void fss__heap_release(struct fss__heap *h);
/* Room for @count nodes in all; FSS_ENOMEM. */
int fss__heap_reserve(struct fss__heap *h, size_t count);
/* In, or to another place.  The room for it is there. */
void fss__heap_set(struct fss__heap *h, struct fss__heap_node *n, int64_t due);
void fss__heap_remove(struct fss__heap *h, struct fss__heap_node *n);
/* The one that is due first, NULL if there is none. */
struct fss__heap_node *fss__heap_first(const struct fss__heap *h);

#endif
