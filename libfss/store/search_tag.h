/*
 * Tags: what filters ask about, beside each name in its block.
 *
 * A tag is coarse.  That it may be what a filter asks for tells nothing; that
 * it may not be saves reading the row of the entry, which decides.
 */
#ifndef FSS__STORE_SEARCH_TAG_H
#define FSS__STORE_SEARCH_TAG_H

#include "base/buf.h"
#include "store/search_gram.h"

#define FSS__TAG_BYTES	6	/* of one, in the row of a block */
#define FSS__TAG_NEED	40	/* grams a filter asks of blocks, at most */

struct fss__search_tag {
	uint8_t		class;	/* of kind and of the media type up to '/' */
	uint8_t		type;	/* digest of the whole media type */
	uint8_t		size;	/* no less if the size is greater */
	uint8_t		state;	/* enum fss_state */
	uint32_t	hour;	/* of the last change, no less if it is later */
};

void	fss__tag_of(const struct fss__meta_row *row,
	    struct fss__search_tag *ret_t);
void	fss__tag_put(struct fss__buf *b, const struct fss__search_tag *t);
void	fss__tag_get(const uint8_t bytes[FSS__TAG_BYTES],
	    struct fss__search_tag *ret_t);
bool	fss__tag_eq(const struct fss__search_tag *a,
	    const struct fss__search_tag *b);

/* What a filter asks of tags and of blocks, whoever sees them. */
struct fss__tag_ask {
	bool		none;		/* nothing can pass */
	int		kind;		/* 0 any */
	int		class, type;	/* of a tag, -1 any */
	size_t		needs;		/* grams that a block has, */
	size_t		within;		/* so many of them, the last ones, of
					   folders above */
	uint32_t	need[FSS__TAG_NEED];
};

void	fss__tag_ask(const struct fss__search_filter *f,
	    struct fss__tag_ask *ret_a);
/* Whether kind and media type of @t may be what is asked for. */
bool	fss__tag_asked(const struct fss__tag_ask *a,
	    const struct fss__search_tag *t);
/* Whether its size and time may pass @f, and its state is @state (-1 any). */
bool	fss__tag_may(const struct fss__search_filter *f, int state,
	    const struct fss__search_tag *t);

/*
 * The grams of a name's tag: that a block has such a class, type and owner; of
 * each PART of the name that it is one of this class, of the whole name that
 * it is one of this class or kind, of its beginning that it is one of this
 * kind; and what stands before each dot.  How many.
 */
size_t	fss__grams_of_tag(const struct fss__search_name *n,
	    const struct fss__meta_row *row,
	    uint32_t ret_gram[FSS__GRAMS_NAME]);
/* @gram as a name of @class has it; only PARTs differ. */
uint32_t fss__gram_in_class(unsigned class, uint32_t gram);
/*
 * EXACT @gram of the name @p as one of what is asked for has it: false, there
 * is none.
 */
bool	fss__gram_whole(const struct fss__tag_ask *a, const char *p, size_t n,
	    uint32_t gram, uint32_t *ret_gram);
/*
 * START @gram of three bytes as a name of the kind asked for has it: false,
 * there is none.
 */
bool	fss__gram_begin(const struct fss__tag_ask *a, uint32_t gram,
	    uint32_t *ret_gram);
/* That a file is of media type @type: not all of it is in a tag. */
uint32_t fss__gram_type(struct fss__slice type);
/* That @p is what a name of the kind asked for has before a dot. */
uint32_t fss__gram_stem(const struct fss__tag_ask *a, const char *p, size_t n);

#endif
