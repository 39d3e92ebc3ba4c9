/*
 * Blocks of names: what the index hands out to be looked through.
 *
 * A block holds up to FSS__BLOCK_NAMES names in their encoded form, each with
 * its entry and the folder it is in, by entry, ascending; a tag for each
 * (search_tag.h), and whose space it is in.
 */
#ifndef FSS__STORE_SEARCH_BLOCK_H
#define FSS__STORE_SEARCH_BLOCK_H

#include "base/buf.h"
#include "store/db.h"
#include "store/search_tag.h"

#define FSS__BLOCK_NAMES 32
#define FSS__BLOCK_KEPT  4096 /* larger ones are not (kept.h) */
#define FSS__BLOCK_BYTES (FSS__BLOCK_NAMES * (FSS__SEARCH_TEXT + 30u))
#define FSS__BLOCK_TAGS	 (FSS__BLOCK_NAMES * (FSS__TAG_BYTES + 10u))

struct fss__block_name {
	int64_t			entry, parent;
	int64_t			owner;	/* 0: not known */
	struct fss__slice	text;	/* encoded, into the block's bytes */
};

struct fss__block {
	unsigned		count;
	int64_t			owner;	/* of all names; 0: not one alone */
	const uint8_t		*tags;	/* of each; NULL: not known */
	struct fss__block_name	name[FSS__BLOCK_NAMES];
};

/* Appends one to bytes whose first entry is @first; errors stick to @b. */
void fss__block_put(
    struct fss__buf *b, int64_t first, const struct fss__block_name *n);
/* Behind the tags of all @n names: whose they are. */
void fss__block_put_owners(
    struct fss__buf *tags, const int64_t *owner, unsigned n);
/*
 * @ret_b points into @names and @tags ("" not known), which may be without
 * owners.  FSS_ECORRUPT.
 */
int fss__block_read(struct fss__slice names, struct fss__slice tags,
    int64_t first, struct fss__block *ret_b);
/* fss__search_rank_of() of each name, and which there are (bits). */
unsigned fss__search_rank_block(const struct fss__search_query *q,
	    const struct fss__block *b, uint8_t ret_rank[FSS__BLOCK_NAMES]);
/* Of name @i of a block that has tags. */
void fss__block_tag(
    const struct fss__block *b, unsigned i, struct fss__search_tag *ret_t);
/* What a block that was loaded points into; begins as 0. */
struct fss__block_from {
	bool			 once;	/* what is new is not kept */
	struct fss__stmt	*st;	/* rows from `at` down; or NULL */
	int64_t			 at;	/* whose row it is at, */
	uint8_t			 kept[FSS__BLOCK_KEPT];	/* or a copy */
};

/*
 * Block @block, in place of what was loaded before: 0, or FSS_E... .  One that
 * lies little below the last costs less than any other.
 */
int fss__block_load(struct fss__db *db, int64_t block,
    struct fss__block_from *from, int64_t *ret_first,
    struct fss__block *ret_b);
/* It is used no more. */
void fss__block_end(struct fss__block_from *from);
/* Writers: what load gives is another now. */
int fss__block_changed(struct fss__db *db, int64_t block);
/* The block that has @entry if any has: 1 and its number, or 0. */
int	fss__block_of(struct fss__db *db, int64_t entry, int64_t *ret_block);

#endif
