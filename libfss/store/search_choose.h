/*
 * Which blocks of the index are worth a look.
 */
#ifndef FSS__STORE_SEARCH_CHOOSE_H
#define FSS__STORE_SEARCH_CHOOSE_H

#include "store/search_post.h"
#include "store/search_tag.h"

#define FSS__CHOOSE_RUNS 64 /* remembered: 33 million names, 3 MiB at most */

/* What a search knows of one run; see search_choose.c. */
struct fss__run;

/* Of one search; begins as 0 but for the first four. */
struct fss__choice {
	struct fss__db			*db;
	const struct fss__search_query	*q;
	const struct fss__tag_ask	*ask;
	int64_t				 plain;	/* blocks below have no tags */
	struct {
		bool			 known;
		uint32_t		 run;
		struct fss__run		*k;	/* NULL: it has nothing */
	}				 of[FSS__CHOOSE_RUNS];
	struct fss__run			*spare;
};

/*
 * Those of run @run, up to its block @last, that may have a name which the
 * query finds with rank @tier.  0 or FSS_E... .
 */
int	fss__choose(struct fss__choice *c, unsigned tier, uint32_t run,
	    unsigned last, struct fss__blocks *ret_set);
/* Block @at of @run was looked through: its names have @ranks (bits) only. */
void	fss__choose_seen(struct fss__choice *c, uint32_t run, unsigned at,
	    unsigned ranks);
void	fss__choose_release(struct fss__choice *c);

#endif
