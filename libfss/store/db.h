/*
 * One SQLite connection: opening, schema, transactions, cached statements.
 * A connection belongs to one thread.  Only libfss/store includes sqlite3.h;
 * everything above calls the named operations in store/meta_*.h.
 */
#ifndef FSS__STORE_DB_H
#define FSS__STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct fss__db;
struct fss__stmt;

enum fss__db_mode {
	FSS__DB_WRITE,		/* the one writer: creates and upgrades */
	FSS__DB_READ		/* one of many readers */
};

/*
 * @path: the file, or ":memory:" style shared-cache name for tests (then
 * writer and readers use the same handle).  FSS_EBUSY (locked by another
 * process), FSS_ECORRUPT, FSS_ESCHEMA, FSS_EROFS, FSS_EIO; detail in @err.
 */
int	fss__db_open(const char *path, enum fss__db_mode mode,
	    struct fss__err *err, struct fss__db **ret_db);
void	fss__db_close(struct fss__db *db);	/* NULL is fine */
/* Detail of the last failure on this connection, "" if none. */
const char *fss__db_errmsg(const struct fss__db *db);

/* Transactions. Write: BEGIN IMMEDIATE. Read: a stable snapshot. */
int	fss__db_begin(struct fss__db *db);
int	fss__db_commit(struct fss__db *db);
void	fss__db_abort(struct fss__db *db);
bool	fss__db_in_tx(const struct fss__db *db);
/* One item inside a batch; nests once (FSS_EINVAL for one inside one). */
int	fss__db_savepoint(struct fss__db *db);
int	fss__db_release(struct fss__db *db);
void	fss__db_rollback_to(struct fss__db *db);
/* The one savepoint that others may be in; state beside: see store.c. */
int	fss__db_batch(struct fss__db *db);
int	fss__db_batch_release(struct fss__db *db);
/* What was written in it is undone, and it goes on: 0 or an error. */
int	fss__db_batch_restart(struct fss__db *db);
void	fss__db_batch_rollback(struct fss__db *db);
/*
 * For who keeps state beside the database.  touch: state that a rollback to
 * the savepoint would undo changes now; true the first time in a savepoint.
 * lost: true, once, when such a savepoint was rolled back since.
 */
bool	fss__db_touch(struct fss__db *db);
bool	fss__db_lost(struct fss__db *db);

/*
 * Statements: static SQL only, prepared once per connection and call site.
 * fss__db_query() resets and clears it; bind counts from 1; step returns 1 for
 * a row, 0 at the end.  Column values live until the next step or query.  Text
 * and blobs are copied when bound.  query never returns NULL: what went wrong
 * comes out of step.  The end of the rows resets the statement; a statement
 * must not be used again while a caller further up still steps through it.
 */
struct fss__stmt *fss__db_query(struct fss__db *db, const char *static_sql);
void	fss__bind_i64(struct fss__stmt *st, int i, int64_t v);
void	fss__bind_text(struct fss__stmt *st, int i, struct fss__slice s);
void	fss__bind_blob(struct fss__stmt *st, int i, const void *p, size_t n);
void	fss__bind_null(struct fss__stmt *st, int i);
int	fss__step(struct fss__stmt *st);	/* 1, 0, or FSS_E... (mapped) */
int	fss__exec(struct fss__stmt *st);	/* to the end: 0 or FSS_E... */
/* One row of one number, which ends the statement: 1, 0 (no row), FSS_E... */
int	fss__step_i64(struct fss__stmt *st, int64_t *ret);
/* The same where a row is there anyway, or *@ret may stay: 0 or FSS_E... */
int	fss__step_count(struct fss__stmt *st, int64_t *ret);
int64_t	fss__col_i64(struct fss__stmt *st, int i);
struct fss__slice fss__col_text(struct fss__stmt *st, int i);
struct fss__slice fss__col_blob(struct fss__stmt *st, int i);
bool	fss__col_null(struct fss__stmt *st, int i);
/* Ends the statement early so that it holds no lock: after a partial read. */
void	fss__stmt_reset(struct fss__stmt *st);
int64_t	fss__db_last_id(struct fss__db *db);
int64_t	fss__db_changes(struct fss__db *db);
/* Rows written since the database was opened, also those undone since. */
int64_t	fss__db_written(struct fss__db *db);

/* The newest schema version this code writes. */
#define FSS__SCHEMA_VERSION	11

/* Compares the whole file with its own checks; FSS_ECORRUPT. */
int	fss__db_check(struct fss__db *db, struct fss__err *err);
/* Checkpoints the write-ahead log into the file. */
int	fss__db_checkpoint(struct fss__db *db);
/*
 * Writer: empties the log if its file has more than @bytes, waiting so long
 * for readers of what is in it: 1, 0 it is shorter, FSS_EBUSY one of them
 * reads on.  Outside of a transaction.
 */
int	fss__db_shorten(struct fss__db *db, uint64_t bytes, int wait_ms);
/* An online copy of a running store's database to @path. */
int	fss__db_backup(struct fss__db *db, const char *path,
	    struct fss__err *err);

#endif
