/*
 * Comparing a listed file with what is in its place.
 *
 * By what stat() tells first.  Where time or mode differ but the size does
 * not, and always with FSS_COPY_CHECKSUM, by content: then the local file is
 * chunked and digested as for an upload, and its root compared.  One with the
 * right content only gets the time and mode it lacks.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "client/download.h"

static void
make_ready(struct download *d, struct dlfile *f)
{
	fss__dl_push(&d->ready, f);
	fss__op_run(&d->op);
}

static bool
has_meta(const struct dlfile *f, const struct stat *st)
{
	return fss__local_mtime_us(st) == f->mtime_us &&
	    (st->st_mode & FSS__MODE_BITS) == (f->mode & FSS__MODE_BITS);
}

/* The content is right: so are time and mode afterwards, or false. */
static bool
adopt(const struct dlfile *f)
{
	struct stat st;
	bool ok;
	int fd;

	fd = openat(f->in->fd, f->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	if (ok && !has_meta(f, &st))
		ok = st.st_nlink == 1 &&
		    fchmod(fd, f->mode & FSS__MODE_BITS) == 0 &&
		    fss__local_set_mtime(fd, -1, NULL, f->mtime_us) == 0;
	(void)close(fd);	/* was only read from */
	return ok;
}

void
fss__dl_compare(struct download *d, struct dlfile *f)
{
	struct stat st;

	if (fstatat(f->in->fd, f->name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		make_ready(d, f);	/* other errors show when it is made */
		return;
	}
	if (S_ISDIR(st.st_mode)) {
		fss__dl_fail_here(d, f, FSS_EISDIR);
		return;
	}
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != f->size) {
		make_ready(d, f);
		return;
	}
	if ((d->flags & FSS_COPY_CHECKSUM) || !has_meta(f, &st)) {
		fss__dl_push(&d->check, f);
		fss__op_run(&d->op);
	} else {
		fss__dl_done(d, f, true);
	}
}

static void
checked(struct download *d, struct dlfile *f)
{
	struct fss__id root;
	uint64_t size;
	bool has_root;

	has_root = fss__rehash_root(d->rehash, &root, &size);
	if (size == f->size && has_root == f->has_root &&
	    (!has_root || fss__id_eq(&root, &f->root)) && adopt(f))
		fss__dl_done(d, f, true);
	else
		make_ready(d, f);
}

int
fss__dl_check(struct download *d)
{
	struct dlfile *f = d->check.head;
	int fd, r;

	if (f == NULL)
		return 0;
	if (d->rehash == NULL) {
		fd = openat(f->in->fd, f->name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0) {
			make_ready(d, fss__dl_pop(&d->check));
			return 1;
		}
		r = fss__rehash_new(fd, fss__cs_terms(d->op.who->cs),
		    &d->rehash);
		if (r != 0)
			return r;
	}
	r = fss__rehash_step(d->rehash);
	if (r == 1)
		return 1;
	(void)fss__dl_pop(&d->check);
	if (r == 0)
		checked(d, f);
	else
		make_ready(d, f);	/* cannot be read: to be replaced */
	fss__rehash_free(d->rehash);
	d->rehash = NULL;
	return 1;
}
