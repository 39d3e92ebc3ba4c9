/*
 * The audit in SQL.
 */
#include "store/meta_audit.h"

#include <string.h>

#define AUDIT_COLS							\
	"id, at, what, actor, asker, owner, request, entry, path, size,"	\
	" root, reason, rule, detail"

int
fss__meta_audit_insert(struct fss__db *db, const struct fss__meta_audit *a)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO audit(at, what, actor, asker, owner, request,"
	    " entry, path, size, root, reason, rule, detail)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
	    " ?13)");

	fss__bind_i64(st, 1, a->at);
	fss__bind_i64(st, 2, a->what);
	fss__bind_i64(st, 3, a->actor);
	fss__bind_i64(st, 4, a->asker);
	fss__bind_i64(st, 5, a->owner);
	fss__bind_i64(st, 6, a->request);
	fss__bind_i64(st, 7, a->entry);
	if (a->path[0] != '\0')
		fss__bind_text(st, 8, fss__slice_str(a->path));
	fss__bind_i64(st, 9, a->size);
	if (a->has_root)
		fss__bind_blob(st, 10, a->root.b, FSS__ID_BYTES);
	fss__bind_i64(st, 11, a->reason);
	fss__bind_i64(st, 12, a->rule);
	if (a->detail[0] != '\0')
		fss__bind_text(st, 13, fss__slice_str(a->detail));
	return fss__exec(st);
}

/* ?1 an id, ?2 the value. */
#define DOWN(where)							\
	"SELECT " AUDIT_COLS " FROM audit WHERE id < ?1" where		\
	" ORDER BY id DESC"
#define UP(where)							\
	"SELECT " AUDIT_COLS " FROM audit WHERE id > ?1" where		\
	" ORDER BY id"
#define BOTH(where)	{ DOWN(where), UP(where) }

static const char *const LISTS[][2] = {
	[FSS__AUDIT_ALL] = BOTH(""),
	[FSS__AUDIT_ACTOR] = BOTH(" AND actor = ?2"),
	[FSS__AUDIT_ASKER] = BOTH(" AND asker = ?2"),
	[FSS__AUDIT_OWNER] = BOTH(" AND owner = ?2"),
	[FSS__AUDIT_REQUEST] = BOTH(" AND request = ?2"),
	[FSS__AUDIT_ENTRY] = BOTH(" AND entry = ?2")
};

struct fss__stmt *
fss__meta_audit_list(struct fss__db *db, enum fss__audit_by by, int64_t value,
    int64_t id, bool up)
{
	struct fss__stmt *st = fss__db_query(db, LISTS[by][up]);

	fss__bind_i64(st, 1, !up && id == 0 ? INT64_MAX : id);
	if (by != FSS__AUDIT_ALL)
		fss__bind_i64(st, 2, value);
	return st;
}

int
fss__meta_audit_next(struct fss__stmt *st, struct fss__meta_audit *ret_a)
{
	struct fss__meta_audit *a = ret_a;
	struct fss__slice root;
	int r;

	r = fss__step(st);
	if (r != 1)
		return r;
	a->id = fss__col_i64(st, 0);
	a->at = fss__col_i64(st, 1);
	a->what = (int)fss__col_i64(st, 2);
	a->actor = fss__col_i64(st, 3);
	a->asker = fss__col_i64(st, 4);
	a->owner = fss__col_i64(st, 5);
	a->request = fss__col_i64(st, 6);
	a->entry = fss__col_i64(st, 7);
	a->size = fss__col_i64(st, 9);
	root = fss__col_blob(st, 10);
	a->has_root = root.p != NULL;
	a->reason = (int)fss__col_i64(st, 11);
	a->rule = fss__col_i64(st, 12);
	if ((a->has_root && root.n != FSS__ID_BYTES) ||
	    fss__slice_copy(fss__col_text(st, 8), a->path,
	    sizeof(a->path)) != 0 || fss__slice_copy(fss__col_text(st, 13),
	    a->detail, sizeof(a->detail)) != 0) {
		fss__stmt_reset(st);
		return FSS_ECORRUPT;
	}
	if (a->has_root)
		memcpy(a->root.b, root.p, FSS__ID_BYTES);
	return 1;
}

int
fss__meta_audit_since(struct fss__db *db, int64_t at, int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id FROM audit WHERE at >= ?1 ORDER BY at, id LIMIT 1");

	fss__bind_i64(st, 1, at);
	*ret_id = 0;
	return fss__step_count(st, ret_id);
}
