/*
 * Reading what is served.
 *
 * The file must be, by all stat() tells, the one that was announced; each
 * chunk is cut and compared as the manifest pages of the index say before it
 * goes out.  So nothing but what was announced ever does.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/frame.h"
#include "base/io.h"
#include "base/num.h"
#include "chunk/manifest.h"
#include "client/serve.h"

#define PUT_BYTES	((size_t)FSS__MAX_CHUNK)	/* unless one is larger */

/* ---- open files ------------------------------------------------------- */

struct servefile *
fss__serve_file(struct serve *s, uint64_t transfer)
{
	struct servefile *f;

	for (f = s->files; f != NULL; f = f->next)
		if (f->transfer == transfer)
			return f;
	return NULL;
}

static void
file_free(struct servefile *f)
{
	(void)close(f->fd);		/* was only read from */
	fss__free(f->local);
	fss__free(f);
}

void
fss__serve_close(struct serve *s, uint64_t transfer)
{
	struct servefile **p, *f;

	for (p = &s->files; (f = *p) != NULL; p = &f->next) {
		if (f->transfer != transfer)
			continue;
		*p = f->next;
		file_free(f);
		return;
	}
}

void
fss__serve_kept_free(struct kept *k)
{
	if (k == NULL)
		return;
	fss__frame_unref(k->frame);
	fss__free(k);
}

struct kept *
fss__serve_take(struct serve *s, uint64_t token)
{
	struct kept **p, *k;

	for (p = &s->kept; (k = *p) != NULL; p = &k->next) {
		if (k->token != token)
			continue;
		*p = k->next;
		return k;
	}
	return NULL;
}

void
fss__serve_close_all(struct serve *s)
{
	struct servefile *f;
	struct kept *k;

	while ((f = s->files) != NULL) {
		s->files = f->next;
		file_free(f);
	}
	while ((k = s->kept) != NULL) {
		s->kept = k->next;
		fss__serve_kept_free(k);
	}
}

/* ---- CHECK ------------------------------------------------------------ */

static int64_t
ns(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

/* Opens what the index says; FSS_ECHANGED where it is not that any more. */
static int
open_row(struct fss__localidx *x, const struct fss__local_file *row,
    int *ret_fd, char **ret_local)
{
	char *local = fss__strndup(row->local.p, row->local.n);
	struct stat st;
	int fd = -1, r;
	size_t len;

	if (local == NULL)
		return FSS_ENOMEM;
	/* Without its folder, nothing on the way to it may be a link. */
	r = fss__localidx_root_of(x, row, &len);
	if (r >= 0)
		r = fss__local_open(local, len, &fd);
	if (r == 0 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    (uint64_t)st.st_dev != row->dev ||
	    (uint64_t)st.st_ino != row->ino ||
	    (uint64_t)st.st_size != row->size ||
	    ns(&st.st_mtim) != row->mtime_ns ||
	    ns(&st.st_ctim) != row->ctime_ns))
		r = FSS_ECHANGED;
	if (r != 0) {
		if (fd >= 0)
			(void)close(fd);	/* was not used */
		fss__free(local);
		return r;
	}
	*ret_fd = fd;
	*ret_local = local;
	return 0;
}

/* Whether @row was announced as what is wanted: not by its digest alone. */
static bool
is_same(const struct fss__local_file *row, const struct fss__holder_want *w)
{
	return row->has_root && fss__id_eq(&row->root, &w->root) &&
	    row->depth == w->depth && row->size == w->size;
}

/*
 * The announced file, or another one with the same content.  FSS_EINVAL: it is
 * here, with another size than is said, which is no fault of the file.
 */
static int
find_file(struct serve *s, const struct fss__holder_want *w, int *ret_fd,
    char **ret_local, int64_t *ret_id)
{
	struct fss__localidx *x = s->op.c->index;
	struct fss__local_file row;
	int64_t after = 0;
	int r, code = FSS_ENOENT;

	r = fss__localidx_get(x, w->path, &row);
	if (r == 1 && is_same(&row, w)) {
		code = open_row(x, &row, ret_fd, ret_local);
		*ret_id = row.id;
		if (code == 0)
			return 0;
	}
	while (r >= 0 && (r = fss__localidx_by_root(x, &w->root, after,
	    &row)) == 1) {
		after = row.id;
		if (!is_same(&row, w)) {
			code = code == FSS_ENOENT ? FSS_EINVAL : code;
			continue;
		}
		*ret_id = row.id;
		if (open_row(x, &row, ret_fd, ret_local) == 0)
			return 0;
	}
	return r < 0 ? r : code;
}

void
fss__serve_check(struct serve *s, const struct fss__holder_want *w)
{
	struct servefile *f = NULL;
	char *local = NULL;
	int64_t id = 0;
	int fd = -1, r;

	fss__serve_close(s, w->transfer);
	r = find_file(s, w, &fd, &local, &id);
	if (r == 0) {
		f = fss__zalloc(sizeof(*f));
		if (f == NULL) {
			(void)close(fd);	/* was not used */
			fss__free(local);
			r = FSS_ENOMEM;
		}
	}
	if (f != NULL) {
		f->transfer = w->transfer;
		f->fd = fd;
		f->id = id;
		f->local = local;
		f->next = s->files;
		s->files = f;
	}
	(void)fss__holder_result(s->holder, w->token, r, 0);
}

/* ---- PAGES ------------------------------------------------------------ */

static void
add_node(struct kept *k, const struct fss__id *id, size_t len)
{
	memcpy(k->ids + (size_t)k->count * FSS__ID_BYTES, id->b,
	    FSS__ID_BYTES);
	fss__put_le32(k->lens + (size_t)k->count * 4, (uint32_t)len);
	k->count++;
}

static void
keep(struct serve *s, struct kept *k, uint64_t token)
{
	k->token = token;
	k->next = s->kept;
	s->kept = k;
}

/* Gathers pages; FSS_E... . */
static int
gather(struct serve *s, struct servefile *f, struct kept *k)
{
	struct fss__slice data;
	struct fss__id id;
	uint64_t start;
	unsigned level;
	int r;

	while (k->count < FSS__MAX_PLAN_PAGES) {
		r = fss__localidx_page_after(s->op.c->index, f->id, f->level,
		    f->start, &id, &level, &start, &data);
		if (r <= 0)
			return r;
		if (data.n > PUT_BYTES - k->frame->len)
			return 0;
		memcpy(k->frame->data + k->frame->len, data.p, data.n);
		k->frame->len += data.n;
		add_node(k, &id, data.n);
		f->level = level;
		f->start = start;
	}
	return 0;
}

void
fss__serve_pages(struct serve *s, const struct fss__holder_want *w)
{
	struct servefile *f = fss__serve_file(s, w->transfer);
	struct kept *k = fss__zalloc(sizeof(*k));
	int r = FSS_ENOMEM;
	uint64_t count = 0;

	if (k != NULL)
		k->frame = fss__frame_new(PUT_BYTES);
	if (f == NULL || (w->offset != 0 && w->offset != f->page)) {
		r = FSS_EINVAL;
	} else if (k != NULL && k->frame != NULL) {
		if (w->offset == 0) {
			f->page = f->start = 0;
			f->level = FSS__MAX_LEVELS + 1;
		}
		k->frame->len = 0;
		r = gather(s, f, k);
		count = k->count;
	}
	if (r == 0 && count > 0) {
		f->page += count;
		keep(s, k, w->token);
		k = NULL;
	}
	fss__serve_kept_free(k);
	(void)fss__holder_result(s->holder, w->token, r, count);
}

/* ---- READ ------------------------------------------------------------- */

/* Which chunks from @offset on: those of one page, a PUT's worth. */
static int
choose(struct serve *s, const struct servefile *f,
    const struct fss__holder_want *w, struct kept *k, size_t *ret_bytes)
{
	size_t max = fss__cs_terms(s->op.who->cs)->payload_max;
	struct fss__slice data;
	struct fss__page view;
	struct fss__id id;
	uint64_t start, first, span;
	unsigned i;
	int r;

	*ret_bytes = 0;
	if (max > PUT_BYTES)
		max = PUT_BYTES;
	if (w->depth == 0) {
		if (w->offset != 0 || w->len != w->size ||
		    w->size > FSS__MAX_CHUNK)
			return FSS_EPROTO;
		add_node(k, &w->root, (size_t)w->size);
		*ret_bytes = (size_t)w->size;
		return 0;
	}
	r = fss__localidx_page_at(s->op.c->index, f->id, 1, w->offset, &start,
	    &data);
	if (r == 1)
		r = fss__page_decode(data.p, data.n, &view);
	else if (r == 0)
		r = FSS_ECHANGED;
	if (r == 0 && w->offset - start >= view.span)
		r = FSS_ECHANGED;
	if (r != 0)
		return r;
	i = fss__page_seek(&view, w->offset - start, &first);
	if (start + first != w->offset)
		return FSS_EPROTO;
	for (; i < view.count && k->count < FSS__MAX_PUT_NODES; i++) {
		fss__page_child(&view, i, &id, &span);
		if (span > FSS__MAX_CHUNK || span > w->len - *ret_bytes ||
		    (k->count > 0 && span > max - *ret_bytes))
			break;
		add_node(k, &id, (size_t)span);
		*ret_bytes += (size_t)span;
		if (*ret_bytes >= max)
			break;
	}
	/* A run ends where a chunk does. */
	return k->count > 0 ? 0 : FSS_EPROTO;
}

static int
read_chunks(const struct servefile *f, uint64_t offset, size_t bytes,
    struct kept *k)
{
	size_t got, at = 0, len;
	struct fss__id id;
	unsigned i;
	int r;

	k->frame = fss__frame_new(bytes);
	if (k->frame == NULL)
		return FSS_ENOMEM;
	r = fss__io_pread(f->fd, k->frame->data, bytes, offset, &got);
	if (r != 0)
		return r;
	if (got < bytes)
		return FSS_ECHANGED;
	for (i = 0; i < k->count; i++) {
		len = fss__get_le32(k->lens + (size_t)i * 4);
		memcpy(id.b, k->ids + (size_t)i * FSS__ID_BYTES,
		    FSS__ID_BYTES);
		r = fss__digest_verify(&id, k->frame->data + at, len);
		if (r != 0)
			return r == FSS_EINTEGRITY ? FSS_ECHANGED : r;
		at += len;
	}
	return 0;
}

void
fss__serve_read(struct serve *s, const struct fss__holder_want *w)
{
	struct servefile *f = fss__serve_file(s, w->transfer);
	struct kept *k = fss__zalloc(sizeof(*k));
	size_t bytes = 0;
	int r = FSS_ENOMEM;

	if (f == NULL)
		r = FSS_EINVAL;
	else if (k != NULL)
		r = choose(s, f, w, k, &bytes);
	if (r == 0)
		r = read_chunks(f, w->offset, bytes, k);
	if (r == 0) {
		keep(s, k, w->token);
		k = NULL;
	}
	/* Whatever stat() tells of it, it is to be read again. */
	if (r == FSS_ECHANGED && fss__localidx_doubt(s->op.c->index,
	    f->id) != 0)
		s->fatal = FSS_EIO;
	fss__serve_kept_free(k);
	(void)fss__holder_result(s->holder, w->token, r, bytes);
}
