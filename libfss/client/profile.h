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

/* profile_file.c: */
/* It is a folder nobody else can write to; else an error told in @p. */
int	fss__profile_check_dir(struct fss_profile *p);
/* FSS_ETOOBIG, FSS_ENOMEM. */
int	fss__profile_add_hub(struct fss_profile *p,
	    const struct fss__address *a);
/* The files; where one is not there it is as if it were empty. */
int	fss__profile_load_hubs(struct fss_profile *p);
int	fss__profile_save_hubs(struct fss_profile *p);
int	fss__profile_load_current(struct fss_profile *p);
int	fss__profile_save_current(struct fss_profile *p);

#endif
