/*
 * Following what happens: one EVENTS kept parked, whoever follows.
 *
 * The hub keeps one waiting EVENTS a session, so all operations of a person
 * that follow share it.  Followers join with the kinds they want; each is
 * told `live` when nothing of these can be missed any more (what was before
 * is for it to list), then every event, in order, once.
 */
#ifndef FSS__CLIENT_NEWS_H
#define FSS__CLIENT_NEWS_H

#include "client/internal.h"

/* None of them may end the operation or leave; its work() does, afterwards. */
struct fss__follower_ops {
	void	(*live)(struct fss__op *op);
	void	(*event)(struct fss__op *op, const struct fss__m_event *m);
	/* All events of an answer were told. */
	void	(*flush)(struct fss__op *op);
	/* Something may have been missed: list again. */
	void	(*afresh)(struct fss__op *op);
	/* No more will come. */
	void	(*fail)(struct fss__op *op, int code, const char *detail);
};

struct fss__follower {
	struct fss__follower *next, *prev;
	struct fss__op	*op;
	const struct fss__follower_ops *ops;
	uint32_t	 kinds;		/* FSS_WATCH_... */
	bool		 joined;
	bool		 asked;		/* the EVENTS under way knows it */
	bool		 live;
	bool		 hold;		/* tell nothing more for now */
};

/* @f is embedded in @op and zeroed. FSS_ENOMEM, FSS_ENOTCONN. */
int	fss__follow(struct fss__op *op, struct fss__follower *f,
	    uint32_t kinds, const struct fss__follower_ops *ops);
/* Fine where it never joined. */
void	fss__unfollow(struct fss__follower *f);
/* Sets `hold`; without it events go on. */
void	fss__follow_hold(struct fss__follower *f, bool hold);

#endif
