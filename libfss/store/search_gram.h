/*
 * Grams: what the index of names knows of a name, and what a word of a query
 * asks of it.
 *
 * A gram is three bytes of a name and where they stand.  That a name has all
 * grams of a word does not mean that it has the word: the index yields blocks
 * of names to be looked through, never an answer.
 */
#ifndef FSS__STORE_SEARCH_GRAM_H
#define FSS__STORE_SEARCH_GRAM_H

#include "store/search.h"

/* Kind in the upper byte, three bytes of text below. */
enum fss__gram_kind {
	FSS__GRAM_PART, /* anywhere in a name */
	FSS__GRAM_START, /* 1 to 3 bytes, at its start */
	FSS__GRAM_WORD, /* 2 or 3 bytes, at the start of a word */
	FSS__GRAM_EXACT, /* of a digest of the whole name */
	FSS__GRAM_UP, /* added to those above: of a folder above */
	FSS__GRAM_TAG = 7 /* of a digest; see search_tag.h */
};

#define FSS__GRAM_BITS 27 /* of a gram; the lowest ones */

/* Grams of one name at most: each byte begins one, or three with a sign. */
#define FSS__GRAMS_NAME (FSS__SEARCH_TEXT * 2)
/* Of one word of a query, a longer one is looked for by its beginning. */
#define FSS__GRAMS_WORD 24

/* The one of up to three bytes. */
uint32_t fss__gram(enum fss__gram_kind kind, const char *p, size_t n);
/* All grams of @n, unsorted, some perhaps twice: how many. */
size_t fss__grams_of_name(const struct fss__search_name *n, bool up,
    uint32_t ret_gram[FSS__GRAMS_NAME]);
/*
 * The grams that every name has in which word @w of @q has rank @tier: how
 * many.  With FSS__SEARCH_NONE: in which it has any rank.
 */
size_t fss__grams_of_word(const struct fss__search_query *q,
    const struct fss__search_word *w, unsigned tier, bool up,
    uint32_t ret_gram[FSS__GRAMS_WORD]);

#endif
