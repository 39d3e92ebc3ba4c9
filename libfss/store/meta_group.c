/*
 * Groups and their members in SQL.  A group belongs to one account and is
 * called "circle" here, "group" being a word of the language.
 */
#include "store/meta_account.h"

int
fss__meta_group_get(struct fss__db *db, int64_t owner, struct fss__slice name,
    int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id FROM circle WHERE owner = ?1 AND name = ?2");

	fss__bind_i64(st, 1, owner);
	fss__bind_text(st, 2, name);
	return fss__step_i64(st, ret_id);
}

int
fss__meta_group_name(struct fss__db *db, int64_t id, char *name)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT name FROM circle WHERE id = ?1");
	int r;

	fss__bind_i64(st, 1, id);
	r = fss__step(st);
	if (r == 1 && fss__slice_copy(fss__col_text(st, 0), name,
	    FSS_LIMIT_ACCOUNT + 1) != 0)
		r = FSS_ECORRUPT;
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_group_insert(struct fss__db *db, int64_t owner,
    struct fss__slice name, int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO circle(owner, name) VALUES(?1, ?2)");
	int r;

	fss__bind_i64(st, 1, owner);
	fss__bind_text(st, 2, name);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__meta_group_delete(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM circle WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__meta_group_count(struct fss__db *db, int64_t owner, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM circle WHERE owner = ?1");

	fss__bind_i64(st, 1, owner);
	return fss__step_i64(st, ret_n);
}

int
fss__meta_member_count(struct fss__db *db, int64_t group, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM member WHERE circle = ?1");

	fss__bind_i64(st, 1, group);
	return fss__step_i64(st, ret_n);
}

int
fss__meta_member_has(struct fss__db *db, int64_t group, int64_t account)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT 1 FROM member WHERE circle = ?1 AND account = ?2");
	int64_t one;

	fss__bind_i64(st, 1, group);
	fss__bind_i64(st, 2, account);
	return fss__step_i64(st, &one);
}

int
fss__meta_member_after(struct fss__db *db, int64_t group, int64_t account,
    int64_t *ret_account)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT account FROM member WHERE circle = ?1 AND account > ?2"
	    " ORDER BY account LIMIT 1");

	fss__bind_i64(st, 1, group);
	fss__bind_i64(st, 2, account);
	return fss__step_i64(st, ret_account);
}

int
fss__meta_member_insert(struct fss__db *db, int64_t group, int64_t account)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO member(circle, account) VALUES(?1, ?2)"
	    " ON CONFLICT DO NOTHING");
	int r;

	fss__bind_i64(st, 1, group);
	fss__bind_i64(st, 2, account);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}

int
fss__meta_member_delete(struct fss__db *db, int64_t group, int64_t account)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM member WHERE circle = ?1 AND account = ?2");
	int r;

	fss__bind_i64(st, 1, group);
	fss__bind_i64(st, 2, account);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}

struct fss__stmt *
fss__meta_member_list(struct fss__db *db, int64_t owner, const char *only,
    const char *group, const char *name)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT c.name, a.name FROM circle c"
	    " JOIN member m ON m.circle = c.id"
	    " JOIN account a ON a.id = m.account"
	    " WHERE c.owner = ?1 AND (?2 = '' OR c.name = ?2)"
	    " AND c.name >= ?3 AND (c.name > ?3 OR a.name > ?4)"
	    " ORDER BY c.name, a.name");

	fss__bind_i64(st, 1, owner);
	fss__bind_text(st, 2, fss__slice_str(only));
	fss__bind_text(st, 3, fss__slice_str(group));
	fss__bind_text(st, 4, fss__slice_str(name));
	return st;
}

int
fss__meta_member_next(struct fss__stmt *st, char *ret_group, char *ret_name)
{
	int r;

	r = fss__step(st);
	if (r == 1 && (fss__slice_copy(fss__col_text(st, 0), ret_group,
	    FSS_LIMIT_ACCOUNT + 1) != 0 || fss__slice_copy(
	    fss__col_text(st, 1), ret_name, FSS_LIMIT_ACCOUNT + 1) != 0)) {
		fss__stmt_reset(st);
		r = FSS_ECORRUPT;
	}
	return r;
}
