/*
 * What a search asks for besides its order: words, place and filters, and
 * whether an entry is of that and may be seen.
 */
#ifndef FSS__MODEL_FIND_SCOPE_H
#define FSS__MODEL_FIND_SCOPE_H

#include "model/find_place.h"
#include "model/find_window.h"

struct fss__find_scope {
	struct fss__ctx		*ctx;
	const struct fss__actor	*who;
	struct fss__search_query query;
	unsigned		 all;		/* words to be found: bits */
	int			 access;	/* -1 any */
	int			 state;		/* -1 any */
	int64_t			 space;		/* owner asked for, 0 any */
	enum fss__seen		 seen;		/* of that space */
	bool			 nothing;	/* can be found, as the asker
						   may know */
	bool			 tagged;	/* size, time or state is asked */
	bool			 narrow;	/* that, a kind or a type */
	struct fss__search_filter filter;	/* texts are the question's */
	struct fss__find_places	 places;
};

/* @s is zero: of all that @who may see. */
void	fss__find_scope_init(struct fss__find_scope *s, struct fss__ctx *ctx,
	    const struct fss__actor *who);
/* Place and filters of a question: 0 or FSS_E... . */
int	fss__find_scope_set(struct fss__find_scope *s,
	    const struct fss__m_find *m);
/* Its words, once for a scope: 0, FSS_EINVAL and why, FSS_ENOMEM. */
int	fss__find_words(struct fss__find_scope *s, struct fss__slice text,
	    const char **ret_why);

/*
 * Place the candidate: 1 and how it is sorted, 0 where it is no hit.  What
 * its folder tells mostly is in memory; its row is read when it is shown.
 */
int	fss__find_consider(struct fss__find_scope *s,
	    const struct fss__search_hit *hit, struct fss__find_hit *ret_h);
/* To look for candidates with @search, one of this scope. */
void	fss__find_spaces(struct fss__find_scope *s, struct fss__search *search);
/*
 * Whether an entry that the store's filter let pass may be seen and passes
 * the rest of the filters: 1 and the view of it, 0, or FSS_E... .
 */
int	fss__find_sees(struct fss__find_scope *s,
	    const struct fss__meta_row *row, int64_t parent,
	    struct fss__view *ret_v);
/*
 * What bounds are drawn from: the same for the same words in the space of
 * @owner (0: all), of the same kind and media type, so that asking again tells
 * no more, and known to the hub only.  Other filters change nothing of what is
 * looked at of hidden names.
 */
uint64_t fss__find_number(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__search_filter *f,
	    const struct fss__search_query *q);

#endif
