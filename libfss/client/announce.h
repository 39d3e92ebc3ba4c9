/*
 * What the files of an announcement share.
 *
 * A file goes: found by the scan -> as in the index, or read and put there ->
 * told to the hub.  When all is scanned, what the index has and the scan did
 * not find is taken back.
 */
#ifndef FSS__CLIENT_ANNOUNCE_H
#define FSS__CLIENT_ANNOUNCE_H

#include <dirent.h>

#include "client/committer.h"
#include "client/local.h"
#include "client/rehash.h"
#include "store/localidx.h"

/* A folder being scanned. */
struct andir {
	struct andir	*parent;
	DIR		*dir;
	char		*local;
	char		*remote;
};

/* A file the hub is to be told of. */
struct anitem {
	struct anitem	*next, *prev;	/* of all */
	int64_t		 id;		/* in the index */
	char		*remote;
	char		*local;
	struct fss__id	 root;
	bool		 has_root;
	unsigned	 depth;
	struct stat	 st;
};

struct anpage {
	struct anpage	*next;
	struct fss__id	 id;
	size_t		 len;
	uint8_t		 data[];
};

enum announce_phase { AN_BEGIN, AN_WAIT, AN_SCAN, AN_LOST, AN_END };

struct announce {
	struct fss__op	 op;
	struct fss__call call;		/* PING, UNANNOUNCE */
	enum announce_phase phase;
	bool		 waiting;	/* for the answer to it */
	bool		 back;		/* takes back, scans nothing */
	uint32_t	 flags;
	int		 fatal;
	int		 last_error;
	bool		 partial;	/* something could not be looked at */
	char		*local;		/* absolute */
	char		 remote[FSS_LIMIT_PATH + 1];
	bool		 is_dir;
	int64_t		 scan;

	struct andir	*walk;
	/* the file being read */
	struct anitem	*reading;
	struct fss__rehash *rehash;
	struct anpage	*pages, **pages_tail;
	unsigned	 attempts;

	struct fss__committer *committer;
	struct anitem	*all;
	struct anitem	*ready;		/* the committer had no room */

	/* UNANNOUNCE under way */
	char		 after[FSS_LIMIT_PATH + 1];
	int64_t		*gone;		/* ids in the index */
	uint32_t	 gone_count;
	bool		 asked;		/* about anything at all */
};

/* announce_scan.c */
int	fss__an_begin(struct announce *an);
/* A slice: 1 more, 0 nothing left or waits; *ret_over: all was scanned. */
int	fss__an_scan(struct announce *an, bool *ret_over);
void	fss__an_scan_release(struct announce *an);

/* announce.c */
/* An announcement; not begun yet.  @local is absolute. */
int	fss__announce_new(fss_client *c, const char *local,
	    const char *remote, uint32_t flags, void *user,
	    struct fss__op **ret_op);
/* Hands it to the committer. FSS_EAGAIN: no room now, is kept. */
int	fss__an_tell(struct announce *an, struct anitem *it);
void	fss__an_item_free(struct announce *an, struct anitem *it);
void	fss__an_report(struct announce *an, const char *local,
	    const char *remote, int kind, uint64_t size, int code,
	    const char *detail);

#endif
