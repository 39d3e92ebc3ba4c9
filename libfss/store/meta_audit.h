/*
 * Rows of the audit.  They are only ever added; triggers refuse the rest.
 */
#ifndef FSS__STORE_META_AUDIT_H
#define FSS__STORE_META_AUDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/path.h"
#include "crypto/digest.h"
#include "store/db.h"
#include "wire/limits.h"

struct fss__meta_audit {
	int64_t		id, at;
	int		what;		/* enum fss_audit_what */
	int64_t		actor, asker, owner;	/* accounts, 0 hub or none */
	int64_t		request, entry, size, rule;
	int		reason;
	bool		has_root;
	struct fss__id	root;
	char		path[FSS_LIMIT_PATH + 1];
	char		detail[FSS__MAX_NOTE + 1];
};

int	fss__meta_audit_insert(struct fss__db *db,
	    const struct fss__meta_audit *a);

enum fss__audit_by {
	FSS__AUDIT_ALL, FSS__AUDIT_ACTOR, FSS__AUDIT_ASKER, FSS__AUDIT_OWNER,
	FSS__AUDIT_REQUEST, FSS__AUDIT_ENTRY
};
/*
 * Lines of one index (@value is not looked at for ALL), newest first below
 * @id (0: from the newest), or with @up oldest first above it.
 */
struct fss__stmt *fss__meta_audit_list(struct fss__db *db,
	    enum fss__audit_by by, int64_t value, int64_t id, bool up);
int	fss__meta_audit_next(struct fss__stmt *st,
	    struct fss__meta_audit *ret_a);
/* The first line at or after @at: its id, or 0. */
int	fss__meta_audit_since(struct fss__db *db, int64_t at, int64_t *ret_id);

#endif
