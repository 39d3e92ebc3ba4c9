/*
 * Several transfers side by side: waiting, progress, failures, the sum.
 */
#ifndef FSSCTL_TRANSFER_H
#define FSSCTL_TRANSFER_H

#include "fssctl.h"
#include "output.h"

/* Enough to hide round trips; the library bounds bytes by itself. */
#define TRANSFER_SLOTS	16

struct transfer_slot {
	fss_op		 op;		/* 0: free */
	const char	*name;
	const char	*target;	/* or NULL */
	struct totals	 sum;
	bool		 shown;		/* a failure of an item was shown */
};

struct transfer {
	struct app		*app;
	const char		*doing;	/* "upload" */
	bool			 down;	/* from the hub to here */
	int			 wanted;
	int			 failed;
	int			 err;	/* of the last that failed */
	bool			 stopped;
	int64_t			 begun_us;
	struct totals		 settled;
	/* Those that cannot be read before somebody says yes. */
	const char		*unread[TRANSFER_SLOTS];
	size_t			 unread_count;
	struct transfer_slot	 slot[TRANSFER_SLOTS];
};

void	transfer_init(struct transfer *t, struct app *app, const char *doing,
	    int wanted);
/*
 * Waits for a free slot, to be given as @user to the call that starts a
 * transfer of @name; NULL once the person interrupted.
 */
void	*transfer_slot(struct transfer *t, const char *name);
/* Where it goes, for messages: not copied. */
void	transfer_target(void *slot, const char *target);
/* Tells what that call returned. */
void	transfer_started(struct transfer *t, void *slot, int started,
	    fss_op op);
/* Waits for all and shows the sum. */
int	transfer_finish(struct transfer *t);

#endif
