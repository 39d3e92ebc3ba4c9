/*
 * Where candidates of a search are; see find_place.c.
 */
#ifndef FSS__MODEL_FIND_PLACE_H
#define FSS__MODEL_FIND_PLACE_H

#include "model/access.h"
#include "store/search.h"

#define FSS__FIND_FOLDERS 4096	/* remembered, a power of two */
#define FSS__FIND_SPECIAL 64	/* entries of a space that are, at most */

struct fss__find_folder {	/* of a candidate, and all above that */
	int64_t		id;	/* 0: free */
	int64_t		owner;
	struct fss__view view;
	unsigned	words;	/* found in its name or one above */
	unsigned	length;	/* of its path, about */
	bool		under;	/* is the folder asked for or below it */
	signed char	closed;	/* 1: nothing in it may be seen, 0: some may,
				   -1: not looked at */
};

struct fss__find_places {	/* zero but for the first four */
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	const struct fss__search_query *query;
	int64_t			 under;		/* 0 anywhere */
	bool			 known;		/* the last was in memory */
	bool			 cheap;		/* and its candidate no hit */
	int64_t			 space;		/* whose special entries */
	int			 specials;	/* are, so many, */
	int64_t			 special[FSS__FIND_SPECIAL];	/* in these */
	struct fss__find_folder	 memo[FSS__FIND_FOLDERS];
};

/*
 * Everything about folder @id: 0 or FSS_E... .  One in which nothing may be
 * seen is as good as gone.
 */
int	fss__find_place(struct fss__find_places *f, int64_t id,
	    struct fss__find_folder *ret_at);

#endif
