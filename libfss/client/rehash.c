/*
 * The content id of a local file, in slices.
 *
 * The pages the manifest hands out are thrown away where nobody wants them.
 */
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "client/rehash.h"
#include "proto/client_session.h"

#define BUFFER	((size_t)2 << 20)	/* at least two of the longest chunks */

struct fss__rehash {
	int		 fd;
	uint8_t		 digest;
	struct fss__chunker chunker;
	struct fss__manifest *manifest;
	uint8_t		*buf;
	size_t		 fill;
	bool		 eof;
	uint64_t	 chunks;
	struct fss__id	 first;
	struct fss__id	 root;
	unsigned	 depth;
	uint64_t	 size;
	int		(*page)(void *ctx, const struct fss__id *id,
			    const uint8_t *data, size_t len);
	void		*ctx;
};

int
fss__rehash_new(int fd, const struct fss__cs_terms *terms,
    struct fss__rehash **ret_h)
{
	struct fss__rehash *h;
	int r;

	*ret_h = NULL;
	h = fss__zalloc(sizeof(*h));
	if (h == NULL) {
		(void)close(fd);	/* was only opened */
		return FSS_ENOMEM;
	}
	h->fd = fd;
	h->digest = terms->digest;
	h->buf = fss__alloc(BUFFER);
	r = h->buf == NULL ? FSS_ENOMEM : fss__chunker_init(&h->chunker,
	    terms->chunk_min, terms->chunk_avg, terms->chunk_max);
	if (r == 0)
		r = fss__manifest_new(h->digest, &h->manifest);
	if (r != 0) {
		fss__rehash_free(h);
		return r;
	}
	*ret_h = h;
	return 0;
}

void
fss__rehash_free(struct fss__rehash *h)
{
	if (h == NULL)
		return;
	(void)close(h->fd);		/* was only read from */
	fss__manifest_free(h->manifest);
	fss__free(h->buf);
	fss__free(h);
}

void
fss__rehash_pages(struct fss__rehash *h, int (*fn)(void *ctx,
    const struct fss__id *id, const uint8_t *data, size_t len), void *ctx)
{
	h->page = fn;
	h->ctx = ctx;
}

static int
take_pages(struct fss__rehash *h)
{
	struct fss__id id;
	uint8_t *data;
	size_t len;
	int r, e = 0;

	while ((r = fss__manifest_take(h->manifest, &id, &data, &len)) == 1) {
		if (e == 0 && h->page != NULL)
			e = h->page(h->ctx, &id, data, len);
		fss__free(data);
	}
	return r != 0 ? r : e;
}

static int
one_chunk(struct fss__rehash *h, const uint8_t *p, size_t len)
{
	struct fss__id id;
	int r;

	r = fss__digest(FSS__KIND_DATA | h->digest, p, len, &id);
	if (r == 0)
		r = fss__manifest_add(h->manifest, &id, len);
	if (r == 0)
		r = take_pages(h);
	if (h->chunks++ == 0)
		h->first = id;
	h->size += len;
	return r;
}

static int
finish(struct fss__rehash *h)
{
	int r;

	if (h->chunks == 1) {
		h->root = h->first;
		return 0;
	}
	r = fss__manifest_finish(h->manifest);
	if (r == 0)
		r = take_pages(h);
	if (r == 0 && h->chunks > 0)
		fss__manifest_root(h->manifest, &h->root, &h->depth,
		    &h->size);
	return r;
}

int
fss__rehash_step(struct fss__rehash *h)
{
	size_t got, at = 0, len;
	int r;

	r = fss__io_read(h->fd, h->buf + h->fill, BUFFER - h->fill, &got);
	if (r != 0)
		return r;
	if (got < BUFFER - h->fill)
		h->eof = true;
	h->fill += got;
	while (h->fill - at >= h->chunker.max || (h->eof && h->fill > at)) {
		len = fss__chunker_cut(&h->chunker, h->buf + at,
		    h->fill - at);
		r = one_chunk(h, h->buf + at, len);
		if (r != 0)
			return r;
		at += len;
	}
	memmove(h->buf, h->buf + at, h->fill - at);
	h->fill -= at;
	if (!h->eof)
		return 1;
	return finish(h);
}

bool
fss__rehash_root(const struct fss__rehash *h, struct fss__id *ret_root,
    uint64_t *ret_size)
{
	*ret_root = h->root;
	*ret_size = h->size;
	return h->chunks > 0;
}

unsigned
fss__rehash_depth(const struct fss__rehash *h)
{
	return h->depth;
}

int
fss__rehash_fd(const struct fss__rehash *h)
{
	return h->fd;
}
