/*
 * Reference-counted bytes, see frame.h.
 *
 * The count is atomic because a frame crosses from the network thread to the
 * store's and back; the bytes need no lock, being constant once shared.  The
 * memory of a wrapped frame stays with its maker, who is told by drop().
 */
#include "base/frame.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/num.h"

/* Where inline bytes begin: aligned as malloc() would. */
#define FRAME_HEAD	((sizeof(struct fss__frame) + 15) & ~(size_t)15)

struct fss__frame *
fss__frame_new(size_t len)
{
	struct fss__frame *f;
	size_t n;

	if (!fss__add_size(FRAME_HEAD, len, &n))
		return NULL;
	f = fss__alloc(n);
	if (f == NULL)
		return NULL;
	f->data = (uint8_t *)f + FRAME_HEAD;
	f->len = len;
	f->refs = 1;
	f->drop = NULL;
	f->ctx = NULL;
	f->kept = false;
	return f;
}

struct fss__frame *
fss__frame_wrap(uint8_t *data, size_t len, void (*drop)(void *, uint8_t *),
    void *ctx)
{
	struct fss__frame *f;

	f = fss__alloc(sizeof(*f));
	if (f == NULL)
		return NULL;
	f->data = data;
	f->len = len;
	f->refs = 1;
	f->drop = drop;
	f->ctx = ctx;
	f->kept = false;
	return f;
}

struct fss__frame *
fss__frame_ref(struct fss__frame *f)
{
	unsigned before;

	before = __atomic_fetch_add(&f->refs, 1, __ATOMIC_RELAXED);
	FSS_ASSERT(before > 0);
	return f;
}

void
fss__frame_unref(struct fss__frame *f)
{
	unsigned before;

	if (f == NULL)
		return;
	/* Acquire too: the last one must see all that others wrote. */
	before = __atomic_fetch_sub(&f->refs, 1, __ATOMIC_ACQ_REL);
	FSS_ASSERT(before > 0);
	if (before > 1)
		return;
	if (f->drop != NULL)
		f->drop(f->ctx, f->data);
	fss__free(f);
}
