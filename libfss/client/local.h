/*
 * What transfers need to know of local files.
 */
#ifndef FSS__CLIENT_LOCAL_H
#define FSS__CLIENT_LOCAL_H

#include <stdbool.h>
#include <sys/stat.h>

#include "client/internal.h"

#define FSS__MODE_BITS	0777u	/* what of a mode travels: never setuid etc. */

int64_t	fss__local_mtime_us(const struct stat *st);
/* 0 where it is none that travels. */
int	fss__local_kind(const struct stat *st);
/* The bits of a mode that new files are not to have, umask(2). */
mode_t	fss__local_umask(void);
/* Is it, by all stat() tells, the same file with the same content? */
bool	fss__local_same(const struct stat *a, const struct stat *b);
/*
 * File systems tell times in ticks of up to 10 ms.  In a file changed within
 * the present tick another change would not show: was it changed so lately?
 */
#define FSS__YOUNG_US	INT64_C(25000)
bool	fss__local_young(const struct stat *st);
/* Sets mtime of @fd, or of the link @name in @dirfd where @fd is -1. */
int	fss__local_set_mtime(int fd, int dirfd, const char *name,
	    int64_t mtime_us);
/* "dir/name"; fss__free() it. NULL when out of memory. */
char	*fss__local_join(const char *dir, const char *name);
/*
 * Splits "a/b/c" (trailing slashes dropped) into "a/b" and "c"; "." where
 * there is no folder in it. Both fss__free(). FSS_EINVAL for "", FSS_ENOMEM.
 */
int	fss__local_split(const char *path, char **ret_dir, char **ret_name);

/*
 * Opens the file @path to be read. Its first @len bytes are followed wherever
 * they lead, what comes after through no link. FSS_ECHANGED where there is
 * one.
 */
int	fss__local_open(const char *path, size_t len, int *ret_fd);

/* As realpath(); fss__free() it. */
int	fss__local_absolute(const char *path, char **ret_path);

/* The detail of errors that are not the hub's. */
#define FSS__HERE	"on this machine"

/* One row about an item of a transfer, as an ITEM event. */
struct fss__item_report {
	int		status;
	const char	*detail;	/* NULL: the error's text */
	const char	*owner;
	const char	*remote;	/* NULL: it has none */
	const char	*local;
	int		kind;		/* 0: not told */
	uint64_t	size;
};
int	fss__item_report(struct fss__op *op,
	    const struct fss__item_report *rep);

#endif
