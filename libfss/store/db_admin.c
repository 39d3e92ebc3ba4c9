/*
 * What is done to a whole database: checking, checkpointing, copying.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/io.h"
#include "store/db_internal.h"

/* Rows a check may report before it stops; one is enough to be damaged. */
#define CHECK_ROWS	"16"

int
fss__db_check(struct fss__db *db, struct fss__err *err)
{
	struct fss__stmt *st;
	struct fss__slice s;
	int r;

	st = fss__db_query(db, "PRAGMA integrity_check(" CHECK_ROWS ")");
	r = fss__step(st);
	if (r == 1) {
		s = fss__col_text(st, 0);
		if (!fss__slice_eq(s, fss__slice_str("ok")))
			r = fss__err_set(err, FSS_ECORRUPT, "database: %.*s",
			    (int)(s.n > 200 ? 200 : s.n), (const char *)s.p);
		fss__stmt_reset(st);
		if (r < 0)
			return r;
	} else {
		return fss__err_set(err, r == 0 ? FSS_ECORRUPT : r, "%s",
		    fss__db_errmsg(db));
	}
	st = fss__db_query(db, "PRAGMA foreign_key_check");
	r = fss__step(st);
	if (r == 1) {
		s = fss__col_text(st, 0);
		r = fss__err_set(err, FSS_ECORRUPT,
		    "database: row %lld of table %.*s refers to nothing",
		    (long long)fss__col_i64(st, 1),
		    (int)(s.n > 100 ? 100 : s.n), (const char *)s.p);
		fss__stmt_reset(st);
		return r;
	}
	if (r < 0)
		return fss__err_set(err, r, "%s", fss__db_errmsg(db));
	return 0;
}

/* Readers may keep some of the log from being copied: not a failure. */
int
fss__db_checkpoint(struct fss__db *db)
{
	int rc;

	rc = sqlite3_wal_checkpoint_v2(db->h, NULL, SQLITE_CHECKPOINT_PASSIVE,
	    NULL, NULL);
	if ((rc & 0xff) == SQLITE_BUSY)
		return 0;
	return rc == SQLITE_OK ? 0 : fss__db_fail(db, rc, "checkpoint");
}

/* Bytes of the log's file, 0 where there is none. */
static uint64_t
log_size(struct fss__db *db)
{
	sqlite3_file *f = NULL;
	sqlite3_int64 size = 0;

	if (sqlite3_file_control(db->h, "main", SQLITE_FCNTL_JOURNAL_POINTER,
	    &f) != SQLITE_OK || f == NULL || f->pMethods == NULL ||
	    f->pMethods->xFileSize(f, &size) != SQLITE_OK || size < 0)
		return 0;
	return (uint64_t)size;
}

/*
 * A checkpoint by the way copies up to where the oldest reader is.  While
 * there always is one, and it is behind, the log never begins anew: it grows,
 * and each page is looked for in all of it.  Here the writer, who adds
 * nothing meanwhile, waits for those readers; who begins now reads the file.
 */
int
fss__db_shorten(struct fss__db *db, uint64_t bytes, int wait_ms)
{
	int rc;

	if (log_size(db) <= bytes)
		return 0;
	(void)sqlite3_busy_timeout(db->h, wait_ms);	/* cannot fail */
	rc = sqlite3_wal_checkpoint_v2(db->h, NULL, SQLITE_CHECKPOINT_TRUNCATE,
	    NULL, NULL);
	(void)sqlite3_busy_timeout(db->h, FSS__DB_BUSY_MS);
	return rc == SQLITE_OK ? 1 : fss__db_fail(db, rc, "shorten the log");
}

/*
 * All pages in one step: the source's read transaction makes the copy one
 * snapshot, and in WAL mode it keeps no writer waiting.  (In several steps,
 * every write in between would start the copy over.)
 */
int
fss__db_backup(struct fss__db *db, const char *path, struct fss__err *err)
{
	sqlite3 *to = NULL;
	sqlite3_backup *b;
	int rc, r;

	r = fss__db_make_file(path);
	if (r != 0)
		return fss__err_set(err, r, r == FSS_EEXIST ? "'%s' exists" :
		    "cannot make '%s'", path);
	rc = sqlite3_open_v2(path, &to, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
	    NULL);
	if (rc != SQLITE_OK)
		goto out;
	b = sqlite3_backup_init(to, "main", db->h, "main");
	if (b == NULL) {
		rc = sqlite3_extended_errcode(to);
		goto out;
	}
	rc = sqlite3_backup_step(b, -1);
	r = sqlite3_backup_finish(b);
	if (rc == SQLITE_DONE)
		rc = r;
	/* The copy is written with the rollback journal's own fsyncs. */
out:
	if (rc != SQLITE_OK)
		r = fss__err_set(err, fss__db_map(rc) == 0 ? FSS_EIO :
		    fss__db_map(rc), "cannot copy the database to '%s': %s",
		    path, to == NULL ? sqlite3_errstr(rc) :
		    sqlite3_errmsg(to));
	else
		r = 0;
	(void)sqlite3_close_v2(to);
	return r;
}
