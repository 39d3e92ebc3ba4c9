/*
 * Visits of share links: who has the link acts as its visitor.
 */
#ifndef FSSWEB_LINK_VISIT_H
#define FSSWEB_LINK_VISIT_H

#include "api.h"

struct visit {
	/*
	 * The visit stands.  @root: what is linked; NULL: a link to send
	 * files by, which shows nothing.  @name: what it is called.  Both
	 * are good during the call.
	 */
	void	(*go)(struct web_req *rq, const fss_row *root,
		    const char *name);
};

/* With the cookie of a visit, or by opening the link without a password. */
void	visit_enter(struct web_req *rq, const struct visit *v);
/* Opens the link with @password. */
void	visit_open(struct web_req *rq, const char *password,
	    const struct visit *v);

/*
 * The query's path below what is linked as a remote path of the visitor's,
 * ":/..."; replies and gives false where it is none.
 */
bool	visit_path(struct web_req *rq, char dst[API_PATH + 1]);

#endif
