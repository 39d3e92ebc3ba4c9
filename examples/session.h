/*
 * What the small examples share: a client made from the command line's
 * profile (FSS_HOME, see fssctl(1)) and a wait for one operation.
 */
#ifndef EXAMPLE_SESSION_H
#define EXAMPLE_SESSION_H

#include <stdio.h>
#include <stdlib.h>

#include <fss/fss.h>

/* Says on stderr what failed and gives the exit status for it. */
static inline int
fail(const char *what, int err, const char *detail)
{
	fprintf(stderr, "%s: %s%s%s\n", what, fss_strerror(err),
	    detail[0] != '\0' ? ": " : "", detail);
	return fss_err_exit(err);
}

/*
 * Makes a client for the hub and account of the profile and opens it.
 * Opening returns at once; what is started waits for the connection.
 */
static inline int
client_from_profile(fss_client **ret_c)
{
	const char *home = getenv("FSS_HOME");
	fss_profile *profile = NULL;
	fss_client *c = NULL;
	int r;

	*ret_c = NULL;
	if (home == NULL) {
		fprintf(stderr, "set FSS_HOME to the folder of a profile\n");
		return FSS_EINVAL;
	}
	r = fss_profile_open(home, &profile);
	if (r == 0)
		r = fss_client_new(&c);
	if (r == 0)
		r = fss_profile_apply(profile, NULL, c);
	if (r == 0)
		r = fss_client_open(c);
	fss_profile_free(profile);
	if (r < 0) {
		fss_client_free(c);
		return r;
	}
	*ret_c = c;
	return 0;
}

#endif
