/*
 * Profiles from inside.
 */
#ifndef FSS__CLIENT_PROFILE_H
#define FSS__CLIENT_PROFILE_H

#include <fss/profile.h>

#include "base/error.h"
#include "base/path.h"
#include "client/address.h"

struct fss_profile {
	struct fss__err	 err;
	char		*dir;
	struct fss__address *hubs;
	size_t		 count;
	bool		 has_current;
	struct fss__address current;
	char		 hub[FSS__ADDRESS_TEXT];	/* handed out */
	char		*index;		/* handed out */
	char		 account[FSS_LIMIT_ACCOUNT + 1];
};

/* "DIR/name"; fss__free() it. NULL when out of memory. */
char	*fss__profile_path(const struct fss_profile *p, const char *name);
/* Makes @dir and what is missing above it, 0700. */
int	fss__profile_make_dirs(const char *dir);
/* The known hub at @a's host and port; NULL. */
struct fss__address *fss__profile_find(const struct fss_profile *p,
	    const struct fss__address *a);

#endif
