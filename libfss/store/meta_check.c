/*
 * The counting half of a check, done by SQLite: memory does not grow with the
 * store, since the temporary table lives in a file.
 */
#include "store/meta_check.h"

#include "base/str.h"
#include "store/db_internal.h"

#define TEXT	256

int
fss__check_begin(struct fss__db *db)
{
	int r;

	r = fss__db_run(db, "PRAGMA temp_store = FILE");
	if (r == 0 && db->mode == FSS__DB_READ)
		r = fss__db_run(db, "PRAGMA query_only = OFF");
	if (r == 0)
		r = fss__db_begin(db);
	if (r != 0)
		return r;
	return fss__db_run(db, "CREATE TEMP TABLE ref_count ("
	    "chunk INTEGER PRIMARY KEY, n INTEGER NOT NULL)");
}

/* The table leaves with the transaction it was made in. */
void
fss__check_end(struct fss__db *db)
{
	fss__db_abort(db);
	if (db->mode == FSS__DB_READ)
		(void)fss__db_run(db, "PRAGMA query_only = ON");
	(void)fss__db_run(db, "PRAGMA temp_store = MEMORY");
}

int
fss__check_count_versions(struct fss__db *db)
{
	return fss__exec(fss__db_query(db, "INSERT INTO temp.ref_count "
	    "(chunk, n) SELECT chunk, count(*) FROM "
	    "(SELECT chunk FROM version UNION ALL SELECT chunk FROM stage) "
	    "WHERE chunk IS NOT NULL GROUP BY chunk"));
}

int
fss__check_count_one(struct fss__db *db, int64_t chunk)
{
	struct fss__stmt *st;

	st = fss__db_query(db, "INSERT INTO temp.ref_count (chunk, n) "
	    "VALUES (?1, 1) ON CONFLICT (chunk) DO UPDATE SET n = n + 1");
	fss__bind_i64(st, 1, chunk);
	return fss__exec(st);
}

int
fss__check_next_page(struct fss__db *db, int64_t after,
    struct fss__chunk *ret_c)
{
	struct fss__stmt *st;
	int64_t id;
	int r;

	st = fss__db_query(db, "SELECT id FROM chunk WHERE id > ?1 "
	    "AND level > 0 ORDER BY id LIMIT 1");
	fss__bind_i64(st, 1, after);
	r = fss__step(st);
	id = r == 1 ? fss__col_i64(st, 0) : 0;
	fss__stmt_reset(st);
	return r == 1 ? fss__chunk_row(db, id, ret_c) : r;
}

int
fss__check_next_segment(struct fss__db *db, uint32_t from,
    uint32_t *ret_segment)
{
	struct fss__stmt *st;
	int64_t v;
	int r;

	st = fss__db_query(db, "SELECT segment FROM chunk "
	    "WHERE segment >= ?1 ORDER BY segment LIMIT 1");
	fss__bind_i64(st, 1, from);
	r = fss__step(st);
	if (r == 1) {
		v = fss__col_i64(st, 0);
		if (v > UINT32_MAX)
			r = FSS_ECORRUPT;
		*ret_segment = (uint32_t)v;
	}
	fss__stmt_reset(st);
	return r;
}

/* Each yields an id and up to two numbers for the text. */
static const struct {
	const char	*sql;
	const char	*what;
	const char	*text;
} QUESTIONS[] = {
	{ "SELECT c.id, c.refs, coalesce(n.n, 0) FROM chunk c "
	  "LEFT JOIN temp.ref_count n ON n.chunk = c.id "
	  "WHERE c.refs <> coalesce(n.n, 0)",
	  "chunk", "references recorded and found differ" },
	{ "SELECT v.id, v.size, coalesce(c.span, -1) FROM version v "
	  "LEFT JOIN chunk c ON c.id = v.chunk WHERE v.chunk IS NOT NULL "
	  "AND (c.id IS NULL OR c.digest <> v.root OR c.span <> v.size "
	  "OR c.level <> v.depth)",
	  "version", "its root is missing or another than it says" },
	{ "SELECT s.id, s.offset, coalesce(c.span, -1) FROM stage s "
	  "LEFT JOIN chunk c ON c.id = s.chunk WHERE s.chunk IS NOT NULL "
	  "AND (c.id IS NULL OR c.digest <> s.root OR c.span <> s.offset "
	  "OR c.level <> s.depth)",
	  "upload", "its root is missing or another than it says" },
	{ "SELECT v.id, v.size, 0 FROM version v WHERE v.chunk IS NULL "
	  "AND v.kind = 2 AND v.size <> 0 AND v.state = 0",
	  "version", "says how many bytes it has, but has no content" },
	{ "SELECT p.chunk, p.account, 0 FROM possession p WHERE NOT EXISTS "
	  "(SELECT 1 FROM chunk c WHERE c.id = p.chunk)",
	  "chunk", "an account holds it, but it is not there" },
	/* 64 bytes of head, content padded to 8: fss__rec_size(). */
	{ "SELECT s.id, s.live, t.live FROM segment s JOIN ("
	  "SELECT segment, sum(64 + (len + 7) / 8 * 8) AS live, "
	  "count(*) AS n FROM chunk GROUP BY segment) t ON t.segment = s.id "
	  "WHERE s.live <> t.live OR s.chunks <> t.n",
	  "segment", "live bytes recorded and found differ" },
	{ "SELECT s.id, s.live, s.chunks FROM segment s WHERE "
	  "(s.live <> 0 OR s.chunks <> 0) AND NOT EXISTS "
	  "(SELECT 1 FROM chunk c WHERE c.segment = s.id)",
	  "segment", "live bytes and records are recorded, none found" },
	{ "SELECT c.segment, min(c.offset), 0 FROM chunk c WHERE NOT EXISTS "
	  "(SELECT 1 FROM segment s WHERE s.id = c.segment AND s.state <> 1 "
	  "AND c.offset < s.indexed) GROUP BY c.segment",
	  "segment", "has chunks where nothing was indexed, from offset" },
};

static int
ask(struct fss__db *db, size_t i, fss__check_fn fn, void *ctx)
{
	struct fss__stmt *st = fss__db_query(db, QUESTIONS[i].sql);
	char line[TEXT];
	int r;

	while ((r = fss__step(st)) == 1) {
		/* Longer than the longest text and three numbers. */
		(void)fss__fmt(line, sizeof(line), "%s %lld: %s (%lld, %lld)",
		    QUESTIONS[i].what, (long long)fss__col_i64(st, 0),
		    QUESTIONS[i].text, (long long)fss__col_i64(st, 1),
		    (long long)fss__col_i64(st, 2));
		fn(ctx, line);
	}
	return r;
}

int
fss__check_questions(struct fss__db *db, fss__check_fn fn, void *ctx)
{
	size_t i;
	int r = 0;

	for (i = 0; i < sizeof(QUESTIONS) / sizeof(QUESTIONS[0]) && r == 0;
	    i++)
		r = ask(db, i, fn, ctx);
	return r;
}
