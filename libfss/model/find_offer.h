/*
 * Words that may have been meant by a misspelt one, and that somebody may
 * learn of; see find_offer.c.
 */
#ifndef FSS__MODEL_FIND_OFFER_H
#define FSS__MODEL_FIND_OFFER_H

#include "model/find_scope.h"
#include "store/search_near.h"

#define FSS__OFFERS	64	/* words looked into for one */

struct fss__offer {
	size_t		len;
	char		text[FSS__NEAR_BYTES];	/* as the index has it */
	unsigned	distance;
	unsigned	each;		/* names with it to be looked at */
	unsigned	looked;		/* at such, */
	unsigned	seen;		/* that may be seen */
	bool		begins;		/* with the same character */
	size_t		spelt_len;
	char		spelt[FSS__NEAR_BYTES];	/* as people have it */
};

struct fss__offers {
	unsigned		count;
	struct fss__offer	offer[FSS__OFFERS];
};

/*
 * Words near @w in names that are in @scope, which has no words itself, best
 * first.  @number: fss__find_number().  0 or FSS_E... .
 */
int	fss__offers_find(struct fss__find_scope *scope,
	    const struct fss__near_word *w, uint64_t number,
	    struct fss__offers *ret_o);
/*
 * Takes the next word off a text as people have it, much as the index takes
 * names apart: false, there is none.
 */
bool	fss__find_piece(struct fss__slice *rest, struct fss__slice *ret_piece);

#endif
