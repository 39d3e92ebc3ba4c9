/*
 * Walking the local tree.
 *
 * Folders are gone into depth first, each through its own descriptor and
 * never through a link, so a tree that is changed meanwhile cannot lead the
 * walk elsewhere.  How many items and folders are held at a time is bounded;
 * beyond it the walk pauses.
 *
 * Below a folder the hub does not have, nothing is asked about.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"
#include "client/upload.h"

#define ITEMS		4096	/* held at a time */
#define DIRS		256	/* descriptors */
#define ENTRIES		64	/* looked at in one slice */

/* ---- folders ---------------------------------------------------------- */

static void
close_walk(struct updir *d)
{
	if (d->dir != NULL)
		(void)closedir(d->dir);	/* was only read from */
	d->dir = NULL;
}

/* All that is in it is settled: now its own item can be. */
void
fss__up_dir_unref(struct updir *d)
{
	struct upload *u = d->u;
	struct upitem *it = d->item;

	if (--d->refs > 0)
		return;
	close_walk(d);
	if (d->fd >= 0)
		(void)close(d->fd);	/* was only read from */
	u->dirs--;
	if (it != NULL)
		it->self = NULL;
	if (it != NULL && !u->op.ending) {
		if (d->same)
			fss__up_done(u, it, true);
		else
			fss__up_push(&u->commit, it);
		fss__op_run(&u->op);
	}
	fss__up_names_release(d);
	fss__free(d->local);
	fss__free(d->remote);
	fss__free(d);
}

/* Takes @local and @remote; the reference is the caller's. */
static struct updir *
new_dir(struct upload *u, char *local, char *remote)
{
	struct updir *d = NULL;

	if (local != NULL && remote != NULL)
		d = fss__zalloc(sizeof(*d));
	if (d == NULL) {
		fss__free(local);
		fss__free(remote);
		return NULL;
	}
	d->u = u;
	d->refs = 1;
	d->fd = -1;
	d->local = local;
	d->remote = remote;
	u->dirs++;
	return d;
}

/* Opens @d for reading its names; @fd stays for its files. */
static int
begin_walk(struct updir *d, int fd)
{
	int own;

	d->fd = fd;
	own = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (own < 0)
		return fss__errno(errno);
	d->dir = fdopendir(own);
	if (d->dir == NULL) {
		(void)close(own);	/* was not used */
		return fss__errno(errno);
	}
	d->parent = d->u->walk;
	d->u->walk = d;		/* the walk's reference is the caller's */
	return 0;
}

void
fss__up_walk_release(struct upload *u)
{
	struct updir *d;

	while ((d = u->walk) != NULL) {
		u->walk = d->parent;
		fss__up_dir_unref(d);
	}
	fss__up_stat_release(u);
}

/* ---- items ------------------------------------------------------------ */

/* Makes an item of @in; its name must have been checked. */
static struct upitem *
new_item(struct upload *u, struct updir *in, const char *name,
    const char *remote_name, const struct stat *st)
{
	struct upitem *it = fss__zalloc(sizeof(*it));

	if (it == NULL)
		return NULL;
	it->name = fss__strdup(name);
	it->remote_name = fss__strdup(remote_name);
	if (it->name == NULL || it->remote_name == NULL) {
		fss__free(it->name);
		fss__free(it->remote_name);
		fss__free(it);
		return NULL;
	}
	it->st = *st;
	it->kind = fss__local_kind(st);
	it->in = in;
	in->refs++;
	it->all_next = u->all;
	if (u->all != NULL)
		u->all->all_prev = it;
	u->all = it;
	u->items++;
	if (it->kind != FSS_KIND_DIR) {
		u->op.count[FSS_COUNT_FILES_TOTAL]++;
		if (it->kind == FSS_KIND_FILE)
			u->op.count[FSS_COUNT_BYTES_TOTAL] +=
			    (uint64_t)st->st_size;
	}
	return it;
}

static int
read_link(struct upload *u, struct upitem *it)
{
	char target[FSS__MAX_TARGET + 1];
	ssize_t n;

	n = readlinkat(it->in->fd, it->name, target, sizeof(target));
	if (n < 0) {
		fss__up_fail(u, it, fss__errno(errno), FSS__HERE);
		return 0;
	}
	if ((size_t)n > FSS__MAX_TARGET) {
		fss__up_fail(u, it, FSS_EPATH, "the link's target is too long");
		return 0;
	}
	it->target = fss__strndup(target, (size_t)n);
	if (it->target == NULL)
		return FSS_ENOMEM;
	if (n == 0 || !fss__utf8_valid(fss__slice_str(it->target))) {
		fss__up_fail(u, it, FSS_EPATH,
		    "the link's target is not UTF-8");
		return 0;
	}
	return 1;
}

/* What a new item goes through next. */
static int
enter(struct upload *u, struct upitem *it)
{
	int r;

	if (it->kind == FSS_KIND_LINK) {
		r = read_link(u, it);
		if (r <= 0)
			return r;
	}
	if (!it->in->fresh)
		return fss__up_ask(u, it);
	if (it->self != NULL)
		it->self->fresh = true;
	else
		fss__up_proceed(u, it);
	return 0;
}

/* ---- the walk --------------------------------------------------------- */

/* Goes into the folder @it is about. */
static int
enter_dir(struct upload *u, struct upitem *it, const char *remote)
{
	struct updir *d;
	int fd, r;

	fd = openat(it->in->fd, it->name,
	    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		fss__up_fail(u, it, fss__errno(errno), FSS__HERE);
		return 0;
	}
	d = new_dir(u, fss__local_join(it->in->local, it->name),
	    fss__strdup(remote));
	if (d == NULL) {
		(void)close(fd);	/* was not used */
		return FSS_ENOMEM;
	}
	it->self = d;
	r = begin_walk(d, fd);
	if (r != 0) {
		it->self = NULL;
		fss__up_dir_unref(d);
		fss__up_fail(u, it, r, NULL);
		return 0;
	}
	d->item = it;
	return enter(u, it);
}

static int
look_at(struct upload *u, struct updir *in, const char *name)
{
	char remote_name[FSS_LIMIT_NAME + 1], path[FSS_LIMIT_PATH + 1];
	const char *why = NULL;
	struct upitem *it;
	struct stat st;
	int kind, r;

	if (fstatat(in->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT) {
			u->op.count[FSS_COUNT_FAILED]++;
			fss__up_report(u, in, name, 0, fss__errno(errno),
			    FSS__HERE);
		}
		return 0;	/* or it was removed since it was read */
	}
	kind = fss__local_kind(&st);
	if (kind == 0) {
		fss__up_report(u, in, name, 0, FSS_ENOTSUP,
		    "is no file, folder or link and was left out");
		return 0;
	}
	r = fss__utf8_nfc(fss__slice_str(name), remote_name,
	    sizeof(remote_name));
	if (r == 0)
		r = fss__name_check(fss__slice_str(remote_name), &why);
	if (r == 0)
		r = fss__path_join(path, sizeof(path),
		    fss__slice_str(in->remote), fss__slice_str(remote_name));
	if (r == 0)
		r = fss__path_check(fss__slice_str(path), &why);
	if (r == 0 && fss__name_reserved(fss__slice_str(remote_name))) {
		r = FSS_EPATH;
		why = "belongs to a download that was cut off; left out";
	}
	if (r == 0 && strcmp(name, remote_name) != 0) {
		r = fss__up_name_note(in, remote_name, &st);
		if (r == FSS_ENOMEM)
			return r;
		why = "differs from another name in Unicode form only";
	}
	if (r != 0) {
		u->op.count[FSS_COUNT_FAILED]++;
		fss__up_report(u, in, name, kind,
		    r == FSS_EEXIST ? r : FSS_EPATH, why);
		return 0;
	}
	it = new_item(u, in, name, remote_name, &st);
	if (it == NULL)
		return FSS_ENOMEM;
	return kind == FSS_KIND_DIR ? enter_dir(u, it, path) : enter(u, it);
}

/* What is under way must come to its end before more is taken up. */
static bool
must_wait(const struct upload *u)
{
	if (u->items >= ITEMS || fss__up_stat_full(u))
		return true;
	/* With nothing else under way only the folders above are open. */
	return u->dirs >= DIRS && (u->op.ncalls > 0 || u->batch != NULL ||
	    u->ready.head != NULL || u->young.head != NULL ||
	    u->commit.head != NULL ||
	    fss__sender_busy(u->sender));
}

int
fss__up_walk(struct upload *u)
{
	struct updir *d;
	struct dirent *de;
	unsigned i;
	int r;

	for (i = 0; i < ENTRIES && (d = u->walk) != NULL; i++) {
		if (must_wait(u))
			return i > 0;
		errno = 0;
		de = readdir(d->dir);
		if (de == NULL) {
			if (errno != 0) {
				u->op.count[FSS_COUNT_FAILED]++;
				fss__up_report(u, d, ".", FSS_KIND_DIR,
				    fss__errno(errno), FSS__HERE);
			}
			u->walk = d->parent;
			close_walk(d);
			fss__up_dir_unref(d);
			continue;
		}
		if (strcmp(de->d_name, ".") == 0 ||
		    strcmp(de->d_name, "..") == 0)
			continue;
		r = look_at(u, d, de->d_name);
		if (r != 0)
			return r;
	}
	return i > 0;
}

/* ---- the root --------------------------------------------------------- */

/* The folder the root is in: nothing but a place for its item. */
static int
root_place(struct upload *u, const char *remote_dir, size_t n,
    struct updir **ret_in, char **ret_name)
{
	char *dir;
	int r;

	*ret_in = NULL;
	r = fss__local_split(u->local, &dir, ret_name);
	if (r != 0)
		return r;
	*ret_in = new_dir(u, dir, fss__strndup(remote_dir, n));
	if (*ret_in == NULL) {
		fss__free(*ret_name);
		*ret_name = NULL;
		return FSS_ENOMEM;
	}
	return 0;
}

/*
 * The path may lead through links, but to the folder that was looked at before
 * the hub was asked, and not to what was put in its place meanwhile.
 */
static int
open_root(struct upload *u, int *ret_fd)
{
	struct stat st;
	int fd, r = 0;

	fd = open(u->local, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) != 0)
		r = fss__errno(errno);
	else if (st.st_dev != u->st.st_dev || st.st_ino != u->st.st_ino)
		r = FSS_ECHANGED;
	if (r == 0) {
		*ret_fd = fd;
		return 0;
	}
	if (fd >= 0)
		(void)close(fd);	/* was not used */
	return fss__err_set(&u->op.err, r, "cannot open '%.150s': %s",
	    u->local, fss_strerror(r));
}

static int
root_dir(struct upload *u, const struct fss__m_entry *e)
{
	struct fss__slice up, last;
	struct updir *d, *in = NULL;
	struct upitem *it = NULL;
	char name[FSS_LIMIT_NAME + 1], *local_name = NULL;
	int fd = -1, r;

	r = open_root(u, &fd);
	if (r != 0)
		return r;
	d = new_dir(u, fss__strdup(u->local), fss__strdup(u->remote));
	if (d == NULL) {
		(void)close(fd);	/* was not used */
		return FSS_ENOMEM;
	}
	d->fresh = e->status != 0;
	r = begin_walk(d, fd);
	if (r != 0) {
		fss__up_dir_unref(d);
		return r;
	}
	/* The space itself is no entry that could be committed. */
	if (!fss__path_split(fss__slice_str(u->remote), &up, &last))
		return 0;
	r = root_place(u, up.p, up.n, &in, &local_name);
	if (r != 0)
		return r;
	r = fss__slice_copy(last, name, sizeof(name));
	if (r == 0) {
		it = new_item(u, in, local_name, name, &u->st);
		r = it != NULL ? 0 : FSS_ENOMEM;
	}
	if (r == 0) {
		it->self = d;
		d->item = it;
		fss__up_compare(u, it, e);
	}
	fss__free(local_name);
	fss__up_dir_unref(in);		/* the item has it */
	return r;
}

static int
root_file(struct upload *u, const struct fss__m_entry *e)
{
	char name[FSS_LIMIT_NAME + 1], *local_name = NULL;
	struct fss__slice up, last;
	struct updir *in = NULL;
	struct upitem *it;
	int r;

	up = fss__slice_str(u->remote);
	if (!u->into && !fss__path_split(up, &up, &last))
		return FSS_EISDIR;
	r = root_place(u, up.p, up.n, &in, &local_name);
	if (r != 0)
		return r;
	in->fresh = e->status != 0;
	in->fd = open(in->local, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (in->fd < 0)
		r = fss__errno(errno);
	else if (u->into)
		r = fss__utf8_nfc(fss__slice_str(local_name), name,
		    sizeof(name));
	else
		r = fss__slice_copy(last, name, sizeof(name));
	if (r == 0)
		r = fss__name_check(fss__slice_str(name), NULL);
	if (r == 0) {
		it = new_item(u, in, local_name, name, &u->st);
		r = it != NULL ? enter(u, it) : FSS_ENOMEM;
	}
	fss__free(local_name);
	fss__up_dir_unref(in);		/* the item has it */
	return r;
}

int
fss__up_root(struct upload *u, const struct fss__m_entry *e)
{
	return S_ISDIR(u->st.st_mode) ? root_dir(u, e) : root_file(u, e);
}
