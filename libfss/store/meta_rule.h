/*
 * Rows of rules.  Lookups return 1 and the row, 0 if there is none, or
 * FSS_E... .
 */
#ifndef FSS__STORE_META_RULE_H
#define FSS__STORE_META_RULE_H

#include "base/path.h"
#include "store/db.h"
#include "wire/limits.h"

struct fss__meta_rule {
	int64_t		id, account, place;
	int		verdict;	/* enum fss_verdict */
	int		who_kind;	/* -1 all, else enum fss__grantee */
	int64_t		who;
	int64_t		size_max;	/* -1 any */
	unsigned	kinds;		/* bit k: enum fss_request_kind k */
	int64_t		created;
	char		under[FSS_LIMIT_PATH + 1];	/* "" anywhere */
	char		detail[FSS__MAX_NOTE + 1];
};

int	fss__meta_rule_get(struct fss__db *db, int64_t id,
	    struct fss__meta_rule *ret_r);
/* The next of @account in the order tried, after (@place, @id). */
int	fss__meta_rule_after(struct fss__db *db, int64_t account,
	    int64_t place, int64_t id, struct fss__meta_rule *ret_r);
/* At the end, or before rule @before of the same account (places shift). */
int	fss__meta_rule_insert(struct fss__db *db, struct fss__meta_rule *r,
	    int64_t before);
int	fss__meta_rule_delete(struct fss__db *db, int64_t id);
int	fss__meta_rule_count(struct fss__db *db, int64_t account,
	    int64_t *ret_n);
/* Rules that name a group which is gone go with it: their number. */
int	fss__meta_rule_drop_group(struct fss__db *db, int64_t group);

#endif
