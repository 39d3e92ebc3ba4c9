/*
 * The announcer's index in SQLite: the tables, files and their pages.
 *
 * One row a file, its manifest pages beside it; folders announced and files
 * offered in tables of their own (localidx_place.c).  What it holds can be
 * made anew from the disk, so a commit does not wait for it
 * (synchronous=NORMAL): a power cut may lose the last scan, never the
 * database.
 *
 * Numbers past INT64_MAX (sizes, inodes) are kept as the bits they are.
 */
#include <string.h>

#include "base/alloc.h"
#include "store/db_internal.h"
#include "store/localidx_internal.h"
#include "wire/limits.h"

static const char *const tables[] = {
	/* An id never comes again: what is sent goes by the pages of one. */
	"CREATE TABLE file (id INTEGER PRIMARY KEY AUTOINCREMENT, remote TEXT"
	" NOT NULL UNIQUE, local BLOB NOT NULL, dev INTEGER NOT NULL, ino"
	" INTEGER NOT NULL, size INTEGER NOT NULL, mtime INTEGER NOT NULL,"
	" ctime INTEGER NOT NULL, root BLOB, depth INTEGER NOT NULL, scan"
	" INTEGER NOT NULL, told INTEGER NOT NULL) STRICT",
	"CREATE INDEX file_root ON file (root, id) WHERE root IS NOT NULL",
	"CREATE INDEX file_scan ON file (scan)",
	"CREATE TABLE page (file INTEGER NOT NULL REFERENCES file (id)"
	" ON DELETE CASCADE, level INTEGER NOT NULL, start INTEGER NOT NULL,"
	" id BLOB NOT NULL, data BLOB NOT NULL,"
	" PRIMARY KEY (file, level, start)) STRICT",
	"CREATE TABLE folder (remote TEXT PRIMARY KEY, local BLOB NOT NULL)"
	" STRICT",
	"CREATE TABLE offer (request INTEGER PRIMARY KEY, local BLOB NOT"
	" NULL) STRICT",
	NULL
};

static const struct fss__schema_step steps[] = { { 1, { tables, NULL } } };

static const char *const set_version[] = {
	"PRAGMA user_version = 0",
	"PRAGMA user_version = 1",
};

/* "FSSa" */
static const struct fss__db_schema schema = {
	0x46535361, "PRAGMA application_id = 0x46535361", 1, set_version,
	steps, sizeof(steps) / sizeof(steps[0])
};

/* What is there is left as it is: closing it would give up locks of ours. */
static int
make_file(const char *path, struct fss__err *err)
{
	int r = fss__db_make_file(path);

	if (r == 0 || r == FSS_EEXIST)
		return 0;
	return fss__err_set(err, r, "cannot open '%.180s': %s", path,
	    fss_strerror(r));
}

int
fss__localidx_open(const char *path, struct fss__err *err,
    struct fss__localidx **ret_x)
{
	struct fss__localidx *x;
	int r;

	*ret_x = NULL;
	r = make_file(path, err);
	if (r != 0)
		return r;
	x = fss__zalloc(sizeof(*x));
	if (x == NULL)
		return fss__err_set(err, FSS_ENOMEM, "out of memory");
	r = fss__db_open_as(path, FSS__DB_WRITE, &schema, err, &x->db);
	if (r == 0) {
		r = fss__db_run(x->db, "PRAGMA synchronous = NORMAL");
		if (r != 0)
			(void)fss__err_set(err, r, "%s",
			    fss__db_errmsg(x->db));
	}
	if (r != 0) {
		fss__localidx_close(x);
		return r;
	}
	*ret_x = x;
	return 0;
}

void
fss__localidx_close(struct fss__localidx *x)
{
	if (x == NULL)
		return;
	fss__db_close(x->db);
	fss__free(x->row);
	fss__free(x);
}

int
fss__localidx_begin(struct fss__localidx *x)
{
	return fss__db_begin(x->db);
}

int
fss__localidx_commit(struct fss__localidx *x)
{
	return fss__db_commit(x->db);
}

void
fss__localidx_abort(struct fss__localidx *x)
{
	fss__db_abort(x->db);
}

/* ---- rows ------------------------------------------------------------- */

int
fss__localidx_keep(struct fss__localidx *x, struct fss__slice *a,
    struct fss__slice *b)
{
	size_t n = a->n + b->n;
	uint8_t *p;

	if (n > x->cap) {
		p = fss__realloc(x->row, n);
		if (p == NULL)
			return FSS_ENOMEM;
		x->row = p;
		x->cap = n;
	}
	if (a->n > 0)
		memcpy(x->row, a->p, a->n);
	if (b->n > 0)
		memcpy(x->row + a->n, b->p, b->n);
	a->p = x->row;
	b->p = x->row != NULL ? x->row + a->n : NULL;
	return 0;
}

/* The one row of @st, if there is one; ends the statement. */
static int
file_row(struct fss__localidx *x, struct fss__stmt *st,
    struct fss__local_file *f)
{
	struct fss__slice root;
	int r = fss__step(st);

	if (r != 1)
		return r;
	memset(f, 0, sizeof(*f));
	f->id = fss__col_i64(st, 0);
	f->remote = fss__col_text(st, 1);
	f->local = fss__col_blob(st, 2);
	f->dev = (uint64_t)fss__col_i64(st, 3);
	f->ino = (uint64_t)fss__col_i64(st, 4);
	f->size = (uint64_t)fss__col_i64(st, 5);
	f->mtime_ns = fss__col_i64(st, 6);
	f->ctime_ns = fss__col_i64(st, 7);
	f->has_root = !fss__col_null(st, 8);
	f->depth = (unsigned)fss__col_i64(st, 9);
	f->scan = fss__col_i64(st, 10);
	f->told = fss__col_i64(st, 11) != 0;
	if (f->has_root) {
		root = fss__col_blob(st, 8);
		if (root.n != sizeof(f->root.b) ||
		    f->depth > FSS__MAX_LEVELS)
			r = FSS_ECORRUPT;
		else
			memcpy(f->root.b, root.p, sizeof(f->root.b));
	}
	if (r == 1 && fss__localidx_keep(x, &f->remote, &f->local) != 0)
		r = FSS_ENOMEM;
	fss__stmt_reset(st);
	return r;
}

#define COLUMNS	"id, remote, local, dev, ino, size, mtime, ctime, root, "     \
	"depth, scan, told"

int
fss__localidx_get(struct fss__localidx *x, struct fss__slice remote,
    struct fss__local_file *ret_f)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "SELECT " COLUMNS
	    " FROM file WHERE remote = ?");
	fss__bind_text(st, 1, remote);
	return file_row(x, st, ret_f);
}

int
fss__localidx_by_root(struct fss__localidx *x, const struct fss__id *root,
    int64_t after, struct fss__local_file *ret_f)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "SELECT " COLUMNS
	    " FROM file WHERE root = ? AND id > ? ORDER BY id LIMIT 1");
	fss__bind_blob(st, 1, root->b, sizeof(root->b));
	fss__bind_i64(st, 2, after);
	return file_row(x, st, ret_f);
}

int
fss__localidx_after(struct fss__localidx *x, struct fss__slice under,
    struct fss__slice after, struct fss__local_file *ret_f)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "SELECT " COLUMNS " FROM file WHERE " UNDER
	    " AND remote > ?2 ORDER BY remote LIMIT 1");
	fss__bind_text(st, 1, under);
	fss__bind_text(st, 2, after);
	return file_row(x, st, ret_f);
}

int
fss__localidx_lost(struct fss__localidx *x, struct fss__slice under,
    int64_t scan, struct fss__slice after, struct fss__local_file *ret_f)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "SELECT " COLUMNS " FROM file WHERE " UNDER
	    " AND scan < ?2 AND remote > ?3 ORDER BY remote LIMIT 1");
	fss__bind_text(st, 1, under);
	fss__bind_i64(st, 2, scan);
	fss__bind_text(st, 3, after);
	return file_row(x, st, ret_f);
}

int
fss__localidx_set(struct fss__localidx *x, struct fss__local_file *f)
{
	struct fss__stmt *st;
	int r;

	st = fss__db_query(x->db, "DELETE FROM file WHERE remote = ?");
	fss__bind_text(st, 1, f->remote);
	r = fss__exec(st);
	if (r != 0)
		return r;
	st = fss__db_query(x->db, "INSERT INTO file (remote, local, dev, ino,"
	    " size, mtime, ctime, root, depth, scan, told)"
	    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
	fss__bind_text(st, 1, f->remote);
	fss__bind_blob(st, 2, f->local.p, f->local.n);
	fss__bind_i64(st, 3, (int64_t)f->dev);
	fss__bind_i64(st, 4, (int64_t)f->ino);
	fss__bind_i64(st, 5, (int64_t)f->size);
	fss__bind_i64(st, 6, f->mtime_ns);
	fss__bind_i64(st, 7, f->ctime_ns);
	if (f->has_root)
		fss__bind_blob(st, 8, f->root.b, sizeof(f->root.b));
	else
		fss__bind_null(st, 8);
	fss__bind_i64(st, 9, f->depth);
	fss__bind_i64(st, 10, f->scan);
	fss__bind_i64(st, 11, f->told);
	r = fss__exec(st);
	if (r == 0)
		f->id = fss__db_last_id(x->db);
	return r;
}

int
fss__localidx_found(struct fss__localidx *x, int64_t id, int64_t scan)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "UPDATE file SET scan = max(scan, ?)"
	    " WHERE id = ?");
	fss__bind_i64(st, 1, scan);
	fss__bind_i64(st, 2, id);
	return fss__exec(st);
}

int
fss__localidx_scan(struct fss__localidx *x, int64_t *ret_scan)
{
	struct fss__stmt *st;
	int64_t last = 0;
	int r;

	st = fss__db_query(x->db, "SELECT ifnull(max(scan), 0) FROM file");
	r = fss__step_i64(st, &last);
	*ret_scan = last + 1;
	return r < 0 ? r : 0;
}

static int
by_id(struct fss__stmt *st, int64_t id)
{
	fss__bind_i64(st, 1, id);
	return fss__exec(st);
}

int
fss__localidx_told(struct fss__localidx *x, int64_t id)
{
	return by_id(fss__db_query(x->db,
	    "UPDATE file SET told = 1 WHERE id = ?"), id);
}

int
fss__localidx_dropped(struct fss__localidx *x, int64_t id)
{
	return by_id(fss__db_query(x->db,
	    "UPDATE file SET told = 0 WHERE id = ?"), id);
}

int
fss__localidx_untold(struct fss__localidx *x, const struct fss__id *root)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "UPDATE file SET told = 0 WHERE root = ?");
	fss__bind_blob(st, 1, root->b, sizeof(root->b));
	return fss__exec(st);
}

int
fss__localidx_doubt(struct fss__localidx *x, int64_t id)
{
	/* No file has inode 0. */
	return by_id(fss__db_query(x->db,
	    "UPDATE file SET ino = 0, told = 0 WHERE id = ?"), id);
}

int
fss__localidx_remove(struct fss__localidx *x, int64_t id)
{
	return by_id(fss__db_query(x->db, "DELETE FROM file WHERE id = ?"),
	    id);
}

/* ---- pages ------------------------------------------------------------ */

int
fss__localidx_page_add(struct fss__localidx *x, int64_t file, unsigned level,
    uint64_t start, const struct fss__id *id, const void *data, size_t len)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "INSERT INTO page (file, level, start, id,"
	    " data) VALUES (?, ?, ?, ?, ?)");
	fss__bind_i64(st, 1, file);
	fss__bind_i64(st, 2, level);
	fss__bind_i64(st, 3, (int64_t)start);
	fss__bind_blob(st, 4, id->b, sizeof(id->b));
	fss__bind_blob(st, 5, data, len);
	return fss__exec(st);
}

/* level, start, id, data: copied, as page_add() may follow. */
static int
page_row(struct fss__localidx *x, struct fss__stmt *st, struct fss__id *id,
    unsigned *level, uint64_t *start, struct fss__slice *data)
{
	struct fss__slice s, none = { NULL, 0 };
	int64_t at, lv;
	int r = fss__step(st);

	if (r != 1)
		return r;
	lv = fss__col_i64(st, 0);
	at = fss__col_i64(st, 1);
	s = fss__col_blob(st, 2);
	*data = fss__col_blob(st, 3);
	if (lv < 1 || lv > FSS__MAX_LEVELS || at < 0 ||
	    s.n != sizeof(id->b) || data->n > FSS__MAX_PAGE)
		r = FSS_ECORRUPT;
	else
		memcpy(id->b, s.p, sizeof(id->b));
	*level = (unsigned)lv;
	*start = (uint64_t)at;
	if (r == 1 && fss__localidx_keep(x, data, &none) != 0)
		r = FSS_ENOMEM;
	fss__stmt_reset(st);
	return r;
}

int
fss__localidx_page_after(struct fss__localidx *x, int64_t file,
    unsigned level, uint64_t start, struct fss__id *ret_id,
    unsigned *ret_level, uint64_t *ret_start, struct fss__slice *ret_data)
{
	struct fss__stmt *st;

	st = fss__db_query(x->db, "SELECT level, start, id, data FROM page"
	    " WHERE file = ?1 AND (level < ?2 OR (level = ?2 AND start > ?3))"
	    " ORDER BY level DESC, start LIMIT 1");
	fss__bind_i64(st, 1, file);
	fss__bind_i64(st, 2, level);
	fss__bind_i64(st, 3, (int64_t)start);
	return page_row(x, st, ret_id, ret_level, ret_start, ret_data);
}

int
fss__localidx_page_at(struct fss__localidx *x, int64_t file, unsigned level,
    uint64_t offset, uint64_t *ret_start, struct fss__slice *ret_data)
{
	struct fss__stmt *st;
	struct fss__id id;
	unsigned found;

	st = fss__db_query(x->db, "SELECT level, start, id, data FROM page"
	    " WHERE file = ? AND level = ? AND start <= ?"
	    " ORDER BY start DESC LIMIT 1");
	fss__bind_i64(st, 1, file);
	fss__bind_i64(st, 2, level);
	fss__bind_i64(st, 3, (int64_t)offset);
	return page_row(x, st, &id, &found, ret_start, ret_data);
}
