/*
 * Gathering the grams of blocks, and entering them in the posting lists many
 * at a time.
 */
#ifndef FSS__STORE_SEARCH_POSTER_H
#define FSS__STORE_SEARCH_POSTER_H

#include "store/search_post.h"
#include "store/search_tag.h"

struct fss__poster;

int fss__poster_new(struct fss__db *db, struct fss__poster **ret_p);
void fss__poster_free(struct fss__poster *p); /* NULL is fine */

/* Grams for the block to be named next: of a name in it, */
int fss__poster_name(struct fss__poster *p, const struct fss__search_name *n);
/* of its tag, which is that of @row, */
int fss__poster_tag(struct fss__poster *p, const struct fss__search_name *n,
    const struct fss__meta_row *row);
/* and of @folder and all folders above. */
int fss__poster_folders(struct fss__poster *p, int64_t folder);
/* What was gathered is of @block. */
int fss__poster_block(struct fss__poster *p, uint32_t block);
/* Instead: how many of them the posting lists do not have of @block. */
int fss__poster_missing(struct fss__poster *p, uint32_t block, uint64_t *ret_n);
/* At the end: puts in what is not in yet. */
int fss__poster_flush(struct fss__poster *p);

#endif
