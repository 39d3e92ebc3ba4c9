/*
 * What db.c, db_open.c, db_admin.c and schema.c share about a connection.
 */
#ifndef FSS__STORE_DB_INTERNAL_H
#define FSS__STORE_DB_INTERNAL_H

#include <sqlite3.h>
#include <stddef.h>

#include "store/db.h"
#include "store/kept.h"

#define FSS__DB_BUSY_MS	5000	/* a backup or a checkpoint may hold us up */
#define FSS__DB_APP_ID	0x46535331	/* "FSS1", PRAGMA application_id */

struct fss__schema_step {
	int			 to;	/* version reached by it */
	const char *const	*sql[3];	/* run in order, NULL-ended */
};

/* What a database is for; PRAGMAs take no parameters, so they are texts. */
struct fss__db_schema {
	int64_t			 app_id;
	const char		*set_app_id;
	int			 version;
	const char *const	*set_version;	/* by version */
	const struct fss__schema_step *steps;
	size_t			 step_count;
};

extern const struct fss__db_schema fss__schema_hub;

struct fss__stmt {
	struct fss__db	*db;
	const char	*sql;		/* the key: the caller's static text */
	sqlite3_stmt	*st;		/* NULL where err says why */
	int		 err;		/* of prepare or bind, told by step */
};

struct fss__db {
	sqlite3		*h;
	enum fss__db_mode mode;
	const struct fss__db_schema *schema;
	struct fss__stmt **slots;	/* open addressing, a power of two */
	size_t		 slot_count;
	size_t		 used;
	struct fss__stmt broken;	/* handed out when out of memory */
	struct fss__err	 err;
	bool		 in_tx;		/* as far as our callers know */
	bool		 in_savepoint;
	bool		 touched;	/* in this savepoint, see db.h */
	bool		 lost;
	struct fss__kept *kept;		/* see kept.c; NULL: nothing is */
	bool		 kept_known;	/* the counts, in this snapshot */
	int64_t		 kept_changes[FSS__KEPT_KINDS * FSS__KEPT_PARTS];
};

/* SQLite's (extended) result code as FSS_E..., 0 for its successes. */
int	fss__db_map(int rc);
/* Remembers the detail of a failure of @db and returns its FSS_E... */
int	fss__db_fail(struct fss__db *db, int rc, const char *doing);
/* Makes an empty file, mode 0600, where none is; FSS_EEXIST else. */
int	fss__db_make_file(const char *path);
/* Runs static SQL that returns no rows, uncached. */
int	fss__db_run(struct fss__db *db, const char *static_sql);
/* First column of the first row of static SQL, uncached. */
int	fss__db_run_i64(struct fss__db *db, const char *static_sql,
	    int64_t *ret_v);

/* db_open.c: fss__db_open() for a database of another kind than the hub's. */
int	fss__db_open_as(const char *path, enum fss__db_mode mode,
	    const struct fss__db_schema *schema, struct fss__err *err,
	    struct fss__db **ret_db);
/* schema.c: makes or upgrades (writer), compares (reader). */
int	fss__schema_ensure(struct fss__db *db, struct fss__err *err);

#endif
