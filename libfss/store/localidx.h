/*
 * The announcer's own index: which local files are announced at one hub, as
 * they were when they were read.  A database of its own in the profile (its
 * own application_id, schema and version), with nothing of the hub's tables.
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .
 */
#ifndef FSS__STORE_LOCALIDX_H
#define FSS__STORE_LOCALIDX_H

#include "base/path.h"
#include "crypto/digest.h"
#include "store/db.h"

struct fss__localidx;

struct fss__local_file {
	int64_t		id;
	struct fss__slice remote;	/* path in one's own space */
	struct fss__slice local;	/* absolute path, bytes */
	uint64_t	dev, ino, size;
	int64_t		mtime_ns, ctime_ns;
	bool		has_root;
	struct fss__id	root;
	unsigned	depth;
	int64_t		scan;		/* the last that found it */
	bool		told;		/* the hub has answered ANNOUNCE */
};

/*
 * Makes it where there is none, 0600.  Several processes may have it open:
 * an agent, and a command that announces.  FSS_EBUSY, FSS_ESCHEMA,
 * FSS_ECORRUPT, FSS_EIO.
 */
int	fss__localidx_open(const char *path, struct fss__err *err,
	    struct fss__localidx **ret_x);
void	fss__localidx_close(struct fss__localidx *x);
int	fss__localidx_begin(struct fss__localidx *x);
int	fss__localidx_commit(struct fss__localidx *x);
void	fss__localidx_abort(struct fss__localidx *x);

/* Slices of a row point into the index until the next call on it. */
int	fss__localidx_get(struct fss__localidx *x, struct fss__slice remote,
	    struct fss__local_file *ret_f);
int	fss__localidx_by_root(struct fss__localidx *x,
	    const struct fss__id *root, int64_t after,
	    struct fss__local_file *ret_f);
/* By remote path, at or below @under, after @after ("" the first). */
int	fss__localidx_after(struct fss__localidx *x, struct fss__slice under,
	    struct fss__slice after, struct fss__local_file *ret_f);
/*
 * Replaces the row of f->remote and drops its pages; sets f->id, which no
 * other row has or had: what goes by an id that was replaced finds nothing.
 */
int	fss__localidx_set(struct fss__localidx *x, struct fss__local_file *f);
int	fss__localidx_found(struct fss__localidx *x, int64_t id, int64_t scan);
/* A number above those of all scans so far. */
int	fss__localidx_scan(struct fss__localidx *x, int64_t *ret_scan);
int	fss__localidx_told(struct fss__localidx *x, int64_t id);
/* What the hub was told of content @root does not hold there any more. */
int	fss__localidx_untold(struct fss__localidx *x,
	    const struct fss__id *root);
/* The hub does not hold this one any more. */
int	fss__localidx_dropped(struct fss__localidx *x, int64_t id);
/* The file is not what its row says: no stat of it is the row's. */
int	fss__localidx_doubt(struct fss__localidx *x, int64_t id);
int	fss__localidx_remove(struct fss__localidx *x, int64_t id);
/*
 * A row at or below @under, after @after, that neither scan @scan nor a later
 * one found.
 */
int	fss__localidx_lost(struct fss__localidx *x, struct fss__slice under,
	    int64_t scan, struct fss__slice after,
	    struct fss__local_file *ret_f);

/*
 * Manifest pages of a file; in the order of PLAN: level falling, start.
 * page_after: after (@level, @start); the first with @level above all levels.
 */
int	fss__localidx_page_add(struct fss__localidx *x, int64_t file,
	    unsigned level, uint64_t start, const struct fss__id *id,
	    const void *data, size_t len);
int	fss__localidx_page_after(struct fss__localidx *x, int64_t file,
	    unsigned level, uint64_t start, struct fss__id *ret_id,
	    unsigned *ret_level, uint64_t *ret_start,
	    struct fss__slice *ret_data);
/* The page of @level that covers @offset. */
int	fss__localidx_page_at(struct fss__localidx *x, int64_t file,
	    unsigned level, uint64_t offset, uint64_t *ret_start,
	    struct fss__slice *ret_data);

/* Folders announced: where each is on disk; for rescans. */
int	fss__localidx_root_set(struct fss__localidx *x,
	    struct fss__slice remote, struct fss__slice local);
int	fss__localidx_root_remove(struct fss__localidx *x,
	    struct fss__slice remote);
int	fss__localidx_root_after(struct fss__localidx *x,
	    struct fss__slice after, struct fss__slice *ret_remote,
	    struct fss__slice *ret_local);
/* How much of f->local is the announced folder, or file, that it is of. */
int	fss__localidx_root_of(struct fss__localidx *x,
	    const struct fss__local_file *f, size_t *ret_len);

/* Upload requests of one's own: which local file is meant. */
int	fss__localidx_offer_set(struct fss__localidx *x, uint64_t request,
	    struct fss__slice local);
int	fss__localidx_offer_get(struct fss__localidx *x, uint64_t request,
	    struct fss__slice *ret_local);
int	fss__localidx_offer_remove(struct fss__localidx *x, uint64_t request);
/* By request, after @after. */
int	fss__localidx_offer_after(struct fss__localidx *x, uint64_t after,
	    uint64_t *ret_request);

#endif
