/*
 * Rows of holders of announced versions, and of transfers with their pages.
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .
 */
#ifndef FSS__STORE_META_HOLDER_H
#define FSS__STORE_META_HOLDER_H

#include "crypto/digest.h"
#include "store/db.h"
#include "wire/limits.h"

struct fss__meta_held {
	int64_t		version, device, account, entry;
	struct fss__id	root;
	int64_t		announced;
};

/* Replaces the row of (version, device). */
int	fss__meta_held_set(struct fss__db *db, const struct fss__meta_held *h);
/* What @device, in use, holds of @root: the first entry above @after. */
int	fss__meta_held_by(struct fss__db *db, const struct fss__id *root,
	    int64_t device, int64_t after, struct fss__meta_held *ret_h);
/* The first row of @root after (@account, @entry). */
int	fss__meta_held_after(struct fss__db *db, const struct fss__id *root,
	    int64_t account, int64_t entry, struct fss__meta_held *ret_h);
/* The first of @device with a version above @after. */
int	fss__meta_held_device(struct fss__db *db, int64_t device,
	    int64_t after, struct fss__meta_held *ret_h);
/* The first of @version with a device above @after. */
int	fss__meta_held_version(struct fss__db *db, int64_t version,
	    int64_t after, struct fss__meta_held *ret_h);
/* Whether a device in use of an account that is not locked has @version. */
int	fss__meta_held_counts(struct fss__db *db, int64_t version);
/* A device that was revoked and still has rows: 1, 0. */
int	fss__meta_held_revoked(struct fss__db *db, int64_t *ret_device);
int	fss__meta_held_count(struct fss__db *db, int64_t version,
	    int64_t *ret_n);
/* All say how many went. */
int	fss__meta_held_drop(struct fss__db *db, int64_t version,
	    int64_t device);
int	fss__meta_held_drop_version(struct fss__db *db, int64_t version);
/* Only what was announced with that size and depth. */
int	fss__meta_held_drop_content(struct fss__db *db,
	    const struct fss__id *root, unsigned depth, uint64_t size,
	    int64_t device);

/* Announced to stored, or back with @chunk 0. */
int	fss__meta_version_set_state(struct fss__db *db, int64_t version,
	    int state, int64_t chunk, int64_t keep);
int	fss__meta_version_set_times(struct fss__db *db, int64_t version,
	    int64_t mtime, unsigned mode);
/* The first stored one whose keep is past. */
int	fss__meta_version_kept(struct fss__db *db, int64_t now,
	    int64_t *ret_version);

struct fss__meta_transfer {
	int64_t		id;
	struct fss__id	root;
	int64_t		owner;		/* whose version it is for */
	unsigned	depth;
	uint64_t	size, planned;
	int64_t		touched, created;
};

int	fss__meta_transfer_get(struct fss__db *db, int64_t id,
	    struct fss__meta_transfer *ret_t);
int	fss__meta_transfer_find(struct fss__db *db,
	    const struct fss__id *root, int64_t owner, unsigned depth,
	    uint64_t size, struct fss__meta_transfer *ret_t);
int	fss__meta_transfer_insert(struct fss__db *db,
	    const struct fss__meta_transfer *t, int64_t *ret_id);
int	fss__meta_transfer_update(struct fss__db *db,
	    const struct fss__meta_transfer *t);
/* With its sources; pages go in steps of @limit before: 1 more, 0 gone. */
int	fss__meta_transfer_delete(struct fss__db *db, int64_t id, int limit);
/* The first with an id above @after. */
int	fss__meta_transfer_after(struct fss__db *db, int64_t after,
	    struct fss__meta_transfer *ret_t);

/* How many live requests with a yes it is for. */
int	fss__meta_transfer_waiters(struct fss__db *db,
	    const struct fss__meta_transfer *t, int64_t *ret_n);
/* The next of them by id, in @state (0: any), and who asked. */
int	fss__meta_transfer_waiter(struct fss__db *db,
	    const struct fss__meta_transfer *t, int state, int64_t after,
	    int64_t *ret_id, int64_t *ret_asker);
/* The versions they are for, by id from above @after. */
int	fss__meta_transfer_version(struct fss__db *db,
	    const struct fss__meta_transfer *t, int64_t after,
	    int64_t *ret_version);
/*
 * The first that one waited for and may wait no more, as the update of a
 * request marks; busy: others do.
 */
int	fss__meta_transfer_idle(struct fss__db *db, int64_t *ret_id);
int	fss__meta_transfer_busy(struct fss__db *db, int64_t id);

int	fss__meta_source_add(struct fss__db *db, int64_t transfer,
	    int64_t account);
int	fss__meta_source_drop(struct fss__db *db, int64_t transfer,
	    int64_t account);
/* Up to @cap accounts: their number. */
int	fss__meta_source_list(struct fss__db *db, int64_t transfer,
	    int64_t *accounts, size_t cap);

int	fss__meta_tpage_insert(struct fss__db *db, int64_t transfer,
	    unsigned level, uint64_t start, const struct fss__id *id,
	    const void *data, size_t len);
/* Whether a page with @id is there. */
int	fss__meta_tpage_has(struct fss__db *db, int64_t transfer,
	    const struct fss__id *id);
/*
 * The page of @level that covers @offset (the last that starts at or below
 * it), into @buf of FSS__MAX_PAGE.
 */
int	fss__meta_tpage_get(struct fss__db *db, int64_t transfer,
	    unsigned level, uint64_t offset, uint64_t *ret_start,
	    struct fss__id *ret_id, void *buf, size_t *ret_len);

#endif
