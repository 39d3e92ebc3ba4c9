/*
 * Opening and closing a SQLite connection.
 *
 * The writer keeps the write-ahead log and fsyncs it at every commit
 * (synchronous=FULL): a commit that returned is on disk.  Readers may not
 * write (query_only) but open the file read-write where they can, since the
 * log's index is shared memory that every user of it maps.  Pages are read
 * with read(), not mmap(): a failing disk then yields an error instead of
 * killing the process.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "store/db_internal.h"

/* Negative cache sizes are KiB. */
static const char *const WRITE_SETUP[] = {
	"PRAGMA cache_size = -65536",
	"PRAGMA temp_store = MEMORY",
	"PRAGMA mmap_size = 0",
	"PRAGMA trusted_schema = OFF",
	"PRAGMA cell_size_check = ON",
	"PRAGMA foreign_keys = ON",
	"PRAGMA journal_mode = WAL",
	"PRAGMA synchronous = FULL",
	"PRAGMA wal_autocheckpoint = 4000",
	"PRAGMA journal_size_limit = 67108864",
	NULL
};

static const char *const READ_SETUP[] = {
	"PRAGMA cache_size = -32768",
	"PRAGMA temp_store = MEMORY",
	"PRAGMA mmap_size = 0",
	"PRAGMA trusted_schema = OFF",
	"PRAGMA cell_size_check = ON",
	"PRAGMA query_only = ON",
	"PRAGMA wal_autocheckpoint = 0",
	NULL
};

/* Switches off what only hostile schemas and old habits need. */
static int
harden(struct fss__db *db)
{
	static const int off[] = {
		SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL,
		SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION
	};
	size_t i;
	int rc;

	for (i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		rc = sqlite3_db_config(db->h, off[i], 0, NULL);
		if (rc != SQLITE_OK)
			return fss__db_fail(db, rc, "configure");
	}
	rc = sqlite3_db_config(db->h, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	/* Else SQLite prepares some queries anew for each value bound to them. */
	if (rc == SQLITE_OK)
		rc = sqlite3_db_config(db->h, SQLITE_DBCONFIG_ENABLE_QPSG, 1,
		    NULL);
	if (rc != SQLITE_OK)
		return fss__db_fail(db, rc, "configure");
	return 0;
}

static int
setup(struct fss__db *db)
{
	const char *const *s;
	int r = 0;

	s = db->mode == FSS__DB_WRITE ? WRITE_SETUP : READ_SETUP;
	for (; *s != NULL && r == 0; s++)
		r = fss__db_run(db, *s);
	return r;
}

/* A file of another program must not be taken for ours and "upgraded". */
static int
check_owner(struct fss__db *db)
{
	int64_t app = 0;
	int r;

	r = fss__db_run_i64(db, "PRAGMA application_id", &app);
	if (r == 0 && app != 0 && app != db->schema->app_id)
		r = fss__err_set(&db->err, FSS_ECORRUPT,
		    "database belongs to another program");
	return r;
}

static int
try_open(struct fss__db *db, const char *path, int flags)
{
	int rc;

	/* One thread per connection: SQLite need not lock for us. */
	rc = sqlite3_open_v2(path, &db->h, flags | SQLITE_OPEN_NOMUTEX |
	    SQLITE_OPEN_EXRESCODE, NULL);
	if (rc != SQLITE_OK)
		return fss__db_fail(db, rc, "open");
	rc = sqlite3_busy_timeout(db->h, FSS__DB_BUSY_MS);
	if (rc != SQLITE_OK)
		return fss__db_fail(db, rc, "configure");
	return 0;
}

/* "file:PATH?immutable=1" with the three characters URIs give a meaning. */
static char *
immutable_uri(const char *path)
{
	static const char hex[] = "0123456789ABCDEF";
	static const char head[] = "file:", tail[] = "?immutable=1";
	size_t n = strlen(path);
	char *uri, *p;

	if (n > PATH_MAX)
		return NULL;
	uri = fss__alloc(sizeof(head) + n * 3 + sizeof(tail));
	if (uri == NULL)
		return NULL;
	memcpy(uri, head, sizeof(head) - 1);
	p = uri + sizeof(head) - 1;
	for (; *path != '\0'; path++) {
		if (strchr("%?#", *path) == NULL) {
			*p++ = *path;
			continue;
		}
		*p++ = '%';
		*p++ = hex[(unsigned char)*path >> 4];
		*p++ = hex[*path & 15];
	}
	memcpy(p, tail, sizeof(tail));
	return uri;
}

/*
 * A reader that may not write to the folder can make no shared memory for
 * the log.  Where there is no log the file alone is the whole database, and
 * nobody changes it: whoever could would have made a log.
 */
static int
reopen_immutable(struct fss__db *db, const char *path)
{
	struct stat st;
	char *name;
	int r;

	name = fss__alloc(strlen(path) + sizeof("-wal"));
	if (name == NULL)
		return FSS_ENOMEM;
	memcpy(name, path, strlen(path));
	memcpy(name + strlen(path), "-wal", sizeof("-wal"));
	r = stat(name, &st) == 0 && st.st_size > 0 ? FSS_EROFS : 0;
	fss__free(name);
	if (r != 0)
		return fss__err_set(&db->err, r, "database has a log left "
		    "that cannot be read without writing to its folder");
	name = immutable_uri(path);
	if (name == NULL)
		return fss__err_set(&db->err, FSS_ENOMEM, "out of memory");
	(void)sqlite3_close_v2(db->h);
	db->h = NULL;
	r = try_open(db, name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
	fss__free(name);
	return r == 0 ? check_owner(db) : r;
}

/*
 * SQLite would make the file by the umask; its log and shared memory take
 * the mode of the file.  Only ever makes one: closing a descriptor of a file
 * that is there would give up the locks other connections have on it.
 */
int
fss__db_make_file(const char *path)
{
	int fd;

	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return fss__errno(errno);
	(void)close(fd);	/* nothing was written */
	return 0;
}

/* Opens and reads the head of the file, which is when failures show. */
static int
open_file(struct fss__db *db, const char *path)
{
	int r;

	if (db->mode == FSS__DB_WRITE) {
		/* Is there, or cannot be: the next call tells. */
		if (strcmp(path, ":memory:") != 0)
			(void)fss__db_make_file(path);
		r = try_open(db, path,
		    SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
		return r == 0 ? check_owner(db) : r;
	}
	if (access(path, F_OK) != 0)
		return fss__err_set(&db->err, FSS_ENOENT,
		    "database: no file '%s'", path);
	r = try_open(db, path, SQLITE_OPEN_READWRITE);
	if (r == 0)
		r = check_owner(db);
	if (r == FSS_EIO || r == FSS_EROFS)
		r = reopen_immutable(db, path);
	return r;
}

int
fss__db_open(const char *path, enum fss__db_mode mode, struct fss__err *err,
    struct fss__db **ret_db)
{
	return fss__db_open_as(path, mode, &fss__schema_hub, err, ret_db);
}

int
fss__db_open_as(const char *path, enum fss__db_mode mode,
    const struct fss__db_schema *schema, struct fss__err *err,
    struct fss__db **ret_db)
{
	struct fss__db *db;
	int r;

	*ret_db = NULL;
	db = fss__zalloc(sizeof(*db));
	if (db == NULL)
		return fss__err_set(err, FSS_ENOMEM, "out of memory");
	db->mode = mode;
	db->schema = schema;
	r = open_file(db, path);
	if (r == 0)
		r = harden(db);
	if (r == 0)
		r = setup(db);
	if (r == 0)
		r = fss__schema_ensure(db, &db->err);
	if (r != 0) {
		if (db->err.code != r)
			(void)fss__err_set(&db->err, r, "cannot open database");
		if (err != NULL)
			*err = db->err;
		fss__db_close(db);
		return r;
	}
	fss__err_clear(&db->err);
	*ret_db = db;
	return 0;
}

void
fss__db_close(struct fss__db *db)
{
	size_t i;

	if (db == NULL)
		return;
	for (i = 0; i < db->slot_count; i++) {
		if (db->slots[i] == NULL)
			continue;
		(void)sqlite3_finalize(db->slots[i]->st); /* told already */
		fss__free(db->slots[i]);
	}
	fss__free(db->slots);
	/* v2 cannot fail with statements left over; there are none anyway. */
	(void)sqlite3_close_v2(db->h);
	fss__free(db);
}
