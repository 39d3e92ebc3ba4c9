/*
 * The content id a local file has: chunked and digested like an upload, but
 * nothing leaves.
 */
#ifndef FSS__CLIENT_REHASH_H
#define FSS__CLIENT_REHASH_H

#include "chunk/chunker.h"
#include "chunk/manifest.h"

struct fss__rehash;
struct fss__cs_terms;

/* Takes @fd over, also where it fails. FSS_ENOMEM. */
int	fss__rehash_new(int fd, const struct fss__cs_terms *terms,
	    struct fss__rehash **ret_h);
void	fss__rehash_free(struct fss__rehash *h);	/* NULL is fine */
/* Pages go to @fn as they are made, children first; before the first step. */
void	fss__rehash_pages(struct fss__rehash *h, int (*fn)(void *ctx,
	    const struct fss__id *id, const uint8_t *data, size_t len),
	    void *ctx);
/* A slice: 1 more to do, 0 done, negative: cannot be read. */
int	fss__rehash_step(struct fss__rehash *h);
/* After it is done: false where the file is empty. */
bool	fss__rehash_root(const struct fss__rehash *h, struct fss__id *ret_root,
	    uint64_t *ret_size);
unsigned fss__rehash_depth(const struct fss__rehash *h);
/* The file it reads. */
int	fss__rehash_fd(const struct fss__rehash *h);

#endif
