/*
 * The cookie of the visits of share links: what it holds, as text.
 */
#ifndef FSSWEB_LINK_COOKIE_H
#define FSSWEB_LINK_COOKIE_H

#include <stdbool.h>

#include <fss/web.h>

#include "web_limits.h"

#define LINK_COOKIE		"__Host-fss-visits"
#define LINK_COOKIE_NAME	256	/* of what is linked, and the NUL */

/*
 * The visit of the link with the token @link in the cookie @value: its token
 * and the name of what is linked.  False where there is none that was made
 * for this link.
 */
bool	link_cookie_find(const char *value, const char *link,
	    char token[FSS_TOKEN_CHARS + 1], char name[LINK_COOKIE_NAME]);
/*
 * @value (NULL: none yet) with a visit of @link before all others; the one it
 * had goes, and so do those above WEB_MAX_VISITS.  @name: one that is too
 * long is left out.  False where @token is none.
 */
bool	link_cookie_add(const char *value, const char *link,
	    const char *token, const char *name,
	    char dst[WEB_MAX_COOKIE + 1]);

#endif
