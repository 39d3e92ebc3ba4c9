/*
 * The entries of a folder and of all below it, one after the other.
 */
#ifndef FSSWEB_ZIP_WALK_H
#define FSSWEB_ZIP_WALK_H

#include "api.h"

struct zip_item {
	char		*name;		/* from the folder that is walked on */
	int64_t		 kind;
	uint64_t	 size;
	uint64_t	 number;
	int64_t		 mtime;		/* seconds */
	bool		 readable;	/* its bytes are at the hub, for one */
};

struct zip_walk;

int	zip_walk_new(struct web_req *rq, const char *path,
	    const char *const *names, size_t count, struct zip_walk **ret_w);
void	zip_walk_free(struct zip_walk *w);
/*
 * The next entry, a folder before what is in it: 1, 0 at the end; FSS_EAGAIN
 * where a list is awaited: @wake is then called when it came.  *@ret_item is
 * good until the next call.
 */
int	zip_walk_next(struct zip_walk *w, const struct zip_item **ret_item);
void	zip_walk_wake(struct zip_walk *w, void (*wake)(struct web_req *rq));
/* "owner:/folder/name" of an item; freed by the caller, NULL without memory. */
char   *zip_walk_remote(const struct zip_walk *w, const char *name);

#endif
