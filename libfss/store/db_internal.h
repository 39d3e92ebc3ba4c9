/*
 * What db.c, db_open.c, db_admin.c and schema.c share about a connection.
 */
#ifndef FSS__STORE_DB_INTERNAL_H
#define FSS__STORE_DB_INTERNAL_H

#include <sqlite3.h>
#include <stddef.h>

#include "store/db.h"

#define FSS__DB_APP_ID	0x46535331	/* "FSS1", PRAGMA application_id */

struct fss__stmt {
	struct fss__db	*db;
	const char	*sql;		/* the key: the caller's static text */
	sqlite3_stmt	*st;		/* NULL where err says why */
	int		 err;		/* of prepare or bind, told by step */
};

struct fss__db {
	sqlite3		*h;
	enum fss__db_mode mode;
	struct fss__stmt **slots;	/* open addressing, a power of two */
	size_t		 slot_count;
	size_t		 used;
	struct fss__stmt broken;	/* handed out when out of memory */
	struct fss__err	 err;
	bool		 in_tx;		/* as far as our callers know */
	bool		 in_savepoint;
	bool		 touched;	/* in this savepoint, see db.h */
	bool		 lost;
};

/* SQLite's (extended) result code as FSS_E..., 0 for its successes. */
int	fss__db_map(int rc);
/* Remembers the detail of a failure of @db and returns its FSS_E... */
int	fss__db_fail(struct fss__db *db, int rc, const char *doing);
/* Runs static SQL that returns no rows, uncached. */
int	fss__db_run(struct fss__db *db, const char *static_sql);
/* First column of the first row of static SQL, uncached. */
int	fss__db_run_i64(struct fss__db *db, const char *static_sql,
	    int64_t *ret_v);

/* schema.c: makes or upgrades (writer), compares (reader). */
int	fss__schema_ensure(struct fss__db *db, struct fss__err *err);

#endif
