/*
 * Hits of one rank, some at a time, in order; see find_window.c.
 */
#ifndef FSS__MODEL_FIND_WINDOW_H
#define FSS__MODEL_FIND_WINDOW_H

#include "model/model.h"

#define FSS__FIND_WINDOW 256	/* hits sorted at one time, at most */

struct fss__find_hit {
	int64_t		entry, parent;
	uint64_t	key;	/* less is better */
};

struct fss__find_window {
	unsigned		rank;
	bool			again;	/* begun by a page before */
	int64_t			before;	/* entries below this, */
	int64_t			end;	/* and not below this */
	struct fss__find_hit	last;	/* looked at; entry 0: none yet */
	size_t			most;	/* hits in a new one */
	size_t			n;
	struct fss__find_hit	hit[FSS__FIND_WINDOW];
};

/* No hits, none looked at. */
void	fss__find_window_begin(struct fss__find_window *w);
/* Words that are @not in the name, @above it; lengths of name and folders. */
uint64_t fss__find_key(unsigned not, unsigned above, size_t name,
	    size_t folders);
void	fss__find_sort(struct fss__find_window *w);
/* Whether the page before had @h. */
bool	fss__find_shown(const struct fss__find_window *w,
	    const struct fss__find_hit *h);

/* Where to go on: in the window, behind `last`, or before it begins. */
void	fss__find_cursor(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__find_window *w, struct fss__cursor *ret_c);
/* FSS_EINVAL: not made by this hub for @who. */
int	fss__find_cursor_read(struct fss__ctx *ctx,
	    const struct fss__actor *who, struct fss__slice c,
	    struct fss__find_window *w);

#endif
