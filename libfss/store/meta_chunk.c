/*
 * SQL of the chunk index.  Numbers read back are checked: a damaged or
 * meddled-with database yields FSS_ECORRUPT, not a wild offset.
 */
#include "store/meta_chunk.h"

#include <string.h>

#include "store/seg_format.h"

#define COLS	"c.id, c.digest, c.segment, c.offset, c.len, c.span, "	\
		"c.level, c.refs, c.idle, c.bad"

static int
row_chunk(struct fss__stmt *st, struct fss__chunk *c)
{
	struct fss__slice digest = fss__col_blob(st, 1);
	int64_t segment = fss__col_i64(st, 2), offset = fss__col_i64(st, 3);
	int64_t len = fss__col_i64(st, 4), span = fss__col_i64(st, 5);
	int64_t level = fss__col_i64(st, 6);

	if (digest.n != FSS__ID_BYTES || segment < 0 || segment > UINT32_MAX ||
	    offset < 0 || len < 1 || len > FSS__REC_MAX || span < 1 ||
	    level < 0 || level > UINT8_MAX)
		return FSS_ECORRUPT;
	c->id = fss__col_i64(st, 0);
	memcpy(c->digest.b, digest.p, FSS__ID_BYTES);
	c->loc.segment = (uint32_t)segment;
	c->loc.offset = (uint64_t)offset;
	c->loc.len = (uint32_t)len;
	c->span = (uint64_t)span;
	c->level = (unsigned)level;
	c->refs = fss__col_i64(st, 7);
	c->idle = fss__col_i64(st, 8);
	c->bad = fss__col_i64(st, 9) != 0;
	c->held = false;
	return 1;
}

/* At most one row: 1, 0 or an error; the statement is reset. */
static int
one_chunk(struct fss__stmt *st, struct fss__chunk *c)
{
	int r = fss__step(st);

	if (r == 1)
		r = row_chunk(st, c);
	fss__stmt_reset(st);
	return r;
}

int
fss__chunk_find(struct fss__db *db, const struct fss__id *id, int64_t account,
    struct fss__chunk *ret_c)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db, "SELECT " COLS ", EXISTS (SELECT 1 FROM "
	    "possession p WHERE p.chunk = c.id AND p.account = ?2) "
	    "FROM chunk c WHERE c.digest = ?1");
	fss__bind_blob(st, 1, id->b, sizeof(id->b));
	fss__bind_i64(st, 2, account);
	r = fss__step(st);
	if (r == 1)
		r = row_chunk(st, ret_c);
	if (r == 1)
		ret_c->held = fss__col_i64(st, 10) != 0;
	fss__stmt_reset(st);
	return r;
}

int
fss__chunk_row(struct fss__db *db, int64_t id, struct fss__chunk *ret_c)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "SELECT " COLS " FROM chunk c WHERE c.id = ?1");
	fss__bind_i64(st, 1, id);
	return one_chunk(st, ret_c);
}

int
fss__chunk_insert(struct fss__db *db, const struct fss__chunk *c,
    int64_t now_s, int64_t *ret_id)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db, "INSERT INTO chunk (digest, segment, offset, "
	    "len, span, level, refs, idle, bad) "
	    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, 0)");
	fss__bind_blob(st, 1, c->digest.b, sizeof(c->digest.b));
	fss__bind_i64(st, 2, c->loc.segment);
	fss__bind_i64(st, 3, (int64_t)c->loc.offset);
	fss__bind_i64(st, 4, c->loc.len);
	fss__bind_i64(st, 5, (int64_t)c->span);
	fss__bind_i64(st, 6, c->level);
	fss__bind_i64(st, 7, now_s);
	r = fss__exec(st);
	if (r == 0)
		*ret_id = fss__db_last_id(db);
	return r;
}

int
fss__chunk_delete(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db, "DELETE FROM possession WHERE chunk = ?1");
	fss__bind_i64(st, 1, id);
	r = fss__exec(st);
	if (r != 0)
		return r;
	st = fss__db_query(db, "DELETE FROM chunk WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__chunk_move(struct fss__db *db, int64_t id,
    const struct fss_store_loc *loc)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "UPDATE chunk SET segment = ?2, offset = ?3, "
	    "len = ?4, bad = 0 WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, loc->segment);
	fss__bind_i64(st, 3, (int64_t)loc->offset);
	fss__bind_i64(st, 4, loc->len);
	return fss__exec(st);
}

int
fss__chunk_set_bad(struct fss__db *db, const struct fss__id *id,
    const struct fss_store_loc *loc)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "UPDATE chunk SET bad = 1 WHERE digest = ?1 "
	    "AND segment = ?2 AND offset = ?3");
	fss__bind_blob(st, 1, id->b, sizeof(id->b));
	fss__bind_i64(st, 2, loc->segment);
	fss__bind_i64(st, 3, (int64_t)loc->offset);
	return fss__exec(st);
}

int
fss__chunk_hold(struct fss__db *db, int64_t id, int64_t account)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "INSERT INTO possession (chunk, account) "
	    "VALUES (?1, ?2) ON CONFLICT DO NOTHING");
	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, account);
	return fss__exec(st);
}

int
fss__chunk_touch(struct fss__db *db, int64_t id, int64_t now_s)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "UPDATE chunk SET idle = ?2 WHERE id = ?1 "
	    "AND refs = 0 AND idle < ?2");
	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, now_s);
	return fss__exec(st);
}

/* ---- references ------------------------------------------------------- */

static int
changed_one(struct fss__db *db, struct fss__stmt *st)
{
	int r = fss__exec(st);

	if (r != 0)
		return r;
	return fss__db_changes(db) == 1 ? 0 : FSS_ECORRUPT;
}

int
fss__chunk_ref(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st;

	st = fss__db_query(db,
	    "UPDATE chunk SET refs = refs + 1 WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	return changed_one(db, st);
}

int
fss__chunk_unref(struct fss__db *db, int64_t id, int64_t now_s)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "UPDATE chunk SET refs = refs - 1, "
	    "idle = ?2 WHERE id = ?1 AND refs > 0");
	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, now_s);
	return changed_one(db, st);
}

int
fss__chunk_ref_digest(struct fss__db *db, const struct fss__id *id)
{
	struct fss__stmt *st;

	st = fss__db_query(db,
	    "UPDATE chunk SET refs = refs + 1 WHERE digest = ?1");
	fss__bind_blob(st, 1, id->b, sizeof(id->b));
	return changed_one(db, st);
}

int
fss__chunk_unref_digest(struct fss__db *db, const struct fss__id *id,
    int64_t now_s)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "UPDATE chunk SET refs = refs - 1, "
	    "idle = ?2 WHERE digest = ?1 AND refs > 0");
	fss__bind_blob(st, 1, id->b, sizeof(id->b));
	fss__bind_i64(st, 2, now_s);
	return changed_one(db, st);
}

/* ---- many ------------------------------------------------------------- */

int
fss__chunk_idle(struct fss__db *db, int64_t before_s, struct fss__chunk *ret_c)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "SELECT " COLS " FROM chunk c "
	    "WHERE c.refs = 0 AND c.idle < ?1 ORDER BY c.idle LIMIT 1");
	fss__bind_i64(st, 1, before_s);
	return one_chunk(st, ret_c);
}

int
fss__chunk_at(struct fss__db *db, uint32_t segment, uint64_t offset,
    bool good_only, struct fss__chunk *ret_c)
{
	struct fss__stmt *st;

	if (good_only)
		st = fss__db_query(db, "SELECT " COLS " FROM chunk c WHERE "
		    "c.segment = ?1 AND c.offset >= ?2 AND c.bad = 0 "
		    "ORDER BY c.offset LIMIT 1");
	else
		st = fss__db_query(db, "SELECT " COLS " FROM chunk c WHERE "
		    "c.segment = ?1 AND c.offset >= ?2 "
		    "ORDER BY c.offset LIMIT 1");
	fss__bind_i64(st, 1, segment);
	fss__bind_i64(st, 2, (int64_t)offset);
	return one_chunk(st, ret_c);
}

/* ---- facts ------------------------------------------------------------ */

int
fss__fact_get(struct fss__db *db, const char *name, char *dst, size_t cap)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db,
	    "SELECT value FROM store_fact WHERE name = ?1");
	fss__bind_text(st, 1, fss__slice_str(name));
	r = fss__step(st);
	if (r == 1 && fss__slice_copy(fss__col_text(st, 0), dst, cap) != 0)
		r = FSS_ECORRUPT;
	fss__stmt_reset(st);
	return r;
}

int
fss__fact_set(struct fss__db *db, const char *name, const char *value)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "INSERT INTO store_fact (name, value) "
	    "VALUES (?1, ?2) ON CONFLICT (name) "
	    "DO UPDATE SET value = excluded.value");
	fss__bind_text(st, 1, fss__slice_str(name));
	fss__bind_text(st, 2, fss__slice_str(value));
	return fss__exec(st);
}
