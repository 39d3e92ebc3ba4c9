/*
 * Scanning what is announced, and reading what changed.
 *
 * Folders are gone into depth first, each through its own descriptor and
 * never through a link.  A file whose stat is that of the index is as it was;
 * another one is chunked and digested, and the pages of its manifest kept: the
 * agent will send by them.  What stat() tells before and after must be the
 * same, else it is read again, and given up after a few times.
 *
 * Each slice is one transaction of the index.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"
#include "base/time.h"
#include "client/announce.h"

#define ENTRIES		64	/* looked at in one slice */
#define ATTEMPTS	3

static int64_t
ns(const struct timespec *ts)
{
	return (int64_t)ts->tv_sec * 1000000000 + ts->tv_nsec;
}

/* ---- files ------------------------------------------------------------ */

static void
drop_pages(struct announce *an)
{
	struct anpage *p;

	while ((p = an->pages) != NULL) {
		an->pages = p->next;
		fss__free(p);
	}
	an->pages_tail = &an->pages;
}

static void
end_reading(struct announce *an)
{
	fss__rehash_free(an->rehash);
	an->rehash = NULL;
	an->reading = NULL;
	an->attempts = 0;
	drop_pages(an);
}

static void
fail_item(struct announce *an, struct anitem *it, int code)
{
	an->op.count[FSS_COUNT_FAILED]++;
	an->last_error = code;
	fss__an_report(an, it->local, it->remote, FSS_KIND_FILE,
	    (uint64_t)it->st.st_size, code, NULL);
	fss__an_item_free(an, it);
}

static struct anitem *
new_item(struct announce *an, const char *local, const char *remote,
    const struct stat *st)
{
	struct anitem *it = fss__zalloc(sizeof(*it));

	if (it == NULL)
		return NULL;
	it->local = fss__strdup(local);
	it->remote = fss__strdup(remote);
	if (it->local == NULL || it->remote == NULL) {
		fss__free(it->local);
		fss__free(it->remote);
		fss__free(it);
		return NULL;
	}
	it->st = *st;
	it->next = an->all;
	if (an->all != NULL)
		an->all->prev = it;
	an->all = it;
	return it;
}

static bool
is_same(const struct fss__local_file *f, const struct anitem *it)
{
	return f->dev == (uint64_t)it->st.st_dev &&
	    f->ino == (uint64_t)it->st.st_ino &&
	    f->size == (uint64_t)it->st.st_size &&
	    f->mtime_ns == ns(&it->st.st_mtim) &&
	    f->ctime_ns == ns(&it->st.st_ctim) &&
	    f->has_root == (it->st.st_size > 0) &&
	    fss__slice_eq(f->local, fss__slice_str(it->local));
}

/* As in the index: 1 and nothing is to be read, 0, or an error. */
static int
known(struct announce *an, struct anitem *it)
{
	struct fss__localidx *x = an->op.c->index;
	struct fss__local_file f;
	bool told;
	int r;

	r = fss__localidx_get(x, fss__slice_str(it->remote), &f);
	if (r <= 0 || !is_same(&f, it) || (an->flags & FSS_COPY_CHECKSUM))
		return r < 0 ? r : 0;
	it->id = f.id;
	it->has_root = f.has_root;
	it->root = f.root;
	it->depth = f.depth;
	told = f.told;
	r = fss__localidx_found(x, f.id, an->scan);
	if (r != 0)
		return r;
	an->op.count[FSS_COUNT_BYTES_DONE] += f.size;
	an->op.count[FSS_COUNT_UNCHANGED]++;
	if (!told) {
		r = fss__an_tell(an, it);
		return r != 0 && r != FSS_EAGAIN ? r : 1;
	}
	an->op.count[FSS_COUNT_FILES_DONE]++;
	fss__an_item_free(an, it);
	return 1;
}

static int
found_file(struct announce *an, const char *local, const char *remote,
    const struct stat *st)
{
	struct anitem *it = new_item(an, local, remote, st);
	int r;

	if (it == NULL)
		return FSS_ENOMEM;
	an->op.count[FSS_COUNT_FILES_TOTAL]++;
	an->op.count[FSS_COUNT_BYTES_TOTAL] += (uint64_t)st->st_size;
	r = known(an, it);
	if (r == 0)
		an->reading = it;
	return r < 0 ? r : 0;
}

/* ---- reading ---------------------------------------------------------- */

static int
keep_page(void *ctx, const struct fss__id *id, const uint8_t *data,
    size_t len)
{
	struct announce *an = ctx;
	struct anpage *p = fss__alloc(sizeof(*p) + len);

	if (p == NULL)
		return FSS_ENOMEM;
	p->next = NULL;
	p->id = *id;
	p->len = len;
	memcpy(p->data, data, len);
	*an->pages_tail = p;
	an->pages_tail = &p->next;
	return 0;
}

/* Opens the file to be read: 1, or 0 where it is to wait or came to nothing. */
static int
open_file(struct announce *an)
{
	struct anitem *it = an->reading;
	const char *name = it->local;
	int fd, r, dir = AT_FDCWD;
	struct stat st;

	/* Its folder may be a link by now; the descriptor still is it. */
	if (an->walk != NULL) {
		dir = dirfd(an->walk->dir);
		name = strrchr(it->local, '/') + 1;
	}
	fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		r = fd < 0 ? fss__errno(errno) : FSS_ECHANGED;
		if (fd >= 0)
			(void)close(fd);	/* was not used */
		end_reading(an);
		fail_item(an, it, r);
		return 1;
	}
	if (fss__local_young(&st)) {
		(void)close(fd);	/* was not used */
		fss__op_wake_at(&an->op, fss__mono_us() + FSS__YOUNG_US);
		return 0;
	}
	an->op.count[FSS_COUNT_BYTES_TOTAL] += (uint64_t)st.st_size -
	    (uint64_t)it->st.st_size;
	it->st = st;
	drop_pages(an);
	r = fss__rehash_new(fd, fss__cs_terms(an->op.who->cs), &an->rehash);
	if (r != 0)
		return r;
	fss__rehash_pages(an->rehash, keep_page, an);
	return 1;
}

/* Into the index, with its pages. */
static int
put_in_index(struct announce *an, struct anitem *it)
{
	uint64_t start[FSS__MAX_LEVELS + 1] = { 0 };
	struct fss__localidx *x = an->op.c->index;
	struct fss__local_file f;
	struct fss__page view;
	struct anpage *p;
	int r;

	memset(&f, 0, sizeof(f));
	f.remote = fss__slice_str(it->remote);
	f.local = fss__slice_str(it->local);
	f.dev = (uint64_t)it->st.st_dev;
	f.ino = (uint64_t)it->st.st_ino;
	f.size = (uint64_t)it->st.st_size;
	f.mtime_ns = ns(&it->st.st_mtim);
	f.ctime_ns = ns(&it->st.st_ctim);
	f.has_root = it->has_root;
	f.root = it->root;
	f.depth = it->depth;
	f.scan = an->scan;
	r = fss__localidx_set(x, &f);
	it->id = f.id;
	for (p = an->pages; r == 0 && p != NULL; p = p->next) {
		r = fss__page_decode(p->data, p->len, &view);
		if (r == 0)
			r = fss__localidx_page_add(x, f.id, view.level,
			    start[view.level], &p->id, p->data, p->len);
		if (r == 0)
			start[view.level] += view.span;
	}
	return r;
}

static int
finish_file(struct announce *an)
{
	struct anitem *it = an->reading;
	struct stat st;
	uint64_t size;
	int r;

	it->has_root = fss__rehash_root(an->rehash, &it->root, &size);
	it->depth = fss__rehash_depth(an->rehash);
	if (fstat(fss__rehash_fd(an->rehash), &st) != 0 ||
	    !fss__local_same(&st, &it->st) || (it->has_root ? size : 0) !=
	    (uint64_t)st.st_size) {
		fss__rehash_free(an->rehash);
		an->rehash = NULL;
		if (++an->attempts < ATTEMPTS)
			return 1;
		end_reading(an);
		fail_item(an, it, FSS_ECHANGED);
		return 1;
	}
	r = put_in_index(an, it);
	end_reading(an);
	if (r != 0)
		return r;
	an->op.count[FSS_COUNT_BYTES_DONE] += (uint64_t)it->st.st_size;
	r = fss__an_tell(an, it);
	return r != 0 && r != FSS_EAGAIN ? r : 1;
}

static int
read_on(struct announce *an)
{
	struct anitem *it = an->reading;
	int r;

	if (an->rehash == NULL) {
		r = open_file(an);
		if (r <= 0 || an->rehash == NULL)
			return r;
	}
	r = fss__rehash_step(an->rehash);
	if (r == 1)
		return 1;
	if (r == 0)
		return finish_file(an);
	end_reading(an);
	if (r == FSS_ENOMEM)
		return r;
	fail_item(an, it, r);
	return 1;
}

/* ---- the walk --------------------------------------------------------- */

static void
pop(struct announce *an)
{
	struct andir *d = an->walk;

	an->walk = d->parent;
	(void)closedir(d->dir);		/* was only read from */
	fss__free(d->local);
	fss__free(d->remote);
	fss__free(d);
}

/* Takes @fd over. */
static int
push(struct announce *an, int fd, const char *local, const char *remote)
{
	struct andir *d = fss__zalloc(sizeof(*d));

	if (d != NULL) {
		d->local = fss__strdup(local);
		d->remote = fss__strdup(remote);
		d->dir = fdopendir(fd);
	}
	if (d == NULL || d->local == NULL || d->remote == NULL ||
	    d->dir == NULL) {
		if (d != NULL && d->dir != NULL)
			(void)closedir(d->dir);	/* was not used */
		else
			(void)close(fd);	/* was not used */
		if (d != NULL) {
			fss__free(d->local);
			fss__free(d->remote);
		}
		fss__free(d);
		return FSS_ENOMEM;
	}
	d->parent = an->walk;
	an->walk = d;
	return 0;
}

static void
cannot_look(struct announce *an, const char *local, const char *remote,
    int kind, int code, const char *detail)
{
	an->op.count[FSS_COUNT_FAILED]++;
	an->last_error = code;
	an->partial = true;
	fss__an_report(an, local, remote, kind, 0, code, detail);
}

/* What is found under a name; @remote is where it would be announced. */
static int
found(struct announce *an, struct andir *in, const char *name,
    const struct stat *st, const char *local, const char *remote)
{
	int fd;

	if (S_ISREG(st->st_mode))
		return found_file(an, local, remote, st);
	if (!S_ISDIR(st->st_mode))
		return 0;
	fd = openat(dirfd(in->dir), name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		cannot_look(an, local, remote, FSS_KIND_DIR,
		    fss__errno(errno), NULL);
		return 0;
	}
	return push(an, fd, local, remote);
}

static int
look_at(struct announce *an, struct andir *in, const char *name)
{
	char nfc[FSS_LIMIT_NAME + 1], remote[FSS_LIMIT_PATH + 1];
	const char *why = NULL;
	struct stat st;
	char *local;
	int r;

	if (fstatat(dirfd(in->dir), name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return 0;	/* it was removed since it was read */
	local = fss__local_join(in->local, name);
	if (local == NULL)
		return FSS_ENOMEM;
	r = fss__utf8_nfc(fss__slice_str(name), nfc, sizeof(nfc));
	if (r == 0)
		r = fss__name_check(fss__slice_str(nfc), &why);
	if (r == 0)
		r = fss__path_join(remote, sizeof(remote),
		    fss__slice_str(in->remote), fss__slice_str(nfc));
	if (r == 0)
		r = fss__path_check(fss__slice_str(remote), &why);
	if (r != 0) {
		/* It never was announced: nothing of the index is in it. */
		an->op.count[FSS_COUNT_FAILED]++;
		an->last_error = FSS_EPATH;
		fss__an_report(an, local, NULL, 0, 0, FSS_EPATH, why);
		r = 0;
	} else {
		r = found(an, in, name, &st, local, remote);
	}
	fss__free(local);
	return r;
}

static int
walk_on(struct announce *an)
{
	struct andir *d;
	struct dirent *de;
	unsigned i;
	int r;

	for (i = 0; i < ENTRIES && (d = an->walk) != NULL &&
	    an->reading == NULL && an->ready == NULL; i++) {
		errno = 0;
		de = readdir(d->dir);
		if (de == NULL) {
			if (errno != 0)
				cannot_look(an, d->local, d->remote,
				    FSS_KIND_DIR, fss__errno(errno), NULL);
			pop(an);
			continue;
		}
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		r = look_at(an, d, de->d_name);
		if (r != 0)
			return r;
	}
	return 1;
}

int
fss__an_begin(struct announce *an)
{
	struct fss__localidx *x = an->op.c->index;
	struct stat st;
	int fd, r;

	an->pages_tail = &an->pages;
	if (stat(an->local, &st) != 0) {
		r = fss__errno(errno);
		return fss__err_set(&an->op.err, r, "cannot read '%.150s': %s",
		    an->local, fss_strerror(r));
	}
	r = fss__localidx_scan(x, &an->scan);
	if (r != 0)
		return r;
	an->is_dir = S_ISDIR(st.st_mode);
	if (!an->is_dir && !S_ISREG(st.st_mode))
		return fss__err_set(&an->op.err, FSS_ENOTSUP,
		    "'%.150s' is no file or folder", an->local);
	if (!an->is_dir)
		r = found_file(an, an->local, an->remote, &st);
	else if ((an->flags & FSS_COPY_RECURSIVE) == 0)
		return fss__err_set(&an->op.err, FSS_EISDIR,
		    "'%.150s' is a folder", an->local);
	else if ((fd = open(an->local, O_RDONLY | O_DIRECTORY |
	    O_CLOEXEC)) < 0)
		r = fss__errno(errno);
	else
		r = push(an, fd, an->local, an->remote);
	if (r == 0)
		r = fss__localidx_root_set(x, fss__slice_str(an->remote),
		    fss__slice_str(an->local));
	return r;
}

int
fss__an_scan(struct announce *an, bool *ret_over)
{
	struct fss__localidx *x = an->op.c->index;
	int r, e;

	*ret_over = false;
	r = fss__localidx_begin(x);
	if (r != 0)
		return r;
	if (an->reading != NULL)
		r = read_on(an);
	else if (an->walk != NULL)
		r = walk_on(an);
	else
		*ret_over = true;
	if (r < 0) {
		fss__localidx_abort(x);
		return r;
	}
	e = fss__localidx_commit(x);
	if (e != 0) {
		fss__localidx_abort(x);
		return e;
	}
	return r;
}

void
fss__an_scan_release(struct announce *an)
{
	if (an->pages_tail != NULL)
		end_reading(an);
	while (an->walk != NULL)
		pop(an);
}
