/*
 * Part files: what they are called, whose they are, and old ones.
 *
 * A name is ".fss-part-", a tag of the target's whole name, and one of the
 * content.  Names that begin so are reserved: the hub makes no entry with
 * one, uploads leave them out, downloads refuse them.  So nothing that is
 * shared ever passes for a part file.
 *
 * A part file whose content is not wanted any more, because the file has a
 * newer version by now, goes when its target is settled: a folder is looked
 * through for part files once.
 */
#define _GNU_SOURCE		/* locks of a description, not of a process */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/path.h"
#include "base/str.h"
#include "client/download.h"

#define STALE		256	/* remembered in a folder; more wait */
#define TAG_AT		(sizeof(FSS__NAME_PART) - 1)
#define TAG_BYTES	16

struct dlstale {
	struct dlstale	*next;
	char		 name[FSS__PART_BYTES];
};

void
fss__dl_part_name(char dst[FSS__PART_BYTES], const char *name, uint64_t tag)
{
	uint64_t target = fss__checksum(name, strlen(name));

	/* As long as that, always. */
	(void)fss__fmt(dst, FSS__PART_BYTES, FSS__NAME_PART "%016llx-%016llx",
	    (unsigned long long)target, (unsigned long long)tag);
}

bool
fss__dl_part_is(const struct dldir *in, const char *name, int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 &&
	    fstatat(in->fd, name, &b, AT_SYMLINK_NOFOLLOW) == 0 &&
	    a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

bool
fss__dl_part_lock(int fd)
{
	struct flock fl;

	memset(&fl, 0, sizeof(fl));
	fl.l_type = F_WRLCK;
	fl.l_whence = SEEK_SET;
	return fcntl(fd, F_OFD_SETLK, &fl) == 0 ||
	    (errno != EAGAIN && errno != EACCES);
}

bool
fss__dl_part_ours(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_nlink == 1 &&
	    st->st_uid == geteuid() && (st->st_mode & 07777) == FSS__PART_MODE;
}

/* ---- what earlier runs left ------------------------------------------- */

/* Best effort: one that is not found now is found by the next run. */
static void
look(struct dldir *in)
{
	struct dlstale *s;
	struct dirent *de;
	unsigned n = 0;
	DIR *dir;
	int fd;

	fd = openat(in->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	dir = fdopendir(fd);
	if (dir == NULL) {
		(void)close(fd);	/* was not used */
		return;
	}
	while (n < STALE && (de = readdir(dir)) != NULL) {
		if (!fss__name_reserved(fss__slice_str(de->d_name)) ||
		    strlen(de->d_name) != FSS__PART_BYTES - 1)
			continue;
		s = fss__alloc(sizeof(*s));
		if (s == NULL)
			break;
		memcpy(s->name, de->d_name, sizeof(s->name));
		s->next = in->stale;
		in->stale = s;
		n++;
	}
	(void)closedir(dir);		/* was only read from */
}

static void
remove_one(const struct dldir *in, const char *name)
{
	struct stat st;
	int fd;

	fd = openat(in->fd, name,
	    O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	if (fstat(fd, &st) == 0 && fss__dl_part_ours(&st) &&
	    fss__dl_part_lock(fd) && fss__dl_part_is(in, name, fd))
		(void)unlinkat(in->fd, name, 0);	/* best effort */
	(void)close(fd);	/* was only looked at */
}

void
fss__dl_stale_remove(struct dldir *in, const char *name)
{
	char own[FSS__PART_BYTES];
	struct dlstale *s, **p;

	if (!in->looked) {
		in->looked = true;
		look(in);
	}
	if (in->stale == NULL)
		return;
	fss__dl_part_name(own, name, 0);
	for (p = &in->stale; (s = *p) != NULL; ) {
		if (memcmp(s->name, own, TAG_AT + TAG_BYTES) != 0) {
			p = &s->next;
			continue;
		}
		*p = s->next;
		remove_one(in, s->name);
		fss__free(s);
	}
}

void
fss__dl_stale_free(struct dldir *in)
{
	struct dlstale *s;

	while ((s = in->stale) != NULL) {
		in->stale = s->next;
		fss__free(s);
	}
}
