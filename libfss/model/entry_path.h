/*
 * From a path to an entry, with the rights in force on the way.
 */
#ifndef FSS__MODEL_ENTRY_PATH_H
#define FSS__MODEL_ENTRY_PATH_H

#include "model/access.h"

struct fss__space {			/* somebody's tree */
	int64_t	owner;
	int64_t	root;
	char	name[FSS_LIMIT_ACCOUNT + 1];
};

struct fss__walk {
	struct fss__space	space;
	struct fss__slice	path;		/* as asked */
	struct fss__meta_node	node;		/* the last that exists */
	struct fss__view	view;		/* of it */
	unsigned		depth;		/* components down to it */
	size_t			pos;		/* in path, after it */
	unsigned		left;		/* components not there */
	bool			met;		/* something on the way is seen */
	struct {				/* node [depth], root [0] */
		int64_t		id;
		unsigned	height;
	} way[FSS_LIMIT_DEPTH + 1];
};

/* @owner: a name, "" for @who. FSS_ENOACCOUNT. */
int	fss__space_find(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice owner, struct fss__space *ret_s);
/*
 * Go down @path as far as there are entries.  FSS_EPATH; what is missing or
 * not to be seen is no failure here.
 */
int	fss__walk(struct fss__ctx *ctx, const struct fss__actor *who,
	    const struct fss__space *space, struct fss__slice path,
	    struct fss__walk *ret_w);
/*
 * Find the space, walk all of @path, and have @rights on what is there.
 * FSS_ENOENT where it does not exist or may not be seen, FSS_EDENIED.
 * That an account has a root is known to all, so its root counts as seen.
 */
int	fss__walk_to(struct fss__ctx *ctx, const struct fss__actor *who,
	    struct fss__slice owner, struct fss__slice path, unsigned rights,
	    struct fss__walk *ret_w);
/* Whether @w's node may be known of. */
bool	fss__walk_seen(const struct fss__walk *w);
/* FSS_ENOENT or FSS_EDENIED, whichever @w's node calls for. */
int	fss__walk_denied(struct fss__ctx *ctx, const struct fss__walk *w);
/* The entries on the way of @w hold paths down to @depth components. */
int	fss__walk_raise(struct fss__ctx *ctx, const struct fss__walk *w,
	    unsigned depth);

/* A path that is written from its end on. */
struct fss__path_end {
	char		*dst;		/* FSS_LIMIT_PATH + 1 bytes */
	size_t		 at;		/* what is there begins here */
	unsigned	 names;
};

void	fss__path_end(struct fss__path_end *p, char *dst);
/* Puts a name before what is there: 0, or FSS_EPATH, it is too much. */
int	fss__path_before(struct fss__path_end *p, const char *name, size_t n);
/* Moves it to the beginning of dst: its length. */
size_t	fss__path_all(struct fss__path_end *p);

/*
 * The path of an entry with id @id into @dst (FSS_LIMIT_PATH + 1).
 * FSS_EPATH where it is longer than a path may be.
 */
int	fss__path_of(struct fss__ctx *ctx, int64_t id, char *dst,
	    size_t *ret_len);

#endif
