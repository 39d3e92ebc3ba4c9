/*
 * Where candidates of a search are; see find_place.c.
 */
#ifndef FSS__MODEL_FIND_PLACE_H
#define FSS__MODEL_FIND_PLACE_H

#include "model/find_space.h"
#include "store/folders.h"
#include "store/search.h"

#define FSS__FIND_FOLDERS 4096	/* remembered, a power of two */
#define FSS__FIND_SPACES 1024	/* likewise */

struct fss__find_folder {	/* of a candidate, and all above that */
	int64_t		id;	/* 0: free */
	int64_t		owner;
	struct fss__view view;
	unsigned	words;	/* found in its name or one above */
	unsigned	length;	/* of its path, about */
	bool		under;	/* is the folder asked for or below it */
	signed char	closed;	/* 1: nothing in it may be seen, 0: some may,
				   -1: not looked at */
	signed char	open;	/* 1: who may see it sees all that is
				   directly in it, 0: or not, -1 likewise */
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
	struct fss__meta_special special[FSS__FIND_SPECIAL];	/* these */
	struct {
		int64_t		 owner;		/* 0: free */
		enum fss__seen	 seen;
	}			 of[FSS__FIND_SPACES];
	struct fss__find_folder	 memo[FSS__FIND_FOLDERS];
};

/*
 * Everything about folder @id: 0 or FSS_E... .  One in which nothing may be
 * seen is as good as gone.
 */
int	fss__find_place(struct fss__find_places *f, int64_t id,
	    struct fss__find_folder *ret_at);
/* Whether all that is directly in @at, placed last, may be seen: 1, 0. */
int	fss__find_all_seen(struct fss__find_places *f,
	    const struct fss__find_folder *at);
/* How much of a space is: enum fss__seen, or FSS_E... . */
int	fss__find_space_seen(struct fss__find_places *f, int64_t owner);
/* The same, as far as it is known; else SOME. */
int	fss__find_space_known(const struct fss__find_places *f, int64_t owner);
/*
 * The path of entry @e into @dst (FSS_LIMIT_PATH + 1), as fss__path_of() has
 * it.
 */
int	fss__find_path(struct fss__find_places *f,
	    const struct fss__meta_node *e, char *dst, size_t *ret_len);

#endif
