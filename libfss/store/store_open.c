/*
 * Making, opening and closing a store.
 *
 *	DIR/store	format and id of the store; written last when it is made
 *	DIR/lock	held by the one process that has the store open
 *	DIR/meta.db	the database, which knows the same id
 *	DIR/seg/	segments
 *	DIR/seg.lock	held shared by a backup: no segment is removed
 *
 * A database and segments that do not belong together are told apart by the
 * id before anything is read or cut.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "crypto/keys.h"
#include "store/kept.h"
#include "store/seg_format.h"
#include "store/store_internal.h"
#include "wire/limits.h"

#define FORMAT		"FSS store 1\nid "
#define FORMAT_MAX	256u
#define SEGMENT_BYTES	(UINT64_C(256) << 20)
#define MEMORY_BYTES	(UINT64_C(1) << 30)

static int
path_of(const char *dir, const char *name, char *dst, struct fss__err *err)
{
	if (fss__fmt(dst, FSS__STORE_PATH, "%s/%s", dir, name) != 0)
		return fss__err_set(err, FSS_EINVAL, "path is too long");
	return 0;
}

/* ---- create ----------------------------------------------------------- */

static int
make_dir(const char *path, struct fss__err *err)
{
	int r;

	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return 0;
	r = errno == EACCES ? FSS_EROFS : fss__errno(errno);
	return fss__err_set(err, r, "cannot make folder '%s': %s", path,
	    strerror(errno));
}

static int
refuse_existing(const char *dir, struct fss__err *err)
{
	char path[FSS__STORE_PATH];
	struct fss__chunkstore cs;
	uint32_t segment;
	uint64_t size;
	int r;

	r = path_of(dir, "store", path, err);
	if (r != 0)
		return r;
	if (access(path, F_OK) == 0)
		return fss__err_set(err, FSS_EEXIST,
		    "there is a store in '%s' already", dir);
	r = path_of(dir, "seg", path, err);
	if (r == 0)
		r = fss__segstore_open(path, SEGMENT_BYTES, false, err, &cs);
	if (r != 0)
		return r;
	/* What an interrupted creation left has no segments yet. */
	if (cs.ops->segment(cs.self, 0, &segment, &size) == 1)
		r = fss__err_set(err, FSS_EEXIST,
		    "'%s' holds segments but no file 'store'", dir);
	fss__chunkstore_close(&cs);
	return r;
}

static int
make_db(const char *dir, char id[FSS__STORE_ID], struct fss__err *err)
{
	char path[FSS__STORE_PATH];
	uint8_t raw[(FSS__STORE_ID - 1) / 2];
	struct fss__db *db = NULL;
	int r;

	r = path_of(dir, "meta.db", path, err);
	if (r == 0)
		r = fss__db_open(path, FSS__DB_WRITE, err, &db);
	if (r != 0)
		return r;
	r = fss__fact_get(db, "id", id, FSS__STORE_ID);
	if (r == 0) {
		fss__random(raw, sizeof(raw));
		fss__hex_encode(id, raw, sizeof(raw));
		r = fss__fact_set(db, "id", id);
	} else if (r == 1) {
		r = 0;	/* left by an interrupted creation */
	}
	if (r != 0)
		(void)fss__err_set(err, r, "%s", fss__db_errmsg(db));
	fss__db_close(db);
	return r;
}

int
fss__store_create(const char *dir, struct fss__err *err)
{
	char path[FSS__STORE_PATH], id[FSS__STORE_ID], text[FORMAT_MAX];
	int r;

	r = fss__crypto_init();
	if (r != 0)
		return fss__err_set(err, r, "no randomness");
	r = make_dir(dir, err);
	if (r == 0)
		r = path_of(dir, "seg", path, err);
	if (r == 0)
		r = make_dir(path, err);
	if (r == 0)
		r = refuse_existing(dir, err);
	if (r == 0)
		r = make_db(dir, id, err);
	if (r == 0)
		r = path_of(dir, "store", path, err);
	if (r != 0)
		return r;
	/* Last: without this file there is no store. */
	r = fss__fmt(text, sizeof(text), FORMAT "%s\n", id);
	if (r == 0)
		r = fss__io_write_file(path, text, strlen(text), 0600);
	if (r == 0)
		r = path_of(dir, "..", path, err);
	if (r == 0)
		r = fss__io_fsync_dir(path);	/* where our own name is */
	if (r != 0)
		return fss__err_set(err, r, "cannot write '%s'", path);
	return 0;
}

/* ---- open ------------------------------------------------------------- */

/* Reads DIR/store: the store's id, or why this is none of ours. */
static int
read_format(const char *dir, char id[FSS__STORE_ID], struct fss__err *err)
{
	char path[FSS__STORE_PATH];
	const size_t head = sizeof(FORMAT) - 1;
	uint8_t *text = NULL;
	size_t len = 0;
	int r;

	r = path_of(dir, "store", path, err);
	if (r != 0)
		return r;
	r = fss__io_read_file(path, FORMAT_MAX, &text, &len);
	if (r == FSS_ENOENT)
		return fss__err_set(err, r, "there is no store in '%s'", dir);
	if (r != 0)
		return fss__err_set(err, r, "cannot read '%s'", path);
	if (len < 10 || memcmp(text, "FSS store ", 10) != 0)
		r = fss__err_set(err, FSS_ECORRUPT,
		    "'%s' is not the file of a store", path);
	else if (len >= 12 && memcmp(text + 10, "1\n", 2) != 0)
		r = fss__err_set(err, FSS_ESCHEMA,
		    "the store in '%s' has a newer format", dir);
	else if (len != head + FSS__STORE_ID ||
	    memcmp(text, FORMAT, head) != 0)
		r = fss__err_set(err, FSS_ECORRUPT, "'%s' is damaged", path);
	else {
		memcpy(id, text + head, FSS__STORE_ID - 1);
		id[FSS__STORE_ID - 1] = '\0';
	}
	fss__free(text);
	return r;
}

static int
take_lock(struct fss__store *s, struct fss__err *err)
{
	char path[FSS__STORE_PATH];
	int r;

	r = path_of(s->dir, "lock", path, err);
	if (r != 0)
		return r;
	r = fss__lock_take(path, !s->read_only, false, &s->lock_fd);
	if (r == FSS_ENOENT && s->read_only)
		return 0;	/* nobody ever wrote here, and we do not */
	if (r == FSS_EBUSY)
		return fss__err_set(err, r,
		    "another process has the store in '%s' open", s->dir);
	if (r != 0)
		return fss__err_set(err, r, "cannot lock '%s'", path);
	return 0;
}

static int
open_db(struct fss__store *s, const char *id, struct fss__err *err)
{
	char path[FSS__STORE_PATH], have[FSS__STORE_ID];
	int r;

	r = path_of(s->dir, "meta.db", path, err);
	if (r != 0)
		return r;
	/* The writer would make a new, empty one in place of a lost one. */
	if (access(path, F_OK) != 0)
		return fss__err_set(err, FSS_ECORRUPT,
		    "the database '%s' is missing", path);
	r = fss__db_open(path, s->read_only ? FSS__DB_READ : FSS__DB_WRITE,
	    err, &s->db);
	if (r != 0)
		return r;
	r = fss__fact_get(s->db, "id", have, sizeof(have));
	if (r < 0)
		return fss__err_set(err, r, "%s", fss__db_errmsg(s->db));
	if (r == 0 || strcmp(have, id) != 0)
		return fss__err_set(err, FSS_ECORRUPT,
		    "database and segments in '%s' belong to different stores",
		    s->dir);
	return 0;
}

static int
open_files(struct fss__store *s, const struct fss__store_config *cfg,
    struct fss__err *err)
{
	char path[FSS__STORE_PATH], id[FSS__STORE_ID];
	int r;

	if (fss__fmt(s->dir, sizeof(s->dir), "%s", cfg->dir) != 0)
		return fss__err_set(err, FSS_EINVAL, "path is too long");
	r = read_format(s->dir, id, err);
	if (r == 0)
		r = take_lock(s, err);
	if (r == 0)
		r = open_db(s, id, err);
	if (r == 0)
		r = path_of(s->dir, "seg", path, err);
	if (r != 0)
		return r;
	return fss__segstore_open(path, cfg->segment_bytes != 0 ?
	    cfg->segment_bytes : SEGMENT_BYTES, s->read_only, err, &s->cs);
}

static int
open_memory(struct fss__store *s, struct fss__err *err)
{
	int r;

	r = fss__memstore_open(MEMORY_BYTES, &s->cs);
	if (r != 0)
		return fss__err_set(err, r, "out of memory");
	return fss__db_open(":memory:", FSS__DB_WRITE, err, &s->db);
}

static int
wrap(struct fss__store *s, const struct fss__store_config *cfg,
    struct fss__err *err)
{
	struct fss__chunkstore inner = s->cs;
	int r;

	if (cfg->wrap == NULL)
		return 0;
	s->cs.ops = NULL;
	s->cs.self = NULL;
	r = cfg->wrap(cfg->wrap_ctx, inner, &s->cs);
	return r == 0 ? 0 : fss__err_set(err, r, "cannot wrap the driver");
}

static void
release(struct fss__store *s)
{
	fss__db_close(s->db);
	fss__chunkstore_close(&s->cs);
	fss__pending_release(&s->pending);
	fss__kept_free(s->kept);
	fss__lock_drop(s->lock_fd);
	fss__free(s->page);
	fss__free(s->chunk);
	fss__free(s);
}

static struct fss__store *
alloc_store(const struct fss__store_config *cfg)
{
	struct fss__store *s;

	s = fss__zalloc(sizeof(*s));
	if (s == NULL)
		return NULL;
	if (fss__pending_init(&s->pending) != 0) {
		fss__free(s);
		return NULL;
	}
	s->lock_fd = -1;
	s->read_only = cfg->read_only;
	if (cfg->log != NULL)
		s->log = *cfg->log;
	s->page = fss__alloc(FSS__MAX_PAGE);
	s->chunk = fss__alloc(FSS__REC_MAX);
	if (s->page == NULL || s->chunk == NULL) {
		release(s);
		return NULL;
	}
	return s;
}

int
fss__store_open(const struct fss__store_config *cfg, struct fss__err *err,
    struct fss__store **ret_s)
{
	struct fss__store *s;
	uint64_t offset;
	int r;

	*ret_s = NULL;
	r = fss__crypto_init();
	if (r != 0)
		return fss__err_set(err, r, "no randomness");
	s = alloc_store(cfg);
	if (s == NULL)
		return fss__err_set(err, FSS_ENOMEM, "out of memory");
	r = cfg->dir == NULL ? open_memory(s, err) : open_files(s, cfg, err);
	if (r == 0)
		r = wrap(s, cfg, err);
	if (r == 0 && !s->read_only) {
		r = fss__store_recover(s);
		if (r != 0)
			(void)fss__err_set(err, r, "cannot recover: %s",
			    s->err.detail);
		else
			s->cs.ops->tail(s->cs.self, &s->dirty_from, &offset);
	}
	if (r != 0) {
		release(s);
		return r;
	}
	*ret_s = s;
	return 0;
}

/* What cannot be flushed now is in the segments, and found at the next open. */
void
fss__store_close(struct fss__store *s)
{
	if (s == NULL)
		return;
	if (s->in_tx)
		fss__store_abort(s);
	if (s->pending.count > 0 && s->failed == 0)
		(void)fss__store_flush(s);
	if (!s->read_only && s->failed == 0)
		(void)fss__db_checkpoint(s->db);	/* a shorter start */
	release(s);
}

void
fss__store_forget(struct fss__store *s)
{
	/* Closed and not dropped: it is still the parent's. */
	if (s != NULL && s->lock_fd != -1)
		(void)close(s->lock_fd);
}
