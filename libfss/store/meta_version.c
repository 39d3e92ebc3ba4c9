/*
 * Versions in SQL.
 */
#include <string.h>

#include "store/meta_cols.h"

int
fss__meta_read_version(struct fss__stmt *st, int col,
    struct fss__meta_version *v)
{
	struct fss__slice s;

	v->id = fss__col_i64(st, col);
	v->entry = fss__col_i64(st, col + 1);
	v->number = fss__col_i64(st, col + 2);
	v->kind = (int)fss__col_i64(st, col + 3);
	v->size = fss__col_i64(st, col + 4);
	s = fss__col_blob(st, col + 5);
	v->has_root = s.p != NULL;
	if (v->has_root) {
		if (s.n != FSS__ID_BYTES)
			return FSS_ECORRUPT;
		memcpy(v->root.b, s.p, FSS__ID_BYTES);
	}
	v->depth = (unsigned)fss__col_i64(st, col + 6);
	v->chunk = fss__col_i64(st, col + 7);
	v->mtime = fss__col_i64(st, col + 8);
	v->mode = (unsigned)fss__col_i64(st, col + 9);
	v->created = fss__col_i64(st, col + 10);
	v->author = fss__col_i64(st, col + 11);
	s = fss__col_text(st, col + 12);
	if (fss__slice_copy(s, v->media, sizeof(v->media)) != 0)
		return FSS_ECORRUPT;
	s = fss__col_text(st, col + 13);
	if (fss__slice_copy(s, v->target, sizeof(v->target)) != 0)
		return FSS_ECORRUPT;
	v->target_len = s.n;
	v->state = (int)fss__col_i64(st, col + 14);
	v->keep = fss__col_i64(st, col + 15);
	return 1;
}

int
fss__meta_version_next(struct fss__stmt *st, struct fss__meta_version *ret_v)
{
	int r;

	r = fss__step(st);
	if (r == 1)
		r = fss__meta_read_version(st, 0, ret_v);
	if (r < 0)
		fss__stmt_reset(st);
	return r;
}

static int
one_version(struct fss__stmt *st, struct fss__meta_version *ret_v)
{
	int r;

	r = fss__meta_version_next(st, ret_v);
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_version_get(struct fss__db *db, int64_t id,
    struct fss__meta_version *ret_v)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__VERSION_COLS " FROM version v WHERE v.id = ?1");

	fss__bind_i64(st, 1, id);
	return one_version(st, ret_v);
}

int
fss__meta_version_number(struct fss__db *db, int64_t entry, int64_t number,
    struct fss__meta_version *ret_v)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__VERSION_COLS " FROM version v"
	    " WHERE v.entry = ?1 AND v.number = ?2");

	fss__bind_i64(st, 1, entry);
	fss__bind_i64(st, 2, number);
	return one_version(st, ret_v);
}

struct fss__stmt *
fss__meta_version_list(struct fss__db *db, int64_t entry, int64_t before)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__VERSION_COLS " FROM version v"
	    " WHERE v.entry = ?1 AND v.number < ?2 ORDER BY v.number DESC");

	fss__bind_i64(st, 1, entry);
	fss__bind_i64(st, 2, before == 0 ? INT64_MAX : before);
	return st;
}

int
fss__meta_version_insert(struct fss__db *db,
    const struct fss__meta_version *v, int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO version(entry, number, kind, size, root, depth,"
	    " chunk, mtime, mode, created, author, media, target,"
	    " state, keep) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,"
	    " ?11, ?12, ?13, ?14, ?15)");
	struct fss__slice target = { v->target, v->target_len };
	int r;

	/* What stays unbound is NULL. */
	fss__bind_i64(st, 1, v->entry);
	fss__bind_i64(st, 2, v->number);
	fss__bind_i64(st, 3, v->kind);
	fss__bind_i64(st, 4, v->size);
	if (v->has_root)
		fss__bind_blob(st, 5, v->root.b, FSS__ID_BYTES);
	fss__bind_i64(st, 6, v->depth);
	if (v->chunk != 0)
		fss__bind_i64(st, 7, v->chunk);
	fss__bind_i64(st, 8, v->mtime);
	fss__bind_i64(st, 9, v->mode);
	fss__bind_i64(st, 10, v->created);
	fss__bind_i64(st, 11, v->author);
	if (v->media[0] != '\0')
		fss__bind_text(st, 12, fss__slice_str(v->media));
	if (v->target_len != 0)
		fss__bind_text(st, 13, target);
	fss__bind_i64(st, 14, v->state);
	fss__bind_i64(st, 15, v->keep);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__meta_version_oldest(struct fss__db *db, int64_t entry, int64_t upto,
    bool announced, struct fss__meta_old *ret_o)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, size, chunk, state FROM version"
	    " WHERE entry = ?1 AND number <= ?2 AND state >= ?3"
	    " ORDER BY number LIMIT 1");
	int r;

	fss__bind_i64(st, 1, entry);
	fss__bind_i64(st, 2, upto);
	/* FSS_STATE_ANNOUNCED is 1, the greatest, and is never renumbered. */
	fss__bind_i64(st, 3, announced ? 1 : 0);
	r = fss__step(st);
	if (r == 1) {
		ret_o->id = fss__col_i64(st, 0);
		ret_o->size = fss__col_i64(st, 1);
		ret_o->chunk = fss__col_i64(st, 2);
		ret_o->state = (int)fss__col_i64(st, 3);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_version_stored(struct fss__db *db, int64_t entry,
    struct fss__meta_version *ret_v)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__VERSION_COLS " FROM version v"
	    " WHERE v.entry = ?1 AND v.state = 0"
	    " ORDER BY v.number DESC LIMIT 1");

	fss__bind_i64(st, 1, entry);
	return one_version(st, ret_v);
}

int
fss__meta_version_delete(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM version WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__meta_version_same(struct fss__db *db, const struct fss__id *root,
    int64_t after, struct fss__meta_same *ret_s)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT v.id, v.entry, v.chunk, v.size, v.depth FROM chunk c"
	    " JOIN version v ON v.chunk = c.id"
	    " WHERE c.digest = ?1 AND v.id > ?2 ORDER BY v.id LIMIT 1");
	int r;

	fss__bind_blob(st, 1, root->b, FSS__ID_BYTES);
	fss__bind_i64(st, 2, after);
	r = fss__step(st);
	if (r == 1) {
		ret_s->version = fss__col_i64(st, 0);
		ret_s->entry = fss__col_i64(st, 1);
		ret_s->chunk = fss__col_i64(st, 2);
		ret_s->size = fss__col_i64(st, 3);
		ret_s->depth = (unsigned)fss__col_i64(st, 4);
	}
	fss__stmt_reset(st);
	return r;
}
