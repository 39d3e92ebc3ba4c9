/*
 * What the files of serving share.
 */
#ifndef FSS__CLIENT_SERVE_H
#define FSS__CLIENT_SERVE_H

#include "client/local.h"
#include "client/news.h"
#include "proto/holder.h"
#include "store/localidx.h"

/* A file a transfer is sent from. */
struct servefile {
	struct servefile *next;
	uint64_t	 transfer;
	int		 fd;
	int64_t		 id;		/* in the index */
	char		*local;
	/* where the pages go on */
	uint64_t	 page;
	unsigned	 level;
	uint64_t	 start;
};

/* What was read and is to go out under its token. */
struct kept {
	struct kept	*next;
	uint64_t	 token;
	struct fss__frame *frame;
	unsigned	 count;
	uint8_t		 ids[FSS__MAX_PUT_NODES * FSS__ID_BYTES];
	uint8_t		 lens[FSS__MAX_PUT_NODES * 4];
};

struct serve;
struct match;

struct servecall {
	struct fss__call call;		/* first: calls are cast back */
	struct serve	*s;
	uint64_t	 token;
};

struct serve {
	struct fss__op	 op;
	uint32_t	 flags;
	bool		 started;
	int		 fatal;
	uint64_t	 epoch;		/* session of which the hub knows us */
	struct fss__follower follower;
	struct fss__holder *holder;
	struct fss__call present;	/* PRESENCE */
	bool		 presenting;

	struct servefile *files;
	struct kept	*kept;
	struct fss__holder_want want;	/* could not be sent yet */
	bool		 stuck;

	/* rescans, one folder after the other */
	struct fss__op	*scan;		/* under way */
	bool		 scanning;	/* a round is */
	bool		 rescan;	/* and another is due at its end */
	int64_t		 scan_us;	/* the next round */
	char		 scanned[FSS_LIMIT_PATH + 1];

	/* comparing the index with the hub, before the first round */
	struct match	*match;		/* under way */
	bool		 matched;

	/* uploads that were allowed, one after the other */
	struct fss__call ask;		/* REQUESTS of one */
	bool		 asking;
	bool		 offers_due;
	bool		 offering;	/* a round is */
	uint64_t	 offer;		/* the present one */
	struct fss__op	*upload;	/* under way */
};

/* serve_file.c: what the machine wants read. */
void	fss__serve_check(struct serve *s, const struct fss__holder_want *w);
void	fss__serve_pages(struct serve *s, const struct fss__holder_want *w);
void	fss__serve_read(struct serve *s, const struct fss__holder_want *w);
void	fss__serve_close(struct serve *s, uint64_t transfer);
void	fss__serve_close_all(struct serve *s);
/* Takes it out; NULL where there is none. */
struct kept *fss__serve_take(struct serve *s, uint64_t token);
void	fss__serve_kept_free(struct kept *k);	/* NULL is fine */
struct servefile *fss__serve_file(struct serve *s, uint64_t transfer);

/* serve_match.c: starts what is due of it; 0 or an error. */
int	fss__serve_match(struct serve *s);
void	fss__serve_match_free(struct match *k);		/* NULL is fine */

/* serve_idle.c: rescans and uploads. */
/* A round is due from now on. */
void	fss__serve_rescan(struct serve *s);
/* Starts what is due; 0 or an error. */
int	fss__serve_idle(struct serve *s);
/* Nothing of it is under way or due. */
bool	fss__serve_is_idle(const struct serve *s);
void	fss__serve_child(struct fss__op *op, struct fss__op *child, int code);

#endif
