/*
 * What the files of the holder's machine share.
 */
#ifndef FSS__PROTO_HOLDER_INTERNAL_H
#define FSS__PROTO_HOLDER_INTERNAL_H

#include "proto/holder.h"

#define FSS__HOLDER_PAGE	64	/* transfers looked at at a time */
#define FSS__HOLDER_RUNS	FSS__MAX_LIST_ROWS

enum fss__holder_phase {
	P_NONE,			/* the slot is free */
	P_SERVE, P_SERVE_SENT,
	P_CHECK, P_CHECK_OUT,
	P_PAGES, P_PAGES_OUT, P_PLAN, P_PLAN_SENT,
	P_WANTED, P_WANTED_SENT,
	P_SEND,			/* reads and puts */
	P_SERVED, P_SERVED_SENT,
	P_TELL, P_CLOSE
};

struct fss__holder_run {
	uint64_t	offset, len;
};

struct fss__holding {
	enum fss__holder_phase	 phase;
	uint64_t	 id;
	char		 path[FSS_LIMIT_PATH + 1];
	struct fss__id	 root;
	unsigned	 depth;
	uint64_t	 size;
	uint64_t	 token;		/* of what is out, but PUTs */
	bool		 open;		/* CHECK was asked for */
	bool		 reading;
	uint64_t	 pages;		/* read so far */
	struct fss__holder_run	 run[FSS__HOLDER_RUNS];
	unsigned	 runs, at;	/* from the hub; the present one */
	uint64_t	 next;		/* WANTED goes on there; 0 the end */
	uint64_t	 ready;		/* token of a read to be put; 0 */
	uint64_t	 put[FSS__HOLDER_READS];	/* tokens; 0 free */
	unsigned	 puts;
	unsigned	 tries;
	int		 status;	/* SERVED with it */
	int		 told;		/* for TOLD: 1 nothing to tell */
};

struct fss__holder_waiting {
	uint64_t	 id;
	char		*path;
	struct fss__id	 root;
	unsigned	 depth;
	uint64_t	 size;
};

struct fss__holder {
	uint64_t	 seed;
	uint64_t	 serial;	/* of tokens */
	uint64_t	 oldest;	/* tokens below are of former sessions */
	struct fss__holding	 t[FSS__HOLDER_TRANSFERS];
	struct fss__holder_waiting	 list[FSS__HOLDER_PAGE];
	unsigned	 count, at;
	uint8_t		 cursor[FSS__MAX_CURSOR];
	size_t		 cursor_len;
	bool		 look;		/* WORK from its beginning */
	bool		 more;		/* there is another page */
	uint64_t	 looking;	/* token of a WORK that is out */
	bool		 draining;
	bool		 failed;	/* WORK did: again at retry_us */
	int64_t		 retry_us;	/* INT64_MAX: not by time */
	uint64_t	 drop;		/* token to be dropped; 0 */
	union {
		struct fss__m_page page;
		struct fss__m_serve serve;
		struct fss__m_plan plan;
		struct fss__m_wanted wanted;
		struct fss__m_put put;
		struct fss__m_served served;
	} msg;
	uint8_t		 op[FSS__OP_BYTES];
};

#endif
