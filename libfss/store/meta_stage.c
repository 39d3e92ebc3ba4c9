/*
 * Uploads in parts, in SQL.
 */
#include "store/meta_stage.h"

#include <string.h>

#define STAGE_COLS                                                        \
	"id, name, account, owner, path, size, mode, mtime, media, meta," \
	" request, turn, offset, root, depth, chunk, done, version,"      \
	" created, expires, device"

static int
read_texts(struct fss__stmt *st, struct fss__meta_stage *s)
{
	struct fss__slice name = fss__col_blob(st, 1);
	struct fss__slice root = fss__col_blob(st, 13);

	if (name.n != FSS__STAGE_NAME ||
	    fss__slice_copy(fss__col_text(st, 4), s->path, sizeof(s->path)) !=
		0 ||
	    fss__slice_copy(fss__col_text(st, 8), s->media, sizeof(s->media)) !=
		0 ||
	    fss__slice_copy(fss__col_text(st, 9), s->meta, sizeof(s->meta)) !=
		0)
		return FSS_ECORRUPT;
	memcpy(s->name, name.p, name.n);
	s->has_root = !fss__col_null(st, 13);
	if (s->has_root && root.n != FSS__ID_BYTES)
		return FSS_ECORRUPT;
	if (s->has_root)
		memcpy(s->root.b, root.p, root.n);
	return 1;
}

static int
one_stage(struct fss__stmt *st, struct fss__meta_stage *s)
{
	int r;

	r = fss__step(st);
	if (r == 1) {
		s->id = fss__col_i64(st, 0);
		s->account = fss__col_i64(st, 2);
		s->owner = fss__col_i64(st, 3);
		s->size = fss__col_i64(st, 5);
		s->mode = fss__col_null(st, 6) ? -1 : (int)fss__col_i64(st, 6);
		s->has_mtime = !fss__col_null(st, 7);
		s->mtime = fss__col_i64(st, 7);
		s->has_meta = !fss__col_null(st, 9);
		s->request = fss__col_i64(st, 10);
		s->turn = fss__col_i64(st, 11);
		s->offset = fss__col_i64(st, 12);
		s->depth = (unsigned)fss__col_i64(st, 14);
		s->chunk = fss__col_i64(st, 15);
		s->done = fss__col_i64(st, 16) != 0;
		s->version = fss__col_i64(st, 17);
		s->created = fss__col_i64(st, 18);
		s->expires = fss__col_i64(st, 19);
		s->device = fss__col_i64(st, 20);
		r = read_texts(st, s);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_stage_insert(
    struct fss__db *db, const struct fss__meta_stage *s, int64_t *ret_id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT INTO stage(name, account, owner, path, size, mode, mtime,"
	    " media, meta, request, created, expires, device)"
	    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)");
	int r;

	fss__bind_blob(st, 1, s->name, sizeof(s->name));
	fss__bind_i64(st, 2, s->account);
	fss__bind_i64(st, 3, s->owner);
	fss__bind_text(st, 4, fss__slice_str(s->path));
	fss__bind_i64(st, 5, s->size);
	if (s->mode >= 0)
		fss__bind_i64(st, 6, s->mode);
	if (s->has_mtime)
		fss__bind_i64(st, 7, s->mtime);
	if (s->media[0] != '\0')
		fss__bind_text(st, 8, fss__slice_str(s->media));
	if (s->has_meta)
		fss__bind_text(st, 9, fss__slice_str(s->meta));
	fss__bind_i64(st, 10, s->request);
	fss__bind_i64(st, 11, s->created);
	fss__bind_i64(st, 12, s->expires);
	fss__bind_i64(st, 13, s->device);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__meta_stage_get(struct fss__db *db, const uint8_t name[FSS__STAGE_NAME],
    struct fss__meta_stage *ret_s)
{
	struct fss__stmt *st = fss__db_query(
	    db, "SELECT " STAGE_COLS " FROM stage WHERE name = ?1");

	fss__bind_blob(st, 1, name, FSS__STAGE_NAME);
	return one_stage(st, ret_s);
}

int
fss__meta_stage_after(struct fss__db *db, int64_t account, int64_t after,
    struct fss__meta_stage *ret_s)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " STAGE_COLS " FROM stage WHERE account = ?1 AND id > ?2"
	    " AND done = 0 ORDER BY id LIMIT 1");

	fss__bind_i64(st, 1, account);
	fss__bind_i64(st, 2, after);
	return one_stage(st, ret_s);
}

static int
count_of(struct fss__stmt *st, int64_t whose, int64_t *ret_n)
{
	fss__bind_i64(st, 1, whose);
	return fss__step_count(st, ret_n);
}

/* Each has an index of its own, which a parameter would not find. */
int
fss__meta_stage_count(struct fss__db *db, int64_t account, bool done,
    int64_t *ret_n)
{
	return count_of(fss__db_query(db, done ?
	    "SELECT count(*) FROM stage WHERE account = ?1 AND done = 1" :
	    "SELECT count(*) FROM stage WHERE account = ?1 AND done = 0"),
	    account, ret_n);
}

int
fss__meta_stage_visitors(struct fss__db *db, int64_t owner, bool done,
    int64_t *ret_n)
{
	return count_of(fss__db_query(db, done ?
	    "SELECT count(*) FROM stage WHERE owner = ?1 AND done = 1"
	    " AND account >= 281474976710656" :
	    "SELECT count(*) FROM stage WHERE owner = ?1 AND done = 0"
	    " AND account >= 281474976710656"), owner, ret_n);
}

int
fss__meta_stage_forget(struct fss__db *db, int64_t account)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM stage WHERE id = (SELECT id FROM stage"
	    " WHERE account = ?1 AND done = 1 ORDER BY expires LIMIT 1)");

	fss__bind_i64(st, 1, account);
	return fss__exec(st);
}

int
fss__meta_stage_forget_visitors(struct fss__db *db, int64_t owner)
{
	struct fss__stmt *st = fss__db_query(db,
	    "DELETE FROM stage WHERE id = (SELECT id FROM stage"
	    " WHERE owner = ?1 AND done = 1 AND account >= 281474976710656"
	    " ORDER BY expires LIMIT 1)");

	fss__bind_i64(st, 1, owner);
	return fss__exec(st);
}

int
fss__meta_stage_oldest(struct fss__db *db, struct fss__meta_stage *ret_s)
{
	return one_stage(
	    fss__db_query(db,
		"SELECT " STAGE_COLS " FROM stage ORDER BY expires LIMIT 1"),
	    ret_s);
}

int
fss__meta_stage_update(struct fss__db *db, const struct fss__meta_stage *s)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE stage SET turn = ?2, offset = ?3, root = ?4, depth = ?5,"
	    " chunk = ?6, done = ?7, version = ?8, expires = ?9"
	    " WHERE id = ?1");

	fss__bind_i64(st, 1, s->id);
	fss__bind_i64(st, 2, s->turn);
	fss__bind_i64(st, 3, s->offset);
	if (s->has_root)
		fss__bind_blob(st, 4, s->root.b, FSS__ID_BYTES);
	fss__bind_i64(st, 5, s->depth);
	if (s->chunk != 0)
		fss__bind_i64(st, 6, s->chunk);
	fss__bind_i64(st, 7, s->done ? 1 : 0);
	fss__bind_i64(st, 8, s->version);
	fss__bind_i64(st, 9, s->expires);
	return fss__exec(st);
}

int
fss__meta_stage_delete(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(
	    db, "DELETE FROM stage WHERE id = ?1");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}
