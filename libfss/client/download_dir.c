/*
 * Folders and links of a download.
 *
 * Everything is made relative to the descriptor of its folder, one name at a
 * time, and never through a link: nothing is made outside the target.  A
 * folder gets its time, and its mode if it was made here, when all that is in
 * it is settled; one that was there before keeps its mode.  Either is synced.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"
#include "client/download.h"

#define DIR_MODE	0700

/* ---- folders ---------------------------------------------------------- */

static int
settle_dir(struct dldir *in)
{
	int r = 0;

	if (in->set_mode && fchmod(in->fd, in->mode) != 0)
		r = fss__errno(errno);
	if (r == 0 && in->set_time)
		r = fss__local_set_mtime(in->fd, -1, NULL, in->mtime_us);
	/* Makes the names in it durable, once for all of them. */
	if (r == 0 && fsync(in->fd) != 0 && errno != EINVAL)
		r = fss__errno(errno);
	return r;
}

void
fss__dl_dir_unref(struct dldir *in)
{
	struct download *d = in->d;
	struct dldir *parent;
	int r;

	while (in != NULL && --in->refs == 0) {
		parent = in->parent;
		if (in->fd >= 0 && !d->op.ending) {
			r = settle_dir(in);
			if (r != 0) {
				d->op.count[FSS_COUNT_FAILED]++;
				fss__dl_report(d, in, NULL, FSS_KIND_DIR, 0,
				    r, FSS__HERE);
			}
			fss__op_run(&d->op);
		}
		if (in->fd >= 0)
			(void)close(in->fd);	/* was synced */
		fss__dl_stale_free(in);
		fss__free(in->local);
		fss__free(in->remote);
		fss__free(in);
		d->dirs--;
		in = parent;
	}
}

/* Takes @fd, @local and @remote; the reference is the caller's. */
struct dldir *
fss__dl_dir_new(struct download *d, struct dldir *parent, int fd, char *local,
    char *remote)
{
	struct dldir *in = NULL;

	if (local != NULL && remote != NULL)
		in = fss__zalloc(sizeof(*in));
	if (in == NULL) {
		fss__free(local);
		fss__free(remote);
		(void)close(fd);	/* nothing was done with it */
		return NULL;
	}
	in->d = d;
	in->refs = 1;
	in->fd = fd;
	in->local = local;
	in->remote = remote;
	in->parent = parent;
	if (parent != NULL) {
		parent->refs++;
		in->depth = parent->depth + 1;
	}
	d->dirs++;
	return in;
}

/* Makes, or finds, the folder @name in @at and lets us write in it. */
int
fss__dl_dir_make(int at, const char *name, int flags, struct dlmade *ret_made)
{
	struct stat st;
	int fd;

	memset(ret_made, 0, sizeof(*ret_made));
	ret_made->fresh = mkdirat(at, name, DIR_MODE) == 0;
	if (!ret_made->fresh && errno != EEXIST)
		return fss__errno(errno);
	fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags);
	if (fd < 0)
		return errno == ELOOP ? FSS_ENOTDIR : fss__errno(errno);
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    (st.st_mode & DIR_MODE) != DIR_MODE) {
		/* Where this fails, making what is in it will tell. */
		ret_made->opened = fchmod(fd,
		    (st.st_mode & 07777) | DIR_MODE) == 0;
		ret_made->mode = st.st_mode & 07777;
	}
	ret_made->fd = fd;
	return 0;
}

void
fss__dl_dir_unmake(int at, const char *name, const struct dlmade *made)
{
	/* Best effort: the next run would take it for the user's own. */
	if (made->fresh)
		(void)unlinkat(at, name, AT_REMOVEDIR);
}

void
fss__dl_dir_meta(struct dldir *in, const struct dlmade *made, bool has,
    mode_t mode, int64_t mtime_us)
{
	in->looked = made->fresh;	/* nothing can be in it */
	in->set_time = has;
	in->mtime_us = mtime_us;
	if (!made->fresh) {
		in->set_mode = made->opened;
		in->mode = made->mode;
		return;
	}
	in->set_mode = true;
	in->mode = (has ? mode : 0777) & FSS__MODE_BITS & ~in->d->umask;
	/*
	 * At once, but for what would keep us out: a run that goes on after
	 * it was cut off finds the folder there and leaves its mode alone.
	 */
	(void)fchmod(in->fd, in->mode | DIR_MODE);
}

/* ---- links ------------------------------------------------------------ */

/*
 * Does @target, seen from @depth folders below the root, lead out of it?  A
 * ".." after a name may: the name can be another link's, and what is above
 * the place that one leads to is not what the text says ("here" to ".", and
 * "here/../x").
 */
static bool
leads_outside(const char *target, unsigned depth)
{
	const char *p = target;
	unsigned at = depth;
	bool named = false;
	size_t n;

	if (*p == '/')
		return true;
	while (*p != '\0') {
		n = strcspn(p, "/");
		if (n == 2 && p[0] == '.' && p[1] == '.') {
			if (at == 0 || named)
				return true;
			at--;
		} else if (n > 0 && !(n == 1 && p[0] == '.')) {
			named = true;
		}
		p += n;
		p += strspn(p, "/");
	}
	return false;
}

/* Makes the link under a name of its own, then moves it into place. */
static int
make_link(struct dldir *in, const char *name, const char *target,
    int64_t mtime_us, bool *ret_same)
{
	char old[FSS__MAX_TARGET + 1], temp[FSS__PART_BYTES];
	uint64_t tag;
	ssize_t n;
	int r;

	*ret_same = false;
	n = readlinkat(in->fd, name, old, sizeof(old) - 1);
	if (n >= 0) {
		old[n] = '\0';
		if (strcmp(old, target) == 0) {
			*ret_same = true;
			return 0;
		}
	}
	fss__random(&tag, sizeof(tag));
	fss__dl_part_name(temp, name, tag);
	if (symlinkat(target, in->fd, temp) != 0)
		return fss__errno(errno);
	r = fss__local_set_mtime(-1, in->fd, temp, mtime_us);
	if (r == 0 && renameat(in->fd, temp, in->fd, name) != 0)
		r = fss__errno(errno);
	if (r != 0)
		(void)unlinkat(in->fd, temp, 0);	/* best effort */
	return r;
}

void
fss__dl_link(struct download *d, struct dldir *in, const char *name,
    const struct fss__m_entry *e)
{
	char target[FSS__MAX_TARGET + 1];
	const char *why = NULL;
	bool same = false;
	int r;

	d->op.count[FSS_COUNT_FILES_TOTAL]++;
	r = fss__slice_copy(e->target, target, sizeof(target));
	if (r != 0 || target[0] == '\0')
		r = FSS_EPROTO;
	if (r == 0 && (d->flags & FSS_COPY_SAFE_LINKS) &&
	    leads_outside(target, in->depth)) {
		r = FSS_EPATH;
		why = "the link leads outside and was left out";
	}
	if (r == 0) {
		r = make_link(in, name, target, e->mtime_us, &same);
		why = FSS__HERE;
	}
	if (r != 0) {
		d->op.count[FSS_COUNT_FAILED]++;
		d->last_error = r;
		fss__dl_report(d, in, name, FSS_KIND_LINK, 0, r, why);
		return;
	}
	d->op.count[FSS_COUNT_FILES_DONE]++;
	d->op.count[FSS_COUNT_UNCHANGED] += same;
	if (d->flags & FSS_COPY_ITEMS)
		fss__dl_report(d, in, name, FSS_KIND_LINK, 0, FSS_OK,
		    NULL);
}
