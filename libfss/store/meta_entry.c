/*
 * Entries in SQL: lookups, lists and changes of the tree.
 *
 * Does not keep usage, references or the search index in step; that is the
 * model's business (model/entry_*.c).
 */
#include "store/meta_entry.h"

#include <string.h>

#include "store/folders.h"
#include "store/meta_cols.h"

int
fss__meta_read_node(struct fss__stmt *st, struct fss__meta_node *e)
{
	struct fss__slice name = fss__col_text(st, 2);

	if (name.p == NULL || name.n > FSS_LIMIT_NAME)
		return FSS_ECORRUPT;
	e->id = fss__col_i64(st, 0);
	e->parent = fss__col_i64(st, 1);
	memcpy(e->name, name.p, name.n);
	e->name[name.n] = '\0';
	e->name_len = name.n;
	e->owner = fss__col_i64(st, 3);
	e->kind = (int)fss__col_i64(st, 4);
	e->access = (int)fss__col_i64(st, 5);
	e->granted = fss__col_i64(st, 6) > 0;
	e->height = (unsigned)fss__col_i64(st, 7);
	e->cur = fss__col_i64(st, 8);
	e->mtime = fss__col_i64(st, 9);
	e->mode = (unsigned)fss__col_i64(st, 10);
	e->created = fss__col_i64(st, 11);
	return 1;
}

static int
one_node(struct fss__stmt *st, struct fss__meta_node *ret_e)
{
	int r;

	r = fss__step(st);
	if (r == 1)
		r = fss__meta_read_node(st, ret_e);
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_link_get(struct fss__db *db, int64_t id,
    struct fss__meta_link *ret_l)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT parent, owner, access, granted FROM entry"
	    " WHERE id = ?1");
	int r;

	fss__bind_i64(st, 1, id);
	r = fss__step(st);
	if (r == 1) {
		ret_l->id = id;
		ret_l->parent = fss__col_i64(st, 0);
		ret_l->owner = fss__col_i64(st, 1);
		ret_l->access = (int)fss__col_i64(st, 2);
		ret_l->granted = fss__col_i64(st, 3) > 0;
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_entry_special(struct fss__db *db, int64_t owner, int most,
    struct fss__meta_special *ret_s)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, parent FROM entry INDEXED BY entry_access"
	    " WHERE owner = ?1 AND access > 0 UNION ALL"
	    " SELECT id, parent FROM entry INDEXED BY entry_granted"
	    " WHERE owner = ?1 AND granted > 0");
	int r = 1, n = 0;

	fss__bind_i64(st, 1, owner);
	while (n < most && (r = fss__step(st)) == 1) {
		ret_s[n].entry = fss__col_i64(st, 0);
		ret_s[n++].parent = fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	return r < 0 ? r : n;
}

int
fss__meta_entry_special_ids(struct fss__db *db, int64_t owner, int most,
    int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id FROM entry INDEXED BY entry_access"
	    " WHERE owner = ?1 AND access > 0 UNION ALL"
	    " SELECT id FROM entry INDEXED BY entry_granted"
	    " WHERE owner = ?1 AND granted > 0");
	int r = 1, n = 0;

	fss__bind_i64(st, 1, owner);
	while (n < most && (r = fss__step(st)) == 1)
		ret_id[n++] = fss__col_i64(st, 0);
	fss__stmt_reset(st);
	return r < 0 ? r : n;
}

int
fss__meta_node_get(struct fss__db *db, int64_t id,
    struct fss__meta_node *ret_e)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__NODE_COLS " FROM entry e WHERE e.id = ?1");

	fss__bind_i64(st, 1, id);
	return one_node(st, ret_e);
}

int
fss__meta_node_child(struct fss__db *db, int64_t parent,
    struct fss__slice name, struct fss__meta_node *ret_e)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__NODE_COLS " FROM entry e"
	    " WHERE e.parent = ?1 AND e.name = ?2");

	fss__bind_i64(st, 1, parent);
	fss__bind_text(st, 2, name);
	return one_node(st, ret_e);
}

int
fss__meta_row_next(struct fss__stmt *st, struct fss__meta_row *ret_row)
{
	int r;

	r = fss__step(st);
	if (r == 1)
		r = fss__meta_read_node(st, &ret_row->e);
	if (r == 1)
		r = fss__meta_read_version(st, FSS__NODE_COUNT, &ret_row->v);
	if (r < 0)
		fss__stmt_reset(st);
	return r;
}

int
fss__meta_row_get(struct fss__db *db, int64_t id,
    struct fss__meta_row *ret_row)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__NODE_COLS ", " FSS__VERSION_COLS " FROM entry e"
	    " LEFT JOIN version v ON v.id = e.cur WHERE e.id = ?1");
	int r;

	fss__bind_i64(st, 1, id);
	r = fss__meta_row_next(st, ret_row);
	fss__stmt_reset(st);
	return r;
}

#define CHILDREN(is)							\
	"SELECT " FSS__NODE_COLS ", " FSS__VERSION_COLS " FROM entry e"	\
	" LEFT JOIN version v ON v.id = e.cur"				\
	" WHERE e.parent = ?1 AND e.name " is " ?2 ORDER BY e.name"

struct fss__stmt *
fss__meta_row_children(struct fss__db *db, int64_t parent,
    struct fss__slice from, bool at_least, bool back)
{
	struct fss__stmt *st = fss__db_query(db,
	    back && at_least ? CHILDREN("<=") " DESC" :
	    back ? CHILDREN("<") " DESC" :
	    at_least ? CHILDREN(">=") : CHILDREN(">"));

	fss__bind_i64(st, 1, parent);
	fss__bind_text(st, 2, from);
	return st;
}

int
fss__meta_entry_insert(struct fss__db *db, const struct fss__meta_node *e,
    int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO entry(id, parent, name, owner, kind, access, height,"
	    " mtime, mode, created)"
	    " VALUES(1 + max(coalesce((SELECT max(id) FROM entry), 0),"
	    " coalesce((SELECT value FROM counter WHERE name = 'entry'), 0)),"
	    " ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
	struct fss__slice name = { e->name, e->name_len };
	int r;

	fss__bind_i64(st, 1, e->parent);
	fss__bind_text(st, 2, name);
	fss__bind_i64(st, 3, e->owner);
	fss__bind_i64(st, 4, e->kind);
	fss__bind_i64(st, 5, e->access);
	fss__bind_i64(st, 6, e->height);
	fss__bind_i64(st, 7, e->mtime);
	fss__bind_i64(st, 8, e->mode);
	fss__bind_i64(st, 9, e->created);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__meta_entry_set_version(struct fss__db *db, int64_t id, int kind,
    int64_t version)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE entry SET kind = ?2, cur = ?3 WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, kind);
	fss__bind_i64(st, 3, version);
	return fss__exec(st);
}

int
fss__meta_entry_set_folder(struct fss__db *db, int64_t id, int64_t mtime,
    unsigned mode)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE entry SET mtime = ?2, mode = ?3 WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, mtime);
	fss__bind_i64(st, 3, mode);
	return fss__exec(st);
}

int
fss__meta_entry_set_access(struct fss__db *db, int64_t id, int access)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE entry SET access = ?2 WHERE id = ?1");
	int r;

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, access);
	r = fss__exec(st);
	return r != 0 ? r : fss__folder_changed(db, id);
}

int
fss__meta_entry_raise(struct fss__db *db, int64_t id, unsigned height)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE entry SET height = max(height, ?2) WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, height);
	return fss__exec(st);
}

int
fss__meta_entry_reach(struct fss__db *db, int64_t id, size_t len,
    unsigned height, unsigned limit, size_t *ret_len)
{
	struct fss__stmt *st = fss__db_query(db,
	    "WITH RECURSIVE b(id, len, height) AS (SELECT ?1, ?2, ?3"
	    " UNION ALL SELECT e.id,"
	    "  b.len + 1 + length(CAST(e.name AS BLOB)), e.height"
	    "  FROM b JOIN entry e ON e.parent = b.id"
	    "  WHERE b.len + b.height * ?4 > ?5 LIMIT ?6)"
	    " SELECT max(len), count(*) FROM b");
	int64_t n;
	int r;

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, (int64_t)len);
	fss__bind_i64(st, 3, height);
	fss__bind_i64(st, 4, FSS_LIMIT_NAME + 1);
	fss__bind_i64(st, 5, FSS_LIMIT_PATH);
	fss__bind_i64(st, 6, (int64_t)limit + 1);
	r = fss__step(st);
	if (r != 1)
		return r < 0 ? r : FSS_ECORRUPT;
	*ret_len = (size_t)fss__col_i64(st, 0);
	n = fss__col_i64(st, 1);
	fss__stmt_reset(st);
	return n <= limit;
}

int
fss__meta_entry_move(struct fss__db *db, int64_t id, int64_t parent,
    struct fss__slice name)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE entry SET parent = ?2, name = ?3 WHERE id = ?1");
	int r;

	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, parent);
	fss__bind_text(st, 3, name);
	r = fss__exec(st);
	return r != 0 ? r : fss__folder_changed(db, id);
}

int
fss__meta_entry_detach(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st;
	char name[24];
	int r;

	r = fss__fmt(name, sizeof(name), "%lld", (long long)id);
	if (r != 0)
		return r;
	st = fss__db_query(db,
	    "UPDATE entry SET parent = -1, name = ?2, access = 0"
	    " WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	fss__bind_text(st, 2, fss__slice_str(name));
	r = fss__exec(st);
	return r != 0 ? r : fss__folder_changed(db, id);
}

/*
 * No id is given out twice: news, requests, noes and the audit speak of
 * entries that are gone, and whoever may see another one must not be told of
 * those.  The highest that is gone is all that need be remembered.
 */
int
fss__meta_entry_delete(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db, "DELETE FROM entry WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	r = fss__exec(st);
	if (r != 0)
		return r;
	st = fss__db_query(db,
	    "INSERT INTO counter(name, value) SELECT 'entry', ?1"
	    " WHERE NOT EXISTS (SELECT 1 FROM entry WHERE id > ?1)"
	    " ON CONFLICT(name) DO UPDATE SET"
	    " value = max(value, excluded.value)");
	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__meta_entry_any_child(struct fss__db *db, int64_t parent,
    struct fss__meta_node *ret_e)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__NODE_COLS " FROM entry e WHERE e.parent = ?1"
	    " LIMIT 1");

	fss__bind_i64(st, 1, parent);
	return one_node(st, ret_e);
}

int
fss__meta_below_mark(struct fss__db *db, int64_t id, int64_t *ret_parent)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE entry SET below = 1 WHERE id = ?1 AND below = 0"
	    " RETURNING parent");

	fss__bind_i64(st, 1, id);
	return fss__step_i64(st, ret_parent);
}

int
fss__meta_below_needed(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT 1 FROM entry WHERE id = ?1 AND (access > 0 OR below > 0)");
	int64_t one;

	fss__bind_i64(st, 1, id);
	return fss__step_i64(st, &one);
}

int
fss__meta_below_next(struct fss__db *db, int64_t parent, int64_t after,
    struct fss__meta_link *ret_l)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, parent, owner, access, granted FROM entry"
	    " INDEXED BY entry_below"
	    " WHERE parent = ?1 AND id > ?2 AND (access > 0 OR below > 0)"
	    " ORDER BY id LIMIT 1");
	int r;

	fss__bind_i64(st, 1, parent);
	fss__bind_i64(st, 2, after);
	r = fss__step(st);
	if (r == 1) {
		ret_l->id = fss__col_i64(st, 0);
		ret_l->parent = fss__col_i64(st, 1);
		ret_l->owner = fss__col_i64(st, 2);
		ret_l->access = (int)fss__col_i64(st, 3);
		ret_l->granted = fss__col_i64(st, 4) > 0;
	}
	fss__stmt_reset(st);
	return r;
}
