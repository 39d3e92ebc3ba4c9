/*
 * What the files of an upload share.
 *
 * An item goes: found by the walk -> asked about in a STAT batch -> ready ->
 * read -> its content settled by the sender -> to be committed -> settled.
 * A folder's item waits, from STAT on, until all that is in it is settled.
 */
#ifndef FSS__CLIENT_UPLOAD_H
#define FSS__CLIENT_UPLOAD_H

#include <dirent.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "client/committer.h"
#include "client/local.h"
#include "client/sender.h"

struct upitem;
struct upload;

/* A set of names, see upload_names.c. */
struct upnames {
	uint64_t	*hash;
	size_t		 count, cap;
};

/* A local folder something is uploaded from. */
struct updir {
	struct updir	*parent;	/* kept alive by our item */
	struct upload	*u;
	unsigned	 refs;		/* items, folders, the walk, STAT */
	int		 fd;
	DIR		*dir;		/* while it is walked */
	char		*local;		/* as shown */
	char		*remote;	/* canonical path */
	bool		 fresh;		/* the hub has nothing there */
	bool		 same;		/* the hub's folder is as ours */
	struct upitem	*item;		/* NULL: not uploaded itself */
	struct upnames	 names;		/* converted ones */
};

struct upitem {
	struct upitem	*next;		/* in a queue */
	struct upitem	*all_next, *all_prev;
	struct updir	*in;		/* reference */
	struct updir	*self;		/* of a folder; no reference */
	int		 kind;
	char		*name;		/* local, as it is */
	char		*remote_name;	/* NFC */
	struct stat	 st;
	unsigned	 attempts;
	unsigned	 waits;		/* times it was put off as young */
	struct fss__sfile *sfile;
	uint64_t	 settled;	/* bytes counted as done */
	bool		 has_root;
	struct fss__id	 root;
	unsigned	 depth;
	char		*target;	/* of a link */
};

struct upqueue {
	struct upitem	*head, *tail;
	unsigned	 count;
};

struct statbatch;

/* A piece of a file that is read, here or by the helper. */
struct upread {
	struct fss__task task;		/* first: tasks are cast back */
	int		 fd;
	uint8_t		*p;
	size_t		 want, got;
	uint64_t	 pos;
	int		 r;
};

enum upload_phase { UP_ASK, UP_WAIT, UP_RUN };

struct upload {
	struct fss__op	 op;
	struct fss__call call;		/* STAT of the target */
	enum upload_phase phase;
	uint32_t	 flags;
	int		 fatal;		/* ends it at the next work() */
	char		*local;
	bool		 into;		/* a file goes into a folder there */
	uint64_t	 request;	/* that allows it; 0 none */
	char		 owner[FSS_LIMIT_ACCOUNT + 1];
	char		 remote[FSS_LIMIT_PATH + 1];
	struct stat	 st;		/* of the local root */
	int		 last_error;	/* of the last item that failed */

	struct fss__sender *sender;
	struct fss__committer *committer;
	struct updir	*walk;		/* the folder being walked */
	unsigned	 dirs;		/* open ones */
	struct upitem	*all;		/* items not yet settled */
	unsigned	 items;		/* how many */
	struct statbatch *batch;	/* being filled */
	unsigned	 asking;	/* batches under way */
	struct upqueue	 ready;		/* to be read */
	struct upqueue	 young;		/* changed just now: read later */
	int64_t		 young_us;	/* when, monotonic */
	struct upqueue	 commit;	/* to be committed */
	struct upitem	*reading;
	int		 read_fd;
	uint64_t	 read_pos;	/* what is before it was fed */
	struct upread	 ahead;		/* from there on; `want` 0: nothing */
};

void	fss__up_push(struct upqueue *q, struct upitem *it);
struct upitem *fss__up_pop(struct upqueue *q);

/* upload_walk.c */
/* Enters what the upload is about; @e: what the hub has at the target. */
int	fss__up_root(struct upload *u, const struct fss__m_entry *e);
/* Looks at some entries. 1: did something, 0: nothing to walk now. */
int	fss__up_walk(struct upload *u);
void	fss__up_dir_unref(struct updir *d);
void	fss__up_walk_release(struct upload *u);

/* upload_names.c */
/*
 * Notes a name that had to be converted; FSS_EEXIST where another name in
 * @in has become, or is, the same.  FSS_ENOMEM.
 */
int	fss__up_name_note(struct updir *in, const char *remote_name,
	    const struct stat *st);
void	fss__up_names_release(struct updir *in);

/* upload_stat.c */
/* Puts an item in the batch, and sends that when it is full. */
int	fss__up_ask(struct upload *u, struct upitem *it);
/* The batch is full and cannot be sent now. */
bool	fss__up_stat_full(const struct upload *u);
/* Sends the batch that is being filled. 0 or FSS_EAGAIN, ... */
int	fss__up_stat_flush(struct upload *u);
void	fss__up_stat_release(struct upload *u);
/* What the hub has of @it: settles it, or lets it go on. */
void	fss__up_compare(struct upload *u, struct upitem *it,
	    const struct fss__m_entry *e);
/* The hub's copy is not as ours: on to reading, or at once to commit. */
void	fss__up_proceed(struct upload *u, struct upitem *it);

/* upload_read.c */
/* Reads some content. 1: did something, 0: nothing to read, or no room. */
int	fss__up_read(struct upload *u);
void	fss__up_read_release(struct upload *u);
/* Gives up what was sent of it and reads it again, a few times. */
void	fss__up_again(struct upload *u, struct upitem *it, int code);
extern const struct fss__sender_ops fss__up_sender_ops;

/* upload.c */
/* An upload under an approved request; not begun yet. */
int	fss__upload_new(fss_client *c, const char *local, const char *owner,
	    const char *path, uint32_t flags, uint64_t request, void *user,
	    struct fss__op **ret_op);
void	fss__up_fail(struct upload *u, struct upitem *it, int code,
	    const char *detail);
void	fss__up_done(struct upload *u, struct upitem *it, bool unchanged);
void	fss__up_item_free(struct upitem *it);
/* An item that did not even become one. */
void	fss__up_report(struct upload *u, const struct updir *in,
	    const char *name, int kind, int code, const char *detail);

#endif
