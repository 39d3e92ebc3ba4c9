/*
 * SQL of the segment table: how far each file is indexed, and how much of it
 * is still pointed at.
 */
#include "store/meta_chunk.h"

#define COLS	"id, indexed, live, chunks, state"

static int
one_segment(struct fss__stmt *st, struct fss__segment *s)
{
	int64_t id, indexed;
	int r = fss__step(st);

	if (r == 1) {
		id = fss__col_i64(st, 0);
		indexed = fss__col_i64(st, 1);
		s->id = (uint32_t)id;
		s->indexed = (uint64_t)indexed;
		s->live = fss__col_i64(st, 2);
		s->chunks = fss__col_i64(st, 3);
		s->state = (int)fss__col_i64(st, 4);
		if (id < 1 || id > UINT32_MAX || indexed < 0)
			r = FSS_ECORRUPT;
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__segment_get(struct fss__db *db, uint32_t id, struct fss__segment *ret_s)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "SELECT " COLS " FROM segment WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	return one_segment(st, ret_s);
}

int
fss__segment_next(struct fss__db *db, uint32_t from,
    struct fss__segment *ret_s)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "SELECT " COLS " FROM segment WHERE id >= ?1 "
	    "ORDER BY id LIMIT 1");
	fss__bind_i64(st, 1, from);
	return one_segment(st, ret_s);
}

int
fss__segment_live(struct fss__db *db, uint32_t id, int64_t bytes,
    int64_t chunks)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "INSERT INTO segment (id, indexed, live, "
	    "chunks, state) VALUES (?1, 0, ?2, ?3, 0) ON CONFLICT (id) "
	    "DO UPDATE SET live = live + excluded.live, "
	    "chunks = chunks + excluded.chunks");
	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, bytes);
	fss__bind_i64(st, 3, chunks);
	return fss__exec(st);
}

int
fss__segment_indexed(struct fss__db *db, uint32_t id, uint64_t end)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "INSERT INTO segment (id, indexed, live, "
	    "chunks, state) VALUES (?1, ?2, 0, 0, 0) ON CONFLICT (id) "
	    "DO UPDATE SET indexed = excluded.indexed");
	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, (int64_t)end);
	return fss__exec(st);
}

int
fss__segment_set_state(struct fss__db *db, uint32_t id, int state)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "UPDATE segment SET state = ?2 WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	fss__bind_i64(st, 2, state);
	return fss__exec(st);
}

int
fss__segment_delete(struct fss__db *db, uint32_t id)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "DELETE FROM segment WHERE id = ?1");
	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__segment_condemned(struct fss__db *db, uint32_t *ret_id)
{
	struct fss__segment s;
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db, "SELECT " COLS " FROM segment WHERE state = 1 "
	    "ORDER BY id LIMIT 1");
	r = one_segment(st, &s);
	if (r == 1)
		*ret_id = s.id;
	return r;
}

/* A segment kept for the damage in it goes once nothing points there. */
int
fss__segment_sparse(struct fss__db *db, uint32_t tail,
    struct fss__segment *ret_s)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "SELECT " COLS " FROM segment WHERE id < ?1 "
	    "AND ((state = 0 AND live * 2 < indexed) OR "
	    "(state = 2 AND chunks = 0)) ORDER BY live LIMIT 1");
	fss__bind_i64(st, 1, tail);
	return one_segment(st, ret_s);
}

int
fss__segment_totals(struct fss__db *db, uint64_t *ret_chunks,
    uint64_t *ret_live)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(db, "SELECT coalesce(sum(chunks), 0), "
	    "coalesce(sum(live), 0) FROM segment");
	r = fss__step(st);
	if (r == 1) {
		*ret_chunks = (uint64_t)fss__col_i64(st, 0);
		*ret_live = (uint64_t)fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	return r < 0 ? r : r == 1 ? 0 : FSS_ECORRUPT;
}
