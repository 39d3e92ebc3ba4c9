/*
 * Where candidates of a search are; see find_place.c.
 */
#ifndef FSS__MODEL_FIND_PLACE_H
#define FSS__MODEL_FIND_PLACE_H

#include "model/access.h"
#include "store/search.h"

#define FSS__FIND_FOLDERS 4096	/* remembered, a power of two */

struct fss__find_folder {	/* of a candidate, and all above that */
	int64_t		id;	/* 0: free */
	int64_t		owner;
	struct fss__view view;
	unsigned	words;	/* found in its name or one above */
	unsigned	length;	/* of its path, about */
	bool		under;	/* is the folder asked for or below it */
};

struct fss__find_places {	/* zero but for the first four */
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	const struct fss__search_query *query;
	int64_t			 under;		/* 0 anywhere */
	struct fss__find_folder	 memo[FSS__FIND_FOLDERS];
};

/* Everything about folder @id: 0 or FSS_E... . */
int	fss__find_place(struct fss__find_places *f, int64_t id,
	    struct fss__find_folder *ret_at);

#endif
