/*
 * Grants in SQL.
 *
 * entry.granted counts an entry's rows here, so that walking a path asks this
 * table only where there is something to find.
 */
#include "store/meta_grant.h"

#include <fss/error.h>

#include "store/folders.h"

int
fss__meta_grant_rights(struct fss__db *db, int64_t entry, int64_t account,
    unsigned *ret_rights)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT rights FROM acl WHERE entry = ?1 AND kind = 0"
	    " AND who = ?2"
	    " UNION ALL SELECT a.rights FROM acl a"
	    " JOIN member m ON m.circle = a.who AND m.account = ?2"
	    " WHERE a.entry = ?1 AND a.kind = 1");
	unsigned rights = 0;
	int r;

	fss__bind_i64(st, 1, entry);
	fss__bind_i64(st, 2, account);
	while ((r = fss__step(st)) == 1)
		rights |= (unsigned)fss__col_i64(st, 0);
	if (r == 0)
		*ret_rights = rights;
	return r;
}

int
fss__meta_grant_after(struct fss__db *db, int64_t entry, int kind,
    int64_t who, struct fss__meta_grant *ret_g)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT kind, who, rights FROM acl WHERE entry = ?1"
	    " AND (kind, who) > (?2, ?3) ORDER BY kind, who LIMIT 1");
	int r;

	fss__bind_i64(st, 1, entry);
	fss__bind_i64(st, 2, kind);
	fss__bind_i64(st, 3, who);
	r = fss__step(st);
	if (r == 1) {
		ret_g->kind = (int)fss__col_i64(st, 0);
		ret_g->who = fss__col_i64(st, 1);
		ret_g->rights = (unsigned)fss__col_i64(st, 2);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_grant_count(struct fss__db *db, int64_t entry, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM acl WHERE entry = ?1");

	fss__bind_i64(st, 1, entry);
	return fss__step_i64(st, ret_n);
}

static int
recount(struct fss__db *db, int64_t entry)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE entry SET granted ="
	    " (SELECT count(*) FROM acl WHERE entry = ?1) WHERE id = ?1");
	int r;

	fss__bind_i64(st, 1, entry);
	r = fss__exec(st);
	return r != 0 ? r : fss__folder_changed(db, entry);
}

int
fss__meta_grant_set(struct fss__db *db, int64_t entry, int64_t owner,
    const struct fss__meta_grant *g)
{
	struct fss__stmt *st;
	int r;

	if (g->rights == 0)
		st = fss__db_query(db,
		    "DELETE FROM acl WHERE entry = ?1 AND kind = ?2"
		    " AND who = ?3");
	else
		st = fss__db_query(db,
		    "INSERT INTO acl(entry, kind, who, owner, rights)"
		    " VALUES(?1, ?2, ?3, ?4, ?5)"
		    " ON CONFLICT(entry, kind, who)"
		    " DO UPDATE SET rights = ?5");
	fss__bind_i64(st, 1, entry);
	fss__bind_i64(st, 2, g->kind);
	fss__bind_i64(st, 3, g->who);
	if (g->rights != 0) {
		fss__bind_i64(st, 4, owner);
		fss__bind_i64(st, 5, g->rights);
	}
	r = fss__exec(st);
	return r != 0 ? r : recount(db, entry);
}

int
fss__meta_grant_drop_entry(struct fss__db *db, int64_t entry)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM acl WHERE entry = ?1");

	fss__bind_i64(st, 1, entry);
	return fss__exec(st);
}

/* Folders that are kept may go on having grants: those are looked up. */
int
fss__meta_grant_drop_group(struct fss__db *db, int64_t group)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db,
	    "UPDATE entry SET granted = granted - 1 WHERE id IN"
	    " (SELECT entry FROM acl WHERE kind = 1 AND who = ?1)");
	fss__bind_i64(st, 1, group);
	r = fss__exec(st);
	if (r != 0)
		return r;
	st = fss__db_query(db, "DELETE FROM acl WHERE kind = 1 AND who = ?1");
	fss__bind_i64(st, 1, group);
	return fss__exec(st);
}

int
fss__meta_grant_of_group(struct fss__db *db, int64_t owner, int64_t group,
    int64_t entry, int64_t *ret_entry)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT entry FROM acl WHERE kind = 1 AND who = ?1"
	    " AND owner = ?2 AND entry > ?3 ORDER BY entry LIMIT 1");

	fss__bind_i64(st, 1, group);
	fss__bind_i64(st, 2, owner);
	fss__bind_i64(st, 3, entry);
	return fss__step_i64(st, ret_entry);
}
