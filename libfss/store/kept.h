/*
 * Rows of the database that searches ask for again and again, kept in memory
 * from one to the next, for all reading threads together.
 *
 * What is given out is as the snapshot has it that asks, whoever changed it
 * since or before: see kept.c.  A search costs the same of its budget whether
 * something is kept or not, so where a page ends does not depend on it.
 */
#ifndef FSS__STORE_KEPT_H
#define FSS__STORE_KEPT_H

#include "store/db.h"

enum fss__kept_kind {
	FSS__KEPT_FOLDER,	/* by entry */
	FSS__KEPT_GRAM,		/* by row of search_gram */
	FSS__KEPT_BLOCK,	/* by number */
	FSS__KEPT_KINDS
};

#define FSS__KEPT_PARTS	32	/* of a kind, that change on their own */

struct fss__kept;

extern const size_t fss__kept_hub[FSS__KEPT_KINDS];	/* as much as a hub's */
/* @bytes of each kind, powers of two, taken as they are used.  FSS_ENOMEM. */
int	fss__kept_new(const size_t bytes[FSS__KEPT_KINDS],
	    struct fss__kept **ret_k);
void	fss__kept_free(struct fss__kept *k);	/* NULL is fine */

/* From now on @db, which reads, and nobody else's, uses @k, which outlives it. */
void	fss__kept_use(struct fss__db *db, struct fss__kept *k);

/*
 * 1 and the bytes in @buf, 0 where they are not kept, are more than @cap or no
 * snapshot is there, or FSS_E... .
 */
int	fss__kept_get(struct fss__db *db, enum fss__kept_kind kind, int64_t id,
	    void *buf, size_t cap, size_t *ret_n);
/* After get: what this snapshot has instead.  It may be forgotten at once. */
void	fss__kept_put(struct fss__db *db, enum fss__kept_kind kind, int64_t id,
	    const void *bytes, size_t n);

/* Writers, in the same transaction: this one is another now. */
int	fss__kept_changed(struct fss__db *db, enum fss__kept_kind kind,
	    int64_t id);

#endif
