/*
 * Rows of accounts, invites and groups ("circle" in SQL).
 *
 * Lookups return 1 and the row, 0 if there is none, or FSS_E... .
 */
#ifndef FSS__STORE_META_ACCOUNT_H
#define FSS__STORE_META_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/path.h"
#include "crypto/digest.h"
#include "crypto/keys.h"
#include "store/db.h"

#define FSS__QUOTA_DEFAULT	(-1)	/* as the hub's rules say */

struct fss__meta_account {
	int64_t	id;
	char	name[FSS_LIMIT_ACCOUNT + 1];
	int	role;
	bool	locked;
	int64_t	created;
	int64_t	root;
	int64_t	bytes, files, folders;
	int64_t	quota_bytes, quota_files;	/* 0 none, or DEFAULT */
};

int	fss__meta_account_by_name(struct fss__db *db, struct fss__slice name,
	    struct fss__meta_account *ret_a);
int	fss__meta_account_by_id(struct fss__db *db, int64_t id,
	    struct fss__meta_account *ret_a);
/* The first account whose name follows @after. */
int	fss__meta_account_after(struct fss__db *db, const char *after,
	    struct fss__meta_account *ret_a);
/* The first account with an id above @after. */
int	fss__meta_account_above(struct fss__db *db, int64_t after,
	    struct fss__meta_account *ret_a);
/* Only the name; @name holds FSS_LIMIT_ACCOUNT + 1. */
int	fss__meta_account_name(struct fss__db *db, int64_t id, char *name);
/* 1 and the hash of an account that is not locked. */
int	fss__meta_account_hash(struct fss__db *db, struct fss__slice name,
	    char hash[FSS__PWHASH_TEXT]);

/* 1 and the hash of the account @pick falls on, locked or not; 0: none. */
int	fss__meta_account_some_hash(struct fss__db *db, uint64_t pick,
	    char hash[FSS__PWHASH_TEXT]);

/* FSS_EEXIST if the name is taken. */
int	fss__meta_account_insert(struct fss__db *db, struct fss__slice name,
	    const char *pwhash, int role, int64_t now, int64_t *ret_id);
int	fss__meta_account_set_root(struct fss__db *db, int64_t id,
	    int64_t root);
int	fss__meta_account_set_hash(struct fss__db *db, int64_t id,
	    const char *pwhash);
/* Role, lock and quotas as @a has them. */
int	fss__meta_account_update(struct fss__db *db,
	    const struct fss__meta_account *a);
/*
 * Adds to the counters of use; the differences may be negative.  *ret_a (may
 * be NULL) gets the new counters and the quotas, nothing else.  FSS_ETOOBIG:
 * more than FSS__USE_MAX, with no change.  A page may name one child many
 * times, so a file of any size costs its uploader next to nothing: without an
 * end the sum would overflow.
 */
#define FSS__USE_MAX	(INT64_MAX / 2)
int	fss__meta_account_use(struct fss__db *db, int64_t id, int64_t bytes,
	    int64_t files, int64_t folders, struct fss__meta_account *ret_a);
/* 1 if an admin other than @id is not locked, else 0. */
int	fss__meta_account_other_admin(struct fss__db *db, int64_t id);

struct fss__meta_invite {
	int	role;
	int64_t	uses;
	int64_t	creator;		/* 0: the hub */
	int64_t	expires;		/* 0: never */
	int64_t	created;
};

int	fss__meta_invite_get(struct fss__db *db, const struct fss__id *hash,
	    struct fss__meta_invite *ret_i);
int	fss__meta_invite_insert(struct fss__db *db, const struct fss__id *hash,
	    const struct fss__meta_invite *in, int64_t now);
/*
 * The next above @after (NULL: the first) by hash, of @creator, -1 of all: 1
 * and the hash, 0.
 */
int	fss__meta_invite_after(struct fss__db *db, const struct fss__id *after,
	    int64_t creator, struct fss__id *ret_hash,
	    struct fss__meta_invite *ret_i);
int	fss__meta_invite_delete(struct fss__db *db, const struct fss__id *hash);
/* One use less; the last one takes the invite away. */
int	fss__meta_invite_use(struct fss__db *db, const struct fss__id *hash);
/* How many invites of @creator there are. */
int	fss__meta_invite_count(struct fss__db *db, int64_t creator,
	    int64_t *ret_n);
/* Removes all invites of @creator. */
int	fss__meta_invite_drop(struct fss__db *db, int64_t creator);
/* Removes at most @limit of those expired: their number. */
int	fss__meta_invite_purge(struct fss__db *db, int64_t now, int limit);

int	fss__meta_group_get(struct fss__db *db, int64_t owner,
	    struct fss__slice name, int64_t *ret_id);
/* Only the name; @name holds FSS_LIMIT_ACCOUNT + 1. */
int	fss__meta_group_name(struct fss__db *db, int64_t id, char *name);
int	fss__meta_group_insert(struct fss__db *db, int64_t owner,
	    struct fss__slice name, int64_t *ret_id);
int	fss__meta_group_delete(struct fss__db *db, int64_t id);
int	fss__meta_group_count(struct fss__db *db, int64_t owner,
	    int64_t *ret_n);
int	fss__meta_member_count(struct fss__db *db, int64_t group,
	    int64_t *ret_n);
/* Whether @account is in @group: 1, 0. */
int	fss__meta_member_has(struct fss__db *db, int64_t group,
	    int64_t account);
/* The first in @group above @account: 1, 0. */
int	fss__meta_member_after(struct fss__db *db, int64_t group,
	    int64_t account, int64_t *ret_account);
/* Both say how many rows changed. */
int	fss__meta_member_insert(struct fss__db *db, int64_t group,
	    int64_t account);
int	fss__meta_member_delete(struct fss__db *db, int64_t group,
	    int64_t account);
/*
 * Members after (@group, @name) in the order of group and member name; @only:
 * of this group alone, or "".  Step with next(): 1, 0 or an error; both texts
 * hold FSS_LIMIT_ACCOUNT + 1.  Reset the statement when leaving early.
 */
struct fss__stmt *fss__meta_member_list(struct fss__db *db, int64_t owner,
	    const char *only, const char *group, const char *name);
int	fss__meta_member_next(struct fss__stmt *st, char *ret_group,
	    char *ret_name);

#endif
