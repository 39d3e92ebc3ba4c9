/*
 * Walks a remote tree folder by folder, in order, holding one page a level and
 * the first pages of the folders that come next.
 */
#ifndef FSSCTL_WALK_H
#define FSSCTL_WALK_H

#include <jansson.h>

#include "fssctl.h"

/* No path is deeper than the protocol allows; a hub that says so lies. */
#define WALK_DEPTH	130

/* Folders asked for before it is their turn: of one level, and of all. */
#define WALK_AHEAD	16
#define WALK_AHEAD_ALL	128

struct walk_item {
	char	*name;
	char	*target;	/* of a link, or NULL */
	int64_t	 kind;
	int64_t	 size;
	json_t	*json;		/* the row, with --json */
	fss_op	 op;		/* lists it already; 0: not yet */
};

struct walk_level {
	fss_op			 op;
	struct walk_item	*items;	/* the page at hand */
	size_t			 n;
	size_t			 next;
	size_t			 asked;	/* the first not asked for */
	unsigned		 ahead;	/* of its folders are */
	unsigned		*all;	/* of all levels */
	bool			 done;
	int			 err;	/* how the listing ended */
};

/*
 * Begins to list @remote, or goes on with @item's listing of it, which it
 * takes (@item may be NULL).  @all: a count that all levels share.  0 or why
 * not; release in any case.
 */
int	walk_open(struct app *app, struct walk_level *l, const char *remote,
	    struct walk_item *item, unsigned *all);
/*
 * Whether there is a next item: 1, 0, or why that cannot be told.  @remote as
 * in walk_open().
 */
int	walk_more(struct app *app, struct walk_level *l, const char *remote);
/* Hands the next item over; walk_more() must have said so. */
struct walk_item walk_take(struct walk_level *l);
void	walk_item_release(struct app *app, struct walk_item *item);
void	walk_release(struct app *app, struct walk_level *l);

#endif
