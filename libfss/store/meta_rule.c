/*
 * Rules in SQL.
 */
#include "store/meta_rule.h"

#include <string.h>

#define RULE_COLS							\
	"id, account, place, verdict, who_kind, who, under, size_max,"	\
	" kinds, detail, created"

static int
one_rule(struct fss__stmt *st, struct fss__meta_rule *ret_r)
{
	int r;

	r = fss__step(st);
	if (r == 1) {
		ret_r->id = fss__col_i64(st, 0);
		ret_r->account = fss__col_i64(st, 1);
		ret_r->place = fss__col_i64(st, 2);
		ret_r->verdict = (int)fss__col_i64(st, 3);
		ret_r->who_kind = (int)fss__col_i64(st, 4);
		ret_r->who = fss__col_i64(st, 5);
		ret_r->size_max = fss__col_null(st, 7) ? -1 :
		    fss__col_i64(st, 7);
		ret_r->kinds = (unsigned)fss__col_i64(st, 8);
		ret_r->created = fss__col_i64(st, 10);
		if (fss__slice_copy(fss__col_text(st, 6), ret_r->under,
		    sizeof(ret_r->under)) != 0 || fss__slice_copy(
		    fss__col_text(st, 9), ret_r->detail,
		    sizeof(ret_r->detail)) != 0)
			r = FSS_ECORRUPT;
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_rule_get(struct fss__db *db, int64_t id,
    struct fss__meta_rule *ret_r)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " RULE_COLS " FROM rule WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return one_rule(st, ret_r);
}

int
fss__meta_rule_after(struct fss__db *db, int64_t account, int64_t place,
    int64_t id, struct fss__meta_rule *ret_r)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " RULE_COLS " FROM rule WHERE account = ?1"
	    " AND (place, id) > (?2, ?3) ORDER BY place, id LIMIT 1");

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, place);
	fss__bind_i64(st, 3, id);
	return one_rule(st, ret_r);
}

/* Finds the place for a new rule, making room where it is not the end. */
static int
make_place(struct fss__db *db, struct fss__meta_rule *r, int64_t before)
{
	struct fss__meta_rule next;
	struct fss__stmt *st;
	int e;

	if (before == 0) {
		st = fss__db_query(db, "SELECT coalesce(max(place), 0) + 1"
		    " FROM rule WHERE account = ?1");
		fss__bind_i64(st, 1, r->account);
		e = fss__step_i64(st, &r->place);
		return e < 0 ? e : 0;
	}
	e = fss__meta_rule_get(db, before, &next);
	if (e <= 0)
		return e < 0 ? e : FSS_ENOENT;
	if (next.account != r->account)
		return FSS_ENOENT;
	r->place = next.place;
	st = fss__db_query(db, "UPDATE rule SET place = place + 1"
	    " WHERE account = ?1 AND place >= ?2");
	fss__bind_i64(st, 1, r->account);
	fss__bind_i64(st, 2, r->place);
	return fss__exec(st);
}

int
fss__meta_rule_insert(struct fss__db *db, struct fss__meta_rule *r,
    int64_t before)
{
	struct fss__stmt *st;
	int e;

	e = make_place(db, r, before);
	if (e != 0)
		return e;
	st = fss__db_query(db,
	    "INSERT INTO rule(account, place, verdict, who_kind, who, under,"
	    " size_max, kinds, detail, created)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
	fss__bind_i64(st, 1, r->account);
	fss__bind_i64(st, 2, r->place);
	fss__bind_i64(st, 3, r->verdict);
	fss__bind_i64(st, 4, r->who_kind);
	fss__bind_i64(st, 5, r->who);
	if (r->under[0] != '\0')
		fss__bind_text(st, 6, fss__slice_str(r->under));
	if (r->size_max >= 0)
		fss__bind_i64(st, 7, r->size_max);
	fss__bind_i64(st, 8, r->kinds);
	if (r->detail[0] != '\0')
		fss__bind_text(st, 9, fss__slice_str(r->detail));
	fss__bind_i64(st, 10, r->created);
	e = fss__exec(st);
	if (e == 0)
		r->id = fss__db_last_id(db);
	return e;
}

int
fss__meta_rule_delete(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM rule WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__meta_rule_count(struct fss__db *db, int64_t account, int64_t *ret_n)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT count(*) FROM rule WHERE account = ?1");

	fss__bind_i64(st, 1, account);
	return fss__step_count(st, ret_n);
}

int
fss__meta_rule_drop_group(struct fss__db *db, int64_t group)
{
	/* Only its owner's rules can name it. */
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM rule WHERE who_kind = 1 AND who = ?1 AND account ="
	    " (SELECT owner FROM circle WHERE id = ?1)");
	int r;

	fss__bind_i64(st, 1, group);
	r = fss__exec(st);
	return r != 0 ? r : (int)fss__db_changes(db);
}
