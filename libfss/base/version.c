/*
 * The version of the library that runs, as against the headers' macros.
 */
#include <fss/version.h>

const char *
fss_version(void)
{
	return FSS_VERSION_TEXT;
}
