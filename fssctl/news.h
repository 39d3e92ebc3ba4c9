/*
 * News as they come: each a line for people, or an object.
 */
#ifndef FSSCTL_NEWS_H
#define FSSCTL_NEWS_H

#include "fssctl.h"

#define NEWS_BYTES	(2 * PATH_BYTES)

/* "bob is online", "request 3 to bob: approved (bob:/x)"; in NEWS_BYTES. */
void	news_text(const fss_row *row, char *dst);
/* Shows one with its time. */
int	news_row(struct app *app, const fss_row *row);

typedef int (*afresh_fn)(struct app *, void *);

/*
 * Shows what the watch @op tells, until the person interrupts, which is no
 * failure.  @started is what fss_client_watch() returned.  @afresh: shows how
 * things are after a gap, NULL where the watch lists by itself.
 */
int	news_follow(struct app *app, int started, fss_op op,
	    afresh_fn afresh, void *arg);

#endif
