/*
 * Copying a store while a hub writes to it.
 *
 * The database is copied first, as one snapshot.  It names segments and how
 * far each is indexed; segments only grow, so those bytes are there and final,
 * and just those are copied.  The one thing that could take them away is the
 * collector, which removes files: it does so only while it holds DIR/seg.lock
 * alone, and a backup holds that lock shared from before the snapshot to the
 * end.  (It may move chunks meanwhile; the old places stay readable.)
 *
 * The file `store`, without which a folder is no store, is written last.
 */
#include "store/backup.h"

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "store/seg_fd.h"
#include "store/store_internal.h"

#define COPY_BYTES	((size_t)1 << 20)
#define STORE_FILE_MAX	4096u

struct backup {
	const char	*data;
	const char	*target;
	struct fss__err	*err;
	uint8_t		*buf;
	char		 from[FSS__STORE_PATH];
	char		 to[FSS__STORE_PATH];
	bool		 short_segment;
};

static int
fail(struct backup *b, int r, const char *doing, const char *path)
{
	return fss__err_set(b->err, r, "cannot %s '%s': %s", doing, path,
	    fss_strerror(r));
}

static int
paths(struct backup *b, const char *name)
{
	int r;

	r = fss__fmt(b->from, sizeof(b->from), "%s/%s", b->data, name);
	if (r == 0)
		r = fss__fmt(b->to, sizeof(b->to), "%s/%s", b->target, name);
	return r == 0 ? 0 : fss__err_set(b->err, FSS_EINVAL,
	    "path is too long");
}

static int
copy_bytes(struct backup *b, int from, int to, uint64_t len)
{
	uint64_t off = 0;
	size_t n, got;
	int r = 0;

	while (off < len && r == 0) {
		n = len - off < COPY_BYTES ? (size_t)(len - off) : COPY_BYTES;
		r = fss__io_pread(from, b->buf, n, off, &got);
		if (r != 0)
			return fail(b, r, "read", b->from);
		if (got > 0)
			r = fss__io_pwrite(to, b->buf, got, off);
		if (r != 0)
			return fail(b, r, "write", b->to);
		off += got;
		if (got < n) {
			b->short_segment = true;
			break;
		}
	}
	r = fss__io_fdatasync(to);
	return r == 0 ? 0 : fail(b, r, "sync", b->to);
}

static int
copy_segment(struct backup *b, const struct fss__segment *row)
{
	char name[FSS__SEG_NAME], path[FSS__SEG_NAME + 4];
	int from = -1, to = -1, r;

	fss__seg_name(name, row->id);
	/* "seg/" and the name always fit. */
	(void)fss__fmt(path, sizeof(path), "seg/%s", name);
	r = paths(b, path);
	if (r != 0)
		return r;
	from = open(b->from, O_RDONLY | O_CLOEXEC);
	if (from == -1 && errno == ENOENT) {
		b->short_segment = true;
		return 0;
	}
	if (from == -1)
		return fail(b, fss__errno(errno), "open", b->from);
	to = open(b->to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (to == -1)
		r = fail(b, fss__errno(errno), "make", b->to);
	else
		r = copy_bytes(b, from, to, row->indexed);
	(void)close(from);	/* was only read */
	if (to != -1)
		(void)close(to);	/* synced */
	return r;
}

/* What the copied database, not the live one, says there is. */
static int
copy_segments(struct backup *b)
{
	struct fss__segment row;
	struct fss__db *db = NULL;
	uint32_t from = 0;
	int r;

	r = paths(b, "meta.db");
	if (r == 0)
		r = fss__db_open(b->to, FSS__DB_WRITE, b->err, &db);
	if (r != 0)
		return r;
	while ((r = fss__segment_next(db, from, &row)) == 1) {
		r = row.state == FSS__SEGMENT_CONDEMNED ? 0 :
		    copy_segment(b, &row);
		if (r != 0 || row.id == UINT32_MAX)
			break;
		from = row.id + 1;
	}
	fss__db_close(db);
	return r;
}

static int
copy_database(struct backup *b)
{
	struct fss__db *db = NULL;
	int r;

	r = paths(b, "meta.db");
	if (r == 0)
		r = fss__db_open(b->from, FSS__DB_READ, b->err, &db);
	if (r != 0)
		return r;
	r = fss__db_backup(db, b->to, b->err);
	fss__db_close(db);
	return r;
}

static int
make_dirs(struct backup *b)
{
	int r;

	if (mkdir(b->target, 0700) != 0)
		return fail(b, fss__errno(errno), "make folder", b->target);
	r = paths(b, "seg");
	if (r == 0 && mkdir(b->to, 0700) != 0)
		r = fail(b, fss__errno(errno), "make folder", b->to);
	return r;
}

static int
finish(struct backup *b)
{
	uint8_t *text = NULL;
	size_t len = 0;
	int r;

	r = paths(b, "seg");
	if (r == 0 && (r = fss__io_fsync_dir(b->to)) != 0)
		r = fail(b, r, "sync", b->to);
	if (r == 0)
		r = paths(b, "store");
	if (r != 0)
		return r;
	r = fss__io_read_file(b->from, STORE_FILE_MAX, &text, &len);
	if (r != 0)
		return fail(b, r, "read", b->from);
	r = fss__io_write_file(b->to, text, len, 0600);
	fss__free(text);
	if (r != 0)
		return fail(b, r, "write", b->to);
	r = paths(b, "..");		/* where the target's name is */
	if (r == 0 && (r = fss__io_fsync_dir(b->to)) != 0)
		r = fail(b, r, "sync", b->to);
	return r;
}

static int
verify(struct backup *b)
{
	struct fss__store_config cfg;
	struct fss__store *s = NULL;
	int r;

	memset(&cfg, 0, sizeof(cfg));
	cfg.dir = b->target;
	cfg.read_only = true;
	r = fss__store_open(&cfg, b->err, &s);
	fss__store_close(s);
	return r;
}

int
fss__store_backup(const char *data, const char *target, struct fss__err *err)
{
	struct backup *b;
	int lock = -1, r;

	b = fss__zalloc(sizeof(*b));
	if (b == NULL)
		return fss__err_set(err, FSS_ENOMEM, "out of memory");
	b->data = data;
	b->target = target;
	b->err = err;
	b->buf = fss__alloc(COPY_BYTES);
	r = b->buf == NULL ? fss__err_set(err, FSS_ENOMEM, "out of memory") :
	    paths(b, "store");
	if (r == 0 && access(b->from, F_OK) != 0)
		r = fss__err_set(err, FSS_ENOENT, "there is no store in '%s'",
		    data);
	if (r == 0)
		r = paths(b, "seg.lock");
	if (r == 0 && (r = fss__lock_take(b->from, true, true, &lock)) != 0)
		r = fail(b, r, "lock", b->from);
	if (r == 0)
		r = make_dirs(b);
	if (r == 0)
		r = copy_database(b);
	if (r == 0)
		r = copy_segments(b);
	if (r == 0)
		r = finish(b);
	fss__lock_drop(lock);
	if (r == 0)
		r = verify(b);
	if (r == 0 && b->short_segment)
		r = fss__err_set(err, FSS_ECORRUPT, "copied to '%s', but a "
		    "segment in '%s' is missing or short", target, data);
	fss__free(b->buf);
	fss__free(b);
	return r;
}
