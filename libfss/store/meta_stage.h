/*
 * Rows of uploads in parts.
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .
 */
#ifndef FSS__STORE_META_STAGE_H
#define FSS__STORE_META_STAGE_H

#include "base/path.h"
#include "crypto/digest.h"
#include "store/db.h"
#include "wire/limits.h"

#define FSS__STAGE_NAME	16
#define FSS__STAGE_VISITOR	(INT64_C(1) << 48)	/* accounts from here
						 * on are visitors, and in
						 * SQL 281474976710656 */

struct fss__meta_stage {
	int64_t		id;
	uint8_t		name[FSS__STAGE_NAME];
	int64_t		account, owner;
	int64_t		device;		/* that began it */
	int64_t		size, offset;
	int		mode;		/* -1: none was given */
	bool		has_mtime;
	int64_t		mtime;
	int64_t		request, turn;
	bool		has_root;
	struct fss__id	root;
	unsigned	depth;
	int64_t		chunk;		/* row of the root's, 0 none */
	bool		done;
	int64_t		version;
	int64_t		created, expires;
	bool		has_meta;
	char		media[FSS__MAX_MEDIA + 1];	/* "" none */
	char		path[FSS_LIMIT_PATH + 1];
	char		meta[FSS__MAX_STAGE_META + 1];
};

/* Everything but the id. */
int	fss__meta_stage_insert(struct fss__db *db,
	    const struct fss__meta_stage *s, int64_t *ret_id);
int	fss__meta_stage_get(struct fss__db *db,
	    const uint8_t name[FSS__STAGE_NAME], struct fss__meta_stage *ret_s);
/* Of @account, not done, by id from above @after. */
int	fss__meta_stage_after(struct fss__db *db, int64_t account,
	    int64_t after, struct fss__meta_stage *ret_s);
/* How many of @account are @done, or not. */
int	fss__meta_stage_count(struct fss__db *db, int64_t account, bool done,
	    int64_t *ret_n);
/* The same of visitors, all of them, that go to the space of @owner. */
int	fss__meta_stage_visitors(struct fss__db *db, int64_t owner, bool done,
	    int64_t *ret_n);
/* Forget the one of those done that would be forgotten first. */
int	fss__meta_stage_forget(struct fss__db *db, int64_t account);
int	fss__meta_stage_forget_visitors(struct fss__db *db, int64_t owner);
/* The one that expires first. */
int	fss__meta_stage_oldest(struct fss__db *db,
	    struct fss__meta_stage *ret_s);
/* turn, offset, root, depth, chunk, done, version and expires. */
int	fss__meta_stage_update(struct fss__db *db,
	    const struct fss__meta_stage *s);
int	fss__meta_stage_delete(struct fss__db *db, int64_t id);

#endif
