/*
 * Walks a remote tree folder by folder, in order, holding one page a level.
 */
#ifndef FSSCTL_WALK_H
#define FSSCTL_WALK_H

#include <jansson.h>

#include "fssctl.h"

/* No path is deeper than the protocol allows; a hub that says so lies. */
#define WALK_DEPTH	130

struct walk_item {
	char	*name;
	char	*target;	/* of a link, or NULL */
	int64_t	 kind;
	int64_t	 size;
	json_t	*json;		/* the row, with --json */
};

struct walk_level {
	fss_op			 op;
	struct walk_item	*items;	/* the page at hand */
	size_t			 n;
	size_t			 next;
	bool			 done;
	int			 err;	/* how the listing ended */
};

/* Begins to list @remote. 0 or why not; release in any case. */
int	walk_open(struct app *app, struct walk_level *l, const char *remote);
/* Whether there is a next item: 1, 0, or why that cannot be told. */
int	walk_more(struct app *app, struct walk_level *l);
/* Hands the next item over; walk_more() must have said so. */
struct walk_item walk_take(struct walk_level *l);
void	walk_item_release(struct walk_item *item);
void	walk_release(struct app *app, struct walk_level *l);

#endif
