/*
 * Small questions about local files, and the ITEM events of transfers.
 */
#define _XOPEN_SOURCE 700		/* realpath() */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/io.h"
#include "base/str.h"
#include "base/time.h"
#include "client/local.h"

#define UMASK_UNKNOWN	022

int64_t
fss__local_mtime_us(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000 +
	    st->st_mtim.tv_nsec / 1000;
}

int
fss__local_kind(const struct stat *st)
{
	if (S_ISREG(st->st_mode))
		return FSS_KIND_FILE;
	if (S_ISDIR(st->st_mode))
		return FSS_KIND_DIR;
	return S_ISLNK(st->st_mode) ? FSS_KIND_LINK : 0;
}

/*
 * From /proc: umask(2) tells it only by changing it, for every thread of the
 * process.
 */
mode_t
fss__local_umask(void)
{
	unsigned mask = UMASK_UNKNOWN;
	char line[128];
	FILE *f;

	f = fopen("/proc/self/status", "re");
	if (f == NULL)
		return UMASK_UNKNOWN;
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "Umask: %o", &mask) == 1)
			break;
	(void)fclose(f);	/* was only read from */
	return (mode_t)mask & FSS__MODE_BITS;
}

bool
fss__local_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_size == b->st_size &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
	    a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	    a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

bool
fss__local_young(const struct stat *st)
{
	int64_t age = fss__wall_us() - ((int64_t)st->st_ctim.tv_sec * 1000000 +
	    st->st_ctim.tv_nsec / 1000);

	/* A time to come is another machine's: no use to wait for it. */
	return age >= 0 && age < FSS__YOUNG_US;
}

int
fss__local_set_mtime(int fd, int dirfd, const char *name, int64_t mtime_us)
{
	struct timespec ts[2];
	int64_t sec = mtime_us / 1000000, us = mtime_us % 1000000;

	if (us < 0) {
		us += 1000000;
		sec--;
	}
	ts[0].tv_sec = 0;
	ts[0].tv_nsec = UTIME_OMIT;
	ts[1].tv_sec = (time_t)sec;
	ts[1].tv_nsec = (long)us * 1000;
	if (fd >= 0 ? futimens(fd, ts) != 0 :
	    utimensat(dirfd, name, ts, AT_SYMLINK_NOFOLLOW) != 0)
		return fss__errno(errno);
	return 0;
}

char *
fss__local_join(const char *dir, const char *name)
{
	size_t n = strlen(dir), m = strlen(name);
	char *p;

	if (n > 0 && dir[n - 1] == '/')
		n--;
	p = fss__alloc(n + m + 2);
	if (p == NULL)
		return NULL;
	memcpy(p, dir, n);
	p[n] = '/';
	memcpy(p + n + 1, name, m + 1);
	return p;
}

int
fss__local_split(const char *path, char **ret_dir, char **ret_name)
{
	size_t n = strlen(path), at;

	*ret_dir = *ret_name = NULL;
	while (n > 1 && path[n - 1] == '/')
		n--;
	if (n == 0)
		return FSS_EINVAL;
	for (at = n; at > 0 && path[at - 1] != '/'; at--)
		;
	*ret_name = fss__strndup(path + at, n - at);
	while (at > 1 && path[at - 1] == '/')
		at--;
	*ret_dir = at > 0 ? fss__strndup(path, at) : fss__strdup(".");
	if (*ret_dir != NULL && *ret_name != NULL)
		return 0;
	fss__free(*ret_dir);
	fss__free(*ret_name);
	*ret_dir = *ret_name = NULL;
	return FSS_ENOMEM;
}

static int
open_in(int dir, const char *name, bool last, int *ret_fd)
{
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC |
	    (last ? O_NONBLOCK : O_DIRECTORY));

	*ret_fd = fd;
	if (fd >= 0)
		return 0;
	/* A folder that is a link is told as no folder. */
	return errno == ELOOP || errno == ENOTDIR ? FSS_ECHANGED :
	    fss__errno(errno);
}

int
fss__local_open(const char *path, size_t len, int *ret_fd)
{
	char *copy = fss__strdup(path), *name, *end;
	int r, fd, next = -1;

	*ret_fd = -1;
	if (copy == NULL)
		return FSS_ENOMEM;
	name = copy + len;
	while (*name == '/')
		name++;
	if (*name == '\0') {
		r = open_in(AT_FDCWD, copy, true, ret_fd);
		fss__free(copy);
		return r;
	}
	if (len > 1)
		copy[len] = '\0';
	fd = open(len > 1 ? copy : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	r = fd < 0 ? fss__errno(errno) : 0;
	while (r == 0) {
		end = name + strcspn(name, "/");
		while (*end == '/')
			*end++ = '\0';
		r = open_in(fd, name, *end == '\0', &next);
		(void)close(fd);	/* was only gone through */
		fd = next;
		name = end;
		if (*name == '\0')
			break;
	}
	fss__free(copy);
	*ret_fd = r == 0 ? fd : -1;
	return r;
}

int
fss__local_absolute(const char *path, char **ret_path)
{
	int r = 0;

	*ret_path = fss__alloc(PATH_MAX);
	if (*ret_path == NULL)
		return FSS_ENOMEM;
	if (realpath(path, *ret_path) == NULL) {
		r = fss__errno(errno);
		fss__free(*ret_path);
		*ret_path = NULL;
	}
	return r;
}

/* Rows are UTF-8; what a local name has of other bytes is shown as '?'. */
static void
add_local(struct fss__rowset *rs, const char *path)
{
	struct fss__slice s = fss__slice_str(path);
	char *copy;
	size_t i;

	if (fss__utf8_valid(s)) {
		fss__rowset_text(rs, FSS_FIELD_LOCAL, s);
		return;
	}
	copy = fss__strdup(path);
	if (copy == NULL)
		return;		/* the row goes without */
	for (i = 0; copy[i] != '\0'; i++)
		if ((unsigned char)copy[i] >= 0x80)
			copy[i] = '?';
	fss__rowset_text(rs, FSS_FIELD_LOCAL, fss__slice_str(copy));
	fss__free(copy);
}

int
fss__item_report(struct fss__op *op, const struct fss__item_report *rep)
{
	struct fss__rowset *rs = fss__rowset_new();
	const char *detail = rep->detail;
	struct fss__slice up, name, remote;
	int r;

	if (rs == NULL)
		return FSS_ENOMEM;
	if (rep->status != 0 && (detail == NULL || detail[0] == '\0'))
		detail = fss_strerror(rep->status);
	fss__rowset_begin(rs);
	fss__rowset_int(rs, FSS_FIELD_STATUS, rep->status);
	fss__rowset_text(rs, FSS_FIELD_OWNER, fss__slice_str(
	    rep->owner[0] != '\0' ? rep->owner : op->who->account));
	if (rep->remote != NULL) {
		remote = fss__slice_str(rep->remote);
		fss__rowset_text(rs, FSS_FIELD_PATH, remote);
		if (fss__path_split(remote, &up, &name))
			fss__rowset_text(rs, FSS_FIELD_NAME, name);
	}
	if (rep->local != NULL)
		add_local(rs, rep->local);
	if (rep->kind != 0)
		fss__rowset_int(rs, FSS_FIELD_KIND, rep->kind);
	if (rep->kind == FSS_KIND_FILE)
		fss__rowset_int(rs, FSS_FIELD_SIZE, (int64_t)rep->size);
	if (rep->status != 0)
		fss__rowset_text(rs, FSS_FIELD_DETAIL,
		    fss__slice_str(detail));
	r = fss__rowset_end(rs);
	if (r != 0) {
		fss__rowset_free(rs);
		return r;
	}
	return fss__event_rows(op, FSS_EVENT_ITEM, rep->status, detail, rs);
}
