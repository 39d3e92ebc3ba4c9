/*
 * The media type a file is sent as, and whether a browser may show it.
 */
#ifndef FSSWEB_MEDIA_H
#define FSSWEB_MEDIA_H

#include <stdbool.h>

#define MEDIA_BYTES	160

/*
 * Writes the Content-Type for a file whose stored media type is @media ("" for
 * none) and whose name is @name; @show: it is to be shown in place.  Result:
 * whether it may be, for nothing in such a file is run.
 */
bool	media_format(const char *media, const char *name, bool show,
	    char dst[MEDIA_BYTES]);
/* Whether @media may be kept with a file: "type/subtype" and parameters. */
bool	media_valid(const char *media);

#endif
