/*
 * What the files of a download share.
 *
 * A file goes: listed -> compared with what is there -> ready -> active (its
 * nodes are asked for) -> all written -> finishing (synced, renamed) ->
 * settled.  Folders are made on the way down and get their mode and time
 * when all that is in them is settled.
 */
#ifndef FSS__CLIENT_DOWNLOAD_H
#define FSS__CLIENT_DOWNLOAD_H

#include "client/local.h"
#include "client/rehash.h"
#include "client/tree.h"

/* The most that is asked for at a time, whatever is granted. */
#define FSS__DL_WINDOW	((uint64_t)32 << 20)

struct download;
struct dlstale;

struct dldir {
	struct dldir	*parent;	/* reference; NULL: the root */
	struct download	*d;
	unsigned	 refs;		/* files, folders, lists */
	unsigned	 depth;		/* below the root */
	int		 fd;
	char		*local;		/* as shown */
	char		*remote;	/* canonical path */
	bool		 looked;	/* for stale part files */
	struct dlstale	*stale;		/* those found, of any file */
	/*
	 * What it gets at the end: one we made, mode and time of the hub's;
	 * one that was there, nothing, or the mode back that it had.
	 */
	bool		 set_mode, set_time;
	mode_t		 mode;
	int64_t		 mtime_us;
};

struct dlfile {
	struct dlfile	*next;		/* in a queue */
	struct dlfile	*all_next, *all_prev;
	struct dldir	*in;		/* reference */
	char		*name;
	/* what the hub says of it */
	bool		 has_root;
	struct fss__id	 root;
	unsigned	 depth;
	uint64_t	 size;
	uint64_t	 version;
	int64_t		 mtime_us;
	mode_t		 mode;
	/* how far it is */
	int		 fd;		/* of the part file */
	char		*part;		/* its name */
	uint64_t	 part_size;	/* bytes that were there before */
	bool		 has_tree;
	struct fss__tree tree;
	uint64_t	 left;		/* bytes to be written */
	bool		 asked;		/* single chunk: is asked for */
	unsigned	 flying;	/* nodes asked for */
	bool		 page_flying;
	bool		 active;	/* in the list of the active */
	int		 failed;	/* ends when nothing flies any more */
	bool		 here;		/* what failed is not the hub's */
	unsigned	 restarts;
	struct fss__call stat;		/* is there a newer version? */
};

struct dlqueue {
	struct dlfile	*head, *tail;
	unsigned	 count;
};

struct dllist;
struct dlget;

struct download {
	struct fss__op	 op;
	struct fss__call call;		/* STAT of what is asked for */
	bool		 asked;
	bool		 running;
	bool		 is_dir;
	uint32_t	 flags;
	mode_t		 umask;
	uint64_t	 number;
	bool		 follow;	/* what is not at the hub yet will come */
	bool		 hold;		/* ask for nothing until then */
	int64_t		 hold_us;	/* or until this time, monotonic */
	unsigned	 news;		/* counts how often more has come */
	int		 fatal;		/* ends it at the next work() */
	int		 last_error;
	char		*local;
	char		 owner[FSS_LIMIT_ACCOUNT + 1];
	char		 remote[FSS_LIMIT_PATH + 1];

	struct dllist	*stack;		/* folders to be listed */
	unsigned	 listing;	/* LISTs under way */
	unsigned	 dirs;		/* open ones */

	struct dlfile	*all;		/* files not yet settled */
	unsigned	 files;
	struct dlqueue	 check;		/* to be compared by content */
	struct fss__rehash *rehash;	/* of the first of them */
	struct dlqueue	 ready;
	struct dlqueue	 active;
	struct dlqueue	 finishing;

	struct dlget	*todo;		/* GETs to be sent */
	unsigned	 gets;		/* under way or to be sent */
	uint8_t		*buf;		/* one chunk, to check part files */
	uint64_t	 flying;	/* payload bytes asked for */
	uint64_t	 window;
	uint64_t	 piece;		/* content of one GET */
};

void	fss__dl_push(struct dlqueue *q, struct dlfile *f);
struct dlfile *fss__dl_pop(struct dlqueue *q);
void	fss__dl_unlink(struct dlqueue *q, struct dlfile *f);

/* download.c */
/* @detail: NULL, or more than @code says. */
void	fss__dl_report(struct download *d, const struct dldir *in,
	    const char *name, int kind, uint64_t size, int code,
	    const char *detail);
void	fss__dl_fail(struct download *d, struct dlfile *f, int code);
/* Likewise, for what went wrong on this machine. */
void	fss__dl_fail_here(struct download *d, struct dlfile *f, int code);
void	fss__dl_done(struct download *d, struct dlfile *f, bool unchanged);
void	fss__dl_file_free(struct dlfile *f);

/* download_list.c */
/* Begins with what STAT said of the root. */
int	fss__dl_root(struct download *d, const struct fss__m_entry *e);
/* Asks for lists. 0, FSS_EAGAIN (starved), or an error. */
int	fss__dl_list(struct download *d);
void	fss__dl_list_release(struct download *d);
/* Takes what the hub says of a file; FSS_EPROTO. */
int	fss__dl_facts(struct dlfile *f, const struct fss__m_entry *e);

/* download_dir.c */
/* A folder as it was made, or found. */
struct dlmade {
	int	fd;
	bool	fresh;		/* was made */
	bool	opened;		/* had a mode that kept us out */
	mode_t	mode;		/* that mode */
};
/* Makes, or finds, the folder @name in @at and lets us write in it. */
int	fss__dl_dir_make(int at, const char *name, int flags,
	    struct dlmade *ret_made);
/* Takes it away again, where nothing came of it. */
void	fss__dl_dir_unmake(int at, const char *name,
	    const struct dlmade *made);
/* Takes @fd, @local and @remote; the reference is the caller's. */
struct dldir *fss__dl_dir_new(struct download *d, struct dldir *parent,
	    int fd, char *local, char *remote);
/* What @in is to get at the end. @has: the hub told of mode and time. */
void	fss__dl_dir_meta(struct dldir *in, const struct dlmade *made,
	    bool has, mode_t mode, int64_t mtime_us);
void	fss__dl_dir_unref(struct dldir *in);
/* Makes a link, or reports why not. */
void	fss__dl_link(struct download *d, struct dldir *in, const char *name,
	    const struct fss__m_entry *e);

/* download_check.c */
/* What is to be done with a listed file: enters a queue or settles. */
void	fss__dl_compare(struct download *d, struct dlfile *f);
/* Compares content. 1: did something, 0: nothing to do. */
int	fss__dl_check(struct download *d);

/* download_active.c */
/* The next ready file becomes active; 1, or 0 where there is none. */
int	fss__dl_activate(struct download *d);
void	fss__dl_leave_active(struct download *d, struct dlfile *f);
/* After a change: is it whole, or given up with nothing under way? */
void	fss__dl_look_after(struct download *d, struct dlfile *f);

/* download_fetch.c */
/* Asks for content. 1: did something, 0: nothing to ask for, or no room. */
int	fss__dl_fetch(struct download *d);
/* Sends the GETs that are ready; 0, FSS_EAGAIN (starved), or an error. */
int	fss__dl_send(struct download *d);
void	fss__dl_fetch_release(struct download *d);

/* download_part.c: names of part files, and what earlier runs left */
#define FSS__PART_BYTES	(sizeof(FSS__NAME_PART) + 16 + 1 + 16)
/* The part file of the local @name whose content is known by @tag. */
void	fss__dl_part_name(char dst[FSS__PART_BYTES], const char *name,
	    uint64_t tag);
/* Is @fd still what @name in @in means? */
bool	fss__dl_part_is(const struct dldir *in, const char *name, int fd);
/* False where somebody else, in this process or another, has it. */
bool	fss__dl_part_lock(int fd);
/* A plain file of our own with one name, as part files are made. */
bool	fss__dl_part_ours(const struct stat *st);
#define FSS__PART_MODE	0600
/* @name in @in is settled: part files of other contents of it go. */
void	fss__dl_stale_remove(struct dldir *in, const char *name);
void	fss__dl_stale_free(struct dldir *in);

/* download_file.c: part files */
/* Makes or finds the part file. 0 or FSS_E... */
int	fss__dl_part_open(struct dlfile *f);
/* Whether the part file has this chunk already. */
bool	fss__dl_part_has(struct dlfile *f, const struct fss__node *node,
	    uint8_t *buf);
int	fss__dl_part_write(struct dlfile *f, uint64_t offset, const void *p,
	    size_t n);
void	fss__dl_part_close(struct dlfile *f, bool discard);
/*
 * Content is whole: sync, rename.  Waits until there are many, unless @now.
 * 1: did something, 0: nothing to finish.
 */
int	fss__dl_finish(struct download *d, bool now);

/* download.c */
/* A download; not begun yet. */
int	fss__download_new(fss_client *c, const char *owner, const char *path,
	    uint64_t number, const char *local, uint32_t flags, void *user,
	    struct fss__op **ret_op);
/* The content is on its way to the hub still: what is not there will be. */
void	fss__download_follow(struct fss__op *op);
/* More of it has come to the hub. */
void	fss__download_more(struct fss__op *op);

#endif
