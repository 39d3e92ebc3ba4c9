/*
 * Requests in SQL: rows, their counts, and which are to be looked at.
 *
 * Every insert and update takes a new seq from the counter, so that the order
 * of seq is that of the changes and no two share one.
 *
 * What this file does not do: boxes and audience (meta_box.c), passes and
 * denials (meta_pass.c), and know what a state means, but that those below
 * 4 are live, as the partial indices have it.
 */
#include "store/meta_request.h"

#include <string.h>

#include "store/meta_request_cols.h"

static int
read_text(struct fss__slice s, char *dst, size_t cap, size_t *ret_len)
{
	if (fss__slice_copy(s, dst, cap) != 0)
		return FSS_ECORRUPT;
	*ret_len = s.n;
	return 0;
}

int
fss__meta_read_request(struct fss__stmt *st, struct fss__meta_request *r)
{
	struct fss__slice root;

	r->id = fss__col_i64(st, 0);
	r->kind = (int)fss__col_i64(st, 1);
	r->state = (int)fss__col_i64(st, 2);
	r->change = fss__col_i64(st, 3);
	r->seq = fss__col_i64(st, 4);
	r->asker = fss__col_i64(st, 5);
	r->target = fss__col_i64(st, 6);
	r->circle = fss__col_i64(st, 7);
	r->owner = fss__col_i64(st, 8);
	r->entry = fss__col_i64(st, 9);
	r->version = fss__col_i64(st, 10);
	root = fss__col_blob(st, 11);
	r->has_root = root.p != NULL;
	if (r->has_root) {
		if (root.n != FSS__ID_BYTES)
			return FSS_ECORRUPT;
		memcpy(r->root.b, root.p, FSS__ID_BYTES);
	}
	r->depth = (unsigned)fss__col_i64(st, 12);
	r->size = fss__col_i64(st, 13);
	r->number = fss__col_i64(st, 14);
	if (read_text(fss__col_text(st, 15), r->path, sizeof(r->path),
	    &r->path_len) != 0 || read_text(fss__col_text(st, 16), r->text,
	    sizeof(r->text), &r->text_len) != 0)
		return FSS_ECORRUPT;
	r->reason = (int)fss__col_i64(st, 17);
	if (read_text(fss__col_text(st, 18), r->detail, sizeof(r->detail),
	    &r->detail_len) != 0)
		return FSS_ECORRUPT;
	r->decided = fss__col_i64(st, 19);
	r->rule = fss__col_i64(st, 20);
	r->created = fss__col_i64(st, 21);
	r->changed = fss__col_i64(st, 22);
	r->expires = fss__col_i64(st, 23);
	r->retry = fss__col_i64(st, 24);
	r->attempt = fss__col_i64(st, 25);
	return 1;
}

static int
one_request(struct fss__stmt *st, struct fss__meta_request *ret_r)
{
	int r;

	r = fss__step(st);
	if (r == 1)
		r = fss__meta_read_request(st, ret_r);
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_request_get(struct fss__db *db, int64_t id,
    struct fss__meta_request *ret_r)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__REQUEST_COLS " FROM request r WHERE r.id = ?1");

	fss__bind_i64(st, 1, id);
	return one_request(st, ret_r);
}

int
fss__meta_request_last(struct fss__db *db, int64_t *ret_seq)
{
	int r = fss__step_i64(fss__db_query(db,
	    "SELECT value FROM counter WHERE name = 'request'"), ret_seq);

	return r == 1 ? 0 : r == 0 ? FSS_ECORRUPT : r;
}

static int
next_seq(struct fss__db *db, int64_t *ret_seq)
{
	int r = fss__exec(fss__db_query(db,
	    "UPDATE counter SET value = value + 1 WHERE name = 'request'"));

	return r != 0 ? r : fss__meta_request_last(db, ret_seq);
}

static void
bind_text(struct fss__stmt *st, int i, const char *text, size_t len)
{
	struct fss__slice s = { text, len };

	/* What stays unbound is NULL. */
	if (len > 0)
		fss__bind_text(st, i, s);
}

/* Parameters 1 to 20: what may change. */
static void
bind_changing(struct fss__stmt *st, const struct fss__meta_request *r)
{
	fss__bind_i64(st, 1, r->state);
	fss__bind_i64(st, 2, r->change);
	fss__bind_i64(st, 3, r->seq);
	fss__bind_i64(st, 4, r->owner);
	fss__bind_i64(st, 5, r->entry);
	fss__bind_i64(st, 6, r->version);
	if (r->has_root)
		fss__bind_blob(st, 7, r->root.b, FSS__ID_BYTES);
	fss__bind_i64(st, 8, r->depth);
	fss__bind_i64(st, 9, r->size);
	fss__bind_i64(st, 10, r->number);
	bind_text(st, 11, r->path, r->path_len);
	bind_text(st, 12, r->text, r->text_len);
	fss__bind_i64(st, 13, r->reason);
	bind_text(st, 14, r->detail, r->detail_len);
	fss__bind_i64(st, 15, r->decided);
	fss__bind_i64(st, 16, r->rule);
	fss__bind_i64(st, 17, r->changed);
	fss__bind_i64(st, 18, r->expires);
	fss__bind_i64(st, 19, r->retry);
	fss__bind_i64(st, 20, r->attempt);
}

int
fss__meta_request_insert(struct fss__db *db, struct fss__meta_request *r)
{
	struct fss__stmt *st;
	int e;

	e = next_seq(db, &r->seq);
	if (e != 0)
		return e;
	st = fss__db_query(db,
	    "INSERT INTO request(state, change, seq, owner, entry, version,"
	    " root, depth, size, number, path, text, reason, detail, decided,"
	    " rule, changed, expires, retry, attempt, kind, asker, target,"
	    " circle, created) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,"
	    " ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,"
	    " ?22, ?23, ?24, ?25)");
	bind_changing(st, r);
	fss__bind_i64(st, 21, r->kind);
	fss__bind_i64(st, 22, r->asker);
	fss__bind_i64(st, 23, r->target);
	fss__bind_i64(st, 24, r->circle);
	fss__bind_i64(st, 25, r->created);
	e = fss__exec(st);
	if (e == 0)
		r->id = fss__db_last_id(db);
	return e;
}

/* What @id waits for now is to be looked at: it may not wait any more. */
static int
mark_transfer(struct fss__db *db, int64_t id)
{
	struct fss__stmt *st = fss__db_query(db,
	    "UPDATE transfer SET idle = 1 WHERE id IN (SELECT t.id"
	    " FROM request r JOIN transfer t ON t.root = r.root"
	    " AND t.owner = r.owner AND t.depth = r.depth"
	    " AND t.size = r.size WHERE r.id = ?1 AND r.state IN (2, 3))");

	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__meta_request_update(struct fss__db *db, struct fss__meta_request *r)
{
	struct fss__stmt *st;
	int e;

	e = next_seq(db, &r->seq);
	if (e == 0)
		e = mark_transfer(db, r->id);
	if (e != 0)
		return e;
	st = fss__db_query(db,
	    "UPDATE request SET state = ?1, change = ?2, seq = ?3,"
	    " owner = ?4, entry = ?5, version = ?6, root = ?7, depth = ?8,"
	    " size = ?9, number = ?10, path = ?11, text = ?12, reason = ?13,"
	    " detail = ?14, decided = ?15, rule = ?16, changed = ?17,"
	    " expires = ?18, retry = ?19, attempt = ?20 WHERE id = ?21");
	bind_changing(st, r);
	fss__bind_i64(st, 21, r->id);
	e = fss__exec(st);
	if (e == 0 && fss__db_changes(db) != 1)
		e = FSS_ECORRUPT;
	if (e != 0 || r->circle == 0)
		return e;
	st = fss__db_query(db,
	    "UPDATE request_audience SET seq = ?2 WHERE request = ?1");
	fss__bind_i64(st, 1, r->id);
	fss__bind_i64(st, 2, r->seq);
	return fss__exec(st);
}

/* ---- lookups ----------------------------------------------------------- */

int
fss__meta_request_same(struct fss__db *db, int64_t asker, int kind,
    int64_t version, struct fss__meta_request *ret_r)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__REQUEST_COLS " FROM request r"
	    " WHERE r.version = ?1 AND r.asker = ?2 AND r.kind = ?3"
	    " AND r.state < 4 ORDER BY r.id DESC LIMIT 1");

	fss__bind_i64(st, 1, version);
	fss__bind_i64(st, 2, asker);
	fss__bind_i64(st, 3, kind);
	return one_request(st, ret_r);
}

int
fss__meta_request_same_path(struct fss__db *db, int64_t asker, int kind,
    int64_t owner, struct fss__slice path, struct fss__meta_request *ret_r)
{
	/* Through request_live_asker: the target of these is the owner. */
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT " FSS__REQUEST_COLS " FROM request r"
	    " WHERE r.asker = ?1 AND r.target = ?2 AND r.state < 4"
	    " AND r.kind = ?3 AND r.path = ?4 ORDER BY r.id DESC LIMIT 1");

	fss__bind_i64(st, 1, asker);
	fss__bind_i64(st, 2, owner);
	fss__bind_i64(st, 3, kind);
	fss__bind_text(st, 4, path);
	return one_request(st, ret_r);
}

int
fss__meta_request_newest(struct fss__db *db, int64_t asker, int64_t version,
    int64_t *ret_id, int *ret_state)
{
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, state FROM request WHERE version = ?1 AND asker = ?2"
	    " ORDER BY id DESC LIMIT 1");
	int r;

	fss__bind_i64(st, 1, version);
	fss__bind_i64(st, 2, asker);
	r = fss__step(st);
	if (r == 1) {
		*ret_id = fss__col_i64(st, 0);
		*ret_state = (int)fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	return r;
}

int
fss__meta_request_count(struct fss__db *db, int64_t asker, int64_t target,
    int64_t *ret_n)
{
	struct fss__stmt *st;

	if (target == FSS__TARGET_ANY) {
		st = fss__db_query(db, "SELECT count(*) FROM request"
		    " WHERE asker = ?1 AND state < 4");
	} else if (target == FSS__TARGET_GROUP) {
		st = fss__db_query(db, "SELECT count(*) FROM request"
		    " WHERE asker = ?1 AND circle <> 0 AND state < 4");
	} else {
		st = fss__db_query(db, "SELECT count(*) FROM request"
		    " WHERE asker = ?1 AND target = ?2 AND circle = 0"
		    " AND state < 4");
		fss__bind_i64(st, 2, target);
	}
	fss__bind_i64(st, 1, asker);
	return fss__step_count(st, ret_n);
}

/* ---- what is to be looked at ------------------------------------------- */

/* @sql, static, with one number in it. */
static int
run_with(struct fss__db *db, const char *sql, int64_t value)
{
	struct fss__stmt *st = fss__db_query(db, sql);

	fss__bind_i64(st, 1, value);
	return fss__exec(st);
}

int
fss__meta_request_mark(struct fss__db *db, int64_t request)
{
	return run_with(db,
	    "INSERT OR IGNORE INTO request_todo(request) VALUES(?1)", request);
}

int
fss__meta_request_mark_owner(struct fss__db *db, int64_t owner)
{
	return run_with(db,
	    "INSERT OR IGNORE INTO request_todo(request)"
	    " SELECT id FROM request WHERE owner = ?1 AND state < 4", owner);
}

int
fss__meta_request_mark_asker(struct fss__db *db, int64_t asker)
{
	return run_with(db,
	    "INSERT OR IGNORE INTO request_todo(request)"
	    " SELECT id FROM request WHERE asker = ?1 AND state < 4", asker);
}

int
fss__meta_request_mark_target(struct fss__db *db, int64_t target)
{
	/* The live ones are few beside all that were ever asked of them. */
	return run_with(db,
	    "INSERT OR IGNORE INTO request_todo(request)"
	    " SELECT id FROM request WHERE target = ?1 AND state < 4", target);
}

int
fss__meta_request_mark_root(struct fss__db *db, const struct fss__id *root)
{
	struct fss__stmt *st = fss__db_query(db,
	    "INSERT OR IGNORE INTO request_todo(request)"
	    " SELECT id FROM request WHERE root = ?1 AND state < 4");

	fss__bind_blob(st, 1, root->b, FSS__ID_BYTES);
	return fss__exec(st);
}

int
fss__meta_request_mark_version(struct fss__db *db, int64_t version)
{
	return run_with(db,
	    "INSERT OR IGNORE INTO request_todo(request)"
	    " SELECT id FROM request WHERE version = ?1 AND state < 4", version);
}

int
fss__meta_request_mark_holder(struct fss__db *db, int64_t account)
{
	/* From the live ones, which are fewer than the files of a person. */
	return run_with(db,
	    "INSERT OR IGNORE INTO request_todo(request)"
	    " SELECT r.id FROM request r WHERE r.state < 4 AND EXISTS"
	    " (SELECT 1 FROM holder h WHERE h.root = r.root"
	    " AND h.account = ?1)", account);
}

int
fss__meta_request_mark_live(struct fss__db *db)
{
	return fss__exec(fss__db_query(db,
	    "INSERT OR IGNORE INTO request_todo(request)"
	    " SELECT id FROM request WHERE state < 4"));
}

int
fss__meta_request_marked(struct fss__db *db, int64_t *ret_id)
{
	struct fss__stmt *st;
	int r;

	r = fss__step_i64(fss__db_query(db,
	    "SELECT request FROM request_todo ORDER BY request LIMIT 1"),
	    ret_id);
	if (r != 1)
		return r;
	st = fss__db_query(db, "DELETE FROM request_todo WHERE request = ?1");
	fss__bind_i64(st, 1, *ret_id);
	r = fss__exec(st);
	return r != 0 ? r : 1;
}

int
fss__meta_request_expiring(struct fss__db *db, int64_t *ret_id,
    int64_t *ret_expires)
{
	/* Those whose bytes arrive (3) do not expire meanwhile. */
	struct fss__stmt *st = fss__db_query(db,
	    "SELECT id, expires FROM request WHERE state < 3"
	    " ORDER BY expires LIMIT 1");
	int r;

	r = fss__step(st);
	if (r == 1) {
		*ret_id = fss__col_i64(st, 0);
		*ret_expires = fss__col_i64(st, 1);
	}
	fss__stmt_reset(st);
	return r;
}
