/*
 * Posting lists: which blocks have a gram.
 *
 * The blocks are numbered from 0 and divided into runs of FSS__POST_BLOCKS;
 * one row of the database has one gram's blocks of one run.
 */
#ifndef FSS__STORE_SEARCH_POST_H
#define FSS__STORE_SEARCH_POST_H

#include "store/db.h"
#include "store/search_gram.h"

#define FSS__POST_BLOCKS 16384
#define FSS__POST_WORDS  (FSS__POST_BLOCKS / 64)

/* A set of blocks of one run. */
struct fss__blocks {
	uint64_t	word[FSS__POST_WORDS];
};

/* A gram and a block that has it. */
struct fss__posting {
	uint32_t	gram;
	uint32_t	block;
};

/* Takes the highest block out of @b: 1, or 0 if it is empty. */
int	fss__blocks_take(struct fss__blocks *b, unsigned *ret_at);
/* The blocks of run @run that have @gram: 1, 0 none, or FSS_E... . */
int fss__post_get(
    struct fss__db *db, uint32_t run, uint32_t gram, struct fss__blocks *ret_b);
/*
 * Calls @fn for each gram from @first to @last that run @run has; what it
 * returns ends that, if it is not 0, and is returned.
 */
int fss__post_each(struct fss__db *db, uint32_t run, uint32_t first,
    uint32_t last,
    int (*fn)(void *arg, uint32_t gram, const struct fss__blocks *b),
    void *arg);
/* Enter them; @p is sorted by this. */
int fss__post_put(struct fss__db *db, struct fss__posting *p, size_t n);

#endif
