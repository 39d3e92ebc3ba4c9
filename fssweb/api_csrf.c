/*
 * The value a page must send with what it changes.
 *
 * It is made of the log-in's token alone, so any worker makes the same one
 * and none keeps it; who has the value cannot tell the token by it.
 */
#include "api.h"

#include <string.h>

#include "mac.h"

#define WHAT	"fssweb csrf 1"

_Static_assert(API_CSRF_BYTES == MAC_TEXT, "it is a MAC");

bool
api_csrf_make(const char *token, char dst[API_CSRF_BYTES])
{
	return mac_make(token, WHAT, NULL, 0, dst);
}

bool
api_csrf_right(const char *token, const char *given)
{
	return mac_right(token, WHAT, NULL, 0, given, strlen(given));
}
