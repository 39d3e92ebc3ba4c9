/*
 * What the files of the store share.  Only the pending tables, the driver's
 * get() and what never changes after opening are used by readers too.
 */
#ifndef FSS__STORE_STORE_INTERNAL_H
#define FSS__STORE_STORE_INTERNAL_H

#include "store/meta_chunk.h"
#include "store/pending.h"
#include "store/store.h"

#define FSS__STORE_ID		33		/* text of a store's id, NUL */
#define FSS__STORE_PATH		4096

struct fss__store {
	char			 dir[FSS__STORE_PATH];	/* "" in memory */
	bool			 read_only;
	struct fss__log		 log;
	struct fss__chunkstore	 cs;
	struct fss__pending	 pending;
	struct fss__kept	*kept;		/* the readers' */

	/* the writer's own */
	struct fss__db		*db;
	int			 lock_fd;
	int			 seg_lock_fd;	/* held shared by a backup */
	struct fss__err		 err;
	int			 failed;	/* no more writes: why */
	bool			 in_tx;
	size_t			 indexed;	/* pending entries in this tx */
	size_t			 savepoint_indexed; /* of which before it */
	int			 index_failed;	/* half done: only undo it */
	int64_t			 now_s;		/* wall clock of this tx */
	int64_t			 first_put_us;	/* monotonic, oldest pending */
	uint32_t		 dirty_from;	/* first not all indexed */
	uint64_t		 floor;		/* of free space, 0 none */
	bool			 recovering;
	uint32_t		 rec_segment;	/* being scanned */
	uint64_t		 rec_end;	/* entered up to here */
	uint64_t		 commits;	/* atomic, read by any thread */
	uint8_t			*page;		/* FSS__MAX_PAGE bytes */
	uint8_t			*chunk;		/* FSS__REC_MAX bytes */
};

/* ---- store.c ---------------------------------------------------------- */

/* Keeps the detail for fss__store_errmsg() and returns @code. */
int	fss__store_fail(struct fss__store *s, int code, const char *what);
/* begin + commit(durable) of what is pending. */
int	fss__store_flush(struct fss__store *s);

/* ---- store_put.c ------------------------------------------------------ */

/* Puts every pending entry into the index; inside a transaction. */
int	fss__store_index(struct fss__store *s);
/*
 * Is every child of the page @data held by @account, of the right level and
 * span?  FSS_EMISSING, FSS_EINTEGRITY.
 */
int	fss__store_page_check(struct fss__store *s, int64_t account,
	    const void *data, size_t len, unsigned *ret_level,
	    uint64_t *ret_span);

/* ---- store_read.c: any thread ----------------------------------------- */

/* Read once and verify: FSS_ECORRUPT, FSS_ENOENT (segment gone), FSS_EIO. */
int	fss__store_read(struct fss__store *s, const struct fss__id *id,
	    const struct fss_store_loc *loc, void *buf);
/* Report damage and remember it. */
void	fss__store_quarantine(struct fss__store *s, const struct fss__id *id,
	    const struct fss_store_loc *loc);
/* Is the chunk there for people: in the index and not known as damaged? */
bool	fss__store_sound(struct fss__store *s, const struct fss__chunk *c);

/* ---- store_recover.c -------------------------------------------------- */

int	fss__store_recover(struct fss__store *s);

/* ---- store_collect.c -------------------------------------------------- */

/* Removes files nothing points into; FSS_EBUSY while a backup runs. */
int	fss__store_drop_condemned(struct fss__store *s);

/* ---- store_lock.c ----------------------------------------------------- */

int	fss__lock_take(const char *path, bool create, bool shared,
	    int *ret_fd);
void	fss__lock_drop(int fd);			/* -1 is fine */

#endif
