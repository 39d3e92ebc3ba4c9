/*
 * Rows of grants, and the lists of where sharing begins.
 */
#ifndef FSS__STORE_META_GRANT_H
#define FSS__STORE_META_GRANT_H

#include "store/db.h"

enum fss__grantee {
	FSS__GRANTEE_ACCOUNT = 0,
	FSS__GRANTEE_GROUP = 1
};

struct fss__meta_grant {
	int	kind;			/* enum fss__grantee */
	int64_t	who;
	unsigned rights;
};

/* All rights @account has by grants on just this entry, groups included. */
int	fss__meta_grant_rights(struct fss__db *db, int64_t entry,
	    int64_t account, unsigned *ret_rights);
/* The first grant on @entry after (@kind, @who): 1, 0 or an error. */
int	fss__meta_grant_after(struct fss__db *db, int64_t entry, int kind,
	    int64_t who, struct fss__meta_grant *ret_g);
int	fss__meta_grant_count(struct fss__db *db, int64_t entry,
	    int64_t *ret_n);
/*
 * Set, or take back with rights 0; keeps entry.granted in step.  @owner is
 * that of the entry.
 */
int	fss__meta_grant_set(struct fss__db *db, int64_t entry, int64_t owner,
	    const struct fss__meta_grant *g);
/* Take back all of an entry, or all given to a group. */
int	fss__meta_grant_drop_entry(struct fss__db *db, int64_t entry);
int	fss__meta_grant_drop_group(struct fss__db *db, int64_t group);

/* The first entry of @owner above @entry that is granted to @group: 1, 0. */
int	fss__meta_grant_of_group(struct fss__db *db, int64_t owner,
	    int64_t group, int64_t entry, int64_t *ret_entry);

/*
 * Where sharing begins, in the order of owner and entry.  A walk is up to four
 * sorted statements merged; nothing else may walk on the same connection
 * until it is closed.
 */
struct fss__meta_share {
	int64_t	owner, entry;
};
#define FSS__SHARE_SOURCES	4
struct fss__meta_shares {
	struct fss__stmt	*st[FSS__SHARE_SOURCES];
	struct fss__meta_share	 head[FSS__SHARE_SOURCES];
	struct fss__meta_share	 last;		/* given out */
};
/*
 * After @after: entries of anybody but @account, or of @only alone (0: all),
 * that are ask or open, or granted to @account.  Whether @account may see
 * them is left to the caller.
 */
int	fss__meta_shares_others(struct fss__db *db, int64_t account,
	    int64_t only, const struct fss__meta_share *after,
	    struct fss__meta_shares *ret_w);
/* Those of @owner that are ask or open or granted to anybody. */
int	fss__meta_shares_own(struct fss__db *db, int64_t owner,
	    const struct fss__meta_share *after,
	    struct fss__meta_shares *ret_w);
/* 1 and *ret_s, 0 at the end, or an error. */
int	fss__meta_shares_next(struct fss__meta_shares *w,
	    struct fss__meta_share *ret_s);
void	fss__meta_shares_close(struct fss__meta_shares *w);

#endif
