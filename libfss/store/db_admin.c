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
