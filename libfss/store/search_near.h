/*
 * Words near a misspelt one, in names: as few edits away as people err.
 *
 * An edit is a character left out, put in, replaced, or two neighbours in the
 * wrong order.  As with a search (search.h) the index knows no rights: it
 * yields names one by one, and the model decides who may learn of them.  How
 * the blocks worth a look are found is in search_near_choose.c.
 */
#ifndef FSS__STORE_SEARCH_NEAR_H
#define FSS__STORE_SEARCH_NEAR_H

#include "store/search.h"

#define FSS__NEAR_LEAST		4	/* characters of a word, */
#define FSS__NEAR_MOST		32	/* at most */
#define FSS__NEAR_BYTES		(FSS__NEAR_MOST * 4)
#define FSS__NEAR_BLOCKS	1024	/* looked through for one word */

/* A word as names have it: see search_text.c, but without signs. */
struct fss__near_word {
	unsigned	n;		/* characters */
	unsigned	most;		/* edits away at most */
	uint64_t	letters;	/* which there are, more or less */
	uint64_t	secret;		/* see fss__near_number() */
	uint32_t	at[FSS__NEAR_MOST];
	size_t		len;		/* bytes */
	char		text[FSS__NEAR_BYTES];
};

/*
 * Prepare a word of a query.  False where nothing is near it: what is short,
 * long or a number, or no single word, may mean anything.
 */
bool	fss__near_set(struct fss__slice word, struct fss__near_word *ret_w);
/* Edits from @w to @other; above w->most: more than that. */
unsigned fss__near_distance(const struct fss__near_word *w,
	    struct fss__slice other);
/*
 * What a bound on looks for one word near @w is drawn from: it follows from
 * that word and w->secret, which is the caller's to set.  Were it the same for
 * all words, one that is in no name would tell it.
 */
uint64_t fss__near_number(const struct fss__near_word *w, const void *word,
	    size_t n);
/* Takes the next word off an encoded name: false, there is none. */
bool	fss__near_next_word(struct fss__slice *name,
	    struct fss__slice *ret_word);

struct fss__near;

struct fss__near_hit {
	int64_t			entry, parent;
	struct fss__slice	word;	/* of its name; until the next call */
	unsigned		distance;	/* 1 .. most */
};

/*
 * Begin, looking through @blocks blocks at most and the newest names besides.
 * @w must outlive *ret_n, which is the caller's to close.  FSS_ENOMEM.
 */
int	fss__near_open(struct fss__db *db, const struct fss__near_word *w,
	    unsigned blocks, struct fss__near **ret_n);
/* From now on look through so many at most. */
void	fss__near_allow(struct fss__near *n, unsigned blocks);
/* 1 and a word of a name, 0 at the end. */
int	fss__near_next(struct fss__near *n, struct fss__near_hit *ret_h);
void	fss__near_close(struct fss__near *n);	/* NULL is fine */

#endif
